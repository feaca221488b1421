"""How complaints are answered and resolved, from planted conversations."""

from __future__ import annotations

import contextlib
import dataclasses

import numpy as np
import pytest

from config import Goal
from store.database import open_database
from store.metrics import save_metrics
from store.records import Metric, Watch
from trends.aging import AGED
from trends.intervals import wilson
from trends.overview import answer_overview
from trends.service import answer_service
from trends.windows import all_time, last, last_full_week, window

NOW = "2026-10-05T08:00:00Z"
WATCHED = [Watch(source="reviews", site="trustyard", since="2026-07-01T00:00:00Z", until=NOW, complete=True)]


def complaint(who, day, *, hour=10, topic="refund", **more):
    return {"author_id": who, "published": f"2026-{day}T{hour:02}:00:00Z", "topics": (topic,), **more}


def reply(to, day, *, hour=12, **more):
    published = f"2026-{day}T{hour:02}:00:00Z"
    return {"author_id": "tamarind", "voice": "company", "kind": "comment", "parent": f"m{to}", "published": published, **more}


def follow(who, to, day, *, hour=18, **more):
    return {"author_id": who, "kind": "comment", "parent": f"m{to}", "published": f"2026-{day}T{hour:02}:00:00Z", **more}


def ask(db, config, since="2026-09-01", until=None, now=NOW, **more):
    return answer_service(db, config, window=window(since, until, now=now, zone=config.time_zone), **more)


def states(answer):
    found = answer.figures.resolution
    return {
        name: count
        for name in ("confirmed", "quiet", "unanswered", "waiting", "came_back", "untold")
        if (count := getattr(found, name))
    }


def judged(plant, config, rows, **more):
    return states(ask(plant(rows, WATCHED), config, **more))


def test_nobody_answered_is_active(plant, config):
    assert judged(plant, config, [complaint("ann", "09-02")]) == {"unanswered": 1}


def test_fourteen_silent_days_after_the_answer_are_quiet_and_thirteen_are_not(plant, config):
    rows = [complaint("ann", "09-10"), reply(0, "09-20", hour=9), complaint("bo", "09-10"), reply(2, "09-21", hour=9)]
    assert judged(plant, config, rows, now="2026-10-04T10:00:00Z") == {"quiet": 1, "waiting": 1}


def test_the_number_of_silent_days_is_that_of_the_config(plant, config):
    db = plant([complaint("ann", "09-10"), reply(0, "09-30")], WATCHED)
    short = dataclasses.replace(config, thresholds=dataclasses.replace(config.thresholds, quiet_days=3))
    assert (states(ask(db, config)), states(ask(db, short))) == ({"waiting": 1}, {"quiet": 1})
    assert "says nothing for 3 days" in ask(db, short).rule


def test_the_same_person_saying_that_it_is_solved_confirms_it(plant, config):
    rows = [complaint("ann", "10-01"), reply(0, "10-01"), follow("ann", 1, "10-02", signs=("resolved",))]
    answer = ask(plant(rows, WATCHED), config)
    assert states(answer) == {"confirmed": 1}
    assert answer.figures.resolution.timed == 1


def test_a_solution_that_somebody_else_reports_confirms_nothing(plant, config):
    rows = [complaint("ann", "10-01"), reply(0, "10-01"), follow("bo", 1, "10-02", signs=("resolved",))]
    assert judged(plant, config, rows) == {"waiting": 1}


def test_the_same_persons_solution_elsewhere_confirms_nothing(plant, config):
    rows = [complaint("ann", "10-01"), reply(0, "10-01"), complaint("ann", "10-02", topic="app", signs=("resolved",))]
    assert judged(plant, config, rows) == {"waiting": 1, "confirmed": 1}


def test_a_positive_follow_up_confirms_only_after_an_answer(plant, config):
    glad = {"sentiment": "positive"}
    rows = [complaint("ann", "10-01"), reply(0, "10-01"), follow("ann", 0, "10-02", **glad)]
    rows += [complaint("bo", "10-01"), follow("bo", 3, "10-02", **glad)]
    assert judged(plant, config, rows) == {"confirmed": 1, "unanswered": 1}


