"""A text as words that can be compared: one spelling for case, accents, alike letters and suffixes, in any script."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache

ZWNJ = "\u200c"
APOSTROPHES = "\u2019\u2018\u02bc\u00b4\u0060\u1fef\u1ffd\uff07\u2032"
UNSEEN = "\u200d\u00ad\u2060\ufeff" + "".join(map(chr, range(0xFE00, 0xFE10)))
"""Joiners, soft hyphens and variation selectors, which only guide rendering: an emoji's must not begin the word after it."""
BEFORE: dict[int, str | None] = str.maketrans(dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys(UNSEEN))
"""Apostrophes as people type them. Before NFKC, which makes an accent of U+00B4."""
TYPED = re.compile(f"[{APOSTROPHES}{UNSEEN}]")
SIGNS = [(chr(number), unicodedata.category(chr(number))) for number in range(0x0300, 0xFE30)]
AFTER = str.maketrans(
    # Turkish: I, ı, İ and i are one letter here, since a name is also written in capitals and without Turkish keys.
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}
    # Russian print leaves the dots of ё out.
    | {"ё": "е"}
    # Arabic keyboards type ي ى ك ه ة where Urdu and Persian write ی ک ہ, and Kurdish and Uighur ones ە.
    | {"\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9"}
    | dict.fromkeys("\u0647\u0629\u06d5\u06c3", "\u06c1")
    # Short vowels, tatweel and the Devanagari nukta are often left out.
    | dict.fromkeys([*map(chr, range(0x064B, 0x0653)), *map(chr, range(0x0656, 0x0660)), "\u0670", "\u0640", "\u093c"])
    # ٤ ۴ ४ are all 4.
    | {char: str(unicodedata.decimal(char)) for char, category in SIGNS if category == "Nd"}
)
ALIKE = re.compile(f"[{''.join(map(chr, AFTER))}]")
ACCENTS = re.compile("(?<=[a-z\u0370-\u03ff])[\u0300-\u036f]+|(?<=[\u0627\u0647\u06c1\u06d5])[\u064b-\u0655]+")
"""Latin and Greek letters with accents, and alef and heh with madda or hamza. Elsewhere a mark makes another letter: и and й
are two."""
MARKS = "".join(char for char, category in SIGNS if category.startswith("M") and not "\u20d0" <= char <= "\u20ff")
"""Vowel signs and the like, which belong to words though they are no letters; those that frame a sign (keycaps) do not."""
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
TAG = re.compile(r"[#@]\w+")
HUMP = re.compile(
    r"(?<=[^\W\d_]{2})(?=\d{2})|(?<=[a-z\u00df-\u00f6\u00f8-\u00ff]{2})(?=[A-Z\u00c0-\u00d6\u00d8-\u00de])"
    r"|(?<=[A-Z]{2})(?=[A-Z][a-z])"
)
"""Where a new word begins within a hashtag: at a capital or a number, after two letters or more (`#iPhone` is one word)."""
LATIN_STEM = re.compile("(?<=[a-z0-9])(?=[\u0400-\u0dff\u1100-\u11ff\uac00-\ud7a3])")
"""Where a Latin name takes an ending in another script: `Acme를`."""
OF_WORDS = frozenset(MARKS + APOSTROPHES + UNSEEN + ZWNJ + "'_")
"""What may stand within a word, or vanish from it, without being a letter or a digit."""
STRAY = frozenset(
    char
    for block in (range(0x00A1, 0x00C0), range(0x2010, 0x2800), range(0x1F300, 0x1FB00))
    for char in map(chr, block)
    if not any(form.isalnum() or form in OF_WORDS for form in char + unicodedata.normalize("NFKC", char))
)
"""Pound and euro signs, dashes, ticks, faces: what stands between words in texts that are ASCII otherwise."""
FOREIGN = re.compile("[^\x00-\x7f]")
BETWEEN_FIELDS = 1000
"""Word positions left free between two fields, so that no phrase spans both."""


def fold(text: str) -> str:
    """Write a text in the one spelling that words are compared in."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text = TYPED.sub(lambda typed: BEFORE[ord(typed[0])] or "", text)
    if STRAY.issuperset(FOREIGN.findall(text)):
        # Question marks do as well, and all that follows would take six times as long.
        return text.encode("ascii", "replace").decode("ascii").lower().replace("`", "'")
    text = unicodedata.normalize("NFKC", text).casefold()
    if text.isascii():
        return text.replace("`", "'")
    text = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    if ALIKE.search(text):
        # Only then: translating letter by letter takes as long as all the rest.
        text = text.translate(AFTER)
    return UNSPACED.sub(r" \g<0> ", LATIN_STEM.sub(ZWNJ, text))


def split_tags(text: str) -> str:
    """Part the words of `#AcmeFail` and `@acmeHelp2` by ZWNJ, so that they can be asked for as well as the whole."""
    if "#" not in text and "@" not in text:
        return text
    return TAG.sub(lambda tag: HUMP.sub(ZWNJ, tag[0]), unicodedata.normalize("NFC", text))


def find_runs(text: str) -> list[str]:
    """Cut a text into folded words; apostrophes and ZWNJ within a word are still in it."""
    folded = fold(split_tags(text))
    return (ASCII_WORD if folded.isascii() else WORD).findall(folded)


def join(run: str) -> str:
    """A word without its apostrophes and ZWNJ."""
    return run.replace("'", "").replace(ZWNJ, "")


class Words:
    """The words of one mention, read once for every brand's query."""

    def __init__(self, *fields: str | None) -> None:
        self.runs = [find_runs(field) for field in fields if field]
        text = " ".join(map(" ".join, self.runs))
        plain = set().union(*self.runs)
        self.has_joined = ZWNJ in text
        self.compounds = {run for run in plain if "'" in run or ZWNJ in run} if "'" in text or self.has_joined else set()
        """Those with an apostrophe or a ZWNJ, which have several forms."""
        more: set[str] = set().union(*(form for run in self.compounds for form in forms_of(run)))
        self.forms = (plain - self.compounds) | more if self.compounds else plain
        """Every form under which a word of the text may be asked for."""
        self.listing = f" {text} {' '.join(more)}"
        """Every form behind a blank."""

    def begin(self, prefix: str) -> bool:
        """Whether some form begins so; `prefix` has two signs or more."""
        return f" {prefix}" in self.listing

    def places(self, form: str) -> list[int]:
        """Where a form stands, counted in words; in no order."""
        if self.has_joined:
            return self.positions.get(form, [])
        same = [form, *(run for run in self.compounds if form in forms_of(run)[0])]
        found, start = [], 0
        for runs in self.runs:
            for run in same:
                at = -1
                for _ in range(runs.count(run)):
                    at = runs.index(run, at + 1)
                    found.append(start + at)
            start += len(runs) + BETWEEN_FIELDS
        return found

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Form -> where it stands: for texts of which one word stands for several."""
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


@lru_cache(maxsize=4096)
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
    # Whole, it stands between the word before its first part and the word after its last.
    found[0].add(join(run))
    found[-1].add(join(run))
    return found
