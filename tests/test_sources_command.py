"""`repute sources`: how each source fares, its last runs, and lifting a pause."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from commands.sources import sources
from store.crawls import finish_crawl, start_crawl
from store.database import open_database
from store.health import MOST_FAILURES, find_trouble
from store.records import CrawlReport, MatchedMention, Mention, Watch
from store.saving import Author, save_mentions

NOW = "2026-10-14T08:00:00Z"
CONFIG = """
[repute]
time_zone = "Europe/Istanbul"
[[brands]]
id = "acme"
name = "Acme"
query = "acme"
[sources.hackernews]
[sources.feeds]
feeds = [{ url = "https://news.example/feed" }]
[sources.reviews]
pages = [{ url = "https://reviews.example/acme" }]
[sources.reddit]
enabled = false
subreddits = ["all"]
[schedule.crawl]
default = "0 */6 * * *"
feeds = "30 * * * *"
"""


def at(day: float) -> str:
    """A time so many days before now."""
    return (datetime.fromisoformat(NOW) - timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")


def run(db, source, status, day, **more):
    crawl = start_crawl(db, source, now=at(day), pid=os.getpid())
    watch = Watch(source=source, site="s", since=at(day + 1), until=at(day), complete=status == "finished")
    save_mentions(db, [], author=Author(b"s"), now=at(day), watches=[watch], crawl=crawl)
    finish_crawl(db, crawl, CrawlReport(status=status, finished=at(day), **more))


def mentions(db, source, days, a_day):
    batch = [
        MatchedMention(
            mention=Mention(
                source=source, site="s", external_id=f"{day}-{n}", text=f"acme {day} {n}", published=at(day + n / 100),
                published_precision="second",
            ),
            brands=(("acme", "acme"),),
        )
        for day in days
        for n in range(a_day)
    ]  # fmt: skip
    save_mentions(db, batch, author=Author(b"s"), now=NOW)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Hacker News fell silent on 3 October, the feeds fail, the reviews are paused."""
    (tmp_path / "config.toml").write_text(CONFIG)
    with contextlib.closing(open_database(tmp_path / "repute.db")) as db:
        mentions(db, "hackernews", range(11, 40), 12)
        run(db, "hackernews", "finished", 0.1, requests=3, items=9, dropped=(("no brand", 9),), bytes=20_000, duration=2.5)
        run(db, "feeds", "finished", 2.0, items=1)
        run(db, "feeds", "failed", 0.005, errors=1, error="https://news.example/feed: is refused to us (HTTP 403)")
        for number in range(MOST_FAILURES):
            run(db, "reviews", "failed", 5 - number / 2, errors=1, error="the page is no page; give another")
    return tmp_path


def ask(folder, *arguments, code=0):
    done = CliRunner().invoke(sources, [*arguments, "--config", str(folder / "config.toml"), "--as-of", NOW])
    assert done.exit_code == code, done.output
    return done.output


def test_each_source_has_a_line_and_what_is_wrong_stands_below(folder):
    output = ask(folder)
    assert max(map(cell_len, output.splitlines())) <= 100
    lines = [" ".join(line.split()) for line in output.splitlines()]
    assert lines[:7] == [
        "Sources times in Europe/Istanbul",
        "",
        "Source State 4 weeks Mentions Last success Next run",
        f"hackernews ? silent {'█' * 17}{'▁' * 11} 348 2026-10-14 08:36 –",
        f"feeds ! failing {'▁' * 28} 0 2026-10-12 11:00 –",
        f"reviews ✗ paused {'▁' * 28} 0 never –",
        f"reddit – off {'▁' * 28} 0 never –",
    ]
    text = " ".join(lines)
    assert "hackernews used to bring 12 mentions a day, none since 3 Oct: the site may have changed; look at it" in text
    assert "feeds failed once: https://news.example/feed: is refused to us (HTTP 403); after 8 failures it is paused" in text
    assert "reviews paused after 8 failures in a row since 9 Oct: the page is no page; give another. Mend that" in text
    assert "No scheduler runs: `repute run` starts it." in text


