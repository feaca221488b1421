"""Cases: what one person complains of in one conversation, and whether it was resolved, from columns of facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
SPARSE = 8
"""Places for pairs of author and site, for each mention: few share one by chance, which costs a look and no error."""

Times = NDArray[np.int64]
"""Times as `2 * seconds + whether it is known to the second`: the earliest or latest keeps what is known of it."""


@dataclass(frozen=True)
class Threads:
    """What is known of the conversations of some mentions."""

    number: NDArray[Any]
    """One number a conversation."""
    answered: Times
    """The company's last answer to the mention; NEVER without one."""


@dataclass(frozen=True)
class Talk:
    """All that is said about a brand from a window's beginning until now, whoever speaks, for looking up what followed."""

    whole: Frame
    place: Rows
    """For each fact of the frame that the filters let through, its place in `whole`."""
    threads: Callable[[Frame, Rows], Threads]
    """Reads the conversations of some rows of `whole`."""


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
    start = starts(whole)
    near = find_near(whole, start, places, as_of)
    threads = talk.threads(whole, near)
    group = group_people(whole, near, threads.number)
    numbers, of = np.unique(group[places], return_inverse=True)
    case = number_cases(group, numbers)
    first = first_of_each(of, start[places], whole.column("mention")[places])
    opening = places[first]
    later = near.compress((case[near] >= 0) & ~whole.masked(opening)[near])
    later = later.compress((ends(whole, later) >= start[opening][case[later]]) & (start[later] <= as_of))
    answers = find_answers(whole, case, near, threads.answered, as_of, start[opening])
    state, closed = judge(whole, case, opening, later, answers, as_of=as_of, quiet=quiet_days * DAY)
    timed = whole.column("precision")[opening] == SECOND_KNOWN
    return Cases(
        complaints=complaints,
        of=of,
        opening=complaints[first],
        state=state,
        opened=start[opening] * 2 + timed,
        answered=answers[0],
        closed=closed,
        size=len(talk.place),
    )


def starts(whole: Frame) -> Numbers:
    """The earliest moment that each mention may be of; NEVER without a time."""
    published = whole.column("published")
    return np.where(published == UNDATED, NEVER, published)


def ends(whole: Frame, rows: Rows) -> Numbers:
    """The latest moment that each of some rows may be of: a day's last second where only the day is known."""
    known_by_day = whole.column("precision")[rows] == DAY_KNOWN
    published = whole.column("published")[rows]
    return np.where(published == UNDATED, NEVER, published) + np.where(known_by_day, DAY - 1, 0)


def find_near(whole: Frame, start: Numbers, places: Rows, as_of: int) -> Rows:
    """Mentions of these complaints' known authors on the same site, where there is more than one: what may be one case.

    From the first of the complaints until a time; an undated complaint is older than all.
    """
    # What is of a day only begins at its midnight.
    spoken = (start >= start[places].min(initial=as_of) - DAY) & (start <= as_of)
    rows = np.flatnonzero(spoken & (whole.column("author") != 0) & (whole.column("voice") != COMPANY))
    pair = whole.segment.facts.derived("pair", number_pairs)[rows]
    bits = (SPARSE * len(rows)).bit_length()
    bucket = (pair & np.uint64((1 << bits) - 1)).view(np.int64)
    last = np.empty(1 << bits, np.int32)
    last[bucket] = np.arange(len(rows), dtype=np.int32)
    # A mention that is not the last of its bucket shares it.
    shared, asked = np.zeros(1 << bits, np.bool_), np.zeros(1 << bits, np.bool_)
    shared[bucket.compress(last[bucket] != np.arange(len(rows), dtype=np.int32))] = True
    asked[bucket.compress(whole.masked(places)[rows])] = True
    found: Rows = rows.compress((shared & asked)[bucket])
    return found


def number_pairs(facts: Facts) -> NDArray[np.uint64]:
    """A number for the author and site of each fact: different ones have mostly different numbers, in their last bits, too."""
    pair: NDArray[np.uint64] = facts["author"] ^ (facts["site"].astype(np.uint64) + np.uint64(1)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    return pair


def group_people(whole: Frame, near: Rows, thread: NDArray[Any]) -> Numbers:
    """A number for each mention: the same for those by one author in one conversation, else its own."""
    group = np.arange(len(whole), dtype=np.int64)
    order = np.lexsort((thread, whole.column("author")[near]))
    if len(near):
        author, ordered = whole.column("author")[near][order], thread[order]
        fresh = np.ones(len(near), np.bool_)
        fresh[1:] = (author[1:] != author[:-1]) | (ordered[1:] != ordered[:-1])
        leader = near[order][np.flatnonzero(fresh)]
        group[near[order]] = leader[np.cumsum(fresh) - 1]
    return group


def number_cases(group: Numbers, numbers: Numbers) -> Numbers:
    """For each mention the case that it belongs to; −1 for none."""
    case = np.full(len(group), -1, np.int64)
    case[numbers] = np.arange(len(numbers))
    return case[group]


def first_of_each(of: Numbers, start: Numbers, mention: Numbers) -> Numbers:
    """The place of the earliest entry of each case, in order of the cases."""
    order = np.lexsort((mention, start, of))
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = of[order][1:] != of[order][:-1]
    return order[fresh]


def find_answers(whole: Frame, case: Numbers, near: Rows, last: Times, as_of: int, opened: Numbers) -> tuple[Times, Times]:
    """(first, last) answer to each case up to a time; NEVER without one."""
    told = np.flatnonzero((case >= 0) & whole.flagged(ANSWERED))
    replied = whole.column("replied")[told]
    # An answer without a time is taken to be as old as the complaint, and not known to the second.
    undated = opened[case[told]] * 2
    times = np.where(replied == UNDATED, undated, replied * 2 + whole.flagged(REPLY_TIMED)[told])
    in_case = (case[near] >= 0) & (last != NEVER)
    cases = np.concatenate([case[told], case[near][in_case]])
    times = np.concatenate([times, last[in_case]])
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
    whole: Frame, case: Numbers, opening: Rows, later: Rows, answers: tuple[Times, Times], *, as_of: int, quiet: int
) -> tuple[Numbers, Times]:
    """(state, closing time) of each case, from what its person said later: `rule_words` is the rule."""
    count, of, (first, last) = len(opening), case[later], answers
    ended = ends(whole, later)
    times = ended * 2 + (whole.column("precision")[later] == SECOND_KNOWN)
    solved = whole.masked(whole.labels_of(SIGN).get("resolved", later[:0]))
    mood = whole.column("mood")[later]
    answered = (first != NEVER)[of] & (ended >= (first // 2)[of])
    glad = solved[later] | (answered & (mood == MOODS.index("positive") + 1) & ~whole.flagged(COMPLAINT)[later])
    cross = ~glad & ((mood == MOODS.index("negative") + 1) | whole.flagged(COMPLAINT)[later])
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
