"""Ratings: NPS, CSAT, and the mean and top two boxes of each source's scale; and whether they got better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from store.facts import distinct
from store.records import MEASURES
from trends.answers import Net, Share
from trends.crowd import Crowd, Floats, Mean, empty_crowd, gather_crowd, gather_crowds, mean_of, net_of, share_of

Ints = NDArray[np.int64]
NPS, CSAT = (MEASURES.index(measure) + 1 for measure in ("nps", "csat"))
FEW_BOXES, MOST_BOXES = 2.0, 10.0
"""Distances from worst to best: up to the first only the best box counts, beyond the second there are no boxes."""
TOP = 0.75
"""Where the top of a scale without boxes begins, as 4 of 1 to 5 does."""
Scale = tuple[int, int, float, float]
"""(source, measure, worst, best)."""


@dataclass(frozen=True)
class Ratings:
    """Ratings as columns of one length, one place an answer; what is no number is no rating."""

    source: Ints
    """Number of the source (or of source and site), named in `names`."""
    value: Floats
    worst: Floats
    best: Floats
    measure: Ints
    """0 without, else the place in `store.records.MEASURES`, from 1."""
    person: NDArray[np.uint64]
    """Number of the person; 0 is nobody known."""
    names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ScaleFigures:
    """The ratings of one source on one scale; scales are never mixed."""

    source: str
    measure: str
    """`stars`, `nps`, `csat`, `thumbs`, or empty where the source does not say."""
    worst: float
    best: float
    top_from: float
    """The lowest rating among the top boxes: see `find_top`."""
    top: Share
    """Top two boxes over answers."""
    mean: Mean


@dataclass(frozen=True, kw_only=True)
class Satisfaction:
    """What people's ratings come to. A person counts once for the interval, however often they rate."""

    nps: Net
    """%9–10 less %0–6, from −1 to 1; its `positive`, `neutral` and `negative` are promoters, passives and detractors."""
    csat: Share
    """Top two boxes over answers, of the CSAT scale that was asked for, else of the one with the most answers."""
    csat_scale: tuple[float, float] | None
    """Its worst and best; None without any."""
    csat_elsewhere: int
    """CSAT answers on other scales, not counted."""
    scales: tuple[ScaleFigures, ...]
    """Most answers first."""
    left_out: int
    """Ratings without a scale, or beyond it."""


def rate(ratings: Ratings, *, floor: int, csat_scale: tuple[float, float] | None = None) -> Satisfaction:
    """NPS, CSAT and every scale's figures; under `floor` people a figure has no value.

    CSAT is of the answers on `csat_scale`; without one, on the scale with the most answers.
    """
    sorted_out = sort_out(ratings)
    csat_scale, csat = sorted_out.csat(csat_scale)
    everybody = sum(len(place) for scale, place in sorted_out.places.items() if scale[1] == CSAT)
    figures = [rate_scale(ratings, scale, crowd, floor=floor) for scale, crowd in sorted_out.crowds.items()]
    return Satisfaction(
        nps=net_of(sorted_out.nps(), floor=floor),
        csat=share_of(csat, floor=floor),
        csat_scale=csat_scale,
        csat_elsewhere=everybody - csat.answers,
        scales=tuple(sorted(figures, key=lambda one: (-one.mean.n, one.source, one.measure, one.best))),
        left_out=sorted_out.left_out,
    )


def choose_csat(*some: Ratings) -> tuple[float, float] | None:
    """The scale that most CSAT answers are on, in the first of some ratings that have any: one scale for all cuts of them."""
    return next((scale for ratings in some if (scale := sort_out(ratings).csat()[0]) is not None), None)


@dataclass(frozen=True)
class Sorted:
    """Ratings sorted out by scale."""

    ratings: Ratings
    places: Mapping[Scale, Ints]
    """Where the ratings of a scale stand."""
    crowds: Mapping[Scale, Crowd]
    """By scale what each person gave: sum, top boxes, answers."""
    left_out: int

    def nps(self) -> Crowd:
        """Promoters and detractors by person, from whole answers 0 to 10 to the NPS question, of all sources."""
        places = self.of(NPS, (0.0, 10.0))
        value = self.ratings.value[places]
        places, value = places[value == np.floor(value)], value[value == np.floor(value)]
        return gather_crowd(self.ratings.person[places], value >= 9, value <= 6)

    def csat(self, scale: tuple[float, float] | None = None) -> tuple[tuple[float, float] | None, Crowd]:
        """(scale, top boxes by person) of the CSAT answers on one scale, else on the one with the most, of all sources."""
        counts: dict[tuple[float, float], int] = {}
        for (_, measure, worst, best), places in self.places.items():
            if measure == CSAT:
                counts[worst, best] = counts.get((worst, best), 0) + len(places)
        chosen = scale or max(sorted(counts), key=counts.__getitem__, default=None)
        if chosen is None:
            return None, empty_crowd(1)
        places = self.of(CSAT, chosen)
        return chosen, gather_crowd(self.ratings.person[places], self.ratings.value[places] >= find_top(*chosen))

    def of(self, measure: int, scale: tuple[float, float]) -> Ints:
        """Where the answers to one measure on one scale stand."""
        found = [place for key, place in self.places.items() if key[1:] == (measure, *scale)]
        return np.concatenate(found) if found else np.zeros(0, np.int64)


