"""A search shaped like Hacker News' at Algolia: `/hn/api/v1/search_by_date`. It is down for one week."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from demo.content import Piece, find_pieces
from demo.matching import matches
from demo.messages import Request, Response, answer_json
from demo.pages import show_missing
from demo.timing import stamp
from demo.truth import SILENT_FROM, SILENT_UNTIL

MOST = 1000
"""No question gets more hits than this, over all its pages."""

_DOWN = {"message": "The search is down for the week from 24 August 2026; ask for another time.", "status": 503}
_FILTER = re.compile(r"created_at_i\s*(>=|<=|>|<|=)\s*(\d+)")


def show_search(request: Request) -> Response:
    """Answer a search; 503 where its window touches the week in which the source was down."""
    if request.path != "/hn/api/v1/search_by_date":
        return show_missing(request)
    first, last = _read_window(request.query.get("numericFilters", ""))
    if first < _seconds(SILENT_UNTIL) and last >= _seconds(SILENT_FROM):
        return answer_json(_DOWN, 503)
    pieces = find_pieces("hackernews")
    stories = {piece.id: piece for piece in pieces if piece.kind == "post"}
    found = [
        piece
        for piece in pieces
        if first <= piece.published.timestamp() <= last
        and _has_tags(piece, request.query.get("tags", ""))
        and matches(request.query.get("query", ""), piece.title, piece.text, piece.author)
    ]
    return answer_json(_describe_result(request, found, stories))


def _describe_result(request: Request, found: list[Piece], stories: dict[str, Piece]) -> dict[str, object]:
    size = min(max(request.number("hitsPerPage", 20), 1), MOST)
    page = request.number("page", 0)
    within = found[:MOST]
    return {
        "hits": [_describe_hit(piece, stories) for piece in within[page * size : (page + 1) * size]],
        "nbHits": len(found),
        "nbPages": -(-len(within) // size),
        "page": page,
        "hitsPerPage": size,
        "exhaustive": {"nbHits": True, "typo": True},
        "query": request.query.get("query", ""),
        "params": "advancedSyntax=true&analyticsTags=backend",
        "processingTimeMS": 4,
    }


def _describe_hit(piece: Piece, stories: dict[str, Piece]) -> dict[str, object]:
    """Describe a hit as the search does since 2026: what is absent has no key, and times end in `Z`."""
    story = stories[piece.thread or piece.id]
    kind = "story" if piece.kind == "post" else "comment"
    html = "<p>".join(escape(part) for part in piece.text.split("\n\n"))
    hit: dict[str, object] = {
        "objectID": piece.id,
        "author": piece.author,
        "created_at": stamp(piece.published),
        "created_at_i": int(piece.published.timestamp()),
        "story_id": int(story.id),
        "updated_at": stamp(piece.published),
        "_tags": [kind, f"author_{piece.author}", f"story_{story.id}"],
    }
    if piece.kind == "post":
        return hit | {"title": piece.title, "story_text": html, "points": piece.score, "num_comments": 0}
    return hit | {"comment_text": html, "story_title": story.title, "parent_id": int(story.id)}


def _read_window(filters: str) -> tuple[int, int]:
    """Return the first and last second that the filters let through."""
    first, last = 0, 2**40
    for sign, digits in _FILTER.findall(filters):
        bound = int(digits)
        if sign in (">", ">=", "="):
            first = max(first, bound + (sign == ">"))
        if sign in ("<", "<=", "="):
            last = min(last, bound - (sign == "<"))
    return first, last


def _has_tags(piece: Piece, tags: str) -> bool:
    """Tell whether a hit bears the tags: those in parentheses are alternatives, the others are all needed."""
    own = {"story" if piece.kind == "post" else "comment", f"author_{piece.author}", f"story_{piece.thread or piece.id}"}
    groups = [group.strip("()").split(",") for group in re.findall(r"\([^)]*\)|[^,()]+", tags)]
    return all(own & {tag.strip() for tag in group} for group in groups)


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
