"""Where nobody imported anything nobody knows anything: through the real `repute import`, before its first day and after its last."""

from __future__ import annotations

import contextlib
import csv
import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from cli import main
from store.database import open_database
from store.records import Tag, TaggedMention, Tagger, Watch
from store.saving import save_watches
from store.tags import find_due, save_tagged, set_current_taggers

CONFIG = """
[repute]
time_zone = "Asia/Kolkata"

[[brands]]
id = "acme"
name = "Acme"
role = "own"
query = "acme"

[[brands]]
id = "beta"
name = "Betashop"
role = "competitor"
query = "betashop"

[[topics]]
id = "refund"
name = "Refunds"
description = "The refund does not come."

[[goals]]
figure = "complaints_a_week"
at_most = 10
"""
MONDAY = "2026-10-05T08:00:00Z"
FIRST, LAST = date(2026, 5, 18), date(2026, 10, 4)
SENTIMENT, COMPLAINT = Tagger(task="sentiment", model="gold"), Tagger(task="complaint", model="gold")
REFUND = Tagger(task="topic", subject="refund", model="gold")
TAGGERS = (SENTIMENT, COMPLAINT, REFUND)
ONE_A_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


@pytest.fixture
def house(tmp_path):
    """A folder with a configuration, and its commands."""
    (tmp_path / "config.toml").write_text(CONFIG)

    class House:
        folder = tmp_path

        def run(self, *words, at=MONDAY):
            found = CliRunner().invoke(main, [*words, "--config", str(tmp_path / "config.toml"), "--as-of", at])
            assert found.exit_code == 0, found.output
            return " ".join(found.output.split())

        def ask(self, *words, at=MONDAY):
            found = CliRunner().invoke(main, [*words, "--json", "--config", str(tmp_path / "config.toml"), "--as-of", at])
            assert found.exit_code == 0, found.output
            return json.loads(found.stdout)

        def bring(self, days, *words, name="shop", text="Acme still owes me the refund.", at="2026-10-05T04:00:00Z"):
            """Import a file of one complaint at 11:00 of each day, and read them all."""
            path = tmp_path / f"{name} {len(list(tmp_path.iterdir()))}.csv"
            with path.open("w", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["id", "date", "text", "author"])
                for day in days:
                    rows.writerow([f"{name} {day} {text}", f"{day}T05:30:00Z", f"{text} {day}", f"{name} {day}"])
            told = self.run("import", str(path), "--site", name, *words, at=at)
            assert f"{len(days)} new" in told
            self.read()

        def read(self):
            with contextlib.closing(self.open()) as db:
                ids = set_current_taggers(db, list(TAGGERS))
                tags = (Tag(tagger=SENTIMENT, label="negative"), Tag(tagger=COMPLAINT, label="complaint"))
                said = [
                    TaggedMention(mention=due.id, text_hash=due.text_hash, tags=(*tags, Tag(tagger=REFUND, label="refund")))
                    for due in find_due(db, 10_000)
                ]
                save_tagged(db, said, ids, list(TAGGERS))

        def open(self):
            return open_database(tmp_path / "repute.db")

    return House()


@pytest.fixture
def shop(house):
    """Twenty whole weeks of reviews, 18 May to 4 Oct, one complaint a day."""
    house.bring(ONE_A_DAY, "--brand", "acme")
    return house


def changes(answer):
    return [answer["mentions_change"]] if "mentions_change" in answer else [button["change"] for button in answer["buttons"]]


@pytest.mark.parametrize("command", ["hot-buttons", "overview"])
def test_nothing_rises_over_time_before_the_first_import(shop, command):
    for change in changes(shop.ask(command, "--last", "20w")):
        assert (change["before"], change["ratio"], change["direction"]) == (None, None, "unknown")
        assert change["note"] == "No comparison: no site was watched throughout this window and the one before."
    assert "import (shop): not imported before 18 May 2026." in shop.run(command, "--last", "22w")


