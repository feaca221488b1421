"""Many shares and nets of two brands compared at once: sums by person are made once, and each figure reads them.

The figures are those of `trends.differences.compare_shares` and `compare_nets`, to the last digits but a few.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trends.answers import Net, Share
from trends.crowd import ANONYMOUS, Floats, Limits, quantile
from trends.differences import Difference, Figure, chance_of, net_limits, square_and_add, wilson_limits
from trends.intervals import Z
from trends.sums import Sums, share_of_sums

Places = NDArray[np.int64]
NOTHING: Floats = np.zeros(0)
WIDER = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Where z is looked for; at 32 the chance is below 1e-224."""
STEPS, CLOSE = 100, 1e-11
"""Of the search for a chance: at most so many steps, until z is as near as this."""


def dot(one: Floats, other: Floats) -> float:
    """Sum of products. Not by `@`: a threaded BLAS waits for its threads longer than these sums take."""
    return float(np.einsum("i,i", one, other))


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A figure by person: what is counted, less what is counted against it, over answers."""

    plus: Floats
    whole: Floats
    minus: Floats | None = None
    """Of a net; None of a share or mean."""
    bounds: tuple[float, float] | None = None
    """Worst and best of a mean's scale; None of a share or net."""

    @cached_property
    def part(self) -> Floats:
        """What each person adds."""
        return self.plus if self.minus is None else self.plus - self.minus

    @cached_property
    def sums(self) -> tuple[float, float, float, float, float]:
        """Sums over people: part, whole, part squared, part times whole, whole squared."""
        part, whole = self.part, self.whole
        return float(part.sum()), float(whole.sum()), dot(part, part), dot(part, whole), dot(whole, whole)

    @cached_property
    def people(self) -> int:
        """Who answered anything."""
        return int(np.count_nonzero(self.whole))

    @property
    def value(self) -> float:
        """The figure."""
        return self.sums[0] / self.sums[1]

    @cached_property
    def spread(self) -> float:
        """Sum of squares of how far each person's part is from the figure's."""
        _, _, squares, products, wholes = self.sums
        return max(squares - 2 * self.value * products + self.value**2 * wholes, 0.0)

    @cached_property
    def effect(self) -> float:
        """As `trends.intervals.design_effect`."""
        part, whole, _, _, wholes = self.sums
        if whole == self.people or self.people < 2:
            return max(whole / self.people, 1.0)
        told = part if self.minus is None else float(self.plus.sum() + self.minus.sum())
        variance = told / whole - self.value**2
        if variance <= 0:
            return wholes / whole
        return max(self.people / (self.people - 1) * self.spread / whole**2 / (variance / whole), 1.0)

    @cached_property
    def figure(self) -> Figure:
        """The figure with its limits at any confidence."""
        return Figure(value=self.value, part=NOTHING, limits=self.limits(), span=self.span)

    @property
    def span(self) -> float:
        """How far two such figures can lie apart."""
        if self.bounds is not None:
            return self.bounds[1] - self.bounds[0]
        return 1.0 if self.minus is None else 2.0

    def limits(self) -> Limits:
        """Wilson's of a share, Newcombe's of a net, at the effective number of answers; Student's of a mean."""
        if self.bounds is not None:
            return self.limits_of_mean(*self.bounds)
        effect, whole = self.effect, self.sums[1] / self.effect
        if self.minus is None:
            return lambda z: wilson_limits(self.sums[0] / effect, whole, z)
        plus, minus = float(self.plus.sum()) / effect, float(self.minus.sum()) / effect
        return lambda z: net_limits(plus, minus, whole, z)

    def limits_of_mean(self, worst: float, best: float) -> Limits:
        """As `trends.crowd.limits_of_mean`: of the answers and two people more, who give the worst and the best."""
        part, whole, squares, products, wholes = self.sums
        part, whole, people = part + worst + best, whole + 2, self.people + 2
        centre = part / whole
        rest = squares + worst**2 + best**2 - 2 * centre * (products + worst + best) + centre**2 * (wholes + 2)
        error = math.sqrt(people / (people - 1) * max(rest, 0.0)) / whole

        def limits(z: float) -> tuple[float, float]:
            reach = quantile(z, people - 1) * error
            return max(min(centre - reach, self.value), worst), min(max(centre + reach, self.value), best)

        return limits

    @cached_property
    def error(self) -> float:
        """Variance of the figure when people are drawn, linearised: `trends.crowd.ratio_error` squared; infinite for one."""
        return math.inf if self.people < 2 else self.people / (self.people - 1) * self.spread / self.sums[1] ** 2


