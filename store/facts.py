"""Facts of the mentions of one brand as numpy columns: what questions about many mentions are answered from.

The store keeps them packed, one row for each brand and day (UTC): see `store.fact_keeping`. What a fact means is said by the
queries of `store.queries`, which they are made of and tested against.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from store.records import MEASURES, PRECISIONS, VOICES

UNDATED = np.iinfo(np.int64).min
"""In place of a time that is not known."""
NEGATIVE, NEUTRAL, POSITIVE = 1, 2, 3
MOODS = ("negative", "neutral", "positive")
"""`mood` is 0 without a sentiment, else the place in this list, from 1."""
READ, COMPLAINT, WORDED, ANSWERED, REPLY_TIMED = 1, 2, 4, 8, 16
"""Bits of `flags`: a tagger or person has read it; it complains; it has words; the company has answered; to the second."""
TOPIC, CONFIRMS, CONTESTS, SIGN = 0, 1, 2, 3
"""What a label is: a topic of a complaint, an attribute confirmed or contested, a sign (leaving, escalation …)."""

FACT = np.dtype(
    [
        ("mention", "<u4"),  # row id
        ("author", "<u8"),  # the first 64 bits of the author key; 0 without an author
        ("copy", "<u4"),  # copy group; 0 without
        ("site", "<u4"),  # name of source and site, as `site_name` joins them
        ("language", "<u4"),  # name; 0 without. So are the next three
        ("unsupported", "<u4"),  # the language, where the classifier does not read it well enough to count
        ("subject", "<u4"),
        ("place", "<u4"),
        ("published", "<i8"),  # seconds since 1970 in UTC, or UNDATED; of a day only, its midnight
        ("replied", "<i8"),  # when the company first answered a complaint, or UNDATED
        ("engagement", "<i4"),  # −1 without
        ("rating", "<f4"),  # not a number without. So are its worst and best
        ("worst", "<f4"),
        ("best", "<f4"),
        ("measure", "u1"),  # 0 without, else the place in MEASURES, from 1
        ("voice", "u1"),  # the place in VOICES
        ("precision", "u1"),  # the place in PRECISIONS
        ("mood", "u1"),
        ("flags", "u1"),
    ]
)
LABEL = np.dtype([("row", "<u4"), ("name", "<u4"), ("kind", "u1"), ("score", "<f4")])
"""A label of the fact at place `row`; score is not a number where a person gave it."""
WORD = np.dtype([("row", "<u4"), ("word", "<u4")])
"""A word or phrase, by its hash, that the mention of the fact at place `row` has; each once."""

Facts = NDArray[np.void]
Bools = NDArray[np.bool_]
Splitter = Callable[[str], Sequence[int]]
"""Hashes of the telling words and phrases of a text, each once."""


@dataclass(frozen=True)
class Segment:
    """Facts with their labels, and words where they were asked for."""

    facts: Facts
    labels: Facts
    words: Facts = field(default_factory=lambda: np.zeros(0, WORD))
    names: Mapping[int, str] = field(default_factory=dict)
    """The names of the whole store, by their numbers."""

    def numbers(self) -> dict[str, int]:
        """The number of each name."""
        return {name: number for number, name in self.names.items()}

    def narrow(self, kept: Bools) -> Segment:
        """Only the facts where `kept` (one for each fact) is true, with what belongs to them."""
        place = np.cumsum(kept) - 1
        labels, words = self.labels[kept[self.labels["row"]]], self.words[kept[self.words["row"]]]
        labels["row"], words["row"] = place[labels["row"]], place[words["row"]]
        return Segment(self.facts[kept], labels, words, self.names)


def join_segments(segments: Sequence[Segment], names: Mapping[int, str]) -> Segment:
    """Segments one after the other."""
    if not segments:
        return Segment(np.zeros(0, FACT), np.zeros(0, LABEL), np.zeros(0, WORD), names)
    starts = np.cumsum([0, *(len(segment.facts) for segment in segments[:-1])])
    labels, words = [segment.labels for segment in segments], [segment.words for segment in segments]
    return Segment(np.concatenate([segment.facts for segment in segments]), moved(labels, starts), moved(words, starts), names)


def moved(parts: Sequence[Facts], starts: NDArray[np.int64]) -> Facts:
    """Parts one after the other, whose `row` counts from where the facts of the part start."""
    joined = np.concatenate(parts)
    joined["row"] += np.repeat(starts, [len(part) for part in parts]).astype(np.uint32)
    return joined


def site_name(source: str, site: str) -> str:
    """One name of a source and its site; `split_site` takes it apart."""
    return f"{source}\n{site}"


def split_site(name: str) -> tuple[str, str]:
    """(source, site)."""
    source, _, site = name.partition("\n")
    return source, site


def code(value: str | None, words: Sequence[str]) -> int:
    """The place of a word in a list, from 1; 0 for none of them."""
    return words.index(value) + 1 if value in words else 0


CODES = {"voice": VOICES, "precision": PRECISIONS, "measure": MEASURES, "mood": MOODS}
"""What the numbers of a column stand for."""
