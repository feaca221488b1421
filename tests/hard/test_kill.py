"""`kill -9` in the middle of the work, ten times, then started again: nothing is lost and nothing is there twice."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
import time

from whole_tables import read_all

KILLS = 10
SOURCES = ("reviews", "feeds", "hackernews", "reddit")
NOW = "2026-10-05T08:00:00Z"
BRANDS = """
[[brands]]
id = "acme"
name = "Acme"
query = "acme"
[[attributes]]
id = "fast"
name = "Fast"
description = "Delivery is fast and on time."
"""
WORDS = (
    "parcel late broken refund driver friendly quick app crashed support waited hours happy price twice charged box milk "
    "never again lovely courier door rang nobody answered chat phone Monday evening order missing bread fresh"
)


def count(database, table):
    """Rows of a table; none while there is no such file or table yet."""
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(f"select count(*) from {table}").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def kill_when(process, reached, delay):
    """Kill a process a moment after it reached something; say whether it was still at work."""
    while process.poll() is None and not reached():
        time.sleep(0.01)
    time.sleep(delay)
    process.kill()
    output, _ = process.communicate()
    assert process.returncode in (-9, 0), output
    return process.returncode == -9


def write_rows(path, rows, seed):
    """Reviews of 4 to 12 words, each fifth of 30; each fiftieth is a copy of an earlier long one with a word changed."""
    chance = random.Random(seed)
    long = []
    with path.open("w", encoding="utf-8") as file:
        for n in range(rows):
            words = chance.choices(WORDS.split(), k=30 if n % 5 == 0 else chance.randint(4, 12))
            if n % 50 == 49:
                words = [*chance.choice(long)[:-1], f"again{n}"]
            elif n % 5 == 0:
                long.append(words)
            text = f"Acme {' '.join(words)}."
            row = {
                "id": n,
                "text": text,
                "author": f"someone {n % 97}",
                "date": f"2026-09-{n % 28 + 1:02}",
                "rating": n % 5 + 1,
            }
            file.write(json.dumps(row) + "\n")


def test_an_import_killed_ten_times_ends_like_an_undisturbed_one(repute, tmp_path):
    (tmp_path / "config.toml").write_text(BRANDS)
    rows = 5_000
    write_rows(tmp_path / "rows.jsonl", rows, seed=1)
    command = ("import", "rows.jsonl", "--as-of", NOW)
    chance = random.Random(2)
    kills = 0
    for threshold in sorted(chance.sample(range(rows * 8 // 10), KILLS)):
        process = repute.start(*command)
        kills += kill_when(process, lambda least=threshold: count(repute.database, "mentions") >= least, chance.uniform(0, 0.1))
    assert kills == KILLS
    assert 0 < count(repute.database, "mentions") < rows
    repute.done(*command)
    killed = read_all(repute.database)

    repute.database.unlink()
    repute.done(*command)
    assert killed == read_all(repute.database)
    assert len(killed["mentions"]) == rows
    assert killed["copies"][0] != []


def test_tagging_killed_ten_times_ends_like_an_undisturbed_one(repute, tmp_path):
    (tmp_path / "config.toml").write_text(BRANDS)
    rows = 1_600
    write_rows(tmp_path / "rows.jsonl", rows, seed=3)
    repute.done("import", "rows.jsonl", "--as-of", NOW)
    untagged = tmp_path / "untagged.db"
    shutil.copy(repute.database, untagged)
    chance = random.Random(4)
    kills = 0
    for threshold in sorted(chance.sample(range(rows * 8 // 10), KILLS)):
        process = repute.start("tag")
        kills += kill_when(process, lambda least=threshold: count(repute.database, "readings") >= least, chance.uniform(0, 0.4))
    assert kills == KILLS
    assert 0 < count(repute.database, "readings") < rows
    repute.done("tag")
    killed = read_all(repute.database)

    for path in tmp_path.glob("repute*.db*"):
        path.unlink()
    shutil.copy(untagged, repute.database)
    repute.done("tag")
    assert killed == read_all(repute.database)
    assert len(killed["tags"][1]) == rows


def test_crawls_killed_ten_times_end_like_undisturbed_ones(repute, tmp_path, demo_config):
    (tmp_path / "config.toml").write_text(demo_config)
    took = {}
    for source in SOURCES:
        began = time.monotonic()
        repute.done("crawl", source, "--as-of", NOW)
        took[source] = time.monotonic() - began
    undisturbed = read_all(repute.database)

    # The secret stays, so that the same author has the same key.
    for path in tmp_path.glob("repute.db*"):
        path.unlink()
    chance = random.Random(5)
    kills = 0
    while kills < KILLS:
        source = SOURCES[kills % len(SOURCES)]
        process = repute.start("crawl", source, "--as-of", NOW)
        killed = kill_when(process, lambda: True, took[source] * chance.uniform(0.5, 0.95))
        kills += killed
        if not killed:
            # It was measured while the machine had more to do: without this it might never be met alive.
            took[source] *= 0.8
    for source in SOURCES:
        repute.done("crawl", source, "--as-of", NOW)
    assert read_all(repute.database) == undisturbed
    with contextlib.closing(sqlite3.connect(repute.database)) as db:
        assert db.execute("select count(*) from crawls where status = 'running'").fetchone() == (0,)
