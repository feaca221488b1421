"""Stack Exchange through its API (https://api.stackexchange.com/docs): questions that name a brand, and the answers there."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import scrapy
from scrapy import Request

from config import Problem
from crawlers.context import Context, SourceError, note_drop, note_error
from crawlers.fetching import FetchError, fetch
from crawlers.matching import BrandMatcher
from crawlers.options import check_flag, check_known, check_texts, check_url
from crawlers.pacing import hold_host
from crawlers.robots import EXEMPT
from crawlers.stackexchange_items import (
    BAD_PARAMETER,
    Answer,
    Thread,
    as_phrase,
    find_created,
    find_host,
    find_id,
    open_thread,
    parse_answer,
    parse_comment,
    parse_question,
    read_answer,
    read_refusal,
    strip_tags,
)
from store.records import Mention, Watch

URL = "https://api.stackexchange.com"
VERSION = "/2.3"
SITES = ("stackoverflow",)
KEY = "REPUTE_STACKEXCHANGE_KEY"
PAGE = 100
"""Items of a page, and ids of a request: the API's most."""
LOOK = 5
"""Questions of a dry look."""
MOST_PAGES = 25
"""The API shows no further page to a client without a key. We go on by time instead, so few are ever asked for."""
LONGEST_PAUSE = 60
"""Seconds. A throttle that lasts longer ends the crawl."""
LOGGERS = ("scrapy.core.downloader.handlers.http11", "scrapy.core.scraper", "scrapy.core.engine")
"""They write the address of a request that went wrong, and the key is a part of it: the API takes it nowhere else."""


class Unread(RuntimeError):
    """A listing could not be read to its end, for a reason that has been told."""


class HideKey(logging.Filter):
    """Takes the key out of what Scrapy logs."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.forms = {key, quote(key, safe=""), quote(key)}

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, without the key."""
        words = record.getMessage()
        for form in self.forms:
            words = words.replace(form, "[key]")
        record.msg, record.args = words, ()
        return True


@dataclass(eq=False)
class Site:
    """One site during a crawl."""

    name: str
    """As the API calls it."""
    host: str
    known: dict[str, None]
    """External ids stored from the last days, newest first."""
    seen: set[str] = field(default_factory=set)
    closed: bool = False
    """Nothing more is asked of it: the API does not know the site."""


@dataclass(frozen=True)
class Window:
    """One search: what is looked for, from when to when."""

    query: str
    """As the watches call it: words, or `[tag]`."""
    since: str
    until: str


