"""Statuses of Mastodon's API -> mentions: https://docs.joinmastodon.org/entities/Status/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crawlers.dates import parse_date
from crawlers.fields import identifier, table, text, whole
from crawlers.prose import to_prose
from store.records import Mention, Precision

SPAN = re.compile(r"</?span\b[^<>]*>")
"""Hashtags, handles and shortened links are cut in spans that no reader sees."""
OLD_URI = re.compile(r"tag:([^,/]+),")
"""How statuses were named before ActivityPub: `tag:example.org,2017-05-01:objectId=1:objectType=Status`."""
ID = re.compile(r"[\w-]{1,64}", re.ASCII)
OLDER, NEWER = (re.compile(rf"[?&]{name}=([\w-]{{1,64}})[^<>]*>", re.ASCII) for name in ("max_id", "min_id"))
"""In a `Link` header: the addresses of the page after this one, and of the page before it."""
FIRST_YEAR = datetime(2010, 1, 1).timestamp() * 1000
"""Milliseconds. An id that means an earlier time holds no time."""


def parse_status(status: object, server: str, parents: Mapping[str, str]) -> Mention | None:
    """Turn a status into a mention; None for one without `uri`, which is its name on every server.

    `server` is the host that was asked, and `parents` maps its own ids to such names.
    """
    if not isinstance(status, dict) or (uri := text(status.get("uri"))) is None:
        return None
    account = table(status, "account")
    url = text(status.get("url"))
    site = host_of_uri(uri) or host_of_uri(url or "")
    if site is None:
        return None
    published, precision = find_time(status)
    answered = identifier(status.get("in_reply_to_id"))
    return Mention(
        source="mastodon",
        site=site,
        external_id=uri,
        url=url or (uri if uri.startswith("http") else None),
        kind="comment" if answered else "post",
        voice="bot" if account.get("bot") is True else "customer",
        title=to_prose(text(status.get("spoiler_text"))),
        text=to_prose(SPAN.sub("", text(status.get("content")) or "")),
        language=text(status.get("language")),
        author_id=text(account.get("url")) or find_handle(account, server),
        author_name=find_handle(account, server),
        engagement=find_engagement(status),
        parent=parents.get(answered) if answered else None,
        published=published,
        published_precision=precision,
    )


def is_public(status: Mapping[str, Any]) -> bool:
    """Whether a status was written for everybody and is not somebody's sharing of another one."""
    return status.get("visibility") == "public" and not isinstance(status.get("reblog"), dict)


def find_handle(account: Mapping[str, Any], server: str) -> str | None:
    """`name@host`, alike from every server: its own people are called by the name alone."""
    name = text(account.get("acct")) or text(account.get("username"))
    if name is None or "@" in name:
        return name
    return f"{name}@{host_of_uri(text(account.get('url')) or '') or server}"


def find_engagement(status: Mapping[str, Any]) -> int | None:
    """Favourites and shares."""
    counts = [count for key in ("favourites_count", "reblogs_count") if (count := whole(status.get(key))) is not None]
    return sum(counts) if counts else None


def find_time(status: Mapping[str, Any]) -> tuple[str | None, Precision]:
    """When a status was published. Midnight sharp is a real time here, not a date without one."""
    written = text(status.get("created_at")) or ""
    published, precision = parse_date(written)
    return published, "second" if precision == "day" and "T" in written else precision


def host_of_uri(uri: str) -> str | None:
    """The server that a status comes from."""
    if match := OLD_URI.match(uri):
        return match[1].lower()
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    return (parts.netloc.rpartition("@")[2].lower() or None) if parts.scheme in ("http", "https") else None


def find_own_id(status: object) -> str | None:
    """What a server calls a status; None for what no server would."""
    found = identifier(table(status).get("id"))
    return found if found and ID.fullmatch(found) else None


def find_ends(page: list[Any], link: str) -> list[str]:
    """The ids at a page's ends, the earlier one first: by its `Link` header, else by its statuses; empty where it has none.

    Of the statuses only those count whose id is as long as most: one bad id must not make a walk leap over all others.
    """
    named = (OLDER.search(link), NEWER.search(link))
    if page and all(named):
        return [match[1] for match in named if match]
    ids = sorted((found for row in page if (found := find_own_id(row))), key=id_order)
    usual = len(ids[len(ids) // 2]) if ids else 0
    likely = [found for found in ids if abs(len(found) - usual) <= 1]
    return [likely[0], likely[-1]] if likely else []


def id_order(status_id: str) -> tuple[int, str]:
    """By what ids are put in order: they are numbers written as text, or letters of one length on servers of other makes."""
    return len(status_id), status_id


def id_before(status_id: str, by: timedelta, now: str) -> str | None:
    """An id that much earlier; None where ids hold no time.

    Mastodon's ids are milliseconds since 1970, shifted left by 16 bits (lib/mastodon/snowflake.rb).
    """
    number = int(status_id) if status_id.isdecimal() and len(status_id) < 20 else 0
    latest = datetime.fromisoformat(now).timestamp() * 1000 + 366 * 86_400_000
    if not FIRST_YEAR < number >> 16 < latest:
        return None
    return str(number - (int(by.total_seconds() * 1000) << 16))
