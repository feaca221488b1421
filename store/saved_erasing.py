"""Erasing from saved answers: facts, rows and names of what was erased go, its row id stays as since erased."""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from store.facts import Packed, Segment, pack, split_site, unpack
from store.saved_layout import layout_now, read_layout, relaid

FAST = 1
"""How hard zlib tries: facts of a million mentions take two seconds."""
PLACES = ("site", "subject", "place")
"""Fields whose names may be somebody's own words or account; languages and topics are nobody's."""
SHORTEST = 4
"""Characters from which on a name is looked for within sentences; a shorter one goes where it stands alone."""
ERASED = "(erased)"


def forget_saved(db: Database, mentions: Iterable[int]) -> None:
    """Take mentions out of every saved answer, within the caller's transaction."""
    gone = np.array(sorted(set(mentions)), np.uint32)
    if not len(gone):
        return
    for (answer,) in db.conn.execute("select id from saved_answers").fetchall():
        met, names = strike_facts(db, answer, gone)
        met |= strike_rows(db, answer, gone)
        if met:
            marks = [(answer, mention) for mention in sorted(met)]
            db.conn.executemany("insert or ignore into saved_erased (answer, mention) values (?, ?)", marks)
            forget_places(db, answer, names)


def forget_saved_source(db: Database, source: str, site: str | None) -> None:
    """Take what saved answers say of the coverage of a source, or one site of it, out, within the caller's transaction."""
    for (answer,) in db.conn.execute("select id from saved_answers").fetchall():
        sites = {site} if site is not None else set()

        def of_source(row: dict[str, Any], sites: set[str] = sites) -> bool:
            if row.get("source") != source or (site is not None and row.get("site") != site):
                return False
            sites.add(str(row.get("site") or source))
            return True

        rewrite_rows(db, answer, ("source", "site"), of_source)
        scrub(db, answer, sites - {source})


def strike_facts(db: Database, answer: int, gone: NDArray[np.uint32]) -> tuple[set[int], set[int]]:
    """Take mentions out of the facts of an answer; return those that were met, and the numbers of their places' names."""
    parts = db.conn.execute("select id, mentions from saved_facts where answer = ? order by id", [answer]).fetchall()
    # All at once: a look into each of some thousand days by itself takes a hundred times as long.
    held = np.frombuffer(b"".join(ids for _, ids in parts), "<u4")
    places = np.flatnonzero(np.isin(held, gone))
    if not len(places):
        return set(), set()
    bring_up_to_date(db, answer)
    ends = np.cumsum([len(ids) // 4 for _, ids in parts])
    names: set[int] = set()
    for number in np.unique(np.searchsorted(ends, places, side="right")).tolist():
        segment = read_part(db, parts[number][0])
        hit = np.isin(segment.facts["mention"], gone)
        names.update(*(segment.facts[name][hit].tolist() for name in PLACES))
        write_part(db, parts[number][0], segment.narrow(~hit))
    return set(held[places].tolist()), names


def bring_up_to_date(db: Database, answer: int) -> None:
    """Lay the facts of an answer out as this version does."""
    (said,) = db.conn.execute("select layout from saved_answers where id = ?", [answer]).fetchone()
    layout = read_layout(said)
    if layout is None:
        return
    for part, *packed in db.conn.execute(
        "select id, facts, labels, words from saved_facts where answer = ?", [answer]
    ).fetchall():
        kept = relaid(Packed(*map(zlib.decompress, packed)), layout)
        fresh = [zlib.compress(blob, FAST) for blob in (kept.facts, kept.labels, kept.words)]
        db.conn.execute("update saved_facts set facts = ?, labels = ?, words = ? where id = ?", [*fresh, part])
    db.conn.execute("update saved_answers set layout = ? where id = ?", [layout_now(), answer])


def read_part(db: Database, part: int) -> Segment:
    """The facts of one day that were kept."""
    row = db.conn.execute("select facts, labels, words from saved_facts where id = ?", [part]).fetchone()
    return unpack([Packed(*(zlib.decompress(packed) for packed in row))], {})


def write_part(db: Database, part: int, segment: Segment) -> None:
    """Put facts in the place of those before."""
    db.conn.execute(
        "update saved_facts set mentions = ?, facts = ?, labels = ?, words = ? where id = ?", [*compressed(segment), part]
    )


def compressed(segment: Segment) -> tuple[bytes, bytes, bytes, bytes]:
    """Row ids as they are, then facts, labels and words packed."""
    packed = pack(segment)
    facts, labels, words = (zlib.compress(part, FAST) for part in (packed.facts, packed.labels, packed.words))
    return segment.facts["mention"].astype("<u4").tobytes(), facts, labels, words


def strike_rows(db: Database, answer: int, gone: NDArray[np.uint32]) -> set[int]:
    """Take mentions out of the rows of an answer's other questions; return those that were met."""
    lost, met = set(gone.tolist()), set()

    def of_gone(row: dict[str, Any]) -> bool:
        if row["mention"] not in lost:
            return False
        met.add(row["mention"])
        return True

    rewrite_rows(db, answer, ("mention",), of_gone)
    return met


def rewrite_rows(db: Database, answer: int, columns: Sequence[str], gone: Callable[[dict[str, Any]], bool]) -> None:
    """Leave out the kept rows, of questions with one of some columns, of which `gone` is true."""
    for part, named, packed in db.conn.execute(
        "select id, columns, rows from saved_rows where answer = ?", [answer]
    ).fetchall():
        names = json.loads(named)
        if set(columns).isdisjoint(names):
            continue
        rows = json.loads(zlib.decompress(packed))
        left = [row for row in rows if not gone(dict(zip(names, row, strict=True)))]
        if len(left) < len(rows):
            fresh = zlib.compress(json.dumps(left, ensure_ascii=False).encode(), FAST)
            db.conn.execute("update saved_rows set rows = ? where id = ?", [fresh, part])


def forget_places(db: Database, answer: int, numbers: set[int]) -> None:
    """Of the names of sites, products and places that erased mentions had, take those out that no other mention has."""
    (kept,) = db.conn.execute("select names from saved_answers where id = ?", [answer]).fetchone()
    names = json.loads(kept)
    bring_up_to_date(db, answer)
    unused = set(numbers) - {0}
    with contextlib.closing(db.conn.execute("select facts from saved_facts where answer = ?", [answer])) as parts:
        for (packed,) in parts:
            facts = unpack([Packed(zlib.decompress(packed), b"")], {}).facts
            unused -= {number for name in PLACES for number in facts[name].tolist()}
            if not unused:
                return
    lost = {names.pop(str(number)) for number in unused if str(number) in names}
    if lost:
        words = json.dumps(names, ensure_ascii=False)
        db.conn.execute("update saved_answers set names = ? where id = ?", [words, answer])
        scrub(db, answer, {split_site(name)[1] if "\n" in name else name for name in lost})


def scrub(db: Database, answer: int, names: set[str]) -> None:
    """Put `(erased)` in the place of names in the answer that was saved."""
    if names:
        (said,) = db.conn.execute("select answer from saved_answers where id = ?", [answer]).fetchone()
        left = json.dumps(without(json.loads(said), sorted(names, key=len, reverse=True)), ensure_ascii=False)
        db.conn.execute("update saved_answers set answer = ? where id = ?", [left, answer])


def without(value: Any, names: Sequence[str]) -> Any:
    """A part of an answer without some names."""
    if isinstance(value, dict):
        return {key: without(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [without(part, names) for part in value]
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, ERASED) if len(name) >= SHORTEST or value == name else value
    return value
