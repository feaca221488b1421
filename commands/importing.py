"""The command that brings in files: import."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import AS_OF, CONFIG, console, load, progress_bar
from config.records import ConfigError
from store.records import KINDS, MEASURES

if TYPE_CHECKING:
    from config import Config
    from crawlers.importing import ImportReport


def read_pairs(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """FIELD=NAME pairs as a mapping."""
    for pair in pairs:
        if not all(pair.partition("=")):
            raise click.BadParameter(f"{pair!r}: write FIELD=NAME, like text=Comment")
    told = [(field, column) for field, _, column in (pair.partition("=") for pair in pairs)]
    for field, count in Counter(field for field, _ in told).items():
        if count > 1:
            both = " and ".join(repr(column) for one, column in told if one == field)
            raise click.BadParameter(f"{field} is told {count} times, {both}; give one of them")
    return dict(told)


def not_empty(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """A word that was given; an empty one is refused, as it would be taken for none."""
    if value is not None and not value.strip(" "):
        raise click.BadParameter(f"{value!r} says nothing; give a word, or leave the option out")
    return value


def list_formats(context: click.Context, option: click.Parameter, asked: bool) -> None:
    """Show the exports that are known, and end."""
    if not asked or context.resilient_parsing:
        return
    from rich.table import Table

    from crawlers.export_maps import EXPORTS

    table = Table("format", "what it is", "recognised by")
    for export in EXPORTS:
        table.add_row(export.name, export.title, export.sign)
    console().print(table)
    context.exit()


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "format_",
    metavar="NAME",
    callback=not_empty,
    help="Whose export it is, or generic.  [default: recognised by the columns]",
)
@click.option(
    "--list-formats", is_flag=True, is_eager=True, expose_value=False, callback=list_formats, help="Show the formats, and exit."
)
@click.option(
    "--column",
    "columns",
    metavar="FIELD=NAME",
    multiple=True,
    callback=read_pairs,
    help="Column of text, title, date, rating, author, brand, id, url, language, subject, place, site, reply or reply_date; "
    "- is none.  [default: the format's, else by their names]",
)
@click.option("--kind", type=click.Choice([*KINDS, "metric"]), help="What each row is.  [default: the format's, else review]")
@click.option("--site", callback=not_empty, help="Where these were said.  [default: the format's, else the file's name]")
@click.option("--brand", callback=not_empty, help="Brand that every row is about, whatever the file says.")
@click.option("--measure", type=click.Choice(MEASURES), help="What a rating measures.  [default: the format's, else stars]")
@click.option("--best", type=float, help="Best rating of the scale.  [default: by the measure]")
@click.option("--day-first/--month-first", default=None, help="Whether 03/04/2026 is in April.")
@click.option(
    "--time-zone",
    callback=not_empty,
    metavar="NAME",
    help="Zone of times that do not tell theirs, like Europe/Berlin.  [default: UTC]",
)
@click.option("--encoding", callback=not_empty, help="The file's encoding, like cp1254.  [default: UTF-8 or UTF-16]")
@click.option("--delimiter", callback=not_empty, help="Between the columns of a CSV.  [default: by its first lines]")
@CONFIG
@AS_OF
def import_(
    config_path: Path,
    now: str,
    file: Path,
    format_: str | None,
    columns: dict[str, str],
    kind: str | None,
    site: str | None,
    brand: str | None,
    measure: str | None,
    best: float | None,
    day_first: bool | None,
    time_zone: str | None,
    encoding: str | None,
    delimiter: str | None,
) -> None:
    """Import an owner's export, a survey or past data from a CSV or JSON FILE.

    Exports of Trustpilot, Google, Zendesk, Intercom, survey tools and others are recognised: see --list-formats.

    Example: repute import reviews.csv --column text=Comment --column date=Created
    """
    from crawlers.matching import check_queries
    from crawlers.tables import ImportProblem

    config = load(config_path)
    if problems := check_queries(config):
        raise ConfigError(config.path.name, problems)
    form: dict[str, Any] = {"columns": columns, "encoding": encoding, "delimiter": delimiter}
    given: dict[str, Any] = {"kind": kind, "site": site, "brand": brand, "measure": measure, "best": best}
    given |= {"day_first": day_first, "time_zone": time_zone}
    try:
        if kind == "metric":
            from crawlers.importing import import_metrics

            refuse_unused({**given, "format": format_})
            report = import_metrics(file, config, now=now, day_first=day_first, **form)
        else:
            report = import_mentions(file, config, now=now, name=format_, given=given, form=form)
    except ImportProblem as problem:
        raise click.ClickException(str(problem)) from problem
    say_import(report)


def refuse_unused(given: dict[str, Any]) -> None:
    """Say so where something is told of a business series that is only asked of mentions."""
    for name in ("format", "site", "brand", "measure", "best", "time_zone"):
        if given[name] is not None:
            option = f"--{name.replace('_', '-')}"
            raise click.ClickException(f"{option} {given[name]}: --kind metric has no use for it; leave {option} out")


def import_mentions(
    file: Path, config: Config, *, now: str, name: str | None, given: dict[str, Any], form: dict[str, Any]
) -> ImportReport:
    """Find out what the file is, and import it with progress."""
    from crawlers.importing import import_file, plan_import

    plan = plan_import(file, config, given, name=name, **form)
    with progress_bar(f"Importing {file.name}") as show:
        form |= {"columns": plan.columns}
        return import_file(file, config, now=now, reading=plan.reading, export=plan.export, progress=show, **form)


def say_import(report: ImportReport) -> None:
    """Tell what became of each row."""
    click.echo(f"format: {report.export.name} ({report.export.title})")
    click.echo("columns: " + ", ".join(f"{field} = {column}" for field, column in report.columns.items()))
    if report.unused:
        click.echo("not taken: " + ", ".join(report.unused))
    left_out = sum(count for _, count in report.left_out)
    click.echo(
        f"{report.rows} rows: {report.new} new, {report.updated} updated, {report.unchanged} known, "
        f"{report.repeated} repeated within the file, {left_out} left out; {report.undated} undated"
    )
    if report.replies:
        replies = "1 reply" if report.replies == 1 else f"{report.replies} replies"
        click.echo(f"and {replies} of the company, {report.replies_new} new")
    for reason, count in report.left_out:
        click.echo(f"  {count} left out: {reason}")
    for brand, count in report.unknown_brands:
        click.echo(f"  {count} rows name the brand {brand!r}, which config.toml does not have: add it to [[brands]]")
    for line, reason in report.faults:
        click.echo(f"  line {line}: {reason}")
