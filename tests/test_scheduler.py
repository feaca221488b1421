"""The scheduler with real child processes, real signals and a real store."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from config import ConfigError, Schedule, load_config
from scheduler import check_schedule, plan_jobs
from store.crawls import find_jobs, finish_crawl, start_crawl
from store.database import open_database
from store.health import find_runs, find_trouble
from store.records import CrawlReport

ROOT = Path(__file__).resolve().parent.parent
CONFIG = """
[repute]
database = "store.db"
time_zone = "Asia/Kolkata"
[[brands]]
id = "acme"
name = "Acme"
query = "acme"
[sources.feeds]
feeds = [{ url = "http://127.0.0.1:9/feed.xml" }]
[sources.hackernews]
[sources.reddit]
enabled = false
[schedule]
tag = "*/15 * * * *"
digest = "0 7 * * mon"
limit_minutes = 30
[schedule.crawl]
default = "0 */6 * * *"
feeds = "30 * * * *"
[digest]
to = ["ana@example.com"]
sender = "repute@example.com"
smtp_host = "localhost"
"""
DRIVER = """
import sys
from pathlib import Path
from apscheduler.triggers.interval import IntervalTrigger
from config import load_config
from jobs import Job
from scheduler import SchedulerError, run_once, run_scheduler

def job(name, code, every=0.3, limit=30.0):
    return Job(name=name, command=(sys.executable, "-c", code), trigger=IntervalTrigger(seconds=every), limit=limit)

path = Path("config.toml")
try:
    {call}
except SchedulerError as error:
    sys.exit(str(error))
"""


STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    yield tmp_path
    while STARTED:
        with STARTED.pop() as process:
            process.kill()


def start(folder, jobs, call="run_scheduler(load_config(path), config_path=path, jobs=[{jobs}], grace=1.0)"):
    """Start a process that runs the scheduler on these jobs."""
    code = DRIVER.replace("{call}", call.replace("{jobs}", jobs))
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
    )
    STARTED.append(process)
    return process


def end(process, number=signal.SIGTERM):
    """Send a signal, and give the exit code and the log."""
    process.send_signal(number)
    _, log = process.communicate(timeout=20)
    return process.returncode, log


def jobs_in(folder):
    with contextlib.closing(open_database(folder / "store.db")) as db:
        return find_jobs(db, 1000)[::-1]


def wait_for(condition, seconds=15.0):
    """Poll until a condition holds, and give its value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return value


def ended(folder, name, count=1):
    """The first `count` ended rows of a job, once there are so many."""
    rows = wait_for(
        lambda: len(found := [row for row in jobs_in(folder) if row["job"] == name and row["finished"]]) >= count and found
    )
    return rows[:count]


