"""The second model of `repute evaluate --against`, and two models shown side by side."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.options import console

if TYPE_CHECKING:
    from rich.table import Table

    from sentiment.comparison import Comparison, Reader
    from sentiment.evaluation import Evaluation

PAIR_END = re.compile(r"=\s*(negative|neutral|positive)\s*(?:,|$)")


def load_against(against: str, labels: str | None, task: str) -> Reader:
    """Load a model by what `--against` says: `shipped`, a folder with a model of Repute's, else one of the hub."""
    from sentiment.classifier import Classifier
    from sentiment.comparison import read_with
    from sentiment.encoder import Encoder, ModelMissing

    folder = Path(against).expanduser()
    if against != "shipped" and not (folder / "model.json").is_file():
        return load_hub(against, labels, task)
    if labels:
        raise click.ClickException(f"--labels {labels}: {against} has our own labels; leave the option out")
    try:
        encoder = Encoder.load(None if against == "shipped" else folder)
    except ModelMissing as error:
        raise click.ClickException(f"--against {against}: {error}") from error
    return read_with(Classifier(encoder, (), ()), task)


def load_hub(against: str, labels: str | None, task: str) -> Reader:
    """Load a sequence classifier by its name, perhaps `name@revision`, or its folder."""
    from config import SentimentModel
    from sentiment.comparison import read_with_hub
    from sentiment.hub import HubError, HubSentiment
    from sentiment.labels import LabelsDoNotFit

    if task != "sentiment":
        raise click.ClickException(f"--against {against}: it gives sentiments, and the labels of the file are of {task}s")
    name, _, revision = (against, "", "") if Path(against).expanduser().is_dir() else against.partition("@")
    try:
        model = HubSentiment.load(SentimentModel(model=name, labels=read_pairs(labels), revision=revision), Path())
    except HubError as error:
        raise click.ClickException(f"--against {against}: {error}") from error
    except LabelsDoNotFit as error:
        fix = f"Give this, and correct its words by the model's card:\n{error.as_option()}"
        raise click.ClickException(f"--against {against}: {error}. {fix}") from error
    return read_with_hub(model)


def read_pairs(labels: str | None) -> dict[str, str]:
    """Read `LABEL_0=negative,LABEL_1=positive`."""
    if not labels:
        return {}
    # A label may hold commas and equals signs: a pair ends where one of our words does.
    *ends, last = PAIR_END.split(labels)
    pairs = {}
    for name, ours in zip(ends[::2], ends[1::2], strict=True):
        if not name.strip():
            raise unread(labels, f"={ours}")
        pairs[name.strip()] = ours
    if last.strip() or not pairs:
        raise unread(labels, last.strip())
    return pairs


def unread(labels: str, pair: str) -> click.ClickException:
    """What to say of a part of `--labels` that is no pair."""
    from config import SENTIMENTS

    wanted = f"write a label of the model, = and one of {', '.join(SENTIMENTS)}, with commas between"
    return click.ClickException(f"--labels {labels}: {pair!r} says nothing; {wanted}")


def show_comparison(result: Comparison) -> None:
    """Print two models side by side: figures, classes, confusions, the difference, languages, texts they read differently."""
    from commands.reading import figures

    screen = console()
    screen.print(f"{result.first_scores.task}, n = {result.first_scores.n}")
    screen.print(f"A  {result.first}: {figures(result.first_scores)}", markup=False)
    screen.print(f"B  {result.second}: {figures(result.second_scores)}", markup=False)
    screen.print(classes_table(result))
    screen.print(confusions_table(result.first_scores, result.second_scores))
    low, high = (100 * bound for bound in result.paired.interval)
    screen.print(result.sentence, markup=False)
    screen.print(
        f"Macro-F1 of A less that of B: {100 * result.paired.macro_f1_difference:+.1f} points (95% {low:+.1f} to {high:+.1f})."
    )
    if result.languages:
        screen.print(languages_table(result))
    for example in result.examples:
        screen.print(f"A {example.first}, B {example.second}, labelled {example.label}: {brief(example.text)}", markup=False)


def classes_table(result: Comparison) -> Table:
    """Precision, recall and F1 of each label, A beside B."""
    from rich.table import Table

    names = ("A precision", "B", "A recall", "B", "A F1", "B", "n")
    table = Table("label", *names, box=None)
    for one, other in zip(result.first_scores.classes, result.second_scores.classes, strict=True):
        rates = (one.precision, other.precision, one.recall, other.recall, one.f1, other.f1)
        table.add_row(one.label, *(f"{100 * rate:.1f}" for rate in rates), str(one.support))
    return table


def confusions_table(first: Evaluation, second: Evaluation) -> Table:
    """Both confusion matrices: a row a label, a column what was read, A's columns before B's."""
    from rich.table import Table

    labels = [one.label for one in first.classes]
    table = Table("label", *(f"{side} {label}" for side in "AB" for label in labels), box=None)
    for label, row, other in zip(labels, first.confusion, second.confusion, strict=True):
        table.add_row(label, *(str(count) for count in (*row, *other)))
    return table


def languages_table(result: Comparison) -> Table:
    """Macro-F1 of both by language."""
    from rich.table import Table

    table = Table("language", "A macro-F1", "B macro-F1", "n", box=None)
    for one in result.languages:
        table.add_row(
            one.language or "not said", f"{100 * one.first_macro_f1:.1f}", f"{100 * one.second_macro_f1:.1f}", str(one.n)
        )
    return table


def brief(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:159].rsplit(" ", 1)[0] + " …"
