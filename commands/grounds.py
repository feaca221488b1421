"""What every question has: `--why` says what its answer stands on, `--save` keeps it with that for `repute rerun`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

    from config import Config
    from store.recording import Recorder
    from store.replaying import Replay
    from trends.provenance import Why

PLACE = "repute.ground"
TRIES = 5
"""How often facts are made anew before an answer is saved, while another program makes them stale."""
SETS = {
    "hot-buttons": ("mentions", "complaints"),
    "attributes": ("mentions", "attributes"),
    "overview": ("mentions", "complaints", "replies"),
}
"""The rows that a command's answer stands on; of any other, all of them."""
WORDY = ("mentions", "topics suggest")
"""Commands whose answers are made of what people wrote, which is kept nowhere but in its own place."""
LEFT_OUT = ("config_path", "form")
"""Parameters of a command that are no part of its question."""


@dataclass
class Ground:
    """How one run of the program asks."""

    why: bool = False
    save: str | None = None
    config: Config | None = None
    """In place of that in the file, where a saved answer is asked again."""
    replay: Replay | None = None
    recorder: Recorder | None = None
    given: list[Any] = field(default_factory=list)
    """Answers that were not shown, because a saved one is asked again; as JSON has them."""


def this_ground() -> Ground:
    """The ground of this run."""
    found: Ground = click.get_current_context().meta.setdefault(PLACE, Ground())
    return found


def keep_why(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Note `--why`."""
    ctx.meta.setdefault(PLACE, Ground()).why |= value


def keep_save(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Note `--save`."""
    ground = ctx.meta.setdefault(PLACE, Ground())
    ground.save = value.strip() if value is not None else ground.save
    if ground.save == "":
        raise click.BadParameter("'' is no name; write one like --save board-september", ctx, param)


WHY = click.option(
    "--why", is_flag=True, expose_value=False, callback=keep_why, help="Say what the answer stands on: SQL, taggers, row ids."
)
SAVE = click.option(
    "--save", metavar="NAME", expose_value=False, callback=keep_save, help="Keep the answer with its rows, for `repute rerun`."
)


def load_asked(path: Path) -> Config:
    """The configuration that a question is asked under."""
    from commands.options import load

    return this_ground().config or load(path)


def open_asked(config: Config) -> Database:
    """The store that a question is put to."""
    from store.database import read_database
    from store.recording import Recorder

    ground = this_ground()
    if ground.replay is not None:
        return ground.replay
    if ground.save is not None:
        refuse_wordy(ground.save)
        ground.recorder = open_still(config, ground.save)
    elif ground.why:
        ground.recorder = Recorder(read_database(config.database).conn)
    return ground.recorder or read_database(config.database)


def refuse_wordy(name: str) -> None:
    """Say that an answer is made of words."""
    command = command_of(click.get_current_context())
    if command in WORDY:
        raise click.ClickException(f"--save {name}: `repute {command}` shows what people wrote, and no copy of that is kept")


def open_still(config: Config, name: str) -> Recorder:
    """The store as it is at one moment, within a transaction that reads, with all facts made."""
    from commands.upkeep import keep_up
    from store.database import open_database, read_database
    from store.recording import Recorder
    from store.saved import SavedError, is_stale, refuse_taken

    read_database(config.database).close()
    db = open_database(config.database)
    try:
        refuse_taken(db, name)
    except SavedError as error:
        raise click.ClickException(f"--save {error}") from error
    for _ in range(TRIES):
        keep_up(db)
        db.conn.execute("begin")
        if not is_stale(db):
            return Recorder(db.conn)
        db.conn.rollback()
    raise click.ClickException(f"--save {name}: another program changes the mentions all the while; save when it has ended")


def find_why(answer: Any) -> Why:
    """What the answer of this run stands on."""
    from trends.provenance import ALL, Why, find_sets, say_asked, used_taggers

    context, ground = click.get_current_context(), this_ground()
    db = ground.recorder
    if db is None:
        raise click.ClickException(f"--why: `repute {command_of(context)}` does not tell; ask `repute mentions … --why`")
    asked, reads = say_asked(db.asked), dict.fromkeys(read.brand for read in db.facts_read)
    config, window = load_asked(context.params["config_path"]), getattr(answer, "window", None)
    brands = [*reads] or ([answer.brand] if getattr(answer, "brand", None) else [])
    names = SETS.get(command_of(context), ALL)
    filters = {name: context.params[name] for name in ("source", "language")}
    return Why(
        question=typed(context),
        version=version_now(),
        as_of=context.params["now"],
        time_zone=config.time_zone.key,
        taggers=used_taggers(db),
        sets=find_sets(db, window, brands=brands, names=names, **filters) if window is not None else (),
        asked=asked,
    )


def command_of(context: click.Context) -> str:
    """The words of a command after `repute`."""
    words = []
    at: click.Context | None = context
    while at is not None and at.parent is not None:
        words.append(str(at.info_name))
        at = at.parent
    return " ".join(reversed(words))


def typed(context: click.Context) -> str:
    """The command with what was chosen, to be typed again."""
    import shlex

    parts = ["repute", *command_of(context).split()]
    for param in context.command.params:
        value = context.params.get(param.name or "")
        if param.name in LEFT_OUT or not param.expose_value or value in (None, False, ()):
            continue
        for one in value if isinstance(value, tuple) else (value,):
            option = [] if isinstance(param, click.Argument) else [param.opts[0]]
            parts += option if one is True else [*option, str(one)]
    return shlex.join(parts)


def version_now() -> str:
    """The version of Repute that runs."""
    from importlib.metadata import version

    return version("repute")


def keep(answer: Any) -> None:
    """Save the answer of this run with its ground, and say so."""
    import shlex

    from commands.options import read_clock
    from config.keeping import kept_part
    from reporting.plain import as_plain
    from store.saved import save_answer
    from trends.rerunning import without_words

    context, ground = click.get_current_context(), this_ground()
    if ground.recorder is None or ground.save is None:
        raise click.ClickException(
            f"--save {ground.save}: `repute {command_of(context)}` has no answer that can be asked again"
        )
    size = save_answer(
        ground.recorder,
        name=ground.save,
        command=command_of(context),
        parameters={name: value for name, value in context.params.items() if name not in LEFT_OUT},
        config=kept_part(load_asked(context.params["config_path"])),
        version=version_now(),
        answer=without_words(as_plain(answer)),
        now=read_clock(),
    )
    again = shlex.join(["repute", "rerun", ground.save])
    click.echo(f"Saved as {ground.save} ({max(size // 1000, 1):,} kB); `{again}` gives it again.", err=True)
