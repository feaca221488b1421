from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from trends.crowd import gather_crowd
from trends.differences import (
    compare_means,
    compare_nets,
    compare_shares,
    judge_all,
    judge_change,
    net_limits,
    wilson_limits,
)
from trends.intervals import Z, difference, wilson

SIZES = st.tuples(st.integers(0, 80), st.integers(0, 80)).filter(any)
KEYS = itertools.count(1)


def crowd_of(yes: int, no: int, *, anonymous: bool = False):
    people = [0 if anonymous else next(KEYS) for _ in range(yes + no)]
    return gather_crowd(people, [1] * yes + [0] * no)


def net_crowd(plus: int, none: int, minus: int):
    whole = plus + none + minus
    people = [next(KEYS) for _ in range(whole)]
    return gather_crowd(people, [1] * plus + [0] * (none + minus), [0] * (plus + none) + [1] * minus)


@settings(max_examples=60)
@given(SIZES, SIZES)
def test_the_difference_of_two_shares_is_newcombes(first, second):
    found = compare_shares(crowd_of(*first), crowd_of(*second, anonymous=True), floor=1)
    expected = confint_proportions_2indep(first[0], sum(first), second[0], sum(second), method="newcomb")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-7)
    assert found.value == pytest.approx(first[0] / sum(first) - second[0] / sum(second))
    assert (found.first_n, found.second_n, found.first_people) == (sum(first), sum(second), sum(first))


def test_newcombes_own_example():
    # Newcombe 1998b, table II, (a) 56/70 - 48/80, method 10: 0.0524 to 0.3339.
    found = compare_shares(crowd_of(56, 14), crowd_of(48, 32), floor=5)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@settings(max_examples=60)
@given(SIZES, SIZES)
def test_the_chance_says_what_the_interval_says(first, second):
    found = compare_shares(crowd_of(*first), crowd_of(*second), floor=1)
    assert 0 <= found.chance <= 1
    if abs(found.chance - 0.05) > 1e-6:
        assert (found.chance < 0.05) == (not found.low <= 0 <= found.high)


@settings(max_examples=60)
@given(st.tuples(*[st.integers(0, 30)] * 3).filter(any), st.tuples(*[st.integers(0, 30)] * 3).filter(any))
def test_the_difference_of_two_nets_mirrors_and_holds_its_value(first, second):
    one, two = net_crowd(*first), net_crowd(*second)
    there, back = compare_nets(one, two, floor=1), compare_nets(two, one, floor=1)
    assert there.value == pytest.approx((first[0] - first[2]) / sum(first) - (second[0] - second[2]) / sum(second))
    assert there.low - 1e-9 <= there.value <= there.high + 1e-9
    assert (back.low, back.high, back.chance) == pytest.approx((-there.high, -there.low, there.chance), abs=1e-9)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_limits_at_any_z_are_the_projects_at_95_percent(plus, none, minus):
    whole = plus + none + minus
    if whole:
        assert wilson_limits(plus, whole, Z) == pytest.approx(wilson(plus, whole), abs=1e-12)
        assert net_limits(plus, minus, whole, Z) == pytest.approx(difference(plus, minus, whole), abs=1e-12)


def test_a_net_without_neutrals_is_two_shares_stretched():
    # p1 - p2 = 2 p1 - 1, so the difference of two such nets is twice that of two shares, and so is its interval.
    nets = compare_nets(net_crowd(20, 0, 10), net_crowd(12, 0, 18), floor=5)
    shares = compare_shares(crowd_of(20, 10), crowd_of(12, 18), floor=5)
    assert (nets.value, nets.low, nets.high) == pytest.approx((2 * shares.value, 2 * shares.low, 2 * shares.high))


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_with_many_people_the_difference_of_two_means_is_welchs(seed):
    rng = np.random.default_rng(seed)
    one = rng.choice(np.arange(1, 6), 900, p=[0.1, 0.1, 0.2, 0.3, 0.3])
    two = rng.choice(np.arange(1, 6), 600, p=[0.2, 0.2, 0.2, 0.2, 0.2])
    found = compare_means(
        gather_crowd([next(KEYS) for _ in one], one), gather_crowd([next(KEYS) for _ in two], two), worst=1, best=5, floor=5
    )
    expected = stats.ttest_ind(one, two, equal_var=False)
    low, high = expected.confidence_interval()
    assert found.value == pytest.approx(one.mean() - two.mean())
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.015)


