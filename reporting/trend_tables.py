"""`repute trend` as tables for the terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from reporting.phrases import MINUS, counted, ends_words, is_nought, percent, signed
from reporting.service_tables import GOAL_SIGNS, goal_words, points, run_words, since_words, value_words
from reporting.terminal import BAR, SPARKS, UNWATCHED, clean, heading, indented, new_table, notes_lines
from trends.correlation import LagCorrelation
from trends.differences import Difference
from trends.goals import GoalAnswer
from trends.timeline_answers import Laid, Level, Line, Point, Shift, Told, Trend
from trends.timeline_kinds import RATED

DRAWN = 13
"""Weeks or months of a sparkline, a quarter of a year: more do not fit beside the figures."""
WIDTH = 18
"""Characters of a bar."""
FEW = "?"
TOLD_SIGNS: dict[Told, str] = {
    "better": "✓ better",
    "worse": "✗ worse",
    "more": "↗ more",
    "less": "↘ less",
    "no clear change": "→ unclear",
    "too few to say": "? too few",
    "no comparison": "– none",
}
TOLD_STYLES: dict[Told, str] = {"better": "green", "worse": "bold red"}
COUNTS = ("mentions", "people")
LAGS_LEGEND = (
    "Of what is left beside the trend of each, from a year of weeks on beside its season too: "
    "Pearson's r with its 95% interval, weeks of both, Spearman's r (far from the other, a few weeks carry it)"
)


def trend_table(answer: Trend) -> RenderableType:
    """One figure period by period, or the main ones as sparklines."""
    what = f", {answer.topic or answer.attribute}" if answer.topic or answer.attribute else ""
    beside = f"{answer.window.label}: {counted(answer.n, 'mention')}"
    if is_empty(answer):
        nothing = Text(nothing_words(answer.figure))
        title = heading(f"Trend of {answer.brand_name}{what}", beside)
        return Group(title, nothing, Text(""), *goal_lines(answer.goals), notes_lines(answer.notes))
    title = heading(f"{answer.figures[0].name if answer.figure else 'Trend'} of {answer.brand_name}{what}", beside)
    body = figure_parts(answer) if answer.figure else [lines_grid(answer), Text(legend(answer), style="dim"), Text("")]
    notes = (*answer.laid_notes, *answer.notes)
    return Group(title, Text(""), *body, *goal_lines(answer.goals), *laid_lines(answer.laid), notes_lines(notes))


def is_empty(answer: Trend) -> bool:
    """Whether nobody has given a rating of the kind that was asked for: rows of nothing say less than one sentence."""
    if answer.figure not in RATED:
        return not answer.figures
    levels = [*(line.level for line in answer.figures), *(point.level for point in answer.periods)]
    return not any(level.n for level in levels)


def nothing_words(figure: str) -> str:
    """That there is nothing to show, and where it would come from."""
    asked = {"nps": "answered an NPS question", "csat": "answered a CSAT question", "stars": "given stars from 1 to 5"}
    survey = f" `repute import FILE --kind survey --measure {figure}` takes a survey." if figure in ("nps", "csat") else ""
    return f"Nobody has {asked.get(figure, 'given a rating')} in this window.{survey}"


def lines_grid(answer: Trend) -> RenderableType:
    """One line a figure."""
    columns = (("A day", "right"), ("n", "right"), ("Change", ""), ("", ""), (f"By {answer.every}", ""))
    table = new_table(("Figure", ""), ("Level (95%)", ""), *columns)
    for line in answer.figures:
        told: Told = line.shift.told if line.shift else "no comparison"
        table.add_row(
            Text(clean(line.name)),
            Text(level_words(line)),
            Text("" if line.level.per_day is None else f"{line.level.per_day:,.1f}"),
            Text(f"{line.level.n:,}"),
            Text(size_words(line)),
            Text(TOLD_SIGNS[told], style=TOLD_STYLES.get(told, "")),
            Text(spark(line, answer.points(line.line)[-DRAWN:])),
        )
    for column in table.columns[1:]:
        column.no_wrap = True
    return table


def legend(answer: Trend) -> str:
    """What the signs of the sparklines mean."""
    count = len(answer.points(answer.figures[0].line))
    said = f"the last {DRAWN} of {count} {answer.every}s" if count > DRAWN else counted(count, answer.every)
    zero = "shares and counts begin at nought, net figures and means at their lowest"
    return f"{said}; {UNWATCHED} not watched, {FEW} too few to say; {zero}"


def figure_parts(answer: Trend) -> list[RenderableType]:
    """Each line in full: level, change, then its periods."""
    parts: list[RenderableType] = []
    for line in answer.figures:
        name = [Text(clean(line.name), style="bold")] if len(answer.figures) > 1 else []
        periods = answer.points(line.line)
        parts += [*name, *line_words(line), Text(""), points_grid(line, periods), *bar_words(line, periods), Text("")]
    return parts


def bar_words(line: Line, found: Sequence[Point]) -> list[RenderableType]:
    """Where the bars of a figure begin that has no nought to begin at; nothing where they begin at nought."""
    low, high = bounds(line, found)
    if line.unit not in ("net", "mean") or high <= low:
        return []
    return [Text(f"Bars begin at the lowest, {number(line, low)}.", style="dim")]


def line_words(line: Line) -> list[RenderableType]:
    """Level and change in words."""
    level = line.level
    raw = f"; uncorrected {value_of(line, level.raw)}" if level.raw is not None else ""
    people = counted(level.people, "person", "people")
    rate = "" if level.per_day is None else f", {level.per_day:,.1f} a day"
    texts = [Text(f"Level: {level_words(line)}{rate}, n = {level.n:,} of {people}{raw}")]
    if line.shift is not None:
        texts.append(Text(shift_words(line, line.shift), style=TOLD_STYLES.get(line.shift.told, "")))
    return list(texts)


def shift_words(line: Line, shift: Shift) -> str:
    """The change against the window before, with its interval."""
    found = shift.difference
    if found.value is None or found.low is None or found.high is None:
        return "Against the window before: too few to say"
    a_day = " a day" if line.unit in COUNTS else ""
    ends = ends_words(found.low, found.high, lambda value, digits: delta(line, value, digits), delta_digits(line))
    before, now = (number(line, value) for value in (found.second, found.first))
    return f"Against the window before: {delta(line, found.value)}{a_day} ({ends}), from {before} to {now}{a_day}: {shift.told}"


def points_grid(line: Line, found: Sequence[Point]) -> RenderableType:
    """One row a period; a gap is said to be one."""
    raw = (("Uncorrected", ""),) if line.corrected else ()
    rate = (("A day", "right"),) if line.unit in COUNTS else ()
    columns = (("95% interval", ""), *raw, *rate, ("n", "right"), ("People", "right"), ("Watched", "right"))
    table = new_table(("Period", ""), (clean(line.name), ""), *columns)
    ends = bounds(line, found)
    for point in found:
        level = point.level
        if point.level.value is None:
            cells = [point.status if point.status == "not watched" else "too few to say", ""]
        else:
            drawn = drawn_bar(level.value, ends)
            cells = [f"{value_of(line, level.value):>7} {drawn}", interval_words(line, level)]
        cells += [value_of(line, level.raw)] if raw else []
        cells += ["–" if level.per_day is None else f"{level.per_day:,.1f}"] if rate else []
        watched = "–" if point.watched is None else f"{point.watched:.0%}"
        counts = ["", ""] if point.status == "not watched" else [f"{level.n:,}", f"{level.people:,}"]
        table.add_row(Text(point.label), *map(Text, [*cells, *counts, watched]))
    return table


def bounds(line: Line, found: Sequence[Point]) -> tuple[float, float]:
    """Where bars begin and end: counts and shares at nought, net figures and means at the lowest of them."""
    values = [point.level.value for point in found if point.level.value is not None]
    low = 0.0 if line.unit in ("mentions", "people", "share") else min(values, default=0.0)
    return low, max(values, default=0.0)


def drawn_bar(value: float | None, ends: tuple[float, float]) -> str:
    """A bar; something is never drawn as nothing."""
    low, high = ends
    if value is None or high <= low or (low == 0.0 and value <= 0):
        return ""
    return BAR * max(1, round((value - low) / (high - low) * WIDTH))


def spark(line: Line, found: Sequence[Point]) -> str:
    """A small column for each period."""
    low, high = bounds(line, found)
    signs = []
    for point in found:
        value = point.level.value
        if value is None:
            signs.append(UNWATCHED if point.status == "not watched" else FEW)
        elif high <= low or (low == 0.0 and value <= 0):
            signs.append(SPARKS[0])
        else:
            least = 1 if low == 0.0 else 0
            signs.append(SPARKS[max(least, round((value - low) / (high - low) * 7))])
    return "".join(signs)


def value_of(line: Line, value: float | None) -> str:
    """A value in its unit."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if line.unit in COUNTS else number(line, value)


