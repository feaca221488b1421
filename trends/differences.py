"""Differences of two shares, nets or means with their intervals: between two periods, or between us and a competitor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trends.crowd import ANONYMOUS, Crowd, Floats, Limits, limits_of_mean, ratio_error
from trends.intervals import Z, design_effect, discoveries, products
from trends.student import freedom_of, quantile

Outcome = Literal["better", "worse", "no clear change", "too few to say"]
Places = NDArray[np.int64]
CERTAIN = 38.0
"""A z beyond which the chance is nothing in double precision."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The first figure less the second, with its 95% interval."""

    first: float | None
    """None when there are too few people behind either figure; so are all numbers down to `high`."""
    second: float | None
    value: float | None
    low: float | None
    high: float | None
    chance: float
    """Two-sided p of a difference as large if there were none; 0.05 where the interval begins at nought. 1 when too few."""
    first_n: int
    second_n: int
    first_people: int
    second_people: int

    @property
    def too_few(self) -> bool:
        """Whether either figure has too few people to say."""
        return self.value is None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One of the two: its value, what each person adds to it, and its interval at any confidence."""

    value: float
    part: Floats
    limits: Limits
    span: float
    """How far two such figures can lie apart."""


def compare_shares(first: Crowd, second: Crowd, *, floor: int) -> Difference:
    """The difference of two shares (column 0 over answers).

    Square-and-add of Wilson's limits (Newcombe 1998b, method 10), at the effective number of answers where people answered
    more than once (`trends.intervals.design_effect`). Where some answered on both sides it is widened to Welch's interval
    of the people (`person_error`).
    """
    return compare(first, second, as_share, floor=floor)


def compare_nets(first: Crowd, second: Crowd, *, floor: int) -> Difference:
    """The difference of two nets (columns 0 less 1, over answers), as of net sentiment or NPS; from −2 to 2.

    Square-and-add (Zou and Donner 2008) of each net's own limits, which are those of `trends.intervals.difference`; widened
    as in `compare_shares`.
    """
    return compare(first, second, as_net, floor=floor)


def compare_means(first: Crowd, second: Crowd, *, worst: float, best: float, floor: int) -> Difference:
    """The difference of two means (column 0 over answers) on one scale: square-and-add of `crowd.limits_of_mean`.

    With many people that is Welch's interval; with few, and where all say the same, it still is one. Widened as in
    `compare_shares`.
    """

    def as_mean(crowd: Crowd) -> Figure:
        value = float(crowd.sums[:, 0].sum() / crowd.sums[:, -1].sum())
        return Figure(value=value, part=crowd.sums[:, 0], limits=limits_of_mean(crowd, worst, best), span=best - worst)

    return compare(first, second, as_mean, floor=floor)


def as_share(crowd: Crowd) -> Figure:
    """A share."""
    parts, wholes = crowd.sums[:, 0], crowd.sums[:, -1]
    part, whole = float(parts.sum()), float(wholes.sum())
    effect = design_effect(parts, wholes, part * (whole - part) / whole**2)

    def limits(z: float) -> tuple[float, float]:
        wide = effect.at(z)
        return wilson_limits(part / wide, whole / wide, z)

    return Figure(value=part / whole, part=parts, limits=limits, span=1.0)


def as_net(crowd: Crowd) -> Figure:
    """A net."""
    plus, minus, whole = (float(total) for total in crowd.sums.sum(axis=0))
    part, value = crowd.sums[:, 0] - crowd.sums[:, 1], (plus - minus) / whole
    effect = design_effect(part, crowd.sums[:, -1], (plus + minus) / whole - value**2)

    def limits(z: float) -> tuple[float, float]:
        wide = effect.at(z)
        return net_limits(plus / wide, minus / wide, whole / wide, z)

    return Figure(value=value, part=part, limits=limits, span=2.0)


def compare(first: Crowd, second: Crowd, read: Callable[[Crowd], Figure], *, floor: int) -> Difference:
    """Put the figures of two crowds beside each other."""
    counts = {"first_n": first.answers, "second_n": second.answers, "first_people": first.size, "second_people": second.size}
    if min(first.size, second.size) < max(floor, 1):
        return Difference(first=None, second=None, value=None, low=None, high=None, chance=1.0, **counts)
    one, two = read(first), read(second)
    value = one.value - two.value
    interval, chance = square_and_add(one, two, Z), find_chance(one, two)
    low, high = interval
    here, there = find_both(first, second)
    if len(here):
        both = float((rests(first, one)[here] * rests(second, two)[there]).sum())
        error, freedom = person_error((first, one), (second, two), both)
        reach = quantile(Z, freedom) * error
        low, high = max(min(low, value - reach), -one.span), min(max(high, value + reach), one.span)
        chance = max(chance, chance_of(value, error, freedom))
    return Difference(first=one.value, second=two.value, value=value, low=low, high=high, chance=chance, **counts)


def square_and_add(one: Figure, two: Figure, z: float) -> tuple[float, float]:
    """The interval of a difference from the limits of its two sides (Zou and Donner 2008)."""
    (low1, high1), (low2, high2) = one.limits(z), two.limits(z)
    value = one.value - two.value
    below = math.hypot(one.value - low1, high2 - two.value)
    above = math.hypot(high1 - one.value, two.value - low2)
    return value - below, value + above


def find_chance(one: Figure, two: Figure) -> float:
    """The two-sided p at which the interval begins at nought, found by halving: it says what the interval says."""
    value = one.value - two.value
    if value == 0:
        return 1.0
    inside, outside = CERTAIN, 0.0
    for _ in range(50):
        z = (inside + outside) / 2
        low, high = square_and_add(one, two, z)
        inside, outside = (z, outside) if low <= 0 <= high else (inside, z)
    return math.erfc(inside / math.sqrt(2))


def find_both(first: Crowd, second: Crowd) -> tuple[Places, Places]:
    """Where those who spoke on both sides stand in each."""
    one, two = (int(np.searchsorted(crowd.people, ANONYMOUS, side="right")) for crowd in (first, second))
    _, here, there = np.intersect1d(first.people[one:], second.people[two:], assume_unique=True, return_indices=True)
    return here + one, there + two


def person_error(first: tuple[Crowd, Figure], second: tuple[Crowd, Figure], common: float) -> tuple[float, float]:
    """(standard error, degrees of freedom) of the difference when people are drawn, who may have spoken on both sides.

    The linearised errors of both sides (`crowd.ratio_error`), less twice what the same people do to both (`common`, the
    covariance); Welch 1947 and Satterthwaite 1946 for the freedom, each side's being `trends.student.freedom_of`.
    """
    said = [(figure.part, crowd.sums[:, -1]) for crowd, figure in (first, second)]
    squares = [ratio_error(part, n) ** 2 for part, n in said]
    freedoms = [freedom_of(len(n), float(n.sum()), products(n, n)) for _, n in said]
    total = sum(squares)
    terms = sum(square**2 / freedom for square, freedom in zip(squares, freedoms, strict=True))
    freedom = total**2 / terms if math.isfinite(total) and terms > 0 else 1.0
    return math.sqrt(max(total - 2 * common, 0.0)), freedom


def rests(crowd: Crowd, figure: Figure) -> Floats:
    """How far each person pulls a figure."""
    whole = crowd.sums[:, -1]
    pull: Floats = (figure.part - figure.value * whole) / whole.sum()
    return pull


def chance_of(value: float, error: float, freedom: float) -> float:
    """Two-sided p of a difference under Student's t."""
    from scipy.special import stdtr

    if value == 0 or error == math.inf:
        return 1.0
    return 2 * float(stdtr(freedom, -abs(value) / error)) if error else 0.0


