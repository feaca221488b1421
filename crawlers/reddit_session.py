"""The connection that PRAW speaks through: counted, bounded in size and time, and closed where we may not ask."""

from __future__ import annotations

import time
from typing import Any

import requests
from requests.exceptions import ChunkedEncodingError, ReadTimeout
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError, ReadTimeoutError

from crawlers.pacing import pause_words, to_number
from crawlers.retries import retry_after

MOST_BYTES = 8 * 1024 * 1024
"""Unpacked. The largest answers of Reddit, whole threads, are under two."""
MOST_SECONDS = 60.0
"""For one answer, however slowly it drips."""
LONGEST_WAIT = 600.0
"""Seconds: the window of Reddit's rate limit. PRAW sleeps until it ends; more than that is left to the next crawl."""
CHUNK = 64 * 1024
RATES = ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset")


class OutOfTurn(RuntimeError):
    """A request was not made: we must not ask now. The words say why."""


class Spent(OutOfTurn):
    """The day's budget of requests is used up."""


class Session(requests.Session):
    """A session that counts what it asks and what it is answered."""

    def __init__(self, left: int | None) -> None:
        """`left`: how many requests may be made; None for any number."""
        super().__init__()
        self.left = left
        self.requests = 0
        self.bytes = 0
        """As they came over the wire, packed."""
        self.closed_until = 0.0

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Make one request. Raises `OutOfTurn` where it may not be made, and what `requests` raises for a broken connection."""
        if self.left is not None and self.requests >= self.left:
            raise Spent("the budget of requests a day is used up")
        if (wait := self.closed_until - time.monotonic()) > 0:
            raise OutOfTurn(f"Reddit wants no more requests for {pause_words(wait)}; crawl less often")
        self.requests += 1
        response = super().send(request, **kwargs | {"stream": True})
        self.receive(response)
        self.heed(response.headers)
        return response

    def receive(self, response: requests.Response) -> None:
        """Read the body. Raises `ReadTimeout` or `ChunkedEncodingError` for one that does not end."""
        until = time.monotonic() + MOST_SECONDS
        chunks: list[bytes] = []
        size = 0
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                chunks.append(chunk)
                size += len(chunk)
                if size > MOST_BYTES:
                    raise OutOfTurn(f"the answer is too big: over {MOST_BYTES // 1024**2} MB, which none of Reddit should be")
                if time.monotonic() > until:
                    raise ReadTimeout(f"the answer took over {MOST_SECONDS:.0f} seconds")
        except ReadTimeoutError as error:
            raise ReadTimeout(error) from error
        except HTTPError as error:
            raise ChunkedEncodingError(error) from error
        finally:
            self.bytes += response.raw.tell()
            response.close()
        # As requests does itself once a body is read.
        response._content = b"".join(chunks)
        response._content_consumed = True

    def heed(self, headers: CaseInsensitiveDict[str]) -> None:
        """Put Reddit's headers as PRAW can read them: it stumbles over what is no number, and sleeps for however long."""
        if "retry-after" in headers:
            wait = retry_after(headers["retry-after"], headers.get("date", ""))
            headers["retry-after"] = "" if wait is None else str(wait)
        told = [to_number(headers.get(name)) for name in RATES]
        for name in RATES:
            headers.pop(name, None)
        remaining, used, reset = told
        if remaining is None or used is None or reset is None:
            return
        if remaining < 1 and reset > LONGEST_WAIT:
            self.closed_until = time.monotonic() + reset
            return
        headers.update({RATES[0]: str(max(remaining, 0)), RATES[1]: str(int(used)), RATES[2]: str(int(max(reset, 0)))})
