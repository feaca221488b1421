"""Goals of config.toml held against the figures of whole weeks: met or missed, and since when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlite_utils import Database

from config import Goal
from config.records import PER_CUSTOMERS
from store.facts import SIGN
from store.records import MEASURES
from trends.answers import Net, Share
from trends.brand_parts import share_voices, take_window
from trends.copies import find_judged, group_says
from trends.crowd import Mean
from trends.frame import Frame, Rows
from trends.gathering import Gathered, is_gap
from trends.goals import GoalAnswer, WeekFigure, judge_goal
from trends.intervals import net, share
from trends.overview import MOODS
from trends.periods import cut
from trends.ratings import Ratings, rate
from trends.rival_sites import Site
from trends.service_figures import rate_customers
from trends.service_ground import Customers, as_asked
from trends.service_parts import count_replies, find_rates
from trends.timeline_correction import FEWER_DRAWS, LABELS, Interval, correct_all, find_told, read_corrections
from trends.timeline_figures import Asked, Subject, find_measures
from trends.timeline_kinds import KINDS
from trends.windows import Window

Valued = tuple[float | None, int, float | None, float | None]
"""(value, n, low, high)."""
ONE_WEEK = 1.0


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """What weekly figures are made of."""

    ground: Gathered
    rated: Callable[[Window], Ratings]
    """The ratings of a week."""
    csat_scale: tuple[float, float] | None
    """The scale of CSAT in all weeks: that of the window."""
    customers: Customers
    rivals: Mapping[str, Frame]
    """Frames of the other brands, by id; only where share of voice has a goal."""
    unvoiced: frozenset[Site]
    """Sites that are in no share of voice."""
    corrected: Mapping[tuple[str, str], Interval]
    """Figures of weeks that sampled judgements correct, by figure of a goal and first day."""


def judge_goals(weekly: Weekly, goals: Sequence[Goal]) -> tuple[GoalAnswer, ...]:
    """Hold each goal of the brand against the last weeks."""
    ground = weekly.ground
    series = ground.recent_weeks
    return tuple(
        judge_goal(goal, [find_week(weekly, goal, *week) for week in zip(series, ground.watched_parts, strict=True)])
        for goal in goals
    )


def correct_weeks(db: Database, ground: Gathered, goals: Sequence[Goal]) -> dict[tuple[str, str], Interval]:
    """The (value, low, high) of weeks, by figure of a goal and first day, that sampled judgements correct.

    As `repute trend` corrects them, so that one week keeps or misses a goal whoever asks. Figures of a topic are not corrected.
    """
    asked = {goal.figure for goal in goals if not goal.topic}
    figures = tuple(name for name in LABELS if KINDS[name].goal in asked)
    weeks = ground.recent_weeks
    corrections = read_corrections(db, ground.brand.id, dict.fromkeys(KINDS[name].task for name in figures))
    if not weeks or all(correction.reason for correction in corrections.values()):
        return {}
    subject = Subject(ground.frame, Asked(figures, told=find_told(ground.frame, corrections)))
    found = correct_all(find_measures(cut(ground.frame, weeks, subject.often), subject), corrections, FEWER_DRAWS)
    return {(KINDS[line].goal, str(weeks[place].first_day)): interval for (line, place), interval in found.items()}


def find_week(weekly: Weekly, goal: Goal, week: Window, watched: float | None) -> WeekFigure:
    """A figure of one week."""
    rows = weekly.ground.frame.rows(week)
    if is_gap(len(rows), watched):
        return WeekFigure(first_day=str(week.first_day), value=None, watched=0.0)
    value, n, low, high = FIGURES[goal.figure](weekly, goal, week, rows)
    if value is not None and not goal.topic:
        value, low, high = weekly.corrected.get((goal.figure, str(week.first_day)), (value, low, high))
    # What a rate per customer may lack in a whole week is people who spoke, or the count of customers.
    known = value is not None or goal.figure != PER_CUSTOMERS or weekly.customers(week.first_day, week.end_day) is not None
    return WeekFigure(first_day=str(week.first_day), value=value, n=n, low=low, high=high, watched=watched, known=known)


def of_share(found: Share | None) -> Valued:
    """A share as a value of a week."""
    return (None, 0, None, None) if found is None else (found.value, found.whole, found.low, found.high)


def of_net(found: Net) -> Valued:
    """A net as a value of a week."""
    return found.value, found.n, found.low, found.high


def of_mean(found: Mean | None) -> Valued:
    """A mean as a value of a week."""
    return (None, 0, None, None) if found is None else (found.value, found.n, found.low, found.high)


def complaints_of(weekly: Weekly, goal: Goal, week: Window) -> Rows:
    """The complaints of a week, of the goal's topic if it has one, copies once."""
    frame = weekly.ground.frame
    if goal.topic:
        return frame.once(frame.within(frame.topics.get(goal.topic, np.zeros(0, np.int64)), week))
    return frame.once(np.flatnonzero(frame.inside(week) & frame.complains))


