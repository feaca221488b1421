"""Intervals where few people write often: against a slow reference made person by person, and against the truth."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from trends.crowd import Crowd, mean_of
from trends.differences import compare_means, compare_nets, compare_shares, find_chance
from trends.intervals import Z, net, share
from trends.moments import Figures, Moments, Shared, compare_moments
from trends.student import Widening, count_alike, freedom_of
from trends.sums import Sums, net_of_sums, share_of_sums
from trends.timeline_levels import as_rate, limits_of_count, limits_of_counts, share_effect

BENCH = Path(__file__).resolve().parent.parent.parent / "bench"
PEOPLE = st.lists(st.tuples(*[st.integers(0, 8)] * 3).filter(any), min_size=2, max_size=20)
"""What each person says for, neither and against."""
LOUD = [(9, 2, 1), (1, 0, 0), (1, 0, 0), (0, 0, 1), (0, 1, 0), (0, 0, 1), (3, 0, 0)]
FEWER = [(0, 4, 8), (1, 0, 0), (0, 0, 1), (0, 0, 1), (0, 1, 0), (1, 0, 0)]
SAMPLES = 1000


# The slow reference: of a row for each person, with scipy's t and statsmodels' Wilson.


def effective(parts, said, variance):
    """How many separate answers as many people stand for."""
    whole, squares = sum(said), sum(n**2 for n in said)
    alike = 1 / sum((n / whole) ** 2 for n in said)
    if whole == len(said):
        return whole
    if not variance:
        return alike
    ratio = sum(parts) / whole
    spread = sum((x - ratio * n) ** 2 for x, n in zip(parts, said, strict=True)) / whole**2
    effect = max(alike / (alike - 1) * spread / (variance / whole), 1)
    few, many = stats.t.ppf(0.975, slow_freedom(said)), stats.t.ppf(0.975, whole - 1)
    assert whole**2 / squares == pytest.approx(alike)
    return whole / effect * (many / few) ** 2


def slow_freedom(said):
    """Of people of whom as many as the sums tell say one thing, and the others all equally much."""
    more = [n - 1 for n in said]
    heads = len(said)
    if any(more):
        often = sum(more) ** 2 / sum(n**2 for n in more)
        much = 1 + sum(more) / often
        one, two, four = ((len(said) - often) + often * much**power for power in (1, 2, 4))
        assert (one, two) == pytest.approx((sum(said), sum(n**2 for n in said)))
        heads = two**2 / four
    alike = sum(said) ** 2 / sum(n**2 for n in said)
    return max(heads * (1 - 1 / alike), 1)


def slow_share(people):
    parts, said = [one[0] for one in people], [sum(one) for one in people]
    value = sum(parts) / sum(said)
    n = effective(parts, said, value * (1 - value))
    return (value, *proportion_confint(value * n, n, method="wilson"))


def slow_net(people):
    parts, said = [one[0] - one[2] for one in people], [sum(one) for one in people]
    plus, minus = (sum(one[side] for one in people) / sum(said) for side in (0, 2))
    n = effective(parts, said, plus + minus - (plus - minus) ** 2)
    (low1, high1), (low2, high2) = (proportion_confint(p * n, n, method="wilson") for p in (plus, minus))
    room = (1 - plus) * (1 - minus)
    tie = -min(1, math.sqrt(plus * minus / room)) if room > 0 else -1

    def tied(down, up):
        return math.sqrt(max(down**2 - 2 * tie * down * up + up**2, 0))

    below, above = tied(plus - low1, high2 - minus), tied(minus - low2, high1 - plus)
    return plus - minus, max(plus - minus - below, -1), min(plus - minus + above, 1)


def slow_mean(people):
    """Of ratings from 0 to 1, of which each person gives those for."""
    sums, said = [one[0] for one in people], [sum(one) for one in people]
    value = sum(sums) / sum(said)
    sums, said = [*sums, 0, 1], [*said, 1, 1]
    centre, whole = sum(sums) / sum(said), sum(said)
    alike = 1 / sum((n / whole) ** 2 for n in said)
    spread = sum((x - centre * n) ** 2 for x, n in zip(sums, said, strict=True)) / whole**2
    reach = stats.t.ppf(0.975, slow_freedom(said)) * math.sqrt(alike / (alike - 1) * spread)
    return value, max(min(centre - reach, value), 0), min(max(centre + reach, value), 1)


def slow_difference(one, two):
    """Square-and-add of two intervals."""
    (a, low1, high1), (b, low2, high2) = one, two
    return a - b, a - b - math.hypot(a - low1, high2 - b), a - b + math.hypot(high1 - a, b - low2)


def sums_of(people, minus):
    parts, said = [one[0] - (one[2] if minus else 0) for one in people], [sum(one) for one in people]
    return Sums(
        plus=sum(one[0] for one in people),
        minus=sum(one[2] for one in people) if minus else 0,
        whole=sum(said),
        squares=sum(x**2 for x in parts),
        products=sum(x * n for x, n in zip(parts, said, strict=True)),
        wholes=sum(n**2 for n in said),
        people=len(people),
    )


def moments_of(people, minus=False):
    sums = sums_of(people, minus)
    figures = (sums.people, sums.plus, sums.minus, sums.whole, sums.squares, sums.products, sums.wholes)
    return Moments(*(np.array([float(figure)]) for figure in figures))


def crowd_of(people, first=1, minus=False):
    columns = [(one[0], one[2], sum(one)) if minus else (one[0], sum(one)) for one in people]
    return Crowd(np.arange(first, first + len(people)).astype(np.uint64), np.array(columns, float))


def read(figure):
    return figure.value, figure.low, figure.high


def read_moments(people, kind):
    found = Figures(moments_of(people, kind == "net"), kind)
    return (found.value[0], *(ends[0] for ends in found.limits(np.array([Z]))))


@settings(max_examples=100)
@given(PEOPLE)
def test_shares_nets_and_means_are_those_of_the_slow_reference(people):
    near = {"rel": 1e-9, "abs": 1e-9}
    expected = pytest.approx(slow_share(people), **near)
    assert read(share([(one[0], sum(one)) for one in people], floor=1)) == expected
    assert read(share_of_sums(sums_of(people, minus=False), floor=1)) == expected
    assert read_moments(people, "share") == expected
    expected = pytest.approx(slow_net(people), **near)
    assert read(net(people, floor=1)) == expected
    assert read(net_of_sums(sums_of(people, minus=True), floor=1)) == expected
    assert read_moments(people, "net") == expected
    expected = pytest.approx(slow_mean(people), **near)
    assert read(mean_of(crowd_of(people), worst=0, best=1, floor=1)) == expected
    assert read_moments(people, "mean") == expected


@settings(max_examples=50)
@given(PEOPLE, PEOPLE)
def test_differences_are_those_of_the_slow_reference_and_p_says_what_the_interval_says(first, second):
    nobody = Shared(*(np.zeros(1) for _ in range(4)))
    scale = (np.zeros(1), np.ones(1))
    for kind, slow in (("share", slow_share), ("net", slow_net), ("mean", slow_mean)):
        minus = kind == "net"
        one, two = crowd_of(first, minus=minus), crowd_of(second, 100, minus=minus)
        compare = {"share": compare_shares, "net": compare_nets}.get(kind)
        found = compare(one, two, floor=1) if compare else compare_means(one, two, worst=0, best=1, floor=1)
        expected = pytest.approx(slow_difference(slow(first), slow(second)), rel=1e-8, abs=1e-8)
        assert read(found) == expected
        (at_once,) = compare_moments(moments_of(first, minus), moments_of(second, minus), nobody, kind, floor=1, scale=scale)
        assert read(at_once) == expected
        assert at_once.chance == pytest.approx(found.chance, abs=1e-8)
        if abs(found.chance - 0.05) > 1e-6:
            assert (found.chance < 0.05) == (not found.low <= 0 <= found.high)


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 8)] * 4).filter(lambda one: one[0] + one[1] and one[2] + one[3]), min_size=3, max_size=15
    )
)
def test_where_the_same_people_speak_on_both_sides_it_is_at_least_the_t_interval_of_the_people(people):
    sides = [[(yes, 0, no) for yes, no, _, _ in people], [(yes, 0, no) for _, _, yes, no in people]]
    pulls, terms = [], []
    for side in sides:
        said, parts = [sum(one) for one in side], [one[0] for one in side]
        alike = sum(said) ** 2 / sum(n**2 for n in said)
        value = sum(parts) / sum(said)
        pulls.append([(x - value * n) / sum(said) for x, n in zip(parts, said, strict=True)])
        terms.append((alike / (alike - 1) * sum(pull**2 for pull in pulls[-1]), slow_freedom(said)))
    total = sum(square for square, _ in terms)
    assume(total > 1e-6)
    freedom = total**2 / sum(square**2 / its for square, its in terms)
    error = math.sqrt(max(total - 2 * sum(a * b for a, b in zip(*pulls, strict=True)), 0))
    reach = stats.t.ppf(0.975, freedom) * error
    value, low, high = slow_difference(*(slow_share(side) for side in sides))
    found = compare_shares(crowd_of(sides[0]), crowd_of(sides[1]), floor=1)
    expected = value, max(min(low, value - reach), -1), min(max(high, value + reach), 1)
    assert read(found) == pytest.approx(expected, rel=1e-7, abs=1e-7)


def test_a_loud_person_by_hand():
    # 12, 1, 1, 1, 1, 1 and 3 answers: 20 of 158 squared, so as 400 / 158 = 2.53 people who say equally much.
    said = [sum(one) for one in LOUD]
    assert (sum(said), sum(n * n for n in said), count_alike(20.0, 158.0)) == (20, 158, pytest.approx(2.532, abs=1e-3))
    # 13 more than one thing each, 11 and 2 of them: as 13² / 125 = 1.352 people who say 10.615.
    assert freedom_of(7, 20.0, 158.0) == pytest.approx(max(158**2 / (5.648 + 1.352 * 10.615**4) * (1 - 158 / 400), 1), rel=1e-3)
    assert share([(one[0], sum(one)) for one in LOUD], floor=5).low < 0.06
    found = compare_shares(crowd_of(LOUD), crowd_of(FEWER, 100), floor=5)
    assert found.value == pytest.approx(14 / 20 - 2 / 17)
    assert found.low < 0 < found.high
    assert found.chance > 0.05


@given(st.integers(2, 500), st.integers(1, 12))
def test_where_each_says_equally_much_the_freedom_is_people_less_one(people, each):
    assert freedom_of(people, float(people * each), float(people * each**2)) == pytest.approx(people - 1)


@given(st.integers(2, 5000), st.floats(0, 38))
def test_where_each_says_one_thing_nothing_is_widened(people, z):
    assert Widening.of(people, float(people), float(people)).at(z) == 1.0
    sides = np.array([float(people)] * 2)
    assert Widening.of(sides, sides, sides).at(np.full(2, z)).tolist() == [1.0, 1.0]


@given(st.lists(st.integers(1, 40), min_size=3, max_size=40), st.floats(0.001, 0.05))
def test_at_other_confidences_t_is_wallaces_and_never_narrower(said, chance):
    people, whole, wholes = len(said), float(sum(said)), float(sum(n * n for n in said))
    freedom = freedom_of(people, whole, wholes)
    assume(whole > people and freedom >= 3)
    exact = (stats.t.isf(chance / 2, freedom) / stats.t.isf(chance / 2, whole - 1)) ** 2
    found = Widening.of(people, whole, wholes).at(float(stats.norm.isf(chance / 2)))
    assert exact * (1 - 1e-6) <= found <= exact * 1.18


@pytest.fixture(scope="module")
def bench():
    """The measurement that docs/figures.md tells of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(BENCH), *sys.path])
        import few_people

        yield few_people


