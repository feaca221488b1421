"""Hacker News: its fields and their drift, windows that are halved, gaps that are asked for again."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.hackernews import parse_hit
from store.records import Mention

NOW = "2026-10-05T08:00:00Z"
HEAD = '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\nbackfill = "30 days"\n'


def seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def hit(number: int, created: int, **fields) -> dict:
    return {
        "objectID": str(number),
        "author": "ann",
        "created_at_i": created,
        "title": f"story {number}",
        "points": 3,
        "_tags": ["story"],
    } | fields


class Algolia:
    """A search over some hits that heeds the window and shows `most` hits of a question at most."""

    def __init__(self, hits, *, most=1000, down=(0, 0)):
        self.hits, self.most, self.down = hits, most, down
        self.windows = []

    def __call__(self, target, headers, body):
        question = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
        since, until = (
            int(part.partition(sign)[2]) for part, sign in zip(question["numericFilters"].split(","), (">=", "<"), strict=True)
        )
        self.windows.append((since, until))
        if since < self.down[1] and until > self.down[0]:
            return 503, {}, b"{}"
        found = [hit for hit in self.hits if since <= hit["created_at_i"] < until]
        page, size = int(question["page"]), min(int(question["hitsPerPage"]), 400)
        shown = found[: self.most][page * size : (page + 1) * size]
        answer = {"hits": shown, "nbHits": len(found), "nbPages": -(-min(len(found), self.most) // size), "page": page}
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


def config(url: str) -> str:
    return HEAD + f'[[brands]]\nid = "all"\nname = "Acme"\nrole = "own"\nquery = "*"\n[sources.hackernews]\nurl = "{url}"\n'


def query(tmp_path, sql):
    db = sqlite3.connect(tmp_path / "repute.db")
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def test_windows_are_cut_halved_and_asked_for_again(serve, crawl, tmp_path):
    burst = seconds("2026-09-20T12:00:00Z")
    crowd = [hit(n, burst + n) for n in range(1500)]
    down = seconds("2026-09-27T12:00:00Z")
    algolia = Algolia([*crowd, hit(9000, seconds("2026-10-04T12:00:00Z")), hit(9001, down)], down=(down - 3600, down + 3600))
    url = serve({"/hn/api/v1/search_by_date": algolia})

    report = crawl(config(f"{url}/hn"), "hackernews")
    assert (report.status, report.new, report.errors) == ("finished", 1501, 1)
    assert max(until - since for since, until in algolia.windows) == 7 * 86400
    missed = query(tmp_path, "select query, since, until from watches where complete = 0")
    assert len(missed) == 1
    assert missed[0][0] == "Acme"
    assert missed[0][1] < "2026-09-27T11:00:00Z" < "2026-09-27T13:00:00Z" < missed[0][2]
    assert seconds(missed[0][2]) - seconds(missed[0][1]) < 86400

    algolia.down, algolia.windows = (0, 0), []
    algolia.hits[-2]["points"] = 77
    again = crawl(config(f"{url}/hn"), "hackernews")
    assert (again.status, again.new, again.updated) == ("finished", 1, 1)
    assert sorted(set(algolia.windows)) == [
        (seconds(missed[0][1]), seconds(missed[0][2])),
        (seconds("2026-10-03T08:00:00Z"), seconds(NOW)),
    ]
    assert query(
        tmp_path, "select external_id, engagement from mentions where external_id > '9' and length(external_id) = 4"
    ) == [("9000", 77), ("9001", 3)]
    assert query(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(1502, 1502)]


def test_the_recorded_answer_lands_once(serve, crawl, tmp_path, recorded):
    answer = json.loads((recorded / "hackernews" / "hn_algolia_response.json").read_text())
    answer |= {"nbHits": 150, "nbPages": 1}
    url = serve({"/api/v1/search_by_date": (200, {}, json.dumps(answer).encode())})
    now = "2026-07-09T04:00:00Z"
    options = {"now": now, "since": "2026-07-08T00:00:00Z"}
    report = crawl(config(url), "hackernews", **options)
    assert (report.status, report.new, report.dropped) == ("finished", 150, ())
    stored = query(
        tmp_path, "select external_id, title, author is not null, engagement, published, url from mentions order by external_id"
    )
    expected = [
        (
            h["objectID"],
            " ".join(h["title"].split()),
            1,
            h["points"],
            h["created_at"],
            f"https://news.ycombinator.com/item?id={h['objectID']}",
        )
        for h in answer["hits"]
    ]
    assert stored == sorted(expected)


def test_an_answer_that_is_none_fails_the_crawl(serve, crawl):
    url = serve({"/api/v1/search_by_date": (200, {}, b"<html>blocked</html>")})
    report = crawl(config(url), "hackernews")
    assert (report.status, report.items) == ("failed", 0)
    assert "is no answer of the Hacker News search; check `url`" in report.error


def test_a_comment_of_2018_and_one_of_2026():
    old = {
        "objectID": "17",
        "author": "ann",
        "created_at": "2018-03-01T10:00:00.000Z",
        "created_at_i": 1519898400,
        "title": None,
        "story_text": None,
        "comment_text": "<p>It&#x27;s <i>slow</i>.<p>Really.",
        "points": None,
        "story_id": 12,
        "parent_id": 13,
        "story_title": "Acme down",
        "_tags": ["comment"],
    }
    new = {key: value for key, value in old.items() if value is not None} | {"created_at": "2018-03-01T10:00:00Z"}
    assert (
        parse_hit(old)
        == parse_hit(new)
        == Mention(
            source="hackernews",
            site="news.ycombinator.com",
            external_id="17",
            url="https://news.ycombinator.com/item?id=17",
            kind="comment",
            text="It's slow.\n\nReally.",
            author_id="ann",
            author_name="ann",
            thread="12",
            parent="13",
            published="2018-03-01T10:00:00Z",
            published_precision="second",
            context="Acme down",
        )
    )


def test_midnight_sharp_is_a_real_time_here():
    midnight = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp())
    mention = parse_hit(hit(1, midnight))
    assert (mention.published, mention.published_precision) == ("2026-10-01T00:00:00Z", "second")


@pytest.mark.parametrize("broken", [None, "text", {}, {"objectID": ""}])
def test_what_is_no_hit_is_none(broken):
    assert parse_hit(broken) is None
