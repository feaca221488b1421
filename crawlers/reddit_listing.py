"""How far one of Reddit's listings was read, from the newest down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crawlers.reddit_api import thing_time

LISTING_CAP = 950
"""Reddit shows about 1,000 things of a listing: one that gives this many was probably cut off."""
SEARCH_CAP = range(225, 251)
"""Its search often ends at 250, less what is hidden."""


class Listing:
    """One listing, newest first, down to `since`."""

    def __init__(self, since: str) -> None:
        self.since = since
        self.count = 0
        self.newest: tuple[str, str] | None = None
        """Name and time of the newest thing: where the next crawl begins."""
        self.oldest: str | None = None
        """Time of the oldest thing that was read."""
        self.is_done = False
        """Read down to `since`."""
        self.failed = False
        self.cut = False
        """Reddit ended it before that."""

    def take(self, things: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Note a page; those of its things that are wanted.

        The listing has been read once its last dated thing is too old: one that stands out of order ends nothing, nor does a
        stickied post, which stands above newer ones.
        """
        wanted = []
        for fields in things:
            created = thing_time(fields)
            self.count += 1
            if created is None or created >= self.since:
                wanted.append(fields)
            if created is None or fields.get("stickied"):
                continue
            self.is_done = created < self.since
            if not self.is_done:
                self.oldest = min(self.oldest or created, created)
                if self.newest is None or created > self.newest[1]:
                    self.newest = (str(fields.get("name")), created)
        return wanted

    def is_cut(self, *, searched: bool) -> bool:
        """Whether Reddit seems to have ended it before `since`."""
        seems = self.count >= LISTING_CAP or (searched and self.count in SEARCH_CAP)
        return seems and not self.is_done and not self.failed

    def reached(self, now: str) -> str:
        """From when on everything was read."""
        return (self.oldest or now) if self.failed or self.cut else self.since
