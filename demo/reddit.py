"""An API shaped like Reddit's, good enough for PRAW to log in, search, list and re-read; browsers get plain pages."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from html import escape
from itertools import count

from demo.content import Piece, find_pieces
from demo.matching import matches
from demo.messages import Request, Response, answer_json
from demo.pages import direction, show_missing, show_page
from demo.reddit_things import describe_things, permalink
from demo.timing import AS_OF, local_day

WRONG_SECRET = "wrong"
"""The one client secret that is refused; any other one is taken."""
TOKEN = "demo-read-only"

_SPANS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_calls = count()


def show_token(request: Request) -> Response:
    """Answer `POST /api/v1/access_token`: a token for client credentials, 401 for the wrong secret."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    try:
        client, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client, secret = "", ""
    if request.method != "POST" or scheme.lower() != "basic" or not client or secret in ("", WRONG_SECRET):
        return answer_json({"message": "Unauthorized", "error": 401}, 401)
    return answer_json({"access_token": TOKEN, "token_type": "bearer", "expires_in": 86400, "scope": "*"})


def show_reddit(request: Request) -> Response:
    """Answer `/r/…`, `/comments/…` and `/api/info`: listings for who has a token, pages for who has a browser."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    parts = request.path.strip("/").split("/")
    if not scheme:
        return _show_pages(request, parts)
    if scheme.lower() != "bearer" or token != TOKEN:
        return answer_json({"message": "Unauthorized", "error": 401}, 401)
    answer = _answer(request, parts)
    if answer is None:
        return answer_json({"message": "Not Found", "error": 404}, 404, _rates())
    return answer


def _answer(request: Request, parts: list[str]) -> Response | None:
    """Answer a call of the API, or None where there is nothing at its path."""
    pieces = find_pieces("reddit")
    if parts == ["api", "info"]:
        wanted = request.query.get("id", "").split(",")
        return _list(request, [piece for piece in pieces if piece.id in wanted])
    if "comments" in parts[:-1]:
        return _answer_thread(request, pieces, f"t3_{parts[parts.index('comments') + 1]}")
    if parts[0] != "r" or len(parts) != 3:
        return None
    names = {f"r/{name}" for name in parts[1].lower().split("+")}
    known = {piece.site for piece in pieces} | {"r/all"}
    if not names <= known:
        # Reddit sends who asks for an unknown community to the search for communities.
        return Response(b"", 302, headers={"Location": f"{request.base}/subreddits/search?q={parts[1]}"} | _rates())
    if "r/all" not in names:
        pieces = [piece for piece in pieces if piece.site in names]
    kinds = {"search": "post", "new": "post", "comments": "comment"}
    if parts[2] not in kinds:
        return None
    things = [piece for piece in pieces if piece.kind == kinds[parts[2]]]
    return _list(request, _search(request, things) if parts[2] == "search" else things)


def _search(request: Request, posts: list[Piece]) -> list[Piece]:
    question = request.query.get("q", "")
    days = _SPANS.get(request.query.get("t", "all"))
    oldest = datetime.fromisoformat(AS_OF) - timedelta(days=days) if days else None
    return [post for post in posts if (not oldest or post.published >= oldest) and matches(question, post.title, post.text)]


def _list(request: Request, things: list[Piece]) -> Response:
    """Answer with one page of a listing, from after the thing named in `after`."""
    names = [thing.id for thing in things]
    after = request.query.get("after")
    start = names.index(after) + 1 if after in names else 0
    size = min(max(request.number("limit", 25), 1), 100)
    shown = things[start : start + size]
    following = shown[-1].id if start + size < len(things) else None
    escaped = request.query.get("raw_json") != "1"
    data = {"after": following, "before": None, "dist": len(shown), "modhash": "", "geo_filter": ""}
    children = describe_things(shown, escaped=escaped)
    return answer_json({"kind": "Listing", "data": data | {"children": children}}, headers=_rates())


def _answer_thread(request: Request, pieces: list[Piece], name: str) -> Response | None:
    post = [piece for piece in pieces if piece.id == name]
    comments = [piece for piece in pieces if piece.thread == name]
    if not post:
        return None
    escaped = request.query.get("raw_json") != "1"
    listings = [{"kind": "Listing", "data": {"children": describe_things(part, escaped=escaped)}} for part in (post, comments)]
    return answer_json(listings, headers=_rates())


def _rates() -> dict[str, str]:
    """Count calls as Reddit does; so few are used that PRAW never has to wait."""
    used = next(_calls) % 200
    return {"x-ratelimit-used": str(used), "x-ratelimit-remaining": f"{600 - used}.0", "x-ratelimit-reset": "300"}


def _show_pages(request: Request, parts: list[str]) -> Response:
    """Show a community or a thread to people, who have no token."""
    pieces = find_pieces("reddit")
    if "comments" in parts[:-1]:
        name = f"t3_{parts[parts.index('comments') + 1]}"
        shown = [piece for piece in reversed(pieces) if name in (piece.id, piece.thread)]
    else:
        site = "/".join(parts[:2]).lower()
        shown = [piece for piece in pieces if piece.kind == "post" and site in (piece.site, "r/all")]
    if parts[0] not in ("r", "comments") or not shown:
        return show_missing(request)
    body = "".join(_show_thing(piece) for piece in shown)
    title = (shown[0].title if "comments" in parts else parts[1]) or parts[-1]
    return show_page(title, "r/all", body)


def _show_thing(piece: Piece) -> str:
    title = f'<h2><a href="{permalink(piece, piece)}">{escape(piece.title)}</a></h2>' if piece.title else ""
    by = f'<p class="by">u/{escape(piece.author)}, {local_day(piece.published)}, {piece.score} points</p>'
    return f"<article {direction(piece.language)}>{title}{by}<p>{escape(piece.text)}</p></article>\n"
