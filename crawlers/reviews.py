"""Pages that carry schema.org reviews, forum posts or comments: review sites, shops, forums."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from config import Problem
from crawlers.context import Context, note_error, shift
from crawlers.failures import explain
from crawlers.matching import bare_account
from crawlers.options import check_known, check_tables, check_text, check_url, tables_of
from crawlers.structured import Page, Thread, parse_structured
from store.records import Cursor, Mention, Watch

logger = logging.getLogger(__name__)

FOLLOW = 50
"""Pages of one listing that are read at most, unless the configuration says otherwise."""
OVERLAP = timedelta(days=14)
"""Read again so long before the newest one known: edits and companies' answers come late."""


@dataclass(eq=False)
class Trail:
    """One configured address, and how far it was read."""

    url: str
    site: str
    limit: int
    since: str
    """Older than this is not looked for."""
    pages: int = 0
    waiting: int = 1
    """Requests under way."""
    newest: str | None = None
    oldest: str | None = None
    capped: bool = False
    failed: bool = False
    visited: set[str] = field(default_factory=set)


class ReviewsSpider(scrapy.Spider):
    """Read listings newest first, page by page, and the threads that they name."""

    name = "reviews"

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.accounts = frozenset(bare_account(account) for brand in context.config.brands for account in brand.accounts)
        pages: list[dict[str, Any]] = list(context.options.get("pages", []))  # type: ignore[call-overload]
        self.trails = [self.open_trail(page) for page in pages]

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.reviews]`."""
        example = '{ url = "https://example.org/reviews" }'
        problems = [*check_known(options, ("pages",)), *check_tables(options, "pages", example)]
        for number, page in enumerate(tables_of(options, "pages")):
            problems += check_page(page, f"pages[{number}]")
        return problems

    def open_trail(self, page: Mapping[str, Any]) -> Trail:
        """Find out from where a configured page is to be read."""
        url = str(page["url"])
        site = str(page.get("site") or urlsplit(url).netloc)
        cursor = self.context.cursors(site, url)
        since = self.context.since or (shift(cursor, -OVERLAP) if cursor else self.context.horizon)
        return Trail(url, site, 1 if self.context.dry else int(page.get("follow", FOLLOW)), since)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first page of every trail."""
        for trail in self.trails:
            trail.visited.add(trail.url)
            yield self.request(trail.url, trail, self.parse_listing)

    def request(self, url: str, trail: Trail, callback: Any, **more: Any) -> Request:
        """A request of a trail. We keep our own account of what was visited, since each one must come back."""
        return Request(url, callback=callback, errback=self.note_failure, dont_filter=True, cb_kwargs={"trail": trail, **more})

    def parse_listing(self, response: Response, trail: Trail) -> Iterator[Any]:
        """Read one page of reviews or threads, and go on to the next one unless all on it is old."""
        page = self.read(response, trail)
        trail.pages += 1
        if trail.pages == 1 and not page.mentions and not page.threads and not trail.failed:
            note_error(self.crawler, f"{response.url}: no review, post or comment in schema.org terms is on this page")
            trail.failed = True
        threads = [thread for thread in page.threads if may_follow(thread, trail) and not self.context.dry]
        followed = {thread.external_id for thread in threads}
        # The thread's own page gives it whole.
        yield from self.keep((mention for mention in page.mentions if mention.external_id not in followed), trail)
        for thread in threads:
            if thread.url not in trail.visited and not (thread.changed and thread.changed < trail.since):
                yield from self.go_on(thread.url, trail, self.parse_thread)
        if not is_old(page, trail) and (following := find_next(response, trail)):
            if trail.pages < trail.limit:
                yield from self.go_on(following, trail, self.parse_listing)
            else:
                trail.capped = True
        yield from self.leave(trail)

    def parse_thread(self, response: Response, trail: Trail, number: int = 1) -> Iterator[Any]:
        """Read one page of a thread."""
        page = self.read(response, trail)
        yield from self.keep(iter(page.mentions), trail)
        if following := find_next(response, trail):
            if number < trail.limit:
                yield from self.go_on(following, trail, self.parse_thread, number=number + 1)
            else:
                trail.capped = True
        yield from self.leave(trail)

    def go_on(self, url: str, trail: Trail, callback: Any, **more: Any) -> Iterator[Request]:
        """Ask for one more page."""
        trail.visited.add(url)
        trail.waiting += 1
        yield self.request(url, trail, callback, **more)

    def read(self, response: Response, trail: Trail) -> Page:
        """Parse a page, and tell what of it could not be read."""
        if not isinstance(response, TextResponse):
            note_error(self.crawler, f"{response.url}: this is no web page; give the address of the page that people see")
            trail.failed = True
            return Page((), (), (), {})
        page = parse_structured(response.body, response.url, response.encoding, site=trail.site, accounts=self.accounts)
        for problem in page.problems:
            logger.warning("%s: %s", response.url, problem)
            self.crawler.stats.inc_value("repute/broken_scripts")
        return page

    def keep(self, mentions: Iterator[Mention], trail: Trail) -> Iterator[Mention]:
        """Pass mentions on, and note how far they reach."""
        for mention in mentions:
            if mention.published and mention.published <= self.context.now:
                trail.newest = max(trail.newest or "", mention.published)
                trail.oldest = min(trail.oldest or mention.published, mention.published)
            yield mention

    def note_failure(self, failure: Failure) -> Iterator[Any]:
        """A page could not be had. One that robots.txt closes, within a listing, is no fault of the watch."""
        request = failure.request  # type: ignore[attr-defined]
        trail: Trail = request.cb_kwargs["trail"]
        if request.callback == self.parse_thread and isinstance(failure.value, IgnoreRequest):
            logger.info("%s", explain(failure))
        else:
            trail.failed = True
            note_error(self.crawler, explain(failure))
        yield from self.leave(trail)

    def leave(self, trail: Trail) -> Iterator[Cursor | Watch]:
        """After the last page of a site, say what was covered. Cursors wait for it: a killed crawl starts the site again."""
        trail.waiting -= 1
        trails = [other for other in self.trails if other.site == trail.site]
        if any(other.waiting for other in trails):
            return
        for other in trails:
            if other.newest and not other.failed:
                yield Cursor(source=self.name, site=other.site, name=other.url, value=other.newest)
        reached = max((other.oldest if other.capped and other.oldest else other.since) for other in trails)
        complete = not any(other.failed or other.capped for other in trails)
        yield Watch(source=self.name, site=trail.site, since=reached, until=self.context.now, complete=complete)


def may_follow(thread: Thread, trail: Trail) -> bool:
    """Forum posts on the same host; links of a plain list, which may lead anywhere, only below the configured path."""
    here, there = urlsplit(trail.url), urlsplit(thread.url)
    below = there.path.startswith(here.path.rpartition("/")[0] + "/")
    return there.netloc == here.netloc and thread.url != trail.url and (below or not thread.listed)


def find_next(response: Response, trail: Trail) -> str | None:
    """The next page as the page itself names it, on the same host and not seen yet."""
    if not isinstance(response, TextResponse):
        return None
    for link in response.xpath('(//link | //a)[contains(concat(" ", normalize-space(@rel), " "), " next ")]/@href').getall():
        url = response.urljoin(link.strip()).partition("#")[0]
        if urlsplit(url).netloc == urlsplit(response.url).netloc and url not in trail.visited:
            return str(url)
    return None


def is_old(page: Page, trail: Trail) -> bool:
    """Whether the newest date of a page is before what we look for. Companies' answers are newer than what they answer."""
    dates = [mention.published for mention in page.mentions if mention.voice != "company"]
    dates += [thread.changed or thread.opened for thread in page.threads]
    known = [date for date in dates if date]
    return bool(known) and max(known) < trail.since


def check_page(page: Mapping[str, object], place: str) -> list[Problem]:
    """Everything wrong with one page of the options."""
    problems = [
        *check_known(page, ("url", "site", "follow"), place),
        *check_url(page, "url", place, needed=True),
        *check_text(page, "site", place),
    ]
    follow = page.get("follow", FOLLOW)
    if not isinstance(follow, int) or isinstance(follow, bool) or follow < 1:
        problems.append(Problem(f"{place}.follow", f"{follow!r} is no number of pages; write a whole number from 1"))
    return problems
