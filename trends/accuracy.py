"""How well the classifier does on the user's own mentions, as far as people have judged a random sample of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlite_utils import Database

from config import Config
from store.judging import find_judged, find_judged_tasks
from store.records import VOICES
from store.remembering import once
from store.scope import Scope
from trends.intervals import wilson
from trends.prevalence import FLOOR, Confusion, Judged, estimate_confusion

SENTIMENTS = ("negative", "neutral", "positive")
NONE = "none"
"""What a person says of a mention that does not complain, or does not complain of the topic that is asked."""


@dataclass(frozen=True)
class TaskAccuracy:
    """How well one task is done."""

    task: str
    """`sentiment`, `complaint` or `topic`."""
    topic: str
    """Topic id; empty for the other tasks."""
    name: str
    """What people call it."""
    judged: int
    """Sampled judgements of mentions that the current taggers have read."""
    samples: int
    """Samples that they were drawn in."""
    judges: int
    """People who judged."""
    agreement: float | None
    """Share of mentions that the classifier tells as people do, each by its chance of being sampled."""
    low: float | None
    """95% interval of it, after Wilson, for as many judgements as the weights are worth."""
    high: float | None
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Judged mentions: a row for each label that people gave, a column for each that is told; both in the order of `labels`."""
    told_wrongly: tuple[float | None, ...]
    """Share of the mentions that are not of a label and are told as it, for each label."""
    corrected: bool
    """Whether shares of this task are corrected."""
    reason: str
    """Why not, in words; empty where they are."""


@dataclass(frozen=True)
class Accuracy:
    """How well the classifier does, task by task."""

    tasks: tuple[TaskAccuracy, ...]
    needed: int
    """Sampled judgements of a task from which on its shares are corrected."""


def labels_of(task: str, topic: str = "") -> tuple[str, ...]:
    """The labels that a person may give for a task."""
    return {"sentiment": SENTIMENTS, "complaint": (NONE, "complaint")}.get(task) or (NONE, topic)


def measure_confusion(db: Database, task: str, topic: str = "", *, brand: str = "") -> Confusion | None:
    """The confusion of a task on all sampled judgements, of one brand or of all; None where there are none."""

    def measure() -> Confusion | None:
        rows = find_judged(db, Scope(brand=brand, voices=VOICES), task=task, subject=topic)
        return as_confusion(rows, labels_of(task, topic))

    return once(db, ("confusion", brand, task, topic), measure)


def choose_confusion(db: Database, task: str, topic: str = "", *, brand: str) -> Confusion | None:
    """The confusion that corrects a brand: its own where that can be undone, else that of all brands together.

    People speak otherwise of each brand, and the classifier errs otherwise: on six airlines (`bench/prevalence.py`) the error
    of the share negative falls from 7.0 points to 1.2 by each one's own judgements, and to 4.0 by those of all together.
    """
    own = measure_confusion(db, task, topic, brand=brand)
    return own if own and not own.fault() else measure_confusion(db, task, topic)


def as_confusion(rows: Sequence[Mapping[str, object]], labels: Sequence[str]) -> Confusion | None:
    """The confusion of rows of `find_judged`; those with a label that the task no longer has are left out."""
    judged = [
        Judged(
            truth=str(row["truth"]),
            told=str(row["told"]),
            weight=1 / float(str(row["chance"] or 1)),
            person=f"author {row['author']}" if row["author"] else f"mention {row['mention']}",
        )
        for row in rows
        if row["truth"] in labels and row["told"] in labels
    ]
    return keep_confusion(tuple(judged), tuple(labels)) if judged else None


@lru_cache(maxsize=64)
def keep_confusion(judged: tuple[Judged, ...], labels: tuple[str, ...]) -> Confusion:
    """As `estimate_confusion`, with what was drawn from it: all answers ask for the same until somebody judges more."""
    return estimate_confusion(judged, labels)


def answer_accuracy(db: Database, config: Config, *, brand: str = "") -> Accuracy:
    """Answer how well each task is done of which there are sampled judgements; of one brand, or of all together."""
    names = {topic.id: topic.name for topic in config.topics}
    tasks = []
    for row in find_judged_tasks(db):
        topic = row["subject"]
        confusion = measure_confusion(db, row["task"], topic, brand=brand)
        name = str(names.get(topic) or topic or row["task"].capitalize())
        tasks.append(as_accuracy(confusion, row["task"], topic, name, row["samples"], row["judges"]))
    return Accuracy(tasks=tuple(tasks), needed=FLOOR)


def as_accuracy(confusion: Confusion | None, task: str, topic: str, name: str, samples: int, judges: int) -> TaskAccuracy:
    """The line of one task."""
    labels = labels_of(task, topic)
    agreement = low = high = None
    if confusion:
        agreement = confusion.agreement
        low, high = wilson(agreement * confusion.effective, confusion.effective)
    reason = confusion.fault() if confusion else "the current taggers have read none of the judged mentions: run `repute tag`"
    return TaskAccuracy(
        task=task,
        topic=topic,
        name=name,
        judged=confusion.judged if confusion else 0,
        samples=samples,
        judges=judges,
        agreement=agreement,
        low=low,
        high=high,
        labels=labels,
        confusion=confusion.counts if confusion else (),
        told_wrongly=tuple(confusion.told_wrongly(label) if confusion else None for label in labels),
        corrected=not reason,
        reason=reason,
    )
