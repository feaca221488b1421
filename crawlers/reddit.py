"""Reddit through its API and the user's own credentials: posts by search or newest first, comments by listing."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import scrapy

from config import Problem
from crawlers.context import REQUESTS, Context, note_drop, note_error, shift
from crawlers.options import check_flag, check_known, check_texts, check_url
from crawlers.reddit_api import LISTING_CAP, Api, parse_thing, thing_time
from store.records import Cursor, Mention, Watch

OVERLAP = timedelta(days=2)
"""Search learns of posts late, and scores still move."""
REREAD = timedelta(days=14)
"""How long scores and deletions of stored mentions are looked after."""
DRY = 25
"""Things of a listing that a dry look reads."""
COMMENTS = "comments"

Record = Mention | Watch | Cursor


class RedditSpider(scrapy.Spider):
    """Ask Reddit for what is new since the last time. PRAW blocks, so it has a thread of its own."""

    name = "reddit"

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.stopped = threading.Event()
        self.seen: set[str] = set()

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.reddit]`."""
        problems = [
            *check_known(options, ("url", "subreddits", "queries", "comments")),
            *check_url(options, "url"),
            *check_texts(options, "subreddits"),
            *check_texts(options, "queries"),
            *check_flag(options, "comments"),
        ]
        if "subreddits" not in options:
            problems.append(Problem("subreddits", 'is missing; add subreddits = ["all"]'))
        names = options.get("subreddits")
        for number, name in enumerate(names if isinstance(names, list) else []):
            if isinstance(name, str) and name.strip() and not re.fullmatch(r"(/?r/)?\w{2,21}", name, re.ASCII):
                words = f'{name!r} is no subreddit; write its name alone, like "london"'
                problems.append(Problem(f"subreddits[{number}]", words))
        return problems

    async def start(self) -> AsyncIterator[Record]:
        """Yield what the thread finds, as it finds it. Raises `SourceError` when Reddit lets us in nowhere."""
        loop = asyncio.get_running_loop()
        # The store is asked here: its connection belongs to this thread.
        options = self.context.options
        subreddits: list[str] = options["subreddits"]  # type: ignore[assignment]
        subreddits = [name.removeprefix("/").removeprefix("r/").lower() for name in subreddits]
        names = self.listings()
        self.plan = {subreddit: {name: self.since(subreddit, name) for name in names} for subreddit in subreddits}
        self.known = [] if self.context.dry else self.context.known(shift(self.context.now, -REREAD))
        self.api = Api(self.context.config, str(options.get("url") or ""), self.stopped)
        found: asyncio.Queue[Record | Exception | None] = asyncio.Queue()

        def hand_over(record: Record | Exception | None) -> None:
            loop.call_soon_threadsafe(found.put_nowait, record)

        # A daemon: PRAW may sleep for minutes on a rate limit, and must not keep a stopped crawl from ending.
        threading.Thread(target=self.fetch_into, args=(hand_over,), name="reddit", daemon=True).start()
        try:
            while (record := await found.get()) is not None:
                if isinstance(record, Exception):
                    raise record
                yield record
        finally:
            self.stopped.set()
            self.crawler.stats.set_value(REQUESTS, self.api.requests)

    def closed(self, reason: str) -> None:
        """Let the thread end at its next item."""
        self.stopped.set()

    def fetch_into(self, hand_over: Any) -> None:
        """Run in the thread: hand over every record, then an error or None."""
        try:
            for record in self.fetch():
                if self.stopped.is_set():
                    return
                hand_over(record)
            hand_over(None)
        except Exception as error:  # it is raised again where the crawl can see it
            if not self.stopped.is_set():
                hand_over(error)

    def fetch(self) -> Iterator[Record]:
        """Read all subreddits, then look again at what is stored. A dry look reads the first things of each listing."""
        for subreddit, listings in self.plan.items():
            yield from self.fetch_subreddit(subreddit, listings)
        yield from self.fetch_again()

    def listings(self) -> list[str]:
        """The listings of a subreddit that are read: one per query, or the newest posts as the empty one, and the comments."""
        queries: list[str] = self.context.options.get("queries", [])  # type: ignore[assignment]
        names = [query for query in queries if query.strip() != "*"] or [""]
        return [*names, COMMENTS] if self.context.options.get("comments", True) else names

    def fetch_subreddit(self, subreddit: str, listings: Mapping[str, str]) -> Iterator[Record]:
        """Read the listings of one subreddit; its cursors and watches come after all its mentions."""
        marks: list[Cursor | None] = []
        reached: dict[str, tuple[str, bool]] = {}
        for name, since in listings.items():
            listing = Listing(since)
            yield from self.fetch_listing(subreddit, name, listing)
            reached[name] = (since, listing.complete)
            marks.append(listing.cursor(f"r/{subreddit}", name))
        yield from (mark for mark in marks if mark)
        comments_since, comments_complete = reached.pop(COMMENTS, ("", True))
        for query, (since, complete) in reached.items():
            whole = complete and comments_complete
            window = {"since": max(since, comments_since), "until": self.context.now}
            yield Watch(source=self.name, site=f"r/{subreddit}", query=query, complete=whole, **window)

    def since(self, subreddit: str, name: str) -> str:
        """From where a listing is read."""
        if self.context.since:
            return self.context.since
        value = self.context.cursors(f"r/{subreddit}", name)
        return shift(value.split()[1], -OVERLAP) if value else self.context.horizon

    def fetch_listing(self, subreddit: str, name: str, listing: Listing) -> Iterator[Mention]:
        """The mentions of one listing, newest first, down to where it was read before."""
        api = self.api
        try:
            things = api.comments(subreddit) if name == COMMENTS else api.posts(subreddit, name, self.age(listing.since))
            for thing in things:
                if not listing.take(thing) or (self.context.dry and listing.count > DRY):
                    break
                yield from self.read(thing)
        except api.errors as error:
            listing.failed = True
            api.refuse(error)
            note_error(self.crawler, api.explain(error, f"r/{subreddit}"))

    def age(self, since: str) -> timedelta:
        """How far back a listing has to reach."""
        return datetime.fromisoformat(self.context.now) - datetime.fromisoformat(since)

    def read(self, thing: Any) -> Iterator[Mention]:
        """One post or comment as a mention; what cannot be read is left out."""
        fields = vars(thing)
        self.crawler.stats.set_value(REQUESTS, self.api.requests)
        try:
            mention = parse_thing(fields, self.context.options.get("url"))
        except (KeyError, TypeError, ValueError) as error:
            note_drop(self.crawler, "not readable", f"{fields.get('name', 'an item of Reddit')} ({error!r})")
            return
        self.seen.add(mention.external_id)
        yield mention

    def fetch_again(self) -> Iterator[Mention]:
        """Look again at what is stored from the last days and did not turn up by itself: scores and deletions."""
        api = self.api
        names = [name for _, name in self.known if name not in self.seen and re.match(r"t[13]_", name)]
        try:
            for thing in api.again(names):
                if self.stopped.is_set():
                    return
                yield from self.read(thing)
        except api.errors as error:
            note_error(self.crawler, api.explain(error, "the posts and comments already stored"))


class Listing:
    """How far one listing was read."""

    def __init__(self, since: str) -> None:
        self.since = since
        self.count = 0
        self.newest: tuple[str, str] | None = None
        self.reached = False
        self.failed = False

    def take(self, thing: Any) -> bool:
        """Note a thing; False when it is older than what we want. Stickied posts stand above newer ones and end nothing."""
        fields = vars(thing)
        created = thing_time(fields)
        self.count += 1
        if created is None or (created < self.since and fields.get("stickied")):
            return True
        if created < self.since:
            self.reached = True
            return False
        if self.newest is None or created > self.newest[1]:
            self.newest = (str(fields.get("name")), created)
        return True

    @property
    def complete(self) -> bool:
        """Whether everything since `since` was read: the listing went that far, or ended before Reddit cuts it off."""
        return not self.failed and (self.reached or self.count < LISTING_CAP)

    def cursor(self, site: str, name: str) -> Cursor | None:
        """Where to go on next time; a listing that failed is read again from where it was."""
        if self.failed or self.newest is None:
            return None
        return Cursor(source=RedditSpider.name, site=site, name=name, value=" ".join(self.newest))
