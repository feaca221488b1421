"""What is usual: a regression of past counts on level, slow trend, weekday and season, which foretells the next few days.

A quasi-Poisson regression with a logarithmic link, as in Farrington et al. 1996 (JRSS A 159) and Noufaily et al. 2013
(Statistics in Medicine 32), with two changes for short and sparse baselines: each term but the level has a normal prior about
nought (so it is drawn in unless the counts speak), and what is unsure about the mean and about φ goes into the prediction.
Many series of one length are fitted at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from trends.dispersion import Array, Prediction, estimate_phi, weigh_phi

WEEK = 7
YEAR = 365.25 / WEEK
"""Weeks in a year."""
SLOPE, BEND = 0.05, 0.01
"""Standard deviations before counts are seen of the logarithm's change a week, and of that change's change a week."""
WEEKDAY = 0.5
"""That of a weekday's effect on the logarithm."""
SEASON = 1.0
"""That of each half of a yearly wave and of a half-yearly one."""
HINGES = {52: 0.005, 104: 0.005, 156: 0.005, 208: 0.005}
"""Where a long trend may turn (weeks ago), and the standard deviation of the turn."""
USUAL = 0.99
"""From the Anscombe residual that is passed with a chance of 1% on (2.33 of a normal distribution; Noufaily et al. 2013 take
2.58), a past week is taken for an outbreak's …"""
FORGIVING = 6
"""… and weighs (2.33 / residual)⁶: with their power of 2 four outbreaks in five years made the test a third too cautious."""
ROUNDS = 2
NEWTON = 25
EXACT = 1e-4


@dataclass(frozen=True, kw_only=True)
class Design:
    """The terms of a regression, the same for all series of one length."""

    past: Array
    """(periods, terms), oldest first."""
    ahead: Array
    """(periods foretold, terms)."""
    precision: Array
    """1 / variance of each term beforehand, shape (terms,); 0 for the level."""
    block: int
    """Periods that are judged together as part of an outbreak: seven days, or one week."""


@cache
def design_days(days: int) -> Design:
    """Daily counts, of which the next seven days are foretold: level, slope, bend and weekdays."""
    weeks = (np.arange(-days - WEEK + 1, 1) + (WEEK - 1) / 2) / WEEK
    weekday = np.arange(-days - WEEK + 1, 1)[:, None] % WEEK == np.arange(WEEK)
    terms = np.column_stack([np.ones(len(weeks)), weeks, weeks**2 / 2, weekday])
    precision = np.array([0.0, SLOPE**-2, BEND**-2, *[WEEKDAY**-2] * WEEK])
    return Design(past=terms[:days], ahead=terms[days:], precision=precision, block=WEEK)


@cache
def design_weeks(weeks: int) -> Design:
    """Weekly counts, of which the next one is foretold: level, slope, and a bend, or from two years on hinges and seasons."""
    time = np.arange(-weeks, 1.0)
    terms, precision = [np.ones(len(time)), time], [0.0, SLOPE**-2]
    if weeks < 2 * YEAR - 1:
        terms, precision = [*terms, time**2 / 2], [*precision, BEND**-2]
    else:
        for wave in (1, 2):
            angle = 2 * np.pi * wave * time / YEAR
            terms, precision = [*terms, np.cos(angle), np.sin(angle)], [*precision, SEASON**-2, SEASON**-2]
        for age, turn in HINGES.items():
            if age < weeks - 26:
                terms, precision = [*terms, np.maximum(-time - age, 0)], [*precision, turn**-2]
    table = np.column_stack(terms)
    return Design(past=table[:-1], ahead=table[-1:], precision=np.array(precision), block=1)


def foretell(counts: Array, design: Design, *, exposure: Array, ahead: Array, trust: Array | None = None) -> Prediction:
    """Foretell the sum of the periods ahead for each series.

    `counts`, `exposure` and `trust` are (series, periods): the exposure is the share of a period that was watched, 0 for a gap;
    trust is 1 unless given, less where an outbreak is known. `ahead` is the exposure of what is foretold, (series, periods
    ahead). Weeks in which an outbreak shows are weighed down, and the fit repeated.
    """
    watched = np.where(exposure > 0, 1.0 if trust is None else trust, 0.0)
    share = np.where(exposure > 0, exposure, 1.0)
    weights, phi, start = watched, np.full(len(counts), 1.5), None
    for turn in range(ROUNDS + 1):
        start, means, covariance = solve(counts, share, weights, design, phi, start)
        leverage = ((design.past @ covariance) * design.past).sum(axis=2) * means / phi[:, None]
        spent = (weights * leverage).sum(axis=1)
        if turn < ROUNDS:
            phi, _ = estimate_phi(counts, means, weights, spent)
            weights = watched * judge_blocks(counts, means, weights, watched, leverage, design.block)
    values, chances = weigh_phi(counts, means, weights, spent)
    middle = np.exp((chances * np.log(values)).sum(axis=1))
    start, means, covariance = solve(counts, share, weights, design, middle, start)
    return sum_ahead(start, covariance, design, ahead, values, chances)