@pytest.mark.parametrize("people", [5, 8, 20, 60])
@pytest.mark.parametrize("often", ["1 to 4", "1 to 12", "1, one in seven 12", "1, one in seven 30"])
def test_the_intervals_hold_the_truth_and_find_nothing_where_nothing_is(bench, often, people):
    found = bench.measure(np.random.default_rng(2), bench.SCENARIOS[often], people, SAMPLES)
    for figure in ("share", "net", "mean", "difference", "same people", "difference of means", "count with them"):
        assert min(found[figure]) >= 0.9, figure
        assert np.mean(found[figure]) >= 0.92, figure
    assert max(found["found"]) <= 0.08
    assert np.mean(found["found"]) <= 0.05


@pytest.mark.parametrize("most", [4, 12, 30])
@pytest.mark.parametrize("people", [8, 20])
def test_of_two_counts_one_in_twenty_differs_at_most_though_few_write_often(most, people):
    generator, found = np.random.default_rng(4), 0
    for _ in range(600):
        posts = [np.where(generator.random(crowd) < 1 / 7, most, 1) for crowd in generator.poisson(people, 2)]
        totals, squares = (np.array([float((each**power).sum()) for each in posts]) for power in (1, 2))
        sizes = zip(*(column.tolist() for column in share_effect(totals, squares)), strict=True)
        found += find_chance(*(as_rate(one, 7.0) for one in sizes)) <= 0.05
    assert found <= 0.05 * 600


def test_counts_that_nobody_adds_to_often_are_compared_as_they_are():
    counts = np.array([31.0, 52.0])
    assert [column.tolist() for column in share_effect(counts, counts)] == [[31.0, 52.0], [31.0, 52.0]]
    assert share_effect(np.zeros(2), np.zeros(2))[1].tolist() == [0.0, 0.0]
    # 20 of one effect, and 4 of none: both at (80 + 4) / 24.
    assert share_effect(np.array([20.0, 4.0]), np.array([80.0, 4.0]))[1].tolist() == [80.0, 14.0]
    low, high = limits_of_counts(np.array([20.0]), np.array([80.0]))
    assert (low[0], high[0]) == pytest.approx(limits_of_count(20.0, 80.0)(Z))
