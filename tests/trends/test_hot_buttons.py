from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.records import Watch
from trends.gathering import SILENT
from trends.hot_button_answers import Quiet
from trends.hot_buttons import answer_hot_buttons
from trends.judged_notes import UNCORRECTED
from trends.windows import all_time, last_full_week, window

NOW = "2026-10-05T08:00:00Z"
LONDON = ZoneInfo("Europe/London")
WEEK = last_full_week(NOW, LONDON)


def only(answer):
    (button,) = answer.buttons
    return button


def watched(site="trustyard", since="2026-07-01T00:00:00Z", until=NOW, source="reviews"):
    return Watch(source=source, site=site, since=since, until=until, complete=True)


def test_one_angry_person_twelve_times_is_isolated(config, plant):
    rows = [
        {
            "author_id": "cross",
            "topics": ["app"],
            "published": f"2026-09-{28 + n % 3}T1{n % 10}:00:00Z",
            "site": f"site {n % 2}",
        }
        for n in range(12)
    ]
    button = only(answer_hot_buttons(plant(rows), config, window=WEEK))
    assert (button.complaints, button.people, button.days, button.verdict) == (12, 1, 3, "isolated")
    assert len(button.quotes) == 1


@pytest.mark.parametrize(("since", "until"), [("2026-10-01", "2026-10-18"), ("2026-10-03", "2026-10-09"), ("2026-10-05", None)])
def test_what_is_alike_every_day_neither_rises_nor_falls_in_a_window_that_is_not_over(config, plant, since, until):
    days = [f"09-{day}" for day in range(10, 31)] + [f"10-{day:02}" for day in range(1, 6)]
    rows = [
        {"author_id": f"p{n}", "topics": ["refund"], "published": f"2026-{day}T{n:02}:30:00Z"}
        for day in days
        for n in range(7 if day == "10-05" else 24)
    ]
    asked = window(since, until, now="2026-10-05T07:10:00Z", zone=LONDON)
    change = only(answer_hot_buttons(plant(rows, [watched()]), config, window=asked)).change
    assert (change.direction, change.now) == ("steady", change.before)


def test_forty_people_with_one_short_text_are_forty(config, plant):
    rows = [{"text": "Payment page down again.", "topics": ["app"]} for _ in range(40)]
    button = only(answer_hot_buttons(plant(rows), config, window=WEEK))
    assert (button.complaints, button.people, button.copies, button.verdict) == (40, 40, 0, "recurring")


def test_five_copies_count_once(config, plant):
    text = " ".join(f"word{n}" for n in range(40))
    rows = [{"text": text, "bands": (1, 2, 3), "topics": ["delivery"], "site": f"paper {n}"} for n in range(5)]
    answer = answer_hot_buttons(plant(rows), config, window=WEEK)
    button = only(answer)
    assert (answer.n, answer.complaints) == (1, 1)
    assert (button.complaints, button.people, button.copies, len(button.sites), button.share.part) == (1, 1, 4, 1, 1)


def test_a_copy_whose_topic_was_missed_does_not_make_the_group_two(config, plant):
    text = " ".join(f"word{n}" for n in range(40))
    rows = [{"text": text, "bands": (1,), "topics": ["delivery"] if n else []} for n in range(3)] + [{}] * 6
    answer = answer_hot_buttons(plant(rows), config, window=WEEK)
    share = only(answer).share
    assert (answer.n, share.part, share.whole) == (7, 1, 7)


def test_a_group_of_copies_has_a_topic_if_one_of_them_has(config, plant):
    text = " ".join(f"word{n}" for n in range(40))
    rows = [{"text": text, "bands": (1,), "complaint": True, "topics": ["delivery"] if n else []} for n in range(3)]
    answer = answer_hot_buttons(plant([*rows, {"complaint": True}]), config, window=WEEK)
    assert (answer.complaints, only(answer).complaints, answer.other) == (2, 1, 1)


def test_anonymous_complaints_are_shown_but_are_no_people(config, plant):
    button = only(answer_hot_buttons(plant([{"author_id": None, "topics": ["app"]}] * 6), config, window=WEEK))
    assert (button.complaints, button.people, button.anonymous, button.verdict, len(button.quotes)) == (6, 0, 6, "unclear", 1)


