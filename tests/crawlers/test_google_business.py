"""Google Business Profile: places, stars in words, translations, replies, and an hour's token."""

from __future__ import annotations

import contextlib

import pytest
from owner_apis import HEAD, Business, ago, answer, kill_crawls, rows, run_api

from crawlers.google_business import GoogleBusinessSpider, keep_original

STARS = ["ONE", "TWO", "THREE", "FOUR", "FIVE"]


def review(number: int, hours: float, **fields) -> dict:
    return {
        "name": f"accounts/11/locations/22/reviews/b{number}",
        "reviewId": f"b{number}",
        "reviewer": {"displayName": f"Ann {number}"},
        "starRating": STARS[number % 5],
        "comment": f"Text {number}",
        "createTime": ago(hours=hours),
        "updateTime": ago(hours=hours).replace("Z", ".123456789Z"),
    } | fields


def config(url: str, more: str = "") -> str:
    place = '{ account = "11", location = "22", name = "Acme Camden" }'
    return f'{HEAD}[sources.google_business]\nurl = "{url}"\ntoken_url = "{url}/token"\nlocations = [{place}{more}]\n'


@pytest.fixture
def serve_api():
    with contextlib.ExitStack() as stack:
        yield lambda api: stack.enter_context(run_api(api))


def test_a_review_its_reply_edits_and_deletions(serve_api, crawl, tmp_path):
    reply = {"comment": "Thank you.", "updateTime": ago(hours=3)}
    translated = "(Translated by Google) Good\n\n(Original)\nGut"
    api = Business(
        [
            review(1, 9, comment=translated, reviewReply=reply),
            review(2, 10, reviewer={"displayName": "A Google User", "isAnonymous": True}),
            review(3, 11),
        ]
    )
    url = serve_api(api)
    report = crawl(config(url), "google_business", env=api.env())
    assert (report.status, report.new, report.errors) == ("finished", 4, 0)
    columns = "site, external_id, kind, voice, text, subject, place, rating, author is null, parent, published"
    site = "business.google.com/22"
    assert rows(tmp_path, f"select {columns} from mentions order by external_id limit 3") == [
        (site, "b1", "review", "customer", "Gut", "Acme Camden", "Acme Camden", 2.0, 0, None, ago(hours=9)),
        (site, "b1:reply", "comment", "company", "Thank you.", "Acme Camden", "Acme Camden", None, 1, "b1", ago(hours=3)),
        (site, "b2", "review", "customer", "Text 2", "Acme Camden", "Acme Camden", 3.0, 1, None, ago(hours=10)),
    ]
    api.reviews = [review(1, 9, comment="Schlecht", starRating="ONE", updateTime=ago(hours=0)), review(2, 10)]
    again = crawl(config(url), "google_business", env=api.env())
    assert (again.status, again.errors, api.items) == ("finished", 0, ["b3"])
    assert rows(tmp_path, "select external_id, text, rating, removed_at is not null from mentions order by external_id") == [
        ("b1", "Schlecht", 1.0, 0), ("b1:reply", None, None, 1), ("b2", "Text 2", 3.0, 0), ("b3", None, None, 1),
    ]  # fmt: skip


def test_all_pages_with_a_short_lived_token_and_an_overlap_after(serve_api, crawl, tmp_path):
    api = Business([review(number, 24 * (number + 1)) for number in range(50)], most=10)
    api.life = 60
    api.between = lambda number: api.reviews.insert(0, review(100, 0)) if number == 0 else None
    api.script[2] = answer({}, 503)
    url = serve_api(api)
    report = crawl(config(url), "google_business", env=api.env())
    assert (report.status, report.new, report.errors) == ("finished", 50, 0)
    assert len(api.grants) == 5
    assert rows(tmp_path, "select since, until, complete from watches") == [("2026-08-06T08:00:00Z", "2026-10-05T08:00:00Z", 1)]
    api.pages, api.script, api.between = [], {}, lambda number: None
    again = crawl(config(url), "google_business", env=api.env())
    assert (again.new, again.updated, len(api.pages)) == (1, 0, 3)


def test_a_place_that_is_not_yours_and_bad_rows_do_not_stop_the_others(serve_api, crawl, tmp_path):
    odd = [
        None,
        {"comment": "no id"},
        review(1, 1, starRating=4, comment=None),
        review(2, 2, starRating="STAR_RATING_UNSPECIFIED", reviewer=None, createTime=12),
        {"name": "accounts/11/locations/22/reviews/b3", "starRating": "FIVE"},
        review(4, 4, reviewReply={"comment": ["x"]}),
    ]
    api = Business([])
    api.script[0] = answer({"reviews": odd, "nextPageToken": 7})
    other = ', { account = "accounts/11", location = "locations/99" }'
    api.item = lambda number: answer({"error": {"code": 404, "status": "NOT_FOUND"}}, 404)
    report = crawl(config(serve_api(api), other), "google_business", env=api.env())
    assert (report.status, report.new, report.errors) == ("finished", 3, 1)
    assert dict(report.dropped) == {"not a review": 2, "no text and no rating": 1}
    assert (
        "google_business: the reviews of business.google.com/99 (Acme): HTTP 404, NOT_FOUND; check account and location"
        in report.error
    )
    assert rows(tmp_path, "select external_id, text, rating, published from mentions order by external_id") == [
        ("b2", "Text 2", None, None), ("b3", None, 5.0, None), ("b4", "Text 4", 5.0, ago(hours=4)),
    ]  # fmt: skip


def test_nothing_is_lost_over_ten_killed_crawls(serve_api, crawl, tmp_path):
    api = Business([review(number, 6 * (number + 1)) for number in range(120)], most=10)
    url = serve_api(api)
    kill_crawls(api, tmp_path, config(url), "google_business", api.env())
    assert crawl(config(url), "google_business", env=api.env()).status == "finished"
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(120, 120)]


def test_the_original_is_kept_of_a_translated_text():
    assert keep_original("(Translated by Google) Good\n\n(Original)\nGut") == "Gut"
    assert keep_original("Gut\n\n(Translated by Google)\nGood") == "Gut"
    assert keep_original("(Translated by Google) Good") == "Good"
    assert keep_original("Gut (Original)") == "Gut (Original)"
    assert keep_original(None) is None


def test_options_are_checked_all_together():
    good = {"locations": [{"account": "11", "location": "locations/22", "name": "Acme"}]}
    assert GoogleBusinessSpider.check_options(good) == []
    options = {"url": "http://127.0.0.1:1", "locations": [{"account": "Acme"}, 3], "colour": 1}
    found = [problem.place for problem in GoogleBusinessSpider.check_options(options)]
    assert found == ["colour", "token_url", "locations[1]", "locations[0].account", "locations[0].location"]
