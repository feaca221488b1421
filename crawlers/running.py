"""One crawl of one source: its row, its lock, its spider, and a report of what came of it. One crawl a process."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from sqlite_utils import Database

from config import Config, ConfigError, Source
from crawlers.budget import SPENT
from crawlers.catalogue import check_source, check_sources, find_spiders
from crawlers.context import DROPPED, ERRORS, FIRST_ERROR, Context, SourceError, fingerprint, shift
from crawlers.failures import FAILED
from crawlers.hosts import PRIVATE_HOSTS, host_of, source_urls
from crawlers.intake import UPDATED
from crawlers.matching import check_queries
from crawlers.pipelines import COMPLETE, CRAWL, ITEMS, LIMIT, LOCK
from crawlers.voices import settle_voices
from crawlers.watching import Progress, Watcher, count_progress
from store.authors import load_secret
from store.crawls import find_cursor, find_gaps, find_recent_ids, finish_crawl, start_crawl
from store.database import StoreError, open_database
from store.holding import Held, hold
from store.manners import count_requests, find_robots, keep_robots, note_requests
from store.records import CrawlReport, Cursor
from store.saving import remember

logger = logging.getLogger(__name__)

__all__ = ["check_sources", "find_spiders", "run_crawl"]

QUERIES = "queries"
"""Cursor: the fingerprint of the brands' queries at the last crawl that finished."""
ROBOTS_HOLD = timedelta(days=1)
"""How long a robots.txt that was read holds, at most (RFC 9309, 2.4)."""
BUG = "a fault in Repute itself stopped a part of this crawl; the traceback above belongs in a bug report"


def run_crawl(
    config: Config,
    name: str,
    *,
    now: str,
    since: str | None = None,
    dry: bool = False,
    progress: Progress | None = None,
    limit: int | None = None,
) -> CrawlReport:
    """Crawl one source and return what came of it; its row in `crawls` says the same.

    A dry run looks at the source and stores nothing. SIGTERM and SIGINT end the crawl, keeping what it has collected. Raises
    `ConfigError` for options that are wrong, `SourceError` for a source that is not configured or is being crawled already,
    `StoreError` for a store that cannot be opened. Twisted's reactor starts once: call this once a process.
    """
    source, spider = find_source(config, name)
    run = partial(crawl, config, source, spider, now=now, since=since, progress=progress, limit=limit)
    if dry:
        return run()
    with hold_source(config.database, name) as lock, contextlib.closing(open_database(config.database)) as db:
        row = start_crawl(db, name, now=now, pid=os.getpid())
        try:
            report = run(db=db, row=row, lock=lock)
        except BaseException as error:
            words = f"{type(error).__name__}: {error}"
            finish_crawl(db, row, CrawlReport(status="failed", finished=now, errors=1, error=words))
            raise
        finish_crawl(db, row, report)
        settle_voices(db, config, secret=load_secret(config.database), now=now)
        if report.status == "finished":
            remember(db, Cursor(source=name, site="", name=QUERIES, value=fingerprint(config)), now=now)
    return report


def find_source(config: Config, name: str) -> tuple[Source, type[Spider]]:
    """The configured source of a name and its spider, checked."""
    spiders = find_spiders()
    source = config.source(name)
    if source is None and name in spiders:
        raise SourceError(f"{name}: {config.path.name} has no table [sources.{name}]; add one to crawl it")
    if problems := [*check_queries(config), *check_source(source or Source(name=name, options={}), spiders)]:
        raise ConfigError(config.path.name, problems)
    assert source is not None
    return source, spiders[name]


@contextlib.contextmanager
def hold_source(database: Path, name: str) -> Iterator[int]:
    """Keep other crawls of the same source away; yields the lock's descriptor."""
    try:
        with hold(database.with_name(f"{database.name}.{name}.lock")) as lock:
            yield lock
    except Held as error:
        words = f"{name}: is being crawled already, by process {error.holder}; wait for it, or end it"
        raise SourceError(words) from None


def crawl(
    config: Config,
    source: Source,
    spider: type[Spider],
    *,
    now: str,
    since: str | None,
    progress: Progress | None,
    limit: int | None,
    db: Database | None = None,
    row: int | None = None,
    lock: int | None = None,
) -> CrawlReport:
    """Run the spider until it ends; without a store, as a dry look."""
    started = time.monotonic()
    context = bind_context(config, source, now=now, since=since, db=db)
    process = make_process(compose_settings(config, source, spider, row=row, limit=limit, lock=lock))
    crawler = process.create_crawler(spider)
    faults: list[str] = []
    # Scrapy holds receivers weakly: these two names keep theirs alive.
    watcher = Watcher(crawler, progress, keep_count(db, row) if db is not None and row else None)

    def note_fault() -> None:
        # Scrapy calls plain functions only: a partial would be refused, in a log line.
        faults.append(BUG)

    crawler.signals.connect(note_fault, signals.item_error)
    process.crawl(crawler, context=context)
    process.start()
    stats: Mapping[str, Any] = crawler.stats.get_stats()
    if crawler.spider is None or "finish_reason" not in stats:
        faults.append(BUG)
    if watcher.progress:
        watcher.progress(*count_progress(stats))
    return compose_report(stats, faults, now=now, duration=time.monotonic() - started)