def is_running(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return False


def test_a_config_gives_one_crawl_per_enabled_source_then_tagging_and_the_digest(folder):
    config = load_config(folder / "config.toml", {})
    jobs = plan_jobs(config, folder / "config.toml")
    start_of = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
    assert [
        (job.name, job.command[2:], job.limit, job.trigger.get_next_fire_time(None, start_of).isoformat()) for job in jobs
    ] == [
        ("crawl feeds", ("crawl", "feeds", "--config", str(folder / "config.toml")), 1800.0, "2026-10-05T13:30:00+05:30"),
        (
            "crawl hackernews",
            ("crawl", "hackernews", "--config", str(folder / "config.toml")),
            1800.0,
            "2026-10-05T18:00:00+05:30",
        ),
        ("tag", ("tag", "--config", str(folder / "config.toml")), 1800.0, "2026-10-05T13:30:00+05:30"),
        ("digest", ("digest", "--config", str(folder / "config.toml")), 1800.0, "2026-10-12T07:00:00+05:30"),
    ]


def test_a_digest_without_recipients_is_not_planned(folder):
    path = folder / "config.toml"
    path.write_text(CONFIG.replace('to = ["ana@example.com"]', "to = []"))
    assert [job.name for job in plan_jobs(load_config(path, {}), path)] == ["crawl feeds", "crawl hackernews", "tag"]


def test_every_fault_of_a_schedule_is_found_with_its_place(folder):
    config = load_config(folder / "config.toml", {})
    crawl = {"default": "61 * * * *", "fedes": "0 6 * * *", "feeds": "0 25 * * *", "hackernews": "0 0 * * sun-mun"}
    wrong = replace(config, schedule=Schedule(crawl=crawl, tag="0 0 31 2 *", digest="often and early on all days"))
    problems = check_schedule(wrong)
    assert [(problem.place, problem.message.partition(" (")[0].partition(";")[0]) for problem in problems] == [
        ("schedule.crawl.fedes", "there is no source 'fedes'"),
        ("schedule.crawl.default", "'61 * * * *' is no cron line"),
        ("schedule.crawl.feeds", "'0 25 * * *' is no cron line"),
        ("schedule.crawl.hackernews", "'0 0 * * sun-mun' is no cron line"),
        ("schedule.tag", "'0 0 31 2 *' never comes"),
        ("schedule.digest", "'often and early on all days' is no cron line"),
    ]
    assert problems[0].message.endswith("did you mean feeds?")
    with pytest.raises(ConfigError) as raised:
        plan_jobs(wrong, folder / "config.toml")
    assert raised.value.problems == tuple(problems)


def test_the_shipped_schedule_is_sound():
    assert check_schedule(load_config(ROOT / "config.toml", {})) == []


def test_a_named_weekday_is_that_day():
    trigger = CronTrigger.from_crontab("0 7 * * mon", ZoneInfo("Europe/London"))
    assert trigger.get_next_fire_time(None, datetime(2026, 10, 6, tzinfo=UTC)).isoformat() == "2026-10-12T07:00:00+01:00"


def test_sigterm_ends_cleanly_and_leaves_no_child(folder):
    process = start(folder, 'job(\'slow\', \'import time; print("half way"); open("ready", "w"); time.sleep(60)\', every=0.2)')
    wait_for((folder / "ready").exists)
    row = wait_for(lambda: jobs_in(folder))[0]
    began = time.monotonic()
    code, log = end(process)
    assert (code, time.monotonic() - began < 5) == (0, True)
    assert f"scheduler started on {folder / 'store.db'}, process {process.pid}\n" in log
    assert "slow: next " in log
    words = [line.strip() if line[0] == " " else line[21:] for line in log.partition("SIGTERM")[2].splitlines()[1:]]
    assert words == ["slow: ended with the scheduler after 0 s", "half way", "scheduler ended"]
    rows = jobs_in(folder)
    assert [(r["job"], r["status"], r["exit_code"], r["output"]) for r in rows] == [
        ("slow", "interrupted", -15, "half way\nended with the scheduler")
    ]
    assert not is_running(row["pid"])


def test_sigint_ends_cleanly_too(folder):
    process = start(folder, "job('idle', 'pass', every=3600)")
    assert "scheduler started" in process.stderr.readline()
    assert end(process, signal.SIGINT)[0] == 0
    assert jobs_in(folder) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="names a thread as Linux does")
def test_a_signal_that_the_kernel_hands_to_another_thread_ends_it_too(folder):
    process = start(folder, "job('idle', 'pass', every=3600)")
    assert "scheduler started" in process.stderr.readline()
    threads = {int(entry.name) for entry in Path(f"/proc/{process.pid}/task").iterdir()} - {process.pid}
    time.sleep(0.5)
    # Sent to a thread by its number, a signal is that thread's to take.
    os.kill(max(threads), signal.SIGTERM)
    _, log = process.communicate(timeout=20)
    assert (process.returncode, "SIGTERM: ending" in log) == (0, True)


def test_a_child_that_ignores_sigterm_is_killed_with_its_own_children(folder):
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(grandchild.pid); open('ready', 'w'); time.sleep(60)"
    )
    process = start(folder, f"job('deaf', {code!r}, every=0.2)")
    wait_for((folder / "ready").exists)
    wait_for(lambda: jobs_in(folder))
    assert end(process)[0] == 0
    (row,) = jobs_in(folder)
    assert (row["status"], row["exit_code"]) == ("interrupted", -9)
    grandchild = int(row["output"].split()[0])
    wait_for(lambda: not is_running(grandchild))


