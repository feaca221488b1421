"""Reviews, forum posts and comments that a page describes in schema.org terms -> mentions. Nothing is fetched here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from crawlers.aggregates import Aggregate, find_aggregates
from crawlers.dates import parse_date
from crawlers.identity import Sight, address_id, addresses, give_ids, merge_twins, resolve
from crawlers.markup import parse_markup
from crawlers.nodes import Node, text_of, values_of, walk
from crawlers.sights import KINDS, kind_of, see
from store.records import Mention

REPLIES = frozenset(["publisherResponse", "ownerResponse", "businessResponse", "reviewResponse", "response"])
"""Where sites put the company's answer to a review, besides schema.org's `comment`."""


class Thread(NamedTuple):
    """A thread that a listing names."""

    url: str
    external_id: str
    opened: str | None
    changed: str | None
    """When it was last written in, where the listing tells."""
    listed: bool
    """Named by a plain list of links, which may lead anywhere, rather than as a forum post."""


@dataclass(frozen=True)
class Page:
    """What a page holds."""

    mentions: tuple[Mention, ...]
    threads: tuple[Thread, ...]
    problems: tuple[str, ...]
    """What could not be read, or only after mending."""
    found: Mapping[str, int]
    """Nodes by schema.org type, before those that show the same thing are merged."""
    ratings: tuple[Aggregate, ...] = ()
    """What the page sums up of many people's ratings."""
    links: tuple[str, ...] = ()
    """The next pages as the page itself names them, on the same host."""


def parse_structured(
    body: bytes, url: str, encoding: str | None = None, *, site: str, source: str = "reviews", accounts: Set[str] = frozenset()
) -> Page:
    """Read all mentions of a page. `accounts` are the brands' own account names in lower case: they speak for the company."""
    markup = parse_markup(body, encoding)
    everything = list(walk(markup.roots))
    if answers := mark_answers(everything):
        everything = list(walk(markup.roots))
    nodes = [(node, above) for node, above in everything if kind_of(node)]
    forum = any("DiscussionForumPosting" in node.types for node, _ in nodes)
    nodes = [(node, above) for node, above in nodes if counts(node, above, forum)]
    found = Counter(name for node, _ in nodes for name in node.types & KINDS.keys())
    sights = merge_twins([see(node, above, url, accounts, node in answers) for node, above in nodes])
    threads = (*post_threads(sights, url), *listed_threads(everything, url))
    mentions = tuple(as_mentions(sights, url, site, source))
    links = tuple(find_links(markup.following, url))
    return Page(mentions, threads, markup.problems, found, find_aggregates(everything), links)


def counts(node: Node, above: tuple[Node, ...], forum: bool) -> bool:
    """Leave out questions of a FAQ, which nobody asked, and those that repeat a forum's thread for search engines."""
    if not node.types & {"Question", "Answer"}:
        return True
    asked = node if "Question" in node.types else next((other for other in reversed(above) if "Question" in other.types), None)
    return not forum and asked is not None and bool(values_of(asked, "author"))


def mark_answers(nodes: list[tuple[Node, tuple[Node, ...]]]) -> set[Node]:
    """Make the company's answers to reviews, which sites give as text or untyped, comments; return them."""
    answers = set()
    for review, _ in nodes:
        if kind_of(review) == "review" and not REPLIES.isdisjoint(review.properties):
            for name in review.properties.keys() & REPLIES:
                review.properties[name] = [
                    value if isinstance(value, Node) else Node(frozenset(), None, {"text": [value]}, review.syntax)
                    for value in review.properties[name]
                ]
                answers.update(review.properties[name])
    for answer in answers:
        answer.types |= {"Comment"}
    return answers


