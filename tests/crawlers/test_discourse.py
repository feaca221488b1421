"""Discourse: every post once, whole topics, replies by the staff, edits and deletions, and forums in trouble."""

from __future__ import annotations

import json
import os
import signal

import pytest
from discourse_server import JSON, Discourse, later, post
from loopback import query

from crawlers.discourse import DiscourseSpider
from crawlers.discourse_items import Forum, Topic, parse_post
from crawlers.discourse_walk import Place, Walk
from store.records import Mention

NOW = "2026-10-05T08:00:00Z"
HEAD = '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\nbackfill = "30 days"\n'
ACME = '[[brands]]\nid = "acme"\nname = "Acme"\nrole = "own"\nquery = "acme"\n'
FORUM = Forum("https://forum.example", "forum.example", True)


def config(url, more="", brands="", head=HEAD):
    every = '[[brands]]\nid = "all"\nname = "Everything"\nrole = "own"\nquery = "*"\n'
    forum = f'{{ url = "{url}/", site = "forum.example", staff_is_company = true }}'
    return f"{head}{brands or every}[sources.discourse]\n{more}\nforums = [{forum}]\n"


def crowd(count, first=1000, hours=1):
    """Posts of five topics, one every hour up to now."""
    return [post(first + n, n % 5 + 1, n // 5 + 1, later(NOW, hours=hours * (n - count))) for n in range(count)]


@pytest.mark.parametrize("old", [False, True])
def test_all_posts_come_once_also_those_that_appear_between_two_pages(serve_web, crawl, tmp_path, old):
    forum = Discourse([*crowd(180), post(700, 9, 1, later(NOW, days=-20))], old=old)
    forum.arrive = [post(5000, 1, 40, later(NOW, minutes=-1)), post(5001, 8, 1, later(NOW, minutes=-1))]
    web = serve_web(forum.routes())
    report = crawl(config(web.url, "threads = false"), "discourse")
    assert (report.status, report.new, report.errors, report.dropped) == ("finished", 181, 0, ())
    rows = query(tmp_path, "select external_id, url, kind, title, text, published, engagement from mentions order by id")
    assert {int(row[0]) for row in rows} == {*range(1000, 1180), 700}
    assert rows[0] == (
        "1179",
        f"{web.url}/t/topic-5/5/36",
        "comment",
        None,
        "post 1179",
        "2026-10-05T07:00:00Z",
        0,
    )
    assert query(tmp_path, "select site, since, until, complete from watches") == [
        ("forum.example", "2026-09-05T08:00:00Z", NOW, 1)
    ]

    web.asked.clear()
    second = crawl(config(web.url, "threads = false"), "discourse", now=later(NOW, minutes=1)[:19] + "Z")
    assert (second.new, second.updated) == (2, 0)
    pages = [asked for asked in web.asked if asked.startswith("/posts.json")]
    assert len(pages) <= (8 if not old else 90)
    assert query(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(183, 183)]
    assert json.loads(query(tmp_path, "select value from cursors where name = 'posts'")[0][0])["newest"] == 5001


def test_nothing_is_lost_over_ten_killed_runs(serve_web, start_crawl, crawl, tmp_path):
    forum = Discourse(crowd(900, hours=0.6))
    victim, pages = [], []

    def kill(target):
        pages.append(target)
        if victim and len(pages) >= 7:
            os.kill(victim.pop().pid, signal.SIGKILL)

    forum.hook = kill
    text = config(serve_web(forum.routes()).url, "threads = false")
    reached = []
    for run in range(10):
        pages.clear()
        process = start_crawl(text, "discourse")
        victim[:] = [process]
        process.communicate(timeout=60)
        if process.returncode == 0:
            break
        reached.append(len(query(tmp_path, "select 1 from mentions")))
        if run == 4:
            forum.posts[9000] = post(9000, 3, 900, later(NOW, minutes=-2))
    forum.hook = lambda target: None
    last = crawl(text, "discourse")
    assert last.status == "finished"
    assert reached == sorted(reached)
    assert len(set(reached)) > 3
    assert {int(row[0]) for row in query(tmp_path, "select external_id from mentions")} == set(forum.posts)
    assert query(tmp_path, "select since, until from watches where complete = 1") == [("2026-09-05T08:00:00Z", NOW)]


def test_a_topic_that_names_a_brand_is_read_whole_and_looked_after(serve_web, crawl, tmp_path):
    """One brand; its own forum; a new complaint in an old topic; then replies, edits, likes and deletions."""
    old, new = later(NOW, days=-200), later(NOW, hours=-9)
    forum = Discourse(
        [
            post(10, 1, 1, old, topic_title="Trouble with Acme", cooked="<p>It fails.</p>"),
            *(post(10 + n, 1, n + 1, later(old, hours=n)) for n in range(1, 46)),
            post(100, 1, 47, new, reply_to_post_number=3, user_id=8, cooked='<aside class="quote">Me not</aside><p>Same.</p>'),
            post(101, 2, 1, new, topic_title="Weather"),
            post(102, 2, 2, new, topic_title="Weather", cooked="<p>Acme lost my refund</p>"),
            post(103, 2, 3, new, topic_title="Weather", reply_to_post_number=2, staff=True, cooked="<p>We look into it</p>"),
            post(104, 2, 4, new, topic_title="Weather", reply_to_post_number=1),
            post(105, 2, 5, new, topic_title="Weather", post_type=3, cooked="closed by acme"),
            post(106, 3, 1, new, topic_title="Acme is fine", actions_summary=[{"id": 2, "count": 3}]),
        ]
    )
    web = serve_web(forum.routes())
    report = crawl(config(web.url, brands=ACME), "discourse")
    assert (report.status, report.new, report.errors) == ("finished", 50, 0)
    columns = "external_id, kind, voice, title, text, engagement, thread, parent"
    assert query(
        tmp_path, f"select {columns} from mentions where cast(external_id as int) in (10, 55, 100, 102, 103, 106)"
    ) == [
        ("106", "post", "customer", "Acme is fine", "post 106", 3, None, None),
        ("102", "comment", "customer", None, "Acme lost my refund", 0, "101", "101"),
        ("103", "comment", "company", None, "We look into it", 0, "101", "102"),
        ("10", "post", "customer", "Trouble with Acme", "It fails.", 0, None, None),
        ("55", "comment", "customer", None, "post 55", 0, "10", "10"),
        ("100", "comment", "customer", None, "Same.", 0, "10", "12"),
    ]
    chunks = [asked for asked in web.asked if asked.startswith("/t/1/posts.json")]
    assert len(chunks) == 2
    assert all(asked.count("post_ids") <= 20 for asked in chunks)
    assert not any("search" in asked for asked in web.asked)
    assert web.count("/robots.txt") == 1

    # Four days on: a reply that does not name the brand, an edit, likes, a post hidden, one deleted, a whole topic gone.
    forum.posts[120] = post(120, 2, 6, later(NOW, days=4), topic_title="Weather", staff=True, reply_to_post_number=2)
    forum.posts[102] |= {"cooked": "<p>Acme paid my refund</p>", "actions_summary": [{"id": 2, "count": 4}]}
    forum.posts[103] |= {"hidden": True, "cooked": "<p>This post was flagged</p>"}
    del forum.posts[106], forum.posts[100]
    web.routes.update(forum.routes())
    first = query(tmp_path, "select count(*) from mention_brands where brand = 'acme'")[0][0]
    crawl(config(web.url, brands=ACME), "discourse", now="2026-10-09T10:00:00Z")
    assert query(tmp_path, f"select {columns} from mentions where external_id in ('102', '120') order by id") == [
        ("102", "comment", "customer", None, "Acme paid my refund", 4, "101", "101"),
        ("120", "comment", "company", None, "post 120", 0, "101", "102"),
    ]
    assert query(tmp_path, "select external_id, text from mentions where removed_at is not null order by external_id") == [
        ("100", None),
        ("103", None),
        ("106", None),
    ]
    assert (first, query(tmp_path, "select count(*) from mention_brands where brand = 'acme'")[0][0]) == (50, 48)


def test_a_forum_in_trouble_costs_what_it_cannot_show(serve_web, crawl, tmp_path):
    posts = crowd(130, first=2000)
    forum = Discourse(
        [*posts[:-2], posts[-2] | {"cooked": 7, "actions_summary": None, "user_id": "x"}, posts[-1] | {"id": None}]
    )
    forum.posts.pop(None)
    lost = {"id": None, "cooked": "no id"}
    listing = forum.listing

    def with_bad_items(before):
        status, headers, body = listing(before)
        answer = json.loads(body)
        if not before:
            answer["latest_posts"] = [lost, "text", {**posts[3], "id": 3, "created_at": 5}, *answer["latest_posts"]]
        return status, headers, json.dumps(answer).encode()

    forum.listing = with_bad_items
    page = "/posts.json?before=2079"
    forum.broken = {
        "/posts.json": [(429, {"Retry-After": "1"}, b"{}"), (503, {}, b"")] + [("usual",)] * 50,
        page: [(200, JSON | {"Content-Length": "500", "Connection": "close"}, b'{"latest_posts": ['), ("usual",)],
        "/t/1.json": [("stay", 500, {}, b"")],
        "/t/2.json": [("stay", 200, {"Content-Type": "text/html"}, b"<html>Log in</html>")],
        "/t/3.json": [("stay", 200, JSON, b'{"post_stream": null}')],
    }
    web = serve_web(forum.routes())
    report = crawl(config(web.url, head=HEAD.replace("30 days", "4 days")), "discourse")
    assert (report.status, dict(report.dropped)) == ("finished", {"not a post": 2, "no text and no rating": 1})
    assert {int(row[0]) for row in query(tmp_path, "select external_id from mentions")} >= {*range(2033, 2128)}
    assert report.errors == 3
    assert [row[0] for row in query(tmp_path, "select complete from watches")] == [1]


def test_a_listing_that_breaks_off_is_taken_up_again_from_there(serve_web, crawl, tmp_path):
    forum = Discourse(crowd(170, first=3000))
    forum.broken = {"/posts.json?before=3070": [("stay", 200, JSON, b"<html>maintenance</html>")]}
    web = serve_web(forum.routes())
    text = config(web.url, "threads = false")
    report = crawl(text, "discourse")
    assert (report.status, report.new, report.errors) == ("finished", 100, 1)
    assert "is no listing of a Discourse forum's posts; give the address of the forum's start page as `url`" in report.error
    assert query(tmp_path, "select since, until, complete from watches order by since") == [
        ("2026-09-05T08:00:00Z", "2026-10-03T05:00:00Z", 0),
        ("2026-10-03T05:00:00Z", NOW, 1),
    ]
    forum.broken = {}
    web.asked.clear()
    again = crawl(text, "discourse", now="2026-10-05T08:05:00Z")
    assert (again.status, again.new) == ("finished", 70)
    assert [asked for asked in web.asked if "posts" in asked][:3] == [
        "/posts.json",
        "/posts.json?before=3070",
        "/posts.json?before=3020",
    ]


def test_a_closed_door_is_told_and_robots_are_obeyed(serve_web, crawl, tmp_path):
    forum = Discourse(crowd(10))
    web = serve_web(forum.routes() | {"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /posts.json\n")})
    report = crawl(config(web.url), "discourse")
    assert (report.status, report.items) == ("failed", 0)
    assert "robots.txt does not allow this page" in report.error
    assert not any(asked.startswith("/posts") for asked in web.asked)
    assert query(tmp_path, "select complete from watches") == [(0,)]


def test_the_recorded_forum_lands_once(serve_web, crawl, tmp_path, recorded):
    folder = recorded / "discourse"
    read = {name: (folder / f"{name}.json").read_bytes() for name in ("posts_latest", "posts_before", "topic")}
    topic = json.loads(read["topic"])
    web = serve_web(
        {
            "/posts.json": lambda target, headers, body: (
                200,
                JSON,
                read["posts_before" if "before" in target else "posts_latest"],
            ),
            "/t/11.json": (200, JSON, read["topic"]),
        }
    )
    report = crawl(config(web.url), "discourse", now="2020-01-26T00:00:00Z")
    posts = json.loads(read["posts_latest"])["latest_posts"]
    # Post 86 is a picture without a word.
    assert (report.status, report.dropped) == ("finished", (("no text and no rating", 1),))
    rows = query(tmp_path, "select external_id, voice, published, text from mentions")
    assert {row[:3] for row in rows} >= {
        (str(p["id"]), "bot" if p["user_id"] < 0 else "company", p["created_at"][:19] + "Z") for p in posts
    }
    assert {row[0] for row in rows} == {str(p["id"]) for p in [*posts, *topic["post_stream"]["posts"]]} - {"86"}
    assert len(rows) == len({row[0] for row in rows})


def test_a_post_is_read_with_what_its_topic_knows():
    topic = Topic("9", "Acme & co", "70", {1: ("70", "The beginning"), 2: ("71", "Hello")})
    said = post(72, 9, 3, "2026-10-01T00:00:00.000Z", reply_to_post_number=2, actions_summary=[{"id": 2, "count": 5}])
    del said["topic_title"]
    assert parse_post(said, FORUM, topic) == Mention(
        source="discourse",
        site="forum.example",
        external_id="72",
        url="https://forum.example/t/topic-9/9/3",
        kind="comment",
        text="post 72",
        author_id="forum.example/7",
        author_name="ann",
        engagement=5,
        thread="70",
        parent="71",
        published="2026-10-01T00:00:00Z",
        published_precision="second",
        context="Acme & co\nHello",
    )
    robot = parse_post(said | {"user_id": -1, "staff": True, "reply_to_post_number": None}, FORUM, topic)
    assert (robot.voice, robot.parent) == ("bot", "70")
    gone = parse_post(said | {"user_deleted": True, "cooked": "<p>(post deleted by author)</p>"}, FORUM, topic)
    assert (gone.removed, gone.text, gone.author_id) == (True, None, None)


@pytest.mark.parametrize("broken", [None, "text", {}, {"id": None}, {"id": "x"}, {"id": True}, {"id": -4}, {"id": 1e9}])
def test_what_is_no_post_is_none(broken):
    assert parse_post(broken, FORUM) is None


def test_a_stray_id_does_not_lead_the_way_past_its_neighbours():
    walk = Walk(FORUM, NOW, None, "2026-09-01T00:00:00Z", True, frozenset(), {})
    page = [post(number, 1, 2, "2026-10-01T10:00:00Z") for number in (901, 900, 899, 7, 898, 10**9)]
    assert walk.step(walk.take(page, None), None) == 898
    assert walk.find_place() == Place(901, NOW, 898, "2026-10-01T10:00:00Z")


def test_every_wrong_option_is_named():
    options = {
        "forums": [{"url": "forum"}, {"url": "https://a.example", "staff": 1}, {"url": "https://a.example/"}],
        "threds": 1,
    }
    problems = [str(problem) for problem in DiscourseSpider.check_options(options)]
    assert problems == [
        "threds: is not a setting; did you mean threads?",
        "forums[0].url: 'forum' is no web address; write one like \"https://example.com/page\"",
        "forums[1].staff: is not a setting; known here: site, staff_is_company, url",
    ]
    twice = {"forums": [{"url": "https://a.example"}, {"url": "https://a.example/"}]}
    assert [str(each) for each in DiscourseSpider.check_options(twice)] == [
        "forums[1]: 'a.example' is named twice; give each forum once, or a `site` of its own"
    ]
    assert DiscourseSpider.check_options({"forums": [{"url": "https://a.example", "staff_is_company": True}]}) == []


def test_a_look_asks_once_and_stores_nothing(serve_web, crawl, tmp_path):
    web = serve_web(Discourse(crowd(120)).routes())
    report = crawl(config(web.url), "discourse", dry=True)
    assert (report.status, report.items) == ("finished", 50)
    assert web.asked == ["/robots.txt", "/posts.json"]
    assert not (tmp_path / "repute.db").exists()
