"""What Discourse's answers say: listings of posts, topics, and their posts as mentions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawlers.dates import parse_date
from crawlers.fields import identifier, read_json, rows, table, text, whole
from crawlers.prose import to_prose
from store.records import Mention, Precision, Voice

LIKE = 2
"""Discourse's number for likes among the actions on a post."""
NOT_TALK = (3, 4)
"""Post types: notes of the software (topic closed, moved), and whispers among the staff."""
NOT_OWN_WORDS = "aside, .lightbox-wrapper .meta"
"""Quoted posts, previews of links and the names of image files: what stands in a post, but is not its author's own word."""


@dataclass(frozen=True)
class Forum:
    """One configured forum."""

    base: str
    """Its address, without the last slash."""
    site: str
    staff_is_company: bool
    """Whether it is the brand's own, so that its staff speaks for the company."""


@dataclass(frozen=True)
class Topic:
    """What a whole topic tells of each of its posts."""

    number: str
    title: str | None
    first: str | None
    """External id of the post that opened it."""
    posts: Mapping[int, tuple[str, str | None]] = field(default_factory=dict)
    """Place in the topic -> external id and plain text."""


def read_listing(body: bytes) -> list[Any] | None:
    """The posts of `/posts.json`; None for something else."""
    answer = read_json(body)
    listed = answer.get("latest_posts") if isinstance(answer, dict) else None
    return listed if isinstance(listed, list) else None


def read_stream(body: bytes) -> tuple[list[Any], list[int]] | None:
    """The posts of a topic's answer, and the ids of all its posts where it tells them; None for something else."""
    stream = table(read_json(body), "post_stream")
    if not isinstance(stream.get("posts"), list):
        return None
    return rows(stream["posts"]), [number for entry in rows(stream.get("stream")) if (number := whole(entry))]


def read_topic(number: str, body: bytes, posts: Iterable[Any]) -> Topic:
    """What a topic tells of its posts. A first post that was deleted leaves the topic without an opening."""
    answer = table(read_json(body))
    places = {
        place: (str(post_id(post)), own_words(post))
        for post in posts
        if isinstance(post, dict) and post_id(post) and (place := whole(post.get("post_number")))
    }
    opening = places.get(1)
    return Topic(number, to_prose(text(answer.get("title"))), opening[0] if opening else None, places)


def post_id(post: object) -> int | None:
    """The id of a post, or None for what is none."""
    number = whole(post.get("id")) if isinstance(post, dict) else None
    return number if number and number > 0 else None


def topic_of(post: Mapping[str, Any]) -> str | None:
    """The number of a post's topic."""
    number = whole(post.get("topic_id"))
    return str(number) if number else None


def is_talk(post: object) -> bool:
    """Whether people wrote a post, rather than the software or the staff to each other."""
    return not isinstance(post, dict) or whole(post.get("post_type")) not in NOT_TALK


def parse_post(post: object, forum: Forum, topic: Topic | None = None) -> Mention | None:
    """Turn a post into a mention; None for one without id. What it answers is known only from its whole topic."""
    number = post_id(post)
    if not isinstance(post, dict) or number is None:
        return None
    place = whole(post.get("post_number"))
    title = to_prose(text(post.get("topic_title"))) or (topic.title if topic else None)
    parent = find_parent(post, topic) if place != 1 else None
    published, precision = find_time(post)
    gone = is_gone(post)
    above = (title or slug_words(post), parent[1] if parent else None)
    return Mention(
        source="discourse",
        site=forum.site,
        external_id=str(number),
        url=find_url(post, forum, topic),
        kind="post" if place == 1 else "comment",
        voice=find_voice(post, forum),
        title=title if place == 1 and not gone else None,
        text=None if gone else own_words(post),
        author_id=None if gone else find_author(post, forum),
        author_name=None if gone else text(post.get("username")),
        engagement=count_likes(post),
        thread=topic.first if topic and place != 1 else None,
        parent=parent[0] if parent else None,
        published=published,
        published_precision=precision,
        removed=gone,
        context=None if place == 1 else "\n".join(filter(None, above)) or None,
    )


def find_parent(post: Mapping[str, Any], topic: Topic | None) -> tuple[str, str | None] | None:
    """Id and text of what a post answers: the post that it names, else the topic's opening."""
    if topic is None:
        return None
    return topic.posts.get(whole(post.get("reply_to_post_number")) or 1)


def find_url(post: Mapping[str, Any], forum: Forum, topic: Topic | None) -> str | None:
    """The address for people; Discourse finds a topic by its number and takes any slug."""
    number = topic_of(post) or (topic.number if topic else None)
    place = whole(post.get("post_number"))
    slug = identifier(post.get("topic_slug")) or "-"
    return f"{forum.base}/t/{slug}/{number}/{place}" if number and place else None


def find_voice(post: Mapping[str, Any], forum: Forum) -> Voice:
    """Who speaks: the forum's own robots have negative numbers."""
    if (whole(post.get("user_id")) or 0) < 0:
        return "bot"
    is_staff = any(post.get(mark) is True for mark in ("staff", "moderator", "admin"))
    return "company" if is_staff and forum.staff_is_company else "customer"


def find_author(post: Mapping[str, Any], forum: Forum) -> str | None:
    """The author's number, which outlives a change of name. Every forum counts from one: the site belongs to it."""
    author = identifier(post.get("user_id")) or text(post.get("username"))
    return f"{forum.site}/{author}" if author else None


def find_time(post: Mapping[str, Any]) -> tuple[str | None, Precision]:
    """When a post was published. Midnight to the second is a real time here, not a date without one."""
    published, precision = parse_date(text(post.get("created_at")))
    return published, "second" if published else precision


def is_gone(post: Mapping[str, Any]) -> bool:
    """Whether its author or the community took a post away; Discourse then shows a placeholder as its text."""
    return post.get("user_deleted") is True or post.get("hidden") is True or bool(text(post.get("deleted_at")))


def count_likes(post: Mapping[str, Any]) -> int | None:
    """Likes; Discourse leaves out actions that nobody took."""
    actions = post.get("actions_summary")
    if not isinstance(actions, list):
        return None
    likes = [whole(action.get("count")) for action in actions if isinstance(action, dict) and whole(action.get("id")) == LIKE]
    return next((count for count in likes if count is not None), 0)


def own_words(post: Mapping[str, Any]) -> str | None:
    """What the author wrote, without the posts quoted and the pages previewed in it."""
    cooked = text(post.get("cooked")) or text(post.get("raw"))
    if cooked and ("<aside" in cooked or "lightbox" in cooked):
        from parsel import Selector

        page = Selector(text=cooked)
        for foreign in page.css(NOT_OWN_WORDS):
            # One within another is gone with it already.
            if foreign.root.getparent() is not None:
                foreign.drop()
        cooked = page.css("body").get()
    return to_prose(cooked)


def slug_words(post: Mapping[str, Any]) -> str | None:
    """The title as the address writes it, where an old forum's listing has no other."""
    slug = text(post.get("topic_slug"))
    return slug.replace("-", " ") if slug else None
