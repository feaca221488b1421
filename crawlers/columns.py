"""Which column of a file says what: as the user tells, else by its name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from crawlers.tables import ImportProblem

NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text", "review", "review_text", "review_body", "reviewbody", "comment", "comment_text", "body", "content", "tweet",
        "message", "feedback", "answer", "verbatim", "full_text", "description", "yorum", "metin",
    ),
    "title": ("title", "headline", "review_title", "heading", "summary", "baslik", "başlık"),
    "author": ("author", "user", "username", "user_name", "screen_name", "reviewer", "author_name", "customer", "nickname"),
    "date": (
        "date", "created_at", "created", "published", "published_at", "date_published", "datepublished", "timestamp", "time",
        "datetime", "review_date", "submitted_at", "tweet_created", "tarih",
    ),
    "rating": ("rating", "stars", "star_rating", "score", "rate", "nps", "csat", "overall", "puan"),
    "brand": ("brand", "airline", "company", "marka"),
    "id": ("id", "review_id", "tweet_id", "comment_id", "post_id", "uuid", "external_id"),
    "url": ("url", "link", "permalink"),
    "language": ("language", "lang"),
    "subject": ("subject", "product", "product_name", "item", "branch", "app_version"),
    "place": ("place", "city", "location"),
    "engagement": ("engagement", "likes", "upvotes", "votes", "helpful_votes", "retweet_count"),
    "reply": ("company_reply", "owner_reply", "developer_reply", "business_reply", "company_response", "owner_response"),
    "reply_date": ("company_reply_date", "owner_reply_date", "developer_reply_date", "business_reply_date", "replied_at"),
    "site": (), "author_id": (), "time": (), "status": (), "measure": (), "voice": (), "thread": (), "parent": (),
    "reply_id": (), "reply_minutes": (),
}  # fmt: skip
"""What a mention takes from a file, and the column names that mean it, likeliest first. What has none is taken when told."""

ZONE = re.compile(r"\s*\(([A-Za-z_]+/[A-Za-z_/+-]+|UTC|GMT)\)$")

METRIC_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "metric", "series"),
    "date": ("date", "day", "tarih"),
    "value": ("value", "count", "amount", "number"),
    "part": ("part", "product", "branch", "item"),
}


def choose_columns(
    there: Sequence[str],
    wanted: Mapping[str, str],
    *,
    names: Mapping[str, Sequence[str]] = NAMES,
    needed: Sequence[str] = ("text",),
) -> dict[str, str]:
    """What comes from which column. `wanted` are the user's words; `-` as a column means that there is none.

    Raises `ImportProblem` for a column that is not there, and when nothing looks like one that is needed.
    """
    for field, column in wanted.items():
        check_wanted(field, column, there, names)
    chosen = {field: column for field, column in wanted.items() if column != "-"}
    plain = {plain_name(column): column for column in reversed(there)}
    for field, known in names.items():
        found = next((plain[name] for name in known if name in plain and plain[name] not in chosen.values()), None)
        if field not in wanted and found is not None:
            chosen[field] = found
    for field in needed:
        if field not in chosen and wanted.get(field) != "-":
            raise ImportProblem(
                f"no column looks like the {field}; there are: {', '.join(there)}. Name it with --column {field}=NAME"
            )
    return chosen


def check_wanted(field: str, column: str, there: Sequence[str], names: Mapping[str, Sequence[str]]) -> None:
    """Raise `ImportProblem` for a field that we do not know or a column that the file does not have."""
    if field not in names:
        raise ImportProblem(f"--column {field}={column}: {field!r} is nothing that we take; there are: {', '.join(names)}")
    if column != "-" and column not in there:
        near = difflib.get_close_matches(column, there, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ImportProblem(f"--column {field}={column}: there is no column {column!r}{hint} There are: {', '.join(there)}")


def plain_name(column: str) -> str:
    """A column's name without case, punctuation and time zone; `#` stays itself."""
    bare = ZONE.sub("", column.strip()).lower()
    return re.sub(r"[\W_]+", "_", bare).strip("_") or bare


def zone_of(column: str) -> str | None:
    """The time zone that a column's name tells: `Submit Date (UTC)`, `Conversation started at (America/Vancouver)`."""
    found = ZONE.search(column.strip())
    return found[1] if found else None
