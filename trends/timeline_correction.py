"""A trend's shares corrected by what people have judged of a random sample."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from sqlite_utils import Database

from store.judging import find_judged
from store.records import VOICES
from store.scope import Scope
from trends.accuracy import NONE, SENTIMENTS, as_confusion, labels_of, measure_confusion
from trends.crowd import Floats
from trends.differences import Difference
from trends.frame import Bools, Frame
from trends.intervals import Z
from trends.measures import Measure
from trends.periods import MOST, Tally
from trends.prevalence import DRAWS, FLOOR, SEED, Confusion, nearest_on_faces, shares_of, unmix
from trends.timeline_answers import Level

LABELS = {"net-sentiment": "net", "negative": "negative", "complaint-rate": "complaint"}
"""What each corrected figure is the share of."""
WHOLE = {
    "sentiment": {"negative": "negative", "neutral": "neutral", "positive": "positive"},
    "complaint": {NONE: "content", "complaint": "complains"},
}
"""The sums of all mentions with each label of a task, whoever gave it."""
Interval = tuple[float, float, float]
"""(value, low, high)."""
FEWER_DRAWS = 400
"""Resamples of each period, where there are many."""
MANY = 50
"""People from whom on the sum of what they say is as good as normal."""


@dataclass(frozen=True)
class Correction:
    """What is known of the classifier's errors at one task."""

    confusion: Confusion | None
    judged: frozenset[int]
    """Mentions whose label a person gave, by row id."""
    reason: str
    """Why nothing is corrected by it; empty where it is."""


def read_corrections(db: Database, brand: str, tasks: Iterable[str]) -> dict[str, Correction]:
    """What sampled judgements say of the errors at each task: the brand's own where they suffice, else those of all brands."""
    found = {}
    for task in tasks:
        own = find_judged(db, Scope(brand=brand, voices=VOICES), task=task)
        confusion = as_confusion(own, labels_of(task))
        if confusion is None or confusion.fault():
            confusion = measure_confusion(db, task)
        reason = confusion.fault() if confusion else f"0 sampled judgements of the {FLOOR} that a correction needs"
        found[task] = Correction(confusion, frozenset(int(row["mention"]) for row in own), reason)
    return found


def find_told(frame: Frame, corrections: Mapping[str, Correction]) -> dict[str, dict[str, Bools]]:
    """By task that is corrected and label: the facts that have it from the classifier, and not from a person."""
    told: dict[str, dict[str, Bools]] = {}
    for task, correction in corrections.items():
        if correction.reason:
            continue
        known = frame.masked(frame.rows_of(sorted(correction.judged)))
        labels = {name: frame.mood(name) for name in SENTIMENTS}
        if task == "complaint":
            labels = {NONE: ~frame.complains & ~frame.unjudged, "complaint": frame.complains & ~frame.unjudged}
        told[task] = {label: found & ~known for label, found in labels.items()}
    return told


def correct_all(measures: Mapping[str, Measure], corrections: Mapping[str, Correction]) -> dict[tuple[str, int], Interval]:
    """The corrected (value, low, high) of lines in every slice, by line and place; of those that can be corrected."""
    found: dict[tuple[str, int], Interval] = {}
    for task, correction in corrections.items():
        lines = {line: measure for line, measure in measures.items() if measure.kind.task == task}
        if not lines or correction.reason or correction.confusion is None:
            continue
        tally = next(iter(lines.values())).tally
        names = {f"{task} {label}": WHOLE[task][label] for label in correction.confusion.labels}
        values, draws = solve(tally, names, correction.confusion)
        for line, measure in lines.items():
            side = side_of(LABELS[measure.figure], correction.confusion.labels)
            low, high = np.percentile(np.tensordot(side, draws, 1), [2.5, 97.5], axis=1)
            middle = values @ side
            ends = np.minimum(low, middle), middle, np.maximum(high, middle)
            found |= {(line, n): (float(middle[n]), float(ends[0][n]), float(ends[2][n])) for n in range(len(middle))}
    return found


def side_of(label: str, labels: Sequence[str]) -> Floats:
    """The signs by which the shares of labels are added up."""
    signs = {"positive": 1.0, "negative": -1.0} if label == "net" else {label: 1.0}
    return np.array([signs.get(name, 0.0) for name in labels])


