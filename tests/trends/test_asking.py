"""What a question may not ask for: told with the value and what there is."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from cli import main

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"


def ask(config, *arguments):
    path = config.database.with_name("config.toml")
    text = SHIPPED.read_text("utf-8").replace('database = "repute.db"', f'database = "{config.database}"')
    path.write_text(text, "utf-8")
    return CliRunner().invoke(main, [*arguments, "--config", str(path), "--as-of", "2026-10-05T08:00:00Z"])


def test_a_source_that_is_neither_stored_nor_configured_is_refused(config, plant):
    plant([{"source": "steam"}, {}])
    refused = ask(config, "overview", "--source", "redit")
    assert refused.exit_code == 1
    assert refused.output == (
        "Error: --source redit: nothing of it is stored, and it is not configured; "
        "there are feeds, hackernews, reddit, reviews, steam\n"
    )
    for known in ("steam", "reddit"):
        assert ask(config, "overview", "--source", known).exit_code == 0


def test_a_language_that_has_no_name_and_no_mention_is_refused(config, plant):
    plant([{"language": "hi-Latn"}, {"language": "en"}, {"language": "en"}, {"language": "tlh"}])
    refused = ask(config, "mentions", "--language", "klingonese")
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: --language klingonese: write the English name of a language, or its code, such as en or hi-Latn; "
        "stored are en, hi-Latn, tlh\n",
    )
    for known in ("et", "hi", "tlh"):
        assert ask(config, "overview", "--language", known).exit_code == 0


def test_a_language_is_known_by_its_english_name(config, plant):
    plant([{"language": "hi-Latn"}, {"language": "en"}, {"language": "en"}])
    by_code, by_name = (ask(config, "mentions", "--json", "--language", one).output for one in ("hi-Latn", "Romanised  hindi"))
    assert by_name == by_code
    assert len(json.loads(by_name)) == 1
