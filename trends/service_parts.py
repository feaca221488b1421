"""Figures of service of several parts (all complaints, each topic, each source) at once: see `trends.stacks`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.facts import REPLY_TIMED
from trends.answers import Share, Voices
from trends.cases import ACTIVE, BACK, CONFIRMED, NEVER, QUIET, UNANSWERED, UNTOLD, WAITING
from trends.copies import group_says
from trends.crowd import Runs, find_repeated
from trends.frame import SECOND_KNOWN, Bools, Frame, Numbers, Rows
from trends.medians import middle
from trends.service_answers import CustomerRate, FirstReplies, Resolution, ServiceFigures
from trends.service_figures import NOTHING, Asked, answered_by, flagged, sort_by_time
from trends.shares import shares_of_sums
from trends.stacks import NOBODY, Stack
from trends.sums import Sums, sum_each
from trends.threads import map_at_once


@dataclass(frozen=True, kw_only=True)
class ServicePart:
    """Some complaints that have figures of their own."""

    id: str
    name: str
    rows: Rows
    """Copies once."""
    mentions: int
    judged: Rows | None = None
    """The mentions that the classifier could judge, where complaints are a share of them."""
    rate: CustomerRate | None = None


@dataclass(frozen=True)
class Speaking:
    """Who says the rows of each part of a stack; only people who say more than one thing there are told apart."""

    stack: Stack

    @cached_property
    def often(self) -> tuple[Rows, Numbers, Numbers]:
        """Of these people's rows the places in the stack, the group of one person's in a part, and the part of each group."""
        persons, again = self.stack.persons, self.stack.again
        numbers, several = np.cumsum(again) - 1, max(int(np.count_nonzero(again)), 1)
        places = np.flatnonzero(again[persons])
        found, groups, keys = find_repeated(self.stack.of[places] * several + numbers[persons[places]])
        return places[found], groups, keys // several

    @cached_property
    def runs(self) -> Runs:
        """These groups, to be added up by part."""
        return Runs(self.often[2], self.stack.size)

    def count(self, flags: Bools | None) -> tuple[Numbers, Numbers]:
        """(rows of each part, rows of each group), of all or of those where a flag is set."""
        places, groups, parts = self.often
        if flags is None:
            return self.whole
        chosen = groups.compress(flags[places])
        return np.bincount(self.stack.of.compress(flags), minlength=self.stack.size), np.bincount(chosen, minlength=len(parts))

    @cached_property
    def whole(self) -> tuple[Numbers, Numbers]:
        """As `count`, of all."""
        return self.stack.count(), np.bincount(self.often[1], minlength=len(self.often[2]))

    def add_up(self, flags: Bools, among: Bools | None = None) -> list[Sums]:
        """The sums of the share of those rows of `among` (of all without) whose flag is set, for each part."""
        (plus, part), (whole, said) = self.count(flags), self.count(among)
        once, alone = plus - self.runs.add(part), whole - self.runs.add(said)
        squares, products = once + self.runs.add(part * part), once + self.runs.add(part * said)
        return sum_each(plus, whole, squares, products, alone + self.runs.add(said * said), alone + self.runs.add(said > 0))

    def shares(self, flags: Bools, among: Bools | None = None, *, floor: int) -> list[Share]:
        """These shares."""
        return shares_of_sums(self.add_up(flags, among), floor=floor)


@dataclass(frozen=True)
class Parts:
    """The complaints of several parts, one part upon the other, each complaint looked up once."""

    asked: Asked
    speaking: Speaking
    """Who says them."""

    @property
    def stack(self) -> Stack:
        """The complaints, part upon part."""
        return self.speaking.stack

    @property
    def frame(self) -> Frame:
        """What they are of."""
        return self.asked.frame

    @cached_property
    def rows(self) -> Rows:
        """The complaints, each once."""
        return np.flatnonzero(self.frame.masked(self.stack.rows))

    @cached_property
    def places(self) -> Numbers:
        """For each row of the stack its place in `rows`."""
        places = np.empty(len(self.frame), np.int64)
        places[self.rows] = np.arange(len(self.rows))
        return places[self.stack.rows]

    def split(self, values: NDArray[Any]) -> list[NDArray[Any]]:
        """Values of the rows of the stack, part by part."""
        bounds = [0, *np.cumsum(self.stack.count()).tolist()]
        return [values[first:end] for first, end in pairwise(bounds)]

    def count(self, flags: Bools) -> list[int]:
        """How many rows of each part have a flag."""
        counts: list[int] = np.bincount(self.stack.of.compress(flags), minlength=self.stack.size).tolist()
        return counts

    def escalated(self) -> list[Share]:
        """The share of each part that goes higher."""
        asked, floor = self.asked, self.asked.floor
        if not asked.reads_signs:
            return [NOTHING] * self.stack.size
        goes = group_says(self.frame, self.rows, self.frame.within(asked.escalated, asked.window))
        return self.speaking.shares(goes[self.places], floor=floor)

    def replies(self) -> list[FirstReplies]:
        """First replies up to a time: median and p90 in minutes of those timed to the second, unanswered beside."""
        asked, frame, rows, floor = self.asked, self.frame, self.rows, self.asked.floor
        by_row, delay = answered_by(frame, rows, asked.as_of)
        in_time, late, pending = sort_by_time(asked, rows, by_row)
        timed = by_row & flagged(frame, REPLY_TIMED, rows) & (frame.column("precision")[rows] == SECOND_KNOWN)
        times = [part.compress(part >= 0) for part in self.split(np.where(timed, delay / 60, -1.0)[self.places])]
        answered = by_row[self.places]
        unanswered = self.speaking.shares(~answered, floor=floor)
        timely: list[Share | None] = [None] * self.stack.size
        waiting = [0] * self.stack.size
        if asked.within_hours is not None:
            timely = [*self.speaking.shares(in_time[self.places], (in_time | late)[self.places], floor=floor)]
            waiting = self.count(pending[self.places])
        found = []
        for number, (whole, count) in enumerate(zip(self.stack.count().tolist(), self.count(answered), strict=True)):
            median, p90 = middle(times[number], floor)
            found.append(
                FirstReplies(
                    complaints=whole,
                    answered=count,
                    unanswered=whole - count,
                    timed=len(times[number]),
                    median_minutes=median,
                    p90_minutes=p90,
                    unanswered_share=unanswered[number],
                    within_hours=asked.within_hours,
                    in_time=timely[number],
                    pending=waiting[number],
                )
            )
        return found

    def resolutions(self) -> list[Resolution]:
        """How the cases of each part stand; one complaint stands for each case."""
        cases, floor = self.asked.cases, self.asked.floor
        of = cases.of_rows(self.frame, self.rows)[self.places]
        stands = self.find_standing(of)
        state = np.append(cases.state, UNTOLD)[of]
        resolved, told = stands & ((state == CONFIRMED) | (state == QUIET)), stands & (state != UNTOLD)
        shares = self.speaking.shares(resolved, told, floor=floor)
        took = find_minutes(cases.opened, cases.closed)[of]
        times = [part.compress(part >= 0) for part in self.split(np.where(resolved, took, -1.0))]
        width = UNTOLD + 1
        codes = (self.stack.of * width + state).compress(stands)
        states = np.bincount(codes, minlength=self.stack.size * width).reshape(self.stack.size, width)
        return [make_resolution(*one, floor) for one in zip(states, shares, times, strict=True)]

    def find_standing(self, of: Numbers) -> Bools:
        """Which rows of the stack stand for their case in their part: the last of each; `of` is −1 where there is no case."""
        last, found = np.empty(len(self.asked.cases.state) + 1, np.int64), []
        for part in self.split(of):
            order = np.arange(len(part))
            last[part] = order
            found.append((part >= 0) & (last[part] == order))
        return np.concatenate(found) if found else np.zeros(0, np.bool_)


def find_minutes(opened: Numbers, closed: Numbers) -> NDArray[np.float64]:
    """How long each case took, in minutes; −1 where either time is not known to the second, and a last one for no case."""
    timed = (closed != NEVER) & (opened % 2 == 1) & (closed % 2 == 1)
    return np.append(np.where(timed, np.maximum(closed // 2 - opened // 2, 0) / 60, -1.0), -1.0)


def make_resolution(states: Numbers, resolved: Share, times: NDArray[np.float64], floor: int) -> Resolution:
    """How some cases stand."""
    median, p90 = middle(times, floor)
    return Resolution(
        cases=int(states.sum()),
        confirmed=int(states[CONFIRMED]),
        quiet=int(states[QUIET]),
        unanswered=int(states[UNANSWERED]),
        waiting=int(states[WAITING]),
        came_back=int(states[BACK]),
        untold=int(states[UNTOLD]),
        active=int(states[list(ACTIVE)].sum()),
        resolved=resolved,
        timed=len(times),
        median_minutes=median,
        p90_minutes=p90,
    )


def count_replies(asked: Asked, complaints: Rows) -> FirstReplies:
    """First replies to some complaints (copies once)."""
    return Parts(asked, Speaking(Stack.build(asked.frame, [complaints]))).replies()[0]


def find_rates(frame: Frame, asked: Sequence[tuple[Rows, Rows]], floor: int) -> list[Share]:
    """Some complaints as a share of some mentions that could be judged, of each pair (complaints, judged).

    A group of copies complains where one copy does.
    """
    flags = np.concatenate([group_says(frame, judged, complaints) for complaints, judged in asked])
    return Speaking(Stack.build(frame, [judged for _, judged in asked])).shares(flags, floor=floor)


@dataclass(frozen=True)
class Lasting:
    """Of some parts what is the same whenever it is asked."""

    key: tuple[Any, ...]
    """What tells these parts of the same facts from others."""
    speaking: Speaking
    voices: Sequence[Voices]
    rates: Sequence[Share]


def find_lasting(frame: Frame, parts: Sequence[ServicePart], floor: int, *, all_time: bool) -> Lasting:
    """Work it out; of all time as it was before, where the facts are the same."""
    key = floor, *((part.id, len(part.rows), part.judged is not None) for part in parts)
    before: Lasting | None = frame.segment.memo.get("service parts")
    if all_time and before is not None and before.key == key:
        return before
    speaking = Speaking(Stack.build(frame, [part.rows for part in parts]))
    rates = find_rates(frame, [(part.rows, NOBODY if part.judged is None else part.judged) for part in parts], floor)
    found = Lasting(key, speaking, speaking.stack.voices(), rates)
    if all_time:
        frame.segment.memo["service parts"] = found
    return found


def find_figures(asked: Asked, parts: Sequence[ServicePart], *, all_time: bool = False) -> list[ServiceFigures]:
    """The figures of some parts, in their order; `all_time` where they are of all that is known of the brand."""
    if not parts:
        return []
    lasting = find_lasting(asked.frame, parts, asked.floor, all_time=all_time)
    found = Parts(asked, lasting.speaking)
    # What all three look up first.
    _ = found.rows, found.places
    makers: tuple[Callable[[], Sequence[Any]], ...] = found.resolutions, found.replies, found.escalated
    resolutions, replies, escalated = map_at_once(lambda make: make(), makers)
    figures = lasting.voices, lasting.rates, escalated, replies, resolutions
    return [
        ServiceFigures(
            id=part.id,
            name=part.name,
            mentions=part.mentions,
            complaints=voices,
            complaint_rate=None if part.judged is None else rate,
            per_1000_customers=part.rate,
            escalated=goes,
            replies=first,
            resolution=resolution,
            as_of=asked.as_of_words,
        )
        for part, voices, rate, goes, first, resolution in zip(parts, *figures, strict=True)
    ]
