"""Voices that are not as their sources gave them: authors who repeat a text, and rules of the configuration that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from store.database import write

REPEATED = "repeats a text: "
"""How the reason begins where the store itself found a bot; rules of the configuration begin otherwise."""
AT_ONCE = 1000


@dataclass(frozen=True)
class Repeats:
    """From when on an author who posts nearly the same text again and again is a bot. Texts of 25 words or more only."""

    texts: int = 6
    """Near copies by one author within the window; 0 for never."""
    places: int = 4
    """Sites on which one author has them; 0 for never."""
    days: int = 30
    """Length of the window."""


@dataclass(frozen=True)
class Posted:
    """One of several copies by one author."""

    mention: int
    place: str
    published: datetime


def settle_repeats(db: Database, repeats: Repeats) -> int:
    """Make bots of the authors who repeat a text, and customers again of those who no longer do; return how many changed.

    Work is a query for what is not as it should be: a killed run is finished by the next. What has another rule than this one,
    or is no customer's, stays as it is.
    """
    wanted = dict(find_repeated(db, repeats))
    with write(db):
        ours = "voice_told is not null and voice_rule like ?"
        marked = dict(db.execute(f"select id, voice_rule from mentions where {ours}", [f"{REPEATED}%"]).fetchall())
        over = [(mention,) for mention in marked if mention not in wanted]
        due = [(rule, mention) for mention, rule in wanted.items() if marked.get(mention) != rule]
        db.conn.executemany("update mentions set voice = voice_told, voice_rule = null, voice_told = null where id = ?", over)
        db.conn.executemany(
            """
            update mentions
            set voice_told = coalesce(voice_told, voice), voice = 'bot', voice_rule = ?
            where id = ? and removed_at is null and (voice = 'customer' or voice_told = 'customer')
            """,
            due,
        )
    return len(over) + len(due)


def find_repeated(db: Database, repeats: Repeats) -> Iterator[tuple[int, str]]:
    """(row id, reason) of every mention that its author has repeated often enough within the window."""
    fewest = min((count for count in (repeats.texts, repeats.places) if count), default=0)
    if not fewest:
        return
    rows = db.execute(
        """
        select author, copy_group, id, source || ' ' || site, published
        from mentions
        where (author, copy_group) in (
                select author, copy_group
                from mentions
                where copy_group is not null and author is not null
                group by author, copy_group
                having count(*) >= ?
            )
            and published is not null and published_precision != 'unknown' and removed_at is null
            and (voice = 'customer' or voice_rule like ?)
        order by author, copy_group, published, id
        """,
        [fewest, f"{REPEATED}%"],
    ).fetchall()
    for _, copies in groupby(rows, key=lambda row: row[:2]):
        posted = [Posted(row, place, as_time(published)) for _, _, row, place, published in copies]
        if reason := find_reason(posted, repeats):
            yield from ((one.mention, reason) for one in posted)


def as_time(published: str) -> datetime:
    """A publication time or day, in UTC and without its zone, so that the two can be subtracted."""
    return datetime.fromisoformat(published.removesuffix("Z"))


def find_reason(posted: Sequence[Posted], repeats: Repeats) -> str | None:
    """Why one author's copies (oldest first) are a bot's, from the window that says most; None where they are not."""
    length, start = timedelta(days=repeats.days), 0
    texts = places = 0
    for end, last in enumerate(posted):
        while last.published - posted[start].published > length:
            start += 1
        texts = max(texts, end - start + 1)
        places = max(places, len({one.place for one in posted[start : end + 1]}))
    if repeats.places and places >= repeats.places:
        return f"{REPEATED}{texts} near copies by one author on {places} sites within {repeats.days} days"
    if repeats.texts and texts >= repeats.texts:
        return f"{REPEATED}{texts} near copies by one author within {repeats.days} days"
    return None


Judge = Callable[[dict[str, Any]], tuple[str, str] | None]
"""Takes source, site, url, title, text, author (key) and author_name; answers voice and rule, or None."""


def judge_again(db: Database, judge: Judge) -> int:
    """Ask changed rules of every stored mention that is a customer's or that a rule had changed; return how many changed."""
    changed = 0
    for rows in read_judged(db):
        changes = [change for row in rows if (change := change_of(row, judge(row))) is not None]
        with write(db):
            db.conn.executemany(
                """
                update mentions
                set voice = ?, voice_rule = ?, voice_told = ?
                where id = ? and voice = ? and removed_at is null
                """,
                changes,
            )
        changed += len(changes)
    return changed


def read_judged(db: Database) -> Iterator[list[dict[str, Any]]]:
    """The mentions that a rule may be about, some at a time."""
    after = 0
    while rows := list(
        db.query(
            """
            select id, source, site, url, title, text, author, author_name, voice, voice_rule, voice_told
            from mentions
            where id > ? and (voice = 'customer' or voice_told = 'customer') and removed_at is null
                and coalesce(voice_rule, '') not like ?
            order by id
            limit ?
            """,
            [after, f"{REPEATED}%", AT_ONCE],
        )
    ):
        after = rows[-1]["id"]
        yield rows


def change_of(row: dict[str, Any], judged: tuple[str, str] | None) -> tuple[object, ...] | None:
    """The new voice, rule and told voice of a row, with its id and voice till now; None where they stand."""
    voice, rule = judged or ("customer", None)
    told = "customer" if judged else None
    if (voice, rule, told) == (row["voice"], row["voice_rule"], row["voice_told"]):
        return None
    return voice, rule, told, row["id"], row["voice"]
