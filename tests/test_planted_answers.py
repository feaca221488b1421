"""What is planted in the demo's web, as the answers of hours, words, parts, coverage, rivals, service and trend tell it.

Every figure is held against one that is counted anew from the writers' gold tags, with the plainest means.
"""

from __future__ import annotations

import dataclasses
import re
import statistics
from collections import Counter
from datetime import datetime, timedelta

import numpy as np
import pytest
from crawled_demo import NOW, seen

from config import Goal
from demo import truth
from demo.content import load_pieces
from trends.hot_buttons import answer_hot_buttons
from trends.rivals import answer_rivals
from trends.service import answer_service
from trends.timeline import answer_trend
from trends.watching import answer_watching
from trends.windows import window

ANSWERED_ON_REDDIT = "where_is_my_83_quid"


@pytest.fixture(scope="module")
def config(demo_config):
    return demo_config


@pytest.fixture(scope="module")
def db(demo_db):
    return demo_db


@pytest.fixture(scope="module")
def twelve_weeks(config):
    return window("2026-07-13", "2026-10-04", now=NOW, zone=config.time_zone)


@pytest.fixture(scope="module")
def buttons(db, config, twelve_weeks):
    return {button.topic: button for button in answer_hot_buttons(db, config, window=twelve_weeks).buttons}


@pytest.fixture(scope="module")
def rivals(db, config, twelve_weeks):
    return answer_rivals(db, config, window=twelve_weeks)


@pytest.fixture(scope="module")
def service(db, config, twelve_weeks):
    goal = Goal(figure="first_reply", way="at_least", target=0.8, unit="percent", brand="tamarind", topic="", within_hours=24.0)
    return answer_service(db, dataclasses.replace(config, goals=(goal,)), window=twelve_weeks)


def complaints(topic=None):
    return [record for record in seen() if record.complaint and (topic is None or topic in record.topics)]


def by_hour(records, zone):
    """How many people speak in each local hour, of those whose time is known to the second."""
    timed = [record for record in records if record.published_precision == "second"]
    spoken = {(record.author, datetime.fromisoformat(record.published).astimezone(zone).hour) for record in timed}
    return Counter(hour for _, hour in spoken)


def test_refunds_are_asked_for_in_the_evening_and_no_other_topic_has_hours_of_its_own(buttons, config):
    busy = {topic: {hour.slot: hour.people for hour in button.busy_hours} for topic, button in buttons.items()}
    planted = busy.pop(truth.BUSY_TOPIC)
    assert planted
    assert set(planted) <= set(truth.BUSY_HOURS)
    hours = by_hour(complaints(truth.BUSY_TOPIC), config.time_zone)
    assert planted == {hour: hours[hour] for hour in planted}
    assert not any(busy.values())


def test_what_is_expected_of_an_hour_is_its_share_of_all_mentions(buttons, config):
    refunds, everybody = (by_hour(records, config.time_zone) for records in (complaints(truth.BUSY_TOPIC), seen()))
    for hour in buttons[truth.BUSY_TOPIC].busy_hours:
        assert hour.expected == pytest.approx(refunds.total() * everybody[hour.slot] / everybody.total())


def people_who_say(word, records):
    return {record.author for record in records if re.search(rf"\b{word}\b", f"{record.title} {record.text}", re.IGNORECASE)}


@pytest.mark.parametrize(
    ("topic", "word"), [("refund", "refund"), ("app", "app"), ("app", "crashes"), ("support_wait", "chat")]
)
def test_a_topic_is_set_apart_by_its_words(buttons, topic, word):
    found = {telling.word: telling for telling in buttons[topic].words}
    there = people_who_say(word, complaints(topic))
    elsewhere = people_who_say(word, [record for record in complaints() if topic not in record.topics])
    assert (found[word].people, found[word].others) == (len(there), len(elsewhere - there))


def test_one_persons_twelve_posts_have_no_words_of_their_own(buttons):
    angry = buttons[truth.ANGRY_TOPIC]
    assert (angry.complaints, angry.people, angry.words) == (truth.ANGRY_POSTS, 1, ())


