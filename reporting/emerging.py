"""Emerging topics, and the topics that there are, in the terminal; and the lines of TOML to paste."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from config import Topic
from reporting.phrases import DIRECTION_SIGNS, change_words, counted, day_words, people_words
from reporting.terminal import bar, clean, heading, indented, new_table, notes_lines, quote_lines
from trends.answers import Change
from trends.suggestions import ListedTopic, Suggestion, Suggestions, TopicList
from trends.verdicts import plural

PEOPLE_BAR = 10


def suggestions_table(answer: Suggestions) -> RenderableType:
    """The suggestions: one line each, then what each stands on."""
    title = heading(
        f"Emerging topics of {answer.brand_name}",
        f"{answer.window.label}: {counted(answer.complaints, 'complaint')}, {answer.unsorted:,} of no topic",
    )
    if not answer.suggestions:
        return Group(title, Text(nothing_words(answer)), *left_lines(answer), Text(""), notes_lines(answer.notes))
    details = [part for suggestion in answer.suggestions for part in (suggestion_lines(suggestion), Text(""))]
    grid = suggestions_grid(answer.suggestions)
    return Group(title, Text(""), grid, Text(""), *details, *left_lines(answer), Text(""), notes_lines(answer.notes))


def nothing_words(answer: Suggestions) -> str:
    """Why there is nothing to suggest."""
    if not answer.complaints:
        return "Nothing to suggest: there are no complaints in this window."
    if not answer.unsorted:
        return "Nothing to suggest: every complaint of this window fits a topic."
    fit = plural(answer.unsorted, "complaint fits", "complaints fit")
    return f"Nothing to suggest: {answer.unsorted:,} {fit} no topic, and no three people or more say a like thing in them."


def left_lines(answer: Suggestions) -> list[RenderableType]:
    """How many unsorted complaints stay unsorted, and why."""
    if not answer.left_out:
        return []
    left = sum(reason.count for reason in answer.left_out)
    reasons = "; ".join(f"{reason.count:,} {reason.name}" for reason in answer.left_out)
    return [Text(f"Still of no topic: {counted(left, 'complaint')} ({reasons}).")]


def suggestions_grid(suggestions: Sequence[Suggestion]) -> RenderableType:
    """One line a suggestion."""
    most = max(suggestion.people + suggestion.anonymous for suggestion in suggestions)
    counts = (("Complaints", "right"), ("Later half", ""), ("Languages", ""), ("Seen", ""))
    table = new_table(("Suggested topic", ""), ("People", ""), *counts)
    for suggestion in suggestions:
        table.add_row(
            Text(clean(suggestion.name)),
            Text(f"{people_cell(suggestion)} {bar(suggestion.people + suggestion.anonymous, most, PEOPLE_BAR)}"),
            Text(str(suggestion.complaints)),
            Text(growth_cell(suggestion.growth)),
            Text(clean(", ".join(count.name for count in suggestion.languages))),
            Text(seen_words(suggestion)),
        )
    return table


def people_cell(suggestion: Suggestion) -> str:
    """Known people, and anonymous complaints after a plus sign."""
    return f"{suggestion.people}+{suggestion.anonymous}?" if suggestion.anonymous else str(suggestion.people)


def growth_cell(change: Change) -> str:
    """A growth in few characters."""
    if change.before is None:
        return "?"
    return f"{change.before} → {change.now} {DIRECTION_SIGNS[change.direction]}"


def seen_words(suggestion: Suggestion) -> str:
    """The days between which it was seen."""
    if suggestion.first_seen is None or suggestion.last_seen is None:
        return "undated"
    if suggestion.first_seen == suggestion.last_seen:
        return day_words(suggestion.first_seen)
    return f"{day_words(suggestion.first_seen)[:-5]} – {day_words(suggestion.last_seen)}"


def suggestion_lines(suggestion: Suggestion) -> RenderableType:
    """What a suggestion stands on, and its quotes."""
    said = f"{people_words(suggestion.people, suggestion.anonymous)} in {counted(suggestion.complaints, 'complaint')}"
    where = ", ".join(f"{count.name} {count.count}" for count in suggestion.sites)
    lines: list[RenderableType] = [Text(clean(suggestion.name), style="bold"), indented(f"{said}; {where}.")]
    if suggestion.weak:
        be = plural(suggestion.weak, "is taken", "are taken")
        lines.append(indented(f"{suggestion.weak} of them {be} by a topic already, but only just."))
    if suggestion.part_of_name:
        lines.append(indented(f"Perhaps part of {suggestion.part_of_name}: widen its description."))
    lines += [
        indented(f"Later half of the window: {growth_words(suggestion.growth)}"),
        indented(f"Words: {', '.join(suggestion.words)}"),
        indented(
            f"As described below it would take {suggestion.taken} of the {suggestion.complaints}, "
            f"and {suggestion.beside} others; cohesion {suggestion.cohesion:.2f}."
        ),
        *(quote_lines(quote) for quote in suggestion.quotes),
    ]
    return Group(*lines)


def growth_words(change: Change) -> str:
    """The growth in words, with what it stands on."""
    if change.before is None:
        return change.note
    words = (
        change_words(change)
        .replace("in the window before", "in the earlier half")
        .replace("in either window", "in either half")
    )
    return f"{words}. {change.note}".strip()


def topics_table(answer: TopicList) -> RenderableType:
    """The topics there are, with what each draws and what is still to be read for it."""
    title = heading(
        f"Topics of {answer.brand_name}",
        f"{answer.window.label}: {counted(answer.complaints, 'complaint')}, {answer.unsorted:,} of no topic",
    )
    table = new_table(("Topic", ""), ("Name", ""), ("Complaints", "right"), ("People", "right"), ("Still to read", ""))
    for topic in answer.topics:
        people = f"{topic.people}+{topic.anonymous}?" if topic.anonymous else str(topic.people)
        table.add_row(Text(topic.id), Text(clean(topic.name)), str(topic.complaints), people, Text(due_words(topic)))
    return Group(title, Text(""), table, *([Text(""), notes_lines(answer.notes)] if answer.notes else []))


def due_words(topic: ListedTopic) -> str:
    """Whether all mentions were read for a topic as it is worded now."""
    if not topic.configured:
        return "no longer configured: `repute tag` drops it"
    return f"{counted(topic.due, 'mention')}: `repute tag`" if topic.due else "nothing"


def paste_block(answer: Suggestions, current: Sequence[Topic], *, defaults: bool, with_current: bool) -> str:
    """The suggestions as tables of TOML for config.toml, after the current topics if asked for.

    `defaults` says that config.toml has no [[topics]] of its own: its first one puts the default ones out of use.
    """
    lines = []
    if defaults and not with_current:
        lines += [
            "# Your config.toml has no [[topics]], so the default ones are in use. The first [[topics]] table puts them",
            "# all out of use: to keep them, paste what `repute topics suggest --with-current` prints instead.",
        ]
    if with_current and not defaults:
        lines += ["# These are all topics, those that config.toml has too: put them in the place of its [[topics]]."]
    tables = [*(topic_table(topic) for topic in (current if with_current else ()))]
    tables += [suggestion_toml(suggestion) for suggestion in answer.suggestions]
    return "\n".join(lines) + ("\n" if lines else "") + "\n".join(tables)


def suggestion_toml(suggestion: Suggestion) -> str:
    """One suggestion as a table of TOML."""
    drafted = Topic(id=suggestion.id, name=suggestion.name, description=suggestion.description)
    if suggestion.part_of is None:
        return topic_table(drafted)
    return f"# Perhaps part of {suggestion.part_of}: widen its description rather than adding this.\n{topic_table(drafted)}"


def topic_table(topic: Topic) -> str:
    """A topic as a table of TOML."""
    fields = (("id", topic.id), ("name", topic.name), ("description", topic.description), ("action", topic.action))
    return "[[topics]]\n" + "".join(f"{key} = {toml_string(value)}\n" for key, value in fields)


def toml_string(text: str) -> str:
    """A basic string of TOML on one line; JSON escapes alike, and control characters, which TOML refuses, are gone."""
    return json.dumps(" ".join(clean(text).split()), ensure_ascii=False)
