"""Goals for weekly figures, and how business series are read: the tables `goals` and `metrics` of config.toml."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.records import PER_CUSTOMERS, Brand, Goal, MetricEvery, MetricKind, MetricSeries, Topic, Unit, Way
from config.tables import Table


@dataclass(frozen=True)
class Figure:
    """A figure that a goal can be set for."""

    words: str
    way: Way
    """Which side of the target is the good one."""
    unit: Unit
    topics: bool = False
    """Whether it can be asked of one topic's complaints."""


FIGURES: Mapping[str, Figure] = {
    "complaints_a_week": Figure("complaints a week", "at_most", "a_week", topics=True),
    "complaint_rate": Figure("complaints of all mentions", "at_most", "percent", topics=True),
    PER_CUSTOMERS: Figure("complaints a week per 1,000 customers", "at_most", "per_1000", topics=True),
    "escalations_a_week": Figure("escalated complaints a week", "at_most", "a_week", topics=True),
    "escalation_rate": Figure("escalated of all complaints", "at_most", "percent", topics=True),
    "unanswered": Figure("complaints without a reply", "at_most", "percent", topics=True),
    "first_reply": Figure("complaints answered in time", "at_least", "percent", topics=True),
    "leaving_a_week": Figure("people a week who say that they leave", "at_most", "a_week"),
    "negative": Figure("negative of all mentions", "at_most", "percent"),
    "net_sentiment": Figure("net sentiment", "at_least", "points"),
    "share_of_voice": Figure("share of voice", "at_least", "percent"),
    "nps": Figure("NPS", "at_least", "points"),
    "csat": Figure("CSAT", "at_least", "percent"),
    "stars": Figure("mean of ratings on 1 to 5", "at_least", "stars"),
}
BOUNDS: Mapping[Unit, tuple[float, float]] = {
    "a_week": (0, 1e9), "percent": (0, 100), "points": (-100, 100), "per_1000": (0, 1e6), "stars": (1, 5),
}  # fmt: skip
SCALES: Mapping[Unit, float] = {"percent": 100.0, "points": 100.0}
"""What a target is divided by, to be in the unit that figures are computed in."""
LONGEST_HOURS = 24.0 * 365
KINDS: tuple[MetricKind, ...] = ("level", "count")
EVERY: tuple[MetricEvery, ...] = ("day", "week", "month", "quarter")


def read_goals(top: Table, brands: Sequence[Brand], topics: Sequence[Topic]) -> tuple[Goal, ...]:
    """The table array `goals`, which may be absent. Whole goals only: what is wrong is told and left out."""
    own = next((brand.id for brand in brands if brand.role == "own"), "")
    goals: list[Goal] = []
    for table in top.tables("goals"):
        goal = read_goal(table, own, [brand.id for brand in brands], [topic.id for topic in topics])
        if goal and any(alike(goal, other) for other in goals):
            table.problem("figure", f"{goal.figure!r} already has a goal above for the same brand and topic; keep one of them")
        elif goal:
            goals.append(goal)
    return tuple(goals)


def read_goal(table: Table, own: str, brands: Sequence[str], topics: Sequence[str]) -> Goal | None:
    """One goal; None when its figure or target is wrong."""
    name = table.choice("figure", tuple(FIGURES), next(iter(FIGURES)))
    if "figure" not in table.values:
        table.problem("figure", f"is missing; say what the goal is for: {', '.join(FIGURES)}")
    brand, topic = table.text("brand", own), table.text("topic", "")
    hours = table.decimal("within_hours", 0.01, LONGEST_HOURS)
    figure = FIGURES[name]
    target = read_target(table, name, figure)
    refuse_unknown(table, "brand", brand, brands)
    refuse_unknown(table, "topic", topic, topics)
    if topic and not figure.topics:
        table.problem("topic", f"{topic!r}: {name} is not counted by topic; remove this line")
    if name == "first_reply" and "within_hours" not in table.values:
        table.problem("within_hours", "is missing; say how soon a complaint is to be answered, like within_hours = 24")
    if name != "first_reply" and hours is not None:
        table.problem("within_hours", f'{hours:g} says nothing about {name}; remove this line, or write figure = "first_reply"')
    if target is None or table.values.get("figure") != name:
        return None
    return Goal(figure=name, way=figure.way, target=target, unit=figure.unit, brand=brand, topic=topic, within_hours=hours)


def read_target(table: Table, name: str, figure: Figure) -> float | None:
    """The target of a goal, on the side on which it is one."""
    low, high = BOUNDS[figure.unit]
    target = table.decimal(figure.way, low, high)
    wrong = "at_least" if figure.way == "at_most" else "at_most"
    table.asked.add(wrong)
    if table.values.get("figure") != name:
        table.asked.add(figure.way)
        return None
    if wrong in table.values:
        better = "lower" if figure.way == "at_most" else "higher"
        table.problem(wrong, f"{table.values[wrong]!r} is no goal: {name} is better the {better} it is; write {figure.way}")
    elif figure.way not in table.values:
        table.problem(figure.way, f"is missing; add {figure.way} = a number from {low:g} to {high:g}")
    return None if target is None else target / SCALES.get(figure.unit, 1.0)


def refuse_unknown(table: Table, key: str, value: str, known: Sequence[str]) -> None:
    """A brand or topic must be one of the configuration; nothing is said where it is left out."""
    if key in table.values and value not in known:
        close = difflib.get_close_matches(value, known, 1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"
        table.problem(key, f"{value!r} is no {key} of this file; {hint}")


def alike(one: Goal, other: Goal) -> bool:
    """Whether two goals are about one figure. A reply within a day and one within an hour are two."""
    same = [(goal.figure, goal.brand, goal.topic, goal.within_hours) for goal in (one, other)]
    return same[0] == same[1]


def read_metrics(table: Table) -> tuple[MetricSeries, ...]:
    """The tables `metrics.NAME`, which may be absent."""
    found = []
    for name in table.values:
        child = table.table(name)
        found.append(MetricSeries(name=name, kind=child.choice("kind", KINDS, "level"), every=read_every(child)))
    return tuple(found)


def read_every(table: Table) -> MetricEvery | None:
    """What a value of a series stands for; None where nothing is said."""
    table.asked.add("every")
    return table.choice("every", EVERY, "day") if "every" in table.values else None
