"""What was watched, for the terminal: figures of every site, and a timeline in which a gap is a gap."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from reporting.phrases import counted
from reporting.terminal import clean, heading, indented, new_table, notes_lines
from trends.watching import WatchedSite, Watching
from trends.windows import Window, days_label, local_day

FULL, PART, NONE, AHEAD = "█", "▒", "·", " "
NEARLY = 0.98
"""From here on a step counts as watched: a quarter of an hour of a day is no gap."""
HARDLY = 0.02
FIGURES = (
    ("Watched", "right"), ("Mentions", "right"), ("Per day", "right"), ("First watch", ""), ("Last watch", ""), ("Crawled", ""),
)  # fmt: skip
WIDTH = 100
"""Characters of a line, as the terminal has them."""
BETWEEN = 2
"""Blanks behind a column, as `new_table` puts them."""
SHORTEST = 16
"""Characters that a site's name has at least."""
NAME = 28
"""Characters of a site's name; a longer one is cut in the middle."""
STEP_WORDS = {1: "a day", 7: "a week", 28: "four weeks", 91: "a quarter", 364: "a year"}


def watching_table(answer: Watching) -> RenderableType:
    """Every site with its figures, then timelines, then what to look at."""
    title = heading(f"What was watched for {answer.brand_name}", f"{answer.window.label}: {counted(answer.n, 'mention')}")
    if not answer.sites:
        return Group(title, Text(""), notes_lines(answer.notes))
    warnings = [indented(f"! {site.source}/{site.site}: {site.warning}", "yellow") for site in answer.sites if site.warning]
    warned: list[RenderableType] = [*warnings, Text("")] if warnings else []
    return Group(title, Text(""), sites_grid(answer), Text(""), *timelines(answer), *warned, notes_lines(answer.notes))


def sites_grid(answer: Watching) -> RenderableType:
    """One line a site: its name has the room that the figures leave."""
    rows = [figure_cells(site, answer.window) for site in answer.sites]
    taken = sum(max(len(title), *(len(row[place]) for row in rows)) + BETWEEN for place, (title, _) in enumerate(FIGURES))
    room = min(NAME, max(WIDTH - taken - BETWEEN, SHORTEST))
    table = new_table(("Site", ""), *FIGURES)
    for site, cells in zip(answer.sites, rows, strict=True):
        table.add_row(Text(short(f"{site.source}/{site.site}", room)), *(Text(cell) for cell in cells))
    return table


def figure_cells(site: WatchedSite, window: Window) -> list[str]:
    """The figures of a site, as `FIGURES` names them."""
    return [
        days_cell(site),
        f"{site.mentions + site.found:,}",
        "–" if site.per_watched_day is None else f"{site.per_watched_day:.1f}",
        *(day_cell(moment, window) for moment in (site.first, site.last, site.last_success)),
    ]


def short(name: str, room: int = NAME) -> str:
    """A name that fits its column."""
    name = clean(name)
    return name if len(name) <= room else f"{name[: room // 2]}…{name[-(room - room // 2 - 1) :]}"


def days_cell(site: WatchedSite) -> str:
    """How many of the days that have passed were watched."""
    if site.watched_days is None or site.days is None:
        return "by search" if site.state == "searched" else "not known"
    return f"{days_words(site.watched_days)} of {days_words(site.days)}"


def days_words(days: float) -> str:
    """A number of days; of hundreds of them nobody asks for tenths."""
    return f"{days:,.0f}" if days >= 100 else f"{days:.1f}".removesuffix(".0")


def day_cell(moment: str | None, window: Window) -> str:
    """A day in words."""
    day = local_day(moment, window.zone) if moment else None
    return days_label(day, day) if day else "–"


def timelines(answer: Watching) -> list[RenderableType]:
    """A line for each site that was watched; below it its listings that were not watched throughout."""
    drawn = [site for site in answer.sites if any(part is not None for part in site.timeline)]
    if not drawn or answer.span is None:
        return []
    step = STEP_WORDS[answer.step_days]
    lines: list[RenderableType] = [
        Text(f"{answer.span.label}, {step} each: {FULL} watched, {PART} partly, {NONE} not", style="dim"),
    ]
    for site in drawn:
        lines.append(Text(short(f"{site.source}/{site.site}")))
        lines.append(Text(f"  {line_of(site.timeline)}"))
        if len({listing.timeline for listing in site.listings}) > 1 or len(site.listings) < site.listing_count:
            for listing in site.listings:
                lines += [Text(f"    {short(listing.listing)}"), Text(f"    {line_of(listing.timeline)}")]
    return [*lines, Text("")]


def line_of(timeline: Sequence[float | None]) -> str:
    """One character a step."""
    return "".join(map(sign_of, timeline)).rstrip()


def sign_of(part: float | None) -> str:
    """Watched, partly, not, or not yet."""
    if part is None:
        return AHEAD
    return FULL if part >= NEARLY else PART if part > HARDLY else NONE
