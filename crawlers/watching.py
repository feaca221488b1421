"""A crawl while it runs: its progress, and its quick end when it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

from crawlers.context import REQUESTS
from crawlers.failures import is_stopping, release_waiting
from crawlers.pipelines import ITEMS, NEW

Progress = Callable[[int, int, int], None]
"""Called with requests, mentions seen and mentions new so far."""

SECONDS = 0.5


class Watcher:
    """Looks at a crawl twice a second from its opening to its close."""

    def __init__(self, crawler: Crawler, progress: Progress | None) -> None:
        self.crawler = crawler
        self.progress = progress
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
            if is_stopping(self.crawler):
                release_waiting(self.crawler)
            await asyncio.sleep(SECONDS)


def count_progress(stats: Mapping[str, Any]) -> tuple[int, int, int]:
    """Requests, mentions seen, mentions new."""
    requests = stats.get("downloader/request_count", 0) + stats.get(REQUESTS, 0)
    return requests, stats.get(ITEMS, 0), stats.get(NEW, 0)
