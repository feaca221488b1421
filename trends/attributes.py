"""The attribute ledger: which of the words that a brand wants are confirmed, contested or absent, and which come unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlite_utils import Database

from config import Attribute, Brand, Config, Thresholds
from store.facts import CONFIRMS, CONTESTS, distinct
from trends.answers import AttributeFigures, AttributeRow, Change, Ledger, Quote, Share, Status, Unexpected
from trends.changes import Past, compare, settle
from trends.frame import CUSTOMERS, Filters, Frame, Numbers, Rows
from trends.gathering import Gathered, count_weeks, find_past, gather, spanned
from trends.intervals import net, share
from trends.loading import load_frame, load_words
from trends.overused import Overused, count_people, find_overused, ignored_words, rows_with
from trends.quotes import make_quotes, pick_quotes
from trends.windows import Window
from trends.words import hash_words

UNEXPECTED = 12
"""Words shown."""
MOST_TEXTS = 4_000
"""Texts of a brand, the newest, whose words are compared: more change little in which words lead."""
SIDES = {"confirms": CONFIRMS, "contests": CONTESTS}


def answer_attributes(
    db: Database,
    config: Config,
    *,
    window: Window,
    brand: str | None = None,
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
) -> Ledger:
    """Answer from the store how customers see a brand (the own one without an id), with the other brands beside.

    Raises `QuestionError` for a brand that is not configured.
    """
    filters = Filters(source=source, language=language, voices=voices)
    ground = gather(db, config, brand=brand, window=window, filters=filters)
    brands = [ground.brand, *(other for other in config.brands if other.id != ground.brand.id)]
    frames = {one.id: load_frame(db, one.id, spanned(ground), filters) for one in brands[1:]} | {ground.brand.id: ground.frame}
    pasts = {one.id: find_past(db, config, one.id, window, filters) for one in brands[1:]} | {ground.brand.id: ground.past}
    texts = {one.id: load_words(db, one.id, window, filters, hash_words, limit=MOST_TEXTS) for one in brands}
    return Ledger(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=window,
        n=len(ground.here),
        rows=find_ledger(ground, brands, config.attributes, frames, pasts),
        unexpected=find_unexpected(ground, brands, config.attributes, texts),
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=(*words_notes(brands, texts, window), *ground.notes()),
        unsupported=ground.unsupported,
    )


def words_notes(brands: Sequence[Brand], texts: Mapping[str, Frame], window: Window) -> tuple[str, ...]:
    """What the unexpected words stand on, where that is less than everything."""
    capped = [brand.name for brand in brands if texts[brand.id].inside(window).sum() >= MOST_TEXTS]
    note = f"Unexpected words of {', '.join(capped)} are from the newest {MOST_TEXTS:,} mentions." if capped else ""
    alone = "Unexpected words need another brand to compare with; add a competitor." if len(brands) == 1 else ""
    return tuple(text for text in (note, alone) if text)


def find_ledger(
    ground: Gathered,
    brands: Sequence[Brand],
    attributes: Sequence[Attribute],
    frames: Mapping[str, Frame],
    pasts: Mapping[str, Past],
) -> tuple[AttributeRow, ...]:
    """One row an attribute, in the order of the configuration; `frames` and `pasts` are by brand id."""
    figures = {
        brand.id: find_figures(brand, attributes, frames[brand.id], pasts[brand.id], ground.thresholds) for brand in brands
    }
    return tuple(
        AttributeRow(
            attribute=attribute.id,
            name=attribute.name,
            own=figures[ground.brand.id][attribute.id],
            weeks=count_weeks(ground.frame, speaking(ground.frame, attribute.id, CONFIRMS, CONTESTS), ground.watched_weeks),
            competitors=tuple(figures[brand.id][attribute.id] for brand in brands if brand.id != ground.brand.id),
            confirming=quote_side(ground, attribute.id, CONFIRMS),
            contesting=quote_side(ground, attribute.id, CONTESTS),
        )
        for attribute in attributes
    )


def quote_side(ground: Gathered, attribute: str, kind: int) -> tuple[Quote, ...]:
    """Up to three quotes that confirm or contest an attribute."""
    frame = ground.frame
    rows = frame.once(frame.within(speaking(frame, attribute, kind), ground.window))
    chosen = pick_quotes(frame, rows, attribute, kind=kind)
    return make_quotes(chosen, ground.passages(chosen, "attribute", attribute), ground.window)


def speaking(frame: Frame, attribute: str, *kinds: int) -> Rows:
    """The rows that speak of an attribute, in the ways asked for, with copies."""
    none = np.zeros(0, np.int64)
    return distinct(np.concatenate([none, *(frame.labels_of(kind).get(attribute, none) for kind in kinds)]))


def find_figures(
    brand: Brand, attributes: Sequence[Attribute], frame: Frame, past: Past, thresholds: Thresholds
) -> dict[str, AttributeFigures]:
    """Each attribute's figures for one brand."""
    tested = [compare(frame, speaking(frame, attribute.id, CONFIRMS, CONTESTS), past) for attribute in attributes]
    return {
        attribute.id: find_figure(brand, attribute, frame, past.window, change, thresholds)
        for attribute, change in zip(attributes, settle(tested), strict=True)
    }


