"""Many shares, nets and means at once: sums over people in arrays, one place a figure, with limits and differences.

Figure for figure what `trends.intervals`, `trends.crowd` and `trends.differences` say of each person's answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trends.crowd import Floats
from trends.differences import Difference
from trends.intervals import Z
from trends.student import Widening, count_alike, freedom_of, quantile

Bools = NDArray[np.bool_]
Kind = Literal["share", "net", "mean"]
Limits = Callable[[Floats], tuple[Floats, Floats]]
"""The limits of each figure at a confidence of its own: what z gives a normal distribution."""
BEYOND, LEAST, WIDEST = 1.1, 0.01, 32.0
"""Where z is looked for: by how much beyond the first guess, and from where to where; at 32 the chance is below 1e-224."""
SILENT = (None,) * 6
STEPS, CLOSE = 100, 1e-9
"""Of the search for a chance: at most so many steps, until one moves z by less than this."""


@dataclass(frozen=True)
class Moments:
    """Sums over the people of each figure; x is what one adds to it, n how many answers that are of."""

    people: Floats
    """Who answered anything."""
    plus: Floats
    minus: Floats
    """Σ x is plus less minus, which only nets have."""
    whole: Floats
    """Σ n."""
    squares: Floats
    """Σ x²."""
    cross: Floats
    """Σ x n."""
    sizes: Floats
    """Σ n²."""

    def take(self, places: NDArray[np.int64] | Bools | slice) -> Moments:
        """Those of some figures."""
        return Moments(*(getattr(self, field.name)[places] for field in fields(self)))

    @cached_property
    def value(self) -> Floats:
        """The figures; only where anything was answered."""
        found: Floats = (self.plus - self.minus) / self.whole
        return found

    @cached_property
    def variance(self) -> Floats:
        """Of one answer."""
        found: Floats = (self.plus + self.minus) / self.whole - self.value**2
        return found

    @cached_property
    def effect(self) -> Floats:
        """The design effect of each, as `trends.intervals.effect_of` has it, without what few people leave unsure of it."""
        people, whole, variance = self.people, self.whole, self.variance
        with np.errstate(divide="ignore", invalid="ignore"):
            widened = np.maximum(self.between / (variance / whole), 1.0)
        widened = np.where(variance <= 0, self.sizes / whole, widened)
        return np.where((whole == people) | (people < 2), np.maximum(whole / people, 1.0), widened)

    @cached_property
    def unsure(self) -> Widening | None:
        """What few people leave unsure of the effect, as `trends.intervals.Effect.unsure`; None if never anything."""
        known = (self.whole == self.people) | (self.people < 2) | (self.variance <= 0)
        return (
            None
            if known.all()
            else Widening.of(*(np.where(known, self.whole, each) for each in (self.people, self.whole, self.sizes)))
        )

    def effect_at(self, z: Floats) -> Floats:
        """As `trends.intervals.Effect.at`."""
        found: Floats = self.effect if self.unsure is None else self.effect * self.unsure.at(z)
        return found

    @property
    def effect_at_95(self) -> Floats:
        """As `trends.intervals.Effect.at_95`."""
        found: Floats = self.effect if self.unsure is None else self.effect * self.unsure.at_95
        return found

    @cached_property
    def between(self) -> Floats:
        """The variance of each when people are drawn; not a number for one."""
        with np.errstate(divide="ignore", invalid="ignore"):
            alike = count_alike(self.whole, self.sizes)
            found: Floats = alike / (alike - 1) * self.rest(self.value) / self.whole**2
        return found

    @cached_property
    def error(self) -> Floats:
        """The variance of each when people are drawn, as `trends.crowd.ratio_error` squared; infinite for one."""
        return np.where(self.people < 2, np.inf, self.between)

    def rest(self, value: Floats) -> Floats:
        """Σ (x − value · n)² over the people of each figure."""
        found: Floats = np.maximum(self.squares - 2 * value * self.cross + value**2 * self.sizes, 0.0)
        return found


def join_moments(parts: Sequence[Moments]) -> Moments:
    """Those of several, one after the other."""
    return Moments(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Moments)))


@dataclass(frozen=True)
class Figures:
    """Figures of one kind, each with an answer at least."""

    moments: Moments
    kind: Kind
    scale: tuple[Floats, Floats] | tuple[float, float] = (0.0, 1.0)
    """Worst and best, of means."""

    @property
    def value(self) -> Floats:
        """The figures."""
        return self.moments.value

    @property
    def span(self) -> Floats | float:
        """How far two such figures can lie apart."""
        return self.scale[1] - self.scale[0] if self.kind == "mean" else 2.0 if self.kind == "net" else 1.0

    @cached_property
    def limits(self) -> Limits:
        """Wilson's of a share, Newcombe's of a net, at the effective number of answers; Student's of a mean."""
        if self.kind == "mean":
            return limits_of_means(self.moments, *self.scale)
        return lambda z: self.narrow(self.moments.effect_at(z), z)

    @cached_property
    def limits_at_95(self) -> tuple[Floats, Floats]:
        """As `limits` at a confidence of 95%."""
        z = np.full(len(self.moments.people), Z)
        return self.limits(z) if self.kind == "mean" else self.narrow(self.moments.effect_at_95, z)

    def narrow(self, effect: Floats, z: Floats) -> tuple[Floats, Floats]:
        """The limits at an effective number of answers, of shares and nets."""
        moments = self.moments
        plus, whole = moments.plus / effect, moments.whole / effect
        if self.kind == "net":
            return limits_of_nets(plus, moments.minus / effect, whole, z)
        return limits_of_shares(plus, whole, z)


