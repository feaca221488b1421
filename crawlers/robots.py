"""robots.txt by RFC 9309, failing closed: what cannot be read allows nothing. Scrapy's own middleware fails open.

What was read holds for a day (RFC 9309, 2.4), over all crawls; what could not be read is asked for again by the next one.
"""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.context import DROPPED, context_of
from crawlers.failures import explain_error
from crawlers.hosts import ROBOTS

logger = logging.getLogger(__name__)

PRODUCT = "Repute"
"""The product token that a robots.txt names us by."""
READ_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least this much must be read; what follows is left out."""
LONG_DELAY = 60.0
EXEMPT = "dont_obey_robotstxt"
"""Request flag of API clients, which keep to the API's terms instead (the name is Scrapy's)."""


class Rules:
    """What one origin's robots.txt lets us do."""

    def __init__(self, text: str | None, closed: str | None = None) -> None:
        self.text = text
        """What was read; empty where there are no rules, None where nothing could be read."""
        parser = self.parser = Protego.parse(text) if text else None
        self.closed = closed
        """Why nothing at all may be fetched, or None."""
        self.delay: float | None = parser.crawl_delay(PRODUCT) if parser else None
        """Seconds between two requests."""

    def allows(self, url: str) -> bool:
        """Whether a page may be fetched."""
        return self.closed is None and (self.parser is None or bool(self.parser.can_fetch(url, PRODUCT)))


class RobotsMiddleware:
    """Asks each origin's robots.txt once a day, before the first page, and keeps to it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.rules: dict[str, asyncio.Future[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise `IgnoreRequest` with words for the user for a page that may not be fetched."""
        parts = urlsplit(request.url)
        if request.meta.get(EXEMPT) or parts.scheme not in ("http", "https"):
            return
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.rules:
            self.rules[origin] = asyncio.ensure_future(self.fetch_rules(origin))
        rules = await self.rules[origin]
        if not rules.allows(request.url):
            self.crawler.stats.inc_value(DROPPED + "robots.txt")
            raise IgnoreRequest(rules.closed or f"{origin}/robots.txt does not allow this page; only its owner can")
        if rules.delay:
            self.slow_down(request, parts.hostname or "", rules.delay)

    async def fetch_rules(self, origin: str) -> Rules:
        """Fetch and read one robots.txt."""
        url = f"{origin}/robots.txt"
        context = context_of(self.crawler)
        known = context.find_robots(origin)
        rules = await self.ask(url) if known is None else Rules(known)
        if known is None and rules.text is not None:
            context.keep_robots(origin, rules.text)
        if rules.closed is not None:
            rules.closed = f"{url} cannot be read, so nothing of this host is: {rules.closed}"
        if rules.delay and rules.delay > LONG_DELAY:
            logger.warning("%s asks for %.0f s between two pages: this will take long", url, rules.delay)
        return rules

    async def ask(self, url: str) -> Rules:
        """Ask a host for its rules."""
        request = Request(url, priority=1000, callback=NO_CALLBACK, dont_filter=True, meta={EXEMPT: True, ROBOTS: True})
        try:
            return read_rules(await self.crawler.engine.download_async(request))
        # Whatever goes wrong in fetching it, the door is closed and the reason is told.
        except Exception as error:
            return Rules(None, explain_error(error))

    def slow_down(self, request: Request, host: str, delay: float) -> None:
        """Keep a pause between two requests to a host, against AutoThrottle's opinion."""
        request.meta["autothrottle_dont_adjust_delay"] = True
        downloader = self.crawler.engine.downloader
        delay = max(delay, self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        downloader.per_slot_settings[host] = {"delay": delay, "jitter": 0.0, "concurrency": 1}
        if (slot := downloader.slots.get(host)) is not None:
            slot.delay, slot.jitter, slot.concurrency = delay, 0.0, 1


def read_rules(response: Response) -> Rules:
    """The rules of an answer: a 4xx means that there are none, a 5xx or something else than text closes the door.

    A page of HTML instead of rules is something else: a site that answers everything with its start page has said nothing.
    """
    if 400 <= response.status < 500 and response.status != 429:
        return Rules("")
    if response.status != 200:
        return Rules(None, f"HTTP {response.status}")
    body = response.body[:READ_BYTES].removeprefix(b"\xef\xbb\xbf")
    if b"\0" in body:
        return Rules(None, "it is no text")
    text = body.decode("utf-8", errors="replace")
    if text.lstrip().startswith("<"):
        return Rules(None, "it is a web page, not rules")
    return Rules(text)
