"""Sentences that speak of another brand, or hold it against another, as the questions count them."""

from __future__ import annotations

import pytest

from store.queries import find_attributes, find_complaints, find_mentions, find_passages, find_replies
from store.records import Tag, TaggedMention, Tagger, Target
from store.saving import save_mentions
from store.scope import Scope
from store.search import search_mentions
from store.tags import count_due, find_due, save_tagged, set_current_taggers

NOW = "2026-09-10T08:00:00Z"
SENTIMENT, COMPLAINT = (Tagger(task=name, model="gold") for name in ("sentiment", "complaint"))
REFUND, APP = (Tagger(task="topic", subject=name, model="gold") for name in ("refund", "app"))
FAST = Tagger(task="attribute", subject="fast", model="gold")
TARGET = Tagger(task="target", model="gold")
TAGGERS = [SENTIMENT, COMPLAINT, REFUND, APP, FAST, TARGET]
COMPLAINS = Tag(tagger=COMPLAINT, label="complaint")
ACME, OTHER = Scope(brand="acme"), Scope(brand="other")
TWO, THREE = ((0, 9), (10, 19)), ((0, 5), (6, 9), (10, 19))


@pytest.fixture
def save(db, author, matched):
    """Save a mention of two brands with its tags and targets."""

    def write(*tags, targets=(), spans=(), brands=("acme", "other")):
        save_mentions(db, [matched(*brands)], author=author, now=NOW)
        ids = set_current_taggers(db, TAGGERS)
        (due,) = find_due(db, 10)
        item = TaggedMention(mention=due.id, text_hash=due.text_hash, spans=spans, tags=tags, targets=targets)
        save_tagged(db, [item], ids, TAGGERS)

    return write


def moods(*labels, first=1):
    return [Tag(tagger=SENTIMENT, label=label, score=0.9, span=span) for span, label in enumerate(labels, first)]


def sentiments(db):
    return [find_mentions(db, scope)[0]["sentiment"] for scope in (ACME, OTHER)]


def complaints(db):
    return [[row["topic"] for row in find_complaints(db, scope)] for scope in (ACME, OTHER)]


def polarities(db):
    return [[row["polarity"] for row in find_attributes(db, scope)] for scope in (ACME, OTHER)]


def other(span=0, brand="other"):
    return Target(brand=brand, bearing="other", span=span)


def flipped(span=0, brand="other"):
    return Target(brand=brand, bearing="flipped", span=span)


def fast(polarity, span=0):
    return Tag(tagger=FAST, label="fast", polarity=polarity, span=span)


def topic(tagger, span=0):
    return Tag(tagger=tagger, label=tagger.subject, span=span, score=0.8)


def test_a_sentence_of_its_own_counts_for_every_brand_without_targets(db, save):
    save(*moods("negative", first=0), COMPLAINS, topic(REFUND), fast("contests"))
    assert (sentiments(db), complaints(db), polarities(db)) == (
        ["negative"] * 2,
        [["refund"], ["refund"]],
        [["contests"], ["contests"]],
    )


def test_the_other_side_of_a_comparison_counts_the_other_way_round(db, save):
    save(*moods("positive", first=0), fast("confirms"), targets=(flipped(),))
    assert (sentiments(db), polarities(db)) == (["positive", "negative"], [["confirms"], ["contests"]])


def test_blame_beside_a_brand_is_no_complaint_about_it(db, save):
    save(*moods("negative", first=0), COMPLAINS, topic(REFUND), targets=(flipped(),))
    assert (sentiments(db), complaints(db)) == (["negative", "positive"], [["refund"], []])
    assert [len(find_replies(db, scope)) for scope in (ACME, OTHER)] == [1, 0]


def test_words_about_others_alone_say_nothing_of_a_brand(db, save):
    save(*moods("negative", first=0), COMPLAINS, topic(REFUND), fast("contests"), targets=(other(),))
    assert (sentiments(db), complaints(db), polarities(db)) == (
        ["negative", "neutral"],
        [["refund"], []],
        [["contests"], []],
    )


def test_each_brand_has_the_sentiment_topics_and_attributes_of_its_own_sentences(db, save):
    tags = [*moods("negative", "negative", "positive", first=0), COMPLAINS, topic(REFUND), topic(REFUND, 1)]
    tags += [fast("contests"), fast("contests", 1), fast("confirms", 2)]
    save(*tags, spans=TWO, targets=(other(1), other(2, "acme")))
    assert (sentiments(db), complaints(db), polarities(db)) == (
        ["negative", "positive"],
        [["refund"], []],
        [["contests"], ["confirms"]],
    )


