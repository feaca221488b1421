"""What is forgotten leaves no byte behind, does not come back, and takes nobody else along."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

import store.erasing
from store.database import StoreError, back_up, open_private, open_vectors
from store.erasing import begin_erasure, count_waiting, finish_erasures, is_unfinished
from store.outbox import put_message
from store.records import Cursor, Watch
from store.saving import save_mentions
from store.selecting import find_named, find_selected, select_author, select_author_key, select_older, select_source, select_url
from store.vectors import find_vectors, save_vectors

NOW = "2026-10-05T08:00:00Z"
SECRET_WORDS = ("zweibrücken", "quixotroph", "yttriumfisch", "meera_vandeq", "wagtailbox", "उल्लूघाटी")


def rows(db, sql):
    return [tuple(row) for row in db.execute(sql).fetchall()]


def erase(db, path, selection, author):
    begin_erasure(db, selection, secret=author.secret, now=NOW)
    return finish_erasures(db, path, secret=author.secret, now=NOW)


def bytes_with(folder, *words):
    """The files of a folder that hold one of some words."""
    return sorted((file.name, word) for file in folder.iterdir() for word in words if word.encode() in file.read_bytes())


def test_an_author_leaves_no_byte_in_any_file_of_the_folder(db, path, author, matched):
    author = replace(author, keep_names=True)
    person = {"author_id": "meera_vandeq", "author_name": "meera_vandeq"}
    first = [
        matched("t", external_id="wagtailbox-1", title="Zweibrücken", text="quixotroph zweibrücken first words", **person),
        matched("t", external_id="2", text="yttriumfisch उल्लूघाटी refund", url="https://x.example/wagtailbox", **person),
        matched("t", external_id="3", author_id="arun", text="the milk was fine"),
    ]  # fmt: skip
    save_mentions(db, first, author=author, now="2026-09-02T00:00:00Z")
    edited = matched("t", external_id="wagtailbox-1", title="Zweibrücken", text="edited to be harmless", **person)
    save_mentions(db, [edited], author=author, now="2026-09-03T00:00:00Z")
    db.conn.execute(
        "insert into jobs (job, started, status, output) values ('crawl x', ?, 'finished', 'left out: wagtailbox-1')", [NOW]
    )
    db.conn.commit()
    hashes = dict(rows(db, "select id, text_hash from mentions"))
    with closing(open_vectors(path)) as vectors:
        save_vectors(vectors, "m", [(n, hashes[n], [np.ones(4, np.float32)]) for n in (1, 2, 3)])
        back_up(vectors.conn, path.with_suffix(".vectors.db"))
    with closing(open_private(path)) as private:
        put_message(private, key="week", recipient="a@x.example", message=b"quote: quixotroph", created=NOW)
        put_message(private, key="week", recipient="b@x.example", message=b"quote: quixotroph", created=NOW)
        private.conn.execute("update outbox set sent = ? where recipient = 'a@x.example'", [NOW])
        private.conn.commit()
    back_up(db.conn, path)
    assert {word for _, word in bytes_with(path.parent, *SECRET_WORDS)} == set(SECRET_WORDS)

    gone = erase(db, path, select_author(db, author.secret, "Meera_Vandeq"), author)
    assert bytes_with(path.parent, *SECRET_WORDS) == []
    assert sorted(file.name for file in gone) == ["repute.db.before-upgrade", "repute.vectors.db.before-upgrade"]
    assert rows(db, "select external_id, text from mentions") == [("3", "the milk was fine")]
    assert rows(db, "select rowid from mentions_fts where mentions_fts match 'refund OR milk'") == [(3,)]
    with closing(open_vectors(path)) as vectors:
        assert list(find_vectors(vectors, "m", hashes)) == [3]
    with closing(open_private(path)) as private:
        assert rows(private, "select recipient, message, sent from outbox") == [("a@x.example", b"", NOW)]
    assert rows(db, "select reason, mentions, started, finished from erasures") == [("author", 2, NOW, NOW)]
    assert rows(db, "pragma integrity_check") == [("ok",)]
    db.execute("insert into mentions_fts (mentions_fts, rank) values ('integrity-check', 1)")
    db.conn.rollback()


def test_a_forgotten_author_does_not_come_back_and_others_do(db, path, author, matched):
    save_mentions(db, [matched("t")], author=author, now=NOW)
    erase(db, path, select_author(db, author.secret, "@meera"), author)
    later = [matched("t"), matched("t", external_id="2"), matched("t", external_id="3", author_id="arun")]
    saved = save_mentions(db, later, author=author, now=NOW)
    assert (saved.new, saved.updated, saved.unchanged, saved.forgotten) == (1, 0, 0, 2)
    assert rows(db, "select external_id from mentions") == [("3",)]


def test_on_one_source_only_the_name_stays_free_on_the_others(db, path, author, matched):
    save_mentions(db, [matched("t"), matched("t", source="forum")], author=author, now=NOW)
    erase(db, path, select_author(db, author.secret, "meera", "reviews"), author)
    save_mentions(db, [matched("t"), matched("t", source="forum"), matched("t", source="else")], author=author, now=NOW)
    assert rows(db, "select source from mentions order by source") == [("else",), ("forum",)]


def test_a_key_is_as_good_as_a_name(db, path, author, matched):
    save_mentions(db, [matched("t"), matched("t", external_id="2", author_id="arun")], author=author, now=NOW)
    ((key,),) = rows(db, "select author from mentions where id = 1")
    erase(db, path, select_author_key(key), author)
    assert save_mentions(db, [matched("t", external_id="9")], author=author, now=NOW).forgotten == 1
    assert rows(db, "select external_id from mentions") == [("2",)]


def test_an_address_goes_with_its_parts_and_the_companys_answer(db, path, author, matched):
    batch = [
        matched("t", external_id="1", url="https://www.x.example/page/#r1"),
        matched("t", external_id="1:reply", url=None, voice="company", parent="1", author_id="co", text="Dear Meera, sorry."),
        matched("t", external_id="2", url="https://x.example/page/2", author_id="arun"),
    ]
    save_mentions(db, batch, author=author, now=NOW)
    selection = select_url(db, author.secret, "http://x.example/page")
    found = find_selected(db, selection)
    assert (found.mentions, found.replies, found.sites) == (1, 1, (("reviews", "trustyard", 1),))
    erase(db, path, selection, author)
    assert rows(db, "select external_id from mentions") == [("2",)]
    moved = matched("t", external_id="7", url="https://x.example/page#r9", author_id="someone")
    assert save_mentions(db, [*batch, moved], author=author, now=NOW).forgotten == 3


def test_answers_of_others_stay_and_no_longer_say_whom_they_answer(db, path, author, matched):
    at = "at://did:plc:meera/post/1"
    answers = [
        matched("t", external_id=str(n), author_id=f"o{n}", thread=at, parent=at, text=f"I agree with that {n}") for n in (2, 3)
    ]
    save_mentions(db, [matched("t", external_id=at), *answers], author=author, now=NOW)
    erase(db, path, select_author(db, author.secret, "meera"), author)
    before = rows(db, "select external_id, thread, parent from mentions")
    assert bytes_with(path.parent, "did:plc:meera") == []
    assert len({row[1] for row in before}) == len({row[2] for row in before}) == 1
    assert before[0][1].startswith("forgotten:")
    assert save_mentions(db, answers, author=author, now=NOW).unchanged == 2
    assert rows(db, "select external_id, thread, parent from mentions") == before


def test_a_source_goes_with_its_cursors_and_watches_and_may_come_back(db, path, author, matched):
    for site in ("a", "b"):
        span = {"since": "2026-09-01T00:00:00Z", "until": NOW, "complete": True}
        save_mentions(
            db,
            [matched("t", site=site)],
            author=author,
            now=NOW,
            cursors=[Cursor(source="reviews", site=site, name="page", value="7")],
            watches=[Watch(source="reviews", site=site, **span)],
        )
    db.conn.execute("insert into crawls (source, started, status) values ('reviews', ?, 'finished')", [NOW])
    db.conn.commit()
    erase(db, path, select_source("reviews", "a"), author)
    left = [rows(db, f"select site from {table}") for table in ("mentions", "cursors", "watches")]
    assert left == [[("b",)]] * 3
    assert len(rows(db, "select 1 from crawls")) == 1
    erase(db, path, select_source("reviews"), author)
    assert [rows(db, f"select 1 from {table}") for table in ("mentions", "cursors", "watches", "crawls")] == [[]] * 4
    assert save_mentions(db, [matched("t", site="a")], author=author, now=NOW).new == 1


def test_what_is_old_goes_and_its_time_is_no_longer_covered(db, path, author, matched):
    days = {"old": "2026-01-01T00:00:00Z", "new": "2026-09-01T00:00:00Z"}
    batch = [matched("t", external_id=name, published=day) for name, day in days.items()]
    undated = matched("t", external_id="undated", published=None, published_precision="unknown")
    spans = [("2025-01-01T00:00:00Z", "2025-06-01T00:00:00Z"), ("2026-01-01T00:00:00Z", "2026-09-02T00:00:00Z")]
    watches = [Watch(source="reviews", site="trustyard", since=a, until=b, complete=True) for a, b in spans]
    save_mentions(db, [*batch, undated], author=author, now=NOW, watches=watches)
    erase(db, path, select_older("2026-02-01T00:00:00Z"), author)
    assert rows(db, "select external_id from mentions order by 1") == [("new",), ("undated",)]
    assert rows(db, "select since, until from watches") == [("2026-02-01T00:00:00Z", "2026-09-02T00:00:00Z")]
    assert rows(db, "select count(*) from forgotten") == [(0,)]


def test_copies_stay_together_when_the_first_is_forgotten(db, path, author, matched):
    release = " ".join(f"word{n}" for n in range(60))
    copies = [matched("t", external_id=name, author_id=name, text=release, bands=(1, 2)) for name in "abcd"]
    save_mentions(db, copies[:3], author=author, now=NOW)
    erase(db, path, select_author(db, author.secret, "a"), author)
    save_mentions(db, copies, author=author, now=NOW)
    assert rows(db, "select external_id, copy_group from mentions") == [("b", 2), ("c", 2), ("d", 2)]


def test_an_erasure_that_stopped_anywhere_is_finished_by_the_next(db, path, author, matched, monkeypatch):
    save_mentions(db, [matched("t", external_id=str(n), text=f"xylophonist {n}") for n in range(30)], author=author, now=NOW)
    monkeypatch.setattr(store.erasing, "BATCH", 10)
    begin_erasure(db, select_author(db, author.secret, "meera"), secret=author.secret, now=NOW)
    ids = [row[0] for row in rows(db, "select mention from erasing limit 10")]
    store.erasing.erase_batch(db, path, ids, author.secret)
    assert (count_waiting(db), is_unfinished(db)) == (20, True)
    erase(db, path, select_source("nothing"), author)
    assert (count_waiting(db), is_unfinished(db), rows(db, "select 1 from mentions")) == (0, False, [])
    assert bytes_with(path.parent, "xylophonist") == []


def test_a_reader_that_holds_the_old_words_is_named(db, path, author, matched, monkeypatch):
    save_mentions(db, [matched("t", text="xylophonist")], author=author, now=NOW)
    monkeypatch.setattr(store.erasing, "BUSY_SECONDS", 0.0)
    db.conn.execute("pragma busy_timeout = 100")
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from mentions").fetchone()
        with pytest.raises(StoreError, match=r"repute.db-wal; end that program, then start the same command again"):
            erase(db, path, select_author(db, author.secret, "meera"), author)
        reader.rollback()
    assert is_unfinished(db)
    finish_erasures(db, path, secret=author.secret, now=NOW)
    assert (is_unfinished(db), bytes_with(path.parent, "xylophonist")) == (False, [])


def test_others_who_name_the_author_are_counted_and_stay(db, path, author, matched):
    batch = [matched("t"), matched("t", external_id="2", author_id="arun", text="As Meera_K said: late.")]
    save_mentions(db, batch, author=author, now=NOW)
    assert (find_named(db, "@meera_k"), find_named(db, "..")) == (1, 0)


def test_a_removed_mention_keeps_nothing_but_its_identity(db, path, author, matched):
    whole = matched("t", bands=(1, 2), text="xylophonist " * 30, subject="Piano", place="Delhi", language="en")
    save_mentions(db, [whole], author=replace(author, keep_names=True), now=NOW)
    ((text_hash,),) = rows(db, "select text_hash from mentions")
    for sql in (
        "insert into spans values (1, 1, 0, 5)",
        "insert into targets values (1, 't', 1, 'other')",
        "insert into taggers values (1, 'topic', 'x', 'm', '', null, 1)",
        "insert into tagger_sets values (1, '[1]')",
        "insert into readings values (1, 1)",
        "insert into tags values (1, 1, 1, '', 'x', null, 0.5)",
    ):
        db.conn.execute(sql)
    db.conn.commit()
    with closing(open_vectors(path)) as vectors:
        save_vectors(vectors, "m", [(1, text_hash, [np.ones(4, np.float32)])])
        save_mentions(db, [matched(removed=True, text=None, title=None)], author=author, now=NOW)
        assert rows(vectors, "select 1 from vectors") == []
    row = dict(next(iter(db.query("select * from mentions"))))
    assert {name for name, value in row.items() if value is not None} == {
        "id", "source", "site", "external_id", "kind", "voice", "published", "published_precision", "collected", "updated",
        "removed_at", "text_hash",
    }  # fmt: skip
    for table in ("mention_brands", "copy_bands", "spans", "targets", "readings", "tags"):
        assert rows(db, f"select 1 from {table}") == [], table
    assert rows(db, "select rowid from mentions_fts where mentions_fts match 'xylophonist'") == []
