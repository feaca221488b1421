"""People of several brands: who says more than one thing of any of them has a number, alike in all; others are only counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from store.facts import Facts
from trends.frame import Frame, Numbers, Rows
from trends.threads import map_at_once

FEW = 4
"""Where less than one in so many facts is asked for, their people are numbered by themselves."""
FEWER = 1.5
"""Where less than one in so many is, the numbers of all facts are given anew: that pays for a year of two, not for all time."""


@dataclass(frozen=True)
class Talkers:
    """Who says some rows of a brand."""

    numbers: Numbers
    """For each row the number of its person; 0 only for those who say one thing alone, and for what nobody has signed."""
    common: int
    """The numbers below it are of the same people in all brands …"""
    size: int
    """… and from it on, below this, of people who speak of one brand."""


@dataclass(frozen=True, eq=False)
class Numbered:
    """All facts of several brands, numbered together: twice `Talkers.numbers`, and one more where another has the text."""

    common: int
    columns: dict[int, Numbers]
    """By the id of the facts of each brand."""


@dataclass(frozen=True, eq=False)
class Column:
    """What `Numbered` says of some facts of a brand."""

    together: Numbered
    marked: Numbers
    """As `Numbered.columns`."""

    @cached_property
    def numbers(self) -> Numbers:
        """For each fact as `Talkers.numbers`."""
        return self.marked >> 1

    @cached_property
    def twins(self) -> Rows:
        """The facts of which another brand has the text."""
        return np.flatnonzero(self.marked & 1 == 1)


numbered: WeakKeyDictionary[Facts, Column] = WeakKeyDictionary()
"""Columns that were made before, of all facts and of those that were chosen from them."""


def number_talkers(found: Sequence[tuple[Frame, Rows]]) -> list[Talkers]:
    """Number the people behind some rows of each brand."""
    wholes = [whole_of(frame.segment.facts) for frame, _ in found]
    if are_few(found, wholes, FEW) and find_numbered(wholes) is None:
        common, columns = number_together([frame.column("author")[rows] for frame, rows in found])
    else:
        together = number_brands(wholes)
        columns = [column_of(frame.segment.facts, together).numbers[rows] for frame, rows in found]
        # Of fewer rows more people say one thing alone, who need no number: what is counted by person is counted sooner.
        fewer = are_few(found, wholes, FEWER)
        common, columns = number_anew(columns, together.common) if fewer else (together.common, columns)
    return [Talkers(column, common, max(int(column.max(initial=0)) + 1, common)) for column in columns]


def find_twins(found: Sequence[tuple[Frame, Rows]]) -> list[Rows]:
    """The facts of each brand of which another brand may have the same text; what is quick to find out."""
    wholes = [whole_of(frame.segment.facts) for frame, _ in found]
    if are_few(found, wholes, FEW) and find_numbered(wholes) is None:
        return [np.arange(len(frame)) for frame, _ in found]
    together = number_brands(wholes)
    return [column_of(frame.segment.facts, together).twins for frame, _ in found]


def are_few(found: Sequence[tuple[Frame, Rows]], wholes: Sequence[Facts], one_in: float) -> bool:
    """Whether the rows that are asked for are less than one in so many of all facts."""
    return sum(len(rows) for _, rows in found) * one_in < sum(map(len, wholes))


def whole_of(facts: Facts) -> Facts:
    """All the facts that some were chosen from."""
    while facts.chosen is not None:
        facts = facts.chosen.whole
    return facts


def number_brands(brands: Sequence[Facts]) -> Numbered:
    """Number the people of brands by all of their facts; as before, where it is these that were numbered last."""
    before = find_numbered(brands)
    if before is not None:
        return before
    common, numbers = number_together([facts["author"] for facts in brands])
    mentions = np.concatenate([facts["mention"] for facts in brands])
    often = np.bincount(mentions) > 1
    columns = {id(facts): 2 * mine + often[facts["mention"]] for facts, mine in zip(brands, numbers, strict=True)}
    found = Numbered(common, columns)
    for facts in brands:
        numbered[facts] = Column(found, columns[id(facts)])
    return found


def find_numbered(brands: Sequence[Facts]) -> Numbered | None:
    """What was numbered last, if it is all facts of these brands."""
    before = [numbered.get(facts) for facts in brands]
    last = before[0].together if before[0] is not None else None
    if last is None or len(last.columns) != len(brands):
        return None
    return last if all(one is not None and one.together is last for one in before) else None


def number_together(authors: Sequence[NDArray[np.uint64]]) -> tuple[int, list[Numbers]]:
    """(`Talkers.common`, for each brand's rows `Talkers.numbers`), given who says each row; 0 is nobody."""
    bounds = np.cumsum([len(keys) for keys in authors])[:-1]
    found, people = np.unique(np.concatenate(authors), return_inverse=True)
    columns = np.split(people, bounds)
    signed = [mine.compress(keys != 0) for mine, keys in zip(columns, authors, strict=True)]
    said = map_at_once(lambda mine: np.bincount(mine, minlength=len(found)), signed)
    return number_said(columns, said, len(found))


def number_anew(columns: Sequence[Numbers], common: int) -> tuple[int, list[Numbers]]:
    """As `number_together`, given who says each row as `Talkers` has it: of fewer rows more people say one thing alone."""

    def count(mine: Numbers) -> Numbers:
        said = np.bincount(mine, minlength=common)
        said[:1] = 0
        return said

    return number_said(columns, map_at_once(count, columns), common)


def number_said(columns: Sequence[Numbers], said: Sequence[Numbers], alike: int) -> tuple[int, list[Numbers]]:
    """The same, given how often each number speaks of each brand; the first `alike` numbers are of the same in all brands."""
    brands = np.zeros(alike, np.uint16)
    for mine in said:
        brands += mine[:alike] > 0
    shared = np.flatnonzero(brands > 1)
    common, together = len(shared) + 1, np.zeros(max(map(len, said)), np.int64)
    together[shared] = np.arange(1, common)

    def number(one: tuple[Numbers, Numbers]) -> Numbers:
        mine, times = one
        own = np.flatnonzero((times > 1) & (together[: len(times)] == 0))
        table = together[: len(times)].copy()
        table[own] = np.arange(common, common + len(own))
        return table.take(mine)

    return common, map_at_once(number, zip(columns, said, strict=True))


def column_of(facts: Facts, together: Numbered) -> Column:
    """The column of some facts; of chosen ones what was chosen of all facts'."""
    before = numbered.get(facts)
    if before is not None and before.together is together:
        return before
    chosen = facts.chosen
    marked = together.columns[id(facts)] if chosen is None else chosen.take(column_of(chosen.whole, together).marked)
    numbered[facts] = found = Column(together, marked)
    return found
