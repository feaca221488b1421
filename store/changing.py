"""Whether a store has changed since somebody last looked: a few microseconds, whatever its size."""

from __future__ import annotations

import sqlite3
import threading
from itertools import count
from pathlib import Path

from store.database import BUSY_SECONDS, explained, require

State = tuple[int, int]
"""Which connection was asked, and what SQLite told it. Equal states of one `Changes` mean that nobody has written between."""


class Changes:
    """Sees every change that others commit to the store at a path. It may be asked from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.numbers = count()
        self.opened: tuple[tuple[int, int], int, sqlite3.Connection] | None = None

    def state(self) -> State:
        """What differs from an earlier answer if anything was committed since, or another file was put in its place.

        Raises `StoreError` when there is no store to be read.
        """
        with self.lock, explained(self.path):
            number, connection = self.connect()
            return number, connection.execute("pragma data_version").fetchone()[0]

    def connect(self) -> tuple[int, sqlite3.Connection]:
        """The connection that watches the file, with its number: what SQLite tells two of them cannot be compared."""
        require(self.path)
        found = self.path.stat()
        file = found.st_dev, found.st_ino
        if self.opened is None or self.opened[0] != file:
            self.disconnect()
            address = f"{self.path.resolve().as_uri()}?mode=ro"
            connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
            self.opened = file, next(self.numbers), connection
        return self.opened[1:]

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self.disconnect()

    def disconnect(self) -> None:
        """Close the connection, if there is one."""
        if self.opened is not None:
            self.opened[2].close()
            self.opened = None
