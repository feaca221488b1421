"""Answers in the terminal and as JSON, over a small store in four scripts."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
from planted_store import NOW
from rich.cells import cell_len
from rich.console import Console

from reporting.evidence import busy_words, outbreak_words, part_lines
from reporting.plain import as_plain
from reporting.tables import (
    attributes_table,
    hot_buttons_table,
    mentions_table,
    overview_table,
)
from reporting.terminal import bar, clean, sparkline
from store.scope import Scope
from store.search import search_mentions
from trends.attributes import answer_attributes
from trends.hot_button_answers import Busy, Outbreak, Part, Quiet
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.windows import all_time

ANSWERS = {
    hot_buttons_table: answer_hot_buttons,
    attributes_table: answer_attributes,
    overview_table: answer_overview,
}


def printed(table, width=100):
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


@pytest.mark.parametrize("table", ANSWERS, ids=lambda table: table.__name__)
def test_tables_fit_one_hundred_columns(db, config, week, table):
    for window in (week, all_time(now=NOW, zone=config.time_zone)):
        lines = printed(table(ANSWERS[table](db, config, window=window))).splitlines()
        assert len(lines) > 8
        assert max(map(cell_len, lines)) <= 100


def test_a_hot_button_shows_verdict_rule_counts_action_and_quotes(db, config, week):
    answer = answer_hot_buttons(db, config, window=week)
    assert [button.verdict for button in answer.buttons] == ["systemic", "unclear", "isolated"]
    text = " ".join(printed(hot_buttons_table(answer, everything=True)).split())
    for button in answer.buttons:
        assert re.search(rf"{button.name} \S {button.verdict} {button.people}\S* ▇+ {button.complaints} ", text)
        assert f"{button.rule}. Change: " in text
        assert f"To do: {button.action}" in text
        assert all(
            f"“{' '.join(quote.text.split())}” {quote.source}, {quote.site} · {quote.day}" in text for quote in button.quotes
        )
    assert "tr · reach 48,213 · https://reddit.example/3" in text
    assert re.search(r"\? unclear \d\+\d\? ▇", text)


def test_quotes_print_no_dangerous_link_and_no_markup(db, config, week):
    text = printed(hot_buttons_table(answer_hot_buttons(db, config, window=week), everything=True))
    assert "<script>alert('x')</script>" in text
    assert "javascript:" not in text


def test_the_ledger_shows_status_words_and_competitors(db, config, week):
    text = printed(attributes_table(answer_attributes(db, config, window=week)))
    assert re.search(r"Fast +\? unclear +▇+ \d +0 +too few to say", text)
    assert re.search(r"Contested:confirmed +Nimblecart +Basketree\s+Fast +\? unclear 0:\d +– absent", text)
    assert re.search(r"Climate-neutral +– absent", text)


def test_the_overview_shows_both_windows(db, config, week):
    answer = answer_overview(db, config, window=week)
    text = printed(overview_table(answer))
    net = r"−0\.\d\d \(−0\.\d\d to \S0\.\d\d\)"
    assert re.search(rf"Tamarind +{answer.n} +\d+\+1\? +{net} +\d+% \(\d+% to \d+%\) +\d+% \(\d+% to \d+%\)", text)
    assert re.search(rf"window before +{answer.before.mentions} ", text)
    assert re.search(r"Basketree +0 +0 +too few to say \(n = 0\)", text)


def test_found_words_are_listed_with_where_they_stand(db, config):
    text = printed(mentions_table(search_mentions(db, "रिफंड", scope=Scope(brand="")), config.time_zone))
    assert " · reddit, r/delhi · negative · complaint · refund · hi\nटैमरिंड ने कहा" in text
    assert printed(mentions_table([], config.time_zone)) == "No mentions found.\n"


def test_a_mention_is_listed_by_its_local_day_its_voice_and_its_rating_as_given(db, config):
    (row, *_) = search_mentions(db, "रिफंड", scope=Scope(brand=""))
    late = {**row, "published": "2026-09-29T23:30:00Z", "precision": "second", "voice": "company", "rating": 9.0}
    assert printed(mentions_table([late], config.time_zone)).startswith("30 Sep 2026 · reddit, r/delhi · company · negative")
    assert " · hi · 9\n" in printed(mentions_table([{**late, "rating_best": None}], config.time_zone))
    assert " · hi · 9/10\n" in printed(mentions_table([{**late, "rating_best": 10.0}], config.time_zone))
    assert printed(mentions_table([{**late, "precision": "unknown"}], config.time_zone)).startswith("undated · ")


def test_details_are_of_the_leading_repeating_buttons_and_all_on_request(db, config, week):
    answer = answer_hot_buttons(db, config, window=week)
    first, *others = answer.buttons
    short, full = (printed(hot_buttons_table(answer, everything=asked)) for asked in (False, True))
    assert f"{first.name}: systemic\n" in short
    assert all(f"{button.name}: {button.verdict}\n" not in short for button in others)
    assert f"Without details: {others[0].name}, {others[1].name}; --all shows them." in " ".join(short.split())
    assert all(f"{button.name}: {button.verdict}\n" in full for button in answer.buttons)
    assert "--all" not in full


def test_without_a_topic_the_rest_is_still_told(db, config, week):
    answer = answer_hot_buttons(db, config, window=week)
    gone = Quiet(topic="refund", name="Refund and return", before=9, direction="falling")
    text = printed(hot_buttons_table(dataclasses.replace(answer, buttons=(), quiet=(gone,), other=4)))
    assert (
        "No complaints that fit a topic.\nQuiet now: Refund and return (9 before)\n4 complaints fit no topic: `repute topics suggest` groups them.\n"
        in text
    )


def test_an_hour_is_busy_only_where_complaints_stand_out_of_the_mentions(db, config, week):
    button = answer_hot_buttons(db, config, window=week).buttons[0]
    assert busy_words(button) == f"No hour stands out of all mentions ({button.timed} timed)."
    evening = dataclasses.replace(
        button,
        busy_hours=(Busy(slot=22, people=5, expected=1.25),),
        busy_weekdays=(Busy(slot=0, people=1, expected=0.1),),
    )
    assert busy_words(evening) == (
        "More than at other times: Mondays (1 person, 0.1 expected), 22:00 (5 people, 1.2 expected)."
    )


def test_an_outbreak_is_told_with_what_was_expected():
    told = Outbreak(
        direction="rising", day="2026-10-04", observed=23, expected=4.2, lower=0, upper=9.0, chance=0.002, series=36,
        onset="2026-09-21", baseline_days=80,
    )  # fmt: skip
    assert outbreak_words(told) == (
        "Outbreak since 21 Sep 2026: 23 complaints in the week to 4 Oct 2026, 4.2 expected, at most 9 by chance."
    )
    quiet = dataclasses.replace(told, direction="falling", onset=None, lower=12.0)
    assert outbreak_words(quiet).startswith("Fewer than usual: 23 complaints")
    assert outbreak_words(dataclasses.replace(told, direction="steady", observed=9)) == (
        "No outbreak: 9 complaints in the week to 4 Oct 2026, 4.2 expected (0 to 9 by chance)."
    )
    # Beyond the limits, though not sure once so many series are tested: to call that no outbreak would contradict its figures.
    assert outbreak_words(dataclasses.replace(told, direction="steady", observed=10)) == (
        "More than usual, not sure among 36 series tested: 10 complaints in the week to 4 Oct 2026, 4.2 expected "
        "(0 to 9 by chance)."
    )
    one = dataclasses.replace(told, direction="steady", observed=1, expected=0.0, upper=0.0)
    assert outbreak_words(one).startswith("One complaint is no outbreak: 1 complaint in the week to")
    few = dataclasses.replace(told, direction="steady", observed=2, expected=9.0, lower=3.0, upper=16.0)
    assert outbreak_words(few).startswith("Fewer than usual, not sure among 36 series tested: 2 complaints")
    young = dataclasses.replace(told, direction="unknown", baseline_days=20)
    assert outbreak_words(young) == "Not tested for an outbreak yet: 20 of the 28 watched days that it needs."


def test_a_strangers_words_cannot_move_the_cursor():
    assert clean("a\x1b[2Jb\x07\u202ec\x9bd\ne") == "a [2Jb  c d\ne"


def test_a_week_without_a_watch_is_a_dot_and_something_is_never_nothing():
    assert sparkline([0, None, 4, 8]) == "▁·▅█"
    assert sparkline([0, 1, 1000]) == "▁▂█"
    assert sparkline([]) == ""
    assert (bar(1, 1000, 10), bar(0, 1000, 10), bar(0, 0, 10)) == ("▇", "", "")


def test_json_has_every_field_that_is_documented(db, config, week):
    documented = set(re.findall(r"`(\w+)`", (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")))
    for answer in (find(db, config, window=week) for find in ANSWERS.values()):
        plain = json.loads(json.dumps(as_plain(answer), ensure_ascii=False))
        assert {field.name for field in dataclasses.fields(answer)} == set(plain)
        assert all_keys(plain) <= documented
    rows = as_plain(search_mentions(db, "refund", scope=Scope(brand="tamarind")))
    assert set(rows[0]) <= documented
    assert (rows[0]["brands"], rows[0]["topics"], rows[0]["complaint"]) == (["tamarind"], ["refund"], True)
    assert "«" in rows[0]["snippet"]


def all_keys(plain):
    if isinstance(plain, dict):
        return set(plain).union(*map(all_keys, plain.values()))
    return set().union(*map(all_keys, plain)) if isinstance(plain, list) else set()


def test_json_keeps_nulls_and_signs(db, config, week):
    plain = as_plain(answer_overview(db, config, window=week))
    assert plain["window"] == {
        "label": "28 Sep – 4 Oct 2026", "first_day": "2026-09-28", "end_day": "2026-10-05", "since": "2026-09-27T23:00:00Z",
        "until": "2026-10-04T23:00:00Z", "time_zone": "Europe/London", "as_of": NOW,
    }  # fmt: skip
    net, change = plain["figures"]["net"], plain["mentions_change"]
    assert net["n"] == net["positive"] + net["neutral"] + net["negative"] > 10
    assert net["value"] == round((net["positive"] - net["negative"]) / net["n"], 4) < 0
    assert plain["competitors"][1]["net"]["value"] is None
    assert change["percent"] == round((change["now_per_day"] / change["before_per_day"] - 1) * 100)


def test_products_and_places_of_one_person_are_not_listed(db, config, week):
    button = answer_hot_buttons(db, config, window=week).buttons[0]
    one = Part(
        name="Leeds", complaints=1, people=1, anonymous=0, days=1, share=button.share, change=button.change, verdict="isolated",
        rule="",
    )  # fmt: skip
    two = dataclasses.replace(one, name="York", people=2)
    lines = part_lines(dataclasses.replace(button, by_source=(), by_subject=(one,), by_place=(one, two)))
    assert [line.split(" 1 by")[0] for line in lines] == ["By place: York"]
