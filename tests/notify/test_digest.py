"""The weekly email says what happened in the week, to every mail program, and nothing in it runs."""

from __future__ import annotations

import contextlib
import email
import re
from email import policy

import pytest
from bs4 import BeautifulSoup
from planted_store import HINDI, NOW, URDU, WEEK, plant_store, planted_config

from notify.digest import compose_digest, html_of, text_of, week_key
from store.database import open_database, read_database, write


def compose(config, now=NOW, brand=""):
    with contextlib.closing(read_database(config.database)) as db:
        return compose_digest(db, config, now=now, brand=brand)


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    made = planted_config(tmp_path_factory.mktemp("digest"))
    plant_store(made)
    return made


@pytest.fixture(scope="module")
def message(config):
    return compose(config)


@pytest.fixture(scope="module")
def page(message):
    return BeautifulSoup(html_of(message), "html.parser")


def seen_text(soup) -> str:
    return " ".join(soup.body.get_text(" ").replace("\xa0", " ").split())


def test_the_subject_is_the_main_finding(message):
    assert message["Subject"] == f"Tamarind: Refund and return: systemic, 6 people · {WEEK}"


def test_headers_depend_on_now_and_week_alone(config, message):
    again = compose(config, now="2026-10-05T08:00:00Z")
    assert message["Message-ID"] == "<repute.tamarind.2026-09-28@example.com>" == again["Message-ID"]
    assert message["Date"] == "Mon, 05 Oct 2026 08:00:00 +0000"
    assert message["List-Unsubscribe"] == "<mailto:repute@example.com?subject=unsubscribe>"
    assert html_of(message) == html_of(again)


def test_the_same_week_has_the_same_key_on_every_day_after_it(config):
    assert week_key(config, "tamarind", NOW) == week_key(config, "tamarind", "2026-10-11T21:00:00Z")
    # In London the week ends at 23:00 UTC while summer time lasts.
    assert week_key(config, "tamarind", "2026-10-11T23:00:00Z") == "digest/tamarind/2026-10-05"


def test_it_survives_being_sent_and_read(message):
    read = email.message_from_bytes(message.as_bytes(), policy=policy.default)
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert URDU in read.get_body(("plain",)).get_content()
    assert max(len(line) for line in message.as_bytes().splitlines()) <= 998


def test_both_parts_tell_the_hot_button_with_its_evidence(message, page):
    for text in (text_of(message).replace("\xa0", " "), seen_text(page)):
        for words in (
            "6 people in 6 complaints",
            "Rule: 6 people on 4 sites",
            "Count the approved refunds not yet paid",
            URDU,
            HINDI,
            "reach 48,213",
            "+500% per watched day (1 before, 6 now)",
            "uncorrected",
            "Silent customers",
        ):
            assert " ".join(words.split()) in " ".join(text.split()), words


def test_attributes_are_told_with_what_is_contested_and_absent(message):
    text = text_of(message).replace("\xa0", " ")
    fast = "- Fast: unclear; confirmed by nobody, contested by 2 people and 1 anonymous in 3 mentions; too few to say (n = 3)"
    assert fast in text
    assert "- Climate-neutral: absent\n" in text
    assert "- Fresh: unclear; confirmed by 3 people in 3 mentions" in text


def test_competitors_stand_beside(message):
    text = text_of(message).replace("\xa0", " ")
    assert "- Nimblecart: share of voice 11% (95% interval 3% to 35%, n = 18), net sentiment too few to say (n = 2)" in text


def test_nothing_of_a_mention_becomes_markup_or_a_link_that_runs(page):
    assert page("script") == []
    assert page("img") == []
    assert {link["href"].split(":")[0] for link in page("a")} == {"https", "mailto"}
    assert "<script>alert('x')</script>" in seen_text(page)


def test_quotes_keep_their_own_direction_and_language(page):
    quotes = {quote["lang"]: quote for quote in page.select("td.quote > div[dir]")}
    assert quotes["ur"]["dir"] == "rtl"
    assert quotes["ur"].get_text() == URDU


def test_charts_are_table_cells_that_outlook_draws(page):
    bars = page.select("td[bgcolor][width]")
    assert {cell["bgcolor"] for cell in bars} == {"#0f766e", "#c2500a", "#1f6fb2"}
    assert all(re.fullmatch(r"\d+%", cell["width"]) for cell in bars)


def test_it_is_far_below_what_gmail_clips(message):
    assert len(html_of(message).encode()) < 100_000


def test_layout_holds_for_dark_and_narrow_screens(page):
    style = page.style.get_text()
    assert "prefers-color-scheme: dark" in style
    assert "max-width: 480px" in style
    assert page.select_one("meta[name=viewport]")


def test_an_empty_week_says_so_and_claims_nothing(tmp_path):
    config = planted_config(tmp_path)
    open_database(config.database).close()
    message = compose(config)
    assert message["Subject"] == f"Tamarind: nobody spoke of it · {WEEK}"
    assert "Nobody spoke of it." in text_of(message)
    assert "0%" not in text_of(message)


def test_a_week_of_a_watched_silence_and_of_blindness_differ(config):
    assert "nothing was watched" in compose(config, now="2026-06-01T08:00:00Z")["Subject"]
    assert "nobody spoke of it" in compose(config, now="2026-08-17T08:00:00Z")["Subject"]


def test_a_competitor_can_be_asked_for(config):
    assert compose(config, brand="nimblecart")["Subject"].startswith("Nimblecart: ")


def test_what_is_corrected_and_what_is_not_is_said_in_one_voice(tmp_path):
    made = planted_config(tmp_path)
    plant_store(made)
    with contextlib.closing(open_database(made.database)) as db, write(db):
        db.conn.execute(
            """
            insert into judgements (mention, span, brand, task, subject, label, judge, judged, sample, chance)
            select id, 0, '', 'sentiment', '', 'negative', 'ada', '2026-10-04T10:00:00Z', 1, 1.0 from mentions limit 30
            """
        )
    text = text_of(compose(made))
    assert "no sampled judgements" not in text
    assert text.count("Sampled judgements have measured its errors") == 1
