"""What a long text takes: memory for what is read in each sentence, and little more."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest

from sentiment import encoder as encoding
from sentiment.ngrams import find_features, find_kinds, join_tallies, tally


def most_bytes(work) -> int:
    """Bytes of Python and numpy that a piece of work has at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_text_of_thousands_of_sentences_takes_little_more_than_their_vectors(classifier, encoder):
    text = "The food is good, but rude. " * 2500
    classifier.classify(["ready"])
    [reading] = classifier.classify([text[:56]])
    assert len(reading.spans) == 4
    vectors = 5000 * encoder.width * 4
    assert most_bytes(lambda: classifier.classify([text])) < 3.5 * vectors


def test_the_letters_of_a_long_text_take_a_hundred_bytes_each(encoder):
    text = "every single word is another one of them " * 10_000
    assert most_bytes(lambda: encoder.read_words([text], ["en"])) < 130 * len(text)


def test_a_text_is_the_same_read_in_many_batches_and_in_one(encoder, monkeypatch):
    texts = [tuple(f"Sentence {number} of text {one}, rather late." for number in range(40)) for one in range(3)]
    whole, parts, ranges = encoder.read_sentences(texts)
    monkeypatch.setattr(encoding, "TOKENS_AT_ONCE", 100)
    monkeypatch.setattr(encoding, "PARTS_AT_ONCE", 7)
    again, pieces, same = encoder.read_sentences(texts)
    assert ranges == same
    for name in (field.name for field in dataclasses.fields(whole)):
        assert getattr(again, name) == pytest.approx(getattr(whole, name), abs=1e-6)
        assert getattr(pieces, name) == pytest.approx(getattr(parts, name), abs=1e-6)


def test_features_counted_kind_by_kind_are_those_counted_together():
    texts, own = ["aa aa ab", "the parcel, the driver", ""], np.array([0, 1, 2])
    together = tally(*find_features(texts, own))
    by_kind = join_tallies([tally(owner, np.full(len(owner), words), code) for owner, words, code in find_kinds(texts, own)])
    for name in (field.name for field in dataclasses.fields(together)):
        assert np.array_equal(getattr(by_kind, name), getattr(together, name))
