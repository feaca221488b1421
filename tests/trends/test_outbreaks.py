import contextlib
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from store.database import open_database
from store.records import Watch
from trends.baselines import Design, design_days, design_weeks, foretell
from trends.detecting import detect, read_outbreaks
from trends.dispersion import Prediction, find_chances, find_limits
from trends.expected import share_weekdays
from trends.outbreaks import DailySeries, DayTest, examine, find_onset, settle_days
from trends.windows import last

FIRST = date(2026, 1, 5)
WEEKDAYS = np.array([1.6, 1.4, 1.2, 1.0, 1.0, 0.4, 0.4])


def make_series(counts, topic="refund", brand="acme"):
    return DailySeries(
        brand=brand,
        topic=topic,
        first_day=FIRST,
        counts=tuple(None if count is None else int(count) for count in counts),
    )


def predict(mean, phi, spread=1e-12):
    return Prediction(mean=np.array([mean]), spread=np.array([spread]), phi=np.array([[phi]]), share=np.array([[1.0]]))


def chances(prediction, observed):
    up, down = find_chances(prediction, np.array([float(observed)]))
    return float(up[0]), float(down[0])


@pytest.mark.parametrize("observed", [0, 1, 4, 9, 20, 41])
@pytest.mark.parametrize(("mean", "phi"), [(2.0, 1.5), (9.0, 3.0), (15.5, 5.0)])
def test_tails_are_scipys_negative_binomial_with_half_of_the_tie(mean, phi, observed):
    law = stats.nbinom(mean / (phi - 1), 1 / phi)
    up, down = chances(predict(mean, phi), observed)
    assert up == pytest.approx(law.sf(observed) + law.pmf(observed) / 2, rel=1e-6)
    assert down == pytest.approx(law.cdf(observed) - law.pmf(observed) / 2, rel=1e-6)


def test_few_expected_are_tested_exactly_and_at_the_upper_limit_of_their_mean():
    up, _ = chances(predict(0.5, 1 + 1e-7, spread=0.04), 2)
    lifted = 0.5 * (1 + 1.6448536 * 0.2)
    # A Poisson count whose mean is gamma with the shape 1 / 0.04 is negative binomial.
    assert up == pytest.approx(stats.nbinom(25, 25 / (25 + lifted)).sf(1), rel=1e-4)


def test_an_unsure_mean_widens_a_poisson_count_into_a_gamma_mixture():
    up, _ = chances(predict(5.0, 1 + 1e-7, spread=0.1), 12)
    law = stats.nbinom(10, 10 / 15)
    assert up == pytest.approx(law.sf(12) + law.pmf(12) / 2, rel=1e-4)


@pytest.mark.parametrize(("mean", "phi"), [(0.3, 1.2), (4.0, 2.0), (150.0, 1.2), (9000.0, 400.0)])
def test_the_limits_are_the_quantiles(mean, phi):
    law = stats.nbinom(mean / (phi - 1), 1 / phi)
    assert find_limits(predict(mean, phi)) == (law.ppf(0.025), law.ppf(0.975))


def test_a_level_alone_is_its_closed_form():
    counts = np.array([[3.0, 0, 2, 5, 1, 4, 2, 3, 6, 2]])
    design = Design(past=np.ones((10, 1)), ahead=np.ones((1, 1)), precision=np.zeros(1), block=1)
    found = foretell(counts, design, exposure=np.ones((1, 10)), ahead=np.ones((1, 1)))
    assert found.mean[0] == pytest.approx(28.5 / 10, rel=1e-4)
    assert found.spread[0] == pytest.approx(found.middle[0] / 28.5, rel=1e-3)


def test_a_baseline_of_noughts_foretells_nearly_none():
    found = foretell(np.zeros((1, 56)), design_days(56), exposure=np.ones((1, 56)), ahead=np.ones((1, 7)))
    assert 0 < found.mean[0] < 0.1


