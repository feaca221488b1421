"""Pages that were made before, for as long as the store says what it said then; and making them anew when it no longer does.

A page of a store of a million mentions takes half a second to make, and is asked for far more often than the store changes. It
is the same page until somebody writes to the store or an hour begins (days, weeks and what counts as watched follow the clock).
Then everything kept is dropped at once, so that nothing erased is ever shown again, and what people look at is made anew in the
background as soon as the writer is done.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from store.changing import Changes, State
from store.database import StoreError

logger = logging.getLogger(__name__)

MOST_KEPT = 64
"""Pages of up to some 200 kB; that which was asked for longest ago goes first."""
MOST_REMADE = 12
"""Pages that are made anew after a change: those asked for last."""
PAUSE = 5.0
"""Seconds between two looks at the store; it must have rested so long before pages are made anew."""

Query = tuple[tuple[str, str], ...]
"""Names and values of a query string, in order of name."""
Address = tuple[str, Query]
"""A path and a query."""
Moment = tuple[State, str]
"""A state of the store, and the hour."""
Make = Callable[[str, Query, str], str]
"""Makes the page of a path and query, at a time."""


@dataclass
class Pages:
    """Pages by path and query, kept while they hold."""

    changes: Changes
    clock: Callable[[], str]
    """UTC ISO 8601."""
    make: Make
    standing: Sequence[Address] = ()
    """Pages that are kept ready without being asked for."""
    meanwhile: Callable[[], object] = lambda: None
    """Called at each look at the store when all pages are ready."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    moment: Moment | None = None
    """When what is kept was made."""
    kept: OrderedDict[Address, str] = field(default_factory=OrderedDict)
    asked: OrderedDict[Address, None] = field(default_factory=OrderedDict)
    """What was asked for, the latest last. Only what could be answered is noted."""

    def get(self, path: str, query: Query) -> str:
        """The page of a path and query. Raises what making it raises, and `StoreError` when the store cannot be read."""
        page = self.find_or_make(path, query)
        with self.lock:
            self.asked[path, query] = None
            self.asked.move_to_end((path, query))
            while len(self.asked) > MOST_REMADE:
                self.asked.popitem(last=False)
        return page

    def find_moment(self) -> Moment:
        """What holds as long as nobody writes and the hour is the same. Raises `StoreError` when there is no store."""
        return self.changes.state(), self.clock()[:13]

    def find_or_make(self, path: str, query: Query) -> str:
        """The page that was made before, if it still holds; else made now."""
        # Looked at before the page is made: what is written meanwhile makes this moment another one.
        moment = self.find_moment()
        with self.lock:
            if moment != self.moment:
                self.kept.clear()
                self.moment = moment
            page = self.kept.get((path, query))
            if page is not None:
                self.kept.move_to_end((path, query))
                return page
        page = self.make(path, query, self.clock())
        with self.lock:
            if moment == self.moment:
                self.kept[path, query] = page
                while len(self.kept) > MOST_KEPT:
                    self.kept.popitem(last=False)
        return page

    def keep_ready(self, stop: threading.Event, pause: float = PAUSE) -> None:
        """Until told to stop, make anew what people look at whenever the store has changed and rests again."""
        before: Moment | None = None
        ready: Moment | None = None
        while not stop.wait(pause):
            try:
                moment = self.find_moment()
                if moment == before and moment != ready and self.remake(stop, moment):
                    ready = moment
                if moment == ready:
                    self.meanwhile()
                before = moment
            except StoreError as error:
                logger.warning("no page is kept ready: %s", error)

    def remake(self, stop: threading.Event, moment: Moment) -> bool:
        """Make what is wanted and not there, one page at a time; false if that was cut short, as somebody wrote again."""
        with self.lock:
            wanted = dict.fromkeys([*reversed(self.asked), *self.standing])
        for path, query in wanted:
            if stop.is_set() or self.find_moment() != moment:
                return False
            try:
                self.find_or_make(path, query)
            except Exception:
                # Whoever asks for the page is told; here the others must not wait for it.
                logger.exception("%s %s cannot be kept ready", path, dict(query))
        return True
