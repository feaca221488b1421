"""The sources as tables for the terminal: how each fares, and the latest crawls of one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.text import Text

from reporting.phrases import counted
from reporting.terminal import clean, heading, indented, new_table, sparkline
from trends.health import Run, RunsAnswer, SourceHealth, SourcesAnswer
from trends.windows import local_time

STATE_SIGNS = {"ok": "✓", "failing": "!", "paused": "✗", "silent": "?", "off": "–", "never run": "·", "imported": "·"}
"""A sign for each state, so that colour never carries it alone."""
STATE_STYLES = {"ok": "green", "failing": "yellow", "paused": "bold red", "silent": "magenta", "off": "dim", "never run": "dim"}


def sources_table(answer: SourcesAnswer, zone: ZoneInfo) -> RenderableType:
    """One line a source, then what is wrong with those that need somebody."""
    if not answer.sources:
        return Group(Text("No source is configured; add a table like [sources.feeds]."), *others_lines(answer))
    columns = (("State", ""), ("4 weeks", ""), ("Mentions", "right"), ("Last success", ""), ("Next run", ""))
    table = new_table(("Source", ""), *columns)
    for source in answer.sources:
        table.add_row(*source_cells(source, zone))
    lines = [part for source in answer.sources if source.warning for part in warning_lines(source.source, source.warning)]
    met = [source for source in answer.sources if source.error and not source.warning and source.state == "ok"]
    lines += [part for source in met for part in warning_lines(source.source, f"its last crawl met an error: {source.error}")]
    unscheduled = [] if answer.scheduled else [Text("No scheduler runs: `repute run` starts it.", style="dim")]
    parts = [heading("Sources", f"times in {zone.key}"), Text(""), table, Text(""), *lines, *unscheduled]
    return Group(*parts, *others_lines(answer))


def source_cells(source: SourceHealth, zone: ZoneInfo) -> list[Text]:
    """The line of one source."""
    state = Text(f"{STATE_SIGNS[source.state]} {source.state}", style=STATE_STYLES.get(source.state, ""))
    times = [moment_words(source.last_success, zone) or "never", moment_words(source.next_run, zone) or "–"]
    return [Text(clean(source.source)), state, Text(sparkline(source.days)), Text(f"{source.mentions:,}"), *map(Text, times)]


def warning_lines(name: str, words: str) -> list[RenderableType]:
    """What a person should know of one source."""
    return [Text(clean(name), style="bold"), indented(words)]


def others_lines(answer: SourcesAnswer) -> list[RenderableType]:
    """The sources that there are besides."""
    return [Text(f"Not in the configuration: {', '.join(answer.others)}")] if answer.others else []


def moment_words(moment: str | None, zone: ZoneInfo) -> str:
    """A UTC time as local day and minute; nothing for none."""
    return f"{local_time(moment, zone):%Y-%m-%d %H:%M}" if moment else ""


def runs_table(answer: RunsAnswer, zone: ZoneInfo) -> RenderableType:
    """One crawl after the other, newest first."""
    if not answer.runs:
        return Text(f"{clean(answer.source)}: has never run.")
    counts = [(name, "right") for name in ("Requests", "Mentions", "New", "Updated", "KB", "Took", "Errors")]
    table = new_table(("Started", ""), ("Ended", ""), *counts)
    for run in answer.runs:
        numbers = (run.requests, run.items, run.new, run.updated, round(run.bytes / 1000))
        cells = [*(f"{number:,}" for number in numbers), f"{run.duration:.0f} s", str(run.errors or "")]
        table.add_row(moment_words(run.started, zone), run.status, *cells)
    details = [part for run in answer.runs for part in run_lines(run, zone)]
    title = heading(f"The last {counted(len(answer.runs), 'crawl')} of {clean(answer.source)}", f"times in {zone.key}")
    return Group(title, Text(""), table, Text(""), *details)


def run_lines(run: Run, zone: ZoneInfo) -> list[RenderableType]:
    """What one crawl covered, where it stands, what it left out and what went wrong."""
    lines = []
    if run.since and run.until:
        whole = "" if run.complete else ", with gaps"
        lines.append(f"covered {moment_words(run.since, zone)} to {moment_words(run.until, zone)}{whole}")
    if run.dropped:
        lines.append("left out: " + ", ".join(f"{drop.count:,} {drop.name}" for drop in run.dropped))
    if run.cursor:
        lines.append(f"stands at {run.cursor}")
    if run.error:
        lines.append(f"first error: {run.error}")
    return [Text(moment_words(run.started, zone), style="bold"), *map(indented, lines)] if lines else []
