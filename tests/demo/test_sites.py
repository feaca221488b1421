"""What the review sites, the forum, the feeds and robots.txt say, fetched over HTTP and read by other people's libraries."""

import json
import re
import urllib.request
from collections import Counter
from datetime import datetime
from email.utils import format_datetime

import feedparser
import pytest
from bs4 import BeautifulSoup
from protego import Protego

from demo.gold import gold_records
from demo.pages import FORBIDDEN
from demo.web import serve_demo


def walk(fetch, path):
    """Follow rel=next from a page to the last, as soup."""
    while path:
        status, _, body = fetch(path)
        assert status == 200
        page = BeautifulSoup(body, "html.parser")
        yield page
        following = page.find("link", rel="next")
        assert (following is None) == (page.find("a", rel="next") is None)
        path = following["href"] if following else None


def scripts(page):
    """JSON-LD scripts that are JSON, and how many are not."""
    good, bad = [], 0
    for script in page.find_all("script", type="application/ld+json"):
        try:
            good.append(json.loads(script.string))
        except json.JSONDecodeError:
            bad += 1
    return good, bad


def trustyard(fetch, brand):
    pages = [scripts(page) for page in walk(fetch, f"/trustyard/{brand}")]
    reviews = [review for good, _ in pages for node in good[0]["@graph"] for review in node.get("review", [])]
    return reviews, [bad for _, bad in pages], [len(good[0]["@graph"][1]["review"]) for good, _ in pages]


def gold_texts(site, kind=None):
    return sorted(r.text for r in gold_records() if r.site == site and kind in (None, r.kind))


def test_trustyard_shows_every_review_once_in_json_ld(fetch):
    found = {brand: trustyard(fetch, brand)[0] for brand in ("tamarind", "nimblecart", "basketree")}
    assert sorted(review["reviewBody"] for reviews in found.values() for review in reviews) == gold_texts("trustyard", "review")


def test_trustyard_is_as_untidy_as_real_pages(fetch):
    reviews, broken, sizes = trustyard(fetch, "tamarind")
    assert set(sizes[:-1]) == {20}
    assert broken == [0, 1, *[0] * (len(sizes) - 2)]
    days = [review for review in reviews if len(review["datePublished"]) == 10]
    assert 0.6 < len(days) / len(reviews) < 0.9
    assert {type(review["reviewRating"]["ratingValue"]) for review in reviews} == {str}
    assert {("bestRating" in review["reviewRating"]) for review in reviews} == {True, False}
    assert [review["datePublished"][:10] for review in reviews] == sorted(
        (r["datePublished"][:10] for r in reviews), reverse=True
    )


def test_trustyard_replies_carry_the_company_and_both_times(fetch):
    answered = [review for review in trustyard(fetch, "tamarind")[0] if "comment" in review]
    assert {review["comment"]["author"]["name"] for review in answered} == {"TamarindHelp"}
    assert sorted(review["comment"]["text"] for review in answered) == gold_texts("trustyard", "comment")
    delays = [
        (datetime.fromisoformat(r["comment"]["dateCreated"]) - datetime.fromisoformat(r["datePublished"])).total_seconds() / 60
        for r in answered
    ]
    assert (min(delays), max(delays), len(delays)) == (35, 7200, 24)


def test_a_page_past_the_last_is_missing(fetch):
    assert fetch("/trustyard/tamarind?page=99")[0] == 404
    assert fetch("/trustyard/nobody")[0] == 404
    assert fetch("/nowhere")[0] == 404


def test_shelfwise_shows_every_review_once_in_microdata(fetch):
    marked = [item for page in walk(fetch, "/shelfwise/") for item in page.select('[itemtype="https://schema.org/Review"]')]
    assert sorted(item.find(itemprop="reviewBody").text for item in marked) == gold_texts("shelfwise")
    assert all(
        re.fullmatch(r"2026-\d\d-\d\dT\d\d:\d\d:\d\dZ", item.find(itemprop="datePublished")["datetime"]) for item in marked
    )
    assert Counter(item.find(itemprop="itemReviewed")["itemtype"].rpartition("/")[2] for item in marked).keys() == {
        "MobileApplication",
        "Product",
    }


def forum_threads(fetch):
    pages = list(walk(fetch, "/neighbours/"))
    listed = [item["url"] for page in pages for good in scripts(page)[0] for item in good["itemListElement"]]
    marked = [a["href"] for page in pages for a in page.select('[itemprop="url"]')]
    return listed, marked


def test_the_forum_lists_threads_in_both_ways(fetch, demo):
    listed, marked = forum_threads(fetch)
    assert all(url.startswith(f"{demo.url}/neighbours/") for url in listed)
    assert marked
    assert len({*listed, *marked}) == len(listed) + len(marked)


