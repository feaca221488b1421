"""What the test of each completed day said of a brand's complaints about a topic. A day that was tested stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from store.database import write

COLUMNS = (
    "brand", "topic", "day", "observed", "expected", "lower", "upper", "chance_up", "chance_down", "baseline_days", "onset",
)  # fmt: skip


def save_tests(db: Database, tests: Sequence[dict[str, Any]]) -> int:
    """Save tests, by the names of COLUMNS, of days that have none yet; return how many those were."""
    places = ", ".join(f":{name}" for name in COLUMNS)
    with write(db):
        before = db.conn.total_changes
        db.conn.executemany(f"insert or ignore into outbreak_tests ({', '.join(COLUMNS)}) values ({places})", tests)
        return db.conn.total_changes - before


def find_tests(db: Database, *, since: str) -> list[dict[str, Any]]:
    """The tests of the days from `since` (YYYY-MM-DD) on, by brand, topic and day. Columns: COLUMNS."""
    sql = f"select {', '.join(COLUMNS)} from outbreak_tests where day >= ? order by brand, topic, day"
    return [dict(zip(COLUMNS, row, strict=True)) for row in db.execute(sql, [since])]


def find_tests_of_day(db: Database, brand: str, *, until: str, since: str) -> list[dict[str, Any]]:
    """The tests, of all brands and topics, of the last day before `until` and not before `since` that was tested of a brand.

    A later day may have been tested of its competitors: its own was not watched then. Columns: COLUMNS.
    """
    sql = f"""
        select {", ".join(COLUMNS)}
        from outbreak_tests
        where day = (select max(day) from outbreak_tests where brand = :brand and day >= :since and day < :until)
        order by brand, topic
    """
    given = {"brand": brand, "since": since, "until": until}
    return [dict(zip(COLUMNS, row, strict=True)) for row in db.execute(sql, given)]
