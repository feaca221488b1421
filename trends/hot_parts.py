"""The complaints of all topics by source, product or place, and the shares that they are: all of them counted at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.answers import Share
from trends.changes import find_change, is_comparable
from trends.frame import Numbers
from trends.gathering import Gathered
from trends.hot_button_answers import Part
from trends.shares import shares_of_sums
from trends.stacks import Stack, aligned
from trends.sums import Sums, count_each, sum_each
from trends.verdicts import find_verdict

PARTS = 6
"""Sources, products and places with figures of their own."""


@dataclass(frozen=True)
class Division:
    """The mentions that shares are made of, divided: by a number from 0 for each part, who says how many."""

    numbers: NDArray[Any]
    """Of all facts, the number of the part that each is of; 0 for none."""
    names: Mapping[int, str | None]
    """By number."""
    whole: Numbers
    """By number, how many mentions."""
    once: Numbers
    """How many of them are by people who say one thing at most."""
    several: int
    """The numbers of persons below it are of people who say more than one thing."""
    pairs: Numbers
    """For each part and such a person who says something in it: `part * several + person`, in order …"""
    said: Numbers
    """… and how many mentions."""

    @cached_property
    def people(self) -> Numbers:
        """By number, how many people say something …"""
        return self.once + np.bincount(self.pairs // max(self.several, 1), minlength=len(self.once))

    @cached_property
    def wholes(self) -> Numbers:
        """… and the sum of the squares of what each says."""
        squares = np.bincount(self.pairs // max(self.several, 1), weights=self.said**2, minlength=len(self.once))
        return self.once + squares.astype(np.int64)


def divide(ground: Gathered, numbers: NDArray[Any], names: Mapping[int, str | None]) -> Division:
    """Divide the mentions of the window by what `numbers` say of each fact."""
    width, several, judging = int(numbers.max(initial=0)) + 1, ground.frame.several, ground.judging
    # Few bytes for each fact: what is taken from them here and there stays near the processor.
    parts = numbers.astype(np.min_scalar_type(width))
    often = parts[judging.rows[judging.often]].astype(np.int64)
    whole = np.bincount(parts[judging.rows], minlength=width)
    pairs, said = count_each(often * several + judging.persons, width * several)
    return Division(parts, names, whole, whole - np.bincount(often, minlength=width), several, pairs, said)


def find_whole(ground: Gathered) -> Division:
    """All mentions of the window as one part."""
    judging, numbers = ground.judging, np.zeros(len(ground.frame), np.uint8)
    whole, persons = np.array([len(judging.rows)]), np.flatnonzero(judging.said)
    return Division(numbers, {0: ""}, whole, whole - len(judging.often), len(judging.said), persons, judging.said[persons])


def list_divisions(ground: Gathered) -> dict[str, Callable[[], Division]]:
    """What divides the mentions of the window by source, product and place, by the field of an answer that it is for."""
    frame = ground.frame
    names: Mapping[int, str | None] = {**frame.segment.names, 0: None}
    columns: dict[str, Callable[[], tuple[NDArray[Any], Mapping[int, str | None]]]] = {
        "by_source": lambda: (frame.source_numbers, frame.source_names),
        "by_subject": lambda: (frame.column("subject"), names),
        "by_place": lambda: (frame.column("place"), names),
    }

    def make(name: str) -> Division:
        return ground.once_of_all(name, lambda: divide(ground, *columns[name]()))

    return {name: partial(make, name) for name in columns}


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
    here, width = asked.here, len(division.whole)
    counts = here.table(division.numbers[here.rows], width)
    counts[:, 0] = 0
    used = np.flatnonzero(counts.any(axis=0))
    leading = used[np.argsort(-counts[:, used], axis=1, kind="stable")[:, :PARTS]]
    topics, ranks = np.nonzero(np.take_along_axis(counts, leading, axis=1))
    numbers = leading[topics, ranks]
    # The place of each topic's leading parts among all that are counted; −1 for others.
    place = np.full(here.size * width, -1)
    place[topics * width + numbers] = np.arange(len(numbers))

    def regroup(stack: Stack) -> Stack:
        return stack.regroup(place[stack.of * width + division.numbers[stack.rows]], len(numbers))

    counted = regroup(here)
    now, before = count_changes(ground, asked, regroup)
    shares = find_shares(ground, division, counted, numbers)
    made = make_parts(ground, [str(division.names[number]) for number in numbers.tolist()], counted, shares, now, before)
    bounds = np.searchsorted(topics, np.arange(here.size + 1)).tolist()
    return [tuple(made[first:end]) for first, end in pairwise(bounds)]


def count_changes(ground: Gathered, asked: Asked, regroup: Callable[[Stack], Stack]) -> tuple[list[int], list[int | None]]:
    """Complaints of both windows by part, copies once a part; without comparison those of the window alone."""
    past = ground.past
    now = regroup(asked.window)
    if past.before is None or not is_comparable(past):
        return now.once().count().tolist(), [None] * now.size
    unlike = past.unlike_among(ground.frame.site_pairs)
    earlier = regroup(asked.earlier)
    return now.without(unlike).once().count().tolist(), earlier.without(unlike).once().count().tolist()


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

    A group of copies complains where one copy does, and has the author of the copy that stands for it in the whole; if none
    stands for it in that part of the division, it is in neither.
    """
    frame, floor = ground.frame, ground.thresholds.too_few
    copies = np.flatnonzero(frame.copied[counted.rows])
    mine = counted.rows[copies]
    stands = ground.standing(frame.column("copy")[mine])
    there = (stands >= 0) & (division.numbers[stands] == numbers[counted.of[copies]])
    others = there & (frame.persons[stands] != frame.persons[mine])
    if others.any():
        rows = counted.rows.copy()
        rows[copies[others]] = stands[others]
        counted = replace(counted, rows=rows)
    kept = np.ones(len(counted), np.bool_)
    kept[copies[~there]] = False
    return shares_of_sums(add_up(counted.keep(kept), division, numbers), floor=floor)


def add_up(counted: Stack, division: Division, numbers: Numbers) -> list[Sums]:
    """The sums of each part's share."""
    plus, (pairs, said) = counted.count(), counted.often
    of = pairs // max(division.several, 1)
    there = aligned(pairs + (numbers[of] - of) * division.several, (division.pairs, division.said))
    often, squares, products = (np.bincount(of, weights=some, minlength=counted.size) for some in (said, said**2, said * there))
    once = plus - often
    whole, wholes, people = division.whole[numbers], division.wholes[numbers], division.people[numbers]
    return sum_each(plus, whole, once + squares, once + products, wholes, people)
