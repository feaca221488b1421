from __future__ import annotations

import pytest

from config import Attribute, Topic
from sentiment.classifier import Classifier
from sentiment.encoder import Encoder
from sentiment.lines import classify_lines


@pytest.fixture(scope="module")
def classifier():
    delivery = Topic(id="delivery", name="Delivery", description="The parcel or order came late or never arrived.")
    fast = Attribute(id="fast", name="Fast", description="Delivery is fast and on time.")
    return Classifier(Encoder.load(), [delivery], [fast])


def test_a_line_of_text_gives_one_row_with_every_field(classifier):
    [row] = classify_lines([b"The parcel came three days late, terrible.\n"], classifier)
    assert list(row) == [
        "text",
        "language",
        "language_supported",
        "sentiment",
        "scores",
        "complaint",
        "topics",
        "attributes",
        "signs",
    ]
    assert (row["text"], row["language"], row["sentiment"]) == ("The parcel came three days late, terrible.", "en", "negative")
    assert list(row["scores"]) == ["negative", "neutral", "positive"]
    assert sum(row["scores"].values()) == pytest.approx(1, abs=0.002)


def test_html_is_read_as_the_words_that_it_shows(classifier):
    lines = [
        b"<p>Arrived on the same day.</p><p>Rude staff.</p>\n",
        b"<blockquote>Tamarind is terrible and a scam.</blockquote><p>I disagree, it is great.</p>\n",
        b'<a href="http://x.com/a?b=1" title="Terrible. Awful! Worst. ever">Tamarind</a> is fine.\n',
        b"Delivery in < 2 days and > 1, I <3 it\n",
    ]
    plain = [
        "Arrived on the same day.\n\nRude staff.",
        "> Tamarind is terrible and a scam.\n\nI disagree, it is great.",
        "Tamarind is fine.",
        "Delivery in < 2 days and > 1, I <3 it",
    ]
    rows = list(classify_lines(lines, classifier))
    assert [row["text"] for row in rows] == plain
    assert [row["sentiment"] for row in rows] == [reading.sentiment for reading in classifier.classify(plain)]
    assert [row["sentiment"] for row in rows[1:]] == ["positive", "positive", "positive"]


def test_json_lines_keep_their_order_and_a_bad_one_costs_itself(classifier):
    lines = [
        b'{"text": "one"}\n',
        b"{broken\n",
        b'{"label": "x"}\n',
        b'"just a string"\n',
        b'{"text": "two"}\n',
        b'{"text": "\xff"}\n',
    ]
    rows = list(classify_lines(lines, classifier))
    assert [row.get("text") for row in rows] == ["one", None, None, None, "two", None]
    assert [(row["line"], row["error"].split("(")[0].strip()) for row in rows if "error" in row] == [
        (2, "is not JSON"),
        (3, 'has no "text"; write {"text": "…"}'),
        (4, 'has no "text"; write {"text": "…"}'),
        (6, "is not UTF-8 at byte 10; save the file as UTF-8"),
    ]


def test_lines_of_text_in_any_script_empty_ones_too_stay_in_order(classifier):
    texts = ["बहुत देर से आया", "", "بہت دیر سے آیا", "{not json}"]
    rows = list(classify_lines([text.encode() + b"\r\n" for text in texts], classifier))
    assert [row["text"] for row in rows] == texts


def test_text_that_is_not_utf8_is_named_by_line(classifier):
    rows = list(classify_lines([b"fine\n", "Müller\n".encode("latin-1")], classifier))
    assert rows[1] == {"line": 2, "error": "is not UTF-8 at byte 1; save the file as UTF-8"}


def test_half_a_letter_and_a_number_without_end_cost_no_other_line(classifier):
    lines = [
        b'{"text": "great \\ud83d app"}\n',
        b'{"text": "one", "n": ' + b"9" * 5000 + b"}\n",
        b"[" * 100_000 + b"\n",
        b'{"text": "two \\ud83d\\ude00"}\n',
    ]
    rows = list(classify_lines(lines, classifier))
    assert [row.get("text") for row in rows] == ["great  app", None, None, "two 😀"]
    assert rows[1]["error"].startswith("is not JSON (Exceeds the limit (4300 digits)")
    assert rows[2]["error"].startswith("is not JSON (maximum recursion depth exceeded")


def test_nothing_in_nothing_out(classifier):
    assert list(classify_lines([], classifier)) == []


def test_a_thousand_lines_stream_in_batches(classifier):
    seen = []

    def lines():
        for number in range(600):
            seen.append(number)
            yield f"line {number % 7}\n".encode()

    rows = classify_lines(lines(), classifier)
    assert next(rows)["text"] == "line 0"
    assert len(seen) < 600
    assert sum(1 for _ in rows) == 599
