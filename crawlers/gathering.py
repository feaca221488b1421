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
    """Gathers what a callback yields: its first request goes first, so that it is answered while the records are taken in.

    Only that one: while many were handed over, the answer to the first could come before these records are, and its cursor
    would vouch for them too early. A callback that waits for something on its way hands over each record by itself: none must
    wait with it.
    """

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Pass on the requests in their order, and the records in one batch behind the first of them."""
        callback = response.request.callback if response.request else None
        if callback is None or isasyncgenfunction(callback):
            async for record in result:
                yield record
            return
        requests: list[Request] = []
        records: list[object] = []
        broken: Exception | None = None
        try:
            async for record in result:
                if isinstance(record, Request):
                    requests.append(record)
                else:
                    records.append(record)
        except Exception as error:
            # What came before the callback broke is as good as ever.
            broken = error
        for request in requests[:1]:
            yield request
        if records:
            yield Batch(tuple(records))
        for request in requests[1:]:
            yield request
        if broken is not None:
            raise broken
