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
from trends.accuracy import NONE, SENTIMENTS, as_confusion, labels_of, measure_confusion
from trends.crowd import Floats
from trends.differences import Difference
from trends.frame import Bools, Frame
from trends.intervals import Z
from trends.measures import Measure
from trends.periods import Tally
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
            low, high = np.percentile(draws @ side, [2.5, 97.5], axis=1)
            middle = values @ side
            ends = np.minimum(low, middle), middle, np.maximum(high, middle)
            found |= {(line, n): (float(middle[n]), float(ends[0][n]), float(ends[2][n])) for n in range(len(middle))}
    return found


def side_of(label: str, labels: Sequence[str]) -> Floats:
    """The signs by which the shares of labels are added up."""
    signs = {"positive": 1.0, "negative": -1.0} if label == "net" else {label: 1.0}
    return np.array([signs.get(name, 0.0) for name in labels])


def solve(tally: Tally, labels: Mapping[str, str], confusion: Confusion) -> tuple[Floats, Floats]:
    """The corrected shares of each slice (slices, labels), and those of resamples (slices, draws, labels).

    As `trends.prevalence.correct`, but all slices at once: the confusions that were drawn are inverted once. `labels` are the
    sums of what the classifier tells and of all, by label.
    """
    told = np.stack([tally.total(name) for name in labels], axis=-1)
    sure = np.stack([tally.total(name) for name in labels.values()], axis=-1) - told
    count = len(told)
    amount = DRAWS if count <= 2 else FEWER_DRAWS
    # What `join` does, with how much was told by slice.
    values = shares_of(told.sum(axis=1)[:, None] * unmix(confusion.rates[None], shares_of(told)) + sure)
    known = np.stack([draw_known(sure[n], n, amount) for n in range(count)])
    rates, shares = confusion.draws[:amount], shares_of(draw_told(tally, list(labels), told, amount))
    out = np.einsum("sdk,dkl->sdl", shares, np.linalg.inv(rates + 1e-12 * np.eye(rates.shape[-1])))
    off = (out < 0).any(axis=-1)
    if off.any():
        out[off] = nearest_on_faces(np.broadcast_to(rates, (count, *rates.shape))[off], shares[off])
    return values, shares_of(told.sum(axis=1)[:, None, None] * shares_of(out) + known)


def draw_told(tally: Tally, names: Sequence[str], told: Floats, amount: int) -> Floats:
    """Counts of labels when the people of each slice are drawn with replacement, (slices, amount, labels).

    From `MANY` people on their sum is drawn from the normal distribution that it then has: mean and covariance are the same.
    """
    normal = np.random.default_rng(SEED + 1).standard_normal((len(told), amount, len(names)))
    values, vectors = np.linalg.eigh(spread_of(tally, names, told))
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    drawn: Floats = np.maximum(told[:, None, :] + np.einsum("sdk,slk->sdl", normal, root), 0.0)
    for place in np.flatnonzero(np.diff(tally.starts) < MANY):
        inside = tally.in_order(int(place))
        people = np.stack([tally.sums(name)[inside] for name in names], axis=-1)
        people = people[people.sum(axis=1) > 0]
        generator, even = np.random.default_rng([SEED, int(place)]), np.full(len(people), 1 / max(len(people), 1))
        drawn[place] = generator.multinomial(len(people), even, size=amount) @ people if len(people) else 0.0
    return drawn


def spread_of(tally: Tally, names: Sequence[str], told: Floats) -> Floats:
    """The covariance of the counts of labels when people are drawn, (slices, labels, labels).

    Who said one thing has a label's square of 1 and no products; only who said more is multiplied out.
    """
    often = tally.often
    columns = [often.sums(name) for name in names]
    spoken = sum(columns)
    people = told.sum(axis=1) + often.spread((spoken > 0) - np.asarray(spoken, np.float64))
    products = np.zeros((len(told), len(names), len(names)))
    for row, one in enumerate(columns):
        for column, other in enumerate(columns):
            products[:, row, column] = often.spread(one * other)
        products[:, row, row] += told[:, row] - often.spread(one)
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
