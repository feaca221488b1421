"""App Store Connect: signed tokens, pages by their links, responses, and what Apple refuses."""

from __future__ import annotations

import contextlib

import pytest
from owner_apis import HEAD, Apple, ago, answer, kill_crawls, rows, run_api

from crawlers.appstore import AppstoreSpider


def review(number: int, hours: float, response: dict | None = None, **fields) -> dict:
    said = {
        "rating": 1 + number % 5,
        "title": f"Title {number}",
        "body": f"Body {number}",
        "reviewerNickname": f"ann{number}",
        "createdDate": ago(hours=hours + 7).replace("Z", "-07:00"),
        "territory": "GBR",
    } | fields
    row = {"type": "customerReviews", "id": f"r{number}", "attributes": said, "relationships": {"response": {"links": {}}}}
    if response is None:
        return {"id": f"r{number}", "review": row}
    row["relationships"]["response"]["data"] = {"type": "customerReviewResponses", "id": f"s{number}"}
    kept = {"type": "customerReviewResponses", "id": f"s{number}", "attributes": response}
    return {"id": f"r{number}", "review": row, "included": kept}


def listing(count: int, every: float = 3.0) -> list[dict]:
    return [review(number, every * (number + 1)) for number in range(count)]


def said(words: str, hours: float, state: str = "PUBLISHED") -> dict:
    return {"responseBody": words, "lastModifiedDate": ago(hours=hours), "state": state}


def config(url: str) -> str:
    return f'{HEAD}[sources.appstore]\nurl = "{url}"\napps = [{{ id = "123", name = "Acme" }}]\n'


@pytest.fixture
def serve_api():
    with contextlib.ExitStack() as stack:
        yield lambda api: stack.enter_context(run_api(api))


def test_a_review_its_response_and_an_expired_token(serve_api, crawl, tmp_path):
    api = Apple([review(1, 9, said("Thank you.", 8)), review(2, 10), review(3, 11, said("Soon shown.", 1, "PENDING_PUBLISH"))])
    api.refuse_next = 1
    report = crawl(config(serve_api(api)), "appstore", env=api.env())
    assert (report.status, report.new, report.errors) == ("finished", 4, 0)
    assert len(set(api.keys)) == 2
    columns = "site, external_id, kind, voice, title, text, subject, place, rating, parent, published, published_precision"
    site = "apps.apple.com/id123"
    assert rows(tmp_path, f"select {columns} from mentions order by external_id") == [
        (site, "r1", "review", "customer", "Title 1", "Body 1", "Acme", "GBR", 2.0, None, ago(hours=9), "second"),
        (site, "r1:reply", "comment", "company", None, "Thank you.", "Acme", "GBR", None, "r1", ago(hours=8), "second"),
        (site, "r2", "review", "customer", "Title 2", "Body 2", "Acme", "GBR", 3.0, None, ago(hours=10), "second"),
        (site, "r3", "review", "customer", "Title 3", "Body 3", "Acme", "GBR", 4.0, None, ago(hours=11), "second"),
    ]
    # A response that is being reworded still stands as it was; one that is deleted goes, and so does a review.
    api.reviews = [review(1, 9, said("Thanks!", 0, "PENDING_PUBLISH"))]
    again = crawl(config(api.home), "appstore", env=api.env())
    assert (again.status, again.updated, sorted(api.items)) == ("finished", 2, ["r2", "r3"])
    gone = rows(tmp_path, "select external_id, text, removed_at is not null from mentions order by external_id")
    assert gone == [("r1", "Body 1", 0), ("r1:reply", "Thank you.", 0), ("r2", None, 1), ("r3", None, 1)]


def test_all_reviews_land_once_and_the_second_crawl_asks_for_the_overlap(serve_api, crawl, tmp_path):
    api = Apple(listing(50, 24), most=10)

    def push(number: int) -> None:
        if number == 1:
            api.reviews[:0] = [review(100, 0)]

    api.between = push
    url = serve_api(api)
    report = crawl(config(url), "appstore", env=api.env())
    assert (report.status, report.new, report.errors) == ("finished", 50, 0)
    assert rows(tmp_path, "select since, until, complete from watches") == [("2026-08-06T08:00:00Z", "2026-10-05T08:00:00Z", 1)]
    api.pages.clear()
    again = crawl(config(url), "appstore", env=api.env())
    assert (again.new, again.updated, len(api.pages)) == (1, 0, 3)
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(51, 51)]


