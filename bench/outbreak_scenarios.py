"""The 42 scenarios of Noufaily et al. 2013, and counts drawn from them by week and by day, with outbreaks.

Noufaily, Enki, Farrington, Garthwaite, Andrews and Charlett, "An improved algorithm for outbreak detection in multiple
surveillance systems", Statistics in Medicine 32 (2013), section 3: weekly counts are negative binomial with the mean
exp(θ + βt + Σⱼ (γ₁ cos 2πjt/52 + γ₂ sin 2πjt/52)), j up to m harmonics, and the variance φ times the mean, over 624 weeks.
Each of seven settings of θ, β, γ₁, γ₂ and φ comes with and without its trend and with none, one and two harmonics.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

WEEKS, FIRST_TESTED = 624, 575
"""Weeks in all, and the first of the last 49, which are tested (both counted from 0)."""
PAST_OUTBREAKS, PAST_SIZES = 4, (2, 3, 5, 10)
"""Outbreaks in the five years before, and their sizes in standard deviations of the baseline."""
SIZES = range(2, 11)
"""Sizes of the outbreak that is to be found."""
LONGEST = 6
"""Weeks of it that are looked at, at most."""
WEEKDAYS = np.array([1.2, 1.15, 1.1, 1.05, 1.0, 0.75, 0.75]) / 7
"""Ours: how a week's mean falls on its days."""
SETTINGS = [
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
]
"""θ, β, γ₁, γ₂, φ."""


@dataclass(frozen=True)
class Scenario:
    """One way in which counts come about."""

    level: float
    trend: float
    cosine: float
    sine: float
    harmonics: int
    phi: float

    def means(self, weeks: np.ndarray) -> np.ndarray:
        """Means of a whole week at these times, which may be fractions of weeks."""
        logs = self.level + self.trend * weeks
        for wave in range(1, self.harmonics + 1):
            angle = 2 * np.pi * wave * weeks / 52
            logs = logs + self.cosine * np.cos(angle) + self.sine * np.sin(angle)
        return np.exp(logs)

    def draw(self, means: np.ndarray, replicates: int, chance: np.random.Generator) -> np.ndarray:
        """Counts (replicates, periods) with these means."""
        size = (replicates, len(means))
        if self.phi == 1:
            return chance.poisson(means, size).astype(float)
        return chance.negative_binomial(means / (self.phi - 1), 1 / self.phi, size).astype(float)


SCENARIOS = [
    Scenario(level, trend * with_trend, cosine, sine, harmonics, phi)
    for (level, trend, cosine, sine, phi), with_trend, harmonics in product(SETTINGS, (0, 1), (0, 1, 2))
]
MEANS = np.array([scenario.means(np.arange(FIRST_TESTED + 1.0, WEEKS + 1)).mean() for scenario in SCENARIOS])
"""Each scenario's mean count a week over the weeks that are tested."""


def draw_weeks(replicates: int, chance: np.random.Generator, *, past: bool = True) -> np.ndarray:
    """Weekly counts (scenarios, replicates, weeks), with past outbreaks in the five years before the tested weeks."""
    weeks = np.arange(1.0, WEEKS + 1)
    drawn = []
    for scenario in SCENARIOS:
        means = scenario.means(weeks)
        counts = scenario.draw(means, replicates, chance)
        for row in counts if past else ():
            for start in chance.choice(np.arange(FIRST_TESTED - 263, FIRST_TESTED), PAST_OUTBREAKS, replace=False):
                cases = spread(chance.choice(PAST_SIZES) * np.sqrt(scenario.phi * means[start]), 1, chance)
                np.add.at(row, (start + cases)[start + cases < FIRST_TESTED], 1)
        drawn.append(counts)
    return np.stack(drawn)


def draw_days(replicates: int, before: int, after: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Daily counts (scenarios, replicates, before + after) from a time drawn by replicate, and the means at day `before`.

    The means are of a whole week, (scenarios, replicates). Past outbreaks are as frequent as in the weekly counts.
    """
    length = before + after
    starts = chance.integers((FIRST_TESTED * 7) - before, WEEKS * 7 - length, replicates)
    drawn = np.empty((len(SCENARIOS), replicates, length))
    middle = np.empty((len(SCENARIOS), replicates))
    for number, scenario in enumerate(SCENARIOS):
        for replicate, start in enumerate(starts):
            days = np.arange(start, start + length)
            means = scenario.means(1 + days / 7)
            counts = scenario.draw(means * WEEKDAYS[days % 7], 1, chance)[0]
            middle[number, replicate] = means[before]
            if chance.random() < PAST_OUTBREAKS * before / 7 / 263:
                begin = chance.integers(0, before)
                cases = begin + spread(chance.choice(PAST_SIZES) * np.sqrt(scenario.phi * means[begin]), 7, chance)
                np.add.at(counts, cases[cases < before], 1)
            drawn[number, replicate] = counts
    return drawn, middle


def spread(size: float, scale: int, chance: np.random.Generator) -> np.ndarray:
    """Periods after its start in which the cases of an outbreak fall: a Poisson number, log-normal (0, 0.5) in weeks."""
    return np.floor(scale * chance.lognormal(0, 0.5, chance.poisson(size))).astype(int)


def add_outbreaks(
    counts: np.ndarray, starts: np.ndarray, means: np.ndarray, scale: int, chance: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The counts with an outbreak in each replicate from its start, and how many periods it lasts (0: it drew no case).

    `starts` are (replicates,), `means` of a week (scenarios, replicates); the size is 2 to 10 standard deviations of a week.
    """
    with_outbreak, lasts = counts.copy(), np.zeros(counts.shape[:2], dtype=int)
    for number, scenario in enumerate(SCENARIOS):
        for replicate, start in enumerate(starts):
            size = chance.choice(SIZES) * np.sqrt(scenario.phi * means[number, replicate])
            cases = spread(size, scale, chance)
            cases = cases[(cases < LONGEST * scale) & (start + cases < counts.shape[2])]
            np.add.at(with_outbreak[number, replicate], start + cases, 1)
            lasts[number, replicate] = cases.max() + 1 if len(cases) else 0
    return with_outbreak, lasts
