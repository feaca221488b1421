"""Sampled judgements beside what the current taggers say, and the marks of a sample's rows."""

from __future__ import annotations

import contextlib

import pytest

from store.changing import Changes
from store.database import read_database
from store.judging import Judgement, Saved, find_candidates, find_judged, find_judged_tasks, save_judgements
from store.records import Tag, TaggedMention, Tagger, Target
from store.remembering import unwatch, watch
from store.sample_marks import MarkError, Question, make_mark, number_sample, read_mark
from store.saving import save_mentions
from store.scope import Scope
from store.tags import find_due, save_tagged, set_current_taggers

NOW = "2026-09-10T00:00:00Z"
SENTIMENT, COMPLAINT = Tagger(task="sentiment", model="gold"), Tagger(task="complaint", model="gold")
REFUND = Tagger(task="topic", subject="refund", model="gold")
LANGUAGE = Tagger(task="language", model="gold")
ACME = Scope(brand="acme")


@pytest.fixture
def tell(db, author, matched):
    """Save mentions, each with the labels that taggers give; return their row ids."""

    def write(*labels: str, taggers=(SENTIMENT, COMPLAINT, REFUND, LANGUAGE), targets=(), **changes) -> list[int]:
        start = db.execute("select count(*) from mentions").fetchone()[0]
        rows = [{"external_id": f"m{start + n}", "author_id": f"person {start + n}"} | changes for n in range(len(labels))]
        save_mentions(db, [matched("acme", "rival", **row) for row in rows], author=author, now=NOW)
        ids = set_current_taggers(db, taggers)
        due = find_due(db, 100)
        tagged = [
            TaggedMention(mention=one.id, text_hash=one.text_hash, tags=as_tags(said), targets=targets)
            for one, said in zip(due, labels, strict=True)
        ]
        save_tagged(db, tagged, ids, taggers)
        return [one.id for one in due]

    return write


def as_tags(said: str) -> tuple[Tag, ...]:
    """`negative complaint refund` as tags; a language alone is one that is not supported."""
    taggers = {"complaint": COMPLAINT, "refund": REFUND, "fi": LANGUAGE}
    return tuple(Tag(tagger=taggers.get(word, SENTIMENT), label=word, score=0.9) for word in said.split())


@pytest.fixture
def judge(db):
    """Keep what a person says of sampled mentions."""

    def keep(labels: dict[int, str], task="sentiment", topic="", *, who="ada", sample=7, brand="acme", chance=0.5, now=NOW):
        rows = [Judgement(Question(n, brand, task, topic), label, who, sample, chance) for n, label in labels.items()]
        return save_judgements(db, rows, now=now)

    return keep


def test_candidates_are_what_current_taggers_have_read(db, tell):
    angry, happy, calm = tell("negative complaint refund", "positive", "negative complaint")
    (foreign,) = tell("fi")
    tell("negative complaint", voice="company")
    assert find_candidates(db, ACME, task="sentiment") == {angry: "negative", happy: "positive", calm: "negative"}
    assert find_candidates(db, ACME, task="complaint") == {angry: "complaint", happy: "none", calm: "complaint"}
    assert find_candidates(db, ACME, task="topic", subject="refund") == {angry: "refund", calm: "none"}
    assert find_candidates(db, ACME, task="topic", subject="app") == {}
    assert foreign not in find_candidates(db, ACME, task="complaint")


def test_what_a_new_tagger_has_not_read_is_no_candidate(db, tell):
    tell("negative")
    set_current_taggers(db, [Tagger(task="sentiment", model="newer")])
    assert find_candidates(db, ACME, task="sentiment") == {}


def test_copies_are_one_candidate(db, tell):
    first, second = tell("negative", "negative")
    db.execute("update mentions set copy_group = ?", [first])
    assert find_candidates(db, ACME, task="sentiment") == {first: "negative"}
    assert second != first


def test_a_judged_mention_is_a_whole_row_with_what_is_told_and_not_what_was_overridden(db, tell, judge):
    angry, happy = tell("negative", "positive")
    assert judge({angry: "neutral", happy: "positive"}) == Saved(added=2, repeated=0, gone=0)
    authors = dict(db.execute("select id, author from mentions").fetchall())
    shared = {"brand": "acme", "sample": 7, "chance": 0.5}
    assert find_judged(db, ACME, task="sentiment") == [
        {"mention": angry, **shared, "truth": "neutral", "told": "negative", "author": authors[angry]},
        {"mention": happy, **shared, "truth": "positive", "told": "positive", "author": authors[happy]},
    ]
    assert find_judged(db, Scope(brand="rival"), task="sentiment") == []
    assert find_judged(db, Scope(brand=""), task="sentiment") == find_judged(db, ACME, task="sentiment")


def test_who_watches_the_store_sees_the_next_judgement(db, path, tell, judge):
    (angry,) = tell("negative")
    judge({angry: "neutral"})
    changes = Changes(path)
    watch(changes)
    with contextlib.closing(changes), contextlib.closing(read_database(path)) as reader:
        assert find_judged(reader, ACME, task="sentiment")[0]["truth"] == "neutral"
        judge({angry: "positive"})
        assert find_judged(reader, ACME, task="sentiment")[0]["truth"] == "positive"
    unwatch(changes)


