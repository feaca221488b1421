"""Reddit's API through PRAW: logging in, listings, threads, what its errors mean, and its things as mentions.

PRAW logs in, keeps to Reddit's rate limits and tries again. Answers are read as plain JSON, since one odd thing would cost
PRAW's objects their whole page.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import praw
from praw.exceptions import PRAWException
from prawcore.exceptions import (
    BadJSON,
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
from crawlers.fields import number, rows, table, text, whole
from crawlers.reddit_session import OutOfTurn, Session
from store.records import Mention

HOME = "https://www.reddit.com"
PAGE = 100
MOST_PAGES = 12
"""Reddit ends a listing after about ten; another server at `url` may not."""
TREE = 500
"""Comments of a thread that one answer shows: what Reddit gives at most to clients without a premium account."""
PATIENCE = 120.0
"""Seconds that we wait when Reddit says it is asked too often; after that the crawl is left to the next time."""
FIRST_WAIT = 2.0
"""Seconds to wait where it names none; doubled each time."""
MOST_WAITS = 3
GONE = ("[removed]", "[deleted]")
MOST_SECONDS = 2**33
"""Since 1970: what is more, or not a number at all, is no time of a post."""


class Unreadable(RuntimeError):
    """An answer of Reddit is not what its API gives; the words say which."""


class Api:
    """A read-only session. Every method blocks."""

    errors = (PrawcoreException, PRAWException, Unreadable)

    def __init__(self, config: Config, url: str, stopped: threading.Event, left: int | None = None) -> None:
        """`left`: requests that may be made, None for no limit. Raises `SourceError` without credentials."""
        missing = [name for name in ("reddit_client_id", "reddit_client_secret") if not config.secrets.get(name)]
        if missing:
            names = " and ".join(f"REPUTE_{name.upper()}" for name in missing)
            raise SourceError(
                f"reddit: no credentials: set {names} in the environment; "
                "they are made at https://www.reddit.com/prefs/apps (type: script)"
            )
        self.url = url.rstrip("/") or HOME
        self.stopped = stopped
        self.answers = 0
        self.session = Session(left)
        where: dict[str, Any] = {"reddit_url": self.url, "oauth_url": self.url} if url else {}
        self.reddit = praw.Reddit(
            client_id=config.secrets["reddit_client_id"],
            client_secret=config.secrets["reddit_client_secret"],
            user_agent=f"python:repute:0.1 (contact: {config.contact or 'none given'})",
            check_for_updates=False,
            timeout=30,
            requestor_kwargs={"session": self.session},
            **where,
        )

    def refuse(self, error: Exception) -> None:
        """Raise `SourceError` for what no other subreddit would do better: refused credentials, an unreachable host."""
        denied = isinstance(error, ResponseException) and error.response.status_code == 401
        unreachable = isinstance(error, RequestException) and not self.answers and not is_out_of_turn(error)
        if denied or unreachable or isinstance(error, OAuthException):
            raise SourceError(self.explain(error, "the login")) from error

    def ask(self, path: str, params: Mapping[str, str], post: Mapping[str, str] | None = None) -> Any:
        """One answer as JSON. Goes on after a pause when Reddit asks for one that is bearable: PRAW itself raises at once."""
        waits = 0
        while True:
            try:
                method = "GET" if post is None else "POST"
                data = None if post is None else dict(post)
                answer = self.reddit.request(method=method, path=path, params=dict(params), data=data)
            except TooManyRequests as error:
                wait = pause_of(error) or FIRST_WAIT * 2**waits
                waits += 1
                if waits > MOST_WAITS or wait > PATIENCE or self.stopped.wait(wait):
                    raise
                continue
            self.answers += 1
            return answer

    def posts(self, subreddit: str, query: str, age: timedelta, size: int = PAGE) -> Iterator[list[Any]]:
        """Pages of posts newest first: those that the search finds, or all where there is no query."""
        if not query:
            return self.pages(f"r/{subreddit}/new", {"limit": str(size)})
        here = "False" if subreddit == "all" else "True"
        question = {
            "limit": str(size),
            "q": query,
            "restrict_sr": here,
            "sort": "new",
            "syntax": "lucene",
            "t": time_filter(age),
        }
        return self.pages(f"r/{subreddit}/search/", question | {"limit": str(size)})

    def comments(self, subreddit: str, size: int = PAGE) -> Iterator[list[Any]]:
        """Pages of all comments of a subreddit newest first: the search does not know comments."""
        return self.pages(f"r/{subreddit}/comments/", {"limit": str(size)})

    def again(self, fullnames: Sequence[str]) -> Iterator[list[Any]]:
        """Read posts and comments that we know once more, 100 a request; what Reddit does not have any more is left out."""
        for start in range(0, len(fullnames), PAGE):
            if self.stopped.is_set():
                return
            yield from self.pages("api/info/", {"id": ",".join(fullnames[start : start + PAGE])})

    def pages(self, path: str, params: Mapping[str, str]) -> Iterator[list[Any]]:
        """The pages of a listing, until it ends."""
        after: str | None = None
        for _ in range(MOST_PAGES):
            answer = self.ask(path, {**params, "after": after} if after else params)
            yield children_of(answer)
            before, after = after, text(table(answer, "data").get("after"))
            if after in (None, before) or self.stopped.is_set():
                return

    def tree(self, post: str, comment: str = "") -> list[Any]:
        """The comments of a post, or those below one comment, as far as one answer shows them. Ids are given bare."""
        path = f"comments/{post}/_/{comment}" if comment else f"comments/{post}/"
        answer = self.ask(path, {"limit": str(TREE), "sort": "new"})
        return children_of(answer[1] if isinstance(answer, list) and len(answer) > 1 else answer)

    def more(self, post: str, names: Sequence[str]) -> list[Any]:
        """The comments of these ids, with those below them: what a thread left out, 100 at most."""
        question = {"link_id": post, "children": ",".join(names), "sort": "new", "api_type": "json"}
        return rows(table(self.ask("api/morechildren", {}, post=question), "json", "data").get("things"))

    def explain(self, error: Exception, what: str) -> str:
        """Say what an error of Reddit means and what to do."""
        if isinstance(error, TooManyRequests):
            wait = f"wait {pause_of(error) or 60:.0f} seconds"
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
        if isinstance(error, BadJSON):
            return f"reddit: {what}: gives no answer of Reddit's API; check the option `url`"
        if is_out_of_turn(error):
            return f"reddit: {what} was not read: {error.original_exception}"  # type: ignore[attr-defined]
        if isinstance(error, RequestException):
            return f"reddit: {self.url} cannot be reached ({error.original_exception}); check the network and the option `url`"
        return f"reddit: {what}: {error}"


def is_out_of_turn(error: Exception) -> bool:
    """Whether we ourselves did not ask: the budget is used up, or Reddit wants a long pause."""
    return isinstance(error, RequestException) and isinstance(error.original_exception, OutOfTurn)


def children_of(answer: object) -> list[Any]:
    """The things of a listing. Raises `Unreadable` for what is none."""
    children = table(answer, "data").get("children")
    if not isinstance(children, list):
        raise Unreadable(f"{str(answer)[:80]!r} is no listing of Reddit; check the option `url`")
    return children


def fields_of(child: object) -> Mapping[str, Any]:
    """What a post or a comment says; empty for anything else."""
    return table(child, "data") if table(child).get("kind") in ("t1", "t3") else {}


def pause_of(error: TooManyRequests) -> float:
    """Seconds to wait; 0 where Reddit does not say."""
    return number(error.retry_after) or 0.0


def time_filter(age: timedelta) -> str:
    """The shortest span of Reddit's search that reaches back so far. It counts from its own now: leave a margin."""
    spans = {"day": 0.9, "week": 6.5, "month": 29.0, "year": 360.0}
    return next((name for name, days in spans.items() if age <= timedelta(days=days)), "all")


