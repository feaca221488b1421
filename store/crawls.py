"""Runs of sources and of scheduled jobs, where each source stopped, and the publication time that was covered."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from store.database import write
from store.records import CrawlReport

PAGE = "page "
"""How the cursors of single pages begin, that only say when a page was last changed: no listing stands there."""
CURSORS_SHOWN = 5
CURSOR_LETTERS = 120


def start_crawl(db: Database, source: str, *, now: str, pid: int) -> int:
    """Open the row of a run and return its id. Runs of the same source whose process died are marked interrupted."""
    with write(db):
        mark_dead(db, "crawls", now)
        cursor = db.conn.execute(
            "insert into crawls (source, started, status, pid) values (?, ?, 'running', ?)", [source, now, pid]
        )
        return int(cursor.lastrowid or 0)


def finish_crawl(db: Database, crawl: int, report: CrawlReport) -> None:
    """Close the row of a run with what it did, how far it came and what publication time it covered."""
    with write(db):
        db.table("crawls").update(
            crawl,
            {
                "status": report.status,
                "finished": report.finished,
                "requests": report.requests,
                "items": report.items,
                "new": report.new,
                "updated": report.updated,
                "dropped": json.dumps(dict(report.dropped)),
                "errors": report.errors,
                "bytes": report.bytes,
                "duration": report.duration,
                "error": report.error,
            }
            | find_reach(db, crawl),
        )


def find_reach(db: Database, crawl: int) -> dict[str, Any]:
    """What a run covered, by its watches, and where its listings stand, by its cursors.

    `since`, `until`: the publication time that its watches span together; `complete`: 1 when all of them are, None without
    any; `cursor`: the listings it went on with, like `r/london: t3_abc 2026-10-05T07:00:00Z`, in one line.
    """
    since, until, complete = db.execute(
        "select min(since), max(until), min(complete) from watches where crawl = ?", [crawl]
    ).fetchone()
    moved = db.execute(
        """
        select cursors.site, cursors.name, cursors.value
        from crawls
        join cursors on cursors.source = crawls.source and cursors.updated = crawls.started
        where crawls.id = ? and cursors.name not like ? and cursors.name <> 'queries'
        order by cursors.site, cursors.name
        """,
        [crawl, f"{PAGE}%"],
    ).fetchall()
    shown = "; ".join(": ".join(part for part in row if part)[:CURSOR_LETTERS] for row in moved[:CURSORS_SHOWN])
    more = f"; {len(moved) - CURSORS_SHOWN} more" if len(moved) > CURSORS_SHOWN else ""
    return {"since": since, "until": until, "complete": complete, "cursor": shown + more or None}


def find_cursor(db: Database, source: str, site: str, name: str) -> str | None:
    """Where a source stopped on one listing of a site, or None at the first run."""
    row = db.execute("select value from cursors where source = ? and site = ? and name = ?", [source, site, name]).fetchone()
    return row[0] if row else None


def find_gaps(
    db: Database, *, source: str, site: str, since: str, until: str, brand: str = "", query: str = ""
) -> list[tuple[str, str]]:
    """Parts of the half-open window [since, until) that no complete watch covers, oldest first, as UTC ISO pairs."""
    watched = db.execute(
        """
        select since, until
        from watches
        where source = ? and site = ? and brand = ? and query = ? and complete = 1 and until > ? and since < ?
        order by since
        """,
        [source, site, brand, query, since, until],
    ).fetchall()
    gaps = []
    reached = since
    for start, end in watched:
        if start > reached:
            gaps.append((reached, start))
        reached = max(reached, end)
    if reached < until:
        gaps.append((reached, until))
    return gaps


def find_recent_ids(db: Database, *, source: str, since: str) -> list[tuple[str, str]]:
    """(site, external id) of the mentions of a source published since a time and not removed, newest first."""
    return db.execute(
        """
        select site, external_id
        from mentions
        where source = ? and published >= ? and removed_at is null
        order by published desc
        """,
        [source, since],
    ).fetchall()


def is_known(db: Database, source: str, site: str, external_id: str) -> bool:
    """Whether the store has a row of that identity."""
    found = db.execute(
        "select 1 from mentions where source = ? and site = ? and external_id = ?", [source, site, external_id]
    ).fetchone()
    return found is not None


def start_job(db: Database, job: str, *, now: str, pid: int) -> int:
    """Open the row of a scheduled job and return its id."""
    with write(db):
        cursor = db.conn.execute("insert into jobs (job, started, status, pid) values (?, ?, 'running', ?)", [job, now, pid])
        return int(cursor.lastrowid or 0)


def finish_job(db: Database, job_id: int, *, finished: str, status: str, exit_code: int | None, output: str) -> None:
    """Close the row of a scheduled job with how it ended and its last words."""
    with write(db):
        db.table("jobs").update(job_id, {"finished": finished, "status": status, "exit_code": exit_code, "output": output})


def find_jobs(db: Database, limit: int) -> list[dict[str, Any]]:
    """The latest scheduled jobs, newest first."""
    return list(db.query("select * from jobs order by id desc limit ?", [limit]))


def mark_dead_jobs(db: Database, *, now: str) -> int:
    """Mark jobs whose process died without closing their row as interrupted; return how many."""
    with write(db):
        return mark_dead(db, "jobs", now)


def mark_dead(db: Database, table: str, now: str) -> int:
    """Mark rows that say `running` but whose process is gone."""
    running = db.execute(f"select id, pid from {table} where status = 'running'").fetchall()
    dead = [row_id for row_id, pid in running if not is_alive(pid)]
    db.conn.executemany(
        f"update {table} set status = 'interrupted', finished = ? where id = ?", [(now, row_id) for row_id in dead]
    )
    return len(dead)


def is_alive(pid: int | None) -> bool:
    """Whether a process of that number exists on this machine."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not is_zombie(pid)


def is_zombie(pid: int) -> bool:
    """Whether a process has ended and only waits to be reaped: in a container nobody may ever do so."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # no /proc on this system, or the process is gone meanwhile
        return False
    return status.rpartition(")")[2].split()[0] == "Z"
