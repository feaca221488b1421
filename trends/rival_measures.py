"""The brands that are compared, and what is added up of each: once for all questions about the same facts of all time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from config import Brand, Config
from store.facts import WORDED, Segment
from trends.brand_parts import Part, take_parts
from trends.frame import Bools, Frame, Rows
from trends.rival_columns import list_labels
from trends.rival_people import find_twins
from trends.rival_sites import Heard, Site, from_sites
from trends.rival_tally import Subjects, Tally, find_subjects, tally
from trends.windows import Window


@dataclass(frozen=True)
class Side:
    """One brand with its facts, and where it was listened to."""

    brand: Brand
    frame: Frame
    """Ratings without words among them."""
    recent: Frame
    """The last 8 weeks, without such ratings."""
    window: Window
    heard: Heard

    @property
    def rows(self) -> Rows:
        """Those of the window, copies once."""
        return self.frame.rows(self.window)


@dataclass(frozen=True)
class Measured:
    """Figures of sides on sites, each worked out once: competitors mostly share their sites."""

    parts: Mapping[str, Part]
    """All that is said of each brand in the window."""
    subjects: Subjects
    tallies: dict[tuple[str, frozenset[Site]], Tally] = field(default_factory=dict)
    """By brand and sites. So is the next."""
    worded: dict[tuple[str, frozenset[Site]], Bools] = field(default_factory=dict)

    def tally(self, side: Side, sites: frozenset[Site]) -> Tally:
        """The figures of one side."""
        key = side.brand.id, sites
        if key not in self.tallies:
            part = self.parts[side.brand.id]
            if not side.heard.counts.keys() <= sites:
                part = part.keep(from_sites(part.frame, sites)[part.rows])
            self.tallies[key] = tally(part, self.subjects)
        return self.tallies[key]

    def find_both(self, ours: Side, theirs: Side, sites: frozenset[Site]) -> tuple[Rows, Rows]:
        """The mentions among ours (copies once) that are among another side's (with copies) too, in one order."""
        rows = ours.rows.compress(self.find_twins(ours, sites)[ours.rows])
        opposite = np.flatnonzero(self.find_twins(theirs, sites) & theirs.frame.inside(theirs.window))
        mentions = ours.frame.column("mention")[rows], theirs.frame.column("mention")[opposite]
        _, here, there = np.intersect1d(*mentions, assume_unique=True, return_indices=True)
        return rows[here], opposite[there]

    def find_twins(self, side: Side, sites: frozenset[Site]) -> Bools:
        """Which facts of a side are texts from some sites that another brand may have, too."""
        key = side.brand.id, sites
        if key not in self.worded:
            worded = self.twins[side.brand.id] & side.frame.flagged(WORDED)
            self.worded[key] = worded & from_sites(side.frame, sites)
        return self.worded[key]

    @cached_property
    def twins(self) -> Mapping[str, Bools]:
        """For each fact of each brand whether another may have the same text."""
        found = find_twins([(part.frame, part.rows) for part in self.parts.values()])
        return dict(zip(self.parts, found, strict=True))


def measure(config: Config, sides: Sequence[Side]) -> Measured:
    """Add up what is said of some brands; of all time as it was added up before, where the facts are the same."""
    ordered = sorted(sides, key=lambda side: id(side.frame.segment))
    # The facts of another window may be the very same: it is of all time that all of them are counted.
    if not all(side.window.all_time for side in ordered):
        return add_up(config, ordered)
    facts = [side.frame.segment for side in ordered]
    memo, before = facts[0].memo, facts[0].memo.get("measured")
    if before is not None and alike(before[0], facts) and before[1].subjects.labels == list_labels(config):
        kept: Measured = before[1]
        return kept
    memo["measured"] = facts, (found := add_up(config, ordered))
    return found


def alike(one: Sequence[Segment], other: Sequence[Segment]) -> bool:
    """Whether these are the very same facts."""
    return len(one) == len(other) and all(first is second for first, second in zip(one, other, strict=True))


def add_up(config: Config, sides: Sequence[Side]) -> Measured:
    """Sort out who speaks of several of the brands, and on which scales they are rated."""
    parts = take_parts({side.brand.id: (side.frame, side.rows) for side in sides})
    return Measured(parts, find_subjects(config, list(parts.values())))
