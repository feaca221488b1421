"""A chart for a page: its drawing, its caption, and its figures as a table for those who would rather read them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache

from reporting.charts import chart_svg
from reporting.vega import Drawable
from trends.answers import SentimentWeek, Week
from trends.windows import MONTHS

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
    wide: str = ""
    """The same for wide screens, where it gains by room: `svg` is then for narrow ones."""


@lru_cache(maxsize=512)
def draw(make: Callable[..., Drawable], title: str, *figures: Hashable) -> str:
    """Draw a chart once: pages are asked for more often than their figures change."""
    return chart_svg(make(*figures), title=title)


def week_label(week: Week | SentimentWeek) -> str:
    """The week's first day as `28 Sep`, with a star if the week was watched only in part."""
    known = week.count if isinstance(week, Week) else week.negative
    partly = known is not None and week.watched is not None and week.watched < 0.995
    return f"{day_label(week.first_day)}{'*' if partly else ''}"


def day_label(day: str) -> str:
    """A day YYYY-MM-DD as `28 Sep`."""
    return f"{int(day[8:])} {MONTHS[int(day[5:7]) - 1]}"
