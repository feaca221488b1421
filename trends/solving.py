"""Shares as a classifier tells them, corrected: what is truly so in each slice, with its interval.

The told shares of *all* mentions of a slice are unmixed, those of judged mentions too. A sample is drawn by what is told, rare
labels more often: what it leaves is no longer told as the confusion says, and unmixing that alone pushed rare labels to nought
(by 2 to 5 points where a third or more of a window was judged). What people gave bounds the answer: none of it is denied. Where
the sample was drawn from the same mentions this is the estimate of the stratified sample itself; where it was drawn from
others, or from a part, it stays unbiased, which sharing out the rest by truth given told (prediction) does not: that holds only
where the sample has the mix of what it left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trends.crowd import Floats
from trends.intervals import Z
from trends.moments import limits_of_nets, limits_of_shares
from trends.prevalence import (
    DRAWS,
    FLOOR,
    Confusion,
    Corrected,
    Estimate,
    as_row,
    left_of,
    nearest_on_faces,
    shares_of,
    unmix_beside,
)
from trends.said import Said, said_by, said_once


@dataclass(frozen=True)
class Solved:
    """What is truly so in each slice."""

    said: Said
    values: Floats
    """The shares of k labels, (slices, k)."""
    draws: Floats
    """The same of resamples, (k, slices, draws)."""

    def interval(self, side: Floats) -> tuple[Floats, Floats, Floats]:
        """By slice (value, low, high) of the sum of shares by the signs in `side` (k), at 95%.

        Percentiles of the resamples, and at least the interval that as many answers would have were they known to be true
        (Wilson's or Newcombe's, at the effective number): six people who all say the same resample to the same six people,
        and yet do not prove that everybody does.
        """
        value = self.values @ side
        low, high = np.percentile(np.tensordot(side, self.draws, 1), [2.5, 97.5], axis=1)
        below, above = self.limits(side)
        return value, np.minimum(np.minimum(low, below), value), np.maximum(np.maximum(high, above), value)

    def limits(self, side: Floats) -> tuple[Floats, Floats]:
        """The limits of known answers of which these are the shares; the whole range where nothing was said."""
        low, high = np.full(len(self.values), float(side.min(initial=0.0))), np.ones(len(self.values))
        there = np.flatnonzero(self.said.people)
        moments = self.said.moments(side).take(there)
        answers, z = moments.whole / moments.effect, np.full(len(there), Z)
        plus, minus = ((self.values[there] @ part) * answers for part in (side > 0, side < 0))
        limits = limits_of_nets(plus, minus, answers, z) if (side < 0).any() else limits_of_shares(plus, answers, z)
        low[there], high[there] = limits
        return low, high


def solve(said: Said, confusion: Confusion, amount: int = DRAWS) -> Solved:
    """Correct all slices at once, with an amount of resamples: the confusions that were drawn are inverted once."""
    values = unmix_beside(confusion.rates[None], said.told, said.given)
    return Solved(said, values, undo(said.draw(amount), said.labels, confusion))


def undo(drawn: Floats, labels: int, confusion: Confusion) -> Floats:
    """What is truly so, (k, slices, draws), of drawn counts (columns, slices, draws), each by the confusion of its draw.

    As `unmix_beside`; `drawn` may be written to.
    """
    told, given = drawn[:labels], drawn[labels:]
    told[:, told.sum(axis=0) == 0] = 1.0
    found = np.zeros(told.shape)
    for row, one in enumerate(told):
        for column, true in enumerate(found):
            true += one * confusion.undone[: drawn.shape[-1], row, column]
    off = ((found < given) if len(given) else (found < 0)).any(axis=0)
    if off.any():
        rates, one = confusion.draws[np.nonzero(off)[1]], told[:, off].T
        two = given[:, off].T if len(given) else np.zeros(one.shape)
        rest = np.maximum(one.sum(axis=1) - two.sum(axis=1), 0.0)[:, None]
        found[:, off] = (two + rest * nearest_on_faces(rates, left_of(rates, one, two))).T
    found /= found.sum(axis=0)
    return found


def correct(
    counts: Mapping[str, int], confusion: Confusion | None, *, people: Sequence[Sequence[int]] = (), floor: int = FLOOR
) -> Corrected | None:
    """Correct the shares of labels among counted mentions; None while fewer than `floor` sampled judgements are there.

    `counts` are all mentions as the classifier tells them. Where people count more than once, or some mentions were judged,
    `people` has a row for each person: what is told of him, in the order of the confusion's labels, and after these, where
    anything was judged, the labels that were given among it.
    """
    if confusion is None:
        return None
    told = as_row(counts, confusion.labels)
    said = said_by(np.asarray(people, np.float64), len(told)) if len(people) else said_once(told)
    return correct_said(said, told, confusion, floor=floor)


def correct_said(said: Said | None, shown: Floats, confusion: Confusion, *, floor: int = FLOOR) -> Corrected | None:
    """As `correct`, of one slice; `shown` (k) are the counts that stand beside, uncorrected.

    Where the confusion cannot be undone (nothing said is needed then) the figures are raw and `reason` says why.
    """
    if confusion.judged < floor:
        return None
    whole = shown.sum()
    reason = confusion.fault(floor) or ("" if whole else "nothing was counted")
    raw, solved = shares_of(shown) if whole else None, None if reason or said is None else solve(said, confusion)
    side = dict(zip(confusion.labels, np.eye(len(confusion.labels)), strict=True))
    shares = tuple(estimate(label, raw, solved, one) for label, one in side.items())
    both = {"positive", "negative"} <= set(side)
    net = estimate("net", raw, solved, side["positive"] - side["negative"]) if both else None
    return Corrected(n=int(whole), judged=confusion.judged, shares=shares, net=net, reason=reason)


def estimate(label: str, raw: Floats | None, solved: Solved | None, side: Floats) -> Estimate:
    """The figure that is the sum of shares by the signs in `side`, of the first slice."""
    told = None if raw is None else float(raw @ side)
    if solved is None:
        return Estimate(label=label, raw=told)
    value, low, high = (float(end[0]) for end in solved.interval(side))
    return Estimate(label=label, raw=told, value=value, low=low, high=high)
