"""How often a label is really so: shares as a classifier tells them, corrected by a sample that people have judged.

A classifier that misses some and invents some moves every share towards the middle. What it tells is `told = truth · rates`,
where `rates` (the confusion) says how mentions that truly are of each label are told; judgements measure it, and solving for
`truth` undoes it (adjusted classify and count: Gart and Buck 1966, Forman 2008, with all labels at once: Saerens et al. 2002).
It supposes that the classifier errs alike whatever the mix, so that a sample of last month corrects this week. Counting the
errors of the sample as they came (truth minus told, or truth given told) has less spread but is right for the sample's own mix
only; `bench/prevalence.py` measures all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLOOR = 100
"""Judged mentions of a random sample below which nothing is corrected."""
FEW = 5
"""Judged mentions of each label below which nothing is said of how the label is told."""
BARELY = 0.15
"""Least singular value of the confusion (for two labels about Youden's J: found minus invented) from which it is undone; the
errors of the sample are multiplied by up to its inverse."""
DRAWS = 1000
"""Resamples of a bootstrap; the seed is fixed, so that the same rows always give the same interval."""
SEED = 2026
UNSEEN = 0.5
"""Judgements that a resample gives each label beside those drawn, shared out at random (Jeffreys's prior): ten right ones of
ten do not mean that none is ever wrong."""


@dataclass(frozen=True)
class Judged:
    """One sampled mention: what a person says of it, and what the classifier tells."""

    truth: str
    told: str
    weight: float = 1.0
    """One over the chance of being sampled."""
    person: str | None = None
    """Who wrote it; what one person wrote is resampled together. None stands for nobody else."""


@dataclass(frozen=True)
class Estimate:
    """A share, or a difference of shares, as told and corrected."""

    label: str
    """Whose share; `net` for positive minus negative."""
    raw: float | None
    """As the classifier tells it; None where nothing was counted."""
    value: float | None = None
    """Corrected; None where it is not."""
    low: float | None = None
    """95% interval of the corrected value, over the judged sample and the counted mentions."""
    high: float | None = None


@dataclass(frozen=True)
class Corrected:
    """The shares of all labels of a task among counted mentions."""

    n: int
    """Counted mentions, those that people have judged among them."""
    judged: int
    """Judgements that the correction stands on."""
    shares: tuple[Estimate, ...]
    """Of each label, in the confusion's order."""
    net: Estimate | None
    """Net sentiment: positive minus negative; None for other tasks."""
    reason: str = ""
    """Why the figures are uncorrected, in words; empty where they are corrected."""

    def share(self, label: str) -> Estimate:
        """The share of one label."""
        return next(one for one in self.shares if one.label == label)


@dataclass(frozen=True, eq=False)
class Confusion:
    """How a classifier tells the mentions of each label, measured on judged ones. `estimate_confusion` makes it."""

    labels: tuple[str, ...]
    judged: int
    truths: tuple[int, ...]
    """Judged mentions of each label, unweighted."""
    counts: tuple[tuple[int, ...], ...]
    """Judged mentions by label (rows) and what was told (columns), unweighted."""
    table: Floats
    """The same (labels, labels), each by its weight."""
    kinds: Floats
    """(kinds, labels × labels): the weights of each kind of person; people who are alike are resampled together."""
    times: NDArray[np.int64]
    """People of each kind."""

    @property
    def rates(self) -> Floats:
        """Share told as each label (columns) of the mentions that truly are of one (rows); a row never judged is its own."""
        return np.array(as_rates(self.table[None], np.eye(len(self.labels)))[0])

    @property
    def agreement(self) -> float:
        """Share of mentions told as people say, by weight."""
        return float(np.trace(self.table) / self.table.sum())

    @property
    def effective(self) -> float:
        """Judgements of equal weight that say as much of the agreement as these (Kish 1965)."""
        people = self.kinds.sum(axis=1)
        return float((self.times @ people) ** 2 / (self.times @ people**2))

    def told_wrongly(self, label: str) -> float | None:
        """Share told as `label` of the mentions that are not: its false positive rate; None where none such was judged."""
        i = self.labels.index(label)
        others = np.delete(self.table, i, axis=0)
        return float(others[:, i].sum() / others.sum()) if others.sum() else None

    @cached_property
    def draws(self) -> Floats:
        """`rates` of resampled judgements, (DRAWS, labels, labels)."""
        generator, k = np.random.default_rng(SEED), len(self.labels)
        people = int(self.times.sum())
        drawn = (generator.multinomial(people, self.times / people, size=DRAWS) @ self.kinds).reshape(DRAWS, k, k)
        weight = self.table.sum(axis=1) / np.maximum(self.truths, 1)
        unseen = generator.gamma(UNSEEN / k, size=(DRAWS, k, k)) * weight[None, :, None]
        return as_rates(drawn + unseen, self.rates)

    @cached_property
    def undone(self) -> Floats:
        """The inverses of `draws`."""
        found: Floats = np.asarray(np.linalg.inv(self.draws + 1e-12 * np.eye(len(self.labels))), np.float64)
        return found

    @cached_property
    def certainty(self) -> tuple[float, float]:
        """(least singular value of `rates`, part of `draws` that can be undone without turning labels round)."""
        least = float(np.linalg.svd(self.rates, compute_uv=False)[-1])
        return least, float((np.linalg.det(self.draws) > 0).mean())

    def fault(self, floor: int = FLOOR) -> str:
        """Why shares cannot be corrected by it, in words; empty where they can."""
        if self.judged < floor:
            return f"{self.judged} sampled judgements of the {floor} that a correction needs"
        for label, count in zip(self.labels, self.truths, strict=True):
            if count < FEW:
                return f"{count} of the judged mentions are {label}, {FEW} are needed; draw a larger sample"
        least, upright = self.certainty
        if least < BARELY or upright < 0.975:
            return (
                f"what is told hangs too little on what is so to be undone (least singular value {least:.2f}, {BARELY} needed)"
            )
        return ""


def estimate_confusion(judged: Sequence[Judged], labels: Sequence[str]) -> Confusion:
    """Measure how mentions of each label are told. `labels` are all those of the task; there is at least one judgement.

    Raises ValueError for a judgement with another label, or a weight that is not positive.
    """
    k, number = len(labels), {label: i for i, label in enumerate(labels)}
    if not judged:
        raise ValueError("no judged mention: a confusion needs at least one")
    tables: dict[object, Floats] = {}
    counts = np.zeros((k, k), dtype=int)
    for row, one in enumerate(judged):
        if one.truth not in number or one.told not in number or not one.weight > 0:
            raise ValueError(f"{one}: its labels must be among {', '.join(labels)}, its weight above 0")
        cell = number[one.truth], number[one.told]
        counts[cell] += 1
        tables.setdefault(row if one.person is None else one.person, np.zeros((k, k)))[cell] += one.weight
    people = np.array(list(tables.values())).reshape(-1, k * k)
    kinds, times = np.unique(people, axis=0, return_counts=True)
    return Confusion(
        labels=tuple(labels),
        judged=len(judged),
        truths=tuple(int(count) for count in counts.sum(axis=1)),
        counts=tuple(tuple(int(count) for count in row) for row in counts),
        table=people.sum(axis=0).reshape(k, k),
        kinds=kinds,
        times=times,
    )


def unmix(rates: Floats, told: Floats) -> Floats:
    """The shares (n, k) on the simplex whose told shares `p · rates` lie nearest (least squares) to `told` (n, k).

    `rates` is (n, k, k) or (1, k, k). Where solving gives a negative share, the best of all faces of the simplex is taken,
    which is exact and cheap for a few labels.
    """
    n, k = told.shape
    rates = np.broadcast_to(rates, (n, k, k))
    out = np.linalg.solve(np.swapaxes(rates, 1, 2) + 1e-12 * np.eye(k), told[:, :, None])[:, :, 0]
    rows = np.flatnonzero((out < 0).any(axis=1))
    if rows.size:
        out[rows] = nearest_on_faces(rates[rows], told[rows])
    return shares_of(np.asarray(out, dtype=np.float64))


def unmix_beside(rates: Floats, told: Floats, given: Floats) -> Floats:
    """The shares (n, k) of mentions that are told as `told` (n, k), where people gave the labels `given` (n, k) of some.

    Those that were given are known; the others are the shares on the simplex whose told counts lie nearest to what is told of
    all, less what mentions with the given labels are told as *on average*. What the very ones that were judged are told as is
    not taken off: people judge a sample that is drawn by what is told (`trends.sampling`), so the others are told otherwise
    than `rates` says, and only all together are as it says.
    """
    rest = np.maximum(told.sum(axis=1) - given.sum(axis=1), 0.0)[:, None]
    return shares_of(given + rest * unmix(rates, left_of(rates, told, given)))


def left_of(rates: Floats, told: Floats, given: Floats) -> Floats:
    """Told shares (n, k) without those expected of the labels that people gave; alike for all where nothing else is left."""
    left, rest = told - (given[:, None, :] @ rates)[:, 0], told.sum(axis=1) - given.sum(axis=1)
    found: Floats = np.where(rest[:, None] > 0, left / np.where(rest > 0, rest, 1.0)[:, None], 1.0 / told.shape[1])
    return found


def nearest_on_faces(rates: Floats, told: Floats) -> Floats:
    """The nearest point of those faces of the simplex that leave out at least one label."""
    n, k = told.shape
    best, out = np.full(n, np.inf), np.zeros((n, k))
    for size in range(1, k):
        for face in combinations(range(k), size):
            part = rates[:, face, :]
            system = np.zeros((n, size + 1, size + 1))
            system[:, :size, :size] = part @ np.swapaxes(part, 1, 2) + 1e-12 * np.eye(size)
            system[:, :size, size] = system[:, size, :size] = 1.0
            right = np.concatenate([(part @ told[:, :, None])[:, :, 0], np.ones((n, 1))], axis=1)
            found = np.linalg.solve(system, right[:, :, None])[:, :size, 0]
            off = (((found[:, None, :] @ part)[:, 0] - told) ** 2).sum(axis=1)
            better = (found >= 0).all(axis=1) & (off < best)
            best[better] = off[better]
            out[better] = 0.0
            out[np.ix_(better, face)] = found[better]
    return out


def as_rates(tables: Floats, otherwise: Floats) -> Floats:
    """Tables (n, k, k) with each row divided by its sum; rows without a judgement are those of `otherwise` (k, k)."""
    sums = tables.sum(axis=2, keepdims=True)
    rates: Floats = np.where(sums > 0, tables / np.where(sums > 0, sums, 1.0), otherwise)
    return rates


def as_row(counts: Mapping[str, int], labels: Sequence[str]) -> Floats:
    """Counts in the order of labels. Raises ValueError for a label that is none of them."""
    if strangers := set(counts) - set(labels):
        raise ValueError(f"{', '.join(sorted(strangers))}: counted, but not among the labels {', '.join(labels)}")
    return np.array([counts.get(label, 0) for label in labels], dtype=float)


def shares_of(rows: Floats) -> Floats:
    """Rows divided by their sums; alike for all where nothing was counted."""
    sums = rows.sum(axis=-1, keepdims=True)
    shares: Floats = np.where(sums > 0, rows / np.where(sums > 0, sums, 1.0), 1.0 / rows.shape[-1])
    return shares
