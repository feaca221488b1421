"""The page's charts, each with its caption and the table of its figures for those who would rather read them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reporting.charts import Drawable, attribute_ledger, chart_svg, hours_of_day, sentiment_share, weekly_complaints
from trends.answers import Ledger, Overview, SentimentWeek, Week
from trends.hot_button_answers import HotButton, HotButtons
from trends.windows import MONTHS

MOST_TOPICS = 5
MOST_HOURS = 2
"""Topics with a chart of hours: the ones that a support lead staffs for."""
GAPS = "? means not watched: a gap, not a zero. * means watched only in part."


@dataclass(frozen=True)
class Drawing:
    """A chart for the page."""

    name: str
    title: str
    caption: str
    svg: str
    """Safe markup of our own drawing."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw_all(hot: HotButtons, ledger: Ledger, overview: Overview, *, too_few: int) -> list[Drawing]:
    """Every chart that has something to show, in reading order."""
    drawings = []
    if hot.buttons:
        drawings.append(draw_weeks(hot.buttons[:MOST_TOPICS]))
    if any(sum(sentiment_counts(week) or ()) for week in overview.weeks):
        drawings.append(draw_sentiment(overview.weeks, too_few))
    if any(row.own.status != "absent" for row in ledger.rows):
        drawings.append(draw_ledger(ledger))
    drawings += [draw_hours(button) for button in hot.buttons[:MOST_HOURS] if button.timed >= too_few]
    return drawings


@lru_cache(maxsize=256)
def draw(make: Callable[..., Drawable], title: str, *figures: Hashable) -> str:
    """Draw a chart once: pages are asked for more often than their figures change."""
    return chart_svg(make(*figures), title=title)


def week_label(week: Week | SentimentWeek) -> str:
    """The week's first day as `28 Sep`, with a star if the week was watched only in part."""
    known = week.count if isinstance(week, Week) else week.negative
    partly = known is not None and week.watched is not None and week.watched < 0.995
    return f"{int(week.first_day[8:])} {MONTHS[int(week.first_day[5:7]) - 1]}{'*' if partly else ''}"


def draw_weeks(buttons: Sequence[HotButton]) -> Drawing:
    """Complaints per week of the leading topics."""
    labels = [week_label(week) for week in buttons[0].weeks]
    rows = [(button.name, week_label(week), week.count) for button in buttons for week in button.weeks]
    counts = [["not watched" if week.count is None else str(week.count) for week in button.weeks] for button in buttons]
    title = "Complaints per week, by topic"
    return Drawing(
        name="weeks",
        title=title,
        caption=f"Weeks by their Monday; copies once. {GAPS}",
        svg=draw(weekly_complaints, title, tuple(rows)),
        columns=("Week of", *(button.name for button in buttons)),
        rows=tuple(zip(labels, *counts, strict=True)),
    )


def draw_sentiment(weeks: Sequence[SentimentWeek], too_few: int) -> Drawing:
    """Shares of sentiments per week."""
    found = [(week_label(week), sentiment_counts(week)) for week in weeks]
    title = "Sentiment per week"
    return Drawing(
        name="sentiment",
        title=title,
        caption=f"From below: negative, neutral, positive. “few” means under {too_few} mentions. {GAPS}",
        svg=draw(sentiment_share, title, tuple(found), too_few),
        columns=("Week of", "Negative", "Neutral", "Positive"),
        rows=tuple((label, *(map(str, counts) if counts else ("not watched",) * 3)) for label, counts in found),
    )


def sentiment_counts(week: SentimentWeek) -> tuple[int, int, int] | None:
    """Negative, neutral and positive mentions, or None for a gap."""
    if week.negative is None or week.neutral is None or week.positive is None:
        return None
    return week.negative, week.neutral, week.positive


def draw_ledger(ledger: Ledger) -> Drawing:
    """Confirmed against contested attributes."""
    found = [(row.name, row.own.confirmed.mentions, row.own.contested.mentions) for row in ledger.rows]
    title = "Brand attributes: contested and confirmed"
    return Drawing(
        name="ledger",
        title=title,
        caption="Mentions by customers, copies once.",
        svg=draw(attribute_ledger, title, tuple(found)),
        columns=("Attribute", "Confirmed", "Contested"),
        rows=tuple((name, str(confirmed), str(contested)) for name, confirmed, contested in found),
    )


def draw_hours(button: HotButton) -> Drawing:
    """Complaints of one topic by local hour."""
    title = f"{button.name}: complaints by hour of day"
    return Drawing(
        name=f"hours-{button.topic}",
        title=title,
        caption=f"Local time; the {button.timed} of {button.complaints} whose time is known to the second.",
        svg=draw(hours_of_day, title, button.hours),
        columns=("Hour", "Complaints"),
        rows=tuple((f"{hour:02d}:00", str(count)) for hour, count in enumerate(button.hours)),
    )
