"""What an answer says it stands on is what it stands on: the printed SQL gives the printed ids and the answer's counts."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3

import pytest

from store.database import open_database
from store.fact_keeping import refresh_facts
from store.recording import Recorder
from store.records import Watch
from trends.attributes import answer_attributes
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.provenance import Group, find_sets, read_ids, say_asked, say_ids, used_taggers
from trends.rerunning import Figure, compare_figures, without_words
from trends.windows import all_time, last
from trends.words import hash_words

NOW = "2026-10-05T08:00:00Z"
ROWS = [
    {"topics": ["refund"], "author_id": "ada", "signs": ["escalation"]},
    {"topics": ["refund", "delivery"], "author_id": "bob"},
    {"topics": ["refund"], "author_id": "ada", "source": "reddit", "site": "cart"},
    {"topics": ["refund"], "bands": (1, 2, 3), "text": "word " * 30},
    {"topics": ["refund"], "bands": (1, 2, 3), "text": "word " * 30, "site": "other"},
    {"topics": [], "complaint": True},
    {"attributes": {"fast": "confirms"}, "sentiment": "positive"},
    {"attributes": {"fast": "contests", "fresh": "confirms"}, "signs": ["leaving"]},
    {"topics": ["refund"], "published": "2026-09-02T10:00:00Z"},
    {"topics": ["delivery"], "published": None, "published_precision": "unknown"},
    {"topics": ["refund"], "brands": ("nimblecart",)},
    {"brands": ("tamarind", "nimblecart"), "voice": "press"},
    {"rating": 2.0, "rating_worst": 1.0, "rating_best": 5.0, "rating_measure": "stars"},
    {"text": "", "rating": 4.0, "rating_worst": 1.0, "rating_best": 5.0, "rating_measure": "stars"},
    {"language": "hi-Latn", "topics": ["app"]},
]


@pytest.fixture
def db(plant):
    return plant(ROWS)


@pytest.fixture
def window(config):
    return last("4w", now=NOW, zone=config.time_zone)


def run_bare(path, found) -> dict[str, tuple[int, list[int]]]:
    """Run a set's SQL in a bare connection: by group the mentions, copies once, and the row ids."""
    with contextlib.closing(sqlite3.connect(path)) as bare:
        bare.row_factory = sqlite3.Row
        rows = bare.execute(found.sql, found.parameters).fetchall()
    groups: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        if found.by and row[found.by[0]] is None and found.name == "ratings":
            continue
        groups.setdefault(" ".join("none" if row[by] is None else str(row[by]) for by in found.by), []).append(row)
    return {
        name: (
            len({("copy", row["copy_group"]) if row["copy_group"] else ("mention", row["mention"]) for row in members}),
            sorted(row["mention"] for row in members),
        )
        for name, members in groups.items()
    }


@pytest.mark.parametrize("made", [False, True])
def test_the_sql_of_each_set_gives_its_row_ids_in_a_bare_sqlite(db, config, window, made):
    if made:
        with contextlib.closing(open_database(config.database)) as writable:
            refresh_facts(writable, hash_words)
    for source, language in ((None, None), ("reviews", None), (None, "hi"), ("reddit", "en")):
        for asked in (window, all_time(now=NOW, zone=config.time_zone)):
            sets = find_sets(db, asked, brands=["tamarind", "nimblecart"], source=source, language=language)
            assert len(sets) == 2 * 6 * (1 if asked.all_time else 2)
            for found in sets:
                told = {group.name: (group.n, read_ids(group.ids)) for group in found.groups}
                assert told == run_bare(config.database, found), (found.name, found.brand, found.window)


