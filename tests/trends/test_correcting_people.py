"""Corrected figures of a store where people write often, and goals that are held against them."""

from __future__ import annotations

import contextlib
import dataclasses
import random
from zoneinfo import ZoneInfo

import pytest

from config import Goal
from store.database import open_database
from store.judging import Judgement, save_judgements
from store.metrics import save_metrics
from store.records import Metric, Watch
from store.sample_marks import Question
from trends.overview import answer_overview
from trends.service import answer_service
from trends.timeline import answer_trend
from trends.windows import last_full_week

NOW = "2026-10-05T08:00:00Z"
WEEK = last_full_week(NOW, ZoneInfo("Europe/London"))
MOODS = ("negative", "neutral", "positive")
WATCHED = [Watch(source="reviews", site="trustyard", since="2026-07-01T00:00:00Z", until=NOW, complete=True)]


@pytest.fixture
def judged(config, plant):
    """Plant rows whose `truth` a person judges where they have one; told is their `sentiment`."""

    def fill(rows, watches=(), task="sentiment"):
        db = plant(rows, watches)
        ids = {int(name[1:]): row for name, row in db.execute("select external_id, id from mentions")}
        judgements = [
            Judgement(Question(ids[n], "tamarind", task, ""), row["truth"], "ada", 1, 1.0)
            for n, row in enumerate(rows)
            if "truth" in row
        ]
        with contextlib.closing(open_database(config.database)) as writer:
            save_judgements(writer, judgements, now=NOW)
        return db

    return fill


def sample(count, published="2026-09-01T10:00:00Z"):
    """Judged mentions before the week, one of twenty told wrongly."""
    rows = [{"truth": MOODS[n % 3], "published": published} for n in range(count)]
    return [row | {"sentiment": row["truth"] if n % 20 else "neutral"} for n, row in enumerate(rows)]


def week_of(people, each, share, **more):
    """Mentions of the week: of each person all are alike, of a share of the people negative."""
    moods = ["negative" if n < share * people else "positive" for n in range(people)]
    return [{"author_id": f"{n}", "sentiment": mood} | more for n, mood in enumerate(moods) for _ in range(each)]


def negative(db, config):
    """(raw, corrected) share negative of the week in the overview, each (value, low, high)."""
    found = answer_overview(db, config, window=WEEK)
    raw, share = found.figures.negative, found.corrected.share("negative")
    return (raw.value, raw.low, raw.high), (share.value, share.low, share.high)


def test_people_are_drawn_together_however_many_mentions_there_are(config, judged):
    """From 5,001 mentions on each was a person: 52 mentions a person made the interval a quarter as wide."""
    db = judged([*sample(120), *week_of(97, 52, 0.4)])
    raw, share = negative(db, config)
    assert share[2] - share[1] > 0.9 * (raw[2] - raw[1])
    (line,) = answer_trend(db, config, window=WEEK, figure="negative").figures
    assert (line.level.value, line.level.low, line.level.high) == pytest.approx(share)


def test_what_was_judged_is_drawn_by_person_too(config, judged):
    """Twelve judged posts of one person were twelve people's."""
    often = [{"author_id": "often", "sentiment": "negative", "truth": "negative"}] * 12
    others = [row | {"truth": row["sentiment"]} for row in week_of(22, 1, 0.7)]
    db = judged([*sample(120), *often, *others])
    raw, share = negative(db, config)
    # All of the week is judged: there is nothing to correct, and nothing to be surer of.
    assert share == pytest.approx(raw, abs=0.03)


def test_six_people_of_one_mind_prove_no_whole(config, judged):
    """Resampled they were always six people of one mind: 100% to 100%, and every goal was surely missed."""
    goal = Goal(figure="negative", way="at_most", target=0.7, unit="percent", brand="tamarind")
    config = dataclasses.replace(config, goals=(goal,))
    db = judged([*sample(120), *week_of(6, 1, 1.0)], WATCHED)
    raw, share = negative(db, config)
    assert share[0] == pytest.approx(1)
    assert share[1] <= raw[1] + 1e-9
    (answer,) = answer_trend(db, config, window=WEEK, figure="negative").goals
    assert (answer.status, answer.sure) == ("missed", False)


