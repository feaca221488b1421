"""How unusual others say that the last count of a stretch is: the simple rules, EARS C2, and Farrington flexible.

Each function takes stretches (…, periods) and gives a score (…), the higher the more unusual; its own threshold is beside it.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import betainc

from trends.baselines import Design, solve
from trends.dispersion import POISSON


def deviations(stretches: np.ndarray, points: int, lag: int = 0) -> np.ndarray:
    """Standard deviations of the last count above the mean of the `points` before it (leaving `lag` out between)."""
    past = stretches[..., -1 - lag - points : -1 - lag]
    above, spread = stretches[..., -1] - past.mean(axis=-1), past.std(axis=-1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, above / spread, np.where(above > 0, np.inf, -np.inf))


def growth(stretches: np.ndarray) -> np.ndarray:
    """The last count over the one before it; endless where that was nought."""
    last, before = stretches[..., -1], stretches[..., -2]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(last == 0, 0.0, last / before)


RULES = {
    "mean + 3σ of 14 (Huginn)": (lambda stretches: deviations(stretches, 14), 3.0),
    "+50% (Kaulby)": (growth, 1.5),
    "2× (Kaulby)": (growth, 2.0),
    "mean of 7 + 2σ": (lambda stretches: deviations(stretches, 7), 2.0),
    "EARS C2 (7, lag 2, 3σ)": (lambda stretches: deviations(stretches, 7, 2), 3.0),
}
"""Name: score, threshold. The first four are the rules that other tools use; on weekly counts their days are weeks."""


def design_farrington(weeks: int, years: int = 5, half: int = 3, periods: int = 10, left_out: int = 26) -> Design:
    """Level, trend and ten seasons: seven weeks about the same week of each year, and the rest of the year in nine.

    The last 26 weeks are left out. The least ridge keeps a season without a case from running off.
    """
    age = np.arange(weeks, 0, -1)
    beside = (age + half) % 52 <= 2 * half
    season = np.where(beside, 0, 1 + ((age - half - 1) % 52) * (periods - 1) // (52 - 2 * half - 1))
    season = np.minimum(season, periods - 1)
    terms = np.column_stack([np.ones(weeks), -age / 52, season[:, None] == np.arange(1, periods)])
    ahead = np.zeros((1, terms.shape[1]))
    ahead[0, 0] = 1
    kept = (age > left_out) & (age <= 52 * years)
    return Design(past=terms[kept], ahead=ahead, precision=np.array([0.0, 1e-4, *[1e-2] * (periods - 1)]), block=1)


def farrington(stretches: np.ndarray) -> np.ndarray:
    """1 − the p value of Noufaily et al. 2013, as R's `surveillance` has it (nbPlugin, reweighted once at 2.58, trend kept)."""
    weeks = stretches.shape[-1] - 1
    design, flat = design_farrington(weeks), stretches.reshape(-1, weeks + 1)
    return np.concatenate([farrington_chunk(flat[n : n + 2000], design) for n in range(0, len(flat), 2000)]).reshape(
        stretches.shape[:-1]
    )


def farrington_chunk(flat: np.ndarray, design: Design) -> np.ndarray:
    """The same for some stretches."""
    age = np.arange(flat.shape[1] - 1, 0, -1)
    counts = flat[:, :-1][:, (age > 26) & (age <= 260)]
    ones, weights, start = np.ones_like(counts), np.ones_like(counts), None
    phi = np.ones(len(counts))
    for turn in range(2):
        start, means, covariance = solve(counts, ones, weights, design, np.ones(len(counts)), start)
        phi = (weights * (counts - means) ** 2 / means).sum(axis=1) / (len(design.past) - design.past.shape[1])
        phi = np.maximum(phi, POISSON)
        if turn == 0:
            leverage = ((design.past @ covariance) * design.past).sum(axis=2) * means
            residual = 1.5 * (counts ** (2 / 3) - means ** (2 / 3)) / means ** (1 / 6)
            residual /= np.sqrt(phi[:, None] * (1 - np.clip(leverage, 0, 0.99)))
            weights = np.where(residual > 2.58, np.maximum(residual, 1) ** -2.0, 1.0)
            weights *= weights.shape[1] / weights.sum(axis=1, keepdims=True)
    mean, last = np.exp(start[:, 0]), flat[:, -1]
    chance = betainc(np.maximum(last, 1), mean / (phi - 1), 1 - 1 / phi)
    return 1 - np.where(last > 0, chance, 1.0)


def cut(series: np.ndarray, ends: np.ndarray, length: int) -> np.ndarray:
    """Stretches (scenarios, replicates, ends, length) that end at `ends` (replicates, ends) of the series."""
    windows = sliding_window_view(series, length, axis=2)
    return windows[:, np.arange(series.shape[1])[:, None], ends - length + 1]
