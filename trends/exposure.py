"""How much of what is said was watched: each site weighs what it brings a day, so that a gap on a small site is a small gap."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.answers import Coverage
from trends.coverage import Row, Site, Spans, covered_by, missed_until, moment_of, spans_of
from trends.windows import Window

LEAST_WATCHED = 1 / 7
"""Part of the time that a site counts as watched at least: what an hour brought says little of a day."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rates:
    """Mentions that sites bring on a watched day."""

    by_site: Mapping[Site, float]
    """Of the listed sites; what a search found on a site that it does not name is the search's."""
    elsewhere: float
    """A day of sites of unknown coverage: they have no gap."""


def find_rates(counts: Mapping[Site, int], watched: Mapping[Site, tuple[float, float]], days: float) -> Rates:
    """The rates of sites from their mentions in some time of so many `days`.

    `watched` has (days watched, days in which it should have been) of each listed site.
    """
    brought = dict.fromkeys(watched, 0.0)
    elsewhere = 0.0
    for site, count in counts.items():
        found_by = covered_by(site, watched)
        for one in found_by:
            brought[one] += count / len(found_by)
        if not found_by:
            elsewhere += count
    return Rates(
        {site: found / max(watched[site][0], LEAST_WATCHED * watched[site][1]) for site, found in brought.items() if found},
        elsewhere / days if days else 0.0,
    )


def rates_of(counts: Mapping[Site, int], coverages: Sequence[Coverage]) -> Rates:
    """The rates of sites from their mentions in the windows of some coverages that do not overlap."""
    watched: dict[Site, tuple[float, float]] = {}
    for site in (site for coverage in coverages for site in coverage.sites):
        past = watched.get((site.source, site.site), (0.0, 0.0))
        watched[site.source, site.site] = past[0] + site.watched_days, past[1] + site.days
    return find_rates(counts, watched, sum(coverage.sites[0].days for coverage in coverages if coverage.sites))


def watched_share(coverage: Coverage, rates: Rates) -> float | None:
    """The part of what would have been found in a window that was watched, 0 to 1; None when that is not known.

    Where none of its sites brings anything, each weighs the same.
    """
    if not coverage.known or not coverage.sites:
        return None
    weights = [rates.by_site.get((site.source, site.site), 0.0) for site in coverage.sites]
    days = coverage.sites[0].days
    seen = (
        sum(weight * site.watched_days for weight, site in zip(weights, coverage.sites, strict=True)) + rates.elsewhere * days
    )
    whole = sum(weight * site.days for weight, site in zip(weights, coverage.sites, strict=True)) + rates.elsewhere * days
    if whole <= 0:
        seen, whole = sum(site.watched_days for site in coverage.sites), sum(site.days for site in coverage.sites)
    return seen / whole if whole else None


def watched_shares(
    windows: Sequence[Window],
    reaches: Sequence[Window],
    listings: Sequence[Row],
    watches: Sequence[Row],
    counts: Mapping[Site, Floats],
    *,
    enabled: Collection[str],
) -> list[float | None]:
    """As `watched_share` of many windows with bounds, by the rates of a longer time for each, its reach.

    `counts` are the mentions of each reach by site. What was missed in each window is not named, which makes it quick.
    """
    spans, latest = spans_of(listings, watches)
    if not spans:
        return [None] * len(windows)
    means, whole = watch_sites(spans, latest, windows, enabled)
    seen, due = (means, whole) if reaches is windows else watch_sites(spans, latest, reaches, enabled)
    nothing = np.zeros(len(windows))
    brought, elsewhere = dict.fromkeys(means, nothing), nothing
    for site, count in counts.items():
        found_by = covered_by(site, means)
        for one in found_by:
            brought[one] = brought[one] + count / len(found_by)
        elsewhere = elsewhere if found_by else elsewhere + count
    rates = {
        site: found / np.maximum(np.maximum(seen[site], LEAST_WATCHED * due[site]), 1.0) for site, found in brought.items()
    }
    length, long = lengths(windows), np.maximum(lengths(reaches), 1.0)
    shares = ratio(*(sum((rates[site] * one[site] for site in one), elsewhere / long * length) for one in (means, whole)))
    plain = ratio(sum(means.values(), nothing), sum(whole.values(), nothing))
    shares = np.where(np.isnan(shares), plain, shares)
    return [share if known else None for share, known in zip(shares.tolist(), (~np.isnan(plain)).tolist(), strict=True)]


def watch_sites(
    spans: Sequence[tuple[Row, Spans]], latest: Mapping[str, str], windows: Sequence[Window], enabled: Collection[str]
) -> tuple[Mapping[Site, Floats], Mapping[Site, Floats]]:
    """By site the seconds of each window that were watched, the mean of its listings, and those that should have been."""
    since, until = (np.array([moment_of(str(end)) for end in ends]) for ends in bounds_of(windows))
    sites = list(dict.fromkeys((listing["source"], listing["site"]) for listing, _ in spans))
    place = {site: number for number, site in enumerate(sites)}
    of = [place[listing["source"], listing["site"]] for listing, _ in spans]
    missed = np.array([moment_of(missed_until(listing)) for listing, _ in spans])[:, None]
    lately = np.array([moment_of(latest[listing["source"]]) for listing, _ in spans])[:, None]
    on = np.array([listing["source"] in enabled for listing, _ in spans])[:, None]
    there = (missed > since) | (on & (lately <= since))
    seen, count = np.zeros((len(sites), len(windows))), np.zeros((len(sites), len(windows)))
    np.add.at(count, of, there)
    np.add.at(seen, of, np.where(there, watched_seconds([own for _, own in spans], since, until), 0.0))
    means, whole = seen / np.maximum(count, 1.0), np.where(count > 0, lengths(windows), 0.0)
    return dict(zip(sites, means, strict=True)), dict(zip(sites, whole, strict=True))


def lengths(windows: Sequence[Window]) -> Floats:
    """Seconds of windows that have passed."""
    since, until = (np.array([moment_of(str(end)) for end in ends]) for ends in bounds_of(windows))
    found: Floats = np.maximum(until - since, 0.0)
    return found


def ratio(part: Floats, whole: Floats) -> Floats:
    """One by the other; not a number where that is nothing."""
    found: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return found


def bounds_of(windows: Sequence[Window]) -> tuple[list[str], list[str]]:
    """Where windows begin, and where what is known of them ends."""
    return [str(window.since) for window in windows], [min(str(window.until), window.now) for window in windows]


def watched_seconds(listings: Sequence[Spans], since: Floats, until: Floats) -> Floats:
    """How long each of some listings was watched between times, (listings, times), by its spans in order."""
    of, firsts, lasts = [], [], []
    for number, spans in enumerate(listings):
        reached = 0.0
        for start, end in spans:
            first, last = max(moment_of(start), reached), moment_of(end)
            if last > first:
                of.append(number)
                firsts.append(first)
                lasts.append(last)
                reached = last
    found = np.zeros((len(listings), len(since)))
    inside = np.minimum(until, np.array(lasts)[:, None]) - np.maximum(since, np.array(firsts)[:, None])
    np.add.at(found, of, np.maximum(inside, 0.0))
    return found
