"""A weekly trend laid over a weekly business series: how they move together, week for week and up to eight weeks later."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trends.departures import FEWEST, Departures, Floats, count_years, depart, find_slow
from trends.intervals import Z

LAGS = range(9)
"""Weeks by which the series may follow the trend."""
FEWEST_EFFECTIVE = 4.0
"""Independent pairs that those must be worth: Fisher's z has no spread with three."""
RATE = 0.05
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, kw_only=True)
class LagCorrelation:
    """The trend of a week beside the series so many weeks later, each measured from what moves slowly in it."""

    lag: int
    """Weeks by which the series follows the trend."""
    pairs: int
    """Pairs of weeks in which both are known."""
    effective: float | None
    """How many independent pairs those are worth, since one week resembles the next, and what was taken out took some."""
    value: float | None
    """Pearson's correlation, −1 to 1; None when there are too few to say, or nothing varies beside trend and season."""
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
    season: bool
    """Whether seasons were taken out beside the trend: from a year of weeks on."""

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

    Of both, what moves slowly is taken out first: see `trends.departures`. The series follows the trend; for the other
    direction swap them. Raises `ValueError` for unequal lengths.
    """
    if len(trend) != len(series):
        raise ValueError(f"{len(trend)} weeks of the trend and {len(series)} of the series: give both the same weeks")
    first, second = depart(as_floats(trend)), depart(as_floats(series))
    lags = [correlate_at(first, second, lag) for lag in LAGS]
    corrected = holm([one.joint for one in lags if not one.too_few])
    said = iter(corrected)
    lags = [one if one.too_few else replace(one, corrected=next(said)) for one in lags]
    known = [one for one in lags if not one.too_few]
    best = min(known, key=lambda one: (one.joint, one.chance, one.lag), default=None)
    season = count_years(np.isfinite(first.values) & np.isfinite(second.values)) > 0
    return Correlation(lags=tuple(lags), best=best, season=season)


def as_floats(values: Sequence[float | None]) -> Floats:
    """Not a number for a gap."""
    return np.array([np.nan if value is None else value for value in values], np.float64)


def correlate_at(trend: Departures, series: Departures, lag: int) -> LagCorrelation:
    """One lag: Pearson with Fisher's interval, and Spearman with Bonett and Wright's, each at its effective number of pairs.

    Partial correlations: of what is left of both when trend and season, as they are over the paired weeks, are taken out.
    Spearman's is of the places of what is left, by a trend that no single week bends: or one week that is far out would tilt
    the trends of both, and all weeks would move together.
    """
    weeks = max(len(trend.values) - lag, 0)
    first, second = trend.values[:weeks], series.values[lag:]
    both = np.isfinite(first) & np.isfinite(second)
    pairs = int(both.sum())
    nothing = replace(NOTHING, lag=lag, pairs=pairs)
    if pairs < FEWEST:
        return nothing
    slow = find_slow(both, count_years(both, lag))
    one, two = slow.take_out(first), slow.take_out(second)
    if one is None or two is None:
        return nothing
    value, effective = pearson(one[both], two[both]), slow.count_effective(one, two)
    if effective < FEWEST_EFFECTIVE:
        return replace(nothing, effective=effective)
    low, high = fisher(value, effective)
    found = replace(nothing, effective=effective, value=value, low=low, high=high, chance=chance_of(value, effective))
    one, two = (slow.take_out(rank_pairs(rest, both)) for rest in (trend.steady[:weeks], series.steady[lag:]))
    if one is None or two is None:
        return found
    rank, worth = pearson(one[both], two[both]), slow.count_effective(one, two)
    if worth < FEWEST_EFFECTIVE:
        return replace(found, rank=rank)
    # With the variance of Bonett and Wright: as if there were fewer pairs.
    worth = 3 + (worth - 3) / (1 + rank**2 / 2)
    low, high = fisher(rank, worth)
    return replace(found, rank=rank, rank_low=low, rank_high=high, rank_chance=chance_of(rank, worth))


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
        if any(one.pairs >= FEWEST and one.effective is None for one in found.lags):
            return f"{trend} and {series}: one of them does nothing beside its own trend, so that nothing can go with it."
        weeks = max((one.pairs for one in found.lags), default=0)
        return f"{trend} and {series}: too few to say ({say_weeks(weeks)} of both)."
    apart = f"each measured from its own trend{' and season' if found.season else ''}"
    if not found.found:
        nothing = f"{trend} and {series}, {apart}: none of {len(found.lags)} lags stands out"
        if (carried := found.carried) is None:
            return f"{nothing} (best {say_lag(best.lag)}: {say_figures(best)})."
        few = "rests on few weeks, since Spearman's r does not bear it out"
        return f"{nothing}; that {say_lag(carried.lag)} ({say_figures(carried)}) {few}."
    way = "with" if best.value > 0 else "against"
    moves = f"{trend} moves {way} {series} {say_lag(best.lag)} ({say_figures(best)})"
    return f"{moves}, {apart}, which is correlation, not cause."


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
