"""False alarms and power of the outbreak test, beside the rules that other tools use, on the scenarios of Noufaily et al. 2013.

    python bench/outbreaks.py [--replicates 80] [--seed 1]

Three settings: weekly counts with a baseline of five years, weekly counts with one of eight weeks, and daily counts with one of
56 days, where each day the last seven are tested. False positive rate: the share of tests that alarm where there is no current
outbreak; past ones are in every baseline. Power: the share of outbreaks of 2 to 10 standard deviations in which one test or
more alarms from the first to the last case. Each rule is also held against us at one and the same rate of false alarms: ours at
the rate that its own threshold gives, and it at our nominal rates. A rule that looks at single days has twenty chances in three
weeks, so with days the rate is also counted by stretch: of the stretches as long as the outbreak, but without it, the share in
which one test or more alarms. It is what a user would see, and a power below it is no power.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from outbreak_rules import RULES, cut, farrington  # noqa: E402
from outbreak_scenarios import FIRST_TESTED, LONGEST, MEANS, SCENARIOS, WEEKS, add_outbreaks, draw_days, draw_weeks  # noqa: E402

from trends.baselines import Design, design_days, design_weeks, foretell  # noqa: E402
from trends.dispersion import find_chances  # noqa: E402

NOMINAL = (0.05, 0.025, 0.01)
FEW = MEANS < 1
GROUPS = {
    "below 1": FEW,
    "1 to 5": ~FEW & (MEANS < 5),
    "5 to 50": (MEANS >= 5) & (MEANS < 50),
    "50 and more": MEANS >= 50,
    "1 and more": ~FEW,
}
MORE = 8
"""Series of days without an outbreak for each one with: few tests of one series do not share most of their days."""
CHUNK = 2000
Score = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Setting:
    """One kind of series, with and without a current outbreak."""

    title: str
    quiet: np.ndarray
    """Stretches without a current outbreak, (scenarios, replicates, tests, periods); what is tested ends them."""
    loud: np.ndarray
    """Stretches with one, from its start on."""
    same: np.ndarray
    """These stretches without it."""
    within: np.ndarray
    """Which of these tests fall from its first to its last case, (scenarios, replicates, tests)."""
    ours: Score
    farrington: bool = False


@dataclass(frozen=True)
class Scored:
    """A method's scores, the higher the more unusual."""

    quiet: np.ndarray
    loud: np.ndarray
    """The highest within each outbreak, (scenarios, replicates); NaN where it drew no case."""
    same: np.ndarray
    """The highest of the same stretch without it."""
    threshold: float


