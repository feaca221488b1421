"""What the texts hold: each planted truth is counted anew from the lines."""

import re
import statistics
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from demo import truth
from demo.content import load_pieces
from demo.gold import gold_records

LONDON = ZoneInfo("Europe/London")
CLIMATE = re.compile(
    r"\b(climate|carbon|emissions?|sustainab\w*|eco[- ]?friendly|iklim|karbon|çevreci)\b|जलवायु|पर्यावरण|کاربن|ماحولیات"
    r"|\b(clima|clim[áa]tic\w*|carbono|emisiones|sostenib\w*|medio\s?ambient\w*|ecol[oó]gic\w*|recicl\w*)\b"
    r"|\b(\w*klima\w*|umwelt\w*|kohlendioxid|co2\w*|emission\w*|nachhaltig\w*|(ö|oe?)kolog\w*)\b"
    r"|\b(\w*kliima\w*|\w*keskkon\w*|s[üu]sini\w*|heitme\w*|heitkog\w*|j[äa]tkusuut\w*|[öo]koloogi\w*|taaskasut\w*)\b",
    re.IGNORECASE,
)


def weekly(lines, choose):
    counts = Counter(line["w"] for line in lines if choose(line))
    return tuple(counts[week] for week in range(1, 13))


def about_tamarind(line):
    return "tamarind" in line["brand"] and "voice" not in line


def test_there_are_more_than_750_texts_in_seven_languages(lines):
    assert len(lines) == truth.TEXTS >= 750
    counts = {"en": 379, "tr": 88, "hi": 74, "ur": 59, "hi-Latn": 12, "ur-Latn": 12, "es": 51, "de": 51, "et": 51}
    assert Counter(line["lang"] for line in lines) == counts


def test_texts_are_distinct_within_each_site():
    records = gold_records()
    assert len({(record.site, record.text) for record in records}) == len(records) == 777 + 24


def test_ids_are_distinct_within_each_site():
    ids = Counter((record.source, record.site, record.external_id) for record in gold_records() if record.external_id)
    assert max(ids.values()) == 1


@pytest.mark.parametrize("topic", truth.WEEKLY_COMPLAINTS)
def test_complaints_of_a_topic_fall_in_the_planted_weeks(lines, topic):
    told = weekly(lines, lambda line: about_tamarind(line) and line["c"] and topic in line["t"])
    assert told == truth.WEEKLY_COMPLAINTS[topic]


def test_refund_complaints_break_out_in_week_nine():
    told = [r for r in gold_records() if "tamarind" in r.brands and truth.OUTBREAK_TOPIC in r.topics and r.voice == "customer"]
    before = [r for r in told if r.published < truth.OUTBREAK_BEGINS]
    assert (len(before), len(told) - len(before)) == (16, 66)


def test_refund_complaints_skew_to_the_evening():
    hours = [
        datetime.fromisoformat(r.published).astimezone(LONDON).hour
        for r in gold_records()
        if truth.OUTBREAK_TOPIC in r.topics and r.published_precision == "second"
    ]
    assert sum(18 <= hour < 22 for hour in hours) / len(hours) > 0.6


def test_double_charges_end_a_day_after_the_fix():
    last = max(r.published for r in gold_records() if truth.FIXED_TOPIC in r.topics and "tamarind" in r.brands)
    said = [r.published for r in gold_records() if r.title == "The double-charge fault is fixed"]
    assert said == [truth.FIXED_AT]
    assert datetime.fromisoformat(last) - datetime.fromisoformat(truth.FIXED_AT) < timedelta(days=2)


def test_one_angry_person_posts_twelve_times(lines):
    theirs = [line for line in lines if line["by"] == truth.ANGRY_AUTHOR]
    assert len(theirs) == truth.ANGRY_POSTS
    assert {(line["src"], *line["t"]) for line in theirs} == {("reddit", truth.ANGRY_TOPIC)}
    assert not [
        line for line in lines if about_tamarind(line) and line not in theirs and truth.ANGRY_TOPIC in line.get("t", ())
    ]


def test_forty_people_say_nearly_the_same_in_few_words(lines):
    alike = [
        line
        for line in lines
        if about_tamarind(line) and line["w"] == truth.FORTY_WEEK and truth.FORTY_TOPIC in line.get("t", ())
    ]
    assert len(alike) == len({(line["src"], line["by"]) for line in alike}) == truth.FORTY
    assert {len(line["text"].split()) for line in alike} <= set(range(4, 10))


