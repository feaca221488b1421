"""Reddit's recorded traffic through PRAW and the spider, and what its errors become."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from owner_apis import kill_crawls
from requests.structures import CaseInsensitiveDict

from crawlers.reddit import RedditSpider
from crawlers.reddit_api import parse_thing, time_filter
from crawlers.reddit_listing import Listing
from crawlers.reddit_session import Session

KEYS = {"REPUTE_REDDIT_CLIENT_ID": "id", "REPUTE_REDDIT_CLIENT_SECRET": "secret"}
JSON = {"Content-Type": "application/json; charset=UTF-8"}
TOKEN = (200, JSON, b'{"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"}')
EMPTY = (200, JSON, b'{"kind": "Listing", "data": {"after": null, "children": []}}')


def interactions(recorded: Path) -> Iterator[tuple[str, str]]:
    """(address, body) of every recorded GET."""
    for path in sorted((recorded / "reddit").glob("*.json")):
        for one in json.loads(path.read_text())["interactions"]:
            if one["request"]["method"] == "GET":
                yield one["request"]["uri"], one["response"]["body"]["string"]


def things(value: object) -> Iterator[dict]:
    """The data of every post and comment in a body, however deep."""
    if isinstance(value, dict):
        if value.get("kind") in ("t1", "t3"):
            yield value["data"]
        for inner in value.values():
            yield from things(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from things(inner)


def key_of(target: str) -> tuple[str, tuple]:
    parts = urlsplit(target)
    return parts.path, tuple(sorted(parse_qsl(parts.query)))


def replay(recorded: Path) -> Callable[[str, Mapping[str, str], bytes], tuple[int, dict, bytes]]:
    """Answer as the cassettes do, by path and sorted query; what was not recorded is an empty listing."""
    bodies = {key_of(uri): body for uri, body in interactions(recorded)}
    return lambda target, headers, body: (200, JSON, bodies[key_of(target)].encode()) if key_of(target) in bodies else EMPTY


def listing(*children: dict, after: str | None = None) -> tuple[int, dict, bytes]:
    body = {
        "kind": "Listing",
        "data": {"after": after, "children": [{"kind": child["name"][:2], "data": child} for child in children]},
    }
    return 200, JSON, json.dumps(body).encode()


def post(name: str, created: int, **more: object) -> dict:
    return {
        "name": f"t3_{name}", "id": name, "subreddit": "London", "author": "ada", "author_fullname": "t2_ada", "title": "Acme?",
        "selftext": "Late again.", "created_utc": created, "score": 3, "permalink": f"/r/London/comments/{name}/acme/?ref=x",
    } | more  # fmt: skip


def config(url: str, more: str = 'subreddits = ["london"]') -> str:
    return f'[sources.reddit]\nurl = "{url}"\n{more}\n'


def rows(folder: Path, query: str) -> list[tuple]:
    db = sqlite3.connect(folder / "repute.db")
    found = db.execute(query).fetchall()
    db.close()
    return found


NOW = 1_791_187_200  # 2026-10-05T08:00:00Z


def test_recorded_listings_land_once(recorded, serve_web, crawl, tmp_path):
    answer = replay(recorded)
    paths = ("/r/askreddit/new", "/r/askreddit/comments/")
    web = serve_web({"/api/v1/access_token": TOKEN, "/api/info/": EMPTY} | dict.fromkeys(paths, answer))
    expected = {
        thing["name"]: thing
        for uri, body in interactions(recorded)
        if urlsplit(uri).path in paths
        for thing in things(json.loads(body))
    }
    text = config(web.url, 'subreddits = ["AskReddit"]\nthreads = false')
    report = crawl(text, "reddit", now="2016-07-04T00:10:00Z", since="2016-01-01T00:00:00Z", env=KEYS)
    assert (report.status, report.new, report.error) == ("finished", 200, None)
    again = crawl(text, "reddit", now="2016-07-04T00:10:00Z", since="2016-01-01T00:00:00Z", env=KEYS)
    assert (again.new, again.updated) == (0, 0)
    stored = rows(tmp_path, "select external_id, site, kind, engagement, title is null, removed_at is null from mentions")
    assert {row[0]: row[1:] for row in stored} == {
        name: ("r/askreddit", "post" if name[1] == "3" else "comment", thing["score"], int(name[1] == "1"), 1)
        for name, thing in expected.items()
    }
    assert len(stored) == 200


def test_everything_recorded_lands_once_through_praw_and_the_spider(recorded, serve_web, crawl, tmp_path):
    found = {thing["name"]: thing for _, body in interactions(recorded) for thing in things(json.loads(body))}
    newest = sorted(found.values(), key=lambda thing: -thing["created_utc"])
    posts, comments = ([thing for thing in newest if thing["name"].startswith(kind)] for kind in ("t3", "t1"))
    routes = {"/r/all/new": listing(*posts), "/r/all/comments/": listing(*comments), "/api/info/": EMPTY}
    web = serve_web({"/api/v1/access_token": TOKEN} | routes)
    text = config(web.url, 'subreddits = ["all"]\nthreads = false')
    report = crawl(text, "reddit", now="2026-11-01T00:00:00Z", since="2005-01-01T00:00:00Z", env=KEYS)
    assert (report.status, report.error) == ("finished", None)
    stored = rows(tmp_path, "select external_id, text, removed_at is not null from mentions")
    assert sorted(row[0] for row in stored) == sorted(found)
    assert len(stored) >= 500
    gone = {row[0] for row in stored if row[2]}
    assert gone == {name for name, thing in found.items() if parse_thing(thing).removed}
    assert gone
    assert [row for row in stored if row[2] and row[1]] == []


def test_every_recorded_thing_is_read(recorded):
    found = [thing for _, body in interactions(recorded) for thing in things(json.loads(body))]
    for thing in found:
        mention = parse_thing(thing)
        gone = thing.get("body", thing.get("selftext")) in ("[deleted]", "[removed]") or bool(thing.get("removed_by_category"))
        words = thing.get("body", thing.get("selftext")) or None
        author = thing["author"] if thing["author"] not in (None, "[deleted]") and not gone else None
        assert (mention.external_id, mention.site) == (thing["name"], f"r/{thing['subreddit'].lower()}")
        assert (mention.removed, mention.text, mention.author_name) == (gone, None if gone else words, author)
        assert mention.published_precision == "second"
        assert (mention.thread, mention.parent) == (thing.get("link_id"), thing.get("parent_id"))
    assert len(found) >= 600


def test_a_deleted_comment_is_a_tombstone_without_words(recorded, serve_web, crawl, tmp_path):
    (deleted,) = [thing for uri, body in interactions(recorded) if "t1_d7ltvl0" in uri for thing in things(json.loads(body))]
    alive = deleted | {"body": "Acme lost my parcel.", "author": "ada", "link_title": "Acme"}
    web = serve_web({"/api/v1/access_token": TOKEN, "/r/london/new": EMPTY, "/r/london/comments/": listing(alive)})
    text = config(web.url)
    now = {"now": "2016-09-20T00:00:00Z", "env": KEYS, "since": "2016-09-01T00:00:00Z"}
    assert crawl(text, "reddit", **now).new == 1
    web.routes |= {"/r/london/comments/": EMPTY, "/api/info/": replay(recorded)}
    report = crawl(text, "reddit", **now)
    assert (report.status, report.updated) == ("finished", 1)
    assert rows(tmp_path, "select external_id, kind, text, author, url, engagement, removed_at is not null from mentions") == [
        ("t1_d7ltvl0", "comment", None, None, None, None, 1)
    ]


def test_search_stops_where_it_was_read_before(serve_web, crawl, tmp_path):
    search = "/r/london/search/"
    found = listing(post("c", NOW - 3600), post("b", NOW - 86400), post("a", NOW - 200 * 86400), after="t3_a")
    web = serve_web({"/api/v1/access_token": TOKEN, search: found, "/r/london/comments/": EMPTY})
    text = config(web.url, 'subreddits = ["r/London"]\nqueries = ["acme"]')
    report = crawl(text, "reddit", env=KEYS)
    assert (report.status, report.new, report.requests) == ("finished", 2, 3)
    asked = next(target for target in web.asked if target.startswith(search))
    assert dict(parse_qsl(urlsplit(asked).query)) == {
        "q": "acme", "restrict_sr": "True", "sort": "new", "syntax": "lucene", "t": "year", "limit": "100", "raw_json": "1",
    }  # fmt: skip
    assert sum(target.startswith(search) for target in web.asked) == 1
    assert rows(tmp_path, "select name, value from cursors where site != ''") == [("acme", "t3_c 2026-10-05T07:00:00Z")]
    assert rows(tmp_path, "select site, query, since, until, complete from watches") == [
        ("r/london", "acme", "2026-07-07T08:00:00Z", "2026-10-05T08:00:00Z", 1)
    ]
    assert rows(tmp_path, "select url from mentions order by id")[0] == (f"{web.url}/r/London/comments/c/acme/",)
    web.routes |= {search: listing(post("c", NOW - 3600, score=9)), "/api/info/": listing(post("b", NOW - 86400))}
    assert crawl(text, "reddit", env=KEYS).updated == 1
    assert rows(tmp_path, "select engagement from mentions order by id") == [(9,), (3,)]


def test_failing_subreddits_do_not_stop_the_others(serve_web, crawl, tmp_path, capsys):
    web = serve_web(
        {
            "/api/v1/access_token": TOKEN,
            "/r/nowhere/new": (302, {"Location": "/subreddits/search?q=nowhere"}, b""),
            "/r/closed/new": (403, JSON, b"{}"),
            "/r/busy/new": (429, {"retry-after": "600"}, b""),
            "/r/london/new": listing(post("a", NOW - 3600)),
        }
    )
    text = config(web.url, 'subreddits = ["nowhere", "closed", "busy", "london"]\ncomments = false')
    report = crawl(text, "reddit", env=KEYS)
    assert (report.status, report.new, report.errors) == ("finished", 1, 3)
    assert report.error == "reddit: r/nowhere does not exist; correct `subreddits`"
    log = capsys.readouterr().err
    assert "reddit: r/closed is private, quarantined or banned (403); remove it from `subreddits`" in log
    assert "reddit: r/busy: asked too often (429), wait 600 seconds; crawl less often or name fewer queries" in log
    assert rows(tmp_path, "select site, complete from watches") == [
        ("r/nowhere", 0),
        ("r/closed", 0),
        ("r/busy", 0),
        ("r/london", 1),
    ]


def test_a_wrong_secret_is_said_in_words(serve_web, crawl):
    web = serve_web({"/api/v1/access_token": (401, JSON, b'{"message": "Unauthorized", "error": 401}')})
    report = crawl(config(web.url), "reddit", env=KEYS)
    assert report.status == "failed"
    assert report.error == (
        "reddit: Reddit refuses the credentials (401): check REPUTE_REDDIT_CLIENT_ID and REPUTE_REDDIT_CLIENT_SECRET "
        "against https://www.reddit.com/prefs/apps"
    )


def test_missing_credentials_are_named(crawl):
    report = crawl(
        config("http://127.0.0.1:9"), "reddit", env={"REPUTE_REDDIT_CLIENT_ID": "x", "REPUTE_REDDIT_CLIENT_SECRET": ""}
    )
    assert report.status == "failed"
    assert "set REPUTE_REDDIT_CLIENT_SECRET in the environment" in str(report.error)


def test_a_listing_that_reddit_cuts_off_is_told_from_one_that_ends():
    for count, searched, cut in ((1000, False, True), (240, True, True), (240, False, False), (10, True, False)):
        listed = Listing("2026-01-01T00:00:00Z")
        things = [post(str(number), NOW - number) for number in range(count)]
        assert (listed.take(things), listed.is_cut(searched=searched)) == (things, cut)
    assert listed.take([post("old", 1_400_000_000)]) == []
    assert listed.is_done
    assert not listed.is_cut(searched=False)


def test_old_things_out_of_order_end_no_listing():
    listed = Listing("2026-01-01T00:00:00Z")
    new = post("n", NOW)
    assert listed.take([post("s", 1_400_000_000, stickied=True), post("o", 1_400_000_000), new]) == [new]
    assert not listed.is_done
    listed.take([new, post("o", 1_400_000_000), post("s", NOW, stickied=True)])
    assert (listed.is_done, listed.newest) == (True, ("t3_n", "2026-10-05T08:00:00Z"))


def test_headers_that_prawcore_stumbles_over_are_put_right():
    session = Session(None)
    read = lambda **told: (session.heed(headers := CaseInsensitiveDict(told)), dict(headers))[1]  # noqa: E731
    rates = {"x-ratelimit-remaining": "5.0", "x-ratelimit-used": "3", "x-ratelimit-reset": "9.5"}
    assert read(**rates) == rates | {"x-ratelimit-reset": "9"}
    assert read(**rates | {"x-ratelimit-used": "many"}) == {}
    later = {"date": "Mon, 05 Oct 2026 08:00:00 GMT", "retry-after": "Mon, 05 Oct 2026 08:00:30 GMT"}
    assert read(**later)["retry-after"] == "30.0"
    assert read(**{"retry-after": "soon"}) == {"retry-after": ""}
    assert session.closed_until == 0
    assert read(**rates | {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "86400"}) == {}
    assert session.closed_until > 0


@pytest.mark.parametrize(("days", "span"), [(0.5, "day"), (2, "week"), (20, "month"), (84, "year"), (900, "all")])
def test_search_reaches_as_far_back_as_needed(days, span):
    assert time_filter(timedelta(days=days)) == span


def test_options_are_checked_all_together():
    problems = RedditSpider.check_options({"subredits": ["a"], "url": "reddit", "queries": "acme", "comments": "yes"})
    assert [problem.place for problem in problems] == ["subredits", "url", "queries", "comments", "subreddits"]
    assert [p.place for p in RedditSpider.check_options({"subreddits": ["a b"]})] == ["subreddits[0]"]
    assert RedditSpider.check_options({"subreddits": ["all", "r/london"], "queries": ["*"]}) == []
    assert [p.place for p in RedditSpider.check_options({"subreddits": ["all"], "threads": "no"})] == ["threads"]


def reply(name: str, created: int, link: str, **more: object) -> dict:
    return {
        "name": f"t1_{name}", "id": name, "subreddit": "London", "author": "bob", "author_fullname": "t2_bob", "body": "Mine, too.",
        "created_utc": created, "score": 1, "link_id": f"t3_{link}", "parent_id": f"t3_{link}",
        "permalink": f"/r/London/comments/{link}/acme/{name}/",
    } | more  # fmt: skip


def as_listing(things: list[dict], after: str | None = None) -> dict:
    return {"kind": "Listing", "data": {"after": after, "children": things}}


class Reddit:
    """r/london of Reddit: listings by pages, threads with what they fold away, things by name. What is gone has no entry."""

    def __init__(self, posts: list[dict], comments: list[dict], size: int = 100) -> None:
        self.posts, self.comments, self.size = posts, comments, size
        self.script: dict[int, object] = {}
        """Answers by the number of the request, from 1; the login is none."""
        self.pages: list[str] = []
        self.pause = 0.0
        self.headers: dict[str, str] = {}

    def get(self, target: str, default: object = None) -> object:
        return TOKEN if target == "/api/v1/access_token" else self

    def __call__(self, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict, bytes]:
        time.sleep(self.pause)
        self.pages.append(target)
        scripted = self.script.get(len(self.pages))
        if scripted is not None:
            return scripted() if callable(scripted) else scripted
        parts, asked = urlsplit(target).path.strip("/").split("/"), dict(parse_qsl(urlsplit(target).query))
        return 200, JSON | self.headers, json.dumps(self.answer(parts, asked, dict(parse_qsl(body.decode())))).encode()

    def answer(self, parts: list[str], asked: dict, posted: dict) -> object:
        if parts == ["api", "info"]:
            return as_listing(
                self.things(each for each in [*self.posts, *self.comments] if each["name"] in asked["id"].split(","))
            )
        if parts == ["api", "morechildren"]:
            wanted = posted["children"].split(",")
            return {"json": {"errors": [], "data": {"things": self.things(c for c in self.comments if c["id"] in wanted)}}}
        if parts[0] == "comments":
            found = [each for each in self.comments if each["link_id"] == f"t3_{parts[1]}"]
            if len(parts) > 2:
                return [as_listing([]), as_listing(self.things(each for each in found if each["id"] in parts))]
            shown, folded = found[:2], found[2:]
            # Of what is left out, the last stands on a page of its own.
            more = [{"kind": "more", "data": {"count": len(folded), "children": [each["id"] for each in folded[:-1]]}}]
            more += [{"kind": "more", "data": {"count": 0, "children": [], "parent_id": each["name"]}} for each in folded[-1:]]
            nested = self.things(shown)
            if len(nested) == 2:
                nested[0]["data"] |= {"replies": as_listing([nested.pop(), *more])}
            return [as_listing(self.things(p for p in self.posts if p["id"] == parts[1])), as_listing(nested)]
        things = self.comments if parts[2] == "comments" else self.posts
        things = sorted(things, key=lambda each: -each["created_utc"])
        start = [each["name"] for each in things].index(asked["after"]) + 1 if "after" in asked else 0
        shown = things[start : start + self.size]
        return as_listing(self.things(shown), shown[-1]["name"] if start + self.size < len(things) else None)

    @staticmethod
    def things(found: Iterable[dict]) -> list[dict]:
        return [{"kind": each["name"][:2], "data": dict(each)} for each in found]


DAY = 86400
ACME = '[[brands]]\nid = "acme"\nname = "Acme"\nrole = "own"\nquery = "acme"\n'


@pytest.fixture
def serve_reddit(serve_web):
    def serve(reddit: Reddit, more: str = 'subreddits = ["london"]') -> str:
        web = serve_web({})
        web.routes = reddit
        return ACME + config(web.url, more)

    return serve


def test_threads_are_read_whole_and_again_when_they_grow(serve_reddit, crawl, tmp_path):
    thread = [reply(f"r{n}", NOW - 3 * DAY + n, "a") for n in range(230)]
    reddit = Reddit(
        [
            post("a", NOW - 3 * DAY, title="Parcels", selftext="Acme lost mine.", num_comments=230),
            post("b", NOW - DAY, title="Weather", selftext="Fine.", num_comments=1),
            post("c", NOW - 20 * DAY, title="Acme opens", num_comments=1),
            post("d", NOW - DAY, title="Acme"),
        ],
        [*thread, reply("o", NOW - DAY, "b"), reply("p", NOW - 19 * DAY, "c"), reply("q", NOW - DAY, "b", body="Ask acme.")],
    )
    # What a listing of comments shows of them says only the title of their post.
    text = serve_reddit(reddit)
    first = crawl(text, "reddit", env=KEYS)
    assert (first.status, first.errors, first.new, dict(first.dropped)) == ("finished", 0, 235, {"no brand": 2})
    assert first.bytes > 50_000
    assert first.requests == len(reddit.pages) + 1
    assert [page.partition("?")[0] for page in reddit.pages] == [
        "/r/london/new", "/comments/a/", "/api/morechildren", "/api/morechildren", "/api/morechildren", "/comments/a/_/r229",
        "/comments/c/", "/r/london/comments/", "/r/london/comments/", "/r/london/comments/",
    ]  # fmt: skip
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions join mention_brands on mention = id") == [
        (235, 235)
    ]
    assert rows(tmp_path, "select text, thread, parent, url from mentions where external_id = 't1_r229'") == [
        ("Mine, too.", "t3_a", "t3_a", text.split('"')[-4] + "/r/London/comments/a/acme/r229/")
    ]
    assert rows(tmp_path, "select site, since, until, complete from watches") == [
        ("r/london", "2026-07-07T08:00:00Z", "2026-10-05T08:00:00Z", 1)
    ]

    # Nothing new: no thread is read again.
    reddit.pages.clear()
    second = crawl(text, "reddit", env=KEYS)
    assert (second.status, second.errors, second.new, second.updated) == ("finished", 0, 0, 0)
    assert not [page for page in reddit.pages if page.startswith("/comments/") or "more" in page]

    # A comment more, an edit, a score, a deletion, and two things that Reddit does not have any more.
    reddit.pages.clear()
    reddit.posts[0] |= {"num_comments": 231, "selftext": "Acme found mine.", "score": 50}
    reddit.posts.pop()
    reddit.comments.remove(thread[1])
    thread[0] |= {"body": "[deleted]", "author": None}
    reddit.comments.insert(0, reply("new", NOW + 60, "a"))
    third = crawl(text, "reddit", env=KEYS, now="2026-10-05T09:00:00Z")
    assert (third.status, third.errors, third.new, third.updated) == ("finished", 0, 1, 4)
    assert sum(page.startswith("/comments/a/?") for page in reddit.pages) == 1
    assert rows(tmp_path, "select external_id, kind from mentions where removed_at is not null order by 1") == [
        ("t1_r0", "comment"),
        ("t1_r1", "comment"),
        ("t3_d", "post"),
    ]
    assert rows(tmp_path, "select text, engagement from mentions where external_id = 't3_a'") == [("Acme found mine.", 50)]
    assert rows(tmp_path, "select count(distinct mention) from mention_brands") == [(233,)]

    # A subreddit that is closed for a while deletes nothing; a window that is asked for is read again, threads and all.
    reddit.script = dict.fromkeys(range(1, 40), EMPTY)
    reddit.pages.clear()
    assert crawl(text, "reddit", env=KEYS, now="2026-10-05T09:30:00Z").updated == 0
    reddit.script = {}
    reddit.pages.clear()
    again = crawl(text, "reddit", env=KEYS, now="2026-10-05T10:00:00Z", since="2026-10-01T00:00:00Z")
    assert (again.status, again.new, again.updated) == ("finished", 0, 0)
    assert sum(page.startswith("/comments/a/?") for page in reddit.pages) == 1


def test_failures_cost_their_page_and_bad_things_themselves(serve_reddit, crawl, tmp_path):
    posts = [post(f"p{n}", NOW - n * DAY - 60) for n in range(1, 80)]
    reddit = Reddit(posts, [], size=10)
    odd = as_listing(Reddit.things(posts[10:20]), "t3_p20")
    odd["data"]["children"] += [
        None, "t3", {"kind": "t3"}, {"kind": "t3", "data": None}, {"kind": "t9", "data": {}}, odd["data"]["children"][0],
        {"kind": "t3", "data": posts[0] | {"name": 7}},
        {"kind": "t3", "data": post("x1", str(NOW - 90), score="7", author=["x"], title=None, num_comments="many")},
        {"kind": "t3", "data": {key: value for key, value in post("x2", NOW - 95).items() if key in ("name", "subreddit", "selftext")}},
        {"kind": "t3", "data": post("x3", NOW - 99) | {"subreddit": None}},
    ]  # fmt: skip

    def drip() -> tuple[int, dict, bytes]:
        time.sleep(1.0)
        return 200, {"Content-Type": "text/plain"}, json.dumps(as_listing(Reddit.things(posts[20:30]), "t3_p30")).encode()

    reddit.script = {
        1: (429, {"retry-after": "1"}, b""),
        2: (429, {"x-ratelimit-remaining": "none"}, b"{"),
        4: (401, JSON, b'{"message": "Unauthorized"}'),
        5: (200, JSON, json.dumps(odd).encode()),
        6: (503, {}, b"busy"),
        7: drip,
        8: (200, JSON | {"Content-Length": "5000", "Connection": "close"}, b'{"kind": "Listing", "data": {"chil'),
        9: (200, JSON, b'{"kind": "Listing", "data": {"chil'),
    }
    text = serve_reddit(reddit, 'subreddits = ["london"]\nthreads = false\ncomments = false')
    report = crawl(text, "reddit", env=KEYS)
    assert (report.status, report.new, report.errors) == ("finished", 30, 1)
    assert report.error == "reddit: r/london: gives no answer of Reddit's API; check the option `url`"
    assert dict(report.dropped) == {"not readable": 7, "no brand": 2}
    assert rows(tmp_path, "select until, complete from watches order by since") == [
        ("2026-09-05T07:59:00Z", 0),
        ("2026-10-05T08:00:00Z", 1),
    ]
    assert rows(tmp_path, "select count(*) from cursors where site = 'r/london'") == [(0,)]
    for wrong, words in ((b'{"kind": "Listing", "data": {"children": null}}', "is no listing"), (b"<html>", "gives no answer")):
        reddit.script = dict.fromkeys(range(1, 9), (200, {"Content-Type": "text/html"}, wrong))
        reddit.pages.clear()
        failed = crawl(text, "reddit", env=KEYS)
        assert (failed.status, failed.items, words in str(failed.error)) == ("failed", 0, True)
    reddit.script = {}
    whole = crawl(text, "reddit", env=KEYS)
    assert (whole.status, whole.errors) == ("finished", 0)
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions where external_id like 't3_p%'") == [
        (79, 79)
    ]


def test_a_limit_and_a_budget_end_the_crawl(serve_reddit, crawl, tmp_path):
    reddit = Reddit([post(f"p{n}", NOW - n * 60) for n in range(1, 400)], [])
    text = serve_reddit(reddit, 'subreddits = ["london"]\nthreads = false')
    begun = time.monotonic()
    limited = crawl(text, "reddit", env=KEYS, limit=5)
    assert (limited.status, limited.items >= 5, limited.items < 400) == ("finished", True, True)
    # Its thread may have been in the middle of a request, no more.
    assert time.monotonic() - begun < 60

    reddit.pages.clear()
    tight = text + "requests_a_day = 3\n"
    spent = crawl(tight, "reddit", env=KEYS, now="2026-10-06T08:00:00Z")
    assert (spent.status, spent.requests, len(reddit.pages), spent.errors) == ("finished", 3, 2, 1)
    assert str(spent.error).startswith("reddit: r/london was not read: the budget of 3 requests a day is used up; it goes on")
    assert rows(tmp_path, "select complete from watches where until = '2026-10-06T08:00:00Z'") == [(0,)]
    # Seven are just enough: nothing is missing, and nothing is said.
    whole = crawl(text + "requests_a_day = 10\n", "reddit", env=KEYS, now="2026-10-06T09:00:00Z")
    assert (whole.status, whole.requests, whole.errors) == ("finished", 7, 0)


def test_ten_interrupted_crawls_lose_nothing(serve_reddit, crawl, tmp_path):
    posts = [post(f"p{n}", NOW - n * 3 * 3600, num_comments=3) for n in range(1, 150)]
    comments = [reply(f"c{n}x{m}", NOW - n * 3 * 3600 + m, f"p{n}") for n in range(1, 150, 7) for m in (1, 2, 3)]
    reddit = Reddit(posts, comments)
    reddit.pause = 0.02
    text = serve_reddit(reddit, 'subreddits = ["london"]\ncomments = false').replace("[[brands]]", HEAD + "[[brands]]", 1)
    kill_crawls(reddit, tmp_path, text, "reddit", KEYS)
    report = crawl(text, "reddit", env=KEYS)
    assert (report.status, report.errors) == ("finished", 0)
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(149 + 66, 149 + 66)]
    assert rows(tmp_path, "select value from cursors where site = 'r/london'") == [("t3_p1 2026-10-05T05:00:00Z",)]


HEAD = '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\n'


def test_what_a_search_does_not_show_is_told(serve_reddit, crawl, tmp_path):
    reddit = Reddit([post(f"p{n}", NOW - n * 3600) for n in range(1, 251)], [])
    text = serve_reddit(reddit, 'subreddits = ["london"]\nqueries = ["acme"]\ncomments = false')
    report = crawl(text, "reddit", env=KEYS)
    assert (report.status, report.new) == ("finished", 250)
    assert report.error == (
        "reddit: r/london: its search for 'acme' shows the newest 250 only; nothing from before 2026-09-24T22:00:00Z was read: "
        "crawl more often, or ask more narrowly"
    )
    assert rows(tmp_path, "select query, since, until, complete from watches order by since") == [
        ("acme", "2026-07-07T08:00:00Z", "2026-09-24T22:00:00Z", 0),
        ("acme", "2026-09-24T22:00:00Z", "2026-10-05T08:00:00Z", 1),
    ]
