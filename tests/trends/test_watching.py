"""What was watched, drawn so that a gap is a gap, on watches whose gaps are known."""

from __future__ import annotations

import contextlib

from store.crawls import finish_crawl, start_crawl
from store.database import open_database
from store.records import CrawlReport, Watch
from trends.watching import answer_watching, find_step, mean_timeline
from trends.windows import all_time, last, window

NOW = "2026-10-05T08:00:00Z"


def watch(since, until, site="trustyard", source="reviews", **more):
    return Watch(source=source, site=site, since=f"{since}T23:00:00Z", until=f"{until}T23:00:00Z", complete=True, **more)


def asked(config):
    return window("2026-09-21", "2026-10-04", now=NOW, zone=config.time_zone)


def drawn(timeline):
    return "".join("_" if part is None else "#" if part == 1 else "." if part == 0 else "+" for part in timeline)


def crawl(config, source, status, error=None):
    with contextlib.closing(open_database(config.database)) as db:
        number = start_crawl(db, source, now="2026-10-05T06:00:00Z", pid=1)
        finish_crawl(db, number, CrawlReport(status=status, finished="2026-10-05T06:05:00Z", error=error))


def test_a_gap_is_drawn_day_by_day_and_rates_are_per_watched_day(plant, config):
    rows = [{"published": f"2026-09-{day}T10:00:00Z"} for day in (21, 22, 29, 29)]
    db = plant(rows, [watch("2026-08-01", "2026-09-24"), watch("2026-09-26", "2026-10-04")])
    answer = answer_watching(db, config, window=asked(config))
    (site,) = answer.sites
    assert drawn(site.timeline) == "####..########"
    assert (site.state, site.watched_days, site.days, site.mentions) == ("watched", 12, 14, 4)
    assert site.per_watched_day == 4 / 12
    assert (site.first, site.last) == ("2026-08-01T23:00:00Z", "2026-10-04T23:00:00Z")
    assert [(gap.label, gap.listing) for gap in site.gaps] == [("25–26 Sep 2026", "")]
    assert (answer.n, answer.step_days, answer.coverage.sentences) == (4, 1, ("reviews was not watched 25–26 Sep 2026.",))


def test_each_listing_of_a_site_has_its_own_line_and_the_site_their_mean(plant, config):
    watches = [watch("2026-08-01", "2026-10-04", query="a"), watch("2026-09-27", "2026-10-04", query="b")]
    (site,) = answer_watching(plant([{}], watches), config, window=asked(config)).sites
    assert (drawn(site.timeline), site.watched_days, site.listing_count) == ("+++++++#######", 10.5, 2)
    assert [(one.listing, drawn(one.timeline), one.watched_days) for one in site.listings] == [("b", ".......#######", 7)]
    assert [gap.listing for gap in site.gaps] == ["b"]


def test_a_part_of_a_day_is_a_part_and_what_has_not_come_is_neither(plant, config):
    watches = [Watch(source="reviews", site="a", since="2026-08-01T00:00:00Z", until="2026-10-04T11:00:00Z", complete=True)]
    (site,) = answer_watching(
        plant([], watches), config, window=window("2026-10-03", "2026-10-08", now=NOW, zone=config.time_zone)
    ).sites
    assert drawn(site.timeline) == "#+.___"
    assert round(site.timeline[1], 3) == 0.5


def test_imports_without_dates_are_not_known_and_a_site_that_was_given_up_is_said(plant, config):
    rows = [{"source": "import", "site": "file", "published": None, "published_precision": "unknown"}, {"site": "old"}]
    db = plant(rows, [watch("2026-07-01", "2026-08-01", "old"), watch("2026-07-01", "2026-10-04", "new")])
    answer = answer_watching(db, config, window=all_time(now=NOW, zone=config.time_zone))
    found = {site.site: (site.state, site.mentions, site.watched_days, site.per_watched_day) for site in answer.sites}
    assert found["file"] == ("not known", 1, None, None)
    assert "1 mention is from sites of which nobody has said what was watched (imports without dates)." in answer.notes
    answer = answer_watching(db, config, window=asked(config))
    assert [(site.state, site.mentions, site.watched_days, site.per_watched_day) for site in answer.sites] == [
        ("watched", 0, 14, 0),
        ("given up", 1, 0, None),
    ]
    assert "No longer watched: reviews/old." in answer.notes


