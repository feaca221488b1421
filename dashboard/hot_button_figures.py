"""The charts of a hot button: its hours beside those of all mentions, and its weeks beside what chance explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from dashboard.drawing import GAPS, Drawing, day_label, draw, week_label
from reporting.charts import WEEKDAYS, days_of_week, expected_counts, hours_of_day
from reporting.evidence import expected_words, outbreak_words
from reporting.outbreak_charts import outbreak_chart
from trends.hot_button_answers import HotButton, Outbreak, Part

MOST_OUTBREAKS = 5
TESTED = "Last bar: the seven days tested, each person once a day; shaded: what chance explains."
UNUSUAL = ("rising", "falling")


def draw_hours(button: HotButton) -> Drawing:
    """Complaints of one topic by local hour, beside as many as there would be if they came when all mentions come."""
    title = f"{button.name}: complaints by hour of day"
    busy = tuple(one.slot for one in button.busy_hours)
    known = f"Local time; the {button.timed} of {button.complaints} whose time is known to the second."
    hours = [f"{hour:02d}:00" for hour in range(24)]
    return Drawing(
        name=f"hours-{button.topic}",
        title=title,
        caption=known + beside(button.all_hours, busy, "hour"),
        svg=draw(hours_of_day, title, button.hours, button.all_hours, busy),
        columns=("Hour", "Complaints", "Expected", "All mentions"),
        rows=slot_rows(hours, button.hours, button.all_hours),
    )


def draw_weekdays(button: HotButton) -> Drawing:
    """The same by local weekday."""
    title = f"{button.name}: complaints by day of week"
    busy = tuple(one.slot for one in button.busy_weekdays)
    known = f"Local days; the {sum(button.weekdays)} of {button.complaints} with a date."
    return Drawing(
        name=f"weekdays-{button.topic}",
        title=title,
        caption=known + beside(button.all_weekdays, busy, "day"),
        svg=draw(days_of_week, title, button.weekdays, button.all_weekdays, busy),
        columns=("Day", "Complaints", "Expected", "All mentions"),
        rows=slot_rows(WEEKDAYS, button.weekdays, button.all_weekdays),
    )


def beside(all_counts: Sequence[int], busy: Sequence[int], slot: str) -> str:
    """What the lines are, and whether anything stands out of them."""
    if not (whole := sum(all_counts)):
        return ""
    come = "the only mention comes" if whole == 1 else f"all {whole:,} mentions come"
    found = f"the orange {slot}s stand" if len(busy) > 1 else f"the orange {slot} stands" if busy else f"no {slot} stands"
    return f" Lines: as many as there would be if they came when {come}; {found} out of them."


def slot_rows(names: Sequence[str], counts: Sequence[int], all_counts: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """The figures of each hour or day."""
    expected = [expected_words(value) for value in expected_counts(counts, all_counts)] or ["–"] * len(names)
    rows = zip(names, counts, expected, all_counts, strict=True)
    return tuple((name, str(count), usual, f"{whole:,}") for name, count, usual, whole in rows)


def draw_outbreaks(buttons: Sequence[HotButton]) -> dict[str, Drawing]:
    """The charts of the leading topics of which the test says something, by topic."""
    found = [(button, button.outbreak) for button in buttons if button.outbreak and button.outbreak.direction in UNUSUAL]
    return {button.topic: draw_outbreak(button, outbreak) for button, outbreak in found[:MOST_OUTBREAKS]}


def draw_outbreak(button: HotButton, outbreak: Outbreak) -> Drawing:
    """Complaints week by week, then the week that was tested with what chance explains of it."""
    title = f"{button.name}: the last week beside what is usual"
    first = (date.fromisoformat(outbreak.day) - timedelta(days=6)).isoformat()
    weeks = tuple((week_label(week), week.count) for week in button.weeks if week.first_day < first)
    tested = f"{day_label(first)} →"
    found = (outbreak.observed, outbreak.expected, outbreak.lower, outbreak.upper)
    limits = f"{outbreak.lower:.0f} to {outbreak.upper:.0f}"
    counted = [("not watched" if count is None else str(count), "", "") for _, count in weeks]
    return Drawing(
        name=f"outbreak-{button.topic}",
        title=title,
        caption=f"{outbreak_words(outbreak)} {TESTED} {GAPS}",
        svg=draw(outbreak_chart, title, weeks, tested, *found),
        columns=("Week of", "Complaints", "Expected", "By chance"),
        rows=(
            *((label, *cells) for (label, _), cells in zip(weeks, counted, strict=True)),
            (tested, str(outbreak.observed), expected_words(outbreak.expected), limits),
        ),
    )


def list_parts(button: HotButton) -> list[tuple[str, tuple[Part, ...]]]:
    """The figures by source, product and place, where there are any."""
    named = (("Source", button.by_source), ("Product", button.by_subject), ("Place", button.by_place))
    return [(name, tuple(map(untested, parts))) for name, parts in named if parts]


def untested(part: Part) -> Part:
    """A part whose change says its size alone: no test was made of it, so it is not called steady."""
    return replace(part, change=replace(part.change, direction="unknown"))