def test_scatter_is_found_again():
    counts = np.random.default_rng(3).negative_binomial(8.0, 1 / 3, (40, 260)).astype(float)  # mean 16, φ 3
    found = foretell(counts, design_weeks(260), exposure=np.ones_like(counts), ahead=np.ones((40, 1)))
    assert np.median(found.middle) == pytest.approx(3.0, rel=0.1)
    assert np.median(found.mean) == pytest.approx(16.0, rel=0.1)


def test_a_constant_series_never_alarms():
    found = examine(make_series([2] * 120), last_days=30)
    assert [test.day for test in found] == [(FIRST + timedelta(days=n)).isoformat() for n in range(90, 120)]
    assert {test.observed for test in found} == {14}
    assert all(test.lower <= 14 <= test.upper for test in found)
    assert min(test.chance for test in found) > 0.5


@pytest.mark.parametrize(("mean", "more"), [(0.5, 4), (3.0, 6), (30.0, 25)])
def test_planted_outbreaks_are_found_and_dated_within_two_days(mean, more):
    late = []
    for seed in range(12):
        chance = np.random.default_rng(seed)
        counts = chance.poisson(mean, 90)
        counts[84:] += chance.poisson(more, 6)
        series = make_series(counts)
        (test,) = examine(series)
        assert settle_days([test]) == {("acme", "refund"): "rising"}
        assert test.observed > test.upper
        late.append(abs((find_onset(series, test) - FIRST).days - 84))
    assert np.mean(np.array(late) <= 2) >= 0.9, late


def test_a_slow_rise_is_dated_further_back_than_the_week_that_is_tested():
    off = []
    for seed in range(9):
        chance = np.random.default_rng(seed)
        counts = chance.poisson(3.0, 120)
        counts[100:] += chance.poisson(4.0, 20)
        series = make_series(counts)
        (test,) = examine(series)
        off.append((find_onset(series, test) - FIRST).days - 100)
    assert np.median(np.abs(off)) <= 2, off


def test_a_fall_is_found_and_dated():
    counts = np.random.default_rng(1).poisson(4.0, 100)
    counts[90:] = 0
    series = make_series(counts)
    (test,) = examine(series)
    assert settle_days([test]) == {("acme", "refund"): "falling"}
    assert (test.observed, test.chance_up > 0.99) == (0, True)
    assert abs((find_onset(series, test) - FIRST).days - 90) <= 1


def test_a_gap_is_left_out_and_is_not_nought():
    counts = np.random.default_rng(4).poisson(3.0, 98).tolist()
    whole = examine(make_series(counts))[0]
    gap = examine(make_series([*counts[:60], *[None] * 20, *counts[80:]]))[0]
    none = examine(make_series([*counts[:60], *[0] * 20, *counts[80:]]))[0]
    assert (whole.baseline_days, gap.baseline_days, none.baseline_days) == (91, 71, 91)
    assert gap.expected == pytest.approx(21, rel=0.2)
    assert none.expected < 0.8 * gap.expected


def test_unwatched_days_of_the_week_that_is_tested_are_not_expected():
    counts = np.random.default_rng(5).poisson(5.0, 98).tolist()
    counts[93:96] = [None] * 3
    (test,) = examine(make_series(counts))
    assert test.observed == sum(counts[91:93] + counts[96:])
    assert test.expected == pytest.approx(20, rel=0.2)


def test_a_gap_of_weekends_is_known_in_five_years_too():
    days = 3 * 365
    counts = np.random.default_rng(6).poisson(4 * np.resize(WEEKDAYS, days)).astype(float)
    counts[100:170][np.arange(100, 170) % 7 < 3] = np.nan
    assert share_weekdays(counts[: days - days % 7], np.ones(days - days % 7)) == pytest.approx(WEEKDAYS / 7, abs=0.02)
    (test,) = examine(make_series([None if np.isnan(count) else count for count in counts]))
    assert test.expected == pytest.approx(28, rel=0.15)


def test_a_past_outbreak_that_shows_weighs_little():
    counts = np.random.default_rng(7).poisson(3.0, 98)
    counts[40:47] += 15
    (test,) = examine(make_series(counts))
    plain = counts[:91].sum() / 13
    assert plain > 28
    assert test.expected == pytest.approx(21, rel=0.2)


