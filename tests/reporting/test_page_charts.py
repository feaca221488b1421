"""Charts of the pages: hours beside all mentions, outbreaks with their band, competitors, open cases, and the small ones."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from reporting.charts import chart_svg, days_of_week, expected_counts, hours_of_day
from reporting.outbreak_charts import outbreak_chart
from reporting.rival_charts import forest, voice_weeks
from reporting.service_charts import cases_by_age
from reporting.small_charts import spark_svg, strip_svg, strip_title
from trends.timeline_answers import Level, Point

GREY = re.compile(r"var\(--gap")
INK = re.compile("currentColor")


def drawn(chart, title: str = "Chart"):
    return BeautifulSoup(chart_svg(chart, title=title), "xml").svg


def parsed(svg: str):
    return BeautifulSoup(svg, "xml").svg


def texts(svg) -> list[str]:
    return [text.get_text() for text in svg.find_all("text")]


def bars(svg, colour: str):
    return svg.find_all("path", fill=re.compile(rf"var\(--{colour}"))


def point(value: float | None, status: str = "known") -> Point:
    ends = (None, None) if value is None else (value - 1, value + 1)
    level = Level(value=value, low=ends[0], high=ends[1], n=9, people=9, per_day=None, raw=None)
    return Point(line="x", first_day="2026-09-07", end_day="", label="", status=status, watched=1.0, level=level)


def test_what_is_usual_at_an_hour_is_the_complaints_shared_out_as_the_mentions_are():
    assert expected_counts([6, 0, 0], [10, 20, 30]) == [1.0, 2.0, 3.0]
    assert expected_counts([6, 0, 0], [0, 0, 0]) == []


def test_a_busy_hour_has_a_colour_and_every_hour_a_line():
    counts, mentions = [0] * 18 + [9, 1, 0, 0, 0, 0], [5] * 24
    svg = drawn(hours_of_day(counts, mentions, (18,)))
    assert (len(bars(svg, "negative")), len(bars(svg, "accent"))) == (1, 23)
    assert len([path for path in svg.find_all("path", fill=INK) if path.get("d")]) == 24
    assert [path for path in drawn(hours_of_day(counts)).find_all("path", fill=INK) if path.get("d")] == []


def test_a_week_has_seven_days():
    assert {"Mon", "Sun", "4"} <= set(texts(drawn(days_of_week([4, 0, 0, 0, 0, 0, 1], [1] * 7))))
    with pytest.raises(ValueError, match="needs 7 counts, got 7 and 3"):
        days_of_week([0] * 7, [1, 2, 3])


def test_the_tested_week_stands_out_and_alone_has_a_band():
    svg = drawn(outbreak_chart([("7 Sep", 2), ("14 Sep", None), ("21 Sep", 3)], "28 Sep →", 32, 0.8, 0, 4))
    assert (len(bars(svg, "negative")), len(bars(svg, "accent")), len(bars(svg, "gap"))) == (1, 2, 1)
    assert {"32", "?", "28 Sep →"} <= set(texts(svg))


def test_share_of_voice_has_a_gap_where_nothing_was_watched():
    svg = drawn(
        voice_weeks([("Acme", "21 Sep", 0.75), ("Acme", "28 Sep", None), ("Rival", "21 Sep", 0.25), ("Rival", "28 Sep", None)])
    )
    assert {"75%", "25%", "Acme", "Rival"} <= set(texts(svg))
    assert texts(svg).count("?") == len(bars(svg, "gap")) == 2


def test_better_lies_to_the_right_of_the_line_and_each_outcome_has_its_shape():
    rows = [
        ("Net sentiment", 2.0, 10.0, 18.0, "better"),
        ("Refund", -30.0, -20.0, -10.0, "worse"),
        ("App", -5.0, 1.0, 7.0, "no clear change"),
    ]
    svg = drawn(forest(rows))
    points = {colour: list(bars(svg, colour)) for colour in ("positive", "negative", "neutral")}
    assert {colour: len(found) for colour, found in points.items()} == {"positive": 1, "negative": 1, "neutral": 1}
    x = {colour: float(re.search(r"translate\(([-\d.]+)", found[0]["transform"])[1]) for colour, found in points.items()}
    assert x["negative"] < x["neutral"] < x["positive"]
    assert len({found[0]["d"] for found in points.values()}) == 3


def test_open_cases_are_stacked_with_their_sum():
    svg = drawn(cases_by_age([("under 1 day", 3, 1, 2), ("1 to 3 days", 0, 0, 0)]))
    assert {"under 1 day", "1 to 3 days", "6", "0"} <= set(texts(svg))
    assert [len(bars(svg, colour)) for colour in ("negative", "neutral", "accent")] == [1, 1, 1]


def test_a_small_line_breaks_at_a_gap_that_is_grey():
    points = [
        point(2),
        point(3),
        point(None, "not watched"),
        point(None, "not watched"),
        point(5),
        point(None, "too few"),
        point(4),
    ]
    svg = parsed(spark_svg(points, title='a "b" <c>', from_zero=True))
    assert svg["aria-label"] == 'a "b" <c>'
    assert len(svg.find_all("polyline")) == 3
    assert [(rect["x"], rect["width"]) for rect in svg.find_all("rect", fill=GREY)] == [("62.0", "77.3")]
    assert len(svg.find_all("circle")) == 2


def test_a_small_line_of_counts_begins_at_nought():
    def lowest(from_zero: bool) -> float:
        line = parsed(spark_svg([point(8), point(9)], title="x", from_zero=from_zero)).polyline["points"]
        return float(line.split()[0].split(",")[1])

    assert lowest(True) < lowest(False)


@pytest.mark.parametrize("points", [[], [point(None, "not watched")], [point(0)]])
def test_a_line_of_nothing_or_one_is_drawn_all_the_same(points):
    assert "nan" not in spark_svg(points, title="x", from_zero=True)


def test_a_strip_tells_watched_partly_and_not_apart_by_height_too():
    svg = parsed(strip_svg([1.0, 1.0, 0.5, 0.0, 0.0, 0.0, None], title="x"))
    found = [(rect["class"], rect["x"], rect["width"], rect["height"]) for rect in svg.find_all("rect")]
    assert found == [("watched", "0", "2", "14.0"), ("partly", "2", "1", "7.0"), ("none", "3", "3", "2.8")]
    assert svg["viewBox"] == "0 0 7 14"


def test_a_strip_is_said_in_words():
    assert strip_title("a/b", [1.0, 0.5, None], "a day") == "a/b: of 2 steps of a day, 1 watched, 1 watched in part"
    assert strip_title("a/b", [None], "a day") == "a/b: of 0 steps of a day, none has begun"