@dataclass(frozen=True)
class Tally:
    """The figures of one brand by person, one place a person in every array."""

    people: NDArray[np.uint64]
    """Keys in ascending order, anonymous ones (0) first, each a person of its own."""
    mentions: Floats
    """Of each."""
    ratios: Mapping[str, Ratio]

    @property
    def anonymous(self) -> int:
        """How many of the people are not known."""
        return int(np.searchsorted(self.people, ANONYMOUS, side="right"))


def number_people(authors: NDArray[np.uint64], ranks: Places | None = None) -> tuple[NDArray[np.uint64], Callable[..., Floats]]:
    """The people of some rows as `Tally.people`, and what adds up weights of some of these rows (places) by person.

    `ranks`, where they are known, are in the order of the authors.
    """
    known = authors != ANONYMOUS
    people, place = rank_people(authors[known], None if ranks is None else ranks[known])
    nobody = len(authors) - len(place)
    person = np.empty(len(authors), np.int64)
    person[known], person[~known] = place + nobody, np.arange(nobody)
    everybody = np.concatenate([np.zeros(nobody, np.uint64), people])

    def add(rows: Places | NDArray[np.bool_]) -> Floats:
        return np.bincount(person[rows], minlength=len(everybody)).astype(np.float64)

    return everybody, add


def rank_people(authors: NDArray[np.uint64], ranks: Places | None) -> tuple[NDArray[np.uint64], Places]:
    """The different authors in order, and the place of each row's among them; with ranks nothing needs to be sorted."""
    if ranks is None:
        people, place = np.unique(authors, return_inverse=True)
        return people, place
    there = np.bincount(ranks) > 0
    place = (np.cumsum(there) - 1)[ranks]
    people = np.empty(int(np.count_nonzero(there)), np.uint64)
    people[place] = authors
    return people, place


def as_share(ratio: Ratio, *, floor: int) -> Share:
    """A share with its interval, as `trends.intervals.share`."""
    part, whole = round(ratio.sums[0]), round(ratio.sums[1])
    if ratio.people < max(floor, 1):
        return Share(part=part, whole=whole, value=None, low=None, high=None)
    low, high = ratio.figure.limits(Z)
    return Share(part=part, whole=whole, value=ratio.value, low=low, high=high)


def as_net(ratio: Ratio, *, floor: int) -> Net:
    """Net sentiment with its interval, as `trends.intervals.net`."""
    plus, minus = round(float(ratio.plus.sum())), 0 if ratio.minus is None else round(float(ratio.minus.sum()))
    counts = {"positive": plus, "neutral": round(ratio.sums[1]) - plus - minus, "negative": minus}
    if ratio.people < max(floor, 1):
        return Net(**counts, value=None, low=None, high=None)
    low, high = ratio.figure.limits(Z)
    return Net(**counts, value=ratio.value, low=low, high=high)


def find_voices(tallies: Sequence[Tally], *, floor: int) -> list[Share]:
    """Each brand's share of the mentions of all. A mention of two brands is a voice for each, so the shares add up to one."""
    people = np.concatenate([one.people for one in tallies])
    mentions = np.concatenate([one.mentions for one in tallies])
    # Runs that are in order already: a stable sort merges them.
    order = np.argsort(people, kind="stable")
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (people[order][1:] != people[order][:-1]) | (people[order][1:] == ANONYMOUS)
    person = np.empty(len(order), np.int64)
    person[order] = np.cumsum(fresh) - 1
    whole = np.bincount(person, weights=mentions).astype(np.float64)
    found, start = [], 0
    for one in tallies:
        place = person[start : start + len(one.people)]
        part = np.zeros(len(whole))
        part[place] = one.mentions
        found.append(as_share(Ratio(plus=part, whole=whole), floor=floor))
        start += len(one.people)
    return found


def compare_tallies(first: Tally, second: Tally, *, floor: int) -> dict[str, Difference]:
    """The first's figures less the second's, of those that both have."""
    both = Both(*find_both(first, second), {})
    names = [name for name in first.ratios if name in second.ratios]
    return {name: compare_ratios(first.ratios[name], second.ratios[name], both, floor=floor) for name in names}


