"""A weekly trend laid over a weekly business series: how they move together, week for week and up to eight weeks later."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trends.intervals import Z

Floats = NDArray[np.float64]
LAGS = range(9)
"""Weeks by which the series may follow the trend."""
FEWEST = 8
"""Pairs of weeks under which nothing is said."""
FEWEST_EFFECTIVE = 4.0
"""Independent pairs that those must be worth: Fisher's z has no spread with three."""
RATE = 0.05
MINUS = "\N{MINUS SIGN}"
ALIKE = 1e-9
"""Values that differ by less than this part of their size are one value: rounding moves with nothing."""


@dataclass(frozen=True, kw_only=True)
class LagCorrelation:
    """The trend of a week beside the series so many weeks later."""

    lag: int
    """Weeks by which the series follows the trend."""
    pairs: int
    """Pairs of weeks in which both are known."""
    effective: float | None
    """How many independent pairs those are worth, since one week resembles the next."""
    value: float | None
    """Pearson's correlation, −1 to 1; None when there are too few to say, or nothing varies."""
    low: float | None
    high: float | None
    rank: float | None
    """Spearman's: far from the value, a few extreme weeks carry it."""
    rank_low: float | None
    rank_high: float | None
    """None where the ranks are worth too few independent pairs."""
    chance: float
    """Two-sided p of Pearson's correlation at this lag by itself; 1 without a value."""
    rank_chance: float
    """That of Spearman's."""
    corrected: float
    """The p of both together, after all lags that were looked at (Holm 1979)."""

    @property
    def too_few(self) -> bool:
        """Whether nothing can be said."""
        return self.value is None

    @property
    def joint(self) -> float:
        """The p of both together: the larger (Berger 1982), so that neither few weeks nor their order alone make a finding."""
        if self.value is None or self.rank is None or self.value * self.rank <= 0:
            return 1.0
        return max(self.chance, self.rank_chance)


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """A trend beside a series at each lag."""

    lags: tuple[LagCorrelation, ...]
    best: LagCorrelation | None
    """The lag that stands out most, after correction for having looked at all; None when there are too few weeks at each."""

    @property
    def found(self) -> bool:
        """Whether the best lag stands out from chance."""
        return self.best is not None and self.best.corrected <= RATE

    @property
    def carried(self) -> LagCorrelation | None:
        """The lag that would stand out by Pearson's correlation alone, and does not by Spearman's: a few weeks carry it."""
        known = [one for one in self.lags if not one.too_few]
        if self.found or not known or min(holm([one.chance for one in known])) > RATE:
            return None
        return min(known, key=lambda one: (one.chance, one.lag))


def correlate(trend: Sequence[float | None], series: Sequence[float | None]) -> Correlation:
    """Correlate a trend with a series over the same weeks, oldest first; None is a gap, and is left out with its pair.

    The series follows the trend; for the other direction swap them. Raises `ValueError` for unequal lengths.
    """
    if len(trend) != len(series):
        raise ValueError(f"{len(trend)} weeks of the trend and {len(series)} of the series: give both the same weeks")
    first, second = as_floats(trend), as_floats(series)
    lags = [correlate_at(first, second, lag) for lag in LAGS]
    corrected = holm([one.joint for one in lags if not one.too_few])
    said = iter(corrected)
    lags = [one if one.too_few else replace(one, corrected=next(said)) for one in lags]
    known = [one for one in lags if not one.too_few]
    best = min(known, key=lambda one: (one.joint, one.chance, one.lag), default=None)
    return Correlation(lags=tuple(lags), best=best)


def as_floats(values: Sequence[float | None]) -> Floats:
    """Not a number for a gap."""
    return np.array([np.nan if value is None else value for value in values], np.float64)


def correlate_at(trend: Floats, series: Floats, lag: int) -> LagCorrelation:
    """One lag: Pearson with Fisher's interval, and Spearman with Bonett and Wright's, each at its effective number of pairs."""
    first, second = trend[: max(len(trend) - lag, 0)], series[lag:]
    both = np.isfinite(first) & np.isfinite(second)
    pairs = int(both.sum())
    nothing = replace(NOTHING, lag=lag, pairs=pairs)
    if pairs < FEWEST or is_flat(first[both]) or is_flat(second[both]):
        return nothing
    value = pearson(first[both], second[both])
    effective = count_effective(first, second, both)
    if effective < FEWEST_EFFECTIVE:
        return replace(nothing, effective=effective)
    low, high = fisher(value, effective)
    first, second = rank_pairs(first, both), rank_pairs(second, both)
    rank, worth = pearson(first[both], second[both]), count_effective(first, second, both)
    few = worth < FEWEST_EFFECTIVE
    # With the variance of Bonett and Wright: as if there were fewer pairs.
    worth = 3 + (worth - 3) / (1 + rank**2 / 2)
    ends = (None, None) if few else fisher(rank, worth)
    return replace(
        nothing,
        effective=effective,
        value=value,
        low=low,
        high=high,
        rank=rank,
        rank_low=ends[0],
        rank_high=ends[1],
        chance=chance_of(value, effective),
        rank_chance=1.0 if few else chance_of(rank, worth),
    )


NOTHING = LagCorrelation(
    lag=0, pairs=0, effective=None, value=None, low=None, high=None, rank=None, rank_low=None, rank_high=None, chance=1.0,
    rank_chance=1.0, corrected=1.0,
)  # fmt: skip
"""A lag of which nothing can be said."""


