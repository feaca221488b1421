"""Gold tags beside the web's records, for tests and for measuring: what each mention should be stored and tagged as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from demo.content import Piece, load_pieces
from demo.timing import local_day, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRecord:
    """One record of the demo's web with the tags that its writer gave."""

    source: str
    """Spider: reviews, feeds, hackernews or reddit."""
    site: str
    """As a spider with the demo's configuration names it; for feeds `news` or `blogs`, whatever the feed's host."""
    external_id: str | None
    """None for reviews and replies to them, whose pages show no id: join those on (site, text)."""
    kind: str
    voice: str
    title: str | None
    text: str
    author: str
    published: str
    """UTC ISO 8601; where the page shows a day only, that local day's midnight in UTC figures."""
    published_precision: Literal["second", "day"]
    language: str
    """BCP 47: de, en, es, et, hi, hi-Latn, tr, ur, ur-Latn."""
    brands: tuple[str, ...]
    """Brand ids; empty for the fruit."""
    sentiment: str | None
    """None for the company's replies under reviews."""
    complaint: bool
    topics: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]
    """(attribute id, `confirms` or `contests`)."""
    engagement: int | None
    week: int
    """Local week of the text, 1 to 12; for a reply that of the review it answers."""
    unseen: bool
    """True for the two that stand in the week in which their source was down."""


def gold_records() -> list[GoldRecord]:
    """Return a record for every text and every company reply, oldest first; made threads are left out."""
    return [_record(piece) for piece in load_pieces() if not piece.made]


def _record(piece: Piece) -> GoldRecord:
    shows_id = piece.outlet not in ("trustyard", "shelfwise")
    shows_score = piece.outlet in ("reddit", "neighbours") or (piece.outlet == "hackernews" and piece.kind == "post")
    day_stamp = f"{local_day(piece.published)}T00:00:00Z"
    return GoldRecord(
        source=piece.source,
        site=piece.site,
        external_id=piece.id if shows_id else None,
        kind=piece.kind,
        voice=piece.voice,
        title=piece.title,
        text=piece.text,
        author=piece.author,
        published=day_stamp if piece.day_only else stamp(piece.published),
        published_precision="day" if piece.day_only else "second",
        language=piece.language,
        brands=piece.brands,
        sentiment=piece.sentiment,
        complaint=piece.complaint,
        topics=piece.topics,
        attributes=piece.attributes,
        engagement=piece.score if shows_score else None,
        week=piece.week,
        unseen=piece.unseen,
    )
