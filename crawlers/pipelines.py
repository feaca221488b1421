"""The one way into the store, for spiders: records are taken in here, or in a second process once a crawl is busy."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from scrapy import signals
from scrapy.crawler import Crawler

from crawlers.context import context_of, note_drop
from crawlers.failures import end_crawl, stop_soon
from crawlers.gathering import Batch
from crawlers.handover import Handover, count_cores
from crawlers.intake import Intake, Outcome, Record
from store.records import Cursor, Mention, Metric, Watch

logger = logging.getLogger(__name__)

CRAWL = "REPUTE_CRAWL"
"""Scrapy setting: the row of the run."""
LIMIT = "REPUTE_LIMIT"
"""Scrapy setting: mentions after which the crawl ends; 0 for none."""
LOCK = "REPUTE_LOCK"
"""Scrapy setting: the descriptor of the file that keeps other crawls of the source away; None for a dry look."""
BUSY_SECONDS, BUSY_SHARE = "REPUTE_BUSY_SECONDS", "REPUTE_BUSY_SHARE"
"""Scrapy settings: the time that a crawl has spent on taking in, and its share of all time, from which on it is busy."""

ITEMS, COMPLETE = "repute/items", "repute/complete_watches"
"""Crawl statistics. Items are the mentions that a spider handed over."""

PIECE = 200
"""Records that are handed over at once."""
AT_ONCE = 0.0005
"""Seconds that records are taken in without a look at the network."""


class StorePipeline:
    """Takes in what a spider yields, in the order it comes.

    A busy crawl hands all that follows to a second process: reading pages and storing them then have a core each. From there on
    only that one writes mentions, cursors and watches, so that their order stays.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.turn = asyncio.Lock()
        self.second: Handover | None = None
        self.handed_over = False
        self.broken = False
        self.spent = 0.0
        """Seconds that taking in has cost."""
        self.opened = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        return cls(crawler)

    def open_spider(self) -> None:
        """Make ready to take in."""
        context, settings = context_of(self.crawler), self.crawler.settings
        self.context = context
        self.limit = settings.getint(LIMIT)
        self.row = settings.getint(CRAWL) or None
        self.intake = Intake(context.config, now=context.now, crawl=self.row, dry=context.dry)
        self.busy_seconds, self.busy_share = settings.getfloat(BUSY_SECONDS), settings.getfloat(BUSY_SHARE)
        self.may_be_two = not context.dry and count_cores() > 1

    async def process_item(self, item: object) -> object:
        """Take in what a spider yields, one item after the other. One record that fails costs none of the others."""
        records = item.records if isinstance(item, Batch) else (item,)
        faults: list[Exception] = []
        async with self.turn:
            if self.second is not None and self.second.ready and not self.handed_over:
                self.leave_off()
            if self.second is not None and self.handed_over:
                for start in range(0, len(records), PIECE):
                    faults += await self.hand_over(self.second, records[start : start + PIECE])
            else:
                faults += await self.take_in(records)
            self.note(self.intake.report())
        if faults:
            raise faults[0] if len(faults) == 1 else ExceptionGroup("several records could not be taken in", faults)
        return item

    async def take_in(self, records: Sequence[object]) -> list[Exception]:
        """Take in records in this process; return what went wrong.

        Between them the network has its turns: the next answer is on its way while this one is matched and saved.
        """
        faults: list[Exception] = []
        began = time.monotonic()
        for record in records:
            try:
                self.take(record)
            except Exception as fault:
                faults.append(fault)
            took = time.monotonic() - began
            if took > AT_ONCE:
                self.spent += took
                await asyncio.sleep(0)
                began = time.monotonic()
        if self.second is None and self.is_busy():
            self.second = Handover(self.note, self.lose)
            start = {"config": self.context.config, "now": self.context.now, "crawl": self.row}
            self.second.start(start, lock=self.crawler.settings.get(LOCK))
        return faults

    def take(self, record: object) -> None:
        """Take in one record."""
        self.intake.take(self.count(record))

    async def hand_over(self, second: Handover, records: Sequence[object]) -> list[Exception]:
        """Hand records over; return what went wrong. While the other process is behind, this one sifts them for it."""
        faults: list[Exception] = []
        sent: list[Record] = []
        for record in records:
            try:
                counted = self.count(record)
                if isinstance(counted, Mention) and second.is_behind():
                    sent += [sifted] if (sifted := self.intake.sift(counted)) else []
                else:
                    sent.append(counted)
            except Exception as fault:
                faults.append(fault)
        if not self.broken:
            await second.send(sent)
        return faults

    def count(self, record: object) -> Record:
        """Count what a spider found, and end the crawl at its limit."""
        match record:
            case Mention():
                self.crawler.stats.inc_value(ITEMS)
                if self.limit and self.crawler.stats.get_value(ITEMS) >= self.limit:
                    stop_soon(self.crawler, "limit")
            case Watch():
                self.crawler.stats.inc_value(COMPLETE, int(record.complete))
            case Cursor() | Metric():
                pass
            case _:
                raise TypeError(f"a spider yields Mention, Watch, Cursor, Metric or Request, not {type(record).__name__}")
        return record

    def is_busy(self) -> bool:
        """Whether this crawl is one of those that a second process is worth its start."""
        longest = self.busy_share * (time.monotonic() - self.opened)
        return self.may_be_two and self.spent >= max(self.busy_seconds, longest)

    def leave_off(self) -> None:
        """Save what has come so far; from now on the second process alone does."""
        self.intake.close()
        self.note(self.intake.report())
        self.handed_over = True

    def note(self, outcome: Outcome) -> None:
        """Count and tell what became of records."""
        for name, count in outcome.counts.items():
            self.crawler.stats.inc_value(name, count)
        for reason, which in outcome.faults:
            note_drop(self.crawler, reason, which)
        for bug in outcome.bugs:
            logger.error("a record could not be taken in\n%s", bug)
            self.crawler.signals.send_catch_log(signals.item_error, item=None, response=None, spider=self.crawler.spider)
        if outcome.broken:
            self.lose(outcome.broken)

    def lose(self, words: str) -> None:
        """End the crawl, since nothing of what follows can be stored."""
        self.broken = True
        end_crawl(self.crawler, words)

    async def close_spider(self) -> None:
        """Save the rest, wherever it is."""
        if not self.handed_over:
            self.leave_off()
        if self.second is not None:
            await self.second.close()
