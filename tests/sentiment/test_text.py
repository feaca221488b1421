"""Texts are made alike before they are read."""

import pytest

from sentiment.text import clean, prepare


@pytest.mark.parametrize(
    ("raw", "prepared"),
    [
        ("@VirginAmerica late again https://t.co/abc?d=1", "@user late again http"),
        ("@user late again http", "@user late again http"),
        ("cc @user@mastodon.social!", "cc @user!"),
        ("write to me@example.com", "write to me@example.com"),
        ("<p>Cold &amp; late</p><br/>Never   again", "Cold & late Never again"),
        ("a <b>bold</b> claim, <!-- hidden --> i <3 it, 2 < 3", "a bold claim, i <3 it, 2 < 3"),
        ("soooooo bad!!!!!!", "sooo bad!!!"),
        ("> you wrote this\nand I answer", "and I answer"),
        ("> only a quote", "> only a quote"),
        ("It’s “fine” 👍🏽 ❤️", 'It\'s "fine" 👍 ❤'),
        ("ＦＵＬＬ width and 𝓯𝓪𝓷𝓬𝔂", "FULL width and fancy"),
        ("ﻋﺎﻟﻤﯽ", prepare("عالمی")),
        ("كيف", "کیف"),
        ("cafe\u0301", "café"),
        ("hid\u200bden\ufeff", "hidden"),
        ("बहुत अच्छा", "बहुत अच्छा"),
        ("  \n\t ", ""),
    ],
)
def test_prepare_gives_one_form(raw: str, prepared: str):
    assert prepare(raw) == prepared


def test_preparing_twice_changes_nothing():
    text = "<p>@a soooo &lt;3 كيف ہے “x” http://x.y</p>"
    assert prepare(prepare(text)) == prepare(text)


def test_cleaning_leaves_letters_that_tell_arabic_from_urdu():
    assert clean("كيف @someone") == "كيف @user"
