"""Charts of trends beside those of `reporting.charts`: a line with its band, gaps as gaps, a goal, a business series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reporting import vega
from reporting.charts import UNWATCHED, WIDTH
from reporting.vega import ACCENT, GAP, INK, Axis, Channel, Drawable, Layer, Scale
from trends.timeline_answers import Point

FEW = "few"
HEIGHT = 140
SERIES = "var(--series, #8a5a00)"
MOST_LABELS = 6
LABELS: Mapping[str, Axis] = {"share": {"format": ".0%"}, "points": {"labelExpr": "round(datum.value * 100)"}}
"""How an axis is labelled, by unit; as it is where nothing stands here."""
FROM_NOUGHT = ("mentions", "people", "share")
"""Units whose axis begins at nought."""
KNOWN, UNKNOWN = "isValid(datum.value)", "datum.label != ''"
"""Tests of a period: it has a value; it says why it has none."""


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
    values = list(trend_values(points))
    order = [value["period"] for value in values]
    layers = trend_layers(period_axis(order), unit)
    if goal is not None:
        rule = vega.mark("rule", color=INK, strokeDash=[5, 4])
        layers.append(vega.layer(rule, values=[{"goal": goal}], y=vega.amount("goal", scale=scale_of(unit))))
    if series:
        layers = [vega.group(*layers), series_line(order, series, name)]
    return vega.chart(*layers, values=values, width=width, height=HEIGHT, independent="y" if series else "")


def trend_layers(x: Channel, unit: str) -> list[Layer]:
    """The gaps with their words, then the line over its band, with a dot for each period."""
    scale = scale_of(unit)
    axis: Axis = {"ticks": False, "domain": False, "tickCount": 4, **LABELS.get(unit, {})}
    y = vega.amount("value", title=None, scale=scale, axis=axis)
    low, high = vega.amount("low", scale=scale), Channel(field="high")
    run = vega.nominal("run")
    return [
        vega.layer(vega.mark("bar", color=GAP), where=UNKNOWN, x=x, y={"value": 0}, y2={"value": HEIGHT}),
        vega.layer(vega.text(10), where=UNKNOWN, x=x, y={"value": HEIGHT / 2}, text=vega.nominal("label")),
        vega.layer(vega.mark("area", color=ACCENT, opacity=0.18), where=KNOWN, x=x, y=low, y2=high, detail=run),
        vega.layer(vega.mark("line", color=ACCENT, strokeWidth=2), where=KNOWN, x=x, y=y, detail=run),
        vega.layer(vega.mark("point", color=ACCENT, filled=True, size=22), where=KNOWN, x=x, y=y),
    ]


def scale_of(unit: str) -> Scale:
    """Whether the axis begins at nought."""
    return {"zero": unit in FROM_NOUGHT}


def period_axis(order: Sequence[str]) -> Channel:
    """The axis of time, from first days YYYY-MM-DD, with a few of its labels."""
    step = max(1, -(-len(order) // MOST_LABELS))
    form = "%b %Y" if order[-1:] and order[-1][:4] > f"{int(order[0][:4]) + 1}" else "%-d %b"
    label = f"utcFormat(toDate(datum.value), '{form}')"
    shown: Axis = {
        "labelAngle": 0,
        "ticks": False,
        "values": list(order)[::step],
        "labelOverlap": True,
        "labelExpr": label,
    }
    return vega.ordinal("period", order, title=None, axis=shown)


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


def series_line(order: Sequence[str], series: Sequence[float | None], name: str) -> Layer:
    """A business series, dotted, broken at its gaps, with a scale of its own."""
    values, run = [], 0
    for period, value in zip(order, series, strict=True):
        run += value is None
        values += [] if value is None else [{"period": period, "series": value, "run": run}]
    axis: Axis = {
        "title": name,
        "titleColor": SERIES,
        "labelColor": SERIES,
        "ticks": False,
        "domain": False,
        "tickCount": 4,
    }
    y = vega.amount("series", scale={"zero": False}, axis=axis)
    dotted = vega.mark("line", color=SERIES, strokeDash=[2, 2], strokeWidth=2)
    return vega.layer(dotted, values=values, x=period_axis(order), y=y, detail=vega.nominal("run"))
