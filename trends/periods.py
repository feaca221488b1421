"""Weeks and months of a window, and a frame cut by windows that adjoin each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.facts import UNDATED
from trends.crowd import ANONYMOUS, Crowd, Floats, add_by
from trends.frame import LATEST, Bools, Frame, Numbers, Rows
from trends.timeline_kinds import Every
from trends.windows import Window, from_days, local_day

MOST = 261
"""Periods of an answer: five years of weeks."""
OUTSIDE = np.iinfo(np.uint16).max
EPOCH = date(1970, 1, 1).toordinal()


def find_periods(window: Window, every: Every, *, earliest: str | None = None) -> tuple[Window, ...]:
    """The whole weeks (Monday to Sunday) or months that the window touches, oldest first; at least one.

    What is not over yet is not among them: beside seven days, one day looks like an end of everything. It is where the window
    touches nothing else. All time begins with `earliest`, a local day.
    """
    today = local_day(window.now, window.zone)
    last = date.fromisoformat(window.end_day) - timedelta(days=1) if window.end_day else today
    final = min(begin(last, every), begin(begin(today, every) - timedelta(days=1), every))
    first = begin(date.fromisoformat(window.first_day or earliest or final.isoformat()), every)
    starts = [max(final, first)]
    while starts[-1] > first and len(starts) < MOST:
        starts.append(begin(starts[-1] - timedelta(days=1), every))
    return tuple(from_days(day, following(day, every), now=window.now, zone=window.zone) for day in reversed(starts))


def begin(day: date, every: Every) -> date:
    """The first day of the week or month that holds a day."""
    return day - timedelta(days=day.weekday()) if every == "week" else day.replace(day=1)


def following(first: date, every: Every) -> date:
    """The first day of the next one."""
    return first + timedelta(days=7) if every == "week" else (first + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class Tally:
    """What each person said in each slice, ready to be added up."""

    frame: Frame
    rows: Rows
    """The facts, by slice, then by person."""
    codes: Numbers
    """The slice of each."""
    columns: Mapping[str, NDArray[Any]]
    """What each adds to a sum."""
    size: int
    """How many slices there are."""

    @cached_property
    def persons(self) -> Numbers:
        """Who says each."""
        found: Numbers = self.frame.persons[self.rows]
        return found

    @cached_property
    def groups(self) -> Numbers:
        """Where the facts of each person and slice begin."""
        parted = np.ones(len(self.codes), np.bool_)
        parted[1:] = (self.persons[1:] != self.persons[:-1]) | (self.codes[1:] != self.codes[:-1])
        return np.flatnonzero(parted)

    @cached_property
    def people(self) -> Numbers:
        """The person of each group."""
        found: Numbers = self.persons[self.groups]
        return found

    def in_order(self, place: int) -> Numbers:
        """The groups of a slice by the keys of their authors, as resamples draw them."""
        start, end = self.starts[place : place + 2].tolist()
        authors = self.frame.column("author")[self.rows[self.groups[start:end]]]
        found: Numbers = np.argsort(authors, kind="stable") + start
        return found

    @cached_property
    def slices(self) -> Numbers:
        """The slice of each group."""
        found: Numbers = self.codes[self.groups]
        return found

    @cached_property
    def starts(self) -> Numbers:
        """Where the groups of each slice begin, and the end."""
        return np.searchsorted(self.slices, np.arange(self.size + 1))

    @cached_property
    def known(self) -> dict[tuple[str, str], Floats]:
        """Sums that were asked for before."""
        return {}

    def sums(self, name: str) -> Floats:
        """A sum of each group; `all` is how many facts there are."""
        if (name, "group") not in self.known:
            self.known[name, "group"] = self.add_groups(name)
        return self.known[name, "group"]

    def add_groups(self, name: str) -> Floats:
        """Add up by group."""
        groups = self.groups
        if name == "all":
            return np.diff(groups, append=len(self.codes)).astype(np.float64)
        return np.add.reduceat(self.columns[name].astype(np.float64), groups) if len(groups) else np.zeros(0)

    def total(self, name: str) -> Floats:
        """The sum of each slice."""
        if (name, "slice") not in self.known:
            self.known[name, "slice"] = self.add_slices(name)
        return self.known[name, "slice"]

    def add_slices(self, name: str) -> Floats:
        """Add up by slice."""
        if name == "all":
            return np.bincount(self.codes, minlength=self.size).astype(np.float64)
        column = self.columns[name]
        if column.dtype == np.bool_:
            return np.bincount(self.codes.compress(column), minlength=self.size).astype(np.float64)
        return add_by(self.codes, column, self.size)

    def spread(self, values: NDArray[Any]) -> Floats:
        """Add up by slice what there is of each group."""
        return add_by(self.slices, values, self.size)

    def crowd(self, place: int, *names: str) -> Crowd:
        """Some sums of one slice, of those whose last one is not 0: it is how many answers they gave."""
        inside = slice(self.starts[place], self.starts[place + 1])
        sums = np.stack([self.sums(name)[inside] for name in names], axis=-1)
        there = sums[:, -1] > 0
        # Nobody's number is no person's.
        return Crowd((self.people[inside][there] + (ANONYMOUS + 1)).astype(np.uint64), sums[there])

    @cached_property
    def often(self) -> Tally:
        """The same of those alone who said more than one thing in a slice."""
        sizes = np.diff(self.groups, append=len(self.codes))
        rows = np.flatnonzero(np.repeat(sizes > 1, sizes))
        columns = {name: column[rows] for name, column in self.columns.items()}
        return Tally(self.frame, self.rows[rows], self.codes[rows], columns, self.size)

    @cached_property
    def both(self) -> tuple[Numbers, Numbers]:
        """Of two slices: which groups of the first are of those who spoke in both, and which of the second."""
        middle = int(self.starts[1])
        people = self.people[:middle], self.people[middle:]
        _, first, second = np.intersect1d(*people, assume_unique=True, return_indices=True)
        return first, middle + second


@dataclass(frozen=True)
class Slices:
    """A frame cut by windows that adjoin each other, oldest first, or by all time alone."""

    frame: Frame
    windows: tuple[Window, ...]
    order: Rows
    """The places of all facts by person."""
    kept: Bools | None = None
    """Facts that are looked at; None for all."""

    def __len__(self) -> int:
        return len(self.windows)

    @cached_property
    def codes(self) -> NDArray[np.uint16]:
        """The slice of each fact, by the rule of `Frame.inside`; OUTSIDE in none."""
        if self.windows[0].all_time:
            codes = np.zeros(len(self.frame), np.uint16)
        else:
            # Windows are whole local days: before the first and after the last there is a place for everything else.
            first, *ends = (date.fromisoformat(str(day)).toordinal() for day in days_of(self.windows))
            table = np.full(ends[-1] - first + 2, OUTSIDE, np.uint16)
            for place, (start, end) in enumerate(pairwise([first, *ends])):
                table[start - first + 1 : end - first + 1] = place
            days = self.frame.days - (first - EPOCH - 1)
            codes = table[np.clip(days, 0, len(table) - 1)]
            codes[self.frame.timeless] = OUTSIDE
        if self.kept is not None:
            codes[~self.kept] = OUTSIDE
        return codes

    @cached_property
    def ordered(self) -> Rows:
        """The facts of any slice by slice, then by person."""
        codes = self.codes[self.order]
        sorted_places = np.argsort(codes, kind="stable")
        return self.order[sorted_places[: int(self.inside.sum())]]

    @cached_property
    def inside(self) -> Bools:
        """Which facts are in any slice."""
        found: Bools = self.codes != OUTSIDE
        return found

    @cached_property
    def grouped(self) -> tuple[Rows, Numbers]:
        """Facts that are one of a group of copies, by slice and group, the earliest first; and a number for each such group."""
        rows = np.flatnonzero(self.frame.copied & self.inside)
        published, mention, group = (self.frame.column(name)[rows] for name in ("published", "mention", "copy"))
        published, code = np.where(published == UNDATED, LATEST, published), self.codes[rows]
        order = np.lexsort((mention, published, group, code))
        group, code = group[order], code[order]
        fresh = np.ones(len(order), np.int64)
        fresh[1:] = (group[1:] != group[:-1]) | (code[1:] != code[:-1])
        return rows[order], np.cumsum(fresh)

    def once(self, part: Bools) -> Bools:
        """Of some facts one of each group of copies in each slice, the earliest: as `Frame.once` does of one window."""
        found: Bools = part & self.inside
        rows, groups = self.grouped
        there = found[rows]
        rows, groups = rows.compress(there), groups.compress(there)
        found[rows[1:].compress(groups[1:] == groups[:-1])] = False
        return found

    def spread(self, part: Bools) -> Bools:
        """Some facts, and the copies of each in its slice: what one copy says, the group says."""
        group = self.frame.column("copy")
        key = group.astype(np.int64) * (OUTSIDE + 1) + self.codes
        grouped = group != 0
        found = part.copy()
        found[grouped] = np.isin(key[grouped], key[grouped & part])
        return found

    def tally(self, part: Bools, columns: Mapping[str, NDArray[Any]]) -> Tally:
        """Add up `columns` (one number or truth for each fact of the frame) of some facts by person and slice.

        The sum `all` is how many facts there are.
        """
        rows = self.ordered.compress(part[self.ordered])
        return self.add_up(rows, {name: column[rows] for name, column in columns.items()})

    def tally_some(self, part: Bools, places: Rows, columns: Mapping[str, NDArray[Any]]) -> Tally:
        """As `tally`, where the columns are of some facts alone; `places` says for each fact of the frame where it stands."""
        rows = self.ordered.compress(part[self.ordered])
        inner = places[rows]
        return self.add_up(rows, {name: column[inner] for name, column in columns.items()})

    def add_up(self, rows: Rows, columns: Mapping[str, NDArray[Any]]) -> Tally:
        """Add up columns of some rows, which are in order."""
        return Tally(self.frame, rows, self.codes[rows].astype(np.int64), columns, len(self))


def cut(frame: Frame, windows: Sequence[Window], order: Rows, kept: Bools | None = None) -> Slices:
    """A frame cut by windows; `order` as of `by_person`."""
    return Slices(frame, tuple(windows), order, kept)


def by_person(frame: Frame) -> Rows:
    """The places of all facts by person.

    Sorted by 16 bits at a time, which numpy does by radix.
    """
    persons = frame.persons
    order: Rows = np.argsort(persons.astype(np.uint16), kind="stable")
    for bits in range(16, frame.crowd.bit_length(), 16):
        order = order[np.argsort((persons >> bits).astype(np.uint16)[order], kind="stable")]
    return order


def days_of(windows: Sequence[Window]) -> list[str]:
    """Where windows begin, and the last one ends, in local days."""
    return [*(str(one.first_day) for one in windows), str(windows[-1].end_day)]
