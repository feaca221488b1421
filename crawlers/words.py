"""A text as words that can be compared: one spelling for case, accents, alike letters and suffixes, in any script."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

ZWNJ = "\u200c"
BEFORE = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u00b4\u0060\uff07\u2032", "'") | dict.fromkeys("\u200d\u00ad"))
"""Apostrophes as people type them, and joiners that only guide rendering. Before NFKC, which makes an accent of U+00B4."""
AFTER = str.maketrans(
    # Turkish: I, ı, İ and i are one letter here, since a name is also written in capitals and without Turkish keys.
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}
    # Arabic keyboards type ي ى ك ه where Urdu and Persian write ی ک ہ.
    | {"\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9", "\u0647": "\u06c1"}
    # Short vowels, tatweel and the Devanagari nukta are often left out.
    | dict.fromkeys([*map(chr, range(0x064B, 0x0653)), "\u0670", "\u0640", "\u093c"])
)
ACCENTS = re.compile("([a-z\u0370-\u03ff])[\u0300-\u036f]+")
"""Latin and Greek letters with accents. Elsewhere a mark makes another letter: и and й are two."""
MARKS = "".join(char for char in map(chr, range(0x0300, 0xFE30)) if unicodedata.category(char).startswith("M"))
"""Vowel signs and the like, which belong to words though they are no letters."""
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002fa1f]"
)
"""Scripts without spaces (Thai, Lao, Burmese, Khmer, kana, Han): each sign counts as a word, a name is a run of them."""
ASCII_WORD = re.compile("[a-z0-9]+(?:'[a-z0-9]+)*")
WORD = re.compile(f"(?:[^\\W_]|[{MARKS}])+(?:['{ZWNJ}](?:[^\\W_]|[{MARKS}])+)*")
WILD_WORD = re.compile(f"(?:[^\\W_]|[{MARKS}'{ZWNJ}*])+")
"""A word of a query, whose `*` stand for any letters."""
ELISIONS = frozenset(["l", "d", "j", "m", "n", "s", "t", "c", "qu", "un", "dell", "all", "nell", "sull", "dall"])
"""French and Italian short words that an apostrophe joins to the next one: `d'Acme`."""
BETWEEN_FIELDS = 1000
"""Word positions left free between two fields, so that no phrase spans both."""


def fold(text: str) -> str:
    """Write a text in the one spelling that words are compared in."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = unicodedata.normalize("NFKC", text.translate(BEFORE)).casefold()
    text = ACCENTS.sub(r"\1", unicodedata.normalize("NFD", text))
    text = unicodedata.normalize("NFC", text).translate(AFTER)
    return UNSPACED.sub(r" \g<0> ", text)


def find_runs(text: str) -> list[str]:
    """Cut a text into folded words; apostrophes and ZWNJ within a word are still in it."""
    folded = fold(text)
    return (ASCII_WORD if folded.isascii() else WORD).findall(folded)


def join(run: str) -> str:
    """A word without its apostrophes and ZWNJ."""
    return run.replace("'", "").replace(ZWNJ, "")


class Words:
    """The words of one mention, read once for every brand's query."""

    def __init__(self, *fields: str | None) -> None:
        self.runs = [find_runs(field) for field in fields if field]

    @cached_property
    def forms(self) -> set[str]:
        """Every form under which a word of the text may be asked for."""
        plain = set().union(*self.runs)
        compound = {run for run in plain if "'" in run or ZWNJ in run}
        if not compound:
            return plain
        return (plain - compound).union(*(form for run in compound for form in forms_of(run)))

    @cached_property
    def prefixes(self) -> dict[str, list[str]]:
        """First two signs and `*` -> the forms that begin so."""
        found: dict[str, list[str]] = {}
        for form in self.forms:
            found.setdefault(form[:2] + "*", []).append(form)
        return found

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Form -> where it stands, counted in words."""
        found: dict[str, list[int]] = {}
        position = 0
        for runs in self.runs:
            for run in runs:
                for step, forms in enumerate(forms_of(run)):
                    for form in forms:
                        found.setdefault(form, []).append(position + step)
                position += step + 1
            position += BETWEEN_FIELDS
        return found


def forms_of(run: str) -> list[set[str]]:
    """Forms of one run of letters, by position: `tamarind'den` may be asked for as tamarind and as tamarindden.

    A ZWNJ joins two words into one, so both and the whole can be asked for; an apostrophe's suffix alone cannot.
    """
    if "'" not in run and ZWNJ not in run:
        return [{run}]
    found = []
    for part in run.split(ZWNJ):
        head, _, tail = part.partition("'")
        found.append({head, join(part)} | ({join(tail)} if head in ELISIONS and tail else set()))
    found[0].add(join(run))
    return found
