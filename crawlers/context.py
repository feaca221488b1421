"""What a spider may know of the world around it, and how it says what went wrong."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from config import Config

if TYPE_CHECKING:
    # Scrapy takes half a second to import, which the second process of a crawl does not need.
    from scrapy.crawler import Crawler

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
    requests_left: int | None = None
    """What the day's budget leaves to this crawl; None without one."""
    find_robots: Callable[[str], str | None] = lambda origin: None
    """`find_robots(origin)`: the text of its robots.txt as read within a day, empty where it has none; None if unknown."""
    keep_robots: Callable[[str, str], None] = lambda origin, text: None
    """`keep_robots(origin, text)`: keep it for a day."""

    @property
    def horizon(self) -> str:
        """How far back a first crawl reaches; never to what would be erased at once."""
        days = min(self.config.backfill_days, self.config.retention_days or self.config.backfill_days)
        return shift(self.now, timedelta(days=-days))

    @property
    def kept_since(self) -> str:
        """What was published before is erased by `retention`, so it is not stored; empty where all is kept."""
        return find_kept_since(self.config, self.now)

    @property
    def refresh(self) -> str:
        """From where what is known is read again, for edits, scores, replies and deletions; never before the horizon."""
        return max(shift(self.now, timedelta(days=-self.config.refresh_days)), self.horizon)

    @property
    def start(self) -> str:
        """From where a spider that has no cursor reads: `--since`, else the horizon."""
        return self.since or self.horizon


def context_of(crawler: Crawler) -> Context:
    """The context that a crawl's spider was made with."""
    context: Context = crawler.spider.context  # type: ignore[union-attr]
    return context


def find_kept_since(config: Config, now: str) -> str:
    """The time before which `retention` erases what was published; empty where all is kept."""
    return shift(now, timedelta(days=-config.retention_days)) if config.retention_days else ""


def fingerprint(config: Config) -> str:
    """What the brands listen for, in a few letters: a past that was read with other queries must be read again."""
    said = json.dumps([(brand.id, brand.query, brand.accounts) for brand in config.brands])
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def shift(moment: str, by: timedelta) -> str:
    """Move a UTC ISO 8601 time."""
    return to_iso(datetime.fromisoformat(moment) + by)


def to_iso(moment: datetime) -> str:
    """Write an aware time as the store does: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


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
