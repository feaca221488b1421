"""How a brand stands: mentions, people, net sentiment, share of voice and replies, with competitors and the window before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from config import Brand, Config, Thresholds
from store.queries import find_mentions, find_replies
from trends.answers import Coverage, Figures, Net, Overview, Replies, SentimentWeek, Share
from trends.changes import compare, settle
from trends.coverage import seconds, watched_share
from trends.gathering import CUSTOMERS, Filters, Gathered, gather, is_gap, wide_scope
from trends.intervals import net, share
from trends.languages import supported
from trends.people import Row, by_person, count_voices, inside, once, parts_by_person, tally
from trends.quotes import find_loudest, make_quotes
from trends.windows import Window

MOODS = ("positive", "neutral", "negative")


def answer_overview(
    db: Database,
    config: Config,
    *,
    window: Window,
    brand: str | None = None,
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
) -> Overview:
    """Answer from the store how a brand stands (the own one without an id).

    Raises `QuestionError` for a brand that is not configured.
    """
    filters = Filters(source=source, language=language, voices=voices)
    ground = gather(db, config, brand=brand, window=window, filters=filters)
    brands = [ground.brand, *(other for other in config.brands if other.id != ground.brand.id)]
    mentions = {other.id: find_mentions(db, wide_scope(other.id, window, filters)) for other in brands[1:]}
    replies = {other.id: find_replies(db, wide_scope(other.id, window, filters)) for other in brands}
    return find_overview(ground, brands, {ground.brand.id: ground.mentions, **mentions}, replies)


def find_overview(
    ground: Gathered, brands: Sequence[Brand], mentions: Mapping[str, Sequence[Row]], replies: Mapping[str, Sequence[Row]]
) -> Overview:
    """Answer from rows of the wide window, by brand id; the first brand is the one that was asked for."""
    here = {brand.id: find_figures(brand, mentions, replies, ground.window, ground.thresholds) for brand in brands}
    earlier = ground.past.before
    loudest = find_loudest(ground.here)
    chosen = [loudest] if loudest is not None else []
    quotes = make_quotes(chosen, ground.passages(chosen, "", ""), ground.window)
    return Overview(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=ground.window,
        before_window=earlier,
        n=len(ground.here),
        figures=here[ground.brand.id],
        before=find_figures(ground.brand, mentions, replies, earlier, ground.thresholds) if earlier else None,
        competitors=tuple(here[brand.id] for brand in brands[1:]),
        mentions_change=settle([compare(mentions[ground.brand.id], ground.past)])[0],
        sources=tally(row["source"] for row in ground.here),
        sites=tally(f"{row['source']}/{row['site']}" for row in ground.here),
        languages=tally((row["language"] for row in ground.here), missing="unknown"),
        weeks=tuple(sentiment_week(mentions[ground.brand.id], week, coverage) for week, coverage in ground.watched_weeks),
        loudest=quotes[0] if quotes else None,
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=(*before_notes(ground), *ground.notes()),
        unsupported=ground.unsupported,
    )


def before_notes(ground: Gathered) -> tuple[str, ...]:
    """That the window before was not fully watched, where its figures are shown."""
    if ground.past.before is None:
        return ()
    return tuple(f"In the window before ({ground.past.before.label}): {said}" for said in ground.past.before_coverage.sentences)


def find_figures(
    brand: Brand,
    mentions: Mapping[str, Sequence[Row]],
    replies: Mapping[str, Sequence[Row]],
    window: Window,
    thresholds: Thresholds,
) -> Figures:
    """One brand in one window; `mentions` and `replies` are by brand id."""
    rows = once(inside(mentions[brand.id], window))
    voices = count_voices(rows)
    moods = find_net(rows, thresholds)
    read = [row for row in rows if row["sentiment"] is not None]
    return Figures(
        brand=brand.id,
        brand_name=brand.name,
        mentions=voices.mentions,
        people=voices.people,
        anonymous=voices.anonymous,
        net=moods,
        negative=part_of(read, [row for row in read if row["sentiment"] == "negative"], thresholds),
        voice=find_voice(brand, mentions, window, thresholds),
        complaints=part_of(supported(rows), [row for row in rows if row["complaint"]], thresholds),
        replies=find_reply_times(inside(replies[brand.id], window), thresholds),
    )


def part_of(whole: Sequence[Row], part: Sequence[Row], thresholds: Thresholds) -> Share:
    """The share of some rows in others."""
    return share(parts_by_person({row["mention"] for row in part}, whole), floor=thresholds.too_few)


def find_net(rows: Sequence[Row], thresholds: Thresholds) -> Net:
    """Net sentiment of rows that have a sentiment."""
    people = [[sum(row["sentiment"] == mood for row in mine) for mood in MOODS] for mine in by_person(rows)]
    return net([(plus, none, minus) for plus, none, minus in people], floor=thresholds.too_few)


def find_voice(brand: Brand, mentions: Mapping[str, Sequence[Row]], window: Window, thresholds: Thresholds) -> Share:
    """Share of voice. A mention of two brands is a voice for each, so the shares add up to one."""
    said = [{**row, "own": other == brand.id} for other, rows in mentions.items() for row in once(inside(rows, window))]
    return share([(sum(row["own"] for row in rows), len(rows)) for rows in by_person(said)], floor=thresholds.too_few)


def find_reply_times(rows: Sequence[Row], thresholds: Thresholds) -> Replies:
    """First replies to complaints, copies once: median and p90 in minutes of those timed to the second, unanswered beside."""
    asked = once(rows)
    answered = [row for row in asked if row["answered"]]
    times = sorted(
        max(seconds(row["published"], row["replied"]), 0.0) / 60
        for row in answered
        if row["precision"] == "second" and row["replied_precision"] == "second" and row["published"] and row["replied"]
    )
    enough = len(times) >= max(thresholds.too_few, 1)
    return Replies(
        complaints=len(asked),
        answered=len(answered),
        unanswered=len(asked) - len(answered),
        timed=len(times),
        median_minutes=quantile(times, 0.5) if enough else None,
        p90_minutes=quantile(times, 0.9) if enough else None,
    )


def quantile(ordered: Sequence[float], part: float) -> float:
    """A quantile of sorted values by linear interpolation (Hyndman and Fan's type 7, as in numpy)."""
    place = part * (len(ordered) - 1)
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def sentiment_week(mentions: Sequence[Row], week: Window, coverage: Coverage) -> SentimentWeek:
    """One week of sentiments."""
    rows, watched = once(inside(mentions, week)), watched_share(coverage)
    gap = is_gap(rows, watched)
    counts = [None if gap else sum(row["sentiment"] == mood for row in rows) for mood in MOODS]
    return SentimentWeek(
        first_day=str(week.first_day),
        label=week.label,
        positive=counts[0],
        neutral=counts[1],
        negative=counts[2],
        watched=watched,
    )
