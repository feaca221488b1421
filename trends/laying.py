"""A business series laid over a line of a trend, with the correlation at lags of 0 to 8 weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlite_utils import Database

from config import Config
from store.metrics import find_series, find_values
from trends.business import as_weeks
from trends.correlation import LAGS, correlate, say_correlation
from trends.gathering import QuestionError
from trends.timeline_answers import Laid, Line, Point, Trend

MOST_PARTS = 6
"""Parts of a series, like the products of `returns`, that are laid over a line: those with the most days."""


def lay_series(db: Database, config: Config, metric: str, answer: Trend) -> tuple[Laid, ...]:
    """Lay a series, or its parts, over each line of an answer by week. Raises `QuestionError` for one that was not imported."""
    found = find_series(db, metric)
    if not found:
        known = ", ".join(row["name"] for row in find_series(db)) or "none; import some by `repute import --kind metric`"
        raise QuestionError(f"metric: {metric!r} was not imported; there are {known}")
    names = [row["name"] for row in sorted(found, key=lambda row: (-row["days"], row["name"]))][:MOST_PARTS]
    return tuple(lay_one(db, config, name, line, answer.points(line.line)) for name in names for line in answer.figures)


def lay_one(db: Database, config: Config, name: str, line: Line, points: tuple[Point, ...]) -> Laid:
    """One series over one line."""
    series = config.metric(name)
    values = {row["date"]: row["value"] for row in find_values(db, name)}
    weeks = as_weeks(values, [point.first_day for point in points], kind=series.kind, every=series.every)
    trend = [steady(point) for point in points]
    # What the series did before the window may lead the window's first weeks.
    earlier = as_weeks(values, weeks_before(points), kind=series.kind, every=series.every)
    follows, leads = correlate(trend, weeks), correlate([*earlier, *weeks], [*[None] * len(earlier), *trend])
    after = say_correlation(follows, trend=line.name, series=name)
    ahead = say_correlation(leads, trend=name, series=line.name)
    return Laid(
        metric=name,
        line=line.line,
        kind=series.kind,
        values=tuple(weeks),
        follows=follows,
        leads=leads,
        sentences=(after, ahead),
    )


def weeks_before(points: Sequence[Point]) -> list[str]:
    """The Mondays before the first week, as many as the longest lag reaches back, oldest first."""
    first = date.fromisoformat(points[0].first_day) if points else None
    return [(first - timedelta(weeks=back)).isoformat() for back in reversed(LAGS[1:])] if first else []


def steady(point: Point) -> float | None:
    """A week's value to correlate: a count per watched day where that is known, or a week half watched would look quiet."""
    return point.level.value if point.level.per_day is None else point.level.per_day
