"""Two models on the same texts: counts by hand, tests against their textbooks, and what is said of them."""

from __future__ import annotations

import dataclasses
import math
import random
import re
from pathlib import Path

import pytest

from config import SENTIMENTS
from sentiment.comparison import (
    Comparison,
    Example,
    LanguageScores,
    Paired,
    Reader,
    compare,
    compare_pairs,
    differing,
    read_with,
    say,
)
from sentiment.evaluation import choose_task, score_labels
from sentiment.labelled import Labelled, read_labelled

N, U, P = SENTIMENTS
ROOT = Path(__file__).resolve().parents[2]


def said_by(name, answers):
    """A model that gives these answers."""
    return Reader(name, lambda texts, progress: list(answers))


def test_pairs_by_hand():
    gold = [N, N, N, U, U, P, P, P]
    one = [N, N, U, U, N, P, P, N]
    other = [N, U, U, N, N, P, N, P]
    paired = compare_pairs(gold, one, other, SENTIMENTS)
    assert (paired.both, paired.first_only, paired.second_only, paired.neither) == (2, 3, 1, 2)
    # Three to one or more uneven in four throws of a fair coin: 2 * (1 + 4) / 16.
    assert paired.p == pytest.approx(10 / 16)
    difference = score_labels(gold, one, SENTIMENTS, "").macro_f1 - score_labels(gold, other, SENTIMENTS, "").macro_f1
    assert paired.macro_f1_difference == pytest.approx(difference)
    assert paired.interval[0] <= difference <= paired.interval[1]


def test_the_p_of_mcnemar_is_that_of_the_textbook():
    tail = sum(math.comb(43, k) for k in range(13)) / 2**43
    gold, one, other = [N] * 43, [N] * 31 + [P] * 12, [P] * 31 + [N] * 12
    assert compare_pairs(gold, one, other, SENTIMENTS).p == pytest.approx(2 * tail)


def test_the_interval_is_that_of_resampled_texts_and_is_the_same_each_time():
    drawn = random.Random(1)
    gold = [drawn.choice(SENTIMENTS) for _ in range(300)]
    one = [label if drawn.random() < 0.8 else drawn.choice(SENTIMENTS) for label in gold]
    other = [label if drawn.random() < 0.6 else drawn.choice(SENTIMENTS) for label in gold]
    paired = compare_pairs(gold, one, other, SENTIMENTS)
    differences = []
    for _ in range(600):
        rows = drawn.choices(range(300), k=300)
        scores = [score_labels([gold[i] for i in rows], [read[i] for i in rows], SENTIMENTS, "") for read in (one, other)]
        differences.append(scores[0].macro_f1 - scores[1].macro_f1)
    differences.sort()
    assert paired.interval == pytest.approx((differences[15], differences[-16]), abs=0.02)
    assert compare_pairs(gold, one, other, SENTIMENTS) == paired


def test_the_same_answers_are_no_difference():
    paired = compare_pairs([N, P], [N, N], [N, N], SENTIMENTS)
    assert paired == Paired(1, 0, 0, 1, 1.0, 0.0, (0.0, 0.0))
    assert say(paired, "A", "B") == "A and B are right and wrong on the same texts: no difference on this file (p = 1)."


@pytest.mark.parametrize(
    ("paired", "sentence"),
    [
        (
            Paired(50, 31, 12, 7, 0.0054, 0.05, (0.01, 0.09)),
            "A is right where B is wrong 31 times, B where A is wrong 12 times: A reads this file better (p = 0.0054).",
        ),
        (
            Paired(50, 1, 12, 7, 0.0034, -0.05, (-0.09, -0.01)),
            "A is right where B is wrong once, B where A is wrong 12 times: B reads this file better (p = 0.0034).",
        ),
        (
            Paired(50, 1200, 12, 7, 1e-9, 0.05, (0.01, 0.09)),
            "A is right where B is wrong 1,200 times, B where A is wrong 12 times: A reads this file better (p < 0.001).",
        ),
        (
            Paired(50, 5, 4, 7, 1.0, 0.01, (-0.04, 0.06)),
            "A is right where B is wrong 5 times, B where A is wrong 4 times: that may be chance (p = 1).",
        ),
        (
            Paired(50, 31, 12, 7, 0.0054, -0.05, (-0.09, -0.01)),
            "A is right where B is wrong 31 times, B where A is wrong 12 times: A reads this file better (p = 0.0054). "
            "By macro-F1, where each label counts alike, B does.",
        ),
    ],
)
def test_the_sentence(paired, sentence):
    assert say(paired, "A", "B") == sentence


