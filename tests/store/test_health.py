"""Failures in a row, pauses that grow, what each run reached, and the requests of a day."""

from __future__ import annotations

import os

import pytest

from store.crawls import finish_crawl, start_crawl
from store.health import MOST_FAILURES, count_arrivals, find_runs, find_trouble, note_failed_start, resume_source, why_not_now
from store.manners import count_requests, find_robots, keep_robots, note_requests
from store.records import CrawlReport, Cursor, Watch
from store.saving import save_mentions


def run(db, status, hour, source="feeds", error=None, requests=1):
    crawl = start_crawl(db, source, now=f"2026-10-05T{hour:02}:00:00Z", pid=os.getpid())
    finished = f"2026-10-05T{hour:02}:01:00Z"
    finish_crawl(db, crawl, CrawlReport(status=status, finished=finished, error=error, requests=requests))
    return crawl


def test_failures_count_from_the_last_success_and_interruptions_neither_count_nor_end_them(db):
    assert find_trouble(db, "feeds").failures == 0
    for hour, status in enumerate(("failed", "finished", "failed", "interrupted", "failed")):
        run(db, status, hour, error=f"error {hour}")
    run(db, "failed", 6, source="reddit")
    trouble = find_trouble(db, "feeds")
    assert (trouble.failures, trouble.first, trouble.last, trouble.error) == (
        2,
        "2026-10-05T02:00:00Z",
        "2026-10-05T04:01:00Z",
        "error 4",
    )
    run(db, "finished", 7)
    assert find_trouble(db, "feeds").failures == 0


@pytest.mark.parametrize(
    ("failures", "retry"),
    [(1, "2026-10-05T00:16:00Z"), (2, "2026-10-05T02:01:00Z"), (3, "2026-10-05T06:01:00Z"), (4, None), (8, None)],
)
def test_pauses_grow_and_then_the_usual_times_hold(db, failures, retry):
    for hour in range(failures):
        run(db, "failed", hour, error="no route")
    trouble = find_trouble(db, "feeds")
    assert (trouble.retry, trouble.is_paused) == (retry, failures >= MOST_FAILURES)
    if retry:
        assert why_not_now(trouble, "feeds", "2026-10-05T00:00:00Z").startswith(f"failed {failures} in a row, not tried again")
        assert why_not_now(trouble, "feeds", retry) is None


def test_a_paused_source_goes_on_once_it_is_resumed(db):
    for hour in range(MOST_FAILURES):
        run(db, "failed", hour, error="the key is refused; set REPUTE_X")
    assert why_not_now(find_trouble(db, "feeds"), "feeds", "2027-01-01T00:00:00Z") == (
        "paused after 8 failures in a row: the key is refused; set REPUTE_X; "
        "try it with `repute crawl feeds`, or go on with `repute sources resume feeds`"
    )
    resume_source(db, "feeds", now="2026-10-06T00:00:00Z")
    assert find_trouble(db, "feeds").failures == 0
    assert [row["status"] for row in find_runs(db, "feeds", 2)] == ["resumed", "failed"]
    run(db, "failed", 9)
    assert find_trouble(db, "feeds").failures == 1


def test_a_crawl_that_failed_before_it_had_a_row_gets_one_and_no_other_does(db):
    told = {"started": "2026-10-05T05:00:00Z", "finished": "2026-10-05T05:00:02Z", "error": "config.toml: no such thing"}
    run(db, "finished", 1)
    assert note_failed_start(db, "feeds", **told)
    trouble = find_trouble(db, "feeds")
    assert (trouble.failures, trouble.error) == (1, "config.toml: no such thing")
    run(db, "failed", 5)
    assert not note_failed_start(db, "feeds", **told)
    start_crawl(db, "reddit", now="2026-10-05T01:00:00Z", pid=os.getpid())
    assert not note_failed_start(db, "reddit", **told)


def test_a_run_says_what_it_covered_and_where_its_listings_stand(db, author):
    now = "2026-10-05T00:00:00Z"
    crawl = start_crawl(db, "feeds", now=now, pid=os.getpid())
    watches = [
        Watch(source="feeds", site="a", since="2026-09-01T00:00:00Z", until="2026-10-01T00:00:00Z", complete=True),
        Watch(source="feeds", site="b", since="2026-09-20T00:00:00Z", until=now, complete=False),
    ]
    cursors = [Cursor(source="feeds", site="a", name="new", value="t3_x"), Cursor(source="feeds", site="b", name="", value="7")]
    pages = [Cursor(source="feeds", site="a", name="page https://a/1", value="{}")]
    save_mentions(db, [], author=author, now=now, cursors=[*cursors, *pages], watches=watches, crawl=crawl)
    older = [Cursor(source="feeds", site="c", name="old", value="1"), Cursor(source="reddit", site="d", name="", value="2")]
    save_mentions(db, [], author=author, now="2026-09-01T00:00:00Z", cursors=older)
    finish_crawl(db, crawl, CrawlReport(status="finished", finished=now))
    (row,) = find_runs(db, "feeds", 5)
    assert (row["since"], row["until"], row["complete"], row["cursor"]) == (
        "2026-09-01T00:00:00Z",
        now,
        0,
        "a: new: t3_x; b: 7",
    )
    finish_crawl(db, start_crawl(db, "x", now=now, pid=1), CrawlReport(status="finished", finished=now))
    assert [(row["since"], row["complete"], row["cursor"]) for row in find_runs(db, "x", 1)] == [(None, None, None)]


def test_requests_are_those_of_the_day_and_the_source_killed_runs_among_them(db):
    for hour in (0, 23):
        run(db, "finished", hour, requests=10)
    run(db, "finished", 5, source="reddit", requests=99)
    killed = start_crawl(db, "feeds", now="2026-10-05T12:00:00Z", pid=2**22 + 1)
    note_requests(db, killed, 7)
    start_crawl(db, "feeds", now="2026-10-06T00:00:00Z", pid=os.getpid())
    bounds = {"since": "2026-10-05T00:00:00Z", "until": "2026-10-06T00:00:00Z"}
    assert count_requests(db, "feeds", **bounds) == 27


def test_robots_hold_for_their_time(db):
    keep_robots(db, "https://a.example", "User-agent: *", now="2026-10-05T08:00:00Z")
    keep_robots(db, "https://a.example", "", now="2026-10-05T09:00:00Z")
    found = [
        find_robots(db, "https://a.example", since=f"2026-10-05T{since}:00:00Z", until=f"2026-10-05T{until}:00:00Z")
        for since, until in (("00", "10"), ("10", "11"), ("00", "08"))
    ]
    assert found == ["", None, None]
    assert find_robots(db, "https://b.example", since="2026-01-01T00:00:00Z", until="2027-01-01T00:00:00Z") is None


def test_arrivals_stand_under_their_publication_and_undated_ones_under_their_first_sight(db, author, matched):
    batch = [
        matched("t", external_id="1", published="2026-09-01T10:00:10Z"),
        matched("t", external_id="2", published="2026-09-01T10:00:50Z"),
        matched("t", external_id="3", published="2026-09-02T00:00:00Z", published_precision="day"),
        matched("t", external_id="4", published=None, published_precision="unknown"),
        matched("t", external_id="5", published="2026-08-01T00:00:00Z"),
    ]
    save_mentions(db, batch, author=author, now="2026-09-03T07:08:09Z")
    assert count_arrivals(db, since="2026-09-01") == [
        ("reviews", "2026-09-01T10", 2),
        ("reviews", "2026-09-02", 1),
        ("reviews", "2026-09-03T07", 1),
    ]
