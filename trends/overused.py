"""Words and phrases that one set of mentions over-uses against another, each person counted once a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from config import Brand
from store.facts import distinct
from trends.frame import Frame, Rows
from trends.intervals import discoveries
from trends.people import Row
from trends.words import hash_word, log_odds, split_words, telling_terms

MIN_PEOPLE = 3
"""People who must use a word before it says something."""
LOOKED_AT = 2
"""Times as many words as are wanted are looked up: some turn out to be expected, or parts of a phrase."""
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
    pairs = distinct(frame.persons[inner["row"]].astype(np.uint64) << np.uint64(32) | inner["word"])
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
    leading = find_leading(count_people(frame, rows), join_counts(others), limit)
    return settle_words(leading, name_words(frame, {"": rows}, {"": leading}, read), limit=limit, ignored=ignored)


def find_telling(
    frame: Frame, groups: Mapping[str, Rows], whole: Rows, read: Reader, *, limit: int, ignored: frozenset[str]
) -> dict[str, list[Overused]]:
    """For each group of rows, by its name, the words that it over-uses against the rest of `whole`, which holds them all.

    A person who is in the group is not counted among the others.
    """
    everything = count_people(frame, whole)
    leading = {}
    for name, rows in groups.items():
        words, people = count_people(frame, rows)
        rest = everything[1] - aligned(everything[0], (words, people))
        leading[name] = find_leading((words, people), (everything[0], np.maximum(rest, 0)), limit)
    named = name_words(frame, groups, leading, read)
    return {name: settle_words(found, named, limit=limit, ignored=ignored) for name, found in leading.items()}


def find_leading(first: tuple[Words, Words], second: tuple[Words, Words], limit: int) -> list[tuple[int, int, int, float]]:
    """(hash, people of the first side, of the second, z) of the words that stand out, highest z first."""
    enough = first[1] >= MIN_PEOPLE
    words, here = first[0][enough], first[1][enough]
    if not len(words) or not second[1].sum():
        return []
    from scipy.special import erfc

    there = aligned(words, second)
    z = log_odds(here, there, totals=(float(first[1].sum()), float(second[1].sum())))
    real = np.array(discoveries(erfc(np.abs(z) / np.sqrt(2)).tolist()), np.bool_)
    telling = np.flatnonzero(real & (z > 0))
    leading = telling[np.argsort(-z[telling], kind="stable")][: limit * LOOKED_AT]
    return [(int(words[n]), int(here[n]), int(there[n]), float(z[n])) for n in leading]


def settle_words(
    leading: Sequence[tuple[int, int, int, float]], named: Mapping[int, str], *, limit: int, ignored: frozenset[str]
) -> list[Overused]:
    """The leading words by their names, without ignored ones and parts of phrases."""
    found = [
        Overused(named[number], first, second, z)
        for number, first, second, z in leading
        if number in named and ignored.isdisjoint(named[number].split())
    ]
    return sorted(without_parts(found), key=lambda word: (-word.z, word.word))[:limit]


def name_words(
    frame: Frame, groups: Mapping[str, Rows], leading: Mapping[str, Sequence[tuple[int, int, int, float]]], read: Reader
) -> dict[int, str]:
    """The words of hashes, looked for in a mention of the group that has each."""
    words = frame.segment.words
    examples: set[int] = set()
    for name, rows in groups.items():
        inner = words[frame.masked(rows)[words["row"]]]
        inner = inner[np.isin(inner["word"], [number for number, *_ in leading[name]])]
        order = np.argsort(inner["word"], kind="stable")
        _, starts = np.unique(inner["word"][order], return_index=True)
        examples.update(frame.column("mention")[inner["row"][order[starts]]].tolist())
    wanted = {number for found in leading.values() for number, *_ in found}
    texts = read(sorted(examples)) if examples else {}
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


def ignored_words(brands: Sequence[Brand], names: Sequence[str] = ()) -> frozenset[str]:
    """The names and queries of the brands, and other names: what was expected."""
    said = [text for brand in brands for text in (brand.name, brand.id, brand.query, *brand.accounts)]
    return frozenset(word for text in (*said, *names) for word in split_words(text))
