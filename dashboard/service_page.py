"""The page of service: how complaints are answered and resolved, what is open, who leaves, and which goals are met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from config import Config
from dashboard.asking import Asked
from dashboard.drawing import Drawing, draw
from dashboard.pages import frame_words
from reporting.phrases import (
    NBSP,
    change_basis,
    change_words,
    counted,
    minutes_words,
    people_words,
    share_basis,
    share_words,
)
from reporting.service_charts import cases_by_age
from reporting.service_tables import points
from store.queries import count_by_source
from trends.answers import Net, Share
from trends.service import answer_service
from trends.service_answers import BacklogAge, CustomerRate, FirstReplies, Resolution, Service

Ends = tuple[float, float, float, float, float]
"""Low, value and high of an interval, and the lowest and highest that it could be."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One figure on the page."""

    name: str
    value: str
    basis: str
    before: str
    """The same in the window before; empty where there is none."""
    few: bool
    ends: Ends | None = None


def service_words(db: Database, config: Config, asked: Asked) -> dict[str, Any]:
    """The answer of `repute service`, as the page shows it."""
    answer = answer_service(
        db,
        config,
        window=asked.window,
        brand=asked.brand.id,
        source=asked.source or None,
        language=asked.language or None,
    )
    named = (("Complaints", answer.complaints_change), ("Escalated complaints", answer.escalations_change))
    changes = [(name, change) for name, change in named if change.now or change.before]
    return frame_words(config, asked, "/service") | {
        "answer": answer,
        "shown": list_shown(answer),
        "changes": [f"{name}: {change_words(change).rstrip('.')}." for name, change in changes],
        "change_notes": list(dict.fromkeys(basis for _, change in changes if (basis := change_basis(change)))),
        "states": states_of(answer.figures.resolution),
        "backlog": draw_backlog(answer.backlog) if any(age.cases for age in answer.backlog) else None,
        "signs": [sign for sign in (answer.leaving, answer.recommending) if sign.voices.mentions],
        "source_names": [row["source"] for row in count_by_source(db)],
    }


def list_shown(answer: Service) -> list[Shown]:
    """The figures that there are, this window's with those of the window before."""
    now, past = answer.figures, answer.before
    replies, earlier = now.replies, past.replies if past else None
    solved, solved_before = now.resolution, past.resolution if past else None
    within = f"Answered within {replies.within_hours:g} h" if replies.within_hours is not None else ""
    found = [
        count_shown(answer),
        share_shown("Complaint rate", now.complaint_rate, past.complaint_rate if past else None),
        times_shown("Median first reply", replies, earlier),
        share_shown(within, replies.in_time, earlier.in_time if earlier else None, due_words(replies)),
        share_shown("Without a reply", replies.unanswered_share, earlier.unanswered_share if earlier else None),
        share_shown("Resolved, of cases", solved.resolved, solved_before.resolved if solved_before else None),
        times_shown("Median resolution", solved, solved_before),
        share_shown("Escalated, of complaints", now.escalated, past.escalated if past else None),
        customers_shown(now.per_1000_customers, past.per_1000_customers if past else None),
        *survey_shown(answer),
    ]
    return [one for one in found if one is not None]


def count_shown(answer: Service) -> Shown:
    """How many complain."""
    voices, before = answer.figures.complaints, answer.before
    return Shown(
        name="Complaints",
        value=f"{voices.mentions:,}",
        basis=people_words(voices.people, voices.anonymous),
        before="" if before is None else f"{before.complaints.mentions:,}",
        few=False,
    )


def share_shown(name: str, now: Share | None, before: Share | None, more: str = "") -> Shown | None:
    """A share with its interval; None where the figure is not asked."""
    if now is None or not name:
        return None
    ends = None
    if now.value is not None and now.low is not None and now.high is not None:
        ends = (now.low, now.value, now.high, 0.0, 1.0)
    words = ", ".join(part for part in (share_basis(now), more) if part)
    past = "" if before is None else share_words(before)
    return Shown(name=name, value=share_words(now), basis=words, before=past, few=now.too_few, ends=ends)


