"""Busy hours and days: just those whose binomial tails stand out, by scipy's tests of them."""

import numpy as np
from scipy.stats import binomtest, false_discovery_control

from trends.clock import find_busy


def test_busy_slots_are_those_whose_binomial_tests_stand_out():
    chance, found = np.random.default_rng(1), 0
    for size in np.resize([7, 24], 150):
        whole = chance.multinomial(chance.integers(60, 400), chance.dirichlet(np.full(size, 3.0)))
        part = chance.binomial(whole, np.where(chance.random(size) < 0.2, 0.35, 0.1))
        drawn, everything = int(part.sum()), int(whole.sum())
        tested = [
            binomtest(int(mine), drawn, all_of_it / everything, alternative="greater").pvalue
            for mine, all_of_it in zip(part, whole, strict=True)
        ]
        busy = [slot for slot, adjusted in enumerate(false_discovery_control(tested)) if adjusted <= 0.05]
        assert [one.slot for one in find_busy(part, whole)] == busy
        found += len(busy)
    assert found > 40
