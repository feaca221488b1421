"""The texts of the demo, each with its id, time, place in a thread and gold tags. Written by hand; see demo/content/."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from demo.threads import Thread, made_thread
from demo.timing import draw_answer_time, draw_time, seeded

FOLDER = Path(__file__).parent / "content"

SOURCES = {"trustyard": "reviews", "shelfwise": "reviews", "neighbours": "reviews"}
"""Outlet -> the spider that reads it; the other outlets bear their spider's name."""

COMPANY_ACCOUNT = "TamarindHelp"

_COMMUNITIES = {
    "en": "groceries", "hi": "indiasocial", "ur": "pakistan", "tr": "turkiye",
    "es": "supermercados", "de": "einkaufen", "et": "eesti",
}  # fmt: skip
_CITY_COMMUNITIES = {"Delhi", "Pune", "Ankara", "Istanbul", "Lahore", "Karachi", "Madrid", "Berlin", "Tallinn"}
_NEWS = {
    "aireside-news.example", "clydeside-jobs.example", "bristolhighst.example", "punequarterly.example",
    "पुणे शहर वार्ता", "Kadıköy Mahalle Postası", "کراچی بازار نیوز",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One post, comment, review or reply as it stands on the demo's web."""

    id: str
    """The platform's own id (`t3_…`, `t1_…`, an objectID, a guid, a urn); for reviews one that no page shows."""
    outlet: str
    """trustyard, shelfwise, neighbours, reddit, hackernews or feeds."""
    site: str
    """What the spiders call the site: `trustyard`, `r/leeds`, `news.ycombinator.com`, `news`, `blogs`, …"""
    kind: str
    voice: str = "customer"
    title: str | None = None
    text: str
    language: str
    author: str
    published: datetime
    day_only: bool = False
    """True where the page shows the day and not the time."""
    score: int = 0
    rating: int | None = None
    subject: str | None = None
    place: str | None = None
    thread: str | None = None
    """Id of the post that opened the thread; of the review, for a reply."""
    brands: tuple[str, ...] = ()
    sentiment: str | None = None
    """None where nobody gave a gold tag: the company's replies and the made threads."""
    complaint: bool = False
    topics: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    week: int
    made: bool = False
    """True for a thread without a brand that only gives lone comments a place to stand."""
    unseen: bool = False
    """True for the two that no crawl can see: their source was down."""

    @property
    def source(self) -> str:
        """Name the spider that reads this outlet."""
        return SOURCES.get(self.outlet, self.outlet)


@cache
def load_pieces() -> tuple[Piece, ...]:
    """Return everything on the demo's web, oldest first: texts, the company's replies and made threads."""
    found: dict[str, Piece] = {}
    for file in sorted(FOLDER.glob("*.jsonl")):
        for piece in _read_file(file):
            if found.setdefault(piece.id, piece) != piece:
                raise ValueError(f"{file.name}: id {piece.id!r} is taken twice: reword one of the two texts")
    return tuple(sorted(found.values(), key=lambda piece: (piece.published, piece.id)))


def find_pieces(outlet: str) -> list[Piece]:
    """Return what stands on one outlet, newest first."""
    return [piece for piece in reversed(load_pieces()) if piece.outlet == outlet]


def _read_file(file: Path) -> Iterator[Piece]:
    """Yield the pieces of one file of lines; a comment follows the post that it hangs under."""
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    posts: dict[str, Piece] = {}
    for line in sorted(lines, key=lambda line: "under" in line):
        if "under" in line:
            yield _place_comment(line, posts[line["under"]])
        elif line.get("kind") == "comment":
            thread = _make_post(line, made_thread(line))
            yield thread
            yield _piece(line, _draw(line), thread.id)
        else:
            piece = _piece(line, _draw(line), None)
            posts[line.get("key", "")] = piece
            yield piece
            if "reply" in line:
                yield _reply(line, piece)


def _draw(line: Mapping[str, Any]) -> datetime:
    return draw_time(line, seeded(line["by"], line["text"]))


def _place_comment(line: Mapping[str, Any], parent: Piece) -> Piece:
    moment = draw_answer_time(parent.published, line, seeded(line["by"], line["text"]))
    return replace(_piece(line, moment, parent.id), site=parent.site)


def _piece(line: Mapping[str, Any], moment: datetime, thread: str | None) -> Piece:
    rng = seeded("engagement", line["by"], line["text"])
    kind = line.get("kind") or ("post" if line["src"] == "feeds" else "review")
    return Piece(
        id=_make_id(line["src"], kind, line["by"], line.get("title"), line["text"]),
        outlet=line["src"],
        site=_site(line),
        kind=kind,
        voice=line.get("voice", "customer"),
        title=line.get("title"),
        text=line["text"],
        language=line["lang"],
        author=line["by"],
        published=moment,
        day_only=line["src"] == "trustyard" and "reply" not in line and rng.random() < 0.85,
        score=line.get("score", _draw_score(rng.random(), kind)),
        rating=line.get("rating"),
        subject=line.get("subject"),
        place=line.get("place"),
        thread=thread,
        brands=tuple(line["brand"]),
        sentiment=line["s"],
        complaint=line["c"],
        topics=tuple(line.get("t", ())),
        attributes=tuple(line.get("a", {}).items()),
        week=line["w"],
        unseen=line.get("unseen", False),
    )


def _reply(line: Mapping[str, Any], review: Piece) -> Piece:
    answer = line["reply"]
    return Piece(
        id=_make_id("reply", "comment", COMPANY_ACCOUNT, None, answer["text"]),
        outlet=review.outlet,
        site=review.site,
        kind="comment",
        voice="company",
        text=answer["text"],
        language=review.language,
        author=COMPANY_ACCOUNT,
        published=review.published + timedelta(minutes=answer["after_minutes"]),
        thread=review.id,
        brands=("tamarind",),
        week=review.week,
    )


def _make_post(line: Mapping[str, Any], thread: Thread) -> Piece:
    return Piece(
        id=_make_id(line["src"], "post", thread.author, thread.title, _site(line), thread.opened),
        outlet=line["src"],
        site=_site(line),
        kind="post",
        title=thread.title,
        text=thread.text,
        language=thread.language,
        author=thread.author,
        published=thread.opened,
        score=3,
        week=thread.week,
        made=True,
    )


def _make_id(outlet: str, kind: str, *parts: object) -> str:
    number = int.from_bytes(hashlib.sha256("\x1f".join(map(str, (outlet, *parts))).encode()).digest()[:8])
    if outlet == "reddit":
        return ("t3_" if kind == "post" else "t1_") + _base36(36**6 + number % (35 * 36**6))
    if outlet == "hackernews":
        return str(45_000_000 + number % 4_000_000)
    if outlet == "neighbours":
        return f"urn:neighbours:{kind}:{100_000 + number % 9_000_000}"
    if outlet == "feeds":
        return f"tag:feeds.example,2026:{number:016x}"
    return f"{outlet}:{number:016x}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def _site(line: Mapping[str, Any]) -> str:
    if line["src"] == "reddit":
        return f"r/{_community(line).lower()}"
    if line["src"] == "hackernews":
        return "news.ycombinator.com"
    if line["src"] == "feeds":
        return "news" if line.get("voice") == "press" or line["by"] in _NEWS else "blogs"
    return str(line["src"])


def _community(line: Mapping[str, Any]) -> str:
    if "community" in line:
        return str(line["community"])
    place = line.get("place")
    return place.lower() if place in _CITY_COMMUNITIES else _COMMUNITIES[line["lang"][:2]]


def _draw_score(chance: float, kind: str) -> int:
    """Spread reach as the web does: most get a handful, a few get hundreds."""
    return int(1 / (1 - 0.995 * chance)) + int(chance * (12 if kind == "post" else 6))
