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
from reporting.trend_tables import trend_table
from store.database import open_database
from store.metrics import save_metrics
from store.records import Metric
from trends.timeline import answer_trend
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
    assert re.search(rf"Mentions +{level.value:.0f}, \d\.\d a day +{level.n} ", text)
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
    rows = list(csv.DictReader(io.StringIO(as_csv(answer))))
    assert len(rows) == len(answer.periods) == 8 * len(answer.figures)
    last_week = rows[7]
    point = answer.periods[7]
    assert (last_week["of_brand"], last_week["line"], last_week["first_day"]) == ("tamarind", "mentions", point.first_day)
    assert (float(last_week["level_value"]), last_week["status"]) == (point.level.value, "known")


def test_one_week_is_not_called_weeks(db, config):
    text = printed(trend_table(answer_trend(db, config, window=last("7d", now="2026-10-04T20:00:00Z", zone=config.time_zone))))
    assert re.search(r"^1 week; · not watched", text, re.MULTILINE)
