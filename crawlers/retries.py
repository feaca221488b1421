"""Trying again: not at once, and as late as the server asks."""

from __future__ import annotations

import asyncio
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawlers import pacing
from crawlers.failures import is_stopping

LONGEST_WAIT = 60.0
"""Seconds. A server that wants a longer pause is left alone until the next crawl."""
FIRST_WAIT = 0.5
"""Seconds before the second try where the server names none; doubled for the third."""

LOOK = 0.5
"""Seconds between two looks whether the crawl is being ended."""


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retries, with `Retry-After` (RFC 9110, 10.2.3) and growing pauses."""

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Wait, then hand out the request again; give up on a server that asks for a long pause."""
        if request.meta.get("dont_retry") or response.status not in self.retry_http_codes:
            return response
        wait = self.wait_for(request, response)
        asked_too_often = response.status == 429
        if wait > (pacing.LONGEST_WAIT if asked_too_often else LONGEST_WAIT):
            return response
        if asked_too_often:
            # The others that wait for this host would be told the same.
            pacing.hold_host(self.crawler, request.url, wait)
        again = super().process_response(request, response)
        if isinstance(again, Request):
            while wait > 0 and not is_stopping(self.crawler):
                await asyncio.sleep(min(wait, LOOK))
                wait -= LOOK
        return response if is_stopping(self.crawler) else again

    def wait_for(self, request: Request, response: Response) -> float:
        """Seconds until the next try."""
        asked, date = ((response.headers.get(name) or b"").decode("latin-1") for name in ("Retry-After", "Date"))
        wait = retry_after(asked, date)
        return float(FIRST_WAIT * 2 ** request.meta.get("retry_times", 0)) if wait is None else wait


def retry_after(asked: str, date: str) -> float | None:
    """Seconds that a `Retry-After` asks for, as a number or as a time by the server's own clock; None where it says nothing."""
    if asked.strip().isdigit():
        return float(asked)
    try:
        until, now = parsedate_to_datetime(asked), parsedate_to_datetime(date)
        return max((until - now).total_seconds(), 0.0)
    except (ValueError, TypeError):
        # Not a date, or one without a zone beside one with it.
        return None
