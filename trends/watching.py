"""What was watched: source by source, site by site and listing by listing, with gaps as gaps and rates per watched day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from sqlite_utils import Database

from config import Brand, Config
from store.facts import split_site
from store.queries import find_latest_crawls
from trends.answers import Coverage, Gap
from trends.coverage import DAY, SLACK, covered_by, find_coverage, find_gaps, is_expected, seconds
from trends.coverage import listing_of as key_of
from trends.frame import CUSTOMERS, UNKNOWN, Filters, Frame, Rows
from trends.gathering import find_brand
from trends.imports import read_listings, read_watches
from trends.loading import load_frame
from trends.silence import PAST_DAYS, find_silence
from trends.verdicts import plural
from trends.windows import Window, days_label, from_days, iso, local_day, midnight, parse_moment

State = Literal["watched", "imported", "searched", "given up", "not known"]
"""`imported`: known from the first day that files told of to the last; `searched`: its mentions were found by a search over its
source, whose coverage stands under the search's own name; `given up`: watched before the window, and no longer; `not known`:
nobody has said what was watched (imports without dates)."""
MOST_STEPS = 92
"""Characters of a timeline."""
STEPS = (1, 7, 28, 91, 364)
"""Days that one character may stand for."""
LISTINGS = 12
"""Listings of a site that are shown by themselves, those with the longest gaps first."""
Row = Mapping[str, Any]
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class WatchedListing:
    """One query or page of a site."""

    listing: str
    """Empty where a site has but one, of all of it."""
    watched_days: float
    gaps: tuple[Gap, ...]
    timeline: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class WatchedSite:
    """What was watched of one site for the brand, and what it brought."""

    source: str
    site: str
    state: State
    watched_days: float | None
    """Within the window up to now, on average over its listings; None when not known."""
    days: float | None
    """Days of the window up to now."""
    timeline: tuple[float | None, ...]
    """Part of each step that was watched, 0 to 1, on average over its listings; None before the window's end has come."""
    gaps: tuple[Gap, ...]
    """Of half a day or more."""
    first: str | None
    """The earliest publication time that was ever watched of it, UTC ISO 8601."""
    last: str | None
    """The latest."""
    mentions: int
    """The brand's in the window, copies once."""
    found: int
    """Further ones that a search under this name found on sites that it does not name, which have them as their mentions; where
    several searches watch a source, each is given an equal part."""
    per_watched_day: float | None
    """Of both together; None when nothing is known, or less than half a day was watched."""
    last_success: str | None
    """When a crawl of the source last ended well."""
    warning: str | None
    """What a person should look at, in a sentence."""
    listings: tuple[WatchedListing, ...]
    """Of a site with several, those that were not watched throughout, the longest gaps first."""
    listing_count: int


@dataclass(frozen=True, kw_only=True)
class Watching:
    """Which part of a window was really watched for a brand."""

    brand: str
    brand_name: str
    window: Window
    span: Window | None
    """What the timelines span: the window, or for all time from the first watch on; None without either."""
    step_days: int
    """Local days that one step of a timeline has."""
    n: int
    """The brand's customer mentions in the window, copies once."""
    sites: tuple[WatchedSite, ...]
    """By source and site."""
    coverage: Coverage
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Timeline:
    """The steps of a span: edges in UTC ISO 8601, one more than there are steps."""

    edges: tuple[str, ...]
    until: str
    """What is known ends here."""

    def parts(self, gaps: Sequence[tuple[str, str]]) -> tuple[float | None, ...]:
        """The part of each step that is in no gap of half a day or more; None for steps that have not begun."""
        told = [pair for pair in gaps if seconds(*pair) >= SLACK]
        found: list[float | None] = []
        for start, end in zip(self.edges, self.edges[1:], strict=False):
            end = min(end, self.until)
            if end <= start:
                found.append(None)
                continue
            missing = sum(seconds(max(since, start), min(until, end)) for since, until in told if since < end and until > start)
            found.append(1 - missing / seconds(start, end))
        return tuple(found)


def answer_watching(
    db: Database,
    config: Config,
    *,
    window: Window,
    brand: str | None = None,
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
) -> Watching:
    """Answer from the store what was watched for a brand (the own one without an id).

    Raises `QuestionError` for a brand that is not configured.
    """
    filters = Filters(source=source, language=language, voices=voices)
    asked = find_brand(config, brand)
    listings = read_listings(db, brand=asked.id, at=window, source=source)
    watches = read_watches(db, brand=asked.id, at=window, since=None, until=None, source=source)
    frame = load_frame(db, asked.id, earlier(window), filters)
    crawls = {row["source"]: row for row in find_latest_crawls(db)}
    return find_watching(config, asked, window, listings, watches, frame, crawls)


def earlier(window: Window) -> Window:
    """The window with the weeks before it that a silence is judged by."""
    if window.first_day is None or window.end_day is None:
        return window
    first = date.fromisoformat(window.first_day) - timedelta(days=PAST_DAYS)
    return from_days(first, date.fromisoformat(window.end_day), now=window.now, zone=window.zone)


