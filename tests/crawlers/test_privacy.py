"""A crawl leaves out what was forgotten or is older than `retention`, and knows press and repetition by the rules."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from store.authors import load_secret
from store.database import open_database
from store.erasing import begin_erasure, finish_erasures
from store.selecting import select_author, select_url

NOW = "2026-10-05T08:00:00Z"
ITEMS = {
    "1": ("meera", "https://blog.example/1", "Thu, 01 Oct 2026 10:00:00 GMT"),
    "2": ("arun", "https://blog.example/2", "Thu, 01 Oct 2026 11:00:00 GMT"),
    "3": ("wire", "https://www.prnewswire.com/news/3", "Thu, 01 Oct 2026 12:00:00 GMT"),
    "4": ("noor", "https://blog.example/4", "Mon, 01 Jun 2026 12:00:00 GMT"),
}


def feed(_target, _headers, _body):
    items = "".join(
        f"<item><guid>{guid}</guid><title>Acme {guid}</title><link>{link}</link><pubDate>{day}</pubDate>"
        f"<author>{author}</author><description>acme words {guid}</description></item>"
        for guid, (author, link, day) in ITEMS.items()
    )
    content = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'.encode()
    return 200, {"Content-Type": "application/rss+xml"}, content


def rows(path):
    with closing(sqlite3.connect(path)) as db:
        return db.execute("select title, voice, voice_rule from mentions order by title").fetchall()


def test_what_was_forgotten_or_is_too_old_stays_away(serve_web, crawl, tmp_path):
    web = serve_web({"/feed": feed})
    head = '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\nretention = "60 days"\n'
    config = f'{head}[sources.feeds]\nfeeds = [{{ url = "{web.url}/feed", site = "blog" }}]\n'
    first = crawl(config, "feeds")
    wire = ("Acme 3", "press", "[voices] press: prnewswire.com")
    path = tmp_path / "repute.db"
    assert rows(path) == [("Acme 1", "customer", None), ("Acme 2", "customer", None), wire]
    assert (first.new, first.dropped) == (3, (("older than retention", 1),))

    secret = load_secret(path)
    with closing(open_database(path)) as db:
        for selection in (select_author(db, secret, "meera"), select_url(db, secret, "https://blog.example/2")):
            begin_erasure(db, selection, secret=secret, now=NOW)
            finish_erasures(db, path, secret=secret, now=NOW)
    again = crawl(config, "feeds", since="2026-01-01T00:00:00Z")
    assert rows(path) == [wire]
    assert (again.new, sorted(again.dropped)) == (0, [("forgotten", 2), ("older than retention", 1)])
