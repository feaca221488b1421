"""Competitors: share of voice, and where we are better or worse, on the sources that cover both; texts that name both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlite_utils import Database

from config import Brand, Config
from store.fact_shelf import Days, read_days
from trends.answers import Coverage
from trends.coverage import as_of_last_crawl
from trends.differences import judge_all
from trends.frame import CUSTOMERS, Filters, Frame
from trends.gathering import Gathered, QuestionError, find_brand, gather, is_gap, read_coverages, wide_window
from trends.imports import read_listings, read_watches
from trends.loading import day_bounds, take_frame
from trends.periods import Slices
from trends.rival_answers import Rival, Rivals, Standing, VoiceWeek
from trends.rival_figures import compare_all, in_order
from trends.rival_heads import find_heads
from trends.rival_measures import Measured, Side, measure
from trends.rival_sites import Common, Site, find_common, find_shared_gaps, hear
from trends.rival_told import find_subjects
from trends.rival_weeks import Listened, listen
from trends.share_of_voice import find_voices
from trends.sums import net_of_sums, share_of_sums
from trends.threads import map_at_once
from trends.windows import Window, cover, weeks

TESTED = (
    "Topics are tested together over all competitors, and so are attributes, at a false discovery rate of 5%; every other "
    "figure is tested by itself."
)
NOBODY = np.zeros(0, np.int64)
ALIKE = 0.1
"""By how much of a week what was watched for two brands may differ where their voices are still compared."""
Row = Mapping[str, Any]


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
    ground = gather(db, config, brand=asked.id, window=window, filters=filters, weekly=False)
    sides = read_sides(db, config, [asked, *others], window, filters)
    everyone = [side.heard for side in sides]
    commons = [find_common(everyone[0], heard, window, everyone) for heard in everyone[1:]]
    return find_rivals(ground, config, sides, commons)


def read_sides(db: Database, config: Config, brands: Sequence[Brand], window: Window, filters: Filters) -> list[Side]:
    """Read every brand. What was watched is judged as of the last crawl of the brand that was looked at least lately."""
    listings = {brand.id: read_listings(db, brand=brand.id, at=window, source=filters.source) for brand in brands}
    reached = min(
        (as_of_last_crawl(window, rows) for rows in listings.values() if rows), key=lambda one: one.now, default=window
    )
    bounds, series = day_bounds(wide_window(window)), weeks(window)
    weeks_read = cover(series[0], series[-1])
    lately = day_bounds(weeks_read)
    enabled = {source.name for source in config.sources if source.enabled}
    watches = {
        brand.id: read_watches(
            db, brand=brand.id, at=window, since=weeks_read.since, until=weeks_read.until, source=filters.source
        )
        for brand in brands
    }
    read = [(brand, read_days(db, brand.id, first_day=bounds[0], end_day=bounds[1])) for brand in brands]
    known = [read_coverages(db, config, brand.id, [reached], filters, listings[brand.id])[0] for brand in brands]

    def make_side(found: tuple[Brand, Days], coverage: Coverage) -> Side:
        brand, days = found
        frame = take_frame(days, bounds, window.zone, filters, wordless=True)
        heard = hear(brand.name, coverage, listings[brand.id], frame, np.flatnonzero(frame.inside(window)))
        side = Side(
            brand=brand,
            frame=frame,
            recent=take_frame(days, lately, window.zone, filters),
            window=window,
            heard=heard,
            listened=Listened(series=series, listings=listings[brand.id], watches=watches[brand.id], enabled=enabled),
            subjects=find_subjects(days.segment, config),
        )
        _ = side.rows
        return side

    return map_at_once(lambda one: make_side(*one), list(zip(read, known, strict=True)))


def find_rivals(ground: Gathered, config: Config, sides: Sequence[Side], commons: Sequence[Common]) -> Rivals:
    """Answer from the facts of every brand; the first is the one that was asked for, `commons` are of the others in order."""
    measured = measure(sides)
    shared = frozenset.intersection(*(common.sites for common in commons))
    found = find_each(ground, config, measured, sides, commons)
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
        notes=(*site_notes(ground, sides, shared, commons), TESTED, *ground.notes()),
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


def find_each(
    ground: Gathered, config: Config, measured: Measured, sides: Sequence[Side], commons: Sequence[Common]
) -> list[Rival]:
    """The competitors, each on the sites in common; better and worse by topic are settled over all of them later."""
    floor, (ours, *rivals) = ground.thresholds.too_few, sides
    asked = list(zip(rivals, commons, strict=True))
    tallies = measured.tally_all([(side, common.sites) for theirs, common in asked for side in (ours, theirs)])
    pairs = list(zip(tallies[::2], tallies[1::2], strict=True))
    both = map_at_once(lambda one: measured.find_both(ours, one[0], one[1].sites), asked)
    heads = find_heads(ground, ours.frame, [(side.frame, named) for side, named in zip(rivals, both, strict=True)])
    compared = compare_all(pairs, config, measured.scales, floor=floor)
    return [
        Rival(
            brand=theirs.brand.id,
            brand_name=theirs.brand.name,
            own_mentions=mine.voices.mentions,
            mentions=other.voices.mentions,
            voice=find_voices([mine.voices, other.voices], mine.common, floor=floor)[0],
            figures=(*beside.basic, *beside.scales),
            topics=beside.topics,
            attributes=beside.attributes,
            head_to_head=head,
            sites=spelled(common.sites),
            left_out=common.left_out,
        )
        for (theirs, common), (mine, other), beside, head in zip(asked, pairs, compared, heads, strict=True)
    ]


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
    floor, tallies = ground.thresholds.too_few, measured.tally_all([(side, sites) for side in sides])
    voices = find_voices([one.voices for one in tallies], tallies[0].common, floor=floor)
    return tuple(
        Standing(
            brand=side.brand.id,
            brand_name=side.brand.name,
            mentions=one.voices.mentions,
            people=one.voices.people,
            anonymous=one.voices.anonymous,
            voice=voice,
            net=net_of_sums(one.net.sums, floor=floor),
            negative=share_of_sums(one.negative.sums, floor=floor),
            complaints=share_of_sums(one.complaints.sums, floor=floor),
            weeks=of_weeks,
        )
        for side, one, voice, of_weeks in zip(sides, tallies, voices, find_weeks(ground, sides, sites), strict=True)
    )


def find_weeks(ground: Gathered, sides: Sequence[Side], sites: frozenset[Site]) -> list[tuple[VoiceWeek, ...]]:
    """Each brand's share of voice in each of the last 8 weeks; none in a week in which not all were listened to alike."""
    series = ground.recent_weeks
    counts = np.array(map_at_once(lambda side: count_weeks(side.recent, series, sites), sides))
    parts = listen([side.listened for side in sides], sites)
    alike = [is_alike(week) for week in zip(*parts, strict=True)]
    totals = [total if same else 0 for total, same in zip(counts.sum(axis=0).tolist(), alike, strict=True)]
    return [
        tuple(make_week(*one) for one in zip(series, map(is_gap, of_brand, parts_of), of_brand, totals, strict=True))
        for parts_of, of_brand in zip(parts, counts.tolist(), strict=True)
    ]


def is_alike(parts: Sequence[float | None]) -> bool:
    """Whether as much of a week was watched for every brand of which that is known."""
    known = [part for part in parts if part is not None]
    return not known or max(known) - min(known) <= ALIKE


def count_weeks(frame: Frame, series: Sequence[Window], sites: frozenset[Site]) -> list[int]:
    """The mentions of each week on some sites, copies once."""
    slices = Slices(frame, tuple(series), NOBODY)
    kept = slices.once(slices.inside) & frame.from_sites(sites)
    counts: list[int] = np.bincount(slices.codes.compress(kept), minlength=len(series)).tolist()
    return counts


def make_week(week: Window, gap: bool, count: int, total: int) -> VoiceWeek:
    """One week; a gap where nothing was watched and nothing is known."""
    return VoiceWeek(
        first_day=str(week.first_day),
        label=week.label,
        mentions=None if gap else count,
        share=count / total if total else None,
    )
