"""Commands that read texts with the classifier: tag, classify, evaluate."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import CONFIG, JSON, console, load, progress_bar

if TYPE_CHECKING:
    from config import Config
    from sentiment.classifier import Classifier
    from sentiment.evaluation import Evaluation

SHOWN = 10
"""Faulty rows that are named; the others are only counted."""


@click.command()
@CONFIG
def tag(config_path: Path) -> None:
    """Read every mention that the current taggers have not read.

    Example: repute tag
    """
    from sentiment.tagging import tag_mentions
    from store.database import open_database, open_vectors

    config = load(config_path)
    db = open_database(config.database)
    with progress_bar("Reading mentions") as show:
        report = tag_mentions(db, open_vectors(config.database), load_classifier(config), progress=show)
    click.echo(f"{report.read} mentions read, {report.recalled} answered from stored sentence vectors")


def load_classifier(config: Config) -> Classifier:
    """The classifier for the topics and attributes of the configuration."""
    from sentiment.classifier import Classifier
    from sentiment.encoder import Encoder, ModelMissing

    try:
        encoder = Encoder.load(config.path.parent / config.model if config.model else None)
    except ModelMissing as error:
        raise click.ClickException(str(error)) from error
    return Classifier(encoder, config.topics, config.attributes)


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@CONFIG
def classify(config_path: Path, file: Any) -> None:
    """Read lines of text or JSON lines from FILE, and write what the classifier says of each as JSON lines.

    Example: echo "The parcel came three days late" | repute classify
    """
    from sentiment.lines import classify_lines

    for row in classify_lines(file, load_classifier(load(config_path))):
        click.echo(json.dumps(row, ensure_ascii=False))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@CONFIG
@JSON
def evaluate(config_path: Path, file: Path, as_json: bool) -> None:
    """Compare the classifier with the labels of FILE, CSV or JSON lines with the columns text and label.

    Example: repute evaluate labelled.jsonl
    """
    from sentiment.evaluation import NothingLabelled, read_labelled
    from sentiment.evaluation import evaluate as compare

    classifier = load_classifier(load(config_path))
    try:
        labelled = read_labelled(file)
        with progress_bar(f"Reading {file.name}") as progress:
            result = compare(labelled.rows, classifier, labelled.bad, progress)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file}: is not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except NothingLabelled as error:
        raise click.ClickException(f"{file}: {error}") from error
    if as_json:
        click.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2))
    else:
        show_evaluation(result)


def show_evaluation(result: Evaluation) -> None:
    """Print the figures of an evaluation, its classes and its confusions."""
    from rich.table import Table

    low, high = result.interval
    table = Table("label", "precision", "recall", "F1", "n", *(f"read {one.label}" for one in result.classes), box=None)
    for one, row in zip(result.classes, result.confusion, strict=True):
        rates = (f"{100 * rate:.1f}" for rate in (one.precision, one.recall, one.f1))
        table.add_row(one.label, *rates, str(one.support), *(str(count) for count in row))
    screen = console()
    screen.print(
        f"{result.task}: accuracy {100 * result.accuracy:.1f} % (95% {100 * low:.1f} to {100 * high:.1f}), "
        f"macro-F1 {100 * result.macro_f1:.1f}, macro-recall {100 * result.macro_recall:.1f}, n = {result.n}"
    )
    screen.print(table)
    for label, count in result.left_out:
        screen.print(f"{count} rows left out: their label {label!r} is none of these")
    for problem in result.bad[:SHOWN]:
        screen.print(f"left out: {problem}")
    if len(result.bad) > SHOWN:
        screen.print(f"… and {len(result.bad) - SHOWN} more")
