"""Charts of trends beside those of `reporting.charts`: a line with its band, gaps as gaps, a goal, a business series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reporting.charts import ACCENT, GAP, INK, UNWATCHED, WIDTH, Drawable, themed
from trends.timeline_answers import Point

FEW = "few"
HEIGHT = 140
SERIES = "var(--series, #8a5a00)"
MOST_LABELS = 6
LABELS: Mapping[str, Mapping[str, Any]] = {"share": {"format": ".0%"}, "points": {"labelExpr": "round(datum.value * 100)"}}
"""How an axis is labelled, by unit; as it is where nothing stands here."""
FROM_NOUGHT = ("mentions", "people", "share")
"""Units whose axis begins at nought."""


def trend_line(
    points: Sequence[Point],
    *,
    goal: float | None = None,
    series: Sequence[float | None] = (),
    name: str = "",
    unit: str = "",
    width: int = WIDTH,
) -> Drawable:
    """One line of a trend with its 95% band, oldest first; a gap is grey with a question mark, and the line breaks at it.

    `goal` is drawn as a dashed rule. `series` (one value a period, None for a gap) is drawn on a scale of its own to the right,
    dotted, under its `name`. `unit` says how the axis is written: `share` in percent, `points` in hundredths, and
    whether it begins at nought.
    """
    import altair as alt

    values = list(trend_values(points))
    order = [value["period"] for value in values]
    base = alt.Chart(alt.InlineData(values=values)).encode(x=period_axis(order))
    axis = alt.Axis(ticks=False, domain=False, tickCount=4, **LABELS.get(unit, {}))
    scale = alt.Scale(zero=unit in FROM_NOUGHT)
    y = alt.Y("value:Q", title=None, scale=scale, axis=axis)
    gaps = base.transform_filter("datum.label != ''").mark_bar(color=GAP).encode(y=alt.value(0), y2=alt.value(HEIGHT))
    words = (
        base.transform_filter("datum.label != ''")
        .mark_text(color=INK, fontSize=10)
        .encode(y=alt.value(HEIGHT / 2), text="label:N")
    )
    known = base.transform_filter("isValid(datum.value)")
    band = known.mark_area(color=ACCENT, opacity=0.18).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q", detail="run:N")
    line = known.mark_line(color=ACCENT, strokeWidth=2).encode(y=y, detail="run:N")
    dots = known.mark_point(color=ACCENT, filled=True, size=22).encode(y=y)
    layers: list[Any] = [gaps, words, band, line, dots]
    if goal is not None:
        rule = alt.Chart(alt.InlineData(values=[{"goal": goal}]))
        layers.append(rule.mark_rule(color=INK, strokeDash=[5, 4]).encode(y=alt.Y("goal:Q", scale=scale)))
    if not series:
        return themed(alt.layer(*layers).properties(width=width, height=HEIGHT))
    both = alt.layer(alt.layer(*layers), series_line(order, series, name)).resolve_scale(y="independent")
    return themed(both.properties(width=width, height=HEIGHT))


def period_axis(order: Sequence[str]) -> Any:
    """The axis of time, from first days YYYY-MM-DD, with a few of its labels."""
    import altair as alt

    step = max(1, -(-len(order) // MOST_LABELS))
    form = "%b %Y" if order[-1:] and order[-1][:4] > f"{int(order[0][:4]) + 1}" else "%-d %b"
    label = f"utcFormat(toDate(datum.value), '{form}')"
    shown = alt.Axis(labelAngle=0, ticks=False, values=list(order)[::step], labelOverlap=True, labelExpr=label)
    return alt.X("period:O", sort=list(order), title=None, axis=shown)


def trend_values(points: Sequence[Point]) -> list[dict[str, Any]]:
    """What is drawn of each period; a run of known ones has one number, so that lines do not bridge gaps."""
    values, run = [], 0
    for point in points:
        known = point.level.value is not None
        run += not known
        label = "" if known else UNWATCHED if point.status == "not watched" else FEW
        level = point.level
        values.append(
            {"period": point.first_day, "value": level.value, "low": level.low, "high": level.high, "run": run, "label": label}
        )
    return values


def series_line(order: Sequence[str], series: Sequence[float | None], name: str) -> Any:
    """A business series, dotted, broken at its gaps, with a scale of its own."""
    import altair as alt

    values, run = [], 0
    for period, value in zip(order, series, strict=True):
        run += value is None
        values += [] if value is None else [{"period": period, "series": value, "run": run}]
    axis = alt.Axis(orient="right", title=name, titleColor=SERIES, labelColor=SERIES, ticks=False, domain=False, tickCount=4)
    y = alt.Y("series:Q", scale=alt.Scale(zero=False), axis=axis)
    chart = alt.Chart(alt.InlineData(values=values)).mark_line(color=SERIES, strokeDash=[2, 2], strokeWidth=2)
    return chart.encode(x=period_axis(order), y=y, detail="run:N")
