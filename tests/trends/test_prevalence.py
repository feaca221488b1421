"""Adjusted classify and count: closed forms, what a perfect classifier does, coverage, weights, and what is left uncorrected."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from trends.intervals import wilson
from trends.prevalence import Corrected, Estimate, Judged, estimate_confusion, unmix
from trends.solving import correct

TWO, THREE = ("none", "complaint"), ("negative", "neutral", "positive")


def judged(cells: dict[tuple[str, str], int], **changes) -> list[Judged]:
    return [Judged(truth, told, **changes) for (truth, told), count in cells.items() for _ in range(count)]


def two_classes(found: int, missed: int, invented: int, right: int):
    cells = {("complaint", "complaint"): found, ("complaint", "none"): missed}
    return estimate_confusion(judged(cells | {("none", "complaint"): invented, ("none", "none"): right}), TWO)


def test_two_labels_follow_the_closed_form():
    corrected = correct({"complaint": 90, "none": 210}, two_classes(80, 20, 10, 90))
    share = corrected.share("complaint")
    assert share.raw == pytest.approx(0.3)
    assert share.value == pytest.approx((0.3 - 0.1) / (0.8 - 0.1))
    assert (corrected.n, corrected.judged, corrected.net, corrected.reason) == (300, 200, None, "")
    assert corrected.share("none").value == pytest.approx(1 - share.value)
    assert share.low < share.value < share.high


@pytest.mark.parametrize(("told", "value"), [(0, 0.0), (5, 0.0), (290, 1.0), (300, 1.0)])
def test_what_the_confusion_cannot_give_is_clipped(told, value):
    share = correct({"complaint": told, "none": 300 - told}, two_classes(80, 20, 10, 90)).share("complaint")
    assert share.value == pytest.approx(value)
    assert 0 <= share.low <= share.high <= 1


@settings(max_examples=30)
@given(st.lists(st.integers(0, 500), min_size=3, max_size=3).filter(any))
def test_a_perfect_classifier_corrects_nothing(counts):
    confusion = estimate_confusion(judged({(label, label): 40 for label in THREE}), THREE)
    corrected = correct(dict(zip(THREE, counts, strict=True)), confusion)
    for label, count in zip(THREE, counts, strict=True):
        assert corrected.share(label).value == pytest.approx(count / sum(counts), abs=1e-9)
    assert corrected.net.value == pytest.approx(corrected.net.raw, abs=1e-9)


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=3, max_size=3),
    st.lists(st.floats(0.001, 1), min_size=3, max_size=3),
)
def test_the_shares_are_the_nearest_on_the_simplex(rates, told):
    """The reference: non-negative least squares, with the sum held by a heavy row (Lawson and Hanson 1974)."""
    matrix = np.array(rates) / np.sum(rates, axis=1, keepdims=True) * 0.5 + 0.5 * np.eye(3)
    seen = np.array(told) / np.sum(told)
    reference, _ = nnls(np.vstack([matrix.T, 1e6 * np.ones(3)]), np.append(seen, 1e6))
    (found,) = unmix(matrix[None], seen[None])
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1)
    assert np.sum((found @ matrix - seen) ** 2) <= np.sum((reference @ matrix - seen) ** 2) + 1e-8


def test_three_labels_and_net_sentiment_are_undone_together():
    rates = np.array([[0.8, 0.15, 0.05], [0.2, 0.7, 0.1], [0.05, 0.15, 0.8]])
    cells = {(a, b): round(100 * rates[i, j]) for i, a in enumerate(THREE) for j, b in enumerate(THREE)}
    told = 1000 * np.array([0.1, 0.3, 0.6]) @ rates
    corrected = correct(dict(zip(THREE, map(int, told), strict=True)), estimate_confusion(judged(cells), THREE))
    assert [corrected.share(label).value for label in THREE] == pytest.approx([0.1, 0.3, 0.6], abs=1e-9)
    assert corrected.net.value == pytest.approx(0.5, abs=1e-9)
    assert corrected.net.raw == pytest.approx((told[2] - told[0]) / 1000)
    assert corrected.net.low < 0.5 < corrected.net.high


def test_under_100_judgements_nothing_is_corrected():
    assert correct({"complaint": 9}, None) is None
    assert correct({"complaint": 9}, two_classes(40, 9, 0, 50)) is None
    assert correct({"complaint": 9}, two_classes(40, 9, 1, 50)).share("complaint").value is not None


def uncorrected(counts, confusion) -> tuple[list[float | None], list[float | None], str]:
    found = correct(counts, confusion)
    return [one.value for one in found.shares], [one.raw for one in found.shares], found.reason


def test_a_classifier_near_chance_stays_uncorrected_and_says_why():
    values, raw, reason = uncorrected({"complaint": 50, "none": 50}, two_classes(55, 45, 50, 50))
    assert (values, raw) == ([None, None], [0.5, 0.5])
    assert reason.startswith("what is told hangs too little on what is so")
    assert uncorrected({"complaint": 50, "none": 50}, two_classes(10, 90, 90, 10))[0] == [None, None]


def test_a_label_that_was_hardly_judged_stays_uncorrected_and_says_why():
    _, _, reason = uncorrected({"complaint": 50, "none": 50}, two_classes(4, 0, 6, 190))
    assert reason == "4 of the judged mentions are complaint, 5 are needed; draw a larger sample"


def test_nothing_counted_has_no_shares():
    found = correct({}, two_classes(80, 20, 10, 90))
    assert found == Corrected(
        n=0, judged=200, shares=(Estimate("none", None), Estimate("complaint", None)), net=None, reason="nothing was counted"
    )


def test_weights_undo_unequal_chances():
    """Complaints were drawn five times as often: 20 right of 25 told, and 10 missed of 100 told none, each standing for five."""
    rows = judged({("complaint", "complaint"): 80, ("none", "complaint"): 20})
    rows += judged({("complaint", "none"): 8, ("none", "none"): 92}, weight=5.0)
    confusion = estimate_confusion(rows, TWO)
    assert confusion.rates[1] == pytest.approx([40 / 120, 80 / 120])
    assert confusion.told_wrongly("complaint") == pytest.approx(20 / 480)
    assert confusion.agreement == pytest.approx((80 + 460) / 600)
    assert confusion.counts == ((92, 20), (8, 80))
    assert confusion.effective == pytest.approx(600**2 / (100 + 100 * 25))


def by_people(people: int, each: int):
    """80% found and 10% invented, judged of `people` persons a cell with `each` mentions a tenth."""
    cells = {("complaint", "complaint"): 8, ("complaint", "none"): 2, ("none", "none"): 9, ("none", "complaint"): 1}
    rows = [(*cell, f"{cell} {i}") for cell, n in cells.items() for i in range(people) for _ in range(each * n)]
    return estimate_confusion([Judged(truth, told, person=person) for truth, told, person in rows], TWO)


def test_judgements_of_one_person_are_resampled_together():
    wide, narrow = (
        correct({"none": 5000, "complaint": 5000}, by_people(*how)).share("complaint") for how in ((5, 20), (100, 1))
    )
    assert wide.value == pytest.approx(narrow.value)
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_many_judgements_of_few_people_prove_nothing():
    assert correct({"none": 50, "complaint": 50}, by_people(1, 50)).reason.startswith("what is told hangs too little")


def test_counts_of_one_person_are_resampled_together():
    confusion = two_classes(800, 200, 100, 900)
    alone = correct({"none": 60, "complaint": 40}, confusion).share("complaint")
    people = [(20, 0), (20, 0), (20, 0), (0, 20), (0, 20)]
    crowd = correct({"none": 60, "complaint": 40}, confusion, people=people).share("complaint")
    assert crowd.value == alone.value
    assert crowd.high - crowd.low > 2 * (alone.high - alone.low)


def test_what_people_judged_stands_as_it_is():
    confusion = two_classes(80, 20, 10, 90)
    # Of 30 told to complain and 70 told not to, all judged: 55 do.
    rows = [(0, 1, 0, 1)] * 25 + [(0, 1, 1, 0)] * 5 + [(1, 0, 0, 1)] * 30 + [(1, 0, 1, 0)] * 40
    share = correct({"complaint": 30, "none": 70}, confusion, people=rows).share("complaint")
    assert (share.raw, share.value) == (pytest.approx(0.3), pytest.approx(0.55))
    assert (share.low, share.high) == pytest.approx(wilson(55, 100), abs=0.02)
    # Beside 300 others it bounds what is unmixed, and no more: 120 of 400 told are 80 in truth, of which 55 are known.
    rows += [(0, 1, 0, 0)] * 90 + [(1, 0, 0, 0)] * 210
    share = correct({"complaint": 120, "none": 280}, confusion, people=rows).share("complaint")
    assert share.value == pytest.approx((0.3 - 0.1) / 0.7)
    # 60 told of 400 would be 29 in truth: 55 are known.
    rows = rows[:100] + [(0, 1, 0, 0)] * 30 + [(1, 0, 0, 0)] * 270
    assert correct({"complaint": 60, "none": 340}, confusion, people=rows).share("complaint").value == pytest.approx(55 / 400)


def test_the_same_rows_give_the_same_interval():
    first, second = (correct({"complaint": 90, "none": 210}, two_classes(80, 20, 10, 90)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("wrong", [Judged("maybe", "none"), Judged("none", "maybe"), Judged("none", "none", weight=0.0)])
def test_a_judgement_with_another_label_or_no_weight_is_refused(wrong):
    with pytest.raises(ValueError, match="its labels must be among none, complaint, its weight above 0"):
        estimate_confusion([wrong], TWO)


def test_a_count_of_another_label_is_refused():
    with pytest.raises(ValueError, match="maybe: counted, but not among the labels none, complaint"):
        correct({"maybe": 3}, two_classes(80, 20, 10, 90))


@pytest.mark.parametrize(
    ("labels", "rates", "sampled", "true", "judgements", "n"),
    [
        (THREE, [[0.79, 0.16, 0.05], [0.2, 0.65, 0.15], [0.07, 0.15, 0.78]], [0.3, 0.4, 0.3], [0.2, 0.5, 0.3], 150, 300),
        (THREE, [[0.79, 0.16, 0.05], [0.2, 0.65, 0.15], [0.07, 0.15, 0.78]], [0.3, 0.4, 0.3], [0.02, 0.5, 0.48], 200, 300),
        (TWO, [[0.97, 0.03], [0.03, 0.97]], [0.5, 0.5], [0.9, 0.1], 100, 400),
    ],
)
def test_the_interval_holds_the_true_share_19_times_of_20(labels, rates, sampled, true, judgements, n):
    generator, held, rounds = np.random.default_rng(8), 0, 100
    for _ in range(rounds):
        truths = generator.choice(len(labels), judgements, p=sampled)
        rows = [Judged(labels[t], labels[generator.choice(len(labels), p=rates[t])]) for t in truths]
        counts = generator.multinomial(n, np.array(true) @ np.array(rates)).tolist()
        share = correct(dict(zip(labels, counts, strict=True)), estimate_confusion(rows, labels)).shares[0]
        held += share.low <= true[0] <= share.high
    assert held >= 90
