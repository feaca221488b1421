"""The charts of the front page."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.drawing import GAPS, Drawing, draw, week_label
from dashboard.hot_button_figures import draw_hours
from reporting.charts import attribute_ledger, sentiment_share, weekly_complaints
from trends.answers import Ledger, Overview, SentimentWeek
from trends.hot_button_answers import HotButton, HotButtons

MOST_TOPICS = 5
MOST_HOURS = 2
"""Topics with a chart of hours: the ones that a support lead staffs for."""


def draw_all(hot: HotButtons, ledger: Ledger, overview: Overview, *, too_few: int) -> list[Drawing]:
    """Every chart that has something to show, in reading order."""
    drawings = []
    if hot.buttons:
        drawings.append(draw_weeks(hot.buttons[:MOST_TOPICS]))
    if any(sum(sentiment_counts(week) or ()) for week in overview.weeks):
        drawings.append(draw_sentiment(overview.weeks, too_few))
    if any(row.own.status not in ("absent", "not watched") for row in ledger.rows):
        drawings.append(draw_ledger(ledger))
    drawings += [draw_hours(button) for button in hot.buttons[:MOST_HOURS] if button.timed >= too_few]
    return drawings


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