def wilson_limits(part: float, whole: float, z: float) -> tuple[float, float]:
    """Wilson's score limits at any z; `trends.intervals.wilson` has them at 95%."""
    share, square = part / whole, z * z
    centre = share + square / (2 * whole)
    spread = z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    low = 0.0 if part <= 0 else (centre - spread) / scale
    return low, 1.0 if part >= whole else (centre + spread) / scale


def net_limits(plus: float, minus: float, whole: float, z: float) -> tuple[float, float]:
    """Limits of p1 − p2 of one whole at any z; `trends.intervals.difference` has them at 95%, and their source."""
    first, second = plus / whole, minus / whole
    (low1, high1), (low2, high2) = wilson_limits(plus, whole, z), wilson_limits(minus, whole, z)
    room = (1 - first) * (1 - second)
    tie = -min(1.0, math.sqrt(first * second / room)) if room > 0 else -1.0
    below = tied(first - low1, high2 - second, tie)
    above = tied(second - low2, high1 - first, tie)
    return max(first - second - below, -1.0), min(first - second + above, 1.0)


def tied(down: float, up: float, tie: float) -> float:
    """Square-and-add of two distances that are correlated."""
    return math.sqrt(max(down * down - 2 * tie * down * up + up * up, 0.0))


def judge_change(difference: Difference, *, good: Literal["up", "down"]) -> Outcome:
    """What one difference means: better or worse where its 95% interval leaves nought out."""
    if difference.value is None or difference.low is None or difference.high is None:
        return "too few to say"
    if difference.low <= 0 <= difference.high:
        return "no clear change"
    return "better" if (difference.value > 0) == (good == "up") else "worse"


def judge_all(differences: Sequence[Difference], *, good: Literal["up", "down"]) -> list[Outcome]:
    """What many differences mean, where better and worse hold at a false discovery rate of 5% over all that can be compared."""
    there = [difference.chance for difference in differences if not difference.too_few]
    found = iter(discoveries(there))
    stands = [False if difference.too_few else next(found) for difference in differences]
    judged = [judge_change(difference, good=good) for difference in differences]
    pairs = zip(judged, stands, strict=True)
    return ["no clear change" if outcome in ("better", "worse") and not real else outcome for outcome, real in pairs]
