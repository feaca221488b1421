from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat

import pytest
from sqlite_utils import Database

from store.authors import author_key, load_secret
from store.database import StoreError, open_database, open_private, open_vectors, read_database, write
from store.migrations import migrations


def test_a_new_store_has_every_table_and_passes_sqlites_own_check(path):
    db = open_database(path)
    assert {
        "mentions",
        "mention_brands",
        "copy_bands",
        "spans",
        "taggers",
        "tagger_sets",
        "readings",
        "tags",
        "judgements",
        "crawls",
        "cursors",
        "watches",
        "jobs",
        "metrics",
        "actions",
    } <= set(db.table_names())
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    assert db.journal_mode == "wal"


def test_every_earlier_version_opens_and_is_backed_up_first(tmp_path):
    names = [step.name for step in migrations.pending(Database(memory=True))]
    for name in names[1:]:
        path = tmp_path / f"{name}.db"
        old = Database(path)
        migrations.apply(old, stop_before=name)
        old.close()
        db = open_database(path)
        assert migrations.pending(db) == []
        backup = Database(tmp_path / f"{name}.db.before-upgrade")
        assert name in [step.name for step in migrations.pending(backup)]


def make_store(path):
    open_database(path).close()


def test_ten_processes_open_a_new_store_at_once(path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=make_store, args=(path,)) for _ in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 6
    assert migrations.pending(open_database(path)) == []


def fail_half_way(db):
    with write(db):
        db.conn.execute("insert into metrics values ('customers', '2026-09-01', 5)")
        raise ZeroDivisionError


def test_a_failing_transaction_leaves_nothing(db):
    with pytest.raises(ZeroDivisionError):
        fail_half_way(db)
    assert list(db["metrics"].rows) == []


def test_judgements_cannot_be_rewritten(db, author, matched):
    from store.saving import save_mentions

    save_mentions(db, [matched("t")], author=author, now="2026-09-02T00:00:00Z")
    db["judgements"].insert(
        {
            "mention": 1,
            "span": 0,
            "brand": "",
            "task": "sentiment",
            "subject": "",
            "label": "negative",
            "judge": "ana",
            "judged": "2026-09-02T00:00:00Z",
        }
    )
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("update judgements set label = 'positive'")


def test_a_file_that_is_no_database_is_named(path):
    path.write_bytes(b"this is a text file, and a rather long one, not a database" * 20)
    with pytest.raises(StoreError, match=r"repute\.db: is not a readable SQLite database"):
        open_database(path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError, match="does not exist; create it"):
        open_database(tmp_path / "nowhere" / "repute.db")


def test_reading_needs_a_store(path):
    with pytest.raises(StoreError, match="there is no database yet"):
        read_database(path)


def test_a_reader_cannot_write(path):
    open_database(path).close()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        read_database(path).execute("delete from mentions")


def test_accounts_and_vectors_live_in_files_of_their_own(path):
    open_database(path)
    private, vectors = open_private(path), open_vectors(path)
    assert {"accounts", "tokens", "recipients", "outbox"} <= set(private.table_names())
    assert "vectors" in vectors.table_names()
    assert stat.S_IMODE(path.with_suffix(".private.db").stat().st_mode) == 0o600


def test_the_secret_is_made_once_and_readable_by_nobody_else(path):
    secret = load_secret(path)
    assert secret == load_secret(path)
    assert len(secret) == 32
    assert stat.S_IMODE(path.with_suffix(".secret").stat().st_mode) == 0o600


def test_an_author_key_hides_the_name_and_tells_sources_apart():
    secret = b"s" * 32
    assert author_key(secret, "reddit", "bob") == author_key(secret, "reddit", "bob")
    assert author_key(secret, "reddit", "bob") != author_key(secret, "hackernews", "bob")
    assert author_key(secret, "reddit", "bob") != author_key(b"t" * 32, "reddit", "bob")
    assert author_key(secret, "reddit", None) is None
    assert author_key(secret, "reddit", "") is None


def test_sqlite_utils_works_on_the_file_as_it_is(db, author, matched, path):
    import subprocess
    import sys

    from store.saving import save_mentions

    save_mentions(db, [matched("t")], author=author, now="2026-09-02T00:00:00Z")
    done = subprocess.run(
        [sys.executable, "-m", "sqlite_utils", "search", str(path), "mentions", "milk", "-c", "external_id"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ('[{"external_id": "1"}]', 0), done.stderr


def test_a_full_disk_is_told_in_words_and_keeps_what_was_saved(db):
    with write(db):
        db.table("metrics").insert({"name": "orders", "date": "2026-09-01", "value": 1.0})
    db.execute(f"pragma max_page_count = {db.execute('pragma page_count').fetchone()[0]}")
    with pytest.raises(StoreError, match="the disk is full; free some space and start again"), write(db):
        db.table("metrics").insert({"name": "x" * 100_000, "date": "2026-09-01", "value": 1.0})
    assert db.execute("select name from metrics").fetchall() == [("orders",)]


def test_nobody_else_may_read_the_private_file_or_its_log(path):
    before = os.umask(0o022)
    try:
        private = open_private(path)
        with write(private):
            private.table("recipients").insert({"address": "ana@example.com"})
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("*.private.db*")}
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


def test_a_secret_that_cannot_be_made_is_told_in_words(tmp_path):
    with pytest.raises(StoreError, match=r"nowhere/repute.secret: cannot be made or read"):
        load_secret(tmp_path / "nowhere" / "repute.db")
