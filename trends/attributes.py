"""The attribute ledger: which of the words that a brand wants are confirmed, contested or absent, and which come unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from config import Attribute, Brand, Config, Thresholds
from store.queries import find_attributes, find_words
from trends.answers import AttributeFigures, AttributeRow, Change, Ledger, Quote, Share, Status, Unexpected
from trends.changes import Past, compare, settle
from trends.gathering import CUSTOMERS, Filters, Gathered, find_past, gather, scope_of, wide_scope
from trends.intervals import net, share
from trends.people import Row, by_person, count_voices, inside, once
from trends.quotes import make_quotes, pick_quotes
from trends.windows import Window
from trends.words import Distinctive, count_users, find_distinctive, split_words, telling_words

UNEXPECTED = 12
"""Words shown."""
MOST_TEXTS = 20_000
"""Texts of a brand, the newest, that are split into words: a few seconds of work."""


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
    spoken = {one.id: find_attributes(db, wide_scope(one.id, window, filters)) for one in brands}
    pasts = {one.id: find_past(db, config, one.id, window, filters) for one in brands}
    texts = {one.id: find_words(db, scope_of(one.id, window, filters), limit=MOST_TEXTS) for one in brands}
    rows = find_ledger(ground, brands, config.attributes, spoken, pasts)
    unexpected = find_unexpected(ground, brands, config.attributes, texts)
    return Ledger(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=window,
        n=len(ground.here),
        rows=rows,
        unexpected=unexpected,
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=(*words_notes(brands, texts), *ground.notes()),
        unsupported=ground.unsupported,
    )


def words_notes(brands: Sequence[Brand], texts: Mapping[str, Sequence[Row]]) -> tuple[str, ...]:
    """What the unexpected words stand on, where that is less than everything."""
    capped = [brand.name for brand in brands if len(texts[brand.id]) >= MOST_TEXTS]
    note = f"Unexpected words of {', '.join(capped)} are from the newest {MOST_TEXTS:,} mentions." if capped else ""
    alone = "Unexpected words need another brand to compare with; add a competitor." if len(brands) == 1 else ""
    return tuple(text for text in (note, alone) if text)


def find_ledger(
    ground: Gathered,
    brands: Sequence[Brand],
    attributes: Sequence[Attribute],
    spoken: Mapping[str, Sequence[Row]],
    pasts: Mapping[str, Past],
) -> tuple[AttributeRow, ...]:
    """One row an attribute, in the order of the configuration; `spoken` and `pasts` are by brand id."""
    figures = {
        brand.id: find_figures(brand, attributes, spoken[brand.id], pasts[brand.id], ground.thresholds) for brand in brands
    }
    return tuple(
        AttributeRow(
            attribute=attribute.id,
            name=attribute.name,
            own=figures[ground.brand.id][attribute.id],
            competitors=tuple(figures[brand.id][attribute.id] for brand in brands if brand.id != ground.brand.id),
            confirming=quote_polarity(ground, spoken[ground.brand.id], attribute.id, "confirms"),
            contesting=quote_polarity(ground, spoken[ground.brand.id], attribute.id, "contests"),
        )
        for attribute in attributes
    )


def quote_polarity(ground: Gathered, spoken: Sequence[Row], attribute: str, polarity: str) -> tuple[Quote, ...]:
    """Up to three quotes that confirm or contest an attribute."""
    rows = select(inside(spoken, ground.window), attribute, polarity)
    chosen = pick_quotes(rows)
    return make_quotes(chosen, ground.passages(chosen, "attribute", attribute), ground.window)


def select(rows: Sequence[Row], attribute: str, polarity: str | None = None) -> list[Row]:
    """The rows that speak of an attribute, in one way or any, copies once."""
    return once(row for row in rows if row["attribute"] == attribute and polarity in (None, row["polarity"]))


def find_figures(
    brand: Brand, attributes: Sequence[Attribute], rows: Sequence[Row], past: Past, thresholds: Thresholds
) -> dict[str, AttributeFigures]:
    """Each attribute's figures for one brand."""
    of = {attribute.id: [row for row in rows if row["attribute"] == attribute.id] for attribute in attributes}
    changes = settle([compare(of[attribute.id], past) for attribute in attributes])
    return {
        attribute.id: find_figure(brand, attribute, inside(of[attribute.id], past.window), change, thresholds)
        for attribute, change in zip(attributes, changes, strict=True)
    }


def find_figure(
    brand: Brand, attribute: Attribute, rows: Sequence[Row], change: Change, thresholds: Thresholds
) -> AttributeFigures:
    """One attribute of one brand in one window. A mention that both confirms and contests is among both."""
    confirming, contesting = (select(rows, attribute.id, polarity) for polarity in ("confirms", "contests"))
    part = share(sides_by_person(confirming, contesting), floor=thresholds.too_few)
    return AttributeFigures(
        brand=brand.id,
        brand_name=brand.name,
        status=find_status(part),
        confirmed=count_voices(confirming),
        contested=count_voices(contesting),
        share=part,
        change=change,
    )


def sides_by_person(confirming: Sequence[Row], contesting: Sequence[Row]) -> list[tuple[int, int]]:
    """Each person's (confirming, confirming and contesting) statements."""
    said = [{**row, "confirms": True} for row in confirming] + [{**row, "confirms": False} for row in contesting]
    return [(sum(row["confirms"] for row in rows), len(rows)) for rows in by_person(said)]


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
    ground: Gathered, brands: Sequence[Brand], attributes: Sequence[Attribute], texts: Mapping[str, Sequence[Row]]
) -> tuple[Unexpected, ...]:
    """Words over-used for the brand against all others together, each person counted once a word."""
    ignored = ignored_words(brands, attributes)
    # The stop words of other languages are not known, and would be unexpected.
    own = once(row for row in texts[ground.brand.id] if row["unsupported"] is None)
    rivals = once(row for brand in brands[1:] for row in texts[brand.id] if row["unsupported"] is None)
    words = {row["mention"]: telling_words(f"{row['title'] or ''}\n{row['text'] or ''}", ignored) for row in [*own, *rivals]}
    first, second = (
        count_users([set().union(*(words[row["mention"]] for row in rows)) for rows in by_person(side)])
        for side in (own, rivals)
    )
    return tuple(
        make_unexpected(ground, word, [row for row in own if word.word in words[row["mention"]]])
        for word in find_distinctive(first, second, limit=UNEXPECTED)
    )


def ignored_words(brands: Sequence[Brand], attributes: Sequence[Attribute]) -> set[str]:
    """The names and queries of the brands, and the names of the attributes: what was expected."""
    said = [text for brand in brands for text in (brand.name, brand.id, brand.query, *brand.accounts)]
    return {word for text in [*said, *(attribute.name for attribute in attributes)] for word in split_words(text)}


def make_unexpected(ground: Gathered, word: Distinctive, rows: Sequence[Row]) -> Unexpected:
    """An unexpected word with its sentiment and a quote."""
    moods = ("positive", "neutral", "negative")
    people = by_person(rows)
    counts = [tuple(sum(row["sentiment"] == mood for row in mine) for mood in moods) for mine in people]
    chosen = pick_quotes(rows, 1)
    quotes = make_quotes(chosen, ground.passages(chosen, "", ""), ground.window)
    return Unexpected(
        word=word.word,
        mentions=word.first,
        others=word.second,
        z=word.z,
        net=net([(plus, none, minus) for plus, none, minus in counts], floor=ground.thresholds.too_few),
        quote=quotes[0] if quotes else None,
    )
