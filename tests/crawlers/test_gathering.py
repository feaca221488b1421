"""How a spider's records reach the pipeline: in one piece where nothing is waited for, else one by one."""

from __future__ import annotations

import asyncio
import inspect

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.asyncgen import as_async_generator
from scrapy.utils.misc import is_generator_with_return_value

from crawlers.catalogue import find_spiders
from crawlers.gathering import Batch, GatheringMiddleware

NEXT = Request("https://example.org/2")


def parse(response):
    yield from ("one", "two", NEXT, "three")


async def fetch_and_parse(response):
    for record in parse(response):
        yield record


def hand_over(callback):
    """What Scrapy gets of what a callback yields."""
    response = Response("https://example.org/1", request=Request("https://example.org/1", callback=callback))
    yielded = callback(response) if inspect.isasyncgenfunction(callback) else as_async_generator(callback(response))

    async def gather():
        return [record async for record in GatheringMiddleware().process_spider_output(response, yielded)]

    return asyncio.run(gather())


def test_the_first_request_goes_first_and_records_come_in_one_piece_and_in_order():
    assert hand_over(parse) == [NEXT, Batch(("one", "two", "three"))]


def test_further_requests_wait_until_the_records_are_handed_over():
    further = Request("https://example.org/3")

    def parse_many(response):
        yield from ("one", NEXT, further, "two")

    assert hand_over(parse_many) == [NEXT, Batch(("one", "two")), further]


def test_no_record_waits_with_a_callback_that_waits():
    assert hand_over(fetch_and_parse) == ["one", "two", NEXT, "three"]


def test_what_came_before_a_callback_broke_is_kept():
    def break_off(response):
        yield from ("one", "two")
        raise ValueError("a page of another kind")

    kept = []

    async def gather():
        request = Request("https://example.org/1", callback=break_off)
        response = Response(request.url, request=request)
        async for record in GatheringMiddleware().process_spider_output(response, as_async_generator(break_off(response))):
            kept.append(record)

    with pytest.raises(ValueError, match="another kind"):
        asyncio.run(gather())
    assert kept == [Batch(("one", "two"))]


def test_no_callback_returns_what_it_should_yield():
    # Scrapy looks for that at every answer, which takes as long as reading it: settings.py turns it off.
    methods = [pair for spider in find_spiders().values() for pair in inspect.getmembers(spider, inspect.isgeneratorfunction)]
    callbacks = [method for name, method in methods if name.startswith("parse")]
    assert len(callbacks) > 10
    assert [method.__qualname__ for method in callbacks if is_generator_with_return_value(method)] == []
