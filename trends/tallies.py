"""What the people of a brand say, added up so that two brands can be compared in many shares, nets and means at once.

What everybody may say is one number a person in an array of all people; what few say (topics, attributes, ratings) is a cell
for each person and subject. The figures are those of `trends.differences`, to the last digits but a few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trends.crowd import Floats, add_by
from trends.frame import Numbers
from trends.moments import Moments, Shared
from trends.shares import moments_of_sums
from trends.sums import Sums, dot


@dataclass(frozen=True)
class Spoken:
    """A figure that everybody may add to: by the numbers of people what they add, and of how many answers.

    Place 0 stands for all those who say one thing alone (`trends.rival_people.Talkers`).
    """

    plus: Numbers
    whole: Numbers
    minus: Numbers | None = None
    """Of a net."""

    @cached_property
    def sums(self) -> Sums:
        """Sums over people."""
        minus = self.minus if self.minus is not None else np.zeros(1, np.int64)
        part, whole = self.part[1:], self.whole[1:]
        once_plus, once_minus, once = int(self.plus[0]), int(minus[0]), int(self.whole[0])
        return Sums(
            plus=int(self.plus.sum()),
            minus=int(minus.sum()),
            whole=int(self.whole.sum()),
            squares=once_plus + once_minus + dot(part, part),
            products=once_plus - once_minus + dot(part, whole),
            wholes=once + dot(whole, whole),
            people=once + int(np.count_nonzero(whole)),
        )

    @cached_property
    def part(self) -> Numbers:
        """What each person adds."""
        return self.plus if self.minus is None else self.plus - self.minus


def moments_of(spoken: Sequence[Spoken]) -> Moments:
    """The moments of some figures."""
    return moments_of_sums([one.sums for one in spoken])


def share_spoken(first: Sequence[Spoken], second: Sequence[Spoken], common: int) -> Shared:
    """What those add who speak of both brands: their numbers are below `common`."""
    inside = slice(1, common)
    found = [
        (
            dot(one.part[inside], two.part[inside]),
            dot(one.part[inside], two.whole[inside]),
            dot(one.whole[inside], two.part[inside]),
            dot(one.whole[inside], two.whole[inside]),
        )
        for one, two in zip(first, second, strict=True)
    ]
    return Shared(*np.array(found, np.float64).reshape(-1, 4).T)


@dataclass(frozen=True)
class Cells:
    """What people say of some subjects: one cell for each subject and person with a number; the others are only added up."""

    number: Numbers
    """Of the person, from 1."""
    subject: Numbers
    part: Floats
    """What the person adds to the subject's figure."""
    whole: Floats
    """How many answers that is of."""
    subjects: int
    common: int
    """As `Talkers.common`."""
    once: Floats
    """As `add_once`: what those add who say one thing alone."""

    def add(self, weights: Floats) -> Floats:
        """Sum by subject."""
        return add_by(self.subject, weights, self.subjects)

    def among(self, places: Numbers, subjects: int) -> Cells:
        """The same, where the subjects have other places among more."""
        once = np.zeros((len(self.once), subjects))
        once[:, places] = self.once
        return replace(self, subject=places[self.subject], subjects=subjects, once=once)

    @cached_property
    def moments(self) -> Moments:
        """The moments of each subject's share or mean."""
        part, whole, (single, added, squared) = self.part, self.whole, self.once
        people = np.bincount(self.subject, minlength=self.subjects).astype(np.float64) + single
        sums = [self.add(weights) for weights in (part, whole, part * part, part * whole, whole * whole)]
        alone = (added, single, squared, added, single)
        sums = [one + other for one, other in zip(sums, alone, strict=True)]
        return Moments(people, sums[0], np.zeros(self.subjects), *sums[1:])

    @cached_property
    def shared(self) -> Cells:
        """The cells of those who may have spoken of other brands."""
        kept = np.flatnonzero(self.number < self.common)
        part, whole = self.part[kept], self.whole[kept]
        return replace(self, number=self.number[kept], subject=self.subject[kept], part=part, whole=whole)

    @cached_property
    def keys(self) -> Numbers:
        """One number for each person and subject."""
        return self.number * self.subjects + self.subject

    @cached_property
    def slots(self) -> NDArray[np.int32]:
        """For each possible key of `shared` which of its cells has it, from 1; 0 for none."""
        found = np.zeros(self.common * self.subjects, np.int32)
        found[self.shared.keys] = np.arange(1, len(self.shared.number) + 1)
        return found

    def meet(self, other: Cells) -> Shared:
        """What those add who speak of the same subject of both brands."""
        mine, theirs = self.shared, other.shared
        slots = self.slots.take(theirs.keys)
        there = np.flatnonzero(slots > 0)
        place = slots.take(there) - 1
        part, whole, parts, wholes = mine.part[place], mine.whole[place], theirs.part[there], theirs.whole[there]
        subject = mine.subject[place]
        products = (part * parts, part * wholes, whole * parts, whole * wholes)
        return Shared(*(add_by(subject, product, self.subjects) for product in products))


def add_once(subject: Numbers, subjects: int, part: Floats | None = None) -> Floats:
    """(3, subjects): people, Σ part and Σ part², of people who give one answer each, all to the subject at the same place."""
    people = np.bincount(subject, minlength=subjects).astype(np.float64)
    if part is None:
        return np.stack([people, people, people])
    return np.stack([people, add_by(subject, part, subjects), add_by(subject, part * part, subjects)])


def find_in(ordered: Numbers, values: Numbers) -> Numbers:
    """The place of each of some values among others in order; −1 where it is not there."""
    if not len(ordered):
        return np.full(len(values), -1)
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.where(ordered[places] == values, places, -1)
