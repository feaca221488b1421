"""How far the weeks of a series lie from its own trend and season, and how many independent pairs of weeks that leaves.

Two things that grow, or that both have a December, go together however little they have to do with each other (Yule 1926;
Granger and Newbold 1974). So what moves slowly is taken out of both before they are held against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
YEAR = 365.25 / 7
"""Weeks of a year."""
YEAR_WEEKS = 52
"""Weeks from which a year is whole."""
FEWEST = 8
"""Weeks under which nothing is taken out."""
FIRST_WAVES, WAVES = 2, 4
"""Waves of a season that one year of weeks bears, and each further one."""
ALIKE = 1e-9
"""Values that differ by less than this part of their size are one value: rounding moves with nothing."""
BEND, ROUNDS, SETTLED = 1.5, 20, 0.01
"""Spreads from which a week no longer draws the trend further to itself (Huber 1964); how often that is done at most, and by
which part of that reach nothing moves any more."""
SPREAD = 1.4826
"""Standard deviations in a median distance of normal values."""
LAG_PART = 5
"""Autocorrelations are added up to this part of the weeks (Pyper and Peterman 1998)."""


@dataclass(frozen=True)
class Departures:
    """A series, one value a week; not a number for a gap."""

    values: Floats
    steady: Floats
    """The distance of each week from a trend and season that no single week bends."""


@dataclass(frozen=True)
class Slow:
    """What moves slowly over some weeks."""

    known: Bools
    """The weeks."""
    columns: Floats
    """(weeks, what is slow), orthonormal over the known weeks and nought in the others."""

    @property
    def taken(self) -> int:
        """How many independent weeks it is worth; the mean is one."""
        taken: int = self.columns.shape[1]
        return taken

    @cached_property
    def count(self) -> int:
        """How many weeks are known."""
        return int(self.known.sum())

    @cached_property
    def neighbours(self) -> tuple[Floats, Floats]:
        """By weeks apart, from 1 to a fifth of them: (pairs of known weeks, the columns' products over those)."""
        together = self.multiply(self.known[None].astype(np.float64))[0, 1:].round()
        return together, self.multiply(self.columns.T).sum(axis=0)[1:]

    def multiply(self, rows: Floats) -> Floats:
        """The sums of products of each row's weeks with those so many weeks later, from 0 to a fifth of the known weeks."""
        size = 1 << (2 * rows.shape[1] - 1).bit_length()
        power = np.square(np.abs(np.fft.rfft(rows, size)))
        sums: Floats = np.fft.irfft(power, size)[:, : max(self.count // LAG_PART, 1) + 1]
        return sums

    def take_out(self, values: Floats) -> Floats | None:
        """Known values without it, scaled; nought in gaps. None where nothing is left."""
        known = values[self.known]
        if is_flat(known):
            return None
        scaled, size = centre(values, self.known)
        rest: Floats = scaled - self.columns @ (self.columns.T @ scaled)
        return None if np.abs(rest).max() * size <= ALIKE * np.abs(known).max() else rest

    def count_effective(self, first: Floats, second: Floats) -> float:
        """How many independent pairs of weeks the rests of two series are worth, both as of `take_out`.

        The fewer of n (1 − r1 r2) / (1 + r1 r2), with r1 and r2 their autocorrelations from one week to the next (Bartlett
        1935; Bretherton et al. 1999, eq. 31), which holds for what dies out, and n / (1 + 2 Σ r1(k) r2(k) (n − k) / n) over
        the lags k up to n / 5 (Pyper and Peterman 1998), which sees what does not, like a trend that bends; at most n. Less
        one for each thing beside the mean that was taken out (partial correlation, Fisher 1924).
        """
        if self.count < self.taken + 3:
            return float(max(self.count - self.taken + 1, 0))
        one, two = self.remember(np.stack([first, second]))
        memory = float(one[0] * two[0])
        short = min((1 - memory) / (1 + memory), 1.0)
        long = 1 / max(1 + 2 * float((self.neighbours[0] * one * two).sum()) / self.count, 1.0)
        return self.count * min(short, long) - (self.taken - 1)

    def remember(self, rests: Floats) -> Floats:
        """The autocorrelations of each row at 1 to a fifth of the weeks, corrected for their bias.

        The plain estimates are too low: by what was taken out of independent weeks together, which the columns' own products
        tell, and by 2 r / n (Kendall 1954; Marriott and Pope 1954: (1 + 3 r) / n where only the mean is taken out).
        """
        together, lost = self.neighbours
        each = np.maximum(together, 1.0) / self.count
        sums = self.multiply(rests)
        along = sums[:, 1:] / each / sums[:, :1]
        found = np.clip((self.count * along + lost / each) / (self.count - self.taken - 2), -0.99, 0.99)
        # Of a single pair of neighbours nothing can be told.
        return np.where(together < 2, 0.0, found)


def find_slow(known: Bools, years: int) -> Slow:
    """What is taken out: a line, and from a year on a bend and waves that come again each year, the longest a year long.

    Two waves of one year, and four more for each further one: a peak of some weeks takes many, and what came once is no season.
    """
    places = np.flatnonzero(known).astype(np.float64)
    along = 2 * (places - places[0]) / max(places[-1] - places[0], 1.0) - 1
    columns = [np.ones(len(places)), along]
    if years:
        turns = 2 * np.pi / YEAR * np.outer(np.arange(1, WAVES * (years - 1) + FIRST_WAVES + 1), places)
        columns += [along**2, *np.cos(turns), *np.sin(turns)]
    left, sizes, _ = np.linalg.svd(np.stack(columns, axis=-1), full_matrices=False)
    kept = left[:, sizes > ALIKE * sizes[0]]
    slow = np.zeros((len(known), kept.shape[1]))
    slow[known] = kept
    return Slow(known, slow)


def count_years(known: Bools, lag: int = 0) -> int:
    """Whole years from the first known week to the last; with a lag, to the week that the last one is paired with."""
    places = np.flatnonzero(known)
    reach = int(places[-1] - places[0]) + 1 + lag if len(places) else 0
    return reach // YEAR_WEEKS


def depart(values: Floats) -> Departures:
    """Find how far each week is from a trend and season that no single week bends (Huber's M-estimate, 1964)."""
    known = np.isfinite(values)
    if known.sum() < FEWEST or is_flat(values[known]):
        return Departures(values, values)
    slow = find_slow(known, count_years(known)).columns
    scaled, _ = centre(values, known)
    within, rest = scaled, scaled
    for _ in range(ROUNDS):
        fit = slow @ (slow.T @ within)
        rest = scaled - fit
        reach = BEND * SPREAD * float(np.median(np.abs(rest[known])))
        if reach <= ALIKE:
            # Most weeks are on one line: there is no spread to measure the others by.
            break
        before, within = within, fit + np.clip(rest, -reach, reach)
        if np.abs(within - before).max() <= SETTLED * reach:
            break
    return Departures(values, np.where(known, rest.round(12), np.nan))


def centre(values: Floats, known: Bools) -> tuple[Floats, float]:
    """(known values about their mean, by the largest, so that large and tiny numbers overflow nothing; that size)."""
    rest = np.where(known, values - values[known].mean(), 0.0)
    size = float(np.abs(rest).max())
    return rest / size, size


def is_flat(values: Floats) -> bool:
    """Whether nothing varies."""
    return bool(np.ptp(values) <= ALIKE * np.abs(values).max())
