"""Answers as JSON-ready dicts. The names of the fields are documented in docs/json.md and stay."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from store.search import CLOSE, OPEN
from trends.answers import Change, Net
from trends.windows import Window

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

DIGITS = 4


def as_plain(answer: DataclassInstance | Sequence[Mapping[str, Any]]) -> Any:
    """An answer (a record of `trends`) as nested dicts, or mentions that were found as a list; figures have four digits."""
    if isinstance(answer, Sequence):
        return plain_mentions(answer)
    return to_plain(answer)


def to_plain(value: object) -> Any:
    """Any part of an answer."""
    if isinstance(value, Window):
        return plain_window(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return fields | derived(value)
    if isinstance(value, tuple | list):
        return [to_plain(part) for part in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def derived(value: object) -> dict[str, Any]:
    """Figures that a record works out from its fields, and readers of JSON want too."""
    if isinstance(value, Net):
        return {"n": value.n}
    return {"percent": value.percent} if isinstance(value, Change) else {}


def plain_window(window: Window) -> dict[str, Any]:
    """A window by its local days and UTC bounds."""
    return {
        "label": window.label,
        "first_day": window.first_day,
        "end_day": window.end_day,
        "since": window.since,
        "until": window.until,
        "time_zone": window.zone.key,
        "as_of": window.now,
    }


def plain_mentions(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Mentions that a search found; the snippet marks what was found by « and »."""
    return [plain_mention(row) for row in rows]


def plain_mention(row: Mapping[str, Any]) -> dict[str, Any]:
    """One mention: brands and topics as lists, complaint as a truth."""
    return dict(row) | {
        "brands": split(row["brands"]),
        "topics": split(row["topics"]),
        "complaint": bool(row["complaint"]),
        "language_supported": bool(row["language_supported"]),
        "snippet": None if row["snippet"] is None else row["snippet"].replace(OPEN, "«").replace(CLOSE, "»"),
    }


def split(joined: str | None) -> list[str]:
    """Ids joined by commas, in order."""
    return sorted(joined.split(",")) if joined else []
