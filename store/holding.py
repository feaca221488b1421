"""Files that one process at a time may hold. The system lets go however the process ends; the file stays."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from store.database import StoreError


class Held(RuntimeError):
    """Another process holds the file."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path}: is held by process {holder}")
        self.holder = holder
        """Its number, or `?` where it is not known."""


@contextlib.contextmanager
def hold(path: Path, *, waiting: Callable[[str], None] | None = None) -> Iterator[int]:
    """Hold the file at `path`, made if absent, and write the number of this process into it.

    Yields its descriptor: a process that inherits it holds the file too, until both have let go.

    Where another process holds it, `waiting` is told which, and this one waits for it; without `waiting` raises `Held`. Raises
    `StoreError` where the file cannot be written.
    """
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        words = f"{path}: cannot be written ({error.strerror}); make its folder exist and be writable for this user"
        raise StoreError(words) from None
    with file:
        lock(path, file, waiting)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def lock(path: Path, file: IO[str], waiting: Callable[[str], None] | None) -> None:
    """Take the lock of an open file."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "?"
        if waiting is None:
            raise Held(path, holder) from None
        waiting(holder)
        fcntl.flock(file, fcntl.LOCK_EX)
