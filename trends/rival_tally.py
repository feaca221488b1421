"""What is added up of one brand to be compared: moods, complaints, topics, attributes and ratings by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config import Config
from trends.brand_parts import Part
from trends.crowd import Floats
from trends.frame import Numbers
from trends.moments import Moments, Shared, join_moments
from trends.ratings import find_top
from trends.rival_columns import JUDGED, SPOKEN, Rating, find_labels, list_labels, name_ratings
from trends.share_of_voice import BrandVoice
from trends.sums import count_each
from trends.tallies import Cells, Spoken, moments_of, share_spoken

Scale = tuple[str, int, float, float]
"""(source, measure, worst, best)."""


@dataclass(frozen=True)
class Subjects:
    """What is compared, each by its place."""

    labels: list[tuple[int, str]]
    """As `rival_columns.list_labels`."""
    topics: int
    """How many of them are topics."""
    attributes: int
    ratings: tuple[Rating, ...]
    """In order, and so by scale."""
    scales: tuple[Scale, ...]

    @cached_property
    def scale_of(self) -> Numbers:
        """The place of each rating's scale."""
        places = {scale: place for place, scale in enumerate(self.scales)}
        return np.array([places[rating[:4]] for rating in self.ratings], np.int64)

    @cached_property
    def values(self) -> Floats:
        """Of each rating."""
        return np.array([rating[4] for rating in self.ratings], np.float64)

    @cached_property
    def tops(self) -> Floats:
        """1 for each rating that is among the top boxes of its scale, else 0."""
        return np.array([rating[4] >= find_top(*rating[2:4]) for rating in self.ratings], np.float64)


@dataclass(frozen=True)
class Tally:
    """The figures of one brand."""

    common: int
    voices: BrandVoice
    net: Spoken
    negative: Spoken
    complaints: Spoken
    topics: Cells
    attributes: Cells
    means: Cells
    tops: Cells

    @cached_property
    def nets(self) -> Moments:
        """Of net sentiment."""
        return moments_of([self.net])

    @cached_property
    def shares(self) -> Moments:
        """Negative, complaints, each topic and attribute, and the top boxes of each scale."""
        basic = moments_of([self.negative, self.complaints])
        judged = basic.take(np.ones(self.topics.subjects, np.int64))
        topics = replace(self.topics.moments, people=judged.people, whole=judged.whole, sizes=judged.sizes)
        return join_moments([basic, topics, self.attributes.moments, self.tops.moments])

    def share_nets(self, other: Tally) -> Shared:
        """What the same people say in both nets."""
        return share_spoken([self.net], [other.net], self.common)

    def share_shares(self, other: Tally) -> Shared:
        """What the same people say in both of each of `shares`."""
        basic = share_spoken([self.negative, self.complaints], [other.negative, other.complaints], self.common)
        topics = Shared(
            self.topics.meet(other.topics).parts,
            weigh(self.topics.shared, other.complaints.whole),
            weigh(other.topics.shared, self.complaints.whole),
            np.full(self.topics.subjects, basic.wholes[1]),
        )
        found = [basic, topics, self.attributes.meet(other.attributes), self.tops.meet(other.tops)]
        return Shared(*(np.concatenate(columns) for columns in zip(*(one.columns for one in found), strict=True)))


def weigh(cells: Cells, whole: Numbers) -> NDArray[np.float64]:
    """What each person adds to a subject, by how much the same person says of the other brand."""
    return cells.add(cells.part * whole[cells.number])


def tally(rated: Part, subjects: Subjects) -> Tally:
    """The figures of some rows of a brand, of which ratings may be without words."""
    spoken = (rated.told & SPOKEN) != 0
    part = rated if spoken.all() else rated.keep(spoken)
    topics, attributes = find_subjects_told(part, subjects, part.complaints.whole)
    means, tops = find_rated(rated, subjects)
    return Tally(
        common=part.talkers.common,
        voices=part.voices,
        net=part.net,
        negative=part.negative,
        complaints=part.complaints,
        topics=topics,
        attributes=attributes,
        means=means,
        tops=tops,
    )


def find_subjects_told(part: Part, subjects: Subjects, judged: Numbers) -> tuple[Cells, Cells]:
    """(complaints by person and topic, what is said by person and attribute)."""
    places, labels = find_labels(part.frame, subjects.labels, part.rows)
    of_topic, size = labels < subjects.topics, part.talkers.size
    # A topic counts where the classifier could judge, as the complaint does.
    judging = of_topic & ((part.told[places] & JUDGED) != 0)
    keys = part.people(places.compress(judging)) * subjects.topics + labels.compress(judging)
    keys, counts = count_each(keys, part.crowd * subjects.topics)
    number, subject = np.divmod(keys, max(subjects.topics, 1))
    whole = np.where(number < size, judged[np.minimum(number, size - 1)], 1)
    topics = make_cells(part, number, subject, counts, whole, subjects.topics)
    others, width = places.compress(~of_topic), max(subjects.attributes, 1)
    sides = labels.compress(~of_topic) - subjects.topics
    contests = sides >= subjects.attributes
    keys = part.people(others) * width + np.where(contests, sides - width, sides)
    distinct, cell = np.unique(keys, return_inverse=True)
    number, subject = np.divmod(distinct, width)
    confirming, all_of = np.bincount(cell.compress(~contests), minlength=len(distinct)), np.bincount(cell)
    return topics, make_cells(part, number, subject, confirming, all_of, subjects.attributes)


def make_cells(part: Part, number: Numbers, subject: Numbers, plus: NDArray[Any], whole: NDArray[Any], subjects: int) -> Cells:
    """Cells of people numbered by `Part.people`."""
    number = np.where(number < part.talkers.size, number, 0)
    return Cells(number, subject, plus.astype(np.float64), whole.astype(np.float64), subjects, part.talkers.common)


def find_rated(part: Part, subjects: Subjects) -> tuple[Cells, Cells]:
    """(means, top boxes) of the ratings by person and scale."""
    places = np.flatnonzero(part.ratings)
    codes, width = part.ratings[places], max(len(subjects.ratings), 1)
    order = {rating: place for place, rating in enumerate(subjects.ratings)}
    table = np.zeros(int(codes.max(initial=0)) + 1, np.int64)
    for code, rating in name_ratings(part.frame, part.rows[places], codes).items():
        table[code] = order[rating]
    keys, counts = count_each(part.people(places) * width + table[codes], part.crowd * width)
    number, place = np.divmod(keys, width)
    # Ratings are in order of their scales.
    subject = subjects.scale_of[place]
    starts = np.flatnonzero(np.append(True, (number[1:] != number[:-1]) | (subject[1:] != subject[:-1]))[: len(keys)])
    value, top = subjects.values[place] * counts, subjects.tops[place] * counts
    sums = [np.add.reduceat(column, starts) if len(starts) else np.zeros(0) for column in (value, top, counts)]
    means = make_cells(part, number[starts], subject[starts], sums[0], sums[2], len(subjects.scales))
    return means, replace(means, part=sums[1].astype(np.float64))


def find_subjects(config: Config, parts: Sequence[Part]) -> Subjects:
    """What there is to compare of some brands."""
    ratings: set[Rating] = set()
    for part in parts:
        there = np.flatnonzero(part.ratings)
        ratings |= set(name_ratings(part.frame, part.rows[there], part.ratings[there]).values())
    return Subjects(
        labels=list_labels(config),
        topics=len(config.topics),
        attributes=len(config.attributes),
        ratings=tuple(sorted(ratings)),
        scales=tuple(sorted({rating[:4] for rating in ratings})),
    )
