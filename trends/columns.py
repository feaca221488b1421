"""Columns that are made of the facts' own: who says each, and when it was on the clock of a zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from store.facts import Facts, distinct
from store.records import PRECISIONS
from trends.zones import offsets

Numbers = NDArray[np.int64]
Rows = NDArray[np.int64]
SECOND_KNOWN, UNKNOWN = (PRECISIONS.index(name) for name in ("second", "unknown"))


def in_order(rows: Rows) -> Rows:
    """The different rows, in order; they mostly are."""
    return rows if (rows[1:] > rows[:-1]).all() else distinct(rows)


def find_local(zone: ZoneInfo, facts: Facts) -> Numbers:
    """As `Frame.local`."""
    published, precision = facts["published"], facts["precision"]
    exact = precision == SECOND_KNOWN
    local = np.where(precision == UNKNOWN, 0, published)
    local[exact] = published[exact] + offsets(published[exact], zone)
    return local


def number_persons(authors: NDArray[np.uint64]) -> Numbers:
    """Numbers of persons by their keys (0 for nobody): people who come more than once, then other people, then nobody's."""
    known = np.flatnonzero(authors)
    people, place, counts = np.unique(authors[known], return_inverse=True, return_counts=True)
    order = np.empty(len(people), np.int64)
    order[np.argsort(counts == 1, kind="stable")] = np.arange(len(people))
    numbers = np.cumsum(authors == 0) - 1 + len(people)
    numbers[known] = order[place]
    return numbers
