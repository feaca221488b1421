"""What intervals are made of, for all slices at once, where `trends.intervals` and `trends.differences` go by person."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from trends.crowd import Floats, Limits, quantile
from trends.differences import Figure, net_limits, wilson_limits
from trends.frame import Numbers
from trends.measures import FIVE, Measure
from trends.periods import add_slices

NONE = np.zeros(0)


@dataclass(frozen=True)
class Moments:
    """Sums over the people of each slice; x is what one adds to the figure, n how many answers that are of."""

    people: Floats
    plus: Floats
    minus: Floats
    whole: Floats
    squares: Floats
    """Σ x²."""
    cross: Floats
    """Σ x n."""
    sizes: Floats
    """Σ n²."""

    def rest(self, place: int, value: float) -> float:
        """Σ (x − value · n)² over the people of a slice."""
        found = self.squares[place] - 2 * value * self.cross[place] + value**2 * self.sizes[place]
        return max(float(found), 0.0)

    def effect(self, place: int, value: float, variance: float) -> float:
        """The design effect, as `trends.intervals.design_effect` has it."""
        whole, people = float(self.whole[place]), float(self.people[place])
        if whole == people or people < 2:
            return max(whole / people, 1.0)
        if variance <= 0:
            return float(self.sizes[place]) / whole
        clustered = people / (people - 1) * self.rest(place, value) / whole**2
        return max(clustered / (variance / whole), 1.0)

    def error(self, place: int, value: float) -> float:
        """The variance of the figure when people are drawn, as `trends.crowd.ratio_error` squared; infinite for one."""
        people, whole = float(self.people[place]), float(self.whole[place])
        return people / (people - 1) * self.rest(place, value) / whole**2 if people > 1 else math.inf


def find_moments(measure: Measure) -> Moments:
    """The moments of a line in every slice.

    Who said one thing adds 0 or 1, whose square is itself: only who said more is squared, but for means and the like.
    """
    tally, names = measure.tally, measure.sums
    plus, whole = names[0], names[-1]
    minus = names[1] if len(names) == 3 else ""
    often, bounds = tally.often
    if measure.kind.unit == "mean" or measure.figure == "confirmed":
        often, bounds = np.arange(len(tally.people)), tally.starts
    n, up = tally.sums[whole][often], tally.sums[plus][often]
    down = tally.sums[minus][often] if minus else np.zeros(len(often))
    x = up - down
    plus_all, whole_all = tally.total(plus), tally.total(whole)
    minus_all = tally.total(minus) if minus else np.zeros(len(whole_all))
    up_once, down_once, once = (
        total - add_slices(part, bounds) for total, part in ((plus_all, up), (minus_all, down), (whole_all, n))
    )
    return Moments(
        people=once + add_slices((n > 0).astype(np.float64), bounds),
        plus=plus_all,
        minus=minus_all,
        whole=whole_all,
        squares=up_once + down_once + add_slices(x * x, bounds),
        cross=up_once - down_once + add_slices(x * n, bounds),
        sizes=once + add_slices(n * n, bounds),
    )


def figure_of(measure: Measure, moments: Moments, place: int) -> Figure:
    """A share, net or mean of a slice with its limits at any z; there must be an answer."""
    plus, minus, whole = (float(one[place]) for one in (moments.plus, moments.minus, moments.whole))
    if measure.kind.unit == "mean":
        worst, best = measure.scale or FIVE
        limits = limits_of_mean(moments, place, worst, best)
        return Figure(value=plus / whole, part=NONE, limits=limits, span=best - worst)
    value = (plus - minus) / whole
    if measure.kind.unit == "net":
        effect = moments.effect(place, value, (plus + minus) / whole - value**2)
        up, down, size = plus / effect, minus / effect, whole / effect
        return Figure(value=value, part=NONE, limits=lambda z: net_limits(up, down, size, z), span=2.0)
    effect = moments.effect(place, value, plus * (whole - plus) / whole**2)
    part, size = plus / effect, whole / effect
    return Figure(value=value, part=NONE, limits=lambda z: wilson_limits(part, size, z), span=1.0)


def limits_of_mean(moments: Moments, place: int, worst: float, best: float) -> Limits:
    """As `trends.crowd.limits_of_mean`: Student's t by person, from two people more."""
    value = float(moments.plus[place] / moments.whole[place])
    people, whole = float(moments.people[place]) + 2, float(moments.whole[place]) + 2
    centre = (float(moments.plus[place]) + worst + best) / whole
    squares = float(moments.squares[place]) + worst**2 + best**2
    cross, sizes = float(moments.cross[place]) + worst + best, float(moments.sizes[place]) + 2
    rest = max(squares - 2 * centre * cross + centre**2 * sizes, 0.0)
    error = math.sqrt(people / (people - 1) * rest) / whole

    def limits(z: float) -> tuple[float, float]:
        reach = quantile(z, people - 1) * error
        return max(min(centre - reach, value), worst), min(max(centre + reach, value), best)

    return limits


def pull(measure: Measure, rows: Numbers, value: float, whole: float) -> Floats:
    """How far each of some people pulls a figure of a slice."""
    sums = [measure.tally.sums[name][rows] for name in measure.sums]
    part = sums[0] - sums[1] if len(sums) == 3 else sums[0]
    pulled: Floats = (part - value * sums[-1]) / whole
    return pulled
