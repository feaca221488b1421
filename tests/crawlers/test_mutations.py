"""Thousands of damaged copies of what was recorded: nothing is raised, nothing takes long, and no neighbour is lost.

Damage to bytes (flipped, cut, repeated, nested) may cost anything but an exception; damage to one item of a list costs that item.
"""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
import math
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from scrapy.http import HtmlResponse, Request
from scrapy.utils.test import get_crawler

from config import load_config
from crawlers.bluesky_items import parse_post as parse_bluesky
from crawlers.catalogue import find_spiders
from crawlers.context import Context
from crawlers.discourse_items import Forum, parse_post, read_listing, read_stream, read_topic
from crawlers.fields import read_json, rows, table
from crawlers.reddit_api import parse_thing
from crawlers.structured import parse_structured
from crawlers.syndication import NotAFeed, parse_feed
from crawlers.youtube_items import parse_comment, parse_thread, read_titles
from store.records import Mention

PAGES, FEEDS, ANSWERS, ITEMS = 1100, 300, 1800, 1800
"""Copies: damaged bytes of pages, of feeds and of JSON answers, and answers of which one item is damaged. 5,000 together."""
LONGEST = 5.0
"""Seconds of processor time for one copy."""
Read = Callable[[bytes], list[Mention]]
STRANGE: list[Any] = [None, [], {}, "", " ", "text", 0, -1, 3.7, True, 10**30, 2**50, "99999999999", 1e308, float("nan"), ["x"], {"a": {"b": []}}, "\ud800",
                      "9" * 400, "\x00", "2026-13-45T99:99:99Z", "<p>" * 50, "0001-01-01T00:00:00Z", "http://[", "//", "#"]  # fmt: skip
"""What a field turns into."""


def damage(body: bytes, chance: random.Random) -> bytes:
    """One of the ways in which an answer goes bad."""
    at, other = sorted(chance.randrange(len(body) + 1) for _ in range(2))
    match chance.randrange(6):
        case 0:
            spoiled = bytearray(body)
            for _ in range(chance.choice([1, 3, 40])):
                spoiled[chance.randrange(len(body))] = chance.randrange(256)
            return bytes(spoiled)
        case 1:
            return body[:at]
        case 2:
            return body[:at] + body[other:]
        case 3:
            return body[:other] + body[at:other][:20_000] + body[other:]
        case 4:
            bracket = chance.choice([b"[", b'{"a":', b"<div>", b'<p itemscope itemprop="comment">', b"<item>", b"<![CDATA["])
            return body[:at] + bracket * chance.choice([1, 50, 2000]) + body[at:]
        case _:
            quote = chance.choice([b'"', b"\\", b"<", b">", b"}", b"]", b",", b"null", b"\xff\xfe", b"\x00"])
            return body[:at] + quote + body[at:]


def damage_item(item: Any, chance: random.Random) -> Any:
    """An item of which one value, at any depth, is gone or of another type; or that is no item any more."""
    item = copy.deepcopy(item)
    places = list(places_of(item))
    if not places or chance.random() < 0.05:
        return chance.choice(STRANGE)
    holder, key = chance.choice(places)
    if chance.random() < 0.25:
        del holder[key]
    else:
        holder[key] = chance.choice(STRANGE)
    return item


def places_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of everything within a value."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from places_of(inner)


def find_misfit(mention: Mention) -> str | None:
    """A field that the store could not take: a batch would be lost with it."""
    for name in Mention.__slots__:
        value = getattr(mention, name)
        if name in ("rating", "rating_worst", "rating_best"):
            fits = value is None or (isinstance(value, int | float) and math.isfinite(value))
        elif name == "engagement":
            fits = value is None or (type(value) is int and abs(value) < 2**63)
        elif name == "removed":
            fits = isinstance(value, bool)
        else:
            fits = isinstance(value, str) or (value is None and name not in ("source", "site", "external_id", "kind", "voice"))
        if not fits:
            return f"{name}={value!r:.60}"
    return None


def try_copy(read: Read, body: bytes, what: str) -> list[Mention]:
    """Read one copy, and hold it to what every copy is held to."""
    begun = time.process_time()
    try:
        found = read(body)
    except Exception as error:
        raise AssertionError(f"{what}: {error!r} on {body[:200]!r}") from error
    assert time.process_time() - begun < LONGEST, what
    misfits = [misfit for mention in found if (misfit := find_misfit(mention))]
    assert not misfits, f"{what}: {misfits[:3]}"
    return found


