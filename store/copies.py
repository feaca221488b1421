"""Copies: longer texts that are nearly the same share a copy group, and count once per group."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

MIN_WORDS = 25
"""Shorter alike texts by different people are different voices."""
SIMILAR = 0.7
"""Share of three-word runs that two copies have in common (Jaccard)."""
SHINGLE = 3


def shingles(text: str) -> set[str]:
    """Runs of three words, lower-cased: what copies have in common."""
    words = text.casefold().split()
    return {" ".join(words[i : i + SHINGLE]) for i in range(max(len(words) - SHINGLE + 1, 0))}


def group_copies(db: Database, mentions: Sequence[tuple[int, tuple[int, ...], str | None]]) -> None:
    """Give (row id, bands, text) the copy group of the first stored text that each nearly equals.

    The bands only nominate: a copy is one whose words agree. The group is the row id of its earliest member.
    """
    for mention, bands, text in mentions:
        db.conn.execute("delete from copy_bands where mention = ?", [mention])
        leave_group(db, mention)
        if not bands:
            continue
        group = find_original(db, mention, bands, shingles(text or ""))
        db.conn.executemany("insert into copy_bands (band, mention) values (?, ?)", [(band, mention) for band in set(bands)])
        if group is not None:
            db.conn.execute(
                "update mentions set copy_group = ? where id in (?, ?) or copy_group = ?",
                [min(group, mention), mention, group, group],
            )


def leave_group(db: Database, mention: int) -> None:
    """Take a mention out of its copy group; where it gave the group its name, the earliest of the others does from now on."""
    db.conn.execute("update mentions set copy_group = null where id = ? and copy_group is not null", [mention])
    (heir,) = db.execute("select min(id) from mentions where copy_group = ?", [mention]).fetchone()
    if heir is not None:
        db.conn.execute("update mentions set copy_group = ? where copy_group = ?", [heir, mention])


def find_original(db: Database, mention: int, bands: tuple[int, ...], words: set[str]) -> int | None:
    """The copy group of a stored text that agrees with `words`, or None."""
    marks = ", ".join("?" * len(bands))
    candidates = db.execute(
        f"""
        select distinct mentions.id, mentions.copy_group, mentions.text
        from copy_bands
        join mentions on mentions.id = copy_bands.mention
        where copy_bands.band in ({marks}) and mentions.id != ?
        order by mentions.id
        limit 50
        """,
        [*bands, mention],
    )
    for candidate, group, text in candidates.fetchall():
        other = shingles(text or "")
        if words and other and len(words & other) / len(words | other) >= SIMILAR:
            return int(group or candidate)
    return None
