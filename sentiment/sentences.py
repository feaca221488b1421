"""Find the sentences of a text in any script."""

import re
from bisect import bisect_right

# What follows a stop and still belongs to its sentence: closing marks, emoji, emoticons. What repeats is possessive (`++`): a
# row of emoji or dots that ends no sentence would otherwise be tried again cut in every way, which takes for ever.
_TAIL = r"(?:[\"'”’»)\]]|\s*+(?:[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]++|[:;]-?[()DPp/|])++)*"
# These scripts' stops end a sentence even without a space behind them.
_FULL = r"[।॥۔؟。！？]++"
# A row of stops is looked at once, from its first.
_ROW = r"(?<![.!?…])"
_STOP = re.compile(
    rf"(?P<full>{_FULL}{_TAIL})"
    rf"|{_ROW}(?P<dots>(?=\.\.|[.!?]*+…)[.!?…]++{_TAIL})(?=\s)"
    rf"|{_ROW}(?P<stop>[.!?]++{_TAIL})(?=\s)|\n+"
)
_SHORT = """
mr mrs ms dr prof sr sra srta dra st vs etc e.g i.e eg ie approx nr nos vol dept inc ltd co corp jr fig est min max
z.b d.h u.a bzw ca usw evtl ggf inkl zzgl str tel abs hr fr ud vd uds vds avda pág p.ej av ave m.ö m.s vb vd örn yy
sig dott ecc art pag rs a.m p.m a.s lda dña
"""
_ABBREVIATIONS = frozenset(_SHORT.split())
_BEFORE_NUMBER = frozenset(("no", "art", "fig", "pág", "ch"))
_QUOTED_LINE = re.compile(r"^[ \t]*(?:>|&gt;).*$", re.MULTILINE)
_INITIAL = re.compile(r"(?:^|[\s.(])[^\W\d_]$")
_NUMBER = re.compile(r"(?:^|\s)\d{1,2}$")
_NEAR = 40
"""Characters before a stop that tell whether it is an abbreviation's: all of them would be read again at each stop."""


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) offsets of the sentences, without the white space around them; [] for a blank text.

    Lines end sentences too. A piece with no letter or digit in it joins the sentence before it.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _STOP.finditer(text):
        if _ends(text, start, match):
            _append(spans, text, start, match.end())
            start = match.end()
    _append(spans, text, start, len(text))
    return spans


def split_own(text: str) -> list[tuple[int, int]]:
    """Return the sentences that are not quoted from others' posts (lines after `>`), or all where nothing else is there."""
    spans = split_sentences(text)
    if ">" not in text and "&gt;" not in text:
        return spans
    quoted = [match.span() for match in _QUOTED_LINE.finditer(text)]
    starts = [start for start, _ in quoted]
    own = [span for span in spans if not (at := bisect_right(starts, span[0])) or quoted[at - 1][1] <= span[0]]
    return own or spans


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    if match["full"] or not match[0].strip():
        return True
    following = text[match.end() : match.end() + 4].lstrip()[:1]
    if match["dots"]:
        return not following.islower()
    if match["stop"][:1] != ".":
        return True
    before = text[max(start, match.start() - _NEAR) : match.start()]
    words = before.split()
    word = words[-1].lower().lstrip("(\"'") if words else ""
    if word in _BEFORE_NUMBER and following.isdigit():
        return False
    return not (word in _ABBREVIATIONS or _INITIAL.search(before) or _NUMBER.search(before))


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start >= end:
        return
    if spans and not any(char.isalnum() for char in text[start:end]):
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))
