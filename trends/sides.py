"""Mentions that speak of attributes, on either side: those that confirm each, and those that contest it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from store.facts import CONFIRMS, CONTESTS
from trends.copies import stand
from trends.frame import Frame
from trends.stacks import NOBODY, Stack
from trends.sums import count_each
from trends.windows import Window


@dataclass(frozen=True)
class Sides:
    """The mentions of a brand that speak of each attribute, with copies."""

    confirming: Stack
    contesting: Stack

    @classmethod
    def build(cls, frame: Frame, attributes: Sequence[str], span: Window) -> Sides:
        """Those of some attributes, by id, within a window that holds all windows that are asked for."""
        labels = (frame.labels_of(kind) for kind in (CONFIRMS, CONTESTS))
        rows = ([found.get(attribute, NOBODY) for attribute in attributes] for found in labels)
        return cls(*(Stack.build(frame, parts).within(span) for parts in rows))

    @cached_property
    def either(self) -> Stack:
        """The mentions of both sides, each once an attribute."""
        frame, size, width = self.confirming.frame, self.confirming.size, len(self.confirming.frame)
        said = np.concatenate([stack.of * width + stack.rows for stack in (self.confirming, self.contesting)])
        places, _ = count_each(said, size * width)
        of = places // max(width, 1)
        return Stack(frame, places - of * width, of, size)

    def once(self, window: Window) -> Sides:
        """Those of a window, copies once on each side."""
        return Sides(self.confirming.within(window).once(), self.contesting.within(window).once())

    def stand(self, window: Window) -> Sides:
        """Copies of a window each by the one that stands for its group, as it does in all other shares."""

        def move(stack: Stack) -> Stack:
            rows = stand(stack.frame, stack.rows, window)
            return stack if rows is stack.rows else replace(stack, rows=rows)

        return Sides(move(self.confirming), move(self.contesting))
