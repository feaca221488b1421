"""A small store with known answers, in four scripts, for tests of what people are shown."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

from config import Config, load_config
from store.crawls import finish_crawl, start_crawl
from store.database import open_database
from store.records import CrawlReport, MatchedMention, Mention, Tag, TaggedMention, Tagger, Watch
from store.saving import Author, save_mentions
from store.tags import find_due, save_tagged, set_current_taggers

ROOT = Path(__file__).resolve().parent.parent
NOW = "2026-10-05T08:00:00Z"
WEEK = "28 Sep – 4 Oct 2026"

URDU = "ٹیمرنڈ نے ریفنڈ منظور کیا، پھر نامنظور۔ بینک اسٹیٹمنٹ میں کچھ نہیں آیا۔"
HINDI = "टैमरिंड ने कहा पाँच दिन में रिफंड, आज उन्नीसवाँ दिन है और बैंक में कुछ नहीं आया।"
TURKISH = "Tamarind iade onaylandı dedi, on dokuz gün oldu, param hâlâ yok."
EVIL = "Tamarind <script>alert('x')</script> & \"quoted\" </p><img src=x onerror=alert(1)>"

TASKS = {
    "sentiment": Tagger(task="sentiment", model="gold"),
    "complaint": Tagger(task="complaint", model="gold"),
    "refund": Tagger(task="topic", subject="refund", model="gold"),
    "app": Tagger(task="topic", subject="app", model="gold"),
    "delivery": Tagger(task="topic", subject="delivery", model="gold"),
    "fast": Tagger(task="attribute", subject="fast", model="gold"),
    "fresh": Tagger(task="attribute", subject="fresh", model="gold"),
}

# author, site, source, day and hour, language, text, sentiment, topic, attribute, engagement, url, brand
SEEN: list[tuple[str | None, str, str, str, str, str, str, str, dict[str, str], int | None, str | None, str]] = [
    (
        "ayesha",
        "trustyard",
        "reviews",
        "2026-10-03T20:07",
        "ur",
        URDU,
        "negative",
        "refund",
        {},
        None,
        "https://trustyard.example/1",
        "tamarind",
    ),
    (
        "rajiv",
        "r/delhi",
        "reddit",
        "2026-10-02T22:00",
        "hi",
        HINDI,
        "negative",
        "refund",
        {},
        12,
        "https://reddit.example/2",
        "tamarind",
    ),
    (
        "kedi",
        "r/istanbul",
        "reddit",
        "2026-09-30T20:15",
        "tr",
        TURKISH,
        "negative",
        "refund",
        {},
        48213,
        "https://reddit.example/3",
        "tamarind",
    ),
    (
        "gwen",
        "trustyard",
        "reviews",
        "2026-10-01T20:40",
        "en",
        "Eleven days and the £18.40 is still with them.",
        "negative",
        "refund",
        {},
        None,
        "https://trustyard.example/4",
        "tamarind",
    ),
    (
        "hollie",
        "neighbours",
        "reviews",
        "2026-10-02T21:05",
        "en",
        "They took the kettle back and kept the money too.",
        "negative",
        "refund",
        {},
        3,
        "https://neighbours.example/5",
        "tamarind",
    ),
    (
        "mac",
        "neighbours",
        "reviews",
        "2026-09-29T19:45",
        "en",
        "Three weeks for a refund of a dead fish. Splendid.",
        "negative",
        "refund",
        {},
        1,
        None,
        "tamarind",
    ),
    (
        "evil",
        "trustyard",
        "reviews",
        "2026-10-03T11:45",
        "en",
        EVIL,
        "negative",
        "app",
        {},
        None,
        "javascript:alert(document.cookie)",
        "tamarind",
    ),
    (
        "cross",
        "trustyard",
        "reviews",
        "2026-10-03T12:00",
        "en",
        "The app froze at the till.",
        "negative",
        "app",
        {},
        None,
        "https://trustyard.example/8",
        "tamarind",
    ),
    (
        "cross",
        "trustyard",
        "reviews",
        "2026-10-03T12:30",
        "en",
        "The app froze again, same till.",
        "negative",
        "app",
        {},
        None,
        "https://trustyard.example/9",
        "tamarind",
    ),
    (
        "slow1",
        "trustyard",
        "reviews",
        "2026-10-04T09:00",
        "en",
        "Two hours late for milk.",
        "negative",
        "delivery",
        {"fast": "contests"},
        None,
        "https://trustyard.example/10",
        "tamarind",
    ),
    (
        "slow2",
        "r/leeds",
        "reddit",
        "2026-10-04T10:00",
        "en",
        "Within the hour, they say. Which hour?",
        "negative",
        "delivery",
        {"fast": "contests"},
        40,
        "https://reddit.example/11",
        "tamarind",
    ),
    (
        None,
        "r/leeds",
        "reddit",
        "2026-10-04T10:30",
        "en",
        "My bag came tomorrow.",
        "negative",
        "delivery",
        {"fast": "contests"},
        2,
        "https://reddit.example/12",
        "tamarind",
    ),
    (
        "fan1",
        "trustyard",
        "reviews",
        "2026-09-29T08:00",
        "en",
        "Strawberries that taste of June. Lovely.",
        "positive",
        "",
        {"fresh": "confirms"},
        None,
        "https://trustyard.example/13",
        "tamarind",
    ),
    (
        "fan2",
        "trustyard",
        "reviews",
        "2026-09-30T08:00",
        "tr",
        "Sebzeler taptaze, çok memnunum.",
        "positive",
        "",
        {"fresh": "confirms"},
        None,
        "https://trustyard.example/14",
        "tamarind",
    ),
    (
        "fan3",
        "r/leeds",
        "reddit",
        "2026-10-01T08:00",
        "en",
        "Best tomatoes in town, and the bread is warm.",
        "positive",
        "",
        {"fresh": "confirms"},
        9,
        "https://reddit.example/15",
        "tamarind",
    ),
    (
        "plain",
        "r/leeds",
        "reddit",
        "2026-10-02T08:00",
        "en",
        "Tamarind opens a branch on Briggate.",
        "neutral",
        "",
        {},
        9,
        "https://reddit.example/16",
        "tamarind",
    ),
    (
        "old1",
        "trustyard",
        "reviews",
        "2026-09-22T18:00",
        "en",
        "Still no refund from them.",
        "negative",
        "refund",
        {},
        None,
        "https://trustyard.example/17",
        "tamarind",
    ),
    (
        "old2",
        "trustyard",
        "reviews",
        "2026-09-23T18:00",
        "en",
        "Melon as hard as a football, but they are kind.",
        "neutral",
        "",
        {},
        None,
        "https://trustyard.example/18",
        "tamarind",
    ),
    (
        "old3",
        "r/leeds",
        "reddit",
        "2026-09-01T18:00",
        "en",
        "Refund took a month.",
        "negative",
        "refund",
        {},
        5,
        "https://reddit.example/19",
        "tamarind",
    ),
    (
        "rival1",
        "r/leeds",
        "reddit",
        "2026-10-01T10:00",
        "en",
        "Nimblecart was here in nine minutes.",
        "positive",
        "",
        {"fast": "confirms"},
        7,
        "https://reddit.example/20",
        "nimblecart",
    ),
    (
        "rival2",
        "trustyard",
        "reviews",
        "2026-10-02T10:00",
        "en",
        "Nimblecart sent me someone else's eggs.",
        "negative",
        "delivery",
        {},
        None,
        "https://trustyard.example/21",
        "nimblecart",
    ),
]


def planted_config(folder: Path) -> Config:
    """The shipped configuration, with its store in `folder`."""
    shipped = load_config(ROOT / "config.toml", {})
    return dataclasses.replace(shipped, database=folder / "repute.db")


def plant_store(config: Config) -> None:
    """Fill the store of a configuration with the mentions above, their tags, watches and two crawls."""
    with contextlib.closing(open_database(config.database)) as db:
        author = Author(secret=b"s" * 32)
        crawls = {source: start_crawl(db, source, now=NOW, pid=1) for source in ("reviews", "reddit")}
        save_mentions(db, [*planted_mentions(), company_reply()], author=author, now=NOW, watches=planted_watches())
        for source, crawl in crawls.items():
            report = CrawlReport(status="finished", finished="2026-10-05T06:00:00Z", items=10, new=10)
            if source == "reddit":
                report = CrawlReport(
                    status="failed", finished="2026-10-05T06:00:00Z", error="r/leeds answered <503>; try later"
                )
            finish_crawl(db, crawl, report)
        ids = set_current_taggers(db, list(TASKS.values()))
        by_text = {seen[5]: seen for seen in SEEN}
        tagged = [
            TaggedMention(mention=due.id, text_hash=due.text_hash, tags=planted_tags(by_text.get(due.text or "")))
            for due in find_due(db, 1000)
        ]
        save_tagged(db, tagged, ids, list(TASKS.values()))


def planted_mentions() -> list[MatchedMention]:
    """The mentions of `SEEN`, each of one brand."""
    return [
        MatchedMention(
            mention=Mention(
                source=source, site=site, external_id=f"m{n}", url=url, title="<b>Bold</b> title" if author == "evil" else None,
                text=text, language=language, author_id=author, engagement=engagement,
                published=f"{when}:00Z", published_precision="second",
            ),
            brands=((brand, brand),),
        )
        for n, (author, site, source, when, language, text, _, _, _, engagement, url, brand) in enumerate(SEEN)
    ]  # fmt: skip


def company_reply() -> MatchedMention:
    """The company's answer to the first complaint, 45 minutes later."""
    reply = Mention(
        source="reviews", site="trustyard", external_id="reply", voice="company", kind="comment", parent="m0",
        text="We are sorry and have pushed it through.", published="2026-10-03T20:52:00Z", published_precision="second",
    )  # fmt: skip
    return MatchedMention(mention=reply, brands=(("tamarind", "tamarind"),))


