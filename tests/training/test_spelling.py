"""The words-and-letters model learns from labelled texts, language by language."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")
from sentiment.ngrams import CHECK_BITS
from sentiment.training.spelling import RARE, choose, count, fit_spelling

ENGLISH, GERMAN = 1, 2
ROWS = [
    *[("a lovely gift for her", ENGLISH, 2), ("the gift came late", ENGLISH, 2), ("broken again", ENGLISH, 0)] * 9,
    *[("reines gift für alle", GERMAN, 0), ("das ist gift", GERMAN, 0), ("wunderbar", GERMAN, 2)] * 9,
    *[("it is open from nine", ENGLISH, 1), ("es ist von neun an offen", GERMAN, 1)] * 9,
]
TEXTS = [text for text, _, _ in ROWS]
OWN, GOLD = np.array([own for _, own, _ in ROWS]), np.array([gold for _, _, gold in ROWS])


@pytest.fixture(scope="module")
def model():
    return fit_spelling(TEXTS, OWN, GOLD, np.ones(len(TEXTS)), ("en", "de"))


def test_one_word_says_different_things_in_two_languages(model):
    english, german = model.logits(["gift", "gift"], ["en", "de"])
    assert english[2] - english[0] > 0.5
    assert german[0] - german[2] > 0.5


def test_what_one_language_taught_is_known_a_little_without_a_language_and_not_in_the_other(model):
    praise, unknown = model.logits(["wunderbar"] * 2, ["und", "en"])
    assert praise[2] - praise[0] > unknown[2] - unknown[0] + 0.1


def test_it_reads_its_own_texts_rightly(model):
    assert (model.logits(TEXTS, [("", "en", "de")[own] for own in OWN]).argmax(axis=1) == GOLD).all()


def test_no_two_features_share_a_slot_and_the_rare_have_none():
    found = count(["common words", "common words", "zzz"], np.array([ENGLISH, ENGLISH, ENGLISH]))
    vocabulary = choose(found, np.array([ENGLISH] * 3))
    assert len(np.unique(vocabulary.code >> CHECK_BITS)) == len(vocabulary.code)
    assert set(vocabulary.language.tolist()) == {ENGLISH}  # no three texts have any
    assert (vocabulary.share >= RARE / 3).all()
    assert not np.isin(found.code[found.owner == 2], vocabulary.code).any()
