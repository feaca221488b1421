"""Figures over time: each week equals the same figure asked of that week alone, and what nobody watched is a gap."""

from __future__ import annotations

import contextlib
import dataclasses
import random

import numpy as np
import pytest
from scipy.stats import chi2

from config import Goal, MetricSeries
from store.database import open_database
from store.judging import Judgement, save_judgements
from store.metrics import save_metrics
from store.records import Metric, Watch
from store.sample_marks import Question
from trends.crowd import Crowd, gather_crowd
from trends.differences import compare_means, compare_nets, compare_shares
from trends.frame import Filters
from trends.gathering import QuestionError
from trends.hot_buttons import answer_hot_buttons
from trends.intervals import Z, net, share
from trends.loading import load_frame
from trends.overview import answer_overview
from trends.periods import cut, find_often, find_periods
from trends.solving import correct
from trends.timeline import UNKNOWN_AUTHORS, answer_trend
from trends.timeline_correction import read_corrections
from trends.timeline_figures import Asked, Subject, find_measures
from trends.timeline_levels import as_rate, compare, differ_all, limits_of_count
from trends.timeline_shifts import TESTED_TOGETHER
from trends.windows import all_time, before, last, window

NOW = "2026-10-05T08:00:00Z"
MOODS = ("negative", "neutral", "positive")


def many_rows(count: int = 240, seed: int = 5) -> list[dict]:
    """Nine weeks of mentions: some people often, some nobody knows, copies in one week and over two, some known to the day."""
    chance, rows = random.Random(seed), []
    for n in range(count):
        day = chance.randrange(63)
        when = np.datetime64("2026-08-03") + day
        exact = chance.random() < 0.9
        row = {
            "author_id": None if chance.random() < 0.1 else f"person {chance.randrange(60)}",
            "published": f"{when}T{chance.randrange(24):02}:30:00Z" if exact else str(when),
            "published_precision": "second" if exact else "day",
            "site": chance.choice(["trustyard", "neighbours"]),
            "sentiment": chance.choice(MOODS),
            "topics": ("refund",) if chance.random() < 0.3 else (),
            "attributes": {"fast": chance.choice(["confirms", "contests"])} if chance.random() < 0.3 else {},
            "signs": ("escalation",) if chance.random() < 0.3 else (),
        }
        if n % 20 == 0:
            row |= {"text": " ".join(f"word{word} of text {n % 60}" for word in range(12)), "bands": (n % 60, 1000 + n % 60)}
        if n % 7 == 0:
            row |= {"rating": float(chance.randint(1, 5)), "rating_worst": 1.0, "rating_best": 5.0, "rating_measure": "stars"}
        rows.append(row)
    return rows


@pytest.fixture
def zone(config):
    return config.time_zone


def test_every_week_is_the_figure_asked_of_that_week_alone(plant, config, zone):
    db = plant(many_rows())
    asked = last("8w", now=NOW, zone=zone)
    answer = answer_trend(db, config, window=asked)
    frame = load_frame(db, "tamarind", all_time(now=NOW, zone=zone), Filters())
    assert (frame.column("copy") != 0).sum() > 3
    for n, week in enumerate(find_periods(asked, "week")):
        rows, of = frame.rows(week), {line.line: answer.points(line.line)[n].level for line in answer.figures}
        said = rows[frame.column("mood")[rows] != 0]
        expected = net(frame.parts(rows, *(frame.mood(mood) for mood in ("positive", "neutral", "negative"))), floor=5)
        found = of["net-sentiment"]
        assert (found.n, found.people) == (expected.n, frame.speakers(said))
        assert (found.value, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))
        part = share(frame.part_of(frame.mood("negative"), said), floor=5)
        assert (of["negative"].n, of["negative"].value, of["negative"].low) == pytest.approx((part.whole, part.value, part.low))
        complaints = frame.once(np.flatnonzero(frame.inside(week) & frame.complains))
        assert (of["mentions"].value, of["complaints"].value) == (len(rows), len(complaints))
        assert (of["people"].value, of["people"].n) == (frame.voices(rows).people, frame.voices(rows).people)