def rank_pairs(values: Floats, both: NDArray[np.bool_]) -> Floats:
    """The places of those values that are paired; not a number elsewhere."""
    placed = np.full(len(values), np.nan)
    placed[both] = ranks(values[both])
    return placed


def is_flat(values: Floats) -> bool:
    """Whether nothing varies."""
    return bool(np.ptp(values) <= ALIKE * np.abs(values).max())


def pearson(first: Floats, second: Floats) -> float:
    """Pearson's correlation; each is scaled first, so that large and tiny numbers overflow nothing."""
    one, two = (standardise(values) for values in (first, second))
    return float(np.clip((one * two).sum(), -1.0, 1.0))


def standardise(values: Floats) -> Floats:
    """Centred, with a sum of squares of 1."""
    rest = (values - values.mean()) / np.abs(values - values.mean()).max()
    scaled: Floats = rest / np.sqrt(np.square(rest).sum())
    return scaled


def ranks(values: Floats) -> Floats:
    """Places from 1, ties in the middle."""
    ordered = np.sort(values)
    middle: Floats = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right") + 1) / 2
    return middle


def count_effective(first: Floats, second: Floats, both: NDArray[np.bool_]) -> float:
    """How many independent pairs autocorrelated ones are worth: n (1 − r1 r2) / (1 + r1 r2), at most n.

    r1 and r2 are the autocorrelations of both from one week to the next (Bartlett 1935; Bretherton et al. 1999, eq. 31).
    """
    memory = remember(first, both) * remember(second, both)
    return float(both.sum()) * min((1 - memory) / (1 + memory), 1.0)


def remember(values: Floats, both: NDArray[np.bool_]) -> float:
    """Autocorrelation from one week to the next over the weeks that are paired, corrected for its bias in short series.

    The plain estimate is too low by (1 + 3 r) / n (Kendall 1954; Marriott and Pope 1954).
    """
    count = int(both.sum())
    rest = np.where(both, values, 0.0) - np.where(both, values[both].mean(), 0.0)
    rest = rest / np.abs(rest).max()
    neighbours = both[1:] & both[:-1]
    if neighbours.sum() < 2:
        return 0.0
    along = (rest[1:] * rest[:-1])[neighbours].mean() / np.square(rest[both]).mean()
    return float(np.clip((count * along + 1) / (count - 3), -0.99, 0.99))


def fisher(value: float, pairs: float, z: float = Z) -> tuple[float, float]:
    """Fisher's interval (1921) of a correlation."""
    if abs(value) >= 1:
        return value, value
    centre, reach = math.atanh(value), z / math.sqrt(pairs - 3)
    return math.tanh(centre - reach), math.tanh(centre + reach)


def chance_of(value: float, pairs: float) -> float:
    """Two-sided p of a correlation by Fisher's z: what the interval says."""
    if abs(value) >= 1:
        return 0.0
    return math.erfc(abs(math.atanh(value)) * math.sqrt(pairs - 3) / math.sqrt(2))


def holm(chances: Sequence[float]) -> list[float]:
    """p values after all that were looked at (Holm 1979), which holds however the lags hang together."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    corrected, highest = [1.0] * len(chances), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, chances[place] * (len(chances) - rank)))
        corrected[place] = highest
    return corrected


def say_correlation(found: Correlation, *, trend: str, series: str) -> str:
    """What was found, in one sentence, with the names of the trend and of the series in it."""
    best = found.best
    if best is None or best.value is None:
        weeks = max((one.pairs for one in found.lags), default=0)
        return f"{trend} and {series}: too few to say ({say_weeks(weeks)} of both)."
    if not found.found:
        nothing = f"{trend} and {series}: none of {len(found.lags)} lags stands out"
        if (carried := found.carried) is None:
            return f"{nothing} (best {say_lag(best.lag)}: {say_figures(best)})."
        few = "rests on few weeks, since Spearman's r does not bear it out"
        return f"{nothing}; that {say_lag(carried.lag)} ({say_figures(carried)}) {few}."
    way = "with" if best.value > 0 else "against"
    return f"{trend} moves {way} {series} {say_lag(best.lag)} ({say_figures(best)}), which is correlation, not cause."


def say_figures(lag: LagCorrelation) -> str:
    """Both correlations of a lag, and what they stand on."""
    if lag.value is None or lag.low is None or lag.high is None or lag.rank is None or lag.effective is None:
        return f"too few to say, {say_weeks(lag.pairs)}"
    pearsons = f"r {say_signed(lag.value)}, 95% {say_signed(lag.low)} to {say_signed(lag.high)}"
    return f"{pearsons}, Spearman's {say_signed(lag.rank)}, {say_weeks(lag.pairs)} worth {lag.effective:.0f}"


def say_signed(value: float) -> str:
    """A correlation with its sign, which is a minus as in the tables and no hyphen."""
    return f"{value:+.2f}".replace("-", MINUS)


def say_weeks(count: int) -> str:
    """So many weeks."""
    return f"{count} week" if count == 1 else f"{count} weeks"


def say_lag(lag: int) -> str:
    """When the series follows."""
    return "in the same week" if lag == 0 else "one week later" if lag == 1 else f"{lag} weeks later"
