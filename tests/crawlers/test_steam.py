"""Steam: pages that overlap, edits, replies and deletions, walks that are cut off, answers that are none."""

from __future__ import annotations

import json
import time
from datetime import datetime

from loopback import query

from crawlers.steam import SteamSpider
from crawlers.steam_items import LANGUAGES, App, last_change, parse_review, read_page, to_plain
from store.records import Mention
from tests.crawlers.steam_server import SERVICE, Steam, as_json, review

NOW = "2026-10-05T08:00:00Z"
HOUR = 3600
SITE = "store.steampowered.com/app/620"


def seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


START = seconds(NOW)


def config(url: str, *apps: str, backfill: int = 30) -> str:
    listed = ", ".join(apps or ['{ id = 620, name = "Portal 2" }'])
    head = f'[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\nbackfill = "{backfill} days"\n'
    brand = '[[brands]]\nid = "all"\nname = "Everything"\nrole = "own"\nquery = "*"\n'
    return f'{head}{brand}[sources.steam]\nurl = "{url}"\napps = [{listed}]\n'


def ids(tmp_path) -> set[str]:
    return {name for (name,) in query(tmp_path, "select external_id from mentions")}


def place(tmp_path, site=SITE) -> dict:
    [(value,)] = query(tmp_path, f"select value from cursors where source = 'steam' and site = '{site}'")
    return json.loads(value)


def test_all_reviews_once_then_edits_replies_and_deletions(serve, crawl, tmp_path):
    rows = [review(n, START - n * HOUR) for n in range(1, 251)] + [review(900, START - 40 * 24 * HOUR)]
    steam = Steam(rows, size=60)
    rows[2] |= {
        "review": None,
        "voted_up": "yes",
        "timestamp_created": str(rows[2]["timestamp_created"]),
        "votes_up": 4294967295,
    }
    rows[3] |= {"review": "[h1]Bad[/h1]\n[b]<game>[/b] crashes &amp; burns[list][*]one[*]two[/list]", "language": "schinese"}
    answered = {"developer_response": "We [i]mended[/i] it.", "timestamp_dev_responded": START - 2 * HOUR}
    rows[4] |= answered
    rows[5] |= {"developer_response": "Sorry.", "timestamp_dev_responded": START - 3 * HOUR}
    late = review(500, START + 60)
    steam.plan = {
        2: lambda: steam.rows.update({"500": late}),
        3: lambda: as_json({"success": 1, **broken(steam.page(steam.asked[-1]))}),
    }
    web = serve({"/appreviews/620": steam})
    first = crawl(config(web), "steam")
    assert (first.status, first.new, first.errors) == ("finished", 250 + 2 - 1, 0)
    assert first.dropped == (("not a review", 2), ("no text and no rating", 1))
    assert {question["order"] for question in steam.asked} == {"recent"}
    assert steam.asked[1]["cursor"].startswith("+/=")
    assert ids(tmp_path) == {str(n) for n in range(1, 251) if n != 3} | {"5:reply", "6:reply"}
    columns = "url, kind, voice, text, language, subject, rating, rating_worst, rating_best, rating_measure, engagement, thread, parent, published"
    assert query(tmp_path, f"select {columns} from mentions where external_id in ('4', '5:reply') order by 1") == [
        (
            "https://steamcommunity.com/profiles/76561190000000004/recommended/620/", "review", "customer",
            "Bad\n<game> crashes & burns\n- one\n- two", "zh-CN", "Portal 2", 1.0, 0.0, 1.0, "thumbs", 2, None, None,
            "2026-10-05T04:00:00Z",
        ),
        (
            "https://steamcommunity.com/profiles/76561190000000005/recommended/620/", "comment", "company",
            "We mended it.", None, "Portal 2", None, None, None, None, None, "5", "5", "2026-10-05T06:00:00Z",
        ),
    ]  # fmt: skip
    assert query(tmp_path, "select site, since, until, complete from watches") == [(SITE, "2026-09-05T08:00:00Z", NOW, 1)]
    assert place(tmp_path) == {"until": NOW, "rest": None}

    # A day later: one edited, one deleted, one reply taken back, one review that was edited while the list was being read.
    steam.asked, steam.plan = [], {}
    tomorrow = START + 24 * HOUR
    steam.rows["10"] |= {"review": "better now", "voted_up": False, "timestamp_updated": tomorrow - HOUR}
    steam.rows["12"] |= {"developer_response": "Thanks!", "timestamp_dev_responded": tomorrow - HOUR}
    steam.rows["6"] |= {"developer_response": "", "timestamp_dev_responded": 0}
    del steam.rows["8"]
    steam.plan = {2: lambda: steam.rows["200"].update(timestamp_updated=tomorrow + 60, review="meanwhile")}
    second = crawl(config(web), "steam", now="2026-10-06T08:00:00Z")
    assert (second.status, second.new, second.errors) == ("finished", 2, 0)
    assert {question["order"] for question in steam.asked} == {"updated"}
    assert [q["cursor"] for q in steam.asked].count("*") == 2
    oldest = seconds("2026-09-22T08:00:00Z")
    assert len(steam.asked) <= 2 + 2 + sum(row["timestamp_updated"] >= oldest for row in steam.rows.values()) // 60
    assert query(tmp_path, "select external_id, text, removed_at is not null from mentions where updated > collected order by 1") == [
        ("10", "better now", 0), ("200", "meanwhile", 0), ("6:reply", None, 1), ("8", None, 1),
    ]  # fmt: skip
    assert ids(tmp_path) >= {"12:reply", "500"}


