"""`repute import`: an owner's export, a survey or past data, from CSV or JSON lines into the store."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.tz import gettz
from sqlite_utils import Database

from config import Config
from crawlers.business import choose_metric_columns, read_metrics
from crawlers.export_maps import ANY, find_export, named_export
from crawlers.exports import Export, Fit, check_export, fit_export
from crawlers.importer import SCALES, Importer, Reading, Tally
from crawlers.tables import Fault, ImportProblem, Table, open_table
from crawlers.voices import settle_voices
from store.authors import load_secret
from store.crawls import is_known
from store.database import open_database
from store.metrics import save_metrics
from store.records import MatchedMention, Measure
from store.saving import Author, Saved, identity, save_mentions

__all__ = ["ImportProblem", "ImportReport", "Plan", "Reading", "import_file", "import_metrics", "plan_import"]

BATCH = 1000
OWNERS = ("survey", "call")
"""Kinds that only the owner has, whichever program exported them: answers to one's own questions, and one's own tickets."""
Identity = tuple[str, str, str]
Chosen = TypeVar("Chosen")
Progress = Callable[[int, int], None]
"""Called with the line reached and the number of lines."""


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of a file. `rows` is the sum of all counts but `undated`."""

    export: Export
    """The vendor's export that the file was read as."""
    columns: Mapping[str, str]
    """What was taken from which column."""
    unused: tuple[str, ...]
    """Columns that nothing was taken from."""
    rows: int
    new: int
    updated: int
    unchanged: int
    repeated: int
    """Rows that say the same as an earlier row of the file."""
    left_out: tuple[tuple[str, int], ...]
    """(reason, count), most frequent first."""
    undated: int
    replies: int
    """The company's replies that the rows came with, beside the counts above."""
    replies_new: int
    faults: tuple[tuple[int, str], ...]
    """(line, reason) of the first rows that were left out or came without their date or rating."""
    unknown_brands: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a file is, and how it is to be read."""

    export: Export
    reading: Reading
    columns: Mapping[str, str]
    """The user's columns; without the export's column of the site where the user names one."""


def plan_import(
    path: Path,
    config: Config,
    given: Mapping[str, Any],
    *,
    name: str | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Plan:
    """Find out whose export a file is, unless `name` tells, and fill in what the user has not said in `given`.

    `given` has values for fields of `Reading`, None for what the user left open. Raises `ImportProblem` for a format that
    there is none of, and for a file that is not of it.
    """
    table = open_table(path, encoding=encoding, delimiter=delimiter)
    export = find_export(table.columns) if name is None else named_export(name)
    if name is not None:
        explained(path, lambda: check_export(export, table, columns or {}))
    said = {key: value for key, value in given.items() if value is not None}
    if "time_zone" in said:
        check_zone(said["time_zone"])
    usual = {key: getattr(export, key) for key in ("kind", "source", "measure", "best", "day_first")}
    usual["site"] = export.site or site_of(path)
    if "best" in said:
        check_best(said["best"], said.get("measure", export.measure))
    usual |= find_owner(config, export, said.get("kind", export.kind))
    named = {"site": "-"} if "site" in said else {}
    return Plan(export=export, reading=Reading(**(usual | said)), columns={**named, **(columns or {})})


def find_owner(config: Config, export: Export, kind: str) -> dict[str, str]:
    """Whose file it is, as fields of `Reading`: the one own brand's, where only its owner can have such a file."""
    own = [brand.id for brand in config.brands if brand.role == "own"]
    if len(own) != 1 or not (export.own or kind in OWNERS):
        return {}
    return {"owner": own[0], "owner_by": f"{export.name} export" if export.own else f"kind {kind}"}


def check_zone(name: str) -> None:
    """Raise `ImportProblem` for a time zone that there is none of."""
    try:
        # dateutil, which reads the dates, takes anything for a zone that looks like one, and nothing for the machine's own.
        known = bool(ZoneInfo(name)) and gettz(name) is not None
    except (ValueError, OSError, ZoneInfoNotFoundError):
        known = False
    if not known:
        raise ImportProblem(f"--time-zone {name}: there is no such time zone; write one like Europe/Berlin")


def check_best(best: float, measure: Measure) -> None:
    """Raise `ImportProblem` for a best rating that is no number above the worst."""
    worst, usual = SCALES[measure]
    if not (math.isfinite(best) and best > worst):
        raise ImportProblem(
            f"--best {best:g}: the worst rating of {measure} is {worst:g}; give a number above it, like {usual:g}"
        )


