"""Which days are a series' baseline, and what they foretell: gaps stand out, weekdays and seasons are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trends.baselines import WEEK, design_days, design_weeks, foretell
from trends.dispersion import Array, Prediction

LEAST = 28
"""Watched days that a baseline needs."""
SHORT = 13 * WEEK
"""Days of a daily baseline."""
LONG = 260 * WEEK
"""Days of a weekly baseline, at most."""
SEASONAL = 2 * 365 + 1
"""Days of history from which on the baseline is weekly and knows seasons …"""
PRIOR = 5.0
"""Complaints that a weekday must have before it is as much itself as like the others."""
WATCHED = 0.75
"""… where at least this share of them was watched."""


def find_baseline(past: Array) -> int:
    """Where a baseline begins in the days before what is tested: up to five years where two are there, else thirteen weeks.

    With gaps in these weeks it goes further back, until it holds 28 watched days.
    """
    watched = np.flatnonzero(np.isfinite(past))
    if not len(watched):
        return len(past)
    age = len(past) - int(watched[0])
    if age >= SEASONAL and len(watched) >= WATCHED * age:
        return max(int(watched[0]), len(past) - LONG)
    return max(int(watched[0]), min(len(past) - SHORT, int(watched[-min(LEAST, len(watched))])))


def foretell_days(past: Array, trust: Array, period: NDArray[np.bool_]) -> Prediction:
    """Foretell the watched ones of the next seven days, from a baseline that ends the day before them."""
    if (trust < 1).mean() >= 0.5:
        trust = np.ones(len(trust))
    if len(past) >= SEASONAL:
        return foretell_week(past, trust, period)
    seen = np.isfinite(past)
    return foretell(
        np.where(seen, past, 0.0)[None],
        design_days(len(past)),
        exposure=seen[None].astype(float),
        ahead=period[None].astype(float),
        trust=trust[None],
    )


def foretell_week(past: Array, trust: Array, period: NDArray[np.bool_]) -> Prediction:
    """The same from weekly counts, each with the share of a week's complaints that its watched weekdays usually have."""
    weeks = len(past) // WEEK
    past, trust = past[-weeks * WEEK :], trust[-weeks * WEEK :]
    share = share_weekdays(past, trust)
    table = past.reshape(weeks, WEEK)
    seen = np.isfinite(table)
    exposure = (seen * share).sum(axis=1)
    return foretell(
        np.nansum(table, axis=1)[None],
        design_weeks(weeks),
        exposure=exposure[None],
        ahead=np.array([[float(share[period].sum())]]),
        trust=np.where(seen, trust.reshape(weeks, WEEK), 0.0).sum(axis=1)[None] / np.maximum(seen.sum(axis=1), 1),
    )


def share_weekdays(past: Array, trust: Array) -> Array:
    """Each weekday's share of a week's complaints, shape (7,), in the order of the seven days that follow `past`.

    Each weekday gets PRIOR complaints at the overall rate beforehand: a few complaints say little of weekdays.
    """
    seen = np.isfinite(past)
    weight = np.where(seen, trust, 0.0)
    place = (np.arange(len(past)) - len(past)) % WEEK
    counts = np.bincount(place, weights=weight * np.where(seen, past, 0.0), minlength=WEEK)
    days = np.bincount(place, weights=weight, minlength=WEEK)
    overall = (counts.sum() + 0.5) / max(days.sum(), 1.0)
    rates = (counts + PRIOR) / (days + PRIOR / overall)
    return np.asarray(rates / rates.sum())


def expect_days(past: Array, trust: Array, days: int) -> Array:
    """What each of the days that follow should count, were all as in the baseline: its level and its weekdays."""
    past, trust = past[(start := find_baseline(past)) :], trust[start:]
    share = share_weekdays(past, trust)
    weight = np.where(np.isfinite(past), trust, 0.0)
    usual = share[(np.arange(len(past)) - len(past)) % WEEK]
    level = (np.nansum(weight * np.nan_to_num(past)) + 0.5) / max(float((weight * usual).sum()), 1e-9)
    return np.asarray(level * share[np.arange(days) % WEEK])