def test_a_whole_comparison():
    rows = [
        Labelled("a", N, language="en"),
        Labelled("b", P, language="en"),
        Labelled("c", P, language="ur"),
        Labelled("d", "mixed", language="ur"),
        Labelled("e", U),
    ]
    asked = choose_task(rows)
    result = compare(asked, said_by("x", [N, P, N, U]), said_by("y", [P, P, P, N]), ["line 9: no JSON"])
    assert (result.first, result.second, result.first_scores.n) == ("x", "y", 4)
    assert result.first_scores == score_labels(
        [N, P, P, U], [N, P, N, U], SENTIMENTS, "sentiment", (("mixed", 1),), ("line 9: no JSON",)
    )
    assert (result.paired.first_only, result.paired.second_only) == (2, 1)
    assert result.languages == (
        LanguageScores("en", 2, 1.0, pytest.approx(1 / 3)),
        LanguageScores("", 1, 1.0, 0.0),
        LanguageScores("ur", 1, 0.0, 1.0),
    )
    assert result.examples == (Example("a", N, N, P), Example("c", P, N, P), Example("e", U, U, N))


def test_without_languages_there_is_no_table_of_them():
    assert compare(choose_task([Labelled("a", N)]), said_by("x", [N]), said_by("y", [P])).languages == ()


def test_progress_counts_both_readings():
    def read(texts, progress):
        progress(1, 2)
        progress(2, 2)
        return [N] * len(texts)

    heard = []
    compare(choose_task([Labelled("a", N)]), Reader("x", read), Reader("y", read), (), lambda *one: heard.append(one))
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_five_examples_come_from_all_over_the_file_and_tell_the_models_apart():
    rows = [Labelled(str(i), N if i % 2 else U) for i in range(100)]
    found = differing(rows, [N] * 100, [P] * 100)
    assert [(one.label, one.first, one.second) for one in found] == [(N, N, P)] * 5
    numbers = [int(one.text) for one in found]
    assert numbers == sorted(numbers)
    assert numbers[-1] - numbers[0] >= 50
    assert len(differing(rows[:3], [N] * 3, [P] * 3)) == 3


def test_the_language_column_is_read(tmp_path):
    (tmp_path / "gold.csv").write_text("text,label,lang\nfine,positive,en\n", "utf-8")
    assert read_labelled(tmp_path / "gold.csv").rows == (Labelled("fine", "positive", language="en"),)


def test_the_shipped_model_differs_nowhere_from_itself(classifier):
    texts = ["I love it, great!", "Awful, I hate it", "It arrived on Monday.", "not bad at all", "never again"]
    asked = choose_task([Labelled(text, label) for text, label in zip(texts, (P, N, U, N, N), strict=True)])
    result = compare(asked, read_with(classifier, "sentiment"), read_with(classifier, "sentiment"))
    assert (result.paired.p, result.paired.interval, result.examples) == (1.0, (0.0, 0.0), ())
    assert (result.first, result.second) == (classifier.model, f"{classifier.model} (again)")
    assert result.first_scores == result.second_scores


def test_a_comparison_tells_of_languages_that_the_model_guesses_and_is_silent_of_a_stranger(classifier):
    asked = choose_task([Labelled("Сервис ужасный, никогда больше", N), Labelled("Awful service, never again", N)])
    result = compare(asked, read_with(classifier, "sentiment"), said_by("stranger", [N, N]))
    assert (result.first_scores.unsupported, result.second_scores.unsupported) == ((("ru", 1),), ())


def test_complaints_are_compared_too(classifier):
    rows = [Labelled("My order never arrived and nobody answers", "complaint"), Labelled("Good morning!", "not_complaint")]
    asked = choose_task(rows)
    result = compare(asked, read_with(classifier, asked.task), said_by("never", ["not_complaint"] * 2))
    assert (result.first_scores.task, result.paired.first_only, result.paired.second_only) == ("complaint", 1, 0)


def test_every_field_is_documented():
    page = (ROOT / "docs" / "json.md").read_text("utf-8")
    for record in (Comparison, Paired, LanguageScores, Example):
        section = page.partition(f"\n## {record.__name__}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == [field.name for field in dataclasses.fields(record)]
