"""Crowds: what each person adds to a figure, so that one who answers often is no crowd; and a crowd's share, net and mean."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trends.answers import Net, Share
from trends.intervals import Z, net, products, share
from trends.student import count_alike, freedom_of, quantile

Floats = NDArray[np.float64]
Limits = Callable[[float], tuple[float, float]]
"""The interval of one figure at the confidence that z gives a normal distribution."""
DENSE = 4
"""Times as many numbers as there are keys, up to which a table of all numbers is made sooner than the keys are sorted."""
ANONYMOUS = 0
"""The person of an answer without an author: each such answer stands for itself."""


@dataclass(frozen=True)
class Crowd:
    """Sums by person: one row a person, and one for each anonymous answer."""

    people: NDArray[np.uint64]
    """Keys in ascending order, so that the anonymous come first."""
    sums: Floats
    """(rows, columns); the last column is how many answers."""

    @property
    def size(self) -> int:
        """People, an anonymous answer being one."""
        return len(self.people)

    @property
    def answers(self) -> int:
        """Answers, of whomever."""
        return round(float(self.sums[:, -1].sum()))

    @property
    def once(self) -> bool:
        """Whether nobody answered more than once."""
        return bool((self.sums[:, -1] <= 1).all())


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A mean of ratings on one scale, with its 95% interval."""

    n: int
    people: int
    worst: float
    best: float
    value: float | None
    """None when too few to say."""
    low: float | None
    high: float | None

    @property
    def too_few(self) -> bool:
        """Whether the people behind it are under the floor."""
        return self.value is None


def gather_crowd(person: ArrayLike, *columns: ArrayLike) -> Crowd:
    """Add up columns (numbers or truths, one for each answer) by person; 0 is nobody, so never added up."""
    return gather_crowds(person, np.zeros(np.shape(person)[0], np.uint16), *columns).get(0, empty_crowd(len(columns)))


def gather_crowds(person: ArrayLike, group: ArrayLike, *columns: ArrayLike) -> dict[int, Crowd]:
    """As `gather_crowd`, for each group of answers (small whole numbers, one for each answer)."""
    people, groups = np.asarray(person, np.uint64), np.asarray(group, np.uint16)
    if not len(people):
        return {}
    order = np.argsort(people, kind="stable")
    order = order[np.argsort(groups[order], kind="stable")]
    people, groups = people[order], groups[order]
    parted = (people[1:] != people[:-1]) | (groups[1:] != groups[:-1]) | (people[1:] == ANONYMOUS)
    starts = np.concatenate([[0], np.flatnonzero(parted) + 1])
    added = [np.add.reduceat(np.asarray(column, np.float64)[order], starts) for column in columns]
    sums = np.column_stack([*added, np.diff(starts, append=len(people))])
    people, groups = people[starts], groups[starts]
    ends = [0, *(np.flatnonzero(np.diff(groups)) + 1).tolist(), len(groups)]
    return {int(groups[first]): Crowd(people[first:end], sums[first:end]) for first, end in pairwise(ends)}


def empty_crowd(columns: int) -> Crowd:
    """Nobody."""
    return Crowd(np.zeros(0, np.uint64), np.zeros((0, columns + 1)))


def share_of(crowd: Crowd, *, floor: int) -> Share:
    """The share (column 0 over answers), by the rules of `trends.intervals.share`."""
    return share(crowd.sums[:, [0, -1]], floor=floor)


def net_of(crowd: Crowd, *, floor: int) -> Net:
    """Positive less negative answers (columns 0 and 1) over all, by the rules of `trends.intervals.net`; from −1 to 1."""
    plus, minus, answers = crowd.sums[:, 0], crowd.sums[:, 1], crowd.sums[:, -1]
    return net(np.column_stack([plus, answers - plus - minus, minus]), floor=floor)