def key(mention: Mention) -> tuple[object, ...]:
    return (
        mention.external_id,
        mention.kind,
        mention.title,
        mention.text,
        mention.author_name,
        mention.published,
        mention.rating,
    )


# Pages


def read_page(body: bytes) -> list[Mention]:
    return list(parse_structured(body, "https://site.example/page", "utf-8", site="site.example").mentions)


def read_feed(body: bytes) -> list[Mention]:
    try:
        return list(parse_feed(body, "https://site.example/feed", {}, site="site.example", voice="customer").mentions)
    except NotAFeed:
        return []


def small_pages(recorded: Path, most: int = 200_000) -> list[tuple[str, bytes]]:
    """Pages of up to 200 kB: the larger ones are more of the same, and slow."""
    pages = [(path.name, gzip.decompress(path.read_bytes())) for path in sorted((recorded / "pages").glob("*.html.gz"))]
    return [(name, body) for name, body in pages if len(body) < most]


def small_feeds(recorded: Path) -> list[bytes]:
    """The feeds with their first items."""
    bodies = [path.read_bytes() for path in sorted((recorded / "feeds").glob("*.xml"))]
    cut = [re.sub(rb"(?s)((?:.*?</item>){12}).*</item>", rb"\1", body, count=1) for body in bodies]
    return [body for body in cut if len(body) < 60_000]


def test_damaged_pages_and_feeds_raise_nothing(recorded):
    chance = random.Random(20261005)
    pages, feeds = small_pages(recorded), small_feeds(recorded)
    assert len(pages) > 40
    assert len(feeds) == 3
    kept = 0
    for number in range(PAGES):
        name, body = pages[number % len(pages)]
        kept += bool(try_copy(read_page, damage(body, chance), f"{name}, copy {number}"))
    assert kept > PAGES / 5, "most damage leaves most of a page"
    for number in range(FEEDS):
        try_copy(read_feed, damage(feeds[number % 3], chance), f"feed {number % 3}, copy {number}")


def test_a_damaged_item_of_a_feed_costs_no_neighbour(recorded):
    chance = random.Random(1)
    for feed in small_feeds(recorded)[1:]:
        items = re.findall(rb"(?s)<item>.*?</item>", feed)
        whole = {mention.external_id for mention in read_feed(feed)}
        for number in range(40):
            item = chance.choice(items)
            fields = re.findall(rb"(?s)<(\w[\w:]*)[^<>]*>[^<>]*</\1>", item)
            name = chance.choice(fields or [b"title"])
            spoiled = re.sub(rb"(?s)<%b\b[^<>]*>.*?</%b>" % (name, name), chance.choice([b"", b"<%b/>" % name, b"<%b>\xc3\xa9 &amp; x</%b>" % (name, name)]), item, count=1)  # fmt: skip
            found = {
                mention.external_id for mention in try_copy(read_feed, feed.replace(item, spoiled, 1), f"feed, copy {number}")
            }
            assert len(whole - found) <= 1, (number, name)


def test_a_damaged_review_of_a_page_costs_no_neighbour(recorded):
    chance = random.Random(2)
    scripts = re.compile(rb"(?s)(<script[^>]*ld\+json[^>]*>)(.*?)(</script>)")
    tried = 0
    for name, body in small_pages(recorded, 5_000_000):
        for found in list(scripts.finditer(body))[:4]:
            document = read_json(found[2])
            lists = [
                (holder, at)
                for holder, at in places_of(document)
                if isinstance(holder, list) and len(holder) > 2 and is_said(holder[at])
            ]
            for _ in range(min(3 * len(lists), 30)):
                place = chance.randrange(len(lists))
                spoiled = copy.deepcopy(document)
                holder, at = [(h, a) for h, a in places_of(spoiled) if isinstance(h, list) and len(h) > 2 and is_said(h[a])][
                    place
                ]
                mine, before = said(read_page(as_page(holder[at]))), said(read_page(as_page(document)))
                holder[at] = damage_item(holder[at], chance)
                after = said(try_copy(read_page, as_page(spoiled), f"{name}, item {place}"))
                assert before - mine <= after, (name, place)
                tried += 1
    assert tried > 150


def as_page(value: object) -> bytes:
    return b'<html><script type="application/ld+json">' + json.dumps(value).encode() + b"</script></html>"


