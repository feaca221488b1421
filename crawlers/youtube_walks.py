"""Ways through YouTube's lists of comments: how far they came, and what that covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crawlers.youtube_items import SITE
from store.records import Watch


@dataclass(frozen=True)
class Listing:
    """The comments on one video, or on a channel and all its videos."""

    kind: str
    """`video` or `channel`."""
    name: str
    found: bool = False
    """By a search; nobody asked for this video by its id."""

    @property
    def query(self) -> str:
        """How its watches and its cursor call it."""
        return f"{self.kind}:{self.name}"

    def __str__(self) -> str:
        return f"youtube: the {self.kind} {self.name}"


@dataclass(frozen=True)
class Walk:
    """A way through a listing, newest thread first."""

    since: str
    until: str
    """When it began."""
    token: str = ""
    """What asks for the next page; empty for the first."""
    reached: str = ""
    """Everything that is newer than this was read; empty before the first page."""
    begun_earlier: bool = False


class Trail:
    """How far a walk has come in this crawl."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.tokens = {walk.token}
        self.met: set[str] = set()
        """Ids of threads."""
        self.newest = ""
        """When the newest thread of the last page was published."""
        self.stale = 0
        """Pages in a row without a thread that was not met before."""
        self.done = False
        self.whole = True
        """Whether all replies on the way could be read."""

    def go_on(self, token: str) -> None:
        """Turn to the next page."""
        self.tokens.add(token)
        self.walk = replace(self.walk, token=token, reached=self.newest or self.walk.reached)

    def begin_anew(self) -> None:
        """Turn back to the first page."""
        self.tokens = {""}
        self.walk = replace(self.walk, token="", reached="", begun_earlier=False)


def watch_walk(listing: Listing, trail: Trail) -> Iterator[Watch]:
    """What a walk covered, and what it did not come to."""
    walk = trail.walk
    reached = walk.since if trail.done else walk.reached or walk.until
    yield from cover(listing.query, walk.since, reached if trail.whole else walk.until, walk.until)


def cover(query: str, since: str, reached: str, until: str) -> Iterator[Watch]:
    """The time before `reached` as missed, the time after it as read."""
    for start, end, complete in ((since, reached, False), (max(since, reached), until, True)):
        if start < end:
            yield Watch(source="youtube", site=SITE, query=query, since=start, until=end, complete=complete)
