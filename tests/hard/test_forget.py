"""`repute forget` and `repute prune` as people type them: asked first, killed half way, and finished by the next start."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import time

from click.testing import CliRunner

from cli import main

NOW = "2026-10-05T08:00:00Z"
CONFIG = """
[repute]
keep_author_names = true
{more}
[[brands]]
id = "acme"
name = "Acme"
query = "acme"
"""


def write_rows(path, rows, author, word):
    with path.open("w", encoding="utf-8") as file:
        for n in range(rows):
            text = f"Acme and the {word}{n} came late, and so on and so forth."
            url = f"https://x.example/{word}/{n}"
            day = f"{2024 + n % 3}-03-0{n % 9 + 1}"
            file.write(json.dumps({"id": f"{word}-{n}", "text": text, "author": author, "date": day, "url": url}) + "\n")


def count(folder, table):
    """Rows of a table, read beside whatever is at work."""
    with contextlib.closing(sqlite3.connect(f"{(folder / 'repute.db').as_uri()}?mode=ro", uri=True)) as db:
        return db.execute(f"select count(*) from {table}").fetchone()[0]


def files_with(folder, *words):
    return [file.name for file in folder.iterdir() if any(word.encode() in file.read_bytes() for word in words)]


def typed(folder, *words):
    """Exit code and output of a command, in this process: what is killed or runs beside others has its own."""
    done = CliRunner().invoke(main, [*words, "--config", str(folder / "config.toml")], catch_exceptions=False)
    return done.exit_code, done.output


def done(folder, *words):
    """The output of a command that must succeed."""
    code, output = typed(folder, *words, "--as-of", NOW)
    assert code == 0, output
    return output


def prepare(tmp_path, rows, more=""):
    """A store of two authors' mentions; the files that they came from are gone."""
    (tmp_path / "config.toml").write_text(CONFIG.format(more=more))
    write_rows(tmp_path / "a.jsonl", rows, "meera_vandeq", "quixotroph")
    write_rows(tmp_path / "b.jsonl", 20, "arun", "marzipan")
    for name in ("a", "b"):
        done(tmp_path, "import", str(tmp_path / f"{name}.jsonl"))
        (tmp_path / f"{name}.jsonl").unlink()


def test_forgetting_asks_first_and_keeps_the_author_away(tmp_path):
    prepare(tmp_path, 3)
    code, output = typed(tmp_path, "forget", "--author", "Meera_Vandeq", "--as-of", NOW)
    assert code == 1
    assert "3 mentions, from 2024-03-01 to 2026-03-03:\n  import a: 3\n" in output
    assert "Erase this for good, from the backups too? [y/N]" in output
    assert count(tmp_path, "mentions") == 23
    output = done(tmp_path, "forget", "--author", "Meera_Vandeq", "--yes")
    assert output.endswith("3 mentions erased for good.\nIt will not come back with a later crawl or import.\n")
    assert files_with(tmp_path, "quixotroph", "meera_vandeq") == []
    write_rows(tmp_path / "a.jsonl", 4, "meera_vandeq", "quixotroph")
    output = done(tmp_path, "import", str(tmp_path / "a.jsonl"))
    assert "0 new" in output
    assert "4 left out: forgotten" in output
    assert count(tmp_path, "mentions") == 20


def test_forgetting_killed_again_and_again_is_finished_by_the_next_start(repute, tmp_path):
    rows = 2500
    prepare(tmp_path, rows)
    command = ("forget", "--author", "meera_vandeq", "--yes", "--as-of", NOW)
    chance = random.Random(7)
    kills = 0
    for least in (0, 600, 1700, rows):
        process = repute.start(*command)
        while process.poll() is None and count(tmp_path, "mentions") > rows + 20 - least:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.communicate()
        kills += process.returncode == -9
    assert kills >= 2
    output = repute.done(*command)
    assert "erased for good" in output
    assert files_with(tmp_path, "quixotroph", "meera_vandeq") == []
    assert count(tmp_path, "mentions") == 20
    assert count(tmp_path, "erasing") == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "repute.db")) as db:
        assert db.execute("select count(*) from erasures where finished is null").fetchone() == (0,)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        db.execute("insert into mentions_fts (mentions_fts, rank) values ('integrity-check', 1)")


def test_writers_and_forgetting_take_turns(repute, tmp_path):
    prepare(tmp_path, 1500)
    write_rows(tmp_path / "c.jsonl", 3000, "noor", "tapioca")
    write_rows(tmp_path / "a.jsonl", 1500, "meera_vandeq", "quixotroph")
    at_once = [
        repute.start("import", "c.jsonl", "--as-of", NOW),
        repute.start("import", "a.jsonl", "--as-of", NOW),
        repute.start("forget", "--author", "meera_vandeq", "--yes", "--as-of", NOW),
    ]
    outputs = [process.communicate(timeout=90)[0] for process in at_once]
    assert [process.returncode for process in at_once] == [0, 0, 0], outputs
    assert count(tmp_path, "mentions") == 3020
    (tmp_path / "a.jsonl").unlink()
    assert files_with(tmp_path, "quixotroph") == []


def test_pruning_erases_what_is_older_and_an_import_does_not_bring_it_back(tmp_path):
    prepare(tmp_path, 9)
    write_rows(tmp_path / "a.jsonl", 9, "meera_vandeq", "quixotroph")
    assert "retention: is not set; write a line like" in typed(tmp_path, "prune", "--as-of", NOW)[1]
    (tmp_path / "config.toml").write_text(CONFIG.format(more='retention = "400 days"'))
    output = done(tmp_path, "prune", "--dry")
    assert output.startswith(
        "retention: what was published before 2025-08-31 goes\n20 mentions, from 2024-03-01 to 2025-03-08:"
    )
    assert count(tmp_path, "mentions") == 29
    assert "20 mentions erased for good." in done(tmp_path, "prune")
    assert "Nothing of it is stored." in done(tmp_path, "prune")
    assert "6 left out: older than retention" in done(tmp_path, "import", str(tmp_path / "a.jsonl"))
    assert count(tmp_path, "mentions") == 9


def test_what_is_no_author_key_or_address_is_named(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG.format(more=""))
    faults = {
        (): "give one of --author, --author-key, --url and --source",
        ("--author", "x", "--url", "https://x.example"): "give one of",
        ("--author-key", "12"): "'12' is no key: it has 24 digits",
        ("--url", "x.example"): "'x.example' is no web address",
        ("--author", "x", "--source", "reddit/r/x"): "with --author it takes no site",
    }
    for words, fault in faults.items():
        code, output = typed(tmp_path, "forget", *words)
        assert (code, fault in output.replace("\n", " ")) == (2, True), output
