"""How many requests a source may make on one UTC day (`requests_a_day`), over all its crawls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawlers.context import REQUESTS, context_of

SENT = "repute/sent"
"""Crawl statistic: requests that have left through Scrapy."""
SPENT = "repute/budget_spent"
"""Crawl statistic: something was not asked, because the budget is used up."""


def count_requests(stats: Mapping[str, Any]) -> int:
    """Requests of a crawl so far, those that a spider makes by itself among them."""
    return int(stats.get(SENT, 0) + stats.get(REQUESTS, 0))


def spend_request(crawler: Crawler) -> None:
    """Count one request that is about to leave. Raises `IgnoreRequest`, with words for the user, beyond the budget."""
    if is_spent(crawler):
        crawler.stats.set_value(SPENT, True)
        raise IgnoreRequest(f"was not read: {budget_words(crawler)}")
    crawler.stats.inc_value(SENT)


def is_spent(crawler: Crawler) -> bool:
    """Whether the day's budget leaves no further request."""
    left = context_of(crawler).requests_left
    return left is not None and count_requests(crawler.stats.get_stats()) >= left


def budget_words(crawler: Crawler) -> str:
    """What is used up, and what to do."""
    name = crawler.spidercls.name
    source = context_of(crawler).config.source(str(name))
    budget = source.requests_a_day if source else None
    return (
        f"the budget of {budget} requests a day is used up; it goes on after midnight UTC, "
        f"or raise requests_a_day in [sources.{name}]"
    )
