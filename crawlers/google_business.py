"""Reviews of the user's own places through the Google Business Profile API.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import scrapy
from scrapy import Request
from w3lib.url import add_or_replace_parameters

from config import Problem
from crawlers.context import Context
from crawlers.fields import identifier, rows, table, text
from crawlers.google_auth import REFRESH, TOKEN_URL, GoogleAuth, explain_api_error
from crawlers.options import at, check_known, check_tables, check_text, check_url, tables_of
from crawlers.prose import to_prose
from crawlers.walking import DRY, Walker, explain_status
from crawlers.walks import Page, Walk, find_floor, parse_moment, reply_of
from store.records import Mention

URL = "https://mybusiness.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/business.manage"
PAGE = 50
STARS = {"ONE": 1.0, "TWO": 2.0, "THREE": 3.0, "FOUR": 4.0, "FIVE": 5.0}
TRANSLATED, ORIGINAL = "(Translated by Google)", "(Original)"
EXAMPLE = '{ account = "123", location = "456", name = "Acme Camden" }'


class GoogleBusinessSpider(scrapy.Spider):
    """Read every place's reviews, last changed first."""

    name = "google_business"
    title = "the Google Business Profile API"
    urls = (URL, TOKEN_URL)
    renewable = True
    refusals = frozenset({401})

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.base = str(context.options.get("url") or URL).rstrip("/")
        url = str(context.options.get("token_url") or TOKEN_URL)
        self.auth = GoogleAuth(context, self.name, scope=SCOPE, prefer=REFRESH, url=url)
        self.walker = Walker(self)
        self.accounts: dict[str, str] = {}
        """Account by site."""

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.google_business]`."""
        problems = [*check_known(options, ("url", "token_url", "locations")), *check_url(options, "url")]
        # Hosts that options name are the only ones that are asked.
        problems += [
            *check_url(options, "token_url", needed="url" in options),
            *check_tables(options, "locations", EXAMPLE),
        ]
        for number, location in enumerate(tables_of(options, "locations")):
            problems += check_location(location, f"locations[{number}]")
        return problems

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every place's newest reviews."""
        question = {"pageSize": DRY if self.context.dry else PAGE, "orderBy": "updateTime desc"}
        for place in tables_of(self.context.options, "locations"):
            site = f"business.google.com/{bare_number(place['location'])}"
            self.accounts[site] = bare_number(place["account"])
            walk = Walk(
                site=site,
                url=f"{self.reviews_url(site)}?{urlencode(question)}",
                floor=find_floor(self.context, site),
                now=self.context.now,
                name=str(place.get("name") or self.context.config.own_brand.name),
            )
            async for request in self.walker.begin(walk):
                yield request

    def reviews_url(self, site: str) -> str:
        """Where the reviews of a place are."""
        return f"{self.base}/v4/accounts/{self.accounts[site]}/locations/{site.rpartition('/')[2]}/reviews"

    async def authorize(self, *, renew: bool = False) -> Mapping[str, str]:
        """Google's access token."""
        return await self.auth.headers(self.crawler, renew=renew)

    def read_page(self, answer: object, walk: Walk, url: str) -> Page | None:
        """The reviews of a page; without any, Google leaves the key out."""
        if not isinstance(answer, dict) or "error" in answer or not isinstance(answer.get("reviews", []), list):
            return None
        token = text(answer.get("nextPageToken"))
        return Page(rows(answer.get("reviews")), add_or_replace_parameters(walk.url, {"pageToken": token}) if token else None)

    def skip(self, url: str) -> str | None:
        """Only a page itself knows what follows it."""
        return None

    def find_moment(self, row: object) -> str | None:
        """The listing is sorted by the last change."""
        return parse_moment(text(table(row).get("updateTime")))[0]

    def item_url(self, external_id: str, walk: Walk) -> str:
        """One review."""
        return f"{self.reviews_url(walk.site)}/{quote(external_id, safe='')}"

    def parse_review(self, row: object, walk: Walk) -> list[Mention]:
        """A review, and the owner's reply."""
        review = table(row)
        external_id = identifier(review.get("reviewId")) or (text(review.get("name")) or "").rpartition("/")[2]
        if not external_id:
            return []
        rating = review.get("starRating")
        stars = STARS.get(rating) if isinstance(rating, str) else None
        reviewer, published = table(review, "reviewer"), parse_moment(text(review.get("createTime")))
        author = None if reviewer.get("isAnonymous") is True else text(reviewer.get("displayName"))
        mention = Mention(
            source=self.name,
            site=walk.site,
            external_id=external_id,
            kind="review",
            text=to_prose(keep_original(text(review.get("comment")))),
            subject=walk.name,
            place=walk.name,
            rating=stars,
            rating_worst=1.0 if stars else None,
            rating_best=5.0 if stars else None,
            rating_measure="stars" if stars else None,
            author_id=author,
            author_name=author,
            published=published[0],
            published_precision=published[1],
        )
        reply = table(review, "reviewReply")
        words = to_prose(keep_original(text(reply.get("comment"))))
        return [mention, reply_of(mention, words, parse_moment(text(reply.get("updateTime"))))] if words else [mention]

    def refuse(self, status: int, answer: object) -> str:
        """A fresh token does not let us in."""
        return f"google_business: {self.auth.explain_denial()}"

    def explain_listing(self, status: int, answer: object, walk: Walk) -> str:
        """Why one place's reviews cannot be had."""
        reason = explain_api_error(answer) or explain_status(status)
        cure = "check account and location; the place must be verified and yours, and the API opened to your project"
        return f"google_business: the reviews of {walk.site} ({walk.name}): HTTP {status}, {reason}; {cure}"


def keep_original(comment: str | None) -> str | None:
    """What the customer wrote, of a text that Google put its translation before or after."""
    if comment is None or TRANSLATED not in comment:
        return comment
    if ORIGINAL in comment:
        return comment.rpartition(ORIGINAL)[2].strip() or None
    before, _, after = comment.partition(TRANSLATED)
    return before.strip() or after.strip() or None


def bare_number(value: object) -> str:
    """The number of an account or a location, which Google also writes as `accounts/123`."""
    return str(value).strip().rpartition("/")[2]


def check_location(location: Mapping[str, object], place: str) -> Iterator[Problem]:
    """Everything wrong with one place."""
    yield from check_known(location, ("account", "location", "name"), place)
    yield from check_text(location, "name", place)
    for key in ("account", "location"):
        value = str(location.get(key, ""))
        if not re.fullmatch(r"([a-z]+/)*\d+", value):
            words = f"{value!r} is no number of Google's" if key in location else "is missing"
            yield Problem(at(place, key), f"{words}; write {EXAMPLE}")
