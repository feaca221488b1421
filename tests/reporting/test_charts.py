"""Charts draw what they are given: a gap is not a zero, every bar has its figure, and text stays text."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from reporting.charts import attribute_ledger, chart_svg, hours_of_day, sentiment_share, weekly_complaints

WEEKS = ["14 Sep", "21 Sep", "28 Sep"]


def drawn(chart, title="Title"):
    return BeautifulSoup(chart_svg(chart, title=title), "xml").svg


def texts(svg) -> list[str]:
    return [text.get_text() for text in svg.find_all("text")]


def filled(svg, name: str) -> int:
    return len(svg.find_all("path", fill=re.compile(rf"var\(--{name},")))


def test_an_unwatched_week_is_a_gap_and_a_quiet_one_a_zero():
    svg = drawn(weekly_complaints([("Refund", week, count) for week, count in zip(WEEKS, (4, None, 0), strict=True)]))
    assert [text for text in texts(svg) if text in ("4", "?", "0")] == ["4", "?", "0"]
    assert (filled(svg, "accent"), filled(svg, "gap")) == (2, 1)


def test_topics_are_named_in_their_own_script_and_order():
    names = ["واپسی کے پیسے", "डिलीवरी", "Refund & <return>"]
    svg = drawn(weekly_complaints([(name, week, 3) for name in names for week in WEEKS]))
    assert [text for text in texts(svg) if text in names] == names


def test_weeks_stay_in_the_order_of_time():
    svg = drawn(weekly_complaints([("Refund", week, 1) for week in ("28 Sep", "5 Oct", "12 Oct")]))
    assert [text for text in texts(svg) if text.endswith(("Sep", "Oct"))] == ["28 Sep", "5 Oct", "12 Oct"]


def test_sentiment_shows_shares_and_says_where_there_are_too_few_or_none_watched():
    svg = drawn(sentiment_share([("14 Sep", (6, 2, 2)), ("21 Sep", (1, 0, 1)), ("28 Sep", None)], too_few=5))
    assert [text for text in texts(svg) if text in ("60%", "20%", "few", "?")] == ["60%", "20%", "few", "?"]
    assert (filled(svg, "negative"), filled(svg, "neutral"), filled(svg, "positive")) == (1, 1, 1)


def test_ledger_tells_absent_from_contested_and_confirmed():
    svg = drawn(attribute_ledger([("Fast", 3, 40), ("Green", 0, 0)]))
    assert sorted(text for text in texts(svg) if text in ("40", "3", "nobody speaks of it")) == [
        "3",
        "40",
        "nobody speaks of it",
    ]
    assert (filled(svg, "negative"), filled(svg, "positive")) == (1, 1)


def test_hours_need_all_twenty_four():
    with pytest.raises(ValueError, match="needs 24 counts, got 3"):
        hours_of_day([1, 2, 3])


def test_hours_are_drawn_with_their_counts():
    svg = drawn(hours_of_day([0] * 18 + [5, 9, 0, 0, 0, 0]))
    assert [text for text in texts(svg) if text in ("5", "9")] == ["5", "9"]


def test_a_chart_is_one_image_with_a_name():
    svg = drawn(hours_of_day([1] * 24), title='Refund "now" & <then>')
    assert (svg["role"], svg["aria-label"]) == ("img", 'Refund "now" & <then>')
    assert [tag for tag in svg.find_all(True) if tag.has_attr("role") or tag.has_attr("aria-label")] == []


def test_empty_input_draws_nothing_and_does_not_fail():
    for chart in (weekly_complaints([]), sentiment_share([]), attribute_ledger([])):
        assert filled(drawn(chart), "accent") == 0
