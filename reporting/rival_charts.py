"""Charts of competitors: share of voice week by week, and the differences between two brands as a forest plot."""

from __future__ import annotations

from collections.abc import Sequence

from reporting import vega
from reporting.charts import WIDTH, weekly_panels
from reporting.vega import INK, NEGATIVE, NEUTRAL, POSITIVE, Drawable, Step

NAME_WIDTH = 150
OUTCOMES = ("better", "worse", "no clear change")
COLOURS = dict(zip(OUTCOMES, (POSITIVE, NEGATIVE, NEUTRAL), strict=True))
SHAPES = ("triangle-right", "triangle-left", "circle")


def voice_weeks(rows: Sequence[tuple[str, str, float | None]]) -> Drawable:
    """Share of voice, a small chart per brand on one scale, from (brand, week label, share 0 to 1, or None for a gap)."""
    return weekly_panels(rows, top=1.0, form=".0%")


def forest(rows: Sequence[tuple[str, float, float, float, str]]) -> Drawable:
    """Differences with their intervals, from (name, low, value, high, outcome); right of the line is better for us.

    All in one unit. Outcomes are `better`, `worse` and `no clear change`; a shape goes with each colour.
    """
    names = [name for name, *_ in rows]
    reach = max((abs(end) for _, low, _, high, _ in rows for end in (low, high)), default=1.0) or 1.0
    values = [
        {"name": name, "low": low, "value": value, "high": high, "outcome": outcome} for name, low, value, high, outcome in rows
    ]
    y = vega.named("name", names, 11, NAME_WIDTH)
    x = vega.amount(
        "low",
        title="← worse · points · better →",
        scale={"domain": [-reach, reach]},
        axis={"ticks": False, "domain": False, "tickCount": 4},
    )
    colour = vega.coloured("outcome", COLOURS)
    shape = vega.nominal("outcome", legend=None, scale={"domain": OUTCOMES, "range": SHAPES})
    nought = vega.layer(vega.mark("rule", color=INK, opacity=0.6), values=[{"zero": 0}], x=vega.amount("zero"))
    spans = vega.layer(vega.mark("rule", strokeWidth=3), y=y, x=x, x2={"field": "high"}, color=colour)
    points = vega.layer(
        vega.mark("point", filled=True, size=90, opacity=1), y=y, x=vega.amount("value"), color=colour, shape=shape
    )
    return vega.chart(nought, spans, points, values=values, width=WIDTH - NAME_WIDTH, height=Step(step=22))
