"""Topics that nobody was heard to complain of before a window: new, not merely absent from the window before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlite_utils import Database

from trends.answers import Change
from trends.frame import Filters
from trends.gathering import Gathered
from trends.loading import load_frame
from trends.windows import all_time

EPOCH = date(1970, 1, 1).toordinal()


def find_first_time(db: Database, ground: Gathered, changes: Mapping[str, Change], filters: Filters) -> frozenset[str]:
    """The topics of a window that nobody complained of before, of a brand that was spoken of before.

    A complaint without a time may have been before. All that was ever said is read only where a topic was absent from the
    window before, on the sites that were watched throughout both.
    """
    absent = [topic for topic, change in changes.items() if change.before == 0 and change.now]
    if not absent or ground.window.first_day is None:
        return frozenset()
    return frozenset(absent) - find_met(db, ground, absent, filters)


def find_met(db: Database, ground: Gathered, topics: Collection[str], filters: Filters) -> frozenset[str]:
    """Those of some topics that were met before a window begins; all of them where nothing at all was."""
    frame = load_frame(db, ground.brand.id, all_time(now=ground.window.now, zone=ground.window.zone), filters)
    earlier = frame.days < date.fromisoformat(str(ground.window.first_day)).toordinal() - EPOCH
    earlier |= frame.timeless
    if not (earlier & ~frame.timeless).any():
        return frozenset(topics)
    return frozenset(topic for topic in topics if topic in frame.topics and earlier[frame.topics[topic]].any())
