"""A business series laid over a line of a trend, with the correlation at lags of 0 to 8 weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlite_utils import Database

from config import Config
from store.metrics import find_series, find_values
from trends.business import as_weeks
from trends.correlation import LAGS, correlate, say_correlation
from trends.gathering import QuestionError
from trends.goals import WHOLE_WEEK
from trends.timeline_answers import Laid, Line, Point, Trend
from trends.timeline_levels import COUNTS

MOST_PARTS = 6
"""Parts of a series, like the products of `returns`, that are laid over a line: those with the most days."""
MOST_NAMED = 20
"""Parts left out that a note names."""
APART = (
    "Correlations are of what is left when its own trend is taken out of each, and from a year of weeks on its season: that two"
    " things grow says nothing. "
)
SEASONLESS = "In less than a year of weeks a season cannot be told from anything else: it is left in."
UNKNOWN = (
    "Coverage is not known in all weeks: {name} is correlated as counted, without weeks known to be watched in part, not as a"
    " rate per watched week."
)


def lay_series(db: Database, config: Config, metric: str, answer: Trend) -> Trend:
    """Lay a series, or its parts, over each line of an answer by week. Raises `QuestionError` for one that was not imported."""
    found = find_series(db, metric)
    if not found:
        known = ", ".join(row["name"] for row in find_series(db)) or "none; import some by `repute import --kind metric`"
        raise QuestionError(f"metric: {metric!r} was not imported; there are {known}")
    names = [row["name"] for row in sorted(found, key=lambda row: (-row["days"], row["name"]))]
    laid = [lay_one(db, config, name, line, answer) for name in names[:MOST_PARTS] for line in answer.figures]
    return replace(answer, laid=tuple(laid), laid_notes=tuple(find_notes(answer, laid, metric, names[MOST_PARTS:])))


def lay_one(db: Database, config: Config, name: str, line: Line, answer: Trend) -> Laid:
    """One series over one line."""
    series, points = config.metric(name), answer.points(line.line)
    values = {row["date"]: row["value"] for row in find_values(db, name)}
    weeks = as_weeks(values, [point.first_day for point in points], kind=series.kind, every=series.every)
    trend = steady(line, points)
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


def steady(line: Line, points: Sequence[Point]) -> list[float | None]:
    """Values of weeks to correlate, all in one unit.

    A count per watched week where that is known of all of them, or a week half watched would look quiet. Else counts, without
    the weeks that are known to be watched in part: a rate a day beside counts a week would be a step that nobody made.
    """
    if line.unit not in COUNTS:
        return [point.level.value for point in points]
    if is_rate(points):
        return [None if point.level.per_day is None else point.level.per_day * 7 for point in points]
    whole = [point.watched is None or point.watched >= WHOLE_WEEK for point in points]
    return [point.level.value if kept else None for point, kept in zip(points, whole, strict=True)]


def is_rate(points: Sequence[Point]) -> bool:
    """Whether it is known of all weeks that say anything how much of them was watched."""
    return all(point.level.per_day is not None for point in points if point.level.value is not None)


def is_mixed(line: Line, points: Sequence[Point]) -> bool:
    """Whether that is known of some weeks of a count and not of others."""
    return line.unit in COUNTS and not is_rate(points) and any(point.level.per_day is not None for point in points)


def find_notes(answer: Trend, laid: Sequence[Laid], metric: str, left_out: Sequence[str]) -> list[str]:
    """What the correlations are of, and what has none."""
    known = [one for one in laid if one.follows.best or one.leads.best]
    notes = []
    if known:
        season = all(one.follows.season for one in known)
        notes.append(APART.strip() if season else APART + SEASONLESS)
    notes += [UNKNOWN.format(name=line.name) for line in answer.figures if is_mixed(line, answer.points(line.line))]
    if left_out:
        names = ", ".join(left_out[:MOST_NAMED])
        more = f" and {len(left_out) - MOST_NAMED} more" if len(left_out) > MOST_NAMED else ""
        notes.append(
            f"Of {metric} the {MOST_PARTS} parts with the most days are laid over it; left out are {names}{more}. "
            "Ask for one by its name."
        )
    return notes
