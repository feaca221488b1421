"""Lags at which a business series leads reach back before the window."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import numpy as np
import pytest

from store.database import open_database
from store.metrics import save_metrics
from store.records import Metric
from trends.correlation import LagCorrelation, correlate, say_correlation, say_figures
from trends.timeline import answer_trend
from trends.windows import last

NOW = "2026-10-05T08:00:00Z"
FIRST = date(2026, 5, 18)
LED_BY = 3


@pytest.fixture
def laid(plant, config):
    """Ten weeks of complaints that follow, three weeks later, what a series of twenty weeks did."""
    returns = np.random.default_rng(5).integers(1, 12, 20).tolist()
    rows = [
        {"source": "import", "site": "tickets", "published": f"{FIRST + timedelta(days=7 * week + n % 7)}T10:00:00Z"}
        for week in range(10, 20)
        for n in range(int(returns[week - LED_BY]))
    ]
    db = plant(rows, [])
    with contextlib.closing(open_database(config.database)) as writer:
        values = [
            Metric(name="returns", date=str(FIRST + timedelta(days=7 * week)), value=float(value))
            for week, value in enumerate(returns)
        ]
        save_metrics(writer, values)
    window = last("10w", now=NOW, zone=config.time_zone)
    (found,) = answer_trend(db, config, window=window, figure="mentions", metric="returns").laid
    return found


def test_values_of_the_series_before_the_window_are_paired_with_its_first_weeks(laid):
    assert [one.pairs for one in laid.leads.lags] == [10] * 9
    assert [one.pairs for one in laid.follows.lags] == [10 - lag for lag in range(9)]
    assert len(laid.values) == 10, "what stands beside the window's weeks is of those weeks alone"


def test_a_series_that_leads_by_three_weeks_is_seen_in_ten(laid):
    assert laid.leads.best.lag == LED_BY
    assert laid.leads.best.value == pytest.approx(1)


def test_one_week_is_no_weeks_and_minus_signs_are_those_of_the_tables():
    assert say_correlation(correlate([1.0], [2.0]), trend="a", series="b") == "a and b: too few to say (1 week of both)."
    lag = LagCorrelation(
        lag=0, pairs=9, effective=8.0, value=-0.33, low=-0.8, high=0.4, rank=-0.2, rank_low=-0.7, rank_high=0.5, chance=0.3,
        rank_chance=0.4, corrected=1.0,
    )  # fmt: skip
    assert say_figures(lag) == "r −0.33, 95% −0.80 to +0.40, Spearman's −0.20, 9 weeks worth 8"
