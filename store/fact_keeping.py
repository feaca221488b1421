"""Keeping facts: triggers mark the days that changed, writers make those anew, readers make what is stale for themselves."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count

import numpy as np
from sqlite_utils import Database

from store.database import write
from store.fact_making import make_segments, runs
from store.facts import Packed, Segment, Splitter, distinct, pack, unpack
from store.tags import current_set

LONGEST = 31
"""Days that are made at once: a transaction that saves them takes well under a second."""
NO_NAME = 0
VERSION = 1
"""Of the columns and their meaning (`store.facts.FACT`): to be raised with every change of them."""

Progress = Callable[[int, int], None]


def refresh_facts(db: Database, split: Splitter, progress: Progress | None = None) -> int:
    """Make anew the facts that are stale; return how many days of a brand that were. `split` gives the words of a text.

    What is changed meanwhile stays stale. Nothing is read within a write transaction.
    """
    taggers = made_by(db)
    with write(db):
        db.conn.execute(
            """
            insert or ignore into stale_facts (brand, day, mark)
            select brand, day, random() from facts where taggers != ?
            """,
            [taggers],
        )
    stale = db.execute("select brand, day, mark from stale_facts order by brand, day").fetchall()
    marks = {(brand, day): mark for brand, day, mark in stale}
    done = 0
    for brand in dict.fromkeys(brand for brand, _, _ in stale):
        for days in runs([day for name, day, _ in stale if name == brand], LONGEST):
            remake(db, brand, days, marks, taggers, split)
            done += len(days)
            if progress:
                progress(done, len(stale))
    return len(stale)


def made_by(db: Database) -> str:
    """What facts are made by: another version of their columns, or other taggers, make those that are stored stale."""
    return f"{VERSION} {current_set(db)}"


def remake(
    db: Database, brand: str, days: Sequence[str], marks: dict[tuple[str, str], int], taggers: str, split: Splitter
) -> None:
    """Make the facts of some consecutive days anew, and take their marks away unless they were marked again meanwhile."""
    names = dict.fromkeys(name for (name,) in db.execute("select name from fact_names"))
    seen: dict[str, int] = {}
    segments = make_segments(db, brand, days, partial(note_name, seen), split)
    with write(db):
        db.conn.executemany("insert or ignore into fact_names (name) values (?)", [(n,) for n in seen if n not in names])
        numbers = number_names(db, seen)
        for day in days:
            save_segment(db, brand, day, taggers, segments.get(day), numbers)
        db.conn.executemany(
            "delete from stale_facts where brand = ? and day = ? and mark = ?",
            [(brand, day, marks[brand, day]) for day in days if (brand, day) in marks],
        )


def note_name(seen: dict[str, int], name: str | None) -> int:
    """A number that stands for a name until the store has given it its own."""
    return NO_NAME if not name else seen.setdefault(name, len(seen) + 1)


def number_names(db: Database, seen: dict[str, int]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """By the numbers of `note_name`, the store's."""
    known = dict(db.execute("select name, id from fact_names").fetchall())
    return np.array([NO_NAME, *(known[name] for name in seen)], np.uint32)


NAMED = ("site", "language", "unsupported", "subject", "place")
"""Fields of a fact that are numbers of names."""


def save_segment(
    db: Database,
    brand: str,
    day: str,
    taggers: str,
    segment: Segment | None,
    numbers: np.ndarray[tuple[int], np.dtype[np.uint32]],
) -> None:
    """Put the facts of a day in the place of those before, within the caller's transaction."""
    db.conn.execute("delete from facts where brand = ? and day = ?", [brand, day])
    if segment is None:
        return
    for name in NAMED:
        segment.facts[name] = numbers[segment.facts[name]]
    segment.labels["name"] = numbers[segment.labels["name"]]
    packed = pack(segment)
    # No two states of a day have the same id, so that `store.fact_shelf` can tell them apart.
    row = secrets.randbits(62)
    db.conn.execute(
        "insert into facts (id, brand, day, taggers, mentions, facts, labels) values (?, ?, ?, ?, ?, ?, ?)",
        [row, brand, day, taggers, len(segment.facts), packed.facts, packed.labels],
    )
    db.conn.execute("insert into fact_words (id, words) values (?, ?)", [row, packed.words])


