"""Commands about the sources: how they fare, the latest runs of one, and lifting a pause."""

from __future__ import annotations

import contextlib
import fcntl
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import AS_OF, CONFIG, JSON, load, show

if TYPE_CHECKING:
    from sqlite_utils import Database

    from config import Config

RUNS = 10


class NamedGroup(click.Group):
    """A group whose first argument may be the name of a source: then, and without one, it shows."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in that was left out."""
        left_out = not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names)
        return super().parse_args(ctx, ["show", *args] if left_out else args)


@click.group(cls=NamedGroup)
def sources() -> None:
    """Show how each source fares, or the last runs of one; resume one that is paused.

    Example: repute sources
    """


@sources.command(name="show")
@click.argument("name", metavar="[NAME]", required=False)
@CONFIG
@AS_OF
@JSON
def show_sources(config_path: Path, now: str, name: str | None, form: str) -> None:
    """Show each source: what it brings, its last success and next run, and what is wrong; with NAME its last 10 runs.

    `show` may be left out. Example: repute sources hackernews
    """
    from functools import partial

    from reporting.sources import runs_table, sources_table
    from trends.health import answer_runs

    config = load(config_path)
    with open_store(config) as db:
        if name is None:
            show(ask_sources(db, config, now), partial(sources_table, zone=config.time_zone), form)
            return
        answer = answer_runs(db, name, RUNS)
        if config.source(name) is None and not answer.runs:
            raise click.ClickException(unknown_source(config, name))
        show(answer, partial(runs_table, zone=config.time_zone), form)


@sources.command()
@click.argument("name")
@CONFIG
@AS_OF
def resume(config_path: Path, now: str, name: str) -> None:
    """Let the scheduler go on with the source NAME, which it paused after too many failures.

    Example: repute sources resume hackernews
    """
    from store.database import open_database
    from store.health import find_trouble, resume_source

    config = load(config_path)
    if config.source(name) is None:
        raise click.ClickException(unknown_source(config, name))
    with contextlib.closing(open_database(config.database)) as db:
        trouble = find_trouble(db, name)
        if not trouble.failures:
            click.echo(f"{name}: is not paused, its last crawl did not fail")
            return
        resume_source(db, name, now=now)
    click.echo(f"{name}: goes on at its usual times; its {trouble.failures} failures in a row count no longer")


def open_store(config: Config) -> contextlib.AbstractContextManager[Database | None]:
    """The store for reading; None before the first crawl."""
    from store.database import read_database

    return contextlib.closing(read_database(config.database)) if config.database.exists() else contextlib.nullcontext()


def ask_sources(db: Database | None, config: Config, now: str) -> Any:
    """How every source fares, with when the scheduler comes to it."""
    from crawlers.catalogue import find_spiders
    from trends.health import answer_sources

    planned = next_runs(db, config, now) if db and is_scheduled(config.database) else None
    return answer_sources(db, config, now=now, next_runs=planned, known=list(find_spiders()))


def next_runs(db: Database, config: Config, now: str) -> dict[str, str | None]:
    """When the scheduler crawls each enabled source next (UTC ISO 8601); None for one that is paused."""
    from scheduler import plan_jobs
    from store.health import find_trouble

    found: dict[str, str | None] = {}
    for job in plan_jobs(config, config.path):
        if job.source:
            trouble = find_trouble(db, job.source)
            tick = job.trigger.get_next_fire_time(None, datetime.fromisoformat(now))
            planned = tick.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if tick else None
            retry = max(trouble.retry, now) if trouble.retry else planned
            found[job.source] = None if trouble.is_paused else retry
    return found


def is_scheduled(database: Path) -> bool:
    """Whether a scheduler runs on a database: it holds a lock then."""
    from scheduler import LOCK

    try:
        with open(database.with_suffix(LOCK), encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def unknown_source(config: Config, name: str) -> str:
    """That there is no such source, and which there are."""
    names = ", ".join(source.name for source in config.sources) or "none"
    return f"{name}: is no source of {config.path.name}; there are: {names}"
