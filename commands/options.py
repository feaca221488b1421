"""What commands share: the configuration, the clock, the window, and how an answer is written."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.grounds import SAVE, WHY, find_why, keep, this_ground

if TYPE_CHECKING:
    from rich.console import Console

    from config import Config
    from trends.windows import Window


class Moment(click.ParamType[str]):
    """A day or a time, as UTC ISO 8601."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read `2026-10-05`, `2026-10-05T08:00` or `2026-10-05T08:00:00Z`; without a zone it is UTC."""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write one like 2026-10-05 or 2026-10-05T08:00:00Z", param, ctx)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_clock() -> str:
    """The time on the wall, as UTC ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def console(*, stderr: bool = False) -> Console:
    """Where people read: 100 columns, unless the terminal is narrower."""
    from rich.console import Console

    screen = Console(highlight=False, stderr=stderr)
    screen.width = min(screen.width, 100) if screen.is_terminal else 100
    return screen


CONFIG = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default="config.toml",
    show_default=True,
    envvar="REPUTE_CONFIG",
    help="The configuration file.",
)
AS_OF = click.option(
    "--as-of", "now", type=Moment(), default=read_clock, help="Take this time for now.", show_default="the clock"
)
JSON = click.option("--json", "form", flag_value="json", default="table", help="Write JSON (docs/json.md) instead of a table.")
CSV = click.option("--csv", "form", flag_value="csv", help="Write the table's rows as CSV.")


def as_code(_context: click.Context, _option: click.Parameter, language: str | None) -> str | None:
    """The code of the language that was asked for by code or English name."""
    from trends.languages import code_of

    return code_of(language) if language else language


LANGUAGE = click.option(
    "--language", callback=as_code, help="Only mentions in this language: its code, like hi or ur-Latn, or its English name."
)


def load(path: Path) -> Config:
    """The configuration, or every mistake in it."""
    from config import load_config

    return load_config(path)


def window_options(command: Callable[..., None], *, last: str = "4w") -> Callable[..., None]:
    """Brand, window, source and language: alike in every question. `last` is the window where none is asked for."""
    for option in (
        SAVE,
        WHY,
        CSV,
        JSON,
        LANGUAGE,
        click.option("--source", help="Only mentions of this source."),
        click.option("--all-time", is_flag=True, help="Everything, undated mentions too."),
        click.option("--last-week", is_flag=True, help="The last full week, as in the digest."),
        click.option("--until", metavar="DAY", help="Last local day of the window."),
        click.option("--since", metavar="DAY", help="First local day of the window."),
        click.option("--last", metavar="LENGTH", default=last, show_default=True, help="The window up to today: 7d, 4w, 12w."),
        click.option("--brand", help="Brand id.  [default: your own]"),
        CONFIG,
        AS_OF,
    ):
        command = option(command)
    return command


def read_window(
    config: Config, *, now: str, last: str, since: str | None, until: str | None, last_week: bool, all_time: bool
) -> Window:
    """The window that the options ask for."""
    from trends import windows

    zone = config.time_zone
    refuse_two(since=since, until=until, last_week=last_week, all_time=all_time)
    try:
        if all_time:
            return windows.all_time(now=now, zone=zone)
        if last_week:
            return windows.last_full_week(now, zone)
        if since:
            return windows.window(since, until, now=now, zone=zone)
        return windows.last(last, now=now, zone=zone)
    except windows.WindowError as error:
        raise click.ClickException(str(error)) from error


def refuse_two(*, since: str | None, until: str | None, last_week: bool, all_time: bool) -> None:
    """Say so where two windows are asked for, or the end of one that has no beginning."""
    given = [name for name, value in (("--since", since), ("--last-week", last_week), ("--all-time", all_time)) if value]
    if len(given) > 1:
        raise click.ClickException(f"{' and '.join(given)}: these are different windows; give one of them")
    if until and not since:
        raise click.ClickException(f"--until {until}: give --since with it")


def known_brand(config: Config, brand: str | None) -> str:
    """The brand asked for, or the own one."""
    if brand and not config.brand(brand):
        raise click.ClickException(
            f"--brand {brand}: there is no such brand; there are {', '.join(b.id for b in config.brands)}"
        )
    return brand or config.own_brand.id


def check_filters(config: Config, source: str | None, language: str | None) -> None:
    """Refuse a source or a language that there is not."""
    check_source(config, source)
    check_language(config, language)


def check_source(config: Config, source: str | None) -> None:
    """Refuse a source that is neither configured nor stored: a slip of the finger is not "no mentions"."""
    if source is None or source in {one.name for one in config.sources}:
        return
    from store.database import read_database
    from store.queries import count_by_source

    with contextlib.closing(read_database(config.database)) as db:
        stored = [row["source"] for row in count_by_source(db)]
    if source not in stored:
        there = sorted({*stored, *(one.name for one in config.sources)})
        words = f"there are {', '.join(there)}" if there else "there is none yet"
        raise click.ClickException(f"--source {source}: nothing of it is stored, and it is not configured; {words}")


def check_language(config: Config, language: str | None) -> None:
    """Refuse a language that has no name here and no mention in the store; one of which nothing came yet is no mistake."""
    from trends.languages import NAMES

    if language is None or language in NAMES:
        return
    from store.database import read_database
    from store.languages import count_languages

    with contextlib.closing(read_database(config.database)) as db:
        stored = count_languages(db)
    if not any(one == language or one.startswith(f"{language}-") for one in stored):
        words = f"stored are {', '.join(stored)}" if stored else "nothing is stored yet"
        raise click.ClickException(
            f"--language {language}: write the English name of a language, or its code, such as en or hi-Latn; {words}"
        )


def show(answer: Any, table: Callable[[Any], Any], form: str) -> None:
    """Write an answer as `json`, as `csv` or as a `table`; with `--why` what it stands on too, with `--save` keep it."""
    from reporting.plain import as_plain
    from reporting.sheets import as_csv

    ground = this_ground()
    if ground.replay is not None:
        ground.given.append(as_plain(answer))
        return
    if ground.why and form == "csv":
        raise click.ClickException("--why: a CSV has no place for it; ask with --json, or for the table")
    why = find_why(answer) if ground.why else None
    if ground.save is not None:
        keep(answer)
    if form == "json":
        plain = as_plain(answer)
        plain = plain if why is None else {**(plain if isinstance(plain, dict) else {"rows": plain}), "why": as_plain(why)}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    elif form == "csv":
        click.echo(as_csv(answer), nl=False)
    else:
        console().print(table(answer))
        if why is not None:
            from reporting.provenance import why_lines

            console().print(why_lines(why))


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show (done, total) on the terminal while a long job runs; a total of None is not known."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