def test_judgements_outside_a_sample_do_not_measure(db, tell):
    (angry,) = tell("negative")
    db["judgements"].insert(
        {"mention": angry, "span": 0, "brand": "acme", "task": "sentiment", "subject": "", "label": "neutral", "judge": "ada",
         "judged": NOW, "sample": None, "chance": None}
    )  # fmt: skip
    assert find_judged(db, ACME, task="sentiment") == []
    assert find_judged_tasks(db) == []


def test_what_is_told_is_about_the_brand_that_was_judged(db, tell, judge):
    (mixed,) = tell("negative", targets=(Target(brand="rival", bearing="flipped"),))
    judge({mixed: "negative"})
    judge({mixed: "positive"}, brand="rival", sample=8)
    found = find_judged(db, Scope(brand=""), task="sentiment")
    assert [(row["brand"], row["truth"], row["told"]) for row in found] == [
        ("acme", "negative", "negative"),
        ("rival", "positive", "positive"),
    ]


def test_the_scope_narrows_what_was_judged(db, tell, judge):
    (early,) = tell("negative", published="2026-08-01T10:00:00Z")
    (late,) = tell("negative", published="2026-09-01T10:00:00Z")
    judge({early: "negative", late: "neutral"})
    september = Scope(brand="acme", since="2026-09-01T00:00:00Z", until="2026-10-01T00:00:00Z")
    assert [row["mention"] for row in find_judged(db, september, task="sentiment")] == [late]


def test_the_same_judgement_twice_adds_nothing_and_another_label_wins(db, tell, judge):
    (angry,) = tell("negative complaint refund")
    assert judge({angry: "refund"}, "topic", "refund") == Saved(1, 0, 0)
    assert judge({angry: "refund"}, "topic", "refund") == Saved(0, 1, 0)
    assert judge({angry: "none"}, "topic", "refund", now="2026-09-11T00:00:00Z") == Saved(1, 0, 0)
    (row,) = find_judged(db, ACME, task="topic", subject="refund")
    assert (row["truth"], row["told"]) == ("none", "refund")
    assert db.execute("select count(*) from judgements").fetchone() == (2,)


def test_a_mention_drawn_in_two_samples_counts_in_both_with_its_latest_label(db, tell, judge):
    (angry,) = tell("negative")
    judge({angry: "neutral"}, sample=7, chance=0.5)
    judge({angry: "negative"}, sample=8, chance=0.1, who="bo", now="2026-09-11T00:00:00Z")
    rows = find_judged(db, ACME, task="sentiment")
    assert [(row["sample"], row["chance"], row["truth"]) for row in rows] == [(7, 0.5, "negative"), (8, 0.1, "negative")]
    assert find_judged_tasks(db) == [{"task": "sentiment", "subject": "", "samples": 2, "judges": 2}]


def test_a_mention_that_is_gone_is_counted_and_keeps_nothing(db, tell, judge):
    (angry,) = tell("negative")
    db.execute("update mentions set removed_at = ?, text = null, title = null where id = ?", [NOW, angry])
    assert judge({angry: "neutral", 999: "neutral"}) == Saved(added=0, repeated=0, gone=2)
    assert db.execute("select count(*) from judgements").fetchone() == (0,)


ASKED = Question(12, "acme", "topic", "refund")


def test_a_mark_gives_back_its_sample_and_chance_and_shows_neither_chance(db):
    mark = make_mark(b"secret", 814263, 0.125, ASKED)
    assert read_mark(b"secret", f" {mark} ", ASKED) == (814263, 0.125)
    assert mark.startswith("s814263-")
    assert make_mark(b"secret", 814263, 0.125, Question(13, "acme", "topic", "refund"))[8:15] != mark[8:15]


@pytest.mark.parametrize(
    "question",
    [
        Question(13, "acme", "topic", "refund"),
        Question(12, "rival", "topic", "refund"),
        Question(12, "acme", "topic", "app"),
        Question(12, "acme", "complaint"),
    ],
)
def test_a_mark_fits_no_other_row(question):
    with pytest.raises(MarkError, match=f"does not belong to mention {question.mention}"):
        read_mark(b"secret", make_mark(b"secret", 5, 0.5, ASKED), question)


@pytest.mark.parametrize("mark", ["", "5", "s5-", "sfive-AAAA", "s5-!!!!", "s5-AAAAAAAA", "s-MFRGGZDFMZTWQ2LK"])
def test_what_is_no_mark_is_refused(mark):
    with pytest.raises(MarkError):
        read_mark(b"secret", mark, ASKED)


def test_the_number_of_a_sample_is_that_of_its_questions():
    other = Question(13, "acme", "topic", "refund")
    assert number_sample(1, [ASKED, other]) == number_sample(1, [other, ASKED])
    assert len({number_sample(1, [ASKED]), number_sample(2, [ASKED]), number_sample(1, [other])}) == 3
