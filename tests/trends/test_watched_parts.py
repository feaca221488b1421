"""Whether a week was watched, and so whether a goal was met in it, does not depend on the window that is asked for."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from config import Goal
from store.records import Watch
from tests.trends.conftest import NOW
from trends.overview import answer_overview
from trends.service import answer_service
from trends.timeline import answer_trend
from trends.windows import last

FIRST = date(2026, 5, 6)
WEEKS = 22


def watch(site, since, until=NOW):
    return Watch(source="reviews", site=site, since=since, until=until, complete=True)


@pytest.fixture
def asked(plant, config):
    """Two sites, of which one brings nearly all at first and little later; and it is missed for most of the last week."""
    goal = Goal(figure="complaints_a_week", way="at_most", target=50.0, unit="a_week", brand="tamarind")
    config = dataclasses.replace(config, goals=(goal,))
    rows = []
    for week in range(WEEKS):
        for number in range(20):
            forum = number < (18 if week < 12 else 1)
            published = f"{FIRST + timedelta(days=7 * week)}T10:00:00Z"
            rows.append({
                "site": "forum" if forum else "trustyard", "author_id": f"{week} {number}", "published": published,
                "topics": ("refund",),
            })  # fmt: skip
    missed = [watch("forum", "2026-04-01T00:00:00Z", "2026-09-28T00:00:00Z"), watch("forum", "2026-10-04T20:00:00Z")]
    return plant(rows, [watch("trustyard", "2026-04-01T00:00:00Z"), *missed]), config


def test_a_week_was_watched_alike_in_every_window(asked):
    db, config = asked
    windows = [last(length, now=NOW, zone=config.time_zone) for length in ("1w", "2w", "8w", "22w")]
    trends = [answer_trend(db, config, window=window, figure="complaints") for window in windows]
    # Of 160 mentions of eight weeks it brought 7 in the seven weeks of them that it was watched: one of 21 a week.
    assert [trend.periods[-1].watched for trend in trends] == pytest.approx([trends[0].periods[-1].watched] * 4)
    assert trends[0].periods[-1].watched == pytest.approx(1 - 1 / 21, abs=0.01)
    assert {trend.goals[0].status for trend in trends} == {"met"}
    for window in windows:
        assert answer_service(db, config, window=window).goals[0].status == "met"
        shown = {week.first_day: week.watched for week in answer_overview(db, config, window=window).weeks}
        for point in trends[-1].periods:
            assert shown.get(point.first_day, point.watched) == pytest.approx(point.watched), point.first_day


def test_a_month_that_the_window_touches_is_watched_alike(asked):
    db, config = asked
    windows = [last(length, now=NOW, zone=config.time_zone) for length in ("6w", "22w")]
    short, long = (answer_trend(db, config, window=window, figure="complaints", every="month").periods for window in windows)
    assert [point.watched for point in short] == pytest.approx([point.watched for point in long[-len(short) :]])
