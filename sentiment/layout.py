"""Lay the sentences of a text out for the model: one pass then reads the text and each of its sentences."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A part of a sequence that is read as one."""

    mark: int
    """The token whose state opens it: the sequence's first for the whole, the one behind it for a sentence."""
    start: int
    """The first of the tokens whose states are averaged."""
    end: int
    """The one after the last."""


def lay_out(pieces: Sequence[Sequence[int]], start: int, end: int) -> tuple[list[int], list[Unit]]:
    """Return `start`, then each piece's tokens with `end` behind them; and the units: the whole, then each piece."""
    ids, units = [start], []
    for piece in pieces:
        first = len(ids)
        ids += [*piece, end]
        units.append(Unit(len(ids) - 1, first, len(ids)))
    return ids, [Unit(0, 0, len(ids)), *units]
