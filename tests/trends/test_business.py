from __future__ import annotations

import pytest

from trends.business import as_weeks, find_every

MONDAYS = ["2026-08-31", "2026-09-07", "2026-09-14"]


def days(first: int, last: int, value: float = 2.0) -> dict[str, float]:
    return {f"2026-09-{day:02}": value for day in range(first, last + 1)}


def test_a_level_is_averaged_and_a_count_is_summed():
    values = {"2026-09-07": 10.0, "2026-09-08": 20.0} | days(9, 13)
    assert as_weeks(values, MONDAYS, kind="level") == [None, pytest.approx(40 / 7), None]
    assert as_weeks(values, MONDAYS, kind="count") == [None, 40.0, None]


def test_half_a_week_of_a_count_is_a_gap_and_no_drop():
    assert as_weeks(days(1, 20), MONDAYS[1:], kind="count") == [14.0, 14.0]
    missing = {day: value for day, value in (days(1, 27)).items() if day not in ("2026-09-16", "2026-09-17")}
    assert as_weeks(missing, MONDAYS[1:], kind="count") == [14.0, None]
    assert as_weeks(missing, MONDAYS[1:], kind="level") == [2.0, 2.0]


def test_a_shop_that_is_shut_on_sundays_has_whole_weeks():
    values = {day: value for day, value in days(7, 27).items() if day not in ("2026-09-13", "2026-09-20", "2026-09-27")}
    assert as_weeks(values, MONDAYS[1:], kind="count") == [12.0, 12.0]


def test_a_monthly_level_holds_for_its_month_and_a_monthly_count_is_spread():
    values = {"2026-08-31": 310.0, "2026-09-30": 600.0}
    assert as_weeks(values, MONDAYS, kind="level") == [pytest.approx((310 + 6 * 600) / 7), 600.0, 600.0]
    assert as_weeks(values, MONDAYS, kind="count") == [pytest.approx(10 + 6 * 20), pytest.approx(140), pytest.approx(140)]


def test_a_month_without_a_value_is_a_gap():
    values = {"2026-07-01": 1.0, "2026-09-01": 3.0, "2026-10-01": 3.0}
    assert as_weeks(values, ["2026-08-10", "2026-09-14"], kind="level", every="month") == [None, 3.0]


def test_a_weekly_value_stands_for_the_week_that_holds_its_day():
    values = {"2026-09-06": 70.0, "2026-09-13": 77.0}
    assert as_weeks(values, MONDAYS, kind="count") == [pytest.approx(70), pytest.approx(77), None]


@pytest.mark.parametrize(
    ("dates", "every"),
    [
        (["2026-09-01"], "day"),
        (["2026-09-01", "2026-09-02", "2026-09-04"], "day"),
        (["2026-09-01", "2026-09-08", "2026-09-15"], "week"),
        (["2026-09-30", "2026-07-31", "2026-08-31"], "month"),
        (["2026-03-31", "2026-06-30", "2026-09-30"], "quarter"),
    ],
)
def test_how_often_a_series_has_a_value_is_told_by_its_days(dates, every):
    assert find_every(dates) == every


def test_a_series_without_values_has_gaps_only():
    assert as_weeks({}, MONDAYS, kind="count") == as_weeks({}, MONDAYS) == [None, None, None]


def test_a_quarter_holds_three_months():
    assert as_weeks({"2026-07-01": 92.0, "2026-04-01": 91.0}, ["2026-06-29"], kind="count", every="quarter") == [
        pytest.approx(7)
    ]
