"""Columns of a brand's facts that competitors are compared by: made once of all facts that this process keeps of the brand."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from store.facts import LABEL, WORDED, Facts, Segment
from trends.frame import Frame

POSITIVE, NEGATIVE, READ, JUDGED, COMPLAINS, SPOKEN, SIGNED = (1 << bit for bit in range(7))
"""Bits of `told`: its mood, or that it has one; the classifier could judge it; and then, that it complains; it has words, an
author."""


def find_told(frame: Frame) -> NDArray[np.uint8]:
    """The bits of each fact."""
    return frame.segment.facts.derived("told", make_told)


def make_told(facts: Facts) -> NDArray[np.uint8]:
    """As `find_told`, of all facts."""
    frame = Frame(Segment(facts, np.zeros(0, LABEL)), ZoneInfo("UTC"))
    judged = ~frame.unjudged
    found = np.zeros(len(facts), np.uint8)
    for bit, true in (
        (POSITIVE, frame.mood("positive")),
        (NEGATIVE, frame.mood("negative")),
        (READ, frame.column("mood") != 0),
        (JUDGED, judged),
        (COMPLAINS, judged & frame.complains),
        (SPOKEN, frame.flagged(WORDED)),
        (SIGNED, frame.column("author") != 0),
    ):
        found[true] |= bit
    return found
