"""Competitors: share of voice, and where we are better or worse, on the sources that cover both; texts that name both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from sqlite_utils import Database

from config import Brand, Config
from store.facts import WORDED
from store.queries import find_listings
from trends.answers import Coverage
from trends.coverage import as_of_last_crawl, watched_share
from trends.differences import Difference, judge_all, judge_change
from trends.frame import CUSTOMERS, Filters, Frame, Rows, narrowed
from trends.gathering import Gathered, QuestionError, find_brand, gather, is_gap, read_coverages, wide_window
from trends.loading import load_frame
from trends.ratings import Sorted
from trends.rival_answers import Compared, Rival, Rivals, Standing, VoiceWeek
from trends.rival_figures import (
    ATTRIBUTE_FIGURE,
    BASIC,
    TOPIC_FIGURE,
    compare_scales,
    find_head_to_head,
    gather_ratings,
    in_order,
    tally,
)
from trends.rival_sites import Common, Heard, Site, find_common, find_shared_gaps, hear, on_sites
from trends.tallies import Tally, as_net, as_share, compare_tallies, find_voices, share_of_two
from trends.windows import Window, cover


@dataclass(frozen=True)
class Side:
    """One brand with its facts, ratings without words among them, and where it was listened to."""

    brand: Brand
    frame: Frame
    window: Window
    heard: Heard

    @cached_property
    def rows(self) -> Rows:
        """Those of the window, copies once."""
        return self.frame.rows(self.window)

    @cached_property
    def worded(self) -> Rows:
        """Those with words."""
        return self.rows[self.frame.flagged(WORDED)[self.rows]]

    def on(self, sites: frozenset[Site]) -> Rows:
        """Those with words, on some sites."""
        if sites not in self.kept:
            self.kept[sites] = on_sites(self.frame, self.worded, sites)
        return self.kept[sites]

    @cached_property
    def kept(self) -> dict[frozenset[Site], Rows]:
        """Sites that were asked for before."""
        return {}

    def all_on(self, sites: frozenset[Site]) -> Rows:
        """Those with words on some sites, with copies."""
        inside = self.frame.inside(self.window) & self.frame.flagged(WORDED)
        return on_sites(self.frame, np.flatnonzero(inside), sites)


@dataclass(frozen=True)
class Measured:
    """Figures of sides on sites, each worked out once: competitors mostly share their sites."""

    config: Config
    tallies: dict[tuple[str, frozenset[Site]], Tally]
    scales: dict[tuple[str, frozenset[Site]], Sorted]

    def tally(self, side: Side, sites: frozenset[Site]) -> Tally:
        """The figures by person."""
        key = (side.brand.id, sites)
        if key not in self.tallies:
            self.tallies[key] = tally(side.frame, side.on(sites), self.config.topics, self.config.attributes)
        return self.tallies[key]

    def ratings(self, side: Side, sites: frozenset[Site]) -> Sorted:
        """The ratings, also those without words."""
        key = (side.brand.id, sites)
        if key not in self.scales:
            self.scales[key] = gather_ratings(side.frame, on_sites(side.frame, side.rows, sites))
        return self.scales[key]


def answer_rivals(
    db: Database,
    config: Config,
    *,
    window: Window,
    brand: str | None = None,
    rivals: Sequence[str] = (),
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
) -> Rivals:
    """Put a brand (the own one without an id) beside some others, or beside all.

    Raises `QuestionError` for a brand that is not configured, or when there is no other.
    """
    filters = Filters(source=source, language=language, voices=voices)
    asked = find_brand(config, brand)
    others = [find_brand(config, one) for one in dict.fromkeys(rivals)] or [one for one in config.brands if one.id != asked.id]
    if not others or asked in others:
        raise QuestionError(f"compare: {asked.id!r} needs another brand beside it; add one to [[brands]] or name one of them")
    ground = gather(db, config, brand=asked.id, window=window, filters=filters)
    sides = read_sides(db, config, [asked, *others], window, filters)
    commons = [find_common(sides[0].heard, side.heard, window) for side in sides[1:]]
    return find_rivals(ground, config, sides, commons)


def read_sides(db: Database, config: Config, brands: Sequence[Brand], window: Window, filters: Filters) -> list[Side]:
    """Read every brand. What was watched is judged as of the last crawl of the brand that was looked at least lately."""
    listings = {brand.id: find_listings(db, brand=brand.id, source=filters.source) for brand in brands}
    reached = min(
        (as_of_last_crawl(window, rows) for rows in listings.values() if rows), key=lambda one: one.now, default=window
    )
    sides = []
    for brand in brands:
        frame = load_frame(db, brand.id, wide_window(window), filters, wordless=True)
        (coverage,) = read_coverages(db, config, brand.id, [reached], filters, listings[brand.id])
        here = np.flatnonzero(frame.inside(window))
        sides.append(Side(brand, frame, window, hear(brand.name, coverage, listings[brand.id], frame, here)))
    return sides


def find_rivals(ground: Gathered, config: Config, sides: Sequence[Side], commons: Sequence[Common]) -> Rivals:
    """Answer from the facts of every brand; the first is the one that was asked for, `commons` are of the others in order."""
    measured = Measured(config, {}, {})
    shared = frozenset.intersection(*(common.sites for common in commons))
    pairs = list(zip(sides[1:], commons, strict=True))
    found = [find_rival(ground, measured, sides[0], side, common) for side, common in pairs]
    return Rivals(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=ground.window,
        n=len(ground.here),
        figures=find_standings(ground, measured, sides, shared),
        sites=spelled(shared),
        rivals=settle(found),
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=(*site_notes(ground, sides, shared, commons), *ground.notes()),
        unsupported=ground.unsupported,
    )


def site_notes(ground: Gathered, sides: Sequence[Side], shared: frozenset[Site], commons: Sequence[Common]) -> tuple[str, ...]:
    """What a reader must know of the sites that are compared."""
    notes = []
    if not shared:
        notes.append("No site covers all of these brands alike; each pair stands on the sites that cover both.")
    if ground.window.all_time:
        notes.append(
            "All time has no bounds: whether a site was watched throughout is not known, only that it knows both brands."
        )
    every = frozenset(site for common in commons for site in common.sites)
    notes.append("A text that names two brands is a voice of each.")
    return (*notes, *find_shared_gaps(sides[0].heard, every))


def spelled(sites: frozenset[Site]) -> tuple[str, ...]:
    """`source/site`, in order."""
    return tuple("/".join(site) for site in sorted(sites))


def find_rival(ground: Gathered, measured: Measured, ours: Side, theirs: Side, common: Common) -> Rival:
    """One competitor on the sites in common; better and worse by topic are settled over all competitors later."""
    floor, sites = ground.thresholds.too_few, common.sites
    mine, other = measured.tally(ours, sites), measured.tally(theirs, sites)
    differences = compare_tallies(mine, other, floor=floor)
    config, own_rows, rows = measured.config, ours.on(sites), theirs.on(sites)
    basic = [make_compared(figure, "", name, differences[figure]) for figure, name in BASIC.items()]
    topics = [make_compared("topic", one.id, one.name, differences[TOPIC_FIGURE + one.id]) for one in config.topics]
    spoken = [(one, differences[ATTRIBUTE_FIGURE + one.id]) for one in config.attributes]
    scales = compare_scales(measured.ratings(ours, sites), measured.ratings(theirs, sites), floor=floor)
    return Rival(
        brand=theirs.brand.id,
        brand_name=theirs.brand.name,
        own_mentions=len(own_rows),
        mentions=len(rows),
        voice=share_of_two(mine, other, floor=floor),
        figures=(*basic, *scales),
        topics=tuple(topics),
        attributes=tuple(make_compared("attribute", one.id, one.name, said) for one, said in spoken),
        head_to_head=find_head_to_head(ground, (ours.frame, own_rows), (theirs.frame, theirs.all_on(sites))),
        sites=spelled(sites),
        left_out=common.left_out,
    )


def make_compared(figure: str, subject: str, name: str, difference: Difference) -> Compared:
    """A difference with what it means by itself."""
    good = "up" if figure in ("net", "attribute") else "down"
    outcome = judge_change(difference, good="up" if good == "up" else "down")
    return Compared(figure=figure, subject=subject, name=name, scale="", difference=difference, outcome=outcome)


def settle(rivals: Sequence[Rival]) -> tuple[Rival, ...]:
    """Say where we are better or worse by topic and attribute, at a false discovery rate of 5% over all competitors."""
    topics = judge_all([one.difference for rival in rivals for one in rival.topics], good="down")
    attributes = judge_all([one.difference for rival in rivals for one in rival.attributes], good="up")
    of_topic, of_attribute = iter(topics), iter(attributes)
    return tuple(
        replace(
            rival,
            topics=in_order([replace(one, outcome=next(of_topic)) for one in rival.topics]),
            attributes=in_order([replace(one, outcome=next(of_attribute)) for one in rival.attributes]),
        )
        for rival in rivals
    )


def find_standings(ground: Gathered, measured: Measured, sides: Sequence[Side], sites: frozenset[Site]) -> tuple[Standing, ...]:
    """Every brand on the sites that cover all of them."""
    floor = ground.thresholds.too_few
    tallies = [measured.tally(side, sites) for side in sides]
    voices, weeks = find_voices(tallies, floor=floor), find_weeks(ground, sides, sites)
    return tuple(
        Standing(
            brand=side.brand.id,
            brand_name=side.brand.name,
            mentions=round(float(one.mentions.sum())),
            people=len(one.people) - one.anonymous,
            anonymous=one.anonymous,
            voice=voice,
            net=as_net(one.ratios["net"], floor=floor),
            negative=as_share(one.ratios["negative"], floor=floor),
            complaints=as_share(one.ratios["complaints"], floor=floor),
            weeks=of_weeks,
        )
        for side, one, voice, of_weeks in zip(sides, tallies, voices, weeks, strict=True)
    )


def find_weeks(ground: Gathered, sides: Sequence[Side], sites: frozenset[Site]) -> list[tuple[VoiceWeek, ...]]:
    """Each brand's share of voice in each of the last 8 weeks."""
    series = ground.watched_weeks
    whole = cover(series[0][0], series[-1][0])
    recent = [narrowed(side.frame, side.frame.inside(whole) & side.frame.flagged(WORDED)) for side in sides]
    counts = [[len(on_sites(frame, frame.rows(week), sites)) for week, _ in series] for frame in recent]
    totals = np.array(counts).sum(axis=0).tolist()
    return [
        tuple(
            make_week(week, coverage, count, total)
            for (week, coverage), count, total in zip(series, of_brand, totals, strict=True)
        )
        for of_brand in counts
    ]


def make_week(week: Window, coverage: Coverage, count: int, total: int) -> VoiceWeek:
    """One week; a gap where nothing was watched and nothing is known."""
    gap = is_gap(np.zeros(total, np.int64), watched_share(coverage))
    return VoiceWeek(
        first_day=str(week.first_day),
        label=week.label,
        mentions=None if gap else count,
        share=count / total if total else None,
    )
