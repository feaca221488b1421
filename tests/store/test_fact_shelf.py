"""Facts that were read before are given again for as long as the store says the same, and never longer."""

from __future__ import annotations

import contextlib
import gc

import numpy as np
import pytest

from store.changing import Changes
from store.database import file_of, open_database, read_database, write
from store.fact_keeping import read_facts, refresh_facts
from store.fact_shelf import MOST_CUTS, check_days, keep, read_days, shelves
from store.facts import FACT
from store.records import MatchedMention, Mention
from store.remembering import unwatch, watch
from store.saving import Author, save_mentions

NOW = "2026-10-01T00:00:00Z"


def save(db, external_id, published, *, text="Late.", brand="acme"):
    known = "unknown" if published is None else "second"
    mention = Mention(
        source="s",
        site="x",
        external_id=external_id,
        text=text,
        author_id="ada",
        published=published,
        published_precision=known,
    )
    save_mentions(db, [MatchedMention(mention=mention, brands=((brand, brand),))], author=Author(b"s" * 32), now=NOW)


@pytest.fixture
def db(tmp_path):
    with contextlib.closing(open_database(tmp_path / "repute.db")) as db:
        for day in range(1, 6):
            save(db, str(day), f"2026-09-0{day}T10:00:00Z")
        save(db, "undated", None)
        refresh_facts(db, lambda text: [len(text)])
        yield db


def mentions(segment):
    return segment.facts["mention"].tolist()


def test_days_are_those_of_read_facts(db):
    for bounds in [("", "~"), ("2026-09-02", "2026-09-04"), ("2026-09-05", "~"), ("2026-10-01", "2026-10-02")]:
        first, end = bounds
        kept, read = read_days(db, "acme", first_day=first, end_day=end).between(first, end), read_facts(
            db, "acme", first_day=first, end_day=end
        )  # fmt: skip
        for name in FACT.names:
            np.testing.assert_array_equal(kept.facts[name], read.facts[name])
        np.testing.assert_array_equal(kept.labels, read.labels)


def test_the_same_question_finds_the_same_facts(db):
    assert read_days(db, "acme") is read_days(db, "acme")
    with contextlib.closing(read_database(file_of(db))) as other:
        assert read_days(other, "acme") is read_days(db, "acme")


def test_a_mention_that_another_connection_saved_is_seen_at_the_next_question(db):
    with contextlib.closing(read_database(file_of(db))) as reader:
        before = mentions(read_days(reader, "acme").segment)
        save(db, "new", "2026-09-03T11:00:00Z")
        stale = mentions(read_days(reader, "acme").between("2026-09-03", "2026-09-04"))
        assert (len(before), len(stale)) == (6, 3)
        refresh_facts(db, lambda text: [len(text)])
        assert len(read_days(reader, "acme").segment.facts) == 7


def test_days_of_a_watched_store_are_looked_at_once_until_somebody_commits(db, monkeypatch):
    looked = []
    monkeypatch.setattr("store.fact_shelf.check_days", lambda *asked: looked.append(asked[1:]) or check_days(*asked))

    def ask(**bounds):
        with contextlib.closing(read_database(file_of(db))) as reader:
            return len(read_days(reader, "acme", **bounds).segment.facts)

    with contextlib.closing(Changes(file_of(db))) as changes:
        watch(changes)
        assert (ask(), ask(first_day="2026-09-02", end_day="2026-09-04"), ask(), len(looked)) == (6, 6, 6, 1)
        with write(db):
            db.conn.execute("delete from mentions where external_id = '3'")
        assert (ask(), ask(), len(looked)) == (5, 5, 2)
        # What made room for other brands is not kept in memory by this.
        shelves.clear()
        gc.collect()
        assert (ask(), len(looked)) == (5, 3)
        unwatch(changes)
    assert (ask(), ask(), len(looked)) == (5, 5, 5)


def test_what_was_deleted_is_gone_at_the_next_question(db):
    assert len(read_days(db, "acme").segment.facts) == 6
    with write(db):
        db.conn.execute("delete from mentions where external_id = '3'")
    assert len(read_days(db, "acme").segment.facts) == 5


def test_what_a_transaction_takes_back_is_not_kept(db):
    with contextlib.suppress(KeyError), write(db):
        db.conn.execute("delete from mentions where external_id = '3'")
        assert len(read_days(db, "acme").segment.facts) == 5
        raise KeyError
    assert len(read_days(db, "acme").segment.facts) == 6


def test_wider_questions_read_further(db):
    narrow = read_days(db, "acme", first_day="2026-09-04", end_day="2026-09-05")
    assert len(narrow.segment.facts) == 2
    assert len(read_days(db, "acme", first_day="2026-09-02", end_day="~").between("2026-09-04", "~").facts) == 3
    assert len(read_days(db, "acme").segment.facts) == 6


def test_a_choice_is_made_once_and_keeps_its_days(db):
    asked = []

    def early(segment):
        asked.append(1)
        return segment.facts["mention"] <= 2

    for _ in range(2):
        chosen = read_days(db, "acme").choose("early", early)
        assert mentions(chosen.between("2026-09-02", "2026-09-04")) == [2]
    assert len(asked) == 1


def test_half_of_the_days_and_more_are_given_with_all_the_rest(db):
    def odd(segment):
        return segment.facts["mention"] % 2 == 1

    days = read_days(db, "acme")
    chosen = days.choose("odd", odd)
    assert len(days.days) == 6
    for first, all_of_them in (("2026-09-04", False), ("2026-09-03", True)):
        assert (days.between(first, "~") is days.segment) == all_of_them
        # A part of the facts is cut where the facts are: places in the one are told in the other.
        assert (chosen.between(first, "~") is chosen.segment) == all_of_them


def test_only_the_last_windows_stay_cut_out(db):
    days = read_days(db, "acme")
    for day in range(1, MOST_CUTS + 9):
        days.between("2026-09-01", f"2026-09-{day:02}")
        keep(days.cuts, day, lambda day=day: [day])
    assert len(days.cuts) == MOST_CUTS


def test_columns_made_of_others_are_made_of_all_facts_once(db):
    made = []

    def double(facts):
        made.append(len(facts))
        return facts["mention"] * 2

    days = read_days(db, "acme")
    for first in ("2026-09-04", "2026-09-05"):
        cut = days.between(first, "~")
        assert cut.facts.derived("double", double).tolist() == [2 * mention for mention in mentions(cut)]
    assert made == [6]


def test_brands_that_were_asked_for_longest_ago_make_room(db, monkeypatch):
    monkeypatch.setattr("store.fact_shelf.MOST_FACTS", 6)
    shelves.clear()
    read_days(db, "acme")
    save(db, "other", "2026-09-03T11:00:00Z", brand="other")
    read_days(db, "other")
    assert [brand for _, _, brand in shelves] == ["other"]