def said(mentions: list[Mention]) -> set[tuple[object, ...]]:
    """What was said by whom; the id of what has none of its own may depend on the neighbours."""
    return {key(mention)[1:] for mention in mentions}


def is_said(value: object) -> bool:
    return isinstance(value, dict) and value.get("@type") in ("Review", "Comment", "DiscussionForumPosting")


# JSON answers


class Driven:
    """A spider whose first requests are answered by hand; a new one for each answer."""

    def __init__(self, name: str, options: Mapping[str, object], folder: Path, now: str) -> None:
        self.spider, self.options, self.now = find_spiders()[name], options, now
        path = folder / "config.toml"
        path.write_text('[repute]\ndatabase = "x.db"\n[[brands]]\nid = "a"\nname = "Acme"\nrole = "own"\nquery = "*"\n')
        self.config = load_config(path, {})
        self.crawler = get_crawler(self.spider)

    def read(self, body: bytes) -> list[Mention]:
        return asyncio.run(self.answer(body))

    async def answer(self, body: bytes) -> list[Mention]:
        context = Context(
            config=self.config, options=self.options, now=self.now, since=None, dry=False, cursors=lambda site, name: None,
            gaps=lambda *, site, since, until, brand="", query="": [(since, until)], known=lambda since: [],
        )  # fmt: skip
        spider = self.spider(context=context)
        spider.crawler = self.crawler
        async for request in spider.start():
            if isinstance(request, Request):
                response = HtmlResponse(
                    request.url, body=body, request=request, headers={"Content-Type": "application/json"}, encoding="utf-8"
                )
                assert request.callback is not None
                return [item for item in request.callback(response, **request.cb_kwargs) if isinstance(item, Mention)]
        raise AssertionError("asks for nothing")


def read_reddit(body: bytes) -> list[Mention]:
    found = []
    for child in rows(table(read_json(body), "data").get("children")):
        try:
            found.append(parse_thing(table(child, "data")))
        except (KeyError, TypeError, ValueError):
            continue  # as the spider does: it counts the item as not readable
    return found


FORUM = Forum("https://f.example", "f", False)


def read_posts(body: bytes) -> list[Mention]:
    return [mention for post in read_listing(body) or [] if (mention := parse_post(post, FORUM))]


def read_topic_posts(body: bytes) -> list[Mention]:
    posts = (read_stream(body) or ([], []))[0]
    topic = read_topic("7", body, posts)
    return [mention for post in posts if (mention := parse_post(post, FORUM, topic))]


def read_youtube(body: bytes) -> list[Mention]:
    answer = table(read_json(body))
    titles = read_titles(answer)
    found = []
    for item in rows(answer.get("items")):
        thread = parse_thread(item, titles)
        comment = parse_comment(item, "v", titles)
        found += [thread.top, *thread.replies] if thread else [comment] if comment else []
    return found


def read_bluesky(body: bytes) -> list[Mention]:
    return [mention for view in rows(table(read_json(body)).get("posts")) if (mention := parse_bluesky(view))]


def bluesky_answer(recorded: Path) -> bytes:
    """The recorded records as search shows posts."""
    lines = (recorded / "bluesky" / "jetstream_v1.jsonl").read_text("utf-8").splitlines()
    events = [
        event for event in map(json.loads, lines) if table(event, "commit", "record").get("$type") == "app.bsky.feed.post"
    ]
    posts = [
        {"uri": f"at://{event['did']}/app.bsky.feed.post/{event['commit']['rkey']}", "author": {"did": event["did"], "handle": "a.example"},
         "record": event["commit"]["record"], "likeCount": 3, "repostCount": 1, "indexedAt": "2026-07-04T14:38:08.999Z"}
        for event in events
    ]  # fmt: skip
    return json.dumps({"posts": posts}).encode()


def mastodon_timeline(recorded: Path) -> bytes:
    """The recorded timeline, with enough statuses to be neighbours."""
    cassette = yaml.safe_load((recorded / "mastodon" / "hashtag_timeline.yaml").read_text("utf-8"))
    [body] = [one["response"]["body"]["string"] for one in cassette["interactions"] if "timelines/tag" in one["request"]["uri"]]
    statuses = [json.loads(str(body).replace("117020593741189701", str(117020593741189701 - n)))[0] for n in range(4)]
    return json.dumps(statuses).encode()


