"""When each text of the demo was published: a week and a hash give the minute, so every run has the same times."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
WEEK_ONE = date(2026, 7, 13)
"""Monday of week 1, a local day."""

AS_OF = "2026-10-05T08:00:00Z"
"""The demo's "now": the Monday morning after week 12."""

_USUAL_HOURS = (1, 1, 1, 1, 1, 2, 4, 7, 9, 8, 6, 6, 9, 8, 5, 5, 6, 8, 10, 11, 10, 8, 5, 2)
_REFUND_HOURS = (0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 3, 16, 18, 17, 14, 2, 1)
_USUAL_DAYS = (6, 6, 6, 6, 6, 5, 6)

# Texts that name their own hour or follow on each other: (author, week) -> (weekday from Monday = 0, local time).
_PINNED: Mapping[tuple[str, int], tuple[int, str]] = {
    ("dalston_dumpling", 3): (4, "18:57:12"),
    ("hungry_in_hyndland", 4): (2, "18:41:05"),
    ("pagerduty_widow", 4): (2, "20:34:51"),
    ("TamarindHelp", 4): (2, "21:48:20"),
    ("lispy_leek", 4): (5, "11:03:44"),
    ("Josie Lumb", 6): (0, "10:22:37"),
    ("TamarindHelp", 6): (1, "15:04:00"),
    ("prove_it_priya", 6): (1, "16:31:18"),
    ("Koşuyolu_Tarık", 6): (2, "09:12:40"),
    ("kolmapaevane_kala", 6): (2, "21:36:18"),
    ("Apuntes de Benimaclet (blog)", 7): (3, "13:04:52"),
    ("Svenja.P", 9): (4, "12:26:41"),
    ("where_is_my_83_quid", 10): (0, "19:20:09"),
    ("TamarindHelp", 10): (1, "11:15:00"),
    ("La cazuela de Patraix (blog)", 11): (1, "10:12:33"),
    ("refresh_refresh", 12): (3, "18:05:33"),
    ("dad_of_wren", 12): (6, "09:26:48"),
}


def seeded(*parts: object) -> random.Random:
    """Return a generator whose stream depends on the given parts only."""
    return random.Random("\x1f".join(str(part) for part in parts))


def week_start(week: int) -> datetime:
    """Return the first local moment of a week of the demo, in UTC."""
    return datetime.combine(WEEK_ONE + timedelta(weeks=week - 1), time(), ZONE).astimezone(UTC)


def draw_time(line: Mapping[str, Any], rng: random.Random) -> datetime:
    """Return when a line stands on the web, in UTC: within its local week."""
    pinned = _PINNED.get((line["by"], line["w"]))
    if pinned:
        return _local(line["w"], pinned[0], time.fromisoformat(pinned[1]))
    # A post that is answered in its own week comes early in it.
    days = (6, 6, 5, 4, 0, 0, 0) if "key" in line else _USUAL_DAYS
    day = rng.choices(range(7), days)[0]
    if line["w"] == 1 and day == 0:
        # Twelve weeks back from AS_OF is week 1's Monday at 9:00: nothing may lie before it.
        day = 1 + rng.randrange(4)
    hours = _REFUND_HOURS if "refund" in line.get("t", ()) else _USUAL_HOURS
    hour = rng.choices(range(24), hours)[0]
    if line["src"] == "hackernews" and day == 0:
        # The search is down for the week that ends on Monday 31 August, 9:00: nothing of week 8 may lie in it.
        hour = max(hour, 10)
    return _local(line["w"], day, time(hour, rng.randrange(60), rng.randrange(60)))


def draw_answer_time(parent: datetime, line: Mapping[str, Any], rng: random.Random) -> datetime:
    """Return when a comment stands under its post: hours after it, or in its own later week."""
    own = draw_time(line, rng)
    if (line["by"], line["w"]) in _PINNED or parent < week_start(line["w"]):
        return own
    soon = parent + timedelta(minutes=rng.randrange(4, 400) + rng.choice((0, 0, 0, 720, 1440)), seconds=rng.randrange(60))
    return min(soon, week_start(line["w"] + 1) - timedelta(seconds=rng.randrange(60, 3600)))


def stamp(moment: datetime) -> str:
    """Format a time as UTC ISO 8601 in seconds, `2026-09-12T17:22:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_stamp(moment: datetime) -> str:
    """Format a time as local ISO 8601 with its offset, `2026-09-12T18:22:00+01:00`."""
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def local_day(moment: datetime) -> str:
    """Format the local day of a time, `2026-09-12`."""
    return moment.astimezone(ZONE).date().isoformat()


def _local(week: int, day: int, clock: time) -> datetime:
    return datetime.combine(WEEK_ONE + timedelta(weeks=week - 1, days=day), clock, ZONE).astimezone(UTC)
