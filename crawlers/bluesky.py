"""Bluesky: posts that name a brand, by the search of the network, with the user's own account and app password."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from config import Problem
from crawlers.bluesky_items import SITE, parse_post
from crawlers.bluesky_session import Session
from crawlers.context import Context, SourceError, note_drop, note_error, shift
from crawlers.failures import end_crawl, explain_error, request_of
from crawlers.fields import read_json, table, text, whole
from crawlers.options import check_known, check_texts, check_url
from crawlers.robots import EXEMPT
from store.records import Mention, Watch

URL = "https://bsky.social"
SEARCH = "app.bsky.feed.searchPosts"
POSTS = "app.bsky.feed.getPosts"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

LONGEST = timedelta(days=7)
OVERLAP = timedelta(days=2)
"""Asked again at every crawl: search learns of some posts late, and by a time that lies back."""
PAGE = 100
LOOK = 10
"""Posts that a dry look asks for."""
MOST_PAGES = 50
"""Pages of one question: search shows 10,000 posts at most, whatever it has found."""
MOST_SHOWN = 1000
"""Posts after which the end of a question may be the search's own limit: the rest is asked for by itself."""
TRIES = "repute_tries"
"""Request flag: how often it was made."""
MOST_TRIES = 2
"""Of a page whose answer is cut off or is something else."""
BATCH = 25
"""Posts that getPosts takes at once."""
ENDED = ("ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired")

Record = Mention | Watch | Request


@dataclass(eq=False)
class Walk:
    """One question, a query within a window of publication time, that is read page by page from the newest post down."""

    query: str
    since: str
    until: str
    uris: set[str] = field(default_factory=set)
    """What was shown so far."""
    cursors: set[str] = field(default_factory=set)
    """Pages that were asked for."""
    oldest: str = ""
    """The earliest time within the window that was shown."""


