"""Copies: longer texts that are nearly the same share a copy group, and count once per group."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence, Set
from difflib import SequenceMatcher
from operator import itemgetter

from sqlite_utils import Database

MIN_WORDS = 25
"""Shorter alike texts by different people are different voices."""
SIMILAR = 0.7
"""Share of three-word runs that two copies have in common (Jaccard)."""
PERHAPS, EDITED, LONGEST = 0.45, 0.85, 400
"""Words changed here and there break many runs: from PERHAPS on, two texts of at most LONGEST words are copies if EDITED of
their words agree in the same order (Ratcliff and Obershelp's ratio). A quote with a third of own words stays below."""
SHINGLE = 3
MANY = 64
"""Nominations that are all looked at; beyond them some of each band are."""
FIRST, LAST = 6, 3
"""How many of the earliest and latest texts of a band are then looked at."""
LOOKED_AT = 20
"""Texts whose words are compared with those of a new one."""


def shingles(text: str, least: int = 0) -> set[str]:
    """Runs of three words, lower-cased: what copies have in common. None of a text of fewer words than `least`."""
    words = text.casefold().split()
    if len(words) < least:
        return set()
    return set(map(" ".join, zip(*(words[n:] for n in range(SHINGLE)), strict=False)))


def group_copies(
    db: Database, mentions: Sequence[tuple[int, tuple[int, ...], str | None]], fresh: Set[int] = frozenset()
) -> None:
    """Give (row id, bands, text) the copy group of the first stored text that each nearly equals.

    The bands only nominate: a copy is one whose words agree. The group is the row id of its earliest member. The work for one
    text does not grow with the copies that there are already. `fresh` rows were in no group before.
    """
    met = find_met(db, {band for _, bands, _ in mentions for band in bands})
    waiting: list[tuple[int, int]] = []
    for mention, bands, text in mentions:
        if mention not in fresh:
            db.conn.execute("delete from copy_bands where mention = ?", [mention])
            leave_groups(db, [mention])
        original = None
        if not met.isdisjoint(bands):
            # Only now must the store know of those before: most texts are like no other.
            save_bands(db, waiting)
            original = find_original(db, mention, bands, text or "")
        waiting += [(band, mention) for band in set(bands)]
        met.update(bands)
        if original is not None:
            join_group(db, mention, *original)
    save_bands(db, waiting)


def find_met(db: Database, bands: Set[int]) -> set[int]:
    """Those of some bands that a stored text has."""
    asked = "select value from json_each(?) where exists (select 1 from copy_bands where band = value)"
    return {row[0] for row in db.execute(asked, [json.dumps(list(bands))])} if bands else set()


def save_bands(db: Database, waiting: list[tuple[int, int]]) -> None:
    """Store (band, row id) pairs and forget them."""
    if waiting:
        db.conn.executemany("insert into copy_bands (band, mention) values (?, ?)", sorted(waiting, key=itemgetter(0)))
        waiting.clear()


def join_group(db: Database, mention: int, original: int, group: int | None) -> None:
    """Put a mention into the group of a text that it copies, or make one of the two."""
    first = min(mention, group or original)
    if group is not None and first != group:
        db.conn.execute("update mentions set copy_group = ? where copy_group = ?", [first, group])
    db.conn.execute("update mentions set copy_group = ? where id in (?, ?)", [first, mention, original])


def leave_groups(db: Database, mentions: Sequence[int]) -> None:
    """Take mentions out of their copy groups; where one gave a group its name, the earliest of the others does from now on."""
    marked = json.dumps(list(mentions))
    among = "id in (select value from json_each(?))"
    db.conn.execute(f"update mentions set copy_group = null where {among} and copy_group is not null", [marked])
    heirs = db.execute(
        """
        select mentions.copy_group, min(mentions.id)
        from json_each(?) as gone
        cross join mentions on mentions.copy_group = gone.value
        group by mentions.copy_group
        """,
        [marked],
    ).fetchall()
    db.conn.executemany("update mentions set copy_group = ? where copy_group = ?", [(heir, group) for group, heir in heirs])


def is_copy(one: str, other: str) -> bool:
    """Whether two texts are the same but for some words."""
    runs, others = shingles(one), shingles(other)
    if not (runs and others):
        return False
    alike = len(runs & others) / len(runs | others)
    if alike >= SIMILAR:
        return True
    words, other_words = one.casefold().split(), other.casefold().split()
    if alike < PERHAPS or max(len(words), len(other_words)) > LONGEST:
        return False
    return SequenceMatcher(None, words, other_words, autojunk=False).ratio() >= EDITED


def find_original(db: Database, mention: int, bands: tuple[int, ...], text: str) -> tuple[int, int | None] | None:
    """Row id and copy group of a stored text that `text` copies, or None; those that share most bands are asked first."""
    shared = Counter(nominate(db, mention, bands))
    likely = sorted(shared, key=lambda one: (-shared[one], one))[:LOOKED_AT]
    rows = {
        row: (group, stored)
        for row, group, stored in db.execute(
            "select id, copy_group, text from mentions where id in (select value from json_each(?))", [json.dumps(likely)]
        )
    } if likely else {}  # fmt: skip
    for candidate in likely:
        group, stored = rows[candidate]
        if is_copy(text, stored or ""):
            return candidate, group
    return None


def nominate(db: Database, mention: int, bands: tuple[int, ...]) -> list[int]:
    """The row ids of texts that share bands, one for each band shared.

    Of bands that many texts share only the first and the last few are named: a text with thousands of copies is found as
    quickly as one with two.
    """
    marks = ", ".join("?" * len(bands))
    few = f"select mention from copy_bands where band in ({marks}) and mention != ? limit ?"
    rows = db.execute(few, [*bands, mention, MANY + 1]).fetchall()
    if len(rows) > MANY:
        ends = [(f"order by mention limit {FIRST}", n + 1) for n in range(len(bands))]
        ends += [(f"order by mention desc limit {LAST}", n + 1) for n in range(len(bands))]
        some = " union all ".join(f"select * from (select mention from copy_bands where band = ?{n} {end})" for end, n in ends)
        rows = [row for row in db.execute(some, list(bands)) if row[0] != mention]
    return [row[0] for row in rows]
