"""The complaints of a topic by source, product or place: all parts of a topic counted at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.facts import UNDATED, distinct
from trends.answers import Share
from trends.changes import Past, find_change, is_comparable
from trends.frame import LATEST, UNKNOWN, Bools, Frame, Numbers, Rows
from trends.gathering import Gathered
from trends.hot_button_answers import Part
from trends.sums import Sums, share_of_sums
from trends.verdicts import find_verdict
from trends.windows import Window

PARTS = 6
"""Sources, products and places with figures of their own."""
DAYS = 2**32
"""Days are numbered below it, and so are sites."""


@dataclass(frozen=True)
class Division:
    """The mentions that shares are made of, divided: by the number of the part that each is of, who says how many."""

    numbers: NDArray[Any]
    """Of all facts; 0 for no part."""
    names: Mapping[int, str]
    whole: Numbers
    """By number of the part: mentions, …"""
    wholes: Numbers
    """… the sum of squares of what each person says, …"""
    people: Numbers
    """… and how many people say something."""
    pairs: Numbers
    """Part and person as one number, in order, of people who say more than one thing."""
    said: Numbers
    """How many mentions each of these pairs has."""


def divide(ground: Gathered, numbers: NDArray[Any], names: Mapping[int, str]) -> Division:
    """Divide the mentions of the window by what `numbers` say of each fact."""
    frame, judged = ground.frame, ground.judged
    numbers = numbers.astype(np.int64)
    size = int(numbers.max(initial=0)) + 1
    part, persons = numbers[judged], frame.persons[judged]
    several = persons < frame.several
    pairs, said = count_each(part[several] * frame.crowd + persons[several])
    of = pairs // max(frame.crowd, 1)
    once = np.bincount(part[~several], minlength=size)
    return Division(
        numbers=numbers,
        names=names,
        whole=np.bincount(part, minlength=size),
        wholes=once + add_up(of, said * said, size),
        people=once + np.bincount(of, minlength=size),
        pairs=pairs,
        said=said,
    )


def count_each(values: Numbers) -> tuple[Numbers, Numbers]:
    """The different values, in order, and how often each is there."""
    ordered = np.sort(values)
    starts = np.flatnonzero(np.concatenate([np.ones(min(len(ordered), 1), np.bool_), ordered[1:] != ordered[:-1]]))
    return ordered[starts], np.diff(starts, append=len(ordered))


def add_up(of: Numbers, values: Numbers, size: int) -> Numbers:
    """Whole numbers added up by what they are of."""
    return np.rint(np.bincount(of, weights=values, minlength=size)).astype(np.int64)


def find_parts(ground: Gathered, division: Division, rows: Rows, here: Rows) -> tuple[Part, ...]:
    """The parts with most of the complaints `here`, copies once, of all `rows` of the topic."""
    found, counts = count_each(division.numbers[here])
    leading = [int(number) for number in found[np.argsort(-counts, kind="stable")] if number][:PARTS]
    if not leading:
        return ()
    place = np.full(len(division.whole), -1, np.int64)
    place[leading] = np.arange(len(leading))
    complaints = here[place[division.numbers[here]] >= 0]
    code = place[division.numbers[complaints]]
    shares = find_shares(ground, division, leading, complaints, code)
    now, before = count_changes(ground.frame, ground.past, rows, place[division.numbers[rows]], len(leading))
    counted = count_parts(ground.frame, complaints, code, len(leading))
    return tuple(
        make_part(ground, division.names[number], one, shares[n], now[n], before[n])
        for n, (number, one) in enumerate(zip(leading, counted, strict=True))
    )


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What there is of a part, copies once."""

    complaints: int
    people: int
    anonymous: int
    days: int
    sites_signed: int
    """Of complaints with an author, and so are the days beside."""
    days_signed: int


def count_parts(frame: Frame, rows: Rows, code: Numbers, size: int) -> list[Counted]:
    """Count complaints by their part."""
    persons = frame.persons[rows]
    known, dated = persons < frame.signed, frame.column("precision")[rows] != UNKNOWN
    days, sites = frame.days[rows], frame.column("site")[rows].astype(np.int64)
    counts = (
        np.bincount(code, minlength=size),
        count_different(code[known] * frame.crowd + persons[known], frame.crowd, size),
        np.bincount(code[~known], minlength=size),
        count_different(code[dated] * DAYS + days[dated], DAYS, size),
        count_different(code[known] * DAYS + sites[known], DAYS, size),
        count_different(code[known & dated] * DAYS + days[known & dated], DAYS, size),
    )
    return [
        Counted(complaints=one, people=two, anonymous=three, days=four, sites_signed=five, days_signed=six)
        for one, two, three, four, five, six in zip(*(count.tolist() for count in counts), strict=True)
    ]


