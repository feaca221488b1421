"""Stacks: the rows of several parts (topics, attributes, sources of a topic), one part upon the other, counted all at once.

To ask numpy once about all parts costs little more than to ask it about one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.facts import UNDATED, split_site
from trends.answers import Count, Voices
from trends.frame import LATEST, Bools, Frame, Numbers, Rows, count_names
from trends.sums import count_each
from trends.windows import Window

NOBODY = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Stack:
    """Rows of some parts; a row may be of several, and in each it comes once."""

    frame: Frame
    rows: Rows
    """In order within each part."""
    of: Numbers
    """The number of the part that each is of."""
    size: int
    """How many parts there are."""

    @classmethod
    def build(cls, frame: Frame, parts: Sequence[Rows]) -> Stack:
        """One part upon the other."""
        of = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        return cls(frame, np.concatenate([NOBODY, *parts]), of, len(parts))

    def __len__(self) -> int:
        return len(self.rows)

    def keep(self, kept: Bools) -> Stack:
        """Only the rows where `kept` (one for each row) is true."""
        places = np.flatnonzero(kept)
        return self if len(places) == len(self) else replace(self, rows=self.rows[places], of=self.of[places])

    def divide(self, codes: NDArray[Any], width: int) -> Stack:
        """Each part divided by codes from 0 to below `width`, one for each row."""
        divided = replace(self, of=self.of * width + codes, size=self.size * width)
        # The rows are the same, and so is who says them: that need not be looked up again.
        vars(divided).update(persons=self.persons, repeated=self.repeated)
        return divided

    def regroup(self, of: Numbers, size: int) -> Stack:
        """The rows by other parts; those with a number below 0 are left out."""
        return replace(self, of=of, size=size).keep(of >= 0)

    def within(self, window: Window) -> Stack:
        """The rows that fall into a window."""
        return self.keep(self.frame.among(self.rows, window))

    def once(self) -> Stack:
        """One of each group of copies of a part: its earliest, dated before undated."""
        frame, copied = self.frame, self.frame.copied[self.rows]
        places = np.flatnonzero(copied)
        if not len(places):
            return self
        rows, of = self.rows[places], self.of[places]
        group, published = frame.column("copy")[rows], frame.column("published")[rows]
        order = np.lexsort((frame.column("mention")[rows], np.where(published == UNDATED, LATEST, published), group, of))
        first = np.ones(len(order), np.bool_)
        first[1:] = (group[order][1:] != group[order][:-1]) | (of[order][1:] != of[order][:-1])
        kept = ~copied
        kept[places[order[first]]] = True
        return self.keep(kept)

    def without(self, sites: set[tuple[str, str]]) -> Stack:
        """The rows that are from none of some (source, site)."""
        return self.keep(~self.frame.from_sites(sites)[self.rows]) if sites else self

    @cached_property
    def persons(self) -> Numbers:
        """Who says each row."""
        return self.frame.persons[self.rows]

    @cached_property
    def signed(self) -> Bools:
        """Which rows have an author."""
        found: Bools = self.persons < self.frame.signed
        return found

    def parts(self) -> list[Rows]:
        """The rows of each part, in a stack that was not divided."""
        return np.split(self.rows, np.searchsorted(self.of, np.arange(1, self.size)))[: self.size]

    def count(self) -> Numbers:
        """How many rows each part has."""
        return np.bincount(self.of, minlength=self.size)

    def table(self, codes: NDArray[Any], width: int) -> Numbers:
        """How many rows of each part (a row of the table) have each code below `width` (a column)."""
        counts: Numbers = np.bincount(self.of * width + codes, minlength=self.size * width).reshape(self.size, width)
        return counts

    def count_different(self, codes: NDArray[Any]) -> Numbers:
        """How many different codes from 1 on the rows of each part have; 0 is none."""
        found: Numbers = np.count_nonzero(self.table(codes, int(codes.max(initial=0)) + 1)[:, 1:], axis=1)
        return found

    @cached_property
    def repeated(self) -> tuple[Numbers, Numbers]:
        """The places in `rows` of what people say who say more than one thing, and their numbers."""
        places = np.flatnonzero(self.persons < self.frame.several)
        return places, self.persons[places]

    @cached_property
    def often(self) -> tuple[Numbers, Numbers]:
        """Of people who say more than one thing, for each part and person: `part * several + person`, and how many rows."""
        places, persons = self.repeated
        return count_each(self.of[places] * self.frame.several + persons, self.size * self.frame.several)

    @cached_property
    def again(self) -> Bools:
        """Which people, by number, say more than one of the rows of all parts together: no others say two of one."""
        found: Bools = np.bincount(self.frame.persons[np.flatnonzero(self.frame.masked(self.rows))]) > 1
        return found

    @cached_property
    def speakers(self) -> Numbers:
        """How many people each part has, anonymous mentions one each."""
        several = max(self.frame.several, 1)
        places = np.flatnonzero(self.again[self.persons])
        pairs, said = count_each(self.of[places] * several + self.persons[places], self.size * several)
        further = np.bincount(pairs // several, weights=said - 1, minlength=self.size)
        return self.count() - np.rint(further).astype(np.int64)

    @cached_property
    def anonymous(self) -> Numbers:
        """How many rows of each part have no author."""
        return np.bincount(self.of[np.flatnonzero(self.persons >= self.frame.signed)], minlength=self.size)

    def voices(self) -> list[Voices]:
        """How many mentions, distinct known people, and mentions without an author each part has."""
        figures = self.count().tolist(), (self.speakers - self.anonymous).tolist(), self.anonymous.tolist()
        return [Voices(mentions=one, people=two, anonymous=three) for one, two, three in zip(*figures, strict=True)]

    def count_days(self, *, signed: bool = False) -> Numbers:
        """How many local days each part is of; of rows with an author only, if asked."""
        days = self.frame.day_numbers[self.rows]
        return self.count_different(days * self.signed if signed else days)

    def count_signed_sites(self) -> Numbers:
        """How many sites the rows of each part with an author are from."""
        return self.count_different(self.frame.column("site")[self.rows] * self.signed)

    def coded(self, field: str) -> tuple[NDArray[Any], int]:
        """A field of each row that is the number of a name, and a number above all of them."""
        codes = self.frame.column(field)[self.rows]
        return codes, int(codes.max(initial=0)) + 1

    def names(self, field: str, *, missing: str | None = None) -> list[tuple[Count, ...]]:
        """For each part the counts of the names of a field, as `Frame.names` has them."""
        return count_names(self.table(*self.coded(field)), {**self.frame.segment.names, 0: missing})

    def sites(self) -> list[tuple[Count, ...]]:
        """For each part the counts of `source/site`, most frequent first."""
        found = self.names("site")
        shown = {name: "/".join(split_site(name)) for name in {count.name for counts in found for count in counts}}
        return [tuple(Count(name=shown[count.name], count=count.count) for count in counts) for counts in found]

    def sources(self) -> list[tuple[Count, ...]]:
        """For each part the counts of sources, most frequent first."""
        numbers = self.frame.source_numbers
        table = self.table(numbers[self.rows], int(numbers.max(initial=0)) + 1)
        return count_names(table, self.frame.source_names)

    @cached_property
    def by_hour(self) -> Stack:
        """Each part divided by the 24 hours of the local day, and the rows whose time is not known to the second."""
        return self.divide(self.frame.hours[self.rows], 25)

    @cached_property
    def by_weekday(self) -> Stack:
        """Each part divided by the 7 local weekdays, Monday first, and what has no date."""
        return self.divide(self.frame.weekdays[self.rows], 8)


def aligned(values: NDArray[Any], counted: tuple[Numbers, Numbers]) -> Numbers:
    """How often some values are there, as `trends.sums.count_each` has counted them: 0 for those that are not."""
    there, counts = counted
    if not len(there):
        return np.zeros(len(values), np.int64)
    place = np.minimum(np.searchsorted(there, values), len(there) - 1)
    return np.where(there[place] == values, counts[place], 0)
