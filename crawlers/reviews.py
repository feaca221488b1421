"""Pages that carry schema.org reviews, forum posts or comments: review sites, shops, forums."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from config import Problem
from crawlers.aggregates import as_metrics
from crawlers.context import Context, note_error, shift
from crawlers.failures import explain
from crawlers.matching import BrandMatcher, bare_account
from crawlers.options import check_known, check_tables, check_text, check_url, tables_of
from crawlers.remembered import NOT_MODIFIED, Sight, ask_if_changed, keep_page, see_page, see_unchanged
from crawlers.structured import Page, Thread, parse_structured
from crawlers.words import Words
from store.records import Cursor, Mention, Metric, Watch

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
    rated: set[str] = field(default_factory=set)
    """Things whose summed-up rating was kept."""

    def reach(self, published: str) -> None:
        """Note a publication time that was met."""
        self.newest = max(self.newest or "", published)
        self.oldest = min(self.oldest or published, published)


class ReviewsSpider(scrapy.Spider):
    """Read listings newest first, page by page, and the threads that they name."""

    name = "reviews"

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.matcher = BrandMatcher(context.config.brands)
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
        again = min(shift(cursor, -OVERLAP), self.context.refresh) if cursor else self.context.horizon
        since = self.context.since or again
        return Trail(url, site, 1 if self.context.dry else int(page.get("follow", FOLLOW)), since)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first page of every trail."""
        for trail in self.trails:
            trail.visited.add(trail.url)
            yield self.request(trail.url, trail, self.parse_listing)

    def request(self, url: str, trail: Trail, callback: Any, **more: Any) -> Request:
        """A request of a trail. We keep our own account of what was visited, since each one must come back."""
        request = Request(url, callback=callback, errback=self.note_failure, dont_filter=True)
        request.cb_kwargs.update(trail=trail, **more)
        return ask_if_changed(request, self.context, trail.site)

    def parse_listing(self, response: Response, trail: Trail) -> Iterator[Any]:
        """Read one page of reviews or threads, and go on to the next one unless all on it is old."""
        page, sight = self.see(response, trail)
        trail.pages += 1
        if trail.pages == 1 and sight.is_new and not page.mentions and not page.threads and not trail.failed:
            note_error(self.crawler, f"{response.url}: no review, post or comment in schema.org terms is on this page")
            trail.failed = True
        threads = [thread for thread in sight.threads if may_follow(thread, trail) and not self.context.dry]
        followed = {thread.external_id for thread in threads}
        # The thread's own page gives it whole.
        kept = [mention for mention in page.mentions if mention.external_id not in followed]
        yield from self.keep(iter(kept), trail)
        yield from self.keep_ratings(page, trail)
        yield from self.remember(response, trail, page, sight, kept)
        for thread in threads:
            if thread.url not in trail.visited and not (thread.changed and thread.changed < trail.since):
                yield from self.go_on(thread.url, trail, self.parse_thread)
        if not is_old(sight, trail) and (following := find_next(sight, trail)):
            if trail.pages < trail.limit:
                yield from self.go_on(following, trail, self.parse_listing)
            else:
                trail.capped = True
        yield from self.leave(trail)

    def parse_thread(self, response: Response, trail: Trail, number: int = 1) -> Iterator[Any]:
        """Read one page of a thread."""
        page, sight = self.see(response, trail)
        yield from self.keep(iter(page.mentions), trail)
        yield from self.remember(response, trail, page, sight, page.mentions)
        if following := find_next(sight, trail):
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

    def see(self, response: Response, trail: Trail) -> tuple[Page, Sight]:
        """What a page shows; one that has not changed leads to the same pages, and its mentions are stored."""
        if response.status == NOT_MODIFIED:
            sight = see_unchanged(self.context, trail.site, response)
            for published in sight.bounds:
                trail.reach(published)
            return Page((), (), (), {}), sight
        page = self.read(response, trail)
        return page, see_page(page)

    def remember(self, response: Response, trail: Trail, page: Page, sight: Sight, kept: Sequence[Mention]) -> Iterator[Cursor]:
        """Keep what a page led to, after its mentions."""
        if sight.is_new and not trail.failed:
            record = keep_page(self.context, self.name, trail.site, page, sight, kept, response)
            yield from [record] if record else []

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
                trail.reach(mention.published)
            yield mention

    def keep_ratings(self, page: Page, trail: Trail) -> Iterator[Metric]:
        """Keep what a listing sums up of a brand's ratings; those of other things on the page are not asked for."""
        day = datetime.fromisoformat(self.context.now).astimezone(self.context.config.time_zone).date().isoformat()
        for one in page.ratings:
            if one.subject not in trail.rated and self.matcher.match_words(Words(one.subject)):
                trail.rated.add(one.subject)
                yield from as_metrics(one, trail.site, day)

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


def find_next(sight: Sight, trail: Trail) -> str | None:
    """The next page as the page itself names it, not seen yet."""
    return next((url for url in sight.links if url not in trail.visited), None)


def is_old(sight: Sight, trail: Trail) -> bool:
    """Whether the newest date of a page is before what we look for."""
    return sight.latest is not None and sight.latest < trail.since


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
