"""`repute import`: an owner's export, a survey or past data, from CSV or JSON lines into the store."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config import Config
from crawlers.columns import METRIC_NAMES, choose_columns
from crawlers.dates import parse_date
from crawlers.importer import Importer, Reading, Tally
from crawlers.ratings import parse_amount
from crawlers.tables import Fault, ImportProblem, Table, open_table
from store.authors import load_secret
from store.database import open_database
from store.metrics import save_metrics
from store.records import MatchedMention, Metric
from store.saving import Author, save_mentions

__all__ = ["ImportProblem", "ImportReport", "Reading", "import_file", "import_metrics"]

BATCH = 1000
Progress = Callable[[int, int], None]
"""Called with the line reached and the number of lines."""


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of a file. `rows` is the sum of all counts but `undated`."""

    columns: Mapping[str, str]
    """What was taken from which column."""
    rows: int
    new: int
    updated: int
    unchanged: int
    repeated: int
    """Rows that say the same as an earlier row of the file."""
    left_out: tuple[tuple[str, int], ...]
    """(reason, count), most frequent first."""
    undated: int
    faults: tuple[tuple[int, str], ...]
    """(line, reason) of the first rows that were left out or came without their date or rating."""
    unknown_brands: tuple[tuple[str, int], ...] = ()


def import_file(
    path: Path,
    config: Config,
    *,
    now: str,
    reading: Reading | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import mentions and return what became of the rows. Faulty rows cost themselves only.

    Rows are saved a thousand at a time under ids that the same row has again, so that an import that was killed is finished
    by starting it again. Raises `ImportProblem` for a file that cannot be read, `StoreError` for a store that cannot.
    """
    reading = reading or Reading(site=site_of(path))
    table = open_table(path, encoding=encoding, delimiter=delimiter)
    chosen = explained(path, table, columns or {})
    importer = Importer(config, reading, chosen, now)
    with contextlib.closing(open_database(config.database)) as db:
        author = Author(load_secret(config.database), config.keep_author_names)
        for batch in batches(importer, table, progress):
            saved = save_mentions(db, batch, author=author, now=now)
            importer.tally.new += saved.new
            importer.tally.updated += saved.updated
            importer.tally.unchanged += saved.unchanged
    return compose_report(chosen, importer.tally)


def site_of(path: Path) -> str:
    """A file's name without its endings: what reports show as the site."""
    return path.name.removesuffix(".gz").rpartition(".")[0] or path.name


def explained(path: Path, table: Table, columns: Mapping[str, str], **more: object) -> dict[str, str]:
    """Choose the columns, with the file's name before any fault."""
    try:
        return choose_columns(table.columns, columns, **more)  # type: ignore[arg-type]
    except ImportProblem as problem:
        raise ImportProblem(f"{path}: {problem}") from None


def batches(importer: Importer, table: Table, progress: Progress | None) -> Iterator[list[MatchedMention]]:
    """The rows of a file as mentions, a thousand at a time."""
    batch: list[MatchedMention] = []
    for row in table.rows():
        importer.tally.rows += 1
        if isinstance(row, Fault):
            importer.tally.leave_out(row.line, "not readable", row.reason)
            continue
        line, cells = row
        matched = importer.take(line, cells)
        if matched is not None:
            batch.append(matched)
        if progress and importer.tally.rows % 100 == 0:
            progress(line, table.lines)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch
    if progress:
        progress(table.lines, table.lines)


def compose_report(columns: Mapping[str, str], tally: Tally) -> ImportReport:
    """Write down the counts."""
    return ImportReport(
        columns=columns,
        rows=tally.rows,
        new=tally.new,
        updated=tally.updated,
        unchanged=tally.unchanged,
        repeated=tally.repeated,
        left_out=tuple(tally.left_out.most_common()),
        undated=tally.undated,
        faults=tuple(tally.faults),
        unknown_brands=tuple(tally.unknown_brands.most_common()),
    )


def import_metrics(
    path: Path,
    config: Config,
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    day_first: bool | None = None,
) -> ImportReport:
    """Import a business series: rows of name, local day and value. Raises as `import_file` does."""
    table = open_table(path, encoding=encoding, delimiter=delimiter)
    chosen = explained(path, table, columns or {}, names=METRIC_NAMES, needed=("name", "date", "value"))
    tally = Tally()
    metrics = list(read_metrics(table, chosen, tally, day_first))
    with contextlib.closing(open_database(config.database)) as db:
        for start in range(0, len(metrics), BATCH):
            tally.new += save_metrics(db, metrics[start : start + BATCH])
    tally.unchanged = len(metrics) - tally.new
    return compose_report(chosen, tally)


def read_metrics(table: Table, chosen: Mapping[str, str], tally: Tally, day_first: bool | None) -> Iterator[Metric]:
    """The values of a series, leaving out rows without name, day or number."""
    for row in table.rows():
        tally.rows += 1
        if isinstance(row, Fault):
            tally.leave_out(row.line, "not readable", row.reason)
            continue
        line, cells = row[0], {name: row[1].get(column, "").strip() for name, column in chosen.items()}
        day, _ = parse_date(cells["date"], day_first=day_first)
        value = parse_amount(cells["value"])
        if not cells["name"] or day is None or value is None or not math.isfinite(value):
            tally.leave_out(line, "no metric", f"name {cells['name']!r}, date {cells['date']!r}, value {cells['value']!r}")
            continue
        yield Metric(name=cells["name"], date=day[:10], value=value)
