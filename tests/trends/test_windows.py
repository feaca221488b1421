from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from trends.windows import (
    WindowError,
    all_time,
    before,
    contains,
    day_of,
    iso,
    last,
    last_full_week,
    parse_moment,
    weeks,
    window,
)

LONDON, NEW_YORK, SANTIAGO = ZoneInfo("Europe/London"), ZoneInfo("America/New_York"), ZoneInfo("America/Santiago")
MONDAY = "2026-10-05T06:00:00Z"


def hours(found):
    return (parse_moment(found.until) - parse_moment(found.since)).total_seconds() / 3600


def test_last_full_week_ends_on_the_monday_that_has_begun():
    found = last_full_week(MONDAY, LONDON)
    assert (found.first_day, found.end_day, found.since, found.until, found.label) == (
        "2026-09-28", "2026-10-05", "2026-09-27T23:00:00Z", "2026-10-04T23:00:00Z", "28 Sep – 4 Oct 2026",
    )  # fmt: skip


def test_sunday_night_in_london_is_monday_in_utc_but_not_yet_a_new_week():
    assert last_full_week("2026-10-04T22:59:59Z", LONDON).end_day == "2026-09-28"
    assert last_full_week("2026-10-04T23:00:00Z", LONDON).end_day == "2026-10-05"


@pytest.mark.parametrize(("now", "length"), [("2026-03-30T08:00:00Z", 167), ("2026-10-26T08:00:00Z", 169), (MONDAY, 168)])
def test_weeks_in_which_clocks_change_are_an_hour_shorter_or_longer(now, length):
    found = last_full_week(now, LONDON)
    assert (found.days, hours(found)) == (7, length)


def test_a_day_without_midnight_begins_when_the_clock_jumps():
    # Chile's clocks went from 24:00 on 5 September 2026 to 01:00 on the 6th, at 04:00 UTC.
    assert window("2026-09-06", "2026-09-06", now=MONDAY, zone=SANTIAGO).since == "2026-09-06T04:00:00Z"


def test_the_window_before_has_equally_many_local_days_and_touches():
    found = last_full_week("2026-10-26T08:00:00Z", LONDON)
    earlier = before(found)
    assert (earlier.days, earlier.until, hours(earlier)) == (found.days, found.since, 168)


def test_all_time_has_no_bounds_and_no_window_before():
    found = all_time(now=MONDAY, zone=LONDON)
    assert (found.since, found.days, found.label, before(found)) == (None, None, "all time", None)


def test_last_weeks_end_with_today():
    found = last("4w", now=MONDAY, zone=LONDON)
    assert (found.first_day, found.end_day, found.days) == ("2026-09-08", "2026-10-06", 28)


@pytest.mark.parametrize("length", ["", "4", "w", "0w", "-3d", "4y", "99999w", "999999w", f"{'9' * 5000}d"])
def test_a_length_that_is_none_names_itself_and_the_fix(length):
    with pytest.raises(WindowError, match="write 7d, 4w or 12w") as error:
        last(length, now=MONDAY, zone=LONDON)
    assert repr(length) in str(error.value)


@pytest.mark.parametrize(
    ("length", "reason"),
    [("5y", "is no number of days or weeks"), ("0d", "holds no day"), ("6000w", "is longer than a century")],
)
def test_a_length_that_is_none_says_why(length, reason):
    with pytest.raises(WindowError, match=f"^last: '{length}' {reason}; write"):
        last(length, now=MONDAY, zone=LONDON)


def test_noughts_before_a_length_say_nothing():
    assert last("0028 days", now=MONDAY, zone=LONDON) == last("4w", now=MONDAY, zone=LONDON)


@pytest.mark.parametrize("zone", [LONDON, SANTIAGO, ZoneInfo("Pacific/Kiritimati")])
@pytest.mark.parametrize(
    ("since", "until"), [("1900-01-01", "1900-01-01"), ("2199-12-31", "2199-12-31"), ("1900-01-01", "2199-12-31")]
)
def test_the_ends_of_the_years_that_may_be_asked_for_have_a_window_before_and_weeks(since, until, zone):
    found = window(since, until, now=max(MONDAY, f"{since}T12:00:00Z"), zone=zone)
    over = window(since, until, now="2201-01-01T00:00:00Z", zone=zone)
    assert before(over).until == found.since
    assert before(found).since < before(found).until <= found.since
    assert len(weeks(found)) == 8
    assert parse_moment(found.since) < parse_moment(found.until)


