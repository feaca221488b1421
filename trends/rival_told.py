"""What is told of a brand, subject by subject, sorted by who tells it once, so that any window is soon counted by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from config import Config
from store.facts import CONFIRMS, CONTESTS, TOPIC, Facts, Segment, split_site
from trends.brand_parts import BrandPart
from trends.copies import find_copies, groups_of
from trends.crowd import Floats
from trends.frame import Bools, Numbers
from trends.ratings import find_top
from trends.rival_copies import Uneven, find_uneven
from trends.rival_people import whole_of
from trends.tallies import Cells, add_once, find_in

Scale = tuple[str, int, float, float]
"""(source, measure, worst, best)."""
NOBODY = np.zeros(0, np.int64)
EVEN = Uneven(NOBODY, NOBODY, np.zeros(0, np.bool_))
UNASKED = -1
"""In place of the number of a person, for facts that are not asked for."""


@dataclass(frozen=True)
class Told:
    """What facts tell of some subjects, ordered by author, then by subject: one place in each column for each thing told."""

    facts: Numbers
    """Places among all facts of the brand."""
    subjects: Numbers
    figures: tuple[Floats, ...]
    """What each thing adds to one figure of its subject, or to several; without any, each adds one."""
    uneven: Uneven = EVEN
    """What copies differ in, which is not among the others; nothing where there are several figures."""

    @classmethod
    def of(cls, facts: Facts, places: Numbers, subjects: Numbers, *figures: Floats) -> Told:
        """Put in order."""
        order = np.lexsort((subjects, facts["author"][places]))
        return cls(places[order].astype(np.int64), subjects[order], tuple(figure[order] for figure in figures))

    def count_with_copies(self, asked: AskedFacts, left_out: Bools, size: int) -> Cells:
        """The cells of the only figure, of `size` subjects: what one copy tells, the group tells; without some rows."""
        numbers, talkers = asked.without(left_out), asked.part.talkers
        (cells,) = self.count(numbers, size, talkers.common)
        if not len(self.uneven.facts):
            return cells
        return self.uneven.add(cells, asked.standing(self.uneven.facts), numbers, talkers.size)

    def count(self, numbers: NDArray[np.int32], size: int, common: int) -> list[Cells]:
        """The cells of each figure, of `size` subjects; `numbers` as `AskedFacts` has them."""
        number = numbers.take(self.facts)
        asked = np.flatnonzero(number >= 0)
        number, subject = number.take(asked), self.subjects.take(asked)
        # numpy finds what is not zero several times as fast among truths as among numbers.
        often, once = np.flatnonzero(number > 0), np.flatnonzero(number == 0)
        persons, subjects = number.take(often).astype(np.int64), subject.take(often)
        keys, alone = persons * size + subjects, subject.take(once)
        starts = np.flatnonzero(np.concatenate([np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1]]))
        said = np.diff(starts, append=len(keys)).astype(np.float64)
        cells = Cells(persons.take(starts), subjects.take(starts), said, said, size, common, add_once(alone, size))
        found = []
        for figure in self.figures:
            part = figure.take(asked)
            added = np.add.reduceat(part.take(often), starts) if len(starts) else np.zeros(0)
            found.append(replace(cells, part=added, once=add_once(alone, size, part.take(once))))
        return found or [cells]


@dataclass(frozen=True)
class Subjects:
    """What is told of one brand."""

    labels: Told
    """Complaints of topics and what is said of attributes, which are numbered after the topics. One figure: of a topic 1, of an
    attribute whether it is confirmed."""
    ratings: Told
    """Two figures: the rating, and whether it is among the top boxes; their subjects are places in …"""
    scales: tuple[Scale, ...]
    named: tuple[int, int]
    """How many topics and attributes there are."""


def find_subjects(segment: Segment, config: Config) -> Subjects:
    """What all facts of a brand tell; known from the last time, unless other topics and attributes are asked for."""
    asked = tuple(one.id for one in config.topics), tuple(one.id for one in config.attributes)
    before = segment.memo.get("subjects")
    if before is not None and before[0] == asked:
        kept: Subjects = before[1]
        return kept
    topics, attributes = asked
    found = Subjects(
        tell_labels(segment, topics, attributes),
        *tell_ratings(segment),
        (len(topics), len(attributes)),
    )
    segment.memo["subjects"] = asked, found
    return found


def tell_labels(segment: Segment, topics: Sequence[str], attributes: Sequence[str]) -> Told:
    """The labels of some topics and attributes, by their places among both."""
    kind, name, row = (np.ascontiguousarray(segment.labels[column]) for column in ("kind", "name", "row"))
    size = max(len(topics) + len(attributes), 1)
    rows, subjects, parts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for one, names, first in ((TOPIC, topics, 0), (CONTESTS, attributes, len(topics)), (CONFIRMS, attributes, len(topics))):
        places = np.full(int(name.max(initial=0)) + 1, UNASKED)
        for place, asked in enumerate(names, first):
            number = segment.numbers().get(asked, len(places))
            if number < len(places):
                places[number] = place
        labels = np.flatnonzero((kind == one) & (places[name] >= 0))
        # A person's label may stand beside a tagger's.
        pairs = np.unique(row[labels].astype(np.int64) * size + places[name[labels]])
        rows.append(pairs // size)
        subjects.append(pairs % size)
        parts.append(np.full(len(pairs), float(one != CONTESTS)))
    places, subject, part = np.concatenate(rows), np.concatenate(subjects), np.concatenate(parts)
    uneven = find_uneven(segment.facts, places, subject, part > 0, size)
    even = Told.of(segment.facts, places[~uneven], subject[~uneven], part[~uneven])
    return replace(even, uneven=Uneven(places[uneven], subject[uneven], part[uneven] > 0))


def tell_ratings(segment: Segment) -> tuple[Told, tuple[Scale, ...]]:
    """The ratings within the bounds of their scales, and these scales."""
    facts = segment.facts
    value, worst, best = (facts[name] for name in ("rating", "worst", "best"))
    bounded = np.isfinite(worst) & np.isfinite(best) & (worst < best)
    rated = np.flatnonzero(bounded & (value >= worst) & (value <= best))
    codes = np.zeros(len(rated), np.int64)
    for column in (facts["site"], facts["measure"], worst, best):
        different, place = np.unique(column[rated], return_inverse=True)
        codes = np.unique(codes * len(different) + place, return_inverse=True)[1]
    example = np.zeros(int(codes.max(initial=-1)) + 1, np.int64)
    example[codes] = rated
    columns = [facts[name][example].tolist() for name in ("site", "measure", "worst", "best")]
    named = [(split_site(segment.names[site])[0], *rest) for site, *rest in zip(*columns, strict=True)]
    scales = sorted(set(named))
    subjects = np.array([scales.index(scale) for scale in named], np.int64)[codes]
    tops = np.array([find_top(*scale[2:]) for scale in scales])[subjects]
    values = value[rated].astype(np.float64)
    return Told.of(facts, rated, subjects, values, (values >= tops).astype(np.float64)), tuple(scales)


@dataclass(frozen=True)
class AskedFacts:
    """All facts of a brand, each with the number of who says it where it is asked for, else UNASKED."""

    part: BrandPart
    numbers: NDArray[np.int32]
    among: Numbers
    """Of the facts that the filters let through, their places among all facts, in order …"""
    places: Numbers
    """… and those of the rows that are asked for."""

    @classmethod
    def of(cls, part: BrandPart) -> AskedFacts:
        """The rows of a part."""
        facts = part.frame.segment.facts
        among = facts.derived("among all", lambda every: np.arange(len(every)))
        places = among[part.rows]
        numbers = np.full(len(whole_of(facts)), UNASKED, np.int32)
        numbers[places] = part.talkers.numbers
        return cls(part, numbers, among, places)

    def standing(self, places: Numbers) -> Numbers:
        """For each of some facts, by place among all, the one that stands for it; −1 where it is not asked for.

        That is the fact itself where it has no copies; what is not in the window stands for nothing.
        """
        frame, found = self.part.frame, np.full(len(places), UNASKED, np.int64)
        at = find_in(self.among, places)
        there = np.flatnonzero(at >= 0)
        there = there[frame.among(at[there], self.part.window)]
        rows, groups = at[there], groups_of(frame)
        # Few are asked about: of the copies only those are looked up that are of their groups.
        copies = find_copies(frame, self.part.window)
        copies = copies[np.isin(groups[copies], groups[rows])]
        copies = copies[find_in(self.part.rows, copies) >= 0]
        copies = copies[np.argsort(groups[copies])]
        first = find_in(groups[copies], groups[rows])
        stood = np.where(first >= 0, self.among[copies[first]], UNASKED) if len(copies) else np.full(len(rows), UNASKED)
        found[there] = np.where(groups[rows] > 0, stood, places[there])
        return found

    def without(self, left_out: Bools) -> NDArray[np.int32]:
        """The numbers, without those rows where `left_out` is true."""
        if not left_out.any():
            return self.numbers
        numbers = self.numbers.copy()
        numbers[self.places.compress(left_out)] = UNASKED
        return numbers
