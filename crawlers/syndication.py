"""What stands in an RSS or Atom document."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import feedparser
from feedparser.exceptions import ThingsNobodyCaresAboutButMe
from lxml import etree, html

from crawlers.context import to_iso
from crawlers.dates import parse_date
from crawlers.identity import resolve
from crawlers.prose import to_prose
from store.records import Mention, Precision

HTML = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
PRESS = frozenset({"press", "press release", "press releases", "pressrelease"})
"""Categories that mark a company's own announcement."""


REDIRECTS = (
    (re.compile(r"(www\.)?google\.[a-z.]{2,6}"), "/url", ("url", "q")),
    (re.compile(r"(www\.)?bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r"(www\.)?youtube\.com"), "/redirect", ("q",)),
    (re.compile(r"lm?\.facebook\.com"), "/l.php", ("u",)),
)
"""(host, path, parameters that hold the real address)."""
LEMMY = re.compile(
    r"\s*submitted by <a [^<>]*>[^<>]*</a> to <a [^<>]*>[^<>]*</a>\s*<br\s*/?>\s*(-?\d+) points? \| "
    r"<a [^<>]*>\d+ comments?</a>(?:\s*<br\s*/?>\s*<a [^<>]*>[^<>]*</a>(?=\s*(?:<p|<br|$)))?\s*",
    re.IGNORECASE,
)
"""What Lemmy puts before a post's own words. Its counts change with every vote, which is no edit of the text."""


class NotAFeed(ValueError):
    """What came is no RSS or Atom; the message says what it is and what to do."""


@dataclass(frozen=True)
class Feed:
    """What could be read of a feed."""

    mentions: tuple[Mention, ...]
    without_id: tuple[str, ...]
    """Titles of items that have neither guid nor link."""
    fault: str | None
    """Why items may be missing, or None."""


def parse_feed(body: bytes, url: str, headers: Mapping[str, str], *, site: str, voice: str) -> Feed:
    """Read a feed of any dialect; broken XML as far as it goes. Raises `NotAFeed`."""
    if not body.strip():
        raise NotAFeed("is empty, not a feed; check the address")
    if HTML.match(body):
        raise NotAFeed("is a web page, not a feed; " + advise(body, url))
    # Bytes as they are would be tried as a file's name; HTML is made plain by us, so it need not be cleaned here.
    read = feedparser.parse(io.BytesIO(body), response_headers=dict(headers), sanitize_html=False, resolve_relative_uris=False)
    if not read.get("version") and not read.entries:
        raise NotAFeed("is neither RSS nor Atom; check the address")
    # Plain dicts, because feedparser's own give one date for another, with a warning.
    found = [parse_entry(dict(entry), dict(read.feed), url, site, voice) for entry in read.entries]
    lost = [str(entry.get("title", "")) for entry, mention in zip(read.entries, found, strict=True) if mention is None]
    return Feed(tuple(mention for mention in found if mention), tuple(lost), find_fault(read))


def advise(body: bytes, url: str) -> str:
    """What to do about a web page: its own link to its feed, if it has one."""
    try:
        links = html.fromstring(body).xpath('//link[contains(@type, "rss+xml") or contains(@type, "atom+xml")]/@href')
    except (ValueError, etree.ParserError):
        links = []
    return f"its feed is at {resolve(links[0], url)}" if links else "look for its RSS link"


def find_fault(read: Mapping[str, Any]) -> str | None:
    """What is wrong with a feed that was read all the same, unless it is only about encodings and content types."""
    error = read.get("bozo_exception")
    if not read.get("bozo") or isinstance(error, ThingsNobodyCaresAboutButMe):
        return None
    return f"is no well-formed XML ({str(error).removeprefix('<unknown>:')})"


def parse_entry(entry: Mapping[str, Any], feed: Mapping[str, Any], url: str, site: str, voice: str) -> Mention | None:
    """Turn an item into a mention; None for one that nothing identifies."""
    link = find_link(entry, url)
    # A guid that is a Google redirect changes with each alert; the page behind it does not.
    identity = unwrap(str(entry.get("id") or "")) or link
    if not identity:
        return None
    published, precision = find_time(entry)
    author, author_id = find_author(entry)
    text = find_text(entry)
    lemmy = LEMMY.match(text or "")
    return Mention(
        source="feeds",
        site=site,
        external_id=identity,
        url=link,
        kind="post",
        voice="press" if voice == "press" or is_press(entry) else "customer",
        title=to_prose(entry.get("title")),
        text=to_prose(text[lemmy.end() :] if text and lemmy else text),
        language=find_language(entry, feed),
        author_id=author_id,
        author_name=author,
        engagement=int(lemmy[1]) if lemmy and len(lemmy[1]) < 12 else None,
        published=published,
        published_precision=precision,
    )


def find_link(entry: Mapping[str, Any], url: str) -> str | None:
    """The page of an item. A guid counts as a link by default (RSS 2.0), also where it is none."""
    # FeedBurner names the page behind its own redirect.
    link = str(entry.get("feedburner_origlink") or entry.get("link") or "")
    if not link or (link == entry.get("id") and not link.startswith(("http://", "https://"))):
        return None
    whole = resolve(link, url)
    return unwrap(whole) if whole else None


def find_text(entry: Mapping[str, Any]) -> str | None:
    """The fullest of the texts that an item brings."""
    texts = [part.get("value") or "" for part in entry.get("content", [])] + [entry.get("summary") or ""]
    return max(texts, key=len) or None


def find_author(entry: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """(name, stable id) of who wrote an item: its author, else the source it was taken from. An address is the better id."""
    found = entry.get("author") or (entry.get("source") or {}).get("title")
    name = str(found).strip() if found else ""
    if profile := re.fullmatch(r"https?://([^/]+)/u/([^/]+)", name):
        # Lemmy names its people by their pages.
        return f"{profile[2]}@{profile[1]}", name
    return name or None, (entry.get("author_detail") or {}).get("href") or name or None


def find_language(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> str | None:
    """What the item says of its own language, else the feed."""
    detail = [part.get("language") for part in [*entry.get("content", []), entry.get("title_detail") or {}]]
    return next((str(name) for name in [entry.get("language"), *detail, feed.get("language")] if name), None)


def is_press(entry: Mapping[str, Any]) -> bool:
    """Whether an item is marked as a press release."""
    return any(str(tag.get("term") or "").strip().casefold() in PRESS for tag in entry.get("tags", []))


def find_time(entry: Mapping[str, Any]) -> tuple[str | None, Precision]:
    """When an item was published, else when it was last changed."""
    for name in ("published", "updated", "created"):
        written, parsed = entry.get(name), entry.get(f"{name}_parsed")
        if written:
            # Feedparser takes a zone like EST rightly, where parse_date will not guess; it also takes some nonsense.
            moment, precision = parse_date(str(written))
            if moment is not None:
                return moment, precision
            if parsed is not None and parsed.tm_year >= 1990:
                return to_iso(datetime.fromtimestamp(calendar.timegm(parsed), UTC)), "second"
    return None, "unknown"


def unwrap(url: str) -> str:
    """The real address behind a redirect that names it, as Google Alerts' do. Nothing is asked of the network."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return url
    keys = next((keys for pattern, path, keys in REDIRECTS if parts.path == path and pattern.fullmatch(host)), ())
    query = parse_qs(parts.query) if keys else {}
    return next((target for key in keys for target in query.get(key, []) if target.startswith("http")), url)
