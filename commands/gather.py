"""Commands that gather: check, crawl, sources, import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import AS_OF, CONFIG, Moment, console, load, progress_bar
from config.records import ConfigError, Problem
from store.records import KINDS, MEASURES

if TYPE_CHECKING:
    from config import Config
    from crawlers.importing import ImportReport

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
    counts = f"{len(config.brands)} brands, {len(config.attributes)} attributes, {len(config.topics)} topics"
    click.echo(f"{config_path}: {counts}: no mistakes")
    if no_network:
        return
    failed = [
        name for name in enabled(config) if run_child("crawl", name, "--dry", "--as-of", now, "--config", str(config_path))
    ]
    if failed:
        raise click.ClickException(f"{', '.join(failed)}: could not be read, see above")


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


@click.command()
@CONFIG
def sources(config_path: Path) -> None:
    """Show each source: its last crawl, what it brought, and where it failed; and which other sources there are.

    Example: repute sources
    """
    from crawlers.catalogue import find_spiders
    from reporting.tables import sources_table
    from store.database import read_database
    from store.queries import find_source_health

    config = load(config_path)
    met = find_source_health(read_database(config.database)) if config.database.exists() else []
    console().print(sources_table(met, enabled(config)))
    if others := [name for name in find_spiders() if config.source(name) is None]:
        click.echo(f"Not in {config.path.name}: {', '.join(others)}")


def read_pairs(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """FIELD=NAME pairs as a mapping."""
    for pair in pairs:
        if not all(pair.partition("=")):
            raise click.BadParameter(f"{pair!r}: write FIELD=NAME, like text=Comment")
    return {pair.partition("=")[0]: pair.partition("=")[2] for pair in pairs}


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--column",
    "columns",
    metavar="FIELD=NAME",
    multiple=True,
    callback=read_pairs,
    help="Column of text, title, date, rating, author, brand, id, url or language; - is none.  [default: by their names]",
)
@click.option("--kind", type=click.Choice([*KINDS, "metric"]), default="review", show_default=True, help="What each row is.")
@click.option("--site", help="Where these were said.  [default: the file's name]")
@click.option("--brand", help="Brand that every row is about, where no column says it.")
@click.option("--measure", type=click.Choice(MEASURES), default="stars", show_default=True, help="What a rating measures.")
@click.option("--best", type=float, help="Best rating of the scale.  [default: by the measure]")
@click.option("--day-first/--month-first", default=None, help="Whether 03/04/2026 is in April.")
@click.option("--encoding", help="The file's encoding, like cp1254.  [default: UTF-8 or UTF-16]")
@click.option("--delimiter", help="Between the columns of a CSV.  [default: by its first lines]")
@CONFIG
@AS_OF
def import_(
    config_path: Path,
    now: str,
    file: Path,
    columns: dict[str, str],
    kind: str,
    site: str | None,
    brand: str | None,
    measure: str,
    best: float | None,
    day_first: bool | None,
    encoding: str | None,
    delimiter: str | None,
) -> None:
    """Import an owner's export, a survey or past data from a CSV or JSON lines FILE.

    Example: repute import reviews.csv --column text=Comment --column date=Created
    """
    from crawlers.importer import Reading
    from crawlers.importing import import_file, import_metrics, site_of
    from crawlers.matching import check_queries
    from crawlers.tables import ImportProblem

    config = load(config_path)
    if problems := check_queries(config):
        raise ConfigError(config.path.name, problems)
    form: dict[str, Any] = {"columns": columns, "encoding": encoding, "delimiter": delimiter}
    reading: dict[str, Any] = {
        "kind": kind,
        "site": site or site_of(file),
        "brand": brand,
        "measure": measure,
        "best": best,
        "day_first": day_first,
    }
    try:
        if kind == "metric":
            report = import_metrics(file, config, day_first=day_first, **form)
        else:
            with progress_bar(f"Importing {file.name}") as show:
                report = import_file(file, config, now=now, reading=Reading(**reading), progress=show, **form)
    except ImportProblem as problem:
        raise click.ClickException(str(problem)) from problem
    say_import(report)


def say_import(report: ImportReport) -> None:
    """Tell what became of each row."""
    click.echo("columns: " + ", ".join(f"{field} = {column}" for field, column in report.columns.items()))
    left_out = sum(count for _, count in report.left_out)
    click.echo(
        f"{report.rows} rows: {report.new} new, {report.updated} updated, {report.unchanged} known, "
        f"{report.repeated} repeated within the file, {left_out} left out; {report.undated} undated"
    )
    for reason, count in report.left_out:
        click.echo(f"  {count} left out: {reason}")
    for brand, count in report.unknown_brands:
        click.echo(f"  {count} rows name the brand {brand!r}, which config.toml does not have: add it to [[brands]]")
    for line, reason in report.faults:
        click.echo(f"  line {line}: {reason}")
