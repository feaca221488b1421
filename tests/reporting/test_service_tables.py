"""`repute service` in the terminal, as JSON and as CSV, over a small store with conversations."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import json
import re
from pathlib import Path

import pytest
from planted_store import NOW, TASKS, planted_config
from rich.cells import cell_len
from rich.console import Console

from config import Goal
from reporting.plain import as_plain
from reporting.service_tables import goal_sparks, points, service_table
from reporting.sheets import as_csv
from store.database import open_database, read_database
from store.metrics import save_metrics
from store.records import MatchedMention, Mention, Metric, Tag, TaggedMention, Tagger, Watch
from store.saving import Author, save_mentions
from store.tags import find_due, save_tagged, set_current_taggers
from trends.goals import WeekFigure
from trends.service import answer_service
from trends.windows import all_time, last

DOCS = Path(__file__).parents[2] / "docs" / "json.md"
SIGNS = {
    sign: Tagger(task="sign", subject=sign, model="gold") for sign in ("leaving", "recommending", "escalation", "resolved")
}
GOALS = (
    Goal(figure="first_reply", way="at_least", target=0.9, unit="percent", brand="tamarind", within_hours=24),
    Goal(figure="complaints_a_week", way="at_most", target=3, unit="a_week", brand="tamarind"),
    Goal(figure="complaints_a_week", way="at_most", target=2, unit="a_week", brand="tamarind", topic="refund"),
    Goal(figure="nps", way="at_least", target=0.3, unit="points", brand="tamarind"),
)
LONG = "A topic whose name somebody wrote without any thought of the width of a terminal, as people do"


def mention(key, who, when, text, **more):
    values = {"source": "reviews", "site": "trustyard", "language": "en", "published_precision": "second"} | more
    return MatchedMention(
        mention=Mention(external_id=key, author_id=who, published=f"2026-{when}:00Z", text=text, **values),
        brands=(("tamarind", "tamarind"),),
    )


def conversations():
    """(mention, labels) of eight complaints of refunds with answers, one solved, one who came back, some who leave."""
    rows = []
    for n in range(8):
        when = f"{'09-08' if n < 4 else '09-30'}T1{n}:00"
        rows.append(
            (mention(f"c{n}", f"p{n}", when, f"No refund, number {n}."), ("refund", *(("escalation",) if n < 2 else ())))
        )
    for n in range(6):
        when = f"{'09-09' if n < 4 else '10-01'}T1{n}:30"
        said = mention(
            f"r{n}", "tamarind", when, f"Sorry, {n}.", voice="company", kind="comment", parent=f"c{n}", thread=f"c{n}"
        )
        rows.append((said, ()))
    thanks = mention("f0", "p0", "09-11T10:00", "Solved, thank you.", kind="comment", parent="r0", thread="c0")
    again = mention("f1", "p1", "09-12T10:00", "Still nothing.", kind="comment", parent="r1", thread="c1")
    rows += [(thanks, ("resolved",)), (again, ())]
    rows += [(mention(f"l{n}", f"q{n}", "10-02T10:00", f"I \x1b[2Jcancelled, {n}."), ("leaving",)) for n in range(6)]
    survey = {"source": "import", "site": "survey", "kind": "survey", "rating_worst": 0.0, "rating_best": 10.0}
    answers = enumerate([10, 9, 9, 8, 2, 10])
    rows += [
        (mention(f"n{n}", f"s{n}", "10-02T10:00", None, rating=float(v), rating_measure="nps", **survey), ())
        for n, v in answers
    ]
    return rows


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    made = planted_config(tmp_path_factory.mktemp("service"))
    topics = tuple(dataclasses.replace(topic, name=LONG) if topic.id == "refund" else topic for topic in made.topics)
    made = dataclasses.replace(made, goals=GOALS, topics=topics)
    rows = conversations()
    taggers = [TASKS["complaint"], TASKS["refund"], *SIGNS.values()]
    with contextlib.closing(open_database(made.database)) as db:
        watches = [Watch(source="reviews", site="trustyard", since="2026-07-01T00:00:00Z", until=NOW, complete=True)]
        save_mentions(db, [one for one, _ in rows], author=Author(secret=b"s" * 32), now=NOW, watches=watches)
        save_metrics(db, [Metric(name="customers", date="2026-09-01", value=4000.0)])
        ids = set_current_taggers(db, taggers)
        labels = {one.mention.text: said for one, said in rows}
        tagged = [
            TaggedMention(mention=due.id, text_hash=due.text_hash, tags=tags_of(labels.get(due.text, ())))
            for due in find_due(db, 1000)
        ]
        save_tagged(db, tagged, ids, taggers)
    return made


def tags_of(labels):
    tags = [
        Tag(tagger=SIGNS.get(label) or TASKS[label], label=label, score=None if label in SIGNS else 1.0) for label in labels
    ]
    return (*tags, Tag(tagger=TASKS["complaint"], label="complaint", score=1.0)) if "refund" in labels else tuple(tags)


@pytest.fixture(scope="module")
def answer(config):
    with contextlib.closing(read_database(config.database)) as db:
        yield answer_service(db, config, window=last("4w", now=NOW, zone=config.time_zone))


def printed(made, width=100):
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(made)
    return capture.get()


def test_the_table_fits_and_says_what_matters(answer):
    text = printed(service_table(answer))
    assert max(map(cell_len, text.splitlines())) <= 100
    assert "Service of Tamarind" in text
    for words in (
        r"Escalated, of complaints +25% \(",
        r"Without an answer +25% \(",
        r"Answered within 24 h",
        r"Cases +1 confirmed, 2 gone quiet, 5 active",
        r"NPS +\+50 \(",
        r"complaints a week: at most 3 +4 +✗ missed",
        r"Say that they leave: 6 people in 6 mentions",
    ):
        assert re.search(words, text), words
    assert "\x1b[2J" not in text


def test_a_narrow_terminal_folds_and_loses_nothing(answer):
    text = printed(service_table(answer), width=60)
    assert max(map(cell_len, text.splitlines())) <= 60
    assert "reviews" in text


def test_a_window_without_complaints_still_prints(config):
    with contextlib.closing(read_database(config.database)) as db:
        empty = answer_service(db, config, window=last("2d", now=NOW, zone=config.time_zone), brand="nimblecart")
    text = printed(service_table(empty))
    assert "No case of this window is open." in text
    assert "0 mentions, 0 complaints" in text


def test_json_is_documented_record_by_record(answer):
    page = DOCS.read_text("utf-8")

    def fields(name):
        section = page.partition(f"## {name}\n")[2].partition("\n## ")[0]
        return {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}

    plain = json.loads(json.dumps(as_plain(answer), ensure_ascii=False))
    assert set(plain) == fields("Service")
    assert set(plain["figures"]) == fields("ServiceFigures")
    assert set(plain["figures"]["replies"]) == fields("FirstReplies")
    assert set(plain["figures"]["resolution"]) == fields("Resolution")
    assert set(plain["figures"]["per_1000_customers"]) == fields("CustomerRate")
    assert set(plain["leaving"]) == fields("SignFigures")
    assert set(plain["backlog"][0]) == fields("BacklogAge")
    assert set(plain["surveys"]) == fields("Surveys")
    assert set(plain["surveys"]["now"]) == fields("Satisfaction")
    assert set(plain["surveys"]["improvements"][0]) == fields("Improvement")
    assert set(plain["goals"][0]) == fields("GoalAnswer")
    assert set(plain["goals"][0]["goal"]) == fields("Goal")
    assert set(plain["goals"][0]["weeks"][0]) == fields("WeekStatus")
    assert set(plain["goals"][0]["weeks"][0]["week"]) == fields("WeekFigure")


def test_csv_has_a_row_for_the_brand_the_window_before_each_topic_and_each_source(answer):
    whole = list(csv.DictReader(io.StringIO(as_csv(answer))))
    rows = [row for row in whole if row["part"] in ("brand", "before", "topic", "source")]
    parts = [("brand", answer.figures), *([("before", answer.before)] if answer.before else [])]
    parts += [("topic", one) for one in answer.topics] + [("source", one) for one in answer.sources]
    assert [(row["part"], row["id"], row["complaints_mentions"]) for row in rows] == [
        (part, one.id, str(one.complaints.mentions)) for part, one in parts
    ]
    (row,) = [row for row in rows if row["part"] == "topic"]
    assert (row["of_brand"], row["id"], row["name"]) == ("tamarind", "refund", LONG)
    assert (row["complaints_mentions"], row["escalated_part"], row["resolution_confirmed"]) == ("8", "2", "1")


def test_points_have_a_sign_and_no_negative_nought():
    assert [points(value) for value in (0.5, -0.25, 0.0, -0.001)] == ["+50", "−25", "0", "0"]


def test_a_goals_weeks_are_drawn_with_a_dot_for_what_is_not_known():
    weeks = [WeekFigure(first_day="2026-09-28", value=value) for value in (0.0, None, 0.5, 1.0)]
    assert goal_sparks(weeks) == "▁·▅█"


def test_one_mention_is_one_and_no_comparison_is_said_once(config):
    one = last("1d", now="2026-10-01T20:00:00Z", zone=config.time_zone)
    with contextlib.closing(read_database(config.database)) as db:
        single = answer_service(db, config, window=dataclasses.replace(one, now=NOW), language="en")
        always = answer_service(db, config, window=all_time(now=NOW, zone=config.time_zone))
    assert single.n == 0
    text = printed(service_table(dataclasses.replace(single, n=1)))
    assert "1 mention, 0 complaints" in text
    assert "\n\n\n" not in text.replace(" ", "")
    assert printed(service_table(always)).count("All time has no window before it.") == 1


def test_csv_has_signs_surveys_goals_and_open_cases_too(answer):
    rows = list(csv.DictReader(io.StringIO(as_csv(answer))))
    found = {part: [row for row in rows if row["part"] == part] for part in dict.fromkeys(row["part"] for row in rows)}
    assert [(row["sign"], int(row["voices_people"])) for row in found["sign"]] == [
        (sign.sign, sign.voices.people) for sign in (answer.leaving, answer.recommending)
    ]
    assert float(found["survey"][0]["nps_value"]) == round(answer.surveys.now.nps.value, 4)
    assert found["survey before"][0]["first_day"] == answer.before_window.first_day
    assert [(row["goal_figure"], row["goal_topic"], row["status"]) for row in found["goal"]] == [
        (goal.goal.figure, goal.goal.topic, goal.status) for goal in answer.goals
    ]
    assert [(row["label"], int(row["cases"])) for row in found["open cases"]] == [
        (age.label, age.cases) for age in answer.backlog
    ]
