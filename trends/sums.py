"""What a figure's interval needs to know of those who speak: a few sums over people, made without a row for each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.answers import Net, Share
from trends.intervals import difference, effect_of, wilson

Bools = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Counts = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Sums over people of what each adds to a figure (part: for, less against) and of all that each says (whole)."""

    plus: int
    minus: int
    whole: int
    squares: int
    """Of part by part."""
    products: int
    """Of part by whole."""
    wholes: int
    """Of whole by whole."""
    people: int
    """Who said anything; an anonymous mention is a person of its own."""


def sum_each(plus: Counts, whole: Counts, squares: Counts, products: Counts, wholes: Counts, people: Counts) -> list[Sums]:
    """The sums of several shares; the names say what is what, as in `Sums`."""
    figures = (np.rint(figure).astype(np.int64).tolist() for figure in (plus, whole, squares, products, wholes, people))
    return [
        Sums(plus=one, minus=0, whole=two, squares=three, products=four, wholes=five, people=six)
        for one, two, three, four, five, six in zip(*figures, strict=True)
    ]


@dataclass(frozen=True)
class Speakers:
    """Who says some rows. Those who say one thing in all the frame, most people, are only counted."""

    rows: Numbers
    often: Numbers
    """Places in `rows` of what people say who say more than one thing."""
    persons: Numbers
    """Their numbers, from 0."""
    said: Numbers
    """By these numbers, how many of `rows`."""
    people: int
    wholes: int

    @classmethod
    def of(cls, persons: Numbers, rows: Numbers, several: int) -> Speakers:
        """Of some rows; `persons` are numbers of all facts, those below `several` are of people who say more than one thing."""
        numbers = persons[rows]
        often = np.flatnonzero(numbers < several)
        numbers = numbers[often]
        said = np.bincount(numbers, minlength=several)
        people = len(rows) - len(often) + int(np.count_nonzero(said))
        return cls(rows, often, numbers, said, people, len(rows) - len(often) + dot(said, said))

    def add_up(self, plus: Bools, minus: Bools | None = None) -> Sums:
        """The sums of a figure; `plus` and `minus` are for each of the facts, and exclude each other."""
        first = plus[self.rows]
        plus_all, first = int(np.count_nonzero(first)), first[self.often]
        part = np.bincount(self.persons[first], minlength=len(self.said))
        once_plus, once_minus, minus_all = plus_all - int(np.count_nonzero(first)), 0, 0
        if minus is not None:
            second = minus[self.rows]
            minus_all, second = int(np.count_nonzero(second)), second[self.often]
            part -= np.bincount(self.persons[second], minlength=len(self.said))
            once_minus = minus_all - int(np.count_nonzero(second))
        return Sums(
            plus=plus_all,
            minus=minus_all,
            whole=len(self.rows),
            squares=once_plus + once_minus + dot(part, part),
            products=once_plus - once_minus + dot(part, self.said),
            wholes=self.wholes,
            people=self.people,
        )


def count_each(values: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """The different values (numbers from 0 to below `size`), in order, and how often each is there."""
    # numpy sorts 32 bits several times as fast as 64.
    ordered = np.sort(values.astype(np.uint32) if size <= 2**32 else values)
    starts = np.flatnonzero(np.concatenate([np.ones(min(len(ordered), 1), np.bool_), ordered[1:] != ordered[:-1]]))
    return ordered[starts].astype(np.int64), np.diff(starts, append=len(ordered))


def dot(one: Numbers, other: Numbers) -> int:
    """Sum of products. Not by `@`, which for whole numbers is slow."""
    return int(np.einsum("i,i->", one, other))


def share_of_sums(sums: Sums, *, floor: int) -> Share:
    """As `trends.intervals.share`."""
    part, whole = sums.plus, sums.whole
    if sums.people < max(floor, 1):
        return Share(part=part, whole=whole, value=None, low=None, high=None)
    variance = part * (whole - part) / whole**2
    effect = effect_of(part, whole, sums.people, variance, (sums.squares, sums.products, sums.wholes)).at_95
    low, high = wilson(part / effect, whole / effect)
    return Share(part=part, whole=whole, value=part / whole, low=low, high=high)


def net_of_sums(sums: Sums, *, floor: int) -> Net:
    """As `trends.intervals.net`."""
    positive, negative, whole = sums.plus, sums.minus, sums.whole
    counts = {"positive": positive, "neutral": whole - positive - negative, "negative": negative}
    if sums.people < max(floor, 1):
        return Net(**counts, value=None, low=None, high=None)
    value = (positive - negative) / whole
    variance = (positive + negative) / whole - value**2
    effect = effect_of(positive - negative, whole, sums.people, variance, (sums.squares, sums.products, sums.wholes)).at_95
    low, high = difference(positive / effect, negative / effect, whole / effect)
    return Net(**counts, value=value, low=low, high=high)