def count_different(pairs: Numbers, base: int, size: int) -> Numbers:
    """How many different pairs (part times base, plus something below it) each part has."""
    return np.bincount(distinct(pairs) // max(base, 1), minlength=size)


def make_part(ground: Gathered, name: str, counted: Counted, part: Share, now: int, before: int | None) -> Part:
    """The figures of one part. Whether one of several parts rises is for the whole topic to say: its change is not tested."""
    verdict, rule = find_verdict(
        people=counted.people,
        anonymous=counted.anonymous,
        sites=counted.sites_signed,
        days=counted.days_signed,
        thresholds=ground.thresholds,
    )
    return Part(
        name=name,
        complaints=counted.complaints,
        people=counted.people,
        anonymous=counted.anonymous,
        days=counted.days,
        share=part,
        change=replace(find_change(ground.past, now, before), direction="unknown"),
        verdict=verdict,
        rule=rule,
    )


def find_shares(ground: Gathered, division: Division, leading: list[int], rows: Rows, code: Numbers) -> list[Share]:
    """The share of each part's complaints in its mentions."""
    frame, floor, size = ground.frame, ground.thresholds.too_few, len(leading)
    persons = frame.persons[rows]
    several = persons < frame.several
    pairs, parts = count_each(code[several] * frame.crowd + persons[several])
    of = pairs // max(frame.crowd, 1)
    asked = np.array(leading)[of] * frame.crowd + pairs % max(frame.crowd, 1)
    place = np.minimum(np.searchsorted(division.pairs, asked), max(len(division.pairs) - 1, 0))
    once, plus = np.bincount(code[~several], minlength=size), np.bincount(code, minlength=size)
    squares = once + add_up(of, parts * parts, size)
    products = once + (add_up(of, parts * division.said[place], size) if len(of) else 0)
    odd = find_odd(ground, division, rows, code)
    return [
        share_slowly(ground, division.numbers, number, rows[code == n])
        if n in odd
        else share_of_sums(
            Sums(
                plus=int(plus[n]),
                minus=0,
                whole=int(division.whole[number]),
                squares=int(squares[n]),
                products=int(products[n]),
                wholes=int(division.wholes[number]),
                people=int(division.people[number]),
            ),
            floor=floor,
        )
        for n, number in enumerate(leading)
    ]


def find_odd(ground: Gathered, division: Division, rows: Rows, code: Numbers) -> set[int]:
    """Parts with a copy for which another of its group stands among all mentions: of another part, or by another person."""
    frame = ground.frame
    copies = np.flatnonzero(frame.copied[rows])
    if not len(copies):
        return set()
    mine = rows[copies]
    stands = ground.standing(frame.column("copy")[mine])
    same = (stands >= 0) & (division.numbers[stands] == division.numbers[mine]) & (frame.persons[stands] == frame.persons[mine])
    return set(code[copies[~same]].tolist())


def share_slowly(ground: Gathered, numbers: Numbers, number: int, here: Rows) -> Share:
    """The share of some complaints in the mentions of a part; of a group of copies the one that complains counts."""
    frame = ground.frame
    whole = ground.judged[numbers[ground.judged] == number]
    return frame.share(frame.masked(here), frame.stood_for(whole, here), floor=ground.thresholds.too_few)


def count_changes(frame: Frame, past: Past, rows: Rows, code: Numbers, size: int) -> tuple[list[int], list[int | None]]:
    """Rows of both windows by part, copies once a part; without comparison those of the window alone."""
    there = code >= 0
    rows, code = rows[there], code[there]
    if past.before is None or not is_comparable(past):
        return count_once(frame, past.window, rows, code, size, set()), [None] * size
    unlike = past.unlike_among(frame.site_pairs)
    now = count_once(frame, past.window, rows, code, size, unlike)
    return now, [*count_once(frame, past.before, rows, code, size, unlike)]


def count_once(frame: Frame, window: Window, rows: Rows, code: Numbers, size: int, unlike: set[tuple[str, str]]) -> list[int]:
    """Rows of a window by part, copies once a part, but those of some sites."""
    inside = frame.inside(window)[rows]
    rows, code = rows[inside], code[inside]
    kept: Bools = ~frame.copied[rows]
    grouped = np.flatnonzero(~kept)
    if len(grouped):
        group, mention = frame.column("copy")[rows[grouped]], frame.column("mention")[rows[grouped]]
        published = frame.column("published")[rows[grouped]]
        order = np.lexsort((mention, np.where(published == UNDATED, LATEST, published), group, code[grouped]))
        first = np.ones(len(order), np.bool_)
        first[1:] = (group[order][1:] != group[order][:-1]) | (code[grouped][order][1:] != code[grouped][order][:-1])
        kept[grouped[order[first]]] = True
    if unlike:
        kept &= ~frame.from_sites(unlike)[rows]
    counts: list[int] = np.bincount(code[kept], minlength=size).tolist()
    return counts