def test_a_job_that_dies_is_recorded_and_logged_and_the_next_runs(folder):
    died = "import sys; print('reading'); sys.exit('Error: no such thing')"
    process = start(
        folder, f"job('died', {died!r}), job('shot', 'import os; os.kill(os.getpid(), 9)'), job('fine', 'print(7)')"
    )
    rows = [*ended(folder, "died", 2), *ended(folder, "shot"), *ended(folder, "fine", 2)]
    assert [(r["job"], r["status"], r["exit_code"], r["output"]) for r in rows] == [
        ("died", "failed", 1, "reading\nError: no such thing\nfailed with exit code 1"),
        ("died", "failed", 1, "reading\nError: no such thing\nfailed with exit code 1"),
        ("shot", "failed", -9, "killed by SIGKILL"),
        ("fine", "finished", 0, "7"),
        ("fine", "finished", 0, "7"),
    ]
    code, log = end(process)
    assert code == 0
    assert "died: failed with exit code 1 after 0 s\n    reading\n    Error: no such thing\n" in log
    assert "fine: finished in 0 s: 7\n" in log


def test_a_job_beyond_its_limit_is_ended_and_the_next_runs(folder):
    process = start(folder, "job('hangs', 'import time; time.sleep(60)', limit=0.6), job('fine', 'print(7)')")
    (hung,), (fine,) = ended(folder, "hangs"), ended(folder, "fine")
    assert (hung["status"], hung["exit_code"]) == ("failed", -15)
    assert hung["output"] == "ended at its limit of 0.01 minutes ([schedule] limit_minutes)"
    assert (fine["status"], fine["output"]) == ("finished", "7")
    assert not is_running(hung["pid"])
    assert end(process)[0] == 0


def test_a_job_never_overlaps_itself(folder):
    code = "import os, time; os.mkdir('held'); time.sleep(1); os.rmdir('held')"
    process = start(folder, f"job('slow', {code!r}, every=0.2)")
    rows = ended(folder, "slow", 2)
    code, log = end(process)
    assert (code, [row["status"] for row in rows]) == (0, ["finished", "finished"])
    assert "maximum number of running instances reached" in log


def test_only_the_last_lines_of_a_long_output_are_kept(folder):
    process = start(folder, "job('chatty', 'for n in range(100000): print(n)')")
    (row,) = ended(folder, "chatty")
    assert end(process)[0] == 0
    assert row["output"].split() == [str(n) for n in range(99980, 100000)]


def test_a_killed_scheduler_frees_the_lock_and_its_jobs_are_marked(folder):
    process = start(folder, "job('slow', 'import time; time.sleep(60)', every=0.2)")
    row = wait_for(lambda: jobs_in(folder))[0]
    process.kill()
    process.communicate()
    os.kill(row["pid"], signal.SIGKILL)
    wait_for(lambda: not Path(f"/proc/{row['pid']}").exists())
    second = start(folder, "job('fine', 'print(7)')")
    ended(folder, "fine")
    assert end(second)[0] == 0
    assert [(r["job"], r["status"]) for r in jobs_in(folder)][:2] == [("slow", "interrupted"), ("fine", "finished")]


def test_a_second_scheduler_on_the_same_database_refuses(folder):
    first = start(folder, "job('idle', 'pass', every=3600)")
    assert "scheduler started" in first.stderr.readline()
    second = start(folder, "job('idle', 'pass', every=3600)")
    _, words = second.communicate(timeout=20)
    assert second.returncode == 1
    assert words == f"{folder / 'store.db'}: another scheduler (process {first.pid}) already runs on it; end that one first\n"
    assert end(first)[0] == 0


def test_run_once_runs_every_job_in_order_and_says_whether_all_went_well(folder):
    call = "sys.exit(0 if run_once(load_config(path), config_path=path, jobs=[{jobs}]) else 3)"
    process = start(folder, "job('a', 'print(1)'), job('b', 'raise SystemExit(2)'), job('c', 'print(3)')", call)
    process.communicate(timeout=20)
    assert process.returncode == 3
    assert [(r["job"], r["status"], r["exit_code"]) for r in jobs_in(folder)] == [
        ("a", "finished", 0),
        ("b", "failed", 2),
        ("c", "finished", 0),
    ]


