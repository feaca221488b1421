"""A text is read alike alone, in a batch, and beside any others."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

import demo

MOVED = 1e-5
"""What a score may move by: only the last digits of float sums depend on the shape of the batch."""
NEIGHBOURS = [
    "ok",
    "👍",
    *("The parcel was late, nobody answers the phone, and the food was cold. " * n for n in (1, 3, 9, 30)),
]


@pytest.fixture(scope="module")
def texts():
    chance, found = random.Random(5), []
    for path in sorted((Path(demo.__file__).parent / "content").glob("*.jsonl")):
        rows = map(json.loads, path.read_text("utf-8").splitlines())
        written = list(dict.fromkeys(row["text"] for row in rows if row.get("text")))
        found += chance.sample(written, min(18, len(written)))
    return found


@pytest.fixture(scope="module")
def alone(classifier, texts):
    return [classifier.classify([text])[0] for text in texts]


def labels(reading):
    spans = [(span.start, span.end, span.sentiment, [*span.topics], dict(span.attributes)) for span in reading.spans]
    return (
        reading.text,
        reading.language,
        reading.sentiment,
        reading.complaint,
        [*reading.topics],
        dict(reading.attributes),
        spans,
    )


def scores(reading):
    spans = [(span.score, *span.topics.values(), *span.attribute_scores.values(), *span.vector) for span in reading.spans]
    whole = (reading.complaint_score, *reading.scores.values(), *reading.topics.values(), *reading.vector)
    return np.array([*whole, *(number for span in spans for number in span)])


def assert_alike(alone, beside):
    assert [labels(reading) for reading in beside] == [labels(reading) for reading in alone]
    assert max(np.abs(scores(a) - scores(b)).max() for a, b in zip(alone, beside, strict=True)) < MOVED


def test_the_texts_are_of_every_language_and_label(alone):
    assert len(alone) > 120
    assert {reading.language for reading in alone} >= {"en", "de", "es", "et", "hi", "tr", "ur"}
    assert {reading.sentiment for reading in alone} == {"negative", "neutral", "positive"}
    assert {reading.complaint for reading in alone} == {True, False}


def test_a_text_is_read_in_a_batch_as_alone(classifier, texts, alone):
    assert_alike(alone, classifier.classify(texts))


@pytest.mark.parametrize("seed", [1, 2])
def test_neighbours_long_and_short_change_nothing(classifier, texts, alone, seed):
    chance = random.Random(seed)
    kept = chance.sample(range(len(texts)), len(texts) // 2)
    beside = [*((i, texts[i]) for i in kept), *((-1, text) for text in NEIGHBOURS for _ in range(5))]
    chance.shuffle(beside)
    read = classifier.classify([text for _, text in beside])
    found = {i: reading for (i, _), reading in zip(beside, read, strict=True)}
    assert_alike([alone[i] for i in kept], [found[i] for i in kept])


def test_without_its_sentences_too(encoder, texts):
    together, single = encoder.read(texts), [encoder.read([text]) for text in texts]
    for name in ("sentiment", "complaint", "vectors"):
        assert np.abs(getattr(together, name) - np.concatenate([getattr(one, name) for one in single])).max() < MOVED


def test_two_languages_whose_prepared_words_are_equal_are_told_apart(encoder, classifier):
    urdu, arabic = "خدمة سیئہ", "خدمة سيئه"
    first, second = classifier.classify([urdu]), classifier.classify([arabic])
    assert (first[0].language, second[0].language) == ("ur", "ar")
    assert_alike([*first, *second], classifier.classify([urdu, arabic]))
    assert_alike([*second, *first], classifier.classify([arabic, urdu]))
    alone = encoder.read(["gut"], ["de"]).sentiment
    assert np.abs(encoder.read(["gut", "gut"], ["de", "et"]).sentiment[:1] - alone).max() < MOVED
