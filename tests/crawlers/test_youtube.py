"""YouTube: threads and replies, what is new, edited or gone, the day's units, and Google's refusals."""

from __future__ import annotations

import json
import time

import pytest
from loopback import query

from crawlers.youtube import YoutubeSpider
from crawlers.youtube_items import last_change, parse_comment, parse_thread, read_reasons
from store.records import Mention
from tests.crawlers.youtube_server import VIDEO, Youtube, as_json, comment, moment, refusal

NOW = "2026-10-05T08:00:00Z"
ENV = {"REPUTE_YOUTUBE_API_KEY": "s3cret-key"}
OTHER = "abcdefghijk"
DAY = 24 * 60


def config(url: str, *lines: str) -> str:
    head = '[repute]\ndatabase = "repute.db"\nallow_private_hosts = ["127.0.0.1"]\nbackfill = "30 days"\n'
    brand = '[[brands]]\nid = "all"\nname = "Everything"\nrole = "own"\nquery = "*"\naccounts = ["UCr1.a"]\n'
    return f'{head}{brand}[sources.youtube]\nurl = "{url}/v3"\n' + "\n".join(lines or (f'videos = ["{VIDEO}"]',)) + "\n"


def ids(tmp_path) -> set[str]:
    return {name for (name,) in query(tmp_path, "select external_id from mentions where removed_at is null")}


def cursor(tmp_path, name):
    [(value,)] = query(tmp_path, f"select value from cursors where name = '{name}'")
    return json.loads(value)


def test_all_comments_once_then_edits_replies_and_deletions(serve, crawl, tmp_path):
    rows = [comment(f"c{n}", moment(n * 60)) for n in range(1, 131)] + [comment("old", moment(31 * DAY))]
    replies = {"c7": [comment(f"c7.{n}", moment(300 - n)) for n in range(5)], "c2": [comment("r1.a", moment(30))]}
    rows[8]["snippet"] |= {"textOriginal": "a < b", "likeCount": "12", "authorChannelId": None, "videoId": None}
    youtube = Youtube({VIDEO: rows}, replies, size=40)

    def arrive():
        rows.append(comment("late", moment(-1)))

    def break_two():
        body = youtube.commentThreads(youtube.asked[-1][1])[2]
        answer = json.loads(body)
        answer["items"] += [None, {"id": "x", "snippet": {"topLevelComment": {"id": None}}}]
        return as_json(answer)

    youtube.plan = {3: arrive, 4: break_two}
    url = serve(youtube.routes())
    first = crawl(config(url), "youtube", env=ENV)
    assert (first.status, first.new, first.errors, first.dropped) == ("finished", 130 + 5 + 1, 0, (("not a comment", 2),))
    assert youtube.keys == {"s3cret-key"}
    assert ids(tmp_path) == {f"c{n}" for n in range(1, 131)} | {f"c7.{n}" for n in range(5)} | {"r1.a"}
    columns = (
        "external_id, url, kind, voice, text, engagement, thread, parent, published, published_precision, author is not null"
    )
    link = f"https://www.youtube.com/watch?v={VIDEO}&lc="
    assert query(tmp_path, f"select {columns} from mentions where external_id in ('c9', 'r1.a', 'c7.4') order by 1") == [
        ("c7.4", f"{link}c7.4", "comment", "customer", "words of c7.4\n& more", 1, "c7", "c7", moment(296), "second", 1),
        ("c9", f"{link}c9", "comment", "customer", "a < b", 12, None, None, moment(540), "second", 0),
        ("r1.a", f"{link}r1.a", "comment", "company", "words of r1.a\n& more", 1, "c2", "c2", moment(30), "second", 1),
    ]
    watched = f"select since, until, complete from watches where site = 'youtube.com' and query = 'video:{VIDEO}'"
    assert query(tmp_path, watched) == [("2026-09-05T08:00:00Z", NOW, 1)]
    assert cursor(tmp_path, f"video:{VIDEO}") == {"until": NOW, "rest": None}
    assert cursor(tmp_path, "units") == {"day": "2026-10-05", "used": len(youtube.asked)}

    # Half a day later: one edited, one with an edited and a new reply, two gone.
    used, youtube.asked, youtube.plan = len(youtube.asked), [], {}
    rows[0]["snippet"] |= {"textDisplay": "changed my mind", "updatedAt": moment(-60)}
    replies["c7"][3]["snippet"] |= {"textDisplay": "edited", "updatedAt": moment(-30)}
    replies["c7"].append(comment("c7.9", moment(-40)))
    del replies["c2"], rows[19]
    second = crawl(config(url), "youtube", env=ENV, now="2026-10-05T20:00:00Z")
    assert (second.status, second.new, second.updated, second.errors) == ("finished", 2, 4, 0)
    assert ids(tmp_path) >= {"late", "c7.9"}
    assert query(tmp_path, "select external_id, text from mentions where updated > collected order by 1") == [
        ("c1", "changed my mind"), ("c20", None), ("c7.3", "edited"), ("r1.a", None),
    ]  # fmt: skip
    assert cursor(tmp_path, "units") == {"day": "2026-10-05", "used": used + len(youtube.asked)}


