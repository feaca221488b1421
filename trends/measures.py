"""One line of a trend in every slice of a frame: what each person adds to it."""

from __future__ import annotations

from dataclasses import dataclass

from trends.periods import Tally
from trends.timeline_kinds import KINDS, Kind

FIVE = (1.0, 5.0)
"""Worst and best of stars."""


@dataclass(frozen=True)
class Measure:
    """One line in every slice."""

    figure: str
    tally: Tally
    sums: tuple[str, ...]
    """What of the tally it is made of; the last is how many answers there are."""
    source: str = ""
    scale: tuple[float, float] | None = None

    @property
    def kind(self) -> Kind:
        """What it is."""
        return KINDS[self.figure]

    @property
    def line(self) -> str:
        """Its id within an answer."""
        if self.scale is None or not self.source:
            return self.figure
        return f"{self.figure} {self.source} {self.scale[0]:g}-{self.scale[1]:g}"
