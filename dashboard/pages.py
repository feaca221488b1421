"""What each page shows: questions to the store and to `trends`, gathered into the words of a template."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from config import Config
from dashboard.asking import SENTIMENTS, WINDOWS, Asked
from dashboard.figures import draw_all
from dashboard.hot_button_figures import draw_outbreaks
from reporting.findings import list_basis, list_changes, main_finding
from store.crawls import find_jobs
from store.queries import count_by_source, find_source_health
from store.scope import Scope
from store.search import search_mentions
from store.tags import count_due
from trends.attributes import answer_attributes
from trends.health import answer_sources
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.windows import Window

PAGES = {
    "/": "Overview",
    "/trend": "Trend",
    "/service": "Service",
    "/compare": "Compare",
    "/coverage": "Coverage",
    "/mentions": "Mentions",
}
LATEST = 6
MOST_FOUND = 100


def page_words(db: Database, config: Config, asked: Asked) -> dict[str, Any]:
    """Everything on the one page: the same answers as the digest and the commands, for a brand, window, source and language."""
    question: dict[str, Any] = {"brand": asked.brand.id, "window": asked.window}
    question |= {"source": asked.source or None, "language": asked.language or None}
    hot = answer_hot_buttons(db, config, **question, parts=False)
    ledger = answer_attributes(db, config, **question)
    overview = answer_overview(db, config, **question)
    return frame_words(config, asked, "/") | {
        "hot": hot,
        "ledger": ledger,
        "overview": overview,
        "headline": main_finding(hot),
        "changes": list_changes(hot, overview),
        "drawings": draw_all(hot, ledger, overview, too_few=config.thresholds.too_few),
        "outbreaks": draw_outbreaks(hot.buttons),
        "most": max((button.people + button.anonymous for button in hot.buttons), default=0),
        "basis": list_basis(overview, hot, ledger),
        "sources": source_rows(db, config, asked.window.now),
        "source_names": [row["source"] for row in count_by_source(db)],
        "latest": search_mentions(db, scope=scope_of(asked), limit=LATEST),
    }


def mentions_words(db: Database, config: Config, asked: Asked) -> dict[str, Any]:
    """The list of mentions that a search finds."""
    found = search_mentions(
        db,
        asked.words,
        scope=scope_of(asked),
        sentiment=asked.sentiment or None,
        topic=asked.topic or None,
        limit=MOST_FOUND,
    )
    return frame_words(config, asked, "/mentions") | {
        "found": found,
        "most_found": MOST_FOUND,
        "sentiments": SENTIMENTS,
        "topics": config.topics,
        "source_names": [row["source"] for row in count_by_source(db)],
    }


def frame_words(config: Config, asked: Asked, here: str) -> dict[str, Any]:
    """What every page shares; `here` is its path."""
    return {
        "asked": asked,
        "here": here,
        "pages": {path: name for path, name in PAGES.items() if path != "/compare" or len(config.brands) > 1},
        "brands": config.brands,
        "windows": WINDOWS,
        "zone": config.time_zone,
        "topic_names": {topic.id: topic.name for topic in config.topics},
        "brand_names": {brand.id: brand.name for brand in config.brands},
    }


def scope_of(asked: Asked) -> Scope:
    """The store's words for what was asked."""
    window: Window = asked.window
    return Scope(
        brand=asked.brand.id,
        since=window.since,
        until=window.until,
        first_day=window.first_day,
        end_day=window.end_day,
        source=asked.source or None,
        language=asked.language or None,
    )


def source_rows(db: Database, config: Config, now: str) -> list[dict[str, Any]]:
    """Each source, configured or met before: how it fares, how many mentions it gave and how its last run ended."""
    met = {row["source"]: row for row in find_source_health(db)}
    health = {source.source: source for source in answer_sources(db, config, now=now, met=met).sources}
    enabled = {source.name: source.enabled for source in config.sources}
    return [
        {
            "source": name,
            "enabled": enabled.get(name),
            "mentions": met.get(name, {}).get("mentions", 0),
            "newest": met.get(name, {}).get("newest"),
            "status": met.get(name, {}).get("status"),
            "finished": met.get(name, {}).get("last_finished"),
            "error": met.get(name, {}).get("error"),
            "state": health[name].state,
            "days": health[name].days,
            "warning": health[name].warning,
        }
        for name in dict.fromkeys([*enabled, *met])
    ]


def health_words(db: Database, config: Config, now: str) -> dict[str, Any]:
    """Whether the machine does its work, for monitors: sources, jobs, and what waits to be tagged."""
    sources = source_rows(db, config, now)
    jobs = [{key: job[key] for key in ("job", "started", "finished", "status", "exit_code")} for job in find_jobs(db, 10)]
    failing = [row["source"] for row in sources if row["status"] == "failed"]
    return {
        "status": "degraded" if failing else "ok",
        "now": now,
        "mentions": sum(row["mentions"] for row in sources),
        "untagged": count_due(db),
        "failing": failing,
        "sources": sources,
        "jobs": jobs,
    }
