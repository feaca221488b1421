"""What went wrong in fetching, in words for the user; and how a failure of the whole source ends the crawl."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, exceptions
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.context import FIRST_ERROR, SourceError, note_error

FAILED = "repute/failed"
"""Crawl statistic: why the whole source cannot be read, in words."""

STOPPING: set[asyncio.Future[None]] = set()
"""Keeps the tasks that close a spider: asyncio itself does not."""

ENDING = "repute/ending"
"""Crawl statistic: the crawl is being closed by ourselves."""

STATUS_WORDS = {
    401: "wants a login",
    403: "is refused to us",
    404: "is not there; check the address",
    410: "is gone; check the address",
    429: "was asked for too often; crawl this source more rarely",
}


def explain(failure: Failure) -> str:
    """Say in one line which address could not be read, why, and what to do. For the errback of a request.

    The address is the one that was asked for, wherever it redirected.
    """
    assert failure.value is not None
    request = request_of(failure)
    asked = request.meta.get("redirect_urls", [request.url])[0]
    return f"{asked}: {explain_error(failure.value)}"


def request_of(failure: Failure) -> Request:
    """The request that failed; Scrapy hangs it on the failure."""
    request: Request = failure.request  # type: ignore[attr-defined]
    return request


def explain_error(error: BaseException) -> str:
    """The reason alone."""
    if isinstance(error, HttpError):
        status = error.response.status
        usual = "failed at the server; tried again at the next crawl" if status >= 500 else "was refused by the server"
        return f"{STATUS_WORDS.get(status, usual)} (HTTP {status})"
    if isinstance(error, exceptions.IgnoreRequest):
        if "max redirections" in str(error):
            return "redirects without end; give the address where the page really is"
        return "is too big once unpacked" if "DOWNLOAD_MAXSIZE" in str(error) else str(error)
    if isinstance(error, exceptions.DownloadCancelledError):
        return "is too big: over 8 MB, which no page or feed should be"
    return f"{network_words(error)} ({type(error).__name__})"


def network_words(error: BaseException) -> str:
    """What happened between us and the server."""
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (exceptions.CannotResolveHostError, "no such host; check the address and the network"),
        (exceptions.DownloadConnectionRefusedError, "the server refuses connections; check the address, or wait till it is up"),
        (exceptions.DownloadTimeoutError, "the server does not answer in time"),
        (exceptions.UnsupportedURLSchemeError, "only http:// and https:// can be read"),
    )
    usual = "the connection failed; tried again at the next crawl"
    return next((words for kind, words in kinds if isinstance(error, kind)), usual)


class FailureMiddleware:
    """Turns a `SourceError` out of a spider into the end of the crawl, without a traceback: it is no bug."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FailureMiddleware:
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass on what `Spider.start` yields, until it fails."""
        try:
            async for item in start:
                yield item
        except SourceError as error:
            end_crawl(self.crawler, str(error))

    def process_spider_exception(self, response: Response, exception: Exception) -> list[Any] | None:
        """The same for callbacks; other exceptions are bugs and go on."""
        if not isinstance(exception, SourceError):
            return None
        end_crawl(self.crawler, str(exception))
        return []


def end_crawl(crawler: Crawler, words: str) -> None:
    """End the crawl as failed; what was collected is kept."""
    if crawler.stats.get_value(FAILED) is not None:
        return
    crawler.stats.set_value(FAILED, words)
    if crawler.stats.get_value(FIRST_ERROR) != words:
        note_error(crawler, words)
    stop_soon(crawler, "failed")


def stop_soon(crawler: Crawler, reason: str) -> None:
    """Close the spider once the code that runs now has returned."""
    crawler.stats.set_value(ENDING, True)
    if crawler.engine.spider is not None:
        task = asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason))
        STOPPING.add(task)
        task.add_done_callback(STOPPING.discard)


def is_stopping(crawler: Crawler) -> bool:
    """Whether a crawl has been told to end, by a signal or by ourselves."""
    return not crawler.crawling or bool(crawler.stats.get_value(ENDING))


def release_waiting(crawler: Crawler) -> None:
    """Fail the requests that wait for their host's turn: Scrapy would still make them, and a Crawl-delay may be minutes."""
    for slot in crawler.engine.downloader.slots.values():
        while slot.queue:
            _, waiting = slot.queue.popleft()
            error = exceptions.IgnoreRequest("was not read: the crawl was ended before")
            waiting.errback(Failure(error))  # type: ignore[no-untyped-call]


def finish_closing(crawler: Crawler) -> None:
    """Let a spider close whose items are all processed.

    Scrapy's scraper looks for that when it has read an answer. A spider that yields items from `start` may be told to close
    while the last of them is on its way, and no answer comes after it: the crawl would wait for ever.
    """
    slot = crawler.engine.scraper.slot
    if slot is not None and slot.closing is not None and not slot.closing.called and slot.is_idle():
        assert crawler.spider is not None
        slot.closing.callback(crawler.spider)
