"""The same work for several brands at once, on as many cores as there are: numpy lets others run while it counts."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

MOST = 4
"""Threads, at most: a question is over in less time than more of them would save."""
NAME = "trends"
"""What the names of the threads begin with."""
Given = TypeVar("Given")
Made = TypeVar("Made")


def map_at_once(make: Callable[[Given], Made], given: Iterable[Given]) -> list[Made]:
    """What is made of each of what is given, in its order; the first error is raised."""
    every = list(given)
    # One of these threads that waited for the others could wait for itself.
    if len(every) < 2 or count_cores() < 2 or threading.current_thread().name.startswith(NAME):
        return [make(one) for one in every]
    return list(start_threads().map(make, every))


def count_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)
def start_threads() -> ThreadPoolExecutor:
    """Threads that stay for the next question."""
    return ThreadPoolExecutor(min(count_cores(), MOST), thread_name_prefix=NAME)
