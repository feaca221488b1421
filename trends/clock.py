"""Hours of day and days of week at which complaints stand out of the mentions: a merely busy hour is no finding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from store.facts import distinct
from trends.frame import SECOND_KNOWN, UNKNOWN, Frame, Numbers, Rows
from trends.hot_button_answers import Busy
from trends.intervals import discoveries

DAY, HOUR = 86400, 3600


@dataclass(frozen=True)
class Clock:
    """How many people speak in each slot, each counted once a slot."""

    hours: Numbers
    """24, of times known to the second."""
    weekdays: Numbers
    """7, Monday first, of all dated ones."""


def count_clock(frame: Frame, rows: Rows) -> Clock:
    """People per local hour and weekday: one who posts ten times in a night makes no hour busy."""
    precision = frame.column("precision")[rows]
    timed, dated = rows[precision == SECOND_KNOWN], rows[precision != UNKNOWN]
    hours, weekdays = frame.local[timed] % DAY // HOUR, frame.weekdays(dated)
    return Clock(people_by(frame.persons[timed], hours, 24), people_by(frame.persons[dated], weekdays, 7))


def people_by(persons: Numbers, slots: Numbers, size: int) -> Numbers:
    """Distinct people in each of `size` slots."""
    return np.bincount(distinct(persons * size + slots) % size, minlength=size).astype(np.int64)


def find_busy(part: Numbers, whole: Numbers) -> tuple[Busy, ...]:
    """The slots with more of `part` than its share of `whole` leaves to chance, at a false discovery rate of 5%.

    The chance is the binomial tail: as many complaints, each of which falls into the slot as often as a mention does.
    """
    drawn, everything = int(part.sum()), int(whole.sum())
    if not drawn or everything <= drawn:
        return ()
    from scipy.special import bdtrc

    expected = drawn * whole / everything
    # bdtrc(k, n, p) is the chance of more than k.
    chances = np.where(part > 0, bdtrc(np.maximum(part - 1, 0), drawn, whole / everything), 1.0)
    return tuple(
        Busy(slot=slot, people=int(part[slot]), expected=float(expected[slot]))
        for slot, real in enumerate(discoveries(chances.tolist()))
        if real and part[slot] > expected[slot]
    )