def test_next_runs_are_told_while_a_scheduler_runs(folder):
    with open(folder / "repute.scheduler.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = json.loads(ask(folder, "--json"))
    assert answer["scheduled"]
    assert {one["source"]: one["next_run"] for one in answer["sources"]} == {
        "hackernews": "2026-10-14T09:00:00Z",
        "feeds": "2026-10-14T08:07:48Z",
        "reviews": None,
        "reddit": None,
    }
    assert not json.loads(ask(folder, "--json"))["scheduled"]


def documented(section: str) -> set[str]:
    page = (Path(__file__).parent.parent / "docs" / "json.md").read_text("utf-8")
    part = page.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return {line.split("`")[1] for line in part.splitlines() if line.startswith("| `")}


def test_json_has_the_fields_that_are_documented(folder):
    answer, runs = json.loads(ask(folder, "--json")), json.loads(ask(folder, "hackernews", "--json"))
    assert set(answer) == documented("SourcesAnswer")
    assert all(set(one) == documented("SourceHealth") for one in answer["sources"])
    assert {one["source"]: (one["state"], one["failures"]) for one in answer["sources"]} == {
        "hackernews": ("silent", 0),
        "feeds": ("failing", 1),
        "reviews": ("paused", 8),
        "reddit": ("off", 0),
    }
    assert set(runs) == documented("RunsAnswer")
    assert set(runs["runs"][0]) == documented("Run")


def test_a_name_shows_the_last_runs_of_that_source(folder):
    output = ask(folder, "hackernews")
    assert max(map(cell_len, output.splitlines())) <= 100
    lines = [" ".join(line.split()) for line in output.splitlines() if line.strip()]
    assert lines == [
        "The last 1 crawl of hackernews times in Europe/Istanbul",
        "Started Ended Requests Mentions New Updated KB Took Errors",
        "2026-10-14 08:36 finished 3 9 0 0 20 2 s",
        "2026-10-14 08:36",
        "covered 2026-10-13 08:36 to 2026-10-14 08:36",
        "left out: 9 no brand",
    ]
    assert ask(folder, "reviews").count("first error: the page is no page; give another") == MOST_FAILURES
    assert "reddit: has never run." in ask(folder, "reddit")
    assert "nope: is no source of config.toml; there are: hackernews, feeds, reviews, reddit" in ask(folder, "nope", code=1)


def test_a_paused_source_is_resumed(folder):
    assert "reviews: goes on at its usual times; its 8 failures in a row count no longer" in ask(folder, "resume", "reviews")
    with contextlib.closing(open_database(folder / "repute.db")) as db:
        assert find_trouble(db, "reviews").failures == 0
    assert "reviews: is not paused" in ask(folder, "resume", "reviews")
    assert "never run" in next(line for line in ask(folder).splitlines() if line.startswith("reviews"))
    assert "nope: is no source" in ask(folder, "resume", "nope", code=1)


def test_a_source_that_works_is_ok_and_a_store_is_not_needed(folder, tmp_path_factory):
    with contextlib.closing(open_database(folder / "repute.db")) as db:
        mentions(db, "hackernews", [0.2], 1)
        run(db, "feeds", "finished", 0.001, errors=1, error="one of two feeds is gone")
    output = ask(folder)
    states = {line.split()[0]: line.split()[2] for line in output.splitlines()[3:7]}
    assert states == {"hackernews": "ok", "feeds": "ok", "reviews": "paused", "reddit": "off"}
    assert "its last crawl met an error: one of two feeds is gone" in output
    empty = tmp_path_factory.mktemp("empty")
    (empty / "config.toml").write_text(CONFIG)
    assert ask(empty).count("never run") == 3
    assert not (empty / "repute.db").exists()