def broken(page: dict) -> dict:
    page["reviews"] += ["no review", {"review": "without id"}]
    return page


def test_the_web_api_and_a_look_back(serve, crawl, tmp_path):
    steam = Steam([review(n, START - n * HOUR) for n in range(1, 120)], size=50)
    web = serve({SERVICE: steam})
    report = crawl(config(web + SERVICE), "steam", since="2026-10-04T08:00:00Z")
    assert (report.status, report.items, report.new) == ("finished", 24, 24)
    assert steam.asked[0] == {
        "order": "recent", "appid": 620, "filter": 1, "languages": ["all"], "review_type": 0, "purchase_type": 1,
        "num_per_page": 100, "filter_offtopic_activity": False, "cursor": "*",
    }  # fmt: skip
    assert query(tmp_path, "select count(*) from cursors where site = '" + SITE + "'") == [(0,)]
    assert crawl(config(web + SERVICE), "steam").new == 119 - 24
    steam.asked = []
    look = crawl(config(web + SERVICE), "steam", dry=True)
    assert (look.status, look.items, [q["num_per_page"] for q in steam.asked]) == ("finished", 10, [10])


def test_nothing_is_lost_over_ten_killed_runs(serve, start_crawl, crawl, tmp_path):
    steam = Steam([review(n, START - n * 60) for n in range(1, 4001)])
    text = config(serve({"/appreviews/620": steam}))
    for run, pages in enumerate((1, 4, 6, 3, 5, 4, 2, 6, 5, 4)):
        steam.rows[str(5000 + run)] = review(5000 + run, START + run)
        before, process = len(steam.asked), start_crawl(text, "steam")
        while len(steam.asked) < before + pages and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.communicate()
    steam.asked = []
    report = crawl(text, "steam", now="2026-10-05T08:10:00Z")
    assert (report.status, report.errors) == ("finished", 0)
    assert ids(tmp_path) == steam.rows.keys()
    assert query(tmp_path, "select count(*) from mentions") == [(4010,)]
    # What was read before is not read again: the last run went on where the tenth was cut off.
    assert {question["order"] for question in steam.asked} == {"recent", "updated"}
    assert all(question["cursor"] != "*" for question in steam.asked if question["order"] == "recent")
    assert place(tmp_path) == {"until": "2026-10-05T08:10:00Z", "rest": None}


def test_failures_cost_a_part_that_the_next_crawl_reads(serve, crawl, tmp_path):
    rows = [review(n, START - n * HOUR) for n in range(1, 500)]
    down, busy = (503, {"Retry-After": "0"}, b""), (200, {"Content-Type": "text/html"}, b"<html>busy</html>")
    cut = (200, {"Content-Length": "5000", "Connection": "close"}, b'{"success":1,"rev')
    first = Steam(rows, plan={2: (429, {"Retry-After": "0"}, b""), 4: down, 5: down, 6: (500, {}, b"")})
    second = Steam(rows, plan={2: busy, 3: cut, 5: as_json({"success": 1, "reviews": None})}, total=4000)
    third = Steam([], plan=dict.fromkeys(range(1, 9), as_json({"success": 2})))
    url = serve({"/appreviews/1": first, "/appreviews/2": second, "/appreviews/3": third})
    text = config(url, *(f'{{ id = {n}, name = "Game {n}" }}' for n in (1, 2, 3)))
    report = crawl(text, "steam")
    assert (report.status, report.new, report.errors) == ("finished", 200 + 499, 2)
    part = "select since, until, complete from watches where site = 'store.steampowered.com/app/{}' order by since"
    reached = "2026-10-01T04:00:00Z"  # the newest of the second page: below it, rows may have changed places
    assert query(tmp_path, part.format(1)) == [("2026-09-05T08:00:00Z", reached, 0), (reached, NOW, 1)]
    # Steam counts 4000 reviews and shows 499, which do not go back to where the window begins.
    assert query(tmp_path, part.format(2)) == [
        ("2026-09-05T08:00:00Z", "2026-09-18T16:00:00Z", 0),
        ("2026-09-18T16:00:00Z", NOW, 1),
    ]
    assert query(tmp_path, part.format(3)) == [("2026-09-05T08:00:00Z", NOW, 0)]

    # The next crawl goes on where the first was cut off; Steam has forgotten the cursor, so it begins anew.
    first.plan, first.asked = {}, []
    first.forgotten = {json.loads(query(tmp_path, "select value from cursors where site like '%/1'")[0][0])["rest"]["cursor"]}
    again = crawl(text, "steam", now="2026-10-05T09:00:00Z")
    assert {name for (name,) in query(tmp_path, "select external_id from mentions where site like '%/1'")} == first.rows.keys()
    assert (
        again.error
        == "store.steampowered.com/app/3: Steam's answer is no page of reviews; check its id, and `url` if you set it"
    )
    assert [question["order"] for question in first.asked][:3] == ["updated", "updated", "recent"]
    assert place(tmp_path, "store.steampowered.com/app/1") == {"until": "2026-10-05T09:00:00Z", "rest": None}


