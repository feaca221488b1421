"""The attribute ledger: which of the words that a brand wants are confirmed, contested or absent, and which come unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

import numpy as np
from sqlite_utils import Database

from config import Attribute, Brand, Config
from store.fact_shelf import read_days
from store.facts import CONFIRMS, CONTESTS
from trends.answers import AttributeFigures, AttributeRow, Ledger, Quote, Share, Status, Unexpected
from trends.changes import Past, compare_each, settle, tested_notes
from trends.frame import CUSTOMERS, Filters, Frame, Numbers, Rows
from trends.gathering import Gathered, count_weeks, find_past, gather, wide_window
from trends.intervals import net
from trends.loading import day_bounds, load_words, take_frame
from trends.overused import Overused, count_people, find_overused, ignored_words, rows_with
from trends.quotes import make_quotes, pick_quotes
from trends.shares import shares_of_sums
from trends.sides import Sides
from trends.sums import count_each, sum_each
from trends.threads import map_at_once
from trends.windows import Window
from trends.words import hash_words

UNEXPECTED = 12
"""Words shown."""
EVERY_DAY = "", "~"
"""Bounds of days that leave none out."""
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
    pasts = {one.id: find_past(db, config, one.id, window, filters) for one in brands[1:]} | {ground.brand.id: ground.past}
    span = wide_window(window)
    sides = {
        one.id: Sides.build(load_at_hand(db, one.id, span, filters), [attribute.id for attribute in config.attributes], span)
        for one in brands
    }
    rows = find_ledger(ground, brands, config.attributes, sides, pasts)
    texts = {one.id: load_words(db, one.id, window, filters, hash_words, limit=MOST_TEXTS) for one in brands}
    return Ledger(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=window,
        n=len(ground.here),
        rows=rows,
        unexpected=find_unexpected(ground, brands, config.attributes, texts),
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=(*words_notes(brands, texts, window), *tested_notes(row.own.change for row in rows), *ground.notes()),
        unsupported=ground.unsupported,
    )


def words_notes(brands: Sequence[Brand], texts: Mapping[str, Frame], window: Window) -> tuple[str, ...]:
    """What the unexpected words stand on, where that is less than everything."""
    capped = [brand.name for brand in brands if texts[brand.id].inside(window).sum() >= MOST_TEXTS]
    note = f"Unexpected words of {', '.join(capped)} are from the newest {MOST_TEXTS:,} mentions." if capped else ""
    alone = "Unexpected words need another brand to compare with; add a competitor." if len(brands) == 1 else ""
    return tuple(text for text in (note, alone) if text)


def load_at_hand(db: Database, brand: str, window: Window, filters: Filters) -> Frame:
    """A brand's facts of a window at least: all that were read so far, so that nothing is cut out anew for each window."""
    first, end = day_bounds(window)
    return take_frame(read_days(db, brand, first_day=first, end_day=end), EVERY_DAY, window.zone, filters)


def find_ledger(
    ground: Gathered,
    brands: Sequence[Brand],
    attributes: Sequence[Attribute],
    sides: Mapping[str, Sides],
    pasts: Mapping[str, Past],
) -> tuple[AttributeRow, ...]:
    """One row an attribute, in the order of the configuration; `sides` and `pasts` are by brand id."""

    def find(brand: Brand) -> tuple[Sides, dict[str, AttributeFigures]]:
        once = sides[brand.id].once(ground.window)
        return once, find_figures(brand, attributes, sides[brand.id], once, pasts[brand.id], ground)

    found = dict(zip((brand.id for brand in brands), map_at_once(find, brands), strict=True))
    figures = {brand: of_brand for brand, (_, of_brand) in found.items()}
    weeks = count_weeks(sides[ground.brand.id].either, ground)
    quotes = quote_sides(ground, attributes, found[ground.brand.id][0])
    return tuple(
        AttributeRow(
            attribute=attribute.id,
            name=attribute.name,
            own=figures[ground.brand.id][attribute.id],
            weeks=series,
            competitors=tuple(figures[brand.id][attribute.id] for brand in brands if brand.id != ground.brand.id),
            confirming=confirming,
            contesting=contesting,
        )
        for attribute, series, (confirming, contesting) in zip(attributes, weeks, quotes, strict=True)
    )


def quote_sides(
    ground: Gathered, attributes: Sequence[Attribute], here: Sides
) -> Iterator[tuple[tuple[Quote, ...], tuple[Quote, ...]]]:
    """Up to three quotes that confirm each attribute, and up to three that contest it."""
    frame, names = here.confirming.frame, [attribute.id for attribute in attributes]
    kinds = ((CONFIRMS, here.confirming.parts()), (CONTESTS, here.contesting.parts()))
    chosen = [
        {name: pick_quotes(frame, rows, name, kind=kind) for name, rows in zip(names, parts, strict=True)}
        for kind, parts in kinds
    ]
    # Those of all attributes are read at once.
    passages = ground.passages({name: [mention for side in chosen for mention in side[name]] for name in names}, "attribute")
    for name in names:
        confirming, contesting = (make_quotes(side[name], passages[name], ground.window) for side in chosen)
        yield confirming, contesting


