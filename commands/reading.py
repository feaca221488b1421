"""Commands that read texts with the classifier: tag, classify, evaluate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import AS_OF, CONFIG, JSON, console, load, progress_bar
from commands.upkeep import keep_up, test_days

if TYPE_CHECKING:
    from config import Config
    from sentiment.classifier import Classifier
    from sentiment.comparison import Comparison
    from sentiment.evaluation import Evaluation
    from sentiment.hub import HubSentiment
    from sentiment.labelled import LabelledFile

SHOWN = 10
"""Faulty rows that are named; the others are only counted."""


@click.command()
@CONFIG
@AS_OF
def tag(config_path: Path, now: str) -> None:
    """Read every mention that the current taggers have not read.

    Example: repute tag
    """
    from config import ConfigError
    from crawlers.matching import check_queries
    from crawlers.naming import find_names
    from sentiment.tagging import tag_mentions
    from store.database import open_database, open_vectors
    from store.holding import hold

    config = load(config_path)
    db = open_database(config.database)
    if problems := check_queries(config):
        raise ConfigError(config_path.name, problems)
    names = find_names(config.brands)
    # Two at once would read everything twice: what is due is what no process has finished reading.
    with (
        hold(config.database.with_name(f"{config.database.name}.tagging.lock"), waiting=say_waiting),
        progress_bar("Reading mentions") as show,
    ):
        report = tag_mentions(db, open_vectors(config.database), load_classifier(config), names=names, progress=show)
    click.echo(f"{report.read} mentions read, {report.recalled} answered from what was stored")
    keep_up(db)
    test_days(db, config, now)


def say_waiting(holder: str) -> None:
    """Tell what the command waits for."""
    click.echo(f"process {holder} is reading mentions now; waiting for it to end", err=True)


def load_classifier(config: Config) -> Classifier:
    """The classifier for the topics and attributes of the configuration, with its sentiment model if it names one."""
    from sentiment.classifier import Classifier
    from sentiment.encoder import Encoder, ModelMissing

    try:
        encoder = Encoder.load(config.path.parent / config.model if config.model else None)
    except ModelMissing as error:
        raise click.ClickException(str(error)) from error
    return Classifier(encoder, config.topics, config.attributes, load_sentiment(config))


def load_sentiment(config: Config) -> HubSentiment | None:
    """The model of the table [sentiment], or None without one."""
    if config.sentiment is None:
        return None
    from sentiment.hub import HubError, HubSentiment
    from sentiment.labels import LabelsDoNotFit

    try:
        return HubSentiment.load(config.sentiment, config.path.parent)
    except HubError as error:
        raise click.ClickException(f"{config.path.name}: sentiment.model: {error}") from error
    except LabelsDoNotFit as error:
        fix = f"Put this line under [sentiment], and correct its words by the model's card:\n{error.as_toml()}"
        raise click.ClickException(f"{config.path.name}: sentiment.labels: {error}. {fix}") from error


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@CONFIG
def classify(config_path: Path, file: Any) -> None:
    """Read lines of text or JSON lines from FILE, and write what the classifier says of each as JSON lines.

    In a language that is not supported that is a guess, and marked so: "language_supported": false. `repute tag` stores none.

    Example: echo "The parcel came three days late" | repute classify
    """
    from sentiment.lines import classify_lines

    for row in classify_lines(file, load_classifier(load(config_path))):
        click.echo(json.dumps(row, ensure_ascii=False))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--against",
    metavar="MODEL",
    help="Compare with this model too: a Hugging Face name (perhaps name@revision), a folder, or the word shipped.",
)
@click.option("--labels", metavar="PAIRS", help='What its labels mean: "LABEL_0=negative,LABEL_1=neutral,LABEL_2=positive".')
@CONFIG
@JSON
def evaluate(config_path: Path, file: Path, against: str | None, labels: str | None, form: str) -> None:
    """Compare the classifier with the labels of FILE, CSV or JSON with the columns text and label.

    Example: repute evaluate labelled.jsonl --against shipped
    """
    from sentiment.evaluation import evaluate as compare
    from sentiment.labelled import NothingLabelled, read_labelled

    if labels and not against:
        raise click.ClickException(f"--labels {labels}: say whose they are, with --against MODEL")
    config = load(config_path)
    result: Comparison | Evaluation
    try:
        labelled = read_labelled(file)
        if against:
            result = compare_two(config, labelled, against, labels)
        else:
            classifier = load_classifier(config)
            with progress_bar(f"Reading {file.name}") as progress:
                result = compare(labelled.rows, classifier, labelled.bad, progress)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file}: is not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except NothingLabelled as error:
        raise click.ClickException(f"{file}: {error}") from error
    if form == "json":
        click.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2))
    else:
        show(result)


def compare_two(config: Config, labelled: LabelledFile, against: str, labels: str | None) -> Comparison:
    """Compare the configured classifier with the model that `--against` names. Raises NothingLabelled."""
    from commands.comparing import load_against
    from sentiment.comparison import compare, read_with
    from sentiment.evaluation import choose_task

    asked = choose_task(labelled.rows, labelled.bad)
    first, second = read_with(load_classifier(config), asked.task), load_against(against, labels, asked.task)
    with progress_bar("Reading with both") as progress:
        return compare(asked, first, second, labelled.bad, progress)


def show(result: Comparison | Evaluation) -> None:
    """Print a comparison, or the figures of one classifier."""
    from commands.comparing import show_comparison
    from sentiment.evaluation import Evaluation

    if isinstance(result, Evaluation):
        show_evaluation(result)
    else:
        show_comparison(result)
        show_left_out(result.first_scores)


def show_evaluation(result: Evaluation) -> None:
    """Print the figures of an evaluation, its classes and its confusions."""
    from rich.table import Table

    table = Table("label", "precision", "recall", "F1", "n", *(f"read {one.label}" for one in result.classes), box=None)
    for one, row in zip(result.classes, result.confusion, strict=True):
        rates = (f"{100 * rate:.1f}" for rate in (one.precision, one.recall, one.f1))
        table.add_row(one.label, *rates, str(one.support), *(str(count) for count in row))
    screen = console()
    screen.print(f"{result.task}: {figures(result)}, n = {result.n}")
    screen.print(table)
    show_left_out(result)


def figures(result: Evaluation) -> str:
    """The figures over all labels, in one line."""
    low, high = result.interval
    return (
        f"accuracy {100 * result.accuracy:.1f} % (95% {100 * low:.1f} to {100 * high:.1f}), "
        f"macro-F1 {100 * result.macro_f1:.1f}, macro-recall {100 * result.macro_recall:.1f}"
    )


def show_left_out(result: Evaluation) -> None:
    """Name the rows that did not count, and the languages that count though they are guessed."""
    screen = console()
    if result.unsupported:
        screen.print(say_guessed(result.unsupported, result.n), markup=False)
    for label, count in result.left_out:
        screen.print(f"{count} rows left out: their label {label!r} is none of these", markup=False)
    for problem in result.bad[:SHOWN]:
        screen.print(f"left out: {problem}", markup=False)
    if len(result.bad) > SHOWN:
        screen.print(f"… and {len(result.bad) - SHOWN} more")


def say_guessed(unsupported: Sequence[tuple[str, int]], n: int) -> str:
    """Tell of texts in languages that the classifier does not read well enough, most first."""
    from trends.languages import name_languages

    total = sum(count for _, count in unsupported)
    be = "is in a language" if total == 1 else "are in languages"
    return (
        f"{total:,} of {n:,} texts {be} that the classifier does not read well enough ({name_languages(unsupported)}): "
        "its guesses count here, but `repute tag` stores none."
    )
