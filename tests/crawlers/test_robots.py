"""robots.txt by RFC 9309, closed where it cannot be read; private hosts; the pages that are too big or never end."""

from __future__ import annotations

import re
import sqlite3
import time
from itertools import pairwise

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.internet.error import DNSLookupError

from crawlers.hosts import PublicResolver, host_of, refuse_private
from crawlers.retries import retry_after
from crawlers.robots import read_rules

FEED = (
    200,
    {"Content-Type": "application/rss+xml"},
    b"<rss version='2.0'><channel><title>t</title><item><guid>g</guid><title>hello</title></item></channel></rss>",
)


def robots(text: str, status: int = 200, **headers: str):
    return status, headers, text.encode()


def feeds(*urls: str) -> str:
    listed = ", ".join(f'{{ url = "{url}", site = "s{number}" }}' for number, url in enumerate(urls))
    return f"[sources.feeds]\nfeeds = [{listed}]\n"


def sites(tmp_path) -> list[str]:
    with sqlite3.connect(tmp_path / "repute.db") as db:
        found = [row[0] for row in db.execute("select site from mentions order by site")]
    db.close()
    return found


def test_robots_of_every_kind(serve_web, crawl, tmp_path):
    opened = {
        "allowed": {"/robots.txt": robots("User-agent: *\nDisallow: /private")},
        "missing": {"/robots.txt": robots("gone", 404)},
        "forbidden": {"/robots.txt": robots("no", 403)},
        "ours": {"/robots.txt": robots("User-agent: *\nDisallow: /\n\nUser-agent: repute\nAllow: /")},
        "redirected": {"/robots.txt": (301, {"Location": "/real.txt"}, b""), "/real.txt": robots("User-agent: *\nAllow: /")},
    }
    closed = {
        "disallowed": {"/robots.txt": robots("User-agent: *\nDisallow: /feed")},
        "broken": {"/robots.txt": robots("oops", 500)},
        "binary": {"/robots.txt": (200, {}, b"\x00\x01\x02" * 50)},
        "page": {"/robots.txt": robots("<!doctype html><html>welcome</html>")},
        "endless": {"/robots.txt": (302, {"Location": "/robots.txt?again"}, b"")},
        "behind": {"/robots.txt": (301, {"Location": "/real.txt"}, b""), "/real.txt": robots("User-agent: *\nDisallow: /")},
    }
    webs = {name: serve_web({"/feed": FEED} | routes) for name, routes in (opened | closed).items()}
    report = crawl(feeds(*(f"{web.url}/feed" for web in webs.values()), "http://127.0.0.1:9/feed"), "feeds")
    assert {name: web.count("/feed") for name, web in webs.items()} == dict.fromkeys(opened, 1) | dict.fromkeys(closed, 0)
    assert all(web.asked[0] == "/robots.txt" for web in webs.values())
    assert sites(tmp_path) == [f"s{number}" for number in range(len(opened))]
    assert (report.status, report.items, report.errors, report.dropped) == ("finished", 5, 7, (("robots.txt", 7),))


def test_a_host_that_cannot_be_reached_is_closed(crawl):
    report = crawl(feeds("http://127.0.0.1:9/feed"), "feeds")
    assert (report.status, report.items, report.errors) == ("failed", 0, 1)
    assert (
        "http://127.0.0.1:9/robots.txt cannot be read, so nothing of this host is: the server refuses connections"
        in report.error
    )


def test_a_crawl_delay_is_kept(serve_web, crawl):
    times = []

    def feed(*_):
        times.append(time.monotonic())
        return FEED

    web = serve_web({"/robots.txt": robots("User-agent: *\nCrawl-delay: 0.7"), "/a": feed, "/b": feed, "/c": feed})
    crawl(feeds(*(f"{web.url}/{name}" for name in "abc")), "feeds")
    assert len(times) == 3
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.6


def test_what_hurts_is_refused_and_the_rest_goes_on(serve_web, crawl, tmp_path):
    tries = []

    def busy(*_):
        tries.append(time.monotonic())
        return FEED if len(tries) > 1 else (429, {"Retry-After": "1"}, b"")

    web = serve_web(
        {
            "/big": (200, {}, b"x" * 50_000_000),
            "/loop": (302, {"Location": "/loop"}, b""),
            "/html": (
                200,
                {"Content-Type": "text/html"},
                b"<!DOCTYPE html><html><head><link rel=alternate type=application/rss+xml href=/real.xml></head></html>",
            ),
            "/away": (302, {"Location": "http://127.0.0.2/feed"}, b""),
            "/later": (503, {"Retry-After": "86400"}, b""),
            "/busy": busy,
            "/good": FEED,
        }
    )
    names = ("big", "loop", "html", "away", "later", "busy", "good")
    text = feeds(*(f"{web.url}/{name}" for name in names))
    report = crawl(text, "feeds")
    assert sites(tmp_path) == ["s5", "s6"]
    assert report.errors == 5
    assert web.count("/loop") == 6
    assert web.count("/later") == 1
    assert 0.9 < tries[1] - tries[0] < 5
    assert report.bytes < 20_000_000


@pytest.mark.parametrize(
    ("status", "body", "closed"),
    [
        (200, b"", False),
        (404, b"x", False),
        (429, b"", True),
        (503, b"", True),
        (200, b" <html>", True),
        (200, b"\xff\xfeU\x00", True),
        (200, "# é".encode("latin-1"), False),
    ],
)
def test_when_the_door_is_closed(status, body, closed):
    rules = read_rules(Response("https://example.org/robots.txt", status=status, body=body))
    assert rules.allows("https://example.org/page") is not closed


def test_rules_beyond_500_kib_are_left_out():
    body = b"User-agent: *\n" + b"# padding padding\n" * 30_000 + b"Disallow: /\n"
    assert read_rules(Response("https://example.org/robots.txt", body=body)).allows("https://example.org/page")


def test_a_name_that_stands_for_a_private_address_is_not_resolved():
    resolver = PublicResolver(None, 0, 1.0, frozenset({"10.0.0.5"}))
    with pytest.raises(
        DNSLookupError, match=re.escape("inside.example (10.0.0.6) is in a private network; add 'inside.example'")
    ):
        resolver.check("10.0.0.6", "inside.example")
    assert PublicResolver.refused["inside.example"].endswith("if you mean it")
    assert resolver.check("10.0.0.5", "other.example") == "10.0.0.5"
    assert resolver.check("93.184.216.34", "example.org") == "93.184.216.34"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "0.0.0.0"]
)
def test_private_addresses_are_refused(host):
    with pytest.raises(IgnoreRequest, match="private network"):
        refuse_private(host, frozenset())
    refuse_private(host, frozenset({host}))


def test_public_addresses_and_names_pass():
    assert refuse_private("93.184.216.34", frozenset()) is None
    assert refuse_private("example.org", frozenset()) is None


def test_http_and_https_and_www_are_one_place():
    assert host_of("http://www.example.org/a") == host_of("https://example.org/b") == ("example.org", 443)
    assert host_of("http://example.org:8080/") == ("example.org", 8080)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120.0),
        ("Sun, 04 Oct 2026 10:00:30 GMT", 30.0),
        ("Sun, 04 Oct 2026 09:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
    ],
)
def test_retry_after_as_number_or_time_of_the_servers_clock(asked, seconds):
    assert retry_after(asked, "Sun, 04 Oct 2026 10:00:00 GMT") == seconds
