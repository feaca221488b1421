"""Reading an API's listings of reviews from the newest down to where they were read before, page by page.

What is stored and did not turn up is asked for by itself: only what the API says is gone becomes a tombstone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.context import Context, SourceError, note_drop, note_error
from crawlers.failures import STATUS_WORDS, explain, request_of
from crawlers.fields import read_json
from crawlers.robots import EXEMPT
from crawlers.walks import REPLY, Page, Walk, find_watches, make_tombstone
from store.records import Mention, Watch

MOST_CONFIRMED = 50
"""Reviews of one listing that are asked for by themselves in one crawl; the next crawl goes on."""
MOST_STALE = 3
"""Pages in a row without a review that was not seen before: more would never end."""
MOST_BROKEN = 2
"""Pages in a row that cannot be read; a server in trouble is left alone."""
ANSWERED = [401, 403, 404, 410]
"""Statuses that say something about the key, the listing or the review."""
DRY = 10
"""Reviews that a dry look asks for."""

Record = Mention | Watch | Request


class ReviewApi(Protocol):
    """What a spider knows of its API."""

    name: str
    title: str
    """The API's name, for people."""
    context: Context
    crawler: Crawler
    renewable: bool
    """Whether a 401 may mean a token that has ended, so that a new one is worth a try."""
    refusals: frozenset[int]
    """Statuses that mean that the key itself is refused."""

    async def authorize(self, *, renew: bool) -> Mapping[str, str]:
        """Headers that let us in. Raises `SourceError` where there is no key."""

    def read_page(self, answer: object, walk: Walk, url: str) -> Page | None:
        """Read the answer for one page; None for something else."""

    def parse_review(self, row: object, walk: Walk) -> list[Mention]:
        """A review and the company's reply; empty for what is none."""

    def find_moment(self, row: object) -> str | None:
        """The time that the listing is sorted by."""

    def item_url(self, external_id: str, walk: Walk) -> str:
        """Where one review is asked for by itself."""

    def skip(self, url: str) -> str | None:
        """The page after one that could not be read; None where only that one knows."""

    def refuse(self, status: int, answer: object) -> str:
        """Words for a key that is refused: the variable, and the way out."""

    def explain_listing(self, status: int, answer: object, walk: Walk) -> str:
        """Words for a listing that is refused while the key is good."""


