"""Hosts that want to be left alone for a while: what their headers say, and that nothing is asked meanwhile."""

from __future__ import annotations

import signal
import time
from itertools import pairwise

import pytest
from loopback import query

from crawlers.pacing import UNTOLD_WAIT, pause_words, read_pause

NOW = "2026-10-05T08:00:00Z"
DATE = "Mon, 05 Oct 2026 08:00:00 GMT"
EPOCH = 1791187200
FEED = (
    200,
    {},
    b"<rss version='2.0'><channel><title>t</title><item><guid>g</guid><title>hello</title></item></channel></rss>",
)


def feeds(web, names: str, site: str = "") -> str:
    listed = ", ".join(f'{{ url = "{web.url}/{name}", site = "{site or name}" }}' for name in names)
    return f"[sources.feeds]\nfeeds = [{listed}]\n"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"x-ratelimit-remaining": "12", "x-ratelimit-reset": "30"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 30.0),
        ({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "30"}, 30.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-10-05T08:05:00.000Z"}, 300.0),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(EPOCH + 90)}, 90.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(1000 * (EPOCH + 90))}, 90.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH - 90)}, 0.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": str(EPOCH + 7)}, 7.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "7"}, 7.0),
        ({"ratelimit": "limit=100, remaining=0, reset=50"}, 50.0),
        ({"ratelimit": "limit=100, remaining=3, reset=50"}, None),
        ({"ratelimit": '"burst";r=0;t=9, "day";r=50;t=9000'}, 9.0),
        ({"ratelimit": '"default";r=0'}, UNTOLD_WAIT),
        ({"x-ratelimit-remaining": "0"}, UNTOLD_WAIT),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, UNTOLD_WAIT),
        ({"x-ratelimit-remaining": "none", "x-ratelimit-reset": "5"}, None),
        ({"x-ratelimit-remaining": "nan", "x-ratelimit-reset": "5"}, None),
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "Mon, 05 Oct 2026 08:00:45 GMT"}, 45.0),
        ({"retry-after": "whenever"}, None),
        ({"retry-after": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "40"}, 40.0),
    ],
)
def test_what_the_headers_of_an_answer_ask_for(headers, seconds):
    assert read_pause({"date": DATE} | headers, NOW) == seconds


def test_times_are_read_by_the_servers_own_clock_and_by_ours_where_it_shows_none():
    late = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 60)}
    assert read_pause(late | {"date": "Mon, 05 Oct 2026 08:00:50 GMT"}, NOW) == 10.0
    assert read_pause(late, NOW) == 60.0


def test_a_pause_in_words():
    assert [pause_words(seconds) for seconds in (7, 89, 600, 7200, 200_000)] == [
        "7 seconds",
        "89 seconds",
        "10 minutes",
        "2 hours",
        "2 days",
    ]


def test_a_limit_that_is_used_up_holds_what_already_waits_in_the_queue(serve_web, crawl):
    times = []

    def feed(*_):
        times.append(time.monotonic())
        spent = len(times) == 2
        return FEED[0], {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2"} if spent else {}, FEED[2]

    web = serve_web(dict.fromkeys(("/a", "/b", "/c", "/d"), feed))
    report = crawl(feeds(web, "abcd"), "feeds")
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert (report.status, report.errors, len(times)) == ("finished", 0, 4)
    assert 1.9 < waits[1] < 6
    assert max(waits[0], waits[2]) < waits[1]


def test_a_429_holds_the_whole_host_and_not_the_others(serve_web, crawl):
    asked = []

    def busy(target, *_):
        asked.append((target, time.monotonic()))
        return FEED if len(asked) > 1 else (429, {"Retry-After": "2"}, b"")

    web, other = serve_web({"/a": busy, "/b": busy}), serve_web({"/c": FEED})
    listed = ", ".join(f'{{ url = "{url}" }}' for url in (f"{web.url}/a", f"{web.url}/b", f"{other.url}/c"))
    report = crawl(f"[sources.feeds]\nfeeds = [{listed}]\n", "feeds")
    assert (report.status, report.errors, web.count("/a"), web.count("/b"), other.count("/c")) == ("finished", 0, 2, 1, 1)
    assert min(when for _, when in asked[1:]) - asked[0][1] > 1.9


def test_a_host_that_wants_an_hour_is_left_to_the_next_crawl_with_incomplete_watches(serve_web, crawl, tmp_path):
    web = serve_web({"/a": (200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "3600"}, FEED[2]), "/b": FEED, "/c": FEED})
    report = crawl(feeds(web, "abc"), "feeds")
    assert report.duration < 600
    assert (report.status, report.items, report.errors, web.count("/b"), web.count("/c")) == ("finished", 1, 2, 0, 0)
    assert "/b: was not read: 127.0.0.1 wants no more requests for 60 minutes; the next crawl goes on" in report.error
    assert query(tmp_path, "select site, complete from watches order by site") == [("b", 0), ("c", 0)]
    assert query(tmp_path, "select requests, complete from crawls") == [(2, 0)]


def test_a_crawl_that_is_told_to_end_does_not_wait_for_its_host(serve_web, start_crawl):
    web = serve_web({"/a": (200, {"Retry-After": "300"}, FEED[2]), "/b": FEED})
    process = start_crawl(feeds(web, "ab"), "feeds")
    for _ in range(600):
        if web.count("/a"):
            break
        time.sleep(0.05)
    time.sleep(1.0)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert '"status": "interrupted"' in out
    assert time.monotonic() - began < 10
    assert web.count("/b") == 0
