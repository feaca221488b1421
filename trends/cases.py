"""Cases: what one person complains of in one conversation, and whether it was resolved, from columns of facts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from store.facts import ANSWERED, COMPLAINT, MOODS, REPLY_TIMED, SIGN, UNDATED, Facts
from store.records import VOICES
from trends.frame import DAY, DAY_KNOWN, SECOND_KNOWN, Bools, Frame, Numbers, Rows

CONFIRMED, QUIET, UNANSWERED, WAITING, BACK, UNTOLD = range(1, 7)
"""Of a case: see `rule_words`. The first two are resolved, the next three active, and of the last nobody can tell."""
ACTIVE = (UNANSWERED, WAITING, BACK)
COMPANY = VOICES.index("company")
NEVER = np.int64(-(2**61))
"""Before all times, and still with room for sums."""
Times = NDArray[np.int64]
"""Times as `2 * seconds + whether it is known to the second`: the earliest or latest keeps what is known of it."""


@dataclass(frozen=True)
class Talk:
    """All that is said about a brand from a window's beginning until now, whoever speaks, for looking up what followed."""

    whole: Frame
    place: Rows
    """For each fact of the frame that the filters let through, its place in `whole`."""


@dataclass(frozen=True)
class Cases:
    """The cases of some complaints: one entry a case in each array but the first two."""

    complaints: Rows
    """The complaints, as rows of the filtered frame …"""
    of: Numbers
    """… and the case of each."""
    opening: Rows
    """The first complaint of each case, as a row of the filtered frame."""
    state: Numbers
    opened: Times
    answered: Times
    """First answer."""
    closed: Times
    """Of a confirmed case when the customer said so, of a quiet one when the company last answered; else NEVER."""
    size: int
    """Rows of the filtered frame."""

    @cached_property
    def by_row(self) -> Numbers:
        """The case of each row of the filtered frame; −1 for none."""
        case = np.full(self.size, -1, np.int64)
        case[self.complaints] = self.of
        return case

    def is_in(self, *states: int) -> Bools:
        """Which cases are in one of some states."""
        return np.isin(self.state, states)

    def of_rows(self, frame: Frame, rows: Rows) -> Numbers:
        """The case of each of some complaints (rows of the filtered frame); −1 for none. A copy has that of its group."""
        found = self.by_row[rows]
        lost = np.flatnonzero((found < 0) & (frame.column("copy")[rows] != 0))
        if len(lost):
            stood = frame.stood_for(rows[lost], self.complaints)
            found[lost] = self.by_row[stood]
        return found


def rule_words(quiet_days: int) -> str:
    """The rule of resolved and active, for readers."""
    return (
        "A case is what one person complains of in one conversation. Resolved: the same person says there that it was "
        "solved, or is positive after the company's answer, and does not complain again; or says nothing for "
        f"{quiet_days} days after the company's last answer. Active: everything else: unanswered, answered less than "
        f"{quiet_days} days ago, or the customer came back. Of answered cases whose author is not known nobody can tell."
    )


def judge_cases(talk: Talk, complaints: Rows, *, as_of: int, quiet_days: int) -> Cases:
    """The cases of some complaints as they stood at a time (seconds since 1970)."""
    whole = talk.whole
    places = talk.place[complaints]
    talks, start = whole.segment.facts.derived("talk", number_talks), starts(whole, places)
    unsaid = np.flatnonzero(start > as_of)
    by_talk, of = number_cases(talks, places, unsaid)
    first = first_of_each(of, start, whole.column("mention")[places])
    opening, opened = places[first], start[first]
    case = by_talk.take(talks)
    near = np.flatnonzero(case >= 0)
    begun = starts(whole, near)
    # From the first of the complaints until then; what is of a day only begins at its midnight, and what is undated before all.
    near = near.compress((begun >= start.min(initial=as_of) - DAY) & (begun <= as_of))
    case[places] = of
    later = near.compress(~whole.masked(opening)[near])
    later = later.compress(ends(whole, later) >= opened[case[later]])
    answers = find_answers(whole, case, near, places[unsaid], as_of, opened)
    state, closed = judge(whole, case, opening, later, answers, as_of=as_of, quiet=quiet_days * DAY)
    timed = whole.column("precision")[opening] == SECOND_KNOWN
    return Cases(
        complaints=complaints,
        of=of,
        opening=complaints[first],
        state=state,
        opened=opened * 2 + timed,
        answered=answers[0],
        closed=closed,
        size=len(talk.place),
    )


def starts(whole: Frame, rows: Rows) -> Numbers:
    """The earliest moment that each of some rows may be of; NEVER without a time."""
    published = whole.column("published")[rows]
    return np.where(published == UNDATED, NEVER, published)


def ends(whole: Frame, rows: Rows) -> Numbers:
    """The latest moment that each of some rows may be of: a day's last second where only the day is known."""
    known_by_day = whole.column("precision")[rows] == DAY_KNOWN
    published = whole.column("published")[rows]
    return np.where(published == UNDATED, NEVER, published) + np.where(known_by_day, DAY - 1, 0)


def number_talks(facts: Facts) -> NDArray[np.int32]:
    """A number from 0 for what each author says in one conversation; what is by nobody known or by the company stands alone."""
    rows = np.flatnonzero((facts["author"] != 0) & (facts["voice"] != COMPANY))
    author, thread = facts["author"][rows], facts["thread"][rows]
    order, fresh = sort_pairs(author, thread)
    rows = rows[order]
    talks = np.cumsum(fresh) - 1
    # Numbers without a gap, in half the bytes: what is known of each conversation is looked up in tables of that size.
    found = np.full(len(facts), -1, np.int32)
    found[rows] = talks
    alone = np.flatnonzero(found < 0)
    found[alone] = np.arange(len(alone)) + (len(rows) and talks[-1] + 1)
    return found