def test_a_past_outbreak_that_was_tested_weighs_less_than_one_that_was_not():
    counts = np.random.default_rng(8).poisson(2.0, 80)
    counts[58:72] += 3
    series = make_series(counts)
    earlier = examine(make_series(counts[:72]), last_days=14)
    assert min(test.chance_up for test in earlier) < 0.01
    (without,), (told,) = examine(series), examine(series, tested=earlier)
    assert told.expected < without.expected
    assert told.upper < without.upper


def test_a_new_level_becomes_what_is_usual():
    chance = np.random.default_rng(9)
    counts = np.concatenate([chance.poisson(2.0, 100), chance.poisson(8.0, 90)])
    tests = examine(make_series(counts), last_days=100)
    by_day = {test.day: test.chance_up for test in tests}
    assert by_day[(FIRST + timedelta(days=110)).isoformat()] < 0.001
    assert min(list(by_day.values())[-14:]) > 0.01


def test_weekdays_are_no_outbreak():
    chance = np.random.default_rng(10)
    tests = examine(make_series(chance.poisson(8 * np.resize(WEEKDAYS, 120))), last_days=28)
    assert min(test.chance for test in tests) > 0.01
    assert {round(test.expected / 56, 0) for test in tests} == {1.0}


def test_the_weekdays_of_a_part_of_a_week_are_known():
    counts = np.random.default_rng(11).poisson(20 * np.resize(WEEKDAYS, 98)).tolist()
    counts[93:98] = [*[None] * 4, counts[97]]  # Monday, Tuesday and Sunday were watched
    (test,) = examine(make_series(counts))
    assert test.expected == pytest.approx(20 * (1.6 + 1.4 + 0.4), rel=0.1)


def test_the_season_is_known_from_two_years_on():
    days = np.arange(3 * 365)
    means = 3 * np.exp(np.sin(2 * np.pi * (days - 3 * 365 + 30) / 365.25))
    (test,) = examine(make_series(np.random.default_rng(12).poisson(means)))
    assert test.expected == pytest.approx(means[-7:].sum(), rel=0.12)
    assert test.baseline_days == 3 * 365 - 7


def test_each_day_is_tested_once():
    series = make_series([1] * 60)
    first = examine(series, last_days=3)
    assert examine(series, tested=first, last_days=3) == []
    assert [test.day for test in examine(series, tested=first[:2], last_days=3)] == [first[2].day]
    assert len(examine(series, tested=examine(make_series([1] * 60, topic="other")))) == 1


def test_a_day_that_was_not_watched_is_not_tested():
    assert examine(make_series([*[1] * 60, None])) == []


def test_under_28_watched_days_nothing_is_said():
    short = examine(make_series([1] * 27 + [9] * 7))
    assert short == [
        DayTest(
            brand="acme",
            topic="refund",
            day=(FIRST + timedelta(days=33)).isoformat(),
            observed=63,
            expected=0.0,
            lower=0.0,
            upper=0.0,
            chance_up=1.0,
            chance_down=1.0,
            baseline_days=27,
        )
    ]
    assert not short[0].enough
    assert settle_days(short) == {("acme", "refund"): "steady"}
    assert find_onset(make_series([1] * 27 + [9] * 7), short[0]) is None
    (enough,) = examine(make_series([1] * 28 + [9] * 7))
    assert enough.enough
    assert enough.chance_up < 0.001


def test_among_90_quiet_series_hardly_a_day_finds_one():
    chance = np.random.default_rng(14)
    wrong = 0
    for _ in range(3):
        tests = []
        for n in range(90):
            mean, phi = chance.choice([0.05, 0.2, 0.5, 1.5, 5.0]), chance.choice([1.2, 2.0, 3.0])
            counts = chance.negative_binomial(mean / (phi - 1), 1 / phi, 63)
            tests += examine(make_series(counts, topic=str(n)))
        wrong += any(direction != "steady" for direction in settle_days(tests).values())
    assert wrong <= 1  # 5% of days are allowed: two or three of three come with a chance of 0.7%


