"""Asking the YouTube Data API within the day's units, and what its refusals mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from crawlers.context import Context, SourceError
from crawlers.failures import STATUS_WORDS, explain_error, is_stopping
from crawlers.fields import read_json, table, whole
from crawlers.robots import EXEMPT
from crawlers.youtube_items import SITE, read_reasons
from store.records import Cursor

URL = "https://www.googleapis.com/youtube/v3"
KEY = "REPUTE_YOUTUBE_API_KEY"
UNITS = "units"
"""Cursor: what the day has cost so far."""
UNITS_A_DAY = 10_000
"""What Google gives a project (https://developers.google.com/youtube/v3/determine_quota_cost)."""
COSTS: Mapping[str, int] = {"search": 100}
"""Units by method; the others cost one."""
PACIFIC = ZoneInfo("America/Los_Angeles")
"""Where Google's days begin."""
TRIES = 2
"""Askings of what came back as no answer at all."""

BAD_KEY = frozenset(
    {
        "keyInvalid",
        "keyExpired",
        "accessNotConfigured",
        "ipRefererBlocked",
        "authError",
        "API_KEY_INVALID",
        "API_KEY_EXPIRED",
        "API_KEY_SERVICE_BLOCKED",
        "API_KEY_IP_ADDRESS_BLOCKED",
        "API_KEY_HTTP_REFERRER_BLOCKED",
        "SERVICE_DISABLED",
        "UNAUTHENTICATED",
    }
)
NO_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"})
WORDS: Mapping[str, str] = {
    "commentsDisabled": "has its comments turned off",
    "videoNotFound": "is not there, or private; check its id",
    "channelNotFound": "is not there; check its id, which begins with UC",
    "commentNotFound": "is not there",
    "forbidden": "is closed to us",
    "processingFailure": "could not be read by YouTube itself; tried again at the next crawl",
}


class Refused(RuntimeError):
    """One question that got no answer: why, in words, and by Google's reasons."""

    def __init__(self, words: str, reasons: frozenset[str] = frozenset()) -> None:
        self.reasons = reasons
        super().__init__(words)


class Spent(RuntimeError):
    """Nothing more can be asked in this crawl."""


class Api:
    """The API as one crawl may use it: with the user's key, never beyond the day's units."""

    def __init__(self, crawler: Crawler, context: Context) -> None:
        """Raises `SourceError` where there is no key."""
        self.crawler = crawler
        self.key = context.config.secrets.get("youtube_api_key", "").strip()
        if not self.key:
            cure = "get a key at https://console.cloud.google.com/apis/credentials and set the variable to it"
            raise SourceError(f"youtube: {KEY} is not set; {cure}")
        self.base = str(context.options.get("url") or URL).rstrip("/")
        self.limit = whole(context.options.get("units_a_day")) or UNITS_A_DAY
        self.day = datetime.fromisoformat(context.now).astimezone(PACIFIC).date().isoformat()
        account = table(read_json((context.cursors(SITE, UNITS) or "{}").encode()))
        self.closed = ""
        """Why Google lets us ask nothing more, in words."""
        self.used = (whole(account.get("used")) or 0) if account.get("day") == self.day else 0

    def account(self) -> Cursor:
        """What the day has cost so far, to be saved."""
        value = json.dumps({"day": self.day, "used": self.used})
        return Cursor(source="youtube", site=SITE, name=UNITS, value=value)

    async def ask(self, method: str, **question: str | int) -> Mapping[str, Any]:
        """The answer of one method, such as `commentThreads`.

        Raises `Refused` where there is none to this question, `Spent` where none will come to any other in this crawl either,
        `SourceError` for a key that is not accepted.
        """
        for _ in range(TRIES):
            body = await self.fetch(method, question)
            answer = read_json(body)
            if isinstance(answer, dict) and "error" not in answer:
                return answer
        raise Refused("got no answer of the YouTube Data API; check `url`")

    async def fetch(self, method: str, question: Mapping[str, str | int]) -> bytes:
        """The body of an answer with status 200. An API client keeps to the API's terms: robots.txt is for crawlers."""
        self.pay(COSTS.get(method, 1))
        # A token of a damaged answer may hold half a letter (a lone surrogate), which no address can.
        asked = urlencode({name: value for name, value in question.items() if value != ""}, errors="replace")
        # In the address the key would be written into logs, ours and others'.
        request = Request(
            f"{self.base}/{method}?{asked}",
            headers={"X-goog-api-key": self.key},
            callback=NO_CALLBACK,
            meta={EXEMPT: True, "dont_redirect": True},
            dont_filter=True,
        )
        try:
            response = await self.crawler.engine.download_async(request)
        # Whatever happens on the way costs this question only, and is told.
        except Exception as error:
            raise Refused(explain_error(error)) from error
        sent = response.request or request
        self.used += COSTS.get(method, 1) * int(sent.meta.get("retry_times", 0))
        if response.status != 200:
            self.refuse(response.status, read_reasons(response.body))
        return response.body

    def pay(self, units: int) -> None:
        """Count what is asked before it is. Raises `Spent` where it would pass the day's units, or the crawl is being ended."""
        if is_stopping(self.crawler):
            raise Spent("youtube: the crawl was ended before")
        if self.closed:
            raise Spent(self.closed)
        if self.used + units > self.limit:
            cure = "the rest is read after midnight Pacific time; crawl more rarely, or raise units_a_day if Google gives more"
            raise Spent(f"youtube: {self.used} of {self.limit} units of the day are used; {cure}")
        self.used += units

    def refuse(self, status: int, reasons: frozenset[str]) -> None:
        """Raise what a refusal means: the end of the source, of this crawl, or of this question."""
        said = ", ".join(sorted(reasons)) or f"HTTP {status}"
        if reasons & NO_QUOTA:
            self.used = max(self.used, self.limit)
            raise Spent(
                f"youtube: Google says that the day's units are used up ({said}); the rest is read tomorrow, Pacific time"
            )
        if reasons & TOO_FAST or status == 429:
            raise Spent(f"youtube: was asked too fast ({said}); the rest is read at the next crawl")
        if reasons & BAD_KEY or status == 401:
            cure = "check it at https://console.cloud.google.com/apis/credentials, and that the YouTube Data API v3 is enabled"
            raise SourceError(f"youtube: the key in {KEY} is refused ({said}); {cure}")
        known = next((WORDS[reason] for reason in sorted(reasons) if reason in WORDS), None)
        usual = "failed at the server; tried again at the next crawl" if status >= 500 else "was refused by the server"
        raise Refused(f"{known or STATUS_WORDS.get(status, usual)} ({said})", reasons)
