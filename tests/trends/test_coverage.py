from zoneinfo import ZoneInfo

from trends.coverage import find_coverage, find_gaps
from trends.windows import all_time, last, window

LONDON = ZoneInfo("Europe/London")
NOW = "2026-09-14T08:00:00Z"
TWO_WEEKS = window("2026-08-24", "2026-09-06", now=NOW, zone=LONDON)
START, MIDDLE, END = "2026-08-23T23:00:00Z", "2026-08-30T23:00:00Z", "2026-09-06T23:00:00Z"


def listing(source, site, query="", until=NOW):
    return {"source": source, "site": site, "query": query, "until": until}


def watch(source, site, since, until, query=""):
    return {"source": source, "site": site, "query": query, "since": since, "until": until}


def cover(listings, watches, found=TWO_WEEKS, enabled=("hackernews", "reviews")):
    return find_coverage(found, listings, watches, enabled=enabled)


def test_a_week_without_a_watch_is_named_in_a_sentence():
    hn = "news.ycombinator.com"
    coverage = cover(
        [listing("hackernews", hn), listing("reviews", "trustyard")],
        [watch("hackernews", hn, MIDDLE, NOW), watch("reviews", "trustyard", "2026-07-01T00:00:00Z", NOW)],
    )
    assert coverage.sentences == ("hackernews was not watched 24–30 Aug 2026.",)
    assert [(site.source, site.watched_days, site.days) for site in coverage.sites] == [
        ("hackernews", 7, 14),
        ("reviews", 14, 14),
    ]
    assert (coverage.known, coverage.complete) == (True, False)


def test_watches_that_touch_leave_no_gap():
    coverage = cover([listing("reviews", "a")], [watch("reviews", "a", START, MIDDLE), watch("reviews", "a", MIDDLE, END)])
    assert (coverage.gaps, coverage.complete) == ((), True)


def test_an_hour_between_crawls_is_no_gap_to_speak_of():
    coverage = cover([listing("reviews", "a")], [watch("reviews", "a", START, "2026-09-06T22:00:00Z")])
    assert coverage.gaps == ()


def test_one_site_of_a_source_is_named():
    sites = [listing("reviews", name) for name in ("a", "b")]
    coverage = cover(sites, [watch("reviews", "a", START, END), watch("reviews", "b", MIDDLE, END)])
    assert coverage.sentences == ("reviews (b) was not watched 24–30 Aug 2026.",)


def test_one_query_of_a_site_is_named():
    queries = [listing("hackernews", "hn", query) for query in ("tamarind", "basketree")]
    watches = [watch("hackernews", "hn", START, END, "tamarind"), watch("hackernews", "hn", MIDDLE, END, "basketree")]
    coverage = cover(queries, watches)
    assert coverage.sentences == ("hackernews (basketree) was not watched 24–30 Aug 2026.",)
    assert [gap.listing for gap in coverage.gaps] == ["basketree"]


def test_an_enabled_source_that_has_been_silent_is_a_gap_and_a_disabled_one_is_not():
    silent = [listing("hackernews", "hn", until="2026-08-01T00:00:00Z")]
    assert cover(silent, []).sentences == ("hackernews was not watched 24 Aug – 6 Sep 2026.",)
    assert cover(silent, [], enabled=()).known is False


def test_a_listing_given_up_for_another_is_no_gap():
    listings = [listing("reviews", "old", until="2026-08-01T00:00:00Z"), listing("reviews", "new")]
    assert cover(listings, [watch("reviews", "new", START, END)]).gaps == ()


def test_time_that_has_not_come_yet_is_no_gap():
    coverage = cover([listing("reviews", "a")], [watch("reviews", "a", START, NOW)], last("1w", now=NOW, zone=LONDON))
    assert coverage.complete


def test_nothing_is_known_of_all_time_or_without_watches():
    assert cover([listing("reviews", "a")], [], all_time(now=NOW, zone=LONDON)).known is False
    assert cover([], []).known is False


def test_gaps_before_between_and_after():
    assert find_gaps([("3", "5"), ("4", "6"), ("8", "9")], "1", "9") == [("1", "3"), ("6", "8")]
    assert find_gaps([("0", "4")], "1", "9") == [("4", "9")]
    assert find_gaps([], "1", "9") == [("1", "9")]
