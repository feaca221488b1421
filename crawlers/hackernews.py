"""Hacker News through Algolia's search (https://hn.algolia.com/api): stories and comments that name a brand."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from config import Problem
from crawlers.context import Context, note_drop, note_error, shift
from crawlers.dates import parse_date
from crawlers.failures import explain, request_of
from crawlers.options import check_known, check_texts, check_url
from crawlers.prose import to_prose
from crawlers.robots import EXEMPT
from store.records import Mention, Watch

SITE = "news.ycombinator.com"
URL = "https://hn.algolia.com"
PATH = "/api/v1/search_by_date"

LONGEST = timedelta(days=7)
OVERLAP = timedelta(days=2)
"""Asked again at every crawl: points grow, texts are edited, and a comment may reach the index late."""
MOST_HITS = 1000
"""Algolia shows no more hits of one question than this, over all its pages."""
SHORTEST_FULL = timedelta(seconds=2)
SHORTEST_FAILED = timedelta(days=1)
"""A window that fails is halved while it is this long: the gap is then known to the day."""
MOST_HALVINGS = 60
"""Halvings of windows that failed, in one crawl: a server in trouble is not to be flooded."""


@dataclass(frozen=True)
class Slice:
    """One question: a query within a window of publication time."""

    query: str
    since: str
    until: str
    page: int = 0
    seen: int = 0
    """Hits of the earlier pages."""
    again: bool = False
    """Part of a window that failed."""

    @property
    def length(self) -> timedelta:
        """How long the window is."""
        return datetime.fromisoformat(self.until) - datetime.fromisoformat(self.since)

    def halves(self) -> tuple[Slice, Slice]:
        """The same question in two windows, from their first pages."""
        middle = shift(self.since, self.length / 2)
        whole = replace(self, page=0, seen=0)
        return replace(whole, until=middle), replace(whole, since=middle)


class HackernewsSpider(scrapy.Spider):
    """Ask for every window that is not watched yet, and for the last two days once more."""

    name = "hackernews"
    urls = (URL,)

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        base = str(context.options.get("url") or URL).rstrip("/")
        self.endpoint = base.removesuffix("/api/v1") + PATH
        queries: Any = context.options.get("queries") or [brand.name for brand in context.config.brands]
        self.queries: list[str] = list(dict.fromkeys(queries))
        self.answers = 0
        self.halvings = 0

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.hackernews]`."""
        known = ("url", "queries")
        return [*check_known(options, known), *check_url(options, "url"), *check_texts(options, "queries")]

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every slice of every query."""
        for query in self.queries:
            for since, until in self.find_windows(query):
                for piece in cut(Slice(query, since, until)):
                    yield self.request(piece)

    def find_windows(self, query: str) -> list[tuple[str, str]]:
        """The windows to ask for, oldest first."""
        now = self.context.now
        if self.context.since or self.context.dry:
            return [(self.context.since or shift(now, -OVERLAP), now)]
        recent = max(shift(now, -OVERLAP), self.context.horizon)
        gaps = self.context.gaps(site=SITE, since=self.context.horizon, until=recent, query=query)
        return [*gaps, (recent, now)]

    def request(self, piece: Slice) -> Request:
        """The request for one page of a slice. An API client keeps to the API's terms: robots.txt is for crawlers."""
        exact = piece.query if '"' in piece.query else f'"{piece.query}"'
        first, end = (int(datetime.fromisoformat(moment).timestamp()) for moment in (piece.since, piece.until))
        question = {
            "query": exact,
            "tags": "(story,comment)",
            "numericFilters": f"created_at_i>={first},created_at_i<{end}",
            "hitsPerPage": MOST_HITS,
            "page": piece.page,
        }
        return Request(
            f"{self.endpoint}?{urlencode(question)}",
            callback=self.parse,
            errback=self.parse_failure,
            cb_kwargs={"piece": piece},
            meta={EXEMPT: True, "dont_retry": piece.again},
            dont_filter=True,
        )

    def parse(self, response: Response, piece: Slice) -> Iterator[Mention | Watch | Request]:
        """Yield the hits, then what was covered or the questions that are still open."""
        answer = read_answer(response.body)
        if answer is None:
            note_error(self.crawler, f"{response.url}: is no answer of the Hacker News search; check `url`")
            yield self.watch(piece, complete=False)
            return
        self.answers += 1
        hits = answer["hits"]
        for hit in hits:
            mention = parse_hit(hit)
            if mention is None:
                note_drop(self.crawler, "not a hit", f"hackernews {hit!r:.80}")
            else:
                yield mention
        if any(lies_outside(hit, piece) for hit in hits):
            note_error(self.crawler, f"{self.endpoint}: gives hits from outside the window that was asked for; check `url`")
            yield self.watch(piece, complete=False)
            return
        yield from self.go_on(replace(piece, seen=piece.seen + len(hits)), answer)

    def go_on(self, piece: Slice, answer: Mapping[str, Any]) -> Iterator[Watch | Request]:
        """What follows a page: the next one, the halves of a slice that holds more than is shown, or its end."""
        total, pages = whole(answer.get("nbHits")) or 0, whole(answer.get("nbPages")) or 0
        is_last = piece.page + 1 >= pages
        if total <= MOST_HITS and not is_last:
            yield self.request(replace(piece, page=piece.page + 1))
        elif total <= piece.seen and total < MOST_HITS:
            yield self.watch(piece, complete=True)
        elif piece.length >= SHORTEST_FULL:
            yield from map(self.request, piece.halves())
        else:
            note_error(self.crawler, f"hackernews: over {MOST_HITS} hits for {piece.query!r} in one second; ask more narrowly")
            yield self.watch(piece, complete=False)

    def parse_failure(self, failure: Failure) -> Iterator[Watch | Request]:
        """Narrow down a window that could not be read; the other windows go on."""
        piece: Slice = request_of(failure).cb_kwargs["piece"]
        if not piece.again:
            words = f"{piece.since} to {piece.until} of {piece.query!r} could not be read"
            note_error(self.crawler, f"{explain(failure).replace(request_of(failure).url, self.endpoint)}; {words}")
        if self.answers and piece.length >= SHORTEST_FAILED and self.halvings < MOST_HALVINGS:
            self.halvings += 1
            yield from (self.request(replace(half, again=True)) for half in piece.halves())
        else:
            yield self.watch(piece, complete=False)

    def watch(self, piece: Slice, *, complete: bool) -> Watch:
        """What one slice covered."""
        return Watch(source=self.name, site=SITE, query=piece.query, since=piece.since, until=piece.until, complete=complete)