def test_drift_bad_rows_and_a_next_page_elsewhere(serve_api, crawl, tmp_path):
    good = [row["review"] for row in listing(3)]
    odd = [
        None,
        {"attributes": {}},
        {"id": None},
        {"id": 9, "attributes": None},
        {"id": "x", "attributes": {"rating": "4", "body": 5}},
    ]
    api = Apple([])
    links = {"next": "https://evil.example/v1/apps/123/customerReviews?cursor=x"}
    api.script[0] = answer({"data": [*odd, *good], "included": None, "links": links})
    report = crawl(config(serve_api(api)), "appstore", env=api.env())
    assert (report.status, report.new, report.errors) == ("finished", 4, 1)
    assert dict(report.dropped) == {"not a review": 3, "no text and no rating": 1}
    assert "its next page lies on another host, 'https://evil.example/" in report.error
    assert rows(tmp_path, "select external_id, rating from mentions where external_id = 'x'") == [("x", 4.0)]
    assert rows(tmp_path, "select since, until, complete from watches") == [("2026-08-06T08:00:00Z", "2026-10-05T08:00:00Z", 0)]


@pytest.mark.parametrize("status", [401, 403])
def test_what_apple_refuses_is_said_with_the_cure(serve_api, crawl, capsys, status):
    api = Apple(listing(3))
    if status == 401:
        api.refuse_next = 99
    else:
        api.script[0] = answer({"errors": [{"status": "403", "code": "FORBIDDEN_ERROR"}]}, 403)
    report = crawl(config(serve_api(api)), "appstore", env=api.env())
    assert (report.status, report.items) == ("failed", 0)
    words = {
        401: "Apple refuses the key (401): check REPUTE_APPSTORE_ISSUER_ID, REPUTE_APPSTORE_KEY_ID and REPUTE_APPSTORE_PRIVATE_KEY",
        403: "give the key the role Customer Support or Admin",
    }[status]
    assert words in report.error
    assert not any(key in capsys.readouterr().err for key in api.keys)


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"REPUTE_APPSTORE_PRIVATE_KEY": "nonsense-key"}, "REPUTE_APPSTORE_PRIVATE_KEY holds no private key for ES256"),
        (
            {"REPUTE_APPSTORE_PRIVATE_KEY": "", "REPUTE_APPSTORE_PRIVATE_KEY_FILE": "/nowhere/k.p8"},
            "/nowhere/k.p8, which REPUTE_APPSTORE_PRIVATE_KEY_FILE names, cannot be read (No such file or directory)",
        ),
        (
            {"REPUTE_APPSTORE_KEY_ID": "", "REPUTE_APPSTORE_PRIVATE_KEY": ""},
            "set REPUTE_APPSTORE_KEY_ID and REPUTE_APPSTORE_PRIVATE_KEY in",
        ),
    ],
)
def test_a_key_that_is_none_names_its_variable(crawl, env, words):
    report = crawl(config("http://127.0.0.1:9"), "appstore", env=Apple([]).env() | env)
    assert (report.status, report.requests) == ("failed", 0)
    assert words in report.error
    assert "nonsense" not in report.error


def test_nothing_is_lost_over_ten_killed_crawls(serve_api, crawl, tmp_path):
    api = Apple(listing(120, 6), most=10)
    url = serve_api(api)
    kill_crawls(api, tmp_path, config(url), "appstore", api.env())
    assert crawl(config(url), "appstore", env=api.env()).status == "finished"
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(120, 120)]
    assert rows(tmp_path, "select complete from watches") == [(1,)]


def test_options_are_checked_and_the_shop_refused_with_the_reason():
    assert AppstoreSpider.check_options({"apps": [{"id": "123"}, {"id": 456, "name": "Acme"}]}) == []
    options = {"url": "https://itunes.apple.com/rss/customerreviews/id=1/json", "apps": [{"id": "com.acme"}, {}], "colour": 1}
    found = {problem.place: problem.message for problem in AppstoreSpider.check_options(options)}
    assert found.keys() == {"url", "apps[0].id", "apps[1].id", "colour"}
    assert "its review feeds disallow robots; use the API key, or `repute import`" in found["url"]
    assert AppstoreSpider.check_options({})[0].place == "apps"