def test_five_sites_print_one_press_release(lines):
    printed = [line for line in lines if line["by"] in truth.PRESS_SITES]
    assert [(line["w"], line["voice"], line["src"]) for line in printed] == [(11, "press", "feeds")] * 5
    words = [set(line["text"].lower().split()) for line in printed]
    assert all(len(words[0] & other) / len(words[0] | other) > 0.8 for other in words[1:])


def test_fast_is_contested_and_green_is_absent(lines):
    said = Counter(pair for line in lines if about_tamarind(line) for pair in line.get("a", {}).items())
    assert said[truth.CONTESTED_ATTRIBUTE, "contests"] == truth.CONTESTED
    assert said[truth.CONTESTED_ATTRIBUTE, "confirms"] == truth.CONFIRMED_FAST
    assert {attribute for attribute, _ in said} == {"fast", "fresh", "friendly", "fair"}
    assert not [line["text"] for line in lines if CLIMATE.search(line["text"] + line.get("title", ""))]


def test_the_competitor_has_its_scandal_in_two_weeks(lines):
    told = Counter(
        line["w"] for line in lines if truth.SCANDAL_BRAND in line["brand"] and truth.SCANDAL_TOPIC in line.get("t", ())
    )
    assert told == truth.SCANDAL


def test_company_replies_have_the_planted_delays(lines):
    assert tuple(line["reply"]["after_minutes"] for line in lines if "reply" in line) == truth.REPLY_MINUTES
    pieces = {piece.id: piece for piece in load_pieces()}
    replies = [piece for piece in pieces.values() if piece.id.startswith("reply:")]
    delays = [(piece.published - pieces[piece.thread].published).total_seconds() / 60 for piece in replies]
    assert sorted(delays) == sorted(truth.REPLY_MINUTES)
    assert statistics.median(delays) == 330
    assert not [piece for piece in replies if piece.day_only or pieces[piece.thread].day_only]


def test_one_post_reaches_far_beyond_the_others():
    by_reach = sorted(load_pieces(), key=lambda piece: piece.score)
    assert (by_reach[-1].author, by_reach[-1].score, by_reach[-1].topics) == (
        truth.REACH_AUTHOR,
        truth.REACH_SCORE,
        (truth.REACH_TOPIC,),
    )
    assert by_reach[-2].score < 500


def test_the_fruit_belongs_to_no_brand(lines):
    fruit = [line for line in lines if not line["brand"]]
    assert len(fruit) == truth.HOMONYMS
    assert all("tamarind" in (line["text"] + line.get("title", "")).lower() and not line["c"] for line in fruit)


def test_only_two_unseen_texts_lie_where_the_source_was_down():
    silent = [
        r for r in gold_records() if r.source == truth.SILENT_SOURCE and truth.SILENT_FROM <= r.published < truth.SILENT_UNTIL
    ]
    assert len(silent) == truth.UNSEEN
    assert [r.unseen for r in silent] == [True, True]
    assert sum(r.unseen for r in gold_records()) == truth.UNSEEN


def test_everything_lies_within_twelve_weeks_before_now():
    moments = [r.published for r in gold_records()]
    assert min(moments) >= "2026-07-13T08:00:00Z"
    assert max(moments) < truth.AS_OF


def test_every_text_lies_in_its_own_week():
    start = datetime(2026, 7, 13, tzinfo=LONDON)
    texts = [piece for piece in load_pieces() if not piece.made and not piece.id.startswith("reply:")]
    assert not [p for p in texts if (p.published.astimezone(LONDON).date() - start.date()).days // 7 + 1 != p.week]


def test_no_answer_comes_before_its_post():
    pieces = {piece.id: piece for piece in load_pieces()}
    assert not [p.text for p in pieces.values() if p.thread and p.published <= pieces[p.thread].published]


def test_made_threads_name_no_brand():
    names = re.compile("tamarind|nimblecart|basketree", re.IGNORECASE)
    assert not [p.title for p in load_pieces() if p.made and (p.brands or names.search(f"{p.title} {p.text} {p.author}"))]