def test_the_level_is_that_of_the_other_answers(plant, config, zone):
    db = plant(many_rows())
    for asked in (last("8w", now=NOW, zone=zone), all_time(now=NOW, zone=zone)):
        figures = answer_overview(db, config, window=asked).figures
        levels = {line.line: line.level for line in answer_trend(db, config, window=asked).figures}
        assert (levels["net-sentiment"].value, levels["net-sentiment"].low) == pytest.approx(
            (figures.net.value, figures.net.low)
        )
        assert levels["complaint-rate"].value == pytest.approx(figures.complaints.value)
        assert levels["complaint-rate"].n == figures.complaints.whole
        (button,) = answer_hot_buttons(db, config, window=asked).buttons
        topic = {line.line: line.level for line in answer_trend(db, config, window=asked, topic="refund").figures}
        assert (topic["complaints"].value, topic["complaint-rate"].n) == (button.complaints, button.share.whole)
        assert topic["complaint-rate"].value == pytest.approx(button.share.value)


def test_the_change_is_against_the_window_before(plant, config, zone):
    rows = [{"published": f"2026-09-{day:02}T10:00:00Z", "sentiment": "positive"} for day in range(2, 9) for _ in range(3)]
    rows += [{"published": f"2026-09-{day:02}T10:00:00Z", "sentiment": "negative"} for day in range(9, 16) for _ in range(6)]
    asked = window("2026-09-09", "2026-09-15", now=NOW, zone=zone)
    lines = {line.line: line for line in answer_trend(plant(rows), config, window=asked).figures}
    change = lines["mentions"].shift
    assert (change.difference.first, change.difference.second, change.told) == (6.0, 3.0, "more")
    assert change.difference.low > 0
    worse = lines["net-sentiment"].shift
    assert (worse.difference.value, worse.told) == (-2.0, "worse")
    assert lines["leaving"].shift.told == "no clear change"
    assert answer_trend(plant(rows), config, window=all_time(now=NOW, zone=zone)).figures[0].shift is None


def test_what_nobody_watched_is_a_gap_and_few_are_too_few(plant, config, zone):
    rows = [{"published": f"2026-09-{day:02}T10:00:00Z"} for day in range(7, 14)]
    rows += [{"published": "2026-09-29T10:00:00Z", "author_id": "one"}] * 1
    spans = (("2026-08-01T00:00:00Z", "2026-09-13T23:00:00Z"), ("2026-09-24T11:00:00Z", NOW))
    watches = [Watch(source="reviews", site="trustyard", since=since, until=until, complete=True) for since, until in spans]
    asked = window("2026-09-07", "2026-10-04", now=NOW, zone=zone)
    answer = answer_trend(plant(rows, watches), config, window=asked)
    assert [(point.status, point.level.value) for point in answer.points("net-sentiment")] == [
        ("known", 0.0),
        ("not watched", None),
        ("too few", None),
        ("too few", None),
    ]
    counts = answer.points("mentions")
    assert [point.level.value for point in counts] == [7.0, None, 0.0, 1.0]
    assert [point.watched for point in counts] == pytest.approx([1.0, 0.0, 3.5 / 7, 1.0])
    assert counts[0].level.per_day == pytest.approx(1.0)
    assert counts[3].level.per_day == pytest.approx(1 / 7)
    assert counts[1].level.per_day is None


def test_nothing_found_in_an_hour_of_a_week_is_a_gap_wherever_it_is_drawn(plant, config, zone):
    rows = [{"published": f"2026-09-{day:02}T10:00:00Z"} for day in (7, 8, 9, 22, 23)]
    # Of the week of 14 September its first and its last hours, of the next one four days in which nobody wrote.
    spans = (("2026-08-01T00:00:00Z", "2026-09-14T03:00:00Z"), ("2026-09-20T20:00:00Z", NOW))
    watches = [Watch(source="reviews", site="trustyard", since=since, until=until, complete=True) for since, until in spans]
    db, asked = plant(rows, watches), window("2026-09-07", "2026-10-04", now=NOW, zone=zone)
    answer = answer_trend(db, config, window=asked, figure="mentions")
    assert [(point.status, point.level.value) for point in answer.periods] == [
        ("known", 3.0), ("not watched", None), ("known", 2.0), ("known", 0.0),
    ]  # fmt: skip
    assert answer.periods[1].watched == pytest.approx(8 / 168, abs=0.01)
    weeks = answer_overview(db, config, window=asked).weeks
    assert [week.neutral for week in weeks[-4:]] == [3, None, 2, 0]


