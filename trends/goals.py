"""Whether a goal for a weekly figure is met or missed, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from config.records import Goal

GoalStatus = Literal["met", "missed", "too few", "not watched", "not known"]
"""`not known`: what the figure is held against, like the count of customers, was not imported."""
WHOLE_WEEK = 6.5 / 7
"""Part of a week that must have been watched for a count to be one week's: gaps of less than half a day are nobody's loss."""
SLIGHT = 1e-9
"""Differences that are rounding."""


@dataclass(frozen=True, kw_only=True)
class WeekFigure:
    """A figure in one Monday-to-Sunday week that is over."""

    first_day: str
    """Its Monday, YYYY-MM-DD."""
    value: float | None
    """In the goal's unit: shares 0 to 1, net sentiment and NPS −1 to 1. None when too few to say, or not watched."""
    n: int = 0
    """Answers, complaints or mentions that the value stands on."""
    low: float | None = None
    high: float | None = None
    """95% interval of the value, where it has one."""
    watched: float | None = None
    """Part of the week that was watched, 0 to 1; None when coverage is not known."""
    known: bool = True
    """Whether all that the figure is made of is there; false for a figure per 1,000 customers without a count of them."""


@dataclass(frozen=True, kw_only=True)
class WeekStatus:
    """One week held against a goal."""

    week: WeekFigure
    status: GoalStatus
    sure: bool
    """Whether the whole interval lies on the same side of the target; a plain count is sure."""


@dataclass(frozen=True, kw_only=True)
class GoalAnswer:
    """A goal, how the latest week stands to it, and since when it has been so."""

    goal: Goal
    status: GoalStatus
    """Of the latest week."""
    since: str | None
    """Monday of the first week of the present run: weeks without an answer within it break no run. None without weeks."""
    run: int
    """Weeks with the same status in that run."""
    cut_off: bool
    """Whether none of `weeks` ends the run before: it is so since `since` at least, and for at least so many weeks."""
    value: float | None
    """Of the latest week; so are n, low, high and sure."""
    n: int
    low: float | None
    high: float | None
    sure: bool
    last_known: WeekStatus | None
    """The latest week that was met or missed; None when no week says."""
    weeks: tuple[WeekStatus, ...]
    """Oldest first."""

    @property
    def target(self) -> float:
        """What the figure is to be at most or at least."""
        return self.goal.target


def judge_goal(goal: Goal, weeks: Sequence[WeekFigure]) -> GoalAnswer:
    """Hold the weeks, oldest first, against a goal. Only whole weeks: one that is still running must not be among them."""
    judged = tuple(judge_week(goal, week) for week in weeks)
    status, since, run, cut_off = find_run(judged)
    latest = judged[-1] if judged else None
    return GoalAnswer(
        goal=goal,
        status=status,
        since=since,
        run=run,
        cut_off=cut_off,
        value=latest.week.value if latest and latest.status != "not watched" else None,
        n=latest.week.n if latest else 0,
        low=latest.week.low if latest else None,
        high=latest.week.high if latest else None,
        sure=latest.sure if latest else False,
        last_known=next((week for week in reversed(judged) if week.status in ("met", "missed")), None),
        weeks=judged,
    )


def judge_week(goal: Goal, week: WeekFigure) -> WeekStatus:
    """One week: met or missed by its value; the interval says how sure that is.

    A count of a week that was watched in part is too low: it may have missed a limit for sure, but cannot have kept one, and
    a share of it stands, since what was not seen is missing above and below.
    """
    if week.watched is not None and week.watched <= 0:
        return WeekStatus(week=week, status="not watched", sure=False)
    if not week.known:
        return WeekStatus(week=week, status="not known", sure=False)
    if week.value is None:
        return WeekStatus(week=week, status="too few", sure=False)
    met = keeps(goal, week.value)
    if met and goal.unit in ("a_week", "per_1000") and week.watched is not None and week.watched < WHOLE_WEEK:
        return WeekStatus(week=week, status="not watched", sure=False)
    ends = [end for end in (week.low, week.high) if end is not None]
    return WeekStatus(week=week, status="met" if met else "missed", sure=all(keeps(goal, end) == met for end in ends))


def keeps(goal: Goal, value: float) -> bool:
    """Whether a value is on the good side of the target, or on it."""
    return value <= goal.target + SLIGHT if goal.way == "at_most" else value >= goal.target - SLIGHT


def find_run(weeks: Sequence[WeekStatus]) -> tuple[GoalStatus, str | None, int, bool]:
    """(status, first Monday, weeks, whether none of the weeks ends it) of the run that the latest week stands in.

    Weeks that say nothing break no run of weeks that do; a run of weeks that say nothing ends at one that does.
    """
    if not weeks:
        return "not watched", None, 0, False
    status, since, run = weeks[-1].status, weeks[-1].week.first_day, 0
    known = ("met", "missed")
    for week in reversed(weeks):
        if week.status == status:
            since, run = week.week.first_day, run + 1
        elif week.status in known or status not in known:
            return status, since, run, False
    return status, since, run, True
