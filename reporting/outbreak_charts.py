"""The chart of an outbreak: complaints week by week, and what chance explains of the week that was tested."""

from __future__ import annotations

from collections.abc import Sequence

from reporting import vega
from reporting.charts import UNWATCHED, WIDTH
from reporting.vega import ACCENT, GAP, INK, NEGATIVE, ROOM, UPRIGHT, Drawable

HEIGHT = 92


def outbreak_chart(
    weeks: Sequence[tuple[str, int | None]], tested: str, observed: int, expected: float, lower: float, upper: float
) -> Drawable:
    """Bars from (week label, complaints; None for a gap), then the week `tested`, with its band and the count expected.

    The band stands at that week alone: what was to be expected of earlier ones is another figure.
    """
    top = max([count or 0 for _, count in weeks] + [observed, round(upper)]) or 1
    order = [*(label for label, _ in weeks), tested]
    values = [bar_of(label, count, top) for label, count in weeks]
    values.append({"week": tested, "height": observed, "label": str(observed), "kind": "tested"})
    x = vega.ordinal("week", order, title=None, axis={**UPRIGHT, "values": order[::-2]})
    y = vega.bare("height", 0, top * ROOM)
    kinds = vega.coloured("kind", {"week": ACCENT, "gap": GAP, "tested": NEGATIVE})
    bars = vega.layer(vega.mark("bar", cornerRadiusEnd=2), x=x, y=y, color=kinds)
    figures = vega.layer(vega.text(10, dy=-6), x=x, y=y, text=vega.nominal("label"))
    usual = [{"week": tested, "lower": lower, "upper": upper, "expected": expected}]
    low = vega.amount("lower", axis=None)
    band = vega.layer(vega.mark("bar", color=INK, opacity=0.22), values=usual, x=x, y=low, y2={"field": "upper"})
    line = vega.layer(vega.mark("tick", color=INK, thickness=2), values=usual, x=x, y=vega.amount("expected", axis=None))
    return vega.chart(bars, band, line, figures, values=values, width=WIDTH, height=HEIGHT)


def bar_of(label: str, count: int | None, top: int) -> dict[str, object]:
    """One week; a gap fills the height and says what it is."""
    if count is None:
        return {"week": label, "height": top, "label": UNWATCHED, "kind": "gap"}
    return {"week": label, "height": count, "label": str(count), "kind": "week"}