def test_weeks_before_the_first_import_are_gaps_and_no_trend_goes_over_them(shop):
    answer = shop.ask("trend", "complaints", "--last", "24w")
    assert [point["status"] for point in answer["periods"]] == ["not watched"] * 4 + ["known"] * 20
    assert {point["level"]["value"] for point in answer["periods"][4:]} == {7}
    (line,) = answer["figures"]
    assert line["shift"] is None
    (goal,) = answer["goals"]
    assert (goal["status"], goal["since"]) == ("met", "2026-05-18")


def test_weeks_after_the_last_import_are_gaps_and_keep_no_goal(shop):
    at = "2026-11-02T08:00:00Z"
    answer = shop.ask("trend", "--last", "4w", at=at)
    assert {point["status"] for point in answer["periods"]} == {"not watched"}
    assert {line["shift"] for line in answer["figures"]} == {None}
    assert {goal["status"] for goal in answer["goals"]} == {"not watched"}
    assert answer["coverage"]["sentences"] == ["import (shop): nothing imported since 4 Oct 2026: import newer data."]
    (gap,) = answer["coverage"]["gaps"]
    assert (gap["label"], gap["reason"]) == ("6 Oct – 2 Nov 2026", "nothing imported since 4 Oct 2026: import newer data")
    service = shop.run("service", "--last", "4w", at=at)
    assert "falling" not in service
    assert "✓ met" not in service


def test_a_digest_of_a_week_that_was_not_imported_says_so(shop):
    at = "2026-10-12T08:00:00Z"
    said = shop.run("digest", "--preview", str(shop.folder / "week.html"), at=at)
    html = (shop.folder / "week.html").read_text("utf-8")
    assert "Acme: nothing imported since 4 Oct 2026: import newer data" in said
    assert "Import (shop): nothing imported since 4 Oct 2026: import newer data." in html
    for claim in ("obody spoke of it", "No complaints any more", "falling"):
        assert claim not in html


@pytest.mark.parametrize("at", ["2026-10-05T08:00:00Z", "2026-10-06T03:00:00Z", "2026-10-09T08:00:00Z", "2026-10-11T08:00:00Z"])
def test_who_imports_every_day_or_week_can_compare(shop, at):
    change = shop.ask("overview", "--last", "4w", at=at)["mentions_change"]
    # Beside a day that is four hours old stand four hours, in which nobody wrote.
    assert change["before"] == (27 if at.endswith("T03:00:00Z") else 28)
    assert change["now_per_day"] == pytest.approx(1, abs=0.05)
    assert change["direction"] == "steady"


def test_a_silence_that_is_nothing_unusual_is_no_gap(house):
    house.bring(ONE_A_DAY[::5], "--brand", "acme")
    assert house.ask("overview", "--last", "4w", at="2026-10-08T08:00:00Z")["coverage"]["gaps"] == []
    (gap,) = house.ask("overview", "--last", "4w", at="2026-10-09T08:00:00Z")["coverage"]["gaps"]
    assert gap["reason"] == "nothing imported since 30 Sep 2026: import newer data"


def test_a_wave_every_month_is_usual_and_a_file_that_was_left_out_is_not(house):
    waves = [date(2026, month, day) for month in (6, 7, 8, 9) for day in (1, 2, 3)]
    house.bring(waves, "--brand", "acme", name="waves")
    hole = [*(date(2026, 6, day) for day in range(1, 31)), *(date(2026, 9, day) for day in range(1, 4))]
    house.bring(hole, "--brand", "acme", name="hole")
    sites = {site["site"]: site for site in house.ask("coverage", "--last", "1w", at="2026-09-30T08:00:00Z")["sites"]}
    assert (sites["waves"]["state"], sites["waves"]["gaps"], sites["waves"]["warning"]) == ("imported", [], None)
    assert sites["hole"]["warning"] == "nothing imported since 3 Sep 2026: import newer data"


