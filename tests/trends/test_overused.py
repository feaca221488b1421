"""Words that stand out of others: what chance alone leaves is no finding."""

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from trends.overused import find_leading
from trends.words import log_odds


def leading(here, there, limit=1000):
    said = (np.arange(len(here)), np.array(here))
    return find_leading(said, np.array(there), int(np.sum(there)), limit)


def test_words_that_both_sides_use_alike_are_no_finding():
    chance = np.random.default_rng(1)
    found = 0
    for _ in range(40):
        usual = 2000 * chance.dirichlet(np.full(150, 2.0))
        found += bool(leading(3 + chance.poisson(usual), 3 + chance.poisson(usual)))
    assert found <= 4  # of 40 sets one in twenty may have one: more than four have a chance of 5%


@pytest.mark.parametrize("seed", range(5))
def test_what_stands_out_is_what_benjamini_and_hochberg_leave(seed):
    chance = np.random.default_rng(seed)
    usual = 8000 * chance.dirichlet(np.full(80, 2.0))
    here, there = 3 + chance.poisson(usual * np.resize([1, 1, 1, 2], 80)), 3 + chance.poisson(usual)
    z = log_odds(here, there)
    real = multipletests(2 * norm.sf(np.abs(z)), method="fdr_bh")[0] & (z > 0)
    assert 0 < real.sum() < (z > 1).sum()
    assert {word for word, *_ in leading(here, there)} == set(np.flatnonzero(real))
    assert [score for *_, score in leading(here, there)] == pytest.approx(sorted(z[real], reverse=True))


def test_a_word_that_only_one_side_uses_stands_out_of_many_words_too():
    # Ten thousand words each, of which 200 are used alike: of sixty people who all say "mouldy" none is the other side's.
    here, there = [50] * 200 + [60], [50] * 200 + [0]
    assert [(word, mine, others) for word, mine, others, _ in leading(here, there)] == [(200, 60, 0)]