def test_people_are_those_who_are_known_in_every_answer(plant, config, zone):
    rows = [
        {"published": "2026-09-29T10:00:00Z", "author_id": who} for who in ("ann", "ann", "bo", "cy", None, None, None, None)
    ]
    db, asked = plant(rows), window("2026-09-28", "2026-10-04", now=NOW, zone=zone)
    answer = answer_trend(db, config, window=asked)
    (line,) = [line for line in answer.figures if line.figure == "people"]
    (point,) = answer.points("people")
    figures = answer_overview(db, config, window=asked).figures
    assert (line.level.value, point.level.value) == (3, 3) == (figures.people, figures.people)
    assert UNKNOWN_AUTHORS in answer.notes


def test_a_count_without_known_coverage_has_no_rate(plant, config, zone):
    answer = answer_trend(plant([{}]), config, window=last("4w", now=NOW, zone=zone), figure="mentions")
    assert {point.level.per_day for point in answer.periods} == {None}


def test_ratings_are_told_by_source_and_scale_and_count_without_words(plant, config, zone):
    stars = {"rating_worst": 1.0, "rating_best": 5.0, "rating_measure": "stars"}
    survey = {"source": "import", "site": "survey", "rating_worst": 0.0, "rating_best": 10.0, "rating_measure": "nps"}
    rows = [{"rating": float(value), "text": None, **stars} for value in (5, 5, 4, 1, 5, 5)]
    rows += [{"rating": float(value), **survey} for value in (10, 9, 9, 7, 3)]
    db = plant(rows)
    answer = answer_trend(db, config, window=last("4w", now=NOW, zone=zone))
    levels = {line.line: line.level for line in answer.figures}
    assert levels["mentions"].value == 5
    assert levels["nps"].value == pytest.approx(3 / 5 - 1 / 5)
    assert (levels["mean reviews 1-5"].value, levels["mean reviews 1-5"].n) == (pytest.approx(25 / 6), 6)
    assert levels["top reviews 1-5"].value == pytest.approx(5 / 6)
    assert "csat" not in levels
    alone = answer_trend(db, config, window=last("4w", now=NOW, zone=zone), figure="stars")
    assert [line.level.value for line in alone.figures] == [pytest.approx(25 / 6)]


def test_an_attribute_is_told_by_who_confirms_it(plant, config, zone):
    rows = [{"attributes": {"fast": "confirms"}}] * 6 + [{"attributes": {"fast": "contests"}}] * 2 + [{}] * 4
    lines = answer_trend(plant([dict(row) for row in rows]), config, window=last("4w", now=NOW, zone=zone), attribute="fast")
    levels = {line.line: line.level for line in lines.figures}
    assert (levels["mentions"].value, levels["confirmed"].value, levels["confirmed"].n) == (8.0, 0.75, 8)


def test_escalations_and_those_who_leave_are_people_and_complaints(plant, config, zone):
    rows = [{"topics": ("refund",), "signs": ("escalation",)} for _ in range(4)] + [{"topics": ("refund",)} for _ in range(4)]
    rows += [{"signs": ("leaving", "escalation"), "author_id": "one"} for _ in range(3)]
    db, asked = plant(rows), last("4w", now=NOW, zone=zone)
    levels = {line.line: line.level for line in answer_trend(db, config, window=asked).figures}
    assert (levels["escalations"].value, levels["leaving"].value) == (4.0, 1.0)
    assert answer_trend(db, config, window=asked, figure="escalation-rate").figures[0].level.value == 0.5


