"""Facts that this process has read before, each day for as long as the store still says that it is the same.

A page asks several questions that read the same days, and a served page asks them again and again. Rows of `facts` are never
changed, only replaced under another, random id, and a stale day bears a random mark: where those of every day that is asked for
are what they were, so are the facts. Nothing is taken for granted but that.
"""

from __future__ import annotations

import json
import os
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from store.database import file_of, is_kept
from store.fact_keeping import made_by, make_stale, read_facts, reading
from store.facts import Bools, Packed, Segment, unpack
from store.remembering import find_state, remember

Key = tuple[int | None, int | str | None]
"""What tells one state of a day from all others: the id of its row in `facts`, and its mark or taggers where it is stale."""
Bounds = tuple[str, str]
FACT_BYTES = 512
"""What a fact takes in memory, at most, with what is made of it."""
MOST_FACTS = max(500_000, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // FACT_BYTES)
"""Facts that are kept, of all brands: a quarter of the memory there is. The brand that was asked for longest ago goes first."""
MOST_CUTS = 16
"""Windows of a brand that stay cut out, and as many newest facts with their words."""


@dataclass(frozen=True)
class Days:
    """The facts of a brand on the days of some bounds, those without a time first, and where each day begins."""

    segment: Segment
    days: tuple[str, ...]
    starts: NDArray[np.int64]
    """One more than there are days."""
    chosen: dict[Hashable, Days] = field(default_factory=dict)
    """Parts of it, by what they were chosen for."""
    cuts: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    """What was cut out or made of it last, by what it was asked for."""
    texts: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    """The same, of the newest facts with their words: a few megabytes each, which many windows share."""

    def choose(self, name: Hashable, choose: Callable[[Segment], Bools]) -> Days:
        """The days with only those facts that `choose` lets through; `name` says which, so that it is not asked twice."""
        if name not in self.chosen:
            kept = choose(self.segment)
            running = np.concatenate([[0], np.cumsum(kept)])
            self.chosen[name] = Days(self.segment.narrow(kept), self.days, running[self.starts])
        return self.chosen[name]

    def between(self, first_day: str, end_day: str) -> Segment:
        """The facts of the days from one (included) to another (excluded), and those without a time; with days around them.

        The days around are up to the next bounds that other windows share, so that what was made for one is at hand for the
        next; all days, where that is at most twice as many. It goes by days, so that parts chosen from the same days are cut
        alike.
        """
        dated, count = 1 if self.days[:1] == ("",) else 0, len(self.days)
        first, end = np.searchsorted(np.array(self.days[dated:], str), [first_day, end_day]) + dated if self.days else (0, 0)
        # Bounds lie as far apart as the largest power of two that is at most half of the days that are asked for.
        apart = 1 << max(int(end - first).bit_length() - 2, 0)
        first, end = max(first - first % apart, dated), min(end + -end % apart, count)
        if 2 * (end - first) >= count:
            return self.segment
        head = int(self.starts[dated])
        bounds = int(self.starts[first]), int(self.starts[end])
        found: Segment = keep(self.cuts, bounds, lambda: self.segment.cut(head, *bounds))
        return found


def keep(kept: OrderedDict[Hashable, Any], name: Hashable, make: Callable[[], Any]) -> Any:
    """What was made under a name, for as long as it is one of the last that were asked for; made now, if it was not."""
    found = kept.get(name)
    if found is None:
        found = make()
    with lock:
        kept[name] = found
        kept.move_to_end(name)
        while len(kept) > MOST_CUTS:
            kept.popitem(last=False)
    return found


@dataclass
class Shelf:
    """The days of one brand that were read so far."""

    bounds: Bounds
    taggers: str
    keys: Mapping[str, Key]
    packed: Mapping[str, Packed]
    """As the store has them or, where they are stale, as they were made; a stale day may have none."""
    whole: Days

    @cached_property
    def rows(self) -> tuple[list[str], list[tuple[str, int | None]]]:
        """The days in order, and with the row of each; none where the facts of any were stale when they were read."""
        if any(mark not in (None, self.taggers) for _, mark in self.keys.values()):
            return [], []
        days = sorted(self.keys)
        return days, [(day, self.keys[day][0]) for day in days]

    def is_still(self, db: Database, brand: str, bounds: Bounds, taggers: str) -> bool:
        """Whether the store has the same rows for the days of some bounds, and says of none that it is stale."""
        days, known = self.rows
        if taggers != self.taggers or not days or not inside(bounds, self.bounds):
            return False
        asked = {"brand": brand, "first": bounds[0], "end": bounds[1]}
        of_days = "brand = :brand and (day = '' or day >= :first and day < :end)"
        if db.execute(f"select 1 from stale_facts where {of_days} limit 1", asked).fetchone():
            return False
        dated = 1 if not days[0] else 0
        first, end = (bisect_left(days, day, dated) for day in bounds)
        found = sorted(db.execute(f"select day, id from facts where {of_days}", asked).fetchall())
        return found == known[:dated] + known[first:end]

    def holds(self, bounds: Bounds, keys: Mapping[str, Key]) -> bool:
        """Whether the days of some bounds are all there and the same."""
        if not inside(bounds, self.bounds):
            return False
        return keys == {day: key for day, key in self.keys.items() if not day or bounds[0] <= day < bounds[1]}


@dataclass(frozen=True)
class Checked:
    """What a connection has found to be so, for as long as it sees no change of the store."""

    state: tuple[int, int]
    bounds: Bounds
    days: Days


checked: WeakKeyDictionary[Database, dict[str, Checked]] = WeakKeyDictionary()
shelves: OrderedDict[tuple[Path, int, str], Shelf] = OrderedDict()
"""By file, what the file system knows it by, and brand; the one that was asked for last is the last."""
lock = threading.Lock()


def read_days(db: Database, brand: str, *, first_day: str = "", end_day: str = "~") -> Days:
    """The facts of a brand, as `store.fact_keeping.read_facts` gives them, on these days at least; they may not be changed."""
    if not is_kept(db):
        return whole_days(read_facts(db, brand, first_day=first_day, end_day=end_day))
    bounds, state = (first_day, end_day), find_state(db)
    seen = checked.setdefault(db, {})
    before = seen.get(brand)
    if before is not None and state is not None and before.state == state and inside(bounds, before.bounds):
        return before.days
    # Who watches the store knows it of all connections.
    known: dict[str, tuple[Bounds, ref[Days]]] = remember(db, "days", dict)
    of, there = known.get(brand, (bounds, None))
    found = there() if there is not None and inside(bounds, of) else None
    if found is None:
        found = check_days(db, brand, bounds)
        known[brand] = bounds, ref(found)
    if state is not None:
        seen[brand] = Checked(state, bounds, found)
    return found


def inside(bounds: Bounds, others: Bounds) -> bool:
    """Whether some bounds lie within others."""
    return others[0] <= bounds[0] and bounds[1] <= others[1]


def check_days(db: Database, brand: str, bounds: Bounds) -> Days:
    """The facts on the shelf, if the store says that they are what they were; else they are put there."""
    path = file_of(db)
    name = (path, path.stat().st_ino, brand)
    with reading(db):
        taggers = made_by(db)
        with lock:
            shelf = shelves.get(name)
        if shelf is None or not (
            shelf.is_still(db, brand, bounds, taggers) or shelf.holds(bounds, find_keys(db, brand, bounds, taggers, shelf))
        ):
            shelf = fill(db, brand, widened(bounds, shelf), taggers, shelf)
    with lock:
        shelves[name] = shelf
        shelves.move_to_end(name)
        while len(shelves) > 1 and sum(len(one.whole.segment.facts) for one in shelves.values()) > MOST_FACTS:
            shelves.popitem(last=False)
    return shelf.whole


def whole_days(segment: Segment) -> Days:
    """Facts that are all asked for: one day without a name, at whose end nothing is cut off."""
    return Days(segment, ("",), np.array([0, len(segment.facts)]))


def widened(bounds: Bounds, shelf: Shelf | None) -> Bounds:
    """The bounds to read: those asked for, and where that is not for the first time half as far again, as the next may ask."""
    if shelf is None:
        return bounds
    first, end = min(bounds[0], shelf.bounds[0]), max(bounds[1], shelf.bounds[1])
    if (first, end) == shelf.bounds or not first:
        return first, end
    start = date.fromisoformat(first)
    days = (date.fromisoformat(max(shelf.keys, default="") or first) - start).days
    return (start - timedelta(days=max(days, 0) // 2)).isoformat(), "~"


def find_keys(db: Database, brand: str, bounds: Bounds, taggers: str, before: Shelf | None) -> dict[str, Key]:
    """What tells the states of the days apart; of what was there `before`, the store need not say who made it."""
    asked = {"brand": brand, "first": bounds[0], "end": bounds[1], "taggers": taggers}
    of_days = "brand = :brand and (day = '' or day >= :first and day < :end)"
    keys: dict[str, Key] = {day: (row, None) for day, row in db.execute(f"select day, id from facts where {of_days}", asked)}
    known = before.keys if before is not None and before.taggers == taggers else {}
    if any(key[0] != known.get(day, (None, None))[0] for day, key in keys.items()):
        for (day,) in db.execute(f"select day from facts where {of_days} and taggers != :taggers", asked):
            keys[day] = (keys[day][0], taggers)
    else:
        keys |= {day: known[day] for day in keys if known[day][1] == taggers}
    for day, mark in db.execute(f"select day, mark from stale_facts where {of_days}", asked):
        keys[day] = (keys.get(day, (None, None))[0], mark)
    return keys


def fill(db: Database, brand: str, bounds: Bounds, taggers: str, before: Shelf | None) -> Shelf:
    """Read or make the days that are not there yet, or no longer what they were."""
    keys = find_keys(db, brand, bounds, taggers, None)
    there = before.packed if before is not None else {}
    known = {day: packed for day, packed in there.items() if before is not None and before.keys[day] == keys.get(day)}
    names = dict(db.execute("select id, name from fact_names").fetchall())
    lacking = [day for day, (_, stale) in keys.items() if stale is None and day not in known]
    packed = known | read_packed(db, brand, lacking)
    # Names that only what is stale has are numbered as it comes, so all of it is made at once.
    stale = [day for day, (_, mark) in keys.items() if mark is not None]
    made, names = make_stale(db, brand, stale, names, None)
    packed = {day: one for day, one in packed.items() if keys[day][1] is None} | made
    days = tuple(sorted(packed))
    segment = unpack([packed[day] for day in days], names)
    starts = np.concatenate([[0], np.cumsum([packed[day].count for day in days], dtype=np.int64)])
    return Shelf(bounds, taggers, keys, packed, Days(segment, days, starts))


def read_packed(db: Database, brand: str, days: Sequence[str]) -> dict[str, Packed]:
    """The stored facts of some days, by day."""
    rows = db.execute(
        """
        select facts.day, facts, labels
        from json_each(:days) as asked
        cross join facts on facts.brand = :brand and facts.day = asked.value
        """,
        {"brand": brand, "days": json.dumps(days)},
    )
    return {day: Packed(facts, labels) for day, facts, labels in rows}
