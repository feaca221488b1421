"""Words and phrases that one set of mentions over-uses against another, each person counted once a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trends.frame import Frame, Rows
from trends.intervals import discoveries
from trends.people import Row
from trends.words import hash_word, log_odds, telling_terms

MIN_PEOPLE = 3
"""People who must use a word before it says something."""
LOOKED_AT = 4
"""Times as many words as are wanted are looked up: some turn out to be expected, or parts of a phrase."""
EXAMPLES = 2
"""Mentions in which a word is looked for by its hash."""
MOSTLY = 0.5
"""Part of a word's people who use it in a phrase, from which on the phrase stands for it."""

Words = NDArray[np.int64]
Reader = Callable[[Sequence[int]], Mapping[int, Row]]
"""Row ids -> by row id a row with title and text."""


@dataclass(frozen=True)
class Overused:
    """A word, or a phrase of two, that stands out."""

    word: str
    first: int
    """People (anonymous mentions one each) of the one side who use it."""
    second: int
    z: float
    """Log-odds with an informative Dirichlet prior over its standard deviation (Monroe et al. 2008)."""


def count_people(frame: Frame, rows: Rows) -> tuple[Words, Words]:
    """The words of some rows, by hash and in order, and how many people use each."""
    words = frame.segment.words
    inner = words[frame.masked(rows)[words["row"]]]
    pairs = np.unique(frame.persons[inner["row"]].astype(np.uint64) << np.uint64(32) | inner["word"])
    found, counts = np.unique(pairs & np.uint64(0xFFFFFFFF), return_counts=True)
    return found.astype(np.int64), counts


def join_counts(sides: Sequence[tuple[Words, Words]]) -> tuple[Words, Words]:
    """The counts of several sides together."""
    words = np.concatenate([np.zeros(0, np.int64), *(side[0] for side in sides)])
    counts = np.concatenate([np.zeros(0, np.int64), *(side[1] for side in sides)])
    found, place = np.unique(words, return_inverse=True)
    return found, np.bincount(place, weights=counts, minlength=len(found)).astype(np.int64)


def aligned(words: Words, side: tuple[Words, Words]) -> Words:
    """The counts of one side for some words."""
    if not len(side[0]):
        return np.zeros(len(words), np.int64)
    place = np.minimum(np.searchsorted(side[0], words), len(side[0]) - 1)
    return np.where(side[0][place] == words, side[1][place], 0)


def find_overused(
    frame: Frame,
    rows: Rows,
    others: Sequence[tuple[Words, Words]],
    read: Reader,
    *,
    limit: int,
    ignored: frozenset[str] = frozenset(),
) -> list[Overused]:
    """The words that some rows over-use against the counts `others`, highest z first.

    Of the words that enough people use to be more than a manner of speech: those that stand out, at a false discovery rate of
    5%. `ignored` words and phrases with one of them are left out.
    """
    first, second = count_people(frame, rows), join_counts(others)
    if not len(first[0]) or not len(second[0]):
        return []
    words = np.union1d(first[0], second[0])
    here, there = aligned(words, first), aligned(words, second)
    z = log_odds(here, there)
    said = np.flatnonzero(here >= MIN_PEOPLE)
    from scipy.special import erfc

    real = np.array(discoveries(erfc(np.abs(z[said]) / np.sqrt(2)).tolist()), np.bool_)
    telling = said[real & (z[said] > 0)] if len(said) else said
    leading = telling[np.argsort(-z[telling], kind="stable")][: limit * LOOKED_AT]
    named = name_words(frame, rows, words[leading], read)
    found = [
        Overused(named[int(words[n])], int(here[n]), int(there[n]), float(z[n]))
        for n in leading
        if int(words[n]) in named and ignored.isdisjoint(named[int(words[n])].split())
    ]
    return sorted(without_parts(found), key=lambda word: (-word.z, word.word))[:limit]


def name_words(frame: Frame, rows: Rows, hashes: Words, read: Reader) -> dict[int, str]:
    """The words of hashes, looked for in mentions that have them."""
    words = frame.segment.words
    inner = words[frame.masked(rows)[words["row"]]]
    inner = inner[np.isin(inner["word"], hashes)]
    order = np.argsort(inner["word"], kind="stable")
    _, starts, counts = np.unique(inner["word"][order], return_index=True, return_counts=True)
    examples = [
        int(n) for start, count in zip(starts, counts, strict=True) for n in order[start : start + min(count, EXAMPLES)]
    ]
    mentions = frame.column("mention")[inner["row"][examples]].tolist() if examples else []
    wanted = set(hashes.tolist())
    texts = read(sorted(set(mentions)))
    terms = (term for row in texts.values() for term in telling_terms(f"{row['title'] or ''}\n{row['text'] or ''}"))
    return {number: term for term in terms if (number := hash_word(term)) in wanted}


def rows_with(frame: Frame, rows: Rows, word: str) -> Rows:
    """Those of some rows that have a word."""
    words = frame.segment.words
    having = words["row"][words["word"] == hash_word(word)]
    return rows[np.isin(rows, having)]


def without_parts(found: Sequence[Overused]) -> list[Overused]:
    """Where a phrase is most of what both of its words are used in, it stands for them; one that adds to a word gives way."""
    single = {word.word: word for word in found if " " not in word.word}
    kept: list[Overused] = []
    covered: set[str] = set()
    for phrase in (word for word in found if " " in word.word):
        parts = [single[part] for part in phrase.word.split() if part in single]
        if len(parts) != 1 and all(phrase.first >= MOSTLY * part.first for part in parts):
            kept.append(phrase)
            covered.update(part.word for part in parts)
    return [*kept, *(word for word in single.values() if word.word not in covered)]
