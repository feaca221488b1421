"""Hours of day and days of week at which complaints stand out of the mentions: a merely busy hour is no finding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trends.frame import Frame, Numbers, Rows
from trends.hot_button_answers import Busy
from trends.intervals import discoveries
from trends.stacks import Stack


@dataclass(frozen=True)
class Clock:
    """How many people speak in each slot, each counted once a slot."""

    hours: Numbers
    """24, of times known to the second."""
    weekdays: Numbers
    """7, Monday first, of all dated ones."""


def count_clock(frame: Frame, rows: Rows) -> Clock:
    """People per local hour and weekday: one who posts ten times in a night makes no hour busy."""
    return count_clocks(Stack.build(frame, [rows]))[0]


def count_clocks(stack: Stack) -> list[Clock]:
    """As `count_clock`, of each part of a stack."""
    hours, weekdays = stack.by_hour.speakers.reshape(-1, 25), stack.by_weekday.speakers.reshape(-1, 8)
    return [Clock(*slots) for slots in zip(hours[:, :24], weekdays[:, :7], strict=True)]


def find_busy(part: Numbers, whole: Numbers) -> tuple[Busy, ...]:
    """The slots with more of `part` than its share of `whole` leaves to chance, at a false discovery rate of 5%.

    The chance is the binomial tail: as many complaints, each of which falls into the slot as often as a mention does.
    """
    drawn, everything = int(part.sum()), int(whole.sum())
    if not drawn or everything <= drawn:
        return ()
    from scipy.special import bdtrc

    expected = drawn * whole / everything
    # bdtrc(k, n, p) is the chance of more than k. Of no more than is expected it is never small, and need not be known.
    chances, more = np.ones(len(part)), np.flatnonzero(part > expected)
    chances[more] = bdtrc(part[more] - 1, drawn, whole[more] / everything)
    return tuple(
        Busy(slot=slot, people=int(part[slot]), expected=float(expected[slot]))
        for slot, real in enumerate(discoveries(chances.tolist()))
        if real
    )
