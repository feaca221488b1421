"""Complaints by whether a topic takes them, and the groups of those that none takes, or only just."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config import Topic
from trends.clusters import Space, centre_of, cohesion, find_groups, make_space, near_rows
from trends.people import Row, count_voices, once
from trends.sentences import Reader, Sentences
from trends.words import telling_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

WEAK = 0.25
"""A topic takes a complaint only just, where its score is within this part of the way from its threshold to 1."""
MOST = 0.5
"""A known topic that more than this part of the known complaints near a group have is what the group may be part of."""


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """Complaints of a window, copies once, by whether a topic takes them."""

    free: Sequence[Row]
    """No topic takes them, nor a copy of them."""
    weak: Sequence[Row]
    known: Sequence[Row]
    topics: Mapping[int, frozenset[str]]
    """The topics of each mention in `weak` and `known`."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of sentences, and the complaints that they stand in."""

    sentences: tuple[int, ...]
    """Rows of `Sentences`, nearest the centre first."""
    rows: tuple[Row, ...]
    """Its complaints, in order of row id."""
    free: tuple[Row, ...]
    """Those of them that no topic takes."""
    cohesion: float
    part_of: Topic | None
    general: bool
    """Whether complaints of several known topics say the same: then it is anger, not a topic."""


def sort_complaints(rows: Sequence[Row], thresholds: Mapping[str, float | None]) -> Sorted:
    """Sort the rows of `store.queries.find_complaints`, one a mention and topic, by how surely a topic takes them."""
    topics: dict[object, set[str]] = {}
    sure: set[object] = set()
    for row in rows:
        if row["topic"] is not None:
            topics.setdefault(copies_of(row), set()).add(row["topic"])
            if not is_weak(row["score"], thresholds.get(row["topic"])):
                sure.add(copies_of(row))
    kept = once({row["mention"]: row for row in rows}.values())
    return Sorted(
        free=[row for row in kept if copies_of(row) not in topics],
        weak=[row for row in kept if copies_of(row) in topics and copies_of(row) not in sure],
        known=[row for row in kept if copies_of(row) in sure],
        topics={row["mention"]: frozenset(topics[copies_of(row)]) for row in kept if copies_of(row) in topics},
    )


def copies_of(row: Row) -> tuple[str, int]:
    """What copies of one text share."""
    return ("group", row["copy_group"]) if row["copy_group"] is not None else ("mention", row["mention"])


def is_weak(score: float | None, threshold: float | None) -> bool:
    """Whether a topic's score is hardly above its threshold; a person's word, without a score, is never weak."""
    return score is not None and threshold is not None and score < threshold + WEAK * (1 - threshold)


def group_complaints(
    complaints: Sorted, told: Sentences, topics: Sequence[Topic], reader: Reader, *, least: int
) -> tuple[list[Group], int, int]:
    """Group the sentences of free and weak complaints; how many there are, and of how many of them the groups were found."""
    import numpy as np

    space = make_space(reader.background, told.vectors)
    placed = space.place(told.vectors)
    candidates = {row["mention"]: row for row in (*complaints.free, *complaints.weak)}
    looked_at = np.flatnonzero(
        [owner in candidates and says_something(told, number) for number, owner in enumerate(told.owners)]
    )
    found, sampled = find_groups(placed[looked_at], space, least=least)
    described = space.place(reader.embed([topic.description for topic in topics])) if topics else placed[:0]
    groups = [
        make_group([int(looked_at[row]) for row in rows], candidates, complaints, told, placed, space, topics, described)
        for rows in found
    ]
    return groups, len(looked_at), sampled


def says_something(told: Sentences, number: int) -> bool:
    """Whether a sentence has a word that is no stop word: `Thx.` and `I am.` are near to each other and mean nothing."""
    return bool(telling_words(told.sentence(number), ()))


def make_group(
    sentences: Sequence[int], candidates: Mapping[int, Row], complaints: Sorted, told: Sentences,
    placed: Floats, space: Space, topics: Sequence[Topic], described: Floats,
) -> Group:  # fmt: skip
    """A group with what known complaints and descriptions are near it."""
    members = placed[list(sentences)]
    centre = centre_of(members)
    ordered = sorted(sentences, key=lambda row: (-float(placed[row] @ centre), row))
    mentions = sorted({told.owners[row] for row in sentences})
    rows = tuple(candidates[mention] for mention in mentions)
    near = near_known(members, complaints, told, placed, space)
    counts = Counter(topic for mention in near for topic in complaints.topics[mention])
    leading = next((topic for topic in topics if counts[topic.id] > MOST * len(near)), None)
    outnumbered = len(near) > len(rows)
    return Group(
        sentences=tuple(ordered),
        rows=rows,
        free=tuple(row for row in rows if row["mention"] not in complaints.topics),
        cohesion=cohesion(members),
        part_of=leading if outnumbered and leading else nearest_topic(centre, topics, described, space),
        general=outnumbered and leading is None,
    )


def near_known(members: Floats, complaints: Sorted, told: Sentences, placed: Floats, space: Space) -> set[int]:
    """Complaints of known topics that have a sentence as near to a group's members as the group asks of its own."""
    near = near_rows(placed, members, space)
    return {told.owners[row] for row in near} & {row["mention"] for row in complaints.known}


def nearest_topic(centre: Floats, topics: Sequence[Topic], described: Floats, space: Space) -> Topic | None:
    """The topic whose description is so near to a group's centre that two groups would be called one."""
    if not topics:
        return None
    cosines = described @ centre
    best = int(cosines.argmax())
    return topics[best] if float(cosines[best]) >= space.alike else None


def known_people(rows: Sequence[Row], *, anonymous: bool = False) -> int:
    """Distinct known authors; with `anonymous`, complaints without an author one each."""
    voices = count_voices(rows)
    return voices.people + anonymous * voices.anonymous
