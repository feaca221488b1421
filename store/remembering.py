"""What was found in a store before, for as long as nobody writes to it, in a process that watches it.

All pages ask the same of the same judgements, and all answers of one page what was watched in its window. Who serves pages
watches the store anyway, so that what is found once holds until somebody commits. A process that asks once and ends watches
nothing, and nothing is kept but what one answer asks for again and again (`once`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

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
seen_before: WeakKeyDictionary[Database, tuple[Any, dict[Any, Any]]] = WeakKeyDictionary()
"""Of a connection what it found, with the state of the store then."""
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


def once(db: Database, name: Any, make: Callable[[], Found]) -> Found:
    """What was made under a name, as `remember` does it, or of what this connection has seen since anything was written."""

    def ask() -> Found:
        state = find_state(db) if is_kept(db) else None
        if state is None:
            return make()
        before, found = seen_before.get(db, (None, {}))
        if before != state:
            found = {}
            seen_before[db] = state, found
        if name not in found:
            found[name] = make()
        known: Found = found[name]
        return known

    return remember(db, name, ask)


def find_state(db: Database) -> tuple[int, int] | None:
    """What changes whenever the store does, seen from this connection; None while it may still take changes back."""
    if db.conn.in_transaction:
        return None
    return db.conn.execute("pragma data_version").fetchone()[0], db.conn.total_changes