def test_a_brand_among_blamed_others_is_complained_of_only_where_it_is_blamed(db, save):
    save(*moods("negative", "negative", "neutral", first=0), COMPLAINS, spans=TWO, targets=(other(1), other(2, "acme")))
    assert complaints(db) == [[None], []]


def test_a_complaint_without_a_negative_sentence_is_about_those_who_are_not_praised(db, save):
    save(*moods("negative", "positive", "neutral", first=0), COMPLAINS, spans=TWO, targets=(other(1), other(2, "acme")))
    assert complaints(db) == [[], [None]]


def test_mixed_sentences_are_neutral_unless_one_side_weighs_twice_the_other(db, save):
    spans = ((0, 2), (3, 5), (6, 9), (10, 19))
    save(*moods("neutral", "negative", "positive", "positive", "negative", first=0), spans=spans, targets=(other(4),))
    assert sentiments(db) == ["neutral", "positive"]
    save_targets(db, (other(1), other(2)))
    assert sentiments(db) == ["neutral", "neutral"]


def save_targets(db, targets):
    """Say otherwise whose sentences they are, and nothing else."""
    ids = set_current_taggers(db, TAGGERS)
    hashed = db.execute("select text_hash from mentions").fetchone()[0]
    save_tagged(db, [TaggedMention(mention=1, text_hash=hashed, targets=targets)], ids, [TARGET])


def test_what_was_found_in_the_whole_alone_stays_with_a_brand_that_most_sentences_speak_of(db, save):
    tags = [*moods(*["negative"] * 4, first=0), COMPLAINS, topic(REFUND), topic(APP), topic(APP, 3)]
    save(*tags, spans=THREE, targets=(other(1), other(2), other(3, "acme")))
    assert complaints(db) == [["refund"], ["app"]]


def test_a_quote_is_never_a_sentence_about_another_brand(db, save):
    save(*moods(*["negative"] * 3, first=0), COMPLAINS, topic(APP, 1), topic(APP, 2), spans=TWO, targets=(other(1),))
    rows = [find_passages(db, {"app": [1]}, brand=brand, task="topic")[0] for brand in ("acme", "other")]
    assert [(row["start"], row["end"]) for row in rows] == [(0, 9), (10, 19)]


def test_a_search_shows_the_sentiment_for_the_brand_asked_for(db, save):
    save(*moods("positive", first=0), targets=(flipped(),))
    found = [search_mentions(db, scope=scope)[0]["sentiment"] for scope in (ACME, OTHER, Scope(brand=""))]
    assert found == ["positive", "negative", "positive"]
    assert [len(search_mentions(db, scope=scope, sentiment="negative")) for scope in (ACME, OTHER)] == [0, 1]


def test_a_persons_word_wins_over_whose_sentence_it_is(db, save):
    save(*moods("positive", first=0), targets=(flipped(),))
    row = {"mention": 1, "span": 0, "brand": "other", "task": "sentiment", "subject": "", "label": "neutral"}
    db["judgements"].insert(row | {"judge": "ada", "judged": NOW})
    assert sentiments(db) == ["positive", "neutral"]


def test_other_brands_make_a_mention_due_to_the_target_tagger_alone(db, author, matched, save):
    save(*moods("positive", first=0), targets=(flipped(),))
    save_mentions(db, [matched("acme", "other")], author=author, now=NOW)
    assert count_due(db) == 0
    save_mentions(db, [matched("acme", "third")], author=author, now=NOW)
    ids = set_current_taggers(db, TAGGERS)
    (due,) = find_due(db, 10)
    assert (set(ids.values()) - due.read_by, set(due.brands)) == ({ids[TARGET]}, {"acme", "third"})


def test_a_store_without_a_target_tagger_has_nothing_due_for_other_brands(db, author, matched):
    save_mentions(db, [matched("acme")], author=author, now=NOW)
    ids = set_current_taggers(db, [SENTIMENT])
    (due,) = find_due(db, 10)
    save_tagged(db, [TaggedMention(mention=due.id, text_hash=due.text_hash)], ids, [SENTIMENT])
    save_mentions(db, [matched("other")], author=author, now=NOW)
    assert count_due(db) == 0


def test_an_edit_forgets_whose_sentences_they_were(db, author, matched, save):
    save(*moods("positive", first=0), targets=(flipped(),))
    save_mentions(db, [matched("acme", "other", text="All different.")], author=author, now=NOW)
    assert db["targets"].count == 0
