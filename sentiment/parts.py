"""The words of a sentence, found once and counted up, however many of its parts are asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

from sentiment.names import LETTER, fold

_WORD = re.compile(rf"{LETTER}+(?:'{LETTER}+)?")


@dataclass(frozen=True)
class Words:
    """A sentence's folded words."""

    words: list[str]
    before: dict[int, int]
    """Of each place that parts begin or end at: how many words stand before it."""
    counts: Mapping[str, list[int]]
    """Of each kind of words: how many there are among the first n, n from 0 on."""

    def part(self, start: int, end: int) -> Part:
        """Return the words from one place to another."""
        return Part(self, self.before[start], max(self.before[start], self.before[end]))


@dataclass(frozen=True)
class Part:
    """Words of a sentence that stand in a row."""

    of: Words
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def first(self, words: int) -> list[str]:
        """Return the first words, fewer where there are fewer."""
        return self.of.words[self.start : min(self.end, self.start + words)]

    @property
    def last(self) -> str:
        """Return the last word of a part that has one."""
        return self.of.words[self.end - 1]

    def without(self, words: int) -> Part:
        """Return the part without its first words."""
        return Part(self.of, min(self.end, self.start + words), self.end)

    def has(self, kind: str) -> bool:
        """Whether a word of a kind is in it."""
        counts = self.of.counts[kind]
        return counts[self.end] > counts[self.start]


def find_words(sentence: str, places: Iterable[int], kinds: Mapping[str, frozenset[str]]) -> Words:
    """Find the words of a sentence; `places`, none within a word, are where parts may begin and end beside its own ends."""
    words: list[str] = []
    before = {}
    for start, end in pairwise([*sorted({0, len(sentence), *places}), len(sentence)]):
        before[start] = len(words)
        words += _WORD.findall(fold(sentence[start:end]))
    counts = {kind: list(accumulate((word in listed for word in words), initial=0)) for kind, listed in kinds.items()}
    return Words(words, before, counts)