def sort_out(ratings: Ratings) -> Sorted:
    """Find the scales, and what each person gave on them. In the order of people, all that is added up later is in order."""
    ratings = in_order(ratings)
    rated = np.isfinite(ratings.value)
    bounded = np.isfinite(ratings.worst) & np.isfinite(ratings.best) & (ratings.worst < ratings.best)
    fits = rated & bounded & (ratings.value >= ratings.worst) & (ratings.value <= ratings.best)
    places = find_scales(ratings, np.flatnonzero(fits))
    group = np.zeros(len(fits), np.uint16)
    top = np.zeros(len(fits), np.bool_)
    for position, (scale, place) in enumerate(places.items()):
        group[place] = position
        top[place] = ratings.value[place] >= find_top(*scale[2:])
    crowds = gather_crowds(ratings.person[fits], group[fits], ratings.value[fits], top[fits])
    by_scale = {scale: crowds[position] for position, scale in enumerate(places)}
    return Sorted(ratings, places, by_scale, int(rated.sum() - fits.sum()))


def in_order(ratings: Ratings) -> Ratings:
    """The same, sorted by person."""
    order = np.argsort(ratings.person)
    names = ("source", "value", "worst", "best", "measure", "person")
    return replace(ratings, **{name: getattr(ratings, name)[order] for name in names})


def find_scales(ratings: Ratings, rows: Ints) -> dict[Scale, Ints]:
    """Where the ratings of each source, measure, worst and best stand."""
    columns = (ratings.source, ratings.measure, ratings.worst, ratings.best)
    codes = number_scales(ratings.source[rows], ratings.measure[rows], ratings.worst[rows], ratings.best[rows])
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    parts = np.split(rows[order], np.cumsum(np.bincount(codes))[:-1])
    return {tuple(column[part[0]].item() for column in columns): part for part in parts if len(part)}


def number_scales(source: Ints, measure: Ints, worst: Floats, best: Floats) -> Ints:
    """A number from 0 for the source, measure, worst and best of each of some ratings."""
    codes = number(source * (len(MEASURES) + 1) + measure)
    for bound in (worst, best):
        bounds = distinct(bound)
        codes = number(codes * len(bounds) + np.searchsorted(bounds, bound))
    return codes


def number(values: Ints) -> Ints:
    """The place of each whole number among the distinct ones, without sorting."""
    there = np.bincount(values) > 0
    return (np.cumsum(there) - 1)[values]


def find_top(worst: float, best: float) -> float:
    """The lowest rating of the top two boxes: 4 on 1–5, 6 on 1–7, 9 on 1–10 and 0–10.

    With two or three boxes (thumbs) it is the best alone, or nearly all would be on top; beyond eleven (percent) there are no
    boxes, and it is where 4 stands on 1–5. A half star counts as what it has reached: 4.5 is on top, 3.5 is not.
    """
    span = best - worst
    if span <= FEW_BOXES:
        return best
    return best - 1 if span <= MOST_BOXES else worst + TOP * span


def rate_scale(ratings: Ratings, scale: Scale, crowd: Crowd, *, floor: int) -> ScaleFigures:
    """The figures of one scale."""
    source, measure, worst, best = scale
    return ScaleFigures(
        source=ratings.names.get(source, str(source)),
        measure=MEASURES[measure - 1] if measure else "",
        worst=worst,
        best=best,
        top_from=find_top(worst, best),
        top=share_of(topped(crowd), floor=floor),
        mean=mean_of(crowd, worst=worst, best=best, floor=floor),
    )


def topped(crowd: Crowd) -> Crowd:
    """Top boxes and answers by person, of a scale's crowd."""
    return Crowd(crowd.people, crowd.sums[:, [1, 2]])