def test_sampled_judgements_correct_sentiment_and_the_raw_figure_stands_beside(plant, config, zone):
    chance = random.Random(2)
    rows = [{"sentiment": chance.choice(MOODS), "published": f"2026-09-{7 + n % 21:02}T10:00:00Z"} for n in range(400)]
    db, asked = plant(rows), window("2026-09-07", "2026-10-04", now=NOW, zone=zone)
    raw = answer_trend(db, config, window=asked, figure="negative")
    assert (raw.figures[0].corrected, raw.figures[0].level.raw) == (False, None)
    assert "Negative: uncorrected, a classifier's; 0 sampled judgements of the 100 that a correction needs." in raw.notes
    query = "select mention, label from tags join taggers on taggers.id = tagger where task = 'sentiment'"
    told = dict(db.execute(query).fetchall())
    with contextlib.closing(open_database(config.database)) as writer:
        labels = {n: label if chance.random() < 0.7 else "negative" for n, label in sorted(told.items())[:150]}
        judgements = [Judgement(Question(n, "tamarind", "sentiment", ""), label, "ada", 1, 0.4) for n, label in labels.items()]
        save_judgements(writer, judgements, now=NOW)
    answer = answer_trend(db, config, window=asked, figure="negative")
    level = answer.figures[0].level
    correction = read_corrections(db, "tamarind", ["sentiment"])["sentiment"]
    counts = {mood: sum(label == mood for label in told.values()) for mood in MOODS}
    order = correction.confusion.labels
    people = [[*(label == mood for mood in order), *(labels.get(n) == mood for mood in order)] for n, label in told.items()]
    expected = correct(counts, correction.confusion, people=people).share("negative")
    assert level.value == pytest.approx(expected.value)
    assert level.raw == pytest.approx(sum(labels.get(n, label) == "negative" for n, label in told.items()) / 400)
    assert (level.low, level.high) == pytest.approx((expected.low, expected.high), abs=0.015)
    assert level.value > level.raw + 0.03
    assert all(point.level.raw is not None for point in answer.periods if point.status == "known")
    assert any("corrected by 150 sampled judgements" in note for note in answer.notes)


def test_a_goal_is_held_against_the_weeks(plant, config, zone):
    rows = [{"published": f"2026-09-{day:02}T10:00:00Z", "topics": ("refund",)} for day in (7, 8, 9, 15, 22, 29)]
    goal = Goal(figure="complaints_a_week", way="at_most", target=2.0, unit="a_week", brand="tamarind")
    other = dataclasses.replace(goal, topic="refund")
    goals = dataclasses.replace(config, goals=(goal, other))
    db, asked = plant(rows), window("2026-09-07", "2026-10-04", now=NOW, zone=zone)
    answer = answer_trend(db, goals, window=asked, figure="complaints")
    assert [(one.goal, one.status, one.since, one.run) for one in answer.goals] == [(goal, "met", "2026-09-14", 3)]
    assert [one.goal for one in answer_trend(db, goals, window=asked, topic="refund").goals] == [other]
    assert answer_trend(db, goals, window=asked, every="month").goals == ()
    assert answer_trend(db, goals, window=asked, source="reviews").goals == ()


def test_no_goal_is_held_against_a_week_that_is_still_running(plant, config, zone):
    goal = Goal(figure="complaints_a_week", way="at_most", target=2.0, unit="a_week", brand="tamarind")
    db = plant([{"topics": ("refund",), "published": "2026-10-05T06:00:00Z"}] * 2)
    answer = answer_trend(
        db, dataclasses.replace(config, goals=(goal,)), window=last("1d", now=NOW, zone=zone), figure="complaints"
    )
    assert [(one.label, one.level.value) for one in answer.periods] == [("5–11 Oct 2026, so far", 2.0)]
    assert answer.goals == ()
    assert "Whole weeks are listed, 5–11 Oct 2026; the level is of 5 Oct 2026." in answer.notes


def test_a_business_series_is_laid_over_with_its_correlation(plant, config, zone):
    size = [3, 9, 4, 4, 8, 8, 2, 2, 7, 5, 9, 3, 3, 6, 8, 2]
    first = np.datetime64("2026-06-15")
    rows = [
        {"published": f"{first + 7 * week}T10:00:00Z", "topics": ("refund",)} for week, n in enumerate(size) for _ in range(n)
    ]
    db = plant(rows)
    with contextlib.closing(open_database(config.database)) as writer:
        values = [
            Metric(name="returns/Toaster", date=str(first + 7 * (n + 2)), value=float(10 * m)) for n, m in enumerate(size[:-2])
        ]
        save_metrics(writer, values)
    weekly = dataclasses.replace(config, metrics=(MetricSeries(name="returns", kind="level", every="week"),))
    asked = window("2026-06-15", "2026-10-04", now=NOW, zone=zone)
    (laid,) = answer_trend(db, weekly, window=asked, figure="complaints", metric="returns").laid
    assert (laid.metric, laid.line, laid.kind) == ("returns/Toaster", "complaints", "level")
    assert laid.values == (None, None, *(10.0 * m for m in size[:-2]))
    assert (laid.follows.best.lag, laid.follows.best.value) == (2, pytest.approx(1.0))
    assert "which is correlation, not cause" in laid.sentences[0]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"figure": "joy"}, "figure: 'joy' has no trend; there are ratings, mentions"),
        ({"topic": "moon"}, "topic: 'moon' is not configured; there are"),
        ({"attribute": "moon"}, "attribute: 'moon' is not configured; there are"),
        ({"topic": "refund", "attribute": "fast"}, "ask for 'refund' or for 'fast'"),
        ({"figure": "confirmed"}, "name it with --attribute"),
        ({"metric": "revenue"}, "name it, like `repute trend complaints`"),
        ({"metric": "revenue", "figure": "mentions", "every": "month"}, "leave --every month out"),
        ({"metric": "revenue", "figure": "mentions"}, "'revenue' was not imported; there are none; import some"),
    ],
)
def test_what_cannot_be_asked_is_named_with_what_can(plant, config, zone, asked, words):
    with pytest.raises(QuestionError, match=words.replace("?", r"\?")):
        answer_trend(plant([{}]), config, window=last("4w", now=NOW, zone=zone), **asked)


