"""Reading the fields of a JSON answer: what is of the wrong type counts as absent, and never stops a crawl."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

EMPTY: Mapping[str, Any] = {}


def read_json(body: bytes) -> object:
    """What a body says as JSON; None for what is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def table(value: object, *path: str) -> Mapping[str, Any]:
    """A JSON object, or the one at the end of a path of keys; empty where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else EMPTY


def rows(value: object) -> list[Any]:
    """A JSON array; empty for anything else."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """A string that is not blank, or None."""
    return value if isinstance(value, str) and value.strip() else None


def identifier(value: object) -> str | None:
    """An id, which is text or a whole number, as text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


def whole(value: object) -> int | None:
    """A whole number, or None; numbers written as text count."""
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value) < 17:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else None


def number(value: object) -> float | None:
    """A finite number, or None; numbers written as text count."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
