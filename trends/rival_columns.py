"""Columns of a brand's facts that competitors are compared by: made once of all facts that this process keeps of the brand."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from config import Config
from store.facts import CONFIRMS, CONTESTS, LABEL, TOPIC, WORDED, Facts, Segment, split_site
from trends.frame import Frame, Numbers, Rows

POSITIVE, NEGATIVE, READ, JUDGED, COMPLAINS, SPOKEN, SIGNED = (1 << bit for bit in range(7))
"""Bits of `told`: its mood, or that it has one; the classifier could judge it; and then, that it complains; it has words, an
author."""
WORD = 32
"""Labels of one column of `find_labels`."""
Rating = tuple[str, int, float, float, float]
"""(source, measure, worst, best, value)."""


def find_told(frame: Frame) -> NDArray[np.uint8]:
    """The bits of each fact."""
    return frame.segment.facts.derived("told", make_told)


def make_told(facts: Facts) -> NDArray[np.uint8]:
    """As `find_told`, of all facts."""
    frame = Frame(Segment(facts, np.zeros(0, LABEL)), ZoneInfo("UTC"))
    judged = ~frame.unjudged
    found = np.zeros(len(facts), np.uint8)
    for bit, true in (
        (POSITIVE, frame.mood("positive")),
        (NEGATIVE, frame.mood("negative")),
        (READ, frame.column("mood") != 0),
        (JUDGED, judged),
        (COMPLAINS, judged & frame.complains),
        (SPOKEN, frame.flagged(WORDED)),
        (SIGNED, frame.column("author") != 0),
    ):
        found[true] |= bit
    return found


def list_labels(config: Config) -> list[tuple[int, str]]:
    """(kind, name) of the labels that are compared, by their bits: topics, then attributes confirmed, then contested."""
    attributes = [(kind, one.id) for kind in (CONFIRMS, CONTESTS) for one in config.attributes]
    return [(TOPIC, topic.id) for topic in config.topics] + attributes


def name_columns(labels: Sequence[tuple[int, str]]) -> list[str]:
    """The names of the columns that hold the labels of each fact, as bits."""
    told = " ".join(f"{kind}:{name}" for kind, name in labels)
    return [f"labels {first} of {told}" for first in range(0, len(labels), WORD)]


def mark_labels(segment: Segment, labels: Sequence[tuple[int, str]]) -> None:
    """Make the columns of labels, unless they are there: of all facts, which know their labels."""
    numbers = segment.numbers()
    for place, column in enumerate(name_columns(labels)):
        if column in segment.facts.made:
            continue
        kinds, names, rows = (np.ascontiguousarray(segment.labels[of]) for of in ("kind", "name", "row"))
        bits = np.zeros(len(segment.facts), np.uint32)
        for bit, (kind, name) in enumerate(labels[place * WORD : (place + 1) * WORD]):
            bits[rows[(kinds == kind) & (names == numbers.get(name, -1))]] |= np.uint32(1 << bit)
        segment.facts[column] = bits


def find_labels(frame: Frame, labels: Sequence[tuple[int, str]], rows: Rows) -> tuple[Numbers, Numbers]:
    """(place in `rows`, label) of each label of some rows, of facts that were marked."""
    places, found = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for word, column in enumerate(name_columns(labels)):
        bits = frame.column(column)[rows]
        some = np.flatnonzero(bits)
        bits = bits[some]
        # The lowest bit of each at a time: few have several.
        while len(some):
            lowest = bits & (~bits + np.uint32(1))
            places.append(some)
            found.append(np.frexp(lowest.astype(np.float64))[1] + (word * WORD - 1))
            bits = bits ^ lowest
            more = bits != 0
            some, bits = some.compress(more), bits.compress(more)
    return np.concatenate(places), np.concatenate(found)


def find_ratings(frame: Frame) -> NDArray[np.uint32]:
    """For each fact a number of its site, measure, worst, best and rating; 0 without a rating on its scale."""
    return frame.segment.facts.derived("rated", number_ratings)


def number_ratings(facts: Facts) -> NDArray[np.uint32]:
    """As `find_ratings`, of all facts."""
    value, worst, best = (facts[name] for name in ("rating", "worst", "best"))
    bounded = np.isfinite(worst) & np.isfinite(best) & (worst < best)
    rated = np.flatnonzero(bounded & (value >= worst) & (value <= best))
    codes = np.zeros(len(rated), np.int64)
    for column in (facts["site"], facts["measure"], worst, best, value):
        distinct, place = np.unique(column[rated], return_inverse=True)
        codes = np.unique(codes * len(distinct) + place, return_inverse=True)[1]
    found = np.zeros(len(facts), np.uint32)
    found[rated] = codes + 1
    return found


def name_ratings(frame: Frame, rows: Rows, codes: NDArray[np.uint32]) -> dict[int, Rating]:
    """What the numbers of the ratings of some rows mean."""
    example = np.full(int(codes.max(initial=0)) + 1, -1)
    example[codes] = rows
    there = np.flatnonzero(example >= 0)
    columns = [frame.column(name)[example[there]].tolist() for name in ("site", "measure", "worst", "best", "rating")]
    sources = [split_site(frame.segment.names[site])[0] for site in columns[0]]
    return dict(zip(there.tolist(), zip(sources, *columns[1:], strict=True), strict=True))