def cut(window: Slice) -> Iterator[Slice]:
    """A window in slices of a week at most."""
    since = window.since
    while since < window.until:
        until = min(shift(since, LONGEST), window.until)
        yield replace(window, since=since, until=until)
        since = until


def read_answer(body: bytes) -> dict[str, Any] | None:
    """The search's answer, or None for something else."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and isinstance(answer.get("hits"), list) else None


def lies_outside(hit: object, piece: Slice) -> bool:
    """Whether a hit was not asked for: halving the window of a search that does not heed it would never end."""
    published = find_time(hit)[0] if isinstance(hit, dict) else None
    return published is not None and not piece.since <= published < piece.until


def parse_hit(hit: object) -> Mention | None:
    """Turn a hit into a mention; None for one without id. Since 2026 keys are left out that were null before."""
    if not isinstance(hit, dict) or not hit.get("objectID"):
        return None
    item = str(hit["objectID"])
    is_comment = hit.get("comment_text") is not None or "comment" in (hit.get("_tags") or ())
    published, precision = find_time(hit)
    thread = str(hit["story_id"]) if hit.get("story_id") else None
    return Mention(
        source="hackernews",
        site=SITE,
        external_id=item,
        url=f"https://{SITE}/item?id={item}",
        kind="comment" if is_comment else "post",
        title=None if is_comment else to_prose(text(hit.get("title"))),
        text=to_prose(text(hit.get("comment_text") if is_comment else hit.get("story_text"))),
        author_id=text(hit.get("author")),
        author_name=text(hit.get("author")),
        engagement=whole(hit.get("points")),
        thread=thread if thread != item else None,
        parent=str(hit["parent_id"]) if is_comment and hit.get("parent_id") else None,
        published=published,
        published_precision=precision,
        context=to_prose(text(hit.get("story_title"))) if is_comment else None,
    )


def find_time(hit: Mapping[str, Any]) -> tuple[str | None, Any]:
    """When a hit was published: by its number, else by its text, which ended in `.000Z` until 2018."""
    seconds = whole(hit.get("created_at_i"))
    if seconds is None:
        return parse_date(text(hit.get("created_at")))
    # Midnight to the second is a real time here, not a date without one.
    return shift("1970-01-01T00:00:00Z", timedelta(seconds=seconds)), "second"


def text(value: object) -> str | None:
    """A string that is not empty, or None."""
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """A whole number, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else None
