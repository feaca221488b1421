"""What commands share: the configuration, the clock, the window, and how an answer is written."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.grounds import SAVE, WHY, find_why, keep, this_ground

if TYPE_CHECKING:
    from rich.console import Console

    from config import Config
    from trends.windows import Window

TABLE = "table"
"""How an answer is written where no other form is asked for."""
OTHER_WINDOWS = ("since", "until", "last_week", "all_time")
"""Options that ask for a window, or a part of one, in another way than `--last`."""


class Moment(click.ParamType[str]):
    """A day or a time, as UTC ISO 8601."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read `2026-10-05`, `2026-10-05T08:00` or `2026-10-05T08:00:00Z`; without a zone it is UTC."""
        from trends.windows import OUTSIDE, is_in_years, iso, parse_moment

        fix = "write one like 2026-10-05 or 2026-10-05T08:00:00Z"
        try:
            moment = parse_moment(value)
        except ValueError:
            self.fail(f"{value!r} is no time; {fix}", param, ctx)
        if not is_in_years(moment):
            self.fail(f"{value!r} is {OUTSIDE}; {fix}", param, ctx)
        return iso(moment)


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


def choose_form(context: click.Context, option: click.Parameter, asked: bool) -> None:
    """Note in which form an answer is written, as the parameter `form`; refuse two."""
    form = str(option.name).removeprefix("as_")
    chosen = context.params.setdefault("form", TABLE)
    if asked and chosen != TABLE:
        raise click.UsageError(f"--{chosen} and --{form}: these are two ways to write one answer; give one of them", context)
    if asked:
        context.params["form"] = form


JSON = click.option(
    "--json", "as_json", is_flag=True, expose_value=False, callback=choose_form,
    help="Write JSON (docs/json.md) instead of a table.",
)  # fmt: skip
CSV = click.option(
    "--csv", "as_csv", is_flag=True, expose_value=False, callback=choose_form, help="Write the table's rows as CSV."
)


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
        click.option(
            "--last",
            metavar="LENGTH",
            default=partial(length_unless_asked, last),
            help=f"The window up to today: 7d, 4w, 12w.  [default: {last}]",
        ),
        click.option("--brand", help="Brand id.  [default: your own]"),
        CONFIG,
        AS_OF,
    ):
        command = option(command)
    return command


def length_unless_asked(length: str) -> str | None:
    """The usual length of a window; None where another is asked for. Click reads what was typed before it asks for defaults."""
    asked = click.get_current_context().params
    return None if any(asked.get(name) not in (None, False) for name in OTHER_WINDOWS) else length


def read_window(
    config: Config, *, now: str, last: str | None, since: str | None, until: str | None, last_week: bool, all_time: bool
) -> Window:
    """The window that the options ask for."""
    from trends import windows

    zone = config.time_zone
    # An answer saved before --last was refused beside others has the usual length beside the window that it was asked for.
    if this_ground().replay is None:
        refuse_two(last=last, since=since, until=until, last_week=last_week, all_time=all_time)
    try:
        if all_time:
            return windows.all_time(now=now, zone=zone)
        if last_week:
            return windows.last_full_week(now, zone)
        if since is not None:
            return windows.window(since, until, now=now, zone=zone)
        return windows.last(last or "", now=now, zone=zone)
    except windows.WindowError as error:
        raise click.ClickException(str(error)) from error


def refuse_two(*, last: str | None, since: str | None, until: str | None, last_week: bool, all_time: bool) -> None:
    """Say so where two windows are asked for, or the end of one that has no beginning."""
    asked = (("--last", last), ("--since", since), ("--last-week", last_week), ("--all-time", all_time))
    given = [name for name, value in asked if value not in (None, False)]
    if len(given) > 1:
        raise click.ClickException(f"{' and '.join(given)}: these are different windows; give one of them")
    if until is not None and since is None:
        raise click.ClickException(f"--until {until}: give --since with it{f', in place of {given[0]}' if given else ''}")


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
