"""What is added up of one brand to be compared: moods, complaints, topics, attributes and ratings by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from trends.brand_parts import BrandPart
from trends.crowd import Floats
from trends.frame import Numbers
from trends.moments import Moments, Shared, join_moments, join_shared
from trends.rival_columns import SPOKEN
from trends.rival_told import AskedFacts, Scale, Subjects
from trends.share_of_voice import BrandVoice
from trends.tallies import Cells, Spoken, moments_of, share_spoken


@dataclass(frozen=True)
class Tally:
    """The figures of one brand."""

    common: int
    voices: BrandVoice
    net: Spoken
    negative: Spoken
    complaints: Spoken
    labels: Cells
    """Topics, and after them attributes."""
    topics: int
    """How many of them are topics."""
    means: Cells
    tops: Cells

    @cached_property
    def nets(self) -> Moments:
        """Of net sentiment."""
        return moments_of([self.net])

    @cached_property
    def shares(self) -> Moments:
        """Negative, complaints, each topic and attribute, and the top boxes of each scale."""
        basic, labels = moments_of([self.negative, self.complaints]), self.labels.moments
        topics, attributes = labels.take(slice(self.topics)), labels.take(slice(self.topics, None))
        judged = basic.take(np.ones(self.topics, np.int64))
        topics = replace(topics, people=judged.people, whole=judged.whole, sizes=judged.sizes)
        return join_moments([basic, topics, attributes, self.tops.moments])

    def add_up(self) -> None:
        """Add up what every comparison asks for."""
        _ = self.nets, self.shares, self.means.moments

    def sort_out(self) -> None:
        """Find out who speaks of what, for `share` with several others."""
        _ = [cells.slots for cells in (self.labels, self.means, self.tops)]

    def share(self, other: Tally) -> tuple[Shared, Shared, Shared]:
        """What the same people say in both: in the nets, in `shares`, in the mean ratings."""
        return self.share_nets(other), self.share_shares(other), self.means.meet(other.means)

    def share_nets(self, other: Tally) -> Shared:
        """What the same people say in both nets."""
        return share_spoken([self.net], [other.net], self.common)

    def share_shares(self, other: Tally) -> Shared:
        """What the same people say in both of each of `shares`."""
        basic = share_spoken([self.negative, self.complaints], [other.negative, other.complaints], self.common)
        labels, there = self.labels.meet(other.labels), slice(self.topics)
        topics = Shared(
            labels.parts[there],
            weigh(self.labels.shared, other.complaints.whole)[there],
            weigh(other.labels.shared, self.complaints.whole)[there],
            np.full(self.topics, basic.wholes[1]),
        )
        attributes = labels.take(slice(self.topics, None))
        return join_shared([basic, topics, attributes, self.tops.meet(other.tops)])


def weigh(cells: Cells, whole: Numbers) -> Floats:
    """What each person adds to a subject, by how much the same person says of the other brand."""
    return cells.add(cells.part * whole[cells.number])


def tally(rated: BrandPart, subjects: Subjects, scales: Sequence[Scale]) -> Tally:
    """The figures of some rows of a brand, of which ratings may be without words; ratings on each of some scales."""
    spoken, common, numbered = (rated.told & SPOKEN) != 0, rated.talkers.common, AskedFacts.of(rated)
    part = rated if spoken.all() else rated.keep(spoken)
    labels = subjects.labels.count_with_copies(numbered, ~spoken, sum(subjects.named))
    # A complaint of a topic is one of all that the classifier could judge.
    of_topics, whole = np.flatnonzero(labels.subject < subjects.named[0]), labels.whole.copy()
    whole[of_topics] = part.complaints.whole[labels.number[of_topics]]
    places = np.array([scales.index(scale) for scale in subjects.scales], np.int64)
    means, tops = subjects.ratings.count(numbered.numbers, len(places), common)
    return Tally(
        common=common,
        voices=part.voices,
        net=part.net,
        negative=part.negative,
        complaints=part.complaints,
        labels=replace(labels, whole=whole),
        topics=subjects.named[0],
        means=means.among(places, len(scales)),
        tops=tops.among(places, len(scales)),
    )
