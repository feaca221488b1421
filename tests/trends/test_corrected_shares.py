"""Corrected shares where the judged mentions are in the window itself, and where few people speak: bias and coverage."""

from __future__ import annotations

import numpy as np
import pytest

from trends.prevalence import Judged, estimate_confusion
from trends.said import said_by
from trends.sampling import draw_sample
from trends.solving import correct, solve

THREE = ("negative", "neutral", "positive")
RATES = np.array([[0.70, 0.25, 0.05], [0.15, 0.75, 0.10], [0.05, 0.25, 0.70]])


def tell(truth, generator):
    """What a classifier with these rates tells."""
    return (generator.random(len(truth))[:, None] > np.cumsum(RATES[truth], axis=1)).sum(axis=1)


def judge(told, truth, size, seed):
    """A sample drawn as `repute sample` does: (the confusion, which are judged)."""
    drawn = draw_sample({n: THREE[label] for n, label in enumerate(told)}, size, seed=seed)
    rows = [Judged(THREE[truth[one.mention]], THREE[told[one.mention]], 1 / one.chance) for one in drawn]
    known = np.zeros(len(told), bool)
    known[[one.mention for one in drawn]] = True
    return estimate_confusion(rows, THREE), known


def rows_of(told, truth, known):
    """A row for each mention: as told, and as given."""
    return np.hstack([np.eye(3)[told], np.eye(3)[truth] * known[:, None]])


@pytest.mark.parametrize(
    ("mentions", "judged", "shares"),
    [
        (400, 200, (0.15, 0.6, 0.25)),
        (400, 200, (0.08, 0.72, 0.2)),
        (300, 200, (0.4, 0.4, 0.2)),
        (2_000, 100, (0.15, 0.6, 0.25)),
        (20_000, 400, (0.08, 0.72, 0.2)),
    ],
)
def test_a_sample_of_the_window_itself_leaves_no_bias(mentions, judged, shares):
    """The rest that a sample by told labels leaves is told otherwise than all are: unmixing it was off by 3 to 5 points."""
    generator, errors, held = np.random.default_rng(3), [], []
    for seed in range(40):
        truth = generator.choice(3, mentions, p=shares)
        told = tell(truth, generator)
        confusion, known = judge(told, truth, judged, seed)
        if confusion.fault():
            continue
        solved = solve(said_by(rows_of(told, truth, known), 3), confusion)
        value, low, high = (float(end[0]) for end in solved.interval(np.array([1.0, 0.0, 0.0])))
        true = (truth == 0).mean()
        errors.append(value - true)
        held.append(low <= true <= high)
    assert abs(np.mean(errors)) < 0.01
    assert np.mean(held) >= 0.95


def test_where_the_sample_is_of_the_window_it_is_the_estimate_of_a_stratified_sample():
    generator = np.random.default_rng(5)
    truth = generator.choice(3, 600, p=(0.2, 0.5, 0.3))
    told = tell(truth, generator)
    confusion, known = judge(told, truth, 200, 1)
    solved = solve(said_by(rows_of(told, truth, known), 3), confusion)
    strata = [(told == label, known & (told == label)) for label in range(3)]
    by_hand = [sum(all_.sum() * (truth[drawn] == label).mean() for all_, drawn in strata) / 600 for label in range(3)]
    assert solved.values[0] == pytest.approx(by_hand)


def test_a_sample_of_a_part_of_the_window_leaves_no_bias_either():
    """Half of the window was sampled, and is in a better mood: truth given told would be off by 3 points."""
    generator, errors = np.random.default_rng(4), []
    for seed in range(60):
        truth = np.concatenate([generator.choice(3, 250, p=p) for p in ((0.3, 0.5, 0.2), (0.08, 0.7, 0.22))])
        told = tell(truth, generator)
        confusion, half = judge(told[250:], truth[250:], 200, seed)
        if not confusion.fault():
            known = np.concatenate([np.zeros(250, bool), half])
            errors.append(solve(said_by(rows_of(told, truth, known), 3), confusion).values[0, 0] - (truth == 0).mean())
    assert abs(np.mean(errors)) < 0.015


def perfect():
    return estimate_confusion([Judged(label, label) for label in THREE for _ in range(60)], THREE)


@pytest.mark.parametrize("label", [0, 2])
def test_six_people_who_agree_are_no_surer_than_six_answers(label):
    """Six equal people resample to six equal people: the interval was 100% to 100%."""
    found = correct({THREE[label]: 6}, perfect())
    share = found.share(THREE[label])
    assert share.value == pytest.approx(1)
    assert share.low <= 0.61 < share.high
    assert found.net.high - found.net.low >= 0.38
    assert found.share(THREE[2 - label]).high >= 0.39


def test_twelve_answers_of_six_people_are_six():
    rows = [(2, 0, 0)] * 6
    assert correct({"negative": 12}, perfect(), people=rows).share("negative").low <= 0.61


SHARES = (0.02, 0.1, 0.3, 0.5, 0.8, 0.98)


@pytest.mark.parametrize("people", [6, 12, 30, 200])
def test_the_interval_of_few_people_holds_the_true_share(people):
    generator, rates = np.random.default_rng(people), np.array([[0.85, 0.15], [0.1, 0.9]])
    held = np.zeros((len(SHARES), 50))
    for place, share in enumerate(SHARES):
        for number in range(held.shape[1]):
            truths = generator.choice(2, 200)
            told = (generator.random(200) < rates[truths, 1]).astype(int)
            confusion = estimate_confusion([Judged("ab"[t], "ab"[n]) for t, n in zip(truths, told, strict=True)], "ab")
            truth = (generator.random(people) >= share).astype(int)
            seen = np.bincount((generator.random(people) < rates[truth, 1]).astype(int), minlength=2)
            found = correct(dict(zip("ab", seen.tolist(), strict=True)), confusion).share("a")
            held[place, number] = found.low <= share <= found.high
    assert held.mean() >= 0.93
    assert held.mean(axis=1).min() >= 0.84