def mean_of(crowd: Crowd, *, worst: float, best: float, floor: int) -> Mean:
    """The mean (column 0 over answers) of ratings from `worst` to `best`."""
    value, low, high = None, None, None
    if crowd.size >= max(floor, 1):
        value, (low, high) = ratio_of(crowd), limits_of_mean(crowd, worst, best)(Z)
    return Mean(n=crowd.answers, people=crowd.size, worst=worst, best=best, value=value, low=low, high=high)


def limits_of_mean(crowd: Crowd, worst: float, best: float) -> Limits:
    """Limits of a mean on a bounded scale.

    Student's t by person (the ratio estimator of clusters: Cochran, Sampling Techniques, 1977, 6.3 and 9A; its freedom is
    `trends.student.freedom_of`), from the answers and two people more, one who gives the worst and one who gives the best. As
    the added answers of Agresti and Coull 1998 do for a share, they keep an interval where all said the same: ten ratings of 5
    do not make every rating a 5.
    """
    value = ratio_of(crowd)
    sums, answers = np.append(crowd.sums[:, 0], [worst, best]), np.append(crowd.sums[:, -1], [1.0, 1.0])
    centre, error = float(sums.sum() / answers.sum()), ratio_error(sums, answers)
    freedom = freedom_of(len(answers), float(answers.sum()), products(answers, answers))

    def limits(z: float) -> tuple[float, float]:
        reach = quantile(z, freedom) * error
        return max(min(centre - reach, value), worst), min(max(centre + reach, value), best)

    return limits


def ratio_of(crowd: Crowd) -> float:
    """Column 0 over answers."""
    return float(crowd.sums[:, 0].sum() / crowd.sums[:, -1].sum())


def ratio_error(part: Floats, whole: Floats) -> float:
    """Standard error of sum(part) / sum(whole) when people are drawn (linearised: Cochran 1977, 6.4); infinite for one."""
    if len(part) < 2:
        return math.inf
    alike = count_alike(whole.sum(), products(whole, whole))
    rest = part - part.sum() / whole.sum() * whole
    return float(np.sqrt(alike / (alike - 1) * np.square(rest).sum()) / whole.sum())


def find_repeated(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(places of those keys that come more than once, the group of each, the key of each group); groups in order of their keys.

    Keys are whole numbers from 0.
    """
    size = int(keys.max(initial=-1)) + 1
    if size <= DENSE * len(keys):
        several = np.bincount(keys, minlength=size) > 1
        places = np.flatnonzero(several[keys])
        return places, (np.cumsum(several) - 1)[keys[places]], np.flatnonzero(several)
    # To sort keys with their places behind them takes a third of the time that `argsort` takes.
    bits = len(keys).bit_length()
    ordered = np.sort(keys << bits | np.arange(len(keys)))
    keys, places = ordered >> bits, ordered & ((1 << bits) - 1)
    same = keys[1:] == keys[:-1]
    repeated = np.flatnonzero(np.concatenate([same, [False]]) | np.concatenate([[False], same])) if len(keys) else places
    keys, places = keys[repeated], places[repeated]
    fresh = np.diff(keys, prepend=-1) != 0
    return places, np.cumsum(fresh) - 1, keys[fresh]


def add_by(places: NDArray[Any], weights: NDArray[Any], size: int) -> Floats:
    """The sum of the weights of each place, of which there are `size`."""
    return np.bincount(places, weights=weights, minlength=size).astype(np.float64, copy=False)


@dataclass(frozen=True)
class Runs:
    """Rows that stand in the order of the part that each is in."""

    of: NDArray[np.int64]
    """The part of each row, ascending."""
    size: int
    """How many parts there are; some may have no row."""

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where the rows of a part begin."""
        return np.flatnonzero(np.diff(self.of, prepend=-1))

    def add(self, values: NDArray[Any]) -> Floats:
        """As `add_by`, without a look at each row's part."""
        sums = np.zeros(self.size)
        if len(self.starts):
            sums[self.of[self.starts]] = np.add.reduceat(values.astype(np.float64, copy=False), self.starts)
        return sums
