"""What a spider may know of the world around it, and how it says what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from scrapy.crawler import Crawler

from config import Config

logger = logging.getLogger(__name__)

ERRORS = "repute/errors"
"""Crawl statistic: how often something of the source could not be read."""
FIRST_ERROR = "repute/error"
"""Crawl statistic: the first of these errors, in words."""
DROPPED = "repute/dropped/"
"""Prefix of the crawl statistics that count what was left out, by reason."""

REQUESTS = "repute/requests"
"""Crawl statistic: requests that a spider makes by itself, past Scrapy."""


class SourceError(RuntimeError):
    """A whole source cannot be read: what, which value, and the way out. The crawl ends as failed with these words."""


class FindGaps(Protocol):
    """The parts of [since, until) on a site, as (since, until) pairs, that no complete watch covers yet."""

    def __call__(self, *, site: str, since: str, until: str, brand: str = "", query: str = "") -> list[tuple[str, str]]: ...


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything that a spider may know. Times are UTC ISO 8601."""

    config: Config
    options: Mapping[str, object]
    """The table `[sources.NAME]`, already checked by the spider's `check_options`."""
    now: str
    since: str | None
    """What `--since` says: read again from there, whatever was covered already."""
    dry: bool
    """Nothing is stored: a look at the source is enough."""
    cursors: Callable[[str, str], str | None]
    """`cursors(site, name)`: where the source stopped, or None at its first crawl."""
    gaps: FindGaps
    known: Callable[[str], list[tuple[str, str]]]
    """`known(since)`: (site, external id) of what is stored of the source, published since then, not removed, newest first."""

    @property
    def horizon(self) -> str:
        """How far back a first crawl reaches."""
        return shift(self.now, timedelta(days=-self.config.backfill_days))

    @property
    def start(self) -> str:
        """From where a spider that has no cursor reads: `--since`, else the horizon."""
        return self.since or self.horizon


def context_of(crawler: Crawler) -> Context:
    """The context that a crawl's spider was made with."""
    context: Context = crawler.spider.context  # type: ignore[union-attr]
    return context


def shift(moment: str, by: timedelta) -> str:
    """Move a UTC ISO 8601 time."""
    return to_iso(datetime.fromisoformat(moment) + by)


def to_iso(moment: datetime) -> str:
    """Write an aware time as the store does: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def note_error(crawler: Crawler, words: str) -> None:
    """Count and log that a part of the source (a feed, a page, a window) could not be read; the rest goes on."""
    crawler.stats.inc_value(ERRORS)
    if crawler.stats.get_value(FIRST_ERROR) is None:
        crawler.stats.set_value(FIRST_ERROR, words)
    logger.error("%s", words)


def note_drop(crawler: Crawler, reason: str, item: str) -> None:
    """Count and log that one bad item was left out."""
    crawler.stats.inc_value(DROPPED + reason)
    logger.warning("%s left out: %s", item, reason)