def main() -> None:
    """Print the tables of the three settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replicates", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    chance = np.random.default_rng(asked.seed)
    print(f"{len(SCENARIOS)} scenarios, of them {FEW.sum()} with a mean below 1 a week; {asked.replicates} replicates of each")
    weeks = draw_weeks(asked.replicates, chance)
    for setting in (five_years(weeks, chance), eight_weeks(weeks, chance), eight_weeks_of_days(asked.replicates, chance)):
        show(setting.title, score_all(setting), by_stretch="days" in setting.title)
    print(f"\n{time.perf_counter() - began:.0f} s")


def five_years(weeks: np.ndarray, chance: np.random.Generator) -> Setting:
    """Weekly counts with a baseline of five years."""
    return weekly("weekly counts, baseline of five years", weeks, 260, chance, step=3)


def eight_weeks(weeks: np.ndarray, chance: np.random.Generator) -> Setting:
    """Weekly counts with a baseline of eight weeks; the rules see as many weeks as they ask for."""
    return weekly("weekly counts, baseline of eight weeks", weeks, 8, chance, step=1)


def weekly(title: str, weeks: np.ndarray, baseline: int, chance: np.random.Generator, *, step: int) -> Setting:
    """A setting of weekly counts."""
    replicates, length = weeks.shape[1], max(baseline, 16) + 1
    starts = chance.integers(FIRST_TESTED, WEEKS - LONGEST, replicates)
    means = np.array([scenario.means(starts + 1.0) for scenario in SCENARIOS])
    ill, lasts = add_outbreaks(weeks, starts, means, 1, chance)
    ends = starts[:, None] + np.arange(LONGEST)
    return Setting(
        title=title,
        quiet=cut(weeks, np.tile(np.arange(FIRST_TESTED, WEEKS, step), (replicates, 1)), length),
        loud=cut(ill, ends, length),
        same=cut(weeks, ends, length),
        within=np.arange(LONGEST) < lasts[:, :, None],
        ours=lambda stretches: examine(stretches, design_weeks(baseline)),
        farrington=baseline == 260,
    )


def eight_weeks_of_days(replicates: int, chance: np.random.Generator, baseline: int = 56) -> Setting:
    """Daily counts with weekdays, a baseline of 56 days and the seven days that end with each day tested."""
    before, after = baseline + 7 + 21, LONGEST * 7
    days, means = draw_days(replicates, before, after, chance)
    more, _ = draw_days(MORE * replicates, before, after, chance)
    ill, lasts = add_outbreaks(days, np.full(replicates, before), means, 7, chance)
    ends, length = np.tile(before + np.arange(0, 4 * 7), (replicates, 1)), baseline + 7
    spaced = np.tile(np.arange(baseline + 7, before + after, 9), (len(more[0]), 1))
    return Setting(
        title="daily counts, baseline of 56 days",
        quiet=cut(more, spaced[:, spaced[0] >= before - 7], length),
        loud=cut(ill, ends, length),
        same=cut(days, ends, length),
        within=np.arange(4 * 7) < lasts[:, :, None],
        ours=lambda stretches: examine(stretches, design_days(baseline)),
    )


def examine(stretches: np.ndarray, design: Design) -> np.ndarray:
    """1 − the p value of our test of the last period (or the last seven days) of each stretch."""
    ahead, past = len(design.ahead), len(design.past)
    flat = stretches.reshape(-1, stretches.shape[-1])
    scores = []
    for chunk in (flat[n : n + CHUNK] for n in range(0, len(flat), CHUNK)):
        counts = chunk[:, -ahead - past : -ahead]
        prediction = foretell(counts, design, exposure=np.ones_like(counts), ahead=np.ones((len(chunk), ahead)))
        scores.append(1 - find_chances(prediction, chunk[:, -ahead:].sum(axis=1))[0])
    return np.concatenate(scores).reshape(stretches.shape[:-1])


def score_all(setting: Setting) -> dict[str, Scored]:
    """The scores of every method."""
    methods: dict[str, tuple[Score, float]] = {"Repute": (setting.ours, 1 - NOMINAL[0]), **RULES}
    if setting.farrington:
        methods["Farrington flexible"] = (farrington, 1 - NOMINAL[0])
    return {name: score_one(setting, score, threshold) for name, (score, threshold) in methods.items()}


def score_one(setting: Setting, score: Score, threshold: float) -> Scored:
    """The scores of one method; tests outside of the outbreak are left out of its highest."""
    used = setting.within.any(axis=2)

    def highest(stretches: np.ndarray) -> np.ndarray:
        scores = np.full(setting.within.shape, -np.inf)
        scores[setting.within] = score(stretches[setting.within])
        return np.where(used, scores.max(axis=2), np.nan)

    return Scored(score(setting.quiet), highest(setting.loud), highest(setting.same), threshold)


def rate(scores: np.ndarray, threshold: float) -> float:
    """The share of scores that reach a threshold; NaN counts for nothing."""
    return float((scores[~np.isnan(scores)] >= threshold).mean())


def power_at(found: Scored, false_rate: float, quiet: np.ndarray) -> float:
    """Power over means of 1 and more at a false positive rate; between two thresholds, as if one were drawn by lot."""
    loud = found.loud[~FEW]
    false, true = np.sort(quiet[~np.isnan(quiet)]), np.sort(loud[~np.isnan(loud)])
    thresholds = np.unique(false)
    falses = 1 - np.searchsorted(false, thresholds, side="left") / len(false)
    trues = 1 - np.searchsorted(true, thresholds, side="left") / len(true)
    return float(np.interp(false_rate, [0.0, *falses[::-1], 1.0], [0.0, *trues[::-1], 1.0]))


def show(title: str, found: dict[str, Scored], *, by_stretch: bool) -> None:
    """Print one setting's tables."""
    ours = found["Repute"]
    head = "".join(f"{f'FPR {level}':>12}" for level in NOMINAL)
    print(f"\n## {title}\n\nRepute by mean count a week{head}{'power 0.05':>13}")
    for group, chosen in GROUPS.items():
        rates = "".join(f"{rate(ours.quiet[chosen], 1 - level):12.4f}" for level in NOMINAL)
        print(f"{group:>27}{rates}{rate(ours.loud[chosen], ours.threshold):13.3f}")
    for by, quiet_of in (("test", lambda one: one.quiet[~FEW]), ("stretch", lambda one: one.same[~FEW]))[: 1 + by_stretch]:
        print(
            f"\n{f'1 and more, rate by {by}':<27}{'FPR':>8}{'power':>8}{'Repute there':>14}"
            + "".join(f"{f'power at {level}':>15}" for level in NOMINAL[::2])
        )
        for name, one in found.items():
            quiet = quiet_of(one)
            own = rate(quiet, one.threshold)
            print(
                f"{name:<27}{own:8.4f}{rate(one.loud[~FEW], one.threshold):8.3f}{power_at(ours, own, quiet_of(ours)):14.3f}"
                + "".join(f"{power_at(one, level, quiet):15.3f}" for level in NOMINAL[::2])
            )
    print()


if __name__ == "__main__":
    main()
