"""What one copy says, the group says: who complains of it, confirms or contests it in one copy does so once, for all copies.

Copies are tagged one by one, and near copies differ; a person may have judged one of them only. The earliest stands for its
group, with its author and sentiment. The group complains (of a topic), confirms, contests or gives a sign where any of its
copies does within the window, and could be judged where any of them could. For many windows at once: `Slices.spread`.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from store.fact_shelf import keep
from store.facts import Facts
from trends.frame import Bools, Frame, Numbers, Rows
from trends.windows import Window

SPARSE = 4
"""Times as many numbers as facts, up to which the numbers of the store are taken for groups."""


def groups_of(frame: Frame) -> Numbers:
    """For each fact a number of its group of copies, from 1; 0 for what has no copies."""
    return frame.segment.facts.derived("group", number_groups)


def number_groups(facts: Facts) -> Numbers:
    """As `groups_of`: so small that a table of them is at hand."""
    groups = facts["copy"].astype(np.int64)
    return (
        groups if groups.max(initial=0) <= SPARSE * len(groups) else np.unique(np.append(0, groups), return_inverse=True)[1][1:]
    )


def find_copies(frame: Frame, window: Window) -> Rows:
    """The facts of a window that are one of a group of copies."""
    known = frame.segment.memo.setdefault("copies", OrderedDict())
    found: Rows = keep(known, (window.since, window.until), lambda: frame.within(np.flatnonzero(frame.copied), window))
    return found


def spread(frame: Frame, part: Bools, window: Window) -> Bools:
    """Some facts (a truth for each of the frame), and all copies of each within a window."""
    rows = find_copies(frame, window)
    if not len(rows):
        return part
    groups = groups_of(frame)[rows]
    said = np.zeros(int(groups.max()) + 1, np.bool_)
    said[groups.compress(part[rows])] = True
    found = part.copy()
    found[rows] = said[groups]
    return found


def spread_bits(frame: Frame, bits: NDArray[np.uint8], rows: Rows, window: Window, among: int) -> NDArray[np.uint8]:
    """The bits of some rows of a window, each with those bits in `among` that any copy within the window has."""
    found, places = bits[rows], np.flatnonzero(frame.copied[rows])
    if len(places):
        copies, groups = find_copies(frame, window), groups_of(frame)
        table = np.zeros(int(groups[copies].max()) + 1, np.uint8)
        said, of = bits[copies] & among, groups[copies]
        for bit in (1 << place for place in range(8) if among >> place & 1):
            table[of.compress((said & bit) != 0)] |= np.uint8(bit)
        found[places] |= table[groups[rows[places]]]
    return found


def stand(frame: Frame, rows: Rows, window: Window) -> Rows:
    """For each of some rows of a window the one that stands for its group of copies there: the earliest."""
    places = np.flatnonzero(frame.copied[rows])
    if not len(places):
        return rows
    copies, groups = find_copies(frame, window), groups_of(frame)
    table = np.full(int(groups[copies].max()) + 1, -1)
    asked = groups[rows[places]]
    table[asked] = 0
    first = frame.once(copies.compress(table[groups[copies]] == 0))
    table[groups[first]] = first
    stood = rows.copy()
    stood[places] = table[asked]
    return stood


def find_judged(frame: Frame, window: Window) -> Rows:
    """Those of a window, copies once, of which one copy at least was read in a language that the classifier can judge."""
    rows = frame.rows(window)
    found: Rows = rows.compress(spread(frame, ~frame.unjudged, window)[rows])
    return found


def group_says(frame: Frame, rows: Rows, part: Rows) -> Bools:
    """Which of some rows (copies once) are in `part`, or have a copy there."""
    found = frame.masked(part)[rows]
    copies, places = part[frame.copied[part]], np.flatnonzero(frame.copied[rows])
    if len(copies) and len(places):
        groups = groups_of(frame)
        said = np.zeros(int(groups[copies].max()) + 1, np.bool_)
        said[groups[copies]] = True
        asked = groups[rows[places]]
        found[places] |= said[np.minimum(asked, len(said) - 1)] & (asked < len(said))
    return found
