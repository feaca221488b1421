from __future__ import annotations

import pytest

from config import Goal
from reporting.service_tables import run_words, since_words
from trends.goals import WeekFigure, judge_goal

MOST = Goal(figure="complaints_a_week", way="at_most", target=20, unit="a_week", brand="acme")
LEAST = Goal(figure="csat", way="at_least", target=0.8, unit="percent", brand="acme")


def weeks(*values, **more):
    return [
        value if isinstance(value, WeekFigure) else WeekFigure(first_day=f"2026-09-{place + 1:02}", value=value, n=9, **more)
        for place, value in enumerate(values)
    ]


def unseen(day: str) -> WeekFigure:
    return WeekFigure(first_day=day, value=None, watched=0.0)


def test_a_goal_is_missed_since_the_first_week_of_the_present_run():
    found = judge_goal(MOST, weeks(25, 20, 21, 30, 22))
    assert (found.status, found.since, found.run, found.value, found.target, found.n) == ("missed", "2026-09-03", 3, 22, 20, 9)
    assert [week.status for week in found.weeks] == ["missed", "met", "missed", "missed", "missed"]


def test_a_run_that_no_week_ends_may_be_longer():
    assert judge_goal(MOST, weeks(25, 30)).cut_off
    assert not judge_goal(MOST, weeks(20, 25, 30)).cut_off
    # What a week before says nothing of does not end it.
    few = judge_goal(MOST, weeks(None, 25, None, 30))
    assert (few.since, few.run, few.cut_off) == ("2026-09-02", 2, True)
    assert (since_words(few), run_words(few)) == ("at least 2026-09-02", "at least 2 weeks")
    ended = judge_goal(MOST, weeks(20, 25, 30))
    assert (since_words(ended), run_words(ended)) == ("2026-09-02", "2 weeks")


def test_on_the_target_it_is_met():
    assert judge_goal(MOST, weeks(20)).status == "met"
    assert judge_goal(LEAST, weeks(0.8)).status == "met"
    assert judge_goal(LEAST, weeks(0.79)).status == "missed"


def test_weeks_that_were_not_watched_break_no_run_but_are_shown():
    found = judge_goal(MOST, weeks(5, 25, unseen("2026-09-03"), None, 26))
    assert (found.status, found.since, found.run) == ("missed", "2026-09-02", 2)
    assert [week.status for week in found.weeks] == ["met", "missed", "not watched", "too few", "missed"]


def test_a_latest_week_that_says_nothing_leaves_what_is_known_beside():
    found = judge_goal(MOST, weeks(5, 25, unseen("2026-09-03"), unseen("2026-09-04")))
    assert (found.status, found.since, found.run, found.value) == ("not watched", "2026-09-03", 2, None)
    assert (found.last_known.status, found.last_known.week.first_day) == ("missed", "2026-09-02")
    few = judge_goal(LEAST, weeks(0.9, None))
    assert (few.status, few.since, few.last_known.status) == ("too few", "2026-09-02", "met")


def test_a_week_without_what_it_is_held_against_is_not_known_and_breaks_no_run():
    uncounted = WeekFigure(first_day="2026-09-02", value=None, known=False)
    found = judge_goal(MOST, weeks(25, uncounted, 22))
    assert [week.status for week in found.weeks] == ["missed", "not known", "missed"]
    assert (found.status, found.run) == ("missed", 2)
    assert judge_goal(MOST, [uncounted]).status == "not known"


def test_without_weeks_nothing_is_known():
    found = judge_goal(MOST, [])
    assert (found.status, found.since, found.run, found.value, found.last_known, found.weeks) == (
        "not watched",
        None,
        0,
        None,
        None,
        (),
    )


def test_a_week_watched_in_part_may_miss_a_limit_but_cannot_keep_it():
    assert judge_goal(MOST, weeks(15, watched=0.5)).status == "not watched"
    assert judge_goal(MOST, weeks(25, watched=0.5)).status == "missed"
    assert judge_goal(MOST, weeks(15, watched=0.95)).status == "met"
    assert judge_goal(LEAST, weeks(0.9, watched=0.5)).status == "met"


@pytest.mark.parametrize(
    ("low", "high", "status", "sure"), [(0.7, 0.79, "missed", True), (0.7, 0.95, "missed", False), (None, None, "missed", True)]
)
def test_how_sure_it_is_is_said_by_the_interval(low, high, status, sure):
    found = judge_goal(LEAST, [WeekFigure(first_day="2026-09-07", value=0.75, n=40, low=low, high=high)])
    assert (found.status, found.sure, found.low, found.high) == (status, sure, low, high)