def find_watching(
    config: Config,
    brand: Brand,
    window: Window,
    listings: Sequence[Row],
    watches: Sequence[Row],
    frame: Frame,
    crawls: Mapping[str, Row],
) -> Watching:
    """Answer from listings, all that was ever watched of them, the brand's facts, and the latest crawl of each source."""
    span = find_span(window, watches)
    enabled = {source.name for source in config.sources if source.enabled}
    rows = frame.rows(window)
    counts = {split_site(count.name): count.count for count in frame.names("site", rows)}
    coverage = find_coverage(span or window, listings, watches, enabled=enabled)
    step = find_step(span)
    line = make_timeline(span, step) if span is not None else None
    by_site: dict[tuple[str, str], list[Row]] = {site: [] for site in sorted(counts)}
    for listing in listings:
        by_site.setdefault((listing["source"], listing["site"]), []).append(listing)
    kept = {key_of(one) for one in listings if span and span.since and is_expected(one, listings, span.since, enabled)}
    stretches: dict[tuple[str, str, str], Pairs] = {}
    for watch in watches:
        stretches.setdefault(key_of(watch), []).append((watch["since"], watch["until"]))
    searched = find_searched(counts, {site for site, own in by_site.items() if own}, coverage)
    found = [
        find_site(site, own, kept, stretches, line, coverage, (counts.get(site, 0), searched.get(site, 0.0)))
        for site, own in sorted(by_site.items())
    ]
    sites = tuple(with_source(one, crawls.get(one.source), enabled, frame, span or window) for one in found)
    return Watching(
        brand=brand.id,
        brand_name=brand.name,
        window=window,
        span=span,
        step_days=step,
        n=len(rows),
        sites=sites,
        coverage=coverage,
        notes=find_notes(sites, window, span),
    )


def find_span(window: Window, watches: Sequence[Row]) -> Window | None:
    """What timelines span: the window; for all time, from the first watch to today."""
    if not window.all_time:
        return window
    if not watches:
        return None
    first = local_day(min(watch["since"] for watch in watches), window.zone)
    end = local_day(window.now, window.zone) + timedelta(days=1)
    return from_days(first, end, now=window.now, zone=window.zone) if first < end else None


def find_step(span: Window | None) -> int:
    """Days for each character of a timeline, so that it fits."""
    days = (span.days if span else None) or 1
    return next((step for step in STEPS if days <= step * MOST_STEPS), STEPS[-1])


def make_timeline(span: Window, step: int) -> Timeline:
    """The steps of a span; the last ends with it."""
    first, days = date.fromisoformat(str(span.first_day)), span.days or 1
    ends = [min(step * number, days) for number in range(math.ceil(days / step) + 1)]
    edges = tuple(midnight(first + timedelta(days=end), span.zone) for end in ends)
    return Timeline(edges, min(str(span.until), span.now))


def find_site(
    site: tuple[str, str],
    listed: Sequence[Row],
    kept: set[tuple[str, str, str]],
    stretches: Mapping[tuple[str, str, str], Pairs],
    line: Timeline | None,
    coverage: Coverage,
    brought: tuple[int, float],
) -> WatchedSite:
    """One site, from its listings, what was watched of them, and its mentions and those that it found elsewhere."""
    listings, (mentions, elsewhere) = [key_of(one) for one in listed], brought
    expected = [key for key in listings if key in kept]
    unlisted: State = "searched" if any(key[0] == site[0] for key in kept) else "not known"
    kind: State = "imported" if any("expected" in one for one in listed) else "watched"
    state: State = kind if expected else "given up" if listings else unlisted
    own = [pair for key in listings for pair in stretches.get(key, [])]
    parts = [find_listing(key, stretches.get(key, []), line, coverage) for key in (expected or listings)] if line else []
    length = max(seconds(line.edges[0], line.until), 0) / DAY if line else None
    watched = sum(part.watched_days for part in parts) / len(parts) if parts else None
    lacking = sorted((part for part in parts if part.gaps), key=lambda part: part.watched_days)
    return WatchedSite(
        source=site[0],
        site=site[1],
        state=state,
        watched_days=watched,
        days=length if parts else None,
        timeline=mean_timeline([part.timeline for part in parts]),
        gaps=tuple(gap for gap in coverage.gaps if (gap.source, gap.site) == site),
        first=min((since for since, _ in own), default=None),
        last=last_of(own, kind, line),
        mentions=mentions,
        found=round(elsewhere),
        per_watched_day=(mentions + elsewhere) / watched if watched is not None and watched >= SLACK / DAY else None,
        last_success=None,
        warning=find_lapse(coverage, site),
        listings=tuple(lacking[:LISTINGS]) if len(parts) > 1 else (),
        listing_count=len(parts),
    )


def last_of(watched: Pairs, kind: State, line: Timeline | None) -> str | None:
    """The latest time that was watched; of an imported site that is no longer known it is of its last day."""
    last = max((until for _, until in watched), default=None)
    if last is None or kind != "imported" or (line is not None and last >= line.until):
        return last
    return iso(parse_moment(last) - timedelta(seconds=1))