def due_words(replies: FirstReplies) -> str:
    """Complaints whose time is not over yet."""
    return f"{replies.pending:,} not due yet" if replies.pending else ""


def times_shown(name: str, now: FirstReplies | Resolution, before: FirstReplies | Resolution | None) -> Shown:
    """A median length of time, with the p90 and n."""
    nine = f"nine of ten within {minutes_words(now.p90_minutes)}, " if now.p90_minutes is not None else ""
    return Shown(
        name=name,
        value=minutes_words(now.median_minutes),
        basis=f"{nine}n{NBSP}={NBSP}{now.timed:,}",
        before="" if before is None else minutes_words(before.median_minutes),
        few=now.median_minutes is None,
    )


def customers_shown(now: CustomerRate | None, before: CustomerRate | None) -> Shown | None:
    """Complaints a week for 1,000 customers."""
    if now is None:
        return None
    ends = "" if now.low is None or now.high is None else f"95% interval {now.low:.2g} to {now.high:.2g}, "
    return Shown(
        name="A week, per 1,000 customers",
        value=rate_words(now),
        basis=f"{ends}{counted(now.complaints, 'complaint')}",
        before="" if before is None else rate_words(before),
        few=now.value is None,
    )


def rate_words(rate: CustomerRate) -> str:
    """A rate, or that there are too few to say."""
    return "too few to say" if rate.value is None else f"{rate.value:.2g}"


def survey_shown(answer: Service) -> list[Shown]:
    """NPS and CSAT, where somebody was asked."""
    now, before = answer.surveys.now, answer.surveys.before
    found = [nps_shown(now.nps, before.nps if before else None)] if now.nps.n else []
    rated = share_shown("CSAT, top two boxes", now.csat, before.csat if before else None) if now.csat.whole else None
    return [*found, *([rated] if rated else [])]


def nps_shown(now: Net, before: Net | None) -> Shown:
    """NPS from −100 to +100."""
    few = now.value is None or now.low is None or now.high is None
    said = "" if few else f"95% interval {points(now.low or 0.0)} to {points(now.high or 0.0)}, "
    return Shown(
        name="NPS",
        value="too few to say" if now.value is None else points(now.value),
        basis=f"{said}n{NBSP}={NBSP}{now.n:,}",
        before="" if before is None else "too few to say" if before.value is None else points(before.value),
        few=few,
        ends=None if few else (now.low or 0.0, now.value or 0.0, now.high or 0.0, -1.0, 1.0),
    )


def states_of(found: Resolution) -> list[tuple[str, str, int, str]]:
    """Cases by how they stand: (id, name, count, what it means); those that nobody is in are left out."""
    states = (
        ("confirmed", "Confirmed", found.confirmed, "the customer says that it was solved"),
        ("quiet", "Gone quiet", found.quiet, "nothing more after the company's answer"),
        ("waiting", "Waiting", found.waiting, "answered, and too early to call quiet"),
        ("back", "Came back", found.came_back, "the customer has spoken again after the answer"),
        ("unanswered", "Unanswered", found.unanswered, "no answer of the company is known"),
        ("untold", "Untold", found.untold, "answered, but the author is not known: in no share"),
    )
    return [state for state in states if state[2]]


def draw_backlog(backlog: tuple[BacklogAge, ...]) -> Drawing:
    """Open cases by age."""
    title = "Open cases by age"
    rows = tuple((age.label, age.unanswered, age.came_back, age.waiting) for age in backlog)
    return Drawing(
        name="backlog",
        title=title,
        caption="From the left: unanswered, came back after an answer, answered and waiting. Active cases of this window.",
        svg=draw(cases_by_age, title, rows),
        columns=("Age", "Unanswered", "Came back", "Waiting", "Together"),
        rows=tuple((label, *map(str, counts), str(sum(counts))) for label, *counts in rows),
    )
