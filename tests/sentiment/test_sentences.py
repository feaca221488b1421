"""Sentences are found in every script, with their places in the original text."""

import itertools

import pytest
from growing import AT_MOST, growth

from sentiment.sentences import split_own, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Great food. Rude staff!", ["Great food.", "Rude staff!"]),
        ("late again. never going back", ["late again.", "never going back"]),
        ("It cost 4.50 at example.com today. Too much.", ["It cost 4.50 at example.com today.", "Too much."]),
        ("Dr. Smith came at 5 p.m. and left. Fine.", ["Dr. Smith came at 5 p.m. and left.", "Fine."]),
        ("Mr. J. Doe, e.g. here, etc. and so on.", ["Mr. J. Doe, e.g. here, etc. and so on."]),
        ("Well... it works. Sort of", ["Well... it works.", "Sort of"]),
        ("Hm… No. Really?! Yes", ["Hm…", "No.", "Really?!", "Yes"]),
        ("खाना अच्छा था। स्टाफ बदतमीज था।", ["खाना अच्छा था।", "स्टाफ बदतमीज था।"]),
        ("کھانا اچھا تھا۔عملہ برا تھا۔ کیوں؟ پتہ نہیں", ["کھانا اچھا تھا۔", "عملہ برا تھا۔", "کیوں؟", "پتہ نہیں"]),
        ("Kargo vb. geç geldi. Ürün kırık.", ["Kargo vb. geç geldi.", "Ürün kırık."]),
        ("Im 3. Stock war es z.B. kalt. Schade.", ["Im 3. Stock war es z.B. kalt.", "Schade."]),
        ("Loved it! 😍😍 But the app :( is slow.", ["Loved it! 😍😍", "But the app :( is slow."]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("one line\n\nanother line\n", ["one line", "another line"]),
        ("- \nfirst", ["-", "first"]),
        ("no stop at all", ["no stop at all"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_sentences_of(text: str, sentences: list[str]):
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


def test_spans_are_in_order_and_lose_no_word():
    text = "One.  Two! \n Three؟ چار۔ Five… six 7.5 (eight.) 👍 ।" * 50
    spans = split_sentences(text)
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


def test_a_long_text_without_stops_is_split_quickly():
    assert split_sentences("word " * 100_000) == [(0, 499_999)]
    assert len(split_sentences("! " * 50_000)) == 1


def test_a_row_of_emoji_that_ends_no_sentence_is_split_at_once():
    text = f"Great!{'😀' * 60}love it"
    assert split_sentences(text) == [(0, len(text))]


@pytest.mark.parametrize(
    ("piece", "end"),
    [
        ("Tamarind a. ", ""), ("e.g. ", ""), (".", "x"), ("!", "x"), ("!..", "x"), ("…!", "x"), ("😀", "x"), (" :)", "x"),
        ("a . ", ""), (" ", "x"), ("> x\ny\n", ""), ("1. ", ""),
    ],
)  # fmt: skip
def test_a_long_text_is_split_in_time_that_grows_as_it_does(piece: str, end: str):
    assert growth(split_own, piece, 2000, end) < AT_MOST


def test_quoted_lines_are_left_out_wherever_they_stand():
    text = "First.\n> quoted. twice.\nOwn > still own.\n  &gt; quoted too\nLast."
    assert [text[start:end] for start, end in split_own(text)] == ["First.", "Own > still own.", "Last."]
    assert len(split_own("> all quoted\n> again")) == 2
