"""The one door out of a crawl: what leaves waits for its host and counts against the budget, what comes in is bounded."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientProtocol
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import _HTTP11ClientFactory

from crawlers.budget import spend_request
from crawlers.context import context_of
from crawlers.hosts import host_of
from crawlers.pacing import heed_headers, wait_turn

HEAD_BYTES = 256 * 1024
"""Twisted bounds the length of a header line, but not how many there are: a server could fill the memory with them."""
MOST_ENCODINGS = 2
"""A body may unpack to itself for ever, one layer after the other; honest servers pack once."""


class HeadTooLong(Exception):
    """An answer's headers do not end."""


class PoliteHandler(HTTP11DownloadHandler):
    """Scrapy's download handler, behind the pauses that hosts ask for and the source's budget.

    It stands behind the downloader's queues, and not among the middlewares in front of them: requests that wait in a queue
    when their host asks for a pause must heed it too.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory
        self._turns: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def download_request(self, request: Request) -> Response:
        """Send one request when it may leave, and heed what the answer's headers ask for."""
        # Without a delay Scrapy 2.19 lets all that waits go at once: it counts a request as under way a moment too late.
        async with self._turns[host_of(request.url)]:
            await wait_turn(self._crawler, request.url)
            spend_request(self._crawler)
            try:
                response = await super().download_request(request)
            except Exception as error:
                if is_head_too_long(error):
                    raise IgnoreRequest(f"sends headers without end: over {HEAD_BYTES // 1024} KiB") from error
                raise
            heed_headers(self._crawler, response, context_of(self._crawler).now)
        refuse_layers(response)
        return response


def refuse_layers(response: Response) -> None:
    """Raise `IgnoreRequest` for a body that is packed again and again."""
    layers = [name for value in response.headers.getlist("Content-Encoding") for name in value.split(b",") if name.strip()]
    if len(layers) > MOST_ENCODINGS:
        raise IgnoreRequest(f"is packed {len(layers)} times over, which no honest server does")


def is_head_too_long(error: BaseException) -> bool:
    """Whether a failed download is one of ours: Twisted and Scrapy wrap what a protocol raised."""
    reasons = getattr(error, "reasons", None) or [*getattr(error.__cause__, "reasons", ())]
    causes = [reason.value for reason in reasons if isinstance(reason, Failure)]
    return isinstance(error, HeadTooLong) or any(isinstance(cause, HeadTooLong) for cause in causes)


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's client protocol, with an end to headers."""

    head = 0

    def request(self, request: Any) -> Any:
        """Begin to count anew: a connection serves several requests."""
        self.head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        """Take in bytes, until there are too many of them before the body."""
        parser = self._parser
        if parser is not None and parser.state in (STATUS, HEADER):
            self.head += len(data)
            if self.head > HEAD_BYTES:
                self._giveUp(Failure(HeadTooLong()))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class BoundedFactory(_HTTP11ClientFactory):
    """Builds these protocols."""

    noisy = False

    def buildProtocol(self, addr: object) -> BoundedProtocol:
        """One protocol a connection."""
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
