"""People of several brands: who says more than one thing of any of them has a number, alike in all; others are only counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from store.facts import Facts
from trends.frame import Bools, Frame, Numbers, Rows
from trends.share_of_voice import are_few, number_few, source_of


@dataclass(frozen=True)
class Talkers:
    """Who says some rows of a brand."""

    numbers: Numbers
    """For each row the number of its person; 0 for all those who say one thing alone, and for what nobody has signed."""
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


numbered: WeakKeyDictionary[Facts, tuple[Numbered, Numbers]] = WeakKeyDictionary()
"""Columns that were made before, of all facts and of those that were chosen from them."""


def number_talkers(found: Sequence[tuple[Frame, Rows]]) -> list[Talkers]:
    """Number the people behind some rows of each brand."""
    if are_few(found):
        return number_rows(found)
    together = number_brands([source_of(frame) for frame, _ in found])
    columns = [column_of(frame.segment.facts, together)[rows] >> 1 for frame, rows in found]
    return [Talkers(column, together.common, max(int(column.max(initial=0)) + 1, together.common)) for column in columns]


def find_twins(found: Sequence[tuple[Frame, Rows]]) -> list[Bools]:
    """For each fact of each brand whether another brand may have the same text; what is quick to find out."""
    if are_few(found):
        return [np.ones(len(frame), np.bool_) for frame, _ in found]
    together = number_brands([source_of(frame) for frame, _ in found])
    return [(column_of(frame.segment.facts, together) & 1).astype(np.bool_) for frame, _ in found]


def number_brands(brands: Sequence[Facts]) -> Numbered:
    """Number the people of brands by all of their facts; as before, where it is these that were numbered last."""
    before = [numbered.get(facts) for facts in brands]
    last = before[0][0] if before[0] is not None else None
    if last is not None and len(last.columns) == len(brands) and all(one is not None and one[0] is last for one in before):
        return last
    bounds = np.cumsum([len(facts) for facts in brands])[:-1]
    authors, mentions = (np.concatenate([facts[name] for facts in brands]) for name in ("author", "mention"))
    people = np.split(np.unique(authors, return_inverse=True)[1], bounds)
    common, tables = number_authors(people, [facts["author"] for facts in brands])
    twins = np.split((np.bincount(mentions) > 1)[mentions], bounds)
    columns = {
        id(facts): table[mine] * 2 + twin for facts, mine, table, twin in zip(brands, people, tables, twins, strict=True)
    }
    found = Numbered(common, columns)
    for facts in brands:
        numbered[facts] = found, columns[id(facts)]
    return found


def number_authors(people: Sequence[Numbers], authors: Sequence[NDArray[np.uint64]]) -> tuple[int, list[Numbers]]:
    """(`Talkers.common`, for each brand the number of each author), given the place of each fact's author among all."""
    size = max((int(mine.max(initial=-1)) + 1 for mine in people), default=0)
    said = [np.bincount(mine.compress(keys != 0), minlength=size) for mine, keys in zip(people, authors, strict=True)]
    counts, brands = np.sum(said, axis=0), np.sum([mine > 0 for mine in said], axis=0)
    shared = brands > 1
    common = int(np.count_nonzero(shared)) + 1
    tables = []
    for mine in said:
        own = (mine > 0) & (counts > 1) & ~shared
        tables.append(np.where(shared, np.cumsum(shared), np.where(own, np.cumsum(own) + common - 1, 0)))
    return common, tables


def column_of(facts: Facts, together: Numbered) -> Numbers:
    """The column of some facts; of chosen ones what was chosen of all facts'."""
    before = numbered.get(facts)
    if before is not None and before[0] is together:
        return before[1]
    chosen = facts.chosen
    column: Numbers = together.columns[id(facts)] if chosen is None else chosen.take(column_of(chosen.whole, together))
    numbered[facts] = together, column
    return column


def number_rows(found: Sequence[tuple[Frame, Rows]]) -> list[Talkers]:
    """As `number_talkers`, of few rows: by these alone."""
    persons, shared = number_few(found)
    sizes = [int(one.persons.max(initial=-1)) + 1 for one in shared]
    said = [np.bincount(mine, minlength=size) for mine, size in zip(persons, sizes, strict=True)]
    together = np.zeros(max((int(one.numbers.max(initial=-1)) + 1 for one in shared), default=0), np.int64)
    for mine, one in zip(said, shared, strict=True):
        together[one.numbers] += mine[one.persons]
    several = together > 1
    common = int(np.count_nonzero(several)) + 1
    numbers = np.cumsum(several) * several
    talkers = []
    for (frame, rows), mine, counts, one in zip(found, persons, said, shared, strict=True):
        often = counts > 1
        often[one.persons] = False
        table = np.where(often, np.cumsum(often) + common - 1, 0)
        table[one.persons] = numbers[one.numbers]
        numbers_of_rows = table[mine]
        # A text without an author may be of several brands, but what it says of each is nobody's.
        numbers_of_rows[frame.column("author")[rows] == 0] = 0
        talkers.append(Talkers(numbers_of_rows, common, common + int(np.count_nonzero(often))))
    return talkers
