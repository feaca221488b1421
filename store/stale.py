"""Facts that triggers have marked as stale (`store.migrations_trends`): what of them must not stay until they are made anew."""

from __future__ import annotations

from sqlite_utils import Database


def forget_stale(db: Database) -> None:
    """Delete facts that are stale, within the caller's transaction: they may be of what was just erased."""
    db.conn.execute("delete from facts where (brand, day) in (select brand, day from stale_facts)")
