"""Intervals and tests: Wilson, net sentiment, resampling by person, a test of two counts, the false discovery rate."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from trends.answers import Net, Share

Z = 1.959963984540054
"""The normal quantile of a two-sided 95% interval."""
DRAWS = 2000
"""Resamples of a bootstrap; the seed is fixed, so that the same rows always give the same interval."""
SEED = 2026


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


def difference(positive: int, negative: int, whole: int) -> tuple[float, float]:
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


def resample(people: Sequence[tuple[int, int]]) -> tuple[float, float] | None:
    """Percentile 95% interval of sum(first) / sum(second) over people drawn with replacement.

    None when nobody counts more than once, since drawing then says nothing that Wilson does not. People who are alike are drawn
    together (a multinomial over their kinds), so that the cost hangs on the kinds, not on the people.
    """
    if all(weight <= 1 for _, weight in people):
        return None
    import numpy as np

    kinds = sorted(Counter(people).items())
    count = len(people)
    generator = np.random.default_rng(SEED)
    draws = generator.multinomial(count, [times / count for _, times in kinds], size=DRAWS)
    values = draws @ np.array([kind for kind, _ in kinds], dtype=float)
    ratios = values[:, 0] / values[:, 1]
    low, high = np.percentile(ratios, [2.5, 97.5])
    return float(low), float(high)


def share(people: Sequence[tuple[int, int]], *, floor: int) -> Share:
    """A share from each person's (part, whole), where an anonymous mention stands for itself as (0 or 1, 1).

    Under `floor` people (and so under `floor` answers) it has no value: twelve answers of one person are one person's. The
    interval is Wilson's, widened to that of resampling by person.
    """
    people = [person for person in people if person[1]]
    part, whole = sum(first for first, _ in people), sum(second for _, second in people)
    if len(people) < max(floor, 1):
        return Share(part=part, whole=whole, value=None, low=None, high=None)
    low, high = widened(wilson(part, whole), resample(people))
    return Share(part=part, whole=whole, value=part / whole, low=low, high=high)


def net(people: Sequence[tuple[int, int, int]], *, floor: int) -> Net:
    """Net sentiment (P − N) / (P + N + neutral) from each person's (positive, neutral, negative) mentions.

    Under `floor` people it has no value.
    """
    people = [person for person in people if sum(person)]
    positive, neutral, negative = (sum(person[i] for person in people) for i in range(3))
    whole = positive + neutral + negative
    if len(people) < max(floor, 1):
        return Net(positive=positive, neutral=neutral, negative=negative, value=None, low=None, high=None)
    ratios = [(plus - minus, plus + none + minus) for plus, none, minus in people]
    low, high = widened(difference(positive, negative, whole), resample(ratios))
    value = (positive - negative) / whole
    return Net(positive=positive, neutral=neutral, negative=negative, value=value, low=low, high=high)


def widened(interval: tuple[float, float], other: tuple[float, float] | None) -> tuple[float, float]:
    """The interval that holds both."""
    return interval if other is None else (min(interval[0], other[0]), max(interval[1], other[1]))


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
    ordered = sorted(chances)
    passed = [p for rank, p in enumerate(ordered, 1) if p <= rate * rank / len(ordered)]
    limit = max(passed, default=-1.0)
    return [p <= limit for p in chances]
