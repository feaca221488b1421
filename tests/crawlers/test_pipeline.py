"""What the pipeline lets into the store, seen through a spider's records and real rows."""

from __future__ import annotations

import asyncio
import math
import time
from hashlib import blake2b
from types import SimpleNamespace

import pytest
from scrapy.settings import Settings
from scrapy.statscollectors import StatsCollector

from config import load_config
from crawlers.cleaning import clean_mention, find_fault
from crawlers.context import Context
from crawlers.copies import copy_bands
from crawlers.gathering import Batch
from crawlers.pipelines import StorePipeline
from store.copies import shingles
from store.crawls import find_cursor, find_gaps
from store.database import open_database
from store.records import Cursor, Mention, Watch

NOW = "2026-10-05T08:00:00Z"
LONG = "The delivery came three hours late on Friday evening and the frozen peas had thawed into a warm green soup while the courier said he knew nothing about any of it at all"


def mention(**fields) -> Mention:
    return Mention(
        **{
            "source": "feeds",
            "site": "s",
            "external_id": "1",
            "text": "acme is fine",
            "published": "2026-10-01T10:00:00Z",
            "published_precision": "second",
        }
        | fields
    )


def make_pipeline(tmp_path, query="acme", dry=False, limit=0):
    path = tmp_path / "config.toml"
    path.write_text(f'[[brands]]\nid = "acme"\nname = "Acme"\nrole = "own"\nquery = "{query}"\naccounts = ["AcmeHelp"]\n')
    config = load_config(path, {})
    context = Context(
        config=config,
        options={},
        now=NOW,
        since=None,
        dry=dry,
        cursors=lambda *_: None,
        gaps=lambda **_: [],
        known=lambda _: [],
    )
    settings = Settings({"REPUTE_LIMIT": limit, "REPUTE_BUSY_SECONDS": math.inf})
    crawler = SimpleNamespace(spider=SimpleNamespace(context=context), settings=settings, engine=SimpleNamespace(spider=None))
    crawler.stats = StatsCollector(crawler)
    pipeline = StorePipeline(crawler)
    pipeline.open_spider()
    return pipeline


def take(pipeline, item):
    """Hand the pipeline one item, as Scrapy does."""
    asyncio.run(pipeline.process_item(item))


def rows(tmp_path, sql="select external_id, voice, text, published, removed_at from mentions order by id"):
    db = open_database(tmp_path / "repute.db")
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def test_a_mention_of_no_brand_is_counted_and_left_out(tmp_path):
    pipeline = make_pipeline(tmp_path)
    take(pipeline, mention(text="nothing to do with us"))
    take(pipeline, mention(external_id="2"))
    asyncio.run(pipeline.close_spider())
    assert rows(tmp_path) == [("2", "customer", "acme is fine", "2026-10-01T10:00:00Z", None)]
    assert pipeline.crawler.stats.get_stats() == {
        "repute/items": 2,
        "repute/dropped/no brand": 1,
        "repute/new": 1,
        "repute/updated": 0,
    }


def test_what_an_own_account_writes_is_the_companys_voice(tmp_path):
    pipeline = make_pipeline(tmp_path)
    take(pipeline, mention(text="Sorry!", author_id="AcmeHelp"))
    asyncio.run(pipeline.close_spider())
    assert rows(tmp_path) == [("1", "company", "Sorry!", "2026-10-01T10:00:00Z", None)]
    assert rows(tmp_path, "select brand, matched from mention_brands") == [("acme", "@acmehelp")]


def test_a_cursor_is_saved_with_the_mentions_before_it(tmp_path):
    pipeline = make_pipeline(tmp_path)
    take(pipeline, mention())
    take(pipeline, Cursor(source="feeds", site="s", name="f", value="here"))
    take(pipeline, Watch(source="feeds", site="s", since="2026-10-01T00:00:00Z", until=NOW, complete=True))
    assert rows(tmp_path) == []
    asyncio.run(pipeline.close_spider())
    db = open_database(tmp_path / "repute.db")
    assert find_cursor(db, "feeds", "s", "f") == "here"
    assert find_gaps(db, source="feeds", site="s", since="2026-09-30T00:00:00Z", until=NOW) == [
        ("2026-09-30T00:00:00Z", "2026-10-01T00:00:00Z")
    ]
    assert len(rows(tmp_path)) == 1
    db.close()


def test_two_hundred_mentions_are_saved_at_once(tmp_path):
    pipeline = make_pipeline(tmp_path)
    for number in range(201):
        take(pipeline, mention(external_id=str(number)))
    assert len(rows(tmp_path)) == 200
    asyncio.run(pipeline.close_spider())
    assert len(rows(tmp_path)) == 201


def test_a_removed_mention_leaves_a_tombstone_only_where_it_was_known(tmp_path):
    pipeline = make_pipeline(tmp_path)
    take(pipeline, mention(external_id="known"))
    pipeline.intake.flush()
    take(pipeline, mention(external_id="known", text=None, removed=True))
    take(pipeline, mention(external_id="stranger", text=None, removed=True))
    asyncio.run(pipeline.close_spider())
    assert rows(tmp_path) == [("known", "customer", None, "2026-10-01T10:00:00Z", NOW)]


def test_a_stored_mention_that_no_longer_speaks_of_a_brand_is_updated_and_is_no_brands(tmp_path):
    pipeline = make_pipeline(tmp_path)
    take(pipeline, mention())
    pipeline.intake.flush()
    take(pipeline, mention(text="edited: I meant somebody else"))
    asyncio.run(pipeline.close_spider())
    assert rows(tmp_path, "select external_id, text from mentions") == [("1", "edited: I meant somebody else")]
    assert rows(tmp_path, "select brand from mention_brands") == []


