"""Intervals and tests: Wilson, net sentiment, people who answer often, a test of two counts, the false discovery rate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trends.answers import Net, Share
from trends.student import Widening, count_alike
from trends.student import Z as Z

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    People = Sequence[tuple[int, ...]] | NDArray[np.int64] | Floats


def wilson(part: float, whole: float) -> tuple[float, float]:
    """Wilson's 95% score interval for a proportion (Wilson 1927); (0, 1) when nothing was asked."""
    if whole <= 0:
        return 0.0, 1.0
    share = part / whole
    centre = share + Z * Z / (2 * whole)
    spread = Z * math.sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
    scale = 1 + Z * Z / whole
    low = 0.0 if part <= 0 else (centre - spread) / scale
    high = 1.0 if part >= whole else (centre + spread) / scale
    return max(low, 0.0), min(high, 1.0)


def difference(positive: float, negative: float, whole: float) -> tuple[float, float]:
    """95% interval of p1 − p2, two shares of one whole, from their Wilson limits and their correlation.

    Newcombe's square-and-add for proportions of one multinomial (Newcombe 1998, method 10; Zou and Donner 2008), where the
    correlation of the shares is −sqrt(p1 p2 / ((1 − p1)(1 − p2))), and −1 where that is not defined.
    """
    if whole <= 0:
        return -1.0, 1.0
    first, second = positive / whole, negative / whole
    low1, high1 = wilson(positive, whole)
    low2, high2 = wilson(negative, whole)
    room = (1 - first) * (1 - second)
    tie = -min(1.0, math.sqrt(first * second / room)) if room > 0 else -1.0
    down, up = first - low1, high2 - second
    below = math.sqrt(max(down * down - 2 * tie * down * up + up * up, 0.0))
    down, up = second - low2, high1 - first
    above = math.sqrt(max(down * down - 2 * tie * down * up + up * up, 0.0))
    return max(first - second - below, -1.0), min(first - second + above, 1.0)


def share(people: People, *, floor: int) -> Share:
    """A share from each person's (part, whole), where an anonymous mention stands for itself as (0 or 1, 1).

    Under `floor` people (and so under `floor` answers) it has no value: twelve answers of one person are one person's. The
    interval is Wilson's, at the effective number of answers.
    """
    counts = as_counts(people, 2)
    part, whole = int(counts[:, 0].sum()), int(counts[:, 1].sum())
    speaking = count_speaking(counts[:, 1])
    if speaking < max(floor, 1):
        return Share(part=part, whole=whole, value=None, low=None, high=None)
    effect = design_effect(counts[:, 0], counts[:, 1], part * (whole - part) / whole**2).at_95
    low, high = wilson(part / effect, whole / effect)
    return Share(part=part, whole=whole, value=part / whole, low=low, high=high)


def net(people: People, *, floor: int) -> Net:
    """Net sentiment (P − N) / (P + N + neutral) from each person's (positive, neutral, negative) mentions.

    Under `floor` people it has no value.
    """
    counts = as_counts(people, 3)
    positive, neutral, negative = (int(counts[:, n].sum()) for n in range(3))
    whole = positive + neutral + negative
    said = counts.sum(axis=1)
    if count_speaking(said) < max(floor, 1):
        return Net(positive=positive, neutral=neutral, negative=negative, value=None, low=None, high=None)
    value = (positive - negative) / whole
    effect = design_effect(counts[:, 0] - counts[:, 2], said, (positive + negative) / whole - value**2).at_95
    low, high = difference(positive / effect, negative / effect, whole / effect)
    return Net(positive=positive, neutral=neutral, negative=negative, value=value, low=low, high=high)


def as_counts(people: People, width: int) -> Floats:
    """The counts of people, one row each."""
    import numpy as np

    return np.asarray(people, float).reshape(-1, width)


def count_speaking(wholes: Floats) -> int:
    """How many people said anything."""
    import numpy as np

    return int(np.count_nonzero(wholes))


@dataclass(frozen=True)
class Effect:
    """By how much people who answer more than once widen an interval: n over it is the effective number of answers."""

    variance: float
    """The design effect: how many times as large the variance is as that of as many single answers."""
    unsure: Widening | None = None
    """What few people leave unsure of it; None where it follows from the share itself: each said one thing, or all the same."""

    @property
    def at_95(self) -> float:
        """With that, for an interval of 95%."""
        return self.variance * (self.unsure.at_95 if self.unsure else 1.0)

    def at(self, z: float) -> float:
        """With that, at the confidence that z gives a normal distribution."""
        return self.variance * (self.unsure.at(z) if self.unsure else 1.0)


def design_effect(parts: Floats, wholes: Floats, variance: float) -> Effect:
    """By how much people who answer more than once widen the interval of sum(parts) / sum(wholes); at least 1.

    The linearised variance of a ratio over clusters, here people (Cochran 1977, section 6.5), over that of as many separate
    answers, `variance` / n: dividing n by it gives the effective number of answers (Kish 1965; Korn and Graubard 1998 for
    Wilson's interval at it). Where nothing varies it is Kish's for answers that are all alike within a person. What few people
    leave unsure of it is `trends.student.Widening`.
    """
    whole, people = float(wholes.sum()), count_speaking(wholes)
    if whole == people:
        return Effect(1.0)
    sums = products(parts, parts), products(parts, wholes), products(wholes, wholes)
    return effect_of(float(parts.sum()), whole, people, variance, sums)


def effect_of(part: float, whole: float, people: int, variance: float, sums: tuple[float, float, float]) -> Effect:
    """As `design_effect`, from sums over people: parts, wholes, and (part squared, part by whole, whole squared)."""
    squares, mixed, wholes = sums
    if whole == people or people < 2:
        return Effect(max(whole / people, 1.0))
    if variance <= 0:
        return Effect(wholes / whole)
    ratio, alike = part / whole, count_alike(whole, wholes)
    rest = squares - 2 * ratio * mixed + ratio**2 * wholes
    clustered = alike / (alike - 1) * rest / whole**2
    return Effect(max(clustered / (variance / whole), 1.0), Widening.of(people, whole, wholes))


def products(first: Floats, second: Floats) -> float:
    """The sum of products. Not `@`, which wakes the threads of a linear algebra library for a millisecond's work."""
    import numpy as np

    return float(np.einsum("i,i->", first, second))


def compare_counts(first: int, second: int, first_time: float, second_time: float) -> float:
    """Two-sided p that two counts come at one rate: exact and conditional on their sum (Przyborowski and Wilenski 1940)."""
    total = first + second
    if not total or first_time <= 0 or second_time <= 0:
        return 1.0
    from scipy.special import bdtr

    chance = first_time / (first_time + second_time)
    fewer = float(bdtr(first, total, chance))
    more = 1.0 if first == 0 else 1.0 - float(bdtr(first - 1, total, chance))
    return min(1.0, 2 * min(fewer, more))


def discoveries(chances: Sequence[float], rate: float = 0.05) -> list[bool]:
    """Which p values stand out at a false discovery rate (Benjamini and Hochberg 1995)."""
    # None above the rate itself can pass, and of words there are thousands.
    ordered = sorted(p for p in chances if p <= rate)
    passed = [p for rank, p in enumerate(ordered, 1) if p <= rate * rank / len(chances)]
    limit = max(passed, default=-1.0)
    return [p <= limit for p in chances]
