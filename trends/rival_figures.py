"""The figures of two brands beside each other: shares, nets, ratings, topics and attributes, and texts that name both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from config import Config
from store.records import MEASURES
from trends.differences import Difference, judge_change
from trends.moments import Moments, Shared, compare_moments, join_moments, join_shared
from trends.rival_answers import Better, Compared
from trends.rival_tally import Tally
from trends.rival_told import Scale
from trends.threads import map_at_once

SIDES: tuple[Better, ...] = ("own", "other", "neither", "not read")
OWN, OTHER, NEITHER, NOT_READ = range(4)
BASIC = {"net": "Net sentiment", "negative": "Share negative", "complaints": "Complaint rate"}


@dataclass(frozen=True)
class Beside:
    """The figures of two brands beside each other, each with what it means by itself."""

    basic: tuple[Compared, ...]
    topics: tuple[Compared, ...]
    attributes: tuple[Compared, ...]
    scales: tuple[Compared, ...]
    """Of ratings: those scales that both have, most answers first."""


def compare_all(pairs: Sequence[tuple[Tally, Tally]], config: Config, scales: Sequence[Scale], *, floor: int) -> list[Beside]:
    """Compare each pair in all figures; of all pairs at once, since few figures take as long as many."""

    for mine, _ in pairs:
        mine.sort_out()
    both = [join_shared(parts) for parts in zip(*map_at_once(lambda pair: pair[0].share(pair[1]), pairs), strict=True)]

    def compare(of: Callable[[Tally], Moments], shared: Shared, **kind: Any) -> list[Difference]:
        first, second = (join_moments([of(pair[side]) for pair in pairs]) for side in (0, 1))
        return compare_moments(first, second, shared, floor=floor, **kind)

    bounds = np.tile(np.array([scale[2:] for scale in scales], np.float64).reshape(-1, 2), (len(pairs), 1))
    nets = compare(lambda one: one.nets, both[0], kind="net")
    shares = compare(lambda one: one.shares, both[1], kind="share")
    means = compare(lambda one: one.means.moments, both[2], kind="mean", scale=(bounds[:, 0], bounds[:, 1]))
    found = zip(nets, parted(shares, len(pairs)), parted(means, len(pairs)), strict=True)
    return [put_beside(*each, config, scales) for each in found]


def parted(differences: Sequence[Difference], count: int) -> list[Sequence[Difference]]:
    """Those of each of several pairs, which have as many each."""
    size = len(differences) // count
    return [differences[size * place : size * (place + 1)] for place in range(count)]


def put_beside(
    net: Difference, shares: Sequence[Difference], means: Sequence[Difference], config: Config, scales: Sequence[Scale]
) -> Beside:
    """Name the differences of one pair; shares in the order of `Tally.shares`."""
    told = iter(shares)
    of_basic = zip(BASIC.items(), (net, next(told), next(told)), strict=True)
    basic = [make_compared(figure, "", name, one) for (figure, name), one in of_basic]
    topics = [make_compared("topic", one.id, one.name, next(told)) for one in config.topics]
    attributes = [make_compared("attribute", one.id, one.name, next(told)) for one in config.attributes]
    return Beside(tuple(basic), tuple(topics), tuple(attributes), name_scales(means, list(told), scales))


def make_compared(figure: str, subject: str, name: str, difference: Difference) -> Compared:
    """A difference with what it means by itself."""
    outcome = judge_change(difference, good="up" if figure in ("net", "attribute") else "down")
    return Compared(figure=figure, subject=subject, name=name, scale="", difference=difference, outcome=outcome)


def name_scales(means: Sequence[Difference], tops: Sequence[Difference], scales: Sequence[Scale]) -> tuple[Compared, ...]:
    """Mean and top boxes of each source and scale that both have, most answers first."""
    found = []
    there = [place for place, one in enumerate(means) if one.first_n and one.second_n]
    for place in sorted(there, key=lambda place: -means[place].first_n):
        source, measure, worst, best = scales[place]
        scale = f"{MEASURES[measure - 1] if measure else 'rating'} {worst:g}–{best:g}"
        for figure, name, difference in (("mean", "Mean rating", means[place]), ("top", "Top ratings", tops[place])):
            found.append(
                Compared(
                    figure=figure,
                    subject=source,
                    name=f"{name}, {source}",
                    scale=scale,
                    difference=difference,
                    outcome=judge_change(difference, good="up"),
                )
            )
    return tuple(found)


def in_order(compared: Iterable[Compared]) -> tuple[Compared, ...]:
    """Better first, then what is not clear, then worse; the largest differences at both ends."""
    sides: Mapping[str, int] = {"better": 0, "no clear change": 1, "too few to say": 2, "worse": 3}
    return tuple(
        sorted(
            compared,
            key=lambda one: (sides[one.outcome], -abs(one.difference.value or 0) * (1 if one.outcome != "worse" else -1)),
        )
    )
