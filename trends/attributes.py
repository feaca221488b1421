"""The attribute ledger: which of the words that a brand wants are confirmed, contested or absent, and which come unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlite_utils import Database

from config import Attribute, Brand, Config, Thresholds
from store.facts import CONFIRMS, CONTESTS, distinct
from trends.answers import AttributeFigures, AttributeRow, Ledger, Quote, Share, Status, Unexpected
from trends.changes import Past, compare_each, settle
from trends.frame import CUSTOMERS, Filters, Frame, Numbers, Rows
from trends.gathering import Gathered, count_weeks, find_past, gather, spanned
from trends.intervals import net
from trends.loading import load_frame, load_words
from trends.overused import Overused, count_people, find_overused, ignored_words, rows_with
from trends.quotes import make_quotes, pick_quotes
from trends.stacks import NOBODY, Stack
from trends.sums import share_of_sums, sum_each
from trends.windows import Window
from trends.words import hash_words

UNEXPECTED = 12
"""Words shown."""
MOST_TEXTS = 4_000
"""Texts of a brand, the newest, whose words are compared: more change little in which words lead."""


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
    weeks = count_weeks(speaking(ground.frame, attributes, CONFIRMS, CONTESTS), ground.watched_weeks)
    return tuple(
        AttributeRow(
            attribute=attribute.id,
            name=attribute.name,
            own=figures[ground.brand.id][attribute.id],
            weeks=series,
            competitors=tuple(figures[brand.id][attribute.id] for brand in brands if brand.id != ground.brand.id),
            confirming=quote_side(ground, attribute.id, CONFIRMS),
            contesting=quote_side(ground, attribute.id, CONTESTS),
        )
        for attribute, series in zip(attributes, weeks, strict=True)
    )


def quote_side(ground: Gathered, attribute: str, kind: int) -> tuple[Quote, ...]:
    """Up to three quotes that confirm or contest an attribute."""
    frame = ground.frame
    rows = frame.once(frame.within(frame.labels_of(kind).get(attribute, NOBODY), ground.window))
    chosen = pick_quotes(frame, rows, attribute, kind=kind)
    return make_quotes(chosen, ground.passages(chosen, "attribute", attribute), ground.window)


def speaking(frame: Frame, attributes: Sequence[Attribute], *kinds: int) -> Stack:
    """The rows that speak of each attribute, in any of the ways asked for, with copies."""
    ways = [frame.labels_of(kind) for kind in kinds]
    rows = [[way.get(attribute.id, NOBODY) for way in ways] for attribute in attributes]
    return Stack.build(frame, [distinct(np.concatenate(found)) if len(found) > 1 else found[0] for found in rows])


def find_figures(
    brand: Brand, attributes: Sequence[Attribute], frame: Frame, past: Past, thresholds: Thresholds
) -> dict[str, AttributeFigures]:
    """Each attribute's figures for one brand. A mention that both confirms and contests is among both."""
    changes = settle(compare_each(speaking(frame, attributes, CONFIRMS, CONTESTS), past))
    confirming, contesting = (speaking(frame, attributes, kind).within(past.window).once() for kind in (CONFIRMS, CONTESTS))
    parts = share_sides(confirming, contesting, floor=thresholds.too_few)
    figures = zip(attributes, confirming.voices(), contesting.voices(), parts, changes, strict=True)
    return {
        attribute.id: AttributeFigures(
            brand=brand.id,
            brand_name=brand.name,
            status=find_status(part),
            confirmed=confirmed,
            contested=contested,
            share=part,
            change=change,
        )
        for attribute, confirmed, contested, part, change in figures
    }


def share_sides(confirming: Stack, contesting: Stack, *, floor: int) -> list[Share]:
    """For each part the share of what confirms in all that is said, of either side."""
    size, crowd = confirming.size, max(confirming.frame.crowd, 1)
    said = np.concatenate([stack.of * crowd + stack.persons for stack in (confirming, contesting)])
    pairs, place = np.unique(said, return_inverse=True)
    of, both = pairs // crowd, np.bincount(place, minlength=len(pairs))
    sided = np.bincount(place[: len(confirming)], minlength=len(pairs))
    adding = (sided, both, sided**2, sided * both, both**2, both > 0)
    sums = sum_each(*(np.bincount(of, weights=weights, minlength=size) for weights in adding))
    return [share_of_sums(one, floor=floor) for one in sums]


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
