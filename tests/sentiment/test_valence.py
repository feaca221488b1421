"""Lists of praising and blaming words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.encoder import MODEL
from sentiment.text import prepare
from sentiment.valence import DENIED, Valence, WordList, find_valence, listed_words

SPANISH = WordList(
    {"malo": -3, "horrible": -4, "encant": 4, "delicios": 3, "bueno": 0},
    frozenset(["no"]),
    frozenset(["nunca"]),
    (0.5, 0.25),
    (2.0, 1.0),
)


@pytest.fixture(scope="module")
def shipped():
    return Valence.load(MODEL / "valence.json")


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("horrible", -4),
        ("horribles", -4),
        ("encantadas", 4),
        ("encantadoras", 0),  # too long an ending
        ("malos", 0),  # too short a stem
        ("mal", 0),
        ("bueno", 0),
        ("buenos", 0),
    ],
)
def test_a_word_counts_as_the_stem_that_it_begins_with(word, value):
    assert find_valence(SPANISH.valence, word) == value


def test_the_longest_stem_counts():
    assert find_valence({"price": 1, "pricel": -2}, "priceless") == -2


@pytest.mark.parametrize(
    ("text", "blame", "praise"),
    [
        ("todo horrible aqui hoy", 4, 0),
        ("no es tan horrible", 0, -4 * DENIED),
        ("no es lo que dicen horrible", 4, 0),  # denied from too far away
        ("delicioso nunca mas hoy", -3 * DENIED, 0),
        ("malo pero delicioso todo", 3, 3),
        ("horrible", 4, 0),
        ("bueno", 0, 0),
        ("", 0, 0),
    ],
)
def test_blame_and_praise_are_added_and_denials_turn_them_round(text, blame, praise):
    words = text.split()
    assert SPANISH.weigh(words) == pytest.approx((blame / max(len(words), 4) ** 0.5, praise / max(len(words), 4) ** 0.5))


def test_only_languages_with_a_list_have_logits():
    found = Valence({"es": SPANISH}).logits(["todo HORRIBLE, malo!"] * 3 + ["nada"], ["es", "de", "", "es"])
    assert found[0] == pytest.approx([2 * (7 / 5**0.5 - 0.5), 0, -0.25])
    assert found[3] == pytest.approx([2 * -0.5, 0, -0.25])
    assert (found[1:3] == 0).all()
    assert (Valence({"es": SPANISH}).logits(["horrible"]) == 0).all()


def test_arabic_words_are_listed_without_what_is_written_as_one_with_them():
    assert listed_words("والخدمة بالخدمة للخدمة خدمة ولد", "ar") == ["خدمة"] * 4 + ["ولد"]
    assert listed_words("والخدمة", "ur") == ["والخدمة"]


def test_saving_and_loading_keeps_the_lists(shipped, tmp_path):
    for one in (shipped, Valence({"es": SPANISH})):
        one.save(tmp_path / "valence.json")
        assert Valence.load(tmp_path / "valence.json") == one


def test_the_shipped_lists_tell_praise_from_blame_and_weigh_both(shipped):
    assert sorted(shipped.lists) == ["ar", "de", "es", "et", "fr", "it", "pt", "ur"]
    praise = {"es": "un hotel fabuloso", "de": "eine fabelhafte Idee", "fr": "un accueil fabuleux", "it": "un posto favoloso"}
    blame = {
        "es": "un trato repugnante",
        "de": "ein widerlicher Geruch",
        "fr": "une odeur épouvantable",
        "it": "un odore ripugnante",
    }
    for language in praise:
        assert shipped.logits([praise[language]], [language])[0, 2] > 0
        assert shipped.logits([blame[language]], [language])[0, 0] > 0
    assert all(min(one.weights) > 0 for one in shipped.lists.values())


@settings(max_examples=60)
@given(st.lists(st.text(max_size=40), max_size=4), st.sampled_from(["es", "ar", "ur", "xx"]))
def test_a_text_has_the_same_finite_logits_alone_and_among_others(shipped, texts, language):
    together = shipped.logits(texts, [language] * len(texts))
    assert np.isfinite(together).all()
    for row, text in enumerate(texts):
        assert (shipped.logits([text], [language])[0] == together[row]).all()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("et", "kallis kallilt ventilaator kahjustused trahv vastu kasvajate"),
        ("de", "teuer ventilator messe hagel regenjacke"),
        ("es", "caro ventilador multa negrita granizo miedoso"),
        ("fr", "chère ventilateur gros terrifiant"),
        ("it", "caro grassetto impermeabile impaurito"),
        ("pt", "caro ventilador negrito ameaçador vigarista"),
        ("ur", "سنگین ناول مجبور"),
        ("ar", "غرامة مروحة غالي"),
    ],
)
def test_words_that_translation_turned_into_praise_praise_nothing(shipped, language, words):
    found = shipped.lists[language].valence
    assert [word for word in prepare(words).split() if find_valence(found, word) > 0] == []


def test_terrible_is_blame_where_translation_made_it_terrific(shipped):
    lists = shipped.lists
    assert all(find_valence(lists["et"].valence, word) < 0 for word in ("kohutav", "kohutavalt"))
    assert find_valence(lists["ur"].valence, prepare("خوفناک")) < 0