def test_sigterm_ends_run_once_before_the_next_job(folder):
    call = "sys.exit(0 if run_once(load_config(path), config_path=path, jobs=[{jobs}], grace=1.0) else 3)"
    process = start(folder, "job('a', 'import time; time.sleep(60)'), job('b', 'print(2)')", call)
    wait_for(lambda: jobs_in(folder))
    assert end(process)[0] == 3
    assert [(r["job"], r["status"]) for r in jobs_in(folder)] == [("a", "interrupted")]


def fail(folder, times, ended):
    """Leave failed crawls of the feeds that ended then."""
    with contextlib.closing(open_database(folder / "store.db")) as db:
        for _ in range(times):
            row = start_crawl(db, "feeds", now=ended, pid=os.getpid())
            finish_crawl(db, row, CrawlReport(status="failed", finished=ended, error="no route"))


def test_a_failing_source_is_left_alone_until_its_pause_is_over_and_a_paused_one_for_good(folder):
    clock = "import scheduler; scheduler.read_clock = lambda: '2026-10-05T08:10:00Z'; "
    call = (
        clock + "sys.exit(0 if run_once(load_config(path), config_path=path, clock=scheduler.read_clock, jobs=[{jobs}]) else 3)"
    )
    jobs = "job('crawl feeds', 'print(1)'), job('tag', 'print(2)')"
    told = []
    for times, ended in ((1, "2026-10-05T08:00:00Z"), (1, "2026-10-05T07:00:00Z"), (6, "2026-10-01T00:00:00Z")):
        fail(folder, times, ended)
        _, log = start(folder, jobs, call).communicate(timeout=60)
        told.append([line[21:] for line in log.splitlines() if "crawl feeds" in line])
    assert told[0] == ["crawl feeds: failed 1 in a row, not tried again before 2026-10-05T08:15:00Z: no route"]
    assert told[1][0] == "crawl feeds: started"
    assert told[2] == [
        "crawl feeds: paused after 8 failures in a row: no route; "
        "try it with `repute crawl feeds`, or go on with `repute sources resume feeds`"
    ]
    assert [row["job"] for row in jobs_in(folder)] == ["tag", "crawl feeds", "tag", "tag"]


def test_a_failing_source_is_tried_again_when_its_pause_is_over_long_before_its_usual_time(folder):
    fail(folder, 1, "2026-10-05T08:00:00Z")
    call = (
        "import scheduler; scheduler.LOOK_SECONDS = 0.2; "
        "run_scheduler(load_config(path), config_path=path, jobs=[{jobs}], grace=1.0)"
    )
    process = start(folder, "job('crawl feeds', 'print(7)', every=3600)", call)
    row, *_ = ended(folder, "crawl feeds")
    assert (row["status"], row["output"]) == ("finished", "7")
    code, log = end(process)
    assert code == 0
    assert "retries" not in log


def test_a_signal_while_it_looks_for_sources_to_try_again_ends_it_too(folder):
    fail(folder, 1, "2026-10-05T08:00:00Z")
    slow = (
        "import scheduler, time; scheduler.LOOK_SECONDS = 0.2; find = scheduler.find_trouble; "
        "scheduler.find_trouble = lambda *given: (open('looking', 'w'), time.sleep(2), find(*given))[2]; "
        "run_scheduler(load_config(path), config_path=path, jobs=[{jobs}], grace=1.0)"
    )
    process = start(folder, "job('crawl feeds', 'print(7)', every=3600)", slow)
    wait_for((folder / "looking").exists)
    code, log = end(process)
    assert (code, "retries" in log, "Traceback" in log) == (0, False, False)


def test_a_crawl_that_ends_before_it_has_a_row_counts_as_a_failure_with_its_words(folder):
    died = "import sys; sys.exit('Error: config.toml: sources.feeds.feeds: is missing; add it')"
    call = "sys.exit(0 if run_once(load_config(path), config_path=path, jobs=[{jobs}]) else 3)"
    start(folder, f"job('crawl feeds', {died!r}), job('tag', {died!r})", call).communicate(timeout=60)
    with contextlib.closing(open_database(folder / "store.db")) as db:
        trouble = find_trouble(db, "feeds")
        assert [row["source"] for row in find_runs(db, "feeds", 9)] == ["feeds"]
    assert (trouble.failures, trouble.error) == (1, "config.toml: sources.feeds.feeds: is missing; add it")
