"""What figures of service are made of: replies and whether they were in time, the complaint rate, the backlog, sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from store.facts import ANSWERED, REPLY_TIMED, SIGN, UNDATED
from trends.answers import Share
from trends.cases import ACTIVE, BACK, NEVER, UNANSWERED, UNTOLD, WAITING, Cases
from trends.frame import DAY, DAY_KNOWN, Bools, Frame, Numbers, Rows
from trends.service_answers import BacklogAge, CustomerRate
from trends.windows import Window

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
    window: Window
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
        """Complaints that go higher, of all times and with copies."""
        found = self.frame.labels_of(SIGN).get("escalation", np.zeros(0, np.int64))
        return found[self.frame.complains[found]]


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
    """(in time, late, pending) of complaints; where only the day of either time is known, what cannot be told is neither.

    Pending is what is younger than the limit, answered or not: if the quick answers among the young ones counted, those still
    to come would be missing beside them, and the newest days would look better than any.
    """
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
    over = dated & (asked.as_of - began - slack > limit)
    in_time = over & known & (ended + slack_reply - began <= limit)
    late = known & (ended - began - slack > limit)
    return in_time, late | (over & ~answered), dated & ~over


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
