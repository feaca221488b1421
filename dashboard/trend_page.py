"""The page of trends: the main figures as small lines, or one figure in full with its goals and a business series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from config import Config
from dashboard.asking import Asked
from dashboard.drawing import Drawing, draw
from dashboard.pages import frame_words
from reporting.charts import WIDTH
from reporting.phrases import NBSP, counted
from reporting.small_charts import spark_svg
from reporting.trend_charts import trend_line
from reporting.trend_tables import (
    TOLD_SIGNS,
    interval_words,
    is_empty,
    nothing_words,
    pearson_words,
    shift_words,
    spearman_words,
    value_of,
)
from reporting.vega import Drawable
from store.metrics import find_series
from store.queries import count_by_source
from trends.correlation import LagCorrelation
from trends.timeline import answer_trend
from trends.timeline_answers import Laid, Line, Point, Told, Trend
from trends.timeline_kinds import ASKED, KINDS
from trends.windows import Window, from_days

FEWEST_DAYS = 84
"""A line over less than twelve weeks is no line: it shows the weeks before the window, too."""
WIDE = 860
COUNTS = ("mentions", "people")
CAPTION = "Band: 95% interval. A grey “?” is a gap in what was watched, “few” means too few to say."


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One figure on the page."""

    line: Line
    value: str
    basis: str
    told: Told
    sign: str
    change: str
    """The change against the window before, as a sentence; empty where there is none."""
    link: str
    """Where it is shown in full; empty where it is already."""
    spark: str
    """Safe markup of our own drawing; empty where a full one stands."""
    drawing: Drawing | None


def trend_words(db: Database, config: Config, asked: Asked) -> dict[str, Any]:
    """The answers of `repute trend` for the window, and the line of at least twelve weeks up to its end."""
    answer = ask(db, config, asked, asked.window)
    span = line_window(asked.window)
    lines = answer
    if span != asked.window or asked.metric:
        lines = ask(db, config, asked, span, metric=asked.metric)
    show = show_full if asked.figure else show_small
    return frame_words(config, asked, "/trend") | {
        "answer": answer,
        "span": span if span != asked.window else None,
        "shown": [] if is_empty(answer) and is_empty(lines) else [show(asked, lines, line) for line in answer.figures],
        "nothing": nothing_words(asked.figure),
        "goals": lines.goals,
        "laid": [(one, draw_lags(one)) for one in lines.laid],
        "figure_names": {name: KINDS[name].words if name in KINDS else "Ratings" for name in ASKED},
        "attribute_names": {one.id: one.name for one in config.attributes},
        "metrics": [row["name"] for row in find_series(db)],
        "source_names": [row["source"] for row in count_by_source(db)],
        "title": title_of(config, asked),
    }


def ask(db: Database, config: Config, asked: Asked, window: Window, *, metric: str = "") -> Trend:
    """One answer in the words of the request."""
    return answer_trend(
        db,
        config,
        window=window,
        brand=asked.brand.id,
        source=asked.source or None,
        language=asked.language or None,
        figure=asked.figure,
        every=asked.every,
        topic=asked.topic,
        attribute=asked.attribute,
        metric=metric,
    )


def line_window(window: Window) -> Window:
    """The window, or the twelve weeks up to its end where it is shorter."""
    if window.days is None or window.end_day is None or window.days >= FEWEST_DAYS:
        return window
    end = date.fromisoformat(window.end_day)
    return from_days(end - timedelta(days=FEWEST_DAYS), end, now=window.now, zone=window.zone)


def title_of(config: Config, asked: Asked) -> str:
    """What the page is about."""
    figure = KINDS[asked.figure].words if asked.figure in KINDS else "Ratings" if asked.figure else "How the figures go"
    names = {topic.id: topic.name for topic in config.topics} | {one.id: one.name for one in config.attributes}
    about = asked.topic or asked.attribute
    return f"{figure}: {names[about]}" if about else figure


def show_small(asked: Asked, lines: Trend, line: Line) -> Shown:
    """One figure among others, with a small line."""
    spark = spark_svg(lines.points(line.line), title=f"{line.name} by {lines.every}", from_zero=line.unit in (*COUNTS, "share"))
    figure = line.figure if line.figure in ASKED else "ratings"
    return replace(show(line), link=asked.link("/trend", figure=figure), spark=spark)


