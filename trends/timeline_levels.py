"""The level of a line in every slice with its 95% interval, and the difference of two slices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from trends.changes import compare_people
from trends.crowd import Floats, Limits
from trends.differences import Difference, Figure, square_and_add
from trends.intervals import Z
from trends.measures import FIVE, Measure
from trends.moments import Kind, Moments, compare_moments, join_moments, join_shared
from trends.timeline_answers import Level
from trends.timeline_moments import figures_of, find_moments, find_shared, kind_of

COUNTS = ("mentions", "people")
KINDS_OF_FIGURES: tuple[Kind, ...] = ("share", "net", "mean")
NOBODY = np.zeros(0)
SILENT = (None, None, None)


def levels_of(measure: Measure, moments: Moments, *, floor: int, days: Sequence[float | None]) -> list[Level]:
    """A line's figure in every slice; `days` that were watched make a count's rate. Under `floor` people it has no value."""
    n, people = (counts.round().astype(np.int64).tolist() for counts in (moments.whole, moments.people))
    if measure.kind.unit in COUNTS:
        ends = zip(*(column.tolist() for column in limits_of_counts(*sizes_of(measure, moments))), strict=True)
        counts = people if measure.kind.unit == "people" else n
        return [
            Level(value=float(count), low=low, high=high, n=count, people=crowd, per_day=count / of if of else None, raw=None)
            for count, crowd, (low, high), of in zip(counts, people, ends, days, strict=True)
        ]
    there = np.flatnonzero(moments.people >= max(floor, 1))
    figures = figures_of(measure, moments.take(there))
    told = np.stack([figures.value, *figures.limits_at_95], axis=-1).tolist()
    said = dict(zip(there.tolist(), told, strict=True))
    return [
        Level(value=value, low=low, high=high, n=n[place], people=people[place], per_day=None, raw=None)
        for place in range(len(n))
        for value, low, high in (said.get(place, SILENT),)
    ]


def sizes_of(measure: Measure, moments: Moments) -> tuple[Floats, Floats]:
    """(Σ m, Σ m²) of counts, m being each person's mentions, or 1 where people are counted."""
    if measure.kind.unit == "people":
        return moments.people, moments.people
    return moments.whole, moments.sizes


def limits_of_counts(total: Floats, squares: Floats) -> tuple[Floats, Floats]:
    """As `limits_of_count` of many, at 95%."""
    from scipy.special import chdtri, ndtr

    effect = np.where(total > 0, squares / np.maximum(total, 1.0), 1.0)
    count, tail = total / effect, float(ndtr(-Z))
    # Of none there is nothing below.
    low = np.where(count > 0, chdtri(np.where(count > 0, 2 * count, 1.0), 1 - tail) / 2, 0.0)
    return np.minimum(low, count) * effect, np.maximum(chdtri(2 * count + 2, tail) / 2, count) * effect


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


def differ_all(measures: Mapping[str, Measure], *, floor: int, days: tuple[float, float]) -> dict[str, Difference]:
    """Each line's figure in the second of two slices less that in the first; counts per day, of `days` in the same order.

    Counts are compared at one design effect (`share_effect`); of all else it is what `trends.differences.compare_shares`,
    `compare_nets` and `compare_means` say of the two crowds.
    """
    found: dict[str, Difference] = {}
    moments = {line: find_moments(measure) for line, measure in measures.items()}
    for kind in KINDS_OF_FIGURES:
        lines = [line for line, one in measures.items() if one.kind.unit not in COUNTS and kind_of(one) == kind]
        if not lines:
            continue
        past, now = (join_moments([moments[line].take(slice(place, place + 1)) for line in lines]) for place in (0, 1))
        shared = join_shared([find_shared(measures[line]) for line in lines])
        worst, best = (np.array([(measures[line].scale or FIVE)[end] for line in lines]) for end in (0, 1))
        found |= zip(lines, compare_moments(now, past, shared, kind, floor=floor, scale=(worst, best)), strict=True)
    return {line: found.get(line) or differ_counts(one, moments[line], days=days) for line, one in measures.items()}


def differ_counts(measure: Measure, moments: Moments, *, days: tuple[float, float]) -> Difference:
    """The same of a count."""
    totals, squares = share_effect(*sizes_of(measure, moments))
    past, now = (as_rate((float(totals[place]), float(squares[place])), days[place]) for place in (0, 1))
    return compare(now, past, counts_of(moments), days=days)


def share_effect(totals: Floats, squares: Floats) -> tuple[Floats, Floats]:
    """(Σ m, Σ m²) of counts that are compared: each with the design effect of all together, where its own is smaller.

    If nothing changed they have one effect, and a slice in which by chance nobody wrote often would take a far too small one.
    """
    return totals, np.maximum(squares, totals * squares.sum() / max(float(totals.sum()), 1.0))


def counts_of(moments: Moments) -> dict[str, int]:
    """What the difference of the second of two slices from the first stands on."""
    (past, now), (past_people, now_people) = (
        counts.round().astype(np.int64).tolist() for counts in (moments.whole, moments.people)
    )
    return {"first_n": now, "second_n": past, "first_people": now_people, "second_people": past_people}


def compare(one: Figure, two: Figure, counts: dict[str, int], *, days: tuple[float, float]) -> Difference:
    """Square-and-add (Zou and Donner 2008) of the limits of both; the chance is that of the people."""
    low, high = square_and_add(one, two, Z)
    return Difference(
        first=one.value,
        second=two.value,
        value=one.value - two.value,
        low=low,
        high=high,
        chance=compare_people(counts["first_people"], counts["second_people"], (days[1], days[0]))[0],
        **counts,
    )


def as_rate(sizes: tuple[float, float], days: float) -> Figure:
    """A count per day."""
    limits = limits_of_count(*sizes)

    def scaled(z: float) -> tuple[float, float]:
        low, high = limits(z)
        return low / days, high / days

    return Figure(value=sizes[0] / days, part=NOBODY, limits=scaled, span=math.inf)