class BlueskySpider(scrapy.Spider):
    """Ask for every window that is not watched yet, and look again at what is stored from the last days."""

    name = "bluesky"
    urls = (URL,)

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.base = str(context.options.get("url") or URL).rstrip("/").removesuffix("/xrpc")
        queries: Any = context.options.get("queries") or [brand.name for brand in context.config.brands]
        self.queries: list[str] = list(dict.fromkeys(queries))

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.bluesky]`."""
        problems = [*check_known(options, ("url", "queries")), *check_url(options, "url"), *check_texts(options, "queries")]
        url = options.get("url")
        if not problems and isinstance(url, str) and url.startswith("http://") and urlsplit(url).hostname not in LOOPBACK:
            problems.append(Problem("url", f"{url!r} would send your password unencrypted; write it with https://"))
        queries = options.get("queries")
        for position, query in enumerate(queries if isinstance(queries, list) else []):
            if isinstance(query, str) and query.strip() == "*":
                words = "'*' asks for all of Bluesky, which its search refuses; name words to look for"
                problems.append(Problem(f"queries[{position}]", words))
        return problems

    async def start(self) -> AsyncIterator[Request]:
        """Sign in, then ask for every window of every query, and for what is stored. Raises `SourceError` without a session."""
        # The store is asked here, before anything new is in it.
        since = self.context.since or self.context.refresh
        known = [] if self.context.dry else [uri for site, uri in self.context.known(since) if site == SITE]
        walks = [
            walk for query in self.queries for since, until in self.find_windows(query) for walk in cut(query, since, until)
        ]
        self.session = Session(self.crawler, self.base)
        await self.session.open()
        for walk in walks:
            yield self.search(walk)
        for start in range(0, len(known), BATCH):
            yield self.ask_again(known[start : start + BATCH])

    def find_windows(self, query: str) -> list[tuple[str, str]]:
        """The windows to ask for, oldest first."""
        now = self.context.now
        if self.context.since or self.context.dry:
            return [(self.context.since or shift(now, -OVERLAP), now)]
        recent = max(shift(now, -OVERLAP), self.context.horizon)
        gaps = self.context.gaps(site=SITE, since=self.context.horizon, until=recent, query=query)
        return [*gaps, (recent, now)]

    def search(self, walk: Walk, cursor: str | None = None) -> Request:
        """The request for one page of a question."""
        walk.cursors.add(cursor or "")
        question = {
            "q": walk.query if '"' in walk.query else f'"{walk.query}"',
            "sort": "latest",
            "limit": LOOK if self.context.dry else PAGE,
            "since": walk.since,
            "until": walk.until,
        } | ({"cursor": cursor} if cursor else {})
        return self.request(f"{self.base}/xrpc/{SEARCH}?{urlencode(question)}", self.parse, walk=walk)

    def ask_again(self, uris: list[str]) -> Request:
        """The request for posts that are known."""
        return self.request(
            f"{self.base}/xrpc/{POSTS}?{urlencode([('uris', uri) for uri in uris])}", self.parse_known, uris=uris
        )

    def request(self, url: str, callback: Any, **more: Any) -> Request:
        """A request of the session. An API client keeps to the API's terms: robots.txt is for crawlers."""
        return Request(
            url,
            headers={"Authorization": f"Bearer {self.session.access}"},
            callback=callback,
            errback=self.parse_failure,
            cb_kwargs=more,
            meta={EXEMPT: True, "dont_redirect": True, "handle_httpstatus_list": [400, 401]},
            dont_filter=True,
        )

    async def parse(self, response: Response, walk: Walk) -> AsyncIterator[Record]:
        """Yield the posts of a page, then what follows it."""
        answer, again = await self.read(response)
        if again is not None:
            yield again
        elif answer is None:
            yield self.watch(walk, complete=False)
        else:
            for record in self.take(walk, answer):
                yield record

    async def parse_known(self, response: Response, uris: list[str]) -> AsyncIterator[Record]:
        """Posts that are known, as they are now; those that are not shown any more are gone."""
        answer, again = await self.read(response)
        if again is not None:
            yield again
        elif answer is not None:
            for record in self.compare(answer["posts"], uris):
                yield record

    async def read(self, response: Response) -> tuple[Mapping[str, Any] | None, Request | None]:
        """The answer with its `posts`, or the request to make once more; neither for one that has failed for good."""
        answer = table(read_json(response.body))
        asked = response.request
        assert asked is not None
        if response.status == 200 and isinstance(answer.get("posts"), list):
            return answer, None
        if response.status != 200 and answer.get("error") in ENDED:
            return None, await self.renew(asked)
        if response.status == 200 and asked.meta.get(TRIES, 1) < MOST_TRIES:
            return None, self.repeat(asked, asked.meta.get(TRIES, 1) + 1)
        code = text(answer.get("error")) or "no posts in it"
        words = f"is no answer of Bluesky's search ({code[:60]}); check `url` and `queries`"
        note_error(self.crawler, f"{endpoint(response.url)}: {words} (HTTP {response.status})")
        return None, None

    async def renew(self, asked: Request) -> Request | None:
        """The same request with new tokens; None where the session cannot be renewed, which ends the crawl."""
        used = (asked.headers.get("Authorization") or b"").decode("ascii").removeprefix("Bearer ")
        try:
            await self.session.renew(used)
        except SourceError as error:
            end_crawl(self.crawler, str(error))
            return None
        return self.repeat(asked, asked.meta.get(TRIES, 1))

    def repeat(self, asked: Request, tries: int) -> Request:
        """A request once more, with the tokens of now."""
        again = self.request(asked.url, asked.callback, **asked.cb_kwargs)
        again.meta[TRIES] = tries
        return again

    def take(self, walk: Walk, answer: Mapping[str, Any]) -> Iterator[Record]:
        """The mentions of a page, then what was covered, or the next question."""
        times = []
        for view in answer["posts"]:
            mention = parse_post(view)
            if mention is None:
                note_drop(self.crawler, "not a post", f"bluesky {view!r:.80}")
                continue
            walk.uris.add(mention.external_id)
            times += [mention.published] if mention.published else []
            yield mention
        # Posts are sorted by time: a search that shows only earlier ones does not heed `since`, and never ends.
        is_past = bool(times) and max(times) < walk.since
        inside = [time for time in times if walk.since <= time < walk.until]
        walk.oldest = min([*inside, *filter(None, [walk.oldest])], default="")
        following = text(answer.get("cursor"))
        if following and not following.isprintable():
            following = None
        if self.context.dry or is_past:
            yield self.watch(walk, complete=not self.context.dry)
        elif following and answer["posts"] and following not in walk.cursors and len(walk.cursors) < MOST_PAGES:
            yield self.search(walk, following)
        else:
            yield from self.end(walk, whole(answer.get("hitsTotal")) or 0, cut_off=bool(following and answer["posts"]))

    def end(self, walk: Walk, total: int, *, cut_off: bool) -> Iterator[Record]:
        """The end of a question: ask for what lies below the last post where the search has not shown all that it found."""
        below = shift(walk.oldest, timedelta(seconds=1)) if walk.oldest else walk.until
        if not cut_off and total <= len(walk.uris) < MOST_SHOWN:
            yield self.watch(walk, complete=True)
        elif below < walk.until:
            yield self.watch(Walk(walk.query, below, walk.until), complete=True)
            yield self.search(Walk(walk.query, walk.since, below))
        elif cut_off or len(walk.uris) >= PAGE:
            words = f"shows not all posts of one second for {walk.query!r}; ask more narrowly"
            note_error(self.crawler, f"{self.base}/xrpc/{SEARCH}: {words}")
            yield self.watch(walk, complete=False)
        else:
            # What is counted and never shown are posts that moderators hide.
            yield self.watch(walk, complete=True)

    def compare(self, views: list[Any], uris: list[str]) -> Iterator[Mention]:
        """Known posts with their counts of today, and tombstones for those that are gone."""
        shown = {uri for view in views if (uri := text(table(view).get("uri")))}
        for view in views:
            mention = parse_post(view)
            if mention is not None and mention.external_id in uris:
                yield mention
        if not all(text(table(view).get("uri")) for view in views):
            note_error(self.crawler, f"{self.base}/xrpc/{POSTS}: a post has no uri, so none of its answer is taken as deleted")
            return
        for uri in uris:
            if uri not in shown:
                yield Mention(source=self.name, site=SITE, external_id=uri, removed=True)

    def parse_failure(self, failure: Failure) -> Iterator[Watch]:
        """Say what could not be read; its window is asked for again at the next crawl."""
        request = request_of(failure)
        walk: Walk | None = request.cb_kwargs.get("walk")
        assert failure.value is not None
        words = f"; {walk.since} to {walk.until} of {walk.query!r} could not be read" if walk else ""
        note_error(self.crawler, f"{endpoint(request.url)}: {explain_error(failure.value)}{words}")
        if walk:
            yield self.watch(walk, complete=False)

    def watch(self, walk: Walk, *, complete: bool) -> Watch:
        """What one question covered."""
        return Watch(source=self.name, site=SITE, query=walk.query, since=walk.since, until=walk.until, complete=complete)


def cut(query: str, since: str, until: str) -> Iterator[Walk]:
    """A window in questions of a week at most."""
    while since < until:
        end = min(shift(since, LONGEST), until)
        yield Walk(query, since, end)
        since = end


def endpoint(url: str) -> str:
    """An address without its long question."""
    return url.partition("?")[0]
