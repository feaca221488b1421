"""Pages of reviews and threads that are asked for only if they have changed."""

from __future__ import annotations

import hashlib
import json
import sqlite3

HTML = {"Content-Type": "text/html; charset=utf-8"}
BRAND = '[[brands]]\nid = "one"\nname = "One"\nrole = "own"\nquery = "{}"\n'


def page(*nodes: object, following: str | None = None) -> bytes:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    link = f'<a rel="next" href="{following}">next</a>' if following else ""
    return f"<!doctype html><html><head>{scripts}</head><body>{link}</body></html>".encode()


def review(author: str, date: str, text: str = "Fine.") -> dict[str, object]:
    return {
        "@type": "Review",
        "author": {"name": author},
        "datePublished": date,
        "reviewBody": text,
        "itemReviewed": {"name": "Acme"},
    }


def post(name: str, text: str) -> dict[str, object]:
    return {
        "@type": "DiscussionForumPosting",
        "url": f"/t/{name}",
        "headline": name,
        "text": text,
        "author": {"name": name},
        "datePublished": "2026-10-02T10:00:00Z",
    }


class Site:
    """Pages that can be edited, each with an ETag, and what was answered with how many bytes."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages = pages
        self.answers: list[tuple[str, int]] = []

    def answer(self, target, headers, body):
        content = self.pages[target]
        tag = f'"{hashlib.md5(content).hexdigest()}"'
        status = 304 if headers.get("If-None-Match") == tag else 200
        self.answers.append((target, status))
        return status, HTML | {"ETag": tag}, content if status == 200 else b""

    def taken(self) -> list[tuple[str, int]]:
        answers, self.answers = self.answers, []
        return answers


def rows(folder, query: str) -> list[tuple]:
    with sqlite3.connect(folder / "repute.db") as db:
        found = db.execute(query).fetchall()
    db.close()
    return found


def test_unchanged_pages_are_not_sent_again_and_what_follows_them_is_read_all_the_same(serve_web, crawl, tmp_path):
    site = Site(
        {
            "/acme": page(review("Ada", "2026-10-01T10:00:00Z"), review("Bo", "2026-09-30"), following="/acme?p=2"),
            "/acme?p=2": page(review("Cy", "2026-09-28", "Good."), following="/acme?p=3"),
            "/acme?p=3": page(review("Di", "2026-08-01")),
            "/forum": page(post("x", "Hello"), post("y", "Hi")),
            "/t/x": page(post("x", "Hello")),
            "/t/y": page(post("y", "Hi")),
        }
    )
    web = serve_web(dict.fromkeys(site.pages, site.answer) | {"/t/x": site.answer, "/t/y": site.answer})
    sources = (
        f'[sources.reviews]\npages = [{{ url = "{web.url}/acme", site = "a" }}, {{ url = "{web.url}/forum", site = "f" }}]\n'
    )
    text = BRAND.format("fine OR hello OR hi OR better") + sources
    first = crawl(text, "reviews", now="2026-10-05T08:00:00Z")
    assert (first.status, first.items, first.new, {status for _, status in site.taken()}) == ("finished", 6, 5, {200})
    watches, cursors = (
        "select site, since, until, complete from watches order by id",
        ("select site, value from cursors where name not like 'page %' and site <> '' order by site"),
    )
    before = rows(tmp_path, cursors)

    second = crawl(text, "reviews", now="2026-10-05T14:00:00Z")
    assert (second.status, second.items, second.errors) == ("finished", 0, 0)
    assert sorted(site.taken()) == [(name, 304) for name in ("/acme", "/acme?p=2", "/acme?p=3", "/forum", "/t/x", "/t/y")]
    assert rows(tmp_path, cursors) == before
    assert sorted(row for row in rows(tmp_path, watches) if "T14" in row[2]) == [
        ("a", "2026-09-17T10:00:00Z", "2026-10-05T14:00:00Z", 1),
        ("f", "2026-09-18T10:00:00Z", "2026-10-05T14:00:00Z", 1),
    ]
    assert second.bytes < first.bytes

    site.pages["/acme?p=2"] = page(review("Cy", "2026-09-28", "Better now."), following="/acme?p=3")
    site.pages["/t/y"] = page(post("y", "Hi again"))
    third = crawl(text, "reviews", now="2026-10-05T20:00:00Z")
    assert (third.status, third.items, third.new + third.updated) == ("finished", 2, 2)
    assert {name for name, status in site.taken() if status == 200} == {"/acme?p=2", "/t/y"}
    assert rows(tmp_path, "select text from mentions where text like '%again%' or text like 'Better%' order by text") == [
        ("Better now.",),
        ("Hi again",),
    ]

    other = BRAND.format("hello OR good OR better OR fine OR hi OR die") + sources
    assert crawl(other, "reviews", now="2026-10-06T08:00:00Z").items == 6
    assert {status for _, status in site.taken()} == {200}
    assert crawl(other, "reviews", now="2026-10-06T09:00:00Z", since="2026-07-01T00:00:00Z").items == 6
    assert {status for _, status in site.taken()} == {200}


def test_a_page_that_sums_up_ratings_is_read_every_time(serve_web, crawl):
    rated = {
        "@type": "Product",
        "name": "Acme",
        "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4.2, "reviewCount": 10},
        "review": review("Ada", "2026-10-01T10:00:00Z"),
    }
    site = Site({"/acme": page(rated)})
    web = serve_web({"/acme": site.answer})
    text = f'[sources.reviews]\npages = [{{ url = "{web.url}/acme" }}]\n'
    for hour in ("08", "14"):
        assert crawl(text, "reviews", now=f"2026-10-05T{hour}:00:00Z").items == 1
    assert site.taken() == [("/acme", 200)] * 2
