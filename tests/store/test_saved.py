"""A saved answer keeps its rows whatever happens to the store, and gives up what is erased, to the last byte."""

from __future__ import annotations

import contextlib
import json
import zlib

import numpy as np
import pytest

from store.authors import load_secret
from store.database import open_database, read_database, write
from store.erasing import begin_erasure, finish_erasures
from store.fact_keeping import read_facts, refresh_facts
from store.facts import Packed, unpack
from store.queries import find_listings
from store.recording import Recorder
from store.records import Tag, TaggedMention, Tagger, Watch
from store.replaying import Replay
from store.saved import SavedError, drop_saved, find_saved, is_stale, read_saved, save_answer
from store.saved_layout import layout_now
from store.saving import save_mentions
from store.selecting import select_author, select_source
from store.tags import find_due, save_tagged, set_current_taggers

NOW, LATER = "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"
COMPLAINT, TOPIC = Tagger(task="complaint", model="gold"), Tagger(task="topic", subject="late", model="gold")
WATCH = Watch(
    source="reviews", site="trustyard", brand="acme", query="q", complete=True,
    since="2026-08-01T00:00:00Z", until="2026-09-30T00:00:00Z",
)  # fmt: skip


def split(text: str) -> list[int]:
    """A number for each word."""
    return sorted({zlib.crc32(word.encode()) for word in text.split()})


@pytest.fixture
def fill(db, matched, author):
    """Save three mentions, tagged as complaints of a topic, with facts."""
    mentions = [
        matched("acme", external_id="one", author_id="ada", text="It came late.", subject="Grinder"),
        matched(
            "acme",
            external_id="two",
            author_id="bob",
            text="Sour milk too.",
            subject="Zebra-Mill",
            site="bobs-corner",
            url=None,
        ),
        matched("acme", external_id="three", author_id="cy", text="Very late indeed.", published="2026-09-02T10:00:00Z"),
    ]
    save_mentions(db, mentions, author=author, now=NOW, watches=[WATCH])
    tag(db, [Tag(tagger=COMPLAINT, label="complaint"), Tag(tagger=TOPIC, label="late")])
    refresh_facts(db, split)


def tag(db, tags):
    ids = set_current_taggers(db, [COMPLAINT, TOPIC])
    tagged = [TaggedMention(mention=due.id, text_hash=due.text_hash, tags=tuple(tags)) for due in find_due(db, 100)]
    save_tagged(db, tagged, ids, [COMPLAINT, TOPIC])


def question(db) -> dict:
    """An answer from facts and listings: row ids, topics and sites."""
    segment = read_facts(db, "acme", first_day="2026-08-01", end_day="2026-10-01", words=split)
    return {
        "mentions": sorted(segment.facts["mention"].tolist()),
        "topics": sorted(segment.names[number] for number in segment.labels["name"].tolist()),
        "subjects": sorted({segment.names.get(number, "") for number in segment.facts["subject"].tolist()}),
        "words": len(segment.words),
        "listings": find_listings(db, brand="acme"),
    }


def save(path, name="september", answer=None):
    with contextlib.closing(open_database(path)) as writable:
        db = Recorder(writable.conn)
        db.conn.execute("begin")
        found = question(db)
        size = save_answer(
            db, name=name, command="hot-buttons", parameters={"last": "4w"}, config={}, version="1.0",
            answer=found if answer is None else answer, now=NOW,
        )  # fmt: skip
    assert size > 0
    return found


def again(path, name="september"):
    with contextlib.closing(read_database(path)) as db:
        replay = Replay(db, name)
        return question(replay), replay


def test_a_question_asked_again_gives_what_was_saved(fill, path):
    saved = save(path)
    assert (saved["mentions"], saved["topics"], saved["words"]) == ([1, 2, 3], ["late"] * 3, 15)
    found, replay = again(path)
    assert (found, replay.saved.answer, replay.unkept) == (saved, saved, [])


def test_what_is_new_reread_retagged_or_reworded_since_changes_nothing(fill, path, db, matched, author):
    saved = save(path)
    save_mentions(db, [matched("acme", external_id="four", text="Late too.")], author=author, now=LATER)
    save_mentions(
        db, [matched("acme", external_id="one", text="It came early.", author_id="ada")], author=author, now=LATER,
        watches=[Watch(source="reviews", site="new", brand="acme", query="q", since="2026-09-01T00:00:00Z", until=NOW, complete=True)],
    )  # fmt: skip
    tag(db, [])
    refresh_facts(db, split)
    assert question(db) != saved
    assert again(path)[0] == saved


