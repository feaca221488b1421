import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trends.intervals import compare_counts, difference, discoveries, net, share, wilson

COUNTS = st.integers(0, 5000)


@given(COUNTS, COUNTS)
@settings(max_examples=100)
def test_wilson_is_scipys(first, second):
    whole = first + second
    if not whole:
        assert wilson(0, 0) == (0.0, 1.0)
        return
    expected = stats.binomtest(first, whole).proportion_ci(method="wilson")
    assert wilson(first, whole) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_wilson_by_hand():
    # 3 of 10, z = 1.96: (0.3 + 0.19207 ± 1.96 sqrt(0.021 + 0.0096035)) / 1.38414
    assert wilson(3, 10) == pytest.approx((0.10779, 0.60322), abs=1e-5)


@given(COUNTS, COUNTS, COUNTS)
def test_the_interval_of_net_sentiment_holds_its_value_and_mirrors(plus, none, minus):
    found = net([(plus, none, minus)] if plus + none + minus else [], floor=1)
    if found.value is None:
        assert found.n == 0
        return
    low, high = difference(plus, minus, plus + none + minus)
    assert -1 <= low <= found.value + 1e-9
    assert found.value - 1e-9 <= high <= 1
    assert difference(minus, plus, plus + none + minus) == pytest.approx((-high, -low), abs=1e-9)


def test_net_sentiment_without_neutrals_is_wilson_stretched():
    # p1 − p2 = 2 p1 − 1 when nothing is neutral, so the interval must be Wilson's of p1, stretched the same way.
    low, high = wilson(7, 10)
    assert difference(7, 3, 10) == pytest.approx((2 * low - 1, 2 * high - 1), abs=1e-9)


def test_unanimous_people_still_have_an_interval():
    found = net([(1, 0, 0)] * 10, floor=5)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(2 * wilson(10, 10)[0] - 1)


def test_one_who_posts_often_widens_the_interval():
    alone = share([(1, 1)] * 12 + [(0, 1)] * 12, floor=5)
    crowd = share([(12, 12)] + [(0, 1)] * 12, floor=5)
    assert alone.value == crowd.value == 0.5
    assert crowd.low < alone.low
    assert crowd.high > alone.high


def test_the_interval_at_the_effective_number_of_answers_is_that_of_drawing_people():
    generator = np.random.default_rng(1)
    posts = generator.geometric(0.4, 400)
    people = np.stack([generator.binomial(posts, generator.beta(1, 2, 400)), posts], axis=-1)
    found = share(people, floor=5)
    drawn = people[generator.integers(0, 400, (4000, 400))].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.008)
    moods = generator.multinomial(4, [0.2, 0.3, 0.5], 300) * generator.integers(0, 2, (300, 1))
    moods[:, 1] += 1
    drawn = moods[generator.integers(0, 300, (4000, 300))].sum(axis=1)
    low, high = np.percentile((drawn[:, 0] - drawn[:, 2]) / drawn.sum(axis=1), [2.5, 97.5])
    found = net(moods, floor=5)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.012)


def test_posts_that_all_say_the_same_count_by_person():
    # 20 people with 5 posts each, all alike: Kish's effect is 5, so Wilson's interval is that of 20 answers.
    assert share([(5, 5)] * 20, floor=5).low == pytest.approx(wilson(20, 20)[0])


def test_under_the_floor_there_is_no_value():
    found = share([(1, 1), (0, 1)], floor=5)
    assert (found.part, found.whole, found.value, found.low, found.high, found.too_few) == (1, 2, None, None, None, True)


@given(st.integers(0, 300), st.integers(0, 300), st.floats(1, 30), st.floats(1, 30))
@settings(max_examples=100)
def test_the_test_of_two_counts_is_twice_scipys_smaller_tail(first, second, time1, time2):
    found = compare_counts(first, second, time1, time2)
    if not first + second:
        assert found == 1.0
        return
    chance = time1 / (time1 + time2)
    tails = [stats.binomtest(first, first + second, chance, alternative=way).pvalue for way in ("less", "greater")]
    assert found == pytest.approx(min(1.0, 2 * min(tails)), abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_discoveries_are_benjamini_and_hochbergs(chances):
    adjusted = stats.false_discovery_control(chances)
    for found, corrected in zip(discoveries(chances), adjusted, strict=True):
        if not math.isclose(corrected, 0.05, rel_tol=1e-9):
            assert found == (corrected <= 0.05)


def test_one_persons_twelve_posts_are_too_few_people_to_say():
    assert share([(12, 12)], floor=5).too_few
    assert net([(0, 0, 12)], floor=5).too_few
    assert not share([(8, 8)] + [(0, 1)] * 4, floor=5).too_few
