"""The language of short texts in the languages of our users."""

import json
from pathlib import Path

import pytest

from sentiment.encoder import MODEL
from sentiment.language import UNKNOWN, detect_language
from sentiment.settings import read_settings

SENTENCES = [json.loads(line) for line in (Path(__file__).parent / "languages.jsonl").read_text("utf-8").splitlines()]
"""Reviews in our languages and in those that resemble them, written for these tests; the second half after the lists were."""
SUPPORTED = {*read_settings(MODEL / "model.json").languages}
ALIKE = {"hi-Latn": "ur-Latn", "ur-Latn": "hi-Latn"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The parcel came three days late", "en"),
        ("They are to me the best app, the log in is fine", "en"),
        ("La entrega llegó muy tarde y nadie contesta", "es"),
        ("Das Essen war kalt und der Fahrer unfreundlich", "de"),
        ("Hai visto che bello questo negozio?", "it"),
        ("Kargo çok geç geldi", "tr"),
        ("Toimetus hilines kaks päeva", "et"),
        ("ڈلیوری بہت دیر سے آئی", "ur"),
        ("وصل الطلب متأخرا جدا", "ar"),
        ("सामान बहुत देर से आया", "hi"),
        ("आलू खराब निकले", "hi"),
        ("Mera order abhi tak nahi aya, bht ghatiya service hai", "ur-Latn"),
        ("kya bakwas service hai bhai, bahut kharab", "hi-Latn"),
        ("@someone https://example.com/a/b The driver was lovely", "en"),
        ("Kiitus! Tamarindi tädid on nii toredad", "et"),
        ("pakk jai kolm paeva hiljaks", "et"),
        ("Tuote saapui kolme päivää myöhässä eikä kukaan vastaa puhelimeen", "fi"),
        ("Paczka przyszła trzy dni za późno", "pl"),
        ("Não recomendo", "pt"),
        ("Non lo consiglio", "it"),
        ("No lo recomiendo", "es"),
        ("Love it", "en"),
        ("bohat acha", "ur-Latn"),
        ("mast hai", "hi-Latn"),
        ("बहुत late delivery थी", "hi"),
        ("Tamarind کی سروس بہت خراب ہے", "ur"),
        ("بہترین سودا", "ur"),
        ("بسته سه روز دیر رسید", "fa"),
        ("配達が三日遅れました", "ja"),
        ("👍👍👍", "und"),
        ("", "und"),
        ("12345 !!", "und"),
    ],
)
def test_language_of(text: str, language: str):
    assert detect_language(text) == language


