"""The way back through a forum's posts: where the last crawl left it, how far this one has come, what is next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crawlers.context import Context, shift
from crawlers.discourse_items import Forum, find_time, post_id
from crawlers.fields import read_json, text, whole
from store.records import Cursor, Mention

STEP = 50
"""Older versions answer `before` with the public ones among so many ids, which may be none at all."""
AT_ONCE = timedelta(hours=1)
"""A crawl that was killed and is started again within this time goes on without that overlap."""
MOST_EMPTY = 200
"""Such answers in a row, without a single public post, after which the forum's beginning is taken as reached."""
OVERLAP = timedelta(days=2)
"""Read again: posts come late out of moderation, are edited and liked."""
MOST_FOLLOWED = 500
POSTS, TOPICS = "posts", "topics"


@dataclass(frozen=True)
class Place:
    """Where a forum was left; kept as JSON in its cursor."""

    newest: int
    """Id of the newest post read."""
    at: str
    """The time of the crawl that read it."""
    low: int
    """Id down to which every post from the newest on has been read."""
    reached: str
    """Publication time that this goes back to."""


@dataclass(eq=False)
class Walk:
    """One crawl's way through one forum: first down to where the last one began, then on from where that one stopped."""

    forum: Forum
    now: str
    place: Place | None
    floor: str
    """Publication time down to which the forum is to be known in the end."""
    keeps: bool
    """Whether cursors are moved: `--since` reads a window again and leaves them alone."""
    known: frozenset[int]
    """Posts stored from the last days, which are looked after."""
    followed: dict[str, str]
    """Topics with posts that concern a brand -> the newest publication time seen there."""
    seen: set[int] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    """Topics read whole by this crawl."""
    top: int = 0
    low: int | None = None
    reached: str | None = None
    deep: bool = False
    """Past what the last crawl read; from the start where there was none."""
    done: bool = False
    failed: bool = False
    empty: int = 0
    saved: Place | None = None

    def __post_init__(self) -> None:
        self.deep = self.place is None

    @property
    def unseen(self) -> set[int]:
        """Stored posts that did not turn up yet."""
        return set(self.known - self.seen)

    @property
    def target(self) -> str:
        """Publication time down to which the present part of the way goes."""
        if self.place is None or self.deep:
            return self.floor
        is_restart = self.place.reached > self.floor and shift(self.place.at, AT_ONCE) > self.now
        return self.place.at if is_restart else shift(self.place.at, -OVERLAP)

    def is_new(self, number: int) -> bool:
        """Whether no earlier crawl has read a post."""
        return self.place is None or number > self.place.newest or number < self.place.low

    def see(self, mention: Mention) -> None:
        """Note a post that came with its topic."""
        self.seen.add(int(mention.external_id))

    def take(self, posts: list[Any], before: int | None) -> list[Any]:
        """What of a page was not met yet, also by an answer that ignores `before`. What has no id is passed on."""
        news = []
        for post in posts:
            number = post_id(post)
            if number is None or (number not in self.seen and (before is None or number <= before)):
                news.append(post)
                self.seen.update({number} if number else ())
        return news

    def step(self, posts: list[Any], before: int | None) -> int | None:
        """Take note of a page and say from where the next one goes, or None at the end of the way."""
        found = [post for post in posts if (number := post_id(post)) and (before is None or number <= before)]
        dates = [date for post in found if (date := find_time(post)[0])]
        following = self.find_next([post_id(post) or 0 for post in found], before)
        is_old = bool(dates) and max(dates) < self.target
        if self.deep and not self.done and dates:
            # The newest of a page: one date that is wrong must not claim a past that was not read.
            self.reached = min(max(dates), self.reached or self.now)
        if following <= 0:
            self.done, self.deep, self.reached = True, True, self.floor
            return None
        if self.place and not self.deep:
            if is_old and following <= self.place.newest:
                return self.join(self.place, following)
        elif is_old and not self.done:
            self.done, self.reached = True, self.floor
        return self.find_review(following) if self.done else following

    def find_next(self, numbers: list[int], before: int | None) -> int:
        """The id to ask for next; 0 at the forum's beginning.

        Older versions include the post that `before` names, newer ones do not: there, an empty page is the end.
        """
        numbers = leave_strays(numbers)
        if numbers:
            self.top, self.low = max(self.top, *numbers), min(numbers + ([self.low] if self.low else []))
        lowest = min(numbers, default=None)
        if lowest is not None and (before is None or lowest < before):
            self.empty = 0
            return lowest
        self.empty += 1
        is_end = before is None or (lowest is None and before in self.seen) or self.empty > MOST_EMPTY
        return 0 if is_end or before is None else before - STEP

    def join(self, place: Place, following: int) -> int | None:
        """What lies above the last crawl's beginning is read: go on where that one, or one before it, had to stop."""
        if place.reached > self.floor:
            self.deep, self.reached = True, place.reached
            return min(place.low, following)
        self.done = True
        return self.find_review(following)

    def find_review(self, following: int) -> int | None:
        """Go on through the listing for stored posts where this takes fewer requests than their topics do."""
        rest = [number for number in self.unseen if number < following]
        if not rest:
            return None
        pages = (following - min(rest)) // STEP + 1
        return following if pages <= (len(self.unread_topics()) or len(rest)) else None

    def follow(self, topic: str, mentions: Iterable[Mention]) -> None:
        """Remember a topic that concerns a brand: a later answer need not name it."""
        times = [mention.published for mention in mentions if mention.published]
        self.followed[topic] = max([*times, self.followed.get(topic, "")]) or self.now

    def unread_topics(self) -> list[str]:
        """Followed topics that this crawl has not read, the liveliest first."""
        return sorted(self.followed.keys() - self.topics, key=lambda topic: self.followed[topic], reverse=True)

    def mark_progress(self) -> Iterator[Cursor]:
        """How far the forum is read. Above the last crawl's beginning nothing is told: it is read again if we are killed."""
        if self.deep or self.done:
            yield from self.mark_end()

    def mark_end(self) -> Iterator[Cursor]:
        """Where to go on the next time."""
        place = self.find_place()
        if self.keeps and place is not None and place != self.saved:
            self.saved = place
            newest = sorted(self.followed.items(), key=lambda pair: pair[1], reverse=True)[:MOST_FOLLOWED]
            yield self.cursor(TOPICS, dict(newest))
            yield self.cursor(POSTS, asdict(place))

    def find_place(self) -> Place | None:
        """Where this crawl has come to, joined with what the earlier ones have read."""
        if self.low is None:
            return self.place
        if self.place is None:
            return Place(self.top, self.now, self.low, self.reached or self.now)
        reached = min(self.place.reached, self.reached or self.place.reached)
        return Place(max(self.top, self.place.newest), self.now, min(self.low, self.place.low), reached)

    def cursor(self, name: str, value: Mapping[str, Any]) -> Cursor:
        """One cursor of the forum."""
        return Cursor(source="discourse", site=self.forum.site, name=name, value=json.dumps(value))

    def windows(self) -> Iterator[tuple[str, str, bool]]:
        """The publication times that were gone through, as (since, until, complete)."""
        if not self.failed:
            windows = [(self.target, self.now, True)]
        elif self.deep and self.reached:
            windows = [(self.floor, self.reached, False), (self.reached, self.now, True)]
        else:
            windows = [(self.target, self.now, False)]
        yield from (window for window in windows if window[0] < window[1])


