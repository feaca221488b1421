"""`repute trend` in the terminal, as JSON and as CSV, over a small store in four scripts."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import json
import re
from pathlib import Path

import pytest
from planted_store import NOW, plant_store, planted_config
from rich.cells import cell_len
from rich.console import Console

from config import Goal
from reporting.plain import as_plain
from reporting.sheets import as_csv
from reporting.trend_tables import lag_words, shift_words, trend_table
from store.database import open_database
from store.metrics import save_metrics
from store.records import Metric
from trends.differences import Difference
from trends.timeline import answer_trend
from trends.timeline_answers import Shift
from trends.windows import all_time, last

ASKED = (
    {},
    {"every": "month"},
    {"topic": "refund"},
    {"attribute": "fresh"},
    {"figure": "net-sentiment"},
    {"figure": "complaints", "metric": "orders"},
    {"figure": "ratings"},
    {"figure": "nps"},
)


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    goal = Goal(figure="complaints_a_week", way="at_most", target=5.0, unit="a_week", brand="tamarind")
    made = dataclasses.replace(planted_config(tmp_path_factory.mktemp("store")), goals=(goal,))
    plant_store(made)
    with contextlib.closing(open_database(made.database)) as db:
        save_metrics(db, [Metric(name="orders", date=f"2026-09-{day:02}", value=float(day)) for day in range(1, 29)])
    return made


@pytest.fixture
def weeks(config):
    return last("8w", now=NOW, zone=config.time_zone)


def printed(table):
    console = Console(width=100, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_tables_fit_one_hundred_columns(db, config, weeks, asked):
    for window in (weeks, last("52w", now=NOW, zone=config.time_zone), all_time(now=NOW, zone=config.time_zone)):
        lines = printed(trend_table(answer_trend(db, config, window=window, **asked))).splitlines()
        assert len(lines) > 4
        assert max(map(cell_len, lines)) <= 100


def test_the_overview_draws_each_figure_with_its_gaps(db, config, weeks):
    answer = answer_trend(db, config, window=weeks)
    text = printed(trend_table(answer))
    level = next(line.level for line in answer.figures if line.figure == "mentions")
    assert re.search(rf"Mentions +{level.value:.0f} \(\d+ to \d+\) +\d\.\d +{level.n} ", text)
    assert re.search(r"Net sentiment +−0\.\d\d \(−0\.\d\d to \S0\.\d\d\)", text)
    assert "· not watched, ? too few to say" in text
    assert re.search(r"complaints a week: at most 5: missed, since 2026-09-28, 1 week \(latest week 12\)", text)


def test_one_figure_is_told_week_by_week(db, config, weeks):
    text = printed(trend_table(answer_trend(db, config, window=weeks, figure="net-sentiment")))
    assert re.search(r"28 Sep – 4 Oct 2026 +−0\.\d\d ▇* +−0\.\d\d to \S0\.\d\d +1\d +1\d +100%", text)
    assert re.search(r"31 Aug – 6 Sep 2026 +too few to say +1 +1 +100%", text)
    assert "* No comparison: no site was watched throughout this window and the one before." in text
    month = answer_trend(db, config, window=last("4w", now=NOW, zone=config.time_zone), figure="complaints")
    assert re.search(
        r"Against the window before: \+0\.\d a day \(\S0\.\d to \S0\.\d\), from 0\.0 to", printed(trend_table(month))
    )


def test_a_series_is_shown_with_every_lag_and_no_cause(db, config, weeks):
    text = printed(trend_table(answer_trend(db, config, window=weeks, figure="complaints", metric="orders")))
    assert "orders over complaints: correlation, not cause" in text
    assert "too few to say (4 weeks)" in text
    assert re.search(r"^ +8 +too few to say", text, re.MULTILINE)


def test_json_has_every_field_that_is_documented(db, config, weeks):
    documented = set(re.findall(r"`(\w+)`", (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")))
    for asked in ({}, {"figure": "complaints", "metric": "orders"}):
        answer = answer_trend(db, config, window=weeks, **asked)
        plain = json.loads(json.dumps(as_plain(answer), ensure_ascii=False))
        assert {field.name for field in dataclasses.fields(answer)} == set(plain)
        assert all_keys(plain) <= documented


def all_keys(plain):
    if isinstance(plain, dict):
        return set(plain).union(*map(all_keys, plain.values()))
    return set().union(*map(all_keys, plain)) if isinstance(plain, list) else set()


def test_csv_has_a_row_for_each_week_of_each_figure(db, config, weeks):
    answer = answer_trend(db, config, window=weeks)
    rows = [row for row in csv.DictReader(io.StringIO(as_csv(answer))) if row["part"] == "period"]
    assert len(rows) == len(answer.periods) == 8 * len(answer.figures)
    last_week = rows[7]
    point = answer.periods[7]
    assert (last_week["of_brand"], last_week["line"], last_week["first_day"]) == ("tamarind", "mentions", point.first_day)
    assert (float(last_week["level_value"]), last_week["status"]) == (point.level.value, "known")


def test_one_week_is_not_called_weeks(db, config):
    text = printed(trend_table(answer_trend(db, config, window=last("7d", now="2026-10-04T20:00:00Z", zone=config.time_zone))))
    assert re.search(r"^1 week; · not watched", text, re.MULTILINE)


def test_both_correlations_of_a_lag_stand_beside_each_other(db, config):
    answer = answer_trend(db, config, window=last("12w", now=NOW, zone=config.time_zone), figure="complaints", metric="orders")
    lag = dataclasses.replace(
        answer.laid[0].follows.lags[0], pairs=10, value=0.95, low=0.78, high=0.99, rank=0.15, rank_low=-0.5, rank_high=0.7
    )
    assert lag_words(lag) == "+0.95 (+0.78 to +0.99), 10 weeks, +0.15"
    text = " ".join(printed(trend_table(answer)).split())
    assert "Pearson's r with its 95% interval, weeks of both, Spearman's r (far from the other, a few weeks carry it)" in text


def test_csv_has_the_series_beside_each_week_and_the_correlation_at_each_lag(db, config, weeks):
    answer = answer_trend(db, config, window=weeks, figure="complaints", metric="orders")
    rows = list(csv.DictReader(io.StringIO(as_csv(answer))))
    values = [row["series orders"] for row in rows if row["part"] == "period"]
    assert values == ["" if value is None else str(round(value, 4)) for value in answer.laid[0].values]
    lags = [(row["way"], row["lag"], row["pairs"], row["metric"]) for row in rows if row["part"] == "correlation"]
    sides = (("follows", answer.laid[0].follows), ("leads", answer.laid[0].leads))
    assert lags == [(way, str(one.lag), str(one.pairs), "orders") for way, side in sides for one in side.lags]


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("nps", "Nobody has answered an NPS question in this window. `repute import FILE --kind survey --measure nps` takes"),
        ("csat", "Nobody has answered a CSAT question in this window. `repute import FILE --kind survey --measure csat` takes"),
        ("stars", "Nobody has given stars from 1 to 5 in this window."),
        ("ratings", "Nobody has given a rating in this window."),
    ],
)
def test_ratings_that_nobody_gave_are_one_sentence_and_no_rows(db, config, figure, words):
    longer = last("26w", now=NOW, zone=config.time_zone)
    answer = answer_trend(db, config, window=longer, figure=figure, source="hackernews")
    text = " ".join(printed(trend_table(answer)).split())
    assert words in text
    assert "Period" not in text


def test_a_goals_latest_week_is_told_in_the_unit_of_the_goal(db, config, weeks):
    goals = (
        Goal(figure="negative", way="at_most", target=0.3, unit="percent", brand="tamarind"),
        Goal(figure="net_sentiment", way="at_least", target=0.3, unit="points", brand="tamarind"),
    )
    for figure, told in (
        ("negative", r"at most 30%: .*latest week \d+%"),
        ("net-sentiment", r"at least \+30: .*latest week [−+]\d+"),
    ):
        answer = answer_trend(db, dataclasses.replace(config, goals=goals), window=weeks, figure=figure)
        assert re.search(told, " ".join(printed(trend_table(answer)).split()))


@pytest.mark.parametrize(
    ("figure", "unit", "low", "words"),
    [
        ("net-sentiment", "net", -0.0036, "(−0.351 to −0.004)"),
        ("net-sentiment", "net", 0.0036, "(−0.35 to 0.00)"),
        ("negative", "share", -0.0001, "(−35.10 pp to −0.01 pp)"),
        ("nps", "net", -0.0036, "(−35.1 to −0.4)"),
    ],
)
def test_a_change_that_just_leaves_nought_out_is_seen_to(db, config, weeks, figure, unit, low, words):
    (line,) = answer_trend(db, config, window=weeks, figure="net-sentiment").figures
    found = Difference(
        first=0.1, second=0.2, value=-0.2, low=-0.351, high=low, chance=0.04, first_n=9, second_n=9, first_people=9, second_people=9
    )  # fmt: skip
    shift = Shift(difference=found, told="worse", note="")
    assert words in shift_words(dataclasses.replace(line, figure=figure, unit=unit), shift)
