"""How a brand stands: mentions, people, net sentiment, share of voice and replies, with competitors and the window before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlite_utils import Database

from config import Brand, Config, Thresholds
from store.facts import REPLY_TIMED
from trends.aging import AGED, same_age
from trends.answers import Figures, Overview, Replies, SentimentWeek, Share
from trends.brand_parts import BrandPart, share_voices, take_window
from trends.changes import compare
from trends.correcting import correct_sentiment
from trends.coverage import NAMED
from trends.frame import CUSTOMERS, SECOND_KNOWN, Filters, Frame, Rows
from trends.gathering import Gathered, find_unvoiced, gather, is_gap, spanned, wide_window
from trends.loading import load_frame
from trends.medians import middle
from trends.periods import Slices
from trends.prevalence import Corrected
from trends.quotes import find_loudest, make_quotes
from trends.rival_sites import Site
from trends.service_figures import answered_by, flagged
from trends.sums import net_of_sums, share_of_sums
from trends.threads import map_at_once
from trends.timeline_answers import Shift
from trends.timeline_figures import Asked
from trends.timeline_shifts import Tester, direct_by
from trends.windows import Window
from trends.zones import epoch

CHANGES = Asked(("net-sentiment", "mentions"))
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
    rivals = {other.id: load_frame(db, other.id, spanned(ground), filters) for other in brands[1:]}
    frames = {ground.brand.id: ground.frame, **rivals}
    corrected = correct_sentiment(db, ground.brand.id, ground.frame, window)
    tester = Tester(
        db=db,
        brand=ground.brand.id,
        past=ground.past,
        filters=filters,
        wide=wide_window(window),
        floor=ground.thresholds.too_few,
    )
    return find_overview(ground, brands, frames, corrected, tester.test(CHANGES), find_unvoiced(db, frames.values()))


def find_overview(
    ground: Gathered,
    brands: Sequence[Brand],
    frames: Mapping[str, Frame],
    corrected: Corrected | None,
    shifts: Mapping[str, Shift],
    unvoiced: frozenset[Site],
) -> Overview:
    """Answer from facts of the window and the one before, by brand id; the first brand is the one that was asked for.

    Share of voice leaves the sites of `unvoiced` out.
    """
    here = list_figures(brands, frames, ground.window, ground.thresholds, unvoiced, as_of=ground.window.now)
    earlier, frame = ground.past.before, ground.frame
    before = find_before(ground, brands[0], frames, earlier, unvoiced) if earlier else None
    if before is not None and not before.mentions and ground.past.before_coverage.hardly:
        before = None
    loudest = find_loudest(frame, ground.here)
    chosen = [loudest] if loudest is not None else []
    quotes = make_quotes(chosen, ground.passages({"": chosen})[""], ground.window)
    return Overview(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=ground.window,
        before_window=earlier,
        n=len(ground.here),
        figures=here[0],
        corrected=corrected,
        before=before,
        competitors=tuple(here[1:]),
        net_change=shifts.get("net-sentiment"),
        mentions_change=direct_by(compare(frame, np.arange(len(frame)), ground.past), shifts.get("mentions"), "mentions"),
        sources=frame.sources(ground.here),
        sites=frame.sites(ground.here),
        languages=frame.names("language", ground.here, missing="unknown"),
        weeks=sentiment_weeks(ground),
        loudest=quotes[0] if quotes else None,
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=(
            *voice_notes(ground, unvoiced),
            *before_notes(ground),
            *aged_notes(here[0], before),
            *correction_notes(corrected),
            *ground.notes(),
        ),
        unsupported=ground.unsupported,
    )


def correction_notes(corrected: Corrected | None) -> tuple[str, ...]:
    """Whether the sentiment is corrected, and by how much; or why not, where people have judged."""
    if corrected is None:
        return ()
    if corrected.reason:
        return (f"Sentiment is uncorrected, though people have judged: {corrected.reason}.",)
    return (f"Corrected sentiment stands on {corrected.judged:,} sampled judgements (adjusted classify and count).",)


def before_notes(ground: Gathered) -> tuple[str, ...]:
    """That the window before was not fully watched, where its figures are shown."""
    if ground.past.before is None:
        return ()
    return tuple(f"In the window before ({ground.past.before.label}): {said}" for said in ground.past.before_coverage.sentences)


def voice_notes(ground: Gathered, unvoiced: frozenset[Site]) -> tuple[str, ...]:
    """Which sites of the window are not in the share of voice."""
    names = [f"{source}/{site}" for source, site in sorted(unvoiced & ground.frame.sites_of(ground.here).keys())]
    if not names:
        return ()
    named = ", ".join(names) if len(names) <= NAMED else f"{len(names)} imported sites"
    return (f"Share of voice leaves {named} out: tickets, surveys and the like are no public voice.",)


def aged_notes(here: Figures, before: Figures | None) -> tuple[str, ...]:
    """That first replies of the window before are those it had at the age of this one, where there are any."""
    return (AGED,) if before is not None and (here.replies.answered or before.replies.answered) else ()


def find_before(
    ground: Gathered, brand: Brand, frames: Mapping[str, Frame], earlier: Window, unvoiced: frozenset[Site]
) -> Figures:
    """The brand in the window before, its replies as they stood when that was as old as this one is now."""
    as_of = same_age(ground.window, earlier)
    return list_figures([brand], frames, earlier, ground.thresholds, unvoiced, as_of=as_of)[0]


def list_figures(
    brands: Sequence[Brand],
    frames: Mapping[str, Frame],
    window: Window,
    thresholds: Thresholds,
    unvoiced: frozenset[Site],
    *,
    as_of: str,
) -> list[Figures]:
    """Some brands in one window, replies as they stood at a time; voices are shares of all the frames', without `unvoiced`."""
    parts = take_window(frames, window)
    voices = share_voices(parts, floor=thresholds.too_few, without=unvoiced)

    def find(brand: Brand) -> Figures:
        return find_figures(brand, parts[brand.id], window, voices[brand.id], thresholds, as_of=as_of)

    return map_at_once(find, brands)


