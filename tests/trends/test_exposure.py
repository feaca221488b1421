"""What was watched of what is said: each site weighs what it brings, and the quick way over many windows says the same."""

import random
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from trends.coverage import find_coverage
from trends.exposure import find_rates, rates_of, watched_share, watched_shares
from trends.rival_weeks import Listened, listen
from trends.windows import from_days, iso, parse_moment

LONDON = ZoneInfo("Europe/London")
NOW = "2026-10-05T08:00:00Z"
BEGIN = "2026-07-05T23:00:00Z"
BIG, SMALL = ("reviews", "big"), ("feeds", "small")


def weeks(count=12, first=date(2026, 7, 6)):
    starts = [first + timedelta(days=7 * n) for n in range(count)]
    return [from_days(day, day + timedelta(days=7), now=NOW, zone=LONDON) for day in starts]


def listing(site, query=""):
    return {"source": site[0], "site": site[1], "query": query, "until": NOW}


def watch(site, since=BEGIN, until=NOW, query=""):
    return {"source": site[0], "site": site[1], "query": query, "since": since, "until": until}


def later(days):
    return iso(parse_moment(BEGIN) + timedelta(days=days))


def ask(counts, listings, watches, windows=None):
    windows = windows or weeks()
    reach = from_days(date(2026, 7, 6), date(2026, 9, 28), now=NOW, zone=LONDON)
    counted = {site: np.full(len(windows), float(count)) for site, count in counts.items()}
    return watched_shares(windows, [reach] * len(windows), listings, watches, counted, enabled=())


def test_a_gap_on_a_small_site_is_a_small_gap():
    shares = ask({BIG: 11 * 84, SMALL: 42}, [listing(BIG), listing(SMALL)], [watch(BIG), watch(SMALL, since=later(42))])
    # The small site brought 42 in the half that was watched, one a day: a twelfth of what there is.
    assert shares == pytest.approx([11 / 12] * 6 + [1.0] * 6)


def test_the_rate_of_a_window_is_the_sum_of_the_rates_of_its_sites():
    window = from_days(date(2026, 7, 6), date(2026, 9, 28), now=NOW, zone=LONDON)
    coverage = find_coverage(window, [listing(BIG), listing(SMALL)], [watch(BIG, since=later(21)), watch(SMALL)], enabled=())
    counts = {BIG: 630, SMALL: 84}
    share = watched_share(coverage, rates_of(counts, [coverage]))
    assert sum(counts.values()) / (84 * share) == pytest.approx(630 / 63 + 84 / 84)


def test_brands_that_were_watched_alike_are_worked_out_once(monkeypatch):
    def listened(watches):
        return Listened(series=weeks(), listings=[listing(BIG), listing(SMALL)], watches=watches, enabled=())

    brands = [
        listened([watch(BIG), watch(SMALL)]),
        listened([watch(BIG)]),
        listened([watch(BIG, since=later(42)), watch(SMALL)]),
    ]
    asked = []

    def counted(*given, **named):
        asked.append(given)
        return watched_shares(*given, **named)

    monkeypatch.setattr("trends.rival_weeks.watched_shares", counted)
    # On the big site the first two were watched alike, on the small one the first and the third.
    assert [list(parts) for parts in listen(brands, {BIG})] == [[1.0] * 12, [1.0] * 12, [0.0] * 6 + [1.0] * 6]
    assert len(asked) == 2
    assert [list(parts) for parts in listen(brands, {SMALL})] == [[1.0] * 12, [0.0] * 12, [1.0] * 12]
    assert len(asked) == 4


def test_imports_have_no_gap():
    halves = [watch(BIG, since=later(42))]
    assert ask({BIG: 420, ("import", "file"): 840}, [listing(BIG)], halves)[0] == pytest.approx(0.5)
    assert ask({("import", "file"): 840}, [listing(BIG)], halves)[0] == 1.0


def test_what_a_search_found_is_the_searchs():
    search, found = ("reddit", "r/all"), ("reddit", "r/london")
    shares = ask({found: 84, SMALL: 42}, [listing(search), listing(SMALL)], [watch(search, since=later(42)), watch(SMALL)])
    assert shares[0] == pytest.approx((42 / 84) / (84 / 42 + 42 / 84))


def test_without_mentions_each_site_weighs_the_same():
    assert ask({}, [listing(BIG), listing(SMALL)], [watch(BIG)])[0] == 0.5
    assert ask({}, [], []) == [None] * 12


def test_an_hour_says_little_of_a_day():
    rates = find_rates({BIG: 30}, {BIG: (0.05, 84.0)}, 84.0)
    assert rates.by_site[BIG] == pytest.approx(30 / 12)


@pytest.mark.parametrize("seed", range(5))
def test_many_windows_at_once_say_what_each_says_by_itself(seed):
    chance = random.Random(seed)
    sites = [("reviews", "a"), ("reviews", "b"), ("feeds", "c"), ("reddit", "r/all")]
    queries = [(site, query) for site in sites for query in ("", "second")[: chance.randint(1, 2)]]
    watches = []
    for site, query in queries:
        for _ in range(chance.randint(0, 4)):
            start, length = chance.uniform(-10, 84), chance.uniform(0.1, 40)
            watches.append(watch(site, later(start), later(start + length), query))
    counts = {site: chance.randint(0, 200) for site in [*sites, ("reddit", "r/x"), ("import", "file")]}
    listings = [listing(*one) for one in queries]
    windows = weeks()
    coverages = [find_coverage(window, listings, watches, enabled=()) for window in windows]
    rates = rates_of(counts, coverages)
    expected = [watched_share(coverage, rates) for coverage in coverages]
    assert ask(counts, listings, watches, windows) == pytest.approx(expected)
