"""What lists of praising and blaming words say of a text's sentiment.

Words and letters (ngrams.py) know the words that training told them often; a list knows rare ones, too. The lists are AFINN's
(Nielsen 2011), translated, and say nothing of what training saw often. A word that is denied means the opposite, less strongly,
as in VADER (Hutto and Gilbert 2014).
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.ngrams import split_words

STEM = 5
"""Letters from which on a word of a list also stands for longer words that begin with it."""
ENDING = 4
"""Letters that those may have more."""
BEFORE, BEHIND = 3, 2
"""How many words before and behind a word may deny it."""
DENIED = -0.74
"""What a denied word is worth: VADER's constant."""
FEWEST = 4
"""Words that a text counts as having at least, so that a lone word does not say everything."""
_CLITICS = {"ar": re.compile(r"^(?:[وفبل]?ال|[وف])(?=\w{3})|^لل(?=\w{3})")}
"""Article, prepositions and conjunctions that are written as one with an Arabic word. A word that merely begins like them loses
these letters, too, in the list as in the text."""
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class WordList:
    """What one language's list says."""

    valence: Mapping[str, int]
    """From -5 to 5 by word or stem; 0 for one that says nothing."""
    before: frozenset[str]
    """Words that deny what follows them."""
    behind: frozenset[str]
    """Words that deny what stands before them."""
    usual: tuple[float, float]
    """Blame and praise of the mean text of training."""
    weights: tuple[float, float]
    """Logit of negative a unit of blame more than usual, and of positive a unit of praise."""

    def weigh(self, words: Sequence[str]) -> tuple[float, float]:
        """Return the blame and the praise in the words of a text, by the root of how many they are."""
        blame = praise = 0.0
        for place, word in enumerate(words):
            if value := float(find_valence(self.valence, word)):
                near = words[max(0, place - BEFORE) : place]
                if not (self.before.isdisjoint(near) and self.behind.isdisjoint(words[place + 1 : place + 1 + BEHIND])):
                    value *= DENIED
                blame, praise = blame + max(-value, 0.0), praise + max(value, 0.0)
        root = max(len(words), FEWEST) ** 0.5
        return blame / root, praise / root


@dataclass(frozen=True)
class Valence:
    """The lists by language."""

    lists: Mapping[str, WordList]

    @classmethod
    def load(cls, path: Path) -> "Valence":
        """Read `valence.json`; raises ValueError, KeyError or TypeError where it is not one."""
        found = json.loads(path.read_text(encoding="utf-8"))
        return cls({language: _list_of(one) for language, one in found.items()})

    def save(self, path: Path) -> None:
        """Write `valence.json`: words of one valence in one string."""
        path.write_text(
            json.dumps({language: _plain(one) for language, one in self.lists.items()}, ensure_ascii=False, indent=1) + "\n",
            encoding="utf-8",
        )

    def logits(self, texts: Sequence[str], languages: Sequence[str] = ()) -> Floats:
        """Return (n, 3) logits of negative, neutral, positive for prepared texts; nothing in a language without a list."""
        out = np.zeros((len(texts), 3), np.float32)
        for row, (text, language) in enumerate(zip(texts, languages, strict=False)):
            if found := self.lists.get(language):
                out[row, [0, 2]] = np.multiply(
                    np.subtract(found.weigh(listed_words(text, language)), found.usual), found.weights
                )
        return out


def listed_words(text: str, language: str) -> list[str]:
    """Return the words of a prepared text as the list of its language has them."""
    words = split_words(text)
    clitics = _CLITICS.get(language)
    return [clitics.sub("", word) for word in words] if clitics else words


def find_valence(valence: Mapping[str, int], word: str) -> int:
    """Return the valence of a word, or else of the longest stem that it begins with; 0 if there is none."""
    if word in valence:
        return valence[word]
    for end in range(len(word) - 1, max(STEM, len(word) - ENDING) - 1, -1):
        if word[:end] in valence:
            return valence[word[:end]]
    return 0


def _list_of(found: Mapping[str, Any]) -> WordList:
    (blame, praise), (negative, positive) = found["usual"], found["weights"]
    return WordList(
        {word: int(value) for value, joined in found["words"].items() for word in joined.split()},
        frozenset(found["before"].split()),
        frozenset(found["behind"].split()),
        (float(blame), float(praise)),
        (float(negative), float(positive)),
    )


def _plain(one: WordList) -> dict[str, Any]:
    by_value: dict[str, list[str]] = {str(value): [] for value in range(-5, 6)}
    for word, value in sorted(one.valence.items()):
        by_value[str(value)].append(word)
    return {
        "usual": list(one.usual),
        "weights": list(one.weights),
        "before": _joined(one.before),
        "behind": _joined(one.behind),
        "words": {value: " ".join(words) for value, words in by_value.items()},
    }


def _joined(words: Collection[str]) -> str:
    return " ".join(sorted(words))
