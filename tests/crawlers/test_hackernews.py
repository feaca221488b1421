"""Hacker News: its fields and their drift, windows that are halved, gaps that are asked for again."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from loopback import query
from owner_apis import kill_crawls

from crawlers.hackernews_items import parse_hit
from store.records import Mention

NOW = "2026-10-05T08:00:00Z"
HEAD = '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\nbackfill = "30 days"\n'


def seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


START = seconds(NOW)
DAY = 86400


def hit(number: int, created: int, **fields) -> dict:
    return {
        "objectID": str(number),
        "author": "ann",
        "created_at_i": created,
        "title": f"story {number}",
        "points": 3,
        "_tags": ["story"],
    } | fields


def comment(number: int, created: int, story: int, text: str = "It is slow.", **fields) -> dict:
    told = {"objectID": str(number), "author": "bob", "created_at_i": created, "comment_text": text}
    return told | {"story_id": story, "parent_id": story, "story_title": f"story {story}", "_tags": ["comment"]} | fields


class Algolia:
    """A search, newest first, that heeds window, tags and words, and shows `most` hits of a question at most."""

    def __init__(self, hits, *, most=1000, down=(0, 0), size=400):
        self.hits, self.most, self.down, self.size = hits, most, down, size
        self.pages, self.pause = [], 0.0
        self.special = []
        """Functions of the question; the first that gives an answer is used up."""

    def __call__(self, target, headers, body):
        time.sleep(self.pause)
        path = urlsplit(target).path
        if "/items/" in path:
            self.pages.append({"item": path.rpartition("/")[2]})
            return self.item(path.rpartition("/")[2])
        question = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
        since, until = (
            int(part.partition(sign)[2]) for part, sign in zip(question["numericFilters"].split(","), (">=", "<"), strict=True)
        )
        self.pages.append(question | {"window": (since, until)})
        for special in self.special:
            if answer := special(question):
                self.special.remove(special)
                return answer
        if since < self.down[1] and until > self.down[0]:
            return 503, {}, b"{}"
        found = [hit for hit in self.hits if since <= hit["created_at_i"] < until and self.is_asked(hit, question)]
        found.sort(key=lambda hit: -hit["created_at_i"])
        page, size = int(question["page"]), min(int(question["hitsPerPage"]), self.size)
        shown = found[: self.most][page * size : (page + 1) * size]
        return as_json({"hits": shown, "nbHits": len(found), "nbPages": -(-min(len(found), self.most) // size), "page": page})

    @staticmethod
    def is_asked(hit, question):
        own = {*hit["_tags"], f"story_{hit.get('story_id', hit['objectID'])}"}
        groups = [group.strip("()").split(",") for group in re.findall(r"\([^)]*\)|[^,()]+", question["tags"])]
        words = question.get("query", "").strip('"').lower()
        return all(own & set(group) for group in groups) and words in json.dumps(hit).lower()

    def item(self, name):
        known = [hit for hit in self.hits if hit["objectID"] == name]
        return as_json({"id": int(name), "author": "ann"}) if known else as_json({"status": 404, "error": "Not Found"}, 404)

    @property
    def windows(self):
        """What was searched for."""
        return [page["window"] for page in self.pages if page.get("tags") == "(story,comment)"]


def as_json(value, status=200):
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def config(url: str, brand: str = "*", more: str = "", top: str = "") -> str:
    name = "story" if brand == "*" else "Acme"
    brands = f'[[brands]]\nid = "all"\nname = "{name}"\nrole = "own"\nquery = "{brand}"\n'
    return f'{HEAD}{top}{brands}[sources.hackernews]\nurl = "{url}"\n{more}'


def test_windows_are_cut_halved_and_asked_for_again(serve, crawl, tmp_path):
    burst = seconds("2026-09-20T12:00:00Z")
    crowd = [hit(n, burst + n) for n in range(1500)]
    down = seconds("2026-09-15T12:00:00Z")
    algolia = Algolia([*crowd, hit(9000, seconds("2026-10-04T12:00:00Z")), hit(9001, down)], down=(down - 3600, down + 3600))
    url = serve({"/hn/api/v1/search_by_date": algolia})

    report = crawl(config(f"{url}/hn"), "hackernews")
    assert (report.status, report.new, report.errors) == ("finished", 1501, 1)
    assert max(until - since for since, until in algolia.windows) == 7 * DAY
    missed = query(tmp_path, "select query, since, until from watches where complete = 0")
    assert len(missed) == 1
    assert missed[0][0] == "story"
    assert missed[0][1] < "2026-09-15T11:00:00Z" < "2026-09-15T13:00:00Z" < missed[0][2]
    assert seconds(missed[0][2]) - seconds(missed[0][1]) < DAY

    algolia.down = (0, 0)
    algolia.pages.clear()
    algolia.hits[-2]["points"] = 77
    again = crawl(config(f"{url}/hn"), "hackernews")
    assert (again.status, again.new, again.updated) == ("finished", 1, 1)
    assert sorted(set(algolia.windows)) == [
        (seconds(missed[0][1]), seconds(missed[0][2])),
        (seconds("2026-09-21T08:00:00Z"), seconds("2026-09-28T08:00:00Z")),
        (seconds("2026-09-28T08:00:00Z"), seconds(NOW)),
    ]
    assert query(
        tmp_path, "select external_id, engagement from mentions where external_id > '9' and length(external_id) = 4"
    ) == [("9000", 77), ("9001", 3)]
    assert query(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(1502, 1502)]

    algolia.pages.clear()
    since = crawl(config(f"{url}/hn"), "hackernews", since="2026-09-12T00:00:00Z")
    assert (since.status, since.new, since.updated) == ("finished", 0, 0)
    assert (min(algolia.windows)[0], max(algolia.windows)[1]) == (seconds("2026-09-12T00:00:00Z"), START)


def test_threads_edits_and_deletions(serve_web, crawl, tmp_path):
    asked = "Acme lost it"
    algolia = Algolia(
        [
            hit(10, START - 5 * DAY, title="Ask HN", story_text=asked),
            *(comment(n, START - 4 * DAY + n, 10) for n in range(100, 650)),
            comment(700, START - 3 * DAY, 10, "Acme again"),
            hit(11, START - 20 * DAY, title="Acme opens"),
            comment(701, START - 12 * DAY, 11),
            hit(12, START - DAY, title="Other"),
            comment(702, START - DAY, 12, "Not about them."),
            comment(703, START - DAY, 12, "I left acme.", story_title="Other"),
            comment(704, START - 2 * DAY, 10, "to be deleted"),
            comment(705, START - 2 * DAY, 10, "out of sight"),
        ]
    )

    def arrive(question):
        if question["page"] == "1" and algolia.hits[-1]["objectID"] != "706":
            algolia.hits.append(comment(706, START - 60, 10, "between two pages"))

    algolia.special = [arrive]
    web = serve_web({})
    web.routes = Routes(algolia)
    text = config(web.url, "acme", top='refresh = "14 days"\n')
    first = crawl(text, "hackernews")
    assert (first.status, first.errors, first.new, dict(first.dropped)) == ("finished", 0, 558, {})
    columns = "external_id, kind, title, text, engagement, thread, parent, published, author is not null"
    assert query(
        tmp_path, f"select {columns} from mentions where external_id in ('10', '700', '701', '703', '706') order by 1"
    ) == [
        ("10", "post", "Ask HN", "Acme lost it", 3, None, None, "2026-09-30T08:00:00Z", 1),
        ("700", "comment", None, "Acme again", None, "10", "10", "2026-10-02T08:00:00Z", 1),
        ("701", "comment", None, "It is slow.", None, "11", "11", "2026-09-23T08:00:00Z", 1),
        ("703", "comment", None, "I left acme.", None, "12", "12", "2026-10-04T08:00:00Z", 1),
        ("706", "comment", None, "between two pages", None, "10", "10", "2026-10-05T07:59:00Z", 1),
    ]
    assert query(tmp_path, "select count(*) from mentions join mention_brands on mention = mentions.id") == [(558,)]

    # A day on: a score and an edit, a late comment, one that is deleted, and two of which the search's silence proves nothing.
    algolia.pages.clear()
    algolia.special = []
    algolia.hits[0] |= {"points": 40, "story_text": "Acme found it"}
    gone = {"704", "705", "703"}
    algolia.hits = [each for each in algolia.hits if each["objectID"] not in gone] + [comment(710, START + 60, 11, "late")]
    web.routes.items = {
        "703": (404, {"Content-Type": "text/html"}, b"<html>not here</html>"),
        "705": as_json({"id": 705, "author": "bob", "text": "out of sight"}),
    }
    second = crawl(text, "hackernews", now="2026-10-06T08:00:00Z")
    assert (second.status, second.errors, second.new, second.updated) == ("finished", 0, 1, 2)
    assert sorted(target.rpartition("/")[2] for target in web.asked if "/items/" in target) == ["703", "704", "705"]
    assert query(tmp_path, "select engagement, text from mentions where external_id = '10'") == [(40, "Acme found it")]
    assert query(tmp_path, "select external_id, text, author from mentions where removed_at is not null") == [
        ("704", None, None)
    ]
    assert query(tmp_path, "select count(*) from watches where complete = 0") == [(0,)]


class Routes:
    """Everything to a search, but for some items."""

    def __init__(self, algolia):
        self.algolia, self.items = algolia, {}

    def get(self, target, default=None):
        return self.items.get(target.rpartition("/")[2], self.algolia)


def test_failures_cost_their_window_and_bad_hits_themselves(serve, crawl, tmp_path):
    odd = [
        {"objectID": 90, "created_at_i": str(START - 60), "title": 7, "story_text": ["x"], "points": "5", "_tags": None},
        None,
        {"objectID": None, "title": "story"},
        hit(91, START - 120, author=None, points={"a": 1}),
    ]
    fine = [hit(n, START - n * DAY) for n in range(1, 30)]
    algolia = Algolia(fine)
    script = {
        1: (429, {"Retry-After": "1"}, b""),
        2: (429, {}, b""),
        4: (500, {}, b"oops"),
        5: (200, {"Content-Length": "900", "Connection": "close"}, b'{"hits": [{"obj'),
        7: (200, {"Content-Type": "text/plain"}, json.dumps({"hits": fine[14:16]}).encode()),
        8: as_json({"hits": None, "nbHits": 3}),
        9: as_json({"hits": [*odd, *fine[6::-1]], "nbHits": "9", "nbPages": None}),
    }

    def act(question):
        time.sleep(1.0 if len(algolia.pages) == 7 else 0)
        return script.get(len(algolia.pages))

    algolia.special = [act] * len(script)
    url = serve({"/api/v1/search_by_date": algolia})
    report = crawl(config(url, more="threads = false\n"), "hackernews")
    assert report.status == "finished"
    assert report.error == f"{url}/api/v1/search_by_date: is no answer of the Hacker News search; check `url`"
    assert dict(report.dropped) == {"not a hit": 2, "no text and no rating": 1}
    incomplete = query(tmp_path, "select since, until from watches where complete = 0")
    assert report.errors == len(incomplete) == 1
    algolia.special = []
    again = crawl(config(url, more="threads = false\n"), "hackernews")
    assert (again.status, again.errors) == ("finished", 0)
    assert {name for (name,) in query(tmp_path, "select external_id from mentions")} == {str(n) for n in range(1, 30)} | {"91"}


def test_ten_interrupted_crawls_lose_nothing(serve_web, crawl, tmp_path):
    stories = [hit(n, START - 29 * DAY + n * DAY, title="Acme") for n in range(1, 29)]
    answers = [comment(1000 + n, START - 29 * DAY + n * DAY // 100, n // 100) for n in range(100, 2900)]
    algolia = Algolia([*stories, *answers])
    algolia.pause = 0.02
    web = serve_web({})
    web.routes = Routes(algolia)
    text = config(web.url, "acme")
    assert kill_crawls(algolia, tmp_path, text, "hackernews", {}) > 0
    report = crawl(text, "hackernews")
    assert (report.status, report.errors) == ("finished", 0)
    assert query(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(2828, 2828)]
    assert query(tmp_path, "select min(since), max(until), min(complete) from watches") == [("2026-09-05T08:00:00Z", NOW, 1)]


def test_the_recorded_answer_lands_once(serve, crawl, tmp_path, recorded):
    answer = json.loads((recorded / "hackernews" / "hn_algolia_response.json").read_text())
    answer |= {"nbHits": 150, "nbPages": 1}
    url = serve({"/api/v1/search_by_date": (200, {}, json.dumps(answer).encode())})
    now = "2026-07-09T04:00:00Z"
    options = {"now": now, "since": "2026-07-08T00:00:00Z"}
    report = crawl(config(url, more="threads = false\n"), "hackernews", **options)
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
