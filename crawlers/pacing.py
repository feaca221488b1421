"""A host that has said when it wants to be asked again: until then nothing is asked of it."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.failures import is_stopping
from crawlers.hosts import host_of

HELD = "repute/held"
"""Crawl statistic: host -> the monotonic time before which it is left alone."""
LONGEST_WAIT = 360.0
"""Seconds. The usual window of a rate limit is five minutes; a host that wants more is left to the next crawl."""
UNTOLD_WAIT = 60.0
"""Seconds that a host is left alone whose limit is used up and who does not say until when."""
LOOK = 0.5
"""Seconds between two looks whether the crawl is being ended."""
REMAINING = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")
RESET = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset", "x-ratelimit-reset-after")
HEEDED = frozenset(name.title().encode() for name in ("retry-after", "ratelimit", *REMAINING))
"""Headers that may ask for a pause, as Scrapy writes their names."""
EPOCH = 1e9
"""A reset as large as this is a moment (seconds since 1970), not a number of seconds to wait; in milliseconds from 1e12."""


def hold_host(crawler: Crawler, url: str, seconds: float) -> None:
    """Ask nothing of a URL's host for so long: a `backoff` in an answer, a rate limit that is used up."""
    held: dict[tuple[str, int], float] = crawler.stats.get_value(HELD) or {}
    host = host_of(url)
    held[host] = max(held.get(host, 0.0), time.monotonic() + seconds)
    crawler.stats.set_value(HELD, held)


def held_for(crawler: Crawler, url: str) -> float:
    """Seconds until a URL's host may be asked again; 0 when it may be now."""
    held: dict[tuple[str, int], float] = crawler.stats.get_value(HELD) or {}
    return max(held.get(host_of(url), 0.0) - time.monotonic(), 0.0)


async def wait_turn(crawler: Crawler, url: str) -> None:
    """Wait until a URL's host may be asked.

    Raises `IgnoreRequest`, with words for the user, when that takes too long or the crawl is ended meanwhile.
    """
    while (wait := held_for(crawler, url)) > 0 or is_stopping(crawler):
        if is_stopping(crawler):
            raise IgnoreRequest("was not read: the crawl was ended before")
        if wait > LONGEST_WAIT:
            raise IgnoreRequest(
                f"was not read: {host_of(url)[0]} wants no more requests for {pause_words(wait)}; "
                "the next crawl goes on, crawl this source more rarely if that happens often"
            )
        await asyncio.sleep(min(wait, LOOK))


def pause_words(seconds: float) -> str:
    """A length of time in words."""
    for size, name in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"


def heed_headers(crawler: Crawler, response: Response, now: str) -> None:
    """Hold the host of an answer whose headers ask for it. `now` stands in for a clock that the server does not show."""
    if HEEDED.isdisjoint(response.headers):
        # As most answers: to read the others' dates would take longer than anything else here.
        return
    headers = {str(name).lower(): str(value) for name, value in response.headers.to_unicode_dict().items()}
    pause = read_pause(headers, now)
    if response.status in (500, 502, 503, 504) and pause is not None and pause > LONGEST_WAIT:
        # One page that is out of order for a day closes no host; the retries leave that page alone.
        return
    if pause:
        hold_host(crawler, response.url, pause)


def read_pause(headers: Mapping[str, str], now: str) -> float | None:
    """Seconds that an answer's headers (lower case) ask for before the next request; None where they ask for nothing.

    `Retry-After` is RFC 9110, 10.2.3; `RateLimit` the IETF's draft-ietf-httpapi-ratelimit-headers, old and new form; the
    `X-` headers are the vendors': seconds to wait (Reddit, Discourse), seconds since 1970 (Bluesky) or a date (Mastodon).
    """
    clock = read_date(headers.get("date", "")) or datetime.fromisoformat(now)
    pauses = [read_reset(headers["retry-after"], clock)] if "retry-after" in headers else []
    remaining = first_number(headers, REMAINING)
    if remaining is not None and remaining < 1:
        told = next((headers[name] for name in RESET if name in headers), "")
        wait = read_reset(told, clock)
        pauses.append(UNTOLD_WAIT if wait is None else wait)
    pauses += read_draft(headers.get("ratelimit", ""))
    return max((pause for pause in pauses if pause is not None), default=None)


def read_draft(value: str) -> list[float]:
    """The pauses that a `RateLimit` header asks for: `limit=9, remaining=0, reset=5`, or `"name";r=0;t=5` a policy."""
    pauses = []
    for policy in value.split(",") if ";" in value else [value.replace(",", ";")]:
        fields = dict(re.findall(r"(?:^|;)\s*(\w+)\s*=\s*([\d.]+)", policy))
        remaining = to_number(fields.get("r") or fields.get("remaining"))
        wait = to_number(fields.get("t") or fields.get("reset"))
        if remaining is not None and remaining < 1:
            pauses.append(UNTOLD_WAIT if wait is None else wait)
    return pauses


def read_reset(value: str, clock: datetime) -> float | None:
    """Seconds until a reset, that is given as seconds, as a moment since 1970 or as a date, by the server's clock."""
    number = to_number(value)
    if number is None:
        date = read_date(value)
        return None if date is None else max((date - clock).total_seconds(), 0.0)
    if number >= EPOCH:
        moment = number / 1000 if number >= 1000 * EPOCH else number
        return max(moment - clock.timestamp(), 0.0)
    return max(number, 0.0)


def read_date(value: str) -> datetime | None:
    """A date as in HTTP or as in ISO 8601, aware; None for anything else."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            date = read(value.strip())
        except (ValueError, TypeError, OverflowError):
            continue
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    return None


def first_number(headers: Mapping[str, str], names: tuple[str, ...]) -> float | None:
    """The first of these headers that is there, as a number."""
    return next((to_number(headers[name]) for name in names if name in headers), None)


def to_number(value: str | None) -> float | None:
    """A finite number, or None."""
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
