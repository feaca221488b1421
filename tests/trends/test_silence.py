"""A source that falls silent is told from one that only ever came in bursts."""

from __future__ import annotations

import math
import random

import pytest
from statsmodels.api import GLM, families

from trends.silence import CHANCE, Silence, find_silence, longest_gap


def test_a_steady_source_is_missed_after_the_days_that_poisson_allows():
    steady = [2] * 28
    assert find_silence(steady, 3) is None
    found = find_silence(steady, 4)
    assert found == Silence(a_day=2.0, days=4, chance=math.exp(-8))


@pytest.mark.parametrize(
    ("days", "quiet"),
    [
        ([0] * 28, 100),
        ([1] * 7 + [0] * 21, 50),
        ([5, 0, 0, 0, 0, 0, 0] * 4, 7),
        ([40, *[0] * 26, 40], 20),
        ([12, 14, 9, 11] * 7, 1),
    ],
    ids=["nothing ever", "too few", "a weekly letter", "two bursts", "one day off"],
)
def test_what_is_no_silence(days, quiet):
    assert find_silence(days, quiet) is None


def test_a_weekly_letter_is_missed_in_the_end():
    assert find_silence([5, 0, 0, 0, 0, 0, 0] * 4, 60) is not None


@pytest.mark.parametrize(("quiet", "missed"), [(3, False), (7, False), (8, True), (20, True)])
def test_a_source_that_comes_in_bursts_is_missed_later_by_as_much_as_its_days_scatter(quiet, missed):
    bursts = [8, 0] * 14
    fitted = GLM(bursts, [1.0] * len(bursts), family=families.Poisson()).fit(scale="X2")
    chance = math.exp(-4 * quiet / fitted.scale)
    found = find_silence(bursts, quiet)
    assert (chance < CHANCE) == missed
    assert found == (Silence(a_day=4.0, days=quiet, chance=pytest.approx(chance)) if missed else None)


def test_false_alarms_of_a_steady_source_are_as_rare_as_promised():
    chance = random.Random(1)
    alarms = looks = 0
    for _ in range(40):
        days = [sum(chance.random() < 0.3 for _ in range(10)) for _ in range(400)]
        for end in range(28, 400):
            quiet = next((back for back in range(30) if days[end - back]), 30)
            alarms += find_silence(days[end - quiet - 28 : end - quiet], quiet) is not None if quiet else 0
            looks += 1
    assert alarms / looks <= CHANCE


def test_the_longest_gap():
    assert [longest_gap(days) for days in ([], [1], [0, 0, 1, 0], [1, 0, 0, 0, 1])] == [0, 0, 2, 3]
