"""The chart of an outbreak: complaints week by week, and what chance explains of the week that was tested."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.charts import ACCENT, GAP, INK, NEGATIVE, UNWATCHED, WIDTH, Drawable, themed

HEIGHT = 92
ROOM = 1.25
"""Room above the highest bar, for its figure."""


def outbreak_chart(
    weeks: Sequence[tuple[str, int | None]], tested: str, observed: int, expected: float, lower: float, upper: float
) -> Drawable:
    """Bars from (week label, complaints; None for a gap), then the week `tested`, with its band and the count expected.

    The band stands at that week alone: what was to be expected of earlier ones is another figure.
    """
    import altair as alt

    top = max([count or 0 for _, count in weeks] + [observed, round(upper)]) or 1
    order = [*(label for label, _ in weeks), tested]
    values = [bar_of(label, count, top) for label, count in weeks]
    values.append({"week": tested, "height": observed, "label": str(observed), "kind": "tested"})
    x = alt.X("week:O", sort=order, title=None, axis=alt.Axis(labelAngle=0, ticks=False, domain=False, values=order[::-2]))
    y = alt.Y("height:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top * ROOM]))
    base = alt.Chart(alt.InlineData(values=values)).encode(x=x, y=y)
    kinds = alt.Scale(domain=["week", "gap", "tested"], range=[ACCENT, GAP, NEGATIVE])
    bars = base.mark_bar(cornerRadiusEnd=2).encode(color=alt.Color("kind:N", legend=None, scale=kinds))
    figures = base.mark_text(dy=-6, fontSize=10, color=INK).encode(text="label:N")
    usual = alt.Chart(alt.InlineData(values=[{"week": tested, "lower": lower, "upper": upper, "expected": expected}]))
    band = usual.mark_bar(color=INK, opacity=0.22).encode(x=x, y=alt.Y("lower:Q", axis=None), y2="upper:Q")
    line = usual.mark_tick(color=INK, thickness=2).encode(x=x, y=alt.Y("expected:Q", axis=None))
    return themed(alt.layer(bars, band, line, figures).properties(width=WIDTH, height=HEIGHT))


def bar_of(label: str, count: int | None, top: int) -> dict[str, object]:
    """One week; a gap fills the height and says what it is."""
    if count is None:
        return {"week": label, "height": top, "label": UNWATCHED, "kind": "gap"}
    return {"week": label, "height": count, "label": str(count), "kind": "week"}
