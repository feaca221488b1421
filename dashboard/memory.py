"""The memory of a process that stays: garbage is looked for among less, and what an answer was made in serves the next."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from pathlib import Path

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""As glibc's malloc.h numbers them: see mallopt(3)."""
KEPT_FREE = 256 << 20
"""Free bytes at the end of the heap that stay with the process."""
BLOCK = 4 << 20
"""Bytes that are asked for at once: as the larger columns of an answer."""
OF_STORE, OF_MACHINE = 10, 32
"""A tenth of what the store weighs is taken ahead, and never more than a 32nd of the machine's memory."""


def settle() -> None:
    """Tell Python and the C library that this process stays."""
    # What is imported is no garbage: looking through it again and again takes a tenth of the time of a page and more.
    gc.collect()
    gc.freeze()
    # An answer's columns, a megabyte each, are else given back to the kernel and asked of it anew, page by page.
    tune(M_MMAP_THRESHOLD, 32 << 20)
    tune(M_TRIM_THRESHOLD, KEPT_FREE)
    # Threads would have heaps of their own, that are given back whenever they are empty.
    tune(M_ARENA_MAX, 1)


def tune(option: int, value: int) -> None:
    """Set an option of the C library's heap, where it has such options."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(option, value)


def take_ahead(database: Path) -> int:
    """Have the kernel hand over now what the answers of the next windows will ask it for, and say how many bytes.

    What is cut out of the facts for a window stays in memory, so that the heap grows with each of the first ones. A virtual
    machine may take 10 microseconds for each page of 4 kB: a third of the time of such an answer.
    """
    blocks = find_ahead(database) // BLOCK
    tune(M_TRIM_THRESHOLD, KEPT_FREE + blocks * BLOCK)
    # Written to, so that it is there; and free again at once, so that the C library has it at hand.
    return sum(len(block) for block in [b"\1" * BLOCK for _ in range(blocks)])


def find_ahead(database: Path) -> int:
    """Bytes to take ahead for a store; none for one that is not there."""
    weight = database.stat().st_size if database.exists() else 0
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(weight // OF_STORE, machine // OF_MACHINE)
