"""The command `repute rerun`: answers that were saved with `--save`, given again."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.grounds import this_ground, version_now
from commands.options import CONFIG, JSON, console, load

if TYPE_CHECKING:
    from config import Config
    from store.replaying import Replay
    from trends.rerunning import Rerun


@click.command()
@click.argument("name", required=False)
@click.option("--drop", is_flag=True, help="Give the saved answer up.")
@CONFIG
@JSON
def rerun(config_path: Path, name: str | None, drop: bool, form: str) -> None:
    """Give a saved answer again from the rows kept with it, figure by figure; without NAME, list what is saved.

    Example: repute rerun board-september
    """
    from store.saved import SavedError

    config = load(config_path)
    try:
        if drop:
            give_up(config, name)
        elif name is None:
            list_saved(config, form)
        else:
            show_rerun(ask_again(config, config_path, name), form)
    except SavedError as error:
        raise click.ClickException(str(error)) from error


def give_up(config: Config, name: str | None) -> None:
    """Drop a saved answer."""
    from store.database import open_database, read_database
    from store.saved import drop_saved

    if name is None:
        raise click.UsageError("--drop: say which, like `repute rerun board-september --drop`")
    read_database(config.database).close()
    with contextlib.closing(open_database(config.database)) as db:
        drop_saved(db, name)
    click.echo(f"{name} is given up, with what was kept with it.")


def list_saved(config: Config, form: str) -> None:
    """List the saved answers."""
    from reporting.provenance import plain_saved, saved_table
    from store.database import read_database
    from store.saved import find_saved

    with contextlib.closing(read_database(config.database)) as db:
        found = find_saved(db)
    if form == "json":
        click.echo(json.dumps([plain_saved(saved) for saved in found], ensure_ascii=False, indent=2))
    else:
        console().print(saved_table(found))


def ask_again(config: Config, config_path: Path, name: str) -> Rerun:
    """Put a saved question to what was kept with it, and compare. Raises `SavedError`."""
    from config.keeping import read_kept
    from store.database import read_database
    from store.replaying import Replay
    from trends.provenance import say_ids
    from trends.rerunning import Rerun, compare_figures, without_words

    ground = this_ground()
    with contextlib.closing(read_database(config.database)) as db:
        ground.replay = replay = Replay(db, name)
        saved = replay.saved
        ground.config = read_kept(saved.config, config)
        again = invoke(replay, config_path)
    compared, differences = compare_figures(saved.answer, without_words(again))
    return Rerun(
        name=name,
        command=saved.command,
        parameters=saved.parameters,
        saved=saved.saved,
        version=saved.version,
        version_now=version_now(),
        mentions=saved.mentions,
        erased=len(saved.erased),
        erased_ids=say_ids(saved.erased),
        unkept=len(replay.unkept),
        compared=compared,
        differences=differences,
        answer=saved.answer,
        again=again,
    )


def invoke(replay: Replay, config_path: Path) -> Any:
    """Run the command of a saved answer; what it would show."""
    context, saved = click.get_current_context(), replay.saved
    found: click.Command | None = context.find_root().command
    for word in saved.command.split():
        found = found.get_command(context, word) if isinstance(found, click.Group) else None
    if found is None:
        raise click.ClickException(f"{saved.name}: was saved by `repute {saved.command}`, which this version does not have")
    known = {param.name for param in found.params if param.expose_value}
    chosen = {key: tuple(value) if isinstance(value, list) else value for key, value in saved.parameters.items()}
    if strange := sorted(set(chosen) - known):
        fix = f"`repute {saved.command}` of this version does not take {', '.join(strange)}; use version {saved.version}"
        raise click.ClickException(f"{saved.name}: was saved by version {saved.version}; {fix}")
    context.invoke(found, **chosen, config_path=config_path, form="table")
    return this_ground().given[-1]


def show_rerun(found: Rerun, form: str) -> None:
    """Write what came out."""
    from reporting.plain import as_plain
    from reporting.provenance import rerun_lines

    if form == "json":
        click.echo(json.dumps(as_plain(found) | {"same": found.same}, ensure_ascii=False, indent=2))
    else:
        console().print(rerun_lines(found))
