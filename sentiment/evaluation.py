"""Compare a classifier with people's labels."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from sentiment.classifier import SENTIMENTS, Classifier, Reading
from sentiment.labelled import COMPLAINTS, LABELS, Labelled, NothingLabelled

REASONS = 3
"""Rows that could not be read that are named where none is left."""


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
    unsupported: tuple[tuple[str, int], ...] = ()
    """Languages that the classifier does not read well enough, with how many of the n texts are in each: its guesses count
    here, and `repute tag` stores none."""


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


def evaluate(
    rows: Sequence[Labelled],
    classifier: Classifier,
    bad: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Read the texts and compare: with complaint labels if any row has one, else with sentiments.

    Raises NothingLabelled where no row has a label of either task.
    """
    asked = choose_task(rows, bad)
    readings = classifier.classify([row.text for row in asked.rows], progress)
    read = [label_of(reading, asked.task) for reading in readings]
    result = score_labels([row.label for row in asked.rows], read, asked.names, asked.task, asked.left_out, tuple(bad))
    strange = Counter(reading.language for reading in readings if not reading.language_supported)
    return replace(result, unsupported=tuple(strange.most_common()))


def choose_task(rows: Sequence[Labelled], bad: Sequence[str] = ()) -> Asked:
    """Say what rows ask: whether texts complain if any row has such a label, else their sentiment.

    Raises NothingLabelled where no row has a label of either task; `bad` is what is wrong with those that could not be read.
    """
    task, names = ("complaint", COMPLAINTS) if any(row.label in COMPLAINTS for row in rows) else ("sentiment", SENTIMENTS)
    kept = tuple(row for row in rows if row.label in names)
    if not kept:
        found = ", ".join(sorted({row.label for row in rows})[:8]) or "none"
        said = f"no row has one of the labels {', '.join(LABELS)}; labels found: {found}"
        more = f"; and {len(bad) - REASONS:,} more" if len(bad) > REASONS else ""
        raise NothingLabelled(f"{said}. Left out: {'; '.join(bad[:REASONS])}{more}" if bad else said)
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
