"""When what runs: crawls, tagging and the digest on the config's cron lines, each as the command a person would type."""

from __future__ import annotations

import contextlib
import difflib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config import Config, ConfigError, Problem
from config.sections import DEFAULT_CRAWL
from jobs import Job, Runner
from store.crawls import mark_dead_jobs
from store.database import open_database
from store.health import find_trouble
from store.holding import Held, hold

CLI = Path(__file__).with_name("cli.py")
"""Started by its path: `python -m cli` would take a stranger's cli.py from the folder that we were started in."""
GRACE_SECONDS = 20.0
"""Between the request to end and the kill: time for a crawl to save what it has."""
WORKERS = 4
"""Jobs at the same time; more wait. Each crawl takes about 100 MB of memory, a busy one 60 more."""
LATE_SECONDS = 3600
"""A run is still worth starting this long after its time: the machine slept, or all workers were busy."""
RETRIES = "retries"
LOCK = ".scheduler.lock"
LOOK_SECONDS = 30
"""Between two looks whether a failing source is to be tried again."""

log = logging.getLogger("repute.scheduler")


class SchedulerError(RuntimeError):
    """The scheduler cannot start; the message says why and what to do."""


def check_schedule(config: Config) -> list[Problem]:
    """Find cron lines that mean nothing or never come, and crawl lines for sources that there are not."""
    names = {source.name for source in config.sources}
    problems = []
    for name in config.schedule.crawl:
        if name != "default" and name not in names:
            close = difflib.get_close_matches(name, ["default", *names], 1)
            hint = f"did you mean {close[0]}?" if close else f"add [sources.{name}] or remove this line"
            problems.append(Problem(f"schedule.crawl.{name}", f"there is no source {name!r}; {hint}"))
    for place, line in cron_lines(config).items():
        if reason := cron_fault(line, config.time_zone):
            problems.append(Problem(place, f'{line!r} {reason}; write minute, hour, day, month, weekday, like "0 7 * * mon"'))
    return problems


def cron_lines(config: Config) -> dict[str, str]:
    """Every cron line by its place in the config."""
    lines = {f"schedule.crawl.{name}": line for name, line in config.schedule.crawl.items()}
    usual = {name: getattr(config.schedule, name) for name in ("tag", "digest", "prune")}
    return lines | {f"schedule.{name}": line for name, line in usual.items()}


def cron_fault(line: str, zone: tzinfo) -> str | None:
    """Say what is wrong with a cron line, or None."""
    try:
        trigger = CronTrigger.from_crontab(line, zone)
    except (ValueError, TypeError) as error:
        return f"is no cron line ({error})"
    if trigger.get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=UTC)) is None:
        return "never comes"
    return None


def plan_jobs(config: Config, config_path: Path) -> list[Job]:
    """List the jobs of a config: a crawl per enabled source, tagging, and the digest where somebody receives it.

    Raises `ConfigError` with every fault of the schedule.
    """
    if problems := check_schedule(config):
        raise ConfigError(config_path.name, problems)
    schedule = config.schedule
    usual = schedule.crawl.get("default", DEFAULT_CRAWL)
    planned = [(f"crawl {source.name}", schedule.crawl.get(source.name, usual)) for source in config.sources if source.enabled]
    planned.append(("tag", schedule.tag))
    if config.digest.to:
        planned.append(("digest", schedule.digest))
    if config.retention_days:
        planned.append(("prune", schedule.prune))
    return [
        Job(
            name=name,
            command=(sys.executable, str(CLI), *name.split(), "--config", str(config_path)),
            trigger=CronTrigger.from_crontab(line, config.time_zone),
            limit=60.0 * schedule.limit_minutes,
        )
        for name, line in planned
    ]


