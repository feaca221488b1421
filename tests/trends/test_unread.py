"""What nobody has read is in no share; and what an answer must not say."""

from __future__ import annotations

from datetime import date

import pytest

from store.database import open_database, write
from store.records import Watch
from trends.gathering import SIGNS_UNREAD
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.service import answer_service
from trends.timeline import answer_trend
from trends.watching import answer_watching
from trends.windows import from_days, last

NOW = "2026-10-05T08:00:00Z"
WATCHED = Watch(source="reviews", site="trustyard", since="2026-07-01T00:00:00Z", until=NOW, complete=True)


@pytest.fixture
def month(config):
    return last("4w", now=NOW, zone=config.time_zone)


def half_read():
    read = {"topics": ("refund",), "signs": ("leaving",)}
    return [read] * 6 + [{"untagged": True, "published": "2026-09-29T10:00:00Z"}] * 6


def complaint_rate(answer):
    return next(line.level.n for line in answer.figures if line.figure == "complaint-rate")


@pytest.mark.parametrize(
    "whole",
    [
        lambda db, config, month: answer_overview(db, config, window=month).figures.complaints.whole,
        lambda db, config, month: answer_hot_buttons(db, config, window=month).buttons[0].share.whole,
        lambda db, config, month: answer_service(db, config, window=month).figures.complaint_rate.whole,
        lambda db, config, month: answer_service(db, config, window=month).leaving.share.whole,
        lambda db, config, month: complaint_rate(answer_trend(db, config, window=month)),
    ],
    ids=["overview", "hot-buttons", "service", "leaving", "trend"],
)
def test_unread_mentions_are_in_no_share(plant, config, month, whole):
    assert whole(plant(half_read()), config, month) == 6


def test_signs_that_nothing_has_read_for_are_not_nought(plant, config, month):
    db = plant([{"topics": ("refund",)}] * 9)
    assert answer_service(db, config, window=month).leaving.share.value == 0
    older = open_database(config.database)
    with write(older):
        older.conn.execute("update taggers set current = 0 where task = 'sign'")
    older.close()
    answer = answer_service(db, config, window=month)
    assert (answer.leaving.share.value, SIGNS_UNREAD in answer.notes) == (None, True)
    assert SIGNS_UNREAD in answer_trend(db, config, window=month).notes


def test_no_note_is_empty(plant, config, month):
    assert "" not in answer_trend(plant(half_read()), config, window=month).notes


def test_the_change_of_a_part_is_not_called_steady_since_it_is_not_tested(plant, config):
    db = plant([{"topics": ("refund",)}] * 20, watches=[WATCHED])
    (button,) = answer_hot_buttons(db, config, window=last("7d", now=NOW, zone=config.time_zone)).buttons
    assert (button.change.direction, button.by_source[0].change.direction) == ("rising", "unknown")


def test_a_window_to_come_has_no_days_and_its_own_periods(plant, config):
    db = plant(half_read(), watches=[WATCHED])
    ahead = from_days(date(2027, 1, 4), date(2027, 1, 11), now=NOW, zone=config.time_zone)
    assert all(site.days == 0 for site in answer_watching(db, config, window=ahead).sites if site.days is not None)
    assert {period.first_day for period in answer_trend(db, config, window=ahead).periods} == {"2027-01-04"}
