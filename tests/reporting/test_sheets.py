"""Answers as CSV: the rows of the table, the same columns whatever the window."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from planted_store import NOW

from config.records import Goal
from reporting.sheets import as_csv
from trends.answers import Unexpected
from trends.attributes import answer_attributes
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


def test_a_trend_has_its_figures_and_goals_beside_its_periods(db, config, week):
    goal = Goal(figure="complaints_a_week", way="at_most", target=5.0, unit="a_week", brand="tamarind")
    answer = answer_trend(db, dataclasses.replace(config, goals=(goal,)), window=week)
    told = rows(answer)
    assert [row["part"] for row in told] == [
        *["figure"] * len(answer.figures), *["period"] * len(answer.periods), *["goal"] * len(answer.goals)
    ]  # fmt: skip
    assert [row["line"] for row in told if row["part"] == "figure"] == [line.line for line in answer.figures]
    row, line = next((row, line) for row, line in zip(told, answer.figures, strict=False) if line.level.low is not None)
    assert (float(row["level_value"]), float(row["level_low"])) == (round(line.level.value, 4), round(line.level.low, 4))
    assert (row["shift_told"], row["first_day"], row["end_day"]) == (line.shift.told, "2026-09-28", "2026-10-05")
    (last,) = (row for row in told if row["part"] == "goal")
    assert (last["goal_figure"], last["status"]) == ("complaints_a_week", answer.goals[0].status)


def test_a_ledger_has_its_unexpected_words_beside_its_attributes(db, config, week):
    answer, net = answer_attributes(db, config, window=week), answer_overview(db, config, window=week).figures.net
    word = Unexpected(word="turnips", mentions=4, others=1, z=3.5, net=net, quote=None)
    answer = dataclasses.replace(answer, unexpected=(word,))
    told = rows(answer)
    assert [row["part"] for row in told] == ["attribute"] * len(answer.rows) + ["unexpected"] * len(answer.unexpected)
    assert [row["attribute"] for row in told[: len(answer.rows)]] == [row.attribute for row in answer.rows]
    last = told[-1]
    assert (last["word"], last["net_value"], last["quote"]) == ("turnips", str(round(net.value, 4)), "")


def test_an_answer_without_rows_is_a_header(db, config, week):
    assert as_csv(answer_hot_buttons(db, config, window=week, source="nowhere")) == "of_brand,first_day,end_day\n"
    assert as_csv([]) == ""
