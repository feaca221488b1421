"""Testing completed days for outbreaks: the daily series of every brand and topic, from what was watched alike all along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlite_utils import Database

from config import Brand, Config
from store.facts import distinct
from store.outbreaks import find_tests, find_tests_of_day, save_tests
from trends.coverage import covered_by, find_gaps, seconds
from trends.frame import UNKNOWN, Filters, Frame, Numbers, Rows
from trends.hot_button_answers import Outbreak
from trends.imports import read_listings, read_watches
from trends.loading import load_frame
from trends.outbreaks import DailySeries, DayTest, examine, find_onset, settle_days
from trends.windows import Window, from_days, local_day

YEARS_BACK = 5 * 364 + 7
"""Days of history that are read: a baseline of seasons takes up to five years."""
FIRST_TIME = 28
"""Completed days that are tested when nothing was tested before."""
LEAST_HISTORY = 35
"""Days that a site must have been watched for before it counts: four weeks of baseline, and the week that is tested."""
MOST_MENTIONS = 0.8
"""Part of the mentions whose sites say from when on the history is one; sites that came later are left out."""
WATCHED = 0.9
"""Part of a day, weighed by the mentions of its sites, that must have been watched for the day to count."""
STALE = 7
"""Days after which the last test says nothing of a window's end."""

Site = tuple[str, str]
Progress = Callable[[int, int], None]


def detect(db: Database, config: Config, *, now: str, progress: Progress | None = None) -> int:
    """Test the completed days that were not tested yet, of every brand and topic, and save what the tests say.

    Returns how many tests were saved. A day is completed when it is over and was watched.
    """
    known = [as_test(row) for row in find_tests(db, since=day_before(local_day(now, config.time_zone), 400))]
    yesterday = day_before(local_day(now, config.time_zone), 1)
    done_with = {brand.id for brand in config.brands if newest_test(known, brand) >= yesterday}
    due = [brand for brand in config.brands if brand.id not in done_with and is_over(db, config, brand, now)]
    series = [one for brand in due for one in read_series(db, config, brand, now=now)]
    saved = 0
    for done, one in enumerate(series, start=1):
        mine = [test for test in known if (test.brand, test.topic) == (one.brand, one.topic)]
        tests = examine(one, tested=mine, last_days=days_due(one, mine))
        rows = [asdict(test) | {"onset": begun(one, test, [*mine, *tests])} for test in tests]
        saved += save_tests(db, rows) if rows else 0
        if progress:
            progress(done, len(series))
    return saved


def newest_test(tests: Sequence[DayTest], brand: Brand) -> str:
    """The last day that was tested for a brand; empty without any."""
    return max((test.day for test in tests if test.brand == brand.id), default="")


def is_over(db: Database, config: Config, brand: Brand, now: str) -> bool:
    """Whether anything was looked at since yesterday ended, or it is not known what is watched."""
    ended = from_days(local_day(now, config.time_zone), local_day(now, config.time_zone), now=now, zone=config.time_zone)
    listings = read_listings(db, brand=brand.id, at=ended)
    return not listings or max(listing["until"] for listing in listings) >= str(ended.since)


def days_due(series: DailySeries, tested: Sequence[DayTest]) -> int:
    """How many of the last days are looked at: those since the last test, and some of the past the first time."""
    if not tested:
        return min(FIRST_TIME, len(series.counts))
    last = date.fromisoformat(max(test.day for test in tested))
    end = series.first_day + timedelta(days=len(series.counts))
    return min(max((end - last).days - 1, 0), FIRST_TIME)


def begun(series: DailySeries, test: DayTest, tested: Sequence[DayTest]) -> str | None:
    """The day on which what a test found began; None where it found nothing."""
    if not test.enough or test.chance > 0.05:
        return None
    onset = find_onset(series, test, tested=tested)
    return onset.isoformat() if onset else None


def read_series(db: Database, config: Config, brand: Brand, *, now: str) -> Iterator[DailySeries]:
    """The series of each topic of a brand, up to the last day that is over; none where nothing was ever watched or said."""
    end = local_day(now, config.time_zone)
    window = from_days(end - timedelta(days=YEARS_BACK), end, now=now, zone=config.time_zone)
    frame = load_frame(db, brand.id, window, Filters())
    rows = frame.rows(window)
    if not len(rows):
        return
    sites = site_shares(frame, rows, end)
    watched = watched_days(db, brand.id, window)
    first, kept = choose_history(sites, watched, int(frame.days[rows].min()), window)
    if kept is None:
        return
    seen = seen_days(watched, sites, kept, window)[first:]
    unlike = {site for site in frame.site_pairs if site not in kept}
    for topic in config.topics:
        found = frame.topics.get(topic.id, np.zeros(0, np.int64))
        counts = daily_people(frame, frame.on_sites(frame.once(frame.within(found, window)), without=unlike), window)[first:]
        yield DailySeries(
            brand=brand.id,
            topic=topic.id,
            first_day=date.fromisoformat(str(window.first_day)) + timedelta(days=first),
            counts=tuple(int(count) if there else None for count, there in zip(counts, seen, strict=True)),
        )


def site_shares(frame: Frame, rows: Rows, end: date) -> dict[Site, float]:
    """The part of the last four weeks' mentions (of all, if there are none) that each site gave."""
    recent = rows[frame.days[rows] >= (end - timedelta(days=28) - date(1970, 1, 1)).days]
    counted = frame.sites_of(recent if len(recent) else rows)
    whole = sum(counted.values())
    return {site: count / whole for site, count in counted.items()}


