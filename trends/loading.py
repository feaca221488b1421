"""Reading frames from the store, as far as filters let facts through; what was read for one question is there for the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from sqlite_utils import Database

from store.database import is_kept
from store.fact_keeping import find_newest_day, read_facts
from store.fact_shelf import Days, keep, read_days
from store.facts import WORDED, Segment, Splitter, split_site
from store.records import VOICES
from trends.frame import Bools, Filters, Frame
from trends.windows import Window


def load_frame(db: Database, brand: str, window: Window, filters: Filters, *, wordless: bool = False) -> Frame:
    """Read a brand's facts of a window, and those without a time, as far as the filters let them through.

    What was read for one question is there for the next, for as long as the store says the same.
    """
    first, end = day_bounds(window)
    return take_frame(read_days(db, brand, first_day=first, end_day=end), (first, end), window.zone, filters, wordless=wordless)


def take_frame(days: Days, bounds: tuple[str, str], zone: ZoneInfo, filters: Filters, *, wordless: bool = False) -> Frame:
    """The facts between two days that the filters let through; the same frame for the same question."""
    segment = days.choose((filters, wordless), partial(chosen, filters=filters, wordless=wordless)).between(*bounds)
    frame: Frame = segment.memo.setdefault(("frame", zone.key), Frame(segment, zone))
    return frame


def load_words(db: Database, brand: str, window: Window, filters: Filters, splitter: Splitter, *, limit: int) -> Frame:
    """The facts of a window's newest days that hold about `limit` mentions, with their words."""
    first, end = day_bounds(window)
    days = read_days(db, brand, first_day=first, end_day=end) if is_kept(db) else None
    first = find_newest_day(db, brand, limit, first_day=first, end_day=end)
    # What has no time is in no window, and is not of the newest where there are more than these.
    undated = window.all_time and not first

    def read() -> Frame:
        segment = read_facts(db, brand, first_day=first, end_day=end, words=splitter, undated=undated)
        return Frame(segment.narrow(chosen(segment, filters, wordless=False)), window.zone)

    if days is None:
        return read()
    frame: Frame = keep(days.texts, (first, end, undated, window.zone.key, filters, splitter), read)
    return frame


def day_bounds(window: Window) -> tuple[str, str]:
    """The days in UTC that a window of local days may touch: the first, and the one after the last; all for all time."""
    if window.since is None or window.until is None or window.first_day is None or window.end_day is None:
        return "", "~"
    last = date.fromisoformat(max(window.until[:10], window.end_day))
    return min(window.since[:10], window.first_day), (last + timedelta(days=1)).isoformat()


def chosen(segment: Segment, filters: Filters, *, wordless: bool) -> Bools:
    """Which facts the filters let through."""
    facts = segment.facts
    kept = np.isin(facts["voice"], [VOICES.index(voice) for voice in filters.voices])
    if not wordless:
        kept &= (facts["flags"] & WORDED) != 0
    if filters.source is not None:
        kept &= np.isin(facts["site"], matching(segment, lambda name: split_site(name)[0] == filters.source and "\n" in name))
    if filters.language is not None:
        asked = filters.language
        kept &= np.isin(facts["language"], matching(segment, lambda name: name == asked or name.startswith(f"{asked}-")))
    return kept


def matching(segment: Segment, wanted: Callable[[str], bool]) -> list[int]:
    """The numbers of names that are wanted."""
    return [number for number, name in segment.names.items() if wanted(name)]
