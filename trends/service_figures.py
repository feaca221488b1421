"""Figures of service: complaint rate, escalations, first replies and resolution, of a window, a topic or a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from store.facts import ANSWERED, REPLY_TIMED, SIGN, UNDATED
from trends.answers import Share, Voices
from trends.cases import ACTIVE, BACK, CONFIRMED, NEVER, QUIET, UNANSWERED, UNTOLD, WAITING, Cases
from trends.frame import DAY, DAY_KNOWN, SECOND_KNOWN, Bools, Frame, Numbers, Rows
from trends.medians import middle
from trends.service_answers import BacklogAge, CustomerRate, FirstReplies, Resolution, ServiceFigures
from trends.sums import Speakers, share_of_sums

HOUR = 3600
AGES = (
    (0, "under 1 day"),
    (1, "1 to 3 days"),
    (3, "3 to 7 days"),
    (7, "7 to 14 days"),
    (14, "14 to 30 days"),
    (30, "30 days on"),
)
"""Ages of a backlog: from how many days on, and in words."""
NOTHING = Share(part=0, whole=0, value=None, low=None, high=None)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What all figures of one window share."""

    frame: Frame
    cases: Cases
    as_of: int
    """Seconds since 1970."""
    as_of_words: str
    within_hours: float | None
    floor: int
    reads_signs: bool
    """Whether anything was read for signs of going higher."""

    @cached_property
    def escalated(self) -> Rows:
        """Complaints that go higher, with copies."""
        found = self.frame.labels_of(SIGN).get("escalation", np.zeros(0, np.int64))
        return found[self.frame.complains[found]]

    @cached_property
    def goes(self) -> Bools:
        """Which mentions these are."""
        return self.frame.masked(self.escalated)


def find_figures(
    asked: Asked,
    id_: str,
    name: str,
    complaints: Rows,
    *,
    mentions: int,
    judged: Rows | None = None,
    rate: CustomerRate | None = None,
) -> ServiceFigures:
    """The figures of some complaints (copies once), as a share of the mentions that the classifier could judge."""
    frame, floor = asked.frame, asked.floor
    goes = asked.goes[frame.stood_for(complaints, asked.escalated)]
    replies, stands, people = sort_replies(asked, complaints), sort_cases(asked, complaints), Complainers.of(frame, complaints)
    return ServiceFigures(
        id=id_,
        name=name,
        mentions=mentions,
        complaints=people.voices,
        complaint_rate=None if judged is None else find_rate(frame, complaints, judged, floor),
        per_1000_customers=rate,
        escalated=people.share(goes, floor=floor) if asked.reads_signs else NOTHING,
        replies=find_first_replies(asked, complaints, replies, people),
        resolution=find_resolution(asked, stands, people),
        as_of=asked.as_of_words,
    )


@dataclass(frozen=True)
class Complainers:
    """Who says some rows, sorted out once for all shares of them."""

    persons: Numbers
    """The number of each row's person, from 0; those who say one thing in all the frame have one number together."""
    several: int
    """That number."""
    anonymous: int

    @classmethod
    def of(cls, frame: Frame, rows: Rows) -> Complainers:
        """Sort out who says some rows."""
        numbers = frame.persons[rows]
        often = np.flatnonzero(numbers < frame.several)
        people, place = np.unique(numbers[often], return_inverse=True)
        persons = np.full(len(rows), len(people))
        persons[often] = place
        return cls(persons, len(people), int(np.count_nonzero(frame.column("author")[rows] == 0)))

    @cached_property
    def speakers(self) -> Speakers:
        """All of them."""
        return Speakers.of(self.persons, np.arange(len(self.persons)), self.several)

    @property
    def voices(self) -> Voices:
        """How many rows, known people, and rows without an author."""
        return Voices(mentions=len(self.persons), people=self.speakers.people - self.anonymous, anonymous=self.anonymous)

    def share(self, part: Bools, whole: Bools | None = None, *, floor: int) -> Share:
        """The share of those rows of `whole` (of all without) that are in `part`; both have a truth for each row."""
        among = self.speakers if whole is None else Speakers.of(self.persons, np.flatnonzero(whole), self.several)
        return share_of_sums(among.add_up(part), floor=floor)