def number(line: Line, value: float | None) -> str:
    """A value in its unit; a count as a rate."""
    if value is None:
        return "–"
    if line.unit == "share":
        return percent(value)
    if line.unit == "net":
        return points(value) if line.figure == "nps" else signed(value)
    return f"{value:.2f}" if line.unit == "mean" else f"{value:,.1f}"


def delta(line: Line, value: float, digits: int | None = None) -> str:
    """A difference in its unit, with its sign; of shares in percentage points, of NPS in points."""
    scaled = value * 100 if line.unit == "share" or line.figure == "nps" else value
    text = f"{abs(scaled):,.{delta_digits(line) if digits is None else digits}f}"
    sign = "" if is_nought(text) else MINUS if value < 0 else "+"
    return f"{sign}{text}{' pp' if line.unit == 'share' else ''}"


def delta_digits(line: Line) -> int:
    """How many digits a difference has behind the point."""
    if line.figure == "nps":
        return 0
    return 2 if line.unit in ("net", "mean") else 1


def level_words(line: Line) -> str:
    """A level with its interval."""
    level = line.level
    if level.value is None:
        return "too few to say"
    ends = interval_words(line, level)
    return f"{value_of(line, level.value)} ({ends})" if ends else value_of(line, level.value)


def interval_words(line: Line, level: Level) -> str:
    """An interval."""
    if level.low is None or level.high is None:
        return ""
    return f"{value_of(line, level.low)} to {value_of(line, level.high)}"


