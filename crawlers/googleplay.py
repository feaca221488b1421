"""Reviews of the user's own apps through the Google Play Developer API.

https://developers.google.com/android-publisher/reply-to-reviews: it shows what was written or changed in the last week.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import scrapy
from scrapy import Request
from w3lib.url import add_or_replace_parameters

from config import Problem
from crawlers.context import Context, shift
from crawlers.fields import identifier, rows, table, text, whole
from crawlers.google_auth import SERVICE, TOKEN_URL, GoogleAuth, explain_api_error
from crawlers.options import at, check_known, check_tables, check_text, check_url, tables_of
from crawlers.prose import to_prose
from crawlers.walking import DRY, Walker, explain_status
from crawlers.walks import Moment, Page, Walk, find_floor, find_stars, parse_seconds, reply_of
from store.records import Mention, Watch

logger = logging.getLogger(__name__)

URL = "https://androidpublisher.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
SHOP = "https://play.google.com/store/apps/details"
SHOWN = timedelta(days=7) - timedelta(hours=1)
"""How far back Google shows reviews, less an hour for its own clock."""
PAGE = 100
PACKAGE = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+", re.ASCII)
EXAMPLE = '{ package = "com.acme.app", name = "Acme" }'


class GoogleplaySpider(scrapy.Spider):
    """Read every app's reviews of the last week."""

    name = "googleplay"
    title = "the Google Play Developer API"
    urls = (URL, TOKEN_URL)
    renewable = True
    refusals = frozenset({401})

    def __init__(self, context: Context, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self.base = str(context.options.get("url") or URL).rstrip("/")
        url = str(context.options.get("token_url") or TOKEN_URL)
        self.auth = GoogleAuth(context, self.name, scope=SCOPE, prefer=SERVICE, url=url)
        self.walker = Walker(self)

    @classmethod
    def check_options(cls, options: Mapping[str, object]) -> list[Problem]:
        """Everything wrong with `[sources.googleplay]`."""
        problems = [*check_known(options, ("url", "token_url", "apps")), *check_url(options, "url")]
        # Hosts that options name are the only ones that are asked.
        problems += [
            *check_url(options, "token_url", needed="url" in options),
            *check_tables(options, "apps", EXAMPLE),
        ]
        for number, app in enumerate(tables_of(options, "apps")):
            problems += check_app(app, f"apps[{number}]")
        return problems

    async def start(self) -> AsyncIterator[Watch | Request]:
        """Ask for every app's newest reviews."""
        for app in tables_of(self.context.options, "apps"):
            site = str(app["package"])
            shown = shift(self.context.now, -SHOWN)
            for watch in self.find_lost(site, shown):
                yield watch
            walk = Walk(
                site=site,
                url=f"{self.reviews_url(site)}?{urlencode({'maxResults': DRY if self.context.dry else PAGE})}",
                floor=max(find_floor(self.context, site), shown),
                now=self.context.now,
                name=str(app.get("name") or self.context.config.own_brand.name),
            )
            async for request in self.walker.begin(walk):
                yield request

    def find_lost(self, site: str, shown: str) -> Iterator[Watch]:
        """The time since the last crawl that Google shows no more."""
        since = self.context.start
        gaps = self.context.gaps(site=site, since=since, until=shown) if since < shown and not self.context.dry else []
        if not gaps or gaps[-1][1] != shown:
            return
        if gaps[-1][0] > since:
            words = "crawl every day: Google shows the last week only; earlier reviews are in the Play Console's reports"
            logger.warning("googleplay: %s was not read from %s to %s; %s", site, *gaps[-1], words)
        yield Watch(source=self.name, site=site, since=gaps[-1][0], until=shown, complete=False)

    def reviews_url(self, package: str) -> str:
        """Where the reviews of an app are."""
        return f"{self.base}/androidpublisher/v3/applications/{quote(package, safe='')}/reviews"

    async def authorize(self, *, renew: bool = False) -> Mapping[str, str]:
        """Google's access token."""
        return await self.auth.headers(self.crawler, renew=renew)

    def read_page(self, answer: object, walk: Walk, url: str) -> Page | None:
        """The reviews of a page; without any, Google leaves the key out."""
        if not isinstance(answer, dict) or "error" in answer or not isinstance(answer.get("reviews", []), list):
            return None
        token = text(table(answer, "tokenPagination").get("nextPageToken"))
        return Page(rows(answer.get("reviews")), add_or_replace_parameters(walk.url, {"token": token}) if token else None)

    def skip(self, url: str) -> str | None:
        """Only a page itself knows what follows it."""
        return None

    def find_moment(self, row: object) -> str | None:
        """The listing is sorted by the last change."""
        return find_time(find_comment(row, "userComment"))[0]

    def item_url(self, external_id: str, walk: Walk) -> str:
        """One review."""
        return f"{self.reviews_url(walk.site)}/{quote(external_id, safe='')}"

    def parse_review(self, row: object, walk: Walk) -> list[Mention]:
        """A review, and the developer's reply."""
        external_id, said = identifier(table(row).get("reviewId")), find_comment(row, "userComment")
        if not external_id or not said:
            return []
        title, words = split_title(text(said.get("text")))
        stars, published = find_stars(said.get("starRating")), find_time(said)
        author = text(table(row).get("authorName"))
        mention = Mention(
            source=self.name,
            site=walk.site,
            external_id=external_id,
            url=f"{SHOP}?{urlencode({'id': walk.site, 'reviewId': external_id})}",
            kind="review",
            title=title,
            text=words,
            language=(text(said.get("reviewerLanguage")) or "").replace("_", "-") or None,
            subject=text(said.get("appVersionName")),
            rating=stars,
            rating_worst=1.0 if stars else None,
            rating_best=5.0 if stars else None,
            rating_measure="stars" if stars else None,
            author_id=author,
            author_name=author,
            engagement=whole(said.get("thumbsUpCount")),
            published=published[0],
            published_precision=published[1],
            context=walk.name,
        )
        reply = find_comment(row, "developerComment")
        answer = to_prose(text(reply.get("text")))
        return [mention, reply_of(mention, answer, find_time(reply))] if answer else [mention]

    def refuse(self, status: int, answer: object) -> str:
        """A fresh token does not let us in."""
        return f"googleplay: {self.auth.explain_denial()}"

    def explain_listing(self, status: int, answer: object, walk: Walk) -> str:
        """Why one app's reviews cannot be had."""
        reason = explain_api_error(answer) or explain_status(status)
        cure = "enable the Google Play Android Developer API, and let the account reply to reviews of your app"
        return f"googleplay: the reviews of {walk.site}: HTTP {status}, {reason}; {cure}"


def find_comment(row: object, kind: str) -> Mapping[str, Any]:
    """The newest comment of a kind: the user's words, or the developer's."""
    found = [comment for item in rows(table(row).get("comments")) if (comment := table(item, kind))]
    return max(found, key=lambda comment: find_time(comment)[0] or "", default={})


def find_time(comment: Mapping[str, Any]) -> Moment:
    """When a comment was last changed, the only time that Google tells."""
    return parse_seconds(whole(table(comment, "lastModified").get("seconds")))


def split_title(value: str | None) -> tuple[str | None, str | None]:
    """(title, text): those of old reviews are joined by a tab, which begins the text where there is no title."""
    title, tab, words = (value or "").partition("\t")
    return (to_prose(text(title)), to_prose(text(words))) if tab else (None, to_prose(text(title)))


def check_app(app: Mapping[str, object], place: str) -> Iterator[Problem]:
    """Everything wrong with one app."""
    yield from check_known(app, ("package", "name"), place)
    yield from check_text(app, "name", place)
    if not PACKAGE.fullmatch(str(app.get("package", ""))):
        words = f"{app['package']!r} is no package name" if "package" in app else "is missing"
        yield Problem(at(place, "package"), f"{words}; write {EXAMPLE}")
