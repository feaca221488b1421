"""Reviews of the user's own apps through the App Store Connect API (https://developer.apple.com/documentation/appstoreconnectapi)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import scrapy
from scrapy import Request

from config import Problem
from crawlers.context import Context, SourceError, note_error
from crawlers.fields import identifier, rows, table, text
from crawlers.hosts import host_of
from crawlers.jwt_tokens import Clock, read_key, read_secret_file, sign_token
from crawlers.options import at, check_known, check_tables, check_text, check_url, tables_of
from crawlers.prose import to_prose
from crawlers.walking import DRY, Walker, explain_status
from crawlers.walks import REPLY, Page, Walk, find_floor, find_stars, parse_moment, reply_of
from store.records import Mention

URL = "https://api.appstoreconnect.apple.com"
AUDIENCE = "appstoreconnect-v1"
LIFE = 15 * 60
"""Seconds that a token holds; Apple refuses those of more than 20 minutes."""
MARGIN = 120
"""Seconds before its end at which a token is made anew: a request may wait for its turn."""
PAGE = 200
SHOP_HOSTS = ("apps.apple.com", "itunes.apple.com")
EXAMPLE = '{ id = "1234567890", name = "Acme" }'


class AppstoreSpider(scrapy.Spider):
    """Read every app's reviews, newest first."""

    name = "appstore"
    title = "the App Store Connect API"
    urls = (URL,)
    renewable = True
    refusals = frozenset({401})

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.base = str(context.options.get("url") or URL).rstrip("/")
        self.clock = Clock(context.now)
        self.token = ""
        self.ends = 0
        self.walker = Walker(self)

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.appstore]`."""
        problems = [*refuse_feeds(options), *check_known(options, ("url", "apps")), *check_url(options, "url")]
        problems += check_tables(options, "apps", EXAMPLE)
        for number, app in enumerate(tables_of(options, "apps")):
            problems += check_app(app, f"apps[{number}]")
        return problems

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every app's newest reviews."""
        for app in tables_of(self.context.options, "apps"):
            site = f"apps.apple.com/id{app['id']}"
            question = {"sort": "-createdDate", "limit": DRY if self.context.dry else PAGE, "include": "response"}
            walk = Walk(
                site=site,
                url=f"{self.base}/v1/apps/{quote(str(app['id']), safe='')}/customerReviews?{urlencode(question)}",
                floor=find_floor(self.context, site),
                now=self.context.now,
                name=str(app.get("name") or self.context.config.own_brand.name),
            )
            async for request in self.walker.begin(walk):
                yield request

    async def authorize(self, *, renew: bool = False) -> Mapping[str, str]:
        """A token signed with the user's key, made anew shortly before it ends."""
        if renew or self.ends - MARGIN <= self.clock.seconds():
            self.token = self.sign()
        return {"Authorization": f"Bearer {self.token}"}

    def sign(self) -> str:
        """Sign a token. Raises `SourceError` for a key that is missing or is none."""
        secrets = self.context.config.secrets
        needed = ["appstore_issuer_id", "appstore_key_id"]
        if not secrets.get("appstore_private_key_file"):
            needed.append("appstore_private_key")
        if missing := [f"REPUTE_{name.upper()}" for name in needed if not secrets.get(name)]:
            words = f"appstore: no credentials: set {' and '.join(missing)} in the environment"
            raise SourceError(f"{words}; they are made in App Store Connect under Users and Access > Integrations")
        variable = next(name for name in ("appstore_private_key", "appstore_private_key_file") if secrets.get(name))
        key, variable = secrets[variable], f"REPUTE_{variable.upper()}"
        if variable.endswith("_FILE"):
            key = read_secret_file(key, source=self.name, variable=variable)
        seconds = self.clock.seconds()
        self.ends = seconds + LIFE
        return sign_token(
            {"iss": secrets["appstore_issuer_id"].strip(), "aud": AUDIENCE},
            read_key(key),
            algorithm="ES256",
            seconds=seconds,
            life=LIFE,
            source=self.name,
            variable=variable,
            key_id=secrets["appstore_key_id"].strip(),
        )

    def read_page(self, answer: object, walk: Walk, url: str) -> Page | None:
        """The reviews of a page, each with the response that stands apart from them."""
        if not isinstance(found := table(answer).get("data"), list):
            return None
        responses = {
            table(item).get("id"): table(item, "attributes")
            for item in rows(table(answer).get("included"))
            if table(item).get("type") == "customerReviewResponses"
        }
        joined = [join_response(row, responses) if isinstance(row, dict) else row for row in found]
        return Page(joined, self.find_next(answer, walk, url))

    def find_next(self, answer: object, walk: Walk, url: str) -> str | None:
        """The next page as the answer names it. The token goes to the host that was configured, and nowhere else."""
        following = text(table(answer, "links").get("next"))
        if following is None:
            return None
        following = urljoin(url, following)
        if host_of(following) == host_of(url) and urlsplit(following).scheme == urlsplit(url).scheme:
            return following
        note_error(self.crawler, f"{walk.url}: its next page lies on another host, {following!r:.80}; check `url`")
        walk.fail()
        return None

    def skip(self, url: str) -> str | None:
        """Only a page itself knows what follows it."""
        return None

    def find_moment(self, row: object) -> str | None:
        """The listing is sorted by the time of publication."""
        return parse_moment(text(table(row, "attributes").get("createdDate")))[0]

    def item_url(self, external_id: str, walk: Walk) -> str:
        """One review."""
        return f"{self.base}/v1/customerReviews/{quote(external_id, safe='')}"

    def parse_review(self, row: object, walk: Walk) -> list[Mention]:
        """A review, and the response to it once Apple shows it."""
        external_id, said = identifier(table(row).get("id")), table(row, "attributes")
        if not external_id:
            return []
        stars, published = find_stars(said.get("rating")), parse_moment(text(said.get("createdDate")))
        mention = Mention(
            source=self.name,
            site=walk.site,
            external_id=external_id,
            kind="review",
            title=to_prose(text(said.get("title"))),
            text=to_prose(text(said.get("body"))),
            subject=walk.name,
            place=text(said.get("territory")),
            rating=stars,
            rating_worst=1.0 if stars else None,
            rating_best=5.0 if stars else None,
            rating_measure="stars" if stars else None,
            author_id=text(said.get("reviewerNickname")),
            author_name=text(said.get("reviewerNickname")),
            published=published[0],
            published_precision=published[1],
        )
        response = table(row, "response")
        words = to_prose(text(response.get("responseBody")))
        if not words:
            return [mention]
        if response.get("state") not in (None, "PUBLISHED"):
            # A new wording is not shown yet: what was shown before still stands.
            walk.seen.add(external_id + REPLY)
            return [mention]
        return [mention, reply_of(mention, words, parse_moment(text(response.get("lastModifiedDate"))))]

    def refuse(self, status: int, answer: object) -> str:
        """The token does not let us in."""
        words = "check REPUTE_APPSTORE_ISSUER_ID, REPUTE_APPSTORE_KEY_ID and REPUTE_APPSTORE_PRIVATE_KEY"
        return f"appstore: Apple refuses the key ({status}): {words} against Users and Access > Integrations, and this clock"

    def explain_listing(self, status: int, answer: object, walk: Walk) -> str:
        """Why one app's reviews cannot be had."""
        cure = "give the key the role Customer Support or Admin" if status == 403 else "the id is the app's Apple ID"
        return f"appstore: the reviews of {walk.site}: {explain_status(status)}; {cure}, and the app must be your own"


def join_response(row: Mapping[str, Any], responses: Mapping[object, Mapping[str, Any]]) -> dict[str, Any]:
    """A review with the attributes of its response."""
    number = table(row, "relationships", "response", "data").get("id")
    return {**row, "response": responses.get(number, {}) if isinstance(number, str) else {}}


def check_app(app: Mapping[str, object], place: str) -> Iterator[Problem]:
    """Everything wrong with one app."""
    yield from check_known(app, ("id", "name"), place)
    yield from check_text(app, "name", place)
    if not str(app.get("id", "")).isdecimal():
        words = f"{app['id']!r} is no Apple ID" if "id" in app else "is missing"
        yield Problem(at(place, "id"), f"{words}; write the number from the app's address, {EXAMPLE}")


def refuse_feeds(options: Mapping[str, object]) -> Iterator[Problem]:
    """The shop's pages and its review feeds are not for robots."""
    if isinstance(url := options.get("url"), str) and any(host in url for host in SHOP_HOSTS):
        yield Problem("url", f"{url!r} is the shop, and its review feeds disallow robots; use the API key, or `repute import`")
