"""Stack Exchange: questions in windows, what stands below them, the quota, the pauses, and what is deleted."""

from __future__ import annotations

import logging
import os
import signal
from datetime import datetime

import pytest
from loopback import query
from stackexchange_server import StackExchange, answer, answer_json, comment, question, refuse

from crawlers.stackexchange import HideKey, StackexchangeSpider
from crawlers.stackexchange_items import (
    Refusal,
    find_host,
    open_thread,
    parse_answer,
    parse_comment,
    parse_question,
    read_refusal,
)
from store.records import Mention

NOW = "2026-10-05T08:00:00Z"
HEAD = '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\nbackfill = "30 days"\n'
ACME = '[[brands]]\nid = "acme"\nname = "Acme"\nrole = "own"\nquery = "acme"\n'
HOST = "stackoverflow.com"


def seconds(moment):
    return int(datetime.fromisoformat(moment).timestamp())


LAST = seconds(NOW)
DAY = 86400


def config(url, more=""):
    return f'{HEAD}{ACME}[sources.stackexchange]\nurl = "{url}"\n{more}\n'


@pytest.fixture
def serve_api(serve_web):
    def serve(api):
        web = serve_web({})
        web.routes = api
        return web.url

    return serve


def test_questions_and_what_stands_below_them_come_once_and_are_looked_after(serve_api, crawl, tmp_path):
    questions = [question(n, LAST - 29 * DAY + n * 600) for n in range(1, 251)]
    # More than a page within one second, and one that is put between two pages.
    questions += [question(n, LAST - 20 * DAY) for n in range(300, 420)]
    recent = [
        question(500, LAST - DAY),
        question(501, LAST - DAY),
        question(502, LAST - 3 * DAY, tags=[], title="Other", body="No"),
    ]
    api = StackExchange(
        [*questions, *recent],
        [answer(600, 500, LAST - 3600), answer(601, 501, LAST - 3600), answer(602, 7, LAST - 3600)],
        [comment(600, 500, LAST - 1800), comment(601, 600, LAST - 60), comment(602, 502, LAST - 60)],
    )

    def arrive(path, asked):
        if path == "/search/advanced" and len(api.asked) > 2 and api.questions[-1]["question_id"] != 503:
            # A reordered page with a repeated row, too.
            api.questions.append(question(503, LAST - 600))
            found = api.find(path, asked)[:100]
            return answer_json({"items": [*reversed(found), found[0]], "has_more": True, "quota_remaining": 200})
        return None

    api.special = [arrive]
    url = serve_api(api)
    report = crawl(config(url), "stackexchange")
    assert (report.status, report.new, report.errors, dict(report.dropped)) == ("finished", 378, 0, {"no brand": 1})
    assert query(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(378, 378)]
    columns = "external_id, kind, title, text, engagement, thread, parent, published, url, author is not null"
    assert query(
        tmp_path, f"select {columns} from mentions where external_id in ('500', 'a600', 'c600', 'c601') order by id"
    ) == [
        (
            "500",
            "post",
            "Acme <div> 500",
            "question 500",
            2,
            None,
            None,
            "2026-10-04T08:00:00Z",
            f"https://{HOST}/questions/500/slug",
            1,
        ),
        ("a600", "comment", None, "answer 600", 1, "500", "500", "2026-10-05T07:00:00Z", f"https://{HOST}/a/600", 1),
        (
            "c600",
            "comment",
            None,
            "comment 600",
            0,
            "500",
            "500",
            "2026-10-05T07:30:00Z",
            f"https://{HOST}/q/500#comment600_500",
            0,
        ),
        (
            "c601",
            "comment",
            None,
            "comment 601",
            0,
            "500",
            "a600",
            "2026-10-05T07:59:00Z",
            f"https://{HOST}/q/500#comment601_600",
            0,
        ),
    ]
    watches = query(tmp_path, "select since, until, site, query, complete from watches order by since")
    assert watches[0][0] == "2026-09-05T08:00:00Z"
    assert watches[-1][1:] == (NOW, HOST, "Acme", 1)
    assert [one[1] for one in watches[:-1]] == [other[0] for other in watches[1:]]

    # A day on: an edit, a score, a late answer, and a question, an answer and a comment that are gone.
    api.asked.clear()
    recent[0] |= {"body": "<p>Acme, edited</p>", "score": 9}
    api.questions.remove(recent[1])
    api.answers = [answer(600, 500, LAST - 3600, score=5), answer(602, 7, LAST - 3600), answer(610, 500, LAST + 60)]
    api.comments = api.comments[:1]
    second = crawl(config(url), "stackexchange", now="2026-10-06T08:00:00Z")
    assert (second.status, second.new, second.updated) == ("finished", 1, 5)
    assert query(
        tmp_path, "select text, engagement from mentions where external_id in ('500', 'a600', 'a610') order by id"
    ) == [
        ("Acme, edited", 9),
        ("answer 600", 5),
        ("answer 610", 1),
    ]
    assert query(tmp_path, "select external_id from mentions where removed_at is not null order by 1") == [
        ("501",),
        ("a601",),
        ("c601",),
    ]
    searched = [asked for path, asked, _ in api.asked if path == "/search/advanced"]
    assert {int(asked["fromdate"]) for asked in searched} == {seconds("2026-09-22T08:00:00Z")}
    assert len(api.asked) <= 10


