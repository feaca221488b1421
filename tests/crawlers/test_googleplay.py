"""Google Play: tokens of a service account, the last week only, and what reviews there are made of."""

from __future__ import annotations

import contextlib
from datetime import datetime

import pytest
from owner_apis import HEAD, Play, ago, answer, kill_crawls, rows, run_api

from crawlers.googleplay import GoogleplaySpider, split_title


def comment(words: object, hours: float, **fields) -> dict:
    seconds = str(int(datetime.fromisoformat(ago(hours=hours)).timestamp()))
    return {"text": words, "lastModified": {"seconds": seconds, "nanos": 7}} | fields


def review(number: int, hours: float, reply: dict | None = None, **fields) -> dict:
    said = {
        "starRating": 1 + number % 5,
        "reviewerLanguage": "en_GB",
        "appVersionName": "2.1",
        "thumbsUpCount": number,
    } | fields
    comments = [{"userComment": comment(said.pop("text", f"\tText {number}"), hours, **said)}]
    if reply:
        comments.append({"developerComment": reply})
    return {"reviewId": f"gp:{number}", "authorName": f"Ann {number}", "comments": comments}


def config(url: str) -> str:
    app = '{ package = "com.acme.app", name = "Acme" }'
    return f'{HEAD}[sources.googleplay]\nurl = "{url}"\ntoken_url = "{url}/token"\napps = [{app}]\n'


@pytest.fixture
def serve_api():
    with contextlib.ExitStack() as stack:
        yield lambda api: stack.enter_context(run_api(api))


def test_a_review_its_reply_edits_and_deletions_through_a_service_account(serve_api, crawl, tmp_path):
    api = Play([review(1, 9, comment("Thank you.", 8), text="Slow\tIt hangs."), review(2, 10), review(3, 11, comment("Hm", 2))])
    url, env = serve_api(api), api.service_env(tmp_path)
    report = crawl(config(url), "googleplay", env=env)
    assert (report.status, report.new, report.errors) == ("finished", 5, 0)
    columns = "external_id, url, kind, voice, title, text, language, subject, rating, engagement, parent, published"
    page = "https://play.google.com/store/apps/details?id=com.acme.app&reviewId=gp%3A1"
    assert rows(tmp_path, f"select {columns} from mentions order by external_id limit 2") == [
        ("gp:1", page, "review", "customer", "Slow", "It hangs.", "en-GB", "2.1", 2.0, 1, None, ago(hours=9)),
        ("gp:1:reply", page, "comment", "company", None, "Thank you.", None, "2.1", None, None, "gp:1", ago(hours=8)),
    ]
    # The first crawl covers what Google shows, and says that it does not reach back to what was asked for.
    assert rows(tmp_path, "select site, since, until, complete from watches order by since") == [
        ("com.acme.app", "2026-08-06T08:00:00Z", "2026-09-28T09:00:00Z", 0),
        ("com.acme.app", "2026-09-28T09:00:00Z", "2026-10-05T08:00:00Z", 1),
    ]
    api.reviews = [review(1, 0, text="Better now.", starRating=5)]
    again = crawl(config(url), "googleplay", env=env)
    assert (again.status, again.updated, sorted(api.items)) == ("finished", 5, ["gp:2", "gp:3"])
    assert rows(tmp_path, "select external_id, text, removed_at is not null from mentions order by external_id") == [
        ("gp:1", "Better now.", 0), ("gp:1:reply", None, 1), ("gp:2", None, 1), ("gp:3", None, 1), ("gp:3:reply", None, 1),
    ]  # fmt: skip


def test_a_token_that_ends_is_renewed_and_all_pages_are_read(serve_api, crawl, tmp_path):
    api = Play([review(number, number + 1) for number in range(45)], most=10)

    def expire(number: int) -> None:
        # The token of the first pages ends while the listing is read, and a review comes in above.
        if number == 2:
            api.expired.update(api.tokens)
            api.reviews[:0] = [review(100, 0)]

    api.between = expire
    url = serve_api(api)
    report = crawl(config(url), "googleplay", env=api.env())
    assert (report.status, report.new, report.errors) == ("finished", 45, 0)
    assert [grant["grant_type"] for grant in api.grants] == ["refresh_token"] * 2
    assert sorted(set(api.keys)) == ["token-0", "token-1"]
    # Ten days later three of them were never read, and the gap is told.
    again = crawl(config(url), "googleplay", env=api.env(), now="2026-10-15T08:00:00Z")
    assert again.status == "finished"
    assert rows(tmp_path, "select since, until from watches where complete = 0 order by since")[1:] == [
        ("2026-10-05T08:00:00Z", "2026-10-08T09:00:00Z")
    ]


