"""What a group of complaints is called: by the words that its people use more than others do."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from config import Brand
from trends.words import fold, log_odds_of, split_words, telling_words, word_pattern

FEWEST, PART = 2, 0.2
"""People, and the part of a group's people, who must share a word before it may name what they say."""
NEARLY = 0.5
"""A phrase names a group before a single word does where at least this part of the people who use the word use it."""
NAME_WORDS, WORDS = 2, 8
LONGEST_ID = 36
SHORTEST_STEM = 5
"""Letters of a brand's name that suffixes may follow, as in `tamarinden` and `tamarindile`."""
LATIN = str.maketrans({"ı": "i", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "þ": "th", "ð": "d"})

Terms = Mapping[str, str]
"""Folded words and phrases of a text -> as they stand in it."""


def find_terms(text: str, ignored: Collection[str]) -> dict[str, str]:
    """The telling words of a text, and the phrases of two that stand side by side, as they are written there."""
    telling = telling_words(text, ignored)
    found: dict[str, str] = {}
    last = None
    for match in word_pattern().finditer(text):
        word = fold(match.group())
        if word not in telling or is_named(word, ignored):
            last = None
            continue
        found.setdefault(word, match.group())
        if last is not None and text[last.end() : match.start()] in (" ", "-", "\N{NON-BREAKING HYPHEN}"):
            pair = text[last.start() : match.end()]
            if fold(last.group()) != word:
                found.setdefault(" ".join(split_words(pair)), pair)
        last = match
    return found


def brand_words(brands: Sequence[Brand]) -> set[str]:
    """The words of the names and accounts of brands, which name no topic, and those that their queries look for."""
    said = [text for brand in brands for text in (brand.name, brand.id, brand.query, *brand.accounts)]
    return {word for text in said for word in split_words(text)}


def is_named(word: str, ignored: Collection[str]) -> bool:
    """Whether a word is an ignored one with a suffix."""
    return any(word[:length] in ignored for length in range(SHORTEST_STEM, len(word)))


def telling_terms(own: Sequence[Sequence[Terms]], others: Sequence[Sequence[Terms]]) -> list[str]:
    """The words and phrases that people use more here than elsewhere, most telling first.

    `own` and `others` have for each person the terms of each text. The order is that of the z score of `log_odds`; a phrase
    stands before its words where most of those who use them use it, and its words are then left out.
    """
    first, second = count_terms(own), count_terms(others)
    fewest = max(FEWEST, math.ceil(PART * len(own)))
    scores = log_odds_of(first, second) if second else {term: float(count) for term, count in first.items()}
    said = [term for term in first if first[term] >= fewest and scores.get(term, 0.0) > 0]
    ranked = sorted(said, key=lambda term: (-scores[term], term))
    phrases = [term for term in ranked if " " in term and first[term] >= NEARLY * max(first[part] for part in term.split())]
    chosen: list[str] = []
    for term in [*phrases[:NAME_WORDS], *(term for term in ranked if " " not in term)]:
        if not any(alike(part, word) for one in chosen for part in one.split() for word in term.split()):
            chosen.append(term)
    return chosen[:WORDS]


def alike(first: str, second: str) -> bool:
    """Whether two words are forms of one, as `bag` and `bags`: the one begins with the other."""
    return first.startswith(second) or second.startswith(first)


def count_terms(people: Sequence[Sequence[Terms]]) -> Counter[str]:
    """How many people use each term."""
    return Counter(term for texts in people for term in {term for terms in texts for term in terms})


def written(terms: Sequence[str], own: Sequence[Sequence[Terms]]) -> list[str]:
    """Terms as most people write them, in small letters first where both are as usual."""
    forms: dict[str, Counter[str]] = {}
    for texts in own:
        for terms_of_text in texts:
            for term, form in terms_of_text.items():
                forms.setdefault(term, Counter())[form] += 1
    return [min(forms[term], key=lambda form: (-forms[term][form], form != form.lower(), form)) for term in terms]


def make_name(words: Sequence[str], language: str | None) -> str:
    """A name of the most telling phrase, or of the two most telling words."""
    first = list(words[:1]) if words and re.search(r"[\s-]", words[0]) else list(words[:NAME_WORDS])
    name = ", ".join(first)
    head = "İ" if name[:1] == "i" and (language or "").partition("-")[0] == "tr" else name[:1].upper()
    return head + name[1:]


def make_id(words: Sequence[str], name: str, taken: Collection[str]) -> str:
    """An id by config's rule (a-z, 0-9 and _), from the first words that Latin letters can write, else from a hash."""
    plain = next((made for word in [name, *words] if (made := latin(word))), "")
    if not plain:
        plain = f"topic_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    numbered = (f"{plain}_{number}" for number in itertools.count(2))
    return next(made for made in itertools.chain([plain], numbered) if made not in taken)


def latin(text: str) -> str:
    """A text in the letters of an id; empty where it has letters that are not Latin, or none."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.lower().translate(LATIN)) if not unicodedata.combining(letter)
    )
    if any(letter.isalpha() and not letter.isascii() for letter in bare):
        return ""
    parts = re.findall(r"[a-z0-9]+", bare)
    made = ""
    for part in parts:
        made = f"{made}_{part}" if made and len(made) + len(part) < LONGEST_ID else made or part[:LONGEST_ID]
    return made if made[:1].isalpha() else ""