def show_full(asked: Asked, lines: Trend, line: Line) -> Shown:
    """One figure in full: the line with goal and business series, and its table."""
    laid = [one for one in lines.laid if one.line == line.line]
    goal = next((one.target for one in lines.goals), None) if len(lines.figures) == 1 else None
    points = lines.points(line.line)
    title = f"{line.name} by {lines.every}"
    series = laid[0] if len(laid) == 1 else None
    figures = (points, goal, series.values if series else (), series.metric if series else "", axis_unit(line))
    captions = [CAPTION, "Dashed: the goal." if goal is not None else "", series_caption(series) if series else ""]
    drawing = Drawing(
        name=f"trend-{line.line}",
        title=title,
        caption=" ".join(caption for caption in captions if caption),
        svg=draw(make_line, title, *figures, WIDTH),
        wide=draw(make_line, title, *figures, WIDE),
        columns=columns_of(line),
        rows=tuple(row_of(line, point) for point in points),
    )
    return replace(show(line), drawing=drawing)


def make_line(
    points: tuple[Point, ...], goal: float | None, series: tuple[float | None, ...], name: str, unit: str, width: int
) -> Drawable:
    """The chart, by position: what is drawn once is known by its figures."""
    return trend_line(points, goal=goal, series=series, name=name, unit=unit, width=width)


def axis_unit(line: Line) -> str:
    """How the axis is written."""
    return "points" if line.figure == "nps" else line.unit


def series_caption(laid: Laid) -> str:
    """What the dotted line is."""
    return f"Dotted, on the scale to the right: {laid.metric}."


def show(line: Line) -> Shown:
    """The figure of the window."""
    told: Told = line.shift.told if line.shift else "no comparison"
    return Shown(
        line=line,
        value="too few to say" if line.level.value is None else value_of(line, line.level.value),
        basis=basis_of(line),
        told=told,
        sign=TOLD_SIGNS[told],
        change=shift_words(line, line.shift) if line.shift else "",
        link="",
        spark="",
        drawing=None,
    )


def basis_of(line: Line) -> str:
    """What the figure of the window stands on."""
    level = line.level
    parts = [f"95% interval {interval_words(line, level)}" if level.low is not None else ""]
    parts += [f"{level.per_day:,.1f} a watched day" if level.per_day is not None else ""]
    parts += [f"uncorrected {value_of(line, level.raw)}" if level.raw is not None else ""]
    parts += [f"n{NBSP}={NBSP}{level.n:,} of {counted(level.people, 'person', 'people')}"]
    return ", ".join(part for part in parts if part)


def columns_of(line: Line) -> tuple[str, ...]:
    """The columns of the periods."""
    raw = ("Uncorrected",) if line.corrected else ()
    rate = ("A day",) if line.unit in COUNTS else ()
    return ("Period", line.name, "95% interval", *raw, *rate, "n", "People", "Watched")


def row_of(line: Line, point: Point) -> tuple[str, ...]:
    """One period; a gap is said to be one."""
    level = point.level
    watched = "–" if point.watched is None else f"{point.watched:.0%}"
    value = value_of(line, level.value) if level.value is not None else point.status
    raw = (value_of(line, level.raw),) if line.corrected else ()
    rate = ("–" if level.per_day is None else f"{level.per_day:,.1f}",) if line.unit in COUNTS else ()
    counts = ("–", "–") if point.status == "not watched" else (f"{level.n:,}", f"{level.people:,}")
    return point.label, value, interval_words(line, level), *raw, *rate, *counts, watched


def draw_lags(laid: Laid) -> list[tuple[str, ...]]:
    """Both correlations at each lag: weeks later, the series after the line, the line after the series."""
    pairs = zip(laid.follows.lags, laid.leads.lags, strict=True)
    return [(str(after.lag), *lag_cells(after), *lag_cells(ahead)) for after, ahead in pairs]


def lag_cells(lag: LagCorrelation) -> tuple[str, str]:
    """Pearson's correlation and Spearman's."""
    return pearson_words(lag), spearman_words(lag)