def test_nothing_is_lost_over_ten_killed_runs(serve_api, start_crawl, crawl, tmp_path):
    api = StackExchange([question(n, LAST - 25 * DAY + n * 1500) for n in range(1, 901)])
    text, victim, count = config(serve_api(api), "threads = false"), [], []

    def kill(path):
        count.append(path)
        if victim and len(count) >= 5:
            os.kill(victim.pop().pid, signal.SIGKILL)

    api.hook = kill
    stored = []
    for _ in range(10):
        count.clear()
        process = start_crawl(text, "stackexchange")
        victim[:] = [process]
        process.communicate(timeout=120)
        victim.clear()
        stored.append(query(tmp_path, "select count(*) from mentions")[0][0])
        if process.returncode == 0:
            break
    api.hook = lambda path: None
    assert crawl(text, "stackexchange").status == "finished"
    assert stored[0] < stored[-1]
    assert {int(row[0]) for row in query(tmp_path, "select external_id from mentions")} == set(range(1, 901))


def test_an_api_in_trouble_and_its_items(serve_api, crawl, tmp_path):
    odd = question(3, None, title=None, owner=None, tags=None, score="7", body="Acme")
    api = StackExchange(
        [
            question(1, LAST - 900),
            odd,
            question(2, LAST - 800),
            question(4, 99999999999),
            {**question(5, LAST - 700), "question_id": None},
        ]
    )
    api.find = lambda path, asked, find=api.find: (
        [*find(path, asked), "text"] if path == "/search/advanced" else find(path, asked)
    )
    broken = [
        (429, {"Retry-After": "1"}, b"{}"),
        (503, {}, b"busy"),
        refuse(502, "too many requests from this IP, more requests available in 2 seconds", "throttle_violation"),
        (200, {"Content-Length": "900", "Connection": "close"}, b'{"items": ['),
    ]

    def trouble(path, asked):
        if asked["site"] == "nosuch":
            return refuse(400, "No site found for name `nosuch`", "bad_parameter")
        if asked["site"] == "meta":
            return 200, {"Content-Type": "text/html"}, b"<html>maintenance"
        return broken.pop(0) if broken else None

    api.special = [trouble]
    report = crawl(
        config(serve_api(api), 'sites = ["nosuch", "stackoverflow", "meta"]'),
        "stackexchange",
        env={"REPUTE_STACKEXCHANGE_KEY": "s3cr(et"},
    )
    assert (report.status, report.errors, dict(report.dropped)) == ("finished", 2, {"not readable": 2})
    assert report.error == "stackexchange: 'nosuch': No site found for name `nosuch`; correct `sites`"
    assert query(tmp_path, "select external_id, engagement, published from mentions order by external_id") == [
        ("1", 2, "2026-10-05T07:45:00Z"),
        ("2", 2, "2026-10-05T07:46:40Z"),
        ("3", 7, None),
    ]
    assert query(tmp_path, "select site, complete from watches where since <= '2026-09-05T08:00:00Z' order by site") == [
        ("meta.stackexchange.com", 0),
        ("nosuch.stackexchange.com", 0),
        (HOST, 1),
    ]
    assert all(asked["key"] == "s3cr(et" for _, asked, _ in api.asked)


