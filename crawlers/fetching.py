"""Asking for one more address in the middle of a callback, where what is asked next hangs on the answers so far."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawlers.failures import explain_error, is_stopping


class FetchError(RuntimeError):
    """An address could not be read; the words say why and what to do, without the address."""

    def __init__(self, words: str, response: Response | None = None) -> None:
        super().__init__(words)
        self.response = response
        """The answer where there was one: its body may say more."""

    @property
    def status(self) -> int | None:
        """The HTTP status where there was an answer."""
        return self.response.status if self.response is not None else None


async def fetch(crawler: Crawler, request: Request) -> Response:
    """The answer to one request, which goes through all middlewares of the downloader. Raises `FetchError`."""
    if is_stopping(crawler):
        raise FetchError("was not read: the crawl was ended before")
    try:
        response = await crawler.engine.download_async(request)
    # Whatever goes wrong on the way costs this address only, and its reason is told.
    except Exception as error:
        raise FetchError(explain_error(error)) from error
    if not 200 <= response.status < 300:
        raise FetchError(explain_error(HttpError(response)), response)
    return response