def planted_watches() -> list[Watch]:
    """Twelve weeks of every site; r/leeds was not watched from 24 to 30 August."""
    start, end = "2026-07-12T23:00:00Z", "2026-10-05T08:00:00Z"
    sites = dict.fromkeys((seen[2], seen[1]) for seen in SEEN)
    watches = [
        Watch(source=source, site=site, since=start, until=end, complete=True) for source, site in sites if site != "r/leeds"
    ]
    gap = ((start, "2026-08-23T23:00:00Z"), ("2026-08-30T23:00:00Z", end))
    return watches + [Watch(source="reddit", site="r/leeds", since=since, until=until, complete=True) for since, until in gap]


def planted_tags(seen: tuple | None) -> tuple[Tag, ...]:
    """The gold tags of one mention."""
    if seen is None:
        return ()
    _, _, _, _, _, _, sentiment, topic, attributes, _, _, _ = seen
    tags = [Tag(tagger=TASKS["sentiment"], label=sentiment, score=1.0)]
    if topic:
        tags += [Tag(tagger=TASKS["complaint"], label="complaint", score=1.0), Tag(tagger=TASKS[topic], label=topic, score=1.0)]
    tags += [Tag(tagger=TASKS[name], label=name, polarity=polarity, score=1.0) for name, polarity in attributes.items()]
    return tuple(tags)
