"""Charts of trends: the line breaks at a gap, which is drawn as one."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from reporting.charts import chart_svg
from reporting.trend_charts import trend_line
from trends.timeline_answers import Level, Point


def point(day: int, value: float | None, status: str = "known") -> Point:
    ends = (None, None) if value is None else (value - 0.1, value + 0.1)
    level = Level(value=value, low=ends[0], high=ends[1], n=9, people=9, per_day=None, raw=None)
    return Point(
        line="x", first_day=f"2026-09-{day:02}", end_day="", label=f"{day} Sep", status=status, watched=1.0, level=level
    )


POINTS = [point(1, 0.2), point(2, 0.3), point(3, None, "not watched"), point(4, 0.1), point(5, None, "too few"), point(6, 0.4)]


def drawn(chart):
    return BeautifulSoup(chart_svg(chart, title="Trend"), "xml").svg


def lines(svg, name: str):
    return svg.find_all("path", stroke=re.compile(rf"var\(--{name},"), fill=re.compile("none|transparent"))


def test_a_gap_breaks_the_line_and_says_what_it_is():
    svg = drawn(trend_line(POINTS))
    texts = [text.get_text() for text in svg.find_all("text")]
    assert (texts.count("?"), texts.count("few")) == (1, 1)
    assert len(svg.find_all("path", fill=re.compile(r"var\(--gap,"))) == 2
    runs = [path for path in svg.find_all("path", {"stroke-width": "2"}) if "--accent" in (path.get("stroke") or "")]
    assert len(runs) == 3


def test_a_goal_and_a_series_are_drawn_beside():
    svg = drawn(trend_line(POINTS, goal=0.25, series=[1, 2, None, 4, 5, 6], name="revenue"))
    assert "revenue" in [text.get_text() for text in svg.find_all("text")]
    assert len(svg.find_all(attrs={"stroke-dasharray": "5,4"})) == 1
    assert len(svg.find_all(attrs={"stroke-dasharray": "2,2"})) == 2


def test_a_series_has_one_value_a_period():
    with pytest.raises(ValueError, match="zip"):
        trend_line(POINTS, series=[1, 2])


def test_nothing_draws_nothing():
    assert [text.get_text() for text in drawn(trend_line([])).find_all("text")] == []
