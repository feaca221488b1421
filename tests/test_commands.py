"""Every command is documented, and says what to type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli import main

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "commands.md"


def reference() -> str:
    """The page docs/commands.md, from the commands themselves."""
    parts = ["# Commands\n\nWritten from the commands by `UPDATE_DOCS=1 make test TESTS=tests/test_commands.py`.\n"]
    top = click.Context(main, info_name="repute", terminal_width=100, **main.context_settings)
    for name in main.list_commands(top):
        command = forget_help(main.commands[name])
        context = click.Context(command, info_name=name, parent=top, max_content_width=100, terminal_width=100)
        parts.append(f"## repute {name}\n\n```\n{command.get_help(context)}\n```\n")
        for verb, part in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
            inner = click.Context(forget_help(part), info_name=verb, parent=context, max_content_width=100, terminal_width=100)
            parts.append(f"### repute {name} {verb}\n\n```\n{part.get_help(inner)}\n```\n")
    return "\n".join(parts)


def forget_help(command: click.Command) -> click.Command:
    """Click remembers the names of a command's help option from its first use, which may have been another test's."""
    command._help_option = None
    return command


def test_the_reference_is_that_of_the_commands():
    if os.environ.get("UPDATE_DOCS"):
        REFERENCE.write_text(reference(), "utf-8")
    assert REFERENCE.read_text("utf-8") == reference()


@pytest.mark.parametrize("name", sorted(main.commands))
def test_a_command_says_in_one_line_what_it_does_and_gives_an_example(name):
    text = main.commands[name].help or ""
    first = text.splitlines()[0]
    assert first.endswith(".")
    assert len(first) <= 120
    assert f"repute {name}" in text.partition("Example:")[2] or name == "demo"


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_in_the_readme_tour(name):
    assert re.search(rf"`repute {name}\b", (ROOT / "README.md").read_text("utf-8"))


def test_help_needs_no_heavy_library():
    heavy = "scrapy,transformers,onnxruntime,vl_convert,datasette,scipy,numpy,praw,extruct,sqlite_utils,apscheduler"
    code = f"import sys, cli; print([name for name in {heavy.split(',')!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("crawl", "--as-of", "tomorrow"), "'tomorrow' is no time; write one like 2026-10-05 or 2026-10-05T08:00:00Z"),
        (("hot-buttons", "--brand", "acme"), "--brand acme: there is no such brand; there are tamarind, nimblecart, basketree"),
        (("hot-buttons", "--last", "soon"), "last: 'soon' is no number of days or weeks; write 7d, 4w or 12w"),
        (("compare", "--with", "acme"), "--with acme: there is no such brand; there are tamarind, nimblecart, basketree"),
        (("mentions", "--topic", "foo"), "--topic foo: there is no such topic; there are delivery, billing, price"),
        (("overview", "--brand", ""), "--brand : there is no such brand; there are tamarind, nimblecart, basketree"),
        (("overview", "--json", "--csv"), "--json and --csv: these are two ways to write one answer; give one of them"),
        (("overview", "--csv", "--json"), "--csv and --json: these are two ways to write one answer; give one of them"),
        (("topics", "suggest", "--toml", "--json"), "--toml: is about the lines to paste, which --json does not write"),
        (("topics", "suggest", "--with-current", "--csv"), "--with-current: is about the lines to paste, which --csv does not"),
        (("topics", "suggest", "--toml", "--why"), "--why: lines to paste have no place for it; leave --toml out"),
        (("hot-buttons", "--until", "2026-09-01"), "--until 2026-09-01: give --since with it\n"),
        (("trend", "complaints", "--topic", ""), "--topic '': this is no name; give one, or leave the option out"),
        (
            ("overview", "--all-time", "--last-week"),
            "--last-week and --all-time: these are different windows; give one of them",
        ),
        (
            ("overview", "--all-time", "--until", "2026-09-01"),
            "--until 2026-09-01: give --since with it, in place of --all-time",
        ),
        (("overview", "--last", "2w", "--until", "2026-09-01"), "--until 2026-09-01: give --since with it, in place of --last"),
        (("overview", "--last", "2w", "--since", "2026-09-01"), "--last and --since: these are different windows"),
        (("trend", "--last-week", "--last", "26w"), "--last and --last-week: these are different windows; give one of them"),
        (
            ("topics", "list", "--last", "2w", "--all-time"),
            "--last and --all-time: these are different windows; give one of them",
        ),
        (("sample", "20", "--last", "2w", "--since", "2026-09-01"), "--last and --since: these are different windows"),
        (("overview", "--since", ""), "since: '' is no day; write it like 2026-09-28"),
        (("overview", "--since", "0001-01-01"), "since: '0001-01-01' is outside of the years 1900 to 2199; write a day like"),
        (("overview", "--since", "2026-09-01", "--until", "9999-12-31"), "until: '9999-12-31' is outside of the years 1900 to"),
        (("crawl", "--since", "0001-01-01"), "'0001-01-01' is outside of the years 1900 to 2199; write one like 2026-10-05"),
        (
            ("digest", "--as-of", "9999-12-31T23:30:00-05:00"),
            "'9999-12-31T23:30:00-05:00' is outside of the years 1900 to 2199",
        ),
        (("attributes", "--since", "1.9.2026"), "since: '1.9.2026' is no day; write it like 2026-09-28"),
        (("tag", "--config", "nowhere.toml"), "nowhere.toml: no such file; write one, or name it with --config FILE"),
    ],
)
def test_a_wrong_argument_is_named_with_the_fix_and_without_a_traceback(arguments, words):
    done = run(*arguments)
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 2)


def test_asking_an_empty_house_says_what_to_do_first(tmp_path):
    (tmp_path / "config.toml").write_text((ROOT / "config.toml").read_text("utf-8"), "utf-8")
    done = run("hot-buttons", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no database yet; run `repute crawl` or `repute import` first" in done.stderr


BRAND = '[[brands]]\nid = "acme"\nname = "Acme"\nquery = "acme"\n'


def test_crawling_without_a_source_says_so(tmp_path):
    (tmp_path / "config.toml").write_text(BRAND, "utf-8")
    done = run("crawl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        1,
        "Error: config.toml: no source is switched on; add a table like [sources.feeds], `repute sources` lists what there is\n",
    )


def test_sources_before_the_first_crawl_are_those_of_the_config_and_those_there_are(tmp_path):
    (tmp_path / "config.toml").write_text(BRAND + "[sources.hackernews]\n", "utf-8")
    done = run("sources", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"hackernews +· never run +▁{28} +0 +never +–", done.stdout)
    assert re.search(r"Not in the configuration: .*feeds, .*reddit,\s+reviews", done.stdout, re.DOTALL)


def test_a_preview_in_a_folder_that_is_not_there_says_so(tmp_path):
    done = run("digest", "--preview", str(tmp_path / "nowhere" / "week.html"), cwd=ROOT)
    assert f"--preview {tmp_path / 'nowhere' / 'week.html'}: the folder {tmp_path / 'nowhere'} does not exist" in done.stderr
    assert "Traceback" not in done.stderr
