"""What `repute service` is answered with: how complaints are answered and resolved, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from trends.answers import Change, Count, Coverage, Quote, Share, Voices
from trends.differences import Difference
from trends.goals import GoalAnswer
from trends.ratings import Satisfaction
from trends.timeline_answers import Told
from trends.windows import Window


@dataclass(frozen=True, kw_only=True)
class FirstReplies:
    """The company's first replies to complaints (mentions, copies once)."""

    complaints: int
    answered: int
    unanswered: int
    timed: int
    """Answered ones of which both times are known to the second."""
    median_minutes: float | None
    p90_minutes: float | None
    """Of the timed ones; None when there are too few to say. Unanswered ones are never averaged in."""
    unanswered_share: Share
    within_hours: float | None
    """How soon a complaint is to be answered, by the goal in config; None without one."""
    in_time: Share | None
    """Answered within that time, of the complaints whose time is over and of which it is known."""
    pending: int
    """Those whose time is not over yet, answered or not: not in `in_time`."""


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """Cases (what one person complains of in one conversation) by how they stand."""

    cases: int
    confirmed: int
    """The customer says that it was solved."""
    quiet: int
    """Nothing more by the customer for so many days after the company's last answer."""
    unanswered: int
    waiting: int
    """Answered, and too early to call quiet."""
    came_back: int
    """The customer has spoken after the company's last answer, and not to confirm."""
    untold: int
    """Answered, by an author who is not known: nobody can tell; in no share."""
    active: int
    """Unanswered, waiting and those that came back."""
    resolved: Share
    """Confirmed and quiet, of all cases but the untold."""
    timed: int
    """Resolved cases whose opening and end are known to the second."""
    median_minutes: float | None
    p90_minutes: float | None
    """From the complaint to the confirmation, or to the company's last answer where the customer went quiet."""


@dataclass(frozen=True, kw_only=True)
class CustomerRate:
    """Complaints a watched week per 1,000 customers."""

    complaints: int
    weeks: float
    """Watched weeks."""
    customers: float
    """Mean of the imported customer count over the window, or its last value before."""
    customers_day: str
    """Local day of the last value that was used."""
    value: float | None
    """None where too few people were heard at all: that nobody complained then says nothing."""
    low: float | None
    high: float | None
    """Poisson's exact 95% interval, widened where people complain more than once."""


@dataclass(frozen=True, kw_only=True)
class ServiceFigures:
    """How complaints are dealt with, of a window, a topic or a source."""

    id: str
    """Topic id or source; empty for all."""
    name: str
    mentions: int
    complaints: Voices
    complaint_rate: Share | None
    """Complaints of all mentions in a supported language; None for topics: `hot-buttons` has it."""
    per_1000_customers: CustomerRate | None
    """None for topics and sources, and where no customer counts were imported."""
    escalated: Share
    """Complaints that go to a manager, regulator, lawyer or chargeback, of all complaints."""
    replies: FirstReplies
    resolution: Resolution
    as_of: str
    """UTC ISO 8601: how it stood then. The window before is taken as it stood when it was as old as this one is now."""


@dataclass(frozen=True, kw_only=True)
class SignFigures:
    """Those who say that they leave, or recommend."""

    sign: str
    """`leaving` or `recommending`."""
    voices: Voices
    share: Share
    """Of all mentions in a supported language."""
    before: Share | None
    change: Change
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, kw_only=True)
class BacklogAge:
    """Active cases of one age."""

    label: str
    days: int
    """At least so many days old."""
    cases: int
    unanswered: int
    waiting: int
    came_back: int


@dataclass(frozen=True, kw_only=True)
class Improvement:
    """NPS or CSAT of this window less that of the one before, on the sites that were watched throughout both."""

    figure: str
    """`nps` or `csat`."""
    scale: tuple[float, float] | None
    """Of CSAT."""
    difference: Difference
    outcome: Told
    """As `repute trend` tells it, tested with the same others."""


@dataclass(frozen=True, kw_only=True)
class Surveys:
    """NPS and CSAT of a window and of the one before, from imported surveys and whatever else asks those questions."""

    now: Satisfaction
    before: Satisfaction | None
    improvements: tuple[Improvement, ...]


@dataclass(frozen=True, kw_only=True)
class Service:
    """How a brand serves those who complain."""

    brand: str
    brand_name: str
    window: Window
    before_window: Window | None
    n: int
    figures: ServiceFigures
    before: ServiceFigures | None
    """None for all time, and where nothing was found and less than half of it watched."""
    complaints_change: Change
    escalations_change: Change
    leaving: SignFigures
    recommending: SignFigures
    surveys: Surveys
    goals: tuple[GoalAnswer, ...]
    """Of the last 8 weeks; empty with a source or a language."""
    topics: tuple[ServiceFigures, ...]
    """Most complaints first."""
    sources: tuple[ServiceFigures, ...]
    """Most complaints first."""
    backlog: tuple[BacklogAge, ...]
    """Active cases of the window by age, youngest first; of all time they are all there are."""
    backlog_undated: int
    """Active cases whose age is not known."""
    rule: str
    """What is resolved and what is active, in words."""
    quiet_days: int
    undated: int
    untagged: int
    coverage: Coverage
    notes: tuple[str, ...]
    unsupported: tuple[Count, ...] = ()