def keep_count(db: Database, row: int) -> Callable[[int], None]:
    """Store how many requests a crawl has made so far. One count that cannot be stored is no reason to end it."""

    def keep(requests: int) -> None:
        try:
            note_requests(db, row, requests)
        except (StoreError, sqlite3.Error) as error:
            logger.warning("%d requests so far could not be noted: %s", requests, error)

    return keep


def make_process(settings: Settings) -> AsyncCrawlerProcess:
    """A process of Scrapy that tells warnings only: the caller's handlers get what users need, not the machinery's story."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        process = AsyncCrawlerProcess(settings)
    finally:
        logging.disable(before)
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    return process


def bind_context(config: Config, source: Source, *, now: str, since: str | None, db: Database | None) -> Context:
    """What the spider may know, bound to its source. A dry look sees no past, nor does a crawl with changed queries."""
    name = source.name
    known_past = db is not None and find_cursor(db, name, "", QUERIES) in (None, fingerprint(config))

    def cursors(site: str, listing: str) -> str | None:
        return find_cursor(db, name, site, listing) if db and known_past else None

    def gaps(*, site: str, since: str, until: str, brand: str = "", query: str = "") -> list[tuple[str, str]]:
        if db is None or not known_past:
            return [(since, until)]
        return find_gaps(db, source=name, site=site, since=since, until=until, brand=brand, query=query)

    def known(since: str) -> list[tuple[str, str]]:
        return find_recent_ids(db, source=name, since=since) if db else []

    def robots(origin: str) -> str | None:
        return find_robots(db, origin, since=shift(now, -ROBOTS_HOLD), until=now) if db else None

    def keep(origin: str, text: str) -> None:
        if db:
            keep_robots(db, origin, text, now=now)

    return Context(
        config=config,
        options=source.options,
        now=now,
        since=since,
        dry=db is None,
        cursors=cursors,
        gaps=gaps,
        known=known,
        requests_left=find_left(db, source, now) if db else None,
        find_robots=robots,
        keep_robots=keep,
    )


def find_left(db: Database, source: Source, now: str) -> int | None:
    """What the source's budget leaves of the UTC day; None without a budget."""
    if source.requests_a_day is None:
        return None
    midnight = f"{now[:10]}T00:00:00Z"
    made = count_requests(db, source.name, since=midnight, until=shift(midnight, timedelta(days=1)))
    return max(source.requests_a_day - made, 0)


def compose_settings(
    config: Config, source: Source, spider: type[Spider], *, row: int | None, limit: int | None, lock: int | None
) -> Settings:
    """The project's settings with what depends on the configuration."""
    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    contact = " ".join(config.contact.split())
    if contact:
        settings.set("USER_AGENT", f"Repute/0.1 (reputation monitor; contact: {contact})", priority="cmdline")
    settings.set(PRIVATE_HOSTS, list(config.allow_private_hosts), priority="cmdline")
    settings.set(CRAWL, row or 0, priority="cmdline")
    settings.set(LIMIT, limit or 0, priority="cmdline")
    settings.set(LOCK, lock, priority="cmdline")
    hosts = {host_of(url)[0] for url in source_urls(source.options, spider)}
    if hosts and hosts <= set(config.allow_private_hosts):
        # The user's own machines need no pause beyond what their robots.txt asks for.
        settings.set("DOWNLOAD_DELAY", 0.0, priority="cmdline")
        # It would wait after each answer as long as the answer took.
        settings.set("AUTOTHROTTLE_ENABLED", False, priority="cmdline")
    return settings


def compose_report(stats: Mapping[str, Any], faults: list[str], *, now: str, duration: float) -> CrawlReport:
    """What one crawl did, from Scrapy's statistics."""
    if stats.get("spider_exceptions/count"):
        faults = [*faults, BUG]
    requests, items, new = count_progress(stats)
    dropped = {key.removeprefix(DROPPED): count for key, count in stats.items() if key.startswith(DROPPED)}
    return CrawlReport(
        status=find_status(stats, faults),
        finished=shift(now, timedelta(seconds=duration)),
        requests=requests,
        items=items,
        new=new,
        updated=stats.get(UPDATED, 0),
        dropped=tuple(sorted(dropped.items(), key=lambda pair: (-pair[1], pair[0]))),
        errors=stats.get(ERRORS, 0) + len(faults),
        bytes=stats.get("downloader/response_bytes", 0),
        duration=duration,
        error=stats.get(FAILED) or stats.get(FIRST_ERROR) or next(iter(faults), None),
    )


def find_status(stats: Mapping[str, Any], faults: list[str]) -> Literal["finished", "failed", "interrupted"]:
    """How a crawl ended. One that met errors, saw no mention and covered nothing has failed, unless its budget was used up."""
    if stats.get(FAILED) or faults:
        return "failed"
    if stats.get("finish_reason") == "shutdown":
        return "interrupted"
    if stats.get(SPENT):
        return "finished"
    nothing = not stats.get(ITEMS) and not stats.get(COMPLETE)
    return "failed" if stats.get(ERRORS) and nothing else "finished"
