"""Trustpilot: pages that shift while they are read, edits, replies and deletions, keys, failures, and what is not read."""

from __future__ import annotations

import pytest
from owner_apis import HEAD, Trustpilot, ago, answer, kill_crawls, rows, run_api

from config import load_config
from crawlers.trustpilot import TrustpilotSpider

ENV = {"REPUTE_TRUSTPILOT_API_KEY": Trustpilot.key}


def review(number: int, hours: float, **fields) -> dict:
    return {
        "id": f"r{number}",
        "stars": 1 + number % 5,
        "title": f"Title {number}",
        "text": f"Text {number}",
        "language": "en",
        "createdAt": ago(hours=hours),
        "updatedAt": None,
        "numberOfLikes": number % 3,
        "consumer": {"id": f"c{number}", "displayName": f"Ann {number}"},
        "companyReply": None,
    } | fields


def listing(count: int, every: float = 2.0) -> list[dict]:
    return [review(number, every * (number + 1)) for number in range(count)]


def config(url: str, more: str = 'domain = "acme.com"') -> str:
    return f'{HEAD}[sources.trustpilot]\nurl = "{url}"\n{more}\n'


@pytest.fixture
def serve_api():
    import contextlib

    with contextlib.ExitStack() as stack:
        yield lambda api: stack.enter_context(run_api(api))


def test_all_reviews_land_once_while_pages_shift_and_repeat(serve_api, crawl, tmp_path):
    api = Trustpilot(listing(45, 24), most=10)

    def shift(number: int) -> None:
        # Three new reviews push the others down after the first page, and the rows of the second come in another order.
        if number == 0:
            api.reviews[:0] = [review(100 + new, -0.001) for new in range(3)]
        if number == 1:
            api.reviews[23:33] = api.reviews[23:33][::-1]

    api.between = shift
    url = serve_api(api)
    report = crawl(config(url), "trustpilot", env=ENV)
    assert (report.status, report.errors, report.new) == ("finished", 0, 45)
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(45, 45)]
    assert rows(tmp_path, "select site, query, since, until, complete from watches") == [
        ("trustpilot.com/acme.com", "", "2026-08-06T08:00:00Z", "2026-10-05T08:00:00Z", 1)
    ]
    assert rows(tmp_path, "select name, value from cursors where site = '' and name like 'unit%'") == [
        ("unit acme.com", '{"id": "46d6", "domain": "acme.com", "name": "Acme Ltd"}')
    ]
    assert set(api.keys) == {Trustpilot.key}

    # The three that were pushed in are in the overlap of the next crawl, which asks for no unit and no older page.
    api.between, api.pages, api.items = lambda number: None, [], []
    again = crawl(config(url), "trustpilot", env=ENV, now="2026-10-05T09:00:00Z")
    assert (again.status, again.new, again.updated) == ("finished", 3, 0)
    assert (len(api.pages), api.items) == (3, [])


def test_a_whole_review_and_the_reply_to_it(serve_api, crawl, tmp_path):
    told = review(
        1,
        30,
        stars=2,
        title="Late",
        text="It came <b>late</b>.",
        location={"name": "Camden"},
        companyReply={"text": "We are sorry.", "createdAt": ago(hours=20), "updatedAt": None},
    )
    url = serve_api(Trustpilot([told]))
    assert crawl(config(url), "trustpilot", env=ENV).new == 2
    columns = "external_id, url, kind, voice, title, text, language, subject, place, rating, rating_worst, rating_best, "
    columns += "rating_measure, author is not null, engagement, thread, parent, published, published_precision"
    page = "https://www.trustpilot.com/reviews/r1"
    assert rows(tmp_path, f"select {columns} from mentions order by id") == [
        ("r1", page, "review", "customer", "Late", "It came <b>late</b>.".replace("<b>", "").replace("</b>", ""), "en", "Acme Ltd",
         "Camden", 2.0, 1.0, 5.0, "stars", 1, 1, None, None, ago(hours=30), "second"),
        ("r1:reply", page, "comment", "company", None, "We are sorry.", None, "Acme Ltd", "Camden", None, None, None, None, 0,
         None, "r1", "r1", ago(hours=20), "second"),
    ]  # fmt: skip


