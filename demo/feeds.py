"""Two feeds: local news in RSS 2.0 and blogs in Atom, with ETag, Last-Modified and 304."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape

from demo.content import Piece, find_pieces
from demo.messages import Request, Response
from demo.pages import direction, show_missing, show_page
from demo.timing import local_day, stamp


def show_feeds(request: Request) -> Response:
    """Serve `/feeds/news.xml`, `/feeds/blogs.xml`, or the page of one item, `/feeds/items/<id>`."""
    feeds = {"/feeds/news.xml": _write_rss, "/feeds/blogs.xml": _write_atom}
    if request.path in feeds:
        items = [piece for piece in find_pieces("feeds") if request.path == f"/feeds/{piece.site}.xml"]
        return _answer(request, feeds[request.path](items, request.base), items[0].published)
    piece = next((piece for piece in find_pieces("feeds") if request.path == _path(piece)), None)
    if piece is None:
        return show_missing(request)
    by = f'<p class="by">{escape(piece.author)}, {local_day(piece.published)}</p>'
    text = f"<p {direction(piece.language)}>{escape(piece.text)}</p>"
    return show_page(piece.title or "", "", by + text)


def _answer(request: Request, body: str, newest: datetime) -> Response:
    data = body.encode()
    etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
    headers = {"ETag": etag, "Last-Modified": format_datetime(newest, usegmt=True)}
    kind = "application/rss+xml" if "<rss" in body else "application/atom+xml"
    if _is_known(request, etag, newest):
        return Response(b"", 304, f"{kind}; charset=utf-8", headers)
    return Response(data, content_type=f"{kind}; charset=utf-8", headers=headers)


def _is_known(request: Request, etag: str, newest: datetime) -> bool:
    """Tell whether the caller has this version; the tag decides where it is given (RFC 9110, 13.2.2)."""
    if "if-none-match" in request.headers:
        return etag in request.headers["if-none-match"]
    try:
        return parsedate_to_datetime(request.headers.get("if-modified-since", "")) >= newest
    except (TypeError, ValueError):
        # RFC 9110: a date that is none is as if it had not been sent.
        return False


def _write_rss(items: list[Piece], base: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Local news</title><link>{base}/</link><description>From the high street</description>
<lastBuildDate>{format_datetime(items[0].published, usegmt=True)}</lastBuildDate>
{"".join(_write_item(piece, base) for piece in items)}</channel></rss>
"""


def _write_item(piece: Piece, base: str) -> str:
    author = escape(piece.author)
    # A description is HTML, escaped once more for XML.
    text = escape(f"<p>{escape(piece.text, quote=False)}</p>", quote=False)
    category = "<category>press</category>" if piece.voice == "press" else ""
    return f"""<item><title>{escape(piece.title or "", quote=False)}</title><link>{base}{_path(piece)}</link>
<guid isPermaLink="false">{piece.id}</guid><pubDate>{format_datetime(piece.published, usegmt=True)}</pubDate>
<dc:creator>{author}</dc:creator><dc:language>{piece.language}</dc:language>
<source url="{base}/feeds/news.xml">{author}</source>{category}
<description>{text}</description></item>
"""


def _write_atom(items: list[Piece], base: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Blogs</title><id>tag:feeds.example,2026:blogs</id>
<link rel="self" href="{base}/feeds/blogs.xml"/><updated>{stamp(items[0].published)}</updated>
{"".join(_write_entry(piece, base) for piece in items)}</feed>
"""


def _write_entry(piece: Piece, base: str) -> str:
    text = escape(f"<p>{escape(piece.text, quote=False)}</p>", quote=False)
    return f"""<entry xml:lang="{piece.language}"><title>{escape(piece.title or "", quote=False)}</title><id>{piece.id}</id>
<link rel="alternate" href="{base}{_path(piece)}"/><published>{stamp(piece.published)}</published>
<updated>{stamp(piece.published)}</updated><author><name>{escape(piece.author)}</name></author>
<content type="html">{text}</content></entry>
"""


def _path(piece: Piece) -> str:
    return f"/feeds/items/{piece.id.rpartition(':')[2]}"
