"""Share of voice: who speaks of several brands is one person, so those who do are told apart across brands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.facts import Facts
from trends.answers import Share
from trends.columns import number_persons
from trends.frame import Frame, Numbers, Rows
from trends.sums import Sums, dot, share_of_sums

FEW = 4
"""Where less than one in so many facts is asked for, they are sorted out by themselves."""


@dataclass(frozen=True)
class Shared:
    """Those of one brand's people who speak of other brands, too."""

    persons: Numbers
    """Their numbers among the brand's people …"""
    numbers: Numbers
    """… and among those who speak of several brands."""


def share_voices(found: Sequence[tuple[Frame, Rows]], *, floor: int) -> list[Share]:
    """The share of each frame's rows in the rows of all of them."""
    persons, shared = number_few(found) if are_few(found) else number_all(found)
    sizes = [int(one.persons.max(initial=-1)) + 1 for one in shared]
    said = [np.bincount(mine, minlength=size) for mine, size in zip(persons, sizes, strict=True)]
    of_several = [mine[one.persons] for mine, one in zip(said, shared, strict=True)]
    size = max((int(one.numbers.max(initial=-1)) + 1 for one in shared), default=0)
    together, brands = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for mine, one in zip(of_several, shared, strict=True):
        together[one.numbers] += mine
        brands[one.numbers] += mine > 0
    squares = [dot(mine, mine) for mine in said]
    # What a person says of a brand, by what the same person says of all of them.
    products = [
        square - dot(mine, mine) + dot(mine, together[one.numbers])
        for square, mine, one in zip(squares, of_several, shared, strict=True)
    ]
    people = sum(int(np.count_nonzero(mine)) for mine in said) - int(np.maximum(brands - 1, 0).sum())
    everything = sum(len(rows) for _, rows in found)
    return [
        share_of_sums(
            Sums(
                plus=len(rows), minus=0, whole=everything, squares=square, products=product, wholes=sum(products), people=people
            ),
            floor=floor,
        )
        for (_, rows), square, product in zip(found, squares, products, strict=True)
    ]


def are_few(found: Sequence[tuple[Frame, Rows]]) -> bool:
    """Whether the people of some rows are sorted out sooner than those of all facts are looked at."""
    return sum(len(rows) for _, rows in found) * FEW < sum(len(source_of(frame)) for frame, _ in found)


def find_keys(facts: Facts) -> NDArray[np.uint64]:
    """Who says each fact. No author key is that small a number: a mention without an author is a person of its own."""
    return np.where(facts["author"] == 0, facts["mention"].astype(np.uint64), facts["author"])


def number_few(found: Sequence[tuple[Frame, Rows]]) -> tuple[list[Numbers], list[Shared]]:
    """For each row the number of who says it, and who of them speaks of several brands."""
    keys = [find_keys(frame.segment.facts)[rows] for frame, rows in found]
    people = [np.unique(mine, return_inverse=True) for mine in keys]
    return [place for _, place in people], match_people([mine for mine, _ in people])


def number_all(found: Sequence[tuple[Frame, Rows]]) -> tuple[list[Numbers], list[Shared]]:
    """As `number_few`, by what was made once of all facts that the frames were chosen from."""
    wholes = [source_of(frame) for frame, _ in found]
    persons = [
        frame.segment.facts.derived("person", lambda facts: number_persons(facts["author"]))[rows] for frame, rows in found
    ]
    order = sorted(range(len(wholes)), key=lambda place: id(wholes[place]))
    keeper = wholes[order[0]]
    if [id(one) for one, _ in keeper.shared] != [id(wholes[place]) for place in order]:
        matched = match_people([keys_of_persons(wholes[place]) for place in order])
        keeper.shared = [(wholes[place], one) for place, one in zip(order, matched, strict=True)]
    shared: dict[int, Shared] = {place: one for place, (_, one) in zip(order, keeper.shared, strict=True)}
    return persons, [shared[place] for place in range(len(wholes))]


def keys_of_persons(facts: Facts) -> NDArray[np.uint64]:
    """The key of each of the people of some facts, by their numbers."""
    persons = facts.derived("person", lambda one: number_persons(one["author"]))
    keys = np.zeros(int(persons.max(initial=-1)) + 1, np.uint64)
    keys[persons] = find_keys(facts)
    return keys


def match_people(people: Sequence[NDArray[np.uint64]]) -> list[Shared]:
    """Of the people of each brand, given by their keys, those who are among others' too."""
    places = np.unique(np.concatenate(people), return_inverse=True)[1]
    several = np.bincount(places) > 1
    numbers = np.cumsum(several) - 1
    bounds = np.cumsum([len(mine) for mine in people])[:-1]
    found = []
    for mine in np.split(places, bounds):
        persons = np.flatnonzero(several[mine])
        found.append(Shared(persons, numbers[mine[persons]]))
    return found


def source_of(frame: Frame) -> Facts:
    """All the facts that a frame's were chosen from."""
    facts = frame.segment.facts
    while facts.chosen is not None:
        facts = facts.chosen.whole
    return facts