def test_days_are_settled_one_by_one():
    with pytest.raises(ValueError, match="tests of 2 days, 2026-03-04 to 2026-03-05: settle each day by itself"):
        settle_days(examine(make_series([1] * 60), last_days=2))


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 4), st.integers(0, 100_000)), max_size=130),
    st.integers(1, 3),
    st.integers(0, 50),
)
@settings(max_examples=60)
def test_whatever_the_counts_the_answer_is_sane(counts, last_days, more):
    tests = examine(make_series(counts), last_days=last_days)
    assert len(tests) == sum(count is not None for count in counts[-last_days:])
    for test in tests:
        assert 0 <= test.chance_up <= 1
        assert 0 <= test.chance_down <= 1
        assert test.lower <= test.upper
        assert np.isfinite([test.expected, test.lower, test.upper]).all()
        onset = find_onset(make_series(counts), test)
        assert onset is None or FIRST <= onset <= date.fromisoformat(test.day)
    if tests and last_days == 1:
        (raised,) = examine(make_series([*counts[:-1], counts[-1] + more]))
        assert raised.chance_up <= tests[0].chance_up + 1e-9
        assert raised.expected == pytest.approx(tests[0].expected)


@pytest.fixture(scope="module")
def bench():
    folder = str(Path(__file__).resolve().parent.parent.parent / "bench")
    sys.path.insert(0, folder)
    try:
        import outbreaks

        yield outbreaks
    finally:
        sys.path.remove(folder)


@pytest.mark.parametrize(("setting", "replicates"), [("five_years", 2), ("eight_weeks", 4), ("eight_weeks_of_days", 3)])
def test_the_bench_keeps_its_promises(bench, setting, replicates):
    chance = np.random.default_rng(1)
    weeks = replicates if setting == "eight_weeks_of_days" else bench.draw_weeks(replicates, chance)
    made = getattr(bench, setting)(weeks, chance)
    found = bench.score_all(replace(made, farrington=False))
    ours, many, few = found.pop("Repute"), ~bench.FEW, bench.FEW
    by_stretch = setting == "eight_weeks_of_days"
    assert bench.rate(ours.quiet[many], 0.95) == pytest.approx(0.05, rel=0.35)
    assert bench.rate(ours.quiet[few], 0.95) <= 0.06
    for name, other in found.items():
        quiet, mine = (other.same, ours.same) if by_stretch else (other.quiet, ours.quiet)
        own = bench.rate(quiet[many], other.threshold)
        assert bench.power_at(ours, own, mine[many]) > bench.rate(other.loud[many], other.threshold) - 0.02, name


def test_a_day_that_was_tested_of_a_competitor_alone_hides_no_outbreak_of_ours(config, plant):
    rows = [
        {"author_id": f"{day} {n}", "published": f"{day}T10:00:00Z", "topics": ("refund",), "brands": (brand,)}
        for brand, loud in (("tamarind", 12), ("nimblecart", 1))
        for back in range(2, 101)
        for day in [date(2026, 10, 5) - timedelta(days=back)]
        for n in range(loud if back < 9 else 2)
    ]
    # Of ours the 4th was not watched.
    site = Watch(source="reviews", site="trustyard", since="2026-06-01T00:00:00Z", until="2026-10-04T00:00:00Z", complete=True)
    later = replace(site, since="2026-10-05T05:00:00Z", until="2026-10-05T08:00:00Z", brand="tamarind")
    watches = [replace(site, brand="tamarind"), later, replace(site, brand="nimblecart", until=later.until)]
    plant(rows, watches)
    with contextlib.closing(open_database(config.database)) as db:
        detect(db, config, now="2026-10-05T08:00:00Z")
        month = last("4w", now="2026-10-05T08:00:00Z", zone=config.time_zone)
        (ours, theirs) = (read_outbreaks(db, brand, month)["refund"] for brand in ("tamarind", "nimblecart"))
    assert (ours.direction, ours.day, theirs.day) == ("rising", "2026-10-03", "2026-10-04")
