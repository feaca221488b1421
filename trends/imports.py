"""What is known of imported sites: from the first day that a file told of to the last, and to now while silence is usual.

Nobody watches an imported site, and no file says which days it was made for. So the days before the first mention of a site
and those after its last are gaps, "not imported", and all between them is taken as known, also between monthly files. Here
such sites get a listing and a watch like those that crawls leave, so that everything else follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from store.imports import find_import_days
from store.queries import find_listings, find_watches
from store.remembering import once
from trends.answers import LAPSED
from trends.silence import PAST_DAYS, find_silence
from trends.windows import Window, days_label, local_day, midnight

LEAST_SILENCE = 7
"""Days without a mention that are nothing unusual for any site, where the test of silence does not say otherwise."""
QUARTER = 91
"""Days of the past that say how long a site is silent."""
GIVEN_UP = timedelta(weeks=13)
"""How long after its last day an imported site is missed, where other sites are still known; after that it was given up."""
FOREVER = "9999-01-01T00:00:00Z"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """The days that files told of, in order: how a site goes silent and speaks again."""

    first: date
    last: date
    recent: tuple[int, ...]
    """Mentions of each of the last days."""
    pause: int
    """Days of the second-longest silence of a quarter: what happened twice is usual, the longest may be a file left out."""

    def is_usual(self, quiet: int) -> bool:
        """Whether so many days without a mention are nothing unusual, so that no file need be missing."""
        return quiet <= max(LEAST_SILENCE, self.pause) and find_silence(self.recent, quiet) is None


@dataclass(frozen=True)
class Span:
    """What is known of an imported site: local days, both included."""

    source: str
    site: str
    first: date
    last: date
    told: Told
    """By which it is judged whether it has gone silent."""


def read_listings(db: Database, *, brand: str, at: Window, source: str | None = None) -> list[Row]:
    """Every listing of a brand: those that crawls watched, as `store.queries.find_listings`, and its imported sites.

    Imported ones have `since` too, the first moment that is known of them (`until`: the moment after the last), and
    `expected`: until when more of them is expected. `at` gives the moment and the zone.
    """
    watched = find_listings(db, brand=brand, source=source)
    spans = read_spans(db, brand, source, at.zone)
    if not spans:
        return list(watched)
    ends = [midnight(span.last + timedelta(days=1), at.zone) for span in spans]
    newest = max([*ends, *(listing["until"] for listing in watched)])
    imported = [
        {
            "source": span.source,
            "site": span.site,
            "query": "",
            "since": midnight(span.first, at.zone),
            "until": end,
            "expected": FOREVER if end == newest else midnight(span.last + timedelta(days=1) + GIVEN_UP, at.zone),
        }
        for span, end in zip(spans, ends, strict=True)
    ]
    return sorted([*watched, *imported], key=lambda row: (row["source"], row["site"], row["query"]))


def read_watches(
    db: Database, *, brand: str, at: Window, since: str | None, until: str | None, source: str | None = None
) -> list[Row]:
    """What was covered, as `store.queries.find_watches`, and the spans of imported sites.

    A span reaches to now while the site's silence since its last day is usual: who imports every day or week has no gap.
    """
    watched = find_watches(db, brand=brand, since=since, until=until, source=source)
    today, imported = local_day(at.now, at.zone), []
    for span in read_spans(db, brand, source, at.zone):
        end = midnight(span.last + timedelta(days=1), at.zone)
        if span.told.is_usual((today - span.last).days - 1):
            end = max(end, at.now)
        start = midnight(span.first, at.zone)
        if end > (since or "") and (until is None or start < until):
            imported.append({"source": span.source, "site": span.site, "query": "", "since": start, "until": end})
    return [*watched, *imported]


def read_spans(db: Database, brand: str, source: str | None, zone: ZoneInfo) -> list[Span]:
    """The spans of the imported sites that tell of a brand."""
    name = ("imported", brand, source, zone.key)
    return once(db, name, lambda: find_spans(find_import_days(db, brand=brand, source=source), brand, zone))


def find_spans(rows: Sequence[Row], brand: str, zone: ZoneInfo) -> list[Span]:
    """Spans of a brand from the days of sites, by source and site and in order."""
    return [
        find_span(source, site, list(own), brand, zone)
        for (source, site), own in groupby(rows, key=lambda row: (row["source"], row["site"]))
    ]


def find_span(source: str, site: str, rows: Sequence[Row], brand: str, zone: ZoneInfo) -> Span:
    """The span of one site for a brand.

    What a file told of many brands is known of each that it names; what it told of one brand alone says nothing of others.
    Where the brand's own files begin or end a usual silence apart from what is known of the site, they are as long.
    """
    shared = any(row["brand"] == brand and not row["own"] for row in rows)
    mine = [row for row in rows if row["brand"] == brand or (shared and not row["own"])]
    whole, told = make_told(rows, zone), make_told(mine, zone)
    backwards = make_told(mine, zone, backwards=True)
    first = whole.first if backwards.is_usual((told.first - whole.first).days) else told.first
    if told.is_usual((whole.last - told.last).days):
        return Span(source, site, first, whole.last, whole)
    return Span(source, site, first, told.last, told)


def make_told(rows: Sequence[Row], zone: ZoneInfo, *, backwards: bool = False) -> Told:
    """The days of some rows of `find_import_days`; silences are of days in UTC. Backwards, they are those of the first days."""
    counts: Counter[int] = Counter()
    for row in rows:
        counts[date.fromisoformat(row["day"]).toordinal()] += row["mentions"]
    edge = min(counts) if backwards else max(counts)
    days = sorted(abs(day - edge) for day in counts if abs(day - edge) <= QUARTER)
    pauses = sorted(later - day - 1 for day, later in pairwise(days))
    step = 1 if backwards else -1
    return Told(
        first=min(told_day(row["first"], zone) for row in rows if row["day"] == rows[0]["day"]),
        last=max(told_day(row["last"], zone) for row in rows if row["day"] == rows[-1]["day"]),
        recent=tuple(counts[edge + step * back] for back in reversed(range(PAST_DAYS))),
        pause=pauses[-2] if len(pauses) > 1 else 0,
    )


def told_day(moment: str, zone: ZoneInfo) -> date:
    """The local day of a time; a day stays what was printed."""
    return local_day(moment, zone) if "T" in moment else date.fromisoformat(moment)


def say_before(day: date) -> str:
    """Why nothing is known before the first day of a site."""
    return f"not imported before {days_label(day, day)}"


def say_after(day: date) -> str:
    """Why nothing is known after the last day of a site, and what to do."""
    return f"{LAPSED} {days_label(day, day)}: import newer data"