def find_figure(
    brand: Brand, attribute: Attribute, frame: Frame, window: Window, change: Change, thresholds: Thresholds
) -> AttributeFigures:
    """One attribute of one brand in one window. A mention that both confirms and contests is among both."""
    confirming, contesting = (
        frame.once(frame.within(speaking(frame, attribute.id, kind), window)) for kind in (CONFIRMS, CONTESTS)
    )
    part = share(sides_by_person(frame, confirming, contesting), floor=thresholds.too_few)
    return AttributeFigures(
        brand=brand.id,
        brand_name=brand.name,
        status=find_status(part),
        confirmed=frame.voices(confirming),
        contested=frame.voices(contesting),
        share=part,
        change=change,
    )


def sides_by_person(frame: Frame, confirming: Rows, contesting: Rows) -> Numbers:
    """Each person's (confirming, confirming and contesting) statements."""
    said = np.concatenate([confirming, contesting])
    sides = np.arange(len(said)) < len(confirming)
    return np.stack(frame.by_person(said, sides, np.ones(len(said))), axis=-1)


def find_status(part: Share) -> Status:
    """Confirmed or contested when the interval lies on one side of one half, else mixed; unclear of too few, absent of none."""
    if not part.whole:
        return "absent"
    if part.low is None or part.high is None:
        return "unclear"
    if part.low > 0.5:
        return "confirmed"
    return "contested" if part.high < 0.5 else "mixed"


def find_unexpected(
    ground: Gathered, brands: Sequence[Brand], attributes: Sequence[Attribute], texts: Mapping[str, Frame]
) -> tuple[Unexpected, ...]:
    """Words over-used for the brand against all others together, each person counted once a word."""
    # The stop words of other languages are not known, and would be unexpected.
    rows = {brand.id: newest_supported(texts[brand.id], ground.window) for brand in brands}
    own = texts[ground.brand.id]
    others = [count_newest(texts[brand.id], rows[brand.id], ground.window) for brand in brands[1:]]
    found = find_overused(
        own,
        rows[ground.brand.id],
        others,
        lambda mentions: ground.passages(mentions, "", ""),
        limit=UNEXPECTED,
        ignored=ignored_words(brands, [attribute.name for attribute in attributes]),
    )
    return tuple(make_unexpected(ground, word, own, rows_with(own, rows[ground.brand.id], word.word)) for word in found)


def count_newest(frame: Frame, rows: Rows, window: Window) -> tuple[Numbers, Numbers]:
    """The words of a window's newest mentions and how many people use each: counted once for all that compare with them."""
    name = ("people by word", window.since, window.until)
    counted: tuple[Numbers, Numbers] = frame.segment.memo.get(name) or count_people(frame, rows)
    frame.segment.memo[name] = counted
    return counted


def newest_supported(frame: Frame, window: Window) -> Rows:
    """The newest mentions of a window in languages that are supported, copies once."""
    rows = frame.rows(window)
    rows = rows[frame.column("unsupported")[rows] == 0]
    # Reversed twice, so that the newest come first and of equals the first: UNDATED cannot be negated.
    order = np.argsort(frame.column("published")[rows][::-1], kind="stable")[::-1]
    newest: Rows = rows[len(rows) - 1 - order][:MOST_TEXTS]
    return newest


def make_unexpected(ground: Gathered, word: Overused, frame: Frame, rows: Rows) -> Unexpected:
    """An unexpected word with its sentiment and a quote."""
    chosen = pick_quotes(frame, rows, count=1)
    quotes = make_quotes(chosen, ground.passages(chosen, "", ""), ground.window)
    moods = (frame.mood(mood) for mood in ("positive", "neutral", "negative"))
    return Unexpected(
        word=word.word,
        mentions=word.first,
        others=word.second,
        z=word.z,
        net=net(frame.parts(rows, *moods), floor=ground.thresholds.too_few),
        quote=quotes[0] if quotes else None,
    )
