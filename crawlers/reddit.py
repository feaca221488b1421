"""Reddit through its API and the user's own credentials: posts by search or newest first, threads, comments."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import scrapy
from prawcore.exceptions import RequestException

from config import Problem
from crawlers.budget import SPENT, budget_words
from crawlers.context import REQUESTS, Context, note_drop, note_error, shift
from crawlers.failures import is_stopping
from crawlers.matching import BrandMatcher
from crawlers.options import check_flag, check_known, check_texts, check_url
from crawlers.reddit_api import PAGE, Api, fields_of, is_out_of_turn, parse_thing
from crawlers.reddit_listing import Listing
from crawlers.reddit_session import Spent
from crawlers.reddit_threads import Sizes, Thread
from store.records import Cursor, Mention, Watch

OVERLAP = timedelta(days=2)
"""Search learns of posts late, and scores still move."""
DRY = 25
"""Things of a listing that a dry look reads."""
LOOK = 0.5
"""Seconds between two looks whether the crawl is being ended."""
MOST_THREADS = 200
"""Threads that one crawl reads; the others are read by the next ones."""
COMMENTS = "comments"
BYTES = "downloader/response_bytes"
"""Scrapy's statistic: its downloader never sees what PRAW reads."""

Record = Mention | Watch | Cursor
Fields = Mapping[str, Any]


