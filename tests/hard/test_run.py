"""`repute run` as a user starts it: real jobs, real signals."""

from __future__ import annotations

import contextlib
import re
import signal
import time

from store.crawls import find_jobs
from store.database import open_database

SOURCE = """
[repute]
allow_private_hosts = ["127.0.0.1"]
time_zone = "Asia/Kolkata"
[[brands]]
id = "tamarind"
name = "Tamarind"
query = "tamarind"
"""


def jobs_of(repute):
    with contextlib.closing(open_database(repute.database)) as db:
        return find_jobs(db, 100)[::-1]


def read_until(process, words):
    """Read the log up to the line with these words."""
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"{words!r} never came")


def test_run_once_crawls_then_tags_and_records_both(repute, demo_url):
    (repute.folder / "config.toml").write_text(f'{SOURCE}[sources.feeds]\nfeeds = [{{ url = "{demo_url}/feeds/blogs.xml" }}]\n')
    log = repute.done("run", "--once")
    crawl, tag = jobs_of(repute)
    assert (crawl["job"], crawl["status"], crawl["exit_code"]) == ("crawl feeds", "finished", 0)
    assert re.fullmatch(r"feeds: \d+ requests, (\d+) mentions: .* in [\d.]+ s", crawl["output"].splitlines()[-1])
    assert (tag["job"], tag["status"], tag["exit_code"]) == ("tag", "finished", 0)
    assert re.search(r"[1-9]\d* mentions read", tag["output"])
    assert [line[21:].partition(" in ")[0] for line in log.splitlines() if line[:2] == "20"] == [
        "crawl feeds: started",
        "crawl feeds: finished",
        "tag: started",
        "tag: finished",
    ]


def test_run_tells_when_what_runs_in_the_users_zone_and_ends_on_sigterm(repute):
    (repute.folder / "config.toml").write_text(
        f'{SOURCE}[sources.hackernews]\n[schedule]\ntag = "0 0 1 1 *"\n[schedule.crawl]\ndefault = "30 2 31 12 *"\n'
    )
    process = repute.start("run")
    read_until(process, "scheduler started")
    assert re.search(r"crawl hackernews: next \w{3} 31 Dec \d{4} 02:30 IST$", read_until(process, "crawl hackernews"))
    assert re.search(r"tag: next \w{3} 01 Jan \d{4} 00:00 IST$", read_until(process, "tag"))
    read_until(process, "digest: nobody receives it")
    second = repute.refused("run")
    assert second.startswith(f"Error: {repute.database}: another scheduler (process {process.pid}) already runs on it")
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0, rest
    assert rest.endswith("scheduler ended\n")
    assert jobs_of(repute) == []


def test_a_crawl_that_is_asked_to_end_keeps_what_it_has(repute, demo_url):
    pages = ", ".join(f'{{ url = "{demo_url}/{path}" }}' for path in ("trustyard/tamarind", "neighbours/"))
    (repute.folder / "config.toml").write_text(f"{SOURCE}[sources.reviews]\npages = [{pages}]\n")
    process = repute.start("crawl", "reviews", "--as-of", "2026-10-05T08:00:00Z")
    deadline = time.monotonic() + 30
    while not count_mentions(repute):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=20)
    assert "Traceback" not in output
    assert process.returncode == 1, output
    with contextlib.closing(open_database(repute.database)) as db:
        ((status,),) = db.execute("select status from crawls").fetchall()
    assert status == "interrupted"
    assert count_mentions(repute) > 0


def count_mentions(repute):
    """Mentions in the store so far."""
    if not repute.database.exists():
        return 0
    with contextlib.closing(open_database(repute.database)) as db:
        return db.execute("select count(*) from mentions").fetchone()[0]
