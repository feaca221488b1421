from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

import pytest

from config import load_config
from store.database import open_database, read_database
from store.records import MatchedMention, Mention, Tag, TaggedMention, Tagger, Watch
from store.saving import Author, save_mentions
from store.tags import find_due, save_tagged, set_current_taggers

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = "2026-10-05T08:00:00Z"
TOPICS, ATTRIBUTES = ("refund", "delivery", "app"), ("fast", "fresh")
SIGNS = ("leaving", "recommending", "escalation", "resolved")
TAGGERS = {
    "sentiment": Tagger(task="sentiment", model="gold"),
    "complaint": Tagger(task="complaint", model="gold"),
    **{topic: Tagger(task="topic", subject=topic, model="gold") for topic in TOPICS},
    **{attribute: Tagger(task="attribute", subject=attribute, model="gold") for attribute in ATTRIBUTES},
    **{sign: Tagger(task="sign", subject=sign, model="gold") for sign in SIGNS},
}


@pytest.fixture
def config(tmp_path):
    return dataclasses.replace(load_config(ROOT / "config.toml", {}), database=tmp_path / "repute.db")


@pytest.fixture
def plant(config):
    """Fill a store from short rows, and open it for reading."""
    opened = []

    def fill(rows: list[dict], watches: list[Watch] = ()):
        with contextlib.closing(open_database(config.database)) as db:
            ids = set_current_taggers(db, list(TAGGERS.values()))
            matched = [as_matched(number, row) for number, row in enumerate(rows)]
            save_mentions(db, matched, author=Author(secret=b"s" * 32), now=NOW, watches=watches)
            order = dict(db.execute("select external_id, id from mentions").fetchall())
            by_id = {order[f"m{number}"]: row for number, row in enumerate(rows)}
            tagged = [
                TaggedMention(
                    mention=due.id, text_hash=due.text_hash, spans=by_id[due.id].get("spans", ()), tags=as_tags(by_id[due.id])
                )
                for due in find_due(db, 10_000)
                if not by_id[due.id].get("untagged")
            ]
            save_tagged(db, tagged, ids, list(TAGGERS.values()))
        opened.append(read_database(config.database))
        return opened[-1]

    yield fill
    for db in opened:
        db.close()


def as_matched(number: int, row: dict) -> MatchedMention:
    values = {
        "source": "reviews",
        "site": "trustyard",
        "text": f"Text number {number}.",
        "author_id": f"person {number}",
        "published": "2026-09-30T10:00:00Z",
        "published_precision": "second",
        "language": "en",
    }
    names = {field.name for field in dataclasses.fields(Mention)}
    mention = Mention(external_id=f"m{number}", **(values | {key: value for key, value in row.items() if key in names}))
    brands = tuple((brand, brand) for brand in row.get("brands", ("tamarind",)))
    return MatchedMention(mention=mention, brands=brands, copy_bands=row.get("bands", ()))


def as_tags(row: dict) -> tuple[Tag, ...]:
    topics = row.get("topics", ())
    tags = [Tag(tagger=TAGGERS["sentiment"], label=row.get("sentiment", "negative" if topics else "neutral"))]
    if row.get("complaint", bool(topics)):
        tags.append(Tag(tagger=TAGGERS["complaint"], label="complaint"))
    tags += [Tag(tagger=TAGGERS[topic], label=topic, span=row.get("span", 0)) for topic in topics]
    tags += [Tag(tagger=TAGGERS[name], label=name, polarity=way) for name, way in row.get("attributes", {}).items()]
    tags += [Tag(tagger=TAGGERS[sign], label=sign) for sign in row.get("signs", ())]
    return tuple(tags)
