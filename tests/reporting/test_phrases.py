"""Figures in words: nothing is shown without what it stands on, and only web addresses are links."""

from __future__ import annotations

import pytest

from reporting.phrases import (
    change_words,
    minutes_words,
    net_words,
    people_words,
    percent,
    safe_url,
    share_basis,
    share_words,
    signed,
    text_direction,
)
from trends.answers import Change, Net, Share


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.com/a?b=1#c", "https://example.com/a?b=1#c"),
        ("http://example.com", "http://example.com"),
        (" https://example.com ", "https://example.com"),
        ("HTTPS://EXAMPLE.COM", "HTTPS://EXAMPLE.COM"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,<script>", None),
        ("//example.com", None),
        ("/relative", None),
        ("https:", None),
        ("http://[broken", None),
        ("file:///etc/passwd", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_safe(url, safe):
    assert safe_url(url) == safe


def test_a_share_says_its_interval_and_n_or_that_there_are_too_few():
    share = Share(part=12, whole=100, value=0.12, low=0.07, high=0.198)
    assert (share_words(share), share_basis(share).replace("\xa0", " ")) == ("12%", "95% interval 7% to 20%, n = 100")
    few = Share(part=1, whole=3, value=None, low=None, high=None)
    assert (share_words(few), share_basis(few).replace("\xa0", " ")) == ("too few to say", "n = 3")


def test_signs_are_never_lost_and_zero_has_none():
    assert [signed(value) for value in (0.123, -0.5, 0, -0.001)] == ["+0.12", "−0.50", "0.00", "0.00"]
    assert net_words(Net(positive=0, neutral=0, negative=1, value=None, low=None, high=None)) == "too few to say"


def test_small_shares_do_not_vanish():
    assert [percent(value) for value in (0, 0.004, 0.5, 1)] == ["0%", "0.4%", "50%", "100%"]


@pytest.mark.parametrize(
    ("minutes", "words"), [(None, "too few to say"), (45, "45 min"), (60, "1 h"), (200, "3 h 20 min"), (4320, "3.0 days")]
)
def test_times_have_the_unit_of_a_person(minutes, words):
    assert minutes_words(minutes) == words


def test_anonymous_voices_stand_beside_people():
    assert [people_words(1, 0), people_words(3, 2), people_words(0, 4)] == [
        "1 person",
        "3 people and 2 anonymous",
        "0 people and 4 anonymous",
    ]


def test_a_change_without_a_comparison_says_why():
    unknown = Change(
        now=3, before=None, now_per_day=None, before_per_day=None, ratio=None, direction="unknown", note="not watched before"
    )
    assert change_words(unknown) == "not watched before"


@pytest.mark.parametrize(
    ("language", "direction"),
    [("ur", "rtl"), ("ar-EG", "rtl"), ("ur-Latn", "auto"), ("hi", "auto"), ("en", "auto"), (None, "auto")],
)
def test_right_to_left_texts_are_so_even_if_they_begin_with_a_latin_name(language, direction):
    assert text_direction(language) == direction


def test_a_part_too_small_for_a_digit_is_not_nothing():
    assert [percent(value) for value in (0, 0.0003, 0.004, 0.01)] == ["0%", "<0.1%", "0.4%", "1%"]
