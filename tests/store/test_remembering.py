"""What is found in a watched store holds until somebody commits to it, and no longer."""

from __future__ import annotations

import contextlib
import subprocess
import sys

import pytest

from store.changing import Changes
from store.database import open_database, read_database, write
from store.remembering import remember, unwatch, watch


@pytest.fixture
def changes(db, path):
    with contextlib.closing(Changes(path)) as made:
        watch(made)
        yield made
        unwatch(made)


@pytest.fixture
def count(path):
    """Count the mentions as somebody who opens the store and remembers; with how often it was really counted."""

    def ask(name="count") -> int:
        with contextlib.closing(read_database(path)) as db:
            return remember(db, name, lambda: look(db))

    def look(db) -> int:
        ask.looked += 1
        return db.execute("select count(*) from judgements").fetchone()[0]

    ask.looked = 0
    return ask


JUDGE = """
insert into judgements (mention, span, brand, task, subject, label, judge, judged)
values (1, 0, 'acme', 'sentiment', '', 'neutral', 'ada', '2026-09-10T00:00:00Z')
"""


def test_it_is_found_once_until_another_process_commits(changes, count, path):
    assert (count(), count(), count.looked) == (0, 0, 1)
    code = f"import sqlite3; db = sqlite3.connect({str(path)!r}); db.execute({JUDGE!r}); db.commit()"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (count(), count(), count.looked) == (1, 1, 2)


def test_it_is_found_anew_after_this_process_has_written(changes, count, db):
    count()
    with write(db):
        db.execute("insert into metrics (name, date, value) values ('customers', '2026-09-01', 7)")
    count()
    assert count.looked == 2


def test_each_name_is_found_by_itself(changes, count):
    assert (count("one"), count("other"), count("one"), count.looked) == (0, 0, 0, 2)


def test_nothing_is_kept_of_a_store_that_nobody_watches(changes, count):
    unwatch(changes)
    assert (count(), count(), count.looked) == (0, 0, 2)


def test_who_may_still_take_changes_back_is_asked_anew_and_leaves_nothing(changes, count, path):
    with contextlib.closing(open_database(path)) as writer:
        writer.conn.execute("pragma foreign_keys = off")
        writer.conn.execute("begin")
        writer.conn.execute(JUDGE)
        assert remember(writer, "count", lambda: "not committed") == "not committed"
        writer.conn.rollback()
    assert count() == 0


def test_one_who_watches_later_is_not_sent_away_by_one_before(changes, count, path):
    with contextlib.closing(Changes(path)) as later:
        watch(later)
        unwatch(changes)
        assert (count(), count(), count.looked) == (0, 0, 1)
        unwatch(later)
