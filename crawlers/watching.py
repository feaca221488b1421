"""A crawl while it runs: its progress, and its quick end when it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

from crawlers.budget import count_requests
from crawlers.failures import finish_closing, is_stopping, release_waiting
from crawlers.intake import NEW
from crawlers.pipelines import ITEMS

Progress = Callable[[int, int, int], None]
"""Called with requests, mentions seen and mentions new so far."""

SECONDS = 0.5
KEPT_EVERY = 10
"""Looks between two storings of the count."""


class Watcher:
    """Looks at a crawl twice a second from its opening to its close."""

    def __init__(self, crawler: Crawler, progress: Progress | None, keep: Callable[[int], None] | None = None) -> None:
        """`keep` stores the count of requests: a crawl that is killed has made them all the same."""
        self.crawler = crawler
        self.progress = progress
        self.keep = keep
        self.kept = 0
        self.looks = 0
        self.task: asyncio.Task[None] | None = None
        crawler.signals.connect(self.open, signals.spider_opened)
        crawler.signals.connect(self.close, signals.spider_closed)

    def open(self) -> None:
        """Begin to look."""
        self.task = asyncio.ensure_future(self.look())

    def close(self) -> None:
        """Look no longer."""
        if self.task:
            self.task.cancel()

    async def look(self) -> None:
        """Report progress; once the crawl is ending, let go of what waits for its turn."""
        while True:
            if self.progress:
                self.progress(*count_progress(self.crawler.stats.get_stats()))
            self.keep_count()
            if is_stopping(self.crawler):
                release_waiting(self.crawler)
                finish_closing(self.crawler)
            await asyncio.sleep(SECONDS)

    def keep_count(self) -> None:
        """Store the count of requests at the first look and every few seconds from then on, where it has grown."""
        count = count_requests(self.crawler.stats.get_stats())
        if self.keep and count > self.kept and self.looks % KEPT_EVERY == 0:
            self.keep(count)
            self.kept = count
        self.looks += 1


def count_progress(stats: Mapping[str, Any]) -> tuple[int, int, int]:
    """Requests, mentions seen, mentions new."""
    return count_requests(stats), stats.get(ITEMS, 0), stats.get(NEW, 0)