def test_beside_a_window_that_is_not_over_stands_the_equal_part_of_the_one_before():
    now = "2026-10-06T07:40:00Z"
    found = before(last("1d", now=now, zone=LONDON))
    assert (found.since, found.until, found.days) == ("2026-10-04T23:00:00Z", "2026-10-05T07:00:00Z", 1)
    assert found.label == "5 Oct 2026, to 08:00"
    found = before(window("2026-10-05", "2026-10-18", now=now, zone=LONDON))
    assert (found.since, found.until, found.days) == ("2026-09-20T23:00:00Z", "2026-09-22T07:00:00Z", 2)
    assert found.label == "21–22 Sep 2026, to 08:00"
    assert before(last_full_week(now, LONDON)).label == "21–27 Sep 2026"


def test_the_equal_part_ends_by_the_clock_also_when_clocks_change():
    found = before(window("2026-10-25", "2026-11-02", now="2026-10-28T09:10:00Z", zone=LONDON))
    assert (found.since, found.until) == ("2026-10-15T23:00:00Z", "2026-10-19T08:00:00Z")
    assert found.label == "16–19 Oct 2026, to 09:00"


def test_the_equal_part_is_never_empty_and_may_end_with_a_day():
    found = before(last("1d", now="2026-10-05T23:20:00Z", zone=LONDON))
    assert (found.since, found.until, found.label) == ("2026-10-04T23:00:00Z", "2026-10-05T00:00:00Z", "5 Oct 2026, to 01:00")
    found = before(last("2d", now="2026-10-05T23:20:00Z", zone=LONDON))
    assert (found.since, found.until, found.label) == ("2026-10-02T23:00:00Z", "2026-10-03T23:00:00Z", "3 Oct 2026")


@pytest.mark.parametrize("day", ["0001-01-01", "0100-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_outside_of_these_years_is_refused(day):
    with pytest.raises(WindowError, match=f"^since: '{day}' is outside of the years 1900 to 2199; write a day like"):
        window(day, "2026-09-28", now=MONDAY, zone=LONDON)
    with pytest.raises(WindowError, match=f"^until: '{day}' is outside of the years 1900 to 2199; write a day like"):
        window("2026-09-28", day, now=MONDAY, zone=LONDON)


def test_a_time_before_the_year_1000_is_written_so_that_it_can_be_read():
    assert iso(parse_moment("0100-01-01T00:01:15Z")) == "0100-01-01T00:01:15Z"


def test_days_in_the_wrong_order_are_refused():
    with pytest.raises(WindowError, match="swap them"):
        window("2026-09-10", "2026-09-01", now=MONDAY, zone=LONDON)


def test_a_window_that_has_not_begun_is_refused():
    with pytest.raises(WindowError, match="since: '2026-10-06' is after today, 2026-10-05; nothing is known of it yet"):
        window("2026-10-06", "2026-10-20", now=MONDAY, zone=LONDON)
    assert window("2026-10-05", "2026-10-20", now=MONDAY, zone=LONDON).days == 16


def test_a_day_that_is_none_is_refused():
    with pytest.raises(WindowError, match="'31 Sept' is no day"):
        window("31 Sept", None, now=MONDAY, zone=LONDON)


@pytest.mark.parametrize(
    ("since", "until", "label"),
    [
        ("2026-08-24", "2026-08-30", "24–30 Aug 2026"),
        ("2026-10-03", "2026-10-03", "3 Oct 2026"),
        ("2025-12-29", "2026-01-04", "29 Dec 2025 – 4 Jan 2026"),
    ],
)
def test_labels_read_as_people_write(since, until, label):
    assert window(since, until, now=MONDAY, zone=LONDON).label == label


def test_a_mention_known_to_the_day_stays_on_the_day_its_site_printed():
    assert day_of("2026-09-28T00:00:00Z", "day", NEW_YORK) == "2026-09-28"
    assert day_of("2026-09-28T00:00:00Z", "second", NEW_YORK) == "2026-09-27"
    week = last_full_week(MONDAY, NEW_YORK)
    assert contains(week, "2026-09-28T00:00:00Z", "day")
    assert not contains(week, "2026-09-28T00:00:00Z", "second")
    assert not contains(week, "2026-10-05", "day")


def test_undated_mentions_are_in_all_time_only():
    assert contains(all_time(now=MONDAY, zone=LONDON), None, "unknown")
    assert not contains(last_full_week(MONDAY, LONDON), None, "unknown")


def test_eight_weeks_end_with_the_week_of_the_window():
    found = weeks(last_full_week(MONDAY, LONDON))
    assert [week.first_day for week in found][::7] == ["2026-08-10", "2026-09-28"]
    assert all(one.until == two.since for one, two in pairwise(found))