def find_figures(
    brand: Brand, attributes: Sequence[Attribute], sides: Sides, here: Sides, past: Past, ground: Gathered
) -> dict[str, AttributeFigures]:
    """Each attribute's figures for one brand; `here` are its `sides` in the window, copies once.

    A mention that both confirms and contests, itself or in a copy, is among both.
    """
    changes = settle(compare_each(sides.either, past))
    confirming, contesting = here.confirming, here.contesting
    parts = share_sides(here.stand(ground.window), floor=ground.thresholds.too_few)
    figures = zip(attributes, confirming.voices(), contesting.voices(), parts, changes, strict=True)
    return {
        attribute.id: AttributeFigures(
            brand=brand.id,
            brand_name=brand.name,
            status=find_status(part, watched=not past.coverage.hardly),
            confirmed=confirmed,
            contested=contested,
            share=part,
            change=change,
        )
        for attribute, confirmed, contested, part, change in figures
    }


def share_sides(sides: Sides, *, floor: int) -> list[Share]:
    """For each part the share of what confirms in all that is said, of either side."""
    confirming, contesting = sides.confirming, sides.contesting
    size, crowd = confirming.size, max(confirming.frame.crowd, 1)
    said = [stack.of * crowd + stack.persons for stack in (confirming, contesting)]
    pairs, both = count_each(np.concatenate(said), size * crowd)
    confirmed, times = count_each(said[0], size * crowd)
    sided = np.zeros(len(pairs), np.int64)
    sided[np.searchsorted(pairs, confirmed)] = times
    of = pairs // crowd
    squares, products, wholes = (np.bincount(of, weights=w, minlength=size) for w in (sided**2, sided * both, both**2))
    plus, people = confirming.count(), np.bincount(of, minlength=size)
    sums = sum_each(plus, plus + contesting.count(), squares, products, wholes, people)
    return shares_of_sums(sums, floor=floor)


def find_status(part: Share, *, watched: bool) -> Status:
    """Confirmed or contested when the interval lies on one side of one half, else mixed; unclear of too few, absent of none."""
    if not part.whole:
        return "absent" if watched else "not watched"
    if part.low is None or part.high is None:
        return "unclear"
    if part.low > 0.5:
        return "confirmed"
    return "contested" if part.high < 0.5 else "mixed"


def find_unexpected(
    ground: Gathered, brands: Sequence[Brand], attributes: Sequence[Attribute], texts: Mapping[str, Frame]
) -> tuple[Unexpected, ...]:
    """Words over-used for the first of some brands against the others together, each person counted once a word."""

    def count(brand: Brand) -> tuple[Rows, tuple[Numbers, Numbers]]:
        rows = newest_supported(texts[brand.id], ground.window)
        return rows, count_newest(texts[brand.id], rows)

    newest = map_at_once(count, brands)
    counts, own, mine = [counted for _, counted in newest], texts[brands[0].id], newest[0][0]
    found = find_overused(
        own,
        mine,
        counts,
        lambda mentions: ground.passages({"": mentions})[""],
        limit=UNEXPECTED,
        ignored=ignored_words(brands, [attribute.name for attribute in attributes]),
    )
    having = [rows_with(own, mine, word.word) for word in found]
    chosen = [pick_quotes(own, some, count=1) for some in having]
    passages = ground.passages({"": [mention for one in chosen for mention in one]})[""] if found else {}
    quotes = [make_quotes(one, passages, ground.window) for one in chosen]
    return tuple(make_unexpected(ground, *one) for one in zip(found, repeat(own), having, quotes))


def count_newest(frame: Frame, rows: Rows) -> tuple[Numbers, Numbers]:
    """The words of some newest mentions and how many people use each: counted once for all that compare with the same."""
    before = frame.segment.memo.get("people by word")
    if before is None or not np.array_equal(before[0], rows):
        before = frame.segment.memo["people by word"] = rows, count_people(frame, rows)
    counted: tuple[Numbers, Numbers] = before[1]
    return counted


def newest_supported(frame: Frame, window: Window) -> Rows:
    """The newest mentions of a window in languages that are supported, copies once."""
    rows = frame.rows(window)
    # The stop words of other languages are not known, and would be unexpected.
    rows = rows[frame.column("unsupported")[rows] == 0]
    # Reversed twice, so that the newest come first and of equals the first: UNDATED cannot be negated.
    order = np.argsort(frame.column("published")[rows][::-1], kind="stable")[::-1]
    newest: Rows = rows[len(rows) - 1 - order][:MOST_TEXTS]
    return newest


def make_unexpected(ground: Gathered, word: Overused, frame: Frame, rows: Rows, quotes: Sequence[Quote]) -> Unexpected:
    """An unexpected word with the sentiment of the rows that have it, and a quote."""
    moods = (frame.mood(mood) for mood in ("positive", "neutral", "negative"))
    return Unexpected(
        word=word.word,
        mentions=word.first,
        others=word.second,
        z=word.z,
        net=net(frame.parts(rows, *moods), floor=ground.thresholds.too_few),
        quote=quotes[0] if quotes else None,
    )
