"""Signs of leaving, recommending, going higher and being content again, in every language that has a list."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from growing import AT_MOST, growth

from sentiment import signs, tagging
from sentiment.classifier import Classifier
from sentiment.clauses import split_parts
from sentiment.lines import classify_lines
from sentiment.phrases import BadPhrase, Context, Phrase, as_words
from sentiment.signs import SIGNS, Found, SignReader, find_signs, load_lists
from sentiment.tagging import TagReport, tag_mentions
from store.authors import load_secret
from store.database import open_database, open_vectors
from store.records import BrandNames, MatchedMention, Mention
from store.saving import Author, save_mentions

ROWS = [json.loads(line) for line in Path(__file__).with_name("signs.jsonl").read_text("utf-8").splitlines()]
LANGUAGES = ("en", "hi", "hi-Latn", "ur", "ur-Latn", "tr", "es", "de", "fr", "it", "pt", "et", "ar")
SHOPS = (BrandNames(brand="tamarind", forms=("Tamarind",)), BrandNames(brand="nimblecart", forms=("Nimblecart",)))
PLAIN = Context({}, frozenset({"not", "never"}))


def read(text, reader=None, matched=()):
    cut = split_parts(text)
    return (reader or SignReader()).read(text, cut if len(cut) > 1 else (), matched)


def signs_of(text):
    return {found.sign for found in read(text)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['language']}-{row['sign']}")
def test_a_sign_is_read_where_it_is_given_and_nowhere_else(row):
    assert [text for text in row["given"] if row["sign"] not in signs_of(text)] == []
    assert [text for text in row["not"] if row["sign"] in signs_of(text)] == []


def test_every_language_has_sentences_and_phrases_of_every_sign():
    wanted = {(language, sign) for language in LANGUAGES for sign in SIGNS}
    assert {(row["language"], row["sign"]) for row in ROWS if len(row["given"]) >= 4 and len(row["not"]) >= 3} == wanted
    counts = {}
    for said in load_lists().said:
        counts[said.language, said.sign] = counts.get((said.language, said.sign), 0) + 1
    assert set(counts) == wanted
    assert min(counts.values()) >= 4


def test_every_phrase_compiles():
    lists = load_lists()
    for phrase in [*(said.phrase for said in lists.said), *(one for index in lists.unless.values() for one in index.phrases)]:
        assert phrase.search(" ") is None, phrase.written


def test_people_mix_languages_and_write_without_apostrophes_accents_or_case():
    assert signs_of("yaar main HIGHLY RECOMMEND karta hoon") == {"recommending"}
    assert signs_of("highly recommend mat karo") == set()
    assert signs_of("wont be coming back") == signs_of("Won’t be coming back") == {"leaving"}
    assert signs_of("resilie mon abonnement: j’ai RÉSILIÉ mon abonnement") == {"leaving"}
    assert signs_of("aboneligimi iptal ettim") == {"leaving"}


def test_a_question_gives_no_sign_but_asking_for_a_manager_does():
    assert signs_of("Should I cancel my subscription?") == set()
    assert signs_of("Can I speak to a manager?") == {"escalation"}


def test_a_clause_of_a_question_is_asked_too():
    text = "Would you say I would recommend them, or not?"
    assert SignReader().read(text, [(0, 35), (37, 44)]) == []


def test_who_was_not_let_through_to_a_manager_has_asked_for_one():
    assert signs_of("They would not let me speak to a supervisor.") == {"escalation"}


def test_a_denial_takes_a_phrase_back_though_another_way_of_saying_it_holds_one():
    assert signs_of("Recomiendo sin duda este hotel.") == {"recommending"}
    assert signs_of("No le recomiendo este hotel a nadie.") == set()


def test_each_sentence_has_its_own_signs_and_the_whole_has_all():
    text = "They fixed it within an hour. I would recommend them to anyone. It rained."
    assert read(text) == [
        Found("recommending", stands=True),
        Found("resolved"),
        Found("resolved", 1),
        Found("recommending", 2, stands=True),
    ]


def test_quoted_lines_of_others_give_no_sign():
    assert read("> I cancelled my subscription.\nSorry to hear that.") == []


def test_who_leaves_one_brand_for_another_leaves_the_one_that_is_left():
    reader = SignReader(SHOPS)
    text = "I switched from Nimblecart to Tamarind because I am done with them and I cancelled my subscription."
    assert read(text, reader, ("tamarind", "nimblecart")) == [Found("leaving", brand="nimblecart", stands=True)]


def test_who_prefers_a_brand_recommends_that_one():
    reader = SignReader(SHOPS)
    text = "I would recommend Tamarind over Nimblecart."
    assert read(text, reader, ("tamarind", "nimblecart")) == [Found("recommending", brand="tamarind", stands=True)]


def test_a_sign_of_one_brand_alone_is_left_to_the_targets():
    assert read("I will never order from Tamarind again.", SignReader(SHOPS), ("tamarind",)) == [Found("leaving")]


def test_a_long_text_is_read_for_signs_in_time_that_grows_as_it_does():
    names = SignReader([BrandNames(brand="t", forms=("Tamarind",)), BrandNames(brand="n", forms=("Nimblecart",))])

    def read(text):
        return names.read(text, split_parts(text), ("t", "n"))

    assert growth(read, "I recommend Tamarind over Nimblecart. ", 200) < AT_MOST
    assert growth(read, "good food, rude staff, I recommend it, ", 200) < AT_MOST


def test_signs_are_read_at_thousands_of_texts_a_second():
    texts = [f"{text} {number}" for number in range(30) for row in ROWS[:8] for text in (*row["given"], *row["not"])]
    texts += ["The parcel came three days late and the driver was rude, what a day."] * len(texts) * 4
    reader = SignReader()
    for text in texts:
        reader.read(text, ())
    start = time.process_time()
    for text in texts:
        reader.read(text, ())
    assert len(texts) / (time.process_time() - start) > 5_000, "a quarter of what an idle machine does"


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        ("cancel* ~2 my plan", "I cancelled, my plan", False),
        ("cancel* ~2 my plan", "cancelling all of my plan", True),
        ("cancel* ~2 my plan", "cancel but not my plan", False),
        ("(left|gone away) (for good)?", "we have gone away", True),
        ("^ never again", "well never again", False),
        ("solved (now|,|$)", "solved!!", True),
        ("solved (now|,|$)", "solved it", False),
        ("solved $", "solved!!", True),
        ("solved $", "solved it", False),
        ("cancel* plan", "scancel plan", False),
    ],
)
def test_a_phrase_is_what_it_says(written, text, found):
    assert bool(Phrase(written, PLAIN).search(as_words(text))) is found


@pytest.mark.parametrize("written", ["~3", "(a*|bee)", "<nobody> left"])
def test_a_phrase_that_cannot_be_read_is_named(written):
    with pytest.raises(BadPhrase):
        Phrase(written, PLAIN)


@pytest.fixture
def stores(tmp_path):
    path = tmp_path / "repute.db"
    db, vectors = open_database(path), open_vectors(path)
    texts = ("Never again will I order here. They fixed it though.", "لن أتعامل معكم مرة أخرى.", "Fine, as always.")
    batch = [
        MatchedMention(
            mention=Mention(source="s", site="x", external_id=str(number), text=text), brands=(("tamarind", "tamarind"),)
        )
        for number, text in enumerate(texts)
    ]
    save_mentions(db, batch, author=Author(load_secret(path)), now="2026-09-01T00:00:00Z")
    yield db, vectors
    db.close()
    vectors.close()


def stored(db):
    return [
        tuple(row)
        for row in db.execute(
            "select mention, span, label, brand, score, polarity from current_tags where task = 'sign' order by 1, 2, 3"
        )
    ]


EXPECTED = [
    (1, 0, "leaving", "", 1.0, None),
    (1, 0, "resolved", "", None, None),
    (1, 1, "leaving", "", 1.0, None),
    (1, 2, "resolved", "", None, None),
    (2, 0, "leaving", "", None, None),
]


def test_tagging_writes_signs_of_every_language_with_the_sentence_they_stand_in(stores, encoder):
    db, vectors = stores
    assert tag_mentions(db, vectors, Classifier(encoder, [], [])) == TagReport(read=3, recalled=0)
    assert stored(db) == EXPECTED
    assert [tuple(row) for row in db.execute("select n, start, end from spans where mention = 1")] == [(1, 0, 30), (2, 31, 52)]


def rows_of_tags(db):
    return {
        tuple(row) for row in db.execute("select tags.*, taggers.subject from tags join taggers on taggers.id = tags.tagger")
    }


def test_a_changed_list_makes_only_that_sign_due_and_reads_nothing_again(stores, encoder, monkeypatch):
    db, vectors = stores
    tag_mentions(db, vectors, Classifier(encoder, [], []))
    before, lists = rows_of_tags(db), load_lists()
    monkeypatch.setattr(signs, "load_lists", lambda: replace(lists, hashes={**lists.hashes, "resolved": "another list"}))
    assert tag_mentions(db, vectors, Classifier(encoder, [], [])) == TagReport(read=0, recalled=3)
    assert stored(db) == EXPECTED
    gone = before - rows_of_tags(db)
    assert len(gone) == 2, "the two tags of the sign whose list changed"
    assert all("resolved" in row for row in gone)


def test_a_store_tagged_before_there_were_signs_gets_them_without_the_model(stores, encoder, monkeypatch):
    db, vectors = stores
    with monkeypatch.context() as patch:
        patch.setattr(tagging.SignReader, "tags", lambda *_: [])
        patch.setattr(signs, "SIGNS", ())
        tag_mentions(db, vectors, Classifier(encoder, [], []))
    assert stored(db) == []
    assert tag_mentions(db, vectors, Classifier(encoder, [], [])) == TagReport(read=0, recalled=3)
    assert stored(db) == EXPECTED


def test_a_mention_that_loses_a_brand_has_its_signs_between_brands_read_again(tmp_path, encoder):
    path = tmp_path / "two.db"
    db, vectors = open_database(path), open_vectors(path)
    text = "I would recommend Tamarind over Nimblecart."

    def save(*brands):
        matched = MatchedMention(
            mention=Mention(source="s", site="x", external_id="1", text=text), brands=tuple((one, one) for one in brands)
        )
        save_mentions(db, [matched], author=Author(load_secret(path)), now="2026-09-01T00:00:00Z")
        return tag_mentions(db, vectors, Classifier(encoder, [], []), names=(SHOPS[0], replace(SHOPS[1], certain=False)))

    save("tamarind", "nimblecart")
    assert stored(db) == [(1, 0, "recommending", "tamarind", 1.0, None)]
    assert save("nimblecart") == TagReport(read=0, recalled=1)
    assert stored(db) == []
    db.close()
    vectors.close()


def test_classify_names_the_signs_of_each_line(encoder):
    rows = classify_lines(
        [b"I asked to speak to a manager. I cancelled my subscription.\n", b"Fine.\n"], Classifier(encoder, [], [])
    )
    assert [row["signs"] for row in rows] == [["leaving", "escalation"], []]


def test_a_sentence_alone_gives_its_signs_in_one_order():
    assert find_signs("I cancelled my subscription and my lawyer will write") == ["leaving", "escalation"]