def find_searched(
    counts: Mapping[tuple[str, str], int], listed: set[tuple[str, str]], coverage: Coverage
) -> dict[tuple[str, str], float]:
    """What each search found on sites that no listing names, by the search's own site."""
    watched = {(one.source, one.site) for one in coverage.sites}
    found: dict[tuple[str, str], float] = {}
    for site, count in counts.items():
        searches = covered_by(site, watched) if site not in listed else set()
        for search in searches:
            found[search] = found.get(search, 0.0) + count / len(searches)
    return found


def find_lapse(coverage: Coverage, site: tuple[str, str]) -> str | None:
    """That newer data of an imported site are missing, and since when."""
    gaps = [gap for gap in coverage.gaps if (gap.source, gap.site) == site]
    return next((gap.reason for gap in gaps if gap.lapsed), None)


def find_listing(key: tuple[str, str, str], watched: Pairs, line: Timeline, coverage: Coverage) -> WatchedListing:
    """One listing of a site."""
    gaps = find_gaps(watched, line.edges[0], line.until)
    source, site, listing = key
    missing = sum(seconds(since, until) for since, until in gaps)
    named = [gap for gap in coverage.gaps if (gap.source, gap.site) == (source, site) and gap.listing in ("", listing)]
    return WatchedListing(
        listing=listing,
        watched_days=max(seconds(line.edges[0], line.until) - missing, 0.0) / DAY,
        gaps=tuple(named),
        timeline=line.parts(gaps),
    )


def mean_timeline(timelines: Sequence[tuple[float | None, ...]]) -> tuple[float | None, ...]:
    """The mean of each step."""
    columns = [[part for part in step if part is not None] for step in zip(*timelines, strict=True)]
    return tuple(sum(parts) / len(parts) if parts else None for parts in columns)


def with_source(site: WatchedSite, crawl: Row | None, enabled: set[str], frame: Frame, window: Window) -> WatchedSite:
    """A site with how its source's crawls went, and whether it has fallen silent."""
    success = crawl["last_finished"] if crawl is not None else None
    warning = site.warning
    if site.source in enabled and crawl is not None and crawl["status"] == "failed":
        said = crawl["error"] or "it did not say why"
        warning = f"the latest crawl of {site.source} failed: {said}; `repute sources {site.source}` says more"
    elif site.source in enabled and site.state == "watched" and site.last is not None:
        warning = silence_words(frame, site_rows(frame, site), site, window)
    return replace(site, last_success=success, warning=warning)


def site_rows(frame: Frame, site: WatchedSite) -> Rows:
    """The dated facts from a site."""
    number = frame.numbers.get(f"{site.source}\n{site.site}", -1)
    return np.flatnonzero((frame.column("site") == number) & (frame.column("precision") != UNKNOWN))


def silence_words(frame: Frame, rows: Rows, site: WatchedSite, window: Window) -> str | None:
    """That a site brings nothing of the brand any more, up to when it was last watched; None where it does."""
    looked = local_day(min(str(site.last), window.until or window.now, window.now), window.zone)
    epoch = date(1970, 1, 1)
    days = frame.days[rows]
    days = days[days <= (looked - epoch).days]
    if not len(days):
        return None
    last = int(days.max())
    counts = np.bincount(last - days[days > last - PAST_DAYS], minlength=PAST_DAYS).tolist()
    quiet = (looked - epoch).days - last
    silence = find_silence(counts, quiet)
    if silence is None:
        return None
    rate = f"{silence.a_day:.0f} mentions a day" if silence.a_day >= 1.5 else f"{7 * silence.a_day:.0f} mentions a week"
    day = epoch + timedelta(days=last)
    return f"used to bring {rate}, none since {days_label(day, day)}: look at the site, and at `repute sources {site.source}`"


def find_notes(sites: Sequence[WatchedSite], window: Window, span: Window | None) -> tuple[str, ...]:
    """What a reader must know beside the figures."""
    unknown = sum(site.mentions for site in sites if site.state == "not known")
    given_up = [f"{site.source}/{site.site}" for site in sites if site.state == "given up"]
    over = [f"{site.source}/{site.site}" for site in sites if site.found]
    notes = [
        "Watched means that a crawl has read all that was published then; a gap is never zero mentions.",
        f"{unknown:,} {plural(unknown, 'mention is', 'mentions are')} from sites of which nobody has said what was watched "
        "(imports without dates)."
        if unknown
        else "",
        "Imported sites are known from the first day that files told of to the last; ratings without words are no mentions."
        if any(site.state == "imported" for site in sites)
        else "",
        f"Found by a search over {plural(len(over), 'its source', 'their sources')}, and counted at the search too: "
        f"{found:,} {plural(found, 'mention')} ({', '.join(over)})."
        if (found := sum(site.found for site in sites))
        else "",
        f"No longer watched: {', '.join(given_up)}." if given_up else "",
        f"All time is drawn from the first watch on: {span.label}." if window.all_time and span is not None else "",
        "" if sites else "Nothing was watched yet: run `repute crawl`.",
    ]
    return tuple(note for note in notes if note)