def read_facts(
    db: Database,
    brand: str,
    *,
    first_day: str = "",
    end_day: str = "~",
    words: Splitter | None = None,
    undated: bool = True,
) -> Segment:
    """The facts of a brand on the days from `first_day` (included) to `end_day` (excluded), in UTC and by day.

    What has no time comes too if `undated`, and first. What is stale is made from the tables, so that an answer is right
    whatever the writers have left to do; with the splitter `words` come too. `store.fact_shelf` reads them once for many.
    """
    bounds: dict[str, str | bool] = {"brand": brand, "first": first_day, "end": end_day, "undated": undated}
    bounds["taggers"] = made_by(db)
    with reading(db):
        names = dict(db.execute("select id, name from fact_names").fetchall())
        stale = [
            day
            for (day,) in db.execute(
                """
                select day from stale_facts
                where brand = :brand and (day = '' or day >= :first and day < :end) and (:undated or day != '')
                union
                select day from facts
                where brand = :brand and (day = '' or day >= :first and day < :end) and (:undated or day != '')
                    and taggers != :taggers
                """,
                bounds,
            )
        ]
        stored = read_stored(db, bounds, with_words=words is not None)
        made, names = make_stale(db, brand, stale, names, words)
    for day in stale:
        stored.pop(day, None)
    stored |= made
    return unpack([stored[day] for day in sorted(stored)], names)


def make_stale(
    db: Database, brand: str, stale: Sequence[str], names: dict[int, str], words: Splitter | None
) -> tuple[dict[str, Packed], dict[int, str]]:
    """The facts of some days made from the tables, by day, and the names with those that only they have."""
    known = {name: number for number, name in names.items()}
    naming = partial(give_number, known, count(max(names, default=0) + 1))
    made = [make_segments(db, brand, days, naming, words) for days in runs(stale, LONGEST)]
    packed = {day: pack(segment) for segments in made for day, segment in segments.items()}
    return packed, {number: name for name, number in known.items()}


def give_number(known: dict[str, int], fresh: Iterator[int], name: str | None) -> int:
    """The number of a name, a new one for a new name."""
    if name and name not in known:
        known[name] = next(fresh)
    return known[name] if name else NO_NAME


def read_stored(db: Database, bounds: dict[str, str | bool], *, with_words: bool) -> dict[str, Packed]:
    """The stored facts of some days, by day."""
    words = "(select words from fact_words where fact_words.id = facts.id)" if with_words else "x''"
    rows = db.execute(
        f"""
        select day, facts, labels, {words}
        from facts
        where brand = :brand and (day = '' or day >= :first and day < :end) and (:undated or day != '')
        """,
        bounds,
    )
    return {day: Packed(facts, labels, said) for day, facts, labels, said in rows}


@contextlib.contextmanager
def reading(db: Database) -> Iterator[None]:
    """Read everything as it was at one moment."""
    if db.conn.in_transaction:
        yield
        return
    db.conn.execute("begin")
    try:
        yield
    finally:
        db.conn.rollback()


def find_newest_day(db: Database, brand: str, limit: int, *, first_day: str = "", end_day: str = "~") -> str:
    """The latest day such that `limit` stored facts of a brand are of it or later; `first_day` where there are fewer."""
    reached = 0
    rows = db.execute(
        "select day, mentions from facts where brand = ? and day >= ? and day < ? order by day desc",
        [brand, first_day, end_day],
    )
    with contextlib.closing(rows):
        for day, mentions in rows:
            reached += mentions
            if reached >= limit:
                return str(day)
    return first_day


def forget_names(db: Database) -> None:
    """Delete names that no fact has any more, within the caller's transaction."""
    used = {NO_NAME}
    for facts, labels in db.execute("select facts, labels from facts"):
        rows = unpack([Packed(facts, labels)], {})
        used.update(rows.labels["name"].tolist(), *(distinct(rows.facts[name]).tolist() for name in NAMED))
    known = {number for (number,) in db.execute("select id from fact_names")}
    db.conn.executemany("delete from fact_names where id = ?", [(number,) for number in known - used])
