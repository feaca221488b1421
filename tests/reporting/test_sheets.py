"""Answers as CSV: the rows of the table, the same columns whatever the window."""

from __future__ import annotations

import csv
import io

import pytest
from planted_store import NOW

from reporting.sheets import as_csv
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.timeline import answer_trend
from trends.windows import all_time


@pytest.fixture
def always(config):
    return all_time(now=NOW, zone=config.time_zone)


def rows(answer):
    return list(csv.DictReader(io.StringIO(as_csv(answer))))


def test_an_overview_has_a_row_for_each_brand_and_the_window_before(db, config, week):
    answer = answer_overview(db, config, window=week)
    told = [(row["of_brand"], row["first_day"], row["brand"], int(row["mentions"])) for row in rows(answer)]
    assert told == [
        ("tamarind", "2026-09-28", "tamarind", answer.figures.mentions),
        ("tamarind", "2026-09-21", "tamarind", answer.before.mentions),
        *(("tamarind", "2026-09-28", rival.brand, rival.mentions) for rival in answer.competitors),
    ]
    assert [float(row["negative_value"]) for row in rows(answer)[:1]] == [round(answer.figures.negative.value, 4)]


def test_an_overview_of_all_time_has_no_window_before(db, config, always):
    assert [(row["first_day"], row["brand"]) for row in rows(answer_overview(db, config, window=always))] == [
        ("", "tamarind"),
        ("", "nimblecart"),
        ("", "basketree"),
    ]


@pytest.mark.parametrize("ask", [answer_overview, answer_hot_buttons, answer_trend])
def test_columns_are_the_same_for_a_window_and_for_all_time(db, config, week, always, ask):
    first, second = (as_csv(ask(db, config, window=window)).splitlines()[0] for window in (week, always))
    assert first == second


def test_an_answer_without_rows_is_a_header(db, config, week):
    assert as_csv(answer_hot_buttons(db, config, window=week, source="nowhere")) == "of_brand,first_day,end_day\n"
    assert as_csv([]) == ""
