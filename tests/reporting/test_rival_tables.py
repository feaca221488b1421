"""Competitors and coverage in the terminal, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from planted_store import NOW
from rich.cells import cell_len
from rich.console import Console

from reporting.plain import as_plain
from reporting.rival_tables import difference_words, points, rest_words, rivals_table
from reporting.sheets import as_csv
from reporting.watching_tables import days_words, line_of, short, sites_grid, watching_table
from trends.differences import Difference
from trends.rival_answers import Compared
from trends.rivals import answer_rivals
from trends.watching import answer_watching
from trends.windows import all_time, from_days

NOTHING = Difference(
    first=None, second=None, value=None, low=None, high=None, chance=1.0, first_n=1, second_n=1, first_people=1, second_people=1
)
ROOT = Path(__file__).resolve().parents[2]
ANSWERS = {rivals_table: answer_rivals, watching_table: answer_watching}


def printed(table):
    console = Console(width=100, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


@pytest.mark.parametrize("table", ANSWERS, ids=lambda table: table.__name__)
def test_tables_fit_one_hundred_columns(db, config, week, table):
    for window in (week, all_time(now=NOW, zone=config.time_zone)):
        lines = printed(table(ANSWERS[table](db, config, window=window))).splitlines()
        assert len(lines) > 8
        assert max(map(cell_len, lines)) <= 100


def test_the_comparison_names_what_it_stands_on(db, config, week):
    text = " ".join(printed(rivals_table(answer_rivals(db, config, window=week, rivals=["nimblecart"]))).split())
    assert "Tamarind beside Nimblecart 28 Sep – 4 Oct 2026" in text
    assert re.search(r"Tamarind and Nimblecart \d+ and \d+ mentions, \d+ sites?", text)
    assert "A text that names two brands is a voice of each." in text


def keys(plain):
    if isinstance(plain, dict):
        return set(plain).union(*map(keys, plain.values()))
    return set().union(*map(keys, plain)) if isinstance(plain, list) else set()


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=lambda answer: answer.__name__)
def test_json_has_the_fields_that_are_documented(db, config, week, answer):
    documented = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "json.md").read_text("utf-8")))
    plain = json.loads(json.dumps(as_plain(answer(db, config, window=week)), ensure_ascii=False))
    assert keys(plain) <= documented


def test_csv_has_a_row_for_each_brand_and_each_site(db, config, week):
    answer = answer_rivals(db, config, window=week)
    rows = list(csv.DictReader(io.StringIO(as_csv(answer))))
    assert [row["brand"] for row in rows if row["part"] == "brand"] == ["tamarind", "nimblecart", "basketree"]
    told = [
        (rival.brand, one.figure, one.subject, one.outcome, one.difference.second_n)
        for rival in answer.rivals
        for one in (*rival.figures, *rival.topics, *rival.attributes)
    ]
    differences = [row for row in rows if row["part"] == "difference"]
    found = [
        (row["with"], row["figure"], row["subject"], row["outcome"], int(row["difference_second_n"])) for row in differences
    ]
    assert found == told
    both = [(row["with"], int(row["mentions"]), int(row["better"])) for row in rows if row["part"] == "head to head"]
    assert both == [(one.brand, one.head_to_head.mentions, one.head_to_head.better) for one in answer.rivals]
    watching = answer_watching(db, config, window=week)
    assert len(as_csv(watching).splitlines()) == 1 + len(watching.sites)


def test_small_differences_are_not_drawn_as_nothing():
    assert [points(value) for value in (0.0, 0.0004, -0.0004, 0.0496, -0.0496)] == ["0.00", "+0.04", "−0.04", "+5.0", "−5.0"]


def test_a_timeline_is_one_character_a_step():
    assert line_of([1.0, 0.99, 0.5, 0.0, 0.01, None, None]) == "██▒··"


def test_a_long_name_is_cut_in_the_middle():
    assert (short("reviews/a"), len(short("reviews/" + "x" * 80))) == ("reviews/a", 28)


@pytest.mark.parametrize("first", [date(1900, 1, 1), date(1990, 1, 1), date(2025, 10, 10), date(2026, 9, 1)])
def test_a_site_has_one_line_however_long_the_window_and_its_name(db, config, first):
    answer = answer_watching(db, config, window=from_days(first, date(2026, 10, 6), now=NOW, zone=config.time_zone))
    long = tuple(
        replace(
            site, site="x" * 40, first="2026-07-13T08:00:00Z", last="2026-09-28T08:00:00Z", last_success="2026-09-28T08:00:00Z"
        )
        for site in answer.sites
    )
    lines = printed(sites_grid(replace(answer, sites=long))).splitlines()
    assert len(lines) == 1 + len(long)
    assert max(map(len, lines)) <= 100


def test_tenths_of_days_are_told_of_less_than_a_hundred():
    assert [days_words(days) for days in (7.0, 82.53, 99.94, 365.3, 13426.3)] == ["7", "82.5", "99.9", "365", "13,426"]


def run(config, tmp_path, *arguments):
    source = (ROOT / "config.toml").read_text("utf-8")
    path = tmp_path / "config.toml"
    path.write_text(re.sub(r"(?m)^database = .*$", f'database = "{config.database}"', source), "utf-8")
    command = [sys.executable, str(ROOT / "cli.py"), *arguments, "--config", str(path), "--as-of", NOW]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_commands_answer_and_name_a_mistake(config, tmp_path):
    done = run(config, tmp_path, "compare", "--with", "basketree", "--last-week", "--json")
    answer = json.loads(done.stdout)
    assert ([rival["brand"] for rival in answer["rivals"]], done.stderr) == (["basketree"], "")
    assert "What was watched for Tamarind" in run(config, tmp_path, "coverage", "--last-week").stdout
    wrong = run(config, tmp_path, "compare", "--with", "tamarind")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("Error: compare: 'tamarind' needs another brand beside it")


def test_what_is_too_little_is_named():
    few = Compared(figure="topic", subject="app", name="App", scale="", difference=NOTHING, outcome="too few to say")
    alike = replace(few, subject="refund", outcome="no clear change")
    assert rest_words("topic", [few, few]) == "Too few to say of 2 topics"
    assert rest_words("topic", [few, alike]) == "No clear difference in 1 topic; too few to say of 1"


def test_a_window_that_is_yet_to_come_has_no_timeline(db, config):
    window = from_days(date(2027, 1, 4), date(2027, 1, 11), now=NOW, zone=config.time_zone)
    assert "a day each" not in printed(watching_table(answer_watching(db, config, window=window)))


@pytest.mark.parametrize(
    ("figure", "low", "high", "words"),
    [
        ("net", -0.7747, -0.0036, "−0.39 (−0.775 to −0.004)"),
        ("net", -0.7747, 0.0036, "−0.39 (−0.77 to 0.00)"),
        ("topic", 0.0001, 0.21, "+39.0 pts (+0.01 to +21.0)"),
        ("topic", 0.0, 0.21, "+39.0 pts (0.00 to +21.0)"),
    ],
)
def test_an_interval_that_just_leaves_nought_out_is_seen_to(figure, low, high, words):
    value = -0.39 if figure == "net" else 0.39
    found = replace(NOTHING, first=0.1, second=0.2, value=value, low=low, high=high)
    one = Compared(figure=figure, subject="", name="x", scale="", difference=found, outcome="worse")
    assert difference_words(one) == words
