"""How much of what is said was watched: each site weighs what it brings a day, so that a gap on a small site is a small gap."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.answers import Coverage
from trends.coverage import DAY, Row, Site, Spans, covered_by, missed_until, moment_of, spans_of
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
    listings: Sequence[Row],
    watches: Sequence[Row],
    counts: Mapping[Site, int],
    *,
    enabled: Collection[str],
) -> list[float | None]:
    """As `watched_share` of many windows with bounds that do not overlap, by the rates of `counts`, their mentions by site.

    What was missed in each is not named, which makes it quick.
    """
    spans, latest = spans_of(listings, watches)
    since, until = (np.array([moment_of(str(end)) for end in ends]) for ends in bounds_of(windows))
    length = np.maximum(until - since, 0.0)
    nothing = np.zeros(len(windows))
    seen: dict[Site, Floats] = {}
    count: dict[Site, Floats] = {}
    for listing, own in spans:
        site, lately = (listing["source"], listing["site"]), moment_of(latest[listing["source"]])
        there = (moment_of(missed_until(listing)) > since) | ((listing["source"] in enabled) & (lately <= since))
        count[site] = count.get(site, nothing) + there
        seen[site] = seen.get(site, nothing) + np.where(there, watched_seconds(own, since, until), 0.0)
    if not spans:
        return [None] * len(windows)
    means = {site: seen[site] / np.maximum(count[site], 1.0) for site in count}
    whole = {site: np.where(count[site] > 0, length, 0.0) for site in count}
    watched = {site: (float(means[site].sum()) / DAY, float(whole[site].sum()) / DAY) for site in count}
    rates = find_rates(counts, watched, float(length.sum()) / DAY)
    plain = ratio(sum(means.values(), nothing), sum(whole.values(), nothing))
    shares = ratio(*(add_up(rates, one, length, nothing) for one in (means, whole)))
    shares = np.where(np.isnan(shares), plain, shares)
    return [share if known else None for share, known in zip(shares.tolist(), (~np.isnan(plain)).tolist(), strict=True)]


def add_up(rates: Rates, parts: Mapping[Site, Floats], length: Floats, nothing: Floats) -> Floats:
    """What sites bring in parts of windows."""
    return sum((rates.by_site.get(site, 0.0) * part for site, part in parts.items()), nothing) + rates.elsewhere * length


def ratio(part: Floats, whole: Floats) -> Floats:
    """One by the other; not a number where that is nothing."""
    found: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return found


def bounds_of(windows: Sequence[Window]) -> tuple[list[str], list[str]]:
    """Where windows begin, and where what is known of them ends."""
    return [str(window.since) for window in windows], [min(str(window.until), window.now) for window in windows]


def watched_seconds(spans: Spans, since: Floats, until: Floats) -> Floats:
    """How long was watched between times, by spans in order."""
    edges, reached = [0.0], 0.0
    for start, end in spans:
        first, last = max(moment_of(start), reached), moment_of(end)
        if last > first:
            edges += [first, last]
            reached = last
    # What was watched up to each edge: nothing from an end to the next beginning.
    steps = np.diff(edges)
    steps[::2] = 0.0
    upto = np.concatenate([[0.0], np.cumsum(steps)])
    found: Floats = np.interp(until, edges, upto) - np.interp(since, edges, upto)
    return found
