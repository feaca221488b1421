"""Which sight of a page's review, post or comment is which: the same one has the same id on every page and at every visit."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawlers.nodes import Node, as_text, values_of
from crawlers.ratings import Rating
from store.records import Kind, Precision, Voice

REAL_ID = re.compile(r"\d{3,}|[0-9a-f]{8,}|^(urn|tag):", re.IGNORECASE)
"""What an id of one's own holds; `#review-2` only counts places on the page."""
PLAIN_PATH = re.compile(r"(?:/[\w-]+)+")
PAGE_NUMBER = re.compile(r"/page[-/]\d+$")
PASSING = re.compile(r"^(utm_.*|fbclid|gclid|ref|page|p|sort|order)$", re.IGNORECASE)
"""Query parameters that are of the visit, not of the thing."""


class Sight(NamedTuple):
    """One review, post or comment as one node of a page shows it; merged with its twin in the other syntax if there is one."""

    node: Node
    kind: Kind
    voice: Voice = "customer"
    own_id: str | None = None
    url: str | None = None
    title: str | None = None
    text: str | None = None
    language: str | None = None
    subject: str | None = None
    place: str | None = None
    rating: Rating | None = None
    author: str | None = None
    author_id: str | None = None
    published: str | None = None
    precision: Precision = "unknown"
    engagement: int | None = None
    above: Node | None = None
    """The review, post or comment that this answers."""
    thread: str | None = None
    """The thread's id, where no node above tells it."""
    twins: tuple[Node, ...] = ()


@lru_cache(maxsize=4096)
def address_id(url: str, page_url: str) -> str:
    """What stays of an address when scheme, own host, passing parameters and page numbers are taken off."""
    if PLAIN_PATH.fullmatch(url):
        # What most sites write: there is nothing to take off but a page's number.
        return PAGE_NUMBER.sub("", url) or "/"
    whole = resolve(url, page_url)
    if whole is None:
        return url.strip()
    parts = urlsplit(whole)
    here = urlsplit(page_url).netloc.removeprefix("www.")
    host = parts.netloc.removeprefix("www.")
    path = PAGE_NUMBER.sub("", parts.path.rstrip("/")) or "/"
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if not PASSING.match(key)])
    place = ("" if host == here else host) + path
    return place + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def resolve(url: str, page_url: str) -> str | None:
    """The whole address of a link; None for what is none (`http://[`)."""
    try:
        whole = urljoin(page_url, url.strip())
        urlsplit(whole)
    except ValueError:
        return None
    return whole


def is_address(value: str) -> bool:
    """Whether an id is written as an address rather than as a plain number or name."""
    return value.startswith(("http://", "https://", "/")) or "#" in value


def post_id(node: Node, page_url: str) -> str | None:
    """The id of a post: its address, which its thread page and the listing agree on."""
    names = ("url", "mainEntityOfPage", "discussionUrl", "identifier")
    for value in (node.id, *(found for name in names for found in addresses(node, name))):
        if value and not value.startswith("_:"):
            return address_id(value, page_url).partition("#")[0] if is_address(value) else value
    return None


def piece_id(node: Node, page_url: str, above: Sequence[Node]) -> str | None:
    """The id of a review or comment, where the page gives one that is really its own; else None."""
    taken = {address_id(page_url, page_url)}
    for other in (*above, *[value for value in values_of(node, "itemReviewed") if isinstance(value, Node)]):
        taken.update([address_id(found, page_url) for found in (other.id, *addresses(other, "url")) if found])
    for value in (node.id, *addresses(node, "identifier"), *addresses(node, "url")):
        if not value or value.startswith("_:"):
            continue
        found = address_id(value, page_url) if is_address(value) else value
        tail = found.partition("#")[2] or found
        if found not in taken and REAL_ID.search(tail):
            return found
    return None