def test_undated_complaints_stand_beside_and_are_in_all_time(config, plant):
    undated = {"published": None, "published_precision": "unknown", "topics": ["app"]}
    db = plant([{"topics": ["app"]}, undated, undated])
    week = answer_hot_buttons(db, config, window=WEEK)
    assert (only(week).complaints, only(week).undated, week.undated) == (1, 2, 2)
    assert week.notes[0] == "2 undated mentions of Tamarind are in no window and stand beside these figures."
    ever = answer_hot_buttons(db, config, window=all_time(now=NOW, zone=LONDON))
    assert (only(ever).complaints, ever.n, only(ever).days) == (3, 3, 1)


def test_hours_are_local_and_of_times_known_to_the_second_only(config, plant):
    rows = [
        {"topics": ["app"], "published": "2026-09-29T22:30:00Z"},  # Tuesday 23:30 in London
        {"topics": ["app"], "published": "2026-09-29T23:30:00Z"},  # Wednesday 00:30 in London
        {"topics": ["app"], "published": "2026-10-01T00:00:00Z", "published_precision": "day"},  # Thursday, no hour
    ]
    button = only(answer_hot_buttons(plant(rows), config, window=WEEK))
    assert {hour: count for hour, count in enumerate(button.hours) if count} == {0: 1, 23: 1}
    assert (button.timed, button.weekdays, button.days) == (2, (0, 1, 1, 1, 0, 0, 0), 3)


def test_an_outbreak_rises_and_a_mended_topic_is_quiet(config, plant):
    rows = [{"topics": ["app"], "published": f"2026-10-0{1 + n % 4}T10:00:00Z"} for n in range(14)]
    rows += [{"topics": ["refund"], "published": f"2026-09-2{1 + n % 6}T10:00:00Z"} for n in range(9)]
    rows += [{"topics": ["app"], "published": "2026-09-23T10:00:00Z"}]
    answer = answer_hot_buttons(plant(rows, [watched()]), config, window=WEEK)
    change = only(answer).change
    assert (change.now, change.before, change.percent, change.direction, change.note) == (14, 1, 1300, "rising", "")
    assert (change.now_per_day, change.before_per_day) == (2.0, 1 / 7)
    assert answer.quiet == (Quiet(topic="refund", name="Refund and return", before=9, direction="falling"),)


def test_one_person_posting_often_makes_nothing_rise(config, plant):
    rows = [{"author_id": "cross", "topics": ["app"]} for _ in range(30)]
    change = only(answer_hot_buttons(plant(rows, [watched()]), config, window=WEEK)).change
    assert (change.now, change.before, change.direction) == (30, 0, "steady")


def test_more_people_in_fewer_posts_rise_and_the_people_are_named(config, plant):
    rows = [{"topics": ["app"]} for _ in range(20)]
    rows += [{"author_id": "cross", "topics": ["app"], "published": "2026-09-23T10:00:00Z"} for _ in range(30)]
    change = only(answer_hot_buttons(plant(rows, [watched()]), config, window=WEEK)).change
    assert (change.now, change.before, change.percent, change.direction) == (20, 30, -33, "rising")
    assert change.note == "Tested by people, who rose from 1 to 20."


def test_a_window_before_that_was_not_watched_gives_no_change(config, plant):
    db = plant([{"topics": ["app"]}], [watched(since="2026-09-27T23:00:00Z")])
    change = only(answer_hot_buttons(db, config, window=WEEK)).change
    assert (change.before, change.ratio, change.direction) == (None, None, "unknown")
    assert change.note == "No comparison: no site was watched throughout this window and the one before."


def test_a_gap_of_a_search_takes_out_what_it_would_have_found(config, plant):
    rows = [{"topics": ["app"], "source": "reddit", "site": "r/leeds"}] * 9 + [{"topics": ["app"]}] * 2
    rows += [{"topics": ["app"], "published": f"2026-09-{day}T10:00:00Z"} for day in (23, 24)]
    searched = Watch(source="reddit", site="r/all", since="2026-09-27T23:00:00Z", until=NOW, complete=True)
    change = only(answer_hot_buttons(plant(rows, [watched(), searched]), config, window=WEEK)).change
    assert (change.now, change.before) == (2, 2)
    assert change.note == "Compared without reddit (r/all): not watched throughout both windows."


def test_hours_since_the_last_crawl_leave_a_gap_but_take_no_comparison_away(config, plant):
    rows = [{"topics": ["app"], "published": f"2026-09-{day}T10:00:00Z"} for day in (10, 15, 23, 24, 29)]
    db = plant(rows, [watched(), watched("other", until="2026-10-05T08:00:00Z")])
    evening = window("2026-09-22", "2026-10-05", now="2026-10-05T22:00:00Z", zone=LONDON)
    answer = answer_hot_buttons(db, config, window=evening)
    change = only(answer).change
    assert (change.now, change.before, change.note) == (3, 2, "")
    assert change.now_per_day == pytest.approx(3 / (13 + 9 / 24))
    assert answer.coverage.sentences == ("reviews was not watched 5 Oct 2026.",)