def test_romanised_texts_are_told_from_european_ones(labelled):
    def share(name: str, wanted: set[str]) -> float:
        lines = (labelled / "train" / name / "dev.jsonl").read_text("utf-8").splitlines()[:300]
        return sum(detect_language(json.loads(line)["text"]) in wanted for line in lines) / len(lines)

    assert share("ur_roman_daraz", {"ur-Latn", "hi-Latn"}) > 0.9
    assert share("ur_roman_uci", {"ur-Latn", "hi-Latn"}) > 0.8
    assert share("tweeteval_sentiment", {"ur-Latn", "hi-Latn"}) < 0.03
    assert share("umsab_it", {"ur-Latn", "hi-Latn"}) < 0.015
    assert share("tr_store_reviews", {"tr"}) > 0.98
    assert share("umsab_pt", {"pt"}) > 0.94
    assert share("xed_et", {"et"}) > 0.8
    assert share("umsab_ar", {"ar"}) > 0.95


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Tamarind ची सेवा अत्यंत वाईट, पैसे परत मिळाले नाहीत", "mr"),
        ("सेवा एकदम नराम्रो", "ne"),
        ("हमार पइसा अबले ना मिलल", "bho"),
        ("Tamarind Sifarişim üç gün gecikdi və heç kim telefona cavab vermir", "az"),
        ("Hyzmat gaty gowy, sag boluň", "tk"),
        ("O paquete chegou tres días tarde e ninguén colle o teléfono", "gl"),
        ("Xirmadu waxay soo daahday saddex maalmood", "so"),
        ("سروس بہت ماڑی اے، پیسے واپس نئیں دتے", "pnb"),
        ("سروس تمام خراب آھي، پئسا واپس نٿا ڏين", "sd"),
        ("wallah el khedma zay el zeft", "ar-Latn"),
        ("ma7adesh byrod 3ala el telephone", "ar-Latn"),
        ("kheili bad bood aslan razi nistam", "fa-Latn"),
        ("khabar ta khub kharap chilo", "bn-Latn"),
        ("parcel khup late aala ani koni phone uchlat nahi", "mr-Latn"),
        ("khub j kharab service chhe, paisa pacha nathi aapta", "gu-Latn"),
        ("bahut mada kamm hai ji tuhada", "pa-Latn"),
        ("ekdam naramro service, paisa firta gardaina", "ne-Latn"),
        ("delivery romba late, saapadu romba mosam", "ta-Latn"),
        ("delivery chala late ayyindi, food assalu baaledu", "te-Latn"),
    ],
)
def test_a_language_that_resembles_one_of_ours_is_told_from_it(text, language):
    assert detect_language(text) == language
    assert language not in SUPPORTED


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ممتاز", "ar"),
        ("ممتاز جدا", "ar"),
        ("väga hea", "et"),
        ("aitäh", "et"),
        ("halb", "et"),
        ("زبردست", "ur"),
        ("nul", "fr"),
        ("İyi", "tr"),
        ("bekaar", "hi-Latn"),
        ("bahut accha", "hi-Latn"),
        ("bohat mehnga", "ur-Latn"),
    ],
)
def test_the_commonest_words_of_reviews_are_known_alone(text, language):
    assert detect_language(text) in {language, ALIKE.get(language)}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ordered 3x from them, gr8 prices, mp3 player broke after 2 days, waited 3hrs on the 3rd", "en"),
        ("I spoke to Ana and Zay about the mesh, thanks to Łukasz for the help", "en"),
        ("My friend Amar said the chala was great", "en"),
        ("केले सड़े हुए निकले, चाचा की दुकान अच्छी थी", "hi"),
        ("मोबाइल ऐप बेकार", "hi"),
        ("نئی ایپ اچھی ہے، تینوں بار چلی", "ur"),
        ("Hem geç geldi hem de pahalı, hiç memnun kalmadım", "tr"),
        ("Pas mal du tout, moi je recommande", "fr"),
        ("Samuel Eto'o için güzel forma", "tr"),
    ],
)
def test_a_word_of_a_stranger_makes_no_stranger_of_a_text(text, language):
    assert detect_language(text) == language


def test_strangers_are_withheld_and_ours_are_not():
    told = [(row["lang"], detect_language(row["text"])) for row in SENTENCES]
    strangers = [found in {*SUPPORTED, UNKNOWN} for lang, found in told if lang not in SUPPORTED]
    ours = [found in {lang, ALIKE.get(lang)} for lang, found in told if lang in SUPPORTED]
    assert (len(strangers), len(ours)) == (142, 155)
    assert sum(strangers) <= 16
    assert sum(ours) >= 151
    assert {found for lang, found in told if lang in SUPPORTED} <= {*SUPPORTED, UNKNOWN}


def test_hardly_a_text_of_ours_is_taken_for_a_strangers(labelled):
    def withheld(name: str) -> float:
        lines = (labelled / "train" / name / "dev.jsonl").read_text("utf-8").splitlines()
        return sum(detect_language(json.loads(line)["text"]) not in {*SUPPORTED, UNKNOWN} for line in lines) / len(lines)

    for name in ("m_absa_ar", "m_absa_de", "m_absa_en", "m_absa_es", "m_absa_fr", "m_absa_hi", "m_absa_pt", "m_absa_tr"):
        assert withheld(name) < 0.004, name
    assert withheld("it_absita_hotels") == 0
    assert withheld("ur_roman_daraz") < 0.02
