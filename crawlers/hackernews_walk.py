"""Which questions are put to Hacker News' search, window by window, and what is known on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from crawlers.context import shift
from crawlers.hackernews_items import find_time

LONGEST = timedelta(days=7)


@dataclass(frozen=True)
class Slice:
    """One question: a query, or the comments of some stories, within a window of publication time."""

    query: str
    since: str
    until: str
    kind: Literal["search", "stories", "comments", "end"] = "search"
    """`stories` asks for the stories before a window, whose threads may reach into it; at `end` a window has been read."""
    stories: tuple[str, ...] = ()
    """Whose comments are asked for."""
    window: tuple[str, str] = ("", "")
    """Of comments: the window that is not covered without them."""
    page: int = 0
    seen: frozenset[str] = frozenset()
    """Hits of the earlier pages."""
    total: int | None = None
    """How many hits the earlier pages promised."""
    tries: int = 0
    again: bool = False
    """Part of a window that failed."""

    @property
    def length(self) -> timedelta:
        """How long the window is."""
        return datetime.fromisoformat(self.until) - datetime.fromisoformat(self.since)

    @property
    def anew(self) -> Slice:
        """The same question from its first page."""
        return replace(self, page=0, seen=frozenset(), total=None)

    def halves(self) -> tuple[Slice, Slice]:
        """The same question in two windows, from their first pages."""
        middle = shift(self.since, self.length / 2)
        return replace(self.anew, until=middle), replace(self.anew, since=middle)


@dataclass(eq=False)
class Walk:
    """One query on its way from the oldest window to now."""

    todo: list[Slice]
    """What is still to be asked, next one last."""
    stories: dict[str, str] = field(default_factory=dict)
    """Stories that concern a brand -> when they were published."""
    contexts: dict[str, str] = field(default_factory=dict)
    """What these stories say."""
    told: set[str] = field(default_factory=set)
    """Comments that were handed over with that."""
    broken: set[tuple[str, str]] = field(default_factory=set)
    """Windows whose comments could not all be read."""

    def push(self, *pieces: Slice) -> None:
        """Ask these next, in this order."""
        self.todo.extend(reversed(pieces))


def cut(window: Slice) -> Iterator[Slice]:
    """A window in slices of a week at most."""
    since = window.since
    while since < window.until:
        until = min(shift(since, LONGEST), window.until)
        yield replace(window, since=since, until=until)
        since = until


def lies_outside(hit: object, piece: Slice) -> bool:
    """Whether a hit was not asked for: halving the window of a search that does not heed it would never end."""
    published = find_time(hit)[0] if isinstance(hit, dict) else None
    return published is not None and not piece.since <= published < piece.until
