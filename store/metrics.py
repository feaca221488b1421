"""Business series that a user imports: orders a day, visits a day, whatever moves with the complaints."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from store.database import write
from store.records import Metric


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
