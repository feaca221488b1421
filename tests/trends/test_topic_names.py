"""Names and ids of suggested topics, from the words of a group."""

import pytest

from config import Brand
from config.reading import ID
from trends.naming import brand_words, find_terms, latin, make_id, make_name, telling_terms, written

BRANDS = [Brand(id="tamarind", name="Tamarind", role="own", query="tamarind")]


def test_a_phrase_stands_side_by_side_without_stop_words_and_brands():
    terms = find_terms("The barcode scanner of Tamarind's tills. Scanner broken, tamarinden", brand_words(BRANDS))
    assert terms == {
        "barcode": "barcode",
        "scanner": "scanner",
        "barcode scanner": "barcode scanner",
        "tills": "tills",
        "broken": "broken",
        "scanner broken": "Scanner broken",
    }


def people(*texts):
    return [[find_terms(text, ())] for text in texts]


def test_a_phrase_goes_before_its_words_and_a_word_before_its_plural():
    own = people("barcode scanner dead", "barcode scanner gone", "the barcode scanner, bag", "bags and bag", "bags bag")
    others = people("fresh milk", "late parcel", "rude driver")
    assert telling_terms(own, others) == ["barcode scanner", "bag"]


def test_a_word_of_one_person_names_nothing():
    assert telling_terms(people("pigeon", "parking", "music"), people("milk")) == []


def test_words_are_written_as_most_people_write_them():
    own = people("Barcode kaputt", "barcode", "Barcode")
    assert written(["barcode"], own) == ["Barcode"]


@pytest.mark.parametrize(
    ("words", "language", "name"),
    [
        (["barcode scanner", "till"], "en", "Barcode scanner"),
        (["substitute", "salmon", "bread"], "en", "Substitute, salmon"),
        (["iade"], "tr", "İade"),
        (["रिफंड"], "hi", "रिफंड"),
    ],
)
def test_a_name_is_the_first_phrase_or_two_words(words, language, name):
    assert make_name(words, language) == name


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Barcode scanner", "barcode_scanner"),
        ("Größe, über", "grosse_uber"),
        ("Kırık ürün", "kirik_urun"),
        ("रिफंड", ""),
        ("2 euro", ""),
        ("x" * 60, "x" * 36),
    ],
)
def test_an_id_has_the_letters_that_config_allows(text, made):
    assert latin(text) == made
    assert not made or ID.fullmatch(made)


def test_ids_differ_and_a_script_without_latin_letters_still_has_one():
    assert make_id(["scanner"], "Scanner", {"scanner", "scanner_2"}) == "scanner_3"
    assert make_id(["रिफंड", "refund"], "रिफंड", set()) == "refund"
    assert ID.fullmatch(make_id(["ریفنڈ"], "ریفنڈ", set()))
