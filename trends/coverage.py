"""What was really watched: gaps are never "zero complaints"."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from store.records import IMPORTED
from trends.answers import Coverage, Gap, SiteCoverage
from trends.imports import say_after, say_before
from trends.windows import Window, days_label, local_day, parse_moment

DAY = 86400.0
SLACK = DAY / 2
"""Seconds unwatched that are no gap: the time since the last of a day's few crawls."""
NAMED = 3
"""Sites that a sentence names before it only counts them."""
Row = Mapping[str, Any]
Site = tuple[str, str]
"""(source, site)."""
Spans = list[tuple[str, str]]
"""(since, until) of watches."""
Ends = tuple[str, str] | None
"""From when to when an imported site is known; None of others."""
UNKNOWN = Coverage(known=False, sites=(), gaps=(), sentences=())


def find_coverage(window: Window, listings: Sequence[Row], watches: Sequence[Row], *, enabled: Collection[str]) -> Coverage:
    """What of a window was watched, from the store's listings and complete watches.

    A listing that was given up before the window began is no gap, unless its source is `enabled` and nothing else of it was
    watched; an imported one is missed for longer (`trends.imports`). All time has
    no bounds, so nothing is known of its coverage.
    """
    return find_coverages([window], listings, watches, enabled=enabled)[0]


def find_coverages(
    windows: Sequence[Window], listings: Sequence[Row], watches: Sequence[Row], *, enabled: Collection[str]
) -> list[Coverage]:
    """As `find_coverage` of each of many windows: what reaches beyond a window is no part of its gaps."""
    spans, latest = spans_of(listings, watches)
    return [cover_window(window, spans, latest, enabled) for window in windows]


def spans_of(listings: Sequence[Row], watches: Sequence[Row]) -> tuple[list[tuple[Row, Spans]], dict[str, str]]:
    """Each listing with its watches in order, and up to when each source was ever watched."""
    by_listing: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for watch in watches:
        by_listing.setdefault(listing_of(watch), []).append((watch["since"], watch["until"]))
    latest: dict[str, str] = {}
    for listing in listings:
        latest[listing["source"]] = max(latest.get(listing["source"], ""), listing["until"])
    spans = [(listing, sorted(by_listing.get(listing_of(listing), []))) for listing in listings]
    return spans, latest


def cover_window(
    window: Window, spans: Sequence[tuple[Row, Spans]], latest: Mapping[str, str], enabled: Collection[str]
) -> Coverage:
    """What of a window was watched, from each listing with its watches in order and from when each source was last watched."""
    if window.since is None or window.until is None:
        return UNKNOWN
    since, until = window.since, min(window.until, window.now)
    listed = []
    for listing, own in spans:
        alive = latest[listing["source"]] > since
        if missed_until(listing) > since or (listing["source"] in enabled and not alive):
            inside = tuple(span for span in own if span[1] > since and span[0] < until)
            listed.append((*listing_of(listing), inside, ends_of(listing)))
    return cover(since, until, window.zone, tuple(listed))


@lru_cache(maxsize=256)
def cover(
    since: str, until: str, zone: ZoneInfo, listed: tuple[tuple[str, str, str, tuple[tuple[str, str], ...], Ends], ...]
) -> Coverage:
    """What of [since, until) was watched of listings (source, site, query, watches in order, ends of what was imported).

    Kept, since brands share their listings, and every answer of a page asks about the same weeks.
    """
    if not listed or until <= since:
        return UNKNOWN
    sites: dict[Site, list[tuple[str, list[tuple[str, str]]]]] = {}
    ends: dict[Site, Ends] = {}
    for source, site, query, own, imported in listed:
        sites.setdefault((source, site), []).append((query, find_gaps(own, since, until)))
        ends[source, site] = imported
    lacking = [(site, found) for site, found in sites.items() if any(missing for _, missing in found)]
    gaps = [explain(gap, ends[site], zone) for site, found in lacking for gap in site_gaps(*site, found, zone)]
    length = seconds(since, until)
    return Coverage(
        known=True,
        sites=tuple(site_coverage(source, site, found, length) for (source, site), found in sites.items()),
        gaps=tuple(gaps),
        sentences=tuple(say_gaps(gaps, list(sites))),
    )


def as_of_last_crawl(window: Window, listings: Sequence[Row]) -> Window:
    """The window as it was known when anything was last looked at, if that is at most a seventh of it ago; else as it is.

    A quarter of it where all that is known was imported.
    """
    if window.since is None or window.until is None:
        return window
    end, latest = min(window.until, window.now), max((listing["until"] for listing in listings), default="")
    # Files come by the week rather than by the hour.
    part = 4 if all("expected" in listing for listing in listings) else 7
    if not window.since < latest < end or seconds(latest, end) > seconds(window.since, window.until) / part:
        return window
    return replace(window, now=latest)


def is_expected(listing: Row, listings: Sequence[Row], since: str, enabled: Collection[str]) -> bool:
    """Whether a listing should have been watched since a time: it was later, or its enabled source has been silent since."""
    if missed_until(listing) > since:
        return True
    alive = any(other["until"] > since for other in listings if other["source"] == listing["source"])
    return listing["source"] in enabled and not alive


def missed_until(listing: Row) -> str:
    """From when on nobody expects more of a listing: it was last watched then, or imported long before."""
    found: str = listing.get("expected", listing["until"])
    return found


def ends_of(listing: Row) -> Ends:
    """From when to when an imported site is known."""
    return (listing["since"], listing["until"]) if "expected" in listing else None