def sort_pairs(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> tuple[Rows, Bools]:
    """(an order in which alike pairs stand together, which of them differ from the one before)."""
    # A hash of both with the place in its last bits: to sort that takes a fourth of the time of sorting places by it.
    bits = np.uint64(len(first).bit_length())
    hashed = (first * np.uint64(0x9E3779B97F4A7C15) ^ second) >> bits
    ordered = np.sort(hashed << bits | np.arange(len(first), dtype=np.uint64))
    order = (ordered & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    fresh = differs(first[order]) | differs(second[order])
    if np.array_equal(fresh, differs(ordered >> bits)):
        return order, fresh
    # Unlike pairs have one hash, once in a hundred stores of a million.
    order = np.lexsort((second, first))
    return order, differs(first[order]) | differs(second[order])


def differs(values: NDArray[np.uint64]) -> Bools:
    """Which values are not the one before; the first is not."""
    found = np.ones(len(values), np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found


def number_cases(talks: NDArray[np.int32], places: Rows, unsaid: Numbers) -> tuple[NDArray[np.int32], Numbers]:
    """(the case of each number of `number_talks`, −1 for none; the case of each of some complaints)."""
    size = int(talks.max(initial=-1)) + 1
    talk = talks[places].astype(np.int64)
    # What was not said yet belongs to no conversation.
    talk[unsaid] = size + np.arange(len(unsaid))
    by_talk = np.full(size + len(unsaid), -1, np.int32)
    by_talk[talk] = 0
    there = np.flatnonzero(by_talk == 0)
    by_talk[there] = np.arange(len(there))
    return by_talk, by_talk[talk].astype(np.int64)


def first_of_each(of: Numbers, start: Numbers, mention: Numbers) -> Numbers:
    """The place of the earliest entry of each case, in order of the cases."""
    counts = np.bincount(of)
    found = np.empty(len(counts), np.int64)
    found[of] = np.arange(len(of))
    several = np.flatnonzero(counts[of] > 1)
    order = several[np.lexsort((mention[several], start[several], of[several]))]
    fresh = np.diff(of[order], prepend=-1) != 0
    found[of[order[fresh]]] = order[fresh]
    return found


def find_answers(
    whole: Frame, case: NDArray[np.int32], near: Rows, unsaid: Rows, as_of: int, opened: Numbers
) -> tuple[Times, Times]:
    """(first, last) answer to each case up to a time; NEVER without one."""
    told = np.concatenate([near, unsaid])
    told = told.compress((whole.column("flags")[told] & ANSWERED) != 0)
    replied = whole.column("replied")[told]
    # An answer without a time is taken to be as old as the complaint, and not known to the second.
    undated = opened[case[told]] * 2
    timed = (whole.column("flags")[told] & REPLY_TIMED) != 0
    times = np.where(replied == UNDATED, undated, replied * 2 + timed)
    last = whole.column("answered")[near]
    answered = last != UNDATED
    cases, times = np.concatenate([case[told], case[near][answered]]), np.concatenate([times, last[answered]])
    kept = times // 2 <= as_of
    return earliest(cases[kept], times[kept], len(opened)), latest(cases[kept], times[kept], len(opened))


def latest(cases: Numbers, times: Times, count: int) -> Times:
    """The latest time of each case; NEVER without any."""
    found = np.full(count, NEVER)
    np.maximum.at(found, cases, times)
    return found


def earliest(cases: Numbers, times: Times, count: int) -> Times:
    """The earliest time of each case; NEVER without any."""
    found = np.full(count, -NEVER)
    np.minimum.at(found, cases, times)
    return np.where(found == -NEVER, NEVER, found)


def judge(
    whole: Frame, case: NDArray[np.int32], opening: Rows, later: Rows, answers: tuple[Times, Times], *, as_of: int, quiet: int
) -> tuple[Numbers, Times]:
    """(state, closing time) of each case, from what its person said later: `rule_words` is the rule."""
    count, of, (first, last) = len(opening), case[later], answers
    ended = ends(whole, later)
    times = ended * 2 + (whole.column("precision")[later] == SECOND_KNOWN)
    solved = whole.masked(whole.labels_of(SIGN).get("resolved", later[:0]))
    mood, complains = whole.column("mood")[later], (whole.column("flags")[later] & COMPLAINT) != 0
    answered = (first != NEVER)[of] & (ended >= (first // 2)[of])
    glad = solved[later] | (answered & (mood == MOODS.index("positive") + 1) & ~complains)
    cross = ~glad & ((mood == MOODS.index("negative") + 1) | complains)
    objected, spoke = latest(of[cross], times[cross], count), latest(of[~glad], times[~glad], count)
    final = glad & (ended >= (objected // 2)[of])
    confirmed = earliest(of[final], times[final], count)
    # A complaint that says itself that it was solved, as an edited review does: nobody knows when.
    itself = solved[opening] & (objected == NEVER)
    is_answered = first != NEVER
    since = np.where(last == NEVER, 0, last // 2)
    state = np.select(
        [
            (confirmed != NEVER) | itself,
            ~is_answered,
            whole.column("author")[opening] == 0,
            spoke // 2 > since,
            as_of - since >= quiet,
        ],
        [CONFIRMED, UNANSWERED, UNTOLD, BACK, QUIET],
        WAITING,
    )
    closed = np.where(state == CONFIRMED, confirmed, np.where(state == QUIET, last, NEVER))
    return state, closed
