"""The project's own labelled texts are sound."""

import json
import re
from collections import Counter

import pytest

from sentiment.training.own import FOLDER, key_of, own_descriptions, own_names, own_rows

SUPPORTED = {"en", "tr", "hi", "hi-Latn", "ur", "ur-Latn", "et", "es", "de", "fr", "pt", "it", "ar"}
AIR = re.compile(r"\b(airlines?|airport|flights?|boarding pass|flight attendants?)\b", re.IGNORECASE)


def lines(name):
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", own_names())
def test_every_topic_of_a_text_is_described_in_its_trade(name):
    for row in lines(name):
        if "text" in row:
            assert {key_of(name, row["sector"], topic) for topic in row["topics"]} <= own_descriptions().keys(), row


@pytest.mark.parametrize("name", own_names())
def test_texts_are_distinct_and_labelled(name):
    rows = [row for row in lines(name) if "text" in row]
    assert max(Counter(row["text"].strip().lower() for row in rows).values()) == 1
    assert {row["s"] for row in rows} == {"negative", "neutral", "positive"}
    assert {row["c"] for row in rows} == {True, False}
    assert {row["lang"] for row in rows} <= SUPPORTED


@pytest.mark.parametrize("name", own_names())
def test_a_tenth_is_held_back_and_no_text_is_in_both_parts(name):
    train, dev = ([row["text"] for row in own_rows(name, split)] for split in ("train", "dev"))
    assert not set(train) & set(dev)
    assert 0.05 < len(dev) / (len(train) + len(dev)) < 0.2


def test_airlines_which_judge_the_model_are_in_no_text():
    assert not [row["text"] for name in own_names() for row in lines(name) if AIR.search(row.get("text", ""))]


def test_every_supported_language_has_texts():
    assert {row["lang"] for name in own_names() for row in own_rows(name, "train")} == SUPPORTED