def explain(gap: Gap, ends: Ends, zone: ZoneInfo) -> Gap:
    """A gap with what to say of it, where nobody was to watch: no file reaches so far."""
    if ends is None:
        return gap
    last = local_day(ends[1], zone) - timedelta(days=1)
    return replace(gap, reason=say_before(local_day(ends[0], zone)) if gap.until <= ends[0] else say_after(last))


def listing_of(row: Row) -> tuple[str, str, str]:
    """(source, site, query): what a watch covered, or a listing is."""
    return row["source"], row["site"], row["query"]


def find_gaps(watched: Sequence[tuple[str, str]], since: str, until: str) -> list[tuple[str, str]]:
    """The parts of [since, until) that no pair covers, of any length, oldest first."""
    gaps, reached = [], since
    for start, end in sorted(watched):
        if start >= until:
            break
        if start > reached:
            gaps.append((reached, start))
        reached = max(reached, end)
    return [*gaps, (reached, until)] if reached < until else gaps


def site_gaps(source: str, site: str, found: Sequence[tuple[str, list[tuple[str, str]]]], zone: ZoneInfo) -> list[Gap]:
    """The gaps of a site that matter; one that all of its listings share names no listing."""
    words: dict[str, list[tuple[str, str, str]]] = {}
    for listing, gaps in found:
        for since, until in gaps:
            if seconds(since, until) >= SLACK:
                words.setdefault(gap_label(since, until, zone), []).append((listing, since, until))
    result = []
    for label, members in words.items():
        shared = {listing for listing, _, _ in members} == {listing for listing, _ in found}
        for listing, since, until in members[:1] if shared else members:
            named = "" if shared else listing
            result.append(Gap(source=source, site=site, since=since, until=until, label=label, listing=named))
    return sorted(result, key=lambda gap: (gap.since, gap.listing))


@lru_cache(maxsize=4096)
def gap_label(since: str, until: str, zone: ZoneInfo) -> str:
    """The local days that a gap touches, both ends included; where a source was down, many sites have the same gap."""
    last = parse_moment(until) - timedelta(seconds=1)
    return days_label(local_day(since, zone), last.astimezone(zone).date())


def site_coverage(source: str, site: str, found: Sequence[tuple[str, list[tuple[str, str]]]], length: float) -> SiteCoverage:
    """How many days a site was watched, on average over its listings."""
    missing = sum([seconds(since, until) for _, gaps in found for since, until in gaps]) / len(found)
    return SiteCoverage(source=source, site=site, watched_days=(length - missing) / DAY, days=length / DAY)


def say_gaps(gaps: Sequence[Gap], sites: Sequence[tuple[str, str]]) -> list[str]:
    """One sentence for each source and stretch of days, naming sites and listings where the source was not down as a whole."""
    grouped: dict[tuple[str, str, bool], list[Gap]] = {}
    for gap in gaps:
        grouped.setdefault((gap.source, gap.reason or gap.label, bool(gap.reason)), []).append(gap)
    own: dict[str, list[str]] = {}
    for source, site in sites:
        own.setdefault(source, []).append(site)
    return [
        say_unimported(source, said, members) if imported else f"{say_where(source, members, own[source])} not watched {said}."
        for (source, said, imported), members in grouped.items()
    ]


def say_unimported(source: str, reason: str, gaps: Sequence[Gap]) -> str:
    """What is not known of imported sites."""
    names = list(dict.fromkeys(gap.site for gap in gaps))
    shown = ", ".join(names) if len(names) <= NAMED else f"{len(names)} sites"
    return f"{source} ({shown}): {reason}."


def say_where(source: str, gaps: Sequence[Gap], own: Sequence[str]) -> str:
    """Which part of a source a sentence speaks of, with its verb; `own` are all sites of the source."""
    if {gap.site for gap in gaps if not gap.listing} == set(own):
        return f"{source} was"
    names = list(dict.fromkeys(gap.site if not gap.listing else gap.listing for gap in gaps))
    if len(names) <= NAMED:
        return f"{source} ({', '.join(names)}) was"
    return f"{source}: {len(names)} listings, of {len(own)} sites, were"


def covered_by(site: Site, listed: Collection[Site]) -> set[Site]:
    """The listed sites whose coverage holds for a site: its own, else all those of its source.

    A search over many places (reddit's r/all, posts of other servers on a Mastodon instance) names none of them. Files are no
    searches.
    """
    if site in listed or site[0] == IMPORTED:
        return {site} & set(listed)
    return {other for other in listed if other[0] == site[0]}


def sites_with_gaps(coverage: Coverage) -> set[tuple[str, str]]:
    """(source, site) of what was not watched throughout."""
    return {(gap.source, gap.site) for gap in coverage.gaps}


def length_days(window: Window) -> float:
    """Days of a window that have passed, in real time."""
    if window.since is None or window.until is None:
        return 0.0
    return max(seconds(window.since, min(window.until, window.now)), 0.0) / DAY


def seconds(since: str, until: str) -> float:
    """Seconds between two UTC ISO 8601 times."""
    return moment_of(until) - moment_of(since)


@lru_cache(maxsize=16_384)
def moment_of(text: str) -> float:
    """A UTC ISO 8601 time in seconds since 1970; the same bounds are asked about again and again."""
    return parse_moment(text).timestamp()


def in_words(day: str) -> str:
    """A local day, YYYY-MM-DD, in words."""
    found = date.fromisoformat(day)
    return days_label(found, found)