def test_a_customer_who_writes_again_after_the_answer_came_back(plant, config):
    rows = [complaint("ann", "09-02"), reply(0, "09-02"), follow("ann", 1, "09-03")]
    assert judged(plant, config, rows) == {"came_back": 1}


def test_a_second_answer_begins_the_silence_anew(plant, config):
    rows = [complaint("ann", "09-02"), reply(0, "09-02"), follow("ann", 1, "09-03"), reply(2, "09-04")]
    assert judged(plant, config, rows) == {"quiet": 1}


def test_a_complaint_after_the_confirmation_opens_the_case_again(plant, config):
    rows = [complaint("ann", "09-02"), reply(0, "09-02"), follow("ann", 1, "09-03", signs=("resolved",))]
    rows.append(follow("ann", 1, "09-04", topics=("refund",)))
    answer = ask(plant(rows, WATCHED), config)
    assert (states(answer), answer.figures.resolution.cases) == ({"came_back": 1}, 1)


def test_a_question_after_the_confirmation_does_not(plant, config):
    rows = [
        complaint("ann", "09-02"),
        reply(0, "09-02"),
        follow("ann", 1, "09-03", signs=("resolved",)),
        follow("ann", 1, "09-04"),
    ]
    assert judged(plant, config, rows) == {"confirmed": 1}


def test_complaints_of_one_person_in_one_thread_are_one_case_and_elsewhere_another(plant, config):
    rows = [
        complaint("ann", "10-01", thread="t"),
        complaint("ann", "10-02", thread="t", topic="delivery"),
        complaint("ann", "10-03", thread="u"),
        complaint("bo", "10-03", thread="t"),
    ]
    answer = ask(plant(rows, WATCHED), config)
    assert (answer.figures.complaints.mentions, answer.figures.resolution.cases) == (4, 3)
    assert {part.id: part.resolution.cases for part in answer.topics} == {"refund": 3, "delivery": 1}


def test_an_answer_to_an_author_who_is_not_known_tells_nothing(plant, config):
    rows = [
        complaint(None, "09-02"),
        reply(0, "09-02"),
        complaint(None, "09-02"),
        *(complaint(f"p{n}", "09-02") for n in range(5)),
    ]
    answer = ask(plant(rows, WATCHED), config)
    assert states(answer) == {"unanswered": 6, "untold": 1}
    assert (answer.figures.resolution.resolved.part, answer.figures.resolution.resolved.whole) == (0, 6)


def test_a_follow_up_through_a_deleted_answer_still_counts(plant, config):
    rows = [
        complaint("ann", "10-01"),
        reply(0, "10-01", removed=True),
        reply(0, "10-02"),
        follow("ann", 1, "10-03", signs=("resolved",)),
    ]
    assert judged(plant, config, rows) == {"confirmed": 1}


def test_a_thank_you_on_the_day_of_the_answer_is_taken_to_be_after_it(plant, config):
    day = {"published_precision": "day"}
    rows = [complaint("ann", "10-01", **day), reply(0, "10-01"), follow("ann", 1, "10-01", hour=0, sentiment="positive", **day)]
    answer = ask(plant(rows, WATCHED), config)
    assert (states(answer), answer.figures.resolution.timed) == ({"confirmed": 1}, 0)


def test_a_review_that_was_edited_to_say_that_it_is_solved_is_confirmed_without_a_time(plant, config):
    answer = ask(plant([complaint("ann", "10-01", signs=("resolved",)), reply(0, "10-02")], WATCHED), config)
    assert (states(answer), answer.figures.resolution.timed) == ({"confirmed": 1}, 0)


def test_resolution_times_end_with_the_customer_or_with_the_companys_last_answer(plant, config):
    rows = []
    for n in range(6):
        start = len(rows)
        rows += [complaint(f"p{n}", "09-02"), reply(start, "09-02", hour=11 + n)]
        rows += [follow(f"p{n}", start, "09-03", hour=10, signs=("resolved",))] if n >= 3 else []
    found = ask(plant(rows, WATCHED), config).figures.resolution
    times = [60, 120, 180, 1440, 1440, 1440]
    assert (found.confirmed, found.quiet, found.timed) == (3, 3, 6)
    assert (found.median_minutes, found.p90_minutes) == tuple(np.quantile(times, [0.5, 0.9]))
    assert (found.resolved.part, found.resolved.whole, found.active) == (6, 6, 0)


