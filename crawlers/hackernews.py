"""Hacker News through Algolia's search (https://hn.algolia.com/api): stories and comments on a brand, and their threads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from config import Problem
from crawlers.context import Context, note_drop, note_error, shift
from crawlers.failures import explain, is_stopping, request_of
from crawlers.hackernews_items import SITE, Page, is_gone, key_of, parse_hit, read_page
from crawlers.hackernews_walk import Slice, Walk, cut, lies_outside
from crawlers.matching import BrandMatcher
from crawlers.options import check_flag, check_known, check_texts, check_url
from crawlers.robots import EXEMPT
from store.records import Cursor, Mention, Watch

URL = "https://hn.algolia.com"
API = "/api/v1"

OVERLAP = timedelta(days=2)
"""Asked again at every crawl, however short `refresh` is: a comment may reach the index late."""
THREAD_LIFE = timedelta(days=14)
"""Hacker News takes no comments on a story that is older than two weeks."""
MOST_HITS = 1000
"""Algolia shows no more hits of one question than this, over all its pages."""
MOST_STORIES = 100
"""Stories whose comments are asked for in one question: its address must not grow too long."""
MOST_TRIES = 3
"""Readings of a window whose hits change while its pages are read."""
SHORTEST_FULL = timedelta(seconds=2)
SHORTEST_FAILED = timedelta(days=1)
"""A window that fails is halved while it is this long: the gap is then known to the day."""
MOST_HALVINGS = 60
"""Halvings of windows that failed, in one crawl: a server in trouble is not to be flooded."""
MOST_LOOKS = 100
"""Items that one crawl asks for by themselves, because the search does not find them any more."""
LOOKED = "looked"
"""Cursor: the item that was looked for last."""


class HackernewsSpider(scrapy.Spider):
    """Ask for every window that is not watched yet, and once more for what was published since `refresh`."""

    name = "hackernews"
    urls = (URL,)

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        base = str(context.options.get("url") or URL).rstrip("/")
        self.api = base.removesuffix(API) + API
        self.endpoint = f"{self.api}/search_by_date"
        queries: Any = context.options.get("queries") or [brand.name for brand in context.config.brands]
        self.queries: list[str] = list(dict.fromkeys(queries))
        self.threads = context.options.get("threads", True) is True and not context.dry
        self.matcher = BrandMatcher(context.config.brands)
        self.walking = 0
        """Queries that are still on their way."""
        self.seen: set[str] = set()
        self.known: list[str] = []
        self.unread_until = ""
        """The end of the latest window that could not be read."""
        self.answers = 0
        self.halvings = 0

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.hackernews]`."""
        return [
            *check_known(options, ("url", "queries", "threads")),
            *check_url(options, "url"),
            *check_texts(options, "queries"),
            *check_flag(options, "threads"),
        ]

    async def start(self) -> AsyncIterator[Request | Watch | Mention | Cursor]:
        """Set out with every query."""
        context = self.context
        self.known = [] if context.dry else [name for site, name in context.known(self.recent) if site == SITE]
        self.walking = len(self.queries)
        for query in self.queries:
            for request in self.go_on(Walk(list(reversed(self.plan(query))))):
                yield request

    @property
    def recent(self) -> str:
        """What was published since then is read again."""
        if self.context.dry:
            return shift(self.context.now, -OVERLAP)
        overlap = max(shift(self.context.now, -OVERLAP), self.context.horizon)
        return self.context.since or min(self.context.refresh, overlap)

    def plan(self, query: str) -> list[Slice]:
        """Every slice of a query, oldest first, and before each stretch of them the stories that people still talk about."""
        recent, now = self.recent, self.context.now
        gaps: list[tuple[str, str]] = []
        if not (self.context.since or self.context.dry):
            gaps = self.context.gaps(site=SITE, since=self.context.horizon, until=recent, query=query)
        planned: list[Slice] = []
        reached = ""
        for since, until in [*gaps, (recent, now)]:
            if self.threads and since != reached:
                planned += cut(Slice(query, max(shift(since, -THREAD_LIFE), reached), since, kind="stories"))
            planned += cut(Slice(query, since, until))
            reached = until
        return planned

    def go_on(self, walk: Walk) -> Iterator[Request | Watch]:
        """Ask the next question of a query. After the last one of all, look for what did not turn up."""
        while walk.todo:
            piece = walk.todo.pop()
            if piece.kind != "end":
                yield self.request(piece, walk)
                return
            yield self.watch(piece, complete=(piece.since, piece.until) not in walk.broken)
        self.walking -= 1
        if not self.walking:
            yield from self.look_again()

    def request(self, piece: Slice, walk: Walk) -> Request:
        """The request for one page of a slice. An API client keeps to the API's terms: robots.txt is for crawlers."""
        exact = piece.query if '"' in piece.query else f'"{piece.query}"'
        first, end = (int(datetime.fromisoformat(moment).timestamp()) for moment in (piece.since, piece.until))
        stories = ",".join(f"story_{story}" for story in piece.stories)
        tags = {"search": "(story,comment)", "stories": "story", "comments": f"comment,({stories})"}
        question = {
            "query": "" if piece.stories else exact,
            "tags": tags[piece.kind],
            "numericFilters": f"created_at_i>={first},created_at_i<{end}",
            "hitsPerPage": MOST_HITS,
            "page": piece.page,
        }
        return Request(
            f"{self.endpoint}?{urlencode(question)}",
            callback=self.parse,
            errback=self.parse_failure,
            cb_kwargs={"piece": piece, "walk": walk},
            meta={EXEMPT: True, "dont_retry": piece.again},
            dont_filter=True,
        )

    def parse(self, response: Response, piece: Slice, walk: Walk) -> Iterator[Mention | Watch | Request]:
        """Yield the hits of a page, then what was covered or the questions that are still open."""
        page = read_page(response.body)
        if page is None:
            note_error(self.crawler, f"{self.endpoint}: is no answer of the Hacker News search; check `url`")
            yield from self.give_up(piece, walk)
            return
        self.answers += 1
        yield from self.read(page, walk, piece)
        if any(lies_outside(hit, piece) for hit in page.hits):
            note_error(self.crawler, f"{self.endpoint}: gives hits from outside the window that was asked for; check `url`")
            yield from self.give_up(piece, walk)
            return
        self.follow(page, piece, walk)
        yield from self.go_on(walk)

    def read(self, page: Page, walk: Walk, piece: Slice) -> Iterator[Mention]:
        """The mentions of a page; its stories are noted first, so that their comments are told what they are about."""
        mentions = [parse_hit(hit) for hit in page.hits]
        for story in mentions if self.threads else ():
            if story and story.kind == "post" and story.published and self.matcher.match(story):
                walk.stories[story.external_id] = story.published
                walk.contexts[story.external_id] = "\n\n".join(filter(None, (story.title, story.text)))
        for hit, mention in zip(page.hits, mentions, strict=True):
            if mention is None:
                note_drop(self.crawler, "not a hit", f"hackernews {hit!r:.80}")
                continue
            self.seen.add(mention.external_id)
            if piece.kind == "comments" and mention.external_id in walk.told:
                continue
            if mention.thread in walk.contexts:
                walk.told.add(mention.external_id)
                mention = replace(mention, context=walk.contexts[mention.thread])
            yield mention

    def follow(self, page: Page, piece: Slice, walk: Walk) -> None:
        """What follows a page: the next one, the halves of a slice that holds more than is shown, or its end."""
        seen = piece.seen | {key_of(hit) for hit in page.hits}
        total = len(seen) if page.total is None else page.total
        is_steady = piece.total in (None, total)
        if total >= MOST_HITS and piece.length >= SHORTEST_FULL:
            walk.push(*piece.halves())
        elif total > MOST_HITS:
            note_error(self.crawler, f"hackernews: over {MOST_HITS} hits for {piece.query!r} in one second; ask more narrowly")
            walk.push(*self.leave(piece, walk))
        elif is_steady and page.hits and piece.page + 1 < page.pages:
            walk.push(replace(piece, page=piece.page + 1, seen=seen, total=total))
        elif is_steady and total <= len(seen):
            walk.push(*self.finish(piece, walk))
        elif piece.tries + 1 < MOST_TRIES:
            # Something came or went between two pages, and moved its neighbours from one to the other.
            walk.push(replace(piece.anew, tries=piece.tries + 1))
        else:
            note_error(self.crawler, f"{self.endpoint}: promises {total} hits for {piece.query!r} and shows {len(seen)}")
            walk.push(*self.leave(piece, walk))

    def finish(self, piece: Slice, walk: Walk) -> list[Slice]:
        """A window is covered once the comments there, of stories that were still open, are read as well."""
        if piece.kind != "search":
            return []
        opened = shift(piece.since, -THREAD_LIFE)
        stories = [name for name, published in walk.stories.items() if opened <= published < piece.until]
        comments = replace(piece.anew, kind="comments", window=(piece.since, piece.until), tries=0)
        batches = [tuple(stories[at : at + MOST_STORIES]) for at in range(0, len(stories), MOST_STORIES)]
        return [*(replace(comments, stories=batch) for batch in batches), replace(piece.anew, kind="end")]

    def parse_failure(self, failure: Failure) -> Iterator[Watch | Request]:
        """Narrow down a window that could not be read; the other windows go on."""
        piece, walk = (request_of(failure).cb_kwargs[name] for name in ("piece", "walk"))
        if is_stopping(self.crawler):
            return
        if not piece.again:
            words = f"{piece.since} to {piece.until} of {piece.query!r} could not be read"
            note_error(self.crawler, f"{explain(failure).replace(request_of(failure).url, self.endpoint)}; {words}")
        yield from self.give_up(piece, walk, halve=self.answers > 0)

    def give_up(self, piece: Slice, walk: Walk, *, halve: bool = False) -> Iterator[Watch | Request]:
        """Go on behind a window that could not be read, or with its halves."""
        may_halve = halve and piece.kind != "stories" and self.halvings < MOST_HALVINGS
        if may_halve and piece.length >= SHORTEST_FAILED:
            self.halvings += 1
            walk.push(*(replace(half, again=True) for half in piece.halves()))
        else:
            walk.push(*self.leave(piece, walk))
        yield from self.go_on(walk)

    def leave(self, piece: Slice, walk: Walk) -> list[Slice]:
        """Note that a window is not covered."""
        if piece.kind == "stories":
            return []
        self.unread_until = max(self.unread_until, piece.until)
        walk.broken.add(piece.window if piece.kind == "comments" else (piece.since, piece.until))
        return [] if piece.kind == "comments" else [replace(piece.anew, kind="end")]

    def look_again(self) -> Iterator[Request]:
        """Ask for known items that a complete reading did not find: the search itself must say that they are gone."""
        unseen = sorted((name for name in self.known if name not in self.seen), key=place_of)
        if self.unread_until > self.recent:
            return
        last = place_of(self.context.cursors(SITE, LOOKED) or "")
        turn = [name for name in unseen if place_of(name) > last] + [name for name in unseen if place_of(name) <= last]
        for name in turn[:MOST_LOOKS]:
            yield Request(
                f"{self.api}/items/{name}",
                callback=self.parse_item,
                errback=self.parse_item_failure,
                cb_kwargs={"name": name},
                meta={EXEMPT: True, "handle_httpstatus_list": [404]},
            )

    def parse_item(self, response: Response, name: str) -> Iterator[Mention | Cursor]:
        """A tombstone for an item that is proved to be deleted."""
        if is_gone(response.status, response.body, name):
            yield Mention(source=self.name, site=SITE, external_id=name, removed=True)
        yield Cursor(source=self.name, site=SITE, name=LOOKED, value=name)

    def parse_item_failure(self, failure: Failure) -> None:
        """An item that cannot be asked for stays as it is."""
        if not is_stopping(self.crawler):
            note_error(self.crawler, explain(failure))

    def watch(self, piece: Slice, *, complete: bool) -> Watch:
        """What one slice covered."""
        return Watch(source=self.name, site=SITE, query=piece.query, since=piece.since, until=piece.until, complete=complete)


def place_of(name: str) -> tuple[int, str]:
    """Where an item stands among others: the longer number is the later one."""
    return len(name), name
