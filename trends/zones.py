"""Moments on the clock of a zone, for many at once."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from store.facts import distinct
from trends.windows import parse_moment

Numbers = NDArray[np.int64]
DAY = 86400


def epoch(moment: str) -> int:
    """UTC ISO 8601, or a day, as seconds since 1970."""
    return int(parse_moment(moment).timestamp())


def offsets(published: Numbers, zone: ZoneInfo) -> Numbers:
    """Seconds to add to UTC for the zone's clock at each moment: one look at the zone a day, more only where clocks change."""
    days = distinct(published // DAY)
    place = np.searchsorted(days, published // DAY)
    starts = [offset_at(int(day) * DAY, zone) for day in days]
    ends = [offset_at(int(day + 1) * DAY, zone) for day in days]
    found = np.array(starts, np.int64)[place] if len(days) else np.zeros(0, np.int64)
    changing = np.array([start != end for start, end in zip(starts, ends, strict=True)], np.bool_)
    for row in np.flatnonzero(changing[place]) if changing.any() else ():
        found[row] = offset_at(int(published[row]), zone)
    return found


def offset_at(moment: int, zone: ZoneInfo) -> int:
    """Seconds between the zone's clock and UTC at a moment."""
    shift = datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0
