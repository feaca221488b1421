"""What one node of a page says: kind, author, date, rating, place, votes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import lru_cache

from crawlers.dates import parse_date
from crawlers.identity import Sight, address_id, addresses, piece_id, post_id, resolve
from crawlers.nodes import Node, text_of, values_of
from crawlers.prose import to_prose
from crawlers.ratings import Rating, parse_rating
from store.records import Kind, Voice

KINDS: Mapping[str, Kind] = {
    "Review": "review",
    "UserReview": "review",
    "CriticReview": "review",
    "EmployerReview": "review",
    "DiscussionForumPosting": "post",
    "Question": "post",
    "Comment": "comment",
    "Answer": "comment",
}
NOT_REVIEWED = frozenset(["ItemList", "ListItem", "WebPage", "Article", "NewsArticle", "BlogPosting", "WebSite"])
"""What a review may stand in without being about it."""
COMPANIES = frozenset(["Organization", "Corporation", "LocalBusiness", "OnlineBusiness", "OnlineStore", "Store", "Brand"])
NOBODY = re.compile(
    r"(an? )?(anonymous|guest|customer|verified (buyer|customer|purchaser)|anonim|misafir|\[deleted\])( user)?", re.IGNORECASE
)
"""Names that many people share, and that say nothing of who wrote."""


def kind_of(node: Node) -> Kind | None:
    """The kind of mention that a node is, if it is one."""
    return kind_of_types(node.types)


@lru_cache(maxsize=1024)
def kind_of_types(types: frozenset[str]) -> Kind | None:
    """The kind that some types stand for; pages have few combinations of them."""
    return next((KINDS[name] for name in sorted(types) if name in KINDS), None)


def see(node: Node, above: tuple[Node, ...], url: str, accounts: Set[str], answer: bool) -> Sight:
    """Read one node."""
    kind = kind_of(node) or "post"
    parents = [other for other in above if kind_of(other)]
    subject = reviewed(node, above) if kind == "review" else None
    published, precision = parse_date(text_of(node, "datePublished", "dateCreated", "uploadDate"))
    author, author_id = read_author(node)
    own_id = post_id(node, url) if kind == "post" else piece_id(node, url, above)
    link = next(iter(addresses(node, "url")), None)
    return Sight(
        node=node,
        kind=kind,
        voice="company" if answer else voice_of(node, above, kind, author, accounts),
        own_id=own_id,
        url=resolve(link, url) if link else None,
        title=to_prose(text_of(node, "headline", "name")) if kind != "comment" else None,
        text=to_prose(text_of(node, "reviewBody", "text", "articleBody", "description")),
        language=text_of(node, "inLanguage"),
        subject=to_prose(text_of(subject, "name") or subject.id) if subject else None,
        place=read_place(node, subject),
        rating=read_rating(node),
        author=author,
        author_id=author_id,
        published=published,
        precision=precision,
        engagement=read_engagement(node),
        above=parents[-1] if parents else None,
        thread=parent_thread(node, url),
    )


def reviewed(node: Node, above: tuple[Node, ...]) -> Node | None:
    """The thing that a review is about: what it says itself, else what it stands in."""
    for value in values_of(node, "itemReviewed"):
        return value if isinstance(value, Node) else Node(frozenset(), None, {"name": [value]})
    return next((other for other in reversed(above) if other.types and not other.types & NOT_REVIEWED), None)


def read_author(node: Node) -> tuple[str | None, str | None]:
    """(name, stable id) of the author; (name, None) for a name that many share."""
    authors = values_of(node, "author", "creator")
    names: list[str] = []
    for one in authors:
        names += names_of(one) if isinstance(one, Node) else [one] if isinstance(one, str) else []
    name = to_prose(" & ".join(names)[:200])
    if name is None or NOBODY.fullmatch(name):
        return name, None
    first = authors[0]
    named = [first.id, *addresses(first, "url")] if isinstance(first, Node) and len(authors) == 1 else []
    address = next((one for one in named if one), None)
    return name, address if address and not address.startswith("_:") and re.search(r"[/:]", address) else name


def names_of(author: Node) -> list[str]:
    """All names of an author: some pages put two people in one."""
    return [value for value in author.properties.get("name", []) if isinstance(value, str) and value.strip()]


def voice_of(node: Node, above: tuple[Node, ...], kind: Kind, author: str | None, accounts: Set[str]) -> Voice:
    """A brand's account and a company that answers a review speak for the company; critics, reviewing companies are press."""
    if author and author.removeprefix("@").casefold() in accounts:
        return "company"
    organisation = any(isinstance(value, Node) and value.types & COMPANIES for value in values_of(node, "author", "creator"))
    if kind == "review":
        return "press" if organisation or "CriticReview" in node.types else "customer"
    answers_review = bool(above) and kind_of(above[-1]) == "review"
    return "company" if organisation and answers_review else "customer"


def read_rating(node: Node) -> Rating | None:
    """The rating of a review, from its node or its plain value."""
    for value in values_of(node, "reviewRating", "rating"):
        if isinstance(value, Node):
            scale = {"worst": text_of(value, "worstRating"), "best": text_of(value, "bestRating")}
            return parse_rating(text_of(value, "ratingValue"), **scale)
        return parse_rating(str(value))
    return None


def read_place(node: Node, subject: Node | None) -> str | None:
    """The town or place that the text or the thing reviewed belongs to."""
    for holder in (node, subject):
        if holder is None:
            continue
        for value in values_of(holder, "contentLocation", "locationCreated", "location", "address"):
            inner = value if isinstance(value, Node) else None
            if inner is not None and isinstance(next(iter(values_of(inner, "address")), None), Node):
                inner = values_of(inner, "address")[0]
            found = text_of(inner, "addressLocality", "name", "addressRegion") if inner is not None else str(value)
            if found:
                return to_prose(found)
    return None


def read_engagement(node: Node) -> int | None:
    """Votes or likes. Views and replies are another measure and are left out."""
    votes = whole(text_of(node, "upvoteCount"))
    if votes is not None:
        return votes
    for counter in values_of(node, "interactionStatistic"):
        if isinstance(counter, Node):
            kinds = set(counter.types)
            for value in values_of(counter, "interactionType"):
                kinds |= value.types if isinstance(value, Node) else {str(value)}
            if any(re.search(r"(Like|Agree|Vote|Upvote)(Action|s)?$", name) for name in kinds):
                return whole(text_of(counter, "userInteractionCount"))
    return None


def whole(text: str | None) -> int | None:
    """A whole number, with or without separators."""
    if not text:
        return None
    digits = re.sub(r"[,.\s](?=\d{3}\b)", "", text)
    return int(digits) if re.fullmatch(r"-?\d{1,12}", digits) else None


def parent_thread(node: Node, url: str) -> str | None:
    """The thread that a comment standing by itself names."""
    for value in values_of(node, "parentItem", "isPartOf"):
        found = post_id(value, url) if isinstance(value, Node) else address_id(str(value), url)
        if found:
            return found.partition("#")[0]
    return None