class StackexchangeSpider(scrapy.Spider):
    """Ask every site for the questions of every window that is not watched yet, and for what stands below them."""

    name = "stackexchange"
    urls = (URL,)

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        options: Any = context.options
        self.endpoint = str(options.get("url") or URL).rstrip("/").removesuffix(VERSION) + VERSION
        self.sites: list[str] = list(dict.fromkeys(options.get("sites") or SITES))
        tags = [f"[{tag}]" for tag in strip_tags(options.get("tags") or ())]
        queries = options.get("queries") or ([] if tags else [brand.name for brand in context.config.brands])
        self.queries: list[str] = list(dict.fromkeys([*queries, *tags]))
        self.threads = options.get("threads", True) is True and not context.dry
        self.matcher = BrandMatcher(context.config.brands)
        self.key = context.config.secrets.get("stackexchange_key")
        self.stopped = False
        """Nothing more is asked of the API in this crawl; why has been told."""
        for name in LOGGERS if self.key else ():
            logging.getLogger(name).addFilter(HideKey(str(self.key)))

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.stackexchange]`."""
        return [
            *check_known(options, ("url", "sites", "queries", "tags", "threads")),
            *check_url(options, "url"),
            *check_texts(options, "sites"),
            *check_texts(options, "queries"),
            *check_texts(options, "tags"),
            *check_flag(options, "threads"),
        ]

    async def start(self) -> AsyncIterator[Mention | Watch]:
        """Read site after site: they share one host and one quota."""
        looked_after = min(self.context.refresh, self.context.since or self.context.refresh)
        known = self.context.known(looked_after)
        for name in self.sites:
            host = find_host(name)
            site = Site(name, host, {number: None for place, number in known if place == host})
            for query in self.queries:
                for window in self.find_windows(host, query):
                    async for record in self.read_window(site, window):
                        yield record
            if not self.context.dry:
                async for mention in self.read_again(site):
                    yield mention

    def find_windows(self, host: str, query: str) -> list[Window]:
        """The windows to ask for, oldest first. The last days are asked for again: scores, edits and answers."""
        now = self.context.now
        if self.context.since or self.context.dry:
            return [Window(query, self.context.start, now)]
        recent = self.context.refresh
        windows: list[Window] = []
        gaps = self.context.gaps(site=host, since=self.context.horizon, until=recent, query=query)
        for since, until in [*gaps, (recent, now)]:
            if windows and windows[-1].until == since:
                windows[-1] = replace(windows[-1], until=until)
            else:
                windows.append(Window(query, since, until))
        return windows

    async def read_window(self, site: Site, window: Window) -> AsyncIterator[Mention | Watch]:
        """The questions of a window, page by page: each page is watched once what stands below its questions is read, too."""
        tagged = {"tagged": window.query[1:-1]} if window.query.startswith("[") else {"q": as_phrase(window.query)}
        first, end = (int(datetime.fromisoformat(moment).timestamp()) for moment in (window.since, window.until))
        reached = window.since
        try:
            async for items in self.fetch_pages(site, "/search/advanced", first, end - 1, **tagged):
                questions = [each for each in self.parse_all(items, site, parse_question) if each.external_id not in site.seen]
                for question in questions:
                    yield question
                async for mention in self.read_below(site, [each for each in questions if self.concerns(each)]):
                    yield mention
                site.seen.update(each.external_id for each in questions)
                # Oldest first, so all before is known: up to the last but one, as one date may be wrong.
                dates = sorted(each.published for each in questions if each.published and each.published < window.until)
                if self.context.dry:
                    return
                if len(dates) > 1 and dates[-2] > reached:
                    yield self.watch(site, replace(window, since=reached, until=dates[-2]), complete=True)
                    reached = dates[-2]
        except Unread:
            yield self.watch(site, replace(window, since=reached), complete=False)
        else:
            yield self.watch(site, replace(window, since=reached), complete=True)

    def concerns(self, question: Mention) -> bool:
        """Whether what stands below a question is worth a request: the search finds words that are no brand of ours."""
        return self.threads and bool(self.matcher.match(question))

    async def read_below(self, site: Site, questions: list[Mention]) -> AsyncIterator[Mention]:
        """Answers to some questions, comments on both. Raises `Unread`."""
        threads = {question.external_id: open_thread(question) for question in questions}
        answers: dict[str, Thread] = {}
        async for item in self.fetch_items(site, "/questions/{}/answers", threads):
            thread = threads.get(find_id(item, "question_id") or "")
            for mention in self.parse_all([item], site, parse_answer, thread):
                if thread:
                    answers[mention.external_id.removeprefix("a")] = open_thread(mention, thread)
                yield mention
        for path, below in (("/questions/{}/comments", threads), ("/answers/{}/comments", answers)):
            async for item in self.fetch_items(site, path, below):
                for mention in self.parse_all([item], site, parse_comment, below.get(find_id(item, "post_id") or "")):
                    yield mention

    async def read_again(self, site: Site) -> AsyncIterator[Mention]:
        """Look for what is stored from the last days and did not turn up: what the API no longer has is deleted."""
        unseen = [name for name in site.known if name not in site.seen]
        answers, comments = ([name[1:] for name in unseen if name.startswith(mark)] for mark in "ac")
        numbers = {name: None for name in unseen if name.isdecimal()}
        try:
            found = {name async for name in self.find_ids(site, "/comments/{}", comments, "comment_id")}
            gone = [f"c{name}" for name in comments if name not in found]
            found = set()
            async for item in self.fetch_items(site, "/answers/{}", answers):
                found.add(find_id(item, "answer_id") or "")
                # An answer alone lacks its question's words: it is read once more below it.
                numbers |= {question: None for question in [find_id(item, "question_id")] if question}
            gone += [f"a{name}" for name in answers if name not in found]
            questions = []
            async for item in self.fetch_items(site, "/questions/{}", numbers):
                questions += self.parse_all([item], site, parse_question)
            found = {question.external_id for question in questions}
            gone += [name for name in numbers if name in site.known and name not in found]
            for name in gone:
                yield Mention(source=self.name, site=site.host, external_id=name, removed=True)
            for question in questions:
                yield question
            if self.threads:
                async for mention in self.read_below(site, questions):
                    yield mention
        except Unread:
            return

    async def find_ids(self, site: Site, path: str, numbers: list[str], key: str) -> AsyncIterator[str]:
        """Which of these numbers the API still has."""
        async for item in self.fetch_items(site, path, numbers):
            if number := find_id(item, key):
                yield number

    def parse_all(self, items: list[Any], site: Site, parse: Any, *below: Thread | None) -> list[Mention]:
        """Items as mentions; what cannot be read is left out."""
        mentions = []
        for item in items:
            mention: Mention | None = parse(item, site.host, *below)
            if mention is None:
                note_drop(self.crawler, "not readable", f"stackexchange {site.host} {item!r:.80}")
                continue
            mentions.append(mention)
            if parse is not parse_question:
                site.seen.add(mention.external_id)
        return mentions

    async def fetch_items(self, site: Site, path: str, numbers: Iterable[str]) -> AsyncIterator[Any]:
        """The items that belong to some numbers, 100 of them a request. Raises `Unread`."""
        wanted = sorted(numbers, key=int)
        for start in range(0, len(wanted), PAGE):
            async for items in self.fetch_pages(site, path.format(";".join(wanted[start : start + PAGE]))):
                for item in items:
                    yield item

    async def fetch_pages(
        self, site: Site, path: str, since: int | None = None, until: int | None = None, **words: str
    ) -> AsyncIterator[list[Any]]:
        """The pages of a listing, oldest first. Raises `Unread` where it cannot be read to its end.

        A page begins at the time where the last one ended, rather than with the next number: an item that is deleted
        meanwhile would move its followers to the page before.
        """
        page, known = 1, set[str]()
        while page <= MOST_PAGES:
            answer = await self.ask(site, path, page, since, until, words)
            yield [item for item in answer.items if repr(item) not in known]
            if not answer.has_more or not answer.items or self.context.dry:
                return
            known = {repr(item) for item in answer.items}
            last = max(
                (date for item in answer.items if (date := find_created(item)) and date <= (until or math.inf)), default=0
            )
            since, page = (last, 1) if last > (since or 0) else (since, page + 1)
        note_error(self.crawler, f"{self.endpoint}{path}: does not come to an end; check `url`")
        raise Unread

    async def ask(
        self, site: Site, path: str, page: int, since: int | None, until: int | None, words: Mapping[str, str]
    ) -> Answer:
        """One answer of the API. Raises `Unread`, and `SourceError` for a key that is refused."""
        if self.stopped or site.closed:
            raise Unread
        size = LOOK if self.context.dry else PAGE
        question: dict[str, Any] = {"site": site.name, "filter": "withbody", "sort": "creation", "order": "asc"}
        question |= {**words, "pagesize": size, "page": page, "fromdate": since, "todate": until, "key": self.key}
        sent = urlencode({name: value for name, value in question.items() if value is not None})
        request = Request(f"{self.endpoint}{path}?{sent}", meta={EXEMPT: True}, dont_filter=True)
        for tries_left in (1, 0):
            try:
                answer = read_answer((await fetch(self.crawler, request)).body)
                break
            except FetchError as error:
                self.heed_error(error, site, path, tries_left)
        if answer is None:
            note_error(self.crawler, f"{self.endpoint}{path}: is no answer of the Stack Exchange API; check `url`")
            raise Unread
        self.heed(answer)
        return answer

    def heed(self, answer: Answer) -> None:
        """Keep to the pause and the quota that an answer tells."""
        if answer.backoff:
            hold_host(self.crawler, self.endpoint, answer.backoff)
        if answer.quota is not None and answer.quota <= 0 and not self.stopped:
            self.stop("the API's quota for today is used up")

    def heed_error(self, error: FetchError, site: Site, path: str, tries_left: int) -> None:
        """Return where asking once more may help, after the pause that the API wants; raise `Unread` where it does not."""
        refusal = read_refusal(error.response.body if error.response is not None else b"")
        if "`key`" in refusal.message:
            raise SourceError(
                f"stackexchange: the API does not know the key ({refusal.message}): correct {KEY} or unset it; "
                "keys are made at https://stackapps.com/apps/oauth/register"
            )
        if refusal.pause is not None and refusal.pause <= LONGEST_PAUSE and tries_left:
            hold_host(self.crawler, self.endpoint, refusal.pause)
            return
        if refusal.pause is not None:
            self.stop(f"the API lets us in again in {refusal.pause} seconds")
        elif refusal.number == BAD_PARAMETER and "site" in refusal.message.lower():
            site.closed = True
            note_error(self.crawler, f"stackexchange: {site.name!r}: {refusal.message}; correct `sites`")
        else:
            note_error(self.crawler, f"{self.endpoint}{path[:60]}: {refusal.message or error}")
        raise Unread

    def stop(self, why: str) -> None:
        """Ask nothing more in this crawl. Its watches tell what is missing, and the next crawl begins there."""
        cure = "ask for less" if self.key else f"a free key in {KEY} allows 10,000 requests a day instead of 300"
        if not self.stopped:
            note_error(self.crawler, f"stackexchange: {why}; the next crawl goes on. {cure[0].upper()}{cure[1:]}")
        self.stopped = True

    def watch(self, site: Site, window: Window, *, complete: bool) -> Watch:
        """What one window covered."""
        return Watch(
            source=self.name, site=site.host, query=window.query, since=window.since, until=window.until, complete=complete
        )
