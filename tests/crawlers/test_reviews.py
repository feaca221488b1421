"""The spider of structured pages, against sites on loopback."""

from __future__ import annotations

import json
import sqlite3

import pytest

from crawlers.reviews import ReviewsSpider

HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(*nodes: object, following: str | None = None) -> tuple[int, dict[str, str], bytes]:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    link = f'<a class="x" rel="nofollow next" href="{following}">next</a>' if following else ""
    return 200, HTML, f"<!doctype html><html><head>{scripts}</head><body>{link}</body></html>".encode()


def review(author: str, date: str, text: str = "Fine.") -> dict[str, object]:
    return {
        "@type": "Review",
        "author": {"name": author},
        "datePublished": date,
        "reviewBody": text,
        "itemReviewed": {"name": "Acme"},
    }


def config(*pages: str) -> str:
    return f"[sources.reviews]\npages = [{', '.join(pages)}]\n"


def rows(folder, query: str) -> list[tuple]:
    with sqlite3.connect(folder / "repute.db") as db:
        found = db.execute(query).fetchall()
    db.close()
    return found


WATCHES = "select site, since, until, complete from watches order by id"


def test_pages_are_followed_and_a_second_crawl_keeps_one_row(serve_web, crawl, tmp_path):
    web = serve_web(
        {
            "/acme": page(review("Ada", "2026-10-01T10:00:00Z"), review("Bo", "2026-09-30"), following="/acme?page=2"),
            "/acme?page=2": page(review("Cy", "2026-09-01"), following="/acme?page=3"),
            "/acme?page=3": page(review("Di", "2026-08-01"), following="/acme"),
        }
    )
    text = config(f'{{ url = "{web.url}/acme", site = "trustyard" }}')
    first = crawl(text, "reviews")
    assert (first.status, first.new, first.error) == ("finished", 4, None)
    second = crawl(text, "reviews")
    assert (second.new, second.updated, second.items) == (0, 0, 3)
    assert rows(tmp_path, "select site, kind, rating, published_precision from mentions order by published") == [
        ("trustyard", "review", None, "day"), ("trustyard", "review", None, "day"),
        ("trustyard", "review", None, "day"), ("trustyard", "review", None, "second"),
    ]  # fmt: skip
    assert rows(tmp_path, "select name, value from cursors where site != ''") == [(f"{web.url}/acme", "2026-10-01T10:00:00Z")]
    assert rows(tmp_path, WATCHES) == [
        ("trustyard", "2026-07-07T08:00:00Z", "2026-10-05T08:00:00Z", 1),
        ("trustyard", "2026-09-17T10:00:00Z", "2026-10-05T08:00:00Z", 1),
    ]
    # The second crawl stopped at the first page that holds nothing newer than the overlap.
    assert web.count("/acme?page=3") == 1


def test_a_cap_makes_the_watch_incomplete(serve_web, crawl, tmp_path):
    web = serve_web(
        {
            "/acme": page(review("Ada", "2026-10-01"), following="/acme?page=2"),
            "/acme?page=2": page(review("Cy", "2026-09-01"), following="/acme?page=3"),
        }
    )
    crawl(config(f'{{ url = "{web.url}/acme", site = "t", follow = 2 }}'), "reviews")
    assert rows(tmp_path, WATCHES) == [("t", "2026-09-01T00:00:00Z", "2026-10-05T08:00:00Z", 0)]


def test_a_page_that_fails_moves_no_cursor_and_the_rest_is_kept(serve_web, crawl, tmp_path):
    web = serve_web({"/acme": page(review("Ada", "2026-10-01"), following="/gone")})
    report = crawl(config(f'{{ url = "{web.url}/acme", site = "t" }}'), "reviews")
    assert (report.status, report.new, report.errors) == ("finished", 1, 1)
    assert report.error == f"{web.url}/gone: is not there; check the address (HTTP 404)"
    assert rows(tmp_path, "select count(*) from cursors where site != ''") == [(0,)]
    assert rows(tmp_path, WATCHES) == [("t", "2026-07-07T08:00:00Z", "2026-10-05T08:00:00Z", 0)]


def test_a_forum_is_read_thread_by_thread(serve_web, crawl, tmp_path):
    items = [{"@type": "ListItem", "url": f"/forum/{name}"} for name in ("t/1", "held/2")] + [
        {"@type": "ListItem", "url": "/shop/kettle"}
    ]
    comment = {"@type": "Comment", "@id": "urn:c:9", "text": "Me too.", "author": "Bo", "dateCreated": "2026-10-02T09:00:00Z"}
    thread = {
        "@type": "DiscussionForumPosting", "@id": "urn:t:1", "headline": "Acme?", "text": "Anyone?", "author": "Ada",
        "datePublished": "2026-10-01T09:00:00Z", "comment": comment,
    }  # fmt: skip
    web = serve_web(
        {
            "/robots.txt": (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /forum/held/\n"),
            "/forum/": page({"@type": "ItemList", "itemListElement": items}),
            "/forum/t/1": page(thread),
            "/forum/held/2": page(thread | {"@id": "urn:t:2", "text": "Forbidden."}),
            "/shop/kettle": page(review("Eve", "2026-10-01")),
        }
    )
    report = crawl(config(f'{{ url = "{web.url}/forum/", site = "forum" }}'), "reviews")
    assert (report.status, report.new, report.errors, dict(report.dropped)) == ("finished", 2, 0, {"robots.txt": 1})
    assert rows(tmp_path, "select external_id, kind, thread, parent, text from mentions order by id") == [
        ("urn:t:1", "post", None, None, "Anyone?"),
        ("urn:c:9", "comment", "urn:t:1", "urn:t:1", "Me too."),
    ]
    assert (web.count("/forum/held/2"), web.count("/shop/kettle")) == (0, 0)
    assert rows(tmp_path, WATCHES)[0][3] == 1


def test_two_pages_of_one_site_are_one_watch(serve_web, crawl, tmp_path):
    web = serve_web({"/a": page(review("Ada", "2026-10-01")), "/b": (404, HTML, b"gone")})
    crawl(config(f'{{ url = "{web.url}/a", site = "t" }}', f'{{ url = "{web.url}/b", site = "t" }}'), "reviews")
    assert rows(tmp_path, WATCHES) == [("t", "2026-07-07T08:00:00Z", "2026-10-05T08:00:00Z", 0)]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, HTML, b"<html><body>Hello</body></html>"), "no review, post or comment in schema.org terms is on this page"),
        (
            (200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n\0\0\0"),
            "this is no web page; give the address of the page that people see",
        ),
        ((301, {"Location": "/acme"}, b""), "redirects without end"),
    ],
    ids=["no markup", "no page", "endless redirect"],
)
def test_a_page_that_gives_nothing_is_told(serve_web, crawl, answer, words):
    web = serve_web({"/acme": answer})
    report = crawl(config(f'{{ url = "{web.url}/acme" }}'), "reviews")
    assert report.status == "failed"
    assert words in str(report.error)


def test_options_are_checked_all_together():
    problems = ReviewsSpider.check_options(
        {
            "page": 1,
            "pages": [{"url": "acme", "folow": 3}, {"site": "x", "follow": 0}, {"url": "https://x.example/", "site": ""}],
        }
    )
    assert [problem.place for problem in problems] == [
        "page",
        "pages[0].folow",
        "pages[0].url",
        "pages[1].url",
        "pages[1].follow",
        "pages[2].site",
    ]
    assert ReviewsSpider.check_options({"pages": [{"url": "https://x.example/", "site": "x", "follow": 2}]}) == []