def test_drift_and_bad_rows_cost_themselves_and_nothing_is_no_fault(serve_api, crawl, tmp_path):
    odd = [
        None,
        {"reviewId": "gp:x", "comments": None},
        {"reviewId": None, "comments": [{"userComment": comment("a", 1)}]},
        review(1, 1, starRating="4", thumbsUpCount=None, reviewerLanguage=None, appVersionName=None),
        {"reviewId": "gp:2", "comments": [3, {"userComment": {"text": "no time", "lastModified": {"seconds": "soon"}}}]},
        {"reviewId": "gp:3", "comments": [{"userComment": {"text": "late", "lastModified": {"seconds": 10**17}}}]},
    ]
    api = Play([])
    api.script[0] = answer({"reviews": odd})
    url = serve_api(api)
    report = crawl(config(url), "googleplay", env=api.env())
    assert (report.status, report.new, dict(report.dropped)) == ("finished", 3, {"not a review": 3})
    assert rows(tmp_path, "select external_id, text, rating, published from mentions order by external_id") == [
        ("gp:1", "Text 1", 4.0, ago(hours=1)), ("gp:2", "no time", None, None), ("gp:3", "late", None, None),
    ]  # fmt: skip
    api.script.clear()
    api.item = lambda number: answer({"error": {"code": 500}}, 403)
    empty = crawl(config(url), "googleplay", env=api.env())
    assert (empty.status, empty.items, empty.updated) == ("finished", 0, 0)


def test_what_google_refuses_is_said_with_the_cure_and_without_secrets(serve_api, crawl, capsys, tmp_path):
    api = Play([review(1, 1)])
    url = serve_api(api)
    api.script[0] = answer(
        {"error": {"code": 403, "status": "PERMISSION_DENIED", "errors": [{"reason": "permissionDenied"}]}}, 403
    )
    report = crawl(config(url), "googleplay", env=api.env())
    assert (report.status, report.items) == ("failed", 0)
    assert (
        "the reviews of com.acme.app: HTTP 403, permissionDenied; enable the Google Play Android Developer API" in report.error
    )

    api.expired = {f"token-{number}" for number in range(9)}
    report = crawl(config(url), "googleplay", env=api.env())
    assert report.status == "failed"
    assert "googleplay: the token of REPUTE_GOOGLE_REFRESH_TOKEN is refused (401)" in report.error

    told = {}
    for code in ("invalid_grant", "invalid_client"):
        api.refusal = answer({"error": code, "error_description": "refresh-1 hush-1"}, 400)
        told[code] = crawl(config(url), "googleplay", env=api.env()).error
    api.refusal = answer({"oops": "refresh-1"}, 404)
    told["404"] = crawl(config(url), "googleplay", env=api.env()).error
    assert told == {
        "invalid_grant": "googleplay: Google gives no token (invalid_grant): REPUTE_GOOGLE_REFRESH_TOKEN has expired or was revoked; "
        "consent once more and set the new one",
        "invalid_client": "googleplay: Google gives no token (invalid_client): check REPUTE_GOOGLE_CLIENT_ID and "
        "REPUTE_GOOGLE_CLIENT_SECRET against the OAuth client in the Cloud console",
        "404": f"googleplay: {url}/token: gave no access token (HTTP 404); tried again at the next crawl, check `token_url` if it is set",
    }
    log = capsys.readouterr().err
    assert not [secret for secret in ("refresh-1", "hush-1", "client-1", "token-0") if secret in log]


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({}, "set REPUTE_GOOGLE_SERVICE_ACCOUNT or REPUTE_GOOGLE_REFRESH_TOKEN in the environment"),
        ({"REPUTE_GOOGLE_REFRESH_TOKEN": "x"}, "set REPUTE_GOOGLE_CLIENT_ID and REPUTE_GOOGLE_CLIENT_SECRET"),
        ({"REPUTE_GOOGLEPLAY_SERVICE_ACCOUNT": "{}"}, "REPUTE_GOOGLEPLAY_SERVICE_ACCOUNT holds no key of a service account"),
    ],
)
def test_a_key_that_is_none_names_its_variable(crawl, env, words):
    report = crawl(config("http://127.0.0.1:9"), "googleplay", env=env)
    assert (report.status, report.requests) == ("failed", 0)
    assert words in report.error


def test_nothing_is_lost_over_ten_killed_crawls(serve_api, crawl, tmp_path):
    api = Play([review(number, number + 1) for number in range(120)], most=10)
    url = serve_api(api)
    kill_crawls(api, tmp_path, config(url), "googleplay", api.env())
    assert crawl(config(url), "googleplay", env=api.env()).status == "finished"
    assert rows(tmp_path, "select count(*), count(distinct external_id) from mentions") == [(120, 120)]


def test_titles_are_joined_by_a_tab():
    assert split_title("Slow\tIt hangs.") == ("Slow", "It hangs.")
    assert split_title("\tIt hangs.") == (None, "It hangs.")
    assert split_title("It hangs.") == (None, "It hangs.")
    assert split_title(None) == (None, None)


def test_options_are_checked_all_together():
    assert GoogleplaySpider.check_options({"apps": [{"package": "com.acme.app"}]}) == []
    options = {"url": "http://127.0.0.1:1", "apps": [{"package": "acme"}, {"name": ""}]}
    found = [problem.place for problem in GoogleplaySpider.check_options(options)]
    assert found == ["token_url", "apps[0].package", "apps[1].name", "apps[1].package"]
