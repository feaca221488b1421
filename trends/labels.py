"""The rows with each label (topic, attribute, sign) of some facts, and how sure the tagger was of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.facts import Segment

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """The rows with one label, with copies and in order, each once."""

    rows: Rows
    scores: Scores
    """Of each row; 0 where a person gave the label."""

    def score(self, rows: Rows) -> Scores:
        """The scores of some rows; 0 for those without the label."""
        if not len(self.rows):
            return np.zeros(len(rows))
        place = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[place] == rows, self.scores[place], 0.0)


NOWHERE = Labelled(np.zeros(0, np.int64), np.zeros(0))


def find_labelled(segment: Segment, kind: int) -> dict[str, Labelled]:
    """Look for the rows with each label of a kind, by label."""
    # Of records numpy takes several times as slowly as of columns.
    kinds, names, rows, scores = (np.ascontiguousarray(segment.labels[name]) for name in ("kind", "name", "row", "score"))
    found = np.flatnonzero(kinds == kind)
    numbers = names[found]
    if not len(numbers):
        return {}
    # Names are numbered from 1 on: numpy sorts 16 bits by radix, several times as fast as 32.
    order = np.argsort(numbers.astype(np.uint16) if numbers.max() < 2**16 else numbers, kind="stable")
    numbers, found = numbers[order], found[order]
    starts = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))
    of_each = np.nan_to_num(scores[found]).astype(np.float64)
    parts = zip(np.split(rows[found].astype(np.int64), starts[1:]), np.split(of_each, starts[1:]), strict=True)
    return {segment.names[number]: in_order(*part) for number, part in zip(numbers[starts].tolist(), parts, strict=True)}


def in_order(rows: Rows, scores: Scores) -> Labelled:
    """The different rows, in order, with the last score of each; they mostly are."""
    if (rows[1:] > rows[:-1]).all():
        return Labelled(rows, scores)
    order = np.argsort(rows, kind="stable")
    last = np.flatnonzero(np.concatenate([rows[order][1:] != rows[order][:-1], [True]]))
    return Labelled(rows[order[last]], scores[order[last]])
