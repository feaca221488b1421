"""The language of short texts in the languages of our users."""

import pytest

from sentiment.language import detect_language


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
    import json

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
