"""What becomes of markup in a text that people hand over."""

from __future__ import annotations

import time

import pytest

from store.prose import as_prose


@pytest.mark.parametrize(
    "text",
    [
        "price < 5 and > 3",
        "I <3 it, </3 them",
        "if a<b and c>d, or a <b and c> d",
        "<Name> called me",
        "List<i> items",
        "the <script> tag fails",
        "see <https://acme.example/a> & <help@acme.example>",
        "Fish &amp; chips\r\n\r\n\r\n> said before",
        "<img src='x.png'>",
        "",
    ],
)
def test_what_is_not_plainly_html_stays_as_it_is(text):
    assert as_prose(text) == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<p>Loved the bread.</p><p>Staff were rude.</p>", "Loved the bread.\n\nStaff were rude."),
        ("Loved the bread<br>Staff were rude<BR />", "Loved the bread\nStaff were rude"),
        ("<ul><li>Great prices</li><li>Rude staff</li></ul>", "Great prices\nRude staff"),
        ("<table><tr><td>Bread</td><td>late</td></tr></table>", "Bread late"),
        ("<b>Bad</b>\nfish &amp; chips, I <3 them, 5 < 6", "Bad\nfish & chips, I <3 them, 5 < 6"),
        ('<a href="http://x.com/a?b>1" title="Terrible. Awful!">Tamarind</a> is fine.', "Tamarind is fine."),
        ("<font color=red>Never again", "Never again"),
        ("<p>half \ud83d a letter\x00</p>", "half a letter"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(text, read):
    assert as_prose(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<blockquote>Terrible.<p>A scam.</p></blockquote><p>I disagree</p>", "> Terrible.\n\n> A scam.\n\nI disagree"),
        ("<blockquote cite='x'>A<blockquote>B</blockquote>C</blockquote>D", "> A\n\n> > B\n\n> C\n\nD"),
        ("<div>Mine<blockquote>A<br>B", "Mine\n\n> A\n> B"),
        ("</blockquote>Mine<br><blockquote>\ue001A</blockquote>", "Mine\n\n> A"),
    ],
)
def test_a_quote_of_others_has_a_sign_before_each_line(text, read):
    assert as_prose(text) == read


@pytest.mark.parametrize("piece", ["<div>", '<a "', "<b x='", '<a b="c" ', "<blockquote>", "a <b> "])
def test_markup_without_an_end_takes_no_time(piece):
    start = time.process_time()
    as_prose("<p>" + piece * 100_000 + "x")
    assert time.process_time() - start < 5
