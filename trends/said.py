"""What a classifier tells of mentions, and people of some of them, by slices, with who said it; and draws of those who did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from trends.crowd import Floats
from trends.moments import Moments
from trends.prevalence import SEED

MANY = 50
"""People from whom on the sum of what they say is as good as normal."""


@dataclass(frozen=True)
class Said:
    """Counts of k labels in each slice, of all mentions as they are told, and of those among them whose label people gave.

    Columns are the k labels as told and, where anything was given, the k labels as given; an anonymous mention is a person.
    """

    labels: int
    """k."""
    counts: Floats
    """(slices, columns)."""
    people: Floats
    """(slices): who said anything."""
    seconds: Floats
    """(slices, columns, columns): sums over people of the products of two of their counts."""
    each: Callable[[int], Floats]
    """The counts of each person of a slice, (people, columns); asked of slices with fewer than `MANY`."""

    @property
    def told(self) -> Floats:
        """(slices, k): as the classifier tells them, of all mentions."""
        return self.counts[:, : self.labels]

    @property
    def given(self) -> Floats:
        """(slices, k): labels that people gave, of those of them that were judged."""
        found = self.counts[:, self.labels :]
        return found if found.shape[1] else np.zeros(self.told.shape)

    def moments(self, side: Floats) -> Moments:
        """Of each slice the moments of the told labels, added up by the signs in `side` (k)."""
        told, every = self.told, np.ones(self.labels)
        seconds = self.seconds[:, : self.labels, : self.labels]
        squares, cross, sizes = (
            np.einsum("i,sij,j->s", *pair) for pair in ((side, seconds, side), (side, seconds, every), (every, seconds, every))
        )
        return Moments(self.people, told @ (side > 0), told @ (side < 0), told.sum(axis=1), squares, cross, sizes)

    def draw(self, amount: int) -> Floats:
        """The counts when the people of each slice are drawn with replacement, (columns, slices, amount).

        A person is drawn with all that is known of him, told and given, and one person fewer than there are, each counted for
        a little more: of few people as many as there are vary too little (Rao and Wu 1988, JASA 83, 231-241). From `MANY`
        people on their sum is drawn from the normal distribution that it then has: mean and covariance are the same. Every
        slice is drawn by the same numbers, so that it has the same interval whatever other slices are beside it.
        """
        drawn = np.repeat(self.counts.T[:, :, None], amount, axis=2)
        normal, root = draw_normal(self.counts.shape[1], amount), self.root()
        for row, one in enumerate(drawn):
            for column, other in enumerate(normal[: row + 1]):
                one += other * root[:, row, column, None]
        drawn = np.maximum(drawn, 0.0, out=drawn)
        for place in np.flatnonzero((self.people < MANY) & (self.people > 0)).tolist():
            rows = self.each(place)
            rows = rows[np.lexsort(rows.T[::-1])]
            generator, even = np.random.default_rng(SEED + 1), np.full(len(rows), 1 / len(rows))
            fewer = max(len(rows) - 1, 1)
            drawn[:, place] = (generator.multinomial(fewer, even, size=amount) @ rows).T * (len(rows) / fewer)
        return drawn

    def root(self) -> Floats:
        """The lower triangular root (Cholesky) of the covariance of counts when people are drawn, (slices, columns, columns).

        Where what is left of a column does not vary it stays nought. What is told has the same root whether anything was given.
        """
        people = self.people[:, None, None]
        drawn = self.seconds - self.counts[:, :, None] * self.counts[:, None, :] / np.maximum(people, 1.0)
        left = drawn * people / np.maximum(people - 1, 1.0)
        root, least = np.zeros(left.shape), 1e-9 * np.maximum(np.einsum("sii->s", left), 1.0)
        for column in range(left.shape[1]):
            spread = left[:, column, column]
            step = left[:, :, column] / np.sqrt(np.maximum(spread, least))[:, None] * (spread > least)[:, None]
            root[:, column:, column] = step[:, column:]
            left = left - step[:, :, None] * step[:, None, :]
        return root


def said_by(rows: Floats, labels: int) -> Said:
    """One slice from the counts of each of its people, (people, columns)."""
    rows = rows[rows[:, :labels].sum(axis=1) > 0]
    seconds = np.einsum("pi,pj->ij", rows, rows)
    return Said(labels, rows.sum(axis=0)[None], np.array([float(len(rows))]), seconds[None], lambda place: rows)


def said_once(told: Floats) -> Said:
    """One slice of mentions (k labels) of as many people, none of them judged."""
    rows = np.repeat(np.eye(len(told)), told.astype(np.int64), axis=0)
    return Said(len(told), told[None], told.sum()[None], np.diag(told)[None], lambda place: rows)


@lru_cache(maxsize=8)
def draw_normal(columns: int, amount: int) -> Floats:
    """Normal numbers (columns, amount), always the same; of fewer columns the first of those of more.

    Each column has the quantiles of the normal distribution, in a random order: so its ends are no chance.
    """
    from scipy.special import ndtri

    quantiles = ndtri((np.arange(amount) + 0.5) / amount)
    return np.stack([np.random.default_rng([SEED + 1, column]).permutation(quantiles) for column in range(columns)])
