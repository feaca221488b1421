"""Who speaks: copies count once a group, a person once, and a mention without an author is nobody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from trends.answers import Count, Voices
from trends.windows import Window, contains

Row = dict[str, Any]
"""A row of the store's queries, with at least mention, author, copy_group, published and precision."""


def inside(rows: Iterable[Row], window: Window) -> list[Row]:
    """The rows that fall into a window."""
    return [row for row in rows if contains(window, row["published"], row["precision"])]


def once(rows: Iterable[Row]) -> list[Row]:
    """One row for each group of copies: its earliest, dated before undated; in order of row id."""
    kept: dict[object, Row] = {}
    for row in rows:
        key = ("group", row["copy_group"]) if row["copy_group"] is not None else ("mention", row["mention"])
        if key not in kept or earlier(row) < earlier(kept[key]):
            kept[key] = row
    return sorted(kept.values(), key=lambda row: row["mention"])


def earlier(row: Row) -> tuple[bool, str, int]:
    """What orders copies of one text."""
    return row["published"] is None, row["published"] or "", row["mention"]


def count_voices(rows: Sequence[Row]) -> Voices:
    """How many mentions, distinct known people, and mentions without an author."""
    authors = {row["author"] for row in rows if row["author"] is not None}
    anonymous = sum(row["author"] is None for row in rows)
    return Voices(mentions=len(rows), people=len(authors), anonymous=anonymous)


def by_person(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each person; an anonymous mention stands alone."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["author"] if row["author"] is not None else ("nobody", row["mention"]), []).append(row)
    return list(groups.values())


def tally(values: Iterable[str | None], *, missing: str | None = None) -> tuple[Count, ...]:
    """Count names, most frequent first, then by name; None is left out unless it has a name."""
    named = (value if value is not None else missing for value in values)
    counts = Counter(name for name in named if name is not None)
    return tuple(Count(name=name, count=count) for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