def limits_of_shares(part: Floats, whole: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Wilson's score limits, as `trends.differences.wilson_limits`."""
    share, square = part / whole, z * z
    centre = share + square / (2 * whole)
    spread = z * np.sqrt(np.maximum(share * (1 - share) / whole + square / (4 * whole * whole), 0.0))
    scale = 1 + square / whole
    return np.where(part <= 0, 0.0, (centre - spread) / scale), np.where(part >= whole, 1.0, (centre + spread) / scale)


def limits_of_nets(plus: Floats, minus: Floats, whole: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Limits of p1 − p2 of one whole, as `trends.differences.net_limits`."""
    first, second = plus / whole, minus / whole
    (low1, high1), (low2, high2) = limits_of_shares(plus, whole, z), limits_of_shares(minus, whole, z)
    room = (1 - first) * (1 - second)
    with np.errstate(divide="ignore", invalid="ignore"):
        tie = np.where(room > 0, -np.minimum(1.0, np.sqrt(first * second / room)), -1.0)
    below = tied(first - low1, high2 - second, tie)
    above = tied(second - low2, high1 - first, tie)
    return np.maximum(first - second - below, -1.0), np.minimum(first - second + above, 1.0)


def tied(down: Floats, up: Floats, tie: Floats) -> Floats:
    """Square-and-add of two distances that are correlated."""
    return np.sqrt(np.maximum(down * down - 2 * tie * down * up + up * up, 0.0))


def limits_of_means(moments: Moments, worst: Floats | float, best: Floats | float) -> Limits:
    """As `trends.crowd.limits_of_mean`: Student's t by person, from two people more, who give the worst and the best."""
    whole, sizes, value = moments.whole + 2, moments.sizes + 2, moments.value
    centre = (moments.plus + worst + best) / whole
    squares, cross = moments.squares + worst**2 + best**2, moments.cross + worst + best
    rest = np.maximum(squares - 2 * centre * cross + centre**2 * sizes, 0.0)
    alike, freedom = count_alike(whole, sizes), freedom_of(moments.people + 2, whole, sizes)
    error = np.sqrt(alike / (alike - 1) * rest) / whole

    def limits(z: Floats) -> tuple[Floats, Floats]:
        reach = quantile(z, freedom) * error
        return np.maximum(np.minimum(centre - reach, value), worst), np.minimum(np.maximum(centre + reach, value), best)

    return limits


def square_and_add(one: Figures, two: Figures, z: Floats) -> tuple[Floats, Floats]:
    """The intervals of differences from the limits of both sides (Zou and Donner 2008)."""
    (low1, high1), (low2, high2), value = one.limits(z), two.limits(z), one.value - two.value
    return value - np.hypot(one.value - low1, high2 - two.value), value + np.hypot(high1 - one.value, two.value - low2)


def find_chances(value: Floats, interval: Limits) -> Floats:
    """As `trends.differences.find_chance` of each, by the Illinois method (Dowell and Jarratt 1971): a tenth of the steps.

    `interval` gives the intervals of the differences, whose ends on the side of nought are followed until they reach it.
    """
    from scipy.special import erfc

    def edge(z: Floats) -> Floats:
        low, high = interval(z)
        return np.where(value > 0, low, high)

    start = np.zeros(len(value))
    above = edge(start)
    # The added people of a mean may let its interval hold nought at any confidence.
    none = above * value <= 0
    end, below, found = start, above, none
    # The ends go nearly straight down: a little beyond where they would be nought if they went quite straight they mostly are.
    near = edge(start + Z)
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = np.nan_to_num(np.clip(BEYOND * Z * above / (above - near), LEAST, WIDEST), nan=WIDEST)
    while not found.all():
        there = edge(wide)
        crossed = above * there <= 0
        end, below = np.where(found, end, wide), np.where(found, below, there)
        found = found | crossed | (wide >= WIDEST)
        start, above = np.where(found, start, wide), np.where(found, above, there)
        wide = np.minimum(wide * 2, WIDEST)
    # Where it holds nought nowhere, there is no edge to look for.
    done = none | (above * below > 0) | (below == 0)
    for _ in range(STEPS):
        if done.all():
            break
        z = np.where(done, end, end - below * (end - start) / np.where(done, 1.0, below - above))
        there = edge(z)
        flipped = there * below < 0
        start, above = np.where(done, start, np.where(flipped, end, start)), np.where(flipped, below, above / 2)
        done = done | (there == 0) | (np.abs(z - end) < CLOSE)
        end, below = z, there
    return np.where(none, 1.0, erfc(end / np.sqrt(2)))


@dataclass(frozen=True)
class Shared:
    """Sums over those who answered on both sides of each difference; x and n are as in `Moments`."""

    parts: Floats
    """Σ x₁ x₂."""
    first: Floats
    """Σ x₁ n₂."""
    second: Floats
    """Σ n₁ x₂."""
    wholes: Floats
    """Σ n₁ n₂."""

    def take(self, places: NDArray[np.int64] | slice) -> Shared:
        """Those of some figures."""
        return Shared(*(column[places] for column in self.columns))

    @property
    def columns(self) -> tuple[Floats, Floats, Floats, Floats]:
        """All sums."""
        return self.parts, self.first, self.second, self.wholes

    def covariance(self, one: Moments, two: Moments) -> Floats:
        """What the same people do to both figures."""
        pulled = self.parts - two.value * self.first - one.value * self.second + one.value * two.value * self.wholes
        found: Floats = pulled / one.whole / two.whole
        return found


def join_shared(parts: Sequence[Shared]) -> Shared:
    """Those of several, one after the other."""
    return Shared(*(np.concatenate(columns) for columns in zip(*(part.columns for part in parts), strict=True)))


def compare_moments(
    first: Moments,
    second: Moments,
    shared: Shared,
    kind: Kind,
    *,
    floor: int,
    scale: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0)),
) -> list[Difference]:
    """Each of the first's figures less the second's: `trends.differences.compare_shares`, `compare_nets`, `compare_means`."""
    there = np.flatnonzero(np.minimum(first.people, second.people) >= max(floor, 1))
    bounds = (scale[0][there], scale[1][there]) if kind == "mean" else (0.0, 1.0)
    one, two = (Figures(side.take(there), kind, bounds) for side in (first, second))
    told = np.stack([one.value, two.value, one.value - two.value, *differ(one, two, shared.take(there))], axis=-1)
    said = dict(zip(there.tolist(), told.tolist(), strict=True))
    counts = np.stack([first.whole, second.whole, first.people, second.people], axis=-1).round().astype(np.int64).tolist()
    return [make_difference(each, said.get(place, SILENT)) for place, each in enumerate(counts)]