class RedditSpider(scrapy.Spider):
    """Ask Reddit for what is new since the last time. PRAW blocks, so it has a thread of its own."""

    name = "reddit"

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.matcher = BrandMatcher(context.config.brands)
        self.threads = context.options.get("threads", True) is True and not context.dry
        self.stopped = threading.Event()
        self.seen: set[str] = set()
        """Full names of what was read, posts and comments."""
        self.waiting: dict[str, Fields] = {}
        """Known comments that wait for their posts."""
        self.alive: set[str] = set()
        """Subreddits that have shown something."""
        self.told: dict[str, str] = {}
        """Posts that concern a brand -> what they say."""
        self.grown: dict[str, tuple[int, str]] = {}
        """Posts whose threads are to be read -> number of comments, publication time."""
        self.read_threads = 0
        self.is_closed = False
        """Nothing more may be asked in this crawl; why has been told."""

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.reddit]`."""
        problems = [
            *check_known(options, ("url", "subreddits", "queries", "comments", "threads")),
            *check_url(options, "url"),
            *check_texts(options, "subreddits"),
            *check_texts(options, "queries"),
            *check_flag(options, "comments"),
            *check_flag(options, "threads"),
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
        context, options = self.context, self.context.options
        subreddits: list[str] = options["subreddits"]  # type: ignore[assignment]
        subreddits = list(dict.fromkeys(name.removeprefix("/").removeprefix("r/").lower() for name in subreddits))
        names = self.listings()
        self.plan = {subreddit: {name: self.since(subreddit, name) for name in names} for subreddit in subreddits}
        known = [] if context.dry else context.known(min(context.refresh, context.since or context.refresh))
        self.known = {name: site for site, name in known if re.match(r"t[13]_", name)}
        self.sizes = Sizes(context)
        self.api = Api(context.config, str(options.get("url") or ""), self.stopped, context.requests_left)
        found: asyncio.Queue[Record | Exception | None] = asyncio.Queue()

        def hand_over(record: Record | Exception | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(found.put_nowait, record)

        # A daemon: PRAW may sleep for minutes on a rate limit, and must not keep a stopped crawl from ending.
        threading.Thread(target=self.fetch_into, args=(hand_over,), name="reddit", daemon=True).start()
        try:
            while (record := await self.take(found)) is not None:
                if isinstance(record, Exception):
                    raise record
                yield record
        finally:
            self.stopped.set()
            self.note_traffic()

    async def take(self, found: asyncio.Queue[Record | Exception | None]) -> Record | Exception | None:
        """The next record; None at the end, which is also when the crawl is being ended, whatever the thread waits for."""
        while not is_stopping(self.crawler):
            try:
                return found.get_nowait() if not found.empty() else await asyncio.wait_for(found.get(), LOOK)
            except TimeoutError:
                continue
        return None

    def closed(self, reason: str) -> None:
        """Let the thread end at its next item."""
        self.stopped.set()

    def note_traffic(self) -> None:
        """Tell how much was asked and answered so far."""
        self.crawler.stats.set_value(REQUESTS, self.api.session.requests)
        self.crawler.stats.set_value(BYTES, self.api.session.bytes)

    def fetch_into(self, hand_over: Callable[[Record | Exception | None], None]) -> None:
        """Run in the thread: hand over every record, then an error or None."""
        try:
            for record in self.fetch():
                if self.stopped.is_set():
                    break
                hand_over(record)
            hand_over(None)
        except Exception as error:  # it is raised again where the crawl can see it
            hand_over(error)

    def fetch(self) -> Iterator[Record]:
        """Look again at known posts, read all subreddits, then look again at known comments.

        In this order, since a comment is told what its post says: posts must be known before.
        """
        missing = yield from self.fetch_again([name for name in self.known if name.startswith("t3_")])
        for subreddit, listings in self.plan.items():
            yield from self.fetch_subreddit(subreddit, listings)
        unseen = [name for name in self.known if name.startswith("t1_") and name not in self.seen]
        missing += yield from self.fetch_again(unseen)
        # Words are erased for what is gone: one answer that left something out is not enough.
        missing = yield from self.fetch_again(missing)
        for name in missing:
            # Reddit leaves out what is gone. A whole subreddit may be closed for a while, which deletes nothing.
            if name in self.waiting:
                yield from self.read(self.waiting[name], again=True)
            elif name not in self.seen and self.known[name] in self.alive:
                kind: Any = "comment" if name.startswith("t1_") else "post"
                yield Mention(source=self.name, site=self.known[name], external_id=name, kind=kind, removed=True)

    def listings(self) -> list[str]:
        """The listings of a subreddit that are read: one per query, or the newest posts as the empty one, and the comments."""
        queries: list[str] = self.context.options.get("queries", [])  # type: ignore[assignment]
        names = list(dict.fromkeys(query for query in queries if query.strip() != "*")) or [""]
        return [*names, COMMENTS] if self.context.options.get("comments", True) else names

    def fetch_subreddit(self, subreddit: str, listings: Mapping[str, str]) -> Iterator[Record]:
        """Read the listings of one subreddit and the threads found there; its cursors and watches come after all mentions."""
        read: dict[str, Listing] = {}
        for name, since in listings.items():
            if name == COMMENTS:
                yield from self.fetch_threads()
            read[name] = Listing(since)
            yield from self.fetch_listing(subreddit, name, read[name])
        yield from self.fetch_threads()
        for name, listing in read.items():
            if not listing.failed and listing.newest is not None:
                yield Cursor(source=self.name, site=f"r/{subreddit}", name=name, value=" ".join(listing.newest))
        comments = read.pop(COMMENTS, None)
        for query, listing in read.items():
            yield from self.watches(f"r/{subreddit}", query, listing, comments)

    def watches(self, site: str, query: str, posts: Listing, comments: Listing | None) -> Iterator[Watch]:
        """What was covered: up to now from where both listings were read, and before that nothing for sure."""
        now = self.context.now
        since = max(posts.since, comments.since if comments else "")
        reached = max(since, posts.reached(now), comments.reached(now) if comments else "")
        for start, end, complete in ((since, reached, False), (reached, now, True)):
            if start < end:
                yield Watch(source=self.name, site=site, query=query, since=start, until=end, complete=complete)

    def since(self, subreddit: str, name: str) -> str:
        """From where a listing is read."""
        if self.context.since:
            return self.context.since
        value = self.context.cursors(f"r/{subreddit}", name)
        return shift(value.split()[1], -OVERLAP) if value else self.context.horizon

    def fetch_listing(self, subreddit: str, name: str, listing: Listing) -> Iterator[Mention]:
        """The mentions of one listing, newest first, down to where it was read before."""
        api, size = self.api, DRY if self.context.dry else PAGE
        age = datetime.fromisoformat(self.context.now) - datetime.fromisoformat(listing.since)
        try:
            pages = api.comments(subreddit, size) if name == COMMENTS else api.posts(subreddit, name, age, size)
            for page in pages:
                wanted = listing.take([fields_of(thing) for thing in page])
                for fields in wanted:
                    yield from self.read(fields)
                if listing.is_done or self.context.dry:
                    break
        except api.errors as error:
            listing.failed = True
            api.refuse(error)
            self.note(error, f"r/{subreddit}")
        if listing.is_cut(searched=bool(name) and name != COMMENTS) and not self.context.dry:
            listing.cut = True
            what = f"search for {name!r}" if name not in ("", COMMENTS) else f"list of {name or 'posts'}"
            note_error(
                self.crawler,
                f"reddit: r/{subreddit}: its {what} shows the newest {listing.count} only; nothing from before "
                f"{listing.oldest} was read: crawl more often, or ask more narrowly",
            )

    def read(self, fields: Fields, *, again: bool = False) -> Iterator[Mention]:
        """One post or comment as a mention; what cannot be read is left out. `again`: its post has been asked for."""
        self.note_traffic()
        try:
            mention = parse_thing(fields, self.context.options.get("url"), self.told)
        except (KeyError, TypeError, ValueError) as error:
            note_drop(self.crawler, "not readable", f"{fields.get('name', 'an item of Reddit')} ({error!r})")
            return
        name, post = mention.external_id, mention.thread or ""
        if not again and mention.kind == "comment" and name in self.known and post not in self.seen:
            # It may be known because of its post's words, which are not at hand: it is looked at again together with them.
            self.waiting[name] = fields
            return
        self.note_seen(mention, fields)
        yield mention

    def note_seen(self, mention: Mention, fields: Fields) -> None:
        """Note what was read, and of a post that concerns a brand what it says and whether its thread has grown."""
        self.seen.add(mention.external_id)
        if mention.removed:
            return
        self.alive.add(mention.site)
        if mention.kind == "post" and self.matcher.match(mention):
            name, size = mention.external_id, comments_of(fields)
            self.told[name] = "\n\n".join(filter(None, (mention.title, mention.text)))
            if self.threads and self.sizes.has_grown(name, size):
                self.grown[name] = (size, mention.published or "")

    def fetch_threads(self) -> Iterator[Record]:
        """Read the threads of posts that concern a brand, where they have grown since they were read."""
        grown, self.grown = self.grown, {}
        for place, (post, (size, published)) in enumerate(grown.items()):
            if self.is_closed or self.stopped.is_set():
                return
            if self.read_threads >= MOST_THREADS:
                words = f"reddit: {len(grown) - place} threads more than the {MOST_THREADS} of a crawl; the next crawl goes on"
                note_error(self.crawler, words)
                return
            self.read_threads += 1
            thread = Thread(self.api, post)
            try:
                for fields in thread.fetch():
                    yield from self.read(fields)
            except self.api.errors as error:
                self.api.refuse(error)
                self.note(error, f"the thread of {post}")
                continue
            if not thread.is_whole:
                self.logger.warning("reddit: the thread of %s is too long: some of its %d comments were not read", post, size)
            yield self.sizes.keep(self.name, post, size, published)

    def fetch_again(self, names: list[str]) -> Generator[Mention, None, list[str]]:
        """Look again at what is stored: edits, scores, deletions. Returns the names that Reddit does not have any more."""
        missing: list[str] = []
        for start in range(0, len(names), PAGE):
            batch = names[start : start + PAGE]
            try:
                things = [fields_of(thing) for page in self.api.again(batch) for thing in page]
                links = {str(fields.get("link_id")) for fields in things if fields.get("link_id")} - self.seen
                for page in self.api.again(sorted(links)):
                    for fields in map(fields_of, page):
                        # What it says is needed; whether it is read as a mention is the listings' business.
                        list(self.read(fields))
            except self.api.errors as error:
                self.api.refuse(error)
                self.note(error, "the posts and comments already stored")
                return missing
            for fields in things:
                yield from self.read(fields, again=True)
            missing += [name for name in batch if name not in self.seen]
        return missing

    def note(self, error: Exception, what: str) -> None:
        """Tell an error; that nothing more may be asked is told once."""
        if not is_out_of_turn(error):
            note_error(self.crawler, self.api.explain(error, what))
            return
        if isinstance(error, RequestException) and isinstance(error.original_exception, Spent):
            self.crawler.stats.set_value(SPENT, True)
        if not self.is_closed:
            words = budget_words(self.crawler) if self.crawler.stats.get_value(SPENT) else ""
            note_error(self.crawler, f"reddit: {what} was not read: {words}" if words else self.api.explain(error, what))
        self.is_closed = True


def comments_of(fields: Fields) -> int:
    """How many comments a post says it has."""
    value = fields.get("num_comments")
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