def test_edits_replies_and_deletions_are_picked_up(serve_api, crawl, tmp_path):
    reply = {"text": "Sorry.", "createdAt": ago(hours=1)}
    old = [review(90, 24 * 20), review(91, 24 * 21)]
    api = Trustpilot([review(1, 5), review(2, 6, companyReply=reply), review(3, 7), review(4, 8, companyReply=reply), *old])
    url = serve_api(api)
    assert crawl(config(url), "trustpilot", env=ENV).new == 8

    hidden = api.reviews[2]
    api.reviews = [review(1, 5, text="Edited", updatedAt=ago(hours=1), companyReply=reply), review(2, 6), old[1]]
    asked: list[str] = []

    def item(number: str) -> tuple:
        asked.append(number)
        return answer(hidden | {"stars": 5}) if number == "r3" else answer({}, 404)

    api.item = item
    report = crawl(config(url), "trustpilot", env=ENV, now="2026-10-05T10:00:00Z")
    assert (report.status, report.errors, report.new) == ("finished", 0, 1)
    # r3 is there still, though the listing left it out; r90 is older than what is looked after.
    assert sorted(asked) == ["r3", "r4"]
    stored = rows(tmp_path, "select external_id, text, rating, removed_at is not null from mentions order by external_id")
    assert stored == [
        ("r1", "Edited", 2.0, 0),
        ("r1:reply", "Sorry.", None, 0),
        ("r2", "Text 2", 3.0, 0),
        ("r2:reply", None, None, 1),
        ("r3", "Text 3", 5.0, 0),
        ("r4", None, None, 1),
        ("r4:reply", None, None, 1),
        ("r90", "Text 90", 1.0, 0),
        ("r91", "Text 91", 2.0, 0),
    ]


def test_schema_drift_and_bad_items_cost_themselves(serve_api, crawl, tmp_path):
    odd = [
        None,
        "text",
        {"stars": 5},
        review(1, 1, id=None),
        review(2, 2, id=77),
        review(3, 3, stars="4", text=None, consumer=None),
        review(4, 4, stars=[5], numberOfLikes="many", companyReply=[], language=None),
        review(5, 5, createdAt=1791187200, title={"x": 1}),
        review(6, 6, consumer="Ann", companyReply={"text": None}),
        {"id": "r7", "text": "bare"},
        review(8, 8),
    ]
    url = serve_api(Trustpilot(odd))
    report = crawl(config(url), "trustpilot", env=ENV)
    assert (report.status, report.new, report.dropped) == ("finished", 7, (("not a review", 4),))
    assert rows(tmp_path, "select external_id, rating, title, text, published from mentions order by external_id") == [
        ("77", 3.0, "Title 2", "Text 2", ago(hours=2)),
        ("r3", 4.0, "Title 3", None, ago(hours=3)),
        ("r4", None, "Title 4", "Text 4", ago(hours=4)),
        ("r5", 1.0, None, "Text 5", None),
        ("r6", 2.0, "Title 6", "Text 6", ago(hours=6)),
        ("r7", None, None, "bare", None),
        ("r8", 4.0, "Title 8", "Text 8", ago(hours=8)),
    ]


def test_a_page_that_fails_costs_itself_and_is_read_at_the_next_crawl(serve_api, crawl, tmp_path):
    api = Trustpilot(listing(50, 24), most=10)
    api.script = {
        0: answer({}, 429, **{"Retry-After": "0"}),
        1: answer({}, 429),
        3: (200, {"Content-Type": "text/html"}, b"<html>busy</html>"),
        5: answer({"reviews": None}),
    }
    # A connection that breaks is tried again twice.
    api.script |= dict.fromkeys((6, 7, 8), (200, {"Content-Length": "100000", "Connection": "close"}, b'{"reviews": ['))
    url = serve_api(api)
    # Page 2 is no JSON, page 3 is read, page 4 is null and page 5 is cut off: two in a row end the walk.
    report = crawl(config(url), "trustpilot", env=ENV)
    assert (report.status, report.new, report.errors) == ("finished", 20, 3)
    assert "is no answer of Trustpilot's Business API; tried again at the next crawl" in report.error
    assert rows(tmp_path, "select since, until, complete from watches order by since") == [
        ("2026-08-06T08:00:00Z", "2026-10-04T08:00:01Z", 0),
        ("2026-10-04T08:00:01Z", "2026-10-05T08:00:00Z", 1),
    ]
    api.script, api.pages = {}, []
    again = crawl(config(url), "trustpilot", env=ENV)
    assert (again.status, again.new, again.errors) == ("finished", 30, 0)
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(50, 50)]


