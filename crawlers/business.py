"""Business series in a table: one row a value (name, day, value), or one row a day with a column for each series."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawlers.columns import METRIC_NAMES, choose_columns
from crawlers.dates import parse_date
from crawlers.importer import Tally
from crawlers.ratings import parse_amount
from crawlers.tables import Fault, ImportProblem, Table
from store.metrics import PART
from store.records import Metric


@dataclass(frozen=True)
class MetricColumns:
    """Where the values of a table stand."""

    chosen: Mapping[str, str]
    """What was taken from which column; with a column for each series `date`, and `part` where there is one."""
    series: tuple[str, ...] = ()
    """Columns that are a series each; empty where each row is one value."""


def choose_metric_columns(there: Sequence[str], wanted: Mapping[str, str]) -> MetricColumns:
    """Find out which of both kinds a table is. Raises `ImportProblem` without a day, or a name without a value."""
    chosen = choose_columns(there, wanted, names=METRIC_NAMES, needed=("date",))
    left = tuple(column for column in there if column not in chosen.values())
    if "value" in chosen or "name" in chosen or not left:
        return MetricColumns(choose_columns(there, wanted, names=METRIC_NAMES, needed=("date", "value")))
    return MetricColumns(chosen, left)


def read_metrics(
    table: Table, columns: MetricColumns, tally: Tally, day_first: bool | None, *, name: str, now: str
) -> Iterator[tuple[str, Metric]]:
    """(column, value) of each value, leaving out what has no name, day or number; `name` is that of a series without one.

    A value stands for its day, week, month or quarter: one of a quarter that has not begun at `now` is left out, too, since
    nobody can know it, and its date is likely a mistake. In a table with a column for each series each cell counts as a row,
    and empty ones are gaps.
    """
    seen: dict[tuple[str, str], int] = {}
    end = next_quarter(now)
    for row in table.rows():
        if isinstance(row, Fault):
            tally.rows += 1
            tally.leave_out(row.line, "not readable", row.reason)
            continue
        for column, found, told in read_row(row[1], columns, day_first, name):
            tally.rows += 1
            if isinstance(found, str):
                tally.leave_out(row[0], found, f"{found}: {told}")
                continue
            if found.date >= end:
                tally.leave_out(row[0], "dated ahead", f"dated ahead: {told}; the day of this import is {now[:10]}")
                continue
            if columns.series:
                refuse_repeat(seen, found, row[0])
            yield column, found


def read_row(
    cells: Mapping[str, str], columns: MetricColumns, day_first: bool | None, name: str
) -> Iterator[tuple[str, Metric | str, str]]:
    """(column, value or what it lacks, what the row says) of each value of a row."""
    said = {field: cells.get(column, "").strip() for field, column in columns.chosen.items()}
    day, _ = parse_date(said["date"], day_first=day_first)
    for column in columns.series or (columns.chosen["value"],):
        cell = cells.get(column, "").strip()
        if columns.series and not cell:
            continue
        value = parse_amount(cell)
        called = column if columns.series else said.get("name", name)
        told = f"name {called!r}, date {said['date']!r}, value {cell!r}"
        if not called:
            yield column, "no name", told
            continue
        if day is None:
            yield column, "no day", f"{told} (where it may be two: --day-first or --month-first)"
            continue
        if value is None or not math.isfinite(value):
            yield column, "no number", told
            continue
        full = f"{called}{PART}{said['part']}" if said.get("part") else called
        yield column, Metric(name=full, date=day[:10], value=value), told


def next_quarter(now: str) -> str:
    """The first day after the quarter of a time, YYYY-MM-DD."""
    year, month = int(now[:4]), (int(now[5:7]) - 1) // 3 * 3 + 4
    return f"{year + 1}-01-01" if month > 12 else f"{year}-{month:02}-01"


def refuse_repeat(seen: dict[tuple[str, str], int], metric: Metric, line: int) -> None:
    """A table with a column for each series has one row a day: a second row says that it is no such table."""
    first = seen.setdefault((metric.name, metric.date), line)
    if first != line:
        raise ImportProblem(
            f"lines {first} and {line}: {metric.name!r} has two values for {metric.date}; "
            "if each row is one value, say where its name stands with --column name=COLUMN --column value=COLUMN"
        )