def find_figures(brand: Brand, part: BrandPart, window: Window, voice: Share, thresholds: Thresholds, *, as_of: str) -> Figures:
    """One brand in one window."""
    frame, floor = part.frame, thresholds.too_few
    return Figures(
        brand=brand.id,
        brand_name=brand.name,
        mentions=len(part.rows),
        people=part.voices.people,
        anonymous=part.voices.anonymous,
        net=net_of_sums(part.net.sums, floor=floor),
        negative=share_of_sums(part.negative.sums, floor=floor),
        voice=voice,
        complaints=share_of_sums(part.complaints.sums, floor=floor),
        replies=find_reply_times(frame, np.flatnonzero(frame.inside(window) & frame.complains), thresholds, as_of=as_of),
    )


def find_reply_times(frame: Frame, complaints: Rows, thresholds: Thresholds, *, as_of: str) -> Replies:
    """First replies to complaints up to a time, copies once: median and p90 in minutes of those timed to the second."""
    asked = frame.once(complaints)
    answered, seconds = answered_by(frame, asked, epoch(as_of))
    exact = answered & flagged(frame, REPLY_TIMED, asked) & (frame.column("precision")[asked] == SECOND_KNOWN)
    times, count = seconds.compress(exact) / 60, int(np.count_nonzero(answered))
    median, p90 = middle(times, thresholds.too_few)
    return Replies(
        complaints=len(asked),
        answered=count,
        unanswered=len(asked) - count,
        timed=len(times),
        median_minutes=median,
        p90_minutes=p90,
    )


def sentiment_weeks(ground: Gathered) -> tuple[SentimentWeek, ...]:
    """The sentiments of each week, copies once a week; None where nothing was watched and nothing is known."""
    frame, series = ground.frame, ground.recent_weeks
    slices = Slices(frame, tuple(series), np.zeros(0, np.int64))
    kept = slices.once(slices.inside)
    parts = [kept, *(kept & frame.mood(mood) for mood in MOODS)]
    counts = [np.bincount(slices.codes.compress(part), minlength=len(slices)).tolist() for part in parts]
    return tuple(
        sentiment_week(week, watched, *found)
        for week, watched, *found in zip(series, ground.watched_parts, *counts, strict=True)
    )


def sentiment_week(
    week: Window, watched: float | None, mentions: int, positive: int, neutral: int, negative: int
) -> SentimentWeek:
    """One week of sentiments."""
    gap = is_gap(mentions, watched)
    return SentimentWeek(
        first_day=str(week.first_day),
        label=week.label,
        positive=None if gap else positive,
        neutral=None if gap else neutral,
        negative=None if gap else negative,
        watched=watched,
    )
