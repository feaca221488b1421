"""The lines of ratings: NPS, CSAT, stars, and mean and top two boxes of each source's scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.facts import Facts, split_site
from store.records import MEASURES
from trends.frame import Bools, Frame
from trends.measures import FIVE, Measure
from trends.periods import Slices
from trends.ratings import CSAT, NPS, find_top, number_scales
from trends.windows import Window

STARS = MEASURES.index("stars") + 1
MOST_SCALES = 4
"""Sources and scales that have lines: those with the most ratings in the window. A note names the others."""
Scale = tuple[str, int, float, float]
"""(source, measure, worst, best)."""
Count = tuple[int, int]
"""(answers in the window, answers of all that was read)."""


@dataclass(frozen=True)
class Rated:
    """The ratings of a frame that fit their scale, sorted by it."""

    value: NDArray[Any]
    """The rating of each fact; not a number without."""
    codes: NDArray[Any]
    """The scale of each fact, as a place in `scales`; what is no rating has a place of its own, the last."""
    scales: Mapping[Scale, Count]
    """How many ratings each scale has."""

    @property
    def csat(self) -> tuple[float, float] | None:
        """The scale that most CSAT answers of the window are on; one for all cuts of the frame."""
        counts = self.csat_scales
        return max(sorted(counts), key=counts.__getitem__, default=None)

    @property
    def csat_scales(self) -> dict[tuple[float, float], Count]:
        """How many CSAT answers are on each scale, of all sources."""
        counts: dict[tuple[float, float], Count] = {}
        for (_, measure, *bounds), (here, all_read) in self.scales.items():
            if measure == CSAT:
                worst, best = bounds
                known = counts.get((worst, best), (0, 0))
                counts[worst, best] = known[0] + here, known[1] + all_read
        return counts

    @property
    def asked(self) -> list[Scale]:
        """The scales of each source that are neither NPS nor CSAT, most answers first."""
        there = [scale for scale in self.scales if scale[1] not in (NPS, CSAT)]
        return sorted(there, key=self.scales.__getitem__, reverse=True)

    def on(self, scale: Scale) -> Bools:
        """Which facts are ratings on a scale."""
        found: Bools = self.codes == list(self.scales).index(scale)
        return found

    def of(self, measure: int, scale: tuple[float, float]) -> Bools:
        """Which facts answer one measure on one scale, of all sources."""
        asked = np.array([*(key[1:] == (measure, *scale) for key in self.scales), False])
        found: Bools = asked[self.codes]
        return found


def find_rated(frame: Frame, spoken: Bools, window: Window | None = None) -> Rated:
    """The ratings among some facts that are on a scale, and within it; all of them count for the window without one."""
    kinds = frame.segment.facts.derived("scale", find_kinds) * spoken
    counts = np.bincount(kinds)
    there = np.flatnonzero(counts[1:]) + 1
    last = np.zeros(len(counts), np.int64)
    last[kinds] = np.arange(len(kinds))
    columns = (frame.column(name)[last[there]].tolist() for name in ("site", "measure", "worst", "best"))
    keys = [(split_site(frame.segment.names[site])[0], *scale) for site, *scale in zip(*columns, strict=True)]
    here = counts if window is None else np.bincount(kinds[frame.rows_where(window, kinds > 0)], minlength=len(counts))
    scales = dict.fromkeys(sorted(set(keys)), (0, 0))
    for key, count, all_read in zip(keys, here[there].tolist(), counts[there].tolist(), strict=True):
        scales[key] = scales[key][0] + count, scales[key][1] + all_read
    places = {key: place for place, key in enumerate(scales)}
    by_kind = np.full(len(counts), len(scales), np.uint16)
    by_kind[there] = [places[key] for key in keys]
    return Rated(frame.column("rating").astype(np.float64), by_kind[kinds], scales)


def find_kinds(facts: Facts) -> NDArray[np.uint32]:
    """A number from 1 on for the site, measure, worst and best of each fact whose rating is within its scale; else 0."""
    given, worst, best = (facts[name] for name in ("rating", "worst", "best"))
    rows = np.flatnonzero((worst < best) & (given >= worst) & (given <= best))
    found = np.zeros(len(facts), np.uint32)
    if len(rows):
        site, measure = (facts[name][rows].astype(np.int64) for name in ("site", "measure"))
        found[rows] = number_scales(site, measure, worst[rows], best[rows]) + 1
    return found


def measure_ratings(slices: Slices, rated: Rated, wanted: Set[str]) -> list[Measure]:
    """NPS, CSAT, stars, and mean and top two boxes of each source's scale, most answers first: those that are wanted."""
    value, found = rated.value, []
    if "nps" in wanted:
        whole = rated.of(NPS, (0.0, 10.0)) & (value == np.floor(value))
        nps = {"promoters": value >= 9, "detractors": value <= 6}
        found.append(measure_some(slices, "nps", whole, nps, ("promoters", "detractors", "all")))
    if "csat" in wanted and rated.csat is not None:
        top = {"top": value >= find_top(*rated.csat)}
        found.append(measure_some(slices, "csat", rated.of(CSAT, rated.csat), top, ("top", "all"), scale=rated.csat))
    means = {"value": value, "square": value * value}
    if "stars" in wanted:
        found.append(measure_some(slices, "stars", rated.of(STARS, FIVE), means, ("value", "all"), scale=FIVE))
    for scale in rated.asked[:MOST_SCALES] if "ratings" in wanted else ():
        source, _, worst, best = scale
        columns = {**means, "top": value >= find_top(worst, best)}
        sums, bounds = ("value", "all"), (worst, best)
        mean = measure_some(slices, "mean", rated.on(scale), columns, sums, source=source, scale=bounds)
        found += [mean, Measure("top", mean.tally, ("top", "all"), source, bounds)]
    return found


def measure_some(
    slices: Slices,
    figure: str,
    part: Bools,
    columns: Mapping[str, NDArray[Any]],
    sums: tuple[str, ...],
    *,
    source: str = "",
    scale: tuple[float, float] | None = None,
) -> Measure:
    """A line of some of the ratings, copies once."""
    return Measure(figure, slices.tally(slices.once(part), columns), sums, source, scale)


def say_left_out(rated: Rated, figures: Sequence[str]) -> list[str]:
    """Which answers that were asked for have no line."""
    notes, others = [], rated.asked[MOST_SCALES:] if "ratings" in figures else []
    if others:
        named = [f"{scale[0]} {scale[2]:g}–{scale[3]:g} ({rated.scales[scale][0]:,})" for scale in others]
        notes.append(
            f"Ratings: the {MOST_SCALES} sources and scales with the most answers in the window have lines; left out, with "
            f"their answers there, are {', '.join(named)}. Ask for the ratings of one source to see them."
        )
    elsewhere = sum(count for scale, (count, _) in rated.csat_scales.items() if scale != rated.csat)
    if "csat" in figures and rated.csat is not None and elsewhere:
        worst, best = rated.csat
        answers = f"{elsewhere:,} answer{'s' if elsewhere > 1 else ''} of the window on other scales"
        notes.append(f"CSAT is of the scale {worst:g}–{best:g}, which has the most answers; {answers} are not counted.")
    return notes
