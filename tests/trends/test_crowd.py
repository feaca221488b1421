from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trends.crowd import gather_crowd, gather_crowds, limits_of_mean, mean_of, net_of, ratio_error, share_of
from trends.intervals import Z, net, share

ANSWERS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=40)


@given(ANSWERS)
def test_a_crowd_adds_up_by_person_and_leaves_the_anonymous_alone(answers):
    crowd = gather_crowd([person for person, _ in answers], [said for _, said in answers])
    expected = [(0, int(said), 1) for person, said in answers if not person]
    for one in sorted({person for person, _ in answers if person}):
        said = [says for person, says in answers if person == one]
        expected.append((one, sum(said), len(said)))
    rows = [(int(person), *map(int, sums)) for person, sums in zip(crowd.people, crowd.sums, strict=True)]
    assert sorted(rows) == sorted(expected)
    assert (crowd.size, crowd.answers) == (len(expected), len(answers))
    assert crowd.once == all(row[2] == 1 for row in expected)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(1, 5)), max_size=40))
def test_crowds_of_groups_are_the_crowds_of_each_group(answers):
    people, groups, values = zip(*answers, strict=True) if answers else ((), (), ())
    found = gather_crowds(people, groups, values)
    assert set(found) == set(groups)
    for group, crowd in found.items():
        rows = [(person, value) for person, its, value in answers if its == group]
        alone = gather_crowd([person for person, _ in rows], [value for _, value in rows])
        assert sorted(map(tuple, crowd.sums.tolist())) == sorted(map(tuple, alone.sums.tolist()))


def test_share_and_net_are_those_of_the_intervals():
    crowd = gather_crowd([1, 1, 2, 3, 4, 0], [1, 0, 1, 1, 0, 1], [0, 1, 0, 0, 1, 0])
    assert share_of(crowd, floor=5) == share([(1, 1), (1, 2), (1, 1), (1, 1), (0, 1)], floor=5)
    assert net_of(crowd, floor=5) == net([(1, 0, 0), (1, 0, 1), (1, 0, 0), (1, 0, 0), (0, 0, 1)], floor=5)
    assert share_of(crowd, floor=6).too_few


@given(st.lists(st.floats(1, 5), min_size=3, max_size=60))
def test_the_interval_of_a_mean_is_students_with_one_worst_and_one_best_more(values):
    crowd = gather_crowd(range(1, len(values) + 1), values)
    found = mean_of(crowd, worst=1, best=5, floor=3)
    more = [*values, 1.0, 5.0]
    low, high = stats.t.interval(0.95, len(more) - 1, np.mean(more), stats.sem(more))
    assert found.value == pytest.approx(np.mean(values))
    assert found.low == pytest.approx(max(min(low, found.value), 1), abs=1e-9)
    assert found.high == pytest.approx(min(max(high, found.value), 5), abs=1e-9)


def test_ten_times_the_best_is_no_certainty():
    found = mean_of(gather_crowd(range(1, 11), [5.0] * 10), worst=1, best=5, floor=5)
    assert (found.value, found.high) == (5.0, 5.0)
    assert 3.5 < found.low < 4.5


def test_under_the_floor_a_mean_has_no_value():
    found = mean_of(gather_crowd([1] * 12, [5.0] * 12), worst=1, best=5, floor=5)
    assert (found.n, found.people, found.value, found.too_few) == (12, 1, None, True)
    assert mean_of(gather_crowd([], []), worst=1, best=5, floor=1).too_few


def test_the_error_of_a_ratio_is_that_of_resampling_people():
    rng = np.random.default_rng(7)
    whole = rng.integers(1, 6, 80).astype(float)
    part = rng.binomial(whole.astype(int), rng.beta(2, 2, 80)).astype(float)
    drawn = rng.integers(0, 80, (4000, 80))
    expected = (part[drawn].sum(1) / whole[drawn].sum(1)).std()
    assert ratio_error(part, whole) == pytest.approx(expected, rel=0.06)


SHAPES = {"loved": [0.0, 0.0, 0.01, 0.04, 0.95], "torn": [0.4, 0.05, 0.05, 0.1, 0.4], "usual": [0.1, 0.03, 0.04, 0.08, 0.75]}


@pytest.mark.parametrize("people", [5, 20, 200])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_interval_of_a_mean_holds_the_truth_often_enough(shape, people):
    # The plain t interval holds it in 23% of the cases for 5 people and `loved`.
    rng, values = np.random.default_rng(11), np.arange(1, 6)
    truth = float(values @ np.array(SHAPES[shape]))
    held = 0
    for _ in range(400):
        crowd = gather_crowd(range(1, people + 1), rng.choice(values, people, p=SHAPES[shape]))
        low, high = limits_of_mean(crowd, 1, 5)(Z)
        held += low <= truth <= high
    assert held >= 0.93 * 400


@settings(max_examples=30)
@given(st.integers(1, 12))
def test_one_who_rates_often_widens_the_interval_of_a_mean(times):
    people = [*([1] * times), *range(2, 14)]
    values = [*([1.0] * times), *([5.0, 4.0] * 6)]
    alone = mean_of(gather_crowd(range(1, len(people) + 1), values), worst=1, best=5, floor=5)
    crowd = mean_of(gather_crowd(people, values), worst=1, best=5, floor=5)
    assert crowd.value == pytest.approx(alone.value)
    assert crowd.high - crowd.low >= alone.high - alone.low - (0 if times > 1 else 1e-9)