def test_periods_are_whole_and_over(zone):
    def days(found):
        return [(period.first_day, period.end_day) for period in found]

    asked = window("2026-09-16", None, now=NOW, zone=zone)
    assert days(find_periods(asked, "week")) == [
        ("2026-09-14", "2026-09-21"), ("2026-09-21", "2026-09-28"), ("2026-09-28", "2026-10-05"),
    ]  # fmt: skip
    assert days(find_periods(asked, "month")) == [("2026-09-01", "2026-10-01")]
    # A window that touches nothing but the running week is shown that.
    assert days(find_periods(last("1d", now=NOW, zone=zone), "week")) == [("2026-10-05", "2026-10-12")]
    ever = find_periods(all_time(now=NOW, zone=zone), "month", earliest="2025-12-31")
    assert days(ever)[0] == ("2025-12-01", "2026-01-01")
    assert len(ever) == 10


def test_the_interval_of_a_count_is_garwoods_and_of_one_persons_many_wider():
    assert limits_of_count(9, 9)(Z) == pytest.approx((chi2.ppf(0.025, 18) / 2, chi2.ppf(0.975, 20) / 2), rel=1e-6)
    assert limits_of_count(0, 0)(Z) == pytest.approx((0, chi2.ppf(0.975, 2) / 2), rel=1e-6)
    low, high = limits_of_count(9, 81)(Z)
    assert (low, high) == pytest.approx((9 * chi2.ppf(0.025, 2) / 2, 9 * chi2.ppf(0.975, 4) / 2), rel=1e-6)


def test_the_interval_of_a_difference_of_rates_holds_the_truth():
    chance, held, fair = np.random.default_rng(3), 0, 0
    for _ in range(400):
        counts = [float(chance.poisson(mean)) for mean in (30, 20)]
        now, past = map(int, counts)
        people = {"first_n": now, "second_n": past, "first_people": now, "second_people": past}
        found = compare(*(as_rate((count, count), 10.0) for count in counts), people, days=(10.0, 10.0))
        held += found.low <= 1.0 <= found.high
        # Where everybody writes once the exact test of the people never tells a change of which the interval holds nought.
        fair += found.chance >= 0.05 or not found.low <= 0 <= found.high
    assert held >= 0.93 * 400
    assert fair == 400


def crowd_of(measure, place):
    """What each person of a slice adds to a line; the last sum is how many answers that is of."""
    slices, columns = measure.tally.slices, measure.tally.columns
    rows = np.flatnonzero(measure.tally.part & (slices.codes == place))
    sums = [columns[name][rows] if name != "all" else np.ones(len(rows)) for name in measure.sums]
    found = gather_crowd(slices.frame.persons[rows] + 1, *sums)
    there = found.sums[:, -2] > 0
    return Crowd(found.people[there], found.sums[there, :-1])


