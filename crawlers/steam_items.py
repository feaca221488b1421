"""Steam's answers: a page of reviews, a review with its developer's reply, Steam's names of languages."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from crawlers.context import to_iso
from crawlers.fields import identifier, number, read_json, rows, table, text, whole
from crawlers.walks import reply_of
from store.records import Mention

Order = Literal["recent", "updated"]

EARLIEST, LATEST = 1_000_000_000, 10_000_000_000
"""Seconds since 1970 between which a time may lie: Steam opened in 2003."""
MOST_VOTES = 2**31
"""Steam has given counts that wrapped around below zero (4294967295): those are none."""
BBCODE = re.compile(
    r"\[/?(?:h[1-6]|b|u|i|s|p|strike|spoiler|noparse|hr|url|list|olist|quote|code|table|tr|th|td)(?:=[^\]\n]*)?\]", re.I
)

LANGUAGES: Mapping[str, str] = {
    "arabic": "ar",
    "brazilian": "pt-BR",
    "bulgarian": "bg",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hungarian": "hu",
    "indonesian": "id",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "koreana": "ko",
    "latam": "es-419",
    "malay": "ms",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "schinese": "zh-CN",
    "spanish": "es",
    "swedish": "sv",
    "tchinese": "zh-TW",
    "thai": "th",
    "turkish": "tr",
    "ukrainian": "uk",
    "vietnamese": "vi",
}
"""Steam's API language codes -> BCP 47 (https://partner.steamgames.com/doc/store/localization/languages; Steam says `vn`)."""


@dataclass(frozen=True)
class App:
    """A game or program on Steam whose reviews are read."""

    number: int
    name: str
    context: str
    """What a brand's query may match beside the review itself."""

    @property
    def site(self) -> str:
        """The site of its mentions."""
        return f"store.steampowered.com/app/{self.number}"


@dataclass(frozen=True)
class Page:
    """One page of an app's reviews."""

    rows: list[Any]
    cursor: str | None
    """What asks for the next page."""
    total: int | None
    """How many reviews the listing has; only a first page says so."""


def read_page(body: bytes) -> Page | None:
    """A page of the Web API or of the store, or None for something else."""
    answer = table(read_json(body))
    answer = table(answer, "response") if "response" in answer else answer
    if whole(answer.get("success", 1)) != 1:
        return None
    found = answer.get("reviews")
    if not isinstance(found, list) and whole(table(answer, "query_summary").get("num_reviews")) != 0:
        # The Web API leaves the list out where it is empty, and says nothing at all of an app that it does not know.
        return None
    totals = (whole(answer.get("total_matching")), whole(table(answer, "query_summary").get("total_reviews")))
    return Page(rows(found), identifier(answer.get("cursor")), next((total for total in totals if total is not None), None))


def parse_review(row: object, app: App) -> list[Mention]:
    """A review and, behind it, its developer's reply where it has one; empty for what is no review."""
    review = table(row)
    name = identifier(review.get("recommendationid"))
    if name is None:
        return []
    author = identifier(table(review, "author").get("steamid"))
    published = find_time(review, "timestamp_created")
    page = f"profiles/{author}/recommended/{app.number}/" if author else f"app/{app.number}/reviews/"
    mention = Mention(
        source="steam",
        site=app.site,
        external_id=name,
        url=f"https://steamcommunity.com/{page}",
        kind="review",
        text=to_plain(text(review.get("review"))),
        language=LANGUAGES.get((text(review.get("language")) or "").strip().lower()),
        subject=app.name,
        rating_worst=0.0,
        rating_best=1.0,
        rating_measure="thumbs",
        rating=find_vote(review.get("voted_up")),
        author_id=author,
        author_name=text(table(review, "author").get("personaname")),
        engagement=find_votes(review.get("votes_up")),
        published=published,
        published_precision="second" if published else "unknown",
        context=app.context,
    )
    reply = parse_reply(review, mention)
    return [mention, reply] if reply else [mention]


def parse_reply(review: Mapping[str, Any], mention: Mention) -> Mention | None:
    """The developer's reply to a review."""
    words = to_plain(text(review.get("developer_response")))
    if words is None:
        return None
    replied = find_time(review, "timestamp_dev_responded")
    return replace(reply_of(mention, words, (replied, "second" if replied else "unknown")), context=mention.context)


def find_time(review: Mapping[str, Any], key: str) -> str | None:
    """One of a review's times, UTC ISO 8601; Steam writes seconds since 1970, 0 for never."""
    seconds = number(review.get(key))
    if seconds is None or not EARLIEST <= seconds <= LATEST:
        return None
    return to_iso(datetime.fromtimestamp(seconds, UTC))


def sort_time(row: object, order: Order) -> str | None:
    """The time that a row's place in the list goes by."""
    created = find_time(table(row), "timestamp_created")
    return created if order == "recent" else find_time(table(row), "timestamp_updated") or created


def last_change(row: object) -> str:
    """When a review or its reply was last written; empty where nothing says so."""
    keys = ("timestamp_created", "timestamp_updated", "timestamp_dev_responded")
    return max(find_time(table(row), key) or "" for key in keys)


def find_vote(value: object) -> float | None:
    """Whether the app is recommended, the only rating that Steam has: 1 or 0."""
    return float(value) if isinstance(value, bool | int) and value in (0, 1) else None


def find_votes(value: object) -> int | None:
    """How many found a review helpful."""
    votes = whole(value)
    return votes if votes is not None and 0 <= votes < MOST_VOTES else None


def to_plain(value: str | None) -> str | None:
    """A review's words without Steam's markup (`[b]`, `[spoiler]`, `[*]`). It is no HTML: `<game>` is what somebody typed."""
    if value is None:
        return None
    value = BBCODE.sub("", html.unescape(value).replace("[*]", "\n- "))
    value = re.sub(r"[^\S\n]+", " ", value.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r" ?\n(?: ?\n)+ ?", "\n\n", value).strip() or None
