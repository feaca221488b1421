"""Trustpilot through its Business API (https://developers.trustpilot.com/business-units-api-(public)) and the user's key."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.url import add_or_replace_parameters

from config import Problem
from crawlers.context import Context, SourceError, note_error
from crawlers.failures import explain
from crawlers.fields import identifier, read_json, rows, table, text, whole
from crawlers.options import at, check_known, check_tables, check_text, check_url, tables_of
from crawlers.prose import to_prose
from crawlers.robots import EXEMPT
from crawlers.walking import ANSWERED, DRY, Walker, explain_status
from crawlers.walks import Page, Walk, find_floor, find_stars, parse_moment, reply_of
from store.records import Cursor, Mention

HOST = "trustpilot.com"
URL = f"https://api.{HOST}"
PAGE = 100
KEY = "REPUTE_TRUSTPILOT_API_KEY"
PAGES_CLOSED = (
    "is a page of Trustpilot, and its pages disallow robots; use the API key with business_units or domain, "
    "or `repute import --format trustpilot`"
)
EXAMPLE = '{ id = "46d6a890000064000500e0c3", name = "Acme" }'


@dataclass(frozen=True)
class Unit:
    """A business as Trustpilot knows it; kept as JSON in a cursor, so that its site keeps its name when the domain changes."""

    id: str
    domain: str
    name: str


class TrustpilotSpider(scrapy.Spider):
    """Read every business unit's reviews, newest first."""

    name = "trustpilot"
    title = "Trustpilot's Business API"
    urls = (URL,)
    renewable = False
    refusals = frozenset({401, 403})

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.base = str(context.options.get("url") or URL).rstrip("/")
        self.walker = Walker(self)

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.trustpilot]`."""
        pages = [*refuse_pages(options, "")]
        known = ("url", "business_units", "domain")
        problems = [*check_known(options, known), *check_url(options, "url"), *check_text(options, "domain")]
        if "business_units" in options or "domain" not in options:
            problems += check_tables(options, "business_units", EXAMPLE)
        for number, unit in enumerate(tables_of(options, "business_units")):
            place = f"business_units[{number}]"
            pages += refuse_pages(unit, place)
            problems += check_unit(unit, place)
        told = {problem.place for problem in pages}
        return [*pages, *(problem for problem in problems if problem.place not in told)]

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every business unit that is known, and for the names of the others."""
        units = tables_of(self.context.options, "business_units")
        if domain := self.context.options.get("domain"):
            units.append({"domain": domain})
        for asked in units:
            if unit := read_unit(self.context.cursors("", key_of(asked))):
                async for request in self.walk(unit, asked):
                    yield request
            else:
                yield await self.ask_unit(asked)

    async def ask_unit(self, asked: Mapping[str, object]) -> Request:
        """The request for a business unit's id, domain and name."""
        path = quote(str(asked["id"]), safe="") if "id" in asked else f"find?{urlencode({'name': str(asked['domain'])})}"
        return Request(
            f"{self.base}/v1/business-units/{path}",
            headers=await self.authorize(),
            callback=self.parse_unit,
            errback=self.note_failure,
            cb_kwargs={"asked": asked},
            meta={EXEMPT: True, "dont_redirect": True, "handle_httpstatus_list": ANSWERED},
            dont_filter=True,
        )

    async def parse_unit(self, response: Response, asked: Mapping[str, object]) -> AsyncIterator[Cursor | Request]:
        """Remember a business unit, and begin with its reviews."""
        if response.status in self.refusals:
            raise SourceError(self.refuse(response.status, None))
        answer = table(read_json(response.body))
        number = identifier(answer.get("id"))
        domain = text(table(answer, "name").get("identifying")) or text(asked.get("domain"))
        if response.status != 200 or not number:
            words = "correct business_units or domain" if response.status in (404, 410) else "tried again at the next crawl"
            wanted = asked.get("id") or asked.get("domain")
            note_error(self.crawler, f"trustpilot: no business unit {wanted!r} was found (HTTP {response.status}); {words}")
            return
        unit = Unit(number, domain or number, text(answer.get("displayName")) or domain or number)
        yield Cursor(source=self.name, site="", name=key_of(asked), value=json.dumps(asdict(unit)))
        async for request in self.walk(unit, asked):
            yield request

    def note_failure(self, failure: Failure) -> None:
        """Say which business unit could not be asked for; the others go on."""
        note_error(self.crawler, explain(failure))

    async def walk(self, unit: Unit, asked: Mapping[str, object]) -> AsyncIterator[Request]:
        """Begin with a unit's reviews."""
        site = f"{HOST}/{unit.domain}"
        question = {"orderBy": "createdat.desc", "perPage": DRY if self.context.dry else PAGE, "page": 1}
        walk = Walk(
            site=site,
            url=f"{self.base}/v1/business-units/{quote(unit.id, safe='')}/reviews?{urlencode(question)}",
            floor=find_floor(self.context, site),
            now=self.context.now,
            name=str(asked.get("name") or unit.name),
        )
        async for request in self.walker.begin(walk):
            yield request

    async def authorize(self, *, renew: bool = False) -> Mapping[str, str]:
        """The key goes in a header: addresses are logged."""
        key = self.context.config.secrets.get("trustpilot_api_key", "").strip()
        if not key:
            words = f"trustpilot: no API key: set {KEY} in the environment"
            raise SourceError(f"{words}; it is made in Trustpilot Business under Integrations > Developers > APIs")
        return {"apikey": key}

    def read_page(self, answer: object, walk: Walk, url: str) -> Page | None:
        """The reviews of a page. Pages shift while they are read: only an empty one is the last."""
        if not isinstance(found := table(answer).get("reviews"), list):
            return None
        return Page(rows(found), self.skip(url) if found else None)

    def skip(self, url: str) -> str | None:
        """The page after this one."""
        page = whole(parse_qs(urlsplit(url).query).get("page", ["1"])[0]) or 1
        return add_or_replace_parameters(url, {"page": str(page + 1)})

    def find_moment(self, row: object) -> str | None:
        """The listing is sorted by the time of publication."""
        return parse_moment(text(table(row).get("createdAt")))[0]

    def item_url(self, external_id: str, walk: Walk) -> str:
        """One review."""
        return f"{self.base}/v1/reviews/{quote(external_id, safe='')}"

    def parse_review(self, row: object, walk: Walk) -> list[Mention]:
        """A review, and the company's reply to it."""
        review = table(row)
        external_id = identifier(review.get("id"))
        if not external_id:
            return []
        consumer, published = table(review, "consumer"), parse_moment(text(review.get("createdAt")))
        stars = find_stars(review.get("stars"))
        mention = Mention(
            source=self.name,
            site=walk.site,
            external_id=external_id,
            url=f"https://www.{HOST}/reviews/{quote(external_id, safe='')}",
            kind="review",
            title=to_prose(text(review.get("title"))),
            text=to_prose(text(review.get("text"))),
            language=text(review.get("language")),
            subject=walk.name,
            place=text(table(review, "location").get("name")),
            rating=stars,
            rating_worst=1.0 if stars else None,
            rating_best=5.0 if stars else None,
            rating_measure="stars" if stars else None,
            author_id=identifier(consumer.get("id")) or text(consumer.get("displayName")),
            author_name=text(consumer.get("displayName")),
            engagement=whole(review.get("numberOfLikes")),
            published=published[0],
            published_precision=published[1],
        )
        reply = table(review, "companyReply")
        words = to_prose(text(reply.get("text")))
        return [mention, reply_of(mention, words, parse_moment(text(reply.get("createdAt"))))] if words else [mention]

    def refuse(self, status: int, answer: object) -> str:
        """The key does not let us in."""
        words = f"trustpilot: the API key is refused (HTTP {status}): check {KEY} against Integrations > Developers > APIs"
        return f"{words}, and that your plan includes the API"

    def explain_listing(self, status: int, answer: object, walk: Walk) -> str:
        """Why one unit's reviews cannot be had."""
        return f"trustpilot: the reviews of {walk.site}: {explain_status(status)}; correct business_units or domain"


def check_unit(unit: Mapping[str, object], place: str) -> Iterator[Problem]:
    """Everything wrong with one business unit."""
    yield from check_known(unit, ("id", "domain", "name"), place)
    for key in ("id", "domain", "name"):
        yield from check_text(unit, key, place)
    if "id" not in unit and "domain" not in unit:
        yield Problem(at(place, "id"), f'is missing; write {EXAMPLE}, or {{ domain = "acme.com" }}')


def refuse_pages(options: Mapping[str, object], place: str) -> Iterator[Problem]:
    """Addresses of Trustpilot's pages: they are not for robots."""
    for key, value in options.items():
        given = value if isinstance(value, list) else [value]
        urls = [str(item.get("url", "") if isinstance(item, dict) else item) for item in given]
        if page := next((url for url in urls if is_page(url)), None):
            yield Problem(at(place, key), f"{page!r} {PAGES_CLOSED}")


def is_page(value: str) -> bool:
    """Whether an option is the address of a page of Trustpilot, with or without https://; a domain alone is none."""
    found = re.match(r"(?:https?://)?([\w.-]+)", value.strip(), re.IGNORECASE)
    host = found[1].casefold() if found else ""
    return "/" in value and (host == HOST or host.endswith(f".{HOST}")) and host != urlsplit(URL).hostname


def key_of(asked: Mapping[str, object]) -> str:
    """The cursor's name of a configured unit."""
    return f"unit {asked.get('id') or asked.get('domain')}"


def read_unit(cursor: str | None) -> Unit | None:
    """A business unit that was asked for before."""
    return Unit(**json.loads(cursor)) if cursor else None
