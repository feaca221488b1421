"""Submissions (t3) and comments (t1) with the keys that Reddit's API gives them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape

from demo.content import Piece, find_pieces


def describe_things(pieces: Sequence[Piece], *, escaped: bool) -> list[dict[str, object]]:
    """Describe posts and comments as children of a listing; `escaped` is how Reddit answers without `raw_json=1`."""
    everything = find_pieces("reddit")
    posts = {piece.id: piece for piece in everything if piece.kind == "post"}
    counts = dict.fromkeys(posts, 0)
    for piece in everything:
        if piece.thread:
            counts[piece.thread] += 1
    things: list[dict[str, object]] = []
    for piece in pieces:
        data = _describe_comment(piece, posts[piece.thread]) if piece.thread else _describe_post(piece, counts)
        things.append({"kind": piece.id[:2], "data": _escape(data) if escaped else data})
    return things


def permalink(piece: Piece, post: Piece) -> str:
    """Return the path of a post's or a comment's page."""
    path = f"/{post.site}/comments/{post.id[3:]}/{_slug(post.title or '')}/"
    return path if piece is post else f"{path}{piece.id[3:]}/"


def _describe_thing(piece: Piece, post: Piece) -> dict[str, object]:
    name = piece.site.removeprefix("r/")
    return {
        "id": piece.id[3:],
        "name": piece.id,
        "author": piece.author,
        "author_fullname": f"t2_{hashlib.sha256(piece.author.encode()).hexdigest()[:10]}",
        "created": piece.published.timestamp(),
        "created_utc": piece.published.timestamp(),
        "edited": False,
        "score": piece.score,
        "ups": piece.score,
        "downs": 0,
        "subreddit": name,
        "subreddit_id": "t5_demo1",
        "subreddit_name_prefixed": piece.site,
        "subreddit_type": "public",
        "permalink": permalink(piece, post),
        "stickied": False,
        "locked": False,
        "archived": False,
        "distinguished": None,
        "gilded": 0,
        "likes": None,
        "saved": False,
    }


def _describe_post(piece: Piece, counts: dict[str, int]) -> dict[str, object]:
    return _describe_thing(piece, piece) | {
        "title": piece.title,
        "selftext": piece.text,
        "is_self": True,
        "domain": f"self.{piece.site.removeprefix('r/')}",
        "url": permalink(piece, piece),
        "num_comments": counts[piece.id],
        "removed_by_category": None,
        "over_18": False,
        "spoiler": False,
        "hidden": False,
        "upvote_ratio": 0.9,
        "media": None,
    }


def _describe_comment(piece: Piece, post: Piece) -> dict[str, object]:
    return _describe_thing(piece, post) | {
        "body": piece.text,
        "link_id": post.id,
        "parent_id": post.id,
        "link_title": post.title,
        "link_author": post.author,
        "link_permalink": permalink(post, post),
        "is_submitter": piece.author == post.author,
        "replies": "",
        "depth": 0,
        "controversiality": 0,
        "score_hidden": False,
        "collapsed": False,
    }


def _escape(data: dict[str, object]) -> dict[str, object]:
    """Escape every text as Reddit does by default: `&`, `<` and `>` only."""
    return {key: escape(value, quote=False) if isinstance(value, str) else value for key, value in data.items()}


def _slug(title: str) -> str:
    words = "".join(letter.lower() if letter.isascii() and letter.isalnum() else " " for letter in title).split()
    return "_".join(words)[:50] or "thread"
