"""How much longer eight times the text takes: 8 times if it is gone through once, 64 if all of it is at each place."""

from __future__ import annotations

import time
from collections.abc import Callable

AT_MOST = 30
"""Between the two, with room for a busy machine."""


def growth(read: Callable[[str], object], piece: str, pieces: int, end: str = "") -> float:
    """Time of reading eight times so many pieces, with an end behind them, over that of reading so many; the least of three."""
    short, long = (min(seconds(read, piece * times + end) for _ in range(3)) for times in (pieces, 8 * pieces))
    return long / max(short, 1e-4)


def seconds(read: Callable[[str], object], text: str) -> float:
    """Processor time of one reading."""
    start = time.process_time()
    read(text)
    return time.process_time() - start
