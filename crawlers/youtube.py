"""YouTube's comments and replies: on videos, on all videos of a channel, and on the videos that a search finds."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import scrapy

from config import Problem
from crawlers.context import Context, note_drop, note_error, shift
from crawlers.dates import parse_date
from crawlers.failures import is_stopping
from crawlers.fields import identifier, rows, table, text
from crawlers.options import check_known, check_texts, check_url
from crawlers.youtube_api import URL, Api, Refused, Spent
from crawlers.youtube_items import SITE, Thread, changes_of, last_change, parse_comment, parse_thread, read_titles
from crawlers.youtube_walks import Listing, Trail, Walk, cover, watch_walk
from store.records import Cursor, Mention, Watch

OVERLAP = timedelta(hours=1)
"""The list may be some minutes behind; edits, replies and deletions are looked after for far longer, by `refresh`."""
SEARCH_OVERLAP = timedelta(days=3)
"""A video may reach the search index days after it was published."""
LONGEST_GAP = timedelta(days=1)
"""Time that no complete watch covers is read again from this length on."""
PER_PAGE, DRY_PAGE = 100, 10
PER_SEARCH = 50
MOST_VIDEOS = 100
"""Videos of one search that are looked after: each costs a unit or more a crawl."""
AT_ONCE = 50
"""Ids that one question may name."""
MOST_AGAIN = 2000
"""Stored comments that are asked for by their ids in one crawl, newest first."""
MOST_STALE = 3
"""Pages in a row without a new thread, after which a list is taken to run in circles."""
OLD_TOKEN = frozenset({"invalidPageToken", "processingFailure", "badRequest"})

Record = Mention | Watch | Cursor


class YoutubeSpider(scrapy.Spider):
    """Read one listing after the other, within the day's units; go on where an earlier crawl was cut off."""

    name = "youtube"
    urls = (URL,)

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.titles: dict[str, str] = {}
        self.asked_titles: set[str] = set()
        self.noted: set[str] = set()
        self.seen: dict[str, str | None] = {}
        """Id -> when what was handed over of it was last changed; None where it was too old to be."""

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.youtube]`."""
        problems = [*check_known(options, ("url", "videos", "channels", "search", "units_a_day")), *check_url(options, "url")]
        for key in ("videos", "channels", "search"):
            problems += check_texts(options, key)
        if not any(key in options for key in ("videos", "channels", "search")):
            problems.append(Problem("videos", 'is missing; add videos = ["id"], channels = ["UC…"] or search = ["words"]'))
        problems += check_ids(options, "videos", r"[\w-]{11}", 'the 11 letters after "v=" in its address')
        problems += check_ids(
            options, "channels", r"UC[\w-]{22}", 'the 24 letters that begin with UC ("Share channel", "Copy ID")'
        )
        units = options.get("units_a_day", 1)
        if isinstance(units, bool) or not isinstance(units, int) or units < 1:
            problems.append(Problem("units_a_day", f"{units!r} should be a whole number like 10000, without quotes"))
        return problems

    async def start(self) -> AsyncIterator[Record]:
        """Yield what every listing has. Raises `SourceError` for a key that is missing or refused."""
        self.api = Api(self.crawler, self.context)
        listings = [Listing(kind, name) for kind in ("video", "channel") for name in self.option(f"{kind}s")]
        spent = False
        for query in self.option("search"):
            async for record in self.search(query, listings):
                yield record
        for listing in dict.fromkeys(listings):
            if spent:
                yield self.miss(listing)
                continue
            try:
                async for record in self.read(listing):
                    yield record
            except Spent as error:
                spent = True
                self.note_spent(error)
            yield self.api.account()
        if not (spent or self.context.dry or self.context.since):
            async for record in self.read_again():
                yield record
            yield self.api.account()

    def option(self, key: str) -> list[str]:
        """A list of the options, each of its values once."""
        values: Any = self.context.options.get(key, [])
        return list(dict.fromkeys(value.strip() for value in values))

    def note_spent(self, error: Spent) -> None:
        """Say once why nothing more is read. A crawl that was told to end needs no such words."""
        if not is_stopping(self.crawler) and str(error) not in self.noted:
            self.noted.add(str(error))
            note_error(self.crawler, str(error))

    async def search(self, query: str, listings: list[Listing]) -> AsyncIterator[Record]:
        """Find new videos, and add them and those found before to the listings. One page a crawl: it costs 100 units."""
        name = f"search:{query}"
        state = table(json.loads(self.context.cursors(SITE, name) or "{}"))
        videos: dict[str, str] = dict(state.get("videos", {}))
        since = self.context.since or (shift(state["until"], -SEARCH_OVERLAP) if state else self.context.horizon)
        since = max(since, self.context.horizon) if not self.context.since else since
        reached = self.context.now
        try:
            answer = await self.api.ask(
                "search", part="snippet", type="video", q=query, order="date", maxResults=PER_SEARCH, publishedAfter=since
            )
            found = read_videos(answer)
            self.titles |= read_titles(answer)
            videos |= found
            is_capped = len(rows(answer.get("items"))) >= PER_SEARCH and bool(text(answer.get("nextPageToken")))
            reached = min(found.values(), default=since) if is_capped else since
            kept = sorted(videos.items(), key=lambda video: video[1], reverse=True)[:MOST_VIDEOS]
            videos = {video: published for video, published in kept if published >= self.context.horizon}
            if not self.context.since:
                value = json.dumps({"until": self.context.now, "videos": videos})
                yield Cursor(source=self.name, site=SITE, name=name, value=value)
        except Refused as error:
            note_error(self.crawler, f"youtube: the search for {query!r} {error}")
        except Spent as error:
            self.note_spent(error)
        yield self.api.account()
        for watch in cover(name, since, reached, self.context.now):
            yield watch
        if not self.context.dry:
            listings += [Listing("video", video, found=True) for video in videos if Listing("video", video) not in listings]

    async def read(self, listing: Listing) -> AsyncIterator[Record]:
        """Read a listing down to what was read before, then what an earlier crawl has left of it."""
        context = self.context
        cursor = None if context.since else context.cursors(SITE, listing.query)
        place: dict[str, Any] = json.loads(cursor) if cursor else {"until": "", "rest": None}
        if not place["rest"]:
            async for record in self.walk(listing, Trail(Walk(self.plan(listing, place["until"]), context.now))):
                yield record
            return
        rest = Walk(**place["rest"])
        trail = Trail(Walk(shift(place["until"], -OVERLAP), context.now))
        async for record in self.walk(listing, trail, rest):
            yield record
        if trail.done:
            async for record in self.walk(listing, Trail(replace(rest, begun_earlier=True))):
                yield record

    def plan(self, listing: Listing, until: str) -> str:
        """From where a listing is read that no earlier crawl has left unfinished."""
        context = self.context
        if not until:
            return context.start
        gaps = context.gaps(site=SITE, since=context.horizon, until=until, query=listing.query)
        missed = [start for start, end in gaps if datetime.fromisoformat(end) - datetime.fromisoformat(start) >= LONGEST_GAP]
        return min([shift(until, -OVERLAP), context.refresh, *missed[:1]])

    async def walk(self, listing: Listing, trail: Trail, rest: Walk | None = None) -> AsyncIterator[Record]:
        """Read threads down to the walk's end, and say what was covered. `rest` is what an earlier crawl left behind it."""
        try:
            async for record in self.follow(listing, trail, rest):
                yield record
        except Refused as error:
            self.note_refused(listing, error)
        except Spent:
            for watch in watch_walk(listing, trail):
                yield watch
            raise
        if not self.context.dry:
            for watch in watch_walk(listing, trail):
                yield watch
            if trail.done:
                # Everything up to now is read, but for what an earlier crawl has left.
                for cursor in self.save(listing, rest):
                    yield cursor

    async def follow(self, listing: Listing, trail: Trail, rest: Walk | None) -> AsyncIterator[Record]:
        """The mentions of one page after the other. Raises `Refused` and `Spent` where it cannot go on."""
        while True:
            answer = await self.ask_threads(listing, trail)
            met = len(trail.met)
            async for mention in self.read_page(listing, answer, trail):
                yield mention
            yield self.api.account()
            token = identifier(answer.get("nextPageToken"))
            # A pinned comment stands above newer ones: only a page that is old as a whole is the end.
            trail.done = (trail.newest and trail.newest < trail.walk.since) or token is None or token in trail.tokens
            if trail.done or token is None or self.context.dry:
                return
            trail.stale = 0 if len(trail.met) > met else trail.stale + 1
            if trail.stale >= MOST_STALE:
                raise Refused("lists its comments in circles; the rest is tried at the next crawl")
            trail.go_on(token)
            if rest is None:
                for cursor in self.save(listing, trail.walk):
                    yield cursor

    async def ask_threads(self, listing: Listing, trail: Trail) -> Mapping[str, Any]:
        """One page of threads; from the newest on where YouTube no longer knows an earlier crawl's place."""
        try:
            return await self.ask_page(listing, trail.walk.token)
        except Refused as error:
            if not (trail.walk.begun_earlier and error.reasons & OLD_TOKEN and len(trail.tokens) == 1):
                raise
        trail.begin_anew()
        return await self.ask_page(listing, "")

    async def ask_page(self, listing: Listing, token: str) -> Mapping[str, Any]:
        """One page of threads, newest first."""
        answer = await self.api.ask(
            "commentThreads",
            part="snippet,replies",
            order="time",
            textFormat="html",
            maxResults=DRY_PAGE if self.context.dry else PER_PAGE,
            pageToken=token,
            **{"videoId" if listing.kind == "video" else "allThreadsRelatedToChannelId": listing.name},
        )
        if not isinstance(answer.get("items"), list):
            raise Refused("got an answer without a list of comments; check `url`")
        return answer

    async def read_page(self, listing: Listing, answer: Mapping[str, Any], trail: Trail) -> AsyncIterator[Mention]:
        """The comments of one page that are new or changed, with all their replies."""
        items = rows(answer.get("items"))
        videos = {identifier(table(item, "snippet").get("videoId")) for item in items}
        await self.learn_titles({video for video in videos if video} | ({listing.name} if listing.kind == "video" else set()))
        trail.newest = ""
        for item in items:
            thread = parse_thread(item, self.titles, listing.name if listing.kind == "video" else None)
            if thread is None:
                note_drop(self.crawler, "not a comment", f"youtube {item!r:.80}")
                continue
            trail.met.add(thread.top.external_id)
            trail.newest = max(trail.newest, thread.top.published or "")
            try:
                async for mention in self.read_thread(thread, changes_of(item), trail.walk.since):
                    yield mention
            except Refused as error:
                note_error(self.crawler, f"youtube: the replies to {thread.top.external_id}: {error}")
                trail.whole = False

    async def read_thread(self, thread: Thread, changes: Mapping[str, str], since: str) -> AsyncIterator[Mention]:
        """A thread's comments. Its replies are asked for where YouTube shows a part, unless all of it may be too old."""
        for _ in range(thread.unreadable):
            note_drop(self.crawler, "not a comment", f"youtube: a reply to {thread.top.external_id}")
        for mention in (thread.top, *thread.replies):
            if self.take(mention, changes.get(mention.external_id, ""), since):
                yield mention
        newest = max(changes.values(), default="")
        if not thread.has_more or self.context.dry or (newest and newest < since):
            return
        token, tokens = "", {""}
        while True:
            parent = thread.top.external_id
            try:
                answer = await self.api.ask(
                    "comments", part="snippet", parentId=parent, textFormat="html", maxResults=PER_PAGE, pageToken=token
                )
            except Refused as error:
                if "commentNotFound" in error.reasons:
                    return  # deleted meanwhile, with all its replies
                raise
            for item in rows(answer.get("items")):
                reply = parse_comment(item, thread.video, self.titles, parent=parent)
                if reply is None:
                    note_drop(self.crawler, "not a comment", f"youtube {item!r:.80}")
                elif self.take(reply, last_change(item), since):
                    yield reply
            token = identifier(answer.get("nextPageToken")) or ""
            if token in tokens:
                return
            tokens.add(token)

    def take(self, mention: Mention, changed: str, since: str) -> bool:
        """Whether a comment is to be handed over: it is not too old, and was not in this state already."""
        name = mention.external_id
        if changed and changed < since:
            self.seen.setdefault(name, None)
            return False
        is_news = name not in self.seen or self.seen[name] != changed
        self.seen[name] = changed
        return is_news

    async def learn_titles(self, videos: set[str]) -> None:
        """Ask for the titles of videos that are not known yet: a brand may be named only there."""
        wanted = [] if self.context.dry else sorted(videos - self.titles.keys() - self.asked_titles)
        self.asked_titles.update(wanted)
        for first in range(0, len(wanted), AT_ONCE):
            try:
                answer = await self.api.ask("videos", part="snippet", id=",".join(wanted[first : first + AT_ONCE]))
                self.titles |= read_titles(answer)
            except Refused as error:
                note_error(self.crawler, f"youtube: the titles of {len(wanted)} videos: {error}")

    async def read_again(self) -> AsyncIterator[Record]:
        """Look again at stored comments that turned up in no list: those that are gone leave a tombstone."""
        known = [name for site, name in self.context.known(self.context.refresh) if site == SITE and name not in self.seen]
        waiting = [known[first : first + AT_ONCE] for first in range(0, min(len(known), MOST_AGAIN), AT_ONCE)][::-1]
        try:
            while waiting:
                asked = waiting.pop()
                try:
                    answer = await self.api.ask("comments", part="snippet", id=",".join(asked), textFormat="html")
                except Refused as error:
                    if "commentNotFound" not in error.reasons:
                        raise
                    if len(asked) > 1:
                        # One that is gone costs the answer about all: ask for fewer.
                        waiting += [asked[len(asked) // 2 :], asked[: len(asked) // 2]]
                        continue
                    answer = {"items": []}
                for mention in await self.compare(asked, answer):
                    yield mention
        except Refused as error:
            note_error(self.crawler, f"youtube: the comments already stored: {error}")
        except Spent as error:
            self.note_spent(error)

    async def compare(self, asked: list[str], answer: Mapping[str, Any]) -> list[Mention]:
        """Tombstones of what was asked for and is gone, and what has changed of the others."""
        if not isinstance(answer.get("items"), list):
            raise Refused("got an answer without a list of comments; check `url`")
        items = {name: item for item in answer["items"] if (name := identifier(table(item).get("id")))}
        videos = {identifier(table(item, "snippet").get("videoId")) for item in items.values()}
        await self.learn_titles({video for video in videos if video})
        gone = [
            Mention(source=self.name, site=SITE, external_id=name, kind="comment", removed=True)
            for name in asked
            if name not in items
        ]
        found = [parse_comment(item, None, self.titles) for item in items.values()]
        # Without its video's title, a comment might no longer match the brand that it was stored for.
        return gone + [mention for mention in found if mention and mention.context and mention.external_id in asked]

    def note_refused(self, listing: Listing, error: Refused) -> None:
        """Tell of a listing that cannot be read; a video that a search has found and that takes no comments is no error."""
        if listing.found and "commentsDisabled" in error.reasons:
            note_drop(self.crawler, "comments turned off", str(listing))
        else:
            note_error(self.crawler, f"{listing} {error}")

    def miss(self, listing: Listing) -> Watch:
        """What a listing that was not come to has missed."""
        since = self.context.since or self.context.refresh
        return Watch(source=self.name, site=SITE, query=listing.query, since=since, until=self.context.now, complete=False)

    def save(self, listing: Listing, rest: Walk | None) -> Iterator[Cursor]:
        """Remember where to go on; a look back by `--since` changes nothing about that."""
        if self.context.since is None:
            value = json.dumps({"until": self.context.now, "rest": asdict(rest) if rest else None})
            yield Cursor(source=self.name, site=SITE, name=listing.query, value=value)


def check_ids(options: Mapping[str, object], key: str, pattern: str, words: str) -> Iterator[Problem]:
    """Ids that cannot be any."""
    values = options.get(key)
    for number, value in enumerate(values if isinstance(values, list) else []):
        if isinstance(value, str) and value.strip() and not re.fullmatch(pattern, value.strip(), re.ASCII):
            yield Problem(f"{key}[{number}]", f"{value!r} is no id; write {words}")


def read_videos(answer: Mapping[str, Any]) -> dict[str, str]:
    """When the videos of a search were published, by id."""
    found = {}
    for item in rows(answer.get("items")):
        video, published = (
            identifier(table(item, "id").get("videoId")),
            parse_date(text(table(item, "snippet").get("publishedAt")))[0],
        )
        if video and published and re.fullmatch(r"[\w-]+", video, re.ASCII):
            found[video] = published
    return found
