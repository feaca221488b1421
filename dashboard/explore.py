"""Datasette over the main file, read-only: SQL, JSON and CSV for analysts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SETTINGS = {
    "base_url": "/explore/",
    "sql_time_limit_ms": 3000,
    "max_returned_rows": 1000,
    "default_cache_ttl": 0,
    "allow_download": False,
}


def explore_app(database: Path) -> Any:
    """The ASGI application to mount under `/explore`. It opens the file with SQLite's `mode=ro` and no other file."""
    from datasette.app import Datasette
    from datasette.plugins import pm

    # With rich installed, Datasette prints the local variables of every request for a page that is not there, and answers 500.
    pm.get_plugin("datasette.handle_exception").rich = None
    metadata = {
        "title": "Repute: explore",
        "description": "Read-only SQL over the store. Each table downloads as CSV and JSON.",
    }
    return Datasette([str(database)], settings=SETTINGS, metadata=metadata).app()
