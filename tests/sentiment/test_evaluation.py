"""Figures against numbers worked out by hand, and files as users have them."""

import json

import pytest

from sentiment.evaluation import ClassScore, Labelled, NothingLabelled, evaluate, read_labelled, score_labels, wilson


def test_scores_by_hand():
    gold = ["negative"] * 4 + ["neutral"] * 2 + ["positive"] * 4
    read = ["negative", "negative", "negative", "neutral", "neutral", "positive", "positive", "positive", "negative", "neutral"]
    result = score_labels(gold, read, ("negative", "neutral", "positive"), "sentiment")
    assert result.confusion == ((3, 1, 0), (0, 1, 1), (1, 1, 2))
    assert (result.n, result.accuracy) == (10, 0.6)
    assert result.classes == (
        ClassScore("negative", 3 / 4, 3 / 4, 3 / 4, 4),
        ClassScore("neutral", 1 / 3, 1 / 2, 2 / 5, 2),
        ClassScore("positive", 2 / 3, 1 / 2, 4 / 7, 4),
    )
    assert result.macro_recall == pytest.approx((0.75 + 0.5 + 0.5) / 3)
    assert result.macro_f1 == pytest.approx((0.75 + 0.4 + 4 / 7) / 3)


def test_a_label_that_never_occurs_does_not_count():
    result = score_labels(["a", "a"], ["a", "b"], ("a", "b", "c"), "x")
    assert (result.macro_recall, result.macro_f1) == (0.5, pytest.approx(2 / 3))
    assert result.classes[2] == ClassScore("c", 0.0, 0.0, 0.0, 0)


def test_wilson_by_hand():
    assert wilson(0, 10) == (pytest.approx(0, abs=1e-12), pytest.approx(0.2775, abs=1e-4))
    assert wilson(8, 10) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


def test_bad_rows_are_named_by_line_and_the_rest_is_read(tmp_path):
    path = tmp_path / "gold.jsonl"
    rows = [
        '{"text": "a", "label": "positive", "topic": "t", "brand": "b"}',
        "",
        "{broken",
        '["list"]',
        '{"text": 5, "label": "x"}',
        '{"text": "b"}',
        '{"text": "c", "label": " negative "}',
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    found = read_labelled(path)
    assert found.rows == (Labelled("a", "positive", "t", "b"), Labelled("c", "negative"))
    assert found.bad == (
        "line 3: no JSON (Expecting property name enclosed in double quotes at column 2)",
        "line 4: no JSON object",
        "line 5: `text` is 5, wanted words",
        "line 6: no `label`",
    )


def test_a_csv_with_a_byte_order_mark_and_line_breaks_is_read(tmp_path):
    path = tmp_path / "gold.csv"
    path.write_bytes('\ufefftext,label\n"two\nlines",negative\nshort\nfine,positive\n'.encode())
    found = read_labelled(path)
    assert found.rows == (Labelled("two\nlines", "negative"), Labelled("fine", "positive"))
    assert found.bad == ("line 4: `label` is None, wanted words",)


def test_html_is_evaluated_as_the_words_that_it_shows(tmp_path):
    path = tmp_path / "gold.csv"
    path.write_text("text,label\n<p>Nice.</p><p>Late.</p>,neutral\n2 < 3 and <3,positive\n", encoding="utf-8")
    assert read_labelled(path).rows == (Labelled("Nice.\n\nLate.", "neutral"), Labelled("2 < 3 and <3", "positive"))


def test_sentiments_are_evaluated_and_other_labels_left_out(classifier):
    rows = [
        Labelled("I love it, great!", "positive"),
        Labelled("Awful, I hate it", "negative"),
        Labelled("good and bad", "mixed"),
        Labelled("?", "irrelevant"),
        Labelled("ok but", "mixed"),
    ]
    result = evaluate(rows, classifier)
    assert (result.task, result.n, result.accuracy) == ("sentiment", 2, 1.0)
    assert result.left_out == (("mixed", 2), ("irrelevant", 1))


def test_complaint_labels_are_evaluated_as_complaints(classifier):
    rows = [
        Labelled("My order never arrived and nobody answers", "complaint"),
        Labelled("Good morning everyone!", "not_complaint"),
    ]
    result = evaluate(rows, classifier)
    assert (result.task, result.confusion) == ("complaint", ((1, 0), (0, 1)))


def test_a_file_without_our_labels_says_which_it_found(classifier):
    with pytest.raises(NothingLabelled, match="labels found: NEG, POS"):
        evaluate([Labelled("a", "POS"), Labelled("b", "NEG")], classifier)


def test_accuracy_on_airlines_never_trained_on(labelled, classifier):
    lines = (labelled / "eval" / "airline_tweets" / "dev.jsonl").read_text("utf-8").splitlines()[:500]
    rows = [Labelled(row["text"], row["label"]) for row in map(json.loads, lines)]
    result = evaluate(rows, classifier)
    assert result.n == 500
    assert result.accuracy >= 0.72