def test_a_quota_that_is_used_up_ends_the_crawl_and_a_pause_is_kept(serve_api, crawl, tmp_path):
    api = StackExchange([question(n, LAST - 25 * DAY + n * 1500) for n in range(1, 301)], quota=2)
    api.special = [lambda path, asked: api.page(api.find(path, asked), asked, backoff=2) if len(api.asked) == 1 else None]
    text = config(serve_api(api), "threads = false")
    report = crawl(text, "stackexchange")
    assert (report.status, report.new, report.errors) == ("finished", 298, 1)
    assert "the API's quota for today is used up; the next crawl goes on" in report.error
    assert "REPUTE_STACKEXCHANGE_KEY" in report.error
    assert api.asked[1][2] - api.asked[0][2] >= 2
    assert query(tmp_path, "select complete from watches order by since") == [(1,), (1,), (1,), (0,)]
    api.quota, api.special = 300, []
    later = crawl(text, "stackexchange", now="2026-10-05T09:00:00Z")
    assert (later.status, later.new) == ("finished", 2)


def test_a_refused_key_ends_the_source_and_never_shows(serve_api, crawl, capfd):
    api = StackExchange([])
    api.special = [
        lambda path, asked: (
            (200, {"Content-Length": "900", "Connection": "close"}, b"{")
            if len(api.asked) < 2
            else refuse(400, "`key` doesn't match a known application", "bad_parameter")
        )
    ]
    report = crawl(config(serve_api(api)), "stackexchange", env={"REPUTE_STACKEXCHANGE_KEY": "s3cr(et"})
    assert report.status == "failed"
    assert "correct REPUTE_STACKEXCHANGE_KEY or unset it" in report.error
    said = report.error + capfd.readouterr().err
    assert "key=[key]" in said
    assert "s3cr(et" not in said
    assert "s3cr%28et" not in said
    assert len(api.asked) == 2


def test_items_are_read_with_what_stands_above_them():
    asked = parse_question(question(500, seconds(NOW)), HOST)
    thread = open_thread(asked)
    said = parse_answer(answer(600, 500, seconds(NOW)), HOST, thread)
    assert said == Mention(
        source="stackexchange",
        site=HOST,
        external_id="a600",
        url=f"https://{HOST}/a/600",
        kind="comment",
        text="answer 600",
        author_id="91",
        author_name="Zoë",
        engagement=1,
        thread="500",
        parent="500",
        published=NOW,
        published_precision="second",
        context="acme\nAcme <div> 500\nquestion 500",
    )
    below = parse_comment(comment(700, 600, seconds(NOW)), HOST, open_thread(said, thread))
    assert (below.thread, below.parent, below.author_id) == ("500", "a600", None)
    assert below.context == "acme\nAcme <div> 500\nquestion 500\nanswer 600"


@pytest.mark.parametrize("broken", [None, "text", {}, {"question_id": None}, {"question_id": "x"}, {"question_id": True}])
def test_what_is_no_question_is_none(broken):
    assert parse_question(broken, HOST) is None


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("stackoverflow", "stackoverflow.com"),
        ("stackoverflow.com", "stackoverflow.com"),
        ("es.stackoverflow", "es.stackoverflow.com"),
        ("unix", "unix.stackexchange.com"),
        ("unix.meta", "unix.meta.stackexchange.com"),
        ("meta", "meta.stackexchange.com"),
        ("mathoverflow.net", "mathoverflow.net"),
    ],
)
def test_a_site_is_named_by_its_host(name, host):
    assert find_host(name) == host


def test_a_throttle_says_how_long():
    body = b'{"error_id":502,"error_message":"too many requests from this IP, more requests available in 46472 seconds"}'
    assert read_refusal(body).pause == 46472
    assert Refusal(502, "too many requests").pause == 3600
    assert Refusal(400, "site").pause is None


def test_the_key_is_taken_out_of_a_log_line():
    record = logging.LogRecord(
        "scrapy", logging.WARNING, "", 0, "Got data loss in %s", ("https://a.example/?key=s3cr%28et",), None
    )
    assert HideKey("s3cr(et").filter(record)
    assert record.getMessage() == "Got data loss in https://a.example/?key=[key]"


def test_every_wrong_option_is_named():
    options = {"sites": [], "querys": ["a"], "tags": "acme", "threads": "yes"}
    assert [problem.place for problem in StackexchangeSpider.check_options(options)] == ["querys", "sites", "tags", "threads"]
    assert StackexchangeSpider.check_options({"sites": ["unix"], "queries": ["acme"], "tags": ["acme"]}) == []
