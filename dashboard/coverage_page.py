"""The page of coverage: of every site, when it was watched, in part or not, and what it brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from config import Config
from dashboard.asking import Asked
from dashboard.pages import frame_words
from reporting.small_charts import strip_svg, strip_title
from reporting.watching_tables import STEP_WORDS, day_cell, days_cell
from store.queries import count_by_source
from trends.watching import WatchedListing, WatchedSite, Watching, answer_watching


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One site on the page."""

    site: WatchedSite
    days: str
    per_day: str
    first: str
    last: str
    crawled: str
    strip: str
    """Safe markup of our own drawing; empty where nothing is known."""
    listings: tuple[tuple[str, str], ...]
    """Of its queries and pages with gaps of their own: (name, strip)."""


def coverage_words(db: Database, config: Config, asked: Asked) -> dict[str, Any]:
    """The answer of `repute coverage`, as the page shows it."""
    answer = answer_watching(
        db,
        config,
        window=asked.window,
        brand=asked.brand.id,
        source=asked.source or None,
        language=asked.language or None,
    )
    shown = [show_site(answer, site) for site in answer.sites]
    return frame_words(config, asked, "/coverage") | {
        "answer": answer,
        "watched": [one for one in shown if one.strip],
        "searched": [one for one in shown if not one.strip and one.site.state == "searched"],
        "unknown": [one for one in shown if not one.strip and one.site.state != "searched"],
        "step": STEP_WORDS[answer.step_days],
        "source_names": [row["source"] for row in count_by_source(db)],
    }


def show_site(answer: Watching, site: WatchedSite) -> Shown:
    """One site: its strip and figures."""
    name, step = f"{site.source}/{site.site}", STEP_WORDS[answer.step_days]
    first, last, crawled = (day_cell(moment, answer.window) for moment in (site.first, site.last, site.last_success))
    return Shown(
        site=site,
        days=days_cell(site),
        per_day="–" if site.per_watched_day is None else f"{site.per_watched_day:.1f}",
        first=first,
        last=last,
        crawled=crawled,
        strip=strip_svg(site.timeline, title=strip_title(name, site.timeline, step)) if site.timeline else "",
        listings=tuple(show_listing(listing, step) for listing in apart(site)),
    )


def apart(site: WatchedSite) -> tuple[WatchedListing, ...]:
    """The listings that tell more than their site does: those whose gaps are not the same as the others'."""
    alike = len({listing.timeline for listing in site.listings}) <= 1 and len(site.listings) == site.listing_count
    return () if alike else site.listings


def show_listing(listing: WatchedListing, step: str) -> tuple[str, str]:
    """A listing's name and strip."""
    name = listing.listing or "all of it"
    return name, strip_svg(listing.timeline, title=strip_title(name, listing.timeline, step))