def test_nothing_is_lost_over_ten_killed_runs(serve, start_crawl, crawl, tmp_path):
    rows = [comment(f"c{n}", moment(n)) for n in range(1, 3001)]
    youtube = Youtube({VIDEO: rows})
    text = config(serve(youtube.routes()))
    for run, pages in enumerate((2, 5, 7, 4, 12, 5, 3, 7, 12, 5)):
        rows.append(comment(f"late{run}", moment(-run)))
        before, process = len(youtube.asked), start_crawl(text, "youtube", env=ENV)
        while len(youtube.asked) < before + pages and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.communicate()
    youtube.asked = []
    report = crawl(text, "youtube", env=ENV, now="2026-10-05T08:20:00Z")
    assert (report.status, report.errors) == ("finished", 0)
    assert ids(tmp_path) == {row["id"] for row in rows}
    # What was read before is not read again: the last run went on where the tenth was cut off.
    assert youtube.count("commentThreads") < 25
    assert cursor(tmp_path, f"video:{VIDEO}") == {"until": "2026-10-05T08:20:00Z", "rest": None}


def test_the_days_units_are_kept_and_the_next_day_goes_on(serve, crawl, tmp_path):
    rows = [comment(f"c{n}", moment(n)) for n in range(1, 1001)]
    youtube = Youtube({VIDEO: rows, OTHER: [comment("other", moment(5))]})
    text = config(serve(youtube.routes()), f'videos = ["{VIDEO}", "{OTHER}"]', "units_a_day = 6")
    first = crawl(text, "youtube", env=ENV)
    assert (first.status, first.new, len(youtube.asked)) == ("finished", 500, 6)
    assert first.error.startswith("youtube: 6 of 6 units of the day are used; the rest is read after midnight Pacific time")
    assert query(tmp_path, "select query, since, until, complete from watches order by 1, 2") == [
        (f"video:{OTHER}", "2026-09-21T08:00:00Z", NOW, 0),
        (f"video:{VIDEO}", "2026-09-05T08:00:00Z", moment(401), 0),
        (f"video:{VIDEO}", moment(401), NOW, 1),
    ]
    # The evening before in California: the same day there.
    assert crawl(text, "youtube", env=ENV, now="2026-10-06T06:59:00Z").requests == 0
    youtube.asked = []
    later = config(serve(youtube.routes()), f'videos = ["{VIDEO}", "{OTHER}"]', "units_a_day = 40")
    last = crawl(later, "youtube", env=ENV, now="2026-10-06T07:01:00Z")
    assert (last.status, last.new, last.errors) == ("finished", 501, 0)
    tokens = [question.get("pageToken") for method, question in youtube.asked if method == "commentThreads"]
    assert tokens == [None, "t100", "t500", "t600", "t700", "t800", "t900", None]
    assert cursor(tmp_path, "units") == {"day": "2026-10-06", "used": len(youtube.asked)}


