"""How the work of each question grows: with the mentions in its window, never with their square or with the whole store.

Work is counted in steps of SQLite's virtual machine, so that a slow machine fails nothing.
"""

from __future__ import annotations

import contextlib

import pytest

from store.database import open_database
from store.queries import (
    find_attributes,
    find_complaints,
    find_mentions,
    find_passages,
    find_replies,
    find_watches,
    find_words,
)
from store.records import MatchedMention, Mention, Tag, TaggedMention, Tagger, Target, Watch
from store.saving import Author, save_mentions
from store.scope import Scope
from store.search import search_mentions
from store.tags import find_due, save_tagged, set_current_taggers

NOW = "2026-09-30T00:00:00Z"
SENTIMENT, COMPLAINT = (Tagger(task=name, model="gold") for name in ("sentiment", "complaint"))
REFUND, FAST = Tagger(task="topic", subject="refund", model="gold"), Tagger(task="attribute", subject="fast", model="gold")
TAGGERS = [SENTIMENT, COMPLAINT, REFUND, FAST]
DAY = Scope(
    brand="acme", since="2026-09-20T00:00:00Z", until="2026-09-21T00:00:00Z", first_day="2026-09-20", end_day="2026-09-21"
)
FEW, MANY = 150, 600
EVERY = 100
"""Steps between two counts."""
QUESTIONS = {
    "mentions": find_mentions,
    "complaints": find_complaints,
    "attributes": find_attributes,
    "replies": find_replies,
    "words": lambda db, scope: find_words(db, scope, limit=10_000),
    "passages": lambda db, scope: find_passages(db, {"refund": range(MANY)}, brand=scope.brand, task="topic"),
    "search": lambda db, scope: search_mentions(db, scope=scope, sentiment="negative", topic="refund", limit=10_000),
    "search by words": lambda db, scope: search_mentions(db, "refund", scope=scope, limit=10_000),
}


def make_store(path, count):
    """A store of so many mentions of one month, a fifth of them divided between two brands and as many judged by a person."""
    db = open_database(path)
    batch = [
        MatchedMention(
            mention=Mention(source="s", site="x", external_id=f"m{n}", text=f"Mention {n}: no refund. Slow.",
                            published=f"2026-09-{1 + n % 28:02}T10:00:00Z", published_precision="second"),
            brands=(("acme", "acme"), ("other", "other")),
        )
        for n in range(count)
    ]  # fmt: skip
    watches = [Watch(source="s", site="x", since=day(n), until=day(n + 1), complete=True) for n in range(1, 28)]
    save_mentions(db, batch, author=Author(secret=b"s"), now=NOW, watches=watches * (count // 30))
    ids = set_current_taggers(db, TAGGERS)
    save_tagged(db, [tag(due, number) for number, due in enumerate(find_due(db, count))], ids, TAGGERS)
    db["judgements"].insert_all(
        {"mention": n, "span": n % 2, "brand": "", "task": "topic", "subject": "refund", "label": "refund", "judge": "ada",
         "judged": NOW, "sample": None, "chance": None}
        for n in range(1, count, 5)
    )  # fmt: skip
    return db


def day(n):
    return f"2026-09-{n:02}T00:00:00Z"


def tag(due, number):
    spans = ((0, 20), (21, 26))
    tags = [Tag(tagger=SENTIMENT, label="negative", score=0.9, span=span) for span in range(3)]
    tags += [Tag(tagger=COMPLAINT, label="complaint", score=0.9), Tag(tagger=FAST, label="fast", polarity="contests", span=2)]
    tags += [Tag(tagger=REFUND, label="refund", score=0.9, span=span) for span in range(2)]
    targets = () if number % 5 else (Target(brand="acme", bearing="other", span=2),)
    return TaggedMention(mention=due.id, text_hash=due.text_hash, spans=spans, tags=tuple(tags), targets=targets)


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """A small store, and one of four times as much."""
    folder = tmp_path_factory.mktemp("growth")
    made = [make_store(folder / f"{count}.db", count) for count in (FEW, MANY)]
    yield made
    for db in made:
        db.close()


def steps(db, question, *asked):
    """How much work a question is, in steps of SQLite's virtual machine, and how many rows it answers."""
    counted = []
    db.conn.set_progress_handler(lambda: counted.append(EVERY), EVERY)
    with contextlib.ExitStack() as stack:
        stack.callback(db.conn.set_progress_handler, None, 0)
        answer = question(db, *asked)
    return sum(counted), len(answer)


@pytest.mark.parametrize("name", QUESTIONS)
def test_four_times_the_mentions_are_four_times_the_work(stores, name):
    (few, rows), (many, more) = (steps(db, QUESTIONS[name], Scope(brand="acme")) for db in stores)
    assert 0 < rows < more
    assert many < 5 * few


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - {"passages"}))
def test_a_day_of_a_large_store_is_little_work(stores, name):
    work, rows = steps(stores[1], QUESTIONS[name], DAY)
    whole, _ = steps(stores[1], QUESTIONS[name], Scope(brand="acme"))
    assert rows > 10
    assert work < whole / 10


def test_the_newest_words_are_read_without_the_others(stores):
    work, rows = steps(stores[1], lambda db: find_words(db, Scope(brand="acme"), limit=20))
    assert (rows, work < steps(stores[1], QUESTIONS["words"], Scope(brand="acme"))[0] / 10) == (20, True)


def test_what_was_watched_is_as_little_work_after_many_crawls_as_after_few(stores):
    asked = {"brand": "acme", "since": day(27), "until": day(28)}
    few, many = (steps(db, lambda db: find_watches(db, **asked)) for db in stores)
    assert (few[1], many[1]) == (1, 1)
    assert many[0] <= few[0] + EVERY
