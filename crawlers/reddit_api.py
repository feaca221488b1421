"""Reddit's API through PRAW: logging in, listings, what its errors mean, and its things as mentions."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import praw
import requests
from prawcore.exceptions import (
    Forbidden,
    NotFound,
    OAuthException,
    PrawcoreException,
    Redirect,
    RequestException,
    ResponseException,
    ServerError,
    TooManyRequests,
)

from config import Config
from crawlers.context import SourceError, to_iso
from store.records import Mention

if TYPE_CHECKING:
    from praw.models import Comment, Submission

HOME = "https://www.reddit.com"
LISTING_CAP = 950
"""Reddit shows about 1,000 things of a listing: one that gives this many was probably cut off."""
PAGE = 100
PATIENCE = 120.0
"""Seconds that we wait when Reddit says it is asked too often; after that the crawl is left to the next time."""
GONE = ("[removed]", "[deleted]")


class Api:
    """A read-only session. Every method blocks."""

    errors = (PrawcoreException,)

    def __init__(self, config: Config, url: str, stopped: threading.Event) -> None:
        """Raises `SourceError` without credentials."""
        missing = [name for name in ("reddit_client_id", "reddit_client_secret") if not config.secrets.get(name)]
        if missing:
            names = " and ".join(f"REPUTE_{name.upper()}" for name in missing)
            raise SourceError(
                f"reddit: no credentials: set {names} in the environment; "
                "they are made at https://www.reddit.com/prefs/apps (type: script)"
            )
        self.url = url.rstrip("/") or HOME
        self.stopped = stopped
        self.requests = 0
        session = requests.Session()
        session.hooks["response"].append(self.count)
        where: dict[str, Any] = {"reddit_url": self.url, "oauth_url": self.url} if url else {}
        self.reddit = praw.Reddit(
            client_id=config.secrets["reddit_client_id"],
            client_secret=config.secrets["reddit_client_secret"],
            user_agent=f"python:repute:0.1 (contact: {config.contact or 'none given'})",
            check_for_updates=False,
            timeout=30,
            requestor_kwargs={"session": session},
            **where,
        )

    def count(self, response: requests.Response, **kwargs: object) -> None:
        """Note that a request was made."""
        self.requests += 1

    def refuse(self, error: PrawcoreException) -> None:
        """Raise `SourceError` for what no other subreddit would do better: refused credentials, an unreachable host."""
        denied = isinstance(error, ResponseException) and error.response.status_code == 401
        if denied or isinstance(error, OAuthException | RequestException):
            raise SourceError(self.explain(error, "the login")) from error

    def posts(self, subreddit: str, query: str, age: timedelta) -> Iterator[Submission]:
        """Posts newest first: those that the search finds, or all where there is no query."""
        listing = self.reddit.subreddit(subreddit)
        if not query:
            return self.patient(listing.new(limit=None, request_limit=PAGE))  # type: ignore[call-arg]
        return self.patient(listing.search(query, sort="new", time_filter=time_filter(age), limit=None, request_limit=PAGE))

    def comments(self, subreddit: str) -> Iterator[Comment]:
        """All comments of a subreddit newest first: the search does not know comments."""
        return self.patient(self.reddit.subreddit(subreddit).comments(limit=None, request_limit=PAGE))

    def again(self, fullnames: Sequence[str]) -> Iterator[Submission | Comment]:
        """Read posts and comments that we know once more, 100 a request."""
        for start in range(0, len(fullnames), PAGE):
            yield from self.patient(self.reddit.info(fullnames=fullnames[start : start + PAGE]))

    def patient(self, things: Iterator[Any]) -> Iterator[Any]:
        """Go on after a pause when Reddit asks for one that is bearable: PRAW itself raises at once."""
        pauses = 0
        while not self.stopped.is_set():
            try:
                thing = next(things, None)
            except TooManyRequests as error:
                pauses += 1
                if pauses > 3 or pause_of(error) > PATIENCE:
                    raise
                self.stopped.wait(pause_of(error))
                continue
            if thing is None:
                return
            yield thing

    def explain(self, error: PrawcoreException, what: str) -> str:
        """Say what an error of Reddit means and what to do."""
        if isinstance(error, TooManyRequests):
            wait = f"wait {pause_of(error):.0f} seconds"
            return f"reddit: {what}: asked too often (429), {wait}; crawl less often or name fewer queries"
        if isinstance(error, Redirect | NotFound):
            return f"reddit: {what} does not exist; correct `subreddits`"
        if isinstance(error, Forbidden):
            return f"reddit: {what} is private, quarantined or banned (403); remove it from `subreddits`"
        if isinstance(error, ServerError):
            return f"reddit: {what}: Reddit is out of order ({error.response.status_code}); the next crawl tries again"
        if isinstance(error, OAuthException) or (isinstance(error, ResponseException) and error.response.status_code == 401):
            return (
                "reddit: Reddit refuses the credentials (401): check REPUTE_REDDIT_CLIENT_ID and REPUTE_REDDIT_CLIENT_SECRET "
                "against https://www.reddit.com/prefs/apps"
            )
        if isinstance(error, RequestException):
            return f"reddit: {self.url} cannot be reached ({error.original_exception}); check the network and the option `url`"
        return f"reddit: {what}: {error}"


def pause_of(error: TooManyRequests) -> float:
    """Seconds to wait."""
    return float(error.retry_after or 60.0)


def time_filter(age: timedelta) -> str:
    """The shortest span of Reddit's search that reaches back so far. It counts from its own now: leave a margin."""
    spans = {"day": 0.9, "week": 6.5, "month": 29.0, "year": 360.0}
    return next((name for name, days in spans.items() if age <= timedelta(days=days)), "all")