def test_the_sets_have_the_answers_counts(db, config, window):
    sets = {
        (found.name, found.brand): {group.name: group.n for group in found.groups}
        for found in find_sets(db, window, brands=["tamarind"], source=None, language=None)
        if found.window == window.label
    }
    buttons = answer_hot_buttons(db, config, window=window)
    assert sets["mentions", "tamarind"] == {"": buttons.n}
    told = {button.topic: button.complaints for button in buttons.buttons}
    assert sets["complaints", "tamarind"] == told | {"none": buttons.other}
    assert sets["attributes", "tamarind"] == {"fast confirms": 1, "fast contests": 1, "fresh confirms": 1}
    ledger = {row.attribute: row.own for row in answer_attributes(db, config, window=window).rows}
    assert [ledger["fast"].confirmed.mentions, ledger["fast"].contested.mentions, ledger["fresh"].confirmed.mentions] == [
        1,
        1,
        1,
    ]
    replies = answer_overview(db, config, window=window).figures.replies
    assert sets["replies", "tamarind"] == {"0": replies.unanswered}


def test_a_group_shows_copies_beside_what_is_counted(db, config, window):
    found = find_sets(db, window, brands=["tamarind"], source=None, language=None, names=["complaints"])[0]
    assert found.groups[2] == Group(name="refund", n=4, rows=5, ids="1-5")


def test_taggers_are_told_with_the_hash_of_what_they_compare_with(db):
    told = used_taggers(db)
    assert {(one.task, one.subject, one.model, one.description, one.threshold) for one in told if one.task == "topic"} == {
        ("topic", topic, "gold", "", None) for topic in ("app", "delivery", "refund")
    }


def test_what_else_was_asked_is_told_once_and_without_the_words(plant, config, window):
    watch = Watch(
        source="reviews", site="trustyard", brand="tamarind", query="q", complete=True,
        since="2026-09-01T00:00:00Z", until="2026-10-05T00:00:00Z",
    )  # fmt: skip
    recorder = Recorder(plant(ROWS, [watch]).conn)
    answer_hot_buttons(recorder, config, window=window)
    asked = say_asked(recorder.asked)
    tables = [[name for name in ("listings", "watched", "outbreak_tests") if f"from {name}" in one.sql] for one in asked]
    assert [one for one in tables if one] == [["listings"], ["listings"], ["outbreak_tests"]]
    assert not any("mentions.text" in one.sql for one in asked)
    with contextlib.closing(sqlite3.connect(config.database)) as bare:
        assert [len(bare.execute(one.sql, one.parameters).fetchall()) for one in asked] == [one.rows for one in asked]
    json.dumps([dataclasses.asdict(one) for one in asked])


def test_a_recorded_store_answers_alike(db, config, window):
    assert answer_overview(Recorder(db.conn), config, window=window) == answer_overview(db, config, window=window)


@pytest.mark.parametrize(("ids", "said"), [([], ""), ([3], "3"), ([3, 4, 7, 8, 9], "3-4 7-9"), ([1, 3, 5], "1 3 5")])
def test_ids_are_said_in_runs(ids, said):
    assert (say_ids(ids), read_ids(said)) == (said, ids)


def test_figures_are_compared_by_what_they_are_of_not_by_their_place():
    saved = {"n": 4, "rows": [{"topic": "a", "n": 1}, {"topic": "b", "n": 2}], "notes": ["All is well."], "gone": None}
    again = {"n": 4, "rows": [{"topic": "b", "n": 3}, {"topic": "a", "n": 1}], "notes": [], "fresh": 1.5}
    assert compare_figures(saved, again) == (
        7,
        (
            Figure(place="rows[b].n", saved=2, again=3),
            Figure(place="notes “All is well.”", saved=True, again=None),
            Figure(place="fresh", saved=None, again=1.5),
        ),
    )


def test_an_answer_without_words_keeps_of_a_quote_the_row_id():
    quote = {"mention": 7, "text": "The milk was sour.", "url": "https://trustyard.example/7"}
    plain = {
        "quotes": [quote],
        "loudest": None,
        "words": [{"word": "sour", "z": 3.1}],
        "n": 2,
        "best": [{"word": "milk", "n": 3}],
    }
    assert without_words(plain) == {"quotes": [{"mention": 7}], "loudest": None, "n": 2, "best": []}
