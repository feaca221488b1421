"""Whether a source that used to bring mentions has fallen silent: a test against its own past, not a feeling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

PAST_DAYS = 28
LEAST = 8
"""Mentions in the past that a rate can be read off at all."""
CHANCE = 0.001
"""A silence that is less likely than this by chance is told. Checked daily, a steady source is wronged once in years."""


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A gap that chance does not explain."""

    a_day: float
    """Mentions a day before it."""
    days: float
    """How long it lasts already."""
    chance: float
    """How likely so long a gap is for such a source."""


def find_silence(days: Sequence[int], quiet: float) -> Silence | None:
    """Test whether `quiet` days without a mention are too many for a source that brought so many on each of its past days.

    Under a Poisson process of rate r a gap of g days has the chance exp(-r g). Real sources come in bursts: the exponent is
    divided by the dispersion of the daily counts, variance over mean where that is over 1 (quasi-likelihood: McCullagh and
    Nelder, Generalized Linear Models, 1989, 6.2.3). And the gap must be longer than the longest run of days without a
    mention in that past by more than a day, so that weekends and a monthly newsletter raise no alarm.
    """
    total = sum(days)
    if total < LEAST or quiet <= longest_gap(days) + 1:
        return None
    rate = fmean(days)
    dispersion = max(variance(days) / rate, 1.0)
    chance = math.exp(-rate * quiet / dispersion)
    return Silence(a_day=rate, days=quiet, chance=chance) if chance < CHANCE else None


def longest_gap(days: Sequence[int]) -> int:
    """The longest run of days without a mention."""
    longest = gap = 0
    for count in days:
        gap = 0 if count else gap + 1
        longest = max(longest, gap)
    return longest
