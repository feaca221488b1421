"""Mastodon: servers of the real protocol, walks both ways, what is edited and gone, and what goes wrong."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from loopback import query

from crawlers.mastodon import MastodonSpider
from crawlers.mastodon_items import find_ends, parse_status
from store.records import Mention

NOW = "2026-10-05T08:00:00Z"
JSON = {"Content-Type": "application/json; charset=utf-8"}
HEAD = '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\nbackfill = "30 days"\nkeep_author_names = true\n'
BRAND = '[[brands]]\nid = "all"\nname = "Acme Café"\nrole = "own"\nquery = "*"\n'


def ago(**by) -> datetime:
    return datetime.fromisoformat(NOW) - timedelta(**by)


def snowflake(moment: datetime, tail: int = 0) -> str:
    return str((int(moment.timestamp() * 1000) << 16) + tail)


def status(number: int, moment: datetime, host: str = "home.example", **fields) -> dict:
    uri = f"https://{host}/users/ann/statuses/{number}"
    return {
        "id": snowflake(moment, number),
        "uri": uri,
        "url": uri,
        "created_at": moment.strftime("%Y-%m-%dT%H:%M:%S.123Z"),
        "edited_at": None,
        "content": f"<p>words {number}</p>",
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "favourites_count": 1,
        "reblogs_count": 2,
        "in_reply_to_id": None,
        "reblog": None,
        "account": {"acct": "ann", "url": f"https://{host}/@ann", "bot": False},
        "tag": "acmecafé",
    } | fields


class Server:
    """A Mastodon server: tag timelines by max_id, since_id and min_id, statuses by id, rate headers, and faults to order."""

    def __init__(self, statuses=()):
        self.statuses = list(statuses)
        self.questions = []
        self.faults = []
        """Answers to give first, one a request; None is the usual one."""
        self.before_answer = lambda: None

    def timeline(self, target, headers, body):
        parts = urlsplit(target)
        question = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.questions.append(question)
        if self.faults and (fault := self.faults.pop(0)):
            return fault
        self.before_answer()
        tag, limit = unquote(parts.path.rpartition("/")[2]), min(int(question.get("limit", 20)), 40)
        found = sorted((s for s in self.statuses if s["tag"] == tag), key=lambda s: -int(s["id"]))
        if "max_id" in question:
            found = [s for s in found if int(s["id"]) < int(question["max_id"])]
        if "min_id" in question:
            found = [s for s in found if int(s["id"]) > int(question["min_id"])][-limit:]
        page = found[:limit]
        links = (
            f'<http://x/?max_id={page[-1]["id"]}>; rel="next", <http://x/?min_id={page[0]["id"]}>; rel="prev"' if page else ""
        )
        rate = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299", "X-RateLimit-Reset": "2026-10-05T08:05:00.000000Z"}
        return 200, JSON | rate | {"Link": links}, json.dumps(page).encode()

    def single(self, target, headers, body):
        for found in self.statuses:
            if found["id"] == target.rpartition("/")[2]:
                return 200, JSON, json.dumps(found).encode()
        return 404, JSON, b'{"error":"Record not found"}'

    def routes(self, *ids) -> dict:
        singles = {f"/api/v1/statuses/{i}": self.single for i in {*ids, *(s["id"] for s in self.statuses)}}
        return {"/api/v1/timelines/tag/acmecaf%C3%A9": self.timeline, "/api/v1/timelines/tag/acme": self.timeline} | singles


def config(*urls: str, tags: str = "") -> str:
    servers = ", ".join(f'"{url}"' for url in urls)
    return f"{HEAD}{BRAND}[sources.mastodon]\ninstances = [{servers}]\n{tags}\n"


def numbers(tmp_path) -> list[int]:
    uris = query(tmp_path, "select external_id from mentions where removed_at is null")
    return sorted(int(uri.rpartition("/")[2]) for (uri,) in uris)


def test_all_posts_once_while_more_appear_and_then_only_what_is_new(serve_web, crawl, tmp_path):
    server = Server(status(n, ago(hours=5 * n)) for n in range(1, 170))
    asked = []

    def more():
        asked.append(1)
        server.statuses.append(status(1000 + len(asked), ago(minutes=60 - len(asked))))

    server.before_answer = more
    web = serve_web(server.routes())
    look = crawl(config(web.url, tags='tags = ["#AcmeCafé", "acme"]'), "mastodon", dry=True)
    assert (look.status, look.items, look.requests) == ("finished", 5, 2)
    assert server.questions == [{"limit": "5"}, {"limit": "5"}]
    del asked[:], server.statuses[169:]
    first = crawl(config(web.url), "mastodon")
    assert (first.status, first.error, first.dropped) == ("finished", None, ())
    # 30 days of posts every 5 hours; the first page shows one of the new ones, the others came after it.
    assert numbers(tmp_path) == [*range(1, 145), 1001]
    site = urlsplit(web.url).netloc
    assert query(tmp_path, "select site, query, since, until, complete from watches") == [
        (site, "acmecafé", "2026-09-05T08:00:00Z", NOW, 1)
    ]
    newest = snowflake(ago(minutes=59), 1001)
    [(value,)] = query(tmp_path, "select value from cursors where name = 'acmecafé'")
    place = json.loads(value)
    assert (place["newest"], place["until"], place["reach"]) == (newest, NOW, "2026-09-05T08:00:00Z")

    server.before_answer, server.questions = lambda: None, []
    # A post of another server comes late, with an id that says when it was written.
    server.statuses += [status(2000, ago(hours=20), host="far.example"), status(2001, ago(days=20))]
    later = "2026-10-05T14:00:00Z"
    second = crawl(config(web.url), "mastodon", now=later)
    assert (second.status, second.new, second.errors) == ("finished", len(asked), 0)
    assert numbers(tmp_path) == [*range(1, 145), *range(1001, 1001 + len(asked)), 2000]
    forward = [question for question in server.questions if "min_id" in question]
    assert forward[0] == {"limit": "40", "min_id": str(int(newest) - (2 * 86_400_000 << 16))}
    assert not any("since_id" in question for question in server.questions)
    assert max(int(q["max_id"]) for q in server.questions if "max_id" in q) == int(forward[0]["min_id"]) + 1
    assert query(tmp_path, "select since, until, complete from watches")[1:] == [(NOW, later, 1)]
    assert query(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(145 + len(asked),) * 2]


def test_nothing_is_lost_over_ten_killed_runs(serve_web, start_crawl, crawl, tmp_path):
    server = Server(status(n, ago(hours=n)) for n in range(1, 600))
    web = serve_web(server.routes())
    for pause in range(10):
        asked = len(server.questions)
        process = start_crawl(config(web.url), "mastodon", now=f"2026-10-05T08:{pause:02d}:00Z")
        deadline = time.monotonic() + 20
        while len(server.questions) < asked + 1 + pause and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.communicate()
        server.statuses.append(status(1000 + pause, ago(minutes=50 - pause)))
    report = crawl(config(web.url), "mastodon", now="2026-10-05T09:00:00Z")
    assert (report.status, report.errors) == ("finished", 0)
    assert numbers(tmp_path) == [*range(1, 600), *range(1000, 1010)]


def test_a_walk_that_was_ended_goes_on_where_it_was(serve_web, crawl, tmp_path):
    server = Server(status(n, ago(hours=n)) for n in range(1, 400))
    server.faults = [None, None, (500, {}, b""), (500, {}, b""), (500, {}, b"")]
    web = serve_web(server.routes())
    first = crawl(config(web.url), "mastodon")
    assert (first.status, first.new, first.errors) == ("finished", 80, 1)
    assert "failed at the server; tried again at the next crawl (HTTP 500)" in first.error
    server.questions, server.faults = [], []
    second = crawl(config(web.url), "mastodon")
    assert (second.status, second.new, second.errors) == ("finished", 319, 0)
    assert {"limit": "40", "max_id": snowflake(ago(hours=80), 80)} in server.questions
    assert query(tmp_path, "select since, until, complete from watches") == [
        ("2026-09-05T08:00:00Z", "2026-10-03T15:00:00Z", 0),
        (NOW, NOW, 1),
        ("2026-09-05T08:00:00Z", NOW, 1),
    ]


def test_edits_replies_and_deletions_are_picked_up(serve_web, crawl, tmp_path):
    old = [status(n, ago(days=n)) for n in range(1, 14)]
    server = Server([*old, status(50, ago(days=20))])
    web = serve_web(server.routes("99"))
    crawl(config(web.url), "mastodon")
    ids = {n: server.statuses[n - 1]["id"] for n in range(1, 14)}
    server.statuses[2] |= {"content": "<p>better words</p>", "edited_at": NOW}
    server.statuses[3] |= {"favourites_count": 40}
    server.statuses[4] |= {"tag": "other", "content": "<p>no tag now</p>"}
    server.statuses[5] |= {"tag": "other", "visibility": "private"}
    del server.statuses[9]
    server.statuses.append(status(60, ago(hours=1), in_reply_to_id=ids[3]))
    report = crawl(config(web.url), "mastodon")
    assert (report.status, report.new, report.updated, report.errors) == ("finished", 1, 5, 0)
    rows = {
        int(uri.rpartition("/")[2]): rest
        for uri, *rest in query(tmp_path, "select external_id, text, engagement, removed_at is not null, parent from mentions")
    }
    assert rows[3] == ["better words", 3, 0, None]
    assert rows[4] == ["words 4", 42, 0, None]
    assert rows[5] == ["no tag now", 3, 0, None]
    assert rows[6] == rows[10] == [None, None, 1, None]
    assert rows[60] == ["words 60", 3, 0, old[2]["uri"]]
    assert rows[50] == ["words 50", 3, 0, None]
    asked = sorted(target.rpartition("/")[2] for target in web.asked if "/statuses/" in target)
    assert asked == sorted([ids[5], ids[6], ids[10]])

    # A page that says 404 to everything deletes nothing; a window that is read again leaves the cursor alone.
    before = query(tmp_path, "select name, value from cursors where name = 'acmecafé'")
    web.routes[f"/api/v1/statuses/{ids[5]}"] = (404, {"Content-Type": "text/html"}, b"<html>parked</html>")
    server.statuses[11] |= {"content": "<p>edited</p>"}
    again = crawl(config(web.url), "mastodon", since="2026-09-16T00:00:00Z")
    assert (again.new, again.updated, again.errors) == (0, 1, 1)
    assert "is no answer about a Mastodon post" in again.error
    assert query(tmp_path, "select name, value from cursors where name = 'acmecafé'") == before
    assert query(tmp_path, "select since, until, complete from watches")[-1:] == [("2026-09-16T00:00:00Z", NOW, 1)]


def spoil(rows) -> bytes:
    """A page of eleven posts with most that may be wrong with one, repeated and reordered."""
    rows[0] |= {"uri": ["x"], "id": "9" * 30}
    rows[1] |= {"favourites_count": "7", "reblogs_count": None, "language": 5, "spoiler_text": None}
    rows[2] |= {"account": None, "url": 3}
    rows[3] |= {"visibility": "private"}
    rows[4] |= {"content": None}
    rows[5] |= {"reblog": {"id": "1"}}
    rows[6] |= {"created_at": "soon"}
    rows[7] |= {"account": ["x"], "in_reply_to_id": 12}
    return json.dumps([*rows[3:], None, "text", 7, [], *rows[:3], *rows[:3]]).encode()


def test_failures_and_bad_items_cost_only_themselves(serve_web, crawl, tmp_path):
    moment = ago(hours=2)
    bad = Server([status(n, moment - timedelta(minutes=n)) for n in range(1, 12)])
    bad.faults = [(200, {"Content-Type": "text/html"}, spoil(bad.statuses))]
    good, busy, cut, slow = (Server([status(n, ago(hours=n))]) for n in range(21, 25))
    busy.faults = [(429, {"Retry-After": "1"}, b""), (429, {}, b""), None]
    short = {"Content-Length": "900", "Connection": "close"}
    cut.faults = [(200, JSON, b'[{"id": "1", "uri"'), (200, short, b"[]"), (503, {}, b"")]
    slow.before_answer = lambda: time.sleep(1)
    # The post that `good` is home to, as another server knows it, beside one by a bot.
    away = good.statuses[0] | {
        "id": "5",
        "favourites_count": 0,
        "account": {"acct": "ann@home.example", "url": "https://home.example/@ann"},
    }
    good.statuses[0] |= {"favourites_count": 9}
    other = Server([away, status(31, moment, account={"acct": "beep", "bot": True}, spoiler_text="CW")])
    path = "/api/v1/timelines/tag/acmecaf%C3%A9"
    same = json.dumps([status(n, ago(hours=n)) for n in range(41, 81)]).encode()
    rest = (
        {path: (422, JSON, b'{"error":"This method requires an authenticated user"}')},
        {path: (200, {"Content-Type": "text/html"}, b"<html>hello</html>")},
        {path: (200, JSON, same)},
    )
    webs = [serve_web(server.routes()) for server in (good, other, busy, cut, slow, bad)] + [
        serve_web(routes) for routes in rest
    ]
    report = crawl(config(*(web.url for web in webs)), "mastodon")
    assert (report.status, report.errors) == ("finished", 3)
    assert dict(report.dropped) == {"not a post": 6, "not public": 2, "no text and no rating": 1}
    assert numbers(tmp_path) == [2, 3, 7, 8, 9, 10, 11, 21, 22, 23, 24, 31, *range(41, 81)]
    complete = dict(query(tmp_path, "select site, complete from watches"))
    assert complete == {urlsplit(web.url).netloc: int(web in webs[:6]) for web in webs}
    assert (len(busy.questions), len(cut.questions), webs[-1].count(path)) == (4, 5, 2)

    columns = "voice, title, engagement, author_name, published, kind"
    found = {
        int(uri.rpartition("/")[2]): rest for uri, *rest in query(tmp_path, f"select external_id, {columns} from mentions")
    }
    host = urlsplit(webs[1].url).netloc
    assert [found[n] for n in (2, 7, 8, 21, 31)] == [
        ["customer", None, 7, "ann@home.example", "2026-10-05T05:58:00Z", "post"],
        ["customer", None, 3, "ann@home.example", None, "post"],
        ["customer", None, 3, None, "2026-10-05T05:52:00Z", "comment"],
        ["customer", None, 11, "ann@home.example", "2026-10-04T11:00:00Z", "post"],
        ["bot", "CW", 3, f"beep@{host}", "2026-10-05T06:00:00Z", "post"],
    ]
    assert query(tmp_path, "select distinct site from mentions") == [("home.example",)]


def test_the_recorded_timeline_lands_once(serve_web, crawl, tmp_path, recorded):
    cassette = yaml.safe_load((recorded / "mastodon" / "hashtag_timeline.yaml").read_text())
    [found] = [i for i in cassette["interactions"] if "/timelines/tag/hoot" in i["request"]["uri"]]
    links = {"Link": found["response"]["headers"]["link"][0], "X-RateLimit-Remaining": "226"}
    body = found["response"]["body"]["string"].encode()

    def answer(target, headers, _):
        return 200, JSON | links, b"[]" if "max_id" in target or "min_id" in target else body

    web = serve_web({"/api/v1/timelines/tag/hoot": answer})
    report = crawl(config(web.url, tags='tags = ["hoot"]'), "mastodon", now="2026-08-02T00:00:00Z")
    assert (report.status, report.new, report.errors) == ("finished", 1, 0)
    assert query(
        tmp_path, "select site, external_id, url, text, language, engagement, author_name, published, kind, voice from mentions"
    ) == [
        (
            "localhost:3000",
            "http://localhost:3000/ap/users/117020566092212359/statuses/117020593741189701",
            "http://localhost:3000/@mastodonpy_test_2/117020593741189701",
            "#hoot (hashtag toot)",
            "ja",
            0,
            "mastodonpy_test_2@localhost:3000",
            "2026-08-01T13:55:55Z",
            "post",
            "customer",
        )
    ]


def test_a_status_is_read_as_people_see_it():
    content = (
        '<p><span class="h-card"><a href="https://a/@acme" class="u-url mention">@<span>acme</span></a></span> is slow, see '
        '<a href="https://www.example.com/long"><span class="invisible">https://www.</span><span class="ellipsis">example.com/lo'
        '</span><span class="invisible">ng</span></a></p><p>Again!<br>#<span>Fail</span></p>'
    )
    found = status(
        7,
        datetime.fromisoformat("2026-10-01T00:00:00Z"),
        content=content,
        uri="tag:old.example,2017-05-01:objectId=7:objectType=Status",
    )
    assert parse_status(found, "home.example", {}) == Mention(
        source="mastodon",
        site="old.example",
        external_id="tag:old.example,2017-05-01:objectId=7:objectType=Status",
        url="https://home.example/users/ann/statuses/7",
        text="@acme is slow, see https://www.example.com/long\n\nAgain!\n#Fail",
        language="en",
        author_id="https://home.example/@ann",
        author_name="ann@home.example",
        engagement=3,
        published="2026-10-01T00:00:00Z",
        published_precision="second",
    )


def test_one_bad_id_makes_no_walk_leap():
    page = [{"id": found} for found in ("1" * 18, "3" * 18, 5, "9" * 30, None, ["x"], "2" * 18)] + [7, None]
    assert find_ends(page, "") == ["1" * 18, "3" * 18]
    link = '<https://a/api/v1/timelines/tag/x?limit=40&max_id=12>; rel="next", <https://a/api/v1/timelines/tag/x?min_id=34&limit=40>; rel="prev"'
    assert find_ends(page, link) == ["12", "34"]
    assert find_ends([], link) == find_ends([{}, 5], "") == []


@pytest.mark.parametrize(
    "broken",
    [None, 7, [], {}, {"uri": ["x"]}, {"uri": "nowhere"}, {"uri": "https://["}, {"uri": {"a": 1}, "url": "https://a/1"}],
)
def test_what_is_no_status_is_none(broken):
    assert parse_status(broken, "home.example", {}) is None


@pytest.mark.parametrize(
    ("options", "places"),
    [
        ({}, []),
        ({"instances": ["https://a.example"], "tags": ["acme", "#Acme_2", "ऐक्मे", "アクメ"]}, []),
        ({"instances": ["a.example", "https://a.example/@ann"], "tag": "x"}, ["tag", "instances[0]", "instances[1]"]),
        ({"instances": [], "tags": ["two words", "2026", 5]}, ["instances", "tags[2]", "tags[0]", "tags[1]"]),
    ],
)
def test_options_are_checked_all_together(options, places):
    assert [problem.place for problem in MastodonSpider.check_options(options)] == places
