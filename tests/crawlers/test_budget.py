"""A budget of requests a day, and the robots.txt that hold for one."""

from __future__ import annotations

import pytest
from loopback import query

from config import ConfigError, load_config

FEED = (
    200,
    {},
    b"<rss version='2.0'><channel><title>t</title><item><guid>g</guid><title>hello</title></item></channel></rss>",
)


def feeds(web, names: str, budget: object = None) -> str:
    listed = ", ".join(f'{{ url = "{web.url}/{name}", site = "{name}" }}' for name in names)
    limit = "" if budget is None else f"requests_a_day = {budget}\n"
    return f"[sources.feeds]\n{limit}feeds = [{listed}]\n"


def test_requests_beyond_the_budget_are_refused_in_words_until_the_next_utc_day(serve_web, crawl, tmp_path):
    web = serve_web({f"/{name}": FEED for name in "abcd"})
    text = feeds(web, "abcd", 5)
    first = crawl(text, "feeds", now="2026-10-05T01:00:00Z")
    assert (first.status, first.requests, first.items, first.errors) == ("finished", 5, 4, 0)
    second = crawl(text, "feeds", now="2026-10-05T23:00:00Z")
    assert (second.status, second.requests, second.items, second.errors) == ("finished", 0, 0, 4)
    assert second.error == (
        f"{web.url}/a: was not read: the budget of 5 requests a day is used up; it goes on after midnight UTC, "
        "or raise requests_a_day in [sources.feeds]"
    )
    assert len(web.asked) == 5
    assert query(tmp_path, "select site, complete from watches where until like '%T23%' order by site") == [
        (name, 0) for name in "abcd"
    ]
    third = crawl(text, "feeds", now="2026-10-06T00:30:00Z")
    # robots.txt was read within a day.
    assert (third.status, third.requests, third.errors, web.count("/robots.txt")) == ("finished", 4, 0, 1)
    assert query(tmp_path, "select requests, status from crawls") == [(5, "finished"), (0, "finished"), (4, "finished")]


def test_a_budget_that_ends_within_a_crawl_ends_it_there(serve_web, crawl):
    web = serve_web({f"/{name}": FEED for name in "abcd"})
    report = crawl(feeds(web, "abcd", 3), "feeds")
    assert (report.status, report.requests, report.items, report.errors) == ("finished", 3, 2, 2)
    assert len(web.asked) == 3


@pytest.mark.parametrize("budget", ["0", "-3", '"many"', "true"])
def test_a_budget_that_is_no_number_of_requests_is_named(configure, budget):
    with pytest.raises(ConfigError, match=r"sources.feeds.requests_a_day: .* should be a whole number from 1"):
        load_config(configure(f"[sources.feeds]\nrequests_a_day = {budget}\n"), {})


def test_robots_is_asked_once_a_day_and_a_broken_one_every_time(serve_web, crawl):
    state = {"status": 503}
    web = serve_web({"/robots.txt": lambda *_: (state["status"], {}, b"User-agent: *\nDisallow: /b"), "/a": FEED, "/b": FEED})
    text = feeds(web, "ab")
    crawl(text, "feeds", now="2026-10-05T01:00:00Z")
    asked_while_broken = web.count("/robots.txt")
    assert (asked_while_broken >= 1, web.count("/a")) == (True, 0)
    state["status"] = 200
    for hour in ("02", "08", "23"):
        report = crawl(text, "feeds", now=f"2026-10-05T{hour}:00:00Z")
        assert report.dropped == (("robots.txt", 1),)
    assert (web.count("/robots.txt") - asked_while_broken, web.count("/a"), web.count("/b")) == (1, 3, 0)
    state["status"] = 404
    report = crawl(text, "feeds", now="2026-10-06T03:00:00Z")
    assert (web.count("/robots.txt") - asked_while_broken, web.count("/b"), report.dropped) == (2, 1, ())
    crawl(text, "feeds", now="2026-10-06T04:00:00Z")
    assert web.count("/robots.txt") - asked_while_broken == 2