def read_clock() -> str:
    """Now, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def run_scheduler(
    config: Config,
    *,
    config_path: Path,
    clock: Callable[[], str] = read_clock,
    jobs: Sequence[Job] | None = None,
    grace: float = GRACE_SECONDS,
) -> None:
    """Run the jobs on their schedule until SIGTERM or SIGINT; must be called in the main thread.

    `jobs` replaces those of the config. Raises `ConfigError`, `StoreError`, or `SchedulerError` if another scheduler runs.
    """
    jobs = plan_jobs(config, config_path) if jobs is None else jobs
    with started(config, clock, grace) as runner, heard_signals() as heard:
        executor = ThreadPoolExecutor(WORKERS)
        scheduler = BackgroundScheduler(
            timezone=config.time_zone,
            executors={"default": executor},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": LATE_SECONDS},
        )
        for job in jobs:
            scheduler.add_job(runner.run_unless_failing, job.trigger, args=[job], id=job.name, name=job.name)
        if any(job.source for job in jobs):
            look = IntervalTrigger(seconds=LOOK_SECONDS)
            scheduler.add_job(try_again, look, args=[scheduler, runner, jobs], id=RETRIES, name=RETRIES)
        scheduler.start()
        log.info("scheduler started on %s, process %d", config.database, os.getpid())
        for entry in (entry for entry in scheduler.get_jobs() if entry.id != RETRIES):
            log.info("%s: next %s", entry.name, format(entry.next_run_time, "%a %d %b %Y %H:%M %Z"))
        if not config.digest.to:
            log.info("digest: nobody receives it; name them in [digest] to")
        log.info("%s: ending", signal.Signals(heard.get()).name)
        scheduler.pause()
        scheduler.remove_all_jobs()
        runner.stop()
        # `scheduler.shutdown` waits for its threads while it holds the lock that `try_again` may be waiting for.
        executor.shutdown(wait=True)
        scheduler.shutdown()
        log.info("scheduler ended")


def try_again(scheduler: BackgroundScheduler, runner: Runner, jobs: Sequence[Job]) -> None:
    """Let failing crawls run now whose pause is over: the same job as at its usual times, so that none overlaps itself."""
    now = runner.clock()
    with contextlib.closing(open_database(runner.database)) as db:
        retries = {job.name: find_trouble(db, job.source).retry for job in jobs if job.source}
    for name, retry in retries.items():
        if retry and retry <= now and name not in runner.running:
            # Its jobs are gone when the scheduler ends.
            with contextlib.suppress(JobLookupError):
                scheduler.modify_job(name, next_run_time=datetime.now(UTC))


def run_once(
    config: Config,
    *,
    config_path: Path,
    clock: Callable[[], str] = read_clock,
    jobs: Sequence[Job] | None = None,
    grace: float = GRACE_SECONDS,
) -> bool:
    """Run every job once, in order, and say whether all ended well: for users with a cron of their own."""
    jobs = plan_jobs(config, config_path) if jobs is None else jobs
    outcomes: list[bool] = []
    with started(config, clock, grace) as runner, heard_signals() as heard:

        def run_all() -> None:
            try:
                outcomes.extend(runner.run_unless_failing(job) for job in jobs)
            finally:
                heard.tell()

        worker = threading.Thread(target=run_all)
        worker.start()
        if number := heard.get():
            log.info("%s: ending", signal.Signals(number).name)
            runner.stop()
        worker.join()
    return len(outcomes) == len(jobs) and all(outcomes)


@contextlib.contextmanager
def started(config: Config, clock: Callable[[], str], grace: float) -> Iterator[Runner]:
    """Hold the lock, show the log, and mark the jobs that a killed scheduler left running."""
    open_database(config.database).close()
    with hold_lock(config.database):
        show_log(config.time_zone)
        with contextlib.closing(open_database(config.database)) as db:
            mark_dead_jobs(db, now=clock())
        yield Runner(config.database, clock, grace)


@contextlib.contextmanager
def hold_lock(database: Path) -> Iterator[None]:
    """Be the only scheduler of a database."""
    try:
        with hold(database.with_suffix(LOCK)):
            yield
    except Held as error:
        words = f"{database}: another scheduler (process {error.holder}) already runs on it; end that one first"
        raise SchedulerError(words) from None


class Heard:
    """What the main thread waits for: a signal, or word from another thread.

    The bytes come through Python's wakeup descriptor. The kernel may hand a signal to any thread, and a main thread that
    waits for a lock or a queue is not woken then, so that its handler never runs.
    """

    def __init__(self) -> None:
        self.reader, self.writer = socket.socketpair()
        self.writer.setblocking(False)

    def tell(self) -> None:
        """Wake the main thread without a signal."""
        self.writer.send(b"\0")

    def get(self) -> int:
        """Wait, and give the number of the signal; 0 if another thread told."""
        return self.reader.recv(1)[0]


@contextlib.contextmanager
def heard_signals() -> Iterator[Heard]:
    """Hear SIGTERM and SIGINT while this lasts, in the main thread."""
    heard = Heard()
    wanted = (signal.SIGTERM, signal.SIGINT)
    with heard.reader, heard.writer:
        wakeup = signal.set_wakeup_fd(heard.writer.fileno())
        before = [signal.signal(number, lambda number, frame: None) for number in wanted]
        try:
            yield heard
        finally:
            for number, handler in zip(wanted, before, strict=True):
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakeup)


def show_log(zone: tzinfo) -> None:
    """Write our log, and APScheduler's warnings, to standard error in the user's time."""
    formatter = logging.Formatter("%(asctime)s  %(message)s", "%Y-%m-%d %H:%M:%S")
    formatter.converter = lambda seconds: datetime.fromtimestamp(seconds or 0, zone).timetuple()
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    for name, level in (("repute", logging.INFO), ("apscheduler", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