def watched_days(db: Database, brand: str, window: Window) -> dict[Site, Numbers]:
    """For each site of known coverage the part of each day of the window that it was watched, on average over its listings."""
    listings = read_listings(db, brand=brand, at=window)
    watches = read_watches(db, brand=brand, at=window, since=window.since, until=window.until)
    spans: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for watch in watches:
        spans.setdefault((watch["source"], watch["site"], watch["query"]), []).append((watch["since"], watch["until"]))
    parts: dict[Site, list[Any]] = {}
    for listing in listings:
        covered = spans.get((listing["source"], listing["site"], listing["query"]), [])
        parts.setdefault((listing["source"], listing["site"]), []).append(covered_days(covered, window))
    return {site: np.mean(found, axis=0) for site, found in parts.items()}


def covered_days(spans: Sequence[tuple[str, str]], window: Window) -> Any:
    """The part of each day of a window that some spans cover."""
    since, until = str(window.since), str(window.until)
    days = int(window.days or 0)
    start, length = since, seconds(since, until)
    covered = np.ones(days)
    for gap_from, gap_to in find_gaps(spans, since, until):
        # Days of 23 or 25 hours are taken as 24: what is missing is told to the hour.
        low, high = (seconds(start, moment) / length * days for moment in (gap_from, gap_to))
        edges = np.clip(np.array([low, high]), 0, days)
        inner = np.clip(np.minimum(edges[1], np.arange(1, days + 1)) - np.maximum(edges[0], np.arange(days)), 0, 1)
        covered -= inner
    return np.clip(covered, 0, 1)


def choose_history(
    sites: Mapping[Site, float], watched: Mapping[Site, Any], first_said: int, window: Window
) -> tuple[int, set[Site] | None]:
    """From which day of the window on the history is one, and its sites; None where it is too short.

    It begins when the sites that give most mentions were all watched; a site that came later widens coverage and is left out,
    and so is no outbreak. Sites of unknown coverage count from the first mention on.
    """
    days = int(window.days or 0)
    said_from = first_said - (date.fromisoformat(str(window.first_day)) - date(1970, 1, 1)).days
    begins = {
        site: max((first_watched(watched[one], days) for one in covered_by(site, watched)), default=max(said_from, 0))
        for site in sites
    }
    known = sorted((begin, site) for site, begin in begins.items() if begin <= days - LEAST_HISTORY)
    if not known:
        return 0, None
    reached, start = 0.0, known[0][0]
    whole = sum(sites[site] for _, site in known)
    for begin, site in known:
        if reached >= MOST_MENTIONS * whole:
            break
        reached, start = reached + sites[site], begin
    return start, {site for begin, site in known if begin <= start}


def first_watched(parts: Any, days: int) -> int:
    """The first day that was watched; after the last where none was."""
    found = np.flatnonzero(parts >= WATCHED)
    return int(found[0]) if len(found) else days


def seen_days(watched: Mapping[Site, Any], sites: Mapping[Site, float], kept: set[Site], window: Window) -> Any:
    """Which days of the window were watched on the sites that are kept."""
    weights: dict[Site, float] = {}
    for site in kept:
        found_by = covered_by(site, watched)
        for one in found_by:
            weights[one] = weights.get(one, 1e-9) + sites[site] / len(found_by)
    if not weights:
        return np.ones(int(window.days or 0), np.bool_)
    return np.average([watched[site] for site in weights], axis=0, weights=list(weights.values())) >= WATCHED


def daily_people(frame: Frame, rows: Rows, window: Window) -> Numbers:
    """How many people complain on each local day of a window, each once a day."""
    dated = rows[frame.column("precision")[rows] != UNKNOWN]
    first = (date.fromisoformat(str(window.first_day)) - date(1970, 1, 1)).days
    days = int(window.days or 0)
    pairs = distinct(frame.persons[dated] * days + np.clip(frame.days[dated] - first, 0, days - 1))
    return np.bincount(pairs % days, minlength=days).astype(np.int64)


def read_outbreaks(db: Database, brand: str, window: Window) -> dict[str, Outbreak]:
    """By topic what a brand's last tests say at the end of a window, over all brands and topics; empty where there are none.

    A test is of no use to a window that ends more than a week after it.
    """
    today = local_day(window.now, window.zone)
    end = min(date.fromisoformat(window.end_day), today) if window.end_day else today
    tests = find_tests_of_day(db, brand, since=day_before(end, STALE), until=end.isoformat())
    by_key = {(row["brand"], row["topic"]): row for row in tests}
    known = [as_test(row) for row in tests]
    settled, series = settle_days(known), sum(test.enough for test in known)
    return {topic: as_outbreak(row, settled[brand, topic], series) for (of, topic), row in by_key.items() if of == brand}


def as_outbreak(row: Mapping[str, Any], direction: str, series: int) -> Outbreak:
    """A test in the words of an answer; `series` were tested that day."""
    test = as_test(row)
    told: Any = direction if test.enough else "unknown"
    return Outbreak(
        direction=told,
        day=test.day,
        observed=test.observed,
        expected=test.expected,
        lower=test.lower,
        upper=test.upper,
        chance=test.chance,
        series=series,
        onset=row["onset"] if told in ("rising", "falling") else None,
        baseline_days=test.baseline_days,
    )


def as_test(row: Mapping[str, Any]) -> DayTest:
    """A stored row as what it was."""
    return DayTest(**{name: value for name, value in row.items() if name != "onset"})


def day_before(day: date, days: int) -> str:
    """The day so many days before, YYYY-MM-DD."""
    return (day - timedelta(days=days)).isoformat()
