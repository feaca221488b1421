"""Moments on the clock of a zone, for many at once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from trends.windows import parse_moment

Numbers = NDArray[np.int64]
DAY = 86400


def epoch(moment: str) -> int:
    """UTC ISO 8601, or a day, as seconds since 1970."""
    return int(parse_moment(moment).timestamp())


def offsets(published: Numbers, zone: ZoneInfo) -> Numbers:
    """Seconds to add to UTC for the zone's clock at each moment: one look at the zone a day, more only where clocks change."""
    if not len(published):
        return np.zeros(0, np.int64)
    days = published // DAY
    first = int(days.min())
    days -= first
    there = np.flatnonzero(np.bincount(days))
    bounds = np.union1d(there, there + 1)
    by_day = np.zeros(int(bounds[-1]) + 1, np.int64)
    by_day[bounds] = [offset_at((first + day) * DAY, zone) for day in bounds.tolist()]
    found, changing = by_day[days], by_day[:-1] != by_day[1:]
    for row in np.flatnonzero(changing[days]).tolist():
        found[row] = offset_at(int(published[row]), zone)
    return found


@lru_cache(maxsize=16_384)
def offset_at(moment: int, zone: ZoneInfo) -> int:
    """Seconds between the zone's clock and UTC at a moment."""
    shift = datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0
