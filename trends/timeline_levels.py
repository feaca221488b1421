"""The level of a line in a slice with its 95% interval, and the difference of two slices."""

from __future__ import annotations

import math
from dataclasses import replace

from trends.crowd import Limits, quantile
from trends.differences import Difference, Figure, chance_of, find_chance, square_and_add
from trends.intervals import Z
from trends.measures import Measure
from trends.moments import NONE, Moments, figure_of, pull
from trends.timeline_answers import Level

COUNTS = ("mentions", "people")


def level_of(measure: Measure, moments: Moments, place: int, *, floor: int, days: float | None) -> Level:
    """A line's figure in one slice; `days` that were watched make a count's rate. Under `floor` people it has no value."""
    n, people = round(float(moments.whole[place])), round(float(moments.people[place]))
    if measure.kind.unit in COUNTS:
        count = people if measure.kind.unit == "people" else n
        low, high = limits_of_count(*sizes_of(measure, moments, place))(Z)
        rate = count / days if days else None
        return Level(value=float(count), low=low, high=high, n=count, people=people, per_day=rate, raw=None)
    level = Level(value=None, low=None, high=None, n=n, people=people, per_day=None, raw=None)
    if people < max(floor, 1):
        return level
    figure = figure_of(measure, moments, place)
    low, high = figure.limits(Z)
    return replace(level, value=figure.value, low=low, high=high)


def sizes_of(measure: Measure, moments: Moments, place: int) -> tuple[float, float]:
    """(Σ m, Σ m²) of a count, m being each person's mentions, or 1 where people are counted."""
    if measure.kind.unit == "people":
        return float(moments.people[place]), float(moments.people[place])
    return float(moments.whole[place]), float(moments.sizes[place])


def limits_of_count(total: float, squares: float) -> Limits:
    """Limits of a count at any z: Poisson's exact ones (Garwood 1936), with people as the events.

    At the count over Σ m² / Σ m, m being each person's mentions: twelve of one person are not twelve.
    """
    from scipy.special import chdtri, ndtr

    effect = squares / total if total else 1.0
    count = total / effect

    def limits(z: float) -> tuple[float, float]:
        tail = float(ndtr(-z))
        # chdtri(v, p) is the value that chi square exceeds with chance p.
        low = float(chdtri(2 * count, 1 - tail)) / 2 if count else 0.0
        return min(low, count) * effect, max(float(chdtri(2 * count + 2, tail)) / 2, count) * effect

    return limits


def differ(measure: Measure, moments: Moments, *, floor: int, days: tuple[float, float]) -> Difference:
    """A line's figure in the second of two slices less that in the first; counts per day, of `days` in the same order.

    What `trends.differences.compare_shares`, `compare_nets` and `compare_means` say of the two crowds.
    """
    counts = {
        "first_n": round(float(moments.whole[1])),
        "second_n": round(float(moments.whole[0])),
        "first_people": round(float(moments.people[1])),
        "second_people": round(float(moments.people[0])),
    }
    if measure.kind.unit in COUNTS:
        now, past = (as_rate(sizes_of(measure, moments, place), days[place]) for place in (1, 0))
        return compare(now, past, counts)
    if min(counts["first_people"], counts["second_people"]) < max(floor, 1):
        return Difference(first=None, second=None, value=None, low=None, high=None, chance=1.0, **counts)
    now, past = (figure_of(measure, moments, place) for place in (1, 0))
    return widen(measure, moments, now, past, compare(now, past, counts))


def compare(one: Figure, two: Figure, counts: dict[str, int]) -> Difference:
    """Square-and-add (Zou and Donner 2008) of the limits of both."""
    low, high = square_and_add(one, two, Z)
    return Difference(
        first=one.value,
        second=two.value,
        value=one.value - two.value,
        low=low,
        high=high,
        chance=find_chance(one, two),
        **counts,
    )


def widen(measure: Measure, moments: Moments, now: Figure, past: Figure, found: Difference) -> Difference:
    """Widened to the t interval of the people, where some spoke in both: as `trends.differences.compare` does."""
    there, here = measure.tally.both
    answers = measure.tally.sums[measure.sums[-1]]
    spoke = (answers[there] > 0) & (answers[here] > 0)
    if found.value is None or found.low is None or found.high is None or not spoke.any():
        return found
    pulls = (pull(measure, here, now.value, moments.whole[1]), pull(measure, there, past.value, moments.whole[0]))
    squares = (moments.error(1, now.value), moments.error(0, past.value))
    total, freedoms = sum(squares), (moments.people[1] - 1, moments.people[0] - 1)
    terms = sum(square**2 / freedom for square, freedom in zip(squares, freedoms, strict=True) if freedom)
    freedom = total**2 / terms if math.isfinite(total) and terms > 0 else 1.0
    error = math.sqrt(max(total - 2 * float((pulls[0] * pulls[1]).sum()), 0.0))
    reach = quantile(Z, freedom) * error
    return replace(
        found,
        low=max(min(found.low, found.value - reach), -now.span),
        high=min(max(found.high, found.value + reach), now.span),
        chance=max(found.chance, chance_of(found.value, error, freedom)),
    )


def as_rate(sizes: tuple[float, float], days: float) -> Figure:
    """A count per day."""
    limits = limits_of_count(*sizes)

    def scaled(z: float) -> tuple[float, float]:
        low, high = limits(z)
        return low / days, high / days

    return Figure(value=sizes[0] / days, part=NONE, limits=scaled, span=math.inf)