def test_a_server_in_trouble_is_left_alone(serve_api, crawl, tmp_path):
    api = Trustpilot(listing(30, 24), most=10)
    api.script = {1: answer({}, 429, **{"Retry-After": "600"}), 2: answer({})}
    url = serve_api(api)
    report = crawl(config(url), "trustpilot", env=ENV)
    assert (report.status, report.new, report.errors, len(api.pages)) == ("finished", 10, 1, 2)
    assert "was asked for too often; crawl this source more rarely (HTTP 429)" in report.error
    # The same page for ever is no listing.
    same = answer({"reviews": listing(10, 24)})
    api.script, api.pages = dict.fromkeys(range(50), same), []
    report = crawl(config(url), "trustpilot", env=ENV)
    assert (report.errors, len(api.pages)) == (1, 4)
    assert "gives the same reviews on page after page" in report.error


def test_a_key_that_is_refused_or_missing_ends_the_source(serve_api, crawl, capsys):
    url = serve_api(Trustpilot(listing(3)))
    report = crawl(config(url), "trustpilot", env={"REPUTE_TRUSTPILOT_API_KEY": "wrong-and-secret"})
    assert (report.status, report.items) == ("failed", 0)
    assert "the API key is refused (HTTP 401): check REPUTE_TRUSTPILOT_API_KEY" in report.error
    missing = crawl(config(url), "trustpilot", env={"REPUTE_TRUSTPILOT_API_KEY": ""})
    assert (missing.status, missing.requests) == ("failed", 0)
    assert "trustpilot: no API key: set REPUTE_TRUSTPILOT_API_KEY in the environment" in missing.error
    assert "wrong-and-secret" not in capsys.readouterr().err + report.error


def test_a_unit_that_is_unknown_does_not_stop_the_others_and_a_dry_look_is_small(serve_api, crawl):
    api = Trustpilot(listing(30))
    units = 'business_units = [{ id = "none" }, { id = "46d6", name = "Acme" }]'
    url = serve_api(api)
    report = crawl(config(url, units), "trustpilot", env=ENV, dry=True)
    assert (report.status, report.items, report.errors) == ("finished", 10, 1)
    assert report.error == "trustpilot: no business unit 'none' was found (HTTP 404); correct business_units or domain"
    assert [page["perPage"] for page in api.pages] == ["10"]


def test_nothing_is_lost_over_ten_killed_crawls(serve_api, crawl, tmp_path):
    api = Trustpilot(listing(120, 6), most=10)
    url = serve_api(api)
    kill_crawls(api, tmp_path, config(url), "trustpilot", ENV)
    report = crawl(config(url), "trustpilot", env=ENV)
    assert report.status == "finished"
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(120, 120)]
    assert rows(tmp_path, "select since, until, complete from watches") == [("2026-08-06T08:00:00Z", "2026-10-05T08:00:00Z", 1)]


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({"domain": "acme.com"}, {}),
        ({"business_units": [{"id": "46d6", "name": "Trustpilot.com"}, {"domain": "trustpilot.com"}]}, {}),
        ({}, {"business_units": "is missing"}),
        ({"domain": "https://www.trustpilot.com/review/acme.com"}, {"domain": "its pages disallow robots; use the API key"}),
        ({"domain": "acme.com", "url": "https://uk.trustpilot.com/"}, {"url": "or `repute import --format trustpilot`"}),
        ({"pages": [{"url": "https://trustpilot.com/review/a"}], "domain": "a"}, {"pages": "its pages disallow robots"}),
        ({"business_units": [{"id": "trustpilot.com/review/x"}]}, {"business_units[0].id": "its pages disallow robots"}),
        (
            {"business_units": [{"name": "x"}, 3]},
            {"business_units[0].id": "is missing", "business_units[1]": "should be a table"},
        ),
    ],
)
def test_options_are_checked_and_pages_refused_with_the_reason(options, problems):
    found = {problem.place: problem.message for problem in TrustpilotSpider.check_options(options)}
    assert found.keys() == problems.keys()
    assert all(words in found[place] for place, words in problems.items())


def test_trustpilot_is_a_source_and_not_left_out(configure):
    from crawlers.catalogue import check_sources

    assert check_sources(load_config(configure('[sources.trustpilot]\ndomain = "acme.com"\n'), {})) == []
