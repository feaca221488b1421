"""Business series: imported values by day, week, month or quarter -> one value a Monday-to-Sunday week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import fmean, median

import numpy as np

from config.records import MetricEvery, MetricKind

SPACINGS: tuple[tuple[int, MetricEvery], ...] = ((80, "quarter"), (25, "month"), (6, "week"))
"""From how many days between values a series is what."""
MONTHS: Mapping[MetricEvery, int] = {"month": 1, "quarter": 3}


def as_weeks(
    values: Mapping[str, float], mondays: Sequence[str], *, kind: MetricKind = "level", every: MetricEvery | None = None
) -> list[float | None]:
    """One value for each week that begins on one of `mondays` (YYYY-MM-DD); None is a gap.

    `values` are by local day. A value stands for its day, or for the Monday-to-Sunday week, month or quarter that holds its
    day (`every`; by the days between values where it is not said). A level (customers, staff, a mean rating) holds on each
    of those days, and a week has their mean. A count (orders, returns) is spread evenly over them, and a week has their sum,
    but none when it has fewer days than the series' usual week: half a week's orders are no drop.
    """
    days = spread_days(values, every or find_every(list(values)), kind)
    weeks = [week_of(days, monday) for monday in mondays]
    if kind == "level":
        return [fmean(week) if week else None for week in weeks]
    usual = median(by_monday(days).values()) if days else 0
    return [sum(week) if week and len(week) >= usual else None for week in weeks]


def find_every(days: Sequence[str]) -> MetricEvery:
    """How often a series has a value, by the median number of days between two."""
    # A year of days takes numpy a tenth of the time.
    ordered = np.sort(np.array(list(days), "datetime64[D]")).astype(np.int64)
    usual = float(np.median(np.diff(ordered))) if len(ordered) > 1 else 1.0
    return next((every for least, every in SPACINGS if usual >= least), "day")


def spread_days(values: Mapping[str, float], every: MetricEvery, kind: MetricKind) -> dict[str, float]:
    """What each day has of the value of its period; of two values of one period the later stands for a level, both count."""
    if every == "day":
        return dict(values)
    days: dict[str, float] = {}
    for day in sorted(values):
        covered = days_of(date.fromisoformat(day), every)
        for one in covered:
            key = one.isoformat()
            days[key] = values[day] if kind == "level" else days.get(key, 0.0) + values[day] / len(covered)
    return days


def days_of(day: date, every: MetricEvery) -> list[date]:
    """The days of the period that holds a day."""
    if every == "day":
        return [day]
    if every == "week":
        first = day - timedelta(days=day.weekday())
        return [first + timedelta(days=later) for later in range(7)]
    length = MONTHS[every]
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    return [first + timedelta(days=later) for later in range((add_months(first, length) - first).days)]


def add_months(first: date, count: int) -> date:
    """The first day of a later month."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def week_of(days: Mapping[str, float], monday: str) -> list[float]:
    """The known days of a week."""
    first = date.fromisoformat(monday)
    keys = ((first + timedelta(days=later)).isoformat() for later in range(7))
    return [days[key] for key in keys if key in days]


def by_monday(days: Mapping[str, float]) -> dict[str, int]:
    """How many known days each week has."""
    counts: dict[str, int] = {}
    for key in days:
        day = date.fromisoformat(key)
        monday = (day - timedelta(days=day.weekday())).isoformat()
        counts[monday] = counts.get(monday, 0) + 1
    return counts
