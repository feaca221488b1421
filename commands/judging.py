"""Commands that measure the classifier on the user's own mentions: sample, judge, accuracy."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.filters import check_filters, check_topic, known_brand
from commands.options import AS_OF, CONFIG, JSON, LANGUAGE, console, load, read_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlite_utils import Database

    from config import Config
    from store.sample_marks import Question
    from store.scope import Scope
    from trends.sampling import Drawn

SHOWN = 20
"""Faults of a file that are named; the others are only counted."""


@click.command()
@click.argument("size", metavar="N", type=click.IntRange(1, 10_000))
@click.option("--task", type=click.Choice(["sentiment", "complaint", "topic"]), default="sentiment", show_default=True)
@click.option("--topic", metavar="ID", help="The topic that is asked, with --task topic.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.  [default: the terminal]")
@click.option("--seed", type=int, help="The same seed and mentions give the same sample.  [default: another after each judged]")
@click.option("--last", metavar="LENGTH", help="Only the window up to today: 7d, 4w, 12w.  [default: everything]")
@click.option("--since", metavar="DAY", help="First local day of the window.")
@click.option("--until", metavar="DAY", help="Last local day of the window.")
@click.option("--brand", help="Brand id.  [default: your own]")
@click.option("--source", help="Only mentions of this source.")
@LANGUAGE
@CONFIG
@AS_OF
def sample(
    config_path: Path, size: int, task: str, topic: str | None, out: Path | None, seed: int | None, **question: Any
) -> None:
    """Draw N mentions at random for a person to judge, as a CSV with an empty column `label`.

    Example: repute sample 200 --out sample.csv
    """
    from store.database import read_database
    from store.judging import find_candidates, find_judged_tasks
    from trends.sampling import draw_sample

    config = load(config_path)
    check_task(config, task, topic)
    if out and out.exists():
        raise click.ClickException(f"--out {out}: is there already, perhaps with somebody's labels; name another file")
    scope = read_scope(config, **question)
    check_filters(config, scope.source, scope.language)
    with contextlib.closing(read_database(config.database)) as db:
        told = find_candidates(db, scope, task=task, subject=topic or "")
        if not told:
            raise click.ClickException("no mention in the window has been read for this: run `repute tag`, or widen the window")
        chosen = 1 + sum(row["samples"] for row in find_judged_tasks(db)) if seed is None else seed
        drawn = draw_sample(told, size, seed=chosen)
        rows = make_rows(db, config, drawn, brand=scope.brand, task=task, topic=topic or "", seed=chosen)
    write_out(rows, out)
    click.echo(f"{len(rows)} of {len(told):,} mentions; {how_to(config, task, topic, scope.brand)}", err=True)


def check_task(config: Config, task: str, topic: str | None) -> None:
    """Refuse a topic that there is not, or one without its task."""
    if task != "topic" and topic is not None:
        raise click.ClickException(f"--topic {topic}: give --task topic with it")
    if task == "topic" and topic is None:
        known = ", ".join(one.id for one in config.topics)
        raise click.ClickException(f"--task topic: say which with --topic; there are {known or 'none'}")
    check_topic(config, topic)


def read_scope(
    config: Config,
    *,
    now: str,
    last: str | None,
    since: str | None,
    until: str | None,
    brand: str | None,
    source: str | None,
    language: str | None,
) -> Scope:
    """The customers' mentions that the options ask for; all of the brand's where they name no window."""
    from store.scope import Scope

    everything = last is None and since is None and until is None
    window = read_window(config, now=now, last=last, since=since, until=until, last_week=False, all_time=everything)
    return Scope(
        brand=known_brand(config, brand),
        since=window.since,
        until=window.until,
        first_day=window.first_day,
        end_day=window.end_day,
        source=source,
        language=language,
    )


def make_rows(
    db: Database, config: Config, drawn: Sequence[Drawn], *, brand: str, task: str, topic: str, seed: int
) -> list[dict[str, object]]:
    """The rows of a sample, in the order that they were drawn in. What the classifier tells stands nowhere in them."""
    from store.authors import load_secret
    from store.sample_marks import Question, make_mark, number_sample
    from store.unsorted import find_told

    secret = load_secret(config.database)
    asked: list[Question] = [Question(one.mention, brand, task, topic) for one in drawn]
    number = number_sample(seed, asked)
    words = {row["mention"]: row for row in find_told(db, [one.mention for one in drawn])}
    fixed = {"task": task, "topic": topic, "brand": brand}
    return [
        fixed
        | {"id": one.mention, "sample": make_mark(secret, number, one.chance, question)}
        | {"language": row["language"], "url": row["url"], "text": "\n".join(filter(None, (row["title"], row["text"])))}
        for one, question in zip(drawn, asked, strict=True)
        if (row := words.get(one.mention))
    ]


def write_out(rows: Sequence[dict[str, object]], out: Path | None) -> None:
    """Write the CSV to a file that spreadsheets read as UTF-8, or to the terminal."""
    from commands.sheets import write_sheet

    if out is None:
        click.echo(write_sheet(rows), nl=False)
        return
    try:
        with out.open("x", encoding="utf-8-sig", newline="") as file:
            file.write(write_sheet(rows))
    except OSError as error:
        words = f"--out {out}: cannot be written ({error.strerror}); name a file in a folder of yours"
        raise click.ClickException(words) from error


def how_to(config: Config, task: str, topic: str | None, brand: str) -> str:
    """What a person writes into the column `label`."""
    from trends.accuracy import labels_of

    named = next(one.name for one in config.brands if one.id == brand)
    about = {
        "sentiment": f"how it speaks of {named}",
        "complaint": f"whether it complains about {named}",
        "topic": f"whether it complains of {topic} about {named}",
    }[task]
    return f"write into the column label {about}: {', '.join(labels_of(task, topic or ''))}. Leave empty what you cannot tell."


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--judge", "name", metavar="NAME", required=True, help="Who has judged; kept with each judgement.")
@CONFIG
@AS_OF
def judge(config_path: Path, file: Path, name: str, now: str) -> None:
    """Keep what a person has written into the column `label` of FILE, a CSV that `repute sample` wrote.

    Example: repute judge sample.csv --judge ada
    """
    from commands.sheets import SheetError, read_sheet
    from store.authors import load_secret
    from store.database import open_database
    from store.judging import Judgement, save_judgements
    from trends.accuracy import labels_of

    config = load(config_path)
    if not name.strip():
        raise click.BadParameter("a judge has a name", param_hint="--judge")
    labels = {task: labels_of(task) for task in ("sentiment", "complaint")}
    try:
        sheet = read_sheet(file, load_secret(config.database), labels)
    except SheetError as error:
        raise click.ClickException(explain(file, error)) from error
    said = [Judgement(one.question, one.label, name.strip(), one.sample, one.chance) for one in sheet.filled]
    with contextlib.closing(open_database(config.database)) as db:
        saved = save_judgements(db, said, now=now)
    counts = {"kept": saved.added, "kept before": saved.repeated, "of mentions that are gone": saved.gone, "empty": sheet.empty}
    click.echo("judgements: " + ", ".join(f"{count} {words}" for words, count in counts.items() if count or words == "kept"))


def explain(file: Path, error: Exception) -> str:
    """Every fault of a file, the first ones in words."""
    faults = str(error).splitlines()
    more = [f"… and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
    return "\n".join([f"{file}: nothing was kept; mend this and give the file again", *faults[:SHOWN], *more])


@click.command()
@click.option("--brand", help="Only judgements about this brand.  [default: all brands together]")
@CONFIG
@JSON
def accuracy(config_path: Path, brand: str | None, form: str) -> None:
    """Show how well the classifier does on judged samples, task by task, and which shares are corrected.

    Example: repute accuracy
    """
    from reporting.judging import accuracy_table
    from reporting.plain import to_plain
    from store.database import read_database
    from trends.accuracy import answer_accuracy

    config = load(config_path)
    with contextlib.closing(read_database(config.database)) as db:
        answer = answer_accuracy(db, config, brand=known_brand(config, brand) if brand is not None else "")
    if form == "json":
        click.echo(json.dumps(to_plain(answer), ensure_ascii=False, indent=2))
    else:
        console().print(accuracy_table(answer))
