"""One figure, one answer: CSAT is on the scale of the window wherever it is told, and ratings that have no line are named."""

from __future__ import annotations

import dataclasses

import pytest

from config import Goal
from store.records import Watch
from trends.service import answer_service
from trends.timeline import answer_trend
from trends.timeline_kinds import MAIN
from trends.timeline_shifts import count_lines
from trends.windows import window

NOW = "2026-10-05T08:00:00Z"
WATCHED = [Watch(source="reviews", site="trustyard", since="2026-07-01T00:00:00Z", until=NOW, complete=True)]
CSAT_GOAL = Goal(figure="csat", way="at_least", target=0.8, unit="percent", brand="tamarind")


def rated(count: int, day: str, rating: float, best: float, measure: str = "csat", **more) -> list[dict]:
    """Answers of different people on one day."""
    scale = {"rating": float(rating), "rating_worst": 1.0, "rating_best": float(best), "rating_measure": measure}
    return [
        {"author_id": f"{day} {best} {more} {n}", "published": f"2026-{day}T10:00:00Z", **scale, **more} for n in range(count)
    ]


@pytest.fixture
def asked(config):
    return window("2026-09-28", "2026-10-04", now=NOW, zone=config.time_zone)


@pytest.fixture
def with_goal(config):
    return dataclasses.replace(config, goals=(CSAT_GOAL,))


def test_csat_is_on_the_scale_of_the_window_in_trend_and_service_and_their_goals(plant, with_goal, asked):
    """Of all that is read most answers are on 1–7; of the window most are on 1–5."""
    db = plant(
        rated(20, "09-30", 5, 5) + rated(10, "09-29", 2, 7) + rated(60, "09-23", 2, 7) + rated(6, "09-22", 2, 5), WATCHED
    )
    trend = answer_trend(db, with_goal, window=asked, figure="csat")
    service = answer_service(db, with_goal, window=asked)
    (line,) = trend.figures
    surveys = service.surveys
    assert line.scale == surveys.now.csat_scale == surveys.before.csat_scale == (1.0, 5.0)
    assert (line.level.value, line.level.n) == (surveys.now.csat.value, surveys.now.csat.whole) == (1.0, 20)
    assert (surveys.before.csat.value, surveys.before.csat.whole, surveys.before.csat_elsewhere) == (0.0, 6, 60)
    goals = [dataclasses.replace(answer.goals[0], weeks=()) for answer in (trend, service)]
    assert [(goal.status, goal.value, goal.n, goal.since) for goal in goals] == [("met", 1.0, 20, "2026-09-28")] * 2
    assert [(week.status, week.week.n) for week in service.goals[0].weeks[-2:]] == [("missed", 6), ("met", 20)]
    note = "CSAT is of the scale 1–5, which has the most answers; 10 answers of the window on other scales are not counted."
    assert note in trend.notes


def test_a_longer_line_may_be_on_the_scale_of_the_window_that_it_is_drawn_for(plant, config, asked):
    db = plant(rated(8, "09-30", 5, 5) + rated(30, "09-08", 2, 7), WATCHED)
    longer = window("2026-07-13", "2026-10-04", now=NOW, zone=config.time_zone)
    for rated_in, scale in ((None, (1.0, 7.0)), (asked, (1.0, 5.0))):
        (line,) = answer_trend(db, config, window=longer, figure="csat", rated_in=rated_in).figures
        assert line.scale == scale


def test_without_answers_in_the_window_csat_is_on_the_scale_of_the_weeks(plant, with_goal, asked):
    db = plant(rated(9, "09-23", 7, 7) + rated(6, "09-22", 2, 5) + rated(8, "09-15", 5, 5), WATCHED)
    goal = answer_service(db, with_goal, window=asked).goals[0]
    assert [week.week.n for week in goal.weeks[-3:]] == [8, 6, 0]
    assert [week.week.value for week in goal.weeks[-3:]] == [1.0, 0.0, None]


def test_the_sources_with_most_ratings_of_the_window_have_lines_and_the_others_are_named(plant, config, asked):
    rows = [row for n in range(6) for row in rated(10 - n, "09-30", 4, 5, "stars", source=f"source{n}")]
    rows += rated(40, "09-23", 4, 5, "stars", source="source5")
    db = plant(rows)
    for figure in ("ratings", ""):
        answer = answer_trend(db, config, window=asked, figure=figure)
        assert [line.source for line in answer.figures if line.figure == "mean"] == ["source0", "source1", "source2", "source3"]
        assert (
            "Ratings: the 4 sources and scales with the most answers in the window have lines; left out, with their answers there, "
            "are source4 1–5 (6), source5 1–5 (5). Ask for the ratings of one source to see them." in answer.notes
        )
    # Changes are tested beside no more lines than are reckoned with.
    assert len(answer.figures) <= count_lines(MAIN)
    alone = answer_trend(db, config, window=asked, figure="ratings", source="source5")
    assert [line.level.n for line in alone.figures] == [5, 5]
    assert not any(note.startswith("Ratings: ") for note in alone.notes)


def test_four_sources_leave_nothing_to_be_named(plant, config, asked):
    db = plant([row for n in range(4) for row in rated(10 - n, "09-30", 4, 5, "stars", source=f"source{n}")])
    notes = answer_trend(db, config, window=asked).notes
    assert not any(note.startswith(("Ratings: ", "CSAT is")) for note in notes)


def test_five_ratings_of_five_are_no_plain_count(plant, config, asked):
    """A mean that is as large as the number of its answers has an interval like any other."""
    goal = Goal(figure="stars", way="at_least", target=4.5, unit="stars", brand="tamarind")
    config = dataclasses.replace(config, goals=(goal,))
    db = plant(rated(5, "09-30", 5, 5, "stars"), WATCHED)
    (trend,) = answer_trend(db, config, window=asked, figure="stars").goals
    (service,) = answer_service(db, config, window=asked).goals
    assert (trend.status, trend.value, trend.sure) == (service.status, service.value, service.sure) == ("met", 5.0, False)
    assert (trend.low, trend.high) == pytest.approx((service.low, service.high))


def test_a_plain_count_is_sure(plant, config, asked):
    goal = Goal(figure="complaints_a_week", way="at_most", target=5.0, unit="a_week", brand="tamarind")
    config = dataclasses.replace(config, goals=(goal,))
    db = plant([{"topics": ("refund",)}] * 6, WATCHED)
    (found,) = answer_trend(db, config, window=asked, figure="complaints").goals
    assert (found.status, found.value, found.low, found.high, found.sure) == ("missed", 6.0, None, None, True)
