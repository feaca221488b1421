"""What is one word and what is not, in every script, and that no text can stop the matching."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Brand
from crawlers.matching import BrandMatcher
from crawlers.query import parse_query
from crawlers.words import Words
from store.records import Mention

FOUND = {
    "case": [("acme", "ACME rocks"), ("ACME", "acme"), ("acme", "AcMe!")],
    "accents, either way": [
        ("cafe", "café"), ("café", "cafe"), ("café", "CAFE\u0301"), ("ñandú", "nandu"), ("łódź", "Lodz"), ("ørsted", "Orsted"),
        ("đà", "da"), ("ΑΘΗΝΑ", "Αθήνα"), ("королев", "Королёв"), ("löwe", "Lowe"),
    ],
    "one letter in two forms": [("straße", "STRASSE"), ("weiss", "weiß"), ("fin", "ﬁn"), ("ａｃｍｅ", "ACME"), ("acme", "𝐀𝐜𝐦𝐞")],
    "Turkish": [
        ("ILGAZ", "ılgaz"), ("ılgaz", "ILGAZ"), ("İstanbul", "istanbul"), ("istanbul", "İSTANBUL"), ("ısparta", "Isparta"),
        ("acme", "Acme'nin kargosu"), ("acme", "ACME’DEN aldım"), ("migros", "MİGROS'tan"), ("çiğköfte", "CIGKOFTE"),
    ],
    "possessives": [("acme", "Acme's app"), ("acme", "Acme’s"), ("acme", "Acme`s"), ("acme", "l'Acme"), ("acme", "dell’Acme")],
    "Arabic letters": [
        ("دیجی", "ديجي"), ("کتاب", "كتاب"), ("علی", "على"), ("ماہ", "ماه"), ("ماه", "ماە"), ("شركة", "شركه"), ("خانه", "خانۀ"),
        ("خانه", "خانه\u0654"), ("احمد", "أَحْمَد"), ("الامارات", "الإمارات"), ("محمد", "مُحَمَّد"), ("کتاب", "كتــاب"), ("ﻛﺘﺎﺏ", "كتاب"),
    ],
    "joiners": [
        ("دیجی‌کالا", "دیجیکالا"), ("دیجی", "دیجی‌کالا"), ('"دیجی کالا"', "دیجی‌کالا"), ("क्ष", "क्\u200dष"), ("acme", "Ac\u00adme"),
        ("acme", "Ac\u2060me"), ("acme", "\ufeffAcme"),
    ],
    "Devanagari nukta": [("ज़ोमैटो", "ज\u093cोमैटो"), ("ज\u093cोमैटो", "ज़ोमैटो"), ("ज़ोमैटो", "जोमैटो"), ("जोमैटो", "ज़ोमैटो")],
    "digits": [("acme 4", "Acme ۴"), ("acme 4", "Acme ٤"), ("acme ४", "acme 4"), ("acme 4", "acme ４")],
    "no spaces": [
        ("星巴克", "我去星巴克喝咖啡"), ("スターバックス", "スターバックスの新作"), ("ｽﾀｰﾊﾞｯｸｽ", "スターバックスは"), ("ガス", "カ\u3099ス会社"),
        ("ธนาคาร", "ไปธนาคารมา"), ("acme", "私はACMEが好き"), ("acme", "ซื้อAcmeมา"), ("acme", "Acme를 샀다"), ("삼성", "삼성 좋아"),
    ],
    "hashtags and handles": [
        ("acme", "#acme"), ("acme", "@Acme: hi"), ("acme", "#AcmeFail"), ("acme", "@AcmeHelp"), ("acme", "#ACMEFail"),
        ("acme", "#Acme2026"), ("acme", "@acme_help"), ("acme", "@acmeHelp"), ("acmefail", "#AcmeFail"), ("#AcmeFail", "#acmefail"),
        ("@AcmeHelp", "cc @acmehelp"), ("acme fail", "#AcmeFail"), ("coca-cola", "#CocaCola"), ("iphone", "#iPhone"),
        ("cafe", "#CaféNero"), ("cafe", "#Cafe\u0301Nero"), ('"so #AcmeFail"', "so #acmefail"), ("acme", "＃ＡＣＭＥ"),
    ],
    "edges": [
        ("acme", "(acme)"), ("acme", "acme_support"), ("acme", "https://acme.com/help"), ("acme", "acme—late"), ("acme", "❤️Acme❤️"),
        ("acme", "1️⃣acme"), ("acme", "👍🏽acme"), ("acme", "\u200facme\u200f"), ("acme", "«Acme»"), ("acme", "…acme…"),
    ],
    "wildcards": [("acme*", "Acmelerin"), ("스타벅스*", "스타벅스에서"), ("*cart", "nimblecart"), ("ac*me", "acccme")],
}  # fmt: skip
NOT_FOUND = [
    ("acme", "acmes"), ("acme", "pacme"), ("acme", "AcmeFail"), ("acme", "#acmefail"), ("phone", "#iPhone"), ("мои", "мой"),
    ("nin", "Acme'nin"), ("कार", "कारण"), ("بھائی", "بہائی"), ("acme", "acme2"), ("스타벅스", "스타벅스에서"), ("i", "#iPhone"),
    ("acme", "Acmelerin"), ("星克", "星巴克"), ("loewe", "löwe"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "text"), [pair for pairs in FOUND.values() for pair in pairs])
def test_spellings_of_one_word(query, text):
    for form in ("NFC", "NFD"):
        for asked in ("NFC", "NFD"):
            written = parse_query(unicodedata.normalize(asked, query))
            assert written.match(Words(unicodedata.normalize(form, text))) is not None, (form, asked)
    assert parse_query(query).match(Words(text)) is not None


@pytest.mark.parametrize(("query", "text"), NOT_FOUND)
def test_other_words(query, text):
    assert parse_query(query).match(Words(text)) is None


BRANDS = [
    Brand(id="a", name="Acme", role="own", query='acme OR "acme corp" OR akme* OR ज़ोमैटो OR 星巴克', accounts=("acmehelp",)),
    Brand(id="b", name="Basket", role="competitor", query="(basket NEAR/3 app) NOT ball"),
    Brand(id="c", name="Rest", role="competitor", query="NOT acme"),
]
WORD = st.sampled_from(
    ["Acme", "#AcmeFail", "basket", "app", "ball", "ज़ोमैटो", "星巴克", "akmeler", "é", "I\u0307", "'nin", "\u200c"]
)
TEXT = st.lists(WORD | st.text(max_size=8), max_size=8).map(" ".join) | st.text(max_size=40)


@given(TEXT)
def test_any_text_is_matched_alike_composed_and_decomposed(text):
    matcher = BrandMatcher(BRANDS)
    answers = [matcher.match_words(Words(unicodedata.normalize(form, text))) for form in ("NFC", "NFD")]
    assert answers[0] == answers[1]
    assert matcher.match_words(Words(text)) == answers[0]


@given(TEXT)
def test_the_shared_pass_finds_what_each_query_finds_alone(text):
    words = Words(text)
    alone = [(brand.id, found) for brand in BRANDS if (found := parse_query(brand.query).match(words)) is not None]
    assert BrandMatcher(BRANDS).match_words(words) == alone


def test_a_reply_is_matched_by_its_threads_words_and_a_phrase_spans_no_two_fields():
    matcher = BrandMatcher([Brand(id="a", name="Acme", role="own", query='acme OR "late van"')])
    reply = Mention(source="s", site="s", external_id="1", kind="comment", text="same here")
    assert matcher.match(reply) == ()
    assert matcher.match(reply.__class__(**{**as_dict(reply), "context": "Acme again"})) == (("a", "acme"),)
    assert matcher.match(reply.__class__(**{**as_dict(reply), "title": "late", "text": "van"})) == ()


def as_dict(mention: Mention) -> dict[str, object]:
    return {name: getattr(mention, name) for name in mention.__slots__}
