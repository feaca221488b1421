"""Bluesky: a server of the real protocol with sessions that end, windows, caps, posts that go, and what goes wrong."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from loopback import query

from crawlers.bluesky import BlueskySpider
from crawlers.bluesky_items import parse_post, parse_record
from store.records import Mention

NOW = "2026-10-05T08:00:00Z"
JSON = {"Content-Type": "application/json; charset=utf-8"}
KEYS = {"REPUTE_BLUESKY_IDENTIFIER": "@ann.example", "REPUTE_BLUESKY_APP_PASSWORD": "abcd-efgh-ijkl-mnop"}
HEAD = '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\nbackfill = "{}"\nkeep_author_names = true\n'
BRAND = '[[brands]]\nid = "all"\nname = "Acme"\nrole = "own"\nquery = "*"\n'
ROOT = "at://did:plc:root/app.bsky.feed.post/r"


def ago(**by) -> str:
    return (datetime.fromisoformat(NOW) - timedelta(**by)).strftime("%Y-%m-%dT%H:%M:%S.123Z")


def uri(number: int) -> str:
    return f"at://did:plc:ann/app.bsky.feed.post/{number}"


def post(number: int, created: str, **fields) -> dict:
    record = {"$type": "app.bsky.feed.post", "text": f"Acme {number}", "createdAt": created, "langs": ["en"]}
    return {
        "uri": uri(number),
        "cid": "x",
        "author": {"did": "did:plc:ann", "handle": "ann.example"},
        "record": record | fields.pop("record", {}),
        "likeCount": 1,
        "repostCount": 2,
        "quoteCount": 0,
        "replyCount": 5,
        "indexedAt": created,
        "labels": [],
    } | fields


class Server:
    """A PDS: sessions of `life` requests, search by time with offsets as cursors that shows `most` posts, and getPosts."""

    def __init__(self, posts=(), *, life=10**6, most=10**6):
        self.posts, self.life, self.most = list(posts), life, most
        self.questions, self.faults, self.asked_again = [], [], []
        self.pages = []
        """What search answers first, one a request."""
        self.sessions = self.used = 0
        self.calls = Counter()
        self.ended = set()
        self.before_answer = lambda: None

    def tokens(self):
        self.sessions += 1
        self.used = 0
        return 200, JSON, json.dumps({"accessJwt": f"a{self.sessions}", "refreshJwt": f"r{self.sessions}", "did": "d"}).encode()

    def create(self, target, headers, body):
        self.calls["create"] += 1
        if json.loads(body) != {"identifier": "ann.example", "password": KEYS["REPUTE_BLUESKY_APP_PASSWORD"]}:
            return 401, JSON, b'{"error":"AuthenticationRequired","message":"Invalid identifier or password"}'
        return self.tokens()

    def refresh(self, target, headers, body):
        self.calls["refresh"] += 1
        if headers.get("Authorization") != f"Bearer r{self.sessions}" or self.calls["refresh"] % 2 == 0:
            return 400, JSON, b'{"error":"ExpiredToken","message":"Token has expired"}'
        return self.tokens()

    def refuse(self, headers):
        self.used += 1
        if headers.get("Authorization") != f"Bearer a{self.sessions}" or self.used > self.life:
            return 400, JSON, b'{"error":"ExpiredToken","message":"Token has expired"}'
        return self.faults.pop(0) if self.faults else None

    def search(self, target, headers, body):
        question = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
        self.questions.append(question)
        if fault := self.refuse(headers):
            return fault
        if self.pages:
            return self.pages.pop(0)
        self.before_answer()
        found = sorted(
            (p for p in self.posts if question["since"] <= p["indexedAt"] < question["until"]), key=lambda p: p["indexedAt"]
        )
        shown, start, limit = found[::-1][: self.most], int(question.get("cursor", 0)), int(question["limit"])
        page = shown[start : start + limit]
        answer = {"hitsTotal": len(found), "posts": page}
        return 200, JSON, json.dumps(answer | ({"cursor": str(start + limit)} if start + limit < len(shown) else {})).encode()

    def known(self, target, headers, body):
        if fault := self.refuse(headers):
            return fault
        asked = parse_qs(urlsplit(target).query)["uris"]
        assert len(asked) <= 25
        self.asked_again += asked
        return 200, JSON, json.dumps({"posts": [p for p in self.posts if p["uri"] in asked]}).encode()

    def routes(self) -> dict:
        return {
            "/xrpc/com.atproto.server.createSession": self.create,
            "/xrpc/com.atproto.server.refreshSession": self.refresh,
            "/xrpc/app.bsky.feed.searchPosts": self.search,
            "/xrpc/app.bsky.feed.getPosts": self.known,
        }


def config(url: str, backfill: str = "20 days") -> str:
    return f'{HEAD.format(backfill)}{BRAND}[sources.bluesky]\nurl = "{url}"\n'


def numbers(tmp_path) -> list[int]:
    found = query(tmp_path, "select external_id from mentions where removed_at is null")
    return sorted(int(name.rpartition("/")[2]) for (name,) in found)


def test_all_posts_once_through_ended_sessions_then_only_the_overlap(serve_web, crawl, tmp_path, capsys):
    server = Server((post(n, ago(hours=n)) for n in range(1, 480)), life=2)
    late = []

    def more():
        # Older pages move by one when a post comes late, with a time that lies back.
        late.append(post(1000 + len(late), ago(hours=30, minutes=len(late))))
        server.posts.append(late[-1])

    server.before_answer = more
    web = serve_web(server.routes())
    look = crawl(config(web.url), "bluesky", dry=True, env=KEYS)
    assert (look.status, look.items, look.requests, server.questions[0]["limit"]) == ("finished", 10, 2, "10")
    first = crawl(config(web.url), "bluesky", env=KEYS)
    assert (first.status, first.error, first.dropped) == ("finished", None, ())
    assert {n for n in numbers(tmp_path) if n < 1000} == {*range(1, 480)}
    assert server.calls["refresh"] >= 2
    assert server.questions[-1] | {"since": "", "until": ""} == {
        "q": '"Acme"', "sort": "latest", "limit": "100", "since": "", "until": "", "cursor": "100",
    }  # fmt: skip

    server.before_answer, server.questions, server.life = lambda: None, [], 10**6
    server.posts.append(post(2000, ago(minutes=5)))
    second = crawl(config(web.url), "bluesky", env=KEYS)
    assert (second.status, second.errors) == ("finished", 0)
    assert {(q["since"], q["until"]) for q in server.questions} == {("2026-10-03T08:00:00Z", NOW)}
    assert numbers(tmp_path) == [*range(1, 480), *range(1000, 1000 + len(late)), 2000]
    assert query(tmp_path, "select count(*) from mentions") == [(480 + len(late),)]
    assert query(tmp_path, "select distinct site, query, complete from watches") == [("bsky.app", "Acme", 1)]
    log = capsys.readouterr().err
    assert not any(secret in log for secret in (KEYS["REPUTE_BLUESKY_APP_PASSWORD"], "Bearer", "a1"))


def test_a_search_that_shows_not_all_is_asked_for_the_rest(serve_web, crawl, tmp_path):
    burst = [
        post(n, (datetime.fromisoformat(NOW) - timedelta(hours=5, seconds=n)).strftime("%Y-%m-%dT%H:%M:%S.5Z"))
        for n in range(700)
    ]
    second = [post(2000 + n, f"2026-09-20T10:00:00.{n:03d}Z") for n in range(300)]
    server = Server([*burst, *second], most=250)
    web = serve_web(server.routes())
    report = crawl(config(web.url), "bluesky", env=KEYS)
    assert (report.status, report.errors) == ("finished", 1)
    assert "shows not all posts of one second for 'Acme'; ask more narrowly" in report.error
    assert numbers(tmp_path) == [*range(700), *range(2050, 2300)]
    assert query(tmp_path, "select since, until from watches where complete = 0") == [
        ("2026-09-15T08:00:00Z", "2026-09-20T10:00:01Z")
    ]


def test_nothing_is_lost_over_ten_killed_runs(serve_web, start_crawl, crawl, tmp_path):
    server = Server(post(n, ago(hours=n)) for n in range(1, 470))
    web = serve_web(server.routes())
    for run in range(10):
        asked = len(server.questions)
        process = start_crawl(config(web.url), "bluesky", env=KEYS, now=f"2026-10-05T08:{run:02d}:00Z")
        deadline = time.monotonic() + 60
        while len(server.questions) < asked + 1 + run % 6 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.communicate()
        server.posts.append(post(1000 + run, ago(minutes=50 - run)))
    report = crawl(config(web.url), "bluesky", env=KEYS, now="2026-10-05T09:00:00Z")
    assert (report.status, report.errors) == ("finished", 0)
    assert numbers(tmp_path) == [*range(1, 470), *range(1000, 1010)]


def test_counts_deletions_failures_and_bad_items(serve_web, crawl, tmp_path):
    server = Server(post(n, ago(days=n)) for n in range(1, 13))
    odd = [
        post(20, ago(hours=1), record={"reply": {"root": {"uri": ROOT}, "parent": {"uri": ROOT + "2"}}, "langs": None}),
        post(21, ago(hours=2), likeCount="4", repostCount=None, quoteCount=[], author=None),
        post(22, "2026-10-04T00:00:00Z", record={"langs": ["en", "de"], "createdAt": "2031-01-01T00:00:00Z"}),
        post(23, ago(hours=3), record={"text": None}),
        post(24, ago(hours=4), record={"reply": "x", "createdAt": 5, "langs": "en"}, indexedAt=ago(hours=4)),
        post(25, ago(hours=4)) | {"record": None},
        post(26, ago(hours=4)) | {"uri": "at://did:plc:ann/app.bsky.feed.like/26"},
    ]
    page = json.dumps({"posts": [None, 7, *odd, *odd[:2], *server.posts[:6]], "cursor": None, "extra": 1}).encode()
    short = {"Content-Length": "900", "Connection": "close"}
    server.faults = [(429, {"Retry-After": "1"}, b""), (500, {}, b""), (200, short, b"{}")]
    server.pages = [(200, {"Content-Type": "text/html"}, b"<html>"), (429, {}, b"")]
    web = serve_web(server.routes())
    first = crawl(config(web.url, "15 days"), "bluesky", env=KEYS)
    assert (first.status, first.new, first.errors) == ("finished", 12, 0)

    server.pages = [(200, JSON, b'{"posts": null}'), (200, JSON, b'{"posts": [')]
    second = crawl(config(web.url, "15 days"), "bluesky", env=KEYS)
    assert (second.status, second.updated, second.errors) == ("finished", 0, 1)
    assert "is no answer of Bluesky's search (no posts in it)" in second.error
    assert query(tmp_path, "select since, until from watches where complete = 0") == [("2026-10-03T08:00:00Z", NOW)]
    server.pages = [(200, JSON, page)]
    third = crawl(config(web.url, "15 days"), "bluesky", env=KEYS)
    assert (third.status, third.new, third.errors) == ("finished", 4, 0)
    assert dict(third.dropped) == {"not a post": 4, "no text and no rating": 1}
    columns = "language, author_name, engagement, published, kind, thread, parent"
    rows = {
        int(name.rpartition("/")[2]): rest for name, *rest in query(tmp_path, f"select external_id, {columns} from mentions")
    }
    assert [rows[n] for n in (20, 21, 22, 24)] == [
        [None, "ann.example", 3, "2026-10-05T07:00:00Z", "comment", ROOT, ROOT + "2"],
        ["en", None, 4, "2026-10-05T06:00:00Z", "post", None, None],
        [None, "ann.example", 3, "2026-10-04T00:00:00Z", "post", None, None],
        [None, "ann.example", 3, "2026-10-05T04:00:00Z", "post", None, None],
    ]

    # What is gone is gone, what is liked is counted: within the last 14 days, also where search is not asked any more.
    server.posts = [p for p in [*server.posts, *odd[:3], odd[4]] if p["uri"] not in (uri(3), uri(20))]
    server.posts[6] |= {"likeCount": 50}
    fourth = crawl(config(web.url, "15 days"), "bluesky", env=KEYS)
    assert (fourth.status, fourth.updated, fourth.errors) == ("finished", 3, 0)
    assert query(
        tmp_path, "select external_id, text, author, removed_at is not null from mentions where removed_at is not null"
    ) == [(uri(n), None, None, 1) for n in (3, 20)]
    assert query(tmp_path, "select engagement from mentions where external_id = '" + server.posts[6]["uri"] + "'") == [(52,)]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            (401, JSON, b'{"error":"AuthenticationRequired","message":"abcd-efgh-ijkl-mnop"}'),
            "the sign-in is refused (HTTP 401 Auth",
        ),
        ((200, JSON, b"<html>"), "gives no session (HTTP 200); check `url`"),
    ],
)
def test_a_sign_in_that_fails_ends_the_source_in_words(serve_web, crawl, capsys, answer, words):
    web = serve_web({"/xrpc/com.atproto.server.createSession": answer})
    report = crawl(config(web.url), "bluesky", env=KEYS)
    assert (report.status, report.requests) == ("failed", 1)
    assert words in report.error
    assert "abcd-efgh" not in report.error + capsys.readouterr().err


def test_missing_credentials_are_named(serve_web, crawl):
    report = crawl(config("http://127.0.0.1:9"), "bluesky", env=KEYS | {"REPUTE_BLUESKY_APP_PASSWORD": ""})
    assert (report.status, report.requests) == ("failed", 0)
    assert "set REPUTE_BLUESKY_APP_PASSWORD in the environment" in report.error


def test_recorded_records_are_read(recorded):
    lines = (recorded / "bluesky" / "jetstream_v1.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    found = [
        (event["did"], event["commit"])
        for event in events
        if event["kind"] == "commit"
        and event["commit"]["operation"] == "create"
        and event["commit"]["collection"] == "app.bsky.feed.post"
    ]
    for did, commit in found:
        record = commit["record"]
        mention = parse_record(f"at://{did}/app.bsky.feed.post/{commit['rkey']}", record)
        languages, reply = record.get("langs") or [], record.get("reply")
        assert mention == Mention(
            source="bluesky",
            site="bsky.app",
            external_id=f"at://{did}/app.bsky.feed.post/{commit['rkey']}",
            url=f"https://bsky.app/profile/{did}/post/{commit['rkey']}",
            kind="comment" if reply else "post",
            text=record["text"].strip() or None,
            language=languages[0] if len(languages) == 1 else None,
            author_id=did,
            thread=reply["root"]["uri"] if reply else None,
            parent=reply["parent"]["uri"] if reply else None,
            published=record["createdAt"][:19] + "Z",
            published_precision="second",
        )
    assert len(found) == 17


@pytest.mark.parametrize(
    "broken", [None, "x", {}, {"uri": 5, "record": {}}, {"uri": uri(1)}, {"uri": "at://x", "record": {"text": "a"}}]
)
def test_what_is_no_post_is_none(broken):
    assert parse_post(broken) is None


@pytest.mark.parametrize(
    ("options", "places"),
    [
        ({}, []),
        ({"url": "https://pds.example", "queries": ["acme", "acme coffee"]}, []),
        ({"url": "http://pds.example"}, ["url"]),
        ({"url": "pds", "query": "x", "queries": ["*", ""]}, ["query", "url", "queries[1]", "queries[0]"]),
    ],
)
def test_options_are_checked_all_together(options, places):
    assert [problem.place for problem in BlueskySpider.check_options(options)] == places
