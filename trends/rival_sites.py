"""Which sites cover two brands alike, and why others do not: what is compared has been listened to in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from store.facts import split_site
from store.records import IMPORTED
from trends.answers import Coverage
from trends.coverage import covered_by
from trends.frame import Frame, Rows
from trends.rival_answers import LeftOut
from trends.windows import Window

Site = tuple[str, str]
"""(source, site)."""
LEAST_WATCHED = 0.05
"""Days under which a site counts as not watched at all."""


@dataclass(frozen=True)
class Heard:
    """Where a brand was listened to in a window."""

    name: str
    coverage: Coverage
    listed: frozenset[Site]
    """Sites that a crawl ever watched for it."""
    counts: Mapping[Site, int]
    """Its mentions of the window by site."""

    @cached_property
    def watched(self) -> frozenset[Site]:
        """Sites of which it is known what was watched, and it is something."""
        return frozenset((one.source, one.site) for one in self.coverage.sites if one.watched_days > LEAST_WATCHED)

    @cached_property
    def gaps(self) -> Mapping[Site, Mapping[tuple[str, str], str]]:
        """What was not watched of each site, by label and listing; the label is for people."""
        found: dict[Site, dict[tuple[str, str], str]] = {}
        for gap in self.coverage.gaps:
            found.setdefault((gap.source, gap.site), {})[gap.label, gap.listing] = gap.label
        return found


@dataclass(frozen=True)
class Common:
    """What of two or more brands can be compared."""

    sites: frozenset[Site]
    left_out: tuple[LeftOut, ...]


def hear(name: str, coverage: Coverage, listings: Sequence[Mapping[str, str]], frame: Frame, rows: Rows) -> Heard:
    """Where a brand was listened to, by its listings and where its mentions (`rows`) are from."""
    counts = {split_site(count.name): count.count for count in frame.names("site", rows)}
    return Heard(name, coverage, frozenset((listing["source"], listing["site"]) for listing in listings), counts)


def find_common(ours: Heard, theirs: Heard, window: Window, others: Sequence[Heard] = ()) -> Common:
    """The sites that cover both brands alike.

    Known to be watched for both, over the same time: what was missed is then missed of both. Where nothing is known of what
    was watched (any site over all time), both must have mentions. Where a search covers both, so are the sites on
    which it found only `others`: neither was spoken of there, which is a finding too.
    """
    sites: set[Site] = set()
    left_out = []
    known = {(one.source, one.site) for heard in (ours, theirs) for one in heard.coverage.sites}
    here = {*known, *ours.counts, *theirs.counts}
    for site in sorted(here.union(*(heard.counts for heard in others))):
        reason = why_not(site, ours, theirs, known, window)
        if not reason:
            sites.add(site)
        elif site in here:
            left_out.append(LeftOut(source=site[0], site=site[1], reason=reason))
    return Common(frozenset(sites), tuple(left_out))


def why_not(site: Site, ours: Heard, theirs: Heard, known: set[Site], window: Window) -> str:
    """Why a site cannot be compared; empty where it can."""
    verb = "imported" if site[0] == IMPORTED else "watched"
    if site in known:
        watched = [heard.name for heard in (ours, theirs) if site in heard.watched]
        if len(watched) < 2:
            return f"{verb} for {watched[0]} only" if watched else f"not {verb} in this window"
        return say_unlike(site, ours, theirs)
    if not any(site in heard.listed for heard in (ours, theirs)) and (found_by := covered_by(site, known)):
        # Its mentions were found by a search that names no site: what holds for that, holds for them.
        return next(filter(None, (why_not(search, ours, theirs, known, window) for search in sorted(found_by))), "")
    listed = [heard.name for heard in (ours, theirs) if site in heard.listed]
    searches = covered_by(site, ours.listed | theirs.listed)
    if window.all_time and not listed and searches and searches <= ours.listed & theirs.listed:
        # The same over all time, of which it is not known when each search began.
        return ""
    if listed and not window.all_time:
        return f"not {verb} in this window"
    if len(listed) == 1:
        return f"{verb} for {listed[0]} only"
    spoken = [heard.name for heard in (ours, theirs) if heard.counts.get(site)]
    return "" if len(spoken) == 2 else f"coverage not known, and mentions of {spoken[0] if spoken else 'neither'} only"


def say_unlike(site: Site, ours: Heard, theirs: Heard) -> str:
    """When a site was watched for one of the brands and not for the other; empty when alike."""
    one, two = ours.gaps.get(site, {}), theirs.gaps.get(site, {})
    if one.keys() == two.keys():
        return ""
    verb = "imported" if site[0] == IMPORTED else "watched"
    said = [
        f"not {verb} for {heard.name} {', '.join(dict.fromkeys(mine[key] for key in mine if key not in other))}"
        for heard, mine, other in ((ours, one, two), (theirs, two, one))
        if mine.keys() - other.keys()
    ]
    return "; ".join(said)


def find_shared_gaps(ours: Heard, sites: frozenset[Site]) -> tuple[str, ...]:
    """Sentences on what was missed alike of all brands, on sites that are compared."""
    by_label: dict[str, list[str]] = {}
    for gap in ours.coverage.gaps:
        if (gap.source, gap.site) in sites:
            by_label.setdefault(gap.label, []).append(f"{gap.source}/{gap.site}")
    if not by_label:
        return ()
    names = dict.fromkeys(name for members in by_label.values() for name in members)
    return (f"On {len(names)} of the sites compared some days were not watched, alike for all brands: `repute coverage`.",)
