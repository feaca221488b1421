"""Outbreaks: is a topic's count unusual, which way, and since when.

Each completed day the seven days that end with it are held against what came before them. Below two years of history the
baseline is the last thirteen weeks, day by day; from two years on it is up to five years, week by week, with seasons.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

from trends.baselines import WEEK
from trends.dispersion import Array, find_chances, find_limits
from trends.expected import LEAST, expect_days, find_baseline, foretell_days
from trends.intervals import discoveries

Direction = Literal["rising", "falling", "steady"]

FLAGGED = 0.01
"""A day whose test said less than this counts as an outbreak's when later days are tested …"""
TRUST = 0.1
"""… and weighs this much, unless such days are half of the baseline: then they are what is usual now."""
LOOK_BACK = 8 * WEEK
"""How many days back the beginning of a rise or fall is looked for, at most."""


@dataclass(frozen=True, kw_only=True)
class DailySeries:
    """A brand's complaints about a topic, day by day."""

    brand: str
    topic: str
    first_day: date
    counts: tuple[int | None, ...]
    """One for each local day; None where the day was not watched, which is never nought; the last is the last completed day."""


@dataclass(frozen=True, kw_only=True)
class DayTest:
    """What one completed day's test said; stored once, and that day is never tested again."""

    brand: str
    topic: str
    day: str
    """YYYY-MM-DD, the last of the seven days that were tested."""
    observed: int
    """Count of the watched ones of these days."""
    expected: float
    """What the baseline foretold for them; 0, as the limits, where it was too short to foretell."""
    lower: float
    upper: float
    """The counts between which 95% of such weeks fall."""
    chance_up: float
    """One-sided p value of so many or more; 1, as the other, where the baseline was too short to test."""
    chance_down: float
    """One-sided p value of so few or fewer."""
    baseline_days: int
    """Watched days of the baseline."""

    @property
    def enough(self) -> bool:
        """Whether the baseline had the 28 watched days that a test needs."""
        return self.baseline_days >= LEAST

    @property
    def chance(self) -> float:
        """The two-sided p value: twice the lesser one."""
        return min(1.0, 2 * min(self.chance_up, self.chance_down))


def examine(series: DailySeries, *, tested: Sequence[DayTest] = (), last_days: int = 1) -> list[DayTest]:
    """Test each of the last `last_days` days that `tested` has not, oldest first.

    A day that was not watched is not completed, so it gets no test. Past outbreaks count less in the baseline: those that show
    in it, and those that `tested` or an earlier day of this call found.
    """
    counts = read_counts(series)
    known = [test for test in tested if (test.brand, test.topic) == (series.brand, series.topic)]
    done = {test.day for test in known}
    found: list[DayTest] = []
    for index in range(max(0, len(counts) - last_days), len(counts)):
        if np.isnan(counts[index]) or day_at(series, index).isoformat() in done:
            continue
        found.append(examine_day(series, counts, trust_days(series, counts, [*known, *found]), index))
    return found


def examine_day(series: DailySeries, counts: Array, trust: Array, index: int) -> DayTest:
    """Test the seven days that end at `index`."""
    start = max(0, index + 1 - WEEK)
    period = counts[start : index + 1]
    observed = int(np.nansum(period))
    past = find_baseline(counts[:start])
    days = int(np.isfinite(counts[past:start]).sum())
    blank = DayTest(
        brand=series.brand,
        topic=series.topic,
        day=day_at(series, index).isoformat(),
        observed=observed,
        expected=0.0,
        lower=0.0,
        upper=0.0,
        chance_up=1.0,
        chance_down=1.0,
        baseline_days=days,
    )
    if days < LEAST:
        return blank
    prediction = foretell_days(counts[past:start], trust[past:start], np.isfinite(period))
    up, down = find_chances(prediction, np.array([float(observed)]))
    lower, upper = find_limits(prediction)
    return replace(
        blank,
        expected=float(prediction.mean[0]),
        lower=float(lower),
        upper=float(upper),
        chance_up=float(up[0]),
        chance_down=float(down[0]),
    )


def settle_days(tests: Sequence[DayTest], rate: float = 0.05) -> dict[tuple[str, str], Direction]:
    """Say which series rise or fall, from one day's tests of all series, with the false discovery rate held at `rate`.

    Series whose baseline was too short are steady and are not counted among the tests. Raises `ValueError` for tests of several
    days: a rate held over them all would be another question.
    """
    days = sorted({test.day for test in tests})
    if len(days) > 1:
        raise ValueError(f"tests of {len(days)} days, {days[0]} to {days[-1]}: settle each day by itself")
    able = [test for test in tests if test.enough]
    stand_out = discoveries([test.chance for test in able], rate)
    settled: dict[tuple[str, str], Direction] = {(test.brand, test.topic): "steady" for test in tests}
    for test, stands_out in zip(able, stand_out, strict=True):
        if stands_out:
            settled[test.brand, test.topic] = "rising" if test.chance_up < test.chance_down else "falling"
    return settled


def find_onset(series: DailySeries, test: DayTest, *, tested: Collection[DayTest] = ()) -> date | None:
    """The day on which the rise (or fall) that a test found began: the most likely one of the last eight weeks.

    That is the day s for which y log(y/m) − (y − m) is greatest, with y the count and m the expected from s to the test's day:
    the likelihood ratio of a changed rate since s (Poisson; φ divides all alike). None where the test could not say.
    """
    counts = read_counts(series)
    end = (date.fromisoformat(test.day) - series.first_day).days + 1
    if not test.enough or not 0 < end <= len(counts):
        return None
    start = max(end - LOOK_BACK, int(np.searchsorted(np.isfinite(counts).cumsum(), LEAST)) + 1)
    known = [one for one in tested if (one.brand, one.topic) == (series.brand, series.topic) and one.day < test.day]
    window = counts[start:end]
    seen = np.isfinite(window)
    usual = expect_days(counts[:start], trust_days(series, counts, known)[:start], len(window))
    found = np.cumsum(np.where(seen, window, 0.0)[::-1])[::-1]
    expected = np.maximum(np.cumsum(np.where(seen, usual, 0.0)[::-1])[::-1], 1e-9)
    ratio = found * np.log(np.maximum(found, 1e-9) / expected) - (found - expected)
    turned = found > expected if test.chance_up <= test.chance_down else found < expected
    ratio = np.where(turned & seen, ratio, -np.inf)
    best = int(np.argmax(ratio))
    return day_at(series, start + best) if np.isfinite(ratio[best]) else None


def read_counts(series: DailySeries) -> Array:
    """The counts as numbers, NaN for a day that was not watched."""
    return np.array([np.nan if count is None else float(count) for count in series.counts], dtype=float)


def day_at(series: DailySeries, index: int) -> date:
    """The date of one of a series' days."""
    return series.first_day + timedelta(days=index)


def trust_days(series: DailySeries, counts: Array, known: Collection[DayTest]) -> Array:
    """What each day weighs in a baseline: less where a test found an outbreak and the day stood on its side of the expected."""
    trust = np.ones(len(counts))
    for test in known:
        end = (date.fromisoformat(test.day) - series.first_day).days + 1
        if not 0 < end <= len(counts) or min(test.chance_up, test.chance_down) >= FLAGGED:
            continue
        period = slice(max(0, end - WEEK), end)
        usual = test.expected / max(int(np.isfinite(counts[period]).sum()), 1)
        beyond = counts[period] > usual if test.chance_up < test.chance_down else counts[period] < usual
        trust[period] = np.where(beyond, TRUST, trust[period])
    return trust
