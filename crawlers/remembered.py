"""Pages that have not changed since they were read: asked for with what their server said, and known by what they led to.

Kept are only times and addresses, never words: a page's own words may be erased, and must not lie in a cache. A page's record
is a cursor, saved in one transaction with the page's mentions: a killed crawl never takes a page for read that is not stored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.context import Context, fingerprint
from crawlers.fields import read_json, rows, table, text
from crawlers.structured import Page, Thread
from store.crawls import PAGE
from store.records import Cursor, Mention

VERSION = 1
"""To be raised whenever the same page would be read otherwise: then every page is read once more."""
NOT_MODIFIED = 304


@dataclass(frozen=True)
class Sight:
    """What a page shows, or would show if it had been sent again."""

    threads: tuple[Thread, ...]
    links: tuple[str, ...]
    """Pages that follow it, as it names them."""
    latest: str | None
    """The newest time on the page, companies' answers apart: they are newer than what they answer."""
    bounds: tuple[str, ...] = ()
    """The oldest and the newest publication time of the mentions that were kept of an unchanged page."""
    is_new: bool = True
    """Whether it was sent, and not only said to be unchanged."""


def ask_if_changed(request: Request, context: Context, site: str) -> Request:
    """Ask for a page only if it has changed since it was read with the brands of today, unless everything is read again."""
    record = recall(context, site, request.url)
    if record and not context.since:
        for header, name in (("If-None-Match", "etag"), ("If-Modified-Since", "modified")):
            if value := text(record.get(name)):
                request.headers[header] = value
        # A 304 that nobody asked for stays an error: nothing is known of that page.
        request.meta["handle_httpstatus_list"] = [NOT_MODIFIED]
    return request


def recall(context: Context, site: str, url: str) -> dict[str, Any] | None:
    """What is kept of a page; None where that does not hold any more."""
    kept = context.cursors(site, PAGE + url)
    if kept is None:
        return None
    record = dict(table(read_json(kept.encode())))
    return record if record.get("version") == VERSION and record.get("brands") == fingerprint(context.config) else None


def see_page(page: Page) -> Sight:
    """What a page that was sent shows."""
    dates = [mention.published for mention in page.mentions if mention.voice != "company"]
    dates += [thread.changed or thread.opened for thread in page.threads]
    return Sight(
        threads=page.threads,
        links=page.links,
        latest=max((date for date in dates if date), default=None),
    )


def see_unchanged(context: Context, site: str, response: Response) -> Sight:
    """What a page that has not changed showed when it was read."""
    record = recall(context, site, asked_url(response)) or {}
    return Sight(
        threads=tuple(Thread(*fields) for fields in rows(record.get("threads"))),
        links=tuple(rows(record.get("links"))),
        latest=text(record.get("latest")),
        bounds=tuple(rows(record.get("bounds"))),
        is_new=False,
    )


def keep_page(
    context: Context, source: str, site: str, page: Page, sight: Sight, kept: Sequence[Mention], response: Response
) -> Cursor | None:
    """The record of a page, to be yielded after the mentions `kept` of it; None where the server gave nothing to ask with.

    Nor is one kept of a page that sums up ratings, which are noted anew every day, or of one that could not be read whole.
    """
    etag, modified = ((response.headers.get(name) or b"").decode("latin-1") for name in ("ETag", "Last-Modified"))
    if not (etag or modified) or page.ratings or page.problems:
        return None
    published = sorted(mention.published for mention in kept if mention.published and mention.published <= context.now)
    record = {
        "version": VERSION,
        "brands": fingerprint(context.config),
        "etag": etag,
        "modified": modified,
        "threads": sight.threads,
        "links": sight.links,
        "latest": sight.latest,
        "bounds": published[:1] + published[-1:],
    }
    return Cursor(source=source, site=site, name=PAGE + asked_url(response), value=json.dumps(record))


def asked_url(response: Response) -> str:
    """The address that was asked for, wherever it redirected."""
    return str(response.meta.get("redirect_urls", [response.url])[0])
