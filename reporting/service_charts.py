"""Charts of service: open cases by age."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.charts import ACCENT, INK, NEGATIVE, NEUTRAL, WIDTH, Drawable, themed

NAME_WIDTH = 90
STATES = ("unanswered", "came back", "answered")


def cases_by_age(rows: Sequence[tuple[str, int, int, int]]) -> Drawable:
    """Open cases, a bar for each age, from (age, unanswered, came back, answered and waiting), youngest first."""
    import altair as alt

    ages = [age for age, *_ in rows]
    most = max((sum(counts) for _, *counts in rows), default=0) or 1
    values = [part for age, *counts in rows for part in bar_parts(age, counts)]
    totals = [{"age": age, "total": sum(counts), "label": f"{sum(counts):,}"} for age, *counts in rows]
    axis = alt.Axis(ticks=False, domain=False, labelFontSize=12, labelLimit=NAME_WIDTH)
    y = alt.Y("age:N", sort=ages, title=None, axis=axis)
    x = alt.X("start:Q", title=None, axis=None, scale=alt.Scale(domain=[0, most * 1.15]))
    colours = alt.Scale(domain=list(STATES), range=[NEGATIVE, NEUTRAL, ACCENT])
    bars = alt.Chart(alt.InlineData(values=values)).mark_bar(height=16)
    drawn = bars.encode(y=y, x=x, x2="end:Q", color=alt.Color("state:N", legend=None, scale=colours))
    figures = alt.Chart(alt.InlineData(values=totals)).mark_text(align="left", dx=5, fontSize=11, color=INK)
    labels = figures.encode(y=y, x="total:Q", text="label:N")
    return themed(alt.layer(drawn, labels).properties(width=WIDTH - NAME_WIDTH, height=alt.Step(26)))


def bar_parts(age: str, counts: Sequence[int]) -> list[dict[str, object]]:
    """The parts of one bar, from left to right."""
    starts = [sum(counts[:place]) for place in range(len(counts))]
    return [
        {"age": age, "state": state, "start": start, "end": start + count}
        for state, start, count in zip(STATES, starts, counts, strict=True)
        if count
    ]
