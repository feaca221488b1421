"""Posts of Bluesky -> mentions: the lexicons app.bsky.feed.post and app.bsky.feed.defs#postView (https://atproto.com)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crawlers.dates import parse_date
from crawlers.fields import rows, table, text, whole
from store.records import Mention, Precision

SITE = "bsky.app"
POST_URI = re.compile(r"at://(did:[a-z]+:[\w.:%-]+)/app\.bsky\.feed\.post/([\w.:~-]+)")
COUNTS = ("likeCount", "repostCount", "quoteCount")


def parse_post(view: object) -> Mention | None:
    """Turn a post as search shows it into a mention; None for what is none."""
    post = table(view)
    author = table(post, "author")
    counts = [count for key in COUNTS if (count := whole(post.get(key))) is not None]
    return parse_record(
        text(post.get("uri")) or "",
        table(post, "record"),
        handle=text(author.get("handle")),
        indexed=text(post.get("indexedAt")),
        engagement=sum(counts) if counts else None,
    )


def parse_record(
    uri: str,
    record: Mapping[str, Any],
    *,
    handle: str | None = None,
    indexed: str | None = None,
    engagement: int | None = None,
) -> Mention | None:
    """Turn a post's own record into a mention; None where the uri names no post, or the record is gone."""
    match = POST_URI.fullmatch(uri)
    if match is None or not record:
        return None
    did, key = match.groups()
    languages = [language for language in rows(record.get("langs")) if text(language)]
    parent = text(table(record, "reply", "parent").get("uri"))
    published, precision = find_time(record, indexed)
    return Mention(
        source="bluesky",
        site=SITE,
        external_id=uri,
        url=f"https://{SITE}/profile/{did}/post/{key}",
        kind="comment" if parent else "post",
        text=(text(record.get("text")) or "").strip() or None,
        language=languages[0] if len(languages) == 1 else None,
        author_id=did,
        author_name=None if handle == "handle.invalid" else handle,
        engagement=engagement,
        thread=text(table(record, "reply", "root").get("uri")) if parent else None,
        parent=parent,
        published=published,
        published_precision=precision,
    )


def find_time(record: Mapping[str, Any], indexed: str | None) -> tuple[str | None, Precision]:
    """When a post was published: as its author's program says, but no later than Bluesky saw it. Search sorts by the same."""
    told, seen = (read_time(text(moment)) for moment in (record.get("createdAt"), indexed))
    return min((moment for moment in (told, seen) if moment[0]), key=lambda moment: moment[0] or "", default=(None, "unknown"))


def read_time(written: str | None) -> tuple[str | None, Precision]:
    """A time of the protocol. Midnight sharp is a real time here, not a date without one."""
    published, precision = parse_date(written)
    return published, "second" if precision == "day" and "T" in (written or "") else precision
