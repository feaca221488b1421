"""The linear model over words and letters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.encoder import MODEL
from sentiment.ngrams import CHECK_BITS, CODES, SLOTS, Features, NgramModel, apart, find_features, tally, weigh

TEXTS = ["Great service, thank you!", "बहुत खराब", "", "😡😡", "çok kötü bir deneyim", "a", "ڈیلیوری بہت دیر سے آئی"]


@pytest.fixture(scope="module")
def model():
    return NgramModel.load(MODEL / "ngrams.npz")


def find(texts, own=None):
    return tally(*find_features(texts, np.zeros(len(texts), np.int64) if own is None else np.array(own)))


def features(text):
    return find([text]).code.tolist()


def test_a_text_has_the_same_features_alone_and_among_others():
    together = find(TEXTS)
    for i, text in enumerate(TEXTS):
        assert together.code[together.owner == i].tolist() == features(text)


def test_words_pairs_and_letters_are_counted_once_each():
    # "ab cd": words ab, cd and the pair; " a" "ab" "b " " ab" "ab " and the same of cd (" ab " is the word).
    found = find(["ab cd"])
    assert (found.words.sum(), (~found.words).sum()) == (3, 10)
    assert (found.count == 1).all()
    assert found.code.max() < CODES


def test_a_word_said_thrice_is_one_feature_with_its_count():
    found = find(["ab ab ab"])
    assert sorted(found.count[found.words].tolist()) == [2, 3]  # the pair twice
    assert set(found.count[~found.words].tolist()) == {3}


def test_values_are_unit_vectors_of_words_and_of_letters_in_which_repetition_counts_little():
    found = Features(np.zeros(3, np.int64), np.array([True, True, False]), np.arange(3), np.array([1, 3, 1], np.float32))
    first, second, letters = weigh(found, np.array([200, 100, 7], np.uint8))
    assert (first**2 + second**2, letters) == (pytest.approx(1), 1)
    assert second / first == pytest.approx((1 + np.log(3)) / 2)


def test_a_feature_has_another_code_in_every_language_and_the_way_back_is_known():
    common, own, other = (find(["ab cd"], [number]).code for number in (0, 1, 2))
    assert not {*common} & {*own} | {*own} & {*other}
    assert {*common} == {*(own ^ apart(np.array([1])))}


def test_nothing_but_the_pair_of_words_reaches_from_one_word_into_the_next():
    assert len(set(features("ab cd")) - set(features("ab")) - set(features("cd"))) == 1


def test_what_no_text_of_training_had_has_no_weight():
    code = find(["good"]).code
    table = np.zeros(SLOTS, np.uint32)
    table[code >> CHECK_BITS] = (code & 255) | 24 << 8 | (256 - 3) << 16 | 5 << 24
    model = NgramModel(table, (), 0.1, np.array([[0.5, 0.25]], np.float32))
    # one vector of one word and one of fourteen sequences of letters, all alike
    assert model.logits(["good"])[0] == pytest.approx([0.5 - 0.3 * (1 + 14**0.5), 0, 0.25 + 0.5 * (1 + 14**0.5)], abs=1e-5)
    assert model.logits(["xyz", ""]).tolist() == [[0.5, 0, 0.25]] * 2
    model.table[code >> CHECK_BITS] ^= 1  # other features are written in those slots
    assert model.logits(["good"]).tolist() == [[0.5, 0, 0.25]]


def test_punctuation_is_a_word_and_case_is_none():
    assert features("Bad!") == features("bad !")


def test_it_tells_praise_from_blame_in_several_languages(model):
    praise = ["excellent, love it", "harika, çok memnun kaldım", "बहुत अच्छा है", "muy bueno, excelente"]
    blame = ["terrible, never again", "berbat, sakın almayın", "बहुत बेकार है", "muy malo, horrible"]
    assert (model.logits(praise)[:, 2] > model.logits(praise)[:, 0]).all()
    assert (model.logits(blame)[:, 0] > model.logits(blame)[:, 2]).all()


def test_a_language_is_read_with_its_own_weights_and_one_without_any_with_the_common_ones(model):
    assert "tr" in model.languages
    assert "nl" not in model.languages
    common = model.logits(TEXTS)
    assert np.array_equal(model.logits(TEXTS, ["nl"] * len(TEXTS)), common)
    assert not np.array_equal(model.logits(TEXTS, ["tr"] * len(TEXTS)), common)


def test_a_text_has_the_same_logits_alone_and_among_others_of_other_languages(model):
    spoken = ["en", "hi", "und", "tr", "tr", "fr", "ur"]
    together = model.logits(TEXTS, spoken)
    for i, text in enumerate(TEXTS):
        assert np.array_equal(model.logits([text], spoken[i : i + 1])[0], together[i])


def test_saving_and_loading_keeps_the_figures(model, tmp_path):
    model.save(tmp_path / "ngrams.npz")
    again = NgramModel.load(tmp_path / "ngrams.npz")
    assert again.languages == model.languages
    for languages in ((), ["de"] * len(TEXTS)):
        assert np.array_equal(again.logits(TEXTS, languages), model.logits(TEXTS, languages))


def test_a_file_made_for_another_number_of_slots_is_refused(tmp_path):
    NgramModel(np.zeros(64, np.uint32), (), 1.0, np.zeros((1, 2), np.float32)).save(tmp_path / "ngrams.npz")
    with pytest.raises(ValueError, match=f"it has 64 slots, wanted {SLOTS}"):
        NgramModel.load(tmp_path / "ngrams.npz")


@settings(max_examples=60)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_gives_finite_logits(model, texts):
    assert np.isfinite(model.logits(texts)).all()
