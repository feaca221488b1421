"""The verdict of a hot button: isolated, recurring or systemic, by a rule that can be read."""

from __future__ import annotations

from config import Thresholds
from trends.answers import Verdict

ORDER: tuple[Verdict, ...] = ("systemic", "recurring", "unclear", "isolated")
"""What a reader should look at first."""


def find_verdict(
    *,
    people: int,
    anonymous: int,
    sites: int,
    days: int,
    thresholds: Thresholds,
    outbreak: bool = False,
    by_chance: int | None = None,
) -> tuple[Verdict, str]:
    """The verdict and its rule in words and numbers, from distinct known people and the sites and days of what they wrote.

    A significant `outbreak` is as good as several sites or days. `by_chance` is as many people as the topic's false alarms
    may well give, where these were measured: so many or fewer say nothing.

    Anonymous mentions never make a topic recurring; when they are enough that they might, an isolated topic is `unclear`.
    """
    said = f"{people} {plural(people, 'person', 'people')}"
    if people < thresholds.recurring_people:
        if people + anonymous >= thresholds.recurring_people:
            return "unclear", (
                f"{said} known by author, fewer than {thresholds.recurring_people}; {anonymous} more "
                f"{plural(anonymous, 'complaint has', 'complaints have')} no author and may be one person's or many people's"
            )
        return "isolated", f"{said}, fewer than {thresholds.recurring_people}"
    if by_chance is not None and people <= by_chance:
        return "unclear", f"{said}, no more than the {by_chance} that false alarms of the classifier may give"
    wide, long = sites >= thresholds.systemic_sites, days >= thresholds.systemic_days
    spread = f"{sites} {plural(sites, 'site')} and {days} {plural(days, 'day')}"
    if people >= thresholds.systemic_people and (wide or long):
        needs = f"{thresholds.systemic_people} or more people, and {thresholds.systemic_sites} or more sites or "
        return "systemic", f"{said} on {spread} ({needs}{thresholds.systemic_days} or more days)"
    if people >= thresholds.systemic_people and outbreak:
        return "systemic", f"{said} in an outbreak ({thresholds.systemic_people} or more people, more than chance explains)"
    if people >= thresholds.systemic_people:
        needs = f"{thresholds.systemic_sites} sites or {thresholds.systemic_days} days"
        return "recurring", f"{said} ({thresholds.recurring_people} or more), but on {spread} only; systemic needs {needs}"
    return "recurring", f"{said} ({thresholds.recurring_people} or more; systemic needs {thresholds.systemic_people})"


def plural(count: int, one: str, many: str = "") -> str:
    """The word for a count."""
    return one if count == 1 else many or f"{one}s"