def test_a_brand_of_an_app(serve, crawl, tmp_path, capfd):
    steam = Steam([review(1, START - HOUR), review(2, START - 2 * HOUR, review="acme!")])
    text = config(serve({"/appreviews/620": steam}), '{ id = 620, name = "Portal 2", brand = "all" }')
    assert crawl(text.replace('query = "*"', 'query = "acme"'), "steam").new == 1
    assert "the query of brand 'all' does not match its app 'Portal 2'; add or \"Portal 2\" to it" in capfd.readouterr().err
    assert crawl(text.replace('query = "*"', 'query = "acme OR \\"portal 2\\""'), "steam").new == 1
    wrong = crawl(text.replace('brand = "all"', 'brand = "valve"'), "steam")
    assert (wrong.status, wrong.error) == (
        "failed", "steam: the app 'Portal 2' names the brand 'valve', which is not configured; there are: all",
    )  # fmt: skip


APP = App(620, "Portal 2", "Portal 2")


def test_fields_that_drift_cost_nothing_else():
    strings = review(7, START, timestamp_created=str(START), voted_up=1, votes_up="3", recommendationid=7, language=None)
    [mention] = parse_review(strings, APP)
    assert (mention.external_id, mention.published, mention.rating, mention.engagement) == ("7", NOW, 1.0, 3)
    assert (mention.language, mention.published_precision) == (None, "second")
    bare = {"recommendationid": "8", "author": None, "developer_response": ["x"], "timestamp_created": None, "voted_up": None}
    assert parse_review(bare, APP) == [
        Mention(
            source="steam", site=SITE, external_id="8", url="https://steamcommunity.com/app/620/reviews/", kind="review",
            subject="Portal 2", rating_worst=0.0, rating_best=1.0, rating_measure="thumbs", context="Portal 2",
        )
    ]  # fmt: skip
    for broken in (None, [], {}, {"recommendationid": []}, {"recommendationid": True}):
        assert parse_review(broken, APP) == []
    assert last_change({"timestamp_created": 1e300, "timestamp_updated": "soon"}) == ""


def test_what_is_no_page_is_none():
    assert read_page(b'{"success": 1, "reviews": [], "cursor": "*"}').rows == []
    assert read_page(b'{"response": {"query_summary": {"num_reviews": 0}, "total_matching": 0}}').rows == []
    for broken in (b"", b"[]", b"null", b'{"success": 2}', b'{"response": {}}', b'{"success": 1, "reviews": {}}', b"\xff"):
        assert read_page(broken) is None


def test_languages_are_bcp_47():
    assert len(LANGUAGES) == 32
    assert (LANGUAGES["schinese"], LANGUAGES["koreana"], LANGUAGES["brazilian"], LANGUAGES["latam"]) == (
        "zh-CN",
        "ko",
        "pt-BR",
        "es-419",
    )


def test_markup_goes_and_words_stay():
    assert to_plain("[url=https://a.b]link[/url] [x] a [1] &lt;3\r\n\r\n\r\nend") == "link [x] a [1] <3\n\nend"
    assert to_plain("[b][/b] ") is None


def test_options_are_checked_with_place_value_and_cure():
    assert SteamSpider.check_options({"apps": [{"id": 620, "name": "Portal 2", "brand": "acme"}]}) == []
    wrong = {"apps": [{"id": "620", "name": ""}, {"nam": "x"}, 3], "url": "store"}
    assert [str(problem) for problem in SteamSpider.check_options(wrong)] == [
        "url: 'store' is no web address; write one like \"https://example.com/page\"",
        'apps[2]: 3 should be a table like { id = 620, name = "Portal 2" }',
        "apps[0].id: '620' should be the number in the address of its page on Steam, like id = 620",
        "apps[0].name: '' should be \"text\" in quotes",
        "apps[1].nam: is not a setting; did you mean name?",
        "apps[1].id: is missing; add the number in the address of its page on Steam, like id = 620",
        'apps[1].name: is missing; add what people call it, like name = "Portal 2"',
    ]
