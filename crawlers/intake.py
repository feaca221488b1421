"""Taking in what spiders hand over: finds each mention's brands, leaves out what is none, saves in short transactions.

It knows nothing of Scrapy: a crawl does it in its own process, or in a second one beside it (crawlers/second.py).
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field, replace

from sqlite_utils import Database

from config import Config
from crawlers.cleaning import clean_mention, find_fault
from crawlers.context import DROPPED, find_kept_since
from crawlers.copies import copy_bands
from crawlers.matching import BrandMatcher
from crawlers.voices import VoiceRules
from store.authors import load_secret
from store.crawls import is_known
from store.database import StoreError, as_store_error, open_database
from store.metrics import save_metrics
from store.records import Cursor, MatchedMention, Mention, Metric, Watch
from store.saving import Author, save_mentions

NEW, UPDATED = "repute/new", "repute/updated"
"""Crawl statistics."""

NO_BRAND = "no brand"
FORGOTTEN = "forgotten"
TOO_OLD = "older than retention"
BATCH = 200
LONGEST_WAIT = 2.0
"""Seconds after which what has come so far is saved, so that a slow source shows its mentions and loses few when killed."""

Record = Mention | MatchedMention | Watch | Cursor | Metric
"""A mention as its spider gave it, or sifted already."""


@dataclass
class Outcome:
    """What became of some records, for the crawl to count and to tell."""

    counts: Counter[str] = field(default_factory=Counter)
    """What to add to the crawl's statistics, by their names."""
    faults: list[tuple[str, str]] = field(default_factory=list)
    """(reason, which mention) of those that cannot be stored."""
    bugs: list[str] = field(default_factory=list)
    """The tracebacks of records that broke us."""
    broken: str | None = None
    """Why the store cannot be written to any more, in words."""


@dataclass(frozen=True)
class Store:
    """The open store of a crawl."""

    db: Database
    author: Author


class Intake:
    """Collects mentions, cursors and watches in the order they come, and saves them together.

    A cursor or watch is saved in the same transaction as the mentions that came before it: a killed crawl never claims more
    than it has stored.
    """

    def __init__(self, config: Config, *, now: str, crawl: int | None, dry: bool = False, batch: int = BATCH) -> None:
        """Compile the brands' queries and open the store, unless this is a `dry` look; `crawl` is the row of the run.

        `batch` is how many mentions are saved at once. Raises `StoreError` for a store that cannot be opened.
        """
        self.config = config
        self.now = now
        self.crawl = crawl
        self.batch = batch
        self.kept_since = find_kept_since(config, now)
        self.matcher = BrandMatcher(config.brands)
        self.voices = VoiceRules(config.voices)
        self.store: Store | None = None
        if not dry:
            author = Author(load_secret(config.database), config.keep_author_names)
            self.store = Store(open_database(config.database), author)
        self.mentions: list[MatchedMention] = []
        self.cursors: list[Cursor] = []
        self.watches: list[Watch] = []
        self.metrics: list[Metric] = []
        self.saved_at = time.monotonic()
        self.outcome = Outcome()
        self.broken = False

    def take(self, record: Record) -> None:
        """Take in one record, and save what has come once it is much or has waited long."""
        match record:
            case Mention():
                if sifted := self.sift(record):
                    self.keep(sifted)
            case MatchedMention():
                self.keep(record)
            case Watch():
                self.watches.append(record)
            case Cursor():
                self.cursors.append(record)
            case Metric():
                self.metrics.append(record)
        if len(self.mentions) >= self.batch or time.monotonic() - self.saved_at > LONGEST_WAIT:
            self.flush()

    def report(self) -> Outcome:
        """What became of the records since this was asked last."""
        outcome, self.outcome = self.outcome, Outcome()
        return outcome

    def close(self) -> None:
        """Save the rest."""
        self.flush()
        if self.store:
            self.store.db.close()

    def sift(self, mention: Mention) -> MatchedMention | None:
        """Clean and match one mention; None for one that is left out, whose reason is counted. The store is not asked.

        One that concerns nobody has no brands: whether it is kept all the same, the store will tell.
        """
        mention = clean_mention(mention, self.now)
        if fault := find_fault(mention):
            self.outcome.faults.append((fault, f"{mention.source} {mention.site} {mention.external_id}"))
            return None
        if (mention.published or "~") < self.kept_since:
            self.outcome.counts[DROPPED + TOO_OLD] += 1
            return None
        # A removed one has no words left to match.
        brands = () if mention.removed else self.matcher.match(mention)
        return self.complete(mention, brands) if brands else MatchedMention(mention=mention)

    def complete(self, mention: Mention, brands: tuple[tuple[str, str], ...]) -> MatchedMention:
        """A mention with its voice, its brands and its copy bands."""
        if mention.voice == "customer" and self.matcher.find_account(mention):
            mention = replace(mention, voice="company")
        return self.voices.apply(MatchedMention(mention=mention, brands=brands, copy_bands=copy_bands(mention.text)))

    def keep(self, sifted: MatchedMention) -> None:
        """Put a mention among those to be saved; one of no brand only if it was stored, or if `*` takes everything."""
        mention = sifted.mention
        if sifted.brands or (mention.removed and (self.matcher.everything or self.is_stored(mention))):
            self.mentions.append(sifted)
        elif not mention.removed and self.is_stored(mention):
            self.mentions.append(self.complete(mention, ()))
        else:
            # The usual fate of what a wide listing brings: counted, and no word lost about it.
            self.outcome.counts[DROPPED + NO_BRAND] += 1

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
                now=self.now,
                cursors=cursors,
                watches=watches,
                crawl=self.crawl,
            )
        except (StoreError, sqlite3.Error) as error:
            # Later cursors would vouch for mentions that are lost here: nothing more is saved.
            self.broken = True
            self.outcome.broken = str(error if isinstance(error, StoreError) else as_store_error(error, self.config.database))
            return
        self.outcome.counts.update({NEW: saved.new, UPDATED: saved.updated})
        if saved.forgotten:
            self.outcome.counts[DROPPED + FORGOTTEN] += saved.forgotten


def same(one: Mention, other: Mention) -> bool:
    """Whether two sights are of one mention."""
    return (one.source, one.site, one.external_id) == (other.source, other.site, other.external_id)
