"""Answers kept with all that they stand on, so that they can be given again whatever happened to the store since.

Kept are the facts that were read, by brand and day, and the rows of every other question but those that hold people's words.
What is erased from the store is erased from what was kept too; only its row id stays, as since erased.
"""

from __future__ import annotations

import json
import secrets
import shlex
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from sqlite_utils import Database

from store.database import write
from store.fact_keeping import NAMED, made_by
from store.facts import Packed, Segment, unpack
from store.recording import FactsRead, Recorder, Statement
from store.saved_erasing import FAST, compressed, forget_saved
from store.saved_layout import layout_now

Row = dict[str, Any]


class SavedError(ValueError):
    """A saved answer that there is not, or that cannot be kept; the message names it and what to do."""


@dataclass(frozen=True, kw_only=True)
class Saved:
    """An answer as it was kept."""

    name: str
    command: str
    parameters: dict[str, Any]
    config: dict[str, Any]
    """The tables of the configuration that figures depend on."""
    version: str
    """Of Repute."""
    taggers: tuple[Row, ...]
    """Those that were current, with all columns of `taggers`."""
    answer: Any
    """As JSON has it, without people's words."""
    saved: str
    """When, UTC ISO 8601."""
    mentions: int
    """Rows whose facts are kept."""
    erased: tuple[int, ...]
    """Row ids of what it stood on and was erased since."""


def is_stale(db: Database) -> bool:
    """Whether facts are to be made anew: an answer is saved from facts that are not."""
    old = "select 1 from stale_facts union all select 1 from facts where taggers != ? limit 1"
    return db.execute(old, [made_by(db)]).fetchone() is not None


def find_taggers(db: Database) -> list[Row]:
    """The current taggers. Columns: id, task, subject, model, description, threshold, current."""
    return list(
        db.query(
            """
            select id, task, subject, model, description, threshold, current
            from taggers
            where current = 1
            order by task, subject
            """
        )
    )


