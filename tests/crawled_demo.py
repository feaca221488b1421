"""The demo's web crawled by the real spiders into a store, and tagged with its writers' gold tags; signs are read in the words."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlite_utils import Database

from config import Config, load_config
from crawlers.naming import find_names
from demo import truth
from demo.gold import GoldRecord, gold_records
from demo.show import SECRETS, write_config
from demo.web import serve_demo
from sentiment.sentences import split_sentences
from sentiment.signs import SignReader
from store.records import WHOLE, Tag, TaggedMention, Tagger
from store.tags import count_due, find_due, save_tagged, set_current_taggers

ROOT = Path(__file__).resolve().parent.parent
NOW = truth.AS_OF


def crawl_demo(folder: Path) -> Config:
    """Serve the demo's web and crawl all of it into a store in `folder`."""
    with serve_demo() as web:
        path = write_config(ROOT / "config.toml", folder, web.url)
        crawl(path, ("reviews", "feeds", "hackernews", "reddit"))
    return load_config(path, {})


def crawl(path: Path, sources: Sequence[str]) -> None:
    """Crawl some sources as a person would, each in a process of its own."""
    for source in sources:
        command = [sys.executable, str(ROOT / "cli.py"), "crawl", source, "--config", str(path), "--as-of", NOW]
        subprocess.run(command, env=os.environ | SECRETS, check=True, capture_output=True, timeout=120)


def tag_demo(db: Database, config: Config) -> None:
    """Give every mention its writer's tags, and the signs that are read in its words."""
    wanted = [("language", ""), ("sentiment", ""), ("complaint", "")]
    wanted += [("topic", topic.id) for topic in config.topics]
    wanted += [("attribute", attribute.id) for attribute in config.attributes]
    taggers = {(task, subject): Tagger(task=task, subject=subject, model="gold") for task, subject in wanted}
    signs = SignReader(find_names(config.brands))
    ids = set_current_taggers(db, [*taggers.values(), *signs.taggers])
    by_id = {(record.source, record.external_id): record for record in gold_records() if record.external_id}
    by_text = {(record.site, record.text): record for record in gold_records()}
    identities = {row[0]: row[1:] for row in db.execute("select id, source, external_id, site, text from mentions")}
    tagged = []
    for due in find_due(db, 10_000):
        source, external_id, site, text = identities[due.id]
        record = by_id.get((source, external_id)) or by_text[site, text]
        tags = (*gold_tags(record, taggers), *sign_tags(signs, due.words, due.brands))
        tagged.append(TaggedMention(mention=due.id, text_hash=due.text_hash, language=record.language, tags=tags))
    save_tagged(db, tagged, ids, list(ids))
    assert count_due(db) == 0


def gold_tags(record: GoldRecord, taggers: dict[tuple[str, str], Tagger]) -> Iterator[Tag]:
    """The tags of one gold record."""
    if record.sentiment:
        yield Tag(tagger=taggers["sentiment", ""], label=record.sentiment)
    if record.complaint:
        yield Tag(tagger=taggers["complaint", ""], label="complaint")
    for topic in record.topics:
        yield Tag(tagger=taggers["topic", topic], label=topic)
    for attribute, polarity in record.attributes:
        yield Tag(tagger=taggers["attribute", attribute], label=attribute, polarity=polarity)


def sign_tags(signs: SignReader, words: str, brands: Sequence[str]) -> list[Tag]:
    """The signs of a whole text: the writers gave none."""
    cut = split_sentences(words)
    return [tag for tag in signs.tags(words, cut if len(cut) > 1 else [], brands) if tag.span == WHOLE]


def seen(brand: str = "tamarind") -> list[GoldRecord]:
    """What customers said of a brand, where a crawl could see it."""
    return [record for record in gold_records() if record.voice == "customer" and brand in record.brands and not record.unseen]
