"""The moments of a line of a trend in every slice."""

from __future__ import annotations

import numpy as np

from trends.crowd import Floats
from trends.measures import FIVE, Measure
from trends.moments import Figures, Kind, Moments, Shared


def find_moments(measure: Measure) -> Moments:
    """The moments of a line in every slice.

    Who said one thing adds 0 or 1, whose square is itself: only who said more is squared, but for means and the like.
    """
    tally, names = measure.tally, measure.sums
    if measure.kind.unit == "mean" or measure.figure == "confirmed":
        return find_all_moments(measure)
    often = tally.often
    totals = [tally.total(name) for name in names]
    sums = [often.sums(name) for name in names]
    plus_all, whole_all, up, n = totals[0], totals[-1], sums[0], sums[-1]
    minus_all, down = (totals[1], sums[1]) if len(names) == 3 else (np.zeros(tally.size), np.zeros(len(n)))
    up_once, down_once, once = (
        total - often.spread(part) for total, part in ((plus_all, up), (minus_all, down), (whole_all, n))
    )
    x = up - down
    return Moments(
        people=once + often.spread((n > 0).astype(np.float64)),
        plus=plus_all,
        minus=minus_all,
        whole=whole_all,
        squares=up_once + down_once + often.spread(x * x),
        cross=up_once - down_once + often.spread(x * n),
        sizes=once + often.spread(n * n),
    )


def find_all_moments(measure: Measure) -> Moments:
    """The same of everybody."""
    tally, names = measure.tally, measure.sums
    x, n, add = tally.sums(names[0]), tally.sums(names[-1]), tally.spread
    return Moments(add(n > 0), add(x), np.zeros(tally.size), add(n), add(x * x), add(x * n), add(n * n))


def figures_of(measure: Measure, moments: Moments) -> Figures:
    """The shares, nets or means of slices with an answer each."""
    return Figures(moments, kind_of(measure), measure.scale or FIVE)


def kind_of(measure: Measure) -> Kind:
    """What a line's figures are, which are no counts."""
    unit = measure.kind.unit
    return "net" if unit == "net" else "mean" if unit == "mean" else "share"


def find_shared(measure: Measure) -> Shared:
    """What those add who spoke in both of two slices, the second one first."""
    there, here = measure.tally.both
    (x, n), (past_x, past_n) = (pairs_of(measure, groups) for groups in (here, there))
    return Shared(*(np.array([float((one * two).sum())]) for one, two in ((x, past_x), (x, past_n), (n, past_x), (n, past_n))))


def pairs_of(measure: Measure, groups: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[Floats, Floats]:
    """(what they add, how many answers that is of) of some groups."""
    sums = [measure.tally.sums(name)[groups] for name in measure.sums]
    return (sums[0] - sums[1] if len(sums) == 3 else sums[0]), sums[-1]