def import_file(
    path: Path,
    config: Config,
    *,
    now: str,
    reading: Reading | None = None,
    export: Export | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import mentions and return what became of the rows. Faulty rows cost themselves only.

    Rows are saved a thousand at a time under ids that the same row has again, so that an import that was killed is finished
    by starting it again. `export` is whose export it is, as `plan_import` finds out; without it, columns are taken by their
    names. Raises `ImportProblem` for a file that cannot be read, `StoreError` for a store that cannot.
    """
    reading = reading or Reading(site=site_of(path))
    table = open_table(path, encoding=encoding, delimiter=delimiter)
    fit = explained(path, lambda: fit_export(export or ANY, table, columns or {}))
    if fit.measure and reading.measure == fit.export.measure:
        reading = replace(reading, measure=fit.measure)
    importer = Importer(config, reading, fit, now)
    with contextlib.closing(open_database(config.database)) as db:
        author = Author(load_secret(config.database), config.keep_author_names)
        for batch, replies in batches(importer, table, progress):
            count_saved(importer.tally, save_mentions(db, drop_unknown(db, batch, importer.tally), author=author, now=now))
            answers = save_mentions(db, drop_unknown(db, replies), author=author, now=now)
            importer.tally.replies_new += answers.new
        settle_voices(db, config, secret=author.secret, now=now)
    return compose_report(fit, importer.tally)


def count_saved(tally: Tally, saved: Saved) -> None:
    """Add up what became of a batch."""
    tally.new += saved.new
    tally.updated += saved.updated
    tally.unchanged += saved.unchanged
    if saved.forgotten:
        tally.left_out["forgotten"] += saved.forgotten


def drop_unknown(db: Database, batch: Sequence[MatchedMention], tally: Tally | None = None) -> list[MatchedMention]:
    """A batch without what was deleted at the vendor before we ever had it; of rows, `tally` counts them."""
    kept = []
    for matched in batch:
        mention = matched.mention
        if not mention.removed or is_known(db, mention.source, mention.site, mention.external_id):
            kept.append(matched)
        elif tally is not None:
            tally.left_out["deleted at the source"] += 1
    return kept


def site_of(path: Path) -> str:
    """A file's name without its endings: what reports show as the site."""
    return path.name.removesuffix(".gz").rpartition(".")[0] or path.name


def explained(path: Path, choose: Callable[[], Chosen]) -> Chosen:
    """What is chosen of a file, with the file's name before any fault."""
    try:
        return choose()
    except ImportProblem as problem:
        raise ImportProblem(f"{path}: {problem}") from None


def batches(
    importer: Importer, table: Table, progress: Progress | None
) -> Iterator[tuple[list[MatchedMention], list[MatchedMention]]]:
    """The rows of a file as (mentions, company replies), a thousand rows at a time. Of one mention the last row stands."""
    batch: dict[Identity, MatchedMention] = {}
    replies: dict[Identity, MatchedMention] = {}
    for row in table.rows():
        line = row.line if isinstance(row, Fault) else row[0]
        if line in importer.fit.skip:
            continue
        importer.tally.rows += 1
        if isinstance(row, Fault):
            importer.tally.leave_out(row.line, "not readable", row.reason)
            continue
        for matched, kept in zip(importer.take(*row), (batch, replies), strict=False):
            importer.tally.repeated += kept is batch and identity(matched.mention) in batch
            importer.tally.replies += kept is replies and not matched.mention.removed
            kept[identity(matched.mention)] = matched
        if progress and importer.tally.rows % 100 == 0:
            progress(line, table.lines)
        if len(batch) == BATCH:
            yield list(batch.values()), list(replies.values())
            batch, replies = {}, {}
    yield list(batch.values()), list(replies.values())
    if progress:
        progress(table.lines, table.lines)


def compose_report(fit: Fit, tally: Tally) -> ImportReport:
    """Write down the counts."""
    return ImportReport(
        export=fit.export,
        columns=fit.shown,
        unused=fit.unused,
        rows=tally.rows,
        new=tally.new,
        updated=tally.updated,
        unchanged=tally.unchanged,
        repeated=tally.repeated,
        left_out=tuple(tally.left_out.most_common()),
        undated=tally.undated,
        replies=tally.replies,
        replies_new=tally.replies_new,
        faults=tuple(tally.faults),
        unknown_brands=tuple(tally.unknown_brands.most_common()),
    )


def import_metrics(
    path: Path,
    config: Config,
    *,
    now: str,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    day_first: bool | None = None,
) -> ImportReport:
    """Import business series: rows of name, local day and value, or of a day and a column for each series.

    A column that tells the product or branch makes one series of each: `returns/Toaster X`. Raises as `import_file` does.
    """
    table = open_table(path, encoding=encoding, delimiter=delimiter)
    chosen = explained(path, lambda: choose_metric_columns(table.columns, columns or {}))
    tally = Tally()
    found = explained(path, lambda: list(read_metrics(table, chosen, tally, day_first, name=site_of(path), now=now)))
    metrics = [metric for _, metric in found]
    with contextlib.closing(open_database(config.database)) as db:
        for start in range(0, len(metrics), BATCH):
            tally.new += save_metrics(db, metrics[start : start + BATCH])
    tally.unchanged = len(metrics) - tally.new
    with_values = {column for column, _ in found}
    taken = {**chosen.chosen, **{column: column for column in chosen.series if column in with_values}}
    left = tuple(name for name in table.columns if name not in taken.values())
    return compose_report(Fit(export=ANY, columns=taken, unused=left), tally)
