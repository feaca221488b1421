"""Texts that name both brands: how often they prefer the one or the other, and quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from store.facts import MOODS
from trends.answers import Net
from trends.differences import Outcome
from trends.frame import Frame, Rows
from trends.gathering import Gathered
from trends.people import Row
from trends.quotes import QUOTES, make_quotes, pick_quotes
from trends.rival_answers import Better, HeadToHead, QuoteOfBoth
from trends.sums import Speakers, net_of_sums, share_of_sums

SIDES: tuple[Better, ...] = ("own", "other", "neither", "not read")
OWN, OTHER, NEITHER, NOT_READ = range(4)


def find_heads(ground: Gathered, frame: Frame, others: Sequence[tuple[Frame, tuple[Rows, Rows]]]) -> list[HeadToHead]:
    """For each of some brands the texts that name it beside ours: rows of our facts, and of the other's in the same order."""
    told = [find_sides(frame, other, *both) for other, both in others]
    chosen = [choose_both(frame, both[0], sides) for (_, both), sides in zip(others, told, strict=True)]
    # Those of all brands are read at once.
    passages = ground.passages({"": [mention for of_brand in chosen for mention in of_brand]})[""]
    return [
        find_head(ground, frame, other, both, sides, quote_both(ground, quotes, passages))
        for (other, both), sides, quotes in zip(others, told, chosen, strict=True)
    ]


def find_sides(frame: Frame, other: Frame, rows: Rows, opposite: Rows) -> NDArray[np.int64]:
    """The place in SIDES of each text."""
    one, two = frame.column("mood")[rows].astype(np.int64), other.column("mood")[opposite].astype(np.int64)
    return np.where((one == 0) | (two == 0), NOT_READ, np.where(one > two, OWN, np.where(one < two, OTHER, NEITHER)))


def find_head(
    ground: Gathered,
    frame: Frame,
    other: Frame,
    both: tuple[Rows, Rows],
    sides: NDArray[np.int64],
    quotes: tuple[QuoteOfBoth, ...],
) -> HeadToHead:
    """The texts that name one other brand."""
    (rows, opposite), floor = both, ground.thresholds.too_few
    better, worse, alike, unread = np.bincount(sides, minlength=len(SIDES)).tolist()
    decided = sides < NEITHER
    part = share_of_sums(speakers_of(frame, rows.compress(decided)).add_up(sides.compress(decided) == OWN), floor=floor)
    return HeadToHead(
        mentions=len(rows),
        better=better,
        worse=worse,
        alike=alike,
        unread=unread,
        share=part,
        outcome=judge_half(part.low, part.high),
        own=find_net(frame, rows, floor=floor),
        theirs=find_net(other, opposite, floor=floor),
        quotes=quotes,
    )


def judge_half(low: float | None, high: float | None) -> Outcome:
    """On which side of one half an interval lies."""
    if low is None or high is None:
        return "too few to say"
    return "better" if low > 0.5 else "worse" if high < 0.5 else "no clear change"


def choose_both(frame: Frame, rows: Rows, sides: NDArray[np.int64]) -> dict[int, Better]:
    """Up to three texts to quote, of different people: those that prefer one by turns, then the rest; with what each says."""
    decided = sorted((rows[sides == side] for side in (OWN, OTHER)), key=len, reverse=True)
    picked = [pick_quotes(frame, of) for of in (*decided, rows[sides >= NEITHER])]
    turns = [*chain.from_iterable(zip_longest(*picked[:2])), *picked[2]]
    asked = np.flatnonzero(np.isin(frame.column("mention")[rows], [one for one in turns if one is not None]))
    known = {int(frame.column("mention")[rows[place]]): int(place) for place in asked}
    people: dict[int, int] = {}
    for mention in turns:
        if mention is not None:
            people.setdefault(int(frame.column("author")[rows[known[mention]]]), mention)
    return {mention: SIDES[sides[known[mention]]] for mention in list(people.values())[:QUOTES]}


def quote_both(ground: Gathered, chosen: Mapping[int, Better], passages: Mapping[int, Row]) -> tuple[QuoteOfBoth, ...]:
    """Quotes of the chosen texts."""
    quotes = make_quotes(list(chosen), passages, ground.window)
    return tuple(QuoteOfBoth(**vars(quote), better=chosen[quote.mention]) for quote in quotes)


def find_net(frame: Frame, rows: Rows, *, floor: int) -> Net:
    """Net sentiment of rows that have a sentiment."""
    mood = frame.column("mood")[rows]
    read = mood != 0
    positive, negative = (mood.compress(read) == MOODS.index(name) + 1 for name in ("positive", "negative"))
    return net_of_sums(speakers_of(frame, rows.compress(read)).add_up(positive, negative), floor=floor)


def speakers_of(frame: Frame, rows: Rows) -> Speakers:
    """Who says a few rows, to be added up by their places."""
    people, persons = np.unique(frame.persons[rows], return_inverse=True)
    return Speakers.of(persons, np.arange(len(rows)), len(people))
