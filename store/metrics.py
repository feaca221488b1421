"""Business series that a user imports: orders a day, visits a day, whatever moves with the complaints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from store.database import write
from store.records import Metric

Row = dict[str, Any]
PART = "/"
"""Between the name of a series and what it is about: `returns/Toaster X`."""


def save_metrics(db: Database, metrics: Sequence[Metric]) -> int:
    """Save values by name and day; a later value of the same day replaces the earlier one. Return how many days changed."""
    with write(db):
        before = db.conn.total_changes
        db.conn.executemany(
            """
            insert into metrics (name, date, value) values (?, ?, ?)
            on conflict do update set value = excluded.value where value is not excluded.value
            """,
            [(metric.name, metric.date, metric.value) for metric in metrics],
        )
        return db.conn.total_changes - before


def find_series(db: Database, name: str | None = None) -> list[Row]:
    """Every business series, or the one called `name` and its parts (`returns/Toaster X` of `returns`), by name.

    Columns: name, days (how many have a value), first and last (YYYY-MM-DD), latest (the value of the last day).
    """
    return list(
        db.query(
            """
            select name, count(*) as days, min(date) as first, max(date) as last, (
                select latest.value
                from metrics as latest
                where latest.name = metrics.name
                order by latest.date desc
                limit 1
            ) as latest
            from metrics
            where :name is null or name = :name or substr(name, 1, length(:name) + 1) = :name || :part
            group by name
            order by name
            """,
            {"name": name, "part": PART},
        )
    )


def find_values(db: Database, name: str, *, since: str | None = None, until: str | None = None) -> list[Row]:
    """The values of one series by local day, from `since` (included) to `until` (excluded), both YYYY-MM-DD.

    Columns: date, value.
    """
    return list(
        db.query(
            """
            select date, value
            from metrics
            where name = :name and (:since is null or date >= :since) and (:until is null or date < :until)
            order by date
            """,
            {"name": name, "since": since, "until": until},
        )
    )


def find_latest_value(db: Database, name: str, day: str) -> Row | None:
    """The last value of one series up to a local day (included); None when there is none yet. Columns: date, value."""
    rows = db.query(
        """
        select date, value
        from metrics
        where name = :name and date <= :day
        order by date desc
        limit 1
        """,
        {"name": name, "day": day},
    )
    return next(iter(rows), None)
