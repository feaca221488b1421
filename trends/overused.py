"""Words and phrases that one set of mentions over-uses against another, each person counted once a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from config import Brand
from store.facts import Records, distinct
from trends.frame import Bools, Frame, Numbers, Rows
from trends.intervals import discoveries
from trends.people import Row
from trends.stacks import Stack, aligned
from trends.sums import count_each
from trends.words import hash_each, hash_word, log_odds, split_words, telling_terms

MIN_PEOPLE = 3
"""People who must use a word before it says something."""
LOOKED_AT = 2
"""Times as many words as are wanted are looked up: some turn out to be expected, or parts of a phrase."""
MOSTLY = 0.5
"""Part of a word's people who use it in a phrase, from which on the phrase stands for it."""

MASK = 2**32 - 1
"""The bits of a word's hash."""

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
    return count_each_part(Stack.build(frame, [rows]))[0]


def count_each_part(stack: Stack) -> list[tuple[Words, Words]]:
    """As `count_people`, of each part of a stack."""
    frame, words = stack.frame, stack.frame.segment.words
    size = np.bincount(words["row"], minlength=len(frame))
    order = np.argsort(words["row"], kind="stable") if (words["row"][1:] < words["row"][:-1]).any() else None
    length = size[stack.rows]
    # The places of the words of each row, one row after the other.
    places = np.repeat((np.cumsum(size) - size)[stack.rows] - (np.cumsum(length) - length), length) + np.arange(length.sum())
    said: Words = words["word"][places if order is None else order[places]]
    if stack.size > 1:
        said = np.repeat(stack.of << 32, length) | said
    found, people = count_each(said, stack.size << 32)
    often = np.flatnonzero(np.repeat(stack.again[stack.persons], length))
    again = find_again(said[often], np.repeat(stack.persons, length)[often], stack.size << 32)
    people -= np.bincount(np.searchsorted(found, again), minlength=len(found))
    bounds = np.searchsorted(found, np.arange(1, stack.size) << 32)
    return list(zip(np.split(found & MASK, bounds), np.split(people, bounds), strict=True))[: stack.size]


def find_again(said: Words, persons: Numbers, width: int) -> Words:
    """What people say, in numbers below `width`, whom it was counted of before."""
    pairs = np.sort(persons * width + said)
    again: Words = pairs[1:][pairs[1:] == pairs[:-1]] % width
    return again


def find_overused(
    frame: Frame,
    rows: Rows,
    counts: Sequence[tuple[Words, Words]],
    read: Reader,
    *,
    limit: int,
    ignored: frozenset[str] = frozenset(),
) -> list[Overused]:
    """The words that some rows over-use against others, highest z first; `counts` are their own, then those of each other side.

    Of the words that enough people use to be more than a manner of speech: those that stand out, at a false discovery rate of
    5%. `ignored` words and phrases with one of them are left out.
    """
    first, *others = counts
    enough = first[0][first[1] >= MIN_PEOPLE]
    there = sum((aligned(enough, side) for side in others), np.zeros(len(enough), np.int64))
    leading = find_leading(first, there, sum(int(side[1].sum()) for side in others), limit)
    return settle_words(leading, name_words(frame, rows, leading, read), limit=limit, ignored=ignored)


def find_telling(
    frame: Frame, groups: Mapping[str, Rows], whole: Rows, read: Reader, *, limit: int, ignored: frozenset[str]
) -> dict[str, list[Overused]]:
    """For each group of rows, by its name, the words that it over-uses against the rest of `whole`, which holds them all.

    A person who is in the group is not counted among the others.
    """
    everything = count_people(frame, whole)
    spoken = int(everything[1].sum())
    leading = {}
    for name, first in zip(groups, count_each_part(Stack.build(frame, list(groups.values()))), strict=True):
        enough = first[1] >= MIN_PEOPLE
        rest = aligned(first[0][enough], everything) - first[1][enough]
        leading[name] = find_leading(first, rest, spoken - int(first[1].sum()), limit)
    named = name_words(frame, whole, [word for found in leading.values() for word in found], read)
    return {name: settle_words(found, named, limit=limit, ignored=ignored) for name, found in leading.items()}


def find_leading(first: tuple[Words, Words], there: Numbers, spoken: int, limit: int) -> list[tuple[int, int, int, float]]:
    """(hash, people of the first side, of the second, z) of the words that stand out, highest z first.

    `there` says of each word that enough people of the first side use how many of the second do, and `spoken` what the second
    side's counts of all words add up to.
    """
    enough = first[1] >= MIN_PEOPLE
    words, here = first[0][enough], first[1][enough]
    if not len(words) or not spoken:
        return []
    from scipy.special import erfc

    z = log_odds(here, there, totals=(float(first[1].sum()), float(spoken)))
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


def name_words(frame: Frame, rows: Rows, leading: Sequence[tuple[int, int, int, float]], read: Reader) -> dict[int, str]:
    """The words of hashes, looked for in those of some rows of whose words most are among them: there is little to read."""
    wanted = distinct(np.array([number for number, *_ in leading], np.uint32))
    inner = find_uses(frame, rows, wanted)
    having, size = (np.bincount(words["row"], minlength=len(frame)) for words in (inner, frame.segment.words))
    order = np.lexsort((inner["row"], -(having / np.maximum(size, 1))[inner["row"]], inner["word"]))
    first = np.searchsorted(inner["word"][order], distinct(inner["word"]))
    examples = distinct(frame.column("mention")[inner["row"][order[first]]]).tolist()
    texts = read(examples) if examples else {}
    terms = {term for row in texts.values() for term in telling_terms(f"{row['title'] or ''}\n{row['text'] or ''}")}
    numbers = set(wanted.tolist())
    return {number: term for number, term in zip(hash_each(terms), terms, strict=True) if number in numbers}


def find_uses(frame: Frame, rows: Rows, wanted: NDArray[np.uint32]) -> Records:
    """Where some rows have any of some words, which are given in order."""
    words = frame.segment.words
    # Few words end in the same bits as one of these: only they are looked at whole.
    ends = np.zeros(1 << 16, np.bool_)
    ends[wanted & 0xFFFF] = True
    found = words[np.flatnonzero(ends[words["word"] & 0xFFFF])]
    kept: Bools = frame.masked(rows)[found["row"]] & np.isin(found["word"], wanted)
    return found[kept]


def rows_with(frame: Frame, rows: Rows, word: str) -> Rows:
    """Those of some rows that have a word."""
    words = frame.segment.words
    having = frame.masked(words["row"][words["word"] == hash_word(word)])
    return rows.compress(having[rows])


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
