"""Facts of the mentions of one brand as numpy columns: what questions about many mentions are answered from.

The store keeps them packed, one row for each brand and day (UTC): see `store.fact_keeping`. What a fact means is said by the
queries of `store.queries`, which they are made of and tested against.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
        ("thread", "<u8"),  # the first 64 bits of a hash of the conversation: see `store.cases`
        ("answered", "<i8"),  # the company's last answer, whatever it answers, as `2 * seconds + to the second`; or UNDATED
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
OFFSETS = {name: FACT.fields[name][1] for name in FACT.names} if FACT.fields and FACT.names else {}
LABEL = np.dtype([("row", "<u4"), ("name", "<u4"), ("kind", "u1"), ("score", "<f4")])
"""A label of the fact at place `row`; score is not a number where a person gave it."""
WORD = np.dtype([("row", "<u4"), ("word", "<u4")])
"""A word or phrase, by its hash, that the mention of the fact at place `row` has; each once."""

Records = NDArray[np.void]
Bools = NDArray[np.bool_]
Splitter = Callable[[str], Sequence[int]]
"""Hashes of the telling words and phrases of a text, each once."""


class Facts:
    """Facts as columns by the names of FACT, each made when it is first asked for; `len` is how many facts there are."""

    def __init__(self, count: int, make: Callable[[str], NDArray[Any]], chosen: Chosen | None = None) -> None:
        self.count = count
        self.make = make
        self.chosen = chosen
        self.made: dict[str, NDArray[Any]] = {}

    @classmethod
    def of(cls, records: Records) -> Facts:
        """Facts from records of FACT."""
        return cls(len(records), lambda name: np.ascontiguousarray(records[name]))

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.made:
            self.made[name] = self.make(name)
        return self.made[name]

    def __setitem__(self, name: str, column: NDArray[Any]) -> None:
        self.made[name] = column

    def derived(self, name: str, make: Callable[[Facts], NDArray[Any]]) -> NDArray[Any]:
        """A further column, which `make` makes of others: once, of all the facts that these were chosen from."""
        if name not in self.made:
            self.made[name] = self.chosen.take(self.chosen.whole.derived(name, make)) if self.chosen else make(self)
        return self.made[name]

    def choose(self, count: int, take: Callable[[NDArray[Any]], NDArray[Any]]) -> Facts:
        """Some of the facts: `take` gives their part of any column."""
        return Facts(count, lambda name: take(self[name]), Chosen(self, take))

    def narrow(self, kept: Bools) -> Facts:
        """Only the facts where `kept` is true."""
        places = np.flatnonzero(kept)
        return self.choose(len(places), lambda column: column[places])

    def records(self) -> Records:
        """All columns as records of FACT."""
        found = np.zeros(len(self), FACT)
        for name in FACT.names or ():
            found[name] = self[name]
        return found


@dataclass(frozen=True)
class Chosen:
    """Which facts of which others some facts are."""

    whole: Facts
    take: Callable[[NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True)
class Segment:
    """Facts with their labels, and words where they were asked for. All that is known of one may be used again by many."""

    facts: Facts
    labels: Records
    words: Records = field(default_factory=lambda: np.zeros(0, WORD))
    names: Mapping[int, str] = field(default_factory=dict)
    """The names of the whole store, by their numbers."""
    memo: dict[Any, Any] = field(default_factory=dict)
    """What was made of these facts before, by who made it."""

    def numbers(self) -> dict[str, int]:
        """The number of each name."""
        if "numbers" not in self.memo:
            self.memo["numbers"] = {name: number for number, name in self.names.items()}
        found: dict[str, int] = self.memo["numbers"]
        return found

    def narrow(self, kept: Bools) -> Segment:
        """Only the facts where `kept` (one for each fact) is true, with what belongs to them."""
        if kept.all():
            return self
        place = np.cumsum(kept) - 1
        # Places take a fifth of the time that a mask takes where what is kept lies scattered.
        labels, words = (rows[np.flatnonzero(kept[rows["row"]])] for rows in (self.labels, self.words))
        labels["row"], words["row"] = place[labels["row"]], place[words["row"]]
        return Segment(self.facts.narrow(kept), labels, words, self.names)

    def cut(self, head: int, first: int, end: int) -> Segment:
        """The first `head` facts, and those at the places from `first` to `end`; words are left out. Labels are in order."""
        if head == first and end == len(self.facts):
            return self

        def take(column: NDArray[Any]) -> NDArray[Any]:
            return np.concatenate([column[:head], column[first:end]]) if head else column[first:end]

        rows = self.labels["row"]
        bounds = np.searchsorted(rows, np.array([head, first, end], np.uint32))
        labels = np.concatenate([self.labels[: bounds[0]], self.labels[bounds[1] : bounds[2]]])
        labels["row"][bounds[0] :] -= np.uint32(first - head)
        return Segment(self.facts.choose(head + end - first, take), labels, names=self.names)


@dataclass(frozen=True)
class Packed:
    """The facts of one day as the store keeps them: column by column, so that only those asked for are unpacked."""

    facts: bytes
    labels: bytes
    words: bytes = b""

    @property
    def count(self) -> int:
        """How many facts there are."""
        return len(self.facts) // FACT.itemsize


def pack(segment: Segment) -> Packed:
    """Turn a segment into bytes."""
    columns = b"".join(segment.facts[name].astype(FACT[name], copy=False).tobytes() for name in FACT.names or ())
    return Packed(columns, segment.labels.tobytes(), segment.words.tobytes())


def unpack(days: Sequence[Packed], names: Mapping[int, str]) -> Segment:
    """Join days, one after the other."""
    counts = [day.count for day in days]
    starts = np.cumsum(counts, dtype=np.int64) - np.array(counts, np.int64)
    blobs = [day.facts for day in days]

    def column(name: str) -> NDArray[Any]:
        kind, offset = FACT[name], OFFSETS[name]
        size = kind.itemsize
        parts = [blob[offset * n : (offset + size) * n] for blob, n in zip(blobs, counts, strict=True)]
        return np.frombuffer(bytearray().join(parts), kind)

    labels, words = [day.labels for day in days], [day.words for day in days]
    return Segment(Facts(sum(counts), column), moved(labels, LABEL, starts), moved(words, WORD, starts), names)


def moved(parts: Sequence[bytes], kind: np.dtype[np.void], starts: NDArray[np.int64]) -> Records:
    """Parts one after the other, whose `row` counts from where the facts of the part start."""
    whole = np.frombuffer(bytearray().join(parts), kind)
    if len(whole):
        whole["row"] += np.repeat(starts, [len(part) // kind.itemsize for part in parts]).astype(np.uint32)
    return whole


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """The different values, in order: by sorting, since `numpy.unique` hashes, which takes ten times as long."""
    ordered = np.sort(values)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


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
