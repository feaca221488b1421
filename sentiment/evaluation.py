"""Compare a classifier with people's labels."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from sentiment.classifier import SENTIMENTS, Classifier, Reading
from store.prose import as_prose

COMPLAINTS = ("complaint", "not_complaint")


@dataclass(frozen=True)
class Labelled:
    """One text with a person's label."""

    text: str
    label: str
    topic: str | None = None
    brand: str | None = None
    language: str | None = None
    """From the column `lang`."""


@dataclass(frozen=True)
class LabelledFile:
    """What a labelled file held."""

    rows: tuple[Labelled, ...]
    bad: tuple[str, ...]
    """What is wrong with each row that could not be read, with its line."""


@dataclass(frozen=True)
class ClassScore:
    """How well one label is found."""

    label: str
    precision: float
    """Share of right ones among the texts given this label; 0 where none was given it."""
    recall: float
    """Share of this label's texts that were given it."""
    f1: float
    support: int
    """Texts with this label."""


@dataclass(frozen=True)
class Evaluation:
    """How a classifier did on n labelled texts."""

    task: str
    """`sentiment` or `complaint`."""
    n: int
    accuracy: float
    interval: tuple[float, float]
    """95% interval of the accuracy, after Wilson."""
    macro_f1: float
    """Mean over the labels that occur."""
    macro_recall: float
    """Mean over the labels that occur."""
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows: the label; columns: what was read; both in the order of `classes`."""
    left_out: tuple[tuple[str, int], ...] = ()
    """Labels that this task does not have, with how many rows had them."""
    bad: tuple[str, ...] = ()
    """Rows that could not be read, in words."""


@dataclass(frozen=True)
class Asked:
    """What labelled rows ask of a classifier."""

    task: str
    """`sentiment` or `complaint`."""
    names: tuple[str, ...]
    """The task's labels."""
    rows: tuple[Labelled, ...]
    """Those with one of them."""
    left_out: tuple[tuple[str, int], ...]
    """Other labels, with how many rows had them."""


class NothingLabelled(ValueError):
    """No row of a file has a label of ours."""


def read_labelled(path: Path) -> LabelledFile:
    """Read a CSV (by its suffix) or JSON-lines file with `text` and `label`, perhaps `topic`, `brand` and `lang`.

    A broken row is described and left out. Raises UnicodeDecodeError where the file is not UTF-8.
    """
    rows, bad = [], []
    for line, row in _csv_rows(path) if path.suffix.lower() == ".csv" else _json_rows(path):
        found = row if isinstance(row, str) else _labelled(row)
        if isinstance(found, str):
            bad.append(f"line {line}: {found}")
        else:
            rows.append(found)
    return LabelledFile(tuple(rows), tuple(bad))


def evaluate(
    rows: Sequence[Labelled],
    classifier: Classifier,
    bad: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Read the texts and compare: with complaint labels if any row has one, else with sentiments.

    Raises NothingLabelled where no row has a label of either task.
    """
    asked = choose_task(rows)
    readings = classifier.classify([row.text for row in asked.rows], progress)
    read = [label_of(reading, asked.task) for reading in readings]
    return score_labels([row.label for row in asked.rows], read, asked.names, asked.task, asked.left_out, tuple(bad))


def choose_task(rows: Sequence[Labelled]) -> Asked:
    """Say what rows ask: whether texts complain if any row has such a label, else their sentiment.

    Raises NothingLabelled where no row has a label of either task.
    """
    task, names = ("complaint", COMPLAINTS) if any(row.label in COMPLAINTS for row in rows) else ("sentiment", SENTIMENTS)
    kept = tuple(row for row in rows if row.label in names)
    if not kept:
        found = ", ".join(sorted({row.label for row in rows})[:8]) or "none"
        raise NothingLabelled(f"no row has one of the labels {', '.join((*SENTIMENTS, *COMPLAINTS))}; labels found: {found}")
    return Asked(task, names, kept, tuple(Counter(row.label for row in rows if row.label not in names).most_common()))


def label_of(reading: Reading, task: str) -> str:
    """Return what a reading says in the words of a task's labels."""
    if task == "complaint":
        return "complaint" if reading.complaint else "not_complaint"
    return reading.sentiment


def score_labels(
    gold: Sequence[str],
    read: Sequence[str],
    names: Sequence[str],
    task: str,
    left_out: tuple[tuple[str, int], ...] = (),
    bad: tuple[str, ...] = (),
) -> Evaluation:
    """Score labels read against gold ones; both only have labels in `names`, and there is at least one."""
    pairs = Counter(zip(gold, read, strict=True))
    confusion = tuple(tuple(pairs[g, r] for r in names) for g in names)
    classes = tuple(_class_score(name, i, confusion) for i, name in enumerate(names))
    present = [one for one in classes if one.support]
    right, n = sum(confusion[i][i] for i in range(len(names))), len(gold)
    return Evaluation(
        task=task,
        n=n,
        accuracy=right / n,
        interval=wilson(right, n),
        macro_f1=sum(one.f1 for one in present) / len(present),
        macro_recall=sum(one.recall for one in present) / len(present),
        classes=classes,
        confusion=confusion,
        left_out=left_out,
        bad=bad,
    )


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson 1927); n at least 1."""
    z = 1.959964
    share, weight = right / n, 1 + z * z / n
    middle = (share + z * z / (2 * n)) / weight
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / weight
    return max(0.0, middle - half), min(1.0, middle + half)


def _class_score(name: str, i: int, confusion: Sequence[Sequence[int]]) -> ClassScore:
    hits, support, given = confusion[i][i], sum(confusion[i]), sum(row[i] for row in confusion)
    precision, recall = hits / given if given else 0.0, hits / support if support else 0.0
    f1 = 2 * hits / (given + support) if given + support else 0.0
    return ClassScore(name, precision, recall, f1, support)


def _json_rows(path: Path) -> Iterator[tuple[int, dict[str, object] | str]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                yield number, f"no JSON ({error.msg} at column {error.colno})"
                continue
            yield number, row if isinstance(row, dict) else "no JSON object"


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, object] | str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            yield reader.line_num, dict(row)


def _labelled(row: dict[str, object]) -> Labelled | str:
    """Return the row, or what is wrong with it."""
    words: list[str] = []
    for name in ("text", "label"):
        value = row.get(name)
        if not isinstance(value, str) or not value.strip():
            return f"`{name}` is {value!r}, wanted words" if name in row else f"no `{name}`"
        words.append(value)
    topic, brand, language = (str(value) if (value := row.get(name)) else None for name in ("topic", "brand", "lang"))
    return Labelled(as_prose(words[0]), words[1].strip(), topic, brand, language)
