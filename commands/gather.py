"""Commands that gather: check, crawl."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.options import AS_OF, CONFIG, Moment, console, load
from config.records import ConfigError, Problem

if TYPE_CHECKING:
    from config import Config

CLI = Path(__file__).resolve().parent.parent / "cli.py"
"""Started by its path: `python -m cli` would take a stranger's cli.py from the folder that we were started in."""


def load_checked(path: Path) -> Config:
    """The configuration, or every mistake in it, those that only the owners of the settings find among them."""
    try:
        config = load(path)
    except ConfigError as error:
        if error.config is None:
            raise
        known = {problem.place for problem in error.problems}
        more = [problem for problem in owners_problems(error.config) if problem.place not in known]
        raise ConfigError(error.file, [*error.problems, *more]) from None
    if problems := owners_problems(config):
        raise ConfigError(path.name, problems)
    return config


def owners_problems(config: Config) -> list[Problem]:
    """What is wrong with the queries, the sources' options and the cron lines."""
    from crawlers.catalogue import check_sources
    from scheduler import check_schedule

    return [*check_sources(config), *check_schedule(config)]


@click.command()
@click.option("--no-network", is_flag=True, help="Only read the configuration.")
@CONFIG
@AS_OF
def check(config_path: Path, now: str, no_network: bool) -> None:
    """Check the configuration, and look at each source without storing anything.

    Example: repute check
    """
    config = load_checked(config_path)
    parts = (("brand", config.brands), ("attribute", config.attributes), ("topic", config.topics))
    counts = ", ".join(f"{len(found)} {name}{'' if len(found) == 1 else 's'}" for name, found in parts)
    click.echo(f"{config_path}: {counts}: no mistakes")
    for said in find_unimported(config):
        click.echo(said)
    if no_network:
        return
    failed = [
        name for name in enabled(config) if run_child("crawl", name, "--dry", "--as-of", now, "--config", str(config_path))
    ]
    if failed:
        raise click.ClickException(f"{', '.join(failed)}: could not be read, see above")


def find_unimported(config: Config) -> list[str]:
    """What to say of business series that the configuration names and nobody imported: perhaps a slip of the finger."""
    from store.database import read_database
    from store.metrics import PART, find_series
    from trends.uncounted import say_unimported

    named = {f"metrics.{series.name}": series.name for series in config.metrics}
    if config.names_customers or any(config.asks_customers(brand.id) for brand in config.brands if brand.role == "own"):
        named["repute.customers_metric"] = config.customers_metric
    if not named or not config.database.exists():
        return []
    with contextlib.closing(read_database(config.database)) as db:
        stored = [row["name"] for row in find_series(db)]
    # Of a series with parts, like `returns/Toaster X`, the configuration may name the whole.
    there = {*stored, *(name.partition(PART)[0] for name in stored if PART in name)}
    return [f"{config.path.name}: {say_unimported(name, stored, place)}" for place, name in named.items() if name not in there]


@click.command()
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--since", type=Moment(), help="Read again from this time on, whatever was covered already.")
@click.option("--dry", is_flag=True, help="Look at the source, store nothing.")
@CONFIG
@AS_OF
def crawl(config_path: Path, now: str, names: tuple[str, ...], since: str | None, dry: bool) -> None:
    """Gather what is new from SOURCE, or from every source that is enabled.

    Example: repute crawl hackernews --since 2026-09-01
    """
    if since is not None and since > now:
        raise click.ClickException(f"--since {since}: lies after now, {now}; give a time before it")
    config = load_checked(config_path)
    if not (names or enabled(config)):
        raise click.ClickException(
            f"{config.path.name}: no source is switched on; add a table like [sources.feeds], "
            "`repute sources` lists what there is"
        )
    if len(names) == 1:
        crawl_one(config, names[0], now=now, since=since, dry=dry)
        return
    options = [
        "--as-of",
        now,
        "--config",
        str(config_path),
        *(["--since", since] if since else []),
        *(["--dry"] if dry else []),
    ]
    failed = [name for name in names or enabled(config) if run_child("crawl", name, *options)]
    if failed:
        raise click.ClickException(f"{', '.join(failed)}: failed, see above; the others are done")


def enabled(config: Config) -> list[str]:
    """Names of the sources that are switched on."""
    return [source.name for source in config.sources if source.enabled]


def run_child(*arguments: str) -> int:
    """Run one of our own commands in a process of its own (Scrapy crawls once a process); return its exit code."""
    return subprocess.call([sys.executable, str(CLI), *arguments])


def crawl_one(config: Config, name: str, *, now: str, since: str | None, dry: bool) -> None:
    """Crawl one source in this process, with progress."""
    from crawlers.context import SourceError
    from crawlers.running import run_crawl

    screen = console()
    with screen.status(f"{name}: starting") as status:

        def show(requests: int, items: int, new: int) -> None:
            status.update(f"{name}: {requests} requests, {items} mentions, {new} new")

        try:
            report = run_crawl(config, name, now=now, since=since, dry=dry, progress=show)
        except SourceError as error:
            raise click.ClickException(str(error)) from error
    dropped = "".join(f", {count} left out ({reason})" for reason, count in report.dropped)
    kept = "looked at, nothing stored" if dry else f"{report.new} new, {report.updated} updated"
    click.echo(f"{name}: {report.requests} requests, {report.items} mentions: {kept}{dropped} in {report.duration:.1f} s")
    if report.status != "finished":
        raise click.ClickException(report.error or f"{name}: the crawl was {report.status}")
    if report.error:
        errors = "1 error" if report.errors == 1 else f"{report.errors} errors, the first"
        click.echo(f"{name}: {errors}: {report.error}", err=True)