def size_words(line: Line) -> str:
    """The size of a change in few characters: of counts in percent per day."""
    if line.shift is None or line.shift.difference.value is None:
        return "–"
    found = line.shift.difference
    return part_words(found) if line.unit in COUNTS else delta(line, found.value or 0.0)


def part_words(found: Difference) -> str:
    """A change of a rate in percent."""
    if not found.second:
        return "from 0" if found.first else "0%"
    change = round(((found.first or 0.0) / found.second - 1) * 100)
    return f"{'+' if change > 0 else MINUS if change < 0 else '±'}{abs(change)}%"


def goal_lines(goals: Sequence[GoalAnswer]) -> list[RenderableType]:
    """Each goal: met or missed, since when."""
    if not goals:
        return []
    lines: list[RenderableType] = [Text("Goals", style="bold")]
    for goal in goals:
        sure = "" if goal.sure or goal.value is None else ", not sure"
        now = f"latest week {value_words(goal.value, goal.goal.unit)}"
        since = f"since {since_words(goal)}, {run_words(goal)}"
        lines.append(indented(f"{GOAL_SIGNS[goal.status]} {goal_words(goal)}: {goal.status}{sure}, {since} ({now})"))
    return [*lines, Text("")]


def laid_lines(laid: Sequence[Laid]) -> list[RenderableType]:
    """Business series: what moves with what, and the correlation at each lag."""
    lines: list[RenderableType] = []
    for one in laid:
        lines.append(Text(clean(f"{one.metric} over {one.line}: correlation, not cause"), style="bold"))
        lines += [indented(said) for said in one.sentences]
        lines += [indented(LAGS_LEGEND, style="dim")]
        table = new_table(("Weeks later", "right"), (clean(f"{one.metric} follows"), ""), (clean(f"{one.metric} leads"), ""))
        for after, ahead in zip(one.follows.lags, one.leads.lags, strict=True):
            table.add_row(str(after.lag), Text(lag_words(after)), Text(lag_words(ahead)))
        lines += [table, Text("")]
    return lines


def lag_words(lag: LagCorrelation) -> str:
    """Both correlations of a lag, Pearson's with its interval, and n."""
    return f"{pearson_words(lag)}, {spearman_words(lag)}" if lag.value is not None else pearson_words(lag)


def pearson_words(lag: LagCorrelation) -> str:
    """Pearson's correlation with its interval and n."""
    if lag.value is None or lag.low is None or lag.high is None:
        return f"too few to say ({counted(lag.pairs, 'week')})"
    return f"{signed(lag.value)} ({signed(lag.low)} to {signed(lag.high)}), {counted(lag.pairs, 'week')}"


def spearman_words(lag: LagCorrelation) -> str:
    """Spearman's correlation."""
    return "–" if lag.rank is None else f"{signed(lag.rank)}"