def test_first_replies_are_those_of_the_overview_and_late_ones_are_not_averaged_away(plant, config):
    rows = [complaint(f"p{n}", "09-02") for n in range(10)] + [reply(n, "09-02", hour=11 + n) for n in range(6)]
    goals = (Goal(figure="first_reply", way="at_least", target=0.9, unit="percent", brand="tamarind", within_hours=3),)
    db, timed = plant(rows, WATCHED), dataclasses.replace(config, goals=goals)
    found, asked = ask(db, timed).figures.replies, window("2026-09-01", None, now=NOW, zone=config.time_zone)
    same = answer_overview(db, config, window=asked).figures.replies
    for name in ("complaints", "answered", "unanswered", "timed", "median_minutes", "p90_minutes"):
        assert getattr(found, name) == getattr(same, name)
    assert (found.median_minutes, found.unanswered) == (210.0, 4)
    low, high = wilson(3, 10)
    assert (found.in_time.part, found.in_time.whole, found.in_time.low, found.in_time.high) == (3, 10, low, high)
    assert ask(db, config).figures.replies.in_time is None


def test_what_is_not_due_yet_is_no_miss(plant, config):
    rows = [complaint(f"p{n}", "10-05", hour=6) for n in range(3)] + [complaint(f"q{n}", "10-01") for n in range(5)]
    goals = (Goal(figure="first_reply", way="at_least", target=0.9, unit="percent", brand="tamarind", within_hours=24),)
    found = ask(plant(rows, WATCHED), dataclasses.replace(config, goals=goals)).figures.replies
    assert (found.pending, found.in_time.part, found.in_time.whole, found.unanswered) == (3, 0, 5, 8)


def test_a_reply_of_which_only_the_day_is_known_is_in_time_when_it_must_be_and_late_when_it_must_be(plant, config):
    day = {"published_precision": "day", "hour": 0}
    rows = [complaint(f"p{n}", "09-02", hour=10) for n in range(6)]
    rows += [reply(0, "09-02", **day), reply(1, "09-03", **day), reply(2, "09-09", **day)]
    goals = (Goal(figure="first_reply", way="at_least", target=0.9, unit="percent", brand="tamarind", within_hours=24),)
    found = ask(plant(rows, WATCHED), dataclasses.replace(config, goals=goals)).figures.replies
    # The second may have come after 14 hours or after 38.
    assert (found.in_time.part, found.in_time.whole, found.timed) == (1, 5, 0)


def test_escalations_are_a_share_of_the_complaints_and_copies_count_once(plant, config):
    rows = [complaint(f"p{n}", "09-02", signs=("escalation",) if n < 2 else ()) for n in range(8)]
    rows += [{"author_id": "calm", "published": "2026-09-03T10:00:00Z", "signs": ("escalation",)}]
    answer = ask(plant(rows, WATCHED), config)
    low, high = wilson(2, 8)
    assert answer.figures.escalated.__dict__ == {"part": 2, "whole": 8, "value": 0.25, "low": low, "high": high}
    assert {part.id: part.escalated.part for part in answer.topics} == {"refund": 2}


def test_topics_say_which_issue_is_answered_worst(plant, config):
    rows = [complaint(f"p{n}", "09-02") for n in range(5)] + [complaint(f"q{n}", "09-02", topic="app") for n in range(6)]
    rows += [reply(n, "09-02", hour=11) for n in range(5)]
    topics = {part.id: part for part in ask(plant(rows, WATCHED), config).topics}
    assert list(topics) == ["app", "refund"]
    assert [topics[name].replies.unanswered_share.value for name in topics] == [1.0, 0.0]
    assert [topics[name].replies.median_minutes for name in topics] == [None, 60.0]
    assert [topics[name].resolution.resolved.value for name in topics] == [0.0, 1.0]


