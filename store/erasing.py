"""Erasing for good: rows, sentence vectors, mail, reports and backups, until no byte of it is left in the store's folder.

What is to go is written down first (the table `erasing`), so a killed erasure is finished by whichever comes next.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlite_utils import Database

from store.copies import leave_groups
from store.database import BACKUP, BUSY_SECONDS, PRIVATE, VECTORS, StoreError, explained, open_private, open_vectors, write
from store.fact_keeping import forget_names
from store.forgotten import add_blocks, find_blocks, masked, mention_block
from store.outbox import forget_messages
from store.saved_erasing import forget_saved, forget_saved_source
from store.selecting import Selection, with_replies
from store.stale import forget_stale
from store.vectors import forget_vectors, sweep_vectors

BATCH = 500
"""Mentions in a transaction: other writers take their turn between two of them."""
SHORTEST_WORD = 6
"""Characters from which on an external id is looked for in reports; shorter ones stand in any text."""

Progress = Callable[[int, int], None]


def begin_erasure(db: Database, selection: Selection, *, secret: bytes, now: str) -> int:
    """Write down, all at once, what is to go and what must not come back; return how many mentions were added."""
    values = dict(selection.values)
    with write(db):
        add_blocks(db, selection.blocks)
        before = db.execute("select count(*) from erasing").fetchone()[0]
        strike_reports(db, selection)
        db.conn.execute(f"insert or ignore into erasing (mention) select * from ({with_replies(selection)})", values)
        if selection.blocks:
            going = find_identities(db, "mention in (select mention from erasing)")
            add_blocks(db, [mention_block(secret, *key) for key in going])
        if selection.source is not None:
            forget_source(db, selection.source, selection.site)
        if selection.older_than is not None:
            forget_coverage(db, selection.older_than)
        count: int = db.execute("select count(*) from erasing").fetchone()[0] - before
        db.conn.execute("insert into erasures (reason, mentions, started) values (?, ?, ?)", [selection.reason, count, now])
    return count


def count_waiting(db: Database) -> int:
    """How many mentions are written down and still there: a run was killed, or another is at it."""
    return int(db.execute("select count(*) from erasing").fetchone()[0])


def is_unfinished(db: Database) -> bool:
    """Whether an erasure has begun and not ended."""
    return db.execute("select 1 from erasures where finished is null limit 1").fetchone() is not None


def find_identities(db: Database, condition: str, values: Sequence[object] = ()) -> list[tuple[str, str, str]]:
    """(source, site, external id) of the mentions of which a condition on `mention`, their row id, is true."""
    sql = f"select source, site, external_id from (select id as mention, * from mentions) where {condition}"
    return db.execute(sql, list(values)).fetchall()


def strike_reports(db: Database, selection: Selection) -> None:
    """Blank what crawls and jobs reported where it names what is to go, or is as old."""
    if selection.older_than is not None:
        db.conn.execute("update crawls set error = null where started < ?", [selection.older_than])
        db.conn.execute("update jobs set output = null where started < ?", [selection.older_than])
    if not selection.words:
        return
    ids = f"select external_id, url from mentions where id in ({with_replies(selection)})"
    found = {word for row in db.execute(ids, dict(selection.values)).fetchall() for word in row if word}
    words = json.dumps([*selection.words, *(word for word in found if len(word) >= SHORTEST_WORD)])
    for table, column in (("crawls", "error"), ("crawls", "cursor"), ("jobs", "output")):
        named = f"exists (select 1 from json_each(?) where instr({column}, value))"
        db.conn.execute(f"update {table} set {column} = null where {named}", [words])


def forget_source(db: Database, source: str, site: str | None) -> None:
    """Delete where a source stopped, what it covered and how its runs went; of one site only what is kept by site.

    Every table that says which source its rows are of is gone through, so that none is forgotten when one is added.
    """
    tables = [name for name in db.table_names() if name not in ("mentions", "crawls") and "fts" not in name]
    for name in tables:
        columns = {column.name for column in db[name].columns}
        if "source" in columns and (site is None or "site" in columns):
            where = "source = ?" if site is None else "source = ? and site = ?"
            db.conn.execute(f"delete from [{name}] where {where}", [source] if site is None else [source, site])
    forget_saved_source(db, source, site)
    if site is None:
        db.conn.execute("delete from crawls where source = ?", [source])
        db.conn.execute("delete from jobs where job = ?", [f"crawl {source}"])


def forget_coverage(db: Database, moment: str) -> None:
    """Say of no time before a moment that it was covered: nothing of it is left to count."""
    db.conn.execute("delete from watches where until <= ?", [moment])
    db.conn.execute("update watches set since = ? where since < ?", [moment, moment])


def finish_erasures(db: Database, path: Path, *, secret: bytes, now: str, progress: Progress | None = None) -> list[Path]:
    """Erase whatever is written down, in this run or in one that was killed; return the backups that went.

    Raises `StoreError` when another program writes or reads for longer than a writer waits; what is left is then done by the
    next run.
    """
    total, done = count_waiting(db), 0
    while ids := [row[0] for row in db.execute("select mention from erasing order by mention limit ?", [BATCH])]:
        erase_batch(db, path, ids, secret)
        done += len(ids)
        if progress:
            progress(done, total)
    if not is_unfinished(db):
        return []
    backups = sweep(db, path)
    with write(db):
        db.conn.execute("update erasures set finished = ? where finished is null", [now])
    return backups


def erase_batch(db: Database, path: Path, ids: Sequence[int], secret: bytes) -> None:
    """Delete some mentions with all that hangs on them, in one transaction; their vectors before."""
    if path.with_suffix(VECTORS).exists():
        with contextlib.closing(open_vectors(path)) as vectors:
            forget_vectors(vectors, ids)
    marked = json.dumps(list(ids))
    with write(db):
        mask_answers(db, marked, secret)
        leave_groups(db, ids)
        db.conn.execute("delete from mentions where id in (select value from json_each(?))", [marked])
        forget_stale(db)
        forget_saved(db, ids)


def mask_answers(db: Database, marked: str, secret: bytes) -> None:
    """Where others answer a mention that is forgotten, put a hash in place of its id."""
    identities = find_identities(db, "mention in (select value from json_each(?))", [marked])
    blocks = {mention_block(secret, *key): key for key in identities}
    gone = {blocks[block] for block in find_blocks(db, set(blocks))}
    if not gone:
        return
    names = json.dumps(sorted({external_id for _, _, external_id in gone}))
    for column in ("thread", "parent"):
        # One pass over the table, whatever its planner thinks of joins: nothing indexes threads.
        answers = db.execute(
            f"select id, source, site, {column} from mentions where +{column} in (select value from json_each(?))", [names]
        ).fetchall()
        db.conn.executemany(
            f"update mentions set {column} = ? where id = ?",
            [(masked(secret, *above), row) for row, *above in answers if tuple(above) in gone],
        )


def sweep(db: Database, path: Path) -> list[Path]:
    """Leave no byte of what was deleted: in the files beside the store, in free pages, in logs and in backups."""
    if path.with_suffix(VECTORS).exists():
        with contextlib.closing(open_vectors(path)) as vectors:
            sweep_vectors(db, vectors)
            rewrite(vectors, path.with_suffix(VECTORS))
    if path.with_suffix(PRIVATE).exists():
        with contextlib.closing(open_private(path)) as private:
            forget_messages(private)
            rewrite(private, path.with_suffix(PRIVATE))
    with write(db):
        forget_names(db)
        # The index only notes what is deleted; merged into one, it no longer has it.
        db.conn.execute("insert into mentions_fts (mentions_fts) values ('optimize')")
    rewrite(db, path)
    return remove_backups(path)


def rewrite(db: Database, path: Path) -> None:
    """Write a file anew without its free pages, and empty its write-ahead log."""
    with explained(path):
        db.conn.execute("vacuum")
        until = time.monotonic() + BUSY_SECONDS
        while db.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
            if time.monotonic() > until:
                raise StoreError(
                    f"{path}: another program has read it for {BUSY_SECONDS:.0f} s, so erased words still stand in "
                    f"{path.name}-wal; end that program, then start the same command again"
                )


def remove_backups(path: Path) -> list[Path]:
    """Delete the copies that were made before an upgrade; return those that there were."""
    backups = [
        file.with_name(f"{file.name}{BACKUP}{end}")
        for file in (path, path.with_suffix(VECTORS), path.with_suffix(PRIVATE))
        for end in ("", ".part", "-wal", "-shm", "-journal", ".part-journal")
    ]
    there = [backup for backup in backups if backup.exists()]
    for backup in there:
        backup.unlink()
    return there
