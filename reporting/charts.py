"""Charts of the answers: Vega-Lite specs, drawn to SVG on this machine. The page needs no script to show them.

Colours are CSS variables with a fallback, so one drawing serves light, dark and print; orange against blue stays apart for
colour-blind readers, and every bar carries its figure, so colour never means anything alone. Text stays text in the SVG: the
browser shapes Hindi and Urdu with its own fonts.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from reporting import vega
from reporting.vega import ACCENT, GAP, INK, NEGATIVE, NEUTRAL, POSITIVE, ROOM, UPRIGHT, Drawable, Encoding, Step

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
    return weekly_panels(rows, top=max((count or 0 for _, _, count in rows), default=0) or 1, form="d")


def weekly_panels(rows: Sequence[tuple[str, str, float | None]], *, top: float, form: str) -> Drawable:
    """Weekly bars up to `top`, a small chart per name, from (name, week label, figure in this `form`, or None for a gap)."""
    values = [
        {
            "name": name,
            "week": week,
            "height": top if figure is None else figure,
            "label": UNWATCHED if figure is None else format(figure, form),
            "gap": figure is None,
        }
        for name, week, figure in rows
    ]
    weeks = list(dict.fromkeys(week for _, week, _ in rows))
    x = vega.ordinal("week", weeks, title=None, axis={**UPRIGHT, "labelOverlap": True})
    y = vega.bare("height", 0, top * ROOM)
    bars = vega.layer(vega.mark("bar", cornerRadiusEnd=2), x=x, y=y, color=vega.either("datum.gap", GAP, ACCENT))
    figures = vega.layer(vega.text(10, dy=-6), x=x, y=y, text=vega.nominal("label"))
    return vega.panels(bars, figures, values=values, by="name", width=WIDTH, height=54)


def sentiment_share(weeks: Sequence[tuple[str, tuple[int, int, int] | None]], too_few: int = 1) -> Drawable:
    """Shares of negative, neutral and positive per week, from (week label, counts in that order or None if unwatched).

    A week with fewer than `too_few` mentions shows "few" and no share.
    """
    order = [week for week, _ in weeks]
    told = [(week, counts) for week, counts in weeks if counts is not None and sum(counts) >= max(too_few, 1)]
    shares = [part for week, counts in told for part in share_parts(week, counts)]
    known = {week for week, _ in told}
    notes = [
        {"week": week, "middle": 0.5, "label": UNWATCHED if counts is None else "few"}
        for week, counts in weeks
        if week not in known
    ]
    x = vega.ordinal("week", order, title=None, scale={"domain": order}, axis={**UPRIGHT, "labelOverlap": True})
    colour = vega.coloured("sentiment", dict(zip(SENTIMENTS, (NEGATIVE, NEUTRAL, POSITIVE), strict=True)))
    bars = vega.layer(vega.mark("bar"), x=x, y=vega.bare("start", 0, 1), y2={"field": "end"}, color=colour)
    words: Encoding = {"x": x, "y": vega.amount("middle"), "text": vega.nominal("label")}
    figures = vega.layer(vega.text(10, color="#fff"), **words)
    remarks = vega.layer(vega.text(11), values=notes, **words)
    return vega.chart(bars, figures, remarks, values=shares, width=WIDTH, height=130)


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
    top = max((max(confirmed, contested) for _, confirmed, contested in rows), default=0) or 1
    values = [value for row in rows for value in ledger_bars(*row, step=top * 0.04)]
    y = vega.named("name", [name for name, _, _ in rows], 12, 120)
    x = vega.amount(
        "mentions",
        title="← contested · confirmed →",
        scale={"domain": [-top * ROOM, top * ROOM]},
        axis={"labels": False, "ticks": False, "domain": False},
    )
    sides = vega.coloured("side", {"contested": NEGATIVE, "absent": NEUTRAL, "confirmed": POSITIVE})
    bars = vega.layer(vega.mark("bar", cornerRadiusEnd=2, height=16), y=y, x=x, color=sides)
    middle = vega.layer(vega.mark("rule", color=INK, opacity=0.5), values=[{"zero": 0}], x=vega.amount("zero"))
    words: Encoding = {"y": y, "x": vega.amount("at"), "text": vega.nominal("label")}
    left = vega.layer(vega.text(11, align="right"), where="datum.at < 0", **words)
    right = vega.layer(vega.text(11, align="left"), where="datum.at >= 0", **words)
    return vega.chart(bars, middle, left, right, values=values, width=WIDTH - 60, height=Step(step=26))


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
    x = vega.ordinal("slot", names, title=title, axis={"labelAngle": 0, "ticks": False, "values": list(shown)})
    y = vega.bare("complaints", 0, top * ROOM)
    bars = vega.layer(vega.mark("bar", cornerRadiusEnd=2), x=x, y=y, color=vega.either("datum.busy", NEGATIVE, ACCENT))
    across = [{"slot": name, "expected": value} for name, value in zip(names, expected, strict=False)]
    tick = vega.mark("tick", color=INK, thickness=2, size=0.9 * WIDTH / len(names))
    lines = [vega.layer(tick, values=across, x=x, y=vega.amount("expected", axis=None))] if across else []
    figures = vega.layer(vega.text(9, dy=-6), x=x, y=vega.amount("top", axis=None), text=vega.nominal("label"))
    return vega.chart(bars, *lines, figures, values=values, width=WIDTH, height=90)


def expected_counts(counts: Sequence[int], all_counts: Sequence[int]) -> list[float]:
    """The complaints of each slot if they came when all mentions come; nothing where that is not known."""
    whole = sum(all_counts)
    return [sum(counts) * count / whole for count in all_counts] if whole else []


def chart_svg(drawn: Drawable, *, title: str) -> str:
    """Draw a chart as an SVG element for HTML, with `title` as its accessible name.

    Takes 0.02 to 0.1 s, most of it to measure the texts, one by one.
    """
    import vl_convert

    # One image with one name: the roles and names that Vega gives each bar would be read out one by one.
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", vl_convert.vegalite_to_svg(drawn))
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(title, quote=True)}" ', 1)
