from __future__ import annotations

import itertools

import pytest
from growing import AT_MOST, growth

from sentiment.clauses import split_clauses, split_parts


def parts(sentence):
    return [sentence[start:end] for start, end in split_clauses(sentence)]


CUT = [
    ("great food, rude staff", "great food", "rude staff"),
    ("Food was great but the driver was rude and unfriendly.", "Food was great", "but the driver was rude and unfriendly."),
    ("Nimblecart's drivers are rude, Tamarind's are lovely.", "Nimblecart's drivers are rude", "Tamarind's are lovely."),
    ("While Tamarind is cheap, Nimblecart is fast", "While Tamarind is cheap", "Nimblecart is fast"),
    ("gute Preise, schlechter Service", "gute Preise", "schlechter Service"),
    ("Das Essen war gut, aber der Fahrer war unfreundlich", "Das Essen war gut", "aber der Fahrer war unfreundlich"),
    ("La comida estaba rica pero el repartidor era grosero", "La comida estaba rica", "pero el repartidor era grosero"),
    ("La app es rápida, sin embargo el servicio es malo", "La app es rápida", "sin embargo el servicio es malo"),
    ("La nourriture était bonne mais le livreur était impoli", "La nourriture était bonne", "mais le livreur était impoli"),
    ("Il cibo era buono, ma il corriere era scortese", "Il cibo era buono", "ma il corriere era scortese"),
    ("A comida é boa, mas o entregador foi grosseiro", "A comida é boa", "mas o entregador foi grosseiro"),
    ("Yemek güzeldi ama kurye çok kabaydı", "Yemek güzeldi", "ama kurye çok kabaydı"),
    ("khana accha tha lekin driver badtameez tha", "khana accha tha", "lekin driver badtameez tha"),
    ("खाना अच्छा था लेकिन ड्राइवर बदतमीज था", "खाना अच्छा था", "लेकिन ड्राइवर बदतमीज था"),
    ("अच्छा खाना, खराब सर्विस", "अच्छा खाना", "खराब सर्विस"),
    ("کھانا اچھا تھا لیکن ڈرائیور بدتمیز تھا", "کھانا اچھا تھا", "لیکن ڈرائیور بدتمیز تھا"),
    ("Toit oli hea, aga kuller oli ebaviisakas", "Toit oli hea", "aga kuller oli ebaviisakas"),
    ("الطعام لذيذ لكن السائق وقح", "الطعام لذيذ", "لكن السائق وقح"),
    (
        "The app is good, the prices are fair, but the staff were rude",
        "The app is good", "the prices are fair", "but the staff were rude",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CUT, ids=lambda case: case[0])
def test_a_sentence_that_turns_is_cut_where_it_turns(case):
    assert parts(case[0]) == list(case[1:])


@pytest.mark.parametrize(
    "sentence",
    [
        "I bought apples, bread, and fresh milk.",
        "fresh fruit, warm bread, cold milk",
        "It cost 1,655 lira, 3 days late",
        "When I called, the agent was rude",
        "The driver was kind though.",
        "not bad but pricey",
        "nothing but praise for them",
        "last but not least the bread",
        "Not only cheap but also fast delivery",
        "It is my favourite shop (cheap food, rude staff) in town",
        "Why is it so expensive, Tamarind?",
        "they lost ma commande encore",
        "L'appli est bien que je sache",
        "Creo que el pan es bueno y que la leche es mala",
        "toll",
        "",
    ],
)
def test_a_sentence_that_does_not_turn_stays_whole(sentence):
    assert split_clauses(sentence) == [(0, len(sentence))]


def test_clauses_are_in_order_and_lose_no_word():
    for sentence, *_ in CUT:
        clauses = split_clauses(sentence)
        kept = "".join(sentence[start:end] for start, end in clauses)
        assert [char for char in kept if char.isalnum()] == [char for char in sentence if char.isalnum()]
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(clauses))


def test_a_text_is_cut_into_its_own_sentences_and_their_clauses():
    text = "> great food, rude staff\nGreat app, slow delivery. The rest was fine."
    assert [text[start:end] for start, end in split_parts(text)] == ["Great app", "slow delivery.", "The rest was fine."]


@pytest.mark.parametrize(
    ("piece", "end"),
    [
        ("one two three, ", ""),
        ("good, bad, ", ""),
        ("one yet two ", ""),
        ("(one, two ", ""),
        ("good food, rude staff, ", ""),
        (" ", "x"),
    ],
)
def test_a_long_sentence_is_cut_in_time_that_grows_as_it_does(piece, end):
    assert growth(split_clauses, piece, 1000, end) < AT_MOST
