"""Steam's user reviews: those of every configured app, their edits, and the developers' replies."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from config import Problem
from crawlers.context import Context, SourceError, note_drop, note_error, shift
from crawlers.failures import explain, request_of
from crawlers.options import check_known, check_tables, check_text, check_url, tables_of
from crawlers.query import parse_query
from crawlers.robots import EXEMPT
from crawlers.steam_items import App, Order, Page, last_change, parse_review, read_page, sort_time
from crawlers.walks import REPLY
from crawlers.words import Words
from store.records import Cursor, Mention, Watch

logger = logging.getLogger(__name__)

URL = "https://api.steampowered.com"
STORE = "https://store.steampowered.com"
SERVICE = "/IUserReviewsService/GetAppReviews/v1/"
"""The Web API's listing, which took the place of the store's `/appreviews/` in October 2026: the same rows, wrapped."""
ORDERS = {"recent": 1, "updated": 2}
"""How the Web API numbers the orders that end; the store knows them by name."""

LISTING = "reviews"
PER_PAGE, DRY_PAGE = 100, 10
OVERLAP = timedelta(hours=1)
"""Steam's list may be some minutes behind; edits and replies are looked after for far longer, by `refresh`."""
SKEW = timedelta(minutes=10)
LONGEST_GAP = timedelta(days=1)
"""Time that no complete watch covers is read again from this length on."""
MOST_TRIES = 3
"""Askings of one page: Steam now and then says that a listing has ended when it has not."""
MOST_STALE = 3
"""Pages in a row without a new review, after which a listing is taken to run in circles."""
NEARLY_ALL = 0.9
"""Share of the reviews that Steam counts, from which on a listing may end: its counts are never exact."""
MOST_MISSING = 20
"""Stored reviews that may be gone at once; of more than this, and a fifth of all, Steam has rather lost sight for a while."""

Role = Literal["main", "head", "check"]
Record = Mention | Watch | Cursor


@dataclass(frozen=True)
class Walk:
    """A way through an app's reviews, newest first."""

    order: Order
    since: str
    until: str
    """When it began."""
    cursor: str = "*"
    reached: str = ""
    """Everything that is newer than this was read; empty before the first page."""

    role: Role = "main"
    """`head` reads what is new before an unfinished walk goes on; `check` whether what is missing was edited meanwhile."""
    begun_earlier: bool = False
    """Earlier pages were read in another crawl."""
    tries: int = 1
    stale: int = 0


class Reading:
    """What one crawl knows about one app."""

    def __init__(self, app: App, until: str, rest: Walk | None) -> None:
        self.app = app
        self.until = until
        """Up to when everything was read, but for what an unfinished walk has left."""
        self.rest = rest
        self.seen: dict[str, str | None] = {}
        """Id -> when what was handed over of it was last changed; None where it was too old to be."""
        self.cursors: set[str] = set()
        self.met: set[str] = set()
        """Ids of the walk that goes on now."""
        self.total: int | None = None
        self.main: Walk | None = None
        """The walk that waits for its check."""