def test_the_query_for_everything_keeps_every_tombstone(tmp_path):
    pipeline = make_pipeline(tmp_path, query="*")
    take(pipeline, mention(external_id="stranger", text=None, removed=True))
    asyncio.run(pipeline.close_spider())
    assert rows(tmp_path) == [("stranger", "customer", None, "2026-10-01T10:00:00Z", NOW)]


def test_a_dry_look_stores_nothing(tmp_path):
    pipeline = make_pipeline(tmp_path, dry=True)
    take(pipeline, mention())
    asyncio.run(pipeline.close_spider())
    assert not (tmp_path / "repute.db").exists()
    assert pipeline.crawler.stats.get_value("repute/items") == 1


def test_copies_share_a_group_and_short_texts_do_not(tmp_path):
    pipeline = make_pipeline(tmp_path, query="*")
    for number, text in enumerate([LONG, LONG.replace("Friday", "Saturday"), "Late again", "Late again", LONG[::-1]]):
        take(pipeline, mention(external_id=str(number), text=text))
    asyncio.run(pipeline.close_spider())
    assert rows(tmp_path, "select external_id, copy_group from mentions order by external_id") == [
        ("0", 1),
        ("1", 1),
        ("2", None),
        ("3", None),
        ("4", None),
    ]


def test_one_record_of_a_batch_that_fails_costs_none_of_the_others(tmp_path):
    pipeline = make_pipeline(tmp_path)
    cursor = Cursor(source="feeds", site="s", name="f", value="here")
    with pytest.raises(TypeError, match="not dict"):
        take(pipeline, Batch((mention(), {"text": "x"}, mention(external_id="2"), cursor)))
    asyncio.run(pipeline.close_spider())
    assert [row[0] for row in rows(tmp_path)] == ["1", "2"]
    assert rows(tmp_path, "select name, value from cursors") == [("f", "here")]


def test_the_network_has_its_turns_while_records_are_taken_in(tmp_path):
    pipeline = make_pipeline(tmp_path)

    async def look():
        taking = asyncio.create_task(pipeline.process_item(Batch(tuple(mention(external_id=str(n)) for n in range(900)))))
        looks = 0
        while not taking.done():
            looks += 1
            await asyncio.sleep(0)
        return looks

    assert asyncio.run(look()) > 5
    asyncio.run(pipeline.close_spider())
    assert len(rows(tmp_path)) == 900


def test_what_comes_while_records_are_taken_in_waits_for_its_turn(tmp_path):
    pipeline, taken = make_pipeline(tmp_path), []
    pipeline.take = lambda record: (taken.append(record), time.sleep(0.001))

    async def hand_over():
        await asyncio.gather(*(pipeline.process_item(Batch(tuple(range(n, n + 5)))) for n in (0, 5, 10)))

    asyncio.run(hand_over())
    assert taken == list(range(15))


def test_several_that_fail_are_all_told(tmp_path):
    with pytest.raises(ExceptionGroup) as told:
        take(make_pipeline(tmp_path), Batch(({"text": "x"}, mention(), None)))
    assert [str(fault).rpartition(" ")[2] for fault in told.value.exceptions] == ["dict", "NoneType"]


def test_bands_are_those_that_stores_hold():
    from datasketch import MinHash

    for text in (LONG, LONG.upper(), "الحاسوب لا يعمل " * 9, "a " * 400, " ".join(map(str, range(5000)))):
        sketch = MinHash(num_perm=64, seed=1, scheme="affine32")
        sketch.update_batch([run.encode() for run in shingles(text)])
        values = sketch.hashvalues.astype("<u8").tobytes()
        parts = [bytes([band]) + values[32 * band : 32 * (band + 1)] for band in range(16)]
        digests = [blake2b(part, digest_size=8).digest() for part in parts]
        assert copy_bands(text) == tuple(int.from_bytes(digest, "little", signed=True) for digest in digests)


def test_bands_are_signed_64_bit_numbers_and_stay_the_same():
    bands = copy_bands(LONG)
    assert (len(bands), bands) == (16, copy_bands(LONG.upper()))
    assert all(-(2**63) <= band < 2**63 for band in bands)
    assert copy_bands("only a few words here") == ()


@pytest.mark.parametrize("published", ["2026-10-07T00:00:00Z", "yesterday", "2026-02-30 10:00", None])
def test_a_publication_time_that_is_none_is_unknown(published):
    cleaned = clean_mention(mention(published=published), NOW)
    assert (cleaned.published, cleaned.published_precision) == (None, "unknown")


def test_what_sqlite_and_unicode_refuse_is_taken_out():
    cleaned = clean_mention(mention(title="a\x00b", text="c\ud800d"), NOW)
    assert (cleaned.title, cleaned.text) == ("ab", "cd")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"external_id": ""}, "no id"),
        ({"text": " \n"}, "no text and no rating"),
        ({"kind": "rant"}, "unknown kind 'rant'"),
        ({"voice": "cat"}, "unknown voice 'cat'"),
        ({"text": None, "rating": 4.0}, None),
        ({"text": None, "removed": True}, None),
    ],
)
def test_faults_of_mentions(fields, fault):
    assert find_fault(mention(**fields)) == fault


def test_anything_else_from_a_spider_is_a_bug(tmp_path):
    with pytest.raises(TypeError, match="a spider yields Mention, Watch, Cursor, Metric or Request, not dict"):
        take(make_pipeline(tmp_path, dry=True), {"text": "x"})