def test_monthly_files_leave_no_gap_between_them(house):
    house.bring([day for day in ONE_A_DAY if day.month == 9 and day.day < 28], "--brand", "acme")
    house.bring([day for day in ONE_A_DAY if day.month == 8 and day.day > 4], "--brand", "acme")
    house.bring([day for day in ONE_A_DAY if day.month == 10], "--brand", "acme")
    answer = house.ask("overview", "--since", "2026-08-05", "--until", "2026-10-04")
    assert (answer["coverage"]["known"], answer["coverage"]["gaps"]) == (True, [])
    (site,) = house.ask("coverage", "--since", "2026-08-01", "--until", "2026-10-04")["sites"]
    assert [(gap["label"], gap["reason"]) for gap in site["gaps"]] == [("1–4 Aug 2026", "not imported before 5 Aug 2026")]
    assert (site["state"], site["watched_days"]) == ("imported", 61)


@pytest.mark.parametrize("kind", ["call", "survey"])
def test_calls_and_surveys_are_known_as_far_as_they_were_imported_too(house, kind):
    house.bring(ONE_A_DAY[-28:], "--kind", kind)
    (change,) = changes(house.ask("overview", "--last", "4w"))
    assert (change["before"], change["direction"]) == (None, "unknown")
    answer = house.ask("overview", "--last", "4w", at="2026-11-02T08:00:00Z")
    assert answer["coverage"]["sentences"] == ["import (shop): nothing imported since 4 Oct 2026: import newer data."]


def test_what_a_brands_own_file_tells_is_nothing_of_another_brand(shop):
    shop.bring(ONE_A_DAY[-28:], "--brand", "beta", text="Betashop owes me a refund.")
    left = shop.ask("compare", "--last", "12w")["rivals"][0]["left_out"]
    assert [one["reason"] for one in left] == ["not imported for Betashop 14 Jul – 6 Sep 2026"]
    answer = shop.ask("compare", "--last", "3w")
    assert answer["rivals"][0]["sites"] == ["import/shop"]
    ours, theirs = ([(week["mentions"], week["share"]) for week in one["weeks"]] for one in answer["figures"])
    assert (ours, theirs) == ([(7, None)] * 4 + [(7, 0.5)] * 4, [(None, None)] * 4 + [(7, 0.5)] * 4)


def test_what_a_file_tells_of_many_brands_is_known_of_each(house):
    house.bring(ONE_A_DAY, text="Acme still owes me the refund.")
    house.bring(ONE_A_DAY[-40:-38], text="Betashop owes me a refund.")
    (rival,) = house.ask("compare", "--last", "12w")["rivals"]
    assert (rival["sites"], rival["left_out"], rival["mentions"]) == (["import/shop"], [], 2)
    assert house.ask("overview", "--brand", "beta", "--last", "4w")["mentions_change"]["before"] == 2


def test_an_import_is_missed_beside_crawled_sites_for_a_quarter(shop):
    with contextlib.closing(shop.open()) as db, db.conn:
        watch = Watch(source="reddit", site="r/acme", since="2026-01-01T00:00:00Z", until="2028-01-01T00:00:00Z", complete=True)
        save_watches(db, [watch], None)
    soon = shop.ask("overview", "--last", "4w", at="2026-11-02T08:00:00Z")
    assert soon["coverage"]["sentences"] == ["import (shop): nothing imported since 4 Oct 2026: import newer data."]
    assert soon["mentions_change"]["note"] == "Compared without import (shop): not watched throughout both windows."
    assert shop.ask("overview", "--last", "4w", at="2027-03-01T08:00:00Z")["coverage"]["gaps"] == []
    sites = shop.ask("coverage", "--last", "4w", at="2027-03-01T08:00:00Z")["sites"]
    assert {site["site"]: site["state"] for site in sites} == {"r/acme": "watched", "shop": "given up"}


def test_outbreaks_are_looked_for_up_to_the_last_day_that_was_imported(shop):
    with contextlib.closing(shop.open()) as db:
        from config import load_config
        from trends.detecting import detect

        config = load_config(shop.folder / "config.toml", {})
        assert detect(db, config, now="2026-10-25T08:00:00Z") == 0
        assert detect(db, config, now=MONDAY) == 28
        assert db.execute("select max(day), min(observed) from outbreak_tests").fetchone() == ("2026-10-04", 7)