def find_rate(frame: Frame, complaints: Rows, judged: Rows, floor: int) -> Share:
    """Complaints of all mentions; a group of copies is stood for by the one that complains."""
    return frame.share(frame.masked(complaints), frame.stood_for(judged, complaints), floor=floor)


@dataclass(frozen=True)
class Replied:
    """What is known of the replies to some complaints, one entry each."""

    answered: Bools
    delay: Numbers
    """Seconds, where both times are known."""
    in_time: Bools
    late: Bools
    pending: Bools


def sort_replies(asked: Asked, complaints: Rows) -> Replied:
    """What is known of the replies to some complaints."""
    answered, delay = answered_by(asked.frame, complaints, asked.as_of)
    return Replied(answered, delay, *sort_by_time(asked, complaints, answered))


def count_replies(asked: Asked, complaints: Rows) -> FirstReplies:
    """First replies to some complaints (copies once)."""
    replied = sort_replies(asked, complaints)
    return find_first_replies(asked, complaints, replied, Complainers.of(asked.frame, complaints))


def find_first_replies(asked: Asked, complaints: Rows, replied: Replied, people: Complainers) -> FirstReplies:
    """First replies up to a time: median and p90 in minutes of those timed to the second, unanswered beside."""
    frame = asked.frame
    timed = flagged(frame, REPLY_TIMED, complaints) & (frame.column("precision")[complaints] == SECOND_KNOWN)
    times = replied.delay[replied.answered & timed] / 60
    median, p90 = middle(times, asked.floor)
    timely = replied.in_time | replied.late
    return FirstReplies(
        complaints=len(complaints),
        answered=int(replied.answered.sum()),
        unanswered=int((~replied.answered).sum()),
        timed=len(times),
        median_minutes=median,
        p90_minutes=p90,
        unanswered_share=people.share(~replied.answered, floor=asked.floor),
        within_hours=asked.within_hours,
        in_time=None if asked.within_hours is None else people.share(replied.in_time, timely, floor=asked.floor),
        pending=int(replied.pending.sum()),
    )


def answered_by(frame: Frame, complaints: Rows, as_of: int) -> tuple[Bools, Numbers]:
    """(whether answered up to a time, seconds from complaint to answer where both have a time)."""
    replied, published = frame.column("replied")[complaints], frame.column("published")[complaints]
    answered: Bools = flagged(frame, ANSWERED, complaints) & (replied <= as_of)
    known = (replied != UNDATED) & (published != UNDATED)
    return answered, np.maximum(np.where(known, replied, 0) - np.where(known, published, 0), 0)


def flagged(frame: Frame, bit: int, rows: Rows) -> Bools:
    """Which of some rows have a bit of `flags`."""
    found: Bools = (frame.column("flags")[rows] & bit) != 0
    return found


def sort_by_time(asked: Asked, complaints: Rows, answered: Bools) -> tuple[Bools, Bools, Bools]:
    """(in time, late, pending) of complaints; where only the day of either time is known, what cannot be told is neither."""
    if asked.within_hours is None:
        nobody = np.zeros(len(complaints), np.bool_)
        return nobody, nobody, nobody
    frame, limit = asked.frame, asked.within_hours * HOUR
    published, replied = frame.column("published")[complaints], frame.column("replied")[complaints]
    slack = np.where(frame.column("precision")[complaints] == DAY_KNOWN, DAY, 0)
    slack_reply = np.where(flagged(frame, REPLY_TIMED, complaints), 0, DAY)
    dated, reply_dated = published != UNDATED, answered & (replied != UNDATED)
    began, ended = np.where(dated, published, 0), np.where(reply_dated, replied, asked.as_of)
    known = dated & reply_dated
    in_time = known & (ended + slack_reply - began <= limit)
    late = known & (ended - began - slack > limit)
    waited = dated & ~answered
    over = waited & (asked.as_of - began - slack > limit)
    return in_time, late | over, waited & ~over


@dataclass(frozen=True)
class Stands:
    """How the cases of some complaints stand."""

    chosen: Numbers
    """The cases, each once."""
    parts: tuple[Bools, Bools]
    """For each complaint whether it stands for its case, and that is (resolved, known to be resolved or not)."""


