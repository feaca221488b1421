"""Runs: their rows, their locks, their ends, and what is wrong with a configuration."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from loopback import query

from config import ConfigError, load_config
from crawlers.context import SourceError
from crawlers.running import check_sources, find_spiders, run_crawl

NOW = "2026-10-05T08:00:00Z"

ITEMS = "".join(
    f"<item><guid>g{n}</guid><title>hello {n}</title><pubDate>Thu, 01 Oct 2026 10:00:{n:02d} GMT</pubDate></item>"
    for n in range(5)
)
FEED = (200, {}, f"<rss version='2.0'><channel><title>t</title>{ITEMS}</channel></rss>".encode())


def test_a_crawl_leaves_a_row_that_says_what_it_did(serve, crawl, tmp_path):
    url = serve({"/a": FEED})
    report = crawl(f'[sources.feeds]\nfeeds = [{{ url = "{url}/a" }}, {{ url = "{url}/none" }}]', "feeds")
    assert (report.status, report.requests, report.items, report.new, report.updated, report.errors) == (
        "finished",
        3,
        5,
        5,
        0,
        1,
    )
    assert report.error == f"{url}/none: is not there; check the address (HTTP 404)"
    [row] = query(
        tmp_path,
        "select source, started, status, requests, items, new, errors, error, dropped, bytes > 0, finished > started from crawls",
    )
    assert row[:9] == ("feeds", "2026-10-05T08:00:00Z", "finished", 3, 5, 5, 1, report.error, "{}")
    assert row[9:] == (1, 0 if report.duration < 1 else 1)


BRAND = """
[[brands]]
id = "one"
name = "One"
role = "own"
query = "{}"
"""


def test_a_changed_query_reads_again_what_the_source_still_has(serve, crawl, tmp_path):
    def answer(target, headers, body):
        known = headers.get("If-None-Match") == '"1"'
        return (304, {}, b"") if known else (200, {"ETag": '"1"'}, FEED[2])

    url = serve({"/a": answer})
    feeds = f'[sources.feeds]\nfeeds = [{{ url = "{url}/a" }}]'
    assert crawl(BRAND.format("hello 1") + feeds, "feeds").new == 1
    assert crawl(BRAND.format("hello 1") + feeds, "feeds").items == 0
    assert crawl(BRAND.format("hello") + feeds, "feeds").new == 4
    assert query(tmp_path, "select count(*) from mention_brands") == [(5,)]


def test_a_dry_look_stores_nothing(serve, crawl, tmp_path):
    url = serve({"/a": FEED})
    report = crawl(f'[sources.feeds]\nfeeds = [{{ url = "{url}/a" }}]', "feeds", dry=True)
    assert (report.status, report.items, report.new) == ("finished", 5, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml"]


def test_sigterm_keeps_what_was_collected_and_a_second_crawl_waits_for_no_lock(serve_web, start_crawl, crawl, tmp_path):
    def slow(*_):
        time.sleep(3)
        return FEED

    web = serve_web({"/a": FEED, "/slow": slow, "/never": FEED})
    text = f'[sources.feeds]\nfeeds = [{", ".join(f"""{{ url = "{web.url}/{name}", site = "{name}" }}""" for name in ("a", "slow", "never"))}]'
    process = start_crawl(text, "feeds")
    wait_until(lambda: web.count("/slow"))
    with pytest.raises(SourceError, match=f"feeds: is being crawled already, by process {process.pid}"):
        run_crawl(load_config(tmp_path / "config.toml", {}), "feeds", now=NOW)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert json.loads(out)["status"] == "interrupted"
    assert query(tmp_path, "select status from crawls") == [("interrupted",)]
    assert query(tmp_path, "select distinct site from mentions")[0] == ("a",)
    assert query(tmp_path, "select name from cursors where site = 'never'") == []
    assert crawl(text, "feeds").status == "finished"
    assert query(tmp_path, "select site, count(*) from mentions group by site") == [("a", 5), ("never", 5), ("slow", 5)]


def wait_until(happened):
    for _ in range(600):
        if happened():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within 30 s")


def test_a_source_that_is_not_configured(configure):
    with pytest.raises(SourceError, match=r"feeds: config.toml has no table \[sources.feeds\]; add one"):
        run_crawl(load_config(configure(""), {}), "feeds", now=NOW)


def test_a_source_that_there_is_not(configure):
    with pytest.raises(ConfigError, match=r"sources.feed: is not a source; did you mean feeds\?"):
        run_crawl(load_config(configure("[sources.feed]"), {}), "feed", now=NOW)


def test_spiders_are_found_by_walking_the_package():
    assert {"feeds", "hackernews"} <= set(find_spiders())
    assert all(spider.name == name for name, spider in find_spiders().items())


def test_everything_wrong_is_told_with_its_place(configure):
    path = configure(
        """
[[brands]]
id = "acme"
name = "Acme"
role = "own"
query = "acme AND (refund"
[sources.yelp]
[sources.hackernew]
[sources.g2]
[sources.hackernews]
url = "hn.algolia.com"
queries = []
[sources.feeds]
colour = "red"
feeds = [{ url = "ftp://x" }, { site = 3, voice = "cat" }, "x"]
"""
    )
    problems = {problem.place: problem.message for problem in check_sources(load_config(path, {}))}
    assert problems == {
        "brands[0].query": "unbalanced parenthesis at column 10 in 'acme AND (refund'",
        "sources.yelp": "is left out on purpose: its terms forbid keeping reviews. Read them there",
        "sources.hackernew": "is not a source; did you mean hackernews?",
        "sources.g2": "is left out on purpose: its terms forbid automated access. Export the reviews there and bring them in with `repute import`",
        "sources.hackernews.url": "'hn.algolia.com' is no web address; write one like \"https://example.com/page\"",
        "sources.hackernews.queries": '[] should be a list like ["a", "b"], not empty',
        "sources.feeds.colour": "is not a setting; known here: feeds",
        "sources.feeds.feeds[0].url": "'ftp://x' is no web address; write one like \"https://example.com/page\"",
        "sources.feeds.feeds[1].url": 'is missing; add url = "https://…"',
        "sources.feeds.feeds[1].site": '3 should be "text" in quotes',
        "sources.feeds.feeds[1].voice": '\'cat\' should be "customer" or "press"',
        "sources.feeds.feeds[2]": "'x' should be a table like { url = \"https://example.org/feed\" }",
    }


def test_the_shipped_configuration_has_no_problem():
    root = Path(__file__).resolve().parents[2]
    assert check_sources(load_config(root / "config.toml", {})) == []
