"""Discourse forums: posts newest first, back to where the last crawl stopped, and the whole topics of those that matter."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from config import Problem
from crawlers.context import Context, note_drop, note_error
from crawlers.discourse_items import Forum, is_talk, parse_post, post_id, read_listing, read_stream, read_topic, topic_of
from crawlers.discourse_walk import Walk, open_walk
from crawlers.failures import explain, request_of
from crawlers.fetching import FetchError, fetch
from crawlers.fields import read_json, table
from crawlers.matching import BrandMatcher
from crawlers.options import check_flag, check_known, check_tables, check_text, check_url, tables_of
from store.records import Cursor, Mention, Watch

logger = logging.getLogger(__name__)

CHUNK = 20
"""Discourse hands out this many posts of a topic at a time, to people and programs alike."""
MOST_POSTS = 400
"""Posts of one topic that are read beside its first ones: the newest."""
MOST_LOOKS = 100
"""Topics, and posts by themselves, that one crawl reads again to learn what became of what is stored."""
GONE = (403, 404, 410)
"""What Discourse answers for a post that was deleted, or moved where only some may read it."""

Record = Mention | Watch | Cursor


class DiscourseSpider(scrapy.Spider):
    """Read `/posts.json` of every forum back to where it is known. A forum's robots.txt is obeyed; `/search` is never asked."""

    name = "discourse"

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.matcher = BrandMatcher(context.config.brands)
        self.threads = context.options.get("threads", True) is True and not context.dry

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.discourse]`."""
        example = '{ url = "https://forum.example.org" }'
        problems = [
            *check_known(options, ("forums", "threads")),
            *check_flag(options, "threads"),
            *check_tables(options, "forums", example),
        ]
        sites: list[str] = []
        for number, forum in enumerate(tables_of(options, "forums")):
            found = [*check_forum(forum, f"forums[{number}]")]
            if not found and (site := open_forum(forum).site) in sites:
                words = f"{site!r} is named twice; give each forum once, or a `site` of its own"
                found.append(Problem(f"forums[{number}]", words))
            elif not found:
                sites.append(open_forum(forum).site)
            problems += found
        return problems

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the newest posts of every forum."""
        for table_of_forum in tables_of(self.context.options, "forums"):
            walk = open_walk(self.context, open_forum(table_of_forum))
            yield Request(
                page_url(walk.forum),
                callback=self.parse,
                errback=self.parse_failure,
                cb_kwargs={"walk": walk},
                dont_filter=True,
            )

    async def parse(self, response: Response, walk: Walk) -> AsyncIterator[Record]:
        """Read one forum, page after page. What a cursor vouches for is yielded before it."""
        posts = self.read_page(response)
        before: int | None = None
        while posts is not None:
            news = walk.take(posts, before)
            async for mention in self.keep(walk, news):
                yield mention
            before = walk.step(posts, before)
            for cursor in walk.mark_progress():
                yield cursor
            if before is None or self.context.dry:
                break
            posts = await self.fetch_page(walk.forum, before)
        walk.failed = walk.failed or posts is None
        if not walk.failed and not self.context.dry:
            async for mention in self.read_again(walk):
                yield mention
        for record in self.finish(walk):
            yield record

    def parse_failure(self, failure: Failure) -> Iterator[Record]:
        """A forum could not be reached at all; the others go on."""
        note_error(self.crawler, explain(failure))
        walk: Walk = request_of(failure).cb_kwargs["walk"]
        walk.failed = True
        yield from self.finish(walk)

    async def fetch_page(self, forum: Forum, before: int) -> list[Any] | None:
        """One page of the listing; None, with the reason told, where there is none."""
        url = page_url(forum, before)
        try:
            return self.read_page(await self.ask(url))
        except FetchError as error:
            note_error(self.crawler, f"{url}: {error}; what lies before is read by the next crawl")
            return None

    def read_page(self, response: Response) -> list[Any] | None:
        """The posts of a listing's answer; None, with the reason told, for something else."""
        posts = read_listing(response.body)
        if posts is None:
            words = "is no listing of a Discourse forum's posts; give the address of the forum's start page as `url`"
            note_error(self.crawler, f"{response.url}: {words}")
        return posts

    async def ask(self, url: str) -> Response:
        """The answer of one address of a forum. Raises `FetchError`."""
        return await fetch(self.crawler, Request(url, dont_filter=True))

    async def keep(self, walk: Walk, posts: list[Any]) -> AsyncIterator[Mention]:
        """The mentions of a page: those of a topic that matters come with the whole topic."""
        topics: dict[str | None, list[Mention]] = {}
        for post in posts:
            for mention in self.read_post(post, walk.forum):
                topics.setdefault(topic_of(post), []).append(mention)
        for number, mentions in topics.items():
            if number is None or number in walk.topics or not any(self.is_wanted(walk, number, each) for each in mentions):
                for mention in mentions:
                    if not self.is_old_talk(walk, mention):
                        yield mention
            else:
                walk.follow(number, mentions)
                async for mention in self.read_whole(walk, number, mentions):
                    yield mention

    def read_post(self, post: object, forum: Forum, topic: Any = None) -> Iterator[Mention]:
        """One post as a mention; what cannot be read is left out."""
        mention = parse_post(post, forum, topic) if is_talk(post) else None
        if mention is not None:
            yield mention
        elif is_talk(post):
            note_drop(self.crawler, "not a post", f"discourse {forum.site} {post!r:.80}")

    def is_wanted(self, walk: Walk, topic: str, mention: Mention) -> bool:
        """Whether a post makes its topic worth reading.

        A new one does that concerns a brand or answers in a topic that does; so does a stored one that concerns a brand by
        what it answers only, which the listing does not show.
        """
        if not self.threads or mention.removed:
            return False
        number = int(mention.external_id)
        if self.matcher.match(mention):
            return walk.is_new(number)
        return number in walk.known or (walk.is_new(number) and topic in walk.followed)

    def is_old_talk(self, walk: Walk, mention: Mention) -> bool:
        """Whether a post was read before, is looked after no more, and concerns nobody by itself.

        If it is stored then for what it answers, which the listing does not show: passed on, it would lose its brand.
        """
        number = int(mention.external_id)
        is_open = walk.is_new(number) or number in walk.known or mention.removed
        return not is_open and not self.matcher.match(mention)

    async def read_whole(self, walk: Walk, number: str, sights: Iterable[Mention] = ()) -> AsyncIterator[Mention]:
        """Every post of a topic. The sights that led here are passed on by themselves where the topic does not show them."""
        walk.topics.add(number)
        posts: list[Any] = []
        body = b""
        try:
            url = f"{walk.forum.base}/t/{number}.json"
            body = (await self.ask(url)).body
            if (stream := read_stream(body)) is None:
                raise FetchError("is no topic of a Discourse forum")
            posts += stream[0]
            rest = sorted(set(stream[1]) - {post_id(post) for post in posts}, reverse=True)[:MOST_POSTS]
            for start in range(0, len(rest), CHUNK):
                asked = "&".join(f"post_ids[]={each}" for each in rest[start : start + CHUNK])
                url = f"{walk.forum.base}/t/{number}/posts.json?{asked}"
                if (stream := read_stream((await self.ask(url)).body)) is None:
                    raise FetchError("is no part of a topic of a Discourse forum")
                posts += stream[0]
        except FetchError as error:
            if error.status in GONE:
                logger.info("%s: %s", url, error)
            else:
                note_error(self.crawler, f"{url}: {error}")
        topic = read_topic(number, body, posts)
        shown = set()
        for post in posts:
            for mention in self.read_post(post, walk.forum, topic):
                shown.add(mention.external_id)
                walk.see(mention)
                yield mention
        for mention in sights:
            if mention.external_id not in shown:
                yield mention

    async def read_again(self, walk: Walk) -> AsyncIterator[Mention]:
        """Look again at what is stored from the last days and did not turn up: edits, likes, answers, deletions."""
        for topic in walk.unread_topics()[:MOST_LOOKS]:
            if walk.unseen:
                async for mention in self.read_whole(walk, topic):
                    yield mention
        for number in sorted(walk.unseen, reverse=True)[:MOST_LOOKS]:
            if number not in walk.unseen:
                continue
            try:
                async for mention in self.look(walk, number):
                    yield mention
            except FetchError as error:
                note_error(self.crawler, f"{walk.forum.base}/posts/{number}.json: {error}; looked after by the next crawl")
                return

    async def look(self, walk: Walk, number: int) -> AsyncIterator[Mention]:
        """What became of one stored post. Its own answer lacks the topic's title, so one that stands comes with its topic."""
        gone = Mention(source=self.name, site=walk.forum.site, external_id=str(number), removed=True)
        try:
            answer = table(read_json((await self.ask(f"{walk.forum.base}/posts/{number}.json")).body))
        except FetchError as error:
            if error.status not in GONE:
                raise
            yield gone
            return
        mention, topic = parse_post(answer, walk.forum), topic_of(answer)
        if mention is not None and mention.removed:
            yield mention
        elif mention is not None and topic and topic not in walk.topics:
            async for mention in self.read_whole(walk, topic):
                yield mention

    def finish(self, walk: Walk) -> Iterator[Cursor | Watch]:
        """What was covered of a forum, and where to go on. A look that stores nothing covers nothing."""
        if self.context.dry:
            return
        if not walk.failed:
            yield from walk.mark_end()
        for since, until, complete in walk.windows():
            yield Watch(source=self.name, site=walk.forum.site, since=since, until=until, complete=complete)


def page_url(forum: Forum, before: int | None = None) -> str:
    """The address of a page of a forum's posts, newest first, from `before` on."""
    return f"{forum.base}/posts.json" + (f"?before={before}" if before else "")


def open_forum(options: Mapping[str, Any]) -> Forum:
    """A forum as the configuration names it."""
    base = str(options["url"]).partition("?")[0].partition("#")[0].rstrip("/").removesuffix("/latest")
    parts = urlsplit(base)
    site = str(options.get("site") or parts.netloc + parts.path)
    return Forum(base, site, options.get("staff_is_company", False) is True)


def check_forum(forum: Mapping[str, object], place: str) -> Iterator[Problem]:
    """Everything wrong with one forum."""
    yield from check_known(forum, ("url", "site", "staff_is_company"), place)
    yield from check_url(forum, "url", place, needed=True)
    yield from check_text(forum, "site", place)
    yield from check_flag(forum, "staff_is_company", place)
