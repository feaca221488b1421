"""Make texts alike before the model reads them: the same at training and at run time."""

import html
import re
import unicodedata

_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]{0,1000}|!--.{0,1000}?--)>", re.DOTALL)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
_USER = re.compile(r"(?<![\w@./])@\w{1,50}(?:@[\w.-]+\w)?")
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
# A letter or sign held for effect ("sooooo", "!!!!!!") says no more after the third.
_HELD = re.compile(r"(\S)\1{3,}")
# Zero-width and direction marks, variation selectors, skin tones, Arabic vowel signs and tatweel: they
# change how a word is drawn, not what it says, and split one word into many unseen ones.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff"
    "\u0610-\u061a\u064b-\u0652\u0670\u0640]"
)
_HALF = re.compile("[\ud800-\udfff]")
# Urdu, Persian and Arabic keyboards give different code points for one letter: yeh, kaf and heh.
_ARABIC = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ۀ": "ۂ"})
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "´": "'", "`": "'"})


def drop_halves(text: str) -> str:
    """Return the text without lone surrogates, halves of a letter that JSON can hold and nothing can read or write."""
    return text if text.isascii() else _HALF.sub("", text)


def prepare(text: str) -> str:
    """Return the text as the model reads it: no markup, users as @user, links as http, one form a letter.

    Emoji and case stay (the tokenizer folds case); quoted lines of others' posts (`> …`) go unless nothing
    else is there. NFKC also turns Arabic presentation forms and styled letters into plain ones.
    """
    return " ".join(_HELD.sub(r"\1\1\1", clean(text).translate(_ARABIC)).split())


def clean(text: str) -> str:
    """Return the text without markup, quoted lines and invisible marks, in NFKC, with @user and http.

    What is left still tells Arabic from Urdu by its letters, as telling languages needs.
    """
    text = _strip_markup(text)
    unquoted = _QUOTED_LINE.sub(" ", text)
    if unquoted.strip():
        text = unquoted
    text = _USER.sub("@user", _LINK.sub("http", text))
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text.translate(_QUOTES)))


def _strip_markup(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    return text
