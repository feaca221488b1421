"""Mastodon: public posts under a tag, on any number of servers, by the API that needs no key."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from config import Problem
from crawlers.context import Context, note_drop, note_error
from crawlers.failures import explain, request_of
from crawlers.fields import read_json, table, text
from crawlers.mastodon_items import find_ends, find_own_id, find_time, id_before, id_order, is_public, parse_status
from crawlers.mastodon_walks import Listing, Place, Step, as_tag, find_id, ids_name, read_ids, read_place
from crawlers.options import check_known, check_texts, is_url
from crawlers.robots import EXEMPT
from store.records import Cursor, Mention, Watch

URL = "https://mastodon.social"
PAGE = 40
"""Statuses of a page: the API gives no more."""
LOOK = 5
"""Statuses that a dry look asks for."""
OVERLAP = timedelta(days=2)
"""Read again behind the newest one: a post of another server arrives late, with an id that says when it was written."""
MOST_AGAIN = 50
"""Pages of a tag that are read again for edits and counts: the newest 2,000 posts."""
MOST_CHECKED = 100
"""Posts of a server that are asked for one by one, because its tags no longer show them."""
MOST_TRIES = 2
"""Of a page whose answer is cut off or is something else."""
MOST_IDS = MOST_AGAIN * PAGE
Record = Mention | Watch | Cursor | Request


class MastodonSpider(scrapy.Spider):
    """Read each tag once down to the horizon, then on from the newest post, and the last days again."""

    name = "mastodon"
    urls = (URL,)

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        names: Any = context.options.get("tags") or [brand.name for brand in context.config.brands]
        servers: Any = context.options.get("instances") or [URL]
        tags = dict.fromkeys(tag for name in names if (tag := as_tag(name)))
        # One tag a question: of a tag that a server has never met it shows nothing, whatever `any[]` names beside it.
        self.listings = [Listing(base, tag) for base in dict.fromkeys(url.rstrip("/") for url in servers) for tag in tags]
        self.sights: dict[str, tuple[str, int]] = {}
        """uri -> when it was edited last, and its counts, by the best sight of this crawl."""
        self.open = 0
        """Walks under way."""

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.mastodon]`."""
        problems = [*check_known(options, ("instances", "tags"))]
        problems += [*check_texts(options, "instances"), *check_texts(options, "tags")]
        for position, url in enumerate(texts_of(options, "instances")):
            if not is_url(url) or urlsplit(url).path.strip("/"):
                words = f'{url!r} is no server; write its address alone, like "https://mastodon.social"'
                problems.append(Problem(f"instances[{position}]", words))
        for position, tag in enumerate(texts_of(options, "tags")):
            if not as_tag(tag) or as_tag(tag) != tag.strip().removeprefix("#").lower():
                words = f'{tag!r} is no tag; write letters, digits and _ without blanks, like "acmecoffee"'
                problems.append(Problem(f"tags[{position}]", words))
        return problems

    async def start(self) -> AsyncIterator[Request]:
        """Begin every walk."""
        if not self.listings:
            note_error(self.crawler, 'mastodon: no brand\'s name makes a tag; name some, like tags = ["acmecoffee"]')
        refresh, since = self.context.refresh, self.context.since or self.context.refresh
        self.known = {uri for _, uri in self.context.known(min(refresh, since))}
        self.wanted = self.context.known(since)
        steps = [step for listing in self.listings for step in self.plan(listing)]
        self.open = len(steps)
        for step in steps:
            yield self.request(step)

    def plan(self, listing: Listing) -> Iterator[Step]:
        """The walks of one listing."""
        if self.context.dry:
            yield Step(listing, "look")
            return
        listing.place = read_place(self.context.cursors(listing.site, listing.tag))
        listing.ids = read_ids(self.context.cursors(listing.site, ids_name(listing.tag)))
        place = listing.place
        if self.context.since:
            yield Step(listing, "since", floor=self.context.since)
        elif place is None:
            yield Step(listing, "first", floor=self.context.horizon)
        else:
            behind = id_before(place.newest, OVERLAP, self.context.now)
            yield Step(listing, "forward", behind or place.newest)
            yield Step(listing, "again", str(int(behind) + 1) if behind else None, self.context.refresh)
            if self.context.horizon < place.reach:
                yield Step(listing, "first", place.oldest, self.context.horizon)

    def request(self, step: Step) -> Request:
        """The request for one page. An API client keeps to the API's terms: robots.txt is for crawlers."""
        question = {"limit": str(LOOK if step.walk == "look" else PAGE)}
        if step.at is not None:
            # `since_id` would skip what lies between it and the newest page.
            question["min_id" if step.walk == "forward" else "max_id"] = step.at
        return Request(
            f"{step.listing.base}/api/v1/timelines/tag/{quote(step.listing.tag)}?{urlencode(question)}",
            callback=self.parse,
            errback=self.parse_failure,
            cb_kwargs={"step": step},
            meta={EXEMPT: True},
            dont_filter=True,
        )

    def parse(self, response: Response, step: Step) -> Iterator[Record]:
        """Yield a page's statuses, then how far the walk has come and its next page."""
        page = read_json(response.body)
        if not isinstance(page, list):
            if step.tries < MOST_TRIES:
                yield self.request(replace(step, tries=step.tries + 1))
                return
            note_error(self.crawler, f"{response.url}: is no list of Mastodon posts; check `instances`")
            yield from self.fail(step)
            return
        ids = find_ends(page, b",".join(response.headers.getlist("Link")).decode("latin-1"))
        yield from self.read(page, step)
        if page and not ids:
            note_error(self.crawler, f"{response.url}: its posts have no ids, so it cannot be read on")
            yield from self.fail(step)
        elif step.walk == "forward":
            yield from self.go_forward(step, ids)
        else:
            yield from self.go_back(step, ids, [time for row in page if (time := find_time(table(row))[0])])

    def read(self, page: list[Any], step: Step) -> Iterator[Mention]:
        """The mentions of a page that this crawl has not seen better on another server."""
        listing = step.listing
        here = {uri: own for row in page if (uri := text(table(row).get("uri"))) and (own := find_own_id(row))}
        listing.ids |= here
        parents = {status_id: uri for uri, status_id in listing.ids.items()}
        for row in page:
            mention = parse_status(row, listing.site, parents)
            if mention is None:
                note_drop(self.crawler, "not a post", f"mastodon {listing.site} {row!r:.80}")
            elif not is_public(row):
                note_drop(self.crawler, "not public", f"mastodon {mention.external_id}")
            elif not mention.published or mention.published >= step.floor:
                if mention.external_id in here and (mention.published or "") >= self.context.refresh:
                    listing.recent[mention.external_id] = here[mention.external_id]
                if better := self.compare(mention, row):
                    yield better

    def compare(self, mention: Mention, status: Mapping[str, Any]) -> Mention | None:
        """The mention with the greatest counts of all servers, which each know a part; None for a version that is outdated."""
        edited, counted = str(status.get("edited_at") or ""), mention.engagement or 0
        before, most = self.sights.get(mention.external_id, ("", 0))
        self.sights[mention.external_id] = (max(edited, before), max(counted, most))
        if edited < before:
            return None
        return replace(mention, engagement=most) if most > counted else mention

    def go_forward(self, step: Step, ids: list[str]) -> Iterator[Record]:
        """Note the newest id, and go on until a page is empty."""
        listing = step.listing
        assert listing.place is not None
        assert step.at is not None
        if not ids:
            yield self.watch(listing, listing.place.until, self.context.now, complete=True)
            listing.place = replace(listing.place, until=self.context.now)
            yield self.cursor(listing)
            yield from self.leave()
        elif id_order(ids[-1]) <= id_order(step.at):
            yield from self.stand_still(step)
        else:
            listing.place = replace(listing.place, newest=max(listing.place.newest, ids[-1], key=id_order))
            yield self.cursor(listing)
            yield self.request(replace(step, at=ids[-1], page=step.page + 1, tries=1))

    def go_back(self, step: Step, ids: list[str], dates: list[str]) -> Iterator[Record]:
        """Note how far the walk back has come, and go on until all of a page is too old."""
        if step.at is not None and ids and id_order(ids[0]) >= id_order(step.at):
            yield from self.stand_still(step)
            return
        is_last = not ids or (bool(dates) and max(dates) < step.floor) or step.walk == "look"
        if step.walk == "first" and ids:
            yield self.note_walk(step, ids, dates, is_last=is_last)
        if is_last:
            yield from self.arrive(step)
        elif step.walk == "again" and step.page >= MOST_AGAIN:
            yield from self.leave()
        else:
            yield self.request(replace(step, at=ids[0], page=step.page + 1, tries=1))

    def note_walk(self, step: Step, ids: list[str], dates: list[str], *, is_last: bool) -> Cursor:
        """Where a first walk goes on if this crawl is ended here."""
        now = self.context.now
        place = step.listing.place or Place(newest=ids[-1], until=now, oldest=ids[0], reach=now)
        reach = step.floor if is_last else min(max(dates, default=place.reach), place.reach)
        step.listing.place = replace(place, oldest=ids[0], reach=reach)
        return self.cursor(step.listing)

    def arrive(self, step: Step) -> Iterator[Record]:
        """The end of a walk back: what it covered."""
        listing = step.listing
        if step.walk == "since":
            yield self.watch(listing, step.floor, self.context.now, complete=True)
        elif step.walk == "first":
            if listing.place is not None and listing.place.reach != step.floor:
                listing.place = replace(listing.place, reach=step.floor)
                yield self.cursor(listing)
            until = listing.place.until if listing.place else self.context.now
            yield self.watch(listing, step.floor, until, complete=True)
        yield from self.leave()

    def stand_still(self, step: Step) -> Iterator[Record]:
        """A server that gives the same page again and again."""
        note_error(self.crawler, f"{step.listing.base}: does not go on from post {step.at}; check `instances`")
        yield from self.fail(step)

    def parse_failure(self, failure: Failure) -> Iterator[Record]:
        """Say which page could not be read; the next crawl goes on from there."""
        step: Step = request_of(failure).cb_kwargs["step"]
        words = explain(failure)
        if isinstance(failure.value, HttpError) and failure.value.response.status in (401, 403, 422):
            words = f"{step.listing.base} shows tags to its members only; take it out of `instances`, or name another server"
        note_error(self.crawler, words)
        yield from self.fail(step)

    def fail(self, step: Step) -> Iterator[Record]:
        """End a walk that could not be finished."""
        listing, now = step.listing, self.context.now
        listing.failed = True
        if step.walk == "forward" and listing.place:
            yield self.watch(listing, listing.place.until, now, complete=False)
        elif step.walk in ("first", "since"):
            until = listing.place.reach if step.walk == "first" and listing.place else now
            yield self.watch(listing, step.floor, until, complete=False)
        yield from self.leave()

    def leave(self) -> Iterator[Record]:
        """One walk less; after the last one look for the posts that did not turn up."""
        self.open -= 1
        if self.open or self.context.dry:
            return
        for listing in self.listings:
            kept = {uri: status_id for uri, status_id in listing.ids.items() if uri in self.known} | listing.recent
            ids = json.dumps(dict(list(kept.items())[-MOST_IDS:]))
            yield Cursor(source=self.name, site=listing.site, name=ids_name(listing.tag), value=ids)
        yield from self.check_missing()

    def check_missing(self) -> Iterator[Request]:
        """Ask for the known posts that no tag shows any more, one by one: deleted, or edited out of the tag."""
        missing = [(site, uri) for site, uri in self.wanted if uri not in self.sights]
        asked: set[str] = set()
        failed = {listing.base for listing in self.listings if listing.failed}
        for listing in self.listings:
            if listing.base in failed:
                continue
            found = [(uri, status_id) for site, uri in missing if (status_id := find_id(listing, site, uri))]
            for uri, status_id in [pair for pair in found if pair[0] not in asked][:MOST_CHECKED]:
                asked.add(uri)
                yield Request(
                    f"{listing.base}/api/v1/statuses/{quote(status_id)}",
                    callback=self.parse_single,
                    errback=self.note_failure,
                    cb_kwargs={"listing": listing, "uri": uri},
                    meta={EXEMPT: True, "handle_httpstatus_list": [404, 410]},
                    dont_filter=True,
                )

    def parse_single(self, response: Response, listing: Listing, uri: str) -> Iterator[Mention]:
        """One post by itself: gone, hidden, or as it is now."""
        status = table(read_json(response.body))
        mention = parse_status(status, listing.site, {found: name for name, found in listing.ids.items()})
        # The API says what it misses; a page that says 404 to everything is no answer.
        is_gone = response.status in (404, 410) and "error" in status
        if is_gone or (mention and mention.external_id == uri and "visibility" in status and not is_public(status)):
            site = next(site for site, known in self.wanted if known == uri)
            yield Mention(source=self.name, site=site, external_id=uri, removed=True)
        elif mention and mention.external_id == uri and response.status == 200:
            yield mention
        else:
            note_error(self.crawler, f"{response.url}: is no answer about a Mastodon post; check `instances`")

    def note_failure(self, failure: Failure) -> None:
        """Say which post could not be asked for."""
        note_error(self.crawler, explain(failure))

    def watch(self, listing: Listing, since: str, until: str, *, complete: bool) -> Watch:
        """What a walk covered."""
        return Watch(source=self.name, site=listing.site, query=listing.tag, since=since, until=until, complete=complete)

    def cursor(self, listing: Listing) -> Cursor:
        """How far a listing was read."""
        value = json.dumps(asdict(listing.place) if listing.place else None)
        return Cursor(source=self.name, site=listing.site, name=listing.tag, value=value)


def texts_of(options: Mapping[str, object], key: str) -> list[str]:
    """The texts of a list that are not blank."""
    value = options.get(key)
    return [item for item in value if isinstance(item, str) and item.strip()] if isinstance(value, list) else []
