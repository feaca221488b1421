"""Reddit's recorded traffic through PRAW and the spider, and what its errors become."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawlers.reddit import Listing, RedditSpider
from crawlers.reddit_api import parse_thing, time_filter

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
    web = serve_web({"/api/v1/access_token": TOKEN} | dict.fromkeys(paths, answer))
    expected = {
        thing["name"]: thing
        for uri, body in interactions(recorded)
        if urlsplit(uri).path in paths
        for thing in things(json.loads(body))
    }
    text = config(web.url, 'subreddits = ["AskReddit"]')
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
    text = config(web.url, 'subreddits = ["all"]')
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
    web.routes[search] = listing(post("c", NOW - 3600, score=9))
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


def test_a_listing_that_reddit_cuts_off_is_incomplete():
    whole, cut = Listing("2026-01-01T00:00:00Z"), Listing("2026-01-01T00:00:00Z")
    for number in range(1000):
        thing = SimpleNamespace(**post(str(number), NOW - number))
        assert cut.take(thing)
        assert number >= 10 or whole.take(thing)
    assert (whole.complete, cut.complete) == (True, False)


def test_an_old_stickied_post_ends_no_listing():
    listed = Listing("2026-01-01T00:00:00Z")
    assert listed.take(SimpleNamespace(**post("s", 1_400_000_000, stickied=True)))
    assert not listed.take(SimpleNamespace(**post("o", 1_400_000_000)))


@pytest.mark.parametrize(("days", "span"), [(0.5, "day"), (2, "week"), (20, "month"), (84, "year"), (900, "all")])
def test_search_reaches_as_far_back_as_needed(days, span):
    assert time_filter(timedelta(days=days)) == span


def test_options_are_checked_all_together():
    problems = RedditSpider.check_options({"subredits": ["a"], "url": "reddit", "queries": "acme", "comments": "yes"})
    assert [problem.place for problem in problems] == ["subredits", "url", "queries", "comments", "subreddits"]
    assert [p.place for p in RedditSpider.check_options({"subreddits": ["a b"]})] == ["subreddits[0]"]
    assert RedditSpider.check_options({"subreddits": ["all", "r/london"], "queries": ["*"]}) == []
