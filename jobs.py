"""A job as a child process: started, watched, ended with all that it started, recorded in the store and logged."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from apscheduler.triggers.base import BaseTrigger

from store.crawls import finish_job, start_job
from store.database import open_database
from store.health import find_trouble, note_failed_start, why_not_now

KEPT_LINES = 20
KEPT_BYTES = 8000

log = logging.getLogger("repute.scheduler")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One thing that runs again and again."""

    name: str
    """Like `crawl feeds`, `tag`, `digest`."""
    command: tuple[str, ...]
    trigger: BaseTrigger
    limit: float
    """Seconds after which it is ended."""

    @property
    def source(self) -> str | None:
        """The source that it crawls; None for another job."""
        return self.name.removeprefix("crawl ") if self.name.startswith("crawl ") else None


class Runner:
    """Runs jobs as child processes and records them; ends them all when told to stop."""

    def __init__(self, database: Path, clock: Callable[[], str], grace: float) -> None:
        self.database = database
        self.clock = clock
        self.grace = grace
        self.stopping = False
        self.lock = threading.Lock()
        self.children: set[subprocess.Popen[bytes]] = set()
        self.running: set[str] = set()
        """Names of the jobs under way."""

    def run_unless_failing(self, job: Job) -> bool:
        """Run one job to its end; leave a source alone that fails and is to be tried later, or is paused."""
        if job.source:
            with contextlib.closing(open_database(self.database)) as db:
                reason = why_not_now(find_trouble(db, job.source), job.source, self.clock())
            if reason:
                log.info("%s: %s", job.name, reason)
                return False
        return self.run(job)

    def run(self, job: Job) -> bool:
        """Run one job to its end, in whatever thread; True if it ended well."""
        with contextlib.closing(open_database(self.database)) as db, tempfile.TemporaryFile() as output:
            process = self.start(job, output)
            if process is None:
                return False
            try:
                self.running.add(job.name)
                began, started = time.monotonic(), self.clock()
                row = start_job(db, job.name, now=started, pid=process.pid)
                log.info("%s: started", job.name)
                in_time = self.watch(process, job.limit)
                status, how = self.judge(process, job, in_time)
                shown = read_tail(output)
                kept = shown if status == "finished" else f"{shown}\n{how}".strip()
                finish_job(db, row, finished=self.clock(), status=status, exit_code=process.returncode, output=kept)
                report(job, status, how, shown, time.monotonic() - began)
                if status == "failed" and job.source:
                    # A mistake in the configuration ends a crawl before it has a row of its own.
                    said = (shown or how).splitlines()[-1].removeprefix("Error: ")
                    note_failed_start(db, job.source, started=started, finished=self.clock(), error=said)
                return status == "finished"
            finally:
                end_child(process, self.grace)
                with self.lock:
                    self.children.discard(process)
                    self.running.discard(job.name)

    def start(self, job: Job, output: IO[bytes]) -> subprocess.Popen[bytes] | None:
        """Start the child in a process group of its own, so that Ctrl+C reaches us alone; None if we are ending.

        Its output goes to a file: a child whose scheduler was killed still has somewhere to write, and ends its work.
        """
        with self.lock:
            if self.stopping:
                return None
            process = subprocess.Popen(
                job.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )
            self.children.add(process)
            return process

    def watch(self, process: subprocess.Popen[bytes], limit: float) -> bool:
        """Wait for the child; False if it had to be ended at its limit."""
        try:
            process.wait(limit)
            return True
        except subprocess.TimeoutExpired:
            end_child(process, self.grace)
            return False

    def judge(self, process: subprocess.Popen[bytes], job: Job, in_time: bool) -> tuple[str, str]:
        """The status of a job that ended, and how it ended in words."""
        code = process.returncode
        if self.stopping:
            return "interrupted", "ended with the scheduler"
        if not in_time:
            return "failed", f"ended at its limit of {job.limit / 60:g} minutes ([schedule] limit_minutes)"
        if code < 0:
            return "failed", f"killed by {signal.Signals(-code).name}"
        return ("finished", "finished") if code == 0 else ("failed", f"failed with exit code {code}")

    def stop(self) -> None:
        """Start no more jobs, and end those that run: ask, wait for `grace` seconds together, kill."""
        with self.lock:
            self.stopping = True
            children = list(self.children)
        for process in children:
            signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        for process in children:
            end_child(process, max(deadline - time.monotonic(), 0.0))


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a child and whatever it has started, if it still runs."""
    if process.poll() is None:
        # Between the question and the signal it may end by itself.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def end_child(process: subprocess.Popen[bytes], grace: float) -> None:
    """Ask a child to end, and kill it and its own children after `grace` seconds; return when it has ended."""
    signal_group(process, signal.SIGTERM)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        signal_group(process, signal.SIGKILL)
        process.wait()


def read_tail(output: IO[bytes]) -> str:
    """The last lines of a child's output."""
    size = output.seek(0, os.SEEK_END)
    output.seek(max(size - KEPT_BYTES, 0))
    lines = output.read().decode("utf-8", "replace").splitlines()
    return "\n".join([line.rstrip() for line in lines if line.strip()][-KEPT_LINES:])


def report(job: Job, status: str, how: str, shown: str, seconds: float) -> None:
    """Log the end of a job: one line if it went well, its last lines if not."""
    lines = shown.splitlines()
    if status == "finished":
        log.info("%s: finished in %.0f s%s", job.name, seconds, f": {lines[-1]}" if lines else "")
    else:
        log.error("%s: %s after %.0f s%s", job.name, how, seconds, "".join(f"\n    {line}" for line in lines))
