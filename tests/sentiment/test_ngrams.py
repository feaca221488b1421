"""The linear model over words and letters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.encoder import MODEL
from sentiment.ngrams import BUCKETS, WORD_BITS, NgramModel, hash_features

TEXTS = ["Great service, thank you!", "बहुत खराब", "", "😡😡", "çok kötü bir deneyim", "a", "ڈیلیوری بہت دیر سے آئی"]


@pytest.fixture(scope="module")
def model():
    return NgramModel.load(MODEL / "ngrams.npz")


def features(text):
    found = hash_features([text])
    return sorted(found.bucket.tolist())


def test_a_text_has_the_same_features_alone_and_among_others():
    together = hash_features(TEXTS)
    for i, text in enumerate(TEXTS):
        assert sorted(together.bucket[together.owner == i].tolist()) == features(text)


def test_words_pairs_and_letters_are_counted_once_each():
    # "ab cd": words ab, cd and the pair; " a" "ab" "b " " ab" "ab " and the same of cd (" ab " is the word).
    found = hash_features(["ab cd"])
    words = found.bucket < (1 << WORD_BITS)
    assert (words.sum(), (~words).sum()) == (3, 10)
    assert found.value[words][0] == pytest.approx(3**-0.5)
    assert found.bucket.max() < BUCKETS


def test_nothing_but_the_pair_of_words_reaches_from_one_word_into_the_next():
    assert len(set(features("ab cd")) - set(features("ab")) - set(features("cd"))) == 1


def test_punctuation_is_a_word_and_case_is_none():
    assert features("Bad!") == features("bad !")


def test_it_tells_praise_from_blame_in_several_languages(model):
    praise = ["excellent, love it", "harika, çok memnun kaldım", "बहुत अच्छा है", "muy bueno, excelente"]
    blame = ["terrible, never again", "berbat, sakın almayın", "बहुत बेकार है", "muy malo, horrible"]
    assert (model.logits(praise)[:, 2] > model.logits(praise)[:, 0]).all()
    assert (model.logits(blame)[:, 0] > model.logits(blame)[:, 2]).all()


def test_saving_and_loading_keeps_the_figures(model, tmp_path):
    model.save(tmp_path / "ngrams.npz")
    assert np.array_equal(NgramModel.load(tmp_path / "ngrams.npz").logits(TEXTS), model.logits(TEXTS))


def test_a_file_made_for_another_number_of_buckets_is_refused(tmp_path):
    NgramModel(np.zeros((64, 2), np.int8), 1.0, (0.0, 0.0)).save(tmp_path / "ngrams.npz")
    with pytest.raises(ValueError, match=rf"\(64, 2\), wanted \({BUCKETS}, 2\)"):
        NgramModel.load(tmp_path / "ngrams.npz")


@settings(max_examples=60)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_gives_finite_logits(model, texts):
    assert np.isfinite(model.logits(texts)).all()