def test_all_5_against_all_4_still_has_an_interval():
    one, two = (gather_crowd([next(KEYS) for _ in range(6)], [value] * 6) for value in (5.0, 4.0))
    found = compare_means(one, two, worst=1, best=5, floor=5)
    assert found.value == 1.0
    assert found.low < 0 < found.high
    assert judge_change(found, good="up") == "no clear change"


def test_one_who_speaks_often_widens_a_difference():
    loud = gather_crowd([1] * 15 + list(range(10, 40)), [1] * 15 + [0] * 30)
    crowd = gather_crowd(range(100, 145), [1] * 15 + [0] * 30)
    other = gather_crowd(range(200, 260), [1] * 6 + [0] * 54)
    one, many = compare_shares(loud, other, floor=5), compare_shares(crowd, other, floor=5)
    assert one.value == many.value
    assert judge_change(many, good="down") == "worse"
    assert judge_change(one, good="down") == "no clear change"
    assert one.chance > 0.05 > many.chance


def test_people_who_say_the_contrary_on_the_other_side_widen_it():
    people = list(range(1, 41))
    ours, theirs = [1] * 26 + [0] * 14, [0] * 26 + [1] * 14
    strangers = compare_shares(gather_crowd(people, ours), gather_crowd([person + 100 for person in people], theirs), floor=5)
    same = compare_shares(gather_crowd(people, ours), gather_crowd(people, theirs), floor=5)
    assert same.value == strangers.value
    assert same.high - same.low > strangers.high - strangers.low
    # By hand: each person adds 1 or -1 over 40, so the difference is a mean with the sample's own spread.
    reach = stats.sem(np.array(ours) - np.array(theirs)) * stats.t.ppf(0.975, 78)
    assert same.high - same.value == pytest.approx(reach, rel=0.01)


def test_too_few_people_say_nothing():
    found = compare_shares(crowd_of(4, 0), crowd_of(40, 40), floor=5)
    assert (found.value, found.low, found.high, found.chance, found.first_n) == (None, None, None, 1.0, 4)
    assert judge_change(found, good="up") == "too few to say"
    assert compare_nets(net_crowd(1, 0, 0), net_crowd(9, 0, 0), floor=5).too_few


def test_better_or_worse_hangs_on_which_side_is_good():
    fewer = compare_shares(crowd_of(5, 95), crowd_of(40, 60), floor=5)
    assert (judge_change(fewer, good="down"), judge_change(fewer, good="up")) == ("better", "worse")


def test_among_many_topics_a_slight_difference_is_no_finding():
    slight = compare_shares(crowd_of(20, 80), crowd_of(34, 66), floor=5)
    assert slight.chance < 0.05
    same = [compare_shares(crowd_of(20, 80), crowd_of(20, 80), floor=5) for _ in range(14)]
    few = compare_shares(crowd_of(1, 0), crowd_of(20, 80), floor=5)
    assert judge_all([slight], good="down") == ["better"]
    assert judge_all([slight, *same, few], good="down") == ["no clear change"] * 15 + ["too few to say"]


def test_without_a_difference_one_in_twenty_is_found_at_most():
    rng, found = np.random.default_rng(5), 0
    for _ in range(600):
        # People who post one to four times, each with a leaning of their own.
        sides = []
        for start in (1, 1000):
            posts = rng.integers(1, 5, 60)
            lean = rng.beta(1, 3, 60)
            people = np.repeat(np.arange(start, start + 60), posts)
            sides.append(gather_crowd(people, rng.random(posts.sum()) < np.repeat(lean, posts)))
        found += compare_shares(*sides, floor=5).chance <= 0.05
    assert found <= 0.05 * 600 * 1.35
