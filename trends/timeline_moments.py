"""The moments of a line of a trend in every slice."""

from __future__ import annotations

import numpy as np

from trends.measures import FIVE, Measure
from trends.moments import Figures, Kind, Moments, Shared


def find_moments(measure: Measure) -> Moments:
    """The moments of a line in every slice.

    Who said one thing adds 0 or 1, whose square is itself: only who said more is squared, but for means and the like.
    """
    tally, names = measure.tally, measure.sums
    up, n, product = names[0], names[-1], tally.product
    plus, squares, cross = tally.total(up), tally.alone(up) + product(up, up), tally.alone(up) + product(up, n)
    minus, people, sizes = np.zeros(tally.size), tally.people(n), tally.alone(n) + product(n, n)
    if len(names) == 3:
        down = names[1]
        minus = tally.total(down)
        squares = squares + tally.alone(down) + product(down, down) - 2 * product(up, down)
        cross = cross - tally.alone(down) - product(down, n)
    elif measure.kind.unit == "mean":
        squares = tally.alone("square") + product(up, up)
    elif measure.figure == "confirmed":
        cross, sizes = tally.alone("cross") + product(up, n), tally.alone("square") + product(n, n)
        people = tally.alone("once") + tally.spread(tally.sums(n) > 0)
    return Moments(people, plus, minus, tally.total(n), squares, cross, sizes)


def figures_of(measure: Measure, moments: Moments) -> Figures:
    """The shares, nets or means of slices with an answer each."""
    return Figures(moments, kind_of(measure), measure.scale or FIVE)


def kind_of(measure: Measure) -> Kind:
    """What a line's figures are, which are no counts."""
    unit = measure.kind.unit
    return "net" if unit == "net" else "mean" if unit == "mean" else "share"


def find_shared(measure: Measure) -> Shared:
    """What those add who spoke in both of two slices, the second one first."""
    sums = [measure.tally.met(name) for name in measure.sums]
    past_n, n = sums[-1]
    past_x, x = (sums[0][place] - sums[1][place] if len(sums) == 3 else sums[0][place] for place in (0, 1))
    return Shared(*(np.array([float((one * two).sum())]) for one, two in ((x, past_x), (x, past_n), (n, past_x), (n, past_n))))
