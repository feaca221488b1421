"""Rows of a brand with who says each and what it tells: its voices, moods and complaints, added up by person."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from store.facts import Segment
from trends.answers import Share
from trends.copies import spread_bits
from trends.frame import Bools, Frame, Numbers, Rows
from trends.rival_columns import COMPLAINS, JUDGED, NEGATIVE, POSITIVE, READ, SIGNED, find_told
from trends.rival_people import Talkers, number_talkers
from trends.share_of_voice import BrandVoice, find_voices
from trends.tallies import Spoken
from trends.threads import map_at_once
from trends.windows import Window


@dataclass(frozen=True)
class BrandPart:
    """Some rows of a brand, copies once, with who says each and what it tells."""

    frame: Frame
    rows: Rows
    talkers: Talkers
    told: NDArray[np.uint8]
    """The bits of each row, as `rival_columns.find_told` has them; it complains, and could be judged, where a copy does."""
    window: Window

    @classmethod
    def of(cls, frame: Frame, rows: Rows, talkers: Talkers, window: Window) -> BrandPart:
        """All of some rows of a window."""
        return cls(frame, rows, talkers, spread_bits(frame, find_told(frame), rows, window, JUDGED | COMPLAINS), window)

    def keep(self, kept: Bools) -> BrandPart:
        """Only the rows where `kept` (one for each row) is true."""
        talkers = replace(self.talkers, numbers=self.talkers.numbers.compress(kept))
        return BrandPart(self.frame, self.rows.compress(kept), talkers, self.told.compress(kept), self.window)

    def count(self, bit: int) -> Numbers:
        """How many of the rows with a bit are of each person."""
        there = (self.told & bit) != 0
        # Where most have it, the others are counted sooner.
        if 2 * np.count_nonzero(there) > len(there):
            return self.said - np.bincount(self.talkers.numbers.compress(~there), minlength=self.talkers.size)
        return np.bincount(self.talkers.numbers.compress(there), minlength=self.talkers.size)

    @cached_property
    def said(self) -> Numbers:
        """How many of the rows are of each person."""
        return np.bincount(self.talkers.numbers, minlength=self.talkers.size)

    @cached_property
    def voices(self) -> BrandVoice:
        """How often its people speak of the brand."""
        return BrandVoice(self.said, int(np.count_nonzero((self.told & SIGNED) == 0)))

    @cached_property
    def negative(self) -> Spoken:
        """The share negative, of the rows that have a sentiment."""
        return Spoken(plus=self.count(NEGATIVE), whole=self.count(READ))

    @cached_property
    def net(self) -> Spoken:
        """Net sentiment, of the same rows."""
        return Spoken(plus=self.count(POSITIVE), minus=self.negative.plus, whole=self.negative.whole)

    @cached_property
    def complaints(self) -> Spoken:
        """The complaint rate, of the rows that the classifier could judge."""
        return Spoken(plus=self.count(COMPLAINS), whole=self.count(JUDGED))


def take_parts(found: Mapping[str, tuple[Frame, Rows]], window: Window) -> dict[str, BrandPart]:
    """Some rows of a window of each of some brands, copies once; who speaks of several is told."""
    talkers = number_talkers(list(found.values()))
    return {brand: BrandPart.of(*one, mine, window) for (brand, one), mine in zip(found.items(), talkers, strict=True)}


def take_window(frames: Mapping[str, Frame], window: Window) -> dict[str, BrandPart]:
    """What is said of each of some brands in a window; of all time the very same as before, where the facts are the same."""

    def take() -> dict[str, BrandPart]:
        rows = map_at_once(lambda frame: frame.rows(window), frames.values())
        return take_parts(dict(zip(frames, zip(frames.values(), rows, strict=True), strict=True)), window)

    # The facts of another window may be the very same: it is of all time that all of them are counted.
    if not window.all_time:
        return take()
    facts = {brand: frame.segment for brand, frame in sorted(frames.items())}
    memo = next(iter(facts.values())).memo
    before: tuple[dict[str, Segment], dict[str, BrandPart]] | None = memo.get("parts")
    if before is None or before[0].keys() != facts.keys() or any(before[0][brand] is not one for brand, one in facts.items()):
        memo["parts"] = before = facts, take()
    return before[1]


def share_voices(
    parts: Mapping[str, BrandPart], *, floor: int, without: AbstractSet[tuple[str, str]] = frozenset()
) -> dict[str, Share]:
    """The share of each brand's rows in the rows of all of them, which were taken together; `without` some (source, site)."""
    common = next(iter(parts.values())).talkers.common
    if without:
        parts = {brand: part.keep(~part.frame.from_sites(without)[part.rows]) for brand, part in parts.items()}
    return dict(zip(parts, find_voices([part.voices for part in parts.values()], common, floor=floor), strict=True))
