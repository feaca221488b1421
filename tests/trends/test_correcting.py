"""Figures that sampled judgements correct: the overview's sentiment, and topics that are held against their false alarms."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from store.database import open_database, write
from trends.attributes import answer_attributes
from trends.hot_buttons import answer_hot_buttons, by_chance
from trends.judged_notes import UNCORRECTED
from trends.overview import answer_overview
from trends.rivals import answer_rivals
from trends.service import answer_service
from trends.timeline import answer_trend
from trends.windows import last_full_week

NOW = "2026-10-05T08:00:00Z"
WEEK = last_full_week(NOW, ZoneInfo("Europe/London"))


def judge(config, labels, task="sentiment", subject=""):
    """Add sampled judgements, the n-th label to the mention of row id n."""
    db = open_database(config.database)
    with write(db):
        db.conn.executemany(
            """
            insert into judgements (mention, span, brand, task, subject, label, judge, judged, sample, chance)
            values (?, 0, '', ?, ?, ?, 'ada', '2026-10-04T10:00:00Z', 1, 1.0)
            """,
            [(mention, task, subject, label) for mention, label in labels.items()],
        )
    db.close()


@pytest.fixture
def judged(config, plant):
    """120 mentions judged before the week, of which the classifier tells a third of the negative ones as neutral."""
    generator = np.random.default_rng(7)
    truth = ["negative"] * 60 + ["neutral"] * 30 + ["positive"] * 30
    told = ["neutral" if mood == "negative" and n % 3 == 0 else mood for n, mood in enumerate(truth)]
    past = [{"sentiment": mood, "published": "2026-09-01T10:00:00Z"} for mood in told]
    week = [{"sentiment": mood} for mood in generator.permutation(["negative"] * 40 + ["neutral"] * 40 + ["positive"] * 20)]

    def fill(count):
        db = plant([*past, *week])
        judge(config, {n + 1: mood for n, mood in enumerate(truth[:count])})
        return db

    return fill


def test_sentiment_is_corrected_by_sampled_judgements_and_the_raw_figure_stays_beside(config, judged):
    overview = answer_overview(judged(120), config, window=WEEK)
    negative = overview.corrected.share("negative")
    # A third of the negative ones are told as neutral: 40 of 100 told are 60 in truth.
    assert (overview.figures.negative.value, negative.raw) == (0.4, 0.4)
    assert negative.value == pytest.approx(0.6, abs=0.01)
    assert negative.low < 0.6 < negative.high
    assert overview.corrected.net.value == pytest.approx(0.2 - 0.6, abs=0.01)
    assert "Corrected sentiment stands on 120 sampled judgements (adjusted classify and count)." in overview.notes


def test_the_trend_corrects_as_the_overview_does(config, judged):
    db = judged(120)
    (line,) = [line for line in answer_trend(db, config, window=WEEK, figure="negative").figures if line.figure == "negative"]
    negative = answer_overview(db, config, window=WEEK).corrected.share("negative")
    assert (line.level.value, line.level.raw) == pytest.approx((negative.value, negative.raw))


def test_under_a_hundred_judgements_nothing_is_corrected(config, judged):
    assert answer_overview(judged(90), config, window=WEEK).corrected is None


def test_without_judgements_nothing_is_corrected(config, plant):
    assert answer_overview(plant([{}] * 9), config, window=WEEK).corrected is None


def test_as_many_people_as_false_alarms_may_give_recur_in_nothing(config, plant):
    past = [{"topics": [topic], "published": "2026-09-01T10:00:00Z"} for topic in ["app"] * 65 + ["refund"] * 65]
    week = [{"topics": ["app"]}] * 6 + [{"topics": ["refund"]}] * 60
    db = plant([*past, *week])
    assert app_button(db, config).verdict == "recurring"
    # Of the complaints about something else 35 of 100 are told to be about the app.
    judge(config, {n: "app" if n <= 30 else "none" for n in range(1, 131)}, "topic", "app")
    limit = by_chance(66, 0.35)
    told = app_button(db, config)
    assert (told.verdict, told.people, limit) == ("unclear", 6, 30)
    assert told.rule == "6 people, no more than the 30 that false alarms of the classifier may give"


def app_button(db, config):
    return next(button for button in answer_hot_buttons(db, config, window=WEEK).buttons if button.topic == "app")


def test_the_most_that_chance_gives_is_the_95_percent_point():
    from scipy.stats import binom

    assert [by_chance(60, rate) for rate in (0.0, 0.1, 0.5)] == [int(binom.ppf(0.95, 60, rate)) for rate in (0.0, 0.1, 0.5)]


ASKED = (answer_hot_buttons, answer_attributes, answer_overview, answer_service, answer_rivals)


def said_of_judging(db, config):
    """What each answer says of the classifier's errors, in one sentence of all of them."""
    notes = [[note for note in ask(db, config, window=WEEK).notes if note.startswith("Sentiment, topics")] for ask in ASKED]
    assert all(note == notes[0] and len(note) == 1 for note in notes)
    return notes[0][0]


def test_every_answer_says_what_judgements_correct_and_what_not(config, judged):
    said = said_of_judging(judged(120), config)
    assert "120 of sentiment (they correct the brand's net sentiment and share negative in the overview, the digest" in said
    assert said.endswith("Every other figure is uncorrected.")


def test_too_few_judgements_are_told_and_not_denied(config, judged):
    said = said_of_judging(judged(30), config)
    assert "of sentiment they correct nothing (30 sampled judgements of the 100 that a correction needs)" in said


def test_that_nobody_judged_is_said_where_nobody_did(config, plant):
    assert said_of_judging(plant([{}]), config) == UNCORRECTED


def test_judgements_of_a_topic_are_told_as_such(config, plant):
    db = plant([{"topics": ["app"], "published": "2026-09-01T10:00:00Z"}] * 3)
    judge(config, {1: "app", 2: "none"}, task="topic", subject="app")
    said = said_of_judging(db, config)
    assert "of the topic app they correct nothing (2 sampled judgements of the 100 that a correction needs)" in said
