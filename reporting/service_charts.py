"""Charts of service: open cases by age."""

from __future__ import annotations

from collections.abc import Sequence

from reporting import vega
from reporting.charts import WIDTH
from reporting.vega import ACCENT, NEGATIVE, NEUTRAL, Drawable, Step

NAME_WIDTH = 90
STATES = {"unanswered": NEGATIVE, "came back": NEUTRAL, "answered": ACCENT}
"""Each with its colour, from left to right."""


def cases_by_age(rows: Sequence[tuple[str, int, int, int]]) -> Drawable:
    """Open cases, a bar for each age, from (age, unanswered, came back, answered and waiting), youngest first."""
    most = max((sum(counts) for _, *counts in rows), default=0) or 1
    values = [part for age, *counts in rows for part in bar_parts(age, counts)]
    totals = [{"age": age, "total": sum(counts), "label": f"{sum(counts):,}"} for age, *counts in rows]
    y = vega.named("age", [age for age, *_ in rows], 12, NAME_WIDTH)
    x = vega.bare("start", 0, most * 1.15)
    bars = vega.layer(vega.mark("bar", height=16), y=y, x=x, x2={"field": "end"}, color=vega.coloured("state", STATES))
    labels = vega.layer(
        vega.text(11, align="left", dx=5), values=totals, y=y, x=vega.amount("total"), text=vega.nominal("label")
    )
    return vega.chart(bars, labels, values=values, width=WIDTH - NAME_WIDTH, height=Step(step=26))


def bar_parts(age: str, counts: Sequence[int]) -> list[dict[str, object]]:
    """The parts of one bar, from left to right."""
    starts = [sum(counts[:place]) for place in range(len(counts))]
    return [
        {"age": age, "state": state, "start": start, "end": start + count}
        for state, start, count in zip(STATES, starts, counts, strict=True)
        if count
    ]
