"""Whose judgements correct a brand: its own where they can, else those of all brands together."""

import contextlib

import pytest

from store.database import open_database
from store.judging import Judgement, save_judgements
from store.sample_marks import Question
from trends.accuracy import choose_confusion
from trends.overview import answer_overview
from trends.windows import last_full_week

MOODS = ("negative", "neutral", "positive")
ELSEWHERE = ["negative"] * 50 + ["neutral"] * 40 + ["positive"] * 40
"""What is told of the 130 judged mentions of another brand; every fifth "negative" of them is neutral in truth."""


def judge(config, said):
    """Sampled judgements of the sentiment of mentions: (row id, brand, what a person says)."""
    with contextlib.closing(open_database(config.database)) as db:
        found = [
            Judgement(
                question=Question(mention=mention, brand=brand, task="sentiment"),
                label=label,
                judge="ada",
                sample=1,
                chance=0.5,
            )
            for mention, brand, label in said
        ]
        assert save_judgements(db, found, now="2026-10-04T10:00:00Z").added == len(found)


def truths(told):
    return ["neutral" if mood == "negative" and n % 5 == 0 else mood for n, mood in enumerate(told)]


@pytest.mark.parametrize("own", [0, 30])
def test_too_few_judgements_of_its_own_leave_a_brand_those_of_all(config, plant, own):
    past = {"published": "2026-09-01T10:00:00Z"}
    rows = [
        *({**past, "sentiment": mood, "brands": ("nimblecart",)} for mood in ELSEWHERE),
        *({**past, "sentiment": "positive"} for _ in range(own)),
    ]
    db = plant([*rows, *[{"sentiment": mood} for mood in ("negative", "neutral") for _ in range(50)]])
    judge(config, [(n + 1, "nimblecart", mood) for n, mood in enumerate(truths(ELSEWHERE))])
    judge(config, [(len(ELSEWHERE) + n + 1, "tamarind", "positive") for n in range(own)])
    week = last_full_week("2026-10-05T08:00:00Z", config.time_zone)
    negative = answer_overview(db, config, window=week).corrected.share("negative")
    # Of all brands' neutral ones 10 of 50 are told as negative, and every negative one is told: (0.5 − 0.2) / (1 − 0.2).
    assert (negative.raw, negative.value) == (0.5, pytest.approx(0.375, abs=0.001))


def test_enough_judgements_of_its_own_are_all_that_correct_a_brand(config, plant):
    rows = [{"sentiment": mood, "brands": (brand,)} for brand in ("nimblecart", "tamarind") for mood in ELSEWHERE]
    db = plant(rows)
    judge(config, [(n + 1, "nimblecart", mood) for n, mood in enumerate(truths(ELSEWHERE))])
    judge(config, [(len(ELSEWHERE) + n + 1, "tamarind", mood) for n, mood in enumerate(ELSEWHERE)])
    assert choose_confusion(db, "sentiment", brand="tamarind").agreement == 1.0
    assert choose_confusion(db, "sentiment", brand="nimblecart").agreement == pytest.approx(120 / 130)
    assert choose_confusion(db, "sentiment", brand="basketree").agreement == pytest.approx(250 / 260)
