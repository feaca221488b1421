"""How much word lists say is learnt from what words and letters did not read."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")
from sentiment.training import word_lists
from sentiment.training.spelling import Spelt
from sentiment.training.word_lists import FAMILIAR, FOLDER, fit_weights, read_denials, read_list, stem_words, unread_logits

chance = np.random.default_rng(2)


def test_every_list_has_praise_and_blame_and_its_language_has_denials():
    denials = read_denials()
    for path in FOLDER.glob("*.tsv"):
        found = read_list(path.stem)
        assert sum(value > 0 for value in found.values()) > 400, path
        assert sum(value < 0 for value in found.values()) > 600, path
        assert denials[path.stem][0], path


def test_stems_stand_for_words_that_agree_and_what_is_familiar_or_denies_says_nothing():
    listed = {"repugnante": -3.0, "repugnants": 3.0, "fabulosa": 4.0, "fabulosos": 2.0, "mal": -2.0, "nada": -1.0}
    seen = {"fabulosas": FAMILIAR, "mal": FAMILIAR - 1, "otro": 10 * FAMILIAR}
    assert stem_words(listed, seen, frozenset(["nada"])) == {
        "repugnante": -3,
        "repugnants": 3,
        "fabulosa": 4,
        "fabulos": 4,
        "fabuloso": 2,
        "fabulosos": 2,
        "fabulosas": 0,
        "mal": -2,
        "nada": 0,
    }


def test_weights_are_found_and_are_in_units_of_sure_logits():
    n = 30_000
    found = chance.exponential(size=(n, 2)) * (chance.random((n, 2)) < 0.3)
    logits = chance.normal(size=(n, 3))
    truth = logits.copy()
    truth[:, [0, 2]] += found * [1.5, 0.5]
    gold = (truth + chance.gumbel(size=(n, 3))).argmax(axis=1)
    assert fit_weights(found, logits, gold, np.ones(n)) == pytest.approx((1.5, 0.5), abs=0.1)
    assert fit_weights(found, 2 * logits, gold, np.ones(n)) == pytest.approx((3.0, 1.0), abs=0.2)


def test_a_text_and_its_copies_are_not_read_by_the_model_that_judges_them(monkeypatch):
    texts = [f"{word} gift {number}" for word in ("lovely", "broken", "plain", "odd", "late", "warm") for number in range(3)]
    read = []

    class Silent:
        def logits(self, texts, languages):
            assert not {text.rsplit(" ", 1)[0] for text in texts} & {text.rsplit(" ", 1)[0] for text in read[-1]}
            return np.full((len(texts), 3), len(texts), np.float32)

    monkeypatch.setattr(word_lists, "fit_spelling", lambda texts, *_: read.append(texts) or Silent())
    gold = np.zeros(len(texts), np.int64)
    assert (unread_logits(Spelt(texts, ["en"] * len(texts), gold, np.ones(len(texts)), ("en",))) > 0).all()
    assert all(len(one) < len(texts) for one in read)