def reddit_listings(recorded: Path) -> list[bytes]:
    """Bodies of the cassettes that list three things or more, cut to ten."""
    found = []
    for path in sorted((recorded / "reddit").glob("*.json")):
        cassette = json.loads(path.read_text("utf-8"))
        for one in cassette.get("http_interactions") or cassette.get("interactions"):
            held = one["response"]["body"] if "body" in one["response"] else one["response"]["content"]
            listing = read_json((held["string"] if isinstance(held, dict) else held).encode())
            children = rows(table(listing, "data").get("children"))
            if len(children) > 2 and all(child.get("kind") in ("t1", "t3") for child in children):
                found.append(json.dumps({"data": {"children": children[:10]}}).encode())
    return found


def answers_of(recorded: Path, folder: Path) -> list[tuple[str, bytes, tuple[str, ...], Read]]:
    """(name, body, where the list of its items is, what reads it)."""
    hackernews = Driven("hackernews", {}, folder, "2026-07-09T04:00:00Z").read
    mastodon = Driven(
        "mastodon", {"instances": ["https://mastodon.example"], "tags": ["hoot"]}, folder, "2026-08-02T00:00:00Z"
    ).read
    file = lambda *parts: recorded.joinpath(*parts).read_bytes()  # noqa: E731
    hits = json.loads(file("hackernews", "hn_algolia_response.json"))
    hits["hits"] = hits["hits"][:25]
    return [
        ("hackernews", json.dumps(hits).encode(), ("hits",), hackernews),
        ("mastodon", mastodon_timeline(recorded), (), mastodon),
        ("discourse", file("discourse", "posts_latest.json"), ("latest_posts",), read_posts),
        ("discourse topic", file("discourse", "topic.json"), ("post_stream", "posts"), read_topic_posts),
        ("youtube threads", file("youtube", "comment_threads_by_video_paged_1.json"), ("items",), read_youtube),
        ("youtube replies", file("youtube", "comments_by_parent_paged_1.json"), ("items",), read_youtube),
        ("bluesky", bluesky_answer(recorded), ("posts",), read_bluesky),
        *(("reddit", body, ("data", "children"), read_reddit) for body in reddit_listings(recorded)),
    ]


@pytest.fixture
def answers(recorded, tmp_path):
    found = answers_of(recorded, tmp_path)
    assert {name for name, *_ in found} >= {"hackernews", "mastodon", "discourse", "youtube threads", "bluesky", "reddit"}
    return found


def test_damaged_answers_raise_nothing(answers):
    chance = random.Random(3)
    kept = 0
    for number in range(ANSWERS):
        name, body, _, read = answers[number % len(answers)]
        if number % 2:
            spoiled = damage(body, chance)
        else:
            # Whatever lies about the items: counts, pages, cursors, the list itself.
            answer = json.loads(body)
            places = [(holder, k) for holder, k in places_of(answer)][:400]
            holder, place = chance.choice(places)
            holder[place] = chance.choice(STRANGE)
            spoiled = json.dumps(answer).encode()
        kept += bool(try_copy(read, spoiled, f"{name}, copy {number}"))
    assert ANSWERS / 5 < kept < ANSWERS, "some damage leaves items to find, and some leaves none"


def test_a_damaged_item_of_an_answer_costs_no_neighbour(answers):
    chance = random.Random(4)
    whole = [{mention.external_id: key(mention) for mention in try_copy(read, body, name)} for name, body, _, read in answers]
    assert all(len(found) > 1 for found in whole), [
        (name, len(found)) for (name, *_), found in zip(answers, whole, strict=True)
    ]
    for number in range(ITEMS):
        name, body, path, read = answers[number % len(answers)]
        answer = json.loads(body)
        items = answer
        for step in path:
            items = items[step]
        place = chance.randrange(len(items))
        mine = {mention.external_id for mention in read_one(answer, path, place, read)}
        items[place] = damage_item(items[place], chance)
        found = {m.external_id: key(m) for m in try_copy(read, json.dumps(answer).encode(), f"{name}, copy {number}")}
        neighbours = {one: said for one, said in whole[number % len(answers)].items() if one not in mine}
        assert {one: found.get(one) for one in neighbours} == neighbours, (name, number, place, items[place])


def read_one(answer: Any, path: tuple[str, ...], place: int, read: Read) -> list[Mention]:
    """What one item alone gives."""
    answer = copy.deepcopy(answer)
    if not path:
        return read(json.dumps([answer[place]]).encode())
    holder = answer
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = [holder[path[-1]][place]]
    return read(json.dumps(answer).encode())
