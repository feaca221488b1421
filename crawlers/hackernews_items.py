"""What Hacker News' search at Algolia answers: hits, single items, and mentions out of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crawlers.context import shift
from crawlers.dates import parse_date
from crawlers.fields import identifier, read_json, rows, text, whole
from crawlers.prose import to_prose
from store.records import Mention

SITE = "news.ycombinator.com"
MOST_SECONDS = 2**33
"""Since 1970: what is more is no time of a post."""


@dataclass(frozen=True)
class Page:
    """One page of an answer."""

    hits: list[Any]
    total: int | None
    """Hits of the whole question; None where the answer does not say."""
    pages: int


def read_page(body: bytes) -> Page | None:
    """A page of the search's answer, or None for something else."""
    answer = read_json(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("hits"), list):
        return None
    return Page(answer["hits"], whole(answer.get("nbHits")), whole(answer.get("nbPages")) or 0)


def key_of(hit: object) -> str:
    """What tells a hit from another: its id, or all of a hit that has none."""
    return (identifier(hit.get("objectID")) if isinstance(hit, dict) else None) or repr(hit)


def parse_hit(hit: object) -> Mention | None:
    """Turn a hit into a mention; None for one without id. Since 2026 keys are left out that were null before."""
    if not isinstance(hit, dict) or (item := identifier(hit.get("objectID"))) is None:
        return None
    is_comment = hit.get("comment_text") is not None or "comment" in rows(hit.get("_tags"))
    published, precision = find_time(hit)
    thread = identifier(hit.get("story_id"))
    return Mention(
        source="hackernews",
        site=SITE,
        external_id=item,
        url=f"https://{SITE}/item?id={item}",
        kind="comment" if is_comment else "post",
        title=None if is_comment else to_prose(text(hit.get("title"))),
        text=to_prose(text(hit.get("comment_text") if is_comment else hit.get("story_text"))),
        author_id=text(hit.get("author")),
        author_name=text(hit.get("author")),
        engagement=whole(hit.get("points")),
        thread=thread if thread != item else None,
        parent=identifier(hit.get("parent_id")) if is_comment else None,
        published=published,
        published_precision=precision,
        context=to_prose(text(hit.get("story_title"))) if is_comment else None,
    )


def find_time(hit: Mapping[str, Any]) -> tuple[str | None, Any]:
    """When a hit was published: by its number, else by its text, which ended in `.000Z` until 2018."""
    seconds = whole(hit.get("created_at_i"))
    if seconds is None or not 0 < seconds < MOST_SECONDS:
        return parse_date(text(hit.get("created_at")))
    # Midnight to the second is a real time here, not a date without one.
    return shift("1970-01-01T00:00:00Z", timedelta(seconds=seconds)), "second"


def is_gone(status: int, body: bytes, item: str) -> bool:
    """Whether the answer about one item proves that it is deleted.

    The search itself says so: an HTML page of 404 comes from something else, such as a wrong `url`, and proves nothing.
    """
    answer = read_json(body)
    if not isinstance(answer, dict):
        return False
    if status == 404:
        return True
    words = (answer.get("author"), answer.get("title"), answer.get("text"))
    return status == 200 and identifier(answer.get("id")) == item and "author" in answer and words == (None, None, None)