@dataclass(frozen=True)
class Both:
    """The places of those who may have spoken on both sides."""

    first: Places
    second: Places
    seen: dict[tuple[int, int], tuple[Floats, Floats, float]]
    """What they said, by the arrays of both sides that it was asked of: many figures are over the same answers."""

    def whole(self, first: Floats, second: Floats) -> tuple[Floats, Floats, float]:
        """What they said on each side, and the sum of products."""
        name = id(first), id(second)
        if name not in self.seen:
            one, two = first[self.first], second[self.second]
            self.seen[name] = one, two, dot(one, two)
        return self.seen[name]


def find_both(first: Tally, second: Tally) -> tuple[Places, Places]:
    """The places in both tallies of the people who are in both."""
    one, two = first.anonymous, second.anonymous
    here, there = first.people[one:], second.people[two:]
    if not len(here) or not len(there):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    place = np.minimum(np.searchsorted(here, there), len(here) - 1)
    same = np.flatnonzero(here[place] == there)
    return place[same] + one, same + two


def compare_ratios(first: Ratio, second: Ratio, both: Both, *, floor: int) -> Difference:
    """One figure less the other."""
    counts = {
        "first_n": round(first.sums[1]),
        "second_n": round(second.sums[1]),
        "first_people": first.people,
        "second_people": second.people,
    }
    if min(first.people, second.people) < max(floor, 1):
        return Difference(first=None, second=None, value=None, low=None, high=None, chance=1.0, **counts)
    one, two = first.figure, second.figure
    value = one.value - two.value
    (low, high), chance = square_and_add(one, two, Z), find_chance(one, two)
    whole1, whole2, wholes = both.whole(first.whole, second.whole)
    if wholes > 0:
        part1, part2 = first.part[both.first], second.part[both.second]
        # How both are pulled from their figures, multiplied: of the sums by person, so that nothing is made for each of them.
        pulled = dot(part1, part2) - two.value * dot(part1, whole2) - one.value * dot(whole1, part2)
        common = (pulled + one.value * two.value * wholes) / first.sums[1] / second.sums[1]
        error, freedom = pooled_error(first, second, common)
        reach = quantile(Z, freedom) * error
        low, high = max(min(low, value - reach), -one.span), min(max(high, value + reach), one.span)
        chance = max(chance, chance_of(value, error, freedom))
    return Difference(first=one.value, second=two.value, value=value, low=low, high=high, chance=chance, **counts)


def share_of_two(first: Tally, second: Tally, *, floor: int) -> Share:
    """The first's share of the mentions of both, as `find_voices` gives it."""
    here, there = find_both(first, second)
    cross = dot(first.mentions[here], second.mentions[there])
    own, other = dot(first.mentions, first.mentions), dot(second.mentions, second.mentions)
    plus, whole = float(first.mentions.sum()), float(first.mentions.sum() + second.mentions.sum())
    sums = Sums(
        plus=round(plus),
        minus=0,
        whole=round(whole),
        squares=round(own),
        products=round(own + cross),
        wholes=round(own + other + 2 * cross),
        people=len(first.people) + len(second.people) - len(here),
    )
    return share_of_sums(sums, floor=floor)


def find_chance(one: Figure, two: Figure) -> float:
    """As `trends.differences.find_chance`, by the Illinois method (Dowell and Jarratt 1971): a tenth of the steps."""
    side = 0 if one.value > two.value else 1
    start, above = 0.0, square_and_add(one, two, 0.0)[side]
    # The added people of a mean may let its interval hold nought at any confidence.
    if above * (one.value - two.value) <= 0:
        return 1.0
    for end in WIDER:
        below = square_and_add(one, two, end)[side]
        if above * below <= 0:
            break
        start, above = end, below
    else:
        return math.erfc(WIDER[-1] / math.sqrt(2))
    z = end
    for _ in range(STEPS):
        if below == 0 or abs(end - start) < CLOSE:
            break
        z = end - below * (end - start) / (below - above)
        found = square_and_add(one, two, z)[side]
        if found * below < 0:
            start, above = end, below
        else:
            above /= 2
        end, below = z, found
    return math.erfc(z / math.sqrt(2))


def pooled_error(first: Ratio, second: Ratio, common: float) -> tuple[float, float]:
    """As `trends.differences.person_error`: standard error and Welch's degrees of freedom."""
    sides = [(ratio.error, ratio.people - 1) for ratio in (first, second)]
    total = sum(square for square, _ in sides)
    terms = sum(square**2 / freedom for square, freedom in sides if freedom)
    freedom = total**2 / terms if math.isfinite(total) and terms > 0 else 1.0
    return math.sqrt(max(total - 2 * common, 0.0)), freedom
