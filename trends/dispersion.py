"""How scattered counts are about their mean, and how unusual a count is: negative binomial tails, averaged over what is unsure.

The negative binomial here has mean m and variance φ m (size m / (φ − 1), probability 1 / φ), as in Noufaily et al. 2013,
"An improved algorithm for outbreak detection in multiple surveillance systems", Statistics in Medicine 32. A sum of such days
with one φ is again one, so that a week is tested by what its days tell of φ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEPS = np.linspace(-3.5, 5.5, 16)
"""Where φ is looked at, in standard errors of log φ about its moment estimate; more above, where the tail is longer."""
POISSON = 1.01
"""The least φ: counts are never taken as more regular than Poisson."""
FEW = 1.0
"""Below this expected count a test is exact and cautious; from `ENOUGH` on it is neither, and between it fades."""
ENOUGH = 1.5
CAUTION = 1.6448536269514722
"""How many standard errors the mean is lifted where few are expected: its upper 95% limit."""


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What series should count next; one row each."""

    mean: Array
    """Expected count, shape (series,)."""
    spread: Array
    """Squared standard error of its logarithm, shape (series,)."""
    phi: Array
    """Values of φ that were looked at, shape (series, steps)."""
    share: Array
    """How probable each is after the baseline; rows add up to 1."""

    @property
    def middle(self) -> Array:
        """The geometric mean of φ."""
        return np.asarray(np.exp((self.share * np.log(self.phi)).sum(axis=1)))


def weigh_phi(counts: Array, means: Array, weights: Array, spent: Array) -> tuple[Array, Array]:
    """Values of φ and the probability of each, both (series, steps), from counts about fitted means, all (series, periods).

    The likelihood is weighted and adjusted for the `spent` parameters of the mean (Cox and Reid 1987: half the logarithm of
    the information is taken off, which is 1/φ in each parameter). Beforehand P(φ > x) = 1/x.
    """
    from scipy.special import gammaln

    centre, error = estimate_phi(counts, means, weights, spent)
    phi = np.maximum(centre[:, None] * np.exp(error[:, None] * STEPS), POISSON)
    clipped = np.concatenate([phi[:, 1:] <= POISSON, np.zeros((len(phi), 1), dtype=bool)], axis=1)
    chance = np.empty_like(phi)
    for step in range(len(STEPS)):
        now = phi[:, step, None]
        size = means / (now - 1)
        chance[:, step] = (
            weights * (gammaln(counts + size) - gammaln(size) - size * np.log(now) + counts * np.log1p(-1 / now))
        ).sum(axis=1)
    chance += (spent[:, None] / 2 - 1) * np.log(phi)
    chance = np.where(clipped, -np.inf, chance)
    chance = np.exp(chance - chance.max(axis=1, keepdims=True))
    return phi, chance / chance.sum(axis=1, keepdims=True)


def estimate_phi(counts: Array, means: Array, weights: Array, spent: Array) -> tuple[Array, Array]:
    """φ by Pearson's statistic (a little drawn to 1.5), and the standard error of its logarithm; both (series,)."""
    free = np.maximum(weights.sum(axis=1) - spent, 1.0)
    pearson = (weights * (counts - means) ** 2 / means).sum(axis=1)
    sparse = 1 / np.maximum((weights * means).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0), 0.02)
    return np.maximum((pearson + 3.0) / (free + 2.0), 1.0), np.minimum(np.sqrt((2 + sparse) / free), 1.2)


def find_chances(prediction: Prediction, observed: Array) -> tuple[Array, Array]:
    """One-sided p values (up, down) of observed counts, shape (series,).

    Half of the chance of just this count is counted in (the mid p), so that a threshold is met as often as it says; where few
    are expected all of it, and the mean stands at its upper 95% limit, so that it is never met more often.
    """
    mean = prediction.mean
    few = np.clip((ENOUGH - mean) / (ENOUGH - FEW), 0, 1)
    tie = 0.5 + 0.5 * few
    lifted = mean * (1 + CAUTION * few * np.sqrt(prediction.spread))
    above, from_here = find_tails(prediction, lifted, observed)
    up = above + tie * (from_here - above)
    above, from_here = find_tails(prediction, mean, observed)
    down = 1 - from_here + tie * (from_here - above)
    return np.clip(up, 0, 1), np.clip(down, 0, 1)


def find_tails(prediction: Prediction, mean: Array, observed: Array) -> tuple[Array, Array]:
    """P(X > observed) and P(X ≥ observed), shape (series,).

    For each φ the count is negative binomial with the variance φ m + (m s)², where s is the standard error of log m, exact for
    a Poisson count with a gamma mean; then φ is averaged out.
    """
    from scipy.special import betainc

    relative = np.clip(prediction.phi / prediction.middle[:, None], 0.2, 5.0)
    ratio = prediction.phi + (mean * prediction.spread)[:, None] * relative
    size, chance = mean[:, None] / (ratio - 1), 1 - 1 / ratio
    count = observed[:, None]
    above = (prediction.share * betainc(count + 1, size, chance)).sum(axis=1)
    from_here = np.where(observed > 0, (prediction.share * betainc(np.maximum(count, 1), size, chance)).sum(axis=1), 1.0)
    return above, from_here


def find_limits(prediction: Prediction, level: float = 0.95) -> tuple[int, int]:
    """The counts between which one series should fall with a probability of at least `level`."""
    outside = (1 - level) / 2
    return find_quantile(prediction, outside), find_quantile(prediction, 1 - outside)


def find_quantile(prediction: Prediction, chance: float) -> int:
    """The least count that one series stays at or under with this chance, looked for among 33 counts at a time."""
    low, high = -1, max(8, round(4 * float(prediction.mean[0])))
    while find_tails(prediction, prediction.mean, np.array([float(high)]))[0][0] > 1 - chance:
        low, high = high, high * 2
    while high - low > 1:
        tried = np.unique(np.linspace(low + 1, high, 33).astype(int))
        enough = find_tails(prediction, prediction.mean, tried.astype(float))[0] <= 1 - chance
        first = int(np.argmax(enough))
        low, high = int(tried[first - 1]) if first else low, int(tried[first])
    return high