def as_mentions(sights: list[Sight], url: str, site: str, source: str) -> Iterator[Mention]:
    """Give every sight its id, its thread and its parent."""
    place = {id(node): i for i, sight in enumerate(sights) for node in (sight.node, *sight.twins)}
    posts = [i for i, sight in enumerate(sights) if sight.kind == "post"]
    roots = {i: root_of(i, sights, place, posts) for i in range(len(sights))}
    first = give_ids([sight for sight in sights if sight.kind != "comment"], site, {})
    ids = dict(zip([i for i, sight in enumerate(sights) if sight.kind != "comment"], first, strict=True))
    comments = [i for i, sight in enumerate(sights) if sight.kind == "comment"]
    threads = {i: ids[root] if (root := roots[i]) is not None else sights[i].thread or "" for i in comments}
    given = give_ids([sights[i] for i in comments], site, {n: threads[i] for n, i in enumerate(comments)})
    ids |= dict(zip(comments, given, strict=True))
    for i, sight in enumerate(sights):
        root = roots[i]
        parent = ids[place[id(sight.above)]] if sight.above is not None and id(sight.above) in place else None
        thread = None if sight.kind != "comment" else threads[i] or None
        yield as_mention(sight, ids[i], sights[root] if root is not None else None, thread, parent or thread, url, site, source)


def root_of(i: int, sights: list[Sight], place: dict[int, int], posts: list[int]) -> int | None:
    """Which sight a comment's thread began with; a page's only post where the comment itself does not tell."""
    sight = sights[i]
    if sight.kind != "comment":
        return None
    seen: set[int] = set()
    while sight.above is not None and id(sight.above) in place and id(sight.above) not in seen:
        seen.add(id(sight.above))
        i = place[id(sight.above)]
        sight = sights[i]
    if sight.kind != "comment":
        return i
    named = next((n for n in posts if sight.thread and sights[n].own_id == sight.thread), None)
    return named if named is not None or sight.thread else posts[0] if len(posts) == 1 else None


def as_mention(
    sight: Sight, external_id: str, root: Sight | None, thread: str | None, parent: str | None, url: str, site: str, source: str
) -> Mention:
    """Write a sight as a mention."""
    above = [root.title, root.subject, root.text if root.kind == "review" else None] if root else []
    return Mention(
        source=source,
        site=site,
        external_id=external_id,
        url=sight.url or url,
        kind=sight.kind,
        voice=sight.voice,
        title=sight.title,
        text=sight.text,
        language=sight.language,
        subject=sight.subject or (root.subject if root else None),
        place=sight.place,
        rating=sight.rating.value if sight.rating else None,
        rating_worst=sight.rating.worst if sight.rating else None,
        rating_best=sight.rating.best if sight.rating else None,
        rating_measure="stars" if sight.rating else None,
        author_id=sight.author_id,
        author_name=sight.author,
        engagement=sight.engagement,
        thread=thread,
        parent=parent,
        published=sight.published,
        published_precision=sight.precision,
        context="\n".join(words for words in above if words) or None,
    )


def find_links(following: Sequence[str], url: str) -> Iterator[str]:
    """The whole addresses of the next pages, on the same host."""
    for link in following:
        whole = resolve(link, url)
        if whole is not None and urlsplit(whole).netloc == urlsplit(url).netloc:
            yield whole.partition("#")[0]


def post_threads(sights: list[Sight], url: str) -> Iterator[Thread]:
    """Forum posts whose own address is another page."""
    here = address_id(url, url).partition("#")[0]
    for sight in sights:
        if sight.kind != "post" or not sight.own_id:
            continue
        named = [*addresses(sight.node, "url"), *addresses(sight.node, "mainEntityOfPage"), sight.node.id or ""]
        address = next((one for one in named if one and not re.match(r"(?!https?:)\w+:", one)), None)
        if address and address_id(address, url).partition("#")[0] != here:
            changed, _ = parse_date(text_of(sight.node, "dateModified"))
            if (whole := resolve(address, url)) is not None:
                yield Thread(whole, sight.own_id, sight.published, changed, listed=False)


def listed_threads(everything: list[tuple[Node, tuple[Node, ...]]], url: str) -> Iterator[Thread]:
    """Links of a plain ItemList."""
    for node, above in everything:
        if "ListItem" in node.types and any("ItemList" in other.types for other in above):
            items = [value for value in values_of(node, "item") if isinstance(value, Node)]
            if any(item.types and not item.types & {"WebPage", "Thing", "CreativeWork"} for item in items):
                continue
            for address in [*addresses(node, "url"), *addresses(node, "item"), *(item.id for item in items if item.id)][:1]:
                if (whole := resolve(address, url)) is not None:
                    yield Thread(whole, address_id(address, url), None, None, listed=True)
