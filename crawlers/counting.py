"""The statistics of a crawl, which are asked some seventy times a page."""

from __future__ import annotations

from scrapy.statscollectors import MemoryStatsCollector


class Counts(MemoryStatsCollector):
    """Scrapy's own, without its look at every attribute for a caller that still hands over the spider: ours never did."""

    __getattribute__ = object.__getattribute__
