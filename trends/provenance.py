"""What an answer stands on: the SQL that gives its rows, with parameters, row ids, taggers and what else was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from sqlite_utils import Database

from store.facts import ANSWERED, CONFIRMS, CONTESTS, SIGN
from store.queries import find_attributes, find_complaints, find_mentions, find_replies, find_signs
from store.recording import Statement, sql_of, tidy
from store.records import MEASURES
from store.saved import find_taggers
from store.scope import Scope
from trends.frame import CUSTOMERS, Filters, Frame, Rows
from trends.loading import load_frame
from trends.windows import Window, before

GROUPS: Mapping[str, tuple[str, ...]] = {
    "mentions": (),
    "complaints": ("topic",),
    "attributes": ("attribute", "polarity"),
    "signs": ("sign",),
    "replies": ("answered",),
    "ratings": ("rating_measure",),
}
"""The sets of rows, and by which columns of their SQL the rows are counted."""
QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "mentions": find_mentions,
    "complaints": find_complaints,
    "attributes": find_attributes,
    "signs": find_signs,
    "replies": find_replies,
    "ratings": find_mentions,
}
ALL = tuple(GROUPS)
HASH_DIGITS = 12
TEXTS = ("mention", "title", "text")
"""Columns of the words that facts are made of, where a day's are stale."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Some rows of a set, by the value of a column of its SQL; of all of them where nothing is told apart."""

    name: str
    """The value, like a topic; of two columns both, like `fresh confirms`; `none` for no value; empty for all rows."""
    n: int
    """Mentions, copies once: what the answer counts."""
    rows: int
    """Mentions with copies."""
    ids: str
    """Their row ids in `mentions`, with copies, like `3 7-9 12`."""


@dataclass(frozen=True, kw_only=True)
class RowSet:
    """Rows that an answer stands on."""

    name: str
    """mentions, complaints, attributes, signs, replies (complaints by whether the company answered) or ratings."""
    brand: str
    window: str
    """Its days in words."""
    sql: str
    """A statement that gives them from the base tables, in any SQLite."""
    parameters: dict[str, Any]
    """What it is to be given, by name."""
    by: tuple[str, ...]
    """The columns by whose values `groups` tells them apart."""
    groups: tuple[Group, ...]