def test_days_since_the_last_crawl_of_all_take_the_comparison_away(config, plant):
    db = plant([{"topics": ["app"]}], [watched(until="2026-10-02T08:00:00Z")])
    assert only(answer_hot_buttons(db, config, window=WEEK)).change.before is None


def test_a_new_source_widens_coverage_and_is_no_outbreak(config, plant):
    rows = [{"topics": ["app"], "site": "new"} for _ in range(20)]
    rows += [{"topics": ["app"], "published": f"2026-09-{day}T10:00:00Z"} for day in (23, 24, 29, 30)]
    db = plant(rows, [watched(), watched("new", since="2026-09-27T23:00:00Z")])
    button = only(answer_hot_buttons(db, config, window=WEEK))
    assert (button.complaints, button.change.now, button.change.before, button.change.direction) == (22, 2, 2, "steady")
    assert button.change.note == "Compared without reviews (new): not watched throughout both windows."


def test_a_week_is_counted_whole_where_the_window_ends_within_it_and_not_before_it_is_over(config, plant):
    rows = [{"topics": ["app"], "published": f"2026-09-{day}T10:00:00Z"} for day in (14, 18)]
    rows += [{"topics": ["app"], "published": "2026-10-05T07:00:00Z"}]
    db = plant(rows, [watched()])
    midweek = only(answer_hot_buttons(db, config, window=window("2026-09-01", "2026-09-16", now=NOW, zone=LONDON)))
    assert (midweek.complaints, midweek.weeks[-1].label, midweek.weeks[-1].count) == (1, "14–20 Sep 2026", 2)
    today = only(answer_hot_buttons(db, config, window=window("2026-09-14", None, now=NOW, zone=LONDON)))
    assert (today.complaints, today.weeks[-1].label, today.weeks[-1].count) == (3, "28 Sep – 4 Oct 2026", 0)


def test_one_undated_mention_is_spoken_of_in_the_singular(config, plant):
    db = plant([{"published": None, "published_precision": "unknown"}])
    notes = answer_hot_buttons(db, config, window=WEEK).notes
    assert notes[0] == "1 undated mention of Tamarind is in no window and stands beside these figures."
    ever = answer_hot_buttons(db, config, window=all_time(now=NOW, zone=LONDON)).notes
    assert ever[0] == "1 undated mention of Tamarind is counted here."


def test_weeks_that_were_not_watched_are_none_and_not_zero(config, plant):
    watches = [watched(until="2026-08-23T23:00:00Z"), watched(since="2026-08-30T23:00:00Z")]
    button = only(answer_hot_buttons(plant([{"topics": ["app"]}], watches), config, window=WEEK))
    assert [(week.count, week.watched) for week in button.weeks] == [(0, 1), (0, 1), (None, 0), *[(0, 1)] * 4, (1, 1)]


def test_quotes_are_the_sentence_about_the_topic_and_the_loudest_stands_beside(config, plant):
    text = "Lovely bread as ever. The app froze at the till again. Bye."
    rows = [
        {"text": text, "topics": ["app"], "span": 2, "spans": ((0, 21), (22, 54), (55, 59)), "url": "https://a.example/1"},
        {"text": "App down " + "and out " * 60, "topics": ["app"], "engagement": 48213, "author_id": None},
    ]
    button = only(answer_hot_buttons(plant(rows), config, window=WEEK))
    assert button.quotes[0].text == "The app froze at the till again."
    assert (button.quotes[0].url, button.quotes[0].day, button.quotes[0].topic) == ("https://a.example/1", "30 Sep 2026", "app")
    assert button.loudest.engagement == 48213
    assert len(button.loudest.text) <= 240
    assert button.loudest.text.endswith(" and…")


def test_company_posts_and_other_brands_are_not_counted(config, plant):
    rows = [{"topics": ["app"]}, {"voice": "company", "topics": ["app"]}, {"brands": ("nimblecart",), "topics": ["app"]}]
    db = plant(rows)
    assert answer_hot_buttons(db, config, window=WEEK).n == 1
    assert answer_hot_buttons(db, config, window=WEEK, voices=("customer", "company")).n == 2
    assert answer_hot_buttons(db, config, window=WEEK, brand="nimblecart").brand_name == "Nimblecart"