def test_refusals_cost_a_video_and_a_bad_page_costs_itself(serve, crawl, tmp_path):
    good = [comment(f"c{n}", moment(n)) for n in range(1, 251)]
    youtube = Youtube({VIDEO: good})
    cut = (200, {"Content-Length": "5000", "Connection": "close"}, b'{"items": [')
    youtube.plan = {
        1: refusal(403, "commentsDisabled"),
        2: as_json({"items": None}),
        3: (429, {"Retry-After": "0"}, b""),
        5: cut,
        7: (200, {"Content-Type": "text/html"}, b"<html>busy</html>"),
        9: (503, {}, b""),
        10: (503, {}, b""),
        11: (500, {"Retry-After": "0"}, b""),
    }
    url = serve(youtube.routes())
    text = config(url, f'videos = ["00000000000", "11111111111", "{VIDEO}", "22222222222"]')
    report = crawl(text, "youtube", env=ENV)
    assert (report.status, report.new, report.errors) == ("finished", 200, 4)
    assert report.error == "youtube: the video 00000000000 has its comments turned off (commentsDisabled)"
    youtube.plan, youtube.asked, youtube.forgotten = {}, [], {"t200"}
    again = crawl(config(url), "youtube", env=ENV, now="2026-10-05T08:05:00Z")
    assert (again.status, again.new, again.errors) == ("finished", 50, 0)
    assert ids(tmp_path) == {row["id"] for row in good}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refusal(400, "badRequest", "API key not valid. Please pass a valid API key."), "is refused (badRequest, keyInvalid)"),
        (refusal(403, "quotaExceeded"), "Google says that the day's units are used up (quotaExceeded)"),
    ],
)
def test_what_ends_the_crawl_names_variable_and_cure_but_never_the_key(serve, crawl, answer, words, tmp_path, capfd):
    youtube = Youtube({})
    youtube.plan = dict.fromkeys(range(1, 9), answer)
    text = config(serve(youtube.routes()), f'videos = ["{VIDEO}", "{OTHER}"]')
    report = crawl(text, "youtube", env=ENV)
    assert (report.status, report.requests) == ("failed", 1)
    assert words in report.error
    out, err = capfd.readouterr()
    assert "s3cret" not in report.error + out + err
    assert "s3cret" not in str(query(tmp_path, "select * from cursors") + query(tmp_path, "select * from crawls"))


def test_without_a_key_it_says_where_to_get_one(crawl):
    report = crawl(config("http://127.0.0.1:1"), "youtube")
    assert (report.status, report.requests) == ("failed", 0)
    assert report.error.startswith("youtube: REPUTE_YOUTUBE_API_KEY is not set; get a key at")


def test_search_and_channels(serve, crawl, tmp_path):
    channel = "UC" + "x" * 22
    on_channel = [comment("a1", moment(10), videoId=VIDEO), comment("a2", moment(20), videoId=OTHER)]
    youtube = Youtube({channel: on_channel, VIDEO: [on_channel[0], comment("a3", moment(90))]})
    youtube.found = [
        {"id": {"videoId": VIDEO}, "snippet": {"title": "Acme &amp; me", "publishedAt": moment(DAY)}},
        {"id": {"videoId": "zzzzzzzzzzz"}, "snippet": {"title": "No talk", "publishedAt": moment(DAY)}},
    ]
    lines = (f'channels = ["{channel}"]', 'search = ["acme review"]')
    text = config(serve(youtube.routes()), *lines).replace('query = "*"', 'query = "title OR acme"')
    report = crawl(text, "youtube", env=ENV)
    assert (report.status, report.new, report.errors) == ("finished", 3, 1)
    assert report.error == "youtube: the video zzzzzzzzzzz is not there, or private; check its id (videoNotFound)"
    assert youtube.asked[0] == ("search", {
        "part": "snippet", "type": "video", "q": "acme review", "order": "date", "maxResults": "50",
        "publishedAfter": "2026-09-05T08:00:00Z",
    })  # fmt: skip
    assert cursor(tmp_path, "units")["used"] == len(youtube.asked) + 99
    assert query(tmp_path, "select matched from mention_brands order by mention") == [("acme",), ("title",), ("acme",)]
    # What a search found is looked after although it is found no more.
    youtube.found, youtube.asked = [], []
    youtube.threads[VIDEO].append(comment("a4", moment(-60)))
    youtube.threads["zzzzzzzzzzz"] = []
    assert crawl(text, "youtube", env=ENV, now="2026-10-05T20:00:00Z").new == 1
    assert youtube.asked[0][1]["publishedAfter"] == "2026-10-02T08:00:00Z"


