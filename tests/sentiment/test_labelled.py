"""Labelled files as people have them, and what is said of those that cannot be read."""

from __future__ import annotations

import json

import pytest

from sentiment.labelled import Labelled, LabelledFile, NothingLabelled, read_labelled

TWO = (Labelled("great app", "positive"), Labelled("awful, never again", "negative"))


@pytest.fixture
def labelled(tmp_path):
    """Read a file of this name with these words."""

    def read(name: str, words: str) -> LabelledFile:
        (tmp_path / name).write_text(words, "utf-8", newline="")
        return read_labelled(tmp_path / name)

    return read


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


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("semicolons.csv", '\ufefftext;label\n"great app";positive\n"awful, never again";negative\n'),
        ("tabs.tsv", "text\tlabel\ngreat app\tpositive\nawful, never again\tnegative\n"),
        ("tabs.txt", "text\tlabel\ngreat app\tpositive\nawful, never again\tnegative\n"),
        ("windows.csv", 'id,Text,Label\r\n1,great app,Positive\r\n2,"awful, never again", NEGATIVE \r\n'),
        ("lines.jsonl", '{"text":"great app","label":"positive"}\n{"Text":"awful, never again","Label":"Negative"}\n'),
        ("list.json", json.dumps([{"text": "great app", "label": "positive"}, {"text": "awful, never again", "label": "negative"}], indent=1)),
    ],
)  # fmt: skip
def test_files_are_read_as_people_have_them(labelled, name, words):
    assert labelled(name, words) == LabelledFile(TWO, ())


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        (
            "a.csv",
            "comment,sent\ngreat,positive\n",
            "no column text and label; columns found: comment, sent. Rename the columns",
        ),
        ("a.csv", "text,sent\ngreat,positive\n", "no column label; columns found: text, sent"),
        ("a.csv", "", "the file is empty"),
        ("a.jsonl", "\n \n", "the file is empty"),
        ("a.csv", "text,label\n", "there is no row below the header"),
    ],
)
def test_a_file_that_says_nothing_is_told_why(labelled, name, words, said):
    with pytest.raises(NothingLabelled, match=said):
        labelled(name, words)


def test_json_that_no_one_can_read_costs_its_line_alone(labelled):
    deep, digits = "[" * 100_000, "9" * 5000
    found = labelled(
        "a.jsonl", f'{deep}\n{{"text": "good", "label": "positive", "n": {digits}}}\n{{"text": "bad", "label": "negative"}}\n'
    )
    assert found.rows == (Labelled("bad", "negative"),)
    assert found.bad == (
        "line 1: no JSON that can be read (it is nested too deeply)",
        "line 2: no JSON that can be read (Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits)",
    )


def test_half_a_letter_is_left_out_of_a_text(labelled):
    found = labelled(
        "a.jsonl",
        '{"text": "great \\ud83d app", "label": "positive"}\n{"text": "fine \\ud83d\\ude00", "label": "neg\\ud800"}\n',
    )
    assert found.rows == (Labelled("great  app", "positive"), Labelled("fine 😀", "neg"))


def test_a_long_cell_is_read(labelled):
    text = "late again " * 20_000
    assert labelled("a.csv", f'text,label\n"{text}",negative\nfine,neutral\n').rows[0] == Labelled(text, "negative")


def test_a_quotation_mark_that_is_never_closed_costs_its_line_alone(labelled):
    found = labelled("a.csv", 'text,label\n"two\nlines",neutral\n"great,positive\nbad,negative\n\nfine,positive')
    assert [row.text for row in found.rows] == ["two\nlines", "bad", "fine"]
    assert found.bad == ("line 4: a quotation mark is opened and never closed",)


def test_html_is_read_as_the_words_that_it_shows(tmp_path):
    path = tmp_path / "gold.csv"
    path.write_text("text,label\n<p>Nice.</p><p>Late.</p>,neutral\n2 < 3 and <3,positive\n", encoding="utf-8")
    assert read_labelled(path).rows == (Labelled("Nice.\n\nLate.", "neutral"), Labelled("2 < 3 and <3", "positive"))