def save_answer(
    db: Recorder,
    *,
    name: str,
    command: str,
    parameters: dict[str, Any],
    config: dict[str, Any],
    version: str,
    answer: Any,
    now: str,
) -> int:
    """Keep an answer with what `db` noted while it was made; return the bytes that its ground takes.

    To be called within the reading transaction in which it was made, which ends here. `answer` holds no words of people.
    Raises `SavedError` for a name that is taken.
    """
    refuse_taken(db, name)
    days = read_days(db, db.facts_read)
    used = used_names(days)
    names = {number: said for number, said in db.execute("select id, name from fact_names") if number in used}
    questions = list(as_kept_rows(db.asked))
    parts = {place: compressed(segment) for place, segment in days.items()}
    taggers = find_taggers(db)
    db.conn.rollback()
    with write(db):
        cursor = db.conn.execute(
            """
            insert into saved_answers (name, command, parameters, config, version, layout, taggers, names, answer, saved)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                *(name, command, *map(as_json, (parameters, config)), version, layout_now()),
                *(*map(as_json, (taggers, names, answer)), now),
            ],
        )
        added = cursor.lastrowid
        db.conn.executemany(
            "insert into saved_facts (answer, brand, day, mentions, facts, labels, words) values (?, ?, ?, ?, ?, ?, ?)",
            [(added, brand, day, *packed) for (brand, day), packed in parts.items()],
        )
        db.conn.executemany(
            "insert into saved_rows (answer, question, columns, rows) values (?, ?, ?, ?)",
            [(added, *question) for question in questions],
        )
        # What was erased between reading and keeping it.
        forget_saved(db, find_gone(db, days))
    return sum(len(each) for packed in parts.values() for each in packed) + sum(len(packed) for *_, packed in questions)


def refuse_taken(db: Database, name: str) -> None:
    """Say that a name is taken."""
    row = db.conn.execute("select saved from saved_answers where name = ?", [name]).fetchone()
    if row:
        fix = f"choose another name, or give it up with `repute rerun {shlex.quote(name)} --drop`"
        raise SavedError(f"{name!r} is already the name of an answer saved on {row[0][:10]}; {fix}")


def read_days(db: Recorder, reads: Sequence[FactsRead]) -> dict[tuple[str, str], Segment]:
    """The stored facts of the days that were read, by brand and day; words where any of the readings took them."""
    found: dict[tuple[str, str], Segment] = {}
    for read in sorted(set(reads), key=lambda one: one.words):
        words = "(select words from fact_words where fact_words.id = facts.id)" if read.words else "x''"
        rows = db.conn.execute(
            f"""
            select day, facts, labels, {words}
            from facts
            where brand = ? and (day = '' or day >= ? and day < ?)
            """,
            [read.brand, read.first_day, read.end_day],
        )
        for day, facts, labels, said in rows:
            found[read.brand, day] = unpack([Packed(facts, labels, said or b"")], {})
    return found


def used_names(days: dict[tuple[str, str], Segment]) -> set[int]:
    """The numbers of the names that some facts have."""
    used: set[int] = set()
    for segment in days.values():
        used.update(*(np.unique(segment.facts[name]).tolist() for name in NAMED), segment.labels["name"].tolist())
    return used


def as_kept_rows(asked: Sequence[Statement]) -> Iterator[tuple[str, str, bytes]]:
    """(key, columns, packed rows) of each question that was asked, once.

    Names of threads are made of identities at the source: only hashes of them are kept.
    """
    salt = secrets.token_bytes(16)
    kept: dict[str, tuple[tuple[str, ...], dict[tuple[Any, ...], None]]] = {}
    for statement in asked:
        if not statement.wordy:
            rows = kept.setdefault(statement.key, (statement.columns, {}))[1]
            rows.update(dict.fromkeys(masked(statement, salt)))
    for key, (columns, found) in kept.items():
        yield key, as_json(columns), zlib.compress(as_json(list(found)).encode(), FAST)


def masked(statement: Statement, salt: bytes) -> list[tuple[Any, ...]]:
    """Rows with a hash in the place of a thread's name; nobody has the salt any more afterwards."""
    if "thread" not in statement.columns:
        return list(statement.rows)
    place = statement.columns.index("thread")

    def hashed(name: str) -> str:
        return blake2b(name.encode(), key=salt, digest_size=8).hexdigest()

    return [(*row[:place], hashed(row[place]), *row[place + 1 :]) for row in statement.rows]


def find_gone(db: Database, days: dict[tuple[str, str], Segment]) -> list[int]:
    """Those mentions of some facts that the store no longer has, or has as tombstones."""
    kept = np.unique(np.concatenate([np.zeros(0, np.uint32), *(segment.facts["mention"] for segment in days.values())]))
    there = db.conn.execute(
        """
        select mentions.id
        from json_each(?) as asked
        cross join mentions on mentions.id = asked.value
        where mentions.removed_at is null
        """,
        [json.dumps(kept.tolist())],
    )
    return sorted(set(kept.tolist()) - {number for (number,) in there})


def find_saved(db: Database) -> list[Saved]:
    """The saved answers, the newest first."""
    names = [name for (name,) in db.execute("select name from saved_answers order by saved desc, id desc")]
    return [read_saved(db, name) for name in names]


def read_saved(db: Database, name: str) -> Saved:
    """A saved answer. Raises `SavedError` where there is none of that name, with those that there are."""
    rows = list(db.query("select * from saved_answers where name = ?", [name]))
    if not rows:
        known = ", ".join(repr(other) for (other,) in db.execute("select name from saved_answers order by name"))
        there = f"there are {known}" if known else "there is none yet; add --save NAME to a question"
        raise SavedError(f"{name!r}: no answer was saved under that name; {there}")
    row = rows[0]
    sizes = db.execute("select length(mentions) from saved_facts where answer = ?", [row["id"]])
    erased = db.execute("select mention from saved_erased where answer = ? order by mention", [row["id"]])
    return Saved(
        name=row["name"],
        command=row["command"],
        parameters=json.loads(row["parameters"]),
        config=json.loads(row["config"]),
        version=row["version"],
        taggers=tuple(json.loads(row["taggers"])),
        answer=json.loads(row["answer"]),
        saved=row["saved"],
        mentions=sum(size for (size,) in sizes) // 4,
        erased=tuple(mention for (mention,) in erased),
    )


def drop_saved(db: Database, name: str) -> None:
    """Give up a saved answer. Raises `SavedError` where there is none."""
    read_saved(db, name)
    with write(db):
        (answer,) = db.conn.execute("select id from saved_answers where name = ?", [name]).fetchone()
        for table in ("saved_facts", "saved_rows", "saved_erased"):
            db.conn.execute(f"delete from {table} where answer = ?", [answer])
        db.conn.execute("delete from saved_answers where id = ?", [answer])


def as_json(value: Any) -> str:
    """JSON as it is kept."""
    return json.dumps(value, ensure_ascii=False)