def test_the_recorded_answers_land_once(serve, crawl, tmp_path, recorded):
    folder = recorded / "youtube"
    pages = {name: json.loads((folder / f"{name}.json").read_text()) for name in (path.stem for path in folder.glob("*.json"))}

    def answer(kind):
        first, second = pages[f"{kind}_paged_1"], pages[f"{kind}_paged_2"]
        return lambda target, headers, body: as_json(second if "pageToken" in target else first)

    routes = {"/v3/commentThreads": answer("comment_threads_by_video"), "/v3/comments": answer("comments_by_parent")}
    routes["/v3/videos"] = as_json({"items": []})
    text = config(serve(routes), 'videos = ["F1UP7wRCPH8"]')
    report = crawl(text, "youtube", env=ENV, now="2019-12-02T00:00:00Z", since="2010-01-01T00:00:00Z")
    assert (report.status, report.errors, report.dropped) == ("finished", 0, ())
    items = {
        item["id"]: item["snippet"]["topLevelComment"]["snippet"]
        for kind in (1, 2)
        for item in pages[f"comment_threads_by_video_paged_{kind}"]["items"]
    }
    stored = query(tmp_path, "select external_id, text, engagement, published from mentions where parent is null order by 1")
    assert stored == sorted(
        (name, item["textOriginal"].strip(), item["likeCount"], item["publishedAt"].replace(".000Z", "Z"))
        for name, item in items.items()
    )


def test_fields_that_drift_cost_nothing_else():
    bare = parse_comment({"id": "a.b", "snippet": {"textDisplay": "x", "likeCount": None, "authorChannelId": 7}}, None, {})
    assert bare == Mention(
        source="youtube", site="youtube.com", external_id="a.b", kind="comment", text="x", thread="a", parent="a"
    )  # fmt: skip
    midnight = parse_comment({"id": "a", "snippet": {"publishedAt": "2026-10-01T00:00:00Z"}}, VIDEO, {VIDEO: "Title"})
    assert (midnight.published, midnight.published_precision, midnight.context) == ("2026-10-01T00:00:00Z", "second", "Title")
    item = {"snippet": {"topLevelComment": comment("a", NOW), "totalReplyCount": "3"}, "replies": {"comments": [None, 3]}}
    thread = parse_thread(item, {})
    assert (thread.replies, thread.unreadable, thread.has_more) == ((), 2, True)
    for broken in (
        None,
        [],
        {"snippet": None},
        {"snippet": {"topLevelComment": {"id": []}}},
        {"snippet": {"topLevelComment": "x"}},
    ):
        assert parse_thread(broken, {}) is None
    assert last_change({"snippet": {"publishedAt": 5}}) == ""
    assert read_reasons(b"<html>") == frozenset()
    assert read_reasons(b'{"error": {"errors": [{"reason": "x y"}, 3], "details": [{"reason": "API_KEY_INVALID"}]}}') == {
        "API_KEY_INVALID"
    }


def test_options_are_checked_with_place_value_and_cure():
    assert YoutubeSpider.check_options({"videos": [VIDEO], "channels": ["UC" + "a" * 22], "units_a_day": 5}) == []
    wrong = {"videos": ["https://youtu.be/x"], "channels": ["@acme"], "search": [], "units_a_day": "many", "key": "abc"}
    problems = [str(problem) for problem in YoutubeSpider.check_options(wrong)]
    assert [problem.partition(":")[0] for problem in problems] == ["key", "search", "videos[0]", "channels[0]", "units_a_day"]
    assert "'https://youtu.be/x' is no id" in problems[2]
    assert str(YoutubeSpider.check_options({})[0]).startswith("videos: is missing; add videos")