def test_other_taggers_since_change_nothing(fill, path, db):
    saved = save(path)
    set_current_taggers(db, [Tagger(task="complaint", model="other")])
    assert question(db)["topics"] == []
    found, replay = again(path)
    assert found == saved
    assert [(one["task"], one["subject"], one["model"]) for one in replay.saved.taggers] == [
        ("complaint", "", "gold"),
        ("topic", "late", "gold"),
    ]


def test_a_question_that_was_not_kept_goes_to_the_store_and_is_told(fill, path):
    save(path)
    with contextlib.closing(read_database(path)) as db:
        replay = Replay(db, "september")
        assert [row["site"] for row in find_listings(replay, brand="acme", source="reviews")] == ["trustyard"]
        assert [statement.parameters for statement in replay.unkept] == [{"brand": "acme", "source": "reviews"}]


def test_rows_about_mentions_are_given_for_those_that_are_asked_for(fill, path):
    def threads(db, mentions: list[int]) -> list[dict]:
        sql = """
            select id as mention, site || external_id as thread
            from mentions
            where id in (select value from json_each(:mentions))
            order by id
        """
        return list(db.query(sql, {"mentions": json.dumps(mentions)}))

    with contextlib.closing(open_database(path)) as writable:
        db = Recorder(writable.conn)
        db.conn.execute("begin")
        before = threads(db, [1, 2, 3])
        save_answer(db, name="t", command="c", parameters={}, config={}, version="1", answer={}, now=NOW)
    with contextlib.closing(read_database(path)) as db:
        replay = Replay(db, "t")
        found = threads(replay, [3, 1])
        assert replay.unkept == []
    assert [row["mention"] for row in found] == [1, 3]
    assert not {row["thread"] for row in found} & {row["thread"] for row in before}, "names of threads are identities"


def test_facts_that_an_older_version_laid_out_otherwise_are_read_and_erased(fill, path, db):
    save(path)
    layout = json.loads(layout_now())
    old = {**layout, "facts": [["gone", "<u2"], *(column for column in layout["facts"] if column[0] != "flags")]}
    kinds = dict(layout["facts"])
    with write(db):
        for part, facts in db.conn.execute("select id, facts from saved_facts").fetchall():
            segment = unpack([Packed(zlib.decompress(facts), b"")], {})
            columns = [np.zeros(len(segment.facts), "<u2"), *(segment.facts[name] for name in kinds if name != "flags")]
            packed = zlib.compress(b"".join(column.tobytes() for column in columns))
            db.conn.execute("update saved_facts set facts = ? where id = ?", [packed, part])
        db.conn.execute("update saved_answers set layout = ?", [json.dumps(old)])
    found, _ = again(path)
    assert (found["mentions"], found["subjects"], found["topics"]) == ([1, 2, 3], ["", "Grinder", "Zebra-Mill"], ["late"] * 3)
    erase(db, path, select_author(db, load_secret(path), "bob"))
    assert (kept_ids(path), again(path)[0]["subjects"]) == ([1, 3], ["", "Grinder"])


def kept_ids(path):
    with contextlib.closing(read_database(path)) as db:
        rows = db.execute("select facts, labels, words from saved_facts").fetchall()
        parts = [unpack([Packed(*map(zlib.decompress, row))], {}) for row in rows]
        return sorted(n for part in parts for n in part.facts["mention"].tolist())


def bytes_of(path):
    """Every byte of the store's files, unpacked where zlib packed it."""
    raw = b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()) if file.name.startswith(path.name))
    with contextlib.closing(read_database(path)) as db:
        for facts, labels, words in db.execute("select facts, labels, words from saved_facts"):
            raw += b"".join(map(zlib.decompress, (facts, labels, words)))
        raw += b"".join(zlib.decompress(rows) for (rows,) in db.execute("select rows from saved_rows"))
    return raw


def erase(db, path, selection):
    secret = load_secret(path)
    begin_erasure(db, selection, secret=secret, now=LATER)
    finish_erasures(db, path, secret=secret, now=LATER)


def author_bytes(path):
    """The numbers of authors in facts, as bytes, by mention."""
    with contextlib.closing(read_database(path)) as db:
        facts = read_facts(db, "acme").facts
    return {mention: number.tobytes() for mention, number in zip(facts["mention"].tolist(), facts["author"], strict=True)}