class Walker:
    """Reads the listings of one spider."""

    def __init__(self, api: ReviewApi) -> None:
        self.api = api

    async def begin(self, walk: Walk) -> AsyncIterator[Request]:
        """Ask for a listing's first page."""
        yield await self.ask(walk.url, walk)

    async def ask(self, url: str, walk: Walk, *, renew: bool = False, item: str = "") -> Request:
        """The request for a page, or for one review by its id. API clients keep to the API's terms, not to robots.txt."""
        return Request(
            url,
            headers=dict(await self.api.authorize(renew=renew)),
            callback=self.parse_item if item else self.parse,
            errback=self.note_item_failure if item else self.parse_failure,
            cb_kwargs={"walk": walk, "renewed": renew} | ({"item": item} if item else {}),
            # A redirect would carry the key elsewhere.
            meta={EXEMPT: True, "dont_redirect": True, "handle_httpstatus_list": ANSWERED},
            dont_filter=True,
        )

    async def parse(self, response: Response, walk: Walk, renewed: bool) -> AsyncIterator[Record]:
        """Yield a page's reviews, then the next page or what was covered."""
        answer = read_json(response.body)
        if again := await self.ask_again(response, answer, walk, renewed):
            yield again
            return
        if response.status != 200:
            note_error(self.api.crawler, self.api.explain_listing(response.status, answer, walk))
            walk.fail()
            async for record in self.finish(walk):
                yield record
            return
        page = self.api.read_page(answer, walk, response.url)
        if page is None:
            words = f"{bare(response.url)}: is no answer of {self.api.title}; tried again at the next crawl"
            note_error(self.api.crawler, words)
            async for record in self.pass_over(response.url, walk):
                yield record
            return
        for mention in self.take(page, walk):
            yield mention
        async for record in self.go_on(page, walk):
            yield record

    def take(self, page: Page, walk: Walk) -> list[Mention]:
        """The mentions of a page; a row that is no review costs itself."""
        mentions = []
        for row in page.rows:
            found = self.api.parse_review(row, walk)
            mentions += found
            if not found:
                note_drop(self.api.crawler, "not a review", f"{self.api.name} {row!r:.80}")
        walk.take(mentions, [moment for row in page.rows if (moment := self.api.find_moment(row))])
        return mentions

    async def go_on(self, page: Page, walk: Walk) -> AsyncIterator[Record]:
        """What follows a page that could be read."""
        if self.api.context.dry:
            return
        if page.following and walk.stale >= MOST_STALE:
            note_error(self.api.crawler, f"{bare(walk.url)}: gives the same reviews on page after page; check `url`")
            walk.failed = True
        elif page.following and not walk.is_old:
            yield await self.ask(page.following, walk)
            return
        async for record in self.finish(walk):
            yield record

    async def pass_over(self, url: str, walk: Walk) -> AsyncIterator[Record]:
        """What follows a page that could not be read: the one after it, or the end."""
        walk.fail()
        following = self.api.skip(url) if walk.broken < MOST_BROKEN and not self.api.context.dry else None
        if following:
            yield await self.ask(following, walk)
            return
        async for record in self.finish(walk):
            yield record

    async def parse_failure(self, failure: Failure) -> AsyncIterator[Record]:
        """Say which page could not be had. A server that wants to be left alone is."""
        request = request_of(failure)
        walk: Walk = request.cb_kwargs["walk"]
        note_error(self.api.crawler, explain(failure))
        if is_throttle(failure):
            walk.broken = MOST_BROKEN
        async for record in self.pass_over(request.url, walk):
            yield record

    async def ask_again(self, response: Response, answer: object, walk: Walk, renewed: bool, item: str = "") -> Request | None:
        """The same request with a new token, once, after a 401. Raises `SourceError` for a key that is refused."""
        if response.status == 401 and self.api.renewable and not renewed:
            return await self.ask(response.url, walk, renew=True, item=item)
        if response.status in self.api.refusals:
            raise SourceError(self.api.refuse(response.status, answer))
        return None

    async def finish(self, walk: Walk) -> AsyncIterator[Record]:
        """Say what was covered; then ask for what is stored from that time and did not turn up."""
        if self.api.context.dry:
            return
        for watch in find_watches(walk, self.api.name):
            yield watch
        if walk.failed:
            return
        known = {external_id for site, external_id in self.api.context.known(walk.floor) if site == walk.site}
        for external_id in sorted(known):
            review = external_id.removesuffix(REPLY)
            if external_id != review and review in walk.seen and external_id not in walk.seen:
                yield make_tombstone(self.api.name, walk, external_id)
        missing = sorted(external_id for external_id in known - walk.seen if not external_id.endswith(REPLY))
        for external_id in missing[:MOST_CONFIRMED]:
            yield await self.ask(self.api.item_url(external_id, walk), walk, item=external_id)

    async def parse_item(self, response: Response, walk: Walk, renewed: bool, item: str) -> AsyncIterator[Record]:
        """Yield one review as it is now, or the tombstones of it and of its reply."""
        answer = read_json(response.body)
        if again := await self.ask_again(response, answer, walk, renewed, item):
            yield again
        elif response.status in (404, 410):
            yield make_tombstone(self.api.name, walk, item)
            known = self.api.context.known(walk.floor)
            if (walk.site, item + REPLY) in known:
                yield make_tombstone(self.api.name, walk, item + REPLY)
        elif response.status == 200:
            row = answer.get("data", answer) if isinstance(answer, dict) else answer
            for mention in self.api.parse_review(row, walk):
                if mention.external_id.removesuffix(REPLY) == item:
                    yield mention
        else:
            note_error(self.api.crawler, self.api.explain_listing(response.status, answer, walk))

    def note_item_failure(self, failure: Failure) -> None:
        """Say that one review could not be looked after; the next crawl asks again."""
        note_error(self.api.crawler, explain(failure))


def is_throttle(failure: Failure) -> bool:
    """Whether the server said that it is asked too often."""
    return isinstance(failure.value, HttpError) and failure.value.response.status == 429


def explain_status(status: int) -> str:
    """What a status of a listing means, where the API's own words say no more."""
    return f"{STATUS_WORDS.get(status, 'was refused by the server')} (HTTP {status})"


def bare(url: str) -> str:
    """An address without its question, which may be long."""
    return urlsplit(url)._replace(query="", fragment="").geturl()