def thing_time(fields: Mapping[str, Any]) -> str | None:
    """When a thing was written. `created_utc` is the only one of its times in UTC."""
    created = fields.get("created_utc")
    return to_iso(datetime.fromtimestamp(float(created), UTC)) if created else None


def parse_thing(fields: Mapping[str, Any], url: object = None) -> Mention:
    """Turn the fields of a post (t3) or comment (t1) into a mention; removed and deleted ones lose words and author.

    Takes `vars()` of a PRAW object or the raw JSON: an attribute that is missing would cost a request.
    """
    name = str(fields["name"])
    comment = name.startswith("t1_")
    if not comment and not name.startswith("t3_"):
        raise ValueError(f"neither a post nor a comment: {name}")
    body = fields.get("body") if comment else fields.get("selftext")
    removed = body in GONE or bool(fields.get("removed_by_category"))
    author = str(fields["author"]) if fields.get("author") else None
    known = author is not None and author not in GONE and not removed
    published = thing_time(fields)
    link = str(fields["link_id"]) if comment else None
    return Mention(
        source="reddit",
        site=f"r/{str(fields['subreddit']).lower()}",
        external_id=name,
        url=permalink(fields, str(url or HOME)),
        kind="comment" if comment else "post",
        title=None if comment or removed else fields.get("title"),
        text=None if removed else (body or None),
        author_id=str(fields.get("author_fullname") or author) if known else None,
        author_name=author if known else None,
        engagement=fields.get("score"),
        thread=link,
        parent=str(fields.get("parent_id") or link) if comment else None,
        published=published,
        published_precision="second" if published else "unknown",
        removed=removed,
        context=fields.get("link_title") if not removed else None,
    )


def permalink(fields: Mapping[str, Any], home: str) -> str | None:
    """The address for people; old comments carry none of their own."""
    path = fields.get("permalink")
    if isinstance(path, str) and path.startswith("/"):
        return home.rstrip("/") + re.sub(r"\?.*", "", path)
    if str(fields["name"]).startswith("t1_"):
        link, own = str(fields["link_id"]).removeprefix("t3_"), str(fields["name"]).removeprefix("t1_")
        return f"{home.rstrip('/')}/comments/{link}/_/{own}/"
    return None