def test_sources_stand_side_by_side_with_their_mentions(plant, config):
    forum = {"source": "reddit", "site": "r/leeds"}
    rows = [complaint(f"p{n}", "09-02") for n in range(3)] + [complaint(f"q{n}", "09-02", **forum) for n in range(4)]
    rows += [{"published": "2026-09-02T10:00:00Z", **forum}]
    sources = ask(plant(rows, WATCHED), config).sources
    assert [(part.id, part.mentions, part.complaints.mentions) for part in sources] == [("reddit", 5, 4), ("reviews", 3, 3)]
    assert (sources[0].complaint_rate.part, sources[0].complaint_rate.whole) == (4, 5)


def test_the_window_before_is_judged_at_the_same_age(plant, config):
    rows = [complaint("ann", "09-21"), reply(0, "10-02"), complaint("bo", "09-28"), reply(2, "09-29")]
    week = window("2026-09-28", "2026-10-04", now=NOW, zone=config.time_zone)
    answer = answer_service(plant(rows, WATCHED), config, window=week)
    assert answer.before.as_of == "2026-09-28T08:00:00Z"
    assert (answer.before.replies.unanswered, answer.figures.replies.unanswered) == (1, 0)
    assert (answer.before.resolution.unanswered, answer.figures.resolution.waiting) == (1, 1)


@pytest.mark.parametrize(("since", "until"), [("2026-10-05", None), ("2026-09-29", None), ("2026-10-04", "2026-10-17")])
def test_beside_a_window_that_is_not_over_no_complaint_is_unanswered_that_was_not_made_yet(plant, config, since, until):
    rows = []
    for day in ("09-20", "09-21", "09-22", "09-23", "09-28", "09-29", "10-03", "10-04", "10-05"):
        for hour in range(0, 7 if day == "10-05" else 24, 2):
            rows += [complaint(f"{day} {hour}", day, hour=hour), reply(len(rows), day, hour=hour + 1)]
    db = plant(rows, WATCHED)
    found = ask(db, config, since=since, until=until)
    same = answer_overview(db, config, window=window(since, until, now=NOW, zone=config.time_zone))
    assert found.before.replies.complaints > 0
    for one in (found.figures, found.before, same.figures, same.before):
        assert one.replies.unanswered == 0
    assert (found.before.resolution.unanswered, found.figures.resolution.unanswered) == (0, 0)


