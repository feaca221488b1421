"""Which part of each week or month was watched: a figure of that time alone, whatever window it is asked with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import numpy as np
from sqlite_utils import Database

from config import Config
from store.facts import split_site
from store.remembering import remember
from trends.exposure import Floats, watched_shares
from trends.frame import Filters, Frame
from trends.imports import read_listings, read_watches
from trends.loading import load_frame
from trends.windows import Window, cover, from_days

REACH = 56
"""Days that end with a week or month, by whose mentions its sites are weighed."""
EPOCH = date(1970, 1, 1)


def read_watched(
    db: Database, config: Config, brand: str, periods: Sequence[Window], filters: Filters
) -> tuple[float | None, ...]:
    """Which part of each of some weeks or months, oldest first, was watched; None where that is not known.

    Each site weighs what it brought on a watched day in the eight weeks that end with the period, so that the same week says
    the same in every window and answer.
    """
    if not periods:
        return ()
    enabled = frozenset(source.name for source in config.sources if source.enabled)
    # All answers of one page ask it of the same weeks.
    name = ("watched parts", brand, tuple(periods), filters, enabled)
    return remember(db, name, lambda: find_watched(db, brand, periods, filters, enabled))


def find_watched(
    db: Database, brand: str, periods: Sequence[Window], filters: Filters, enabled: Collection[str]
) -> tuple[float | None, ...]:
    """Work it out."""
    reaches = [find_reach(period) for period in periods]
    listings = read_listings(db, brand=brand, at=periods[0], source=filters.source)
    since, until = reaches[0].since, periods[-1].until
    watches = read_watches(db, brand=brand, at=periods[0], since=since, until=until, source=filters.source)
    frame = load_frame(db, brand, cover(reaches[0], periods[-1]), filters)
    return tuple(watched_shares(periods, reaches, listings, watches, count_sites(frame, reaches), enabled=enabled))


def find_reach(period: Window) -> Window:
    """The days by whose mentions the sites of a period are weighed: those of a longer one are all of its own."""
    first, end = (date.fromisoformat(str(day)) for day in (period.first_day, period.end_day))
    return from_days(min(first, end - timedelta(days=REACH)), end, now=period.now, zone=period.zone)


def count_sites(frame: Frame, reaches: Sequence[Window]) -> dict[tuple[str, str], Floats]:
    """The mentions of some days by site, with their copies."""
    bounds = np.array(
        [[(date.fromisoformat(str(day)) - EPOCH).days for day in (one.first_day, one.end_day)] for one in reaches]
    )
    first, end = int(bounds.min()), int(bounds.max())
    days = frame.days - first
    there = np.flatnonzero((days >= 0) & (days < end - first) & ~frame.timeless)
    sites = frame.column("site")[there].astype(np.int64)
    known = np.flatnonzero(np.bincount(sites))
    place = np.zeros(int(known.max(initial=0)) + 1, np.int64)
    place[known] = np.arange(len(known))
    width = end - first
    table = np.bincount(place[sites] * width + days[there], minlength=len(known) * width).reshape(len(known), width)
    running = np.concatenate([np.zeros((len(known), 1), np.int64), np.cumsum(table, axis=1)], axis=1)
    counts = (running[:, bounds[:, 1] - first] - running[:, bounds[:, 0] - first]).astype(np.float64)
    return {split_site(frame.segment.names[site]): counts[row] for row, site in enumerate(known.tolist())}