def sort_cases(asked: Asked, complaints: Rows) -> Stands:
    """How the cases of some complaints stand; one complaint stands for each case."""
    cases = asked.cases
    of = cases.of_rows(asked.frame, complaints)
    last = np.empty(len(cases.state) + 1, np.int64)
    last[of] = np.arange(len(of))
    stands = (of >= 0) & (last[of] == np.arange(len(of)))
    state = np.append(cases.state, UNTOLD)[of]
    parts = stands & ((state == CONFIRMED) | (state == QUIET)), stands & (state != UNTOLD)
    return Stands(chosen=of[stands], parts=parts)


def find_resolution(asked: Asked, stands: Stands, people: Complainers) -> Resolution:
    """How some cases stand."""
    cases, floor, chosen = asked.cases, asked.floor, stands.chosen
    states = np.bincount(cases.state[chosen], minlength=UNTOLD + 1)
    opened, closed = cases.opened[chosen], cases.closed[chosen]
    timed = (closed != NEVER) & (opened % 2 == 1) & (closed % 2 == 1)
    times = np.maximum(closed[timed] // 2 - opened[timed] // 2, 0) / 60
    median, p90 = middle(times, floor)
    return Resolution(
        cases=len(chosen),
        confirmed=int(states[CONFIRMED]),
        quiet=int(states[QUIET]),
        unanswered=int(states[UNANSWERED]),
        waiting=int(states[WAITING]),
        came_back=int(states[BACK]),
        untold=int(states[UNTOLD]),
        active=int(states[list(ACTIVE)].sum()),
        resolved=people.share(*stands.parts, floor=floor),
        timed=len(times),
        median_minutes=median,
        p90_minutes=p90,
    )


def find_backlog(asked: Asked) -> tuple[tuple[BacklogAge, ...], int]:
    """(active cases by age, active cases without a time)."""
    cases = asked.cases
    active = np.flatnonzero(cases.is_in(*ACTIVE))
    dated = active[cases.opened[active] // 2 > NEVER // 2]
    age = (asked.as_of - cases.opened[dated] // 2) / DAY
    place = np.clip(np.searchsorted([days for days, _ in AGES], age, side="right") - 1, 0, None)
    ages = []
    for number, (days, label) in enumerate(AGES):
        counts = np.bincount(cases.state[dated[place == number]], minlength=UNTOLD + 1)
        ages.append(
            BacklogAge(
                label=label,
                days=days,
                cases=int(counts.sum()),
                unanswered=int(counts[UNANSWERED]),
                waiting=int(counts[WAITING]),
                came_back=int(counts[BACK]),
            )
        )
    return tuple(ages), len(active) - len(dated)


def rate_customers(frame: Frame, complaints: Rows, weeks: float, customers: tuple[float, str] | None) -> CustomerRate | None:
    """Complaints a watched week per 1,000 customers, given (customers, day of the count).

    The interval is Poisson's exact one (Garwood 1936), at the count over the people's design effect sum(m²) / sum(m), m being
    each one's complaints: twelve of one person are not twelve.
    """
    if customers is None or weeks <= 0 or customers[0] <= 0:
        return None
    from scipy.special import chdtri

    count, scale = len(complaints), weeks * customers[0] / 1000
    each = frame.by_person(complaints, np.ones(count))[0]
    effect = float((each**2).sum() / each.sum()) if count else 1.0
    people = count / effect
    # The upper tail of chi square: chdtri(v, p) is the value that is exceeded with chance p.
    low = float(chdtri(2 * people, 0.975)) / 2 if count else 0.0
    high = float(chdtri(2 * people + 2, 0.025)) / 2
    return CustomerRate(
        complaints=count,
        weeks=weeks,
        customers=customers[0],
        customers_day=customers[1],
        value=count / scale,
        low=low * effect / scale,
        high=high * effect / scale,
    )


def source_rows(frame: Frame, rows: Rows) -> Mapping[str, Rows]:
    """Rows by source."""
    codes = frame.source_numbers[rows]
    found = {name: rows.compress(codes == number) for number, name in frame.source_names.items()}
    return {source: mine for source, mine in found.items() if len(mine)}
