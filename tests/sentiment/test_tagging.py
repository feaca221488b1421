from __future__ import annotations

from dataclasses import replace

import pytest
from described import ATTRIBUTES, TOPICS

from config import Attribute, Topic
from demo.gold import gold_records
from sentiment.classifier import Classifier
from sentiment.encoder import Encoder
from sentiment.tagging import TagReport, tag_mentions
from store.authors import load_secret
from store.database import open_database, open_vectors
from store.records import MatchedMention, Mention
from store.saving import Author, save_mentions

TEXTS = (
    "The parcel came three days late. The driver was very kind though.",
    "My refund never arrived.",
    "Best shop in town, I love it!",
    "Sipariş üç gün geç geldi, çok kötü.",
)
DELIVERY = Topic(id="delivery", name="Delivery", description="The parcel or order came late or never arrived.")
REFUND = Topic(id="refund", name="Refund", description="A refund never arrived or was refused.")
FRIENDLY = Attribute(id="friendly", name="Friendly", description="The people are friendly, kind and helpful.")


@pytest.fixture(scope="module")
def encoder():
    return Encoder.load()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "repute.db"


@pytest.fixture
def db(path):
    db = open_database(path)
    save_texts(db, path, TEXTS)
    yield db
    db.close()


@pytest.fixture
def vectors(path):
    vectors = open_vectors(path)
    yield vectors
    vectors.close()


def save_texts(db, path, texts):
    batch = [
        MatchedMention(mention=Mention(source="s", site="x", external_id=str(number), text=text), brands=(("t", "t"),))
        for number, text in enumerate(texts)
    ]
    save_mentions(db, batch, author=Author(load_secret(path)), now="2026-09-01T00:00:00Z")


def tags(db):
    return [
        tuple(row) for row in db.execute("select mention, span, task, label, polarity from current_tags order by 1, 2, 3, 4")
    ]


def scored_tags(db):
    return sorted(tuple(row) for row in db.execute("select mention, span, task, label, polarity, score from current_tags"))


def test_tagging_gives_what_the_classifier_says_whole_and_by_sentence(db, vectors, encoder):
    classifier = Classifier(encoder, [DELIVERY, REFUND], [FRIENDLY])
    report = tag_mentions(db, vectors, classifier)
    assert report == TagReport(read=4, recalled=0)
    expected = []
    for mention, reading in enumerate(classifier.classify(TEXTS), 1):
        spans = reading.spans if len(reading.spans) > 1 else ()
        for number, found in enumerate((reading, *spans)):
            expected.append((mention, number, "sentiment", found.sentiment, None))
            expected += [(mention, number, "topic", topic, None) for topic in found.topics]
            expected += [
                (mention, number, "attribute", attribute, polarity) for attribute, polarity in found.attributes.items()
            ]
        expected += [(mention, 0, "complaint", "complaint", None)] if reading.complaint else []
    assert tags(db) == sorted(expected, key=lambda row: row[:4])
    assert [row[0] for row in db.execute("select language from mentions order by id")] == ["en", "en", "en", "tr"]
    assert [tuple(row) for row in db.execute("select n, start, end from spans where mention = 1")] == [(1, 0, 32), (2, 33, 65)]


def test_tagging_again_reads_nothing(db, vectors, encoder):
    classifier = Classifier(encoder, [DELIVERY], [])
    tag_mentions(db, vectors, classifier)
    before = tags(db)
    assert tag_mentions(db, vectors, classifier) == TagReport(0, 0)
    assert tags(db) == before


def test_a_reworded_topic_is_answered_from_stored_vectors_and_the_others_stay(db, vectors, encoder):
    tag_mentions(db, vectors, Classifier(encoder, [DELIVERY, REFUND], [FRIENDLY]))
    others = [row for row in tags(db) if row[3] != "delivery"]
    reworded = Classifier(encoder, [replace(DELIVERY, description="Late parcels"), REFUND], [FRIENDLY])
    assert tag_mentions(db, vectors, reworded) == TagReport(read=0, recalled=4)
    assert [row for row in tags(db) if row[3] != "delivery"] == others
    fresh = {mention for mention, reading in enumerate(reworded.classify(TEXTS), 1) if "delivery" in reading.topics}
    assert {row[0] for row in tags(db) if row[3] == "delivery"} == fresh


def test_a_topic_reworded_and_worded_back_has_the_tags_and_scores_of_the_first_reading(db, path, vectors, encoder):
    save_texts(db, path, [record.text for record in gold_records() if record.text][:300])
    before = Classifier(encoder, TOPICS, ATTRIBUTES)
    tag_mentions(db, vectors, before)
    first, due = scored_tags(db), db.execute("select count(*) from mentions").fetchone()[0]
    topics = [replace(topic, description=f"{topic.description} Above all on Mondays") for topic in TOPICS]
    attributes = [replace(one, description=f"{one.description} Above all on Mondays") for one in ATTRIBUTES]
    reworded = Classifier(encoder, topics, attributes)
    assert tag_mentions(db, vectors, reworded) == TagReport(read=0, recalled=due)
    assert scored_tags(db) != first
    assert tag_mentions(db, vectors, before) == TagReport(read=0, recalled=due)
    assert scored_tags(db) == first


def test_lost_vectors_cost_a_second_reading_and_nothing_else(db, vectors, encoder):
    tag_mentions(db, vectors, Classifier(encoder, [DELIVERY], []))
    vectors.execute("delete from vectors")
    assert tag_mentions(db, vectors, Classifier(encoder, [REFUND], [])) == TagReport(read=4, recalled=0)


def test_a_topic_taken_out_of_the_config_takes_its_tags_along(db, vectors, encoder):
    tag_mentions(db, vectors, Classifier(encoder, [DELIVERY, REFUND], []))
    assert tag_mentions(db, vectors, Classifier(encoder, [REFUND], [])) == TagReport(read=0, recalled=4)
    assert {row[3] for row in tags(db) if row[2] == "topic"} <= {"refund"}
    stale = db.execute("select count(*) from tags join taggers on taggers.id = tags.tagger where current = 0").fetchone()
    assert stale == (0,)


def test_progress_ends_at_what_was_due(db, vectors, encoder):
    heard = []
    tag_mentions(db, vectors, Classifier(encoder, [DELIVERY], []), progress=lambda done, due: heard.append((done, due)))
    assert heard == [(4, 4)]


def test_a_removed_mention_leaves_no_vector(db, path, vectors, encoder):
    classifier = Classifier(encoder, [DELIVERY], [])
    tag_mentions(db, vectors, classifier)
    removed = MatchedMention(mention=Mention(source="s", site="x", external_id="0", removed=True))
    save_mentions(db, [removed], author=Author(load_secret(path)), now="2026-09-02T00:00:00Z")
    tag_mentions(db, vectors, classifier)
    assert {row[0] for row in vectors.execute("select mention from vectors")} == {2, 3, 4}