def test_a_forgotten_author_leaves_only_row_ids(fill, path, db):
    save(path, answer={"sites": [{"name": "reviews/bobs-corner", "count": 1}], "subjects": ["Zebra-Mill", "Grinder"], "n": 3})
    author = author_bytes(path)[2]
    before = bytes_of(path)
    assert author in before
    assert b"Zebra-Mill" in before
    erase(db, path, select_author(db, load_secret(path), "bob"))
    assert kept_ids(path) == [1, 3]
    after = bytes_of(path)
    for trace in (author, b"Zebra-Mill", b"bobs-corner", b"Sour milk"):
        assert trace not in after, trace
    with contextlib.closing(read_database(path)) as reading:
        saved = read_saved(reading, "september")
    assert saved.answer == {"sites": [{"name": "reviews/(erased)", "count": 1}], "subjects": ["(erased)", "Grinder"], "n": 3}
    assert (saved.erased, saved.mentions) == ((2,), 2)
    found, replay = again(path)
    assert (found["mentions"], found["topics"], replay.unkept) == ([1, 3], ["late", "late"], [])


def test_a_mention_removed_at_its_source_leaves_only_its_row_id(fill, path, db, matched, author):
    save(path)
    gone = matched(external_id="two", site="bobs-corner", removed=True, author_id=None, text=None, title=None)
    save_mentions(db, [gone], author=author, now=LATER)
    assert kept_ids(path) == [1, 3]
    with contextlib.closing(read_database(path)) as reading:
        assert read_saved(reading, "september").erased == (2,)


def test_rows_about_an_erased_mention_go_too(fill, path, db, author, matched):
    with contextlib.closing(open_database(path)) as writable:
        recorder = Recorder(writable.conn)
        recorder.conn.execute("begin")
        list(recorder.query("select id as mention, author from mentions order by id"))
        save_answer(recorder, name="r", command="c", parameters={}, config={}, version="1", answer={}, now=NOW)
    erase(db, path, select_author(db, load_secret(path), "bob"))
    with contextlib.closing(read_database(path)) as reading:
        (packed,) = reading.execute("select rows from saved_rows").fetchone()
        assert [row[0] for row in json.loads(zlib.decompress(packed))] == [1, 3]
        assert read_saved(reading, "r").erased == (2,)


def test_a_forgotten_source_goes_from_saved_coverage(fill, path, db):
    save(path, answer={"coverage": {"sentences": ["reviews (trustyard) was not watched 1 Sep."]}})
    erase(db, path, select_source("reviews", "trustyard"))
    with contextlib.closing(read_database(path)) as reading:
        saved = read_saved(reading, "september")
    assert saved.answer == {"coverage": {"sentences": ["reviews ((erased)) was not watched 1 Sep."]}}
    assert (saved.erased, again(path)[0]["listings"]) == ((1, 3), [])
    # The list of erasures says what was asked for, once when it began and once when it ended.
    assert bytes_of(path).count(b"trustyard") == bytes_of(path).count(b"source reviews/trustyard")


def test_what_is_erased_while_an_answer_is_saved_is_not_kept(fill, path):
    with contextlib.closing(open_database(path)) as writable, contextlib.closing(open_database(path)) as other:
        db = Recorder(writable.conn)
        db.conn.execute("begin")
        answer = question(db)
        with write(other):
            other.conn.execute("delete from mentions where id = 2")
        save_answer(db, name="s", command="c", parameters={}, config={}, version="1", answer=answer, now=NOW)
    assert kept_ids(path) == [1, 3]
    with contextlib.closing(read_database(path)) as reading:
        assert read_saved(reading, "s").erased == (2,)


def test_a_name_is_taken_once_and_given_up(fill, path, db):
    save(path)
    with pytest.raises(SavedError, match="'september' is already the name of an answer saved on 2026-10-01; choose another"):
        save(path)
    drop_saved(db, "september")
    assert [db.execute(f"select count(*) from {table}").fetchone() for table in ("saved_facts", "saved_rows")] == [(0,), (0,)]
    assert find_saved(db) == []
    with pytest.raises(SavedError, match="no answer was saved under that name; there is none yet"):
        read_saved(db, "september")


def test_facts_that_are_to_be_made_anew_are_told(fill, db, matched, author):
    assert not is_stale(db)
    save_mentions(db, [matched("acme", external_id="four")], author=author, now=LATER)
    assert is_stale(db)
    refresh_facts(db, split)
    set_current_taggers(db, [COMPLAINT])
    assert is_stale(db)
