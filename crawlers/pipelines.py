"""The one way into the store: finds each mention's brands, leaves out what is none, and saves in short transactions."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import dataclass, replace

from scrapy.crawler import Crawler
from sqlite_utils import Database

from crawlers.cleaning import clean_mention, find_fault
from crawlers.context import DROPPED, context_of, note_drop
from crawlers.copies import copy_bands
from crawlers.failures import end_crawl, stop_soon
from crawlers.gathering import Batch
from crawlers.matching import BrandMatcher
from crawlers.voices import VoiceRules
from store.authors import load_secret
from store.crawls import is_known
from store.database import StoreError, as_store_error, open_database
from store.metrics import save_metrics
from store.records import Cursor, MatchedMention, Mention, Metric, Watch
from store.saving import Author, save_mentions

CRAWL = "REPUTE_CRAWL"
"""Scrapy setting: the row of the run."""
LIMIT = "REPUTE_LIMIT"
"""Scrapy setting: mentions after which the crawl ends; 0 for none."""

NEW, UPDATED, ITEMS, COMPLETE = "repute/new", "repute/updated", "repute/items", "repute/complete_watches"
"""Crawl statistics. Items are the mentions that a spider handed over."""

NO_BRAND = "no brand"
FORGOTTEN = "forgotten"
TOO_OLD = "older than retention"
BATCH = 200
AT_ONCE = 0.0005
"""Seconds that records are taken in without a look at the network."""
LONGEST_WAIT = 2.0
"""Seconds after which what has come so far is saved, so that a slow source shows its mentions and loses few when killed."""


@dataclass(frozen=True)
class Store:
    """The open store of a crawl."""

    db: Database
    author: Author
    crawl: int | None


class StorePipeline:
    """Collects mentions, cursors and watches in the order they come, and saves them together.

    A cursor or watch is saved in the same transaction as the mentions that came before it: a killed crawl never claims
    more than it has stored.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.store: Store | None = None
        self.broken = False
        self.mentions: list[MatchedMention] = []
        self.cursors: list[Cursor] = []
        self.watches: list[Watch] = []
        self.metrics: list[Metric] = []
        self.saved_at = time.monotonic()
        self.turn = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        return cls(crawler)

    def open_spider(self) -> None:
        """Compile the brands' queries and open the store, unless this is a dry look."""
        self.context = context_of(self.crawler)
        config = self.context.config
        self.matcher = BrandMatcher(config.brands)
        self.voices = VoiceRules(config.voices)
        self.limit = self.crawler.settings.getint(LIMIT)
        if not self.context.dry:
            author = Author(load_secret(config.database), config.keep_author_names)
            self.store = Store(open_database(config.database), author, self.crawler.settings.getint(CRAWL) or None)

    async def process_item(self, item: object) -> object:
        """Take in what a spider yields, one item after the other. One record that fails costs none of the others.

        Between records the network has its turns: the next answer is on its way while this one is matched and saved.
        """
        faults = []
        async with self.turn:
            pause = time.monotonic() + AT_ONCE
            for record in item.records if isinstance(item, Batch) else (item,):
                try:
                    self.take(record)
                except Exception as fault:
                    faults.append(fault)
                if time.monotonic() > pause:
                    await asyncio.sleep(0)
                    pause = time.monotonic() + AT_ONCE
        if faults:
            raise faults[0] if len(faults) == 1 else ExceptionGroup("several records could not be taken in", faults)
        return item

    def take(self, record: object) -> None:
        """Take in one record, and save what has come once it is much or has waited long."""
        match record:
            case Mention():
                self.add(record)
            case Watch():
                self.watches.append(record)
                self.crawler.stats.inc_value(COMPLETE, int(record.complete))
            case Cursor():
                self.cursors.append(record)
            case Metric():
                self.metrics.append(record)
            case _:
                raise TypeError(f"a spider yields Mention, Watch, Cursor, Metric or Request, not {type(record).__name__}")
        if len(self.mentions) >= BATCH or time.monotonic() - self.saved_at > LONGEST_WAIT:
            self.flush()

    def close_spider(self) -> None:
        """Save the rest."""
        self.flush()
        if self.store:
            self.store.db.close()

    def add(self, mention: Mention) -> None:
        """Clean and match one mention; count why it is left out if it is."""
        self.crawler.stats.inc_value(ITEMS)
        mention = clean_mention(mention, self.context.now)
        fault = find_fault(mention)
        if fault:
            note_drop(self.crawler, fault, f"{mention.source} {mention.site} {mention.external_id}")
        elif (mention.published or "~") < self.context.kept_since:
            self.crawler.stats.inc_value(DROPPED + TOO_OLD)
        elif matched := self.match(mention):
            self.mentions.append(matched)
        else:
            # The usual fate of what a wide listing brings: counted, and no word lost about it.
            self.crawler.stats.inc_value(DROPPED + NO_BRAND)
        if self.limit and self.crawler.stats.get_value(ITEMS) >= self.limit:
            stop_soon(self.crawler, "limit")

    def match(self, mention: Mention) -> MatchedMention | None:
        """A mention with its brands and copy bands; None when it concerns nobody, and did not when it was stored either."""
        if mention.removed:
            # It has no words left to match: what we have stored was ours, and `*` takes everything.
            return MatchedMention(mention=mention) if self.matcher.everything or self.is_stored(mention) else None
        brands = self.matcher.match(mention)
        if not brands and not self.is_stored(mention):
            return None
        if mention.voice == "customer" and self.matcher.find_account(mention):
            mention = replace(mention, voice="company")
        return self.voices.apply(MatchedMention(mention=mention, brands=brands, copy_bands=copy_bands(mention.text)))

    def is_stored(self, mention: Mention) -> bool:
        """Whether the store has the mention, or is about to."""
        if any(same(waiting.mention, mention) for waiting in self.mentions):
            return True
        return self.store is not None and is_known(self.store.db, mention.source, mention.site, mention.external_id)

    def flush(self) -> None:
        """Save what has come since the last time, in one transaction."""
        mentions, cursors, watches = self.mentions, self.cursors, self.watches
        self.mentions, self.cursors, self.watches = [], [], []
        metrics, self.metrics = self.metrics, []
        self.saved_at = time.monotonic()
        if self.store is None or self.broken or not (mentions or cursors or watches or metrics):
            return
        try:
            if metrics:
                save_metrics(self.store.db, metrics)
            saved = save_mentions(
                self.store.db,
                mentions,
                author=self.store.author,
                now=self.context.now,
                cursors=cursors,
                watches=watches,
                crawl=self.store.crawl,
            )
        except (StoreError, sqlite3.Error) as error:
            # Later cursors would vouch for mentions that are lost here: nothing more is saved.
            self.broken = True
            words = error if isinstance(error, StoreError) else as_store_error(error, self.context.config.database)
            end_crawl(self.crawler, str(words))
            return
        self.crawler.stats.inc_value(NEW, saved.new)
        self.crawler.stats.inc_value(UPDATED, saved.updated)
        if saved.forgotten:
            self.crawler.stats.inc_value(DROPPED + FORGOTTEN, saved.forgotten)


def same(one: Mention, other: Mention) -> bool:
    """Whether two sights are of one mention."""
    return (one.source, one.site, one.external_id) == (other.source, other.site, other.external_id)