@pytest.mark.parametrize("topic", ["refund", "app", "delivery", truth.ANGRY_TOPIC])
def test_the_parts_of_a_topic_are_those_of_its_sources(buttons, topic):
    found = {part.name: (part.complaints, part.people, part.share.part, part.share.whole) for part in buttons[topic].by_source}
    told = complaints(topic)
    counts, everything = (Counter(record.source for record in records) for records in (told, seen()))
    people = Counter(source for source, _ in {(record.source, record.author) for record in told})
    assert found == {source: (n, people[source], n, everything[source]) for source, n in counts.items()}


def test_the_crashing_app_is_named_as_the_product(buttons):
    # Only the pages of reviews say what an item is about.
    pieces = [piece for piece in load_pieces() if piece.source == "reviews" and "tamarind" in piece.brands]
    named = Counter(piece.subject for piece in pieces if "app" in piece.topics and piece.subject)
    assert {part.name: part.complaints for part in buttons["app"].by_subject} == named


def test_the_week_in_which_a_source_was_down_is_its_only_gap_of_that_time(db, config, twelve_weeks):
    answer = answer_watching(db, config, window=twelve_weeks)
    (down,) = [site for site in answer.sites if site.source == truth.SILENT_SOURCE]
    (gap,) = down.gaps
    began, ended = (abs(seconds_between(*pair)) for pair in ((gap.since, truth.SILENT_FROM), (gap.until, truth.SILENT_UNTIL)))
    assert max(began, ended) <= 3600
    first = (datetime.fromisoformat(truth.SILENT_FROM).date() - truth.WEEK_ONE).days
    # Its first and its last day were watched in part.
    assert [round(part or 0, 3) for part in down.timeline[first + 1 : first + 7]] == [0.0] * 6
    assert (down.timeline[first - 1], down.timeline[first + 8]) == (1.0, 1.0)
    length = seconds_between(gap.since, gap.until) / 86400
    heard = sum(record.source == truth.SILENT_SOURCE for record in seen())
    # The first crawl reached twelve weeks back to the hour, not to midnight: too little to be told as a gap.
    assert down.days - length - 0.5 < down.watched_days < down.days - length
    assert down.mentions == heard
    assert down.per_watched_day == pytest.approx(heard / down.watched_days)
    others = [gap for site in answer.sites if site is not down for gap in site.gaps]
    assert not [gap for gap in others if gap.since < truth.SILENT_UNTIL and gap.until > truth.SILENT_FROM]


def seconds_between(since, until):
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()


def test_the_competitors_scandal_is_what_it_does_worse(db, config, twelve_weeks, rivals):
    theirs = answer_rivals(db, config, window=twelve_weeks, brand=truth.SCANDAL_BRAND, rivals=["tamarind"]).rivals[0]
    assert truth.SCANDAL_TOPIC in told(theirs, "worse")
    ours = next(rival for rival in rivals.rivals if rival.brand == truth.SCANDAL_BRAND)
    assert told(ours, "better") == {truth.SCANDAL_TOPIC}
    other = next(rival for rival in rivals.rivals if rival.brand == "basketree")
    assert truth.SCANDAL_TOPIC not in told(other, "better", "worse")


def told(rival, *outcomes):
    return {one.subject for one in rival.topics if one.outcome in outcomes}


def test_the_difference_of_the_scandal_is_that_of_the_counts(rivals):
    ours = next(rival for rival in rivals.rivals if rival.brand == truth.SCANDAL_BRAND)
    privacy = next(one.difference for one in ours.topics if one.subject == truth.SCANDAL_TOPIC)
    shares = []
    for brand in ("tamarind", truth.SCANDAL_BRAND):
        there = on_sites(seen(brand), ours.sites)
        shares.append((sum(truth.SCANDAL_TOPIC in record.topics for record in there), len(there)))
    assert (privacy.first_n, privacy.second_n) == (shares[0][1], shares[1][1])
    assert privacy.value == pytest.approx(shares[0][0] / shares[0][1] - shares[1][0] / shares[1][1])
    assert privacy.low < privacy.value < privacy.high < 0


def on_sites(records, sites):
    return [record for record in records if f"{record.source}/{record.site}" in sites]