def test_filters_narrow_by_source_and_language(config, plant):
    rows = [{"topics": ["app"], "source": "reddit", "language": "hi-Latn"}, {"topics": ["app"], "language": "hi"}, {}]
    db = plant(rows)
    assert answer_hot_buttons(db, config, window=WEEK, source="reddit").n == 1
    assert answer_hot_buttons(db, config, window=WEEK, language="hi").n == 2


def test_an_empty_store_answers_with_nothing(config, plant):
    answer = answer_hot_buttons(plant([]), config, window=WEEK)
    assert (answer.n, answer.buttons, answer.quiet, answer.notes) == (0, (), (), (UNCORRECTED, SILENT))


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "author_id": st.sampled_from([None, "ada", "bo", "cy", "di"]),
            "topics": st.sampled_from([[], ["app"], ["refund"], ["app", "refund"]]),
            "published": st.sampled_from(
                ["2026-09-27T22:59:59Z", "2026-09-27T23:00:00Z", "2026-10-01T09:00:00Z", "2026-10-04T23:00:00Z"]
            ),
            "site": st.sampled_from(["a", "b"]),
        }
    ),
    max_size=12,
)


@given(ROWS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_agree_with_a_naive_recount(config, plant, rows):
    for file in config.database.parent.glob("repute*"):
        file.unlink()
    answer = answer_hot_buttons(plant(rows), config, window=WEEK)
    inner = [row for row in rows if "2026-09-27T23:00:00Z" <= row["published"] < "2026-10-04T23:00:00Z"]
    expected = defaultdict(lambda: [0, set(), 0, set()])
    for row in inner:
        for topic in row["topics"]:
            found = expected[topic]
            found[0] += 1
            found[1 if row["author_id"] else 3].add(row["author_id"] or "")
            found[2] += row["author_id"] is None
    assert answer.n == len(inner)
    assert answer.complaints == sum(bool(row["topics"]) for row in inner)
    assert {b.topic: (b.complaints, b.people, b.anonymous) for b in answer.buttons} == {
        topic: (found[0], len(found[1]), found[2]) for topic, found in expected.items()
    }


def test_days_are_local_to_the_configured_zone(config, plant):
    day = window("2026-09-30", "2026-09-30", now=NOW, zone=LONDON)
    rows = [{"topics": ["app"], "published": moment} for moment in ("2026-09-29T23:00:00Z", "2026-09-30T23:00:00Z")]
    assert answer_hot_buttons(plant(rows), config, window=day).n == 1


def absent(day, **more):
    """A mention of a topic long before the week, and five complaints of it within, none in the week before."""
    rows = [{"topics": ["app"], "published": f"2026-09-{day}T10:00:00Z"} for day in (28, 29, 30)]
    return [*rows, {"published": "2026-09-23T10:00:00Z"}, {"published": day, **more}]


def test_new_is_what_nobody_complained_of_before_and_not_what_was_absent_for_a_week(config, plant):
    met = plant(absent("2026-08-12T10:00:00Z", topics=["app"]))
    button = only(answer_hot_buttons(met, config, window=WEEK))
    assert (button.change.now, button.change.before, button.change.direction) == (3, 0, "steady")
    assert not button.never_before


def test_a_topic_is_new_where_others_were_complained_of_before(config, plant):
    db = plant(absent("2026-08-12T10:00:00Z", topics=["refund"]))
    assert only(answer_hot_buttons(db, config, window=WEEK)).never_before


def test_of_a_brand_that_was_never_spoken_of_before_and_of_a_topic_met_without_a_time_nothing_is_new(config, plant):
    undated = plant(absent(None, published_precision="unknown", topics=["app"]))
    assert not only(answer_hot_buttons(undated, config, window=WEEK)).never_before


def test_in_the_first_week_of_a_store_nothing_is_new(config, plant):
    button = only(answer_hot_buttons(plant([{"topics": ["app"]}] * 5), config, window=WEEK))
    assert (button.change.before, button.never_before) == (0, False)


def test_what_is_new_in_one_source_is_said_of_that_source(config, plant):
    db = plant([*absent("2026-08-12T10:00:00Z", topics=["app"], source="reddit"), {"published": "2026-08-01T10:00:00Z"}])
    assert not only(answer_hot_buttons(db, config, window=WEEK)).never_before
    assert only(answer_hot_buttons(db, config, window=WEEK, source="reviews")).never_before