def thing_time(fields: Mapping[str, Any]) -> str | None:
    """When a thing was written. `created_utc` is the only one of its times in UTC."""
    created = number(fields.get("created_utc"))
    return to_iso(datetime.fromtimestamp(created, UTC)) if created and 0 < created < MOST_SECONDS else None


def name_of(value: object) -> str | None:
    """A name as the API gives it, or as PRAW's object of an account or a subreddit has it; None for anything else."""
    return text(None if isinstance(value, list | dict | float | int | None) else str(value))


def parse_thing(fields: Mapping[str, Any], url: object = None, told: Mapping[str, str] | None = None) -> Mention:
    """Turn the fields of a post (t3) or comment (t1) into a mention; removed and deleted ones lose words and author.

    `told`: what the posts say that are known in full; of the others some listings of comments tell the title.

    Raises `KeyError` or `ValueError` for what lacks a name, a subreddit or, of a comment, its post.
    """
    name = text(fields["name"]) or ""
    comment = name.startswith("t1_")
    if not comment and not name.startswith("t3_"):
        raise ValueError(f"neither a post nor a comment: {name}")
    body = text(fields.get("body") if comment else fields.get("selftext"))
    if (subreddit := name_of(fields["subreddit"])) is None:
        raise ValueError(f"no name of a subreddit: {fields['subreddit']!r}")
    removed = body in GONE or bool(fields.get("removed_by_category"))
    author = name_of(fields.get("author"))
    known = author is not None and author not in GONE and not removed
    published = thing_time(fields)
    link = str(fields["link_id"]) if comment else None
    return Mention(
        source="reddit",
        site=f"r/{subreddit.lower()}",
        external_id=name,
        url=permalink(fields, str(url or HOME)),
        kind="comment" if comment else "post",
        title=None if comment or removed else text(fields.get("title")),
        text=None if removed else body,
        author_id=text(fields.get("author_fullname")) or author if known else None,
        author_name=author if known else None,
        engagement=whole(fields.get("score")),
        thread=link,
        parent=text(fields.get("parent_id")) or link if comment else None,
        published=published,
        published_precision="second" if published else "unknown",
        removed=removed,
        context=(told or {}).get(link or "") or text(fields.get("link_title")) if not removed else None,
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