def test_share_of_voice_is_that_of_the_sites_in_common(rivals):
    counts = {one.brand: len(on_sites(seen(one.brand), rivals.sites)) for one in rivals.figures}
    whole = sum(counts.values())
    assert {one.brand: (one.voice.part, one.voice.whole) for one in rivals.figures} == {
        brand: (n, whole) for brand, n in counts.items()
    }
    for one in rivals.figures:
        weeks = Counter(record.week for record in on_sites(seen(one.brand), rivals.sites))
        assert [week.mentions for week in one.weeks] == [weeks[number] for number in range(5, 13)]


def test_texts_that_name_two_brands_are_told_beside_both(rivals):
    for rival in rivals.rivals:
        both = [record for record in on_sites(seen(), rival.sites) if rival.brand in record.brands]
        assert rival.head_to_head.mentions == len(both) > 0


def test_replies_are_timed_and_what_is_unanswered_stands_beside(service):
    minutes = sorted([*truth.REPLY_MINUTES, reddit_minutes()])
    replies = service.figures.replies
    assert (replies.complaints, replies.answered, replies.timed) == (len(complaints()), len(minutes), len(minutes))
    assert replies.unanswered == replies.unanswered_share.part == len(complaints()) - len(minutes)
    assert replies.median_minutes == pytest.approx(statistics.median(minutes), abs=1)
    assert replies.p90_minutes == pytest.approx(np.percentile(minutes, 90), abs=1)
    reviews = next(source.replies for source in service.sources if source.id == "reviews")
    assert (reviews.answered, reviews.median_minutes) == (len(truth.REPLY_MINUTES), 330)


def reddit_minutes():
    """How long the one thread on Reddit waited that the company answered."""
    pieces = {piece.id: piece for piece in load_pieces()}
    answers = [piece for piece in pieces.values() if piece.voice == "company" and piece.source == "reddit" and piece.thread]
    (minutes,) = [
        (answer.published - asked.published).total_seconds() / 60
        for answer in answers
        if (asked := pieces[answer.thread]).author == ANSWERED_ON_REDDIT
    ]
    return minutes


def test_an_unanswered_complaint_is_late_once_its_time_is_over_and_before_that_pending(service):
    replies = service.figures.replies
    in_time = sum(minutes <= 24 * 60 for minutes in (*truth.REPLY_MINUTES, reddit_minutes()))
    day_ago = (datetime.fromisoformat(NOW) - timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M:%SZ")
    # One of which only the day is known may have been written in its last second.
    latest = {"second": slice(None), "day": slice(10)}
    young = [
        record
        for record in complaints()
        if record.published[latest[record.published_precision]] >= day_ago[latest[record.published_precision]]
    ]
    assert (replies.in_time.part, replies.pending) == (in_time, len(young))
    assert replies.in_time.whole == len(complaints()) - len(young)


def test_who_goes_to_a_bank_a_court_or_a_regulator_escalates(db, config, service):
    rows = db.execute(
        """
        select mentions.text
        from tags
        join taggers on taggers.id = tags.tagger
        join mentions on mentions.id = tags.mention
        where taggers.task = 'sign' and tags.label = 'escalation'
        """
    )
    found = {text for (text,) in rows}
    goes = [record for record in complaints() if record.text in found]
    assert {record.author for record in goes} >= truth.ESCALATING
    # Beside them some tell of a manager who was rude, which the phrases cannot tell from one who was asked for.
    assert len(goes) <= 1.5 * len(truth.ESCALATING)
    assert (service.figures.escalated.part, service.figures.escalated.whole) == (len(goes), len(complaints()))


def test_net_sentiment_of_each_week_is_that_of_the_gold_tags(db, config, twelve_weeks):
    answer = answer_trend(db, config, window=twelve_weeks, figure="net-sentiment")
    weeks = [Counter(record.sentiment for record in seen() if record.week == number) for number in range(1, 13)]
    assert [(point.first_day, point.level.n) for point in answer.periods] == [
        ((truth.WEEK_ONE + timedelta(weeks=number)).isoformat(), week.total()) for number, week in enumerate(weeks)
    ]
    expected = [(week["positive"] - week["negative"]) / week.total() for week in weeks]
    assert [point.level.value for point in answer.periods] == pytest.approx(expected)
    # The week of the outbreak of refunds and of the crashing app is the worst, beyond chance.
    *earlier, worst = answer.periods
    assert worst.level.high < min(point.level.value for point in earlier)
