"""The memory of a process that stays: garbage is looked for among less, and the heap has grown before an answer needs it."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""As glibc's malloc.h numbers them: see mallopt(3)."""
KEPT_FREE = 256 << 20
"""Free bytes at the end of the heap that stay with the process."""
BLOCK = 4 << 20
"""Bytes that are asked for at once: as the larger columns of an answer."""
OF_STORE, OF_MACHINE = 5, 32
"""A fifth of what the store weighs is taken ahead, and never more than a 32nd of the machine's memory."""
GROWN = 1024
"""Pages that the kernel handed over meanwhile, from which on the heap has grown."""


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


class Ahead:
    """Memory taken ahead for the answers over a store, and taken again when they had to ask the kernel for more.

    What is cut out of the facts for a window stays in memory for the next question, so that the heap grows with each of the
    first windows. A virtual machine may take 10 microseconds for each page of 4 kB: a third of the time of such an answer.
    """

    def __init__(self, database: Path) -> None:
        self.database = database
        self.seen = -GROWN

    def top_up(self) -> int:
        """Take memory ahead if the heap has grown since the last time; says how many bytes."""
        library = find_heap()
        if library is None or count_faults() - self.seen < GROWN:
            return 0
        count = find_ahead(self.database) // BLOCK
        tune(M_TRIM_THRESHOLD, KEPT_FREE + count * BLOCK)
        blocks = [block for _ in range(count) if (block := library.malloc(BLOCK))]
        # Written to, so that it is there; and free again at once, so that the C library has it at hand.
        for block in blocks:
            library.memset(block, 1, BLOCK)
        for block in blocks:
            library.free(block)
        self.seen = count_faults()
        return len(blocks) * BLOCK


def find_ahead(database: Path) -> int:
    """Bytes to take ahead for a store; none for one that is not there."""
    weight = database.stat().st_size if database.exists() else 0
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(weight // OF_STORE, machine // OF_MACHINE)


def count_faults() -> int:
    """Pages of memory that the kernel has handed over to this process."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def tune(option: int, value: int) -> None:
    """Set an option of the heap, where it has such options."""
    library = find_heap()
    if library is not None:
        library.mallopt(option, value)


@cache
def find_heap() -> Any:
    """The C library, if its heap has options; Python lets others run while it is called."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "mallopt"):
        return None
    library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    library.memset.restype, library.memset.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    library.free.restype, library.free.argtypes = None, [ctypes.c_void_p]
    return library