def addresses(node: Node, name: str) -> list[str]:
    """A property's values as strings; of a node its id, its address or its value."""
    values = node.properties.get(name)
    if not values:
        return []
    found: list[str] = []
    for value in values:
        node_ids = [value.id, *addresses(value, "url"), *addresses(value, "value")] if isinstance(value, Node) else []
        inner = node_ids or [as_text(value)]
        found.extend(text for text in inner if text)
    return found


def merge_twins(sights: Sequence[Sight]) -> list[Sight]:
    """One sight for what a page shows in both syntaxes, or twice in one (a review under each variant of a product)."""
    if len({sight.text for sight in sights}) == len(sights) and len({sight.node.syntax for sight in sights}) == 1:
        # As on most pages: within one syntax twins have the same words.
        return list(sights)
    kept: list[Sight] = []
    for sight in sights:
        twin = next((i for i, other in enumerate(kept) if same(sight, other)), None)
        if twin is None:
            kept.append(sight)
        else:
            kept[twin] = merge(kept[twin], sight)
    return kept


def same(one: Sight, other: Sight) -> bool:
    """Whether two sights of a page show the same thing."""
    if one.node.syntax == other.node.syntax:
        # Most of a page differ in their words: each is held against every other one.
        return one.text == other.text and bool(one.author and (one.text or one.published)) and facts(one) == facts(other)
    if one.kind != other.kind or (one.author and other.author and one.author.casefold() != other.author.casefold()):
        return False
    if one.own_id and one.own_id == other.own_id:
        return True
    words, others = letters(one.text), letters(other.text)
    if (not words and not others) or one.kind == "post":
        return bool(one.title or one.published) and (one.title, one.rating) == (other.title, other.rating)
    short, long = sorted((words, others), key=len)
    return words == others or (len(short) >= 20 and long.startswith(short))


def facts(sight: Sight) -> tuple[object, ...]:
    """What two sights in one syntax must have in common besides their words."""
    return sight.kind, sight.own_id, sight.author, sight.title, sight.published, sight.rating


@lru_cache(maxsize=8192)
def letters(text: str | None) -> str:
    """A text without what two ways of writing it down may change."""
    return "".join(character for character in (text or "").casefold() if character.isalnum())


def merge(one: Sight, other: Sight) -> Sight:
    """The first sight, with what only the other knows."""
    both = zip(Sight._fields, one, other, strict=True)
    gained: dict[str, Any] = {name: theirs for name, ours, theirs in both if ours is None}
    if other.precision == "second" and one.precision != "second":
        gained |= {"published": other.published, "precision": "second"}
    return one._replace(**gained, twins=(*one.twins, other.node, *other.twins))


def give_ids(sights: Sequence[Sight], site: str, threads: dict[int, str]) -> list[str]:
    """The external id of each sight: its own, else a hash of site, thing reviewed or thread, author and date.

    The text helps only where the rest does not single it out: an edited review stays the same one. Without an author of its
    own name or a date the rest never does, so there the text is always part.
    """
    shared = Counter([sight.own_id for sight in sights])
    own = [sight.own_id if sight.kind == "post" or shared[sight.own_id] == 1 else None for sight in sights]
    if all(own):
        return own  # type: ignore[return-value]
    keys = [(site, sight.kind, threads.get(i) or sight.subject or "", (sight.author or "").casefold(), sight.published or "")
            for i, sight in enumerate(sights)]  # fmt: skip
    texts = defaultdict(set)
    for key, sight in zip(keys, sights, strict=True):
        texts[key].add((sight.title, sight.text))
    ids = []
    for key, sight, own_id in zip(keys, sights, own, strict=True):
        if own_id:
            ids.append(own_id)
        elif sight.author_id and sight.published and len(texts[key]) == 1:
            ids.append(digest(*key))
        else:
            ids.append(digest(*key, sight.title or "", sight.text or ""))
    return ids


def digest(*parts: str) -> str:
    """24 hexadecimal digits of what makes a thing itself."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
