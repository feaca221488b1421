"""RSS and Atom feeds: news, blogs, forums and alerts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from config import Problem
from crawlers.context import Context, note_drop, note_error
from crawlers.failures import explain, request_of
from crawlers.options import check_flag, check_known, check_tables, check_text, check_url, tables_of
from crawlers.robots import EXEMPT
from crawlers.syndication import NotAFeed, parse_feed
from store.records import Cursor, Mention, Watch

KNOWN = ("url", "site", "own_feed", "voice")
VOICES = ("customer", "press")


@dataclass(frozen=True)
class Place:
    """Where a feed was left at the last crawl; kept as JSON in its cursor."""

    until: str
    """The time of that crawl."""
    etag: str = ""
    modified: str = ""


class FeedsSpider(scrapy.Spider):
    """Read every configured feed, if it has changed."""

    name = "feeds"

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.feeds]`."""
        problems = [*check_known(options, ("feeds",)), *check_tables(options, "feeds", '{ url = "https://example.org/feed" }')]
        for number, feed in enumerate(tables_of(options, "feeds")):
            problems += check_feed(feed, f"feeds[{number}]")
        return problems

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every feed, with what we know of its last version."""
        for feed in tables_of(self.context.options, "feeds"):
            yield self.request(feed)

    def request(self, feed: Mapping[str, Any]) -> Request:
        """The request for one feed. A feed of the user's own (a Google Alert) is fetched whatever its robots.txt says."""
        url = str(feed["url"])
        site = str(feed.get("site") or urlsplit(url).netloc)
        place = read_place(self.context.cursors(site, url))
        asked = {"If-None-Match": place.etag, "If-Modified-Since": place.modified} if place and not self.context.since else {}
        return Request(
            url,
            headers={name: value for name, value in asked.items() if value},
            callback=self.parse,
            errback=self.parse_failure,
            cb_kwargs={"feed": feed, "site": site, "place": place},
            meta={"handle_httpstatus_list": [304], EXEMPT: bool(feed.get("own_feed"))},
            dont_filter=True,
        )

    def parse(
        self, response: Response, feed: Mapping[str, Any], site: str, place: Place | None
    ) -> Iterator[Mention | Watch | Cursor]:
        """Yield the feed's items, what it covered, and where it was left."""
        if response.status == 304:
            yield from self.finish(feed, site, place, oldest=place.until if place else None, headers=response.headers)
            return
        try:
            voice = str(feed.get("voice", "customer"))
            found = parse_feed(response.body, response.url, headers_of(response), site=site, voice=voice)
        except NotAFeed as error:
            note_error(self.crawler, f"{feed['url']}: {error}")
            yield from self.miss(feed, site, place)
            return
        yield from found.mentions
        for item in found.without_id:
            note_drop(self.crawler, "no id", f"feeds {feed['url']} {item!r:.80}")
        dated = [mention.published for mention in found.mentions if mention.published]
        if found.fault:
            note_error(self.crawler, f"{feed['url']}: {found.fault}; {len(found.mentions)} items could be read all the same")
            yield from self.miss(feed, site, place)
            return
        yield from self.finish(feed, site, place, oldest=min(dated, default=None), headers=response.headers)

    def parse_failure(self, failure: Failure) -> Iterator[Watch]:
        """Say which feed could not be read; the others go on."""
        note_error(self.crawler, explain(failure))
        kwargs = request_of(failure).cb_kwargs
        yield from self.miss(kwargs["feed"], kwargs["site"], kwargs["place"])

    def finish(
        self, feed: Mapping[str, Any], site: str, place: Place | None, *, oldest: str | None, headers: Any
    ) -> Iterator[Watch | Cursor]:
        """What a feed covered: from its oldest item, or on from the last crawl where it reaches back to that."""
        since = place.until if place and (oldest is None or oldest <= place.until) else oldest
        if since and since < self.context.now:
            yield self.watch(feed, site, since, complete=True)
        etag, modified = (headers.get(name, b"").decode("latin-1") for name in ("ETag", "Last-Modified"))
        now = Place(self.context.now, etag or (place.etag if place else ""), modified or (place.modified if place else ""))
        yield Cursor(source=self.name, site=site, name=str(feed["url"]), value=json.dumps(asdict(now)))

    def miss(self, feed: Mapping[str, Any], site: str, place: Place | None) -> Iterator[Watch]:
        """The time since the last crawl, of which nothing certain is known."""
        since = place.until if place else self.context.start
        if since < self.context.now:
            yield self.watch(feed, site, since, complete=False)

    def watch(self, feed: Mapping[str, Any], site: str, since: str, *, complete: bool) -> Watch:
        """What one feed covered up to now."""
        return Watch(
            source=self.name, site=site, query=str(feed["url"]), since=since, until=self.context.now, complete=complete
        )


def check_feed(feed: Mapping[str, object], place: str) -> Iterator[Problem]:
    """Everything wrong with one feed."""
    yield from check_known(feed, KNOWN, place)
    yield from check_url(feed, "url", place, needed=True)
    yield from check_text(feed, "site", place)
    yield from check_flag(feed, "own_feed", place)
    if feed.get("voice", "customer") not in VOICES:
        yield Problem(f"{place}.voice", f"{feed['voice']!r} should be " + " or ".join(f'"{voice}"' for voice in VOICES))


def read_place(cursor: str | None) -> Place | None:
    """Where a feed was left."""
    return Place(**json.loads(cursor)) if cursor else None


def headers_of(response: Response) -> dict[str, str]:
    """The headers of an answer as text."""
    return {str(name).lower(): str(value) for name, value in response.headers.to_unicode_dict().items()}
