"""Charts of competitors: share of voice week by week, and the differences between two brands as a forest plot."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.charts import ACCENT, GAP, INK, NEGATIVE, NEUTRAL, POSITIVE, UNWATCHED, WIDTH, Drawable, themed

NAME_WIDTH = 150
OUTCOMES = ("better", "worse", "no clear change")


def voice_weeks(rows: Sequence[tuple[str, str, float | None]]) -> Drawable:
    """Share of voice, a small chart per brand on one scale, from (brand, week label, share 0 to 1, or None for a gap)."""
    import altair as alt

    brands = list(dict.fromkeys(brand for brand, _, _ in rows))
    weeks = list(dict.fromkeys(week for _, week, _ in rows))
    values = [
        {
            "brand": brand,
            "week": week,
            "share": share,
            "height": 1.0 if share is None else share,
            "label": UNWATCHED if share is None else f"{share:.0%}",
        }
        for brand, week, share in rows
    ]
    base = alt.Chart().encode(
        x=alt.X("week:O", sort=weeks, title=None, axis=alt.Axis(labelAngle=0, ticks=False, domain=False, labelOverlap=True)),
        y=alt.Y("height:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1.25])),
    )
    colour = alt.condition("datum.share == null", alt.value(GAP), alt.value(ACCENT))
    bars = base.mark_bar(cornerRadiusEnd=2).encode(color=colour)
    figures = base.mark_text(dy=-6, fontSize=10, color=INK).encode(text="label:N")
    layers = alt.layer(bars, figures).properties(width=WIDTH, height=54)
    header = alt.Header(title=None, labelAnchor="start", labelFontSize=12, labelFontWeight="bold", labelPadding=4)
    facet = alt.Facet("brand:N", sort=brands, header=header)
    return themed(layers.facet(facet=facet, columns=1, data=alt.InlineData(values=values), spacing=14))


def forest(rows: Sequence[tuple[str, float, float, float, str]]) -> Drawable:
    """Differences with their intervals, from (name, low, value, high, outcome); right of the line is better for us.

    All in one unit. Outcomes are `better`, `worse` and `no clear change`; a shape goes with each colour.
    """
    import altair as alt

    names = [name for name, *_ in rows]
    reach = max((abs(end) for _, low, _, high, _ in rows for end in (low, high)), default=1.0) or 1.0
    values = [
        {"name": name, "low": low, "value": value, "high": high, "outcome": outcome} for name, low, value, high, outcome in rows
    ]
    axis = alt.Axis(ticks=False, domain=False, labelFontSize=11, labelLimit=NAME_WIDTH)
    base = alt.Chart(alt.InlineData(values=values)).encode(y=alt.Y("name:N", sort=names, title=None, axis=axis))
    x = alt.X(
        "low:Q",
        title="← worse · points · better →",
        scale=alt.Scale(domain=[-reach, reach]),
        axis=alt.Axis(ticks=False, domain=False, tickCount=4),
    )
    colours = alt.Scale(domain=list(OUTCOMES), range=[POSITIVE, NEGATIVE, NEUTRAL])
    shapes = alt.Scale(domain=list(OUTCOMES), range=["triangle-right", "triangle-left", "circle"])
    colour = alt.Color("outcome:N", legend=None, scale=colours)
    nought = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, opacity=0.6).encode(x="zero:Q")
    spans = base.mark_rule(strokeWidth=3).encode(x=x, x2="high:Q", color=colour)
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="value:Q", color=colour, shape=alt.Shape("outcome:N", legend=None, scale=shapes)
    )
    return themed(alt.layer(nought, spans, points).properties(width=WIDTH - NAME_WIDTH, height=alt.Step(22)))
