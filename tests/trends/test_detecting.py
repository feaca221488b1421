"""Which days are a series, from when on, and for how long its last test speaks."""

import contextlib
from datetime import date, timedelta

import pytest

from store.database import open_database
from store.outbreaks import save_tests
from store.records import Watch
from trends.detecting import read_outbreaks, read_series
from trends.windows import window

NOW = "2026-10-05T08:00:00Z"
LAST = date(2026, 10, 4)
"""The last day that is over."""


def said(site, days, number=1):
    """So many people a day who complain on a site, over the last days that are over."""
    return [
        {"author_id": f"{site} {back} {n}", "site": site, "published": f"{LAST - timedelta(days=back)}T10:00:00Z", "topics": ["app"]}
        for back in range(days)
        for n in range(number)
    ]  # fmt: skip


def watch(site, since, until=NOW):
    return Watch(source="reviews", site=site, since=since, until=until, complete=True)


def series_of(db, config, topic="app"):
    brand = config.brand("tamarind")
    return next(one for one in read_series(db, config, brand, now=NOW) if one.topic == topic)


@pytest.mark.parametrize(("hours", "there"), [(0, True), (2, True), (4, False), (12, False)])
def test_a_day_of_which_more_than_a_tenth_was_not_watched_is_no_count(config, plant, hours, there):
    rest = f"2026-09-20T{4 + hours:02}:00:00Z"
    watches = [watch("trustyard", "2026-06-01T00:00:00Z", "2026-09-20T04:00:00Z"), watch("trustyard", rest)]
    series = series_of(plant(said("trustyard", 90), watches), config)
    day = (date(2026, 9, 20) - series.first_day).days
    assert series.counts[day - 1 : day + 2] == (1, 1 if there else None, 1)


def test_a_history_begins_when_the_sites_of_most_mentions_were_watched(config, plant):
    # Half of what is said comes from a site that was watched much later: before, half would be missing.
    rows = [*said("trustyard", 120), *said("neighbours", 61)]
    watches = [watch("trustyard", "2026-06-01T00:00:00Z"), watch("neighbours", "2026-08-05T00:00:00Z")]
    series = series_of(plant(rows, watches), config)
    assert series.first_day == date(2026, 8, 5)
    assert set(series.counts) == {2}


def test_a_small_site_that_came_later_is_left_out_and_shortens_no_history(config, plant):
    rows = [*said("trustyard", 126, number=5), *said("neighbours", 61)]
    watches = [watch("trustyard", "2026-06-01T00:00:00Z"), watch("neighbours", "2026-08-05T00:00:00Z")]
    series = series_of(plant(rows, watches), config)
    assert (series.first_day, set(series.counts)) == (date(2026, 6, 1), {5})


@pytest.mark.parametrize(("later", "told"), [(0, True), (6, True), (7, False), (100, False)])
def test_the_last_test_speaks_for_a_week(config, plant, later, told):
    plant([])
    tested = date(2026, 6, 1)
    row = {
        "brand": "tamarind", "topic": "app", "day": str(tested), "observed": 40, "expected": 7.0, "lower": 2.0, "upper": 14.0,
        "chance_up": 1e-9, "chance_down": 1.0, "baseline_days": 91, "onset": "2026-05-28",
    }  # fmt: skip
    end = tested + timedelta(days=later)
    asked = window(str(end - timedelta(days=6)), str(end), now=NOW, zone=config.time_zone)
    with contextlib.closing(open_database(config.database)) as db:
        save_tests(db, [row])
        found = read_outbreaks(db, "tamarind", asked)
    assert [(topic, one.direction, one.day) for topic, one in found.items()] == [("app", "rising", str(tested))] * told
