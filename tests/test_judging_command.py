"""A sample drawn, filled as a person would, read back and measured: the real commands over a real store."""

from __future__ import annotations

import contextlib
import csv
import io
import json

import pytest
from click.testing import CliRunner

from cli import main
from store.authors import load_secret
from store.database import open_database, read_database
from store.records import MatchedMention, Mention, Tag, TaggedMention, Tagger
from store.sample_marks import Question, read_mark
from store.saving import Author, save_mentions
from store.tags import find_due, save_tagged, set_current_taggers
from trends.accuracy import choose_confusion, measure_confusion
from trends.solving import correct

CONFIG = """
[[brands]]
id = "acme"
name = "Acme"
query = "acme"

[[topics]]
id = "refund"
name = "Refunds"
description = "The refund does not come."
"""
NOW = "2026-10-05T08:00:00Z"
MOODS = ("negative", "neutral", "positive")
SENTIMENT, COMPLAINT = Tagger(task="sentiment", model="gold"), Tagger(task="complaint", model="gold")
REFUND = Tagger(task="topic", subject="refund", model="gold")
TAGGERS = (SENTIMENT, COMPLAINT, REFUND)


def truth_of(number: int) -> str:
    """What mention `number` really is: three in ten are negative, three neutral, four positive."""
    return MOODS[(number % 10) // 3] if number % 10 < 9 else "positive"


def told_of(number: int) -> str:
    """What the classifier tells: every fifth negative one is taken for neutral."""
    truth = truth_of(number)
    return "neutral" if truth == "negative" and number % 50 < 10 else truth


def tags_of(number: int) -> tuple[Tag, ...]:
    told = told_of(number)
    tags = [Tag(tagger=SENTIMENT, label=told, score=0.9)]
    tags += [Tag(tagger=COMPLAINT, label="complaint", score=0.9)] if told == "negative" else []
    return (*tags, *([Tag(tagger=REFUND, label="refund", score=0.9)] if told == "negative" and number % 3 == 0 else []))


@pytest.fixture
def house(tmp_path):
    """A folder with a store of 600 tagged mentions of 600 people."""
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    database = tmp_path / "repute.db"
    rows = [
        Mention(
            source="feeds", site="blog", external_id=str(n), text=f"=acme {n}, parcel\nलेट", url=f"https://blog.example/{n}",
            author_id=f"person {n}", published="2026-09-30T10:00:00Z", published_precision="second",
        )
        for n in range(600)
    ]  # fmt: skip
    with contextlib.closing(open_database(database)) as db:
        matched = [MatchedMention(mention=row, brands=(("acme", "acme"),)) for row in rows]
        save_mentions(db, matched, author=Author(load_secret(database)), now=NOW)
        ids = set_current_taggers(db, TAGGERS)
        order = dict(db.execute("select id, cast(external_id as integer) from mentions").fetchall())
        tagged = [
            TaggedMention(mention=due.id, text_hash=due.text_hash, tags=tags_of(order[due.id])) for due in find_due(db, 1000)
        ]
        save_tagged(db, tagged, ids, TAGGERS)
    return tmp_path


def run(house, *arguments):
    return CliRunner().invoke(main, [*arguments, "--config", str(house / "config.toml"), "--as-of", NOW])


def measured(house, *arguments):
    done = CliRunner().invoke(main, ["accuracy", *arguments, "--config", str(house / "config.toml")])
    assert done.exit_code == 0, done.output
    return done.stdout


def read(path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def number_of(row: dict[str, str]) -> int:
    return int(row["url"].rpartition("/")[2])


def fill(path, label, *, rows=None, delimiter=",") -> list[dict[str, str]]:
    """Fill the column label as a person would, and save as a spreadsheet does."""
    found = read(path) if rows is None else rows
    for row in found:
        row["label"] = label(row)
    out = io.StringIO()
    writer = csv.DictWriter(out, found[0], delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(found)
    path.write_text(out.getvalue(), "utf-8-sig", newline="")
    return found


def judgements(house):
    with contextlib.closing(read_database(house / "repute.db")) as db:
        return list(db.query("select * from judgements order by id"))


def test_a_sample_is_a_sheet_that_does_not_say_what_is_told(house):
    done = run(house, "sample", "120", "--out", str(house / "sample.csv"))
    assert (done.exit_code, done.stdout) == (0, "")
    assert "120 of 600 mentions; write into the column label how it speaks of Acme: negative, neutral, positive." in done.stderr
    rows = read(house / "sample.csv")
    first = rows[0]
    number = number_of(first)
    assert first == {
        "id": first["id"],
        "sample": first["sample"],
        "task": "sentiment",
        "topic": "",
        "brand": "acme",
        "language": "",
        "url": f"https://blog.example/{number}",
        "text": f"'=acme {number}, parcel\nलेट",
        "label": "",
    }
    assert len({row["id"] for row in rows}) == 120
    secret = load_secret(house / "repute.db")
    chances = {read_mark(secret, row["sample"], Question(int(row["id"]), "acme", "sentiment")) for row in rows}
    assert len({sample for sample, _ in chances}) == 1
    assert len({chance for _, chance in chances}) == 3


def test_sample_judge_and_accuracy_make_the_whole_round(house):
    path = house / "sample.csv"
    run(house, "sample", "300", "--out", str(path))
    fill(path, lambda row: truth_of(number_of(row)).upper())
    assert run(house, "judge", str(path), "--judge", "ada").stdout == "judgements: 300 kept\n"
    assert run(house, "judge", str(path), "--judge", "ada").stdout == "judgements: 0 kept, 300 kept before\n"
    row = judgements(house)[0]
    kept = {"span": 0, "brand": "acme", "task": "sentiment", "subject": "", "judge": "ada", "judged": NOW}
    assert {name: row[name] for name in kept} == kept
    assert len({row["sample"] for row in judgements(house)}) == 1

    (task,) = json.loads(measured(house, "--json"))["tasks"]
    seen = {name: task[name] for name in ("task", "topic", "name", "judged", "samples", "judges", "corrected", "reason")}
    assert seen == {
        "task": "sentiment", "topic": "", "name": "Sentiment", "judged": 300, "samples": 1, "judges": 1, "corrected": True, "reason": "",
    }  # fmt: skip
    assert task["agreement"] == pytest.approx(0.94, abs=0.02)
    assert task["low"] < 0.94 < task["high"]
    assert [sum(row) for row in task["confusion"]] == [
        sum(truth_of(number_of(one)) == mood for one in read(path)) for mood in MOODS
    ]
    assert task["told_wrongly"] == [0.0, pytest.approx(0.06 / 0.7, abs=0.03), 0.0]
    text = measured(house)
    assert "Sentiment" in text
    assert "✓ corrected" in text

    with contextlib.closing(read_database(house / "repute.db")) as db:
        counts = {mood: sum(told_of(n) == mood for n in range(600)) for mood in MOODS}
        share = correct(counts, measure_confusion(db, "sentiment")).share("negative")
        assert choose_confusion(db, "sentiment", brand="acme").judged == 300
        assert choose_confusion(db, "sentiment", brand="rival").judged == 300
        assert measure_confusion(db, "sentiment", brand="rival") is None
    assert share.raw == pytest.approx(0.24)
    assert share.value == pytest.approx(0.3, abs=0.02)
    assert share.low < 0.3 < share.high


def test_half_filled_is_fine_and_stays_uncorrected_under_100(house):
    path = house / "sample.csv"
    run(house, "sample", "150", "--out", str(path))
    half = {row["id"] for row in read(path)[:60]}
    fill(path, lambda row: truth_of(number_of(row)) if row["id"] in half else "  ", delimiter=";")
    assert run(house, "judge", str(path), "--judge", "ada").stdout == "judgements: 60 kept, 90 empty\n"
    text = measured(house)
    assert "uncorrected: 60 sampled judgements of the 100 that a correction needs" in " ".join(text.split())


def test_a_topic_is_asked_of_complaints_with_yes_and_no(house):
    path = house / "sample.csv"
    done = run(house, "sample", "100", "--task", "topic", "--topic", "refund", "--out", str(path))
    assert "100 of 144 mentions; write into the column label whether it complains of refund about Acme" in done.stderr
    rows = fill(path, lambda row: "Yes" if number_of(row) % 3 == 0 else "no")
    assert all(told_of(number_of(row)) == "negative" for row in rows)
    assert run(house, "judge", str(path), "--judge", "ada").stdout == "judgements: 100 kept\n"
    (task,) = json.loads(measured(house, "--json", "--brand", "acme"))["tasks"]
    assert (task["name"], task["labels"], task["agreement"]) == ("Refunds", ["none", "refund"], 1.0)
    assert {row["label"] for row in judgements(house)} == {"none", "refund"}


def test_the_same_sample_until_it_is_judged_and_then_another(house):
    first, second = (run(house, "sample", "20").stdout for _ in range(2))
    assert first == second
    path = house / "sample.csv"
    path.write_text(first, "utf-8")
    fill(path, lambda row: truth_of(number_of(row)))
    run(house, "judge", str(path), "--judge", "ada")
    third = run(house, "sample", "20").stdout
    assert third != first
    assert run(house, "sample", "20", "--seed", "1").stdout == first


def test_every_fault_is_named_with_its_fix_and_nothing_is_kept(house):
    path = house / "sample.csv"
    run(house, "sample", "20", "--out", str(path))
    rows = fill(path, lambda row: truth_of(number_of(row)))
    rows[0]["label"] = "great"
    rows[1]["id"] = "twelve"
    rows[2]["sample"] = rows[3]["sample"]
    rows[4]["task"] = "mood"
    labels = {row["url"]: row["label"] for row in rows}
    fill(path, lambda row: labels[row["url"]], rows=rows)
    done = run(house, "judge", str(path), "--judge", "ada")
    assert done.exit_code == 1
    assert "nothing was kept; mend this and give the file again" in done.stderr
    assert (
        f"id {rows[0]['id']}: label: 'great' is none of negative, neutral, positive; write one of them, or nothing"
        in done.stderr
    )
    assert "id: 'twelve' is no number; leave it as `repute sample` wrote it" in done.stderr
    assert f"'{rows[3]['sample']}' does not belong to mention {rows[2]['id']}; leave every column but label" in done.stderr
    assert "task: 'mood' is none of sentiment, complaint, topic" in done.stderr
    assert done.stderr.count("line ") == 4
    assert judgements(house) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"id,text\n1,hello\n", "has no column sample, task, topic, brand, label; give a file that `repute sample` wrote"),
        ("id;label\n1;sch\u00f6n\n".encode("latin-1"), "is not UTF-8 at byte 14; save the file as CSV UTF-8"),
        (b"", "has no column id, sample, task, topic, brand, label"),
    ],
)
def test_a_file_that_is_no_sample_is_refused(house, content, words):
    (house / "sample.csv").write_bytes(content)
    done = run(house, "judge", str(house / "sample.csv"), "--judge", "ada")
    assert done.exit_code == 1
    assert words in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("20", "--topic", "refund"), "--topic refund: give --task topic with it"),
        (("20", "--task", "topic"), "--task topic: say which with --topic; there are refund"),
        (("20", "--task", "topic", "--topic", "late"), "--topic late: there is no such topic; there are refund"),
        (("20", "--source", "foo"), "--source foo: nothing of it is stored, and it is not configured; there are "),
        (("20", "--language", "xx"), "--language xx: write the English name of a language, or its code"),
        (("20", "--last", "3d"), "no mention in the window has been read for this: run `repute tag`, or widen the window"),
        (("0",), "0 is not in the range 1<=x<=10000"),
    ],
)
def test_a_sample_that_cannot_be_drawn_says_why(house, arguments, words):
    done = run(house, "sample", *arguments)
    assert done.exit_code in (1, 2)
    assert words in done.stderr


def test_a_file_that_is_there_already_is_not_written_over(house):
    (house / "sample.csv").write_text("labels of a long evening", "utf-8")
    done = run(house, "sample", "20", "--out", str(house / "sample.csv"))
    assert "is there already, perhaps with somebody's labels; name another file" in done.stderr
    assert (house / "sample.csv").read_text("utf-8") == "labels of a long evening"


def test_without_judgements_accuracy_says_what_to_do(house):
    assert measured(house).startswith("Nobody has judged a sample yet: `repute sample 200 --out sample.csv`")
