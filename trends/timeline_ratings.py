"""The lines of ratings: NPS, CSAT, stars, and mean and top two boxes of each source's scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from store.facts import split_site
from store.records import MEASURES
from trends.frame import Bools, Frame, Rows
from trends.measures import FIVE, Measure
from trends.periods import Slices
from trends.ratings import CSAT, NPS, Ratings, Scale, find_scales, find_top

STARS = MEASURES.index("stars") + 1
MOST_SCALES = 4
"""Sources and scales that have lines: those with the most ratings."""


@dataclass(frozen=True)
class Rated:
    """The ratings of a frame, sorted by scale."""

    rows: Rows
    """Where the ratings that fit their scale stand in the frame."""
    places: Rows
    """For each fact of the frame, where it stands among them."""
    ratings: Ratings
    """Of these rows."""
    scales: Mapping[Scale, Rows]
    """Where each scale's stand among `rows`."""

    @property
    def csat(self) -> tuple[float, float] | None:
        """The scale that most CSAT answers are on; one for all cuts of the frame."""
        counts: dict[tuple[float, float], int] = {}
        for (_, measure, worst, best), rows in self.scales.items():
            if measure == CSAT:
                counts[worst, best] = counts.get((worst, best), 0) + len(rows)
        return max(sorted(counts), key=counts.__getitem__, default=None)

    def of(self, measure: int, scale: tuple[float, float]) -> Rows:
        """The answers to one measure on one scale, of all sources."""
        found = [rows for key, rows in self.scales.items() if key[1:] == (measure, *scale)]
        return np.concatenate(found) if found else np.zeros(0, np.int64)


def find_rated(frame: Frame, spoken: Bools) -> Rated:
    """The ratings among some facts that are on a scale, and within it."""
    given, worst, best = (frame.column(name) for name in ("rating", "worst", "best"))
    rows = np.flatnonzero(spoken & (worst < best) & (given >= worst) & (given <= best))
    value, low, high = (column[rows].astype(np.float64) for column in (given, worst, best))
    numbers, names = find_sources(frame, rows)
    ratings = Ratings(
        source=numbers,
        value=value,
        worst=low,
        best=high,
        measure=frame.column("measure")[rows].astype(np.int64),
        person=frame.column("author")[rows],
        names=names,
    )
    places = np.zeros(len(frame), np.int64)
    places[rows] = np.arange(len(rows))
    return Rated(rows, places, ratings, find_scales(ratings, np.arange(len(rows))) if len(rows) else {})


def find_sources(frame: Frame, rows: Rows) -> tuple[Rows, dict[int, str]]:
    """(for each row the number of its source, the names of the sources)."""
    sites = frame.column("site")[rows]
    there = np.flatnonzero(np.bincount(sites))
    names = sorted({split_site(frame.segment.names[site])[0] for site in there.tolist()})
    numbers = np.zeros(int(there.max(initial=0)) + 1, np.int64)
    numbers[there] = [names.index(split_site(frame.segment.names[site])[0]) for site in there.tolist()]
    return numbers[sites], dict(enumerate(names))


def measure_ratings(slices: Slices, rated: Rated) -> list[Measure]:
    """NPS, CSAT, stars, and mean and top two boxes of each source's scale, most answers first."""
    value = rated.ratings.value
    whole = rated.of(NPS, (0.0, 10.0))
    whole = whole[value[whole] == np.floor(value[whole])]
    nps = {"promoters": value >= 9, "detractors": value <= 6}
    found = [measure_some(slices, rated, "nps", whole, nps, ("promoters", "detractors", "all"))]
    if rated.csat is not None:
        top = {"top": value >= find_top(*rated.csat)}
        rows = rated.of(CSAT, rated.csat)
        found.append(measure_some(slices, rated, "csat", rows, top, ("top", "all"), scale=rated.csat))
    stars = rated.of(STARS, FIVE)
    found.append(measure_some(slices, rated, "stars", stars, {"value": value}, ("value", "all"), scale=FIVE))
    asked = [(scale, rows) for scale, rows in rated.scales.items() if scale[1] not in (NPS, CSAT)]
    for (source, _, worst, best), rows in sorted(asked, key=lambda one: -len(one[1]))[:MOST_SCALES]:
        columns = {"value": value, "top": value >= find_top(worst, best)}
        name = rated.ratings.names[source]
        mean = measure_some(slices, rated, "mean", rows, columns, ("value", "all"), source=name, scale=(worst, best))
        found += [mean, Measure("top", mean.tally, ("top", "all"), name, (worst, best))]
    return found


def measure_some(
    slices: Slices,
    rated: Rated,
    figure: str,
    rows: Rows,
    columns: Mapping[str, np.ndarray[tuple[int], np.dtype[np.generic]]],
    sums: tuple[str, ...],
    *,
    source: str = "",
    scale: tuple[float, float] | None = None,
) -> Measure:
    """A line of some of the ratings, copies once; `rows` and `columns` are by the places of ratings."""
    part = slices.once(slices.frame.masked(rated.rows[rows]))
    return Measure(figure, slices.tally_some(part, rated.places, columns), sums, source, scale)
