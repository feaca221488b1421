"""A stranger's labels find their place among ours, or are listed."""

import shlex
import tomllib

import click
import pytest

from commands.comparing import read_pairs
from config import SENTIMENTS
from sentiment.labels import LabelsDoNotFit, guess, map_labels, mark_of


def fault(own, given):
    with pytest.raises(LabelsDoNotFit) as error:
        map_labels("x/y", own, given)
    return error.value


def test_labels_called_as_ours_map_by_themselves_in_any_case():
    assert map_labels("x/y", ["Positive", "NEUTRAL", "negative "], {}) == ("positive", "neutral", "negative")


def test_what_is_given_wins_over_what_a_label_is_called():
    given = {"neutral": "negative"}
    assert map_labels("x/y", ["negative", "neutral", "positive"], given) == ("negative", "negative", "positive")


def test_an_abbreviation_is_not_taken_for_granted():
    error = fault(["NEG", "POS"], {})
    assert error.as_toml() == 'labels = { NEG = "negative", POS = "positive" }'
    assert error.as_option() == '--labels "NEG=negative,POS=positive"'


@pytest.mark.parametrize(
    "own", [["a,b", "c=d"], ["so-so, I guess", "1 = bad", "x=y,z"], ["NEG", "POS"], ['say "x"', "$5", "it's!"]]
)
def test_the_option_to_paste_is_read_as_it_was_written(own):
    error = fault(own, {})
    name, pairs = shlex.split(error.as_option())
    assert (name, read_pairs(pairs)) == ("--labels", error.proposal)


@pytest.mark.parametrize("labels", ["=negative", "a=negative,b", "a=bad", "a=negative,=neutral", ",", " "])
def test_a_part_of_the_option_that_is_no_pair_is_named(labels):
    with pytest.raises(click.ClickException, match="says nothing; write a label of the model, = and one of negative, neutral"):
        read_pairs(labels)


def test_a_label_that_the_model_lacks_is_named():
    assert "it has no 'LABEL_9'" in str(fault(["negative", "positive"], {"LABEL_9": "neutral"}))


def test_one_sentiment_is_not_enough():
    said = str(fault(["a", "b"], {"a": "negative", "b": "negative"}))
    assert "all of them count as negative, and at least two of ours are needed" in said


def test_the_line_to_paste_is_toml_that_fits():
    own = ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"]
    line = fault(own, {}).as_toml()
    given = tomllib.loads(line)["labels"]
    assert map_labels("x/y", own, given) == ("negative", "negative", "neutral", "positive", "positive")


@pytest.mark.parametrize(
    ("own", "ours"),
    [
        (["LABEL_0", "LABEL_1", "LABEL_2"], list(SENTIMENTS)),
        (["LABEL_0", "LABEL_1"], ["negative", "positive"]),
        (["0", "1", "2", "3", "4"], ["negative", "negative", "neutral", "positive", "positive"]),
        (["Very Negative", "Pos", "NEU", "joy"], ["neutral", "positive", "neutral", "neutral"]),
    ],
)
def test_guesses(own, ours):
    assert [guess(label, i, own) for i, label in enumerate(own)] == ours


def test_another_mapping_has_another_mark():
    own = ["LABEL_0", "LABEL_1"]
    assert mark_of(["Negative", "positive"], ["negative", "positive"]) == ""
    assert mark_of(own, ["negative", "positive"]) != mark_of(own, ["positive", "negative"])
