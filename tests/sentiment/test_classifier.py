"""What the classifier says of texts, whole and by sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
from described import ATTRIBUTES, TOPICS, Described

from demo.gold import gold_records
from sentiment.classifier import SENTIMENTS, Classifier, join_likeness
from sentiment.language import detect_language
from sentiment.taggers import current_taggers
from sentiment.tagging import all_vectors, several
from sentiment.training.own import own_names, own_rows
from store.database import open_vectors
from store.records import Tagger
from store.vectors import find_vectors, save_vectors

EVERYDAY = [json.loads(line) for line in (Path(__file__).parent / "everyday.jsonl").read_text("utf-8").splitlines()]
"""Plain sentences on deliveries, food, refunds and services, as many of them alike in every language; none trained anything."""


def read(classifier, text):
    return classifier.classify([text])[0]


@pytest.mark.parametrize("text", ["Slow delivery, I waited two hours.", "The order arrived much too late."])
def test_slow_delivery_contests_fast(classifier, text):
    assert read(classifier, text).attributes["fast"] == "contests"


@pytest.mark.parametrize("text", ["Really quick delivery, thank you!", "My order arrived fast, very happy"])
def test_quick_delivery_confirms_fast(classifier, text):
    assert read(classifier, text).attributes["fast"] == "confirms"


def test_two_sentences_may_disagree(classifier):
    reading = read(classifier, "Delivery was wonderfully fast! Rude staff.")
    assert [(span.sentiment, dict(span.attributes)) for span in reading.spans] == [
        ("positive", {"fast": "confirms"}),
        ("negative", {"friendly": "contests"}),
    ]
    assert reading.attributes == {"fast": "confirms", "friendly": "contests"}


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("The driver was rude and unfriendly.", "friendly"),
        ("آرڈر دو گھنٹے دیر سے پہنچا", "fast"),
        ("ڈلیوری بہت دیر سے آئی اور کھانا ٹھنڈا تھا", "fast"),
        ("delivery bohot late thi aur driver badtameez tha", "fast"),
    ],
)
def test_a_complaint_contests_the_attribute_in_any_script(classifier, text, attribute):
    assert read(classifier, text).attributes.get(attribute) == "contests"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("My parcel never arrived, it is four days late now.", "delivery"),
        ("You charged me twice for the same order!", "billing"),
        ("The app crashes every time I try to log in.", "app"),
        ("The driver was so rude to my mother, unbelievable.", "staff"),
    ],
)
def test_a_complaint_has_its_topic(classifier, text, topic):
    reading = read(classifier, text)
    assert reading.complaint
    assert max(reading.topics, key=reading.topics.get) == topic
    assert all(classifier.thresholds["topic"] <= score <= 1 for score in reading.topics.values())


def test_praise_has_no_topics(classifier):
    reading = read(classifier, "The driver was lovely and the delivery early, thank you!")
    assert (reading.sentiment, reading.complaint, reading.topics) == ("positive", False, {})


@pytest.mark.parametrize(
    ("text", "language", "sentiment"),
    [
        ("Ürün bozuk çıktı, hiç memnun kalmadım, berbat", "tr", "negative"),
        ("Çok güzel bir ürün, tavsiye ederim", "tr", "positive"),
        ("بہت بری سروس ہے، میں بالکل خوش نہیں ہوں", "ur", "negative"),
        ("بہت اچھا ہے، مجھے بہت پسند آیا", "ur", "positive"),
        ("बहुत खराब है, बिल्कुल मत खरीदना", "hi", "negative"),
        ("बहुत अच्छा उत्पाद है, मुझे पसंद आया", "hi", "positive"),
    ],
)
def test_sentiment_in_other_languages(classifier, text, language, sentiment):
    reading = read(classifier, text)
    assert (reading.language, reading.sentiment) == (language, sentiment)


def test_everyday_sentences_are_mostly_read_rightly(encoder):
    texts = [row["text"] for row in EVERYDAY]
    read = encoder.read(texts, [detect_language(text) for text in texts]).sentiment.argmax(axis=1)
    right: dict[str, list[bool]] = {}
    for i, row in zip(read, EVERYDAY, strict=True):
        right.setdefault(row["lang"], []).append(SENTIMENTS[i] == row["sentiment"])
    assert sum(map(sum, right.values())) >= 0.8 * len(texts)
    assert {language for language, found in right.items() if sum(found) <= 0.5 * len(found)} == set()


def test_everyday_sentences_are_in_no_text_of_training():
    assert not {row["text"] for row in EVERYDAY} & {row["text"] for name in own_names() for row in own_rows(name, "train")}


def test_a_text_of_one_sentence_has_one_span_over_its_words(classifier):
    reading = read(classifier, "  The food was cold  ")
    (span,) = reading.spans
    assert (span.start, span.end, span.sentiment) == (2, 19, reading.sentiment)
    assert reading.scores[reading.sentiment] == max(reading.scores.values())
    assert sum(reading.scores.values()) == pytest.approx(1, abs=1e-5)


def test_an_empty_text_is_neutral(classifier):
    reading = read(classifier, "")
    assert (reading.language, reading.sentiment, reading.complaint, reading.topics, reading.attributes, reading.spans) == (
        "und", "neutral", False, {}, {}, (),
    )  # fmt: skip


def test_readings_come_in_the_order_of_the_texts(classifier):
    texts = ["One. Two. Three.", "", "Only one", "One. Two. Three."]
    readings = classifier.classify(texts)
    assert [(reading.text, len(reading.spans)) for reading in readings] == list(zip(texts, (3, 0, 1, 3), strict=True))
    assert readings[0] == readings[3]


def test_stored_vectors_give_the_same_matches(classifier):
    text = "The app crashes all the time. My parcel is late too. At least the driver was friendly."
    reading = read(classifier, text)
    vectors = np.stack([reading.vector, *(span.vector for span in reading.spans)])
    moods = [reading.sentiment, *(span.sentiment for span in reading.spans)]
    words = [text, *(text[span.start : span.end] for span in reading.spans)]
    whole, *spans = classifier.match(vectors, moods, reading.complaint, words)
    assert (whole.topics, whole.attributes) == (reading.topics, reading.attributes)
    assert [(one.topics, one.attributes) for one in spans] == [(span.topics, span.attributes) for span in reading.spans]


def test_no_topics_and_no_attributes_are_fine(encoder):
    reading = Classifier(encoder, (), ()).classify(["You charged me twice."])[0]
    assert (reading.topics, reading.attributes, reading.sentiment) == ({}, {}, "negative")


def test_a_description_in_another_language_works(encoder):
    topic = Described("teslimat", "Teslimat", "Kargo geç geldi, sipariş hiç ulaşmadı.")
    other = Described("fiyat", "Fiyat", "Çok pahalı, fiyatlar yükseldi.")
    reading = Classifier(encoder, (topic, other), ()).classify(["Kargo on gün gecikti, siparişim hâlâ gelmedi, berbat!"])[0]
    assert reading.topics.get("teslimat", 0) > reading.topics.get("fiyat", 0)


def test_rewording_one_topic_makes_one_new_tagger(classifier):
    old = current_taggers(classifier.model, TOPICS, ATTRIBUTES, classifier.thresholds)
    reworded = (Described("delivery", "Delivery", "Nothing came."), *TOPICS[1:])
    new = current_taggers(classifier.model, reworded, ATTRIBUTES, classifier.thresholds)
    assert len(old) == len(set(old)) == 3 + len(TOPICS) + len(ATTRIBUTES)
    assert set(new) - set(old) == {
        Tagger(
            task="topic",
            subject="delivery",
            model=classifier.model,
            description="Nothing came.",
            threshold=classifier.thresholds["topic"],
        )
    }


def test_renaming_a_topic_makes_no_new_tagger(classifier):
    renamed = (Described("delivery", "Parcels", TOPICS[0].description), *TOPICS[1:])
    assert current_taggers("m", renamed, ()) == current_taggers("m", TOPICS, ())


def test_a_text_is_about_what_its_whole_and_its_plainest_sentence_speak_of():
    whole, first, second = [0.6, 0.2, 0.1], [0.2, 0.4, 0.0], [0.8, 0.0, 0.0]
    assert join_likeness(np.array([whole, first, second], np.float32)) == pytest.approx([0.7, 0.3, 0.05])
    assert join_likeness(np.array([whole], np.float32)) == pytest.approx(whole)


def test_what_is_found_from_stored_vectors_is_what_was_read_first_to_the_bit(classifier, tmp_path):
    readings = classifier.classify([record.text for record in gold_records() if record.text][:300])
    vectors = open_vectors(tmp_path / "repute.db")
    save_vectors(vectors, "m", [(n, "hash", all_vectors(reading)) for n, reading in enumerate(readings)])
    stored = find_vectors(vectors, "m", dict.fromkeys(range(len(readings)), "hash"))
    vectors.close()
    for number, reading in enumerate(readings):
        parts = [reading, *several(reading)]
        words = [reading.text, *(reading.text[span.start : span.end] for span in several(reading))]
        again = classifier.match(np.stack(stored[number]), [one.sentiment for one in parts], reading.complaint, words)
        assert [(found.topics, found.attributes, found.attribute_scores) for found in again] == [
            (one.topics, one.attributes, one.attribute_scores) for one in parts
        ]
