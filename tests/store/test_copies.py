"""Copies share a group, others do not, and the work of saving one text does not grow with the copies that are there.

Work is counted in steps of SQLite's virtual machine, so that a slow machine fails nothing.
"""

from __future__ import annotations

import random

import pytest

from crawlers.copies import copy_bands
from store.database import open_database
from store.records import MatchedMention, Mention
from store.saving import Author, save_mentions

WORDS = [f"word{n}" for n in range(400)]
RELEASE = " ".join(random.Random(1).choices(WORDS, k=60))
EVERY = 20
"""Steps between two counts."""


def one(name, text, author=None):
    mention = Mention(source="s", site="x", external_id=str(name), text=text, author_id=author or str(name))
    return MatchedMention(mention=mention, brands=(("t", "t"),), copy_bands=copy_bands(text))


def save(db, *batch):
    return save_mentions(db, batch, author=Author(secret=b"s"), now="2026-09-30T00:00:00Z")


def groups(db):
    return dict(db.execute("select external_id, copy_group from mentions").fetchall())


def unique(seed):
    return " ".join(random.Random(seed).choices(WORDS, k=40))


def steps(db, *batch):
    """How much work saving is, in steps of SQLite's virtual machine."""
    counted = []
    db.conn.set_progress_handler(lambda: counted.append(EVERY), EVERY)
    save(db, *batch)
    db.conn.set_progress_handler(None, 0)
    return sum(counted)


@pytest.mark.parametrize("kind", ["copy", "own words", "edit"])
def test_saving_a_text_among_eight_times_as_many_is_as_much_work(tmp_path, kind):
    work = []
    for size in (200, 1600):
        db = open_database(tmp_path / f"{size}.db")
        save(db, *(one(n, RELEASE if n % 2 else unique(n)) for n in range(size)))
        texts = {"copy": RELEASE, "own words": unique(-1), "edit": unique(-2)}
        work.append(steps(db, one(3 if kind == "edit" else "new", texts[kind])))
        if kind != "edit":
            assert (groups(db)["new"] is not None) == (kind == "copy")
        db.close()
    few, many = work
    assert 0 < many < 1.3 * few + 10 * EVERY


def test_thousands_of_copies_are_one_group_and_a_text_like_another_still_finds_it(tmp_path):
    db = open_database(tmp_path / "r.db")
    save(db, *(one(n, f"{RELEASE} number{n}") for n in range(700)))
    assert set(groups(db).values()) == {1}
    save(db, one("late", f"{RELEASE} at last"))
    assert groups(db)["late"] == 1
    db.close()


def test_short_alike_texts_by_different_people_stay_apart(tmp_path):
    db = open_database(tmp_path / "r.db")
    short = " ".join(RELEASE.split()[:24])
    save(db, *(one(n, short) for n in range(5)))
    assert set(groups(db).values()) == {None}
    db.close()


def test_an_edit_goes_to_the_group_that_its_new_words_are_of(tmp_path):
    db = open_database(tmp_path / "r.db")
    other = unique(5)
    save(db, *(one(n, RELEASE) for n in "abc"), *(one(n, other) for n in "de"))
    assert groups(db) == {"a": 1, "b": 1, "c": 1, "d": 4, "e": 4}
    save(db, one("a", other))
    assert groups(db) == {"a": 1, "b": 2, "c": 2, "d": 1, "e": 1}
    save(db, one("a", "short now"))
    assert groups(db) == {"a": None, "b": 2, "c": 2, "d": 4, "e": 4}
    db.close()


def test_copies_stay_together_when_the_first_is_removed_at_its_source(tmp_path):
    db = open_database(tmp_path / "r.db")
    save(db, *(one(n, RELEASE) for n in "abc"))
    save(db, MatchedMention(mention=Mention(source="s", site="x", external_id="a", removed=True)))
    save(db, one("d", RELEASE))
    assert groups(db) == {"a": None, "b": 2, "c": 2, "d": 2}
    db.close()
