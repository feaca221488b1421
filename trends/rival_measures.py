"""The brands that are compared, and what is added up of each: once for all questions about the same facts of all time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from config import Brand
from store.facts import WORDED
from trends.brand_parts import BrandPart, take_window
from trends.frame import Bools, Frame, Rows
from trends.rival_people import find_twins
from trends.rival_sites import Heard, Site
from trends.rival_tally import Tally, tally
from trends.rival_told import Scale, Subjects
from trends.rival_weeks import Listened
from trends.threads import map_at_once
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
    listened: Listened
    """In the last 8 weeks."""
    subjects: Subjects
    """Of all that is known of it."""

    @property
    def rows(self) -> Rows:
        """Those of the window, copies once."""
        return self.frame.rows(self.window)

    @cached_property
    def counted(self) -> Bools:
        """Which of all facts are among `rows`."""
        return self.frame.masked(self.rows)


@dataclass(frozen=True)
class Measured:
    """Figures of sides on sites, each worked out once: competitors mostly share their sites."""

    parts: Mapping[str, BrandPart]
    """All that is said of each brand in the window."""
    scales: tuple[Scale, ...]
    """On which any of them is rated, in order."""
    tallies: dict[tuple[str, frozenset[Site]], Tally] = field(default_factory=dict)
    """By brand and sites. So are the next."""
    named: dict[tuple[str, frozenset[Site]], Rows] = field(default_factory=dict)

    def tally_all(self, asked: Sequence[tuple[Side, frozenset[Site]]]) -> list[Tally]:
        """The figures of some sides, each on some sites."""
        keys = [(side.brand.id, sites) for side, sites in asked]
        lacking = {key: one for key, one in zip(keys, asked, strict=True) if key not in self.tallies}
        self.tallies.update(zip(lacking, map_at_once(self.tally_anew, lacking.values()), strict=True))
        return [self.tallies[key] for key in keys]

    def tally_anew(self, asked: tuple[Side, frozenset[Site]]) -> Tally:
        """Add up the figures of one side."""
        side, sites = asked
        part = self.parts[side.brand.id]
        if not side.heard.counts.keys() <= sites:
            part = part.keep(part.frame.from_sites(sites)[part.rows])
        found = tally(part, side.subjects, self.scales)
        found.add_up()
        return found

    def find_both(self, ours: Side, theirs: Side, sites: frozenset[Site]) -> tuple[Rows, Rows]:
        """The mentions among ours (copies once) that are among another side's (with copies) too, in one order."""
        rows, opposite = self.find_named(ours, sites), self.find_named(theirs, sites)
        rows = rows.compress(ours.counted[rows])
        mentions = ours.frame.column("mention")[rows], theirs.frame.column("mention")[opposite]
        _, here, there = np.intersect1d(*mentions, assume_unique=True, return_indices=True)
        return rows[here], opposite[there]

    def find_named(self, side: Side, sites: frozenset[Site]) -> Rows:
        """The texts of a side, from some sites and with copies, that another brand may have, too."""
        key = side.brand.id, sites
        if key not in self.named:
            frame, rows = side.frame, self.twins[side.brand.id]
            worded = (frame.column("flags")[rows] & WORDED) != 0
            rows = rows.compress(worded & frame.from_sites(sites)[rows])
            self.named[key] = frame.within(rows, side.window)
        return self.named[key]

    @cached_property
    def twins(self) -> Mapping[str, Rows]:
        """The facts of each brand of which another may have the same text."""
        found = find_twins([(part.frame, part.rows) for part in self.parts.values()])
        return dict(zip(self.parts, found, strict=True))


def measure(sides: Sequence[Side]) -> Measured:
    """Add up what is said of some brands; of all time as it was added up before, where the facts are the same."""
    parts = take_window({side.brand.id: side.frame for side in sides}, sides[0].window)
    asked = {side.brand.id: side.subjects for side in sides}
    memo = parts[min(parts)].frame.segment.memo
    before: tuple[Measured, Mapping[str, Subjects]] | None = memo.get("measured")
    if before is not None and before[0].parts is parts and all(before[1][brand] is one for brand, one in asked.items()):
        return before[0]
    found = Measured(parts, tuple(sorted({scale for one in asked.values() for scale in one.scales})))
    if sides[0].window.all_time:
        memo["measured"] = found, asked
    return found
