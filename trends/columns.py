"""Columns that are made of the facts' own: who says each, and when it was on the clock of a zone."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from store.facts import Facts
from store.records import PRECISIONS
from trends.zones import offsets

Numbers = NDArray[np.int64]
DAY = 86400
LATEST = np.iinfo(np.int64).max
SECOND_KNOWN, UNKNOWN = (PRECISIONS.index(name) for name in ("second", "unknown"))


def find_local(zone: ZoneInfo, facts: Facts) -> Numbers:
    """The time of each fact on the clock of a zone, in seconds since 1970; of a day only, that day's midnight."""
    published, precision = facts["published"], facts["precision"]
    exact = precision == SECOND_KNOWN
    found = np.where(precision == UNKNOWN, 0, published)
    found[exact] += offsets(published.compress(exact), zone)
    return found


def local(zone: ZoneInfo, facts: Facts) -> Numbers:
    """As `find_local`, once for all that is made of it."""
    return facts.derived(f"local {zone.key}", partial(find_local, zone))


def days(zone: ZoneInfo, facts: Facts) -> Numbers:
    """As `Frame.days`."""
    return facts.derived(f"day {zone.key}", lambda facts: local(zone, facts) // DAY)


def find_hours(zone: ZoneInfo, facts: Facts) -> NDArray[np.uint8]:
    """As `Frame.hours`."""
    return np.where(facts["precision"] == SECOND_KNOWN, local(zone, facts) % DAY // 3600, 24).astype(np.uint8)


def find_weekdays(zone: ZoneInfo, facts: Facts) -> NDArray[np.uint8]:
    """As `Frame.weekdays`."""
    # 1970-01-01 was a Thursday.
    return np.where(facts["precision"] == UNKNOWN, 7, (days(zone, facts) + 3) % 7).astype(np.uint8)


def number_days(zone: ZoneInfo, facts: Facts) -> NDArray[np.int32]:
    """As `Frame.day_numbers`."""
    found, dated = days(zone, facts), facts["precision"] != UNKNOWN
    return np.where(dated, found - found.min(initial=LATEST, where=dated) + 1, 0).astype(np.int32)


def number_persons(authors: NDArray[np.uint64]) -> Numbers:
    """Numbers of persons by their keys (0 for nobody): people who come more than once, then other people, then nobody's."""
    known = np.flatnonzero(authors)
    people, place, counts = np.unique(authors[known], return_inverse=True, return_counts=True)
    order = np.empty(len(people), np.int64)
    order[np.argsort(counts == 1, kind="stable")] = np.arange(len(people))
    numbers = np.cumsum(authors == 0) - 1 + len(people)
    numbers[known] = order[place]
    return numbers