def make_difference(counts: Sequence[int], said: Sequence[float | None]) -> Difference:
    """One difference; under the floor it says nothing."""
    first, second, value, low, high, chance = said
    return Difference(
        first=first,
        second=second,
        value=value,
        low=low,
        high=high,
        chance=1.0 if chance is None else chance,
        first_n=counts[0],
        second_n=counts[1],
        first_people=counts[2],
        second_people=counts[3],
    )


def differ(one: Figures, two: Figures, shared: Shared) -> tuple[Floats, Floats, Floats]:
    """(low, high, chance) of differences; widened to the t interval of the people where some spoke on both sides."""
    from scipy.special import stdtr

    value = one.value - two.value
    low, high = square_and_add(one, two, np.full(len(value), Z))
    chance = find_chances(value, lambda z: square_and_add(one, two, z))
    both = shared.wholes > 0
    if not both.any():
        return low, high, chance
    error, freedom = person_errors(one.moments, two.moments, shared)
    reach = quantile(Z, freedom) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        certain = np.where(error > 0, 2 * stdtr(freedom, -np.abs(value) / error), 0.0)
    certain = np.where((value == 0) | np.isinf(error), 1.0, certain)
    return (
        np.where(both, np.maximum(np.minimum(low, value - reach), -one.span), low),
        np.where(both, np.minimum(np.maximum(high, value + reach), one.span), high),
        np.where(both, np.maximum(chance, certain), chance),
    )


def person_errors(one: Moments, two: Moments, shared: Shared) -> tuple[Floats, Floats]:
    """As `trends.differences.person_error`: standard errors and Welch's degrees of freedom."""
    total = one.error + two.error
    terms = sum(side.error**2 / freedom_of(side.people, side.whole, side.sizes) for side in (one, two))
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where(np.isfinite(total) & (terms > 0), total**2 / terms, 1.0)
    return np.sqrt(np.maximum(total - 2 * shared.covariance(one, two), 0.0)), freedom