@pytest.mark.parametrize(
    ("figure", "line", "target"), [("negative", "negative", 0.3), ("net_sentiment", "net-sentiment", -0.1)]
)
def test_a_goal_is_held_against_the_corrected_figure_in_trend_and_service(config, judged, figure, line, target):
    """One week was surely met in the trend and surely missed in service: a third of the neutral ones is told as negative."""
    chance = random.Random(1)
    goal = Goal(
        figure=figure, way="at_least" if figure == "net_sentiment" else "at_most", target=target, unit="", brand="tamarind"
    )
    config = dataclasses.replace(config, goals=(goal,))
    truth = ["negative" if n % 5 == 0 else "neutral" if n % 5 < 4 else "positive" for n in range(800)]
    told = [mood if mood != "neutral" or chance.random() > 0.3 else "negative" for mood in truth]
    rows = [{"sentiment": mood, "published": f"2026-09-{22 if n < 200 else 30}T10:00:00Z"} for n, mood in enumerate(told)]
    db = judged([row | {"truth": truth[n]} if n < 200 else row for n, row in enumerate(rows)], WATCHED)
    (trend,) = answer_trend(db, config, window=WEEK, figure=line).goals
    (service,) = answer_service(db, config, window=WEEK).goals
    assert (trend.status, trend.value, trend.low, trend.high) == (service.status, service.value, service.low, service.high)
    assert (service.status, service.sure) == (trend.status, trend.sure) == ("met", trend.sure)


def test_so_is_a_goal_for_the_complaint_rate(config, judged):
    chance = random.Random(1)
    goal = Goal(figure="complaint_rate", way="at_most", target=0.3, unit="percent", brand="tamarind")
    config = dataclasses.replace(config, goals=(goal,))
    rows = []
    for n in range(800):
        complains, day = n % 5 == 0, "22" if n < 200 else "30"
        row = {"complaint": complains or chance.random() < 0.25, "published": f"2026-09-{day}T10:00:00Z"}
        rows.append(row | ({"truth": "complaint" if complains else "none"} if n < 200 else {}))
    db = judged(rows, WATCHED, "complaint")
    (trend,) = answer_trend(db, config, window=WEEK, figure="complaint-rate").goals
    (service,) = answer_service(db, config, window=WEEK).goals
    assert (trend.status, trend.value, trend.low, trend.high) == (service.status, service.value, service.low, service.high)
    assert service.status == "met"


def test_without_judgements_a_goal_is_held_against_what_is_told(config, plant):
    goal = Goal(figure="negative", way="at_most", target=0.3, unit="percent", brand="tamarind")
    config = dataclasses.replace(config, goals=(goal,))
    db = plant(week_of(20, 1, 0.5), WATCHED)
    (service,) = answer_service(db, config, window=WEEK).goals
    assert (service.status, service.value) == ("missed", 0.5)


def test_a_goal_per_customer_says_nothing_of_a_week_in_which_hardly_anybody_spoke(config, plant):
    goal = Goal(figure="complaints_per_1000_customers", way="at_most", target=1.0, unit="per_1000", brand="tamarind")
    config = dataclasses.replace(config, goals=(goal,))
    db = plant([{"sentiment": "positive"}] * 4, WATCHED)
    with contextlib.closing(open_database(config.database)) as writer:
        save_metrics(writer, [Metric(name="customers", date="2026-09-01", value=1000.0)])
    found = answer_service(db, config, window=WEEK)
    assert found.figures.per_1000_customers.value is None
    assert (found.goals[0].status, found.goals[0].value) == ("too few", None)
