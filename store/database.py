"""Opening the store: one SQLite file in WAL mode, its migrations, and short write transactions."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store.migrations_beside import private_migrations, vector_migrations
from store.migrations_imports import migrations

PRIVATE, VECTORS = ".private.db", ".vectors.db"
"""How the names of the files beside the store end."""
BACKUP = ".before-upgrade"
"""What is added to the name of a file that was copied before its schema was changed."""
BUSY_SECONDS = 30.0
"""How long a writer waits for another one. Our transactions take well under a second."""


names: WeakKeyDictionary[Database, str] = WeakKeyDictionary()
"""The files of open databases, as `name_of` found them."""


class StoreError(RuntimeError):
    """The store cannot be opened or written; the message names the file and the way out."""


def open_database(path: Path) -> Database:
    """Open the store at `path`, made if absent and brought up to date, with a backup before any change of an old file.

    Raises `StoreError` when the folder is missing, or the file is not ours to write or not a database.
    """
    return open_file(path, migrations)


def open_private(path: Path) -> Database:
    """Open the file of accounts and unsent mail that belongs to the store at `path`."""
    private = path.with_suffix(PRIVATE)
    if private.parent.is_dir() and not private.exists():
        # Before SQLite opens it: its write-ahead log gets the mode that the file has then. Why not, opening it tells.
        with contextlib.suppress(OSError):
            private.touch(mode=0o600)
    db = open_file(private, private_migrations)
    private.chmod(0o600)
    return db


def open_vectors(path: Path) -> Database:
    """Open the file of sentence vectors that belongs to the store at `path`; it may be lost at any time."""
    return open_file(path.with_suffix(VECTORS), vector_migrations)


def read_database(path: Path) -> Database:
    """Open the store at `path` for reading only, brought up to date if need be. Raises `StoreError` when there is none."""
    require(path)
    with explained(path):
        db = open_to_read(path)
        if migrations.pending(db):
            db.close()
            open_database(path).close()
            db = open_to_read(path)
        return db


def open_to_read(path: Path) -> Database:
    """Open a file for reading only, as it is."""
    return Database(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS))


def require(path: Path) -> None:
    """Raise `StoreError` when there is no store at `path`."""
    if not path.exists():
        raise StoreError(f"{path}: there is no database yet; run `repute crawl` or `repute import` first")


def open_file(path: Path, steps: Migrations) -> Database:
    """Open one of our files and bring it up to date by its own list of steps."""
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist; create it or set another `database`")
    with explained(path):
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma synchronous = normal")
        # What is deleted is overwritten, whatever SQLite was built with: an erased text must not stand in a free page.
        connection.execute("pragma secure_delete = on")
        # 32 MB, where they are needed: with SQLite's usual 2 MB a batch of a busy crawl writes most of its pages twice.
        connection.execute("pragma cache_size = -32000")
        # As much may wait in the write-ahead log: what many batches change is then written to its place once, not once a batch.
        connection.execute("pragma wal_autocheckpoint = 8000")
        db = Database(connection)
        if steps.pending(db):
            bring_up_to_date(db, path, steps)
        return db


def bring_up_to_date(db: Database, path: Path, steps: Migrations) -> None:
    """Apply the steps that are missing, all or none, after a backup when there is something to lose."""
    enter_wal(db.conn)
    if steps.applied(db):
        back_up(db.conn, path)
    with write(db):
        # Another process may have been first: `apply` asks again what is pending, now that we hold the lock.
        steps.apply(db)


def enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. The switch ignores the busy timeout while another process does the same: try again."""
    for _ in range(100):
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.05)
    raise sqlite3.OperationalError("database is locked")


def back_up(connection: sqlite3.Connection, path: Path) -> None:
    """Copy the file beside itself, through SQLite so that the write-ahead log is in it."""
    target = path.with_name(f"{path.name}{BACKUP}")
    partial = path.with_name(f"{path.name}{BACKUP}.part")
    with contextlib.closing(sqlite3.connect(partial)) as copy:
        connection.backup(copy)
    shutil.move(partial, target)


@contextlib.contextmanager
def write(db: Database) -> Iterator[Database]:
    """Hold the write lock for a short transaction: all of it is kept, or none.

    `BEGIN IMMEDIATE`, because a deferred transaction that reads first fails at once when another process writes.
    """
    try:
        db.conn.execute("begin immediate")
    except sqlite3.OperationalError as error:
        raise as_store_error(error, file_of(db)) from error
    try:
        yield db
        db.conn.commit()
    except BaseException as error:
        db.conn.rollback()
        if isinstance(error, sqlite3.OperationalError) and "disk" in str(error):
            raise as_store_error(error, file_of(db)) from error
        raise


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's terse errors into ours, which name the file and the way out."""
    try:
        yield
    except sqlite3.Error as error:
        raise as_store_error(error, path) from error


def as_store_error(error: sqlite3.Error, path: Path) -> StoreError:
    """Say what SQLite's error means for a person."""
    text = str(error)
    if "readonly" in text or "unable to open" in text:
        return StoreError(f"{path}: cannot be written ({text}); make the file and its folder writable for this user")
    if "not a database" in text or "malformed" in text:
        return StoreError(f"{path}: is not a readable SQLite database ({text}); restore a backup or set another `database`")
    if "locked" in text:
        return StoreError(f"{path}: another program has held its write lock for {BUSY_SECONDS:.0f} s; end it and try again")
    if "full" in text:
        return StoreError(f"{path}: the disk is full; free some space and start again, nothing that was saved is lost")
    return StoreError(f"{path}: {text}")


def file_of(db: Database) -> Path:
    """The path of the file that a database reads."""
    return Path(name_of(db))


def name_of(db: Database) -> str:
    """The same as text; empty where the database is in memory. A connection's file stays the same."""
    if db not in names:
        names[db] = str(db.conn.execute("pragma database_list").fetchone()[2])
    return names[db]


def is_kept(db: Database) -> bool:
    """Whether what is read is kept: a store that notes what is read of it, or lays other rows over its own, is asked anew."""
    return type(db) is Database and bool(name_of(db))
