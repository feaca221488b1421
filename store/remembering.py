"""What was found in a store before, for as long as nobody writes to it, in a process that watches it.

All pages ask the same of the same judgements, and all answers of one page what was watched in its window. Who serves pages
watches the store anyway, so that what is found once holds until somebody commits. A process that asks once and ends watches
nothing, and nothing is kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from store.changing import Changes, State
from store.database import file_of, is_kept

MOST_KEPT = 256
"""Answers of some hundred rows at most; that which was asked for longest ago goes first."""
Found = TypeVar("Found")


@dataclass
class Remembered:
    """What was found in one store in one state."""

    changes: Changes
    state: State | None = None
    found: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)


watched: dict[Path, Remembered] = {}
lock = threading.Lock()


def watch(changes: Changes) -> None:
    """Remember from now on what is found in the store that `changes` looks at."""
    with lock:
        watched[changes.path.resolve()] = Remembered(changes)


def unwatch(changes: Changes) -> None:
    """Remember nothing of it any more, unless others watch it by now."""
    with lock:
        place = changes.path.resolve()
        if place in watched and watched[place].changes is changes:
            del watched[place]


def remember(db: Database, name: Hashable, make: Callable[[], Found]) -> Found:
    """What was made under a name of what the store says now; made now, if it was not. Nobody may change it.

    A connection that may still take changes back, or notes what is read over it, is asked anew.
    """
    there = watched.get(file_of(db)) if watched and is_kept(db) and not db.conn.in_transaction else None
    if there is None:
        return make()
    # Looked at before anything is made: what is written meanwhile makes this state another one.
    state = there.changes.state()
    with lock:
        if state != there.state:
            there.state, there.found = state, OrderedDict()
        found = there.found
        if name in found:
            found.move_to_end(name)
            known: Found = found[name]
            return known
    made = make()
    with lock:
        found[name] = made
        while len(found) > MOST_KEPT:
            found.popitem(last=False)
    return made
