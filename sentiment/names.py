"""Find the configured brands by their names in a sentence: whatever the case, accents, script, ending, # or @."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence

from store.records import BrandNames

FIRST_MASK = 0xE000
"""The first private character: brand 0's name becomes it, so that cues see one sign whatever a brand is called."""
MASK = "[\ue000-\uf8ff]"
_PRIVATE = re.compile(MASK)
MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
LETTER = rf"[\w{MARKS}]"
_BEFORE = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u00b4\u0060\uff07\u2032", "'"))
_DROPPED = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640\u093c\u00ad\u200c\u200d]")
# Turkish I, ı, İ and i are one letter; Arabic keyboards type ي ى ك ه where Urdu and Persian write ی ک ہ.
_ALIKE = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}
    | {"\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9", "\u0647": "\u06c1", "\u0671": "\u0627"}
)
# Case endings that Turkish, Estonian, German, Spanish and English hang on a name, some without an apostrophe.
_ENDINGS = (
    "s es i u e a yi yu in un nin nun den dan ten tan de da te ta ye ya le la yle yla ler lar "
    "lerden lardan lerin larin is ist il ilt ile iga ini ina ita isse ist st l lt ga d t sse ks id"
)
_ARABIC = re.compile("[\u0600-\u06ff]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_ARABIC_PREFIX = "(?:[وفبلک]{0,2}(?:ال)?)?"
SHORTEST = 4
"""Letters from which on a name takes endings without an apostrophe, and its hashtags may say more (#tamarindfail)."""


def fold(text: str) -> str:
    """Return the text in the one spelling that names and cues are compared in; its length may change."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = unicodedata.normalize("NFKC", text.translate(_BEFORE)).casefold()
    return unicodedata.normalize("NFC", _DROPPED.sub("", unicodedata.normalize("NFD", text))).translate(_ALIKE)


class NameFinder:
    """The names of all brands, looked for together."""

    def __init__(self, names: Sequence[BrandNames]) -> None:
        self.names = tuple(names)
        self.brands = [one.brand for one in names]
        groups = [
            f"(?P<b{number}>{'|'.join(patterns)})"
            for number, one in enumerate(names)
            if (patterns := [pattern for form in sorted(one.forms, key=len, reverse=True) for pattern in _patterns(form)])
        ]
        self._names = re.compile("|".join(groups)) if groups else None
        self._unless = [_any_of(one.unless) for one in names]

    def find(self, folded: str) -> set[int]:
        """Return the numbers of the brands that a folded text names."""
        if self._names is None:
            return set()
        return {int(match.lastgroup[1:]) for match in self._names.finditer(folded) if match.lastgroup}

    def excludes(self, brand: int, folded: str) -> bool:
        """Whether a folded text holds a word that the brand's query shuts out: the name then means something else."""
        pattern = self._unless[brand]
        return bool(pattern and pattern.search(folded))

    def mask(self, folded: str, brands: set[int]) -> str:
        """Put one private character for each name of these brands; an ending stays behind it, without its apostrophe."""
        if not folded.isascii():
            folded = _PRIVATE.sub(" ", folded)  # A text's own (a logo of some font) names no brand.
        return self._names.sub(lambda match: _masked(match, brands), folded) if self._names else folded


def masked_brands(masked: str) -> list[int]:
    """The numbers of the brands whose names a masked text holds, in order."""
    return [ord(letter) - FIRST_MASK for letter in re.findall(MASK, masked)]


def _masked(match: re.Match[str], brands: set[int]) -> str:
    number = int((match.lastgroup or "b0")[1:])
    if number not in brands:
        return match[0]
    return chr(FIRST_MASK + number) + next((part for part in match.groups()[1:] if part and part != match[0]), "").lstrip("'")


def _any_of(forms: Sequence[str]) -> re.Pattern[str] | None:
    patterns = [pattern for form in forms for pattern in _patterns(form)]
    return re.compile("|".join(patterns)) if patterns else None


@functools.cache
def _patterns(form: str) -> tuple[str, ...]:
    """Patterns of one form as config has it: a word or phrase, any `*` in it, or an @account."""
    words = re.findall(rf"(?:{LETTER}|[*])+", fold(form))
    if not words:
        return ()
    if _UNSPACED.search(form):
        return (re.escape("".join(words).replace("*", "")),)
    if form.startswith("@"):
        return (rf"(?<!{LETTER})(?:@|u/){re.escape(''.join(words))}(?!{LETTER})",)
    stem, star = words[-1].rstrip("*"), words[-1].endswith("*")
    head = r"[\s'\-]+".join([*map(_wild, words[:-1]), _wild(stem)])
    letters = sum(map(len, words))
    prefix = _ARABIC_PREFIX if _ARABIC.search(form) else ""
    plain = rf"(?<!{LETTER}){prefix}{head}{_tail(letters, star)}(?!{LETTER})"
    joined = "".join(map(_wild, words[:-1])) + _wild(stem)
    return (plain, rf"[#@]{joined}{LETTER}*") if letters >= SHORTEST else (plain, rf"[#@]{joined}(?!{LETTER})")


def _wild(word: str) -> str:
    return re.escape(word).replace(r"\*", f"{LETTER}*")


def _tail(letters: int, star: bool) -> str:
    if star:
        return f"((?:'?{LETTER})*)"
    bare = f"|{'|'.join(sorted(_ENDINGS.split(), key=len, reverse=True))}" if letters >= SHORTEST else ""
    return f"((?:'{LETTER}{{1,8}}{bare})?)"
