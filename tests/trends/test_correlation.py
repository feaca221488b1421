from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from trends.correlation import correlate, correlate_at, fisher, holm, pearson, ranks, say_correlation
from trends.departures import depart

PLAIN = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))
PAIRS = st.lists(st.tuples(PLAIN, PLAIN), min_size=8, max_size=60)


@settings(max_examples=60)
@given(PAIRS)
def test_the_correlation_is_scipys(pairs):
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    assume(np.ptp(first) > 1e-2 and np.ptp(second) > 1e-2)
    expected = stats.pearsonr(first, second)
    assert pearson(first, second) == pytest.approx(expected.statistic, abs=1e-9)
    if abs(expected.statistic) < 0.999:
        interval = expected.confidence_interval()
        assert fisher(expected.statistic, len(pairs)) == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert pearson(ranks(first), ranks(second)) == pytest.approx(stats.spearmanr(first, second).statistic, abs=1e-9)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.none() | PLAIN, st.none() | PLAIN), max_size=60))
def test_whatever_the_weeks_the_figures_are_in_bounds(weeks):
    found = correlate([one for one, _ in weeks], [two for _, two in weeks])
    assert [one.lag for one in found.lags] == list(range(9))
    for one in found.lags:
        known = [
            weeks[place][0] is not None and weeks[place + one.lag][1] is not None
            for place in range(max(len(weeks) - one.lag, 0))
        ]
        assert one.pairs == sum(known)
        if one.value is not None:
            assert one.pairs >= 8
            assert -1 <= one.low <= one.value + 1e-9
            assert one.value - 1e-9 <= one.high <= 1
            assert 0 <= one.chance <= one.corrected <= 1
            assert 4 <= one.effective <= one.pairs


def shaken(count: int, seed: int) -> list[float]:
    return np.random.default_rng(seed).normal(size=count).tolist()


def test_a_series_that_follows_two_weeks_later_is_found_at_that_lag():
    trend = shaken(60, 1)
    series = [0.0, 0.0, *(3 * value + 0.5 * noise for value, noise in zip(trend[:-2], shaken(58, 2), strict=True))]
    found = correlate(trend, series)
    assert (found.found, found.best.lag, found.best.pairs) == (True, 2, 58)
    assert found.best.value > 0.9
    said = say_correlation(found, trend="Complaints", series="returns")
    assert said.startswith("Complaints moves with returns 2 weeks later (r +0.9")
    assert said.endswith("), each measured from its own trend and season, which is correlation, not cause.")
    less = say_correlation(correlate(trend[:40], series[:40]), trend="Complaints", series="returns")
    assert less.endswith("), each measured from its own trend, which is correlation, not cause.")


def test_a_trend_that_follows_the_series_is_not_found_this_way_round():
    series = shaken(60, 1)
    trend = [0.0, 0.0, *series[:-2]]
    assert not correlate(trend, series).found
    assert correlate(series, trend).best.lag == 2


def test_gaps_are_left_out_with_their_pairs_and_are_no_zeros():
    trend, series = shaken(40, 3), shaken(40, 4)
    holes = {3, 4, 5, 20, 33}
    holed = [None if place in holes else value for place, value in enumerate(trend)]
    found = correlate(holed, series)
    left = [place for place in range(40) if place not in holes]
    assert (found.lags[0].pairs, found.lags[1].pairs) == (35, 34)
    # The partial correlation, time held still.
    line = np.stack([np.ones(35), left], axis=-1)
    rests = [
        values - line @ np.linalg.lstsq(line, values, rcond=None)[0]
        for values in (np.array([side[place] for place in left]) for side in (trend, series))
    ]
    assert found.lags[0].value == pytest.approx(stats.pearsonr(*rests).statistic)


def test_under_eight_pairs_nothing_is_said():
    found = correlate(shaken(12, 1), shaken(12, 2))
    assert [one.too_few for one in found.lags] == [False] * 5 + [True] * 4
    nothing = correlate(shaken(7, 1), shaken(7, 2))
    assert (nothing.best, nothing.found) == (None, False)
    assert (
        say_correlation(nothing, trend="Complaints", series="revenue")
        == "Complaints and revenue: too few to say (7 weeks of both)."
    )


def test_what_never_varies_moves_with_nothing():
    assert correlate([3.0] * 30, shaken(30, 1)).best is None


