import math

import numpy as np
import pytest

from trends.words import fold, hash_word, hash_words, log_odds, split_words, telling_terms, telling_words


def test_words_of_every_script_stay_whole():
    assert split_words("टैमरिंड से रिफंड! İade, don’t naïve ٹیمرنڈ، نہیں۔ iş") == [
        "टैमरिंड", "से", "रिफंड", "iade", "don't", "naïve", "ٹیمرنڈ", "نہیں", "iş",
    ]  # fmt: skip


def test_stop_words_numbers_and_ignored_words_say_nothing():
    text = "The parcel 2nd time late हैं और रिफंड ve teslimat کے لیے واپسی Tamarind bhai refund nahi"
    assert telling_words(text, {"tamarind"}) >= {"parcel", "late", "रिफंड", "teslimat", "واپسی", "refund"}
    assert not telling_words(text, {"tamarind"}) & {"the", "2nd", "हैं", "और", "ve", "کے", "لیے", "bhai", "nahi", "tamarind"}


def test_log_odds_by_hand():
    # Two words, prior worth 10: pooled late 8 of 20, kind 12 of 20, so alpha is 4 and 6.
    late, kind = log_odds(np.array([6, 4]), np.array([2, 8]), prior=10)
    delta = math.log((6 + 4) / (10 + 10 - 6 - 4)) - math.log((2 + 4) / (10 + 10 - 2 - 4))
    assert late == pytest.approx(delta / math.sqrt(1 / (6 + 4) + 1 / (2 + 4)))
    assert kind == pytest.approx(-(math.log(14 / 6) - math.log(10 / 10)) / math.sqrt(1 / 10 + 1 / 14))


@pytest.mark.parametrize(("words", "worth"), [(30, 3), (1000, 100), (4900, 490), (20_000, 500), (1_000_000, 500)])
def test_the_prior_is_worth_a_tenth_of_all_words_and_never_more_than_five_hundred(words, worth):
    late = np.array([words // 20, words // 30]) / 2
    rest = words / 2 - late
    found = log_odds(*np.array([late, rest]).T)
    alpha = worth * (late.sum() / words)
    first, second = late + alpha
    odds = [math.log(one / (words / 2 + worth - one)) for one in (first, second)]
    assert found[0] == pytest.approx((odds[0] - odds[1]) / math.sqrt(1 / first + 1 / second))


def test_phrases_are_two_telling_words_side_by_side_and_names_lose_their_suffix():
    said = "Tamarind'den the delivery driver came, late delivery driver again"
    assert telling_terms(said) == [
        "tamarind", "delivery", "driver", "delivery driver", "late", "delivery", "late delivery", "driver", "delivery driver",
    ]  # fmt: skip
    assert hash_words(said).count(hash_word("delivery driver")) == 1


def test_words_are_folded_alike_in_every_script():
    assert [fold(word) for word in ("Late", "İstanbul", "İZMİR", "it’s", "كه", "ét")] == [
        "late", "i̇stanbul", "izmir", "it's", "کہ", "ét",
    ]  # fmt: skip
    assert split_words("it's a_b  कीमत's café 's") == ["it's", "a", "b", "कीमत's", "café", "s"]
