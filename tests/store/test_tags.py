from __future__ import annotations

from store.records import Tag, TaggedMention, Tagger
from store.saving import save_mentions
from store.tags import count_due, find_due, save_tagged, set_current_taggers
from store.unsorted import find_topic_taggers

SENTIMENT = Tagger(task="sentiment", model="m1")
DELIVERY = Tagger(task="topic", subject="delivery", model="m1", description="late", threshold=0.5)
STAFF = Tagger(task="topic", subject="staff", model="m1", description="rude", threshold=0.5)
REWORDED = Tagger(task="topic", subject="delivery", model="m1", description="late or lost", threshold=0.5)


def tagged(due, *tags, spans=()):
    return TaggedMention(mention=due.id, text_hash=due.text_hash, language="en", tags=tags, spans=spans)


def save_one(db, author, matched, **changes):
    save_mentions(db, [matched("t", **changes)], author=author, now="2026-09-02T00:00:00Z")


def test_a_mention_is_due_until_read_even_if_nothing_was_found(db, author, matched):
    ids = set_current_taggers(db, [SENTIMENT, DELIVERY])
    save_one(db, author, matched)
    due = find_due(db, 10)
    assert [(item.id, item.words, item.read_by) for item in due] == [
        (1, "Late again\nThe milk came two hours late.", frozenset())
    ]
    save_tagged(db, [tagged(due[0])], ids, [SENTIMENT, DELIVERY])
    assert count_due(db) == 0


def test_rewording_a_topic_makes_only_that_topic_due(db, author, matched):
    ids = set_current_taggers(db, [SENTIMENT, DELIVERY])
    save_one(db, author, matched)
    due = find_due(db, 10)[0]
    tags = (Tag(tagger=SENTIMENT, label="negative", score=0.9), Tag(tagger=DELIVERY, label="delivery", score=0.8))
    save_tagged(db, [tagged(due, *tags)], ids, [SENTIMENT, DELIVERY])
    ids = set_current_taggers(db, [SENTIMENT, REWORDED])
    due = find_due(db, 10)[0]
    assert due.read_by & set(ids.values()) == {ids[SENTIMENT]}
    save_tagged(db, [tagged(due, Tag(tagger=REWORDED, label="delivery", score=0.7))], ids, [REWORDED])
    assert count_due(db) == 0
    assert [tuple(row) for row in db.execute("select task, label, score from current_tags order by task")] == [
        ("sentiment", "negative", 0.9),
        ("topic", "delivery", 0.7),
    ]
    assert db["tags"].count == 2


def test_going_back_to_the_old_wording_makes_it_due_again(db, author, matched):
    save_one(db, author, matched)
    for taggers in ([DELIVERY], [REWORDED], [DELIVERY]):
        ids = set_current_taggers(db, taggers)
        due = find_due(db, 10)
        assert len(due) == 1
        save_tagged(db, [tagged(due[0], Tag(tagger=taggers[0], label="delivery"))], ids, taggers)
    assert db["taggers"].count == 2
    assert db["tags"].count == 1


def test_what_other_taggers_have_read_is_counted_for_those_that_stayed(db, author, matched):
    for external_id in ("1", "2", "3"):
        save_one(db, author, matched, external_id=external_id)
    for taggers, count in (([SENTIMENT, DELIVERY], 3), ([SENTIMENT, REWORDED], 2), ([SENTIMENT, REWORDED, STAFF], 1)):
        ids = set_current_taggers(db, taggers)
        save_tagged(db, [tagged(due) for due in find_due(db, count)], ids, taggers)
    assert count_due(db) == 2
    assert [(row["topic"], row["unread"]) for row in find_topic_taggers(db)] == [("delivery", 1), ("staff", 2)]


def test_an_edit_during_reading_leaves_the_mention_due(db, author, matched):
    ids = set_current_taggers(db, [SENTIMENT])
    save_one(db, author, matched)
    due = find_due(db, 10)[0]
    save_one(db, author, matched, text="Edited while the model was reading.")
    assert save_tagged(db, [tagged(due, Tag(tagger=SENTIMENT, label="negative"))], ids, [SENTIMENT]) == 0
    assert count_due(db) == 1
    assert db["tags"].count == 0


def test_tombstones_are_never_due(db, author, matched):
    set_current_taggers(db, [SENTIMENT])
    save_one(db, author, matched, removed=True)
    assert (count_due(db), find_due(db, 10)) == (0, [])


def test_sentences_and_the_detected_language_are_kept(db, author, matched):
    ids = set_current_taggers(db, [SENTIMENT])
    save_one(db, author, matched)
    save_tagged(db, [tagged(find_due(db, 1)[0], spans=((0, 10), (11, 40)))], ids, [SENTIMENT])
    assert [tuple(row) for row in db.execute("select mention, n, start, end from spans")] == [(1, 1, 0, 10), (1, 2, 11, 40)]
    assert db.execute("select language from mentions").fetchone() == ("en",)


def test_a_language_that_was_detected_is_no_change_when_the_source_stays_silent(db, author, matched):
    ids = set_current_taggers(db, [SENTIMENT])
    save_one(db, author, matched)
    save_tagged(db, [tagged(find_due(db, 1)[0])], ids, [SENTIMENT])
    saved = save_mentions(db, [matched("t")], author=author, now="2026-09-05T00:00:00Z")
    assert saved.unchanged == 1