def sum_ahead(level: Array, covariance: Array, design: Design, ahead: Array, values: Array, chances: Array) -> Prediction:
    """Add up the periods ahead, with the standard error of the sum's logarithm by the delta method."""
    each = ahead * np.exp(np.clip(level @ design.ahead.T, -30, 30))
    mean = np.maximum(each.sum(axis=1), 1e-9)
    slope = each @ design.ahead / mean[:, None]
    spread = np.einsum("si,sij,sj->s", slope, covariance, slope)
    return Prediction(mean=mean, spread=np.maximum(spread, 1e-12), phi=values, share=chances)


def solve(
    counts: Array, share: Array, weights: Array, design: Design, phi: Array, start: Array | None
) -> tuple[Array, Array, Array]:
    """Terms (series, terms), means (series, periods) and covariance (series, terms, terms), by Newton's method.

    Half a count is added to the level's equation, Jeffreys' prior of a rate: a baseline of noughts then foretells nearly none
    rather than none.
    """
    table, series, size = design.past, len(counts), design.past.shape[1]
    squares = (table[:, :, None] * table[:, None, :]).reshape(len(table), size * size)
    terms = np.zeros((series, size)) if start is None else start
    if start is None:
        terms[:, 0] = np.log(((weights * counts).sum(axis=1) + 0.5) / np.maximum((weights * share).sum(axis=1), 1e-9))
    for _ in range(NEWTON):
        means = share * np.exp(np.clip(terms @ table.T, -30, 30))
        pull = (weights * (counts - means)) @ table
        pull[:, 0] += 0.5
        hold = ((weights * means) @ squares).reshape(series, size, size) / phi[:, None, None] + np.diag(design.precision)
        step = np.linalg.solve(hold, (pull / phi[:, None] - design.precision * terms)[:, :, None])[:, :, 0]
        longest = np.abs(step).max(axis=1)
        terms = terms + step / np.maximum(1, longest / 1.5)[:, None]
        if longest.max() < EXACT:
            break
    means = share * np.exp(np.clip(terms @ table.T, -30, 30))
    hold = ((weights * means) @ squares).reshape(series, size, size) / phi[:, None, None] + np.diag(design.precision)
    return terms, means, np.asarray(np.linalg.inv(hold), dtype=np.float64)


def judge_blocks(counts: Array, means: Array, weights: Array, watched: Array, leverage: Array, block: int) -> Array:
    """What each period weighs, (series, periods): less where its week stands far above what is usual.

    The Anscombe residual 1.5 (y^⅔ − m^⅔) / (m^⅙ √(1 − h)) of each block is held against the scale of all others (else one
    outbreak in eight weeks hides itself), with the limit of a t distribution that is passed with a chance of 1%.
    """
    from scipy.special import stdtrit

    whole = counts.shape[1] // block
    skip = counts.shape[1] - whole * block

    def gather(values: Array) -> Array:
        return np.asarray(values[:, skip:].reshape(len(values), whole, block).sum(axis=2))

    seen, kept = gather(watched), gather(weights)
    usual, found = np.maximum(gather(means * watched), 1e-9), gather(counts * watched)
    bent = np.clip(gather(leverage * weights), 0, 0.9)
    residual = 1.5 * (found ** (2 / 3) - usual ** (2 / 3)) / (usual ** (1 / 6) * np.sqrt(1 - bent))
    squares = kept / np.maximum(seen, 1e-9) * residual**2
    others = np.maximum(seen.sum(axis=1) / block - bent.sum(axis=1) - 1, 1.0)[:, None]
    scale = np.maximum((squares.sum(axis=1, keepdims=True) - squares) / others, 1.0)
    limit = stdtrit(others, USUAL)
    residual = np.maximum(residual / np.sqrt(scale), limit)
    factor = np.ones_like(counts)
    factor[:, skip:] = np.repeat((limit / residual) ** FORGIVING, block, axis=1)
    return factor