def test_the_forum_shows_every_post_and_comment_once_with_its_id(fetch, demo):
    listed, marked = forum_threads(fetch)
    seen, syntaxes = {}, Counter()
    for path in [*(url.removeprefix(demo.url) for url in listed), *marked]:
        if "/held/" in path:
            continue
        page = BeautifulSoup(fetch(path)[2], "html.parser")
        good, _ = scripts(page)
        syntaxes["json-ld" if good else "microdata"] += 1
        for node in good:
            seen |= {node["@id"]: node["text"]} | {comment["@id"]: comment["text"] for comment in node["comment"]}
        for item in page.select("[itemid]"):
            seen[item["itemid"]] = item.find(itemprop="text").text
    gold = {r.external_id: r.text for r in gold_records() if r.site == "neighbours"}
    assert {key: text for key, text in seen.items() if key in gold} == gold
    # The rest are made threads: one for every language and four weeks in which a comment stands alone.
    assert len(seen) - len(gold) == 19
    assert min(syntaxes["json-ld"], syntaxes["microdata"]) > 15


@pytest.mark.parametrize(
    ("path", "site", "version"), [("/feeds/news.xml", "news", "rss20"), ("/feeds/blogs.xml", "blogs", "atom10")]
)
def test_feeds_parse_and_hold_every_item(fetch, path, site, version):
    feed = feedparser.parse(fetch(path)[2])
    assert (feed.version, feed.bozo) == (version, False)
    gold = {r.external_id: (r.title, r.text, r.author) for r in gold_records() if r.site == site}
    items = {
        e.id: (e.title, BeautifulSoup(e.get("summary") or e.content[0].value, "html.parser").text, e.author)
        for e in feed.entries
    }
    assert items == gold
    press = sorted(e.id for e in feed.entries if "press" in [tag.term for tag in e.get("tags", [])])
    assert press == sorted(r.external_id for r in gold_records() if r.site == site and r.voice == "press")


def test_a_feed_that_is_known_is_not_sent_again(fetch):
    _, headers, body = fetch("/feeds/news.xml")
    assert fetch("/feeds/news.xml", If_None_Match=headers["etag"])[::2] == (304, b"")
    assert fetch("/feeds/news.xml", If_Modified_Since=headers["last-modified"])[0] == 304
    assert fetch("/feeds/news.xml", If_None_Match='"other"', If_Modified_Since=headers["last-modified"])[::2] == (200, body)
    old = format_datetime(datetime.fromisoformat("2026-08-01T00:00:00+00:00"), usegmt=True)
    assert fetch("/feeds/news.xml", If_Modified_Since=old)[0] == 200


def test_an_item_of_a_feed_has_its_page(fetch, demo):
    link = feedparser.parse(fetch("/feeds/blogs.xml")[2]).entries[0].link
    assert fetch(link.removeprefix(demo.url))[0] == 200


def test_robots_txt_closes_what_it_should_and_no_more(fetch):
    rules = Protego.parse(fetch("/robots.txt")[2].decode())
    open_paths = ("/", "/trustyard/tamarind?page=2", "/shelfwise/", "/neighbours/t/1", "/feeds/news.xml")
    closed = ("/trustyard/drafts/tamarind", "/neighbours/held/7", "/trustyard/tamarind?sort=worst")
    assert [rules.can_fetch(path, "repute") for path in (*open_paths, *closed)] == [True] * 5 + [False] * 3
    assert not rules.can_fetch("/shelfwise/", "GreedyBot")
    assert rules.crawl_delay("repute") == 0.05


def test_forbidden_pages_are_linked_and_whole(fetch):
    assert b'href="/trustyard/drafts/tamarind"' in fetch("/trustyard/tamarind")[2]
    assert b"/neighbours/held/7" in fetch("/neighbours/")[2]
    for path in ("/trustyard/drafts/tamarind", "/neighbours/held/7"):
        assert FORBIDDEN in json.dumps(scripts(BeautifulSoup(fetch(path)[2], "html.parser"))[0])
    assert FORBIDDEN not in {r.text for r in gold_records()}


def test_the_front_page_leads_to_pages_that_are_there(fetch):
    links = [a["href"] for a in BeautifulSoup(fetch("/")[2], "html.parser").select("main a")]
    assert [fetch(link)[0] for link in links] == [200] * 8


def test_the_server_lists_what_it_was_asked():
    with serve_demo() as demo:
        assert demo.seen == []
        urllib.request.urlopen(f"{demo.url}/robots.txt").close()
        assert demo.seen == [("GET", "/robots.txt")]