@dataclass(frozen=True, kw_only=True)
class TaggerUsed:
    """A tagger whose labels count."""

    task: str
    subject: str
    """Topic, attribute or sign; empty for the other tasks."""
    model: str
    """Name and version."""
    description: str
    """The first 12 hexadecimal digits of the SHA-256 of the description that it compares texts with; empty without one."""
    threshold: float | None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Another question that was put to the store."""

    sql: str
    parameters: Any
    times: int
    """How often it was asked, with these parameters or others."""
    rows: int
    """That it gave the first time."""
    ids: str
    """Row ids in `mentions`, where the rows name them; empty else."""


@dataclass(frozen=True, kw_only=True)
class Why:
    """What an answer stands on."""

    question: str
    """The command, as it can be typed again."""
    version: str
    """Of Repute."""
    as_of: str
    """What was taken for now, UTC ISO 8601."""
    time_zone: str
    taggers: tuple[TaggerUsed, ...]
    sets: tuple[RowSet, ...]
    asked: tuple[Asked, ...]


def find_sets(
    db: Database, window: Window, *, brands: Sequence[str], source: str | None, language: str | None, names: Sequence[str] = ALL
) -> tuple[RowSet, ...]:
    """The rows of a window and of the one before, for each brand, with the ids of the facts that answers count.

    The ids are those of the facts, the SQL says what the facts are made of: run, it gives the same ids.
    """
    windows = [part for part in (window, before(window)) if part is not None]
    filters = Filters(source=source, language=language)
    return tuple(
        find_set(frames[name == "ratings"], name, brand, part, filters)
        for brand in brands
        for part in windows
        for frames in [[load_frame(db, brand, part, filters, wordless=wordless) for wordless in (False, True)]]
        for name in names
    )


def find_set(frame: Frame, name: str, brand: str, window: Window, filters: Filters) -> RowSet:
    """One set of rows of a window."""
    scope = Scope(
        brand=brand, since=window.since, until=window.until, first_day=window.first_day, end_day=window.end_day,
        source=filters.source, language=filters.language, voices=CUSTOMERS, wordless=name == "ratings",
    )  # fmt: skip
    sql, parameters = sql_of(QUESTIONS[name], scope)
    here = np.flatnonzero(frame.inside(window))
    groups = tuple(as_group(frame, called, rows) for called, rows in find_groups(frame, name, here) if len(rows))
    return RowSet(
        name=name, brand=brand, window=window.label, sql=sql, parameters=parameters, by=GROUPS[name], groups=groups
    )  # fmt: skip


def find_groups(frame: Frame, name: str, here: Rows) -> Iterator[tuple[str, Rows]]:
    """The rows of a set by name of the group, with copies."""
    complaints = here[frame.complains[here]]
    inside = frame.masked(here)
    if name == "mentions":
        yield "", here
    elif name == "complaints":
        yield from ((topic, rows[inside[rows]]) for topic, rows in sorted(frame.topics.items()))
        sorted_out = frame.masked(np.concatenate([np.zeros(0, np.int64), *frame.topics.values()]))
        yield "none", complaints[~sorted_out[complaints]]
    elif name == "attributes":
        for polarity, kind in (("confirms", CONFIRMS), ("contests", CONTESTS)):
            labelled = sorted(frame.labels_of(kind).items())
            yield from ((f"{attribute} {polarity}", rows[inside[rows]]) for attribute, rows in labelled)
    elif name == "signs":
        yield from ((sign, rows[inside[rows]]) for sign, rows in sorted(frame.labels_of(SIGN).items()))
    elif name == "replies":
        answered = frame.flagged(ANSWERED)[complaints]
        yield from (("0", complaints[~answered]), ("1", complaints[answered]))
    else:
        measures = frame.column("measure")[here]
        yield from ((measure, here[measures == code]) for code, measure in enumerate(MEASURES, start=1))


def as_group(frame: Frame, name: str, rows: Rows) -> Group:
    """Some rows with their ids."""
    ids = np.sort(frame.column("mention")[rows])
    return Group(name=name, n=len(frame.once(rows)), rows=len(rows), ids=say_ids(ids.tolist()))


def say_ids(ids: Sequence[int]) -> str:
    """Ascending ids with runs of them as `7-9`."""
    runs: list[tuple[int, int]] = []
    for number in ids:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def read_ids(said: str) -> list[int]:
    """The ids of `say_ids`."""
    bounds = [[int(part) for part in run.split("-")] for run in said.split()]
    return [number for run in bounds for number in range(run[0], run[-1] + 1)]


def used_taggers(db: Database) -> tuple[TaggerUsed, ...]:
    """The current taggers."""
    return tuple(
        TaggerUsed(
            task=row["task"],
            subject=row["subject"],
            model=row["model"],
            description=sha256(row["description"].encode()).hexdigest()[:HASH_DIGITS] if row["description"] else "",
            threshold=row["threshold"],
        )
        for row in find_taggers(db)
    )


def say_asked(statements: Sequence[Statement]) -> tuple[Asked, ...]:
    """The other questions, each SQL once. Passages for quotes, and rows that facts are made of, are not among them."""
    grouped: dict[str, list[Statement]] = {}
    for one in statements:
        of_facts = one.columns == TEXTS or (not one.wordy and {"precision", "engagement"} <= set(one.columns))
        if not of_facts and not (one.wordy and one.about is not None):
            grouped.setdefault(one.sql, []).append(one)
    return tuple(
        Asked(
            sql=tidy(sql),
            parameters=found[0].parameters if isinstance(found[0].parameters, Mapping) else list(found[0].parameters or ()),
            times=len(found),
            rows=len(found[0].rows),
            ids=say_ids(sorted(mentions_of(found[0]))),
        )
        for sql, found in grouped.items()
    )


def mentions_of(statement: Statement) -> set[int]:
    """The row ids of mentions that some rows name."""
    if "mention" not in statement.columns:
        return set()
    place = statement.columns.index("mention")
    return {row[place] for row in statement.rows}