def test_what_only_grows_moves_with_nothing():
    found = correlate([100.0 + 7 * week for week in range(30)], shaken(30, 1))
    assert found.best is None
    said = "Customers and returns: one of them does nothing beside its own trend, so that nothing can go with it."
    assert say_correlation(found, trend="Customers", series="returns") == said


def test_two_lines_that_both_grow_are_held_together_by_what_is_left_of_both():
    one, two = (np.arange(30) + np.array(shaken(30, seed)) for seed in (8, 9))
    found = correlate(one.tolist(), two.tolist())
    assert np.corrcoef(one, two)[0, 1] > 0.98
    assert abs(found.lags[0].value) < 0.4
    assert found.lags[0].effective <= 29
    assert not found.found


def test_weeks_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="3 weeks of the trend and 2 of the series: give both the same weeks"):
        correlate([1, 2, 3], [1, 2])


def test_a_perfect_line_is_one():
    trend = shaken(20, 5)
    found = correlate_at(depart(np.array(trend)), depart(np.array(trend) * -2 + 1), 0)
    assert (found.value, found.low, found.high, found.rank, found.chance) == (
        pytest.approx(-1),
        pytest.approx(-1),
        pytest.approx(-1),
        pytest.approx(-1),
        pytest.approx(0),
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_by_its_definition(chances):
    found = holm(chances)
    for place, chance in enumerate(chances):
        order = sorted(chances)
        expected = max(min(1.0, (len(order) - rank) * order[rank]) for rank in range(len(order)) if order[rank] <= chance)
        assert math.isclose(found[place], expected, abs_tol=1e-12)


def remembering(rng, count: int, memory: float) -> list[float]:
    values = [float(rng.normal())]
    for _ in range(count + 20):
        values.append(memory * values[-1] + float(rng.normal()))
    return values[-count:]


@pytest.mark.parametrize(("weeks", "memory"), [(20, 0.0), (52, 0.5), (52, 0.9)])
def test_series_that_have_nothing_to_do_with_each_other_are_rarely_found(weeks, memory):
    rng, found = np.random.default_rng(4), 0
    for _ in range(150):
        found += correlate(remembering(rng, weeks, memory), remembering(rng, weeks, memory)).found
    assert found <= 0.05 * 150 * 1.9


def outlier(seed: int = 11) -> tuple[list[float], list[float]]:
    """Series that have nothing to do with each other but for one week, two weeks apart, in which both are far out."""
    trend, series = shaken(16, seed), shaken(16, seed + 1)
    trend[7], series[9] = 40.0, 40.0
    return trend, series


def test_what_one_week_carries_is_no_finding_and_is_said_to_be_none():
    found = correlate(*outlier())
    lag = found.lags[2]
    assert lag.value > 0.95
    assert lag.low > 0.8
    assert holm([one.chance for one in found.lags if not one.too_few])[2] < 0.01
    assert abs(lag.rank) < 0.6
    assert (found.found, found.carried.lag, lag.corrected) == (False, 2, pytest.approx(1.0, abs=0.9))
    said = say_correlation(found, trend="Complaints", series="returns")
    assert "none of 9 lags stands out; that 2 weeks later (r +0.9" in said
    assert "rests on few weeks, since Spearman's r does not bear it out" in said


def test_correlations_of_different_signs_are_no_finding():
    first = np.array([3.0, 6, 2, 7, 1, 8, 100, 2, 6, 3, 8, 1])
    opposite = correlate_at(depart(first), depart(np.where(first == 100, 100, 9 - first)), 0)
    assert opposite.value > 0 > opposite.rank
    assert opposite.joint == 1.0


@pytest.mark.parametrize("seed", range(4))
def test_the_interval_of_ranks_holds_nought_where_its_p_says_so(seed):
    trend = shaken(40, seed)
    series = [value + 2.5 * noise for value, noise in zip(trend, shaken(40, seed + 50), strict=True)]
    for one in correlate(trend, series).lags:
        assert one.rank_low <= one.rank <= one.rank_high
        assert (one.rank_chance > 0.05) == (one.rank_low <= 0 <= one.rank_high)
        assert one.corrected >= max(one.chance, one.rank_chance) or one.value * one.rank <= 0


def test_extreme_weeks_of_series_that_have_nothing_to_do_with_each_other_are_rarely_found():
    rng, found = np.random.default_rng(4), 0
    for _ in range(150):
        first, second = (np.exp(1.5 * np.array(remembering(rng, 26, 0.3))).tolist() for _ in range(2))
        found += correlate(first, second).found
    assert found <= 0.05 * 150