@pytest.mark.parametrize("seed", range(4))
def test_differences_are_those_of_the_crowds(plant, config, zone, seed):
    rows = [{**row, "text": row.get("text", f"Text {n}")} for n, row in enumerate(many_rows(200, seed=seed))]
    asked = window("2026-09-03", "2026-10-04", now=NOW, zone=zone)
    frame = load_frame(plant(rows), "tamarind", all_time(now=NOW, zone=zone), Filters(), wordless=True)
    slices = cut(frame, [before(asked), asked], find_often(frame))
    figures = ("net-sentiment", "negative", "complaint-rate", "escalation-rate", "confirmed", "ratings")
    measures = find_measures(slices, Subject(frame, Asked(figures, attribute="fast" if seed % 2 else "")))
    assert {"net-sentiment", "negative", "mean reviews 1-5", "top reviews 1-5"} <= set(measures)
    differences = differ_all(measures, floor=5, days=(1.0, 1.0))
    for line, measure in measures.items():
        found = differences[line]
        now, past = crowd_of(measure, 1), crowd_of(measure, 0)
        if measure.kind.unit == "mean":
            expected = compare_means(now, past, worst=1.0, best=5.0, floor=5)
        else:
            expected = (compare_nets if measure.kind.unit == "net" else compare_shares)(now, past, floor=5)
        assert dataclasses.asdict(found) == pytest.approx(dataclasses.asdict(expected), abs=1e-9)


def slightly_worse():
    """As many mentions in both weeks, and a share negative of 50% that becomes 73%: clear alone, unclear among twelve."""
    moods = [("2026-09-23", 20, "positive"), ("2026-09-23", 20, "negative"), ("2026-09-30", 11, "positive")]
    moods += [("2026-09-30", 29, "negative")]
    return [{"published": f"{day}T10:00:00Z", "sentiment": mood} for day, count, mood in moods for _ in range(count)]


@pytest.mark.parametrize("rows", [slightly_worse(), many_rows()], ids=["few figures", "many figures"])
def test_one_change_has_one_verdict_however_it_is_asked_for(plant, config, zone, rows):
    db, week = plant(rows), window("2026-09-28", "2026-10-04", now=NOW, zone=zone)
    together = {line.line: line.shift for line in answer_trend(db, config, window=week).figures}
    for figure in ("mentions", "people", "complaint-rate", "net-sentiment", "negative", "complaints"):
        (line,) = answer_trend(db, config, window=week, figure=figure).figures
        assert line.shift == together[figure]
    assert answer_overview(db, config, window=week).net_change == together["net-sentiment"]


def test_what_is_clear_alone_is_unclear_among_the_main_figures_and_the_answer_says_so(plant, config, zone):
    db, week = plant(slightly_worse()), window("2026-09-28", "2026-10-04", now=NOW, zone=zone)
    for asked in ({}, {"figure": "net-sentiment"}):
        answer = answer_trend(db, config, window=week, **asked)
        shift = next(line.shift for line in answer.figures if line.figure == "net-sentiment")
        assert (shift.difference.high < 0, shift.told) == (True, "no clear change")
        assert TESTED_TOGETHER in answer.notes


def test_two_scales_of_ratings_have_the_verdicts_that_they_have_among_the_main_figures(plant, config, zone):
    """A change that is nothing among two may be one among many that are certain: the verdict is that of all, however asked."""
    stars = {"rating_worst": 1.0, "rating_best": 5.0, "rating_measure": "stars"}
    rows = [
        {"published": f"2026-09-{day}T10:00:00Z", "sentiment": mood} for day, mood in ((23, "positive"), (30, "negative"))
    ] * 30
    rows += [{"published": "2026-09-30T10:00:00Z", "topics": ("refund",), "signs": ("escalation",)}] * 60
    before, now = [4, 3, 4, 4, 4, 4, 4, 4, 5, 4, 4, 4, 5, 5], [4, 5, 2, 1, 2, 4, 5, 5, 1, 5, 2, 3, 5, 5]
    for day, ratings in ((23, before), (30, now)):
        rows += [{"published": f"2026-09-{day}T11:00:00Z", "rating": float(value), **stars} for value in ratings]
    db, week = plant(rows), window("2026-09-28", "2026-10-04", now=NOW, zone=zone)
    together = {line.line: line.shift for line in answer_trend(db, config, window=week).figures}
    alone = {line.line: line.shift for line in answer_trend(db, config, window=week, figure="ratings").figures}
    (mean, top) = alone.values()
    assert (mean.told, top.told, 0.025 < top.difference.chance < 0.05) == ("no clear change", "worse", True)
    assert alone == {line: together[line] for line in alone}
