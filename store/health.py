"""How the sources fare, read off their runs: failures in a row, what came when, and when a failing source is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from store.database import write

PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""After the first, second and third failure in a row; from then on the source is tried at its usual times."""
MOST_FAILURES = 8
"""So many failures in a row pause a source, until a crawl by hand succeeds or it is resumed."""
RESUMED = "resumed"
"""The status of a run that is none: a person has lifted the pause."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """The failures of a source since its last success; there are none where `failures` is 0."""

    failures: int = 0
    first: str | None = None
    """When the first of them began."""
    last: str | None = None
    """When the last of them ended."""
    error: str | None = None
    """What the last of them said first, with its cure where one is known."""

    @property
    def is_paused(self) -> bool:
        """Whether the scheduler leaves the source alone."""
        return self.failures >= MOST_FAILURES

    @property
    def retry(self) -> str | None:
        """Before when the scheduler does not try again; None where its usual times hold, and where it is paused."""
        if not 0 < self.failures <= len(PAUSES) or self.last is None:
            return None
        return later(self.last, PAUSES[self.failures - 1])


def why_not_now(trouble: Trouble, source: str, now: str) -> str | None:
    """Why a failing source is left alone for now, and what to do; None when it may be tried."""
    if trouble.is_paused:
        return (
            f"paused after {trouble.failures} failures in a row: {trouble.error}; "
            f"try it with `repute crawl {source}`, or go on with `repute sources resume {source}`"
        )
    if trouble.retry and now < trouble.retry:
        return f"failed {trouble.failures} in a row, not tried again before {trouble.retry}: {trouble.error}"
    return None


def later(moment: str, by: timedelta) -> str:
    """Move a UTC ISO 8601 time."""
    return (datetime.fromisoformat(moment) + by).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def find_trouble(db: Database, source: str) -> Trouble:
    """The failures of a source since it last succeeded or was resumed; interrupted runs neither count nor end the row."""
    rows = db.execute(
        """
        select started, coalesce(finished, started), error
        from crawls
        where source = :source and status = 'failed' and id > (
            select coalesce(max(id), 0) from crawls where source = :source and status in ('finished', :resumed)
        )
        order by id
        """,
        {"source": source, "resumed": RESUMED},
    ).fetchall()
    return Trouble(failures=len(rows), first=rows[0][0], last=rows[-1][1], error=rows[-1][2]) if rows else Trouble()


def resume_source(db: Database, source: str, *, now: str) -> None:
    """Lift the pause of a source: its failures so far count no longer."""
    with write(db):
        db.conn.execute(
            "insert into crawls (source, started, finished, status) values (?, ?, ?, ?)", [source, now, now, RESUMED]
        )


def note_failed_start(db: Database, source: str, *, started: str, finished: str, error: str) -> bool:
    """Leave a row for a crawl that failed before it had one (a mistake in the configuration); say whether it was needed.

    It is not when the source has a row from then on, or is being crawled by somebody else.
    """
    with write(db):
        has_row = """
            select 1 from crawls
            where source = ? and (started >= ? or coalesce(finished, '') >= ? or status = 'running')
        """
        if db.execute(has_row, [source, started, started]).fetchone():
            return False
        db.conn.execute(
            "insert into crawls (source, started, finished, status, errors, error) values (?, ?, ?, 'failed', 1, ?)",
            [source, started, finished, error],
        )
    return True


def find_runs(db: Database, source: str, limit: int) -> list[dict[str, Any]]:
    """The latest runs of a source with all their columns, newest first."""
    return list(db.query("select * from crawls where source = ? order by id desc limit ?", [source, limit]))


def count_arrivals(db: Database, *, since: str) -> list[tuple[str, str, int]]:
    """(source, hour or day in UTC, how many) of the mentions since a day, tombstones too, oldest first.

    A mention stands under its publication time; one without, under the time when it was first seen. Hours are written
    2026-09-28T14, and 2026-09-28 where only the day is known.
    """
    sql = "select source, at, mentions + removed from arrivals where at >= ? and mentions + removed > 0 order by source, at"
    return db.execute(sql, [since]).fetchall()