def leave_strays(numbers: list[int]) -> list[int]:
    """Leave out a lowest or highest id far away from the others: a mistaken one would have us jump over all between.

    Where it is right nothing is lost: the next page, or the next crawl, shows it again.
    """
    ordered = sorted(numbers)
    if len(ordered) < 4:
        return ordered
    low, *middle, high = ordered
    reach = max(STEP, 4 * (middle[-1] - middle[0]))
    ends = [low] if middle[0] - low <= reach else [], [high] if high - middle[-1] <= reach else []
    return [*ends[0], *middle, *ends[1]]


def open_walk(context: Context, forum: Forum) -> Walk:
    """Find out from where a forum is to be read."""
    place = None if context.since else read_place(context.cursors(forum.site, POSTS))
    topics = read_json((context.cursors(forum.site, TOPICS) or "{}").encode())
    followed = {
        number: seen
        for number, seen in (topics.items() if isinstance(topics, dict) else ())
        if isinstance(seen, str) and seen >= context.refresh
    }
    looked_after = min(context.refresh, context.since or context.refresh)
    known = frozenset(int(name) for site, name in context.known(looked_after) if site == forum.site and name.isdecimal())
    return Walk(forum, context.now, place, context.start, not context.since, known, followed)


def read_place(cursor: str | None) -> Place | None:
    """Where a forum was left; None at its first crawl, and for a cursor that another version wrote."""
    said = read_json((cursor or "null").encode())
    if not isinstance(said, dict):
        return None
    newest, low = whole(said.get("newest")), whole(said.get("low"))
    at, reached = text(said.get("at")), text(said.get("reached"))
    if newest is None or low is None or not is_time(at) or not is_time(reached):
        return None
    return Place(newest, str(at), low, str(reached))


def is_time(value: str | None) -> bool:
    """Whether a cursor's text is a time."""
    try:
        return value is not None and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
