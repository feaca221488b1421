"""How scattered counts are, and how far they may go: against scipy's negative binomial and its known traps."""

import numpy as np
import pytest
from scipy import stats

from trends.baselines import Design, foretell
from trends.dispersion import find_chances, weigh_phi


def test_means_that_were_fitted_to_every_pair_of_counts_do_not_make_them_look_regular():
    # Neyman and Scott (1948): with a mean of its own for each pair the likelihood finds half of the scatter.
    counts = np.random.default_rng(1).negative_binomial(20.0, 1 / 4, (1, 400)).astype(float)  # mean 60, φ 4
    means = np.repeat(counts.reshape(-1, 2).mean(axis=1), 2)[None]
    values, share = weigh_phi(counts, means, np.ones_like(counts), spent=np.array([200.0]))
    assert float((share * values).sum()) == pytest.approx(4.0, rel=0.1)


def test_the_chances_of_phi_are_the_likelihood_less_half_the_information_of_the_mean():
    chance = np.random.default_rng(2)
    table = np.column_stack([np.ones(40), np.linspace(-1, 1, 40), np.arange(40) % 7 == 0])
    means = np.exp(table @ [2.0, 0.5, 0.3])
    counts = chance.negative_binomial(means / 2, 1 / 3).astype(float)
    values, share = weigh_phi(counts[None], means[None], np.ones((1, 40)), spent=np.array([3.0]))
    kept = share[0] > 0
    expected = []
    for phi in values[0][kept]:
        likelihood = stats.nbinom(means / (phi - 1), 1 / phi).logpmf(counts).sum()
        information = np.linalg.slogdet(table.T @ (table * (means / phi)[:, None]))[1]
        # P(φ > x) = 1 / x, looked at in equal steps of log φ.
        expected.append(likelihood - information / 2 - np.log(phi))
    expected = np.exp(np.array(expected) - max(expected))
    assert kept.sum() > 8
    assert share[0][kept] == pytest.approx(expected / expected.sum(), rel=1e-6)


@pytest.mark.parametrize("observed", [95, 120, 150])
def test_the_more_the_counts_scatter_the_less_the_mean_is_known(observed):
    # Of a level alone, read off 50 days, the sum of the next 20 scatters by φ m for itself and by φ m · 20 / 50 for the level.
    counts = np.random.default_rng(3).negative_binomial(2.0, 1 / 3, (1, 50)).astype(float)  # mean 4, φ 3
    level = Design(past=np.ones((50, 1)), ahead=np.ones((20, 1)), precision=np.zeros(1), block=50)
    found = foretell(counts, level, exposure=np.ones((1, 50)), ahead=np.ones((1, 20)))
    ratio = found.phi[0] * (1 + 20 / 50)
    law = stats.nbinom(found.mean[0] / (ratio - 1), 1 / ratio)
    expected = found.share[0] @ (law.sf(observed) + law.pmf(observed) / 2)
    assert find_chances(found, np.array([float(observed)]))[0][0] == pytest.approx(expected, rel=0.01)
