"""Series that grow or have seasons are held against each other by what is left when those are taken out."""

from __future__ import annotations

import numpy as np
import pytest

from trends.correlation import correlate
from trends.departures import count_years, depart, find_slow

YEAR = 365.25 / 7
PAIRS = 60


def found_of(make, weeks: int, *, gaps: float = 0.0) -> int:
    """How many of 60 pairs of series, made each by itself, are said to move together."""
    rng, found = np.random.default_rng(7), 0
    for _ in range(PAIRS):
        one, two = (np.where(rng.random(weeks) < gaps, np.nan, make(rng, weeks)) for _ in range(2))
        found += correlate(*([None if np.isnan(value) else value for value in side] for side in (one, two))).found
    return found


def rising(spreads):
    return lambda rng, weeks: spreads * rng.choice([-1, 1]) * np.linspace(0, 1, weeks) + rng.normal(size=weeks)


def growing(yearly):
    return lambda rng, weeks: rng.poisson(30 * yearly ** (np.arange(weeks) / 52)).astype(float)


def waving(size, phase=None):
    def make(rng, weeks):
        turned = rng.random() if phase is None else phase
        return size * np.cos(2 * np.pi * (np.arange(weeks) / YEAR - turned)) + rng.normal(size=weeks)

    return make


def both(one, two):
    return lambda rng, weeks: one(rng, weeks) + two(rng, weeks)


def peaking(size):
    return lambda rng, weeks: size * ((np.arange(weeks) % 52 >= 44) & (np.arange(weeks) % 52 < 50)) + rng.normal(size=weeks)


def stepping(size):
    def make(rng, weeks):
        return size * (np.arange(weeks) >= rng.integers(weeks // 5, weeks - weeks // 5)) + rng.normal(size=weeks)

    return make


def wandering(step):
    return lambda rng, weeks: np.cumsum(step * rng.normal(size=weeks)) + rng.normal(size=weeks)


@pytest.mark.parametrize(
    ("make", "weeks"),
    [
        (rising(2), 104),
        (rising(4), 26),
        (rising(4), 52),
        (rising(8), 104),
        (growing(1.3), 104),
        (growing(2.0), 40),
        (growing(2.0), 104),
        (waving(1), 104),
        (waving(2, phase=0.3), 40),
        (waving(2, phase=0.3), 52),
        (both(rising(4), waving(2)), 104),
        (peaking(3), 104),
        (peaking(3), 156),
        (stepping(2), 104),
        (wandering(0.3), 104),
    ],
)
def test_series_that_grow_or_have_a_season_and_nothing_else_in_common_are_rarely_found(make, weeks):
    assert found_of(make, weeks) <= 0.07 * PAIRS


def test_weeks_that_are_not_known_change_nothing_about_it():
    assert found_of(both(rising(4), waving(2)), 60, gaps=0.2) <= 0.07 * PAIRS


@pytest.mark.parametrize(("weeks", "rises", "least"), [(40, 0.0, 0.8), (52, 8.0, 0.85), (104, 8.0, 0.98), (104, 40.0, 0.98)])
def test_a_series_that_is_driven_by_another_is_found_at_its_lag_whatever_both_grow_by(weeks, rises, least):
    """Of what is beside trend and season, the one tells half (r 0.7) of the other two weeks later."""
    rng, right = np.random.default_rng(3), 0
    slow = rises * np.linspace(0, 1, weeks) + (rises > 0) * 2 * np.cos(2 * np.pi * np.arange(weeks) / YEAR)
    for _ in range(60):
        news = rng.normal(size=weeks)
        follows = 0.7 * np.concatenate([rng.normal(size=2), news[:-2]]) + 0.7 * rng.normal(size=weeks)
        found = correlate((news + slow).tolist(), (follows + slow).tolist())
        right += found.found and found.best.lag == 2 and found.best.value > 0
    assert right >= least * 60


def test_a_season_is_taken_out_from_a_year_of_weeks_on():
    known = np.ones(51, np.bool_)
    assert (find_slow(known, count_years(known)).taken, count_years(known)) == (2, 0)
    assert not correlate(*np.random.default_rng(1).normal(size=(2, 51)).tolist()).season
    for weeks, years in ((52, 1), (103, 1), (104, 2), (261, 5)):
        known = np.ones(weeks, np.bool_)
        slow = find_slow(known, count_years(known))
        assert (count_years(known), slow.taken) == (years, 8 * years - 1)
        assert slow.columns.T @ slow.columns == pytest.approx(np.eye(slow.taken), abs=1e-9)
        weeks_from_now = np.arange(weeks)
        wave = 5 + 0.2 * weeks_from_now + 3 * np.cos(2 * np.pi * weeks_from_now / YEAR - 1)
        assert slow.take_out(wave) is None


def test_at_each_lag_the_same_season_is_taken_out():
    one, two = np.random.default_rng(1).normal(size=(2, 52)).tolist()
    found = correlate(one, two)
    assert found.season
    assert all(lag.effective <= lag.pairs - 6 for lag in found.lags)


def test_what_is_taken_out_counts_among_the_weeks():
    rng = np.random.default_rng(5)
    for weeks in (26, 52, 104):
        known = np.ones(weeks, np.bool_)
        slow = find_slow(known, count_years(known))
        noise = rng.normal(size=(200, 2, weeks))
        worth = [slow.count_effective(slow.take_out(one), slow.take_out(two)) for one, two in noise]
        assert max(worth) == weeks - slow.taken + 1
        assert np.mean(worth) > 0.75 * (weeks - slow.taken)


def test_the_autocorrelation_of_what_is_left_is_that_of_the_noise():
    """Taking out more makes the plain estimate lower, and the bias is made good."""
    rng, memory = np.random.default_rng(5), 0.4
    known = np.ones(78, np.bool_)
    slow = find_slow(known, 1)
    noise = rng.normal(size=(400, 178))
    for week in range(1, 178):
        noise[:, week] += memory * noise[:, week - 1]
    told = slow.remember(np.stack([slow.take_out(one[100:]) for one in noise]))[:, 0]
    assert np.mean(told) == pytest.approx(memory, abs=0.03)


def test_one_week_that_is_far_out_tilts_no_trend():
    values = np.arange(30) + np.random.default_rng(2).normal(size=30)
    out = values.copy()
    out[4] = 4000.0
    calm, shaken = depart(values).steady, depart(out).steady
    rest = np.arange(30) != 4
    assert np.corrcoef(calm[rest], shaken[rest])[0, 1] > 0.95


def outliers(weeks: int, rise: float) -> tuple[list[float], list[float]]:
    """Series that grow and have nothing else in common but one week, two weeks apart, in which both are far out."""
    one, two = np.random.default_rng(weeks).normal(size=(2, weeks)) + rise * np.linspace(0, 1, weeks)
    one[weeks // 4] += 40
    two[weeks // 4 + 2] += 40
    return one.tolist(), two.tolist()


@pytest.mark.parametrize("weeks", [20, 26, 40, 60, 104])
@pytest.mark.parametrize("rise", [0.0, 8.0])
def test_one_week_makes_no_finding_of_series_that_grow(weeks, rise):
    found = correlate(*outliers(weeks, rise))
    assert found.lags[2].value > 0.9
    assert not found.found
