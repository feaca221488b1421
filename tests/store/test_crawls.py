from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from store.crawls import find_cursor, find_gaps, find_jobs, finish_crawl, finish_job, mark_dead_jobs, start_crawl, start_job
from store.database import open_database
from store.records import CrawlReport, Cursor, Watch
from store.saving import save_mentions

NO_PROCESS = 2**22 + 1


def test_a_run_leaves_a_row_with_what_it_did(db):
    crawl = start_crawl(db, "feeds", now="2026-09-01T00:00:00Z", pid=os.getpid())
    finish_crawl(
        db,
        crawl,
        CrawlReport(
            status="failed",
            finished="2026-09-01T00:01:00Z",
            requests=3,
            items=9,
            new=4,
            dropped=(("no brand", 5),),
            errors=1,
            error="feed is a page",
        ),
    )
    row = next(db["crawls"].rows)
    assert (row["source"], row["status"], row["requests"], row["new"], row["dropped"], row["error"]) == (
        "feeds",
        "failed",
        3,
        4,
        '{"no brand": 5}',
        "feed is a page",
    )


def test_a_run_whose_process_died_is_marked_by_the_next(db):
    start_crawl(db, "feeds", now="2026-09-01T00:00:00Z", pid=NO_PROCESS)
    start_crawl(db, "feeds", now="2026-09-02T00:00:00Z", pid=os.getpid())
    assert [(row["status"], row["finished"]) for row in db["crawls"].rows] == [
        ("interrupted", "2026-09-02T00:00:00Z"),
        ("running", None),
    ]


def test_jobs_are_listed_newest_first_and_dead_ones_marked(db):
    start_job(db, "tag", now="2026-09-01T00:00:00Z", pid=NO_PROCESS)
    job = start_job(db, "digest", now="2026-09-01T00:05:00Z", pid=os.getpid())
    finish_job(db, job, finished="2026-09-01T00:06:00Z", status="failed", exit_code=1, output="no mail server")
    assert mark_dead_jobs(db, now="2026-09-01T01:00:00Z") == 1
    assert [(row["job"], row["status"], row["exit_code"], row["output"]) for row in find_jobs(db, 5)] == [
        ("digest", "failed", 1, "no mail server"),
        ("tag", "interrupted", None, None),
    ]


def test_a_cursor_is_none_at_first_and_then_the_last_value(db, author):
    assert find_cursor(db, "feeds", "x", "etag") is None
    for value in ("a", "b"):
        save_mentions(
            db,
            [],
            author=author,
            now="2026-09-01T00:00:00Z",
            cursors=[Cursor(source="feeds", site="x", name="etag", value=value)],
        )
    assert find_cursor(db, "feeds", "x", "etag") == "b"


def day(n: int) -> str:
    return f"2026-{1 + n // 28:02}-{1 + n % 28:02}T00:00:00Z"


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 15), st.booleans()), max_size=8))
def test_gaps_are_the_days_that_no_complete_watch_covers(tmp_path_factory, watches):
    db = open_database(tmp_path_factory.mktemp("gaps") / "repute.db")
    from store.saving import Author

    save_mentions(
        db,
        [],
        author=Author(b"s"),
        now=day(0),
        watches=[
            Watch(source="s", site="x", since=day(start), until=day(start + length), complete=complete)
            for start, length, complete in watches
        ],
    )
    covered = {n for start, length, complete in watches if complete for n in range(start, start + length)}
    gaps = find_gaps(db, source="s", site="x", since=day(10), until=day(50))
    in_gaps = {n for n in range(10, 50) for since, until in gaps if since <= day(n) < until}
    assert in_gaps == set(range(10, 50)) - covered
    assert all(since < until for since, until in gaps)
    db.close()
