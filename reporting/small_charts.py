"""Small drawings that come by the dozen: a line with its band beside a figure, and a strip of what was watched.

They are written as SVG outright, since a page of twelve would wait seconds for Vega; colours and gaps are those of
`reporting.vega`. Each has an accessible name; the figures stand beside it, or in a table.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from itertools import groupby

from reporting.vega import ACCENT, GAP
from reporting.watching_tables import HARDLY, NEARLY
from trends.timeline_answers import Point

WIDTH, HEIGHT, EDGE = 240.0, 56.0, 4.0
WHOLE = f'height="{HEIGHT:.0f}"'
STRIP_HEIGHT = 14
LAST_FEW = 52
"""Periods of a small line: more would be dots on dots."""
WATCHED, PARTLY, NOT_WATCHED = "watched", "partly", "none"
HEIGHTS = {WATCHED: 1.0, PARTLY: 0.5, NOT_WATCHED: 0.2}
"""A height for each, so that colour never carries it alone."""
STATE_WORDS = {WATCHED: "watched", PARTLY: "watched in part", NOT_WATCHED: "not watched"}


def spark_svg(points: Sequence[Point], *, title: str, from_zero: bool) -> str:
    """A line with its 95% band, oldest first; it breaks at a gap, and what was not watched is grey."""
    shown = points[-LAST_FEW:]
    low, high = spark_bounds(shown, from_zero)
    step = (WIDTH - 2 * EDGE) / max(len(shown) - 1, 1)
    x = [EDGE + step * place for place in range(len(shown))]

    def y(value: float) -> float:
        return HEIGHT - EDGE - (value - low) / (high - low) * (HEIGHT - 2 * EDGE)

    parts = [
        f'<rect class="gap" x="{x[run[0]] - step / 2:.1f}" y="0" width="{step * len(run):.1f}" {WHOLE} fill="{GAP}"/>'
        for run in runs([point.status == "not watched" for point in shown])
    ]
    for run in runs([point.level.value is not None for point in shown]):
        known = [(x[place], shown[place].level) for place in run]
        ends = [(at, level.low, level.high) for at, level in known if level.low is not None and level.high is not None]
        there, back = [(at, y(up)) for at, _, up in ends], [(at, y(down)) for at, down, _ in reversed(ends)]
        parts.append(f'<polygon points="{path([*there, *back])}" fill="{ACCENT}" opacity=".18"/>')
        line = path([(at, y(level.value or 0.0)) for at, level in known])
        parts.append(f'<polyline points="{line}" fill="none" stroke="{ACCENT}" stroke-width="2"/>')
    parts += [f'<circle cx="{at:.1f}" cy="{y(value):.1f}" r="2.5" fill="{ACCENT}"/>' for at, value in spark_ends(shown, x)]
    return svg_of("spark", title, f"0 0 {WIDTH:.0f} {HEIGHT:.0f}", "".join(parts))


def spark_bounds(points: Sequence[Point], from_zero: bool) -> tuple[float, float]:
    """Where the drawing begins and ends: with the intervals, and at nought for counts and shares."""
    levels = [point.level for point in points if point.level.value is not None]
    ends = [end for level in levels for end in (level.low, level.value, level.high) if end is not None]
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    low = min(low, 0.0) if from_zero else low
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def runs(flags: Sequence[bool]) -> Iterator[list[int]]:
    """Places of the flags that are set, those beside each other together."""
    for flag, places in groupby(range(len(flags)), key=flags.__getitem__):
        if flag:
            yield list(places)


def spark_ends(points: Sequence[Point], x: Sequence[float]) -> list[tuple[float, float]]:
    """What has a dot: the latest known period, and every one that stands alone between gaps, which no line would show."""
    known = [point.level.value is not None for point in points]
    alone = [run[0] for run in runs(known) if len(run) == 1]
    latest = [place for place, there in enumerate(known) if there][-1:]
    return [(x[place], points[place].level.value or 0.0) for place in sorted({*alone, *latest})]


def path(points: Sequence[tuple[float, float]]) -> str:
    """Points of a line."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def strip_svg(timeline: Sequence[float | None], *, title: str) -> str:
    """A strip of equal steps from left to right: watched, in part, not; steps that have not begun stay empty."""
    parts, place = [], 0
    for state, steps in groupby(timeline, key=state_of):
        length = len(list(steps))
        if state:
            tall = STRIP_HEIGHT * HEIGHTS[state]
            parts.append(
                f'<rect class="{state}" x="{place}" y="{STRIP_HEIGHT - tall:.1f}" width="{length}" height="{tall:.1f}"/>'
            )
        place += length
    box = f"0 0 {max(len(timeline), 1)} {STRIP_HEIGHT}"
    return svg_of("strip", title, box, "".join(parts), ' preserveAspectRatio="none" shape-rendering="crispEdges"')


def state_of(part: float | None) -> str:
    """Which of the three a step is; empty before it has begun."""
    if part is None:
        return ""
    return WATCHED if part >= NEARLY else PARTLY if part > HARDLY else NOT_WATCHED


def strip_title(name: str, timeline: Sequence[float | None], step: str) -> str:
    """The strip in words, for those who do not see it."""
    states = [state for part in timeline if (state := state_of(part))]
    counts = [f"{states.count(state)} {words}" for state, words in STATE_WORDS.items() if state in states]
    return f"{name}: of {len(states)} steps of {step}, {', '.join(counts) or 'none has begun'}"


def svg_of(kind: str, title: str, box: str, inside: str, more: str = "") -> str:
    """An SVG element for HTML with an accessible name."""
    name = html.escape(title, quote=True)
    return f'<svg class="{kind}" role="img" aria-label="{name}" viewBox="{box}"{more}>{inside}</svg>'
