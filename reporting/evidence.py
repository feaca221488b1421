"""What a hot button stands on beside its counts, in sentences: outbreak, busy hours and days, words, parts."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.phrases import counted, day_words, people_words, share_words
from trends.hot_button_answers import Busy, HotButton, Outbreak, Part, Telling

WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
NEEDED_DAYS = 28


def evidence_lines(button: HotButton) -> list[str]:
    """Everything that there is to say, in reading order."""
    lines = [outbreak_words(button.outbreak)] if button.outbreak else []
    lines.append(busy_words(button))
    return [line for line in (*lines, telling_line(button.words)) if line]


def trend_of(button: HotButton) -> str:
    """`rising` or `falling` by the test of the last week, else by that against the window before, or what that says else."""
    if button.outbreak and button.outbreak.direction in ("rising", "falling"):
        return button.outbreak.direction
    return button.change.direction


def outbreak_words(outbreak: Outbreak) -> str:
    """What the test of the last completed day says."""
    week = f"in the week to {day_words(outbreak.day)}"
    since = f" since {day_words(outbreak.onset)}" if outbreak.onset else ""
    found = f"{counted(outbreak.observed, 'complaint')} {week}, {expected_words(outbreak.expected)} expected"
    if outbreak.direction == "rising":
        return f"Outbreak{since}: {found}, at most {outbreak.upper:.0f} by chance."
    if outbreak.direction == "falling":
        return f"Fewer than usual{since}: {found}, at least {outbreak.lower:.0f} by chance."
    if outbreak.direction == "steady":
        return f"{steady_words(outbreak)}: {found} ({outbreak.lower:.0f} to {outbreak.upper:.0f} by chance)."
    return f"Not tested for an outbreak yet: {outbreak.baseline_days} of the {NEEDED_DAYS} watched days that it needs."


def steady_words(outbreak: Outbreak) -> str:
    """What a test is called that found nothing sure: a count beyond its limits may be the one in twenty that goes there."""
    if outbreak.lower <= outbreak.observed <= outbreak.upper:
        return "No outbreak"
    if outbreak.observed == 1 > outbreak.expected:
        return "One complaint is no outbreak"
    way = "More" if outbreak.observed > outbreak.upper else "Fewer"
    return f"{way} than usual, not sure among {counted(outbreak.series, 'series', 'series')} tested"


def expected_words(expected: float) -> str:
    """An expected count: a digit behind the point where it is small."""
    return f"{expected:.0f}" if expected >= 20 else f"{expected:.1f}"


def busy_words(button: HotButton) -> str:
    """When complaints stand out of the brand's mentions, which have busy hours too."""
    hours = [f"{busy.slot}:00 ({busy_basis(busy)})" for busy in button.busy_hours]
    days = [f"{WEEKDAYS[busy.slot]} ({busy_basis(busy)})" for busy in button.busy_weekdays]
    if hours or days:
        return f"More than at other times: {', '.join([*days, *hours])}."
    return f"No hour stands out of all mentions ({button.timed} timed)." if button.timed else ""


def busy_basis(busy: Busy) -> str:
    """How many people, and how many there would be by chance."""
    return f"{counted(busy.people, 'person', 'people')}, {expected_words(busy.expected)} expected"


def telling_line(words: Sequence[Telling]) -> str:
    """The words that set these complaints apart."""
    return f"Words: {', '.join(word.word for word in words)}." if words else ""


def part_lines(button: HotButton) -> list[str]:
    """The same figures by source, where there are several, and by product and place of which more than one person speaks."""
    named = (
        ("By source", button.by_source, 2),
        ("By product", spoken_of(button.by_subject), 1),
        ("By place", spoken_of(button.by_place), 1),
    )
    return [f"{name}: {'; '.join(map(part_words, parts))}." for name, parts, least in named if len(parts) >= least]


def spoken_of(parts: Sequence[Part]) -> list[Part]:
    """Those of which more than one person speaks; anonymous complaints may be one each."""
    return [part for part in parts if part.people + part.anonymous > 1]


def part_words(part: Part) -> str:
    """One part: complaints, people, share of the mentions there."""
    said = f"{part.name} {part.complaints} by {people_words(part.people, part.anonymous)}"
    return f"{said}, {share_words(part.share)} of mentions" if part.share.value is not None else said
