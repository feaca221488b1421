"""What `repute service` reads: mentions with what followed until now, ratings without words, customer counts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

import numpy as np
from sqlite_utils import Database

from config import Config
from store.fact_shelf import Days, keep, read_days
from store.facts import WORDED
from store.metrics import find_latest_value, find_values
from store.records import MEASURES
from store.tags import is_read_for
from trends.business import find_every, spread_days
from trends.cases import Cases, Talk, judge_cases
from trends.frame import Filters, Frame, Rows
from trends.gathering import Gathered, find_brand, find_past, passages_of, wide_window
from trends.judged_notes import say_judged
from trends.loading import chosen, day_bounds, take_frame
from trends.ratings import Ratings
from trends.service_figures import Asked
from trends.uncounted import say_uncounted
from trends.watched_parts import read_watched
from trends.windows import Window, weeks
from trends.zones import epoch

Customers = Callable[[str | None, str | None], tuple[float, str] | None]
"""(customers, day of the count) of the local days from one (included) to another (excluded); None without any count."""
QUARTER = 100
"""Days before a window in which a count may stand that holds into it: the longest period of a series, and some."""
SURVEYS = ("nps", "csat")
STARS = "stars"
"""Most ratings are stars: they are read only where a goal asks for them."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """All that is read for one answer."""

    ground: Gathered
    talk: Talk
    rated: Frame
    """Surveys' ratings, with words and without; stars where a goal asks for them."""
    customers: Customers
    uncounted: str
    """Why figures per 1,000 customers cannot be told, where somebody asked for them; empty otherwise."""


def read_ground(db: Database, config: Config, *, brand: str | None, window: Window, filters: Filters) -> Read:
    """Read a brand's facts once, from the beginning of what is looked at until now.

    Raises `QuestionError` for a brand that is not configured.
    """
    asked, wide = find_brand(config, brand), wide_window(window)
    first, end = day_bounds(wide)[0], "~"
    days = read_days(db, asked.id, first_day=first, end_day=end)
    measures = (*SURVEYS, *(STARS for goal in config.goals if goal.figure == "stars"))
    talk, rated = take_talk(days, (first, end), window.zone, filters, tuple(dict.fromkeys(measures)))
    frame = take_frame(days, (first, end), window.zone, filters)
    series = weeks(window)
    return Read(
        ground=Gathered(
            brand=asked,
            window=window,
            past=find_past(db, config, asked.id, window, filters),
            thresholds=config.thresholds,
            frame=frame,
            here=frame.rows(window),
            recent_weeks=series,
            judged_words=say_judged(db, asked.id),
            reads_signs=is_read_for(db, "sign"),
            watched_parts=read_watched(db, config, asked.id, series, filters),
            passages=passages_of(db, asked.id),
        ),
        talk=talk,
        rated=rated,
        customers=customers_reader(db, config) if asked.role == "own" else no_customers,
        uncounted=say_uncounted(db, config, asked, window),
    )


def take_talk(
    days: Days, bounds: tuple[str, str], zone: ZoneInfo, filters: Filters, measures: tuple[str, ...]
) -> tuple[Talk, Frame]:
    """(all that is said between two days, the ratings of some measures that the filters let through)."""

    segment = days.between(*bounds)

    def make() -> tuple[Talk, Frame]:
        kept = chosen(segment, filters, wordless=True)
        worded = kept & ((segment.facts["flags"] & WORDED) != 0)
        rated = kept & np.isin(segment.facts["measure"], [MEASURES.index(name) + 1 for name in measures])
        return Talk(Frame(segment, zone), np.flatnonzero(worded)), Frame(segment.narrow(rated), zone)

    before = segment.memo.setdefault("talk", OrderedDict())
    found: tuple[Talk, Frame] = keep(before, (zone.key, filters, measures), make)
    return found


def customers_reader(db: Database, config: Config) -> Customers:
    """What reads the number of the own brand's customers: the mean of a window's days, else the last count before."""
    series = config.metric(config.customers_metric)

    def read(first_day: str | None, end_day: str | None) -> tuple[float, str] | None:
        since = None if first_day is None else (date.fromisoformat(first_day) - timedelta(days=QUARTER)).isoformat()
        values = {row["date"]: row["value"] for row in find_values(db, config.customers_metric, since=since, until=end_day)}
        days = spread_days(values, series.every or find_every(list(values)), "level") if values else {}
        inside = [value for day, value in days.items() if (first_day or "") <= day < (end_day or "~")]
        if inside:
            return fmean(inside), max(values)
        latest = find_latest_value(db, config.customers_metric, end_day) if end_day else None
        return (latest["value"], latest["date"]) if latest else None

    return read


def no_customers(first_day: str | None, end_day: str | None) -> None:
    """A competitor's customers are not known."""


def ratings_of(rated: Frame, window: Window, measures: Sequence[str] = (*SURVEYS, STARS)) -> Ratings:
    """The ratings of a window, of all sources together."""
    rows = rated.rows(window)
    codes = [MEASURES.index(name) + 1 for name in measures]
    rows = rows[np.isin(rated.column("measure")[rows], codes)]
    value, worst, best = (rated.column(name)[rows].astype(np.float64) for name in ("rating", "worst", "best"))
    return Ratings(
        source=np.zeros(len(rows), np.int64),
        value=value,
        worst=worst,
        best=best,
        measure=rated.column("measure")[rows].astype(np.int64),
        person=rated.column("author")[rows],
        names={0: ""},
    )


def as_asked(
    ground: Gathered,
    *,
    window: Window | None = None,
    cases: Cases | None = None,
    as_of: str | None = None,
    within_hours: float | None = None,
) -> Asked:
    """What figures share; of the window that was asked for without another, and without cases there are none."""
    moment = as_of or ground.window.now
    return Asked(
        frame=ground.frame,
        window=window or ground.window,
        cases=cases or no_cases(),
        as_of=epoch(moment),
        as_of_words=moment,
        within_hours=within_hours,
        floor=ground.thresholds.too_few,
        reads_signs=ground.reads_signs,
    )


def no_cases() -> Cases:
    """No cases."""
    none = np.zeros(0, np.int64)
    return Cases(complaints=none, of=none, opening=none, state=none, opened=none, answered=none, closed=none, size=0)


def find_asked(read: Read, complaints: Rows, *, window: Window, as_of: str, within_hours: float | None) -> Asked:
    """What the figures of some complaints of a window share, as it stood at a time."""
    cases = judge_cases(read.talk, complaints, as_of=epoch(as_of), quiet_days=read.ground.thresholds.quiet_days)
    return as_asked(read.ground, window=window, cases=cases, as_of=as_of, within_hours=within_hours)


def reply_hours(config: Config, brand: str) -> float | None:
    """How soon a complaint about a brand is to be answered, by the strictest goal of all topics; None without one."""
    hours = [
        goal.within_hours
        for goal in config.goals
        if (goal.figure, goal.brand, goal.topic) == ("first_reply", brand, "") and goal.within_hours is not None
    ]
    return min(hours, default=None)