def test_a_young_complaint_that_was_answered_at_once_makes_no_day_look_quicker(plant, config):
    rows = []
    for n in range(20):
        rows += [complaint(f"p{n}", "10-03", hour=n), complaint(f"q{n}", "10-04", hour=n + 1)]
    # Every second one within the hour, the others after 30.
    for n in range(20):
        rows += [reply(2 * n, "10-03" if n % 2 else "10-04", hour=n + 1 if n % 2 else n // 2 + 10)]
        rows += [reply(2 * n + 1, "10-04", hour=n + 2)] if n % 2 else []
    goals = (Goal(figure="first_reply", way="at_least", target=0.9, unit="percent", brand="tamarind", within_hours=6),)
    found = ask(plant(rows, WATCHED), dataclasses.replace(config, goals=goals), since="2026-10-03", now="2026-10-04T22:30:00Z")
    replies = found.figures.replies
    assert (replies.complaints, replies.pending) == (40, 4)
    assert (replies.in_time.part, replies.in_time.whole) == (18, 36)


def test_the_backlog_is_sorted_by_age(plant, config):
    rows = [complaint("a", "10-05", hour=1), complaint("b", "10-02"), complaint("c", "09-29"), reply(2, "09-30")]
    rows += [complaint("d", "08-20"), reply(4, "08-21"), follow("d", 5, "08-22"), complaint("e", "08-20", published=None)]
    rows[-1]["published_precision"] = "unknown"
    answer = answer_service(plant(rows, WATCHED), config, window=all_time(now=NOW, zone=config.time_zone))
    found = {age.days: (age.unanswered, age.waiting, age.came_back) for age in answer.backlog if age.cases}
    assert found == {0: (1, 0, 0), 1: (1, 0, 0), 3: (0, 1, 0), 30: (0, 0, 1)}
    assert answer.backlog_undated == 1


def test_complaints_per_thousand_customers_are_per_watched_week(plant, config):
    watches = [dataclasses.replace(WATCHED[0], since="2026-09-21T00:00:00Z")]
    rows = [complaint(f"p{n}", "09-22") for n in range(6)]
    db = plant(rows, watches)
    with_count = open_database(config.database)
    save_metrics(with_count, [Metric(name="customers", date="2026-08-01", value=2000.0)])
    with_count.close()
    asked = window("2026-09-07", "2026-10-04", now=NOW, zone=config.time_zone)
    rate = answer_service(db, config, window=asked).figures.per_1000_customers
    assert rate.weeks == pytest.approx(2, abs=0.02)
    assert (rate.complaints, rate.customers, rate.customers_day) == (6, 2000.0, "2026-08-01")
    assert rate.value == pytest.approx(1.5, abs=0.02)
    # Garwood's interval of a count of 6, from the tables: 2.202 to 13.060.
    assert (rate.low * 4, rate.high * 4) == pytest.approx((2.202, 13.060), rel=0.01)
    renamed = dataclasses.replace(config, customers_metric="members")
    assert answer_service(db, renamed, window=asked).figures.per_1000_customers is None
    assert answer_service(db, config, window=asked, brand="nimblecart").figures.per_1000_customers is None


def test_a_count_of_customers_that_is_asked_for_and_not_there_is_told(plant, config):
    db = plant([complaint(f"p{n}", "09-29") for n in range(6)], WATCHED)
    with_count = open_database(config.database)
    untold = "Complaints per 1,000 customers cannot be told: "
    assert not [note for note in ask(db, config).notes if note.startswith(untold)], "nobody asked"
    goals = tuple(
        Goal(figure="complaints_per_1000_customers", way="at_most", target=5, unit="per_1000", brand=brand)
        for brand in ("tamarind", "nimblecart")
    )
    named, aimed = dataclasses.replace(config, customers_metric="custs"), dataclasses.replace(config, goals=goals)

    def told(asked, **more):
        answer = answer_service(db, asked, window=last_full_week(NOW, config.time_zone), **more)
        return [note.removeprefix(untold) for note in answer.notes if note.startswith(untold)], answer.goals

    fix = "mend customers_metric in config.toml, or bring it with `repute import FILE --kind metric`."
    assert told(named) == ([f"there is no business series 'custs', none is imported yet; {fix}"], ())
    save_metrics(
        with_count,
        [Metric(name=name, date="2026-10-06", value=2e3) for name in ("customers", "returns/A", "returns/B", "rating:a:B")],
    )
    assert told(named)[0] == [f"there is no business series 'custs', did you mean 'customers'; {fix}"]
    members = dataclasses.replace(config, customers_metric="members")
    assert told(members)[0] == [f"there is no business series 'members', imported are customers, returns; {fix}"]
    assert told(named, brand="nimblecart")[0] == []
    notes, (goal,) = told(aimed)
    assert notes == ["the series 'customers' begins on 2026-10-06, after this window."]
    assert (goal.status, goal.value) == ("not known", None)
    assert {week.status for week in goal.weeks} <= {"not known", "not watched"}
    notes, (goal,) = told(aimed, brand="nimblecart")
    assert notes == ["nobody counts the customers of Nimblecart, a competitor."]
    save_metrics(with_count, [Metric(name="customers", date="2026-09-29", value=3000.0)])
    with_count.close()
    notes, (goal,) = told(aimed)
    assert (notes, goal.status, goal.value) == ([], "met", 2.0)
    assert goal.weeks[-2].status in ("not known", "not watched")


def test_one_person_complaining_often_widens_the_rate(plant, config):
    many = [complaint(f"p{n}", "09-22") for n in range(6)]
    one = [complaint("ann", "09-22", thread=str(n)) for n in range(6)]
    from trends.frame import Filters
    from trends.loading import load_frame
    from trends.service_figures import rate_customers

    db = plant([*many, *one], WATCHED)
    frame = load_frame(db, "tamarind", all_time(now=NOW, zone=config.time_zone), Filters())
    known = np.argsort(np.bincount(frame.persons)[frame.persons], kind="stable")
    alone, same = (rate_customers(frame, rows, 1.0, (1000.0, "")) for rows in (known[:6], known[6:]))
    assert (alone.value, same.value) == (6.0, 6.0)
    # As one complaint of one person, six times over: 6 × (0.0253 to 5.572).
    assert (same.low, same.high) == pytest.approx((6 * 0.02532, 6 * 5.5716), rel=1e-3)
    assert same.low < alone.low < alone.high < same.high


def test_those_who_leave_are_people_with_quotes_and_a_share(plant, config):
    rows = [
        {"published": "2026-09-29T10:00:00Z", "text": f"I have cancelled, number {n}.", "signs": ("leaving",)} for n in range(2)
    ]
    rows += [
        {"published": "2026-09-29T11:00:00Z", "author_id": "person 0", "text": "Cancelled, I said.", "signs": ("leaving",)}
    ]
    rows += [{"published": "2026-09-30T10:00:00Z"} for _ in range(7)]
    rows += [{"published": "2026-09-02T10:00:00Z", "signs": ("recommending",)}]
    answer = answer_service(plant(rows, WATCHED), config, window=last("2w", now=NOW, zone=config.time_zone))
    assert (answer.leaving.voices.mentions, answer.leaving.voices.people) == (3, 2)
    assert (answer.leaving.share.part, answer.leaving.share.whole) == (3, 10)
    assert {quote.text for quote in answer.leaving.quotes} <= {row["text"] for row in rows[:3]}
    assert len(answer.leaving.quotes) == 2
    assert (answer.recommending.voices.mentions, answer.recommending.quotes) == (0, ())


def test_surveys_give_nps_and_csat_also_without_words(plant, config):
    def rated(n, measure, rating, worst, best):
        scale = {"rating": rating, "rating_worst": worst, "rating_best": best, "rating_measure": measure}
        return {"source": "import", "site": "survey", "kind": "survey", "text": None, "author_id": f"s{measure}{n}", **scale}

    nps = [rated(n, "nps", value, 0, 10) for n, value in enumerate([10, 9, 9, 8, 3, 0])]
    csat = [rated(n, "csat", value, 1, 5) for n, value in enumerate([5, 4, 4, 2, 1])]
    surveys = ask(plant([*nps, *csat], WATCHED), config).surveys
    found = surveys.now
    assert (found.nps.positive, found.nps.neutral, found.nps.negative) == (3, 1, 2)
    assert found.nps.value == pytest.approx(1 / 6)
    assert (found.csat.part, found.csat.whole, found.csat_scale) == (3, 5, (1.0, 5.0))
    assert {one.figure for one in surveys.improvements} == {"nps", "csat"}


def weekly(config, **goal):
    values = {"way": "at_most", "unit": "a_week", "brand": "tamarind"} | goal
    return dataclasses.replace(config, goals=(Goal(**values),))


def test_a_goal_is_missed_since_the_first_week_above_it(plant, config):
    counts = {"09-08": 1, "09-15": 3, "09-22": 4, "09-29": 3}
    rows = [complaint(f"{day} {n}", day) for day, count in counts.items() for n in range(count)]
    db = plant(rows, WATCHED)
    (goal,) = ask(db, weekly(config, figure="complaints_a_week", target=2)).goals
    assert (goal.status, goal.since, goal.run, goal.value) == ("missed", "2026-09-14", 3, 3.0)
    assert [week.status for week in goal.weeks] == ["met"] * 5 + ["missed"] * 3
    answer = ask(db, weekly(config, figure="complaints_a_week", target=2), source="reviews")
    assert answer.goals == ()
    assert any(note.startswith("Goals are held against all") for note in answer.notes)


def test_every_figure_that_a_goal_can_be_set_for_is_known_for_a_week(plant, config):
    from config.goals import FIGURES as NAMED
    from trends.service_goals import FIGURES

    assert set(FIGURES) == set(NAMED)
    rows = [
        complaint(f"p{n}", "09-29", signs=("escalation", "leaving"), rating=2.0, rating_worst=1.0, rating_best=5.0,
                  rating_measure="stars")
        for n in range(6)
    ]  # fmt: skip
    rows += [{"published": "2026-09-29T10:00:00Z", "brands": ("nimblecart",)} for _ in range(2)]
    rows += [
        {"published": "2026-09-30T10:00:00Z", "text": None, "rating": 10.0, "rating_worst": 0.0, "rating_best": 10.0,
         "rating_measure": measure, "author_id": f"{measure} {n}"}
        for measure in ("nps", "csat") for n in range(5)
    ]  # fmt: skip
    db = plant(rows, WATCHED)
    with_count = open_database(config.database)
    save_metrics(with_count, [Metric(name="customers", date="2026-09-29", value=3000.0)])
    with_count.close()
    goals = tuple(
        Goal(figure=name, way=figure.way, target=0.5, unit=figure.unit, brand="tamarind",
             within_hours=24 if name == "first_reply" else None)
        for name, figure in NAMED.items()
    )  # fmt: skip
    answer = ask(db, dataclasses.replace(config, goals=goals))
    assert {goal.goal.figure: goal.value for goal in answer.goals} == {
        "complaints_a_week": 6.0, "complaint_rate": 1.0, "complaints_per_1000_customers": 2.0, "escalations_a_week": 6.0,
        "escalation_rate": 1.0, "unanswered": 1.0, "first_reply": 0.0, "leaving_a_week": 6.0, "negative": 1.0,
        "net_sentiment": -1.0, "share_of_voice": 0.75, "nps": 1.0, "csat": 1.0, "stars": 2.0,
    }  # fmt: skip


def test_a_brand_without_any_mention_has_empty_figures(plant, config):
    answer = ask(plant([], WATCHED), config)
    assert (answer.n, answer.figures.resolution.cases, answer.topics, answer.sources) == (0, 0, (), ())
    assert answer.figures.complaint_rate.value is None


def test_without_any_reply_a_note_says_so(plant, config):
    answer = ask(plant([complaint("ann", "10-01")], WATCHED), config)
    assert any(note.startswith("No reply of the company is known here") for note in answer.notes)


def test_where_others_were_answered_no_note_says_that_the_company_never_answers(plant, config):
    rows = [complaint("ann", "09-20"), reply(0, "09-29"), complaint("bo", "09-30")]
    answer = ask(plant(rows, WATCHED), config, since="2026-09-28", until="2026-10-04")
    assert (answer.figures.replies.complaints, answer.figures.replies.answered) == (1, 0)
    told = [note for note in answer.notes if "of the company" in note]
    assert told == ["None of these complaints has an answer of the company that is known here."]


def test_the_overview_takes_first_replies_of_the_window_before_at_the_same_age(plant, config):
    rows = [complaint(f"a{n}", "09-21") for n in range(6)] + [reply(n, "09-21", hour=12 + n) for n in range(5)]
    rows += [reply(5, "10-02"), *(complaint(f"b{n}", "09-28") for n in range(2)), reply(12, "09-29")]
    week = window("2026-09-28", "2026-10-04", now=NOW, zone=config.time_zone)
    db = plant(rows, WATCHED)
    service, overview = (ask(db, config, window=week) for ask in (answer_service, answer_overview))
    for side in ("before", "figures"):
        found, same = getattr(service, side).replies, getattr(overview, side).replies
        for name in ("complaints", "answered", "unanswered", "timed", "median_minutes", "p90_minutes"):
            assert getattr(found, name) == getattr(same, name)
    assert (overview.before.replies.unanswered, overview.before.replies.median_minutes) == (1, 240.0)
    assert AGED in overview.notes
    assert AGED in service.notes


def test_a_rate_of_customers_in_a_window_in_which_hardly_anybody_was_heard_is_too_few_to_say(plant, config):
    rows = [complaint(f"p{n}", "09-30") for n in range(6)] + [{"published": "2026-09-23T10:00:00Z"}] * 4
    db = plant(rows)
    with contextlib.closing(open_database(config.database)) as writer:
        save_metrics(writer, [Metric(name="customers", date="2026-08-01", value=2000.0)])
    answer = ask(db, config, since="2026-09-28", until="2026-10-04")
    assert answer.figures.per_1000_customers.value == pytest.approx(3.0)
    before = answer.before.per_1000_customers
    assert (before.complaints, before.value, before.low, before.high) == (0, None, None, None)
