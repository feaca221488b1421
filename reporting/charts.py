"""Charts of the answers: Altair specs, drawn to SVG on this machine. The page needs no script to show them.

Colours are CSS variables with a fallback, so one drawing serves light, dark and print; orange against blue stays apart for
colour-blind readers, and every bar carries its figure, so colour never means anything alone. Text stays text in the SVG: the
browser shapes Hindi and Urdu with its own fonts.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import altair as alt

Drawable: TypeAlias = "alt.LayerChart | alt.FacetChart"

NEGATIVE = "var(--negative, #c2500a)"
NEUTRAL = "var(--neutral, #9aa1ab)"
POSITIVE = "var(--positive, #1f6fb2)"
ACCENT = "var(--accent, #0f766e)"
GAP = "var(--gap, #eceef1)"
INK = "currentColor"
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans Devanagari', 'Noto Naskh Arabic', 'Noto Nastaliq Urdu', sans-serif"

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SENTIMENTS = ("negative", "neutral", "positive")
WIDTH = 300
"""Pixels: legible without scaling on a phone of 360."""
UNWATCHED = "?"
"""Stands where nothing was watched: a gap, never a zero."""


def weekly_complaints(rows: Sequence[tuple[str, str, int | None]]) -> Drawable:
    """Complaints per week, a small chart per topic on one scale, from (topic name, week label, complaints).

    Complaints are None for a week that was not watched.
    """
    import altair as alt

    top = max((count or 0 for _, _, count in rows), default=0) or 1
    topics = list(dict.fromkeys(topic for topic, _, _ in rows))
    weeks = list(dict.fromkeys(week for _, week, _ in rows))
    values = [
        {
            "topic": topic,
            "week": week,
            "complaints": count,
            "height": top if count is None else count,
            "label": UNWATCHED if count is None else str(count),
        }
        for topic, week, count in rows
    ]
    base = alt.Chart().encode(
        x=alt.X("week:O", sort=weeks, title=None, axis=alt.Axis(labelAngle=0, ticks=False, domain=False, labelOverlap=True)),
        y=alt.Y("height:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top * 1.25])),
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        color=alt.condition("datum.complaints == null", alt.value(GAP), alt.value(ACCENT))
    )
    figures = base.mark_text(dy=-6, fontSize=10, color=INK).encode(text="label:N")
    layers = alt.layer(bars, figures).properties(width=WIDTH, height=54)
    header = alt.Header(title=None, labelAnchor="start", labelFontSize=12, labelFontWeight="bold", labelPadding=4)
    return themed(
        layers.facet(
            facet=alt.Facet("topic:N", sort=topics, header=header), columns=1, data=alt.InlineData(values=values), spacing=14
        )
    )


def sentiment_share(weeks: Sequence[tuple[str, tuple[int, int, int] | None]], too_few: int = 1) -> Drawable:
    """Shares of negative, neutral and positive per week, from (week label, counts in that order or None if unwatched).

    A week with fewer than `too_few` mentions shows "few" and no share.
    """
    import altair as alt

    order = [week for week, _ in weeks]
    told = [(week, counts) for week, counts in weeks if counts is not None and sum(counts) >= max(too_few, 1)]
    shares = [part for week, counts in told for part in share_parts(week, counts)]
    known = {week for week, _ in told}
    notes = [
        {"week": week, "middle": 0.5, "label": UNWATCHED if counts is None else "few"}
        for week, counts in weeks
        if week not in known
    ]
    axis = alt.Axis(labelAngle=0, ticks=False, domain=False)
    x = alt.X("week:O", sort=order, title=None, scale=alt.Scale(domain=order), axis=axis)
    y = alt.Y("start:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1]))
    colour = alt.Color(
        "sentiment:N", legend=None, scale=alt.Scale(domain=list(SENTIMENTS), range=[NEGATIVE, NEUTRAL, POSITIVE])
    )
    bars = alt.Chart(alt.InlineData(values=shares)).mark_bar().encode(x=x, y=y, y2="end:Q", color=colour)
    figures = alt.Chart(alt.InlineData(values=shares)).mark_text(fontSize=10, color="#fff")
    remarks = alt.Chart(alt.InlineData(values=notes)).mark_text(fontSize=11, color=INK)
    texts = [layer.encode(x=x, y="middle:Q", text="label:N") for layer in (figures, remarks)]
    return themed(alt.layer(bars, *texts).properties(width=WIDTH, height=130))


def share_parts(week: str, counts: tuple[int, int, int]) -> list[dict[str, Any]]:
    """The three stacked parts of one week; a part too thin for its figure, and the neutral one, carry none."""
    parts = []
    for place, name in enumerate(SENTIMENTS):
        start, end = (sum(counts[:upto]) / sum(counts) for upto in (place, place + 1))
        label = f"{end - start:.0%}" if name != "neutral" and end - start >= 0.1 else ""
        parts.append({"week": week, "sentiment": name, "start": start, "end": end, "middle": (start + end) / 2, "label": label})
    return parts


def attribute_ledger(rows: Sequence[tuple[str, int, int]]) -> Drawable:
    """Diverging bars, contested to the left and confirmed to the right, from (attribute name, confirmed, contested)."""
    import altair as alt

    top = max((max(confirmed, contested) for _, confirmed, contested in rows), default=0) or 1
    values = [value for row in rows for value in ledger_bars(*row, step=top * 0.04)]
    names = [name for name, _, _ in rows]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(ticks=False, domain=False, labelFontSize=12, labelLimit=120))
    )
    x = alt.X(
        "mentions:Q",
        title="← contested · confirmed →",
        scale=alt.Scale(domain=[-top * 1.25, top * 1.25]),
        axis=alt.Axis(labels=False, ticks=False, grid=False, domain=False),
    )
    sides = alt.Scale(domain=["contested", "absent", "confirmed"], range=[NEGATIVE, NEUTRAL, POSITIVE])
    bars = base.mark_bar(cornerRadiusEnd=2, height=16).encode(x=x, color=alt.Color("side:N", legend=None, scale=sides))
    middle = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, opacity=0.5).encode(x="zero:Q")
    left = base.mark_text(align="right", fontSize=11, color=INK).transform_filter("datum.at < 0")
    right = base.mark_text(align="left", fontSize=11, color=INK).transform_filter("datum.at >= 0")
    figures = [side.encode(x="at:Q", text="label:N") for side in (left, right)]
    return themed(alt.layer(bars, middle, *figures).properties(width=WIDTH - 60, height=alt.Step(26)))


def ledger_bars(name: str, confirmed: int, contested: int, *, step: float) -> list[dict[str, Any]]:
    """The bars of one attribute, with its figures `step` beyond their ends; a word without a bar where nobody speaks of it."""
    if not confirmed and not contested:
        return [{"name": name, "side": "absent", "mentions": 0, "at": step, "label": "nobody speaks of it"}]
    left = {"name": name, "side": "contested", "mentions": -contested, "at": -contested - step, "label": str(contested)}
    right = {"name": name, "side": "confirmed", "mentions": confirmed, "at": confirmed + step, "label": str(confirmed)}
    return [bar for bar in (left, right) if bar["mentions"]]


def hours_of_day(counts: Sequence[int], all_counts: Sequence[int] = (), busy: Sequence[int] = ()) -> Drawable:
    """Complaints by local hour, from 24 counts; a line for as many as there would be if they came when all mentions come.

    `all_counts` are those mentions by hour; empty draws no lines. `busy` hours, which stand out of them, have a colour.
    """
    if len(counts) != 24 or len(all_counts) not in (0, 24):
        raise ValueError(f"hours_of_day needs 24 counts, got {len(counts)} and {len(all_counts)}")
    hours = [f"{hour:02d}" for hour in range(24)]
    return bars_beside(hours, counts, all_counts, busy, title="hour of day", shown=hours[::3])


def days_of_week(counts: Sequence[int], all_counts: Sequence[int] = (), busy: Sequence[int] = ()) -> Drawable:
    """Complaints by local weekday, from 7 counts, Monday first; else as `hours_of_day`."""
    if len(counts) != 7 or len(all_counts) not in (0, 7):
        raise ValueError(f"days_of_week needs 7 counts, got {len(counts)} and {len(all_counts)}")
    return bars_beside(WEEKDAYS, counts, all_counts, busy, title=None, shown=WEEKDAYS)


def bars_beside(
    names: Sequence[str],
    counts: Sequence[int],
    all_counts: Sequence[int],
    busy: Sequence[int],
    *,
    title: str | None,
    shown: Sequence[str],
) -> Drawable:
    """A bar for each slot, with a line across it for what is usual; `shown` names stand on the axis."""
    import altair as alt

    expected = expected_counts(counts, all_counts)
    places = zip(names, counts, expected or counts, strict=True)
    values = [
        {
            "slot": name,
            "complaints": count,
            "top": max(count, usual),
            "label": str(count) if count else "",
            "busy": place in busy,
        }
        for place, (name, count, usual) in enumerate(places)
    ]
    top = max([*counts, *expected]) or 1
    axis = alt.Axis(labelAngle=0, ticks=False, values=list(shown))
    x = alt.X("slot:O", sort=list(names), title=title, axis=axis)
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=x, y=alt.Y("complaints:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top * 1.25]))
    )
    colour = alt.condition("datum.busy", alt.value(NEGATIVE), alt.value(ACCENT))
    bars = base.mark_bar(cornerRadiusEnd=2).encode(color=colour)
    figures = base.mark_text(dy=-6, fontSize=9, color=INK).encode(y=alt.Y("top:Q", axis=None), text="label:N")
    across = [{"slot": name, "expected": value} for name, value in zip(names, expected, strict=False)]
    line = alt.Chart(alt.InlineData(values=across)).mark_tick(color=INK, thickness=2, size=0.9 * WIDTH / len(names))
    lines = [line.encode(x=x, y=alt.Y("expected:Q", axis=None))] if across else []
    return themed(alt.layer(bars, *lines, figures).properties(width=WIDTH, height=90))


def expected_counts(counts: Sequence[int], all_counts: Sequence[int]) -> list[float]:
    """The complaints of each slot if they came when all mentions come; nothing where that is not known."""
    whole = sum(all_counts)
    return [sum(counts) * count / whole for count in all_counts] if whole else []


def themed(chart: Drawable) -> Drawable:
    """The look that all charts share: no frame, ink from the page, its fonts."""
    axis = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "grid": False, "titleFontWeight": "normal"}
    plain: Drawable = chart.configure(font=FONT, background="transparent", axis=axis, header={"labelColor": INK})
    plain = plain.configure_view(stroke=None)
    return plain


def chart_svg(chart: Drawable, *, title: str) -> str:
    """Draw a chart as an SVG element for HTML, with `title` as its accessible name. Takes about 0.1 s."""
    import vl_convert

    # One image with one name: the roles and names that Vega gives each bar would be read out one by one.
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", vl_convert.vegalite_to_svg(chart.to_dict()))
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(title, quote=True)}" ', 1)