def count_complaints(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Complaints a week."""
    count = len(complaints_of(weekly, goal, week))
    return float(count), count, None, None


def share_complaints(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Complaints of all mentions."""
    frame, ground = weekly.ground.frame, weekly.ground
    judged = find_judged(frame, week)
    return of_share(find_rates(frame, [(complaints_of(weekly, goal, week), judged)], ground.thresholds.too_few)[0])


def rate_complaints(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Complaints a week per 1,000 customers; too few to say where hardly anybody spoke at all."""
    frame, floor = weekly.ground.frame, weekly.ground.thresholds.too_few
    found = rate_customers(frame, complaints_of(weekly, goal, week), ONE_WEEK, weekly.customers(week.first_day, week.end_day))
    if found is None or frame.speakers(rows) < floor:
        return None, 0 if found is None else found.complaints, None, None
    return found.value, found.complaints, found.low, found.high


def escalated_of(weekly: Weekly, goal: Goal, week: Window) -> tuple[Rows, Rows]:
    """(the complaints of a week, those of them that escalate); a group of copies does where one copy does."""
    frame, complaints = weekly.ground.frame, complaints_of(weekly, goal, week)
    found = as_asked(weekly.ground).escalated
    return complaints, complaints.compress(group_says(frame, complaints, frame.within(found, week)))


def count_escalations(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Escalated complaints a week."""
    complaints, escalated = escalated_of(weekly, goal, week)
    return float(len(escalated)), len(complaints), None, None


def share_escalations(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Escalated of all complaints."""
    complaints, escalated = escalated_of(weekly, goal, week)
    frame = weekly.ground.frame
    return of_share(frame.share(frame.masked(escalated), complaints, floor=weekly.ground.thresholds.too_few))


def share_unanswered(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Complaints without a reply."""
    asked = as_asked(weekly.ground, within_hours=goal.within_hours)
    return of_share(count_replies(asked, complaints_of(weekly, goal, week)).unanswered_share)


def share_in_time(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Complaints answered in time."""
    asked = as_asked(weekly.ground, within_hours=goal.within_hours)
    return of_share(count_replies(asked, complaints_of(weekly, goal, week)).in_time)


def count_leaving(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """People who say that they leave."""
    frame = weekly.ground.frame
    leaving = frame.labels_of(SIGN).get("leaving", rows[:0])
    people = frame.speakers(frame.once(frame.within(leaving, week)))
    return float(people), people, None, None


def share_negative(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Negative of all mentions with a sentiment."""
    frame = weekly.ground.frame
    read = rows[frame.column("mood")[rows] != 0]
    return of_share(share(frame.part_of(frame.mood("negative"), read), floor=weekly.ground.thresholds.too_few))


def net_sentiment(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Net sentiment."""
    frame = weekly.ground.frame
    parts = frame.parts(rows, *(frame.mood(mood) for mood in MOODS))
    return of_net(net(parts, floor=weekly.ground.thresholds.too_few))


def share_of_voice(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Share of voice."""
    ground = weekly.ground
    frames = {ground.brand.id: ground.frame, **weekly.rivals}
    voices = share_voices(take_window(frames, week), floor=ground.thresholds.too_few, without=weekly.unvoiced)
    return of_share(voices[ground.brand.id])


def nps(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """NPS."""
    return of_net(rate(weekly.rated(week), floor=weekly.ground.thresholds.too_few).nps)


def csat(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """CSAT, in all weeks on the scale of the window."""
    found = rate(weekly.rated(week), floor=weekly.ground.thresholds.too_few, csat_scale=weekly.csat_scale)
    return of_share(found.csat)


def stars(weekly: Weekly, goal: Goal, week: Window, rows: Rows) -> Valued:
    """Mean of ratings on 1 to 5."""
    found = rate(weekly.rated(week), floor=weekly.ground.thresholds.too_few)
    means = [one.mean for one in found.scales if (one.measure, one.worst, one.best) == (MEASURES[0], 1.0, 5.0)]
    return of_mean(means[0] if means else None)


FIGURES: Mapping[str, Callable[[Weekly, Goal, Window, Rows], Valued]] = {
    "complaints_a_week": count_complaints,
    "complaint_rate": share_complaints,
    PER_CUSTOMERS: rate_complaints,
    "escalations_a_week": count_escalations,
    "escalation_rate": share_escalations,
    "unanswered": share_unanswered,
    "first_reply": share_in_time,
    "leaving_a_week": count_leaving,
    "negative": share_negative,
    "net_sentiment": net_sentiment,
    "share_of_voice": share_of_voice,
    "nps": nps,
    "csat": csat,
    "stars": stars,
}
"""The figures of `config.goals.FIGURES`, as of one week."""
