"""YouTube's answers: a thread of comments, a comment, the reasons of an error (https://developers.google.com/youtube/v3/docs)."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from crawlers.dates import parse_date
from crawlers.fields import identifier, read_json, rows, table, text, whole
from crawlers.prose import to_prose
from store.records import Mention

SITE = "youtube.com"


@dataclass(frozen=True)
class Thread:
    """A comment on a video with the replies that came along with it."""

    top: Mention
    replies: tuple[Mention, ...]
    unreadable: int
    """Replies that could not be read."""
    video: str | None
    total: int
    """How many replies it has; YouTube shows five of them at most."""

    @property
    def has_more(self) -> bool:
        """Whether replies have to be asked for by themselves."""
        return self.total > len(self.replies) + self.unreadable


def parse_thread(item: object, titles: Mapping[str, str], video: str | None = None) -> Thread | None:
    """A comment thread; None for what is none. `titles` are the videos' titles by id, `video` the one that was asked for."""
    snippet = table(item, "snippet")
    video = identifier(snippet.get("videoId")) or video
    top = parse_comment(snippet.get("topLevelComment"), video, titles)
    if top is None:
        return None
    given = rows(table(item, "replies").get("comments"))
    replies = [reply for row in given if (reply := parse_comment(row, video, titles, parent=top.external_id))]
    return Thread(top, tuple(replies), len(given) - len(replies), video, whole(snippet.get("totalReplyCount")) or 0)


def parse_comment(item: object, video: str | None, titles: Mapping[str, str], parent: str | None = None) -> Mention | None:
    """A comment, or a reply to the comment `parent`; None for what has no id."""
    name, snippet = identifier(table(item).get("id")), table(item, "snippet")
    if name is None or not snippet:
        return None
    # The id of a reply is its thread's, a dot, and its own.
    parent = parent or identifier(snippet.get("parentId")) or (name.rpartition(".")[0] or None)
    video = video or identifier(snippet.get("videoId"))
    published, _ = parse_date(text(snippet.get("publishedAt")))
    return Mention(
        source="youtube",
        site=SITE,
        external_id=name,
        url=f"https://www.youtube.com/watch?v={video}&lc={name}" if video else None,
        kind="comment",
        # The words as they were typed are not always given; those for display are HTML.
        text=text(snippet.get("textOriginal")) or to_prose(text(snippet.get("textDisplay"))),
        author_id=identifier(table(snippet, "authorChannelId").get("value")),
        author_name=text(snippet.get("authorDisplayName")),
        engagement=whole(snippet.get("likeCount")),
        thread=parent,
        parent=parent,
        published=published,
        # Midnight to the second is a real time here, not a date without one.
        published_precision="second" if published else "unknown",
        context=titles.get(video or ""),
    )


def last_change(item: object) -> str:
    """When a comment was last written; empty where nothing says so."""
    snippet = table(item, "snippet")
    return max(parse_date(text(snippet.get(key)))[0] or "" for key in ("publishedAt", "updatedAt"))


def changes_of(item: object) -> dict[str, str]:
    """When the comments of a thread were last written, by id."""
    comments = [table(item, "snippet").get("topLevelComment"), *rows(table(item, "replies").get("comments"))]
    return {name: last_change(comment) for comment in comments if (name := identifier(table(comment).get("id")))}


def read_titles(answer: Mapping[str, object]) -> dict[str, str]:
    """Title by id of the videos of an answer of `videos` or `search`."""
    found = {}
    for item in rows(answer.get("items")):
        name = identifier(table(item).get("id")) or identifier(table(item, "id").get("videoId"))
        if name and (title := text(table(item, "snippet").get("title"))):
            found[name] = html.unescape(title)
    return found


def read_reasons(body: bytes) -> frozenset[str]:
    """Why a request was refused, in Google's words; whatever is no plain word is left out."""
    error = table(read_json(body), "error")
    listed = [*rows(error.get("errors")), *rows(error.get("details"))]
    found = {text(table(item).get("reason")) or "" for item in listed} | {text(error.get("status")) or ""}
    said = (text(error.get("message")) or "").lower()
    if "api key" in said or "unregistered callers" in said:
        found.add("keyInvalid")
    return frozenset(reason for reason in found if re.fullmatch(r"\w{3,60}", reason))