def test_what_a_search_over_a_source_found_is_covered_by_the_search(plant, config):
    rows = [{"source": "reddit", "site": site} for site in ("r/leeds", "r/leeds", "r/delhi")]
    db = plant(rows, [Watch(source="reddit", site="r/all", since="2026-07-01T00:00:00Z", until=NOW, complete=True)])
    answer = answer_watching(db, config, window=asked(config))
    assert {site.site: (site.state, site.mentions, site.found, site.per_watched_day) for site in answer.sites} == {
        "r/all": ("watched", 0, 3, 3 / 14),
        "r/delhi": ("searched", 1, 0, None),
        "r/leeds": ("searched", 2, 0, None),
    }
    assert "Found by a search over its source, and counted at the search too: 3 mentions (reddit/r/all)." in answer.notes
    assert not any("imports" in note for note in answer.notes)


def test_all_time_is_drawn_from_the_first_watch_on(plant, config):
    db = plant([{}], [watch("2024-10-04", "2026-10-04")])
    answer = answer_watching(db, config, window=all_time(now=NOW, zone=config.time_zone))
    (site,) = answer.sites
    assert (answer.span.first_day, answer.step_days, len(site.timeline)) == ("2024-10-05", 28, 27)
    assert set(drawn(site.timeline[:-1])) == {"#"}


def test_nothing_watched_says_what_to_do(plant, config):
    answer = answer_watching(plant([]), config, window=asked(config))
    assert (answer.sites, answer.coverage.known) == ((), False)
    assert "Nothing was watched yet: run `repute crawl`." in answer.notes


def test_a_site_that_used_to_bring_mentions_and_brings_none_is_warned_of(plant, config):
    days = [f"2026-09-{day:02}" for day in range(1, 21)]
    rows = [{"published": f"{day}T1{n}:00:00Z", "site": "silent"} for day in days for n in range(3)]
    rows += [{"published": f"{day}T10:00:00Z", "site": "lively"} for day in (*days, "2026-10-03")]
    db = plant(rows, [watch("2026-07-01", "2026-10-04", site) for site in ("silent", "lively")])
    crawl(config, "reviews", "finished")
    answer = answer_watching(db, config, window=last("2w", now=NOW, zone=config.time_zone))
    silent = next(site for site in answer.sites if site.site == "silent")
    assert silent.warning == (
        "used to bring 2 mentions a day, none since 20 Sep 2026: look at the site, and at `repute sources reviews`"
    )
    assert {site.last_success for site in answer.sites} == {"2026-10-05T06:05:00Z"}


def test_a_failed_crawl_is_warned_of_with_what_it_said(plant, config):
    db = plant([{}], [watch("2026-07-01", "2026-10-04")])
    crawl(config, "reviews", "failed", "HTTP 503")
    (site,) = answer_watching(db, config, window=asked(config)).sites
    assert site.warning == "the latest crawl of reviews failed: HTTP 503; `repute sources reviews` says more"
    assert site.last_success is None


def test_a_timeline_fits_whatever_its_length(config):
    for days in (1, 92, 93, 644, 645, 2576, 2577, 20_000):
        span = last(f"{days}d", now=NOW, zone=config.time_zone)
        assert days / find_step(span) <= 92


def test_the_mean_of_timelines_leaves_out_what_is_not_known():
    assert mean_timeline([(1.0, None, 0.0), (0.5, None, 1.0)]) == (0.75, None, 0.5)
    assert mean_timeline([]) == ()
