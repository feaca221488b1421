"""The two search interfaces: Hacker News as Algolia answers it, Reddit as PRAW asks it."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import praw
import prawcore
import pytest

from demo.gold import gold_records
from demo.truth import AS_OF

NOW = datetime.fromisoformat(AS_OF)
BRANDS = ("tamarind", "nimblecart", "basketree")


@pytest.fixture
def search(fetch):
    def ask(filters, query="tamarind", **more):
        given = "".join(f"&{name}={value}" for name, value in more.items())
        status, headers, body = fetch(f"/hn/api/v1/search_by_date?query={quote(query)}&numericFilters={quote(filters)}{given}")
        return status, headers, json.loads(body)

    return ask


@pytest.fixture(scope="module")
def reddit(demo):
    def log_in(secret="any"):
        return praw.Reddit(
            client_id="demo",
            client_secret=secret,
            user_agent="test",
            reddit_url=demo.url,
            oauth_url=demo.url,
            check_for_updates=False,
        )

    return log_in


def weeks():
    """The seven-day windows from twelve weeks before now, as filters."""
    starts = [int((NOW - timedelta(weeks=12 - n)).timestamp()) for n in range(12)]
    return [f"created_at_i>={start},created_at_i<{start + 7 * 86400}" for start in starts]


def test_week_by_week_only_week_seven_is_down(search):
    assert [search(window)[0] for window in weeks()] == [200] * 6 + [503] + [200] * 5


def test_all_hits_but_the_unseen_are_found_week_by_week(search):
    answers = [search(window, query, hitsPerPage=1000) for window in weeks() for query in BRANDS]
    found = {hit["objectID"]: hit["created_at"] for status, _, answer in answers if status == 200 for hit in answer["hits"]}
    assert found == {r.external_id: r.published for r in gold_records() if r.source == "hackernews" and not r.unseen}


def test_an_open_window_touches_the_week_that_is_down(search):
    status, headers, answer = search("created_at_i>0")
    assert (status, "retry-after" in headers, answer["status"]) == (503, False, 503)


def test_hits_are_shaped_as_in_2026(search):
    week_eight = weeks()[7]
    hits = search(week_eight, "nimblecart", hitsPerPage=1000)[2]["hits"]
    story = next(hit for hit in hits if "story" in hit["_tags"])
    comment = next(hit for hit in hits if "comment" in hit["_tags"])
    assert (
        story["title"] == comment["story_title"] == "Nimblecart exposed customer phone numbers and addresses through order IDs"
    )
    assert (comment["story_id"], comment["parent_id"]) == (int(story["objectID"]), int(story["objectID"]))
    assert "comment_text" not in story
    assert "points" not in comment
    assert "&quot;" in "".join(hit.get("comment_text", "") for hit in hits) or "&#x27;" in "".join(str(hit) for hit in hits)
    assert hits == sorted(hits, key=lambda hit: -hit["created_at_i"])


def test_pages_and_tags_of_the_search(search):
    window = f"created_at_i>{int(datetime(2026, 8, 31, 8, tzinfo=UTC).timestamp())}"
    whole = search(window, hitsPerPage=1000)[2]
    pages = [search(window, hitsPerPage=5, page=page)[2] for page in range(whole["nbHits"] // 5 + 1)]
    assert [hit["objectID"] for page in pages for hit in page["hits"]] == [hit["objectID"] for hit in whole["hits"]]
    assert pages[0]["nbPages"] == -(-whole["nbHits"] // 5)
    both = search(window, tags="(story,comment)", hitsPerPage=1000)[2]["nbHits"]
    apart = [search(window, tags=tag)[2]["nbHits"] for tag in ("story", "comment")]
    assert both == sum(apart) == whole["nbHits"]
    assert min(apart) >= 1


def test_praw_finds_every_latin_post_by_search(reddit):
    client = reddit()
    found = {
        post.fullname
        for query in BRANDS
        for post in client.subreddit("all").search(query, sort="new", time_filter="year", limit=None)
    }
    latin = {
        r.external_id
        for r in gold_records()
        if r.source == "reddit" and r.kind == "post" and any(name in f"{r.title} {r.text}".casefold() for name in BRANDS)
    }
    assert found == latin


def test_praw_lists_everything_with_its_fields(reddit):
    client = reddit()
    posts = list(client.subreddit("all").new(limit=None))
    comments = list(client.subreddit("all").comments(limit=None))
    seen = {
        vars(thing)["name"]: (
            f"r/{vars(thing)['subreddit'].display_name.lower()}",
            thing.author.name,
            getattr(thing, "body", None) or thing.selftext,
            thing.score,
            datetime.fromtimestamp(thing.created_utc, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        for thing in (*posts, *comments)
    }
    gold = {
        r.external_id: (r.site, r.author, r.text, r.engagement, r.published) for r in gold_records() if r.source == "reddit"
    }
    assert {name: fields for name, fields in seen.items() if name in gold} == gold
    assert {comment.link_id for comment in comments} <= {post.fullname for post in posts}


def test_praw_searches_within_a_time(reddit):
    recent = list(reddit().subreddit("all").search("tamarind", sort="new", time_filter="week", limit=None))
    assert recent
    assert min(post.created_utc for post in recent) >= (NOW - timedelta(days=7)).timestamp()


def test_praw_rereads_by_name(reddit):
    names = [r.external_id for r in gold_records() if r.source == "reddit"][:7]
    assert sorted(thing.fullname for thing in reddit().info(fullnames=[*names, "t3_zzzzzzz"])) == sorted(names)


def test_praw_reads_a_thread(reddit):
    post = next(r for r in gold_records() if r.title == "The double-charge fault is fixed")
    thread = reddit().submission(post.external_id.removeprefix("t3_"))
    assert (thread.title, thread.author.name) == (post.title, "TamarindHelp")
    assert thread.num_comments == len(thread.comments.list()) > 0


def test_praw_is_told_of_a_wrong_secret(reddit):
    with pytest.raises(prawcore.exceptions.ResponseException, match="401"):
        list(reddit("wrong").subreddit("all").new())


def test_praw_is_sent_away_from_an_unknown_community(reddit):
    with pytest.raises(prawcore.exceptions.Redirect):
        list(reddit().subreddit("nobodyhere").new())


def test_the_interface_wants_a_token(fetch):
    assert fetch("/r/all/new", Authorization="bearer forged")[0] == 401
    assert fetch("/r/leeds/")[1]["content-type"] == "text/html; charset=utf-8"


def test_texts_are_escaped_unless_raw_json_is_asked(fetch):
    record = next(r for r in gold_records() if r.source == "reddit" and ">" in r.text)

    def body(raw):
        answer = fetch(f"/api/info?id={record.external_id}{raw}", Authorization="bearer demo-read-only")[2]
        return json.loads(answer)["data"]["children"][0]["data"]["body"]

    assert body("") == record.text.replace(">", "&gt;").replace("<", "&lt;")
    assert body("&raw_json=1") == record.text
