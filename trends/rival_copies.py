"""Labels that copies of one text differ in: what one copy says, the group says, once and with the author that stands for it.

Most copies have the same labels: there the copy that stands for its group has them, too. The others are found once for all
facts of a brand, and are few enough to be gathered group by group for each window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from store.facts import Facts
from trends.copies import number_groups
from trends.crowd import Floats, add_by
from trends.frame import Bools, Numbers
from trends.tallies import Cells, add_once, find_in


@dataclass(frozen=True)
class Uneven:
    """Things told of subjects that some copies of a text tell and others do not, or that one text tells on both sides."""

    facts: Numbers
    """Places among all facts of the brand."""
    subjects: Numbers
    sides: NDArray[np.bool_]
    """Whether each adds to the figure of its subject."""

    def add(self, cells: Cells, stands: Numbers, numbers: NDArray[np.int32], size: int) -> Cells:
        """The cells with these things, too: each once for each group of copies and side.

        `stands` is the fact that stands for each of `facts`, −1 where it is not asked for; `numbers` are by fact those of the
        people who say it, below `size`.
        """
        subjects = cells.subjects
        number = np.where(stands >= 0, numbers[stands], -1)
        asked = np.flatnonzero(number >= 0)
        if not len(asked):
            return cells
        keys = np.unique((stands[asked] * subjects + self.subjects[asked]) * 2 + self.sides[asked])
        starts = np.flatnonzero(np.diff(keys >> 1, prepend=-1))
        units, whole = keys[starts] >> 1, np.diff(starts, append=len(keys)).astype(np.float64)
        part = np.add.reduceat((keys & 1).astype(np.float64), starts)
        persons, subject = numbers[units // subjects].astype(np.int64), units % subjects
        single = (persons == 0) & (whole == 1)
        once = cells.once + add_once(subject[single], subjects, part[single])
        # Who says nothing else, and this on both sides, is one person all the same.
        twofold = np.flatnonzero((persons == 0) & ~single)
        persons[twofold] = size + np.arange(len(twofold))
        kept = np.flatnonzero(~single)
        return merge(replace(cells, once=once), persons[kept], subject[kept], part[kept], whole[kept])


def merge(cells: Cells, persons: Numbers, subject: Numbers, part: Floats, whole: Floats) -> Cells:
    """The cells with what some persons add to some subjects; persons may come again."""
    keys, place = np.unique(persons * cells.subjects + subject, return_inverse=True)
    part, whole = add_by(place, part, len(keys)), add_by(place, whole, len(keys))
    among = np.zeros(int(max(cells.number.max(initial=0), persons.max(initial=0))) + 1, np.bool_)
    among[persons] = True
    there = np.flatnonzero(among[cells.number])
    at = find_in(keys, cells.keys[there])
    there, at = there[at >= 0], at[at >= 0]
    parts, wholes, new = cells.part.copy(), cells.whole.copy(), np.ones(len(keys), np.bool_)
    parts[there] += part[at]
    wholes[there] += whole[at]
    new[at] = False
    return replace(
        cells,
        number=np.concatenate([cells.number, keys[new] // cells.subjects]),
        subject=np.concatenate([cells.subject, keys[new] % cells.subjects]),
        part=np.concatenate([parts, part[new]]),
        whole=np.concatenate([wholes, whole[new]]),
    )


def find_uneven(facts: Facts, rows: Numbers, subjects: Numbers, sides: Bools, size: int) -> Bools:
    """Which things told (the fact, its subject of `size`, its side) are of a text that copies differ in, or of two sides."""
    groups = facts.derived("group", number_groups)
    copied = np.flatnonzero(groups[rows])
    keys = (groups[rows[copied]] * size + subjects[copied]) * 2 + sides[copied]
    _, place, count = np.unique(keys, return_inverse=True, return_counts=True)
    uneven = np.zeros(len(rows), np.bool_)
    uneven[copied] = count[place] < np.bincount(groups)[groups[rows[copied]]]
    _, place, count = np.unique(rows * size + subjects, return_inverse=True, return_counts=True)
    uneven |= count[place] > 1
    # With one thing of a text all are, that are told of the same subject.
    texts = np.where(groups[rows] > 0, groups[rows], int(groups.max(initial=0)) + 1 + rows) * size + subjects
    found: Bools = np.isin(texts, texts[uneven])
    return found
