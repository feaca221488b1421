"""What a callback yields at once goes through Scrapy in one piece: an item by itself takes it longer than us to match it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from inspect import isasyncgenfunction
from typing import Any

from scrapy import Request
from scrapy.http import Response


@dataclass(frozen=True)
class Batch:
    """Records that one callback yielded, in their order."""

    records: tuple[object, ...]


class GatheringMiddleware:
    """Gathers what a callback yields: its requests go first, so that they are answered while its records are taken in.

    A callback that waits for something on its way hands over each record by itself: none must wait with it.
    """

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass on requests as they are, and records in one batch."""
        callback = response.request.callback if response.request else None
        if callback is None or isasyncgenfunction(callback):
            async for record in result:
                yield record
            return
        gathered: list[object] = []
        try:
            async for record in result:
                if isinstance(record, Request):
                    yield record
                else:
                    gathered.append(record)
        except Exception:
            # What came before the callback broke is as good as ever.
            if gathered:
                yield Batch(tuple(gathered))
            raise
        if gathered:
            yield Batch(tuple(gathered))
