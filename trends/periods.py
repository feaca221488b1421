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
from trends.crowd import Floats, Runs, add_by, find_repeated
from trends.frame import LATEST, Bools, Frame, Numbers, Rows
from trends.timeline_kinds import Every
from trends.windows import Window, from_days, local_day

MOST = 261
"""Periods of an answer: five years of weeks."""
OUTSIDE = np.iinfo(np.uint16).max
EPOCH = date(1970, 1, 1).toordinal()
FEW = 2
"""Slices up to which people are added up where their numbers stand, without sorting."""


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


def is_over(period: Window) -> bool:
    """Whether a period has ended, so that it can be put beside others."""
    return str(period.until) <= period.now


def begin(day: date, every: Every) -> date:
    """The first day of the week or month that holds a day."""
    return day - timedelta(days=day.weekday()) if every == "week" else day.replace(day=1)


def following(first: date, every: Every) -> date:
    """The first day of the next one."""
    return first + timedelta(days=7) if every == "week" else (first + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class Slices:
    """A frame cut by windows that adjoin each other, oldest first, or by all time alone."""

    frame: Frame
    windows: tuple[Window, ...]
    often: Rows
    """What people say who say more than one thing in the frame; nothing where no tally is asked for."""
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
    def groups(self) -> Groups:
        """By slice and person the facts of those who say more than one thing in a slice; of few slices, of others too."""
        frame, rows = self.frame, self.often.compress(self.inside[self.often])
        key = self.codes[rows].astype(np.int64) * frame.several + frame.persons[rows]
        if len(self) <= FEW:
            return Groups(rows, key, Runs(np.repeat(np.arange(len(self)), frame.several), len(self)))
        places, groups, keys = find_repeated(key)
        return Groups(rows[places], groups, Runs(keys // max(frame.several, 1), len(self)))

    def count(self, part: Bools) -> Floats:
        """How many of some facts are in each slice; all of them are inside."""
        if len(self) == 1:
            return np.array([float(np.count_nonzero(part))])
        return np.bincount(self.codes.compress(part), minlength=len(self)).astype(np.float64)

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
        """Some facts, and the copies of each in its slice: what one copy says, the group says (`trends.copies`)."""
        rows, groups = self.grouped
        if not len(rows):
            return part
        said = np.zeros(int(groups[-1]) + 1, np.bool_)
        said[groups.compress(part[rows])] = True
        found = part.copy()
        found[rows] = said[groups]
        return found

    def tally(self, part: Bools, columns: Mapping[str, NDArray[Any]]) -> Tally:
        """Make `columns` (one number or truth for each fact of the frame) of some facts inside ready to be added up."""
        return Tally(self, part, columns)


def cut(frame: Frame, windows: Sequence[Window], often: Rows, kept: Bools | None = None) -> Slices:
    """A frame cut by windows; `often` as of `find_often`."""
    return Slices(frame, tuple(windows), often, kept)


def find_often(frame: Frame) -> Rows:
    """The places of what people say who say more than one thing."""
    return np.flatnonzero(frame.persons < frame.several)


def days_of(windows: Sequence[Window]) -> list[str]:
    """Where windows begin, and the last one ends, in local days."""
    return [*(str(one.first_day) for one in windows), str(windows[-1].end_day)]


@dataclass(frozen=True)
class Tally:
    """What is said in each slice, ready to be added up: by slice, and by people who say more than one thing."""

    slices: Slices
    part: Bools
    """Which facts of the frame are counted."""
    columns: Mapping[str, NDArray[Any]]
    """What each fact of the frame adds to a sum, a number or a truth; the sum `all` is how many facts there are."""

    @property
    def size(self) -> int:
        """How many slices there are."""
        return len(self.slices)

    @cached_property
    def shared(self) -> tuple[Rows, Numbers]:
        """The facts that are in a group of `Slices.groups`, and the group of each."""
        rows, groups = self.slices.groups.rows, self.slices.groups.of
        there = self.part[rows]
        return rows.compress(there), groups.compress(there)

    @cached_property
    def known(self) -> dict[tuple[str, str], Floats]:
        """Sums that were asked for before."""
        return {}

    def sums(self, name: str) -> Floats:
        """A sum of each group."""
        if (name, "group") not in self.known:
            self.known[name, "group"] = self.add_groups(name)
        return self.known[name, "group"]

    def add_groups(self, name: str) -> Floats:
        """Add up by group."""
        (rows, groups), size = self.shared, len(self.slices.groups.runs.of)
        if name == "all":
            return np.bincount(groups, minlength=size).astype(np.float64)
        column = self.columns[name][rows]
        if column.dtype == np.bool_:
            return np.bincount(groups.compress(column), minlength=size).astype(np.float64)
        return add_by(groups, column, size)

    def total(self, name: str) -> Floats:
        """The sum of each slice."""
        if (name, "slice") not in self.known:
            self.known[name, "slice"] = self.add_slices(name)
        return self.known[name, "slice"]

    def add_slices(self, name: str) -> Floats:
        """Add up by slice."""
        if name == "all":
            return self.slices.count(self.part)
        column = self.columns[name]
        if column.dtype == np.bool_:
            return self.slices.count(self.part & column)
        rows = np.flatnonzero(self.part)
        return add_by(self.slices.codes[rows], column[rows], self.size)

    def spread(self, values: NDArray[Any]) -> Floats:
        """Add up by slice what there is of each group."""
        return self.slices.groups.runs.add(values)

    def alone(self, name: str) -> Floats:
        """The part of `total` that facts add which are in no group."""
        if (name, "alone") not in self.known:
            self.known[name, "alone"] = self.total(name) - self.spread(self.sums(name))
        return self.known[name, "alone"]

    def product(self, one: str, other: str) -> Floats:
        """By slice the sum over groups of the product of two of their sums."""
        name = (min(one, other), max(one, other))
        if name not in self.products:
            self.products[name] = self.spread(self.sums(one) * self.sums(other))
        return self.products[name]

    def product_of_few(self, one: str, other: str) -> Floats:
        """As `product`, where few groups have any of the first sum."""
        groups, runs = np.flatnonzero(self.sums(one)), self.slices.groups.runs
        return add_by(runs.of[groups], self.sums(one)[groups] * self.sums(other)[groups], runs.size)

    def alone_in_both(self, one: str, other: str) -> Floats:
        """By slice how many facts add to both of two sums of truths, of those in no group; of the first there are few."""
        rows = np.flatnonzero(self.columns[one])
        rows = rows[self.part[rows] & self.columns[other][rows] & ~self.grouped[rows]]
        return np.bincount(self.slices.codes[rows], minlength=self.size).astype(np.float64)

    @cached_property
    def grouped(self) -> Bools:
        """Which facts are in a group."""
        return self.slices.frame.masked(self.shared[0])

    @cached_property
    def products(self) -> dict[tuple[str, str], Floats]:
        """Products that were asked for before."""
        return {}

    def people(self, name: str) -> Floats:
        """How many people of each slice add to a sum of truths."""
        return self.alone(name) + self.spread(self.sums(name) > 0)

    def each_of(self, place: int, names: Sequence[str]) -> Floats:
        """Some sums of each person of a slice, by the keys of their authors; for slices with few facts."""
        rows = np.flatnonzero(self.part & (self.slices.codes == place))
        frame = self.slices.frame
        rows = rows[np.lexsort((frame.persons[rows], frame.column("author")[rows]))]
        persons = frame.persons[rows]
        starts = np.flatnonzero(np.diff(persons, prepend=-1))
        return np.stack([np.add.reduceat(self.columns[name][rows].astype(np.float64), starts) for name in names], axis=-1)

    def met(self, name: str) -> tuple[Floats, Floats]:
        """Of two slices: a sum of each person in the first, and in the second; only people who say more than one thing."""
        first, second = self.sums(name).reshape(FEW, -1)
        return first, second


@dataclass(frozen=True)
class Groups:
    """Facts by slice and person, of people who may say more than one thing in a slice."""

    rows: Rows
    of: Numbers
    """The group of each."""
    runs: Runs
    """The groups, by slice."""