class SteamSpider(scrapy.Spider):
    """Walk through each app's reviews down to what was read before, and go on where an earlier crawl was cut off."""

    name = "steam"
    urls = (URL, STORE)

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        base = str(context.options.get("url") or URL).rstrip("/")
        self.is_service = base.endswith(SERVICE.rstrip("/")) or urlsplit(base).hostname == urlsplit(URL).hostname
        self.base = base.removesuffix(SERVICE.rstrip("/")).removesuffix("/appreviews")

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.steam]`."""
        problems = [
            *check_known(options, ("url", "apps")),
            *check_url(options, "url"),
            *check_tables(options, "apps", '{ id = 620, name = "Portal 2" }'),
        ]
        for number, app in enumerate(tables_of(options, "apps")):
            problems += check_app(app, f"apps[{number}]")
        return problems

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first page of every app."""
        apps = {app.number: app for app in map(self.read_app, tables_of(self.context.options, "apps"))}
        for app in apps.values():
            place = None if self.context.since else self.context.cursors(app.site, LISTING)
            until, rest = read_place(place) if place else (None, None)
            reading = Reading(app, until if until and rest else self.context.now, rest)
            yield self.begin(reading, self.plan(app, until, rest))

    def read_app(self, option: Mapping[str, object]) -> App:
        """An app of the options. Raises `SourceError` for a brand that there is not."""
        number, name, brand_id = int(str(option["id"])), str(option["name"]).strip(), option.get("brand")
        if brand_id is None:
            return App(number, name, name)
        brand = self.context.config.brand(str(brand_id))
        if brand is None:
            known = ", ".join(brand.id for brand in self.context.config.brands)
            raise SourceError(
                f"steam: the app {name!r} names the brand {brand_id!r}, which is not configured; there are: {known}"
            )
        context = f"{name}\n{brand.name}"
        if parse_query(brand.query).match(Words(None, None, name, context)) is None:
            cure = f'add or "{name}" to it, or only reviews that match by themselves are kept'
            logger.warning("steam: the query of brand %r does not match its app %r; %s", brand.id, name, cure)
        return App(number, name, context)

    def plan(self, app: App, until: str | None, rest: Walk | None) -> Walk:
        """The first walk of a crawl."""
        context = self.context
        if until is None:
            return Walk("recent", context.start, context.now)
        if rest:
            return Walk("updated", shift(until, -OVERLAP), context.now, role="head")
        gaps = context.gaps(site=app.site, since=context.horizon, until=until)
        missed = [start for start, end in gaps if length(start, end) >= LONGEST_GAP]
        known = min(shift(until, -OVERLAP), context.refresh)
        return Walk("recent", min(missed[0], known), context.now) if missed else Walk("updated", known, context.now)

    def begin(self, reading: Reading, walk: Walk) -> Request:
        """The request for a walk's first page."""
        reading.cursors, reading.met, reading.total = {walk.cursor}, set(), None
        return self.request(reading, walk)

    def request(self, reading: Reading, walk: Walk) -> Request:
        """The request for one page. An API client keeps to the API's terms: robots.txt is for crawlers."""
        return Request(
            self.address(reading.app, walk),
            callback=self.parse,
            errback=self.parse_failure,
            cb_kwargs={"reading": reading, "walk": walk},
            meta={EXEMPT: True},
            dont_filter=True,
        )

    def address(self, app: App, walk: Walk) -> str:
        """Where a page is. Review bombs are opinions too: Steam leaves them out unless it is told not to."""
        size = DRY_PAGE if self.context.dry else PER_PAGE
        if not self.is_service:
            words = {"json": 1, "filter": walk.order, "language": "all", "review_type": "all", "purchase_type": "all"}
            asked = words | {"num_per_page": size, "filter_offtopic_activity": 0, "cursor": walk.cursor}
            return f"{self.base}/appreviews/{app.number}?{urlencode(asked, errors='replace')}"
        question = {
            "appid": app.number,
            "filter": ORDERS[walk.order],
            "languages": ["all"],
            "review_type": 0,
            "purchase_type": 1,
            "num_per_page": size,
            "filter_offtopic_activity": False,
            "cursor": walk.cursor,
        }
        return f"{self.base}{SERVICE}?{urlencode({'input_json': json.dumps(question)})}"

    def parse(self, response: Response, reading: Reading, walk: Walk) -> Iterator[Record | Request]:
        """Yield a page's reviews and replies, then what follows from where it ends."""
        page = read_page(response.body)
        if page and reading.total is None:
            reading.total = page.total
        if page is None or (not page.rows and (is_old_place(reading, walk) or counts_more(reading, walk))):
            yield from self.ask_again(reading, walk, page)
            return
        before = len(reading.met)
        for row in page.rows:
            yield from self.read(row, reading, walk)
        stale = 0 if len(reading.met) > before else walk.stale + 1
        yield from self.go_on(reading, replace(walk, tries=1, stale=stale), page)

    def read(self, row: object, reading: Reading, walk: Walk) -> Iterator[Mention]:
        """The mentions of one row, once; none for what is older than the walk reaches."""
        found = parse_review(row, reading.app)
        if not found:
            note_drop(self.crawler, "not a review", f"steam {row!r:.80}")
            return
        changed = last_change(row)
        reading.met.add(found[0].external_id)
        for mention in found:
            name = mention.external_id
            if changed and changed < walk.since:
                reading.seen.setdefault(name, None)
            elif name not in reading.seen or reading.seen[name] != changed:
                reading.seen[name] = changed
                yield mention

    def go_on(self, reading: Reading, walk: Walk, page: Page) -> Iterator[Record | Request]:
        """What follows a page: the next one, or the walk's end."""
        times = [moment for row in page.rows if (moment := sort_time(row, walk.order))]
        newest = max(times, default=None)
        if self.context.dry:
            return
        if newest and newest < walk.since:
            # Rows change places at the edges of pages: only a page that is old as a whole is the end.
            yield from self.finish(reading, walk)
        elif not page.rows or page.cursor in reading.cursors:
            yield from self.finish(reading, walk, cut_short=counts_more(reading, walk))
        elif page.cursor is None or walk.stale >= MOST_STALE:
            fault = "does not say where it goes on" if page.cursor is None else "runs in circles"
            note_error(self.crawler, f"{reading.app.site}: the list of reviews {fault}; the rest is tried at the next crawl")
            yield from self.give_up(reading, walk)
        else:
            reading.cursors.add(page.cursor)
            walk = replace(walk, cursor=page.cursor, reached=newest or walk.reached)
            if walk.role == "main":
                yield from self.save(reading, walk)
            yield self.request(reading, walk)

    def ask_again(self, reading: Reading, walk: Walk, page: Page | None) -> Iterator[Record | Request]:
        """Ask for the same page once more; then begin anew where the place is an earlier crawl's, else end the walk."""
        if walk.tries < MOST_TRIES and not self.context.dry:
            yield self.request(reading, replace(walk, tries=walk.tries + 1))
        elif is_old_place(reading, walk):
            yield self.begin(reading, replace(walk, cursor="*", reached="", begun_earlier=False, tries=1))
        elif page is None:
            cure = "check its id, and `url` if you set it"
            note_error(self.crawler, f"{reading.app.site}: Steam's answer is no page of reviews; {cure}")
            yield from self.give_up(reading, walk)
        else:
            yield from self.finish(reading, walk, cut_short=True)

    def parse_failure(self, failure: Failure) -> Iterator[Record | Request]:
        """End a walk whose next page cannot be read; the other apps go on."""
        request = request_of(failure)
        reading, walk = request.cb_kwargs["reading"], request.cb_kwargs["walk"]
        words = explain(failure).replace(request.url, request.url.partition("?")[0])
        note_error(self.crawler, f"{words}; the reviews of {reading.app.name!r} go on there at the next crawl")
        yield from self.give_up(reading, walk)

    def finish(self, reading: Reading, walk: Walk, *, cut_short: bool = False) -> Iterator[Record | Request]:
        """The end of a walk, and what comes after it."""
        if walk.role == "check":
            yield from self.bury(reading)
            yield from self.conclude(reading, reading.main or walk)
        elif cut_short:
            counted = f"{count_reviews(reading)} of {reading.total}"
            logger.warning("%s: Steam showed %s reviews; the others are asked for at the next crawl", reading.app.site, counted)
            yield from self.conclude(reading, walk, cut_short=True)
        elif walk.role == "main" and not walk.begun_earlier and self.find_missing(reading, walk):
            reading.main = walk
            yield self.begin(reading, Walk("updated", shift(walk.until, -SKEW), walk.until, role="check"))
        else:
            yield from self.conclude(reading, walk)

    def conclude(self, reading: Reading, walk: Walk, *, cut_short: bool = False) -> Iterator[Record | Request]:
        """Say what a walk covered, and go on with the one that an earlier crawl left."""
        yield from self.watch(reading, walk, walk.reached or walk.until if cut_short else walk.since)
        if walk.role == "head" and reading.rest:
            reading.until = walk.until
            yield from self.save(reading, reading.rest)
            yield self.begin(reading, replace(reading.rest, begun_earlier=True))
        else:
            yield from self.save(reading, None)

    def give_up(self, reading: Reading, walk: Walk) -> Iterator[Record | Request]:
        """Say how far a walk came that cannot go on; its place is saved already."""
        if walk.role == "check" and reading.main:
            yield from self.conclude(reading, reading.main)
        elif not self.context.dry:
            yield from self.watch(reading, walk, walk.reached or walk.until)

    def watch(self, reading: Reading, walk: Walk, reached: str) -> Iterator[Watch]:
        """What a walk covered, and what it did not come to."""
        for since, until, complete in ((walk.since, reached, False), (max(reached, walk.since), walk.until, True)):
            if since < until:
                yield Watch(source=self.name, site=reading.app.site, since=since, until=until, complete=complete)

    def save(self, reading: Reading, rest: Walk | None) -> Iterator[Cursor]:
        """Remember where to go on; a look back by `--since` changes nothing about that."""
        if self.context.since is None:
            value = json.dumps({"until": reading.until, "rest": asdict(rest) if rest else None})
            yield Cursor(source=self.name, site=reading.app.site, name=LISTING, value=value)

    def find_missing(self, reading: Reading, walk: Walk) -> list[str]:
        """Stored ids that a whole walk should have met and did not. A reply is met only where its review is."""
        stored = {item for site, item in self.context.known(walk.since) if site == reading.app.site}
        missing = stored - reading.seen.keys()
        whose = {item: item.removesuffix(REPLY) for item in missing}
        return sorted(item for item, review in whose.items() if item == review or review in reading.seen or review in missing)

    def bury(self, reading: Reading) -> Iterator[Mention]:
        """Tombstones for what is still missing after all that was edited meanwhile has been read too."""
        missing = self.find_missing(reading, reading.main) if reading.main else []
        if len(missing) > max(MOST_MISSING, len(reading.seen) // 4):
            words = f"{len(missing)} stored reviews are missing from the list at once; they are kept until it looks whole again"
            note_error(self.crawler, f"{reading.app.site}: {words}")
            return
        for item in missing:
            review = item.removesuffix(REPLY)
            tombstone = Mention(source=self.name, site=reading.app.site, external_id=item, kind="review", removed=True)
            is_reply = item != review
            yield replace(tombstone, kind="comment", voice="company", thread=review, parent=review) if is_reply else tombstone


def check_app(app: Mapping[str, object], place: str) -> Iterator[Problem]:
    """Everything wrong with one app."""
    yield from check_known(app, ("id", "name", "brand"), place)
    number = app.get("id")
    if isinstance(number, bool) or not isinstance(number, int) or number <= 0:
        words = "is missing; add" if number is None else f"{number!r} should be"
        yield Problem(f"{place}.id", f"{words} the number in the address of its page on Steam, like id = 620")
    for key in ("name", "brand"):
        yield from check_text(app, key, place)
    if "name" not in app:
        yield Problem(f"{place}.name", 'is missing; add what people call it, like name = "Portal 2"')


def read_place(cursor: str) -> tuple[str, Walk | None]:
    """Up to when an app was read, and the walk that was cut off."""
    place = json.loads(cursor)
    return place["until"], Walk(**place["rest"]) if place["rest"] else None


def length(since: str, until: str) -> timedelta:
    """How long a window is."""
    return datetime.fromisoformat(until) - datetime.fromisoformat(since)


def count_reviews(reading: Reading) -> int:
    """How many reviews of an app this crawl has met."""
    return sum(not item.endswith(REPLY) for item in reading.seen)


def is_old_place(reading: Reading, walk: Walk) -> bool:
    """Whether a page is the first that is asked for with an earlier crawl's cursor, which Steam may no longer know."""
    return walk.begun_earlier and len(reading.cursors) == 1


def counts_more(reading: Reading, walk: Walk) -> bool:
    """Whether Steam counts far more reviews than a listing has shown that says it has ended."""
    is_whole = walk.role == "main" and not walk.begun_earlier
    return is_whole and count_reviews(reading) < NEARLY_ALL * (reading.total or 0)
