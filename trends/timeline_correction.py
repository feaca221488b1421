"""A trend's shares corrected by what people have judged of a random sample."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlite_utils import Database

from store.judging import find_judged
from store.records import VOICES
from store.scope import Scope
from trends.accuracy import NONE, SENTIMENTS, labels_of, measure_confusion
from trends.crowd import Floats
from trends.differences import Difference
from trends.frame import Bools, Frame
from trends.intervals import Z
from trends.measures import Measure
from trends.periods import Tally
from trends.prevalence import DRAWS, FLOOR, Confusion
from trends.said import Said
from trends.solving import solve
from trends.timeline_answers import Level

LABELS = {"net-sentiment": "net", "negative": "negative", "complaint-rate": "complaint"}
"""What each corrected figure is the share of."""
GIVEN = "given"
"""Before a label that a person gave."""
FEWER_DRAWS = 400
"""Resamples of each period, of which there may be many; of a week they are the same whoever asks."""
Interval = tuple[float, float, float]
"""(value, low, high)."""


@dataclass(frozen=True)
class Correction:
    """What is known of the classifier's errors at one task."""

    confusion: Confusion | None
    judged: Mapping[int, str]
    """What the classifier tells of the mentions whose label a person gave, by row id."""
    reason: str
    """Why nothing is corrected by it; empty where it is."""


def read_corrections(db: Database, brand: str, tasks: Iterable[str]) -> dict[str, Correction]:
    """What sampled judgements say of the errors at each task: the brand's own where they suffice, else those of all brands."""
    found = {}
    for task in tasks:
        own = find_judged(db, Scope(brand=brand, voices=VOICES), task=task)
        confusion = measure_confusion(db, task, brand=brand)
        if confusion is None or confusion.fault():
            confusion = measure_confusion(db, task)
        reason = confusion.fault() if confusion else f"0 sampled judgements of the {FLOOR} that a correction needs"
        judged = {int(row["mention"]): str(row["told"]) for row in own if row["told"] in labels_of(task)}
        found[task] = Correction(confusion, judged, reason)
    return found


def find_told(frame: Frame, corrections: Mapping[str, Correction]) -> dict[str, dict[str, Bools]]:
    """By task that is corrected and label: the facts that have it from the classifier, whatever people judged of them.

    Where any fact was judged, also those that have it from a person, as `given` and the label.
    """
    found: dict[str, dict[str, Bools]] = {}
    for task, correction in corrections.items():
        if correction.reason:
            continue
        shown = {name: frame.mood(name) for name in SENTIMENTS}
        if task == "complaint":
            shown = {NONE: ~frame.complains & ~frame.unjudged, "complaint": frame.complains & ~frame.unjudged}
        rows = frame.rows_of(list(correction.judged))
        rows = rows[np.any([mask[rows] for mask in shown.values()], axis=0)]
        told = np.array([correction.judged[mention] for mention in frame.column("mention")[rows].tolist()], np.str_)
        given = {f"{GIVEN} {label}": frame.masked(rows[mask[rows]]) for label, mask in shown.items()} if len(rows) else {}
        for label, mask in shown.items():
            mask[rows] = told == label
        found[task] = shown | given
    return found


def correct_all(
    measures: Mapping[str, Measure], corrections: Mapping[str, Correction], amount: int = DRAWS
) -> dict[tuple[str, int], Interval]:
    """The corrected (value, low, high) of lines in every slice, by line and place; of those that can be corrected."""
    found: dict[tuple[str, int], Interval] = {}
    for task, correction in corrections.items():
        lines = {line: measure for line, measure in measures.items() if measure.kind.task == task}
        if not lines or correction.reason or correction.confusion is None:
            continue
        labels = correction.confusion.labels
        solved = solve(said_in(next(iter(lines.values())).tally, task, labels), correction.confusion, amount)
        for line, measure in lines.items():
            ends = zip(*(end.tolist() for end in solved.interval(side_of(LABELS[measure.figure], labels))), strict=True)
            found |= {(line, n): interval for n, interval in enumerate(ends)}
    return found


def side_of(label: str, labels: Sequence[str]) -> Floats:
    """The signs by which the shares of labels are added up."""
    signs = {"positive": 1.0, "negative": -1.0} if label == "net" else {label: 1.0}
    return np.array([signs.get(name, 0.0) for name in labels])


def said_in(tally: Tally, task: str, labels: Sequence[str]) -> Said:
    """What is told of each label in every slice, and what people gave, where any of it was judged."""
    names = [f"{task} {label}" for label in labels]
    names += [name for name in (f"{task} {GIVEN} {label}" for label in labels) if name in tally.columns]
    counts = np.stack([tally.total(name) for name in names], axis=-1)
    told = names[: len(labels)]
    # Who said one thing is one of the told; of the others each group is one.
    spoken = sum(tally.sums(name) for name in told)
    people = counts[:, : len(told)].sum(axis=1) + tally.spread((spoken > 0) - np.asarray(spoken, np.float64))

    def each_of(place: int) -> Floats:
        rows: Floats = tally.each_of(place, names)
        kept: Floats = rows[rows.sum(axis=1) > 0]
        return kept

    return Said(len(labels), counts, people, seconds_of(tally, names, len(labels)), each_of)


def seconds_of(tally: Tally, names: Sequence[str], told: int) -> Floats:
    """Sums over people of the products of two of their sums, (slices, names, names); the first `told` names are what is told.

    Who said one thing has a label's square of 1, and no products but of what is told and given of that one mention.
    """
    seconds = np.zeros((tally.size, len(names), len(names)))
    for row, one in enumerate(names[:told]):
        for column, other in enumerate(names[: row + 1]):
            seconds[:, row, column] = seconds[:, column, row] = tally.product(one, other)
        seconds[:, row, row] += tally.alone(one)
    if len(names) > told:
        few = tally.few(names, names[told:])
        for row in range(told, len(names)):
            for column in range(row + 1):
                seconds[:, row, column] = seconds[:, column, row] = few.add(row, column)
    return seconds


def corrected(level: Level, found: Interval | None) -> Level:
    """A level with its corrected value and the raw one beside; as it is where nothing corrects it, or it says nothing."""
    if level.value is None or found is None:
        return level
    return replace(level, value=found[0], low=found[1], high=found[2], raw=level.value)


def correct_difference(raw: Difference, first: Interval, second: Interval) -> Difference:
    """The difference of two corrected figures, by square-and-add of their intervals.

    Both share the errors of one sample, which this leaves out: the interval is wider than need be.
    """
    value = first[0] - second[0]
    below = math.hypot(first[0] - first[1], second[2] - second[0])
    above = math.hypot(first[2] - first[0], second[0] - second[1])
    # Normal on the side of nought: what the interval says.
    reach = below if value > 0 else above
    chance = math.erfc(abs(value) / reach * Z / math.sqrt(2)) if reach and value else float(not value)
    return replace(raw, first=first[0], second=second[0], value=value, low=value - below, high=value + above, chance=chance)
