"""Who leaves and who recommends, from the words to the answer: 304 short sentences in every language, read as a store is.

The phrases were written beside the sentences of half `written`; those of `held out` were written after them, and no phrase was
changed for them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sentiment.classifier import Classifier
from sentiment.signs import SignReader
from sentiment.tagging import tag_mentions
from store.authors import load_secret
from store.database import open_database, open_vectors
from store.queries import find_signs
from store.records import BrandNames, MatchedMention, Mention
from store.saving import Author, save_mentions
from store.scope import Scope

ROWS = [json.loads(line) for line in Path(__file__).with_name("leaving.jsonl").read_text("utf-8").splitlines()]
SHOPS = (BrandNames(brand="acme", forms=("acme*",)), BrandNames(brand="beta", forms=("betashop*",)))
LANGUAGES = {"en", "hi", "hi-Latn", "ur", "ur-Latn", "tr", "es", "de", "fr", "it", "pt", "et", "ar"}
LEAST = {
    ("written", "leaving"): (0.98, 0.98),
    ("written", "recommending"): (0.98, 0.95),
    ("held out", "leaving"): (0.95, 0.75),
    ("held out", "recommending"): (0.94, 0.68),
}
"""Precision and recall; before brands were part of phrases: 0.95, 0.45; 1, 0.73; 1, 0.41; 1, 0.65."""


def read_signs(folder, encoder, texts):
    """The signs of each text for Acme, as answers count them."""
    path = folder / "signs.db"
    db, vectors = open_database(path), open_vectors(path)
    batch = [
        MatchedMention(
            mention=Mention(source="s", site="x", external_id=str(number), text=text),
            brands=(("acme", "acme"), ("beta", "betashop")) if "betashop" in text.lower() else (("acme", "acme"),),
        )
        for number, text in enumerate(texts)
    ]
    save_mentions(db, batch, author=Author(load_secret(path)), now="2026-09-01T00:00:00Z")
    tag_mentions(db, vectors, Classifier(encoder, [], []), names=SHOPS)
    numbers = {row: int(number) for row, number in db.execute("select id, external_id from mentions")}
    found = [set() for _ in texts]
    for row in find_signs(db, Scope(brand="acme", undated=True)):
        found[numbers[row["mention"]]].add(row["sign"])
    db.close()
    vectors.close()
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory, encoder):
    return read_signs(tmp_path_factory.mktemp("leaving"), encoder, [row["text"] for row in ROWS])


def test_every_language_has_sentences_of_each_kind_in_both_halves():
    kinds = {(row["language"], row["half"], row["sign"]) for row in ROWS}
    assert kinds == {(a, b, c) for a in LANGUAGES for b in ("written", "held out") for c in ("leaving", "recommending", "")}


@pytest.mark.parametrize(("half", "sign"), LEAST)
def test_who_leaves_and_who_recommends_is_found_and_few_others(found, half, sign):
    pairs = [(row["sign"] == sign, sign in told) for row, told in zip(ROWS, found, strict=True) if row["half"] == half]
    right = sum(given and told for given, told in pairs)
    precision, recall = right / sum(told for _, told in pairs), right / sum(given for given, _ in pairs)
    assert (precision >= LEAST[half, sign][0], recall >= LEAST[half, sign][1]) == (True, True), (precision, recall)


def test_a_plain_sentence_of_leaving_stands_whatever_the_sentiment(tmp_path, encoder):
    texts = [
        "Ich habe mein Acme Abo gekündigt.",
        "J'ai résilié mon abonnement Acme.",
        "Ho disdetto il mio abbonamento Acme.",
        "Acme, plus jamais !",
        "I cancelled my Acme membership, and I love, love, love how wonderful and easy and friendly it was!",
    ]
    assert read_signs(tmp_path, encoder, texts) == [{"leaving"}] * len(texts)


def test_a_looser_phrase_needs_a_sentiment_that_does_not_contradict_it(tmp_path, encoder):
    texts = ["Wonderful Acme, I will never use anything else again, I love it!", "I will never use Acme again, horrible."]
    assert read_signs(tmp_path, encoder, texts) == [set(), {"leaving"}]


def read(text, *matched):
    return {(one.sign, one.brand) for one in SignReader(SHOPS).read(text, (), matched)}


@pytest.mark.parametrize(
    "text",
    [
        "Acme switched to a new courier last month.",
        "Acme moved to another carrier in May.",
        "The lid of my Acme kettle won't stay down any more.",
        "The courier would not visit us again.",
        "I never switched to Betashop.",
        "I should have left Acme for Betashop.",
        "Would you move to Betashop?",
        "I used to recommend Acme to everyone.",
    ],
)
def test_what_others_do_and_what_was_not_done_is_no_sign(text):
    assert read(text, "acme", "beta") == set()


def test_who_goes_to_a_brand_leaves_the_others_and_not_that_one():
    assert read("I moved over to Betashop after that.", "acme", "beta") == {("leaving", "acme")}
    assert read("I moved over to Betashop after that.", "beta") == set()
    assert read("I switched from Zenwick to Acme.", "acme") == set()
    assert read("We left Betashop for Acme.", "acme", "beta") == {("leaving", "beta")}


def test_a_brand_is_left_for_whatever_other_name():
    assert read("Left Acme for Zenwick in March.", "acme") == {("leaving", "")}


def test_who_recommends_one_of_two_brands_recommends_that_one():
    assert read("I recommend Betashop, Acme was slow.", "acme", "beta") == {("recommending", "beta")}


def test_a_private_character_of_a_text_is_no_brand():
    assert read("I switched from \uf8ff to \ue001 and Acme.", "acme", "beta") <= {("leaving", "")}
