"""The complaints of all topics by source, product or place, and the shares that they are: all of them counted at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.answers import Share
from trends.changes import find_change, is_comparable
from trends.frame import Bools, Numbers
from trends.gathering import Gathered
from trends.hot_button_answers import Part
from trends.stacks import Stack
from trends.sums import Sums, dot, share_of_sums, sum_each
from trends.verdicts import find_verdict

PARTS = 6
"""Sources, products and places with figures of their own."""


@dataclass(frozen=True)
class Division:
    """The mentions that shares are made of, divided: by a number from 0 for each part, who says how many."""

    numbers: Numbers
    """Of all facts, the number of the part that each is of."""
    names: tuple[str | None, ...]
    """By number; None for what is of no part."""
    whole: Numbers
    """By number, how many mentions."""
    once: Numbers
    """How many of them are by people who say one thing at most."""
    said: Numbers
    """For each part (a row) and person who says more than one thing (a column), how many mentions."""

    @cached_property
    def people(self) -> Numbers:
        """By number, how many people say something …"""
        return self.once + np.array([np.count_nonzero(said) for said in self.said], np.int64)

    @cached_property
    def wholes(self) -> Numbers:
        """… and the sum of the squares of what each says."""
        squares: Numbers = np.einsum("ij,ij->i", self.said, self.said)
        return self.once + squares


def divide(ground: Gathered, numbers: NDArray[Any], names: Mapping[int, str | None]) -> Division:
    """Divide the mentions of the window by what `numbers` say of each fact."""
    there = np.flatnonzero(np.bincount(numbers))
    place = np.zeros(int(there.max(initial=0)) + 1, np.int64)
    place[there] = np.arange(len(there))
    parts, judging, several = place[numbers], ground.judging, ground.frame.several
    often = parts[judging.rows[judging.often]]
    whole = np.bincount(parts[judging.rows], minlength=len(there))
    said = np.bincount(often * several + judging.persons, minlength=len(there) * several).reshape(len(there), several)
    return Division(
        numbers=parts,
        names=tuple(names[number] for number in there.tolist()),
        whole=whole,
        once=whole - np.bincount(often, minlength=len(there)),
        said=said,
    )


def find_whole(ground: Gathered) -> Division:
    """All mentions of the window as one part."""
    judging, numbers = ground.judging, np.zeros(len(ground.frame), np.int64)
    whole = np.array([len(judging.rows)])
    return Division(numbers, ("",), whole=whole, once=whole - len(judging.often), said=judging.said[None])


def find_divisions(ground: Gathered) -> tuple[Division, ...]:
    """The mentions of the window by source, by product and by place."""
    frame = ground.frame
    names: Mapping[int, str | None] = {**frame.segment.names, 0: None}
    return (
        divide(ground, frame.source_numbers, frame.source_names),
        divide(ground, frame.column("subject"), names),
        divide(ground, frame.column("place"), names),
    )


@dataclass(frozen=True)
class Asked:
    """The complaints of some topics."""

    every: Stack
    """All there are, with copies."""
    window: Stack
    """Those of the window, with copies …"""
    here: Stack
    """… and copies once."""
    earlier: Stack
    """Those of the window before, with copies; none before all time."""

    @classmethod
    def build(cls, ground: Gathered) -> Asked:
        """The complaints of all topics that the facts know."""
        every = Stack.build(ground.frame, list(ground.frame.topics.values()))
        window, before = every.within(ground.window), ground.past.before
        return cls(every, window, window.once(), every.within(before) if before else every.keep(every.rows < 0))


def find_parts(ground: Gathered, division: Division, asked: Asked) -> list[tuple[Part, ...]]:
    """For each topic the parts with most of its complaints of the window."""
    here, width = asked.here, len(division.names)
    counts = here.table(division.numbers[here.rows], width)
    counts[:, [name is None for name in division.names]] = 0
    leading = np.argsort(-counts, axis=1, kind="stable")[:, :PARTS]
    topics, ranks = np.nonzero(np.take_along_axis(counts, leading, axis=1))
    numbers = leading[topics, ranks]
    # The place of each topic's leading parts among all that are counted; −1 for others.
    place = np.full((here.size, width), -1)
    place[topics, numbers] = np.arange(len(numbers))

    def regroup(stack: Stack) -> Stack:
        return stack.regroup(place[stack.of, division.numbers[stack.rows]], len(numbers))

    counted = regroup(here)
    now, before = count_changes(ground, asked, regroup)
    shares = find_shares(ground, division, counted, numbers)
    made = make_parts(ground, [str(division.names[number]) for number in numbers.tolist()], counted, shares, now, before)
    bounds = np.searchsorted(topics, np.arange(here.size + 1)).tolist()
    return [tuple(made[first:end]) for first, end in pairwise(bounds)]


def count_changes(ground: Gathered, asked: Asked, regroup: Callable[[Stack], Stack]) -> tuple[list[int], list[int | None]]:
    """Complaints of both windows by part, copies once a part; without comparison those of the window alone."""
    past = ground.past
    now = regroup(asked.window).once()
    if past.before is None or not is_comparable(past):
        return now.count().tolist(), [None] * now.size
    unlike = past.unlike_among(ground.frame.site_pairs)
    earlier = regroup(asked.earlier).once()
    return now.without(unlike).count().tolist(), earlier.without(unlike).count().tolist()


def make_parts(
    ground: Gathered, names: list[str], counted: Stack, shares: list[Share], now: list[int], before: list[int | None]
) -> list[Part]:
    """The figures of parts. Whether one of several parts rises is for the whole topic to say: its change is not tested."""
    days, days_signed = counted.count_days().tolist(), counted.count_days(signed=True).tolist()
    sites_signed, made = counted.count_signed_sites().tolist(), []
    for n, voices in enumerate(counted.voices()):
        verdict, rule = find_verdict(
            people=voices.people,
            anonymous=voices.anonymous,
            sites=sites_signed[n],
            days=days_signed[n],
            thresholds=ground.thresholds,
        )
        part = Part(
            name=names[n],
            complaints=voices.mentions,
            people=voices.people,
            anonymous=voices.anonymous,
            days=days[n],
            share=shares[n],
            change=find_change(ground.past, now[n], before[n], direction="unknown"),
            verdict=verdict,
            rule=rule,
        )
        made.append(part)
    return made


def find_shares(ground: Gathered, division: Division, counted: Stack, numbers: Numbers) -> list[Share]:
    """The share of each part of a stack in the mentions of that part of a division which `numbers` has for it.

    Of a group of copies the one that complains counts, in the whole too; if none stands for it there, it is in neither.
    """
    frame, floor = ground.frame, ground.thresholds.too_few
    copies = np.flatnonzero(frame.copied[counted.rows])
    mine = counted.rows[copies]
    stands = ground.standing(frame.column("copy")[mine])
    there = (stands >= 0) & (division.numbers[stands] == numbers[counted.of[copies]])
    others = there & (frame.persons[stands] != frame.persons[mine])
    swapped = counted.of[copies[others]], frame.persons[stands[others]], frame.persons[mine[others]]
    kept = np.ones(len(counted), np.bool_)
    kept[copies[~there]] = False
    counted = counted.keep(kept)
    sums = add_up(counted, division, numbers)
    for part in set(swapped[0].tolist()):
        gone, come = (persons[swapped[0] == part] for persons in swapped[1:])
        sums[part] = swap(sums[part], division, int(numbers[part]), counted.persons[counted.of == part], gone, come)
    return [share_of_sums(one, floor=floor) for one in sums]


def add_up(counted: Stack, division: Division, numbers: Numbers) -> list[Sums]:
    """The sums of each part's share, as if all that stand for groups of copies were by the same people."""
    several = division.said.shape[1]
    places = np.flatnonzero(counted.persons < several)
    of, persons = counted.of[places], counted.persons[places]
    plus, often, said = counted.count(), np.bincount(of, minlength=counted.size), division.said
    once = plus - often
    pairs_of, pairs = counted.often
    squares = once + np.bincount(pairs_of, weights=pairs * pairs, minlength=counted.size)
    products = once + np.bincount(of, weights=said[numbers[of], persons], minlength=counted.size)
    return sum_each(plus, division.whole[numbers], squares, products, division.wholes[numbers], division.people[numbers])


def swap(sums: Sums, division: Division, number: int, persons: Numbers, gone: Numbers, come: Numbers) -> Sums:
    """The sums of one part, by `persons`, where some people's copies stand in the whole for those of others."""
    several = division.said.shape[1]
    said = division.said[number].copy()
    np.subtract.at(said, gone[gone < several], 1)
    np.add.at(said, come[come < several], 1)
    once = int(division.once[number] - np.count_nonzero(gone >= several) + np.count_nonzero(come >= several))
    often: Bools = persons < several
    return replace(
        sums,
        products=int(np.count_nonzero(~often) + said[persons[often]].sum()),
        wholes=once + dot(said, said),
        people=once + int(np.count_nonzero(said)),
    )
