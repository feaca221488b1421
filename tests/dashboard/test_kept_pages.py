"""Pages that were made before are shown again for as long as nobody wrote, and made anew in the background afterwards."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
import time

import httpx
import pytest
from markupsafe import escape
from planted_store import ROOT, URDU, plant_store, planted_config

from config import load_config
from dashboard.keeping import MOST_KEPT, MOST_REMADE, Pages
from store.changing import Changes
from store.database import StoreError, open_database, write


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    made = planted_config(tmp_path_factory.mktemp("kept"))
    plant_store(made)
    return made


@pytest.fixture
def store(tmp_path, planted):
    path = tmp_path / "repute.db"
    shutil.copy(planted.database, path)
    return path


@pytest.fixture
def changes(store):
    with contextlib.closing(Changes(store)) as made:
        yield made


class Book:
    """Makes pages, and notes which."""

    def __init__(self):
        self.made = []
        self.hour = "2026-10-05T08"

    def now(self):
        return f"{self.hour}:17:00Z"

    def make(self, path, query, now):
        self.made.append((path, query))
        if path == "/broken":
            raise ValueError("no page")
        return f"{path} {dict(query)} {now} {len(self.made)}"


def pages_of(changes, **more):
    book = Book()
    return Pages(changes, book.now, book.make, **more), book


TREND = ("/trend", ())


def change(path):
    with contextlib.closing(open_database(path)) as db, write(db):
        db.execute("update mentions set title = 'Another' where id = 1")


def test_a_page_is_made_once_for_as_long_as_nobody_writes(changes):
    pages, book = pages_of(changes)
    assert pages.get("/", ()) == pages.get("/", ()) == "/ {} 2026-10-05T08:17:00Z 1"
    pages.get("/", (("brand", "acme"),))
    assert book.made == [("/", ()), ("/", (("brand", "acme"),))]


def test_what_another_process_commits_makes_every_page_anew(changes, store):
    pages, _ = pages_of(changes)
    pages.get("/", ())
    pages.get("/trend", ())
    code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('delete from mentions where id = 1'); c.commit()"
    subprocess.run([sys.executable, "-c", code, str(store)], check=True)
    assert pages.get("/", ()).endswith(" 3")
    assert list(pages.kept) == [("/", ())]


def test_reading_and_taking_back_is_no_change(changes, store):
    before = changes.state()
    with contextlib.closing(open_database(store)) as db:
        db.execute("select count(*) from mentions").fetchone()
        db.conn.execute("begin immediate")
        db.conn.execute("update mentions set title = 'Another'")
        db.conn.rollback()
    assert changes.state() == before


def test_another_file_in_the_place_of_the_store_is_seen(changes, store, tmp_path):
    before = changes.state()
    shutil.copy(store, tmp_path / "restored.db")
    (tmp_path / "restored.db").replace(store)
    assert changes.state() != before


def test_a_store_that_is_gone_is_said_although_a_page_is_kept(changes, store):
    pages, _ = pages_of(changes)
    pages.get("/", ())
    for file in store.parent.glob("repute.db*"):
        file.unlink()
    with pytest.raises(StoreError, match="there is no database yet"):
        pages.get("/", ())


def test_pages_follow_the_clock_by_the_hour(changes):
    pages, book = pages_of(changes)
    pages.get("/", ())
    book.hour = "2026-10-05T09"
    assert pages.get("/", ()) == "/ {} 2026-10-05T09:17:00Z 2"


def test_what_is_written_while_a_page_is_made_is_not_missed(changes, store):
    pages, book = pages_of(changes)

    def make(path, query, now):
        change(store)
        return book.make(path, query, now)

    pages.make = make
    pages.get("/", ())
    pages.make = book.make
    assert pages.get("/", ()).endswith(" 2")


def test_only_the_latest_pages_are_kept(changes):
    pages, book = pages_of(changes)
    for number in range(MOST_KEPT + 1):
        pages.get("/", (("q", str(number)),))
    assert (len(pages.kept), len(pages.asked)) == (MOST_KEPT, MOST_REMADE)
    pages.get("/", (("q", "1"),))
    assert len(book.made) == MOST_KEPT + 1
    pages.get("/", (("q", "0"),))
    assert len(book.made) == MOST_KEPT + 2


def test_a_page_that_cannot_be_made_is_not_remembered(changes):
    pages, book = pages_of(changes)
    for _ in range(2):
        with pytest.raises(ValueError, match="no page"):
            pages.get("/broken", ())
    assert (len(book.made), list(pages.asked)) == (2, [])


@contextlib.contextmanager
def kept_ready(pages):
    stop = threading.Event()
    thread = threading.Thread(target=pages.keep_ready, args=(stop, 0.05))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(10)


def wait_for(what):
    end = time.monotonic() + 10
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    assert what()


def test_after_a_change_what_people_look_at_is_made_anew_unasked(changes, store):
    pages, book = pages_of(changes, standing=[TREND])
    pages.get("/", (("brand", "acme"),))
    with kept_ready(pages):
        wait_for(lambda: len(book.made) == 2)
        change(store)
        wait_for(lambda: len(book.made) == 4)
        time.sleep(0.3)
    assert book.made == [("/", (("brand", "acme"),)), ("/trend", ())] * 2
    assert pages.get("/trend", ()).endswith(" 4")


def test_what_is_done_meanwhile_waits_until_all_pages_are_ready(changes, store):
    pages, book = pages_of(changes, standing=[("/broken", ()), TREND], meanwhile=lambda: book.made.append("meanwhile"))
    with kept_ready(pages):
        wait_for(lambda: len(book.made) > 3)
        change(store)
        wait_for(lambda: book.made.count(TREND) == 2 and book.made[-1] == "meanwhile")
    assert book.made[:4] == [("/broken", ()), TREND, "meanwhile", "meanwhile"]
    again = book.made.index(("/broken", ()), 1)
    assert set(book.made[4:again]) <= {"meanwhile"}
    assert book.made[again + 1 : again + 3] == [TREND, "meanwhile"]


def test_a_page_that_fails_holds_up_no_other_and_is_tried_once_a_change(changes, caplog):
    pages, book = pages_of(changes, standing=[("/broken", ()), TREND])
    with kept_ready(pages):
        wait_for(lambda: ("/trend", ()) in pages.kept)
        time.sleep(0.3)
    assert book.made == [("/broken", ()), ("/trend", ())]
    assert "/broken {} cannot be kept ready" in caplog.text


def test_keeping_ready_outlives_a_store_that_is_away_for_a_while(changes, store, tmp_path):
    pages, _ = pages_of(changes, standing=[TREND])
    with kept_ready(pages) as thread:
        wait_for(lambda: pages.kept)
        store.rename(tmp_path / "away.db")
        time.sleep(0.3)
        assert thread.is_alive()
        (tmp_path / "away.db").rename(store)
        pages.kept.clear()
        change(store)
        wait_for(lambda: pages.kept)


def test_what_is_forgotten_by_another_process_is_gone_from_the_next_page(serve, tmp_path):
    shutil.copy(ROOT / "config.toml", tmp_path)
    config = load_config(tmp_path / "config.toml", {})
    plant_store(config)
    with serve(config) as url:
        before, again = (httpx.get(f"{url}/mentions?last=all", timeout=60).text for _ in range(2))
        forget = [sys.executable, "-m", "cli", "forget", "--url", "https://trustyard.example/1", "--yes", "--config"]
        subprocess.run([*forget, str(config.path)], check=True, cwd=ROOT, capture_output=True)
        after = httpx.get(f"{url}/mentions?last=all", timeout=60).text
    assert (before == again, str(escape(URDU)) in before, str(escape(URDU)) in after) == (True, True, False)