def solve(tally: Tally, labels: Mapping[str, str], confusion: Confusion) -> tuple[Floats, Floats]:
    """The corrected shares of each slice (slices, labels), and those of resamples (labels, slices, draws).

    As `trends.prevalence.correct`, but all slices at once: the confusions that were drawn are inverted once. `labels` are the
    sums of what the classifier tells and of all, by label.
    """
    told = np.stack([tally.total(name) for name in labels], axis=-1)
    sure = np.stack([tally.total(name) for name in labels.values()], axis=-1) - told
    whole, amount = told.sum(axis=1)[:, None], DRAWS if len(told) <= 2 else FEWER_DRAWS
    # What `join` does, with how much was told by slice.
    values = shares_of(whole * unmix(confusion.rates[None], shares_of(told)) + sure)
    found = undo(draw_told(tally, list(labels), told, amount), confusion)
    found *= whole / found.sum(axis=0)
    if sure.any():
        found += np.stack([draw_known(sure[n], n, amount) for n in range(len(told))]).transpose(2, 0, 1)
    sums = found.sum(axis=0)
    return values, np.divide(found, sums, out=np.full(found.shape, 1 / len(labels)), where=sums > 0)


def undo(drawn: Floats, confusion: Confusion) -> Floats:
    """What was truly so of drawn counts of what was told (labels, slices, draws), each by the confusion of its draw."""
    sums = drawn.sum(axis=0)
    drawn[:, sums == 0] = 1.0
    found = np.zeros(drawn.shape)
    for row, told in enumerate(drawn):
        for column, true in enumerate(found):
            true += told * confusion.undone[: drawn.shape[-1], row, column]
    off = (found < 0).any(axis=0)
    if off.any():
        rates = confusion.draws[np.nonzero(off)[1]]
        found[:, off] = nearest_on_faces(rates, shares_of(drawn[:, off].T)).T
    return found


def draw_told(tally: Tally, names: Sequence[str], told: Floats, amount: int) -> Floats:
    """Counts of labels when the people of each slice are drawn with replacement, (labels, slices, amount).

    From `MANY` people on their sum is drawn from the normal distribution that it then has: mean and covariance are the same.
    """
    normal = draw_normal(max(len(told), MOST if amount == FEWER_DRAWS else 0), amount, len(names))[:, : len(told)]
    values, vectors = np.linalg.eigh(spread_of(tally, names, told))
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    drawn = np.repeat(told.T[:, :, None], amount, axis=2)
    for row, one in enumerate(drawn):
        for column, other in enumerate(normal):
            one += other * root[:, row, column, None]
    drawn = np.maximum(drawn, 0.0, out=drawn)
    speakers = tally.people("all")
    for place in np.flatnonzero((speakers < MANY) & (speakers > 0)).tolist():
        people = tally.each_of(place, names)
        people = people[people.sum(axis=1) > 0]
        generator, even = np.random.default_rng([SEED, place]), np.full(len(people), 1 / max(len(people), 1))
        drawn[:, place] = (generator.multinomial(len(people), even, size=amount) @ people).T if len(people) else 0.0
    return drawn


@lru_cache(maxsize=8)
def draw_normal(slices: int, amount: int, labels: int) -> Floats:
    """Normal numbers (labels, slices, amount), always the same; those of fewer slices are the first of those of more."""
    drawn = np.random.default_rng(SEED + 1).standard_normal((slices, amount, labels))
    return np.ascontiguousarray(drawn.transpose(2, 0, 1))


def spread_of(tally: Tally, names: Sequence[str], told: Floats) -> Floats:
    """The covariance of the counts of labels when people are drawn, (slices, labels, labels).

    Who said one thing has a label's square of 1 and no products; only who said more is multiplied out.
    """
    spoken = sum(tally.sums(name) for name in names)
    people = told.sum(axis=1) + tally.spread((spoken > 0) - np.asarray(spoken, np.float64))
    products = np.zeros((len(told), len(names), len(names)))
    for row, one in enumerate(names):
        for column, other in enumerate(names):
            products[:, row, column] = tally.product(one, other)
        products[:, row, row] += tally.alone(one)
    spread: Floats = products - told[:, :, None] * told[:, None, :] / np.maximum(people, 1.0)[:, None, None]
    return spread


def draw_known(sure: Floats, place: int, amount: int) -> Floats:
    """Counts of labels that people gave, when mentions are drawn with replacement."""
    if not sure.any():
        return np.zeros((amount, len(sure)))
    generator = np.random.default_rng([SEED + 2, place])
    return generator.multinomial(int(sure.sum()), shares_of(sure), size=amount).astype(np.float64)


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
