"""Answers as CSV: the rows of the tables, nested figures in columns of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from reporting.plain import as_plain
from reporting.sheet_rows import beside, main_rows

BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets run what begins so; an apostrophe before it keeps it a text."""


def as_csv(answer: Any) -> str:
    """An answer as CSV with a header line; every row names its brand and window, where the answer has them."""
    plain = as_plain(answer)
    rows = [flat(row) for row in main_rows(plain)]
    columns = list(dict.fromkeys(name for row in rows or [beside(plain)] for name in row))
    if not columns:
        return ""
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return file.getvalue()


def flat(row: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """A row whose nested figures stand in columns like `share_low`; lists of counts as `reddit 12; reviews 3`."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{before}{name}_")
        elif isinstance(value, list):
            found[f"{before}{name}"] = "; ".join(filter(None, map(item_words, value)))
        else:
            found[f"{before}{name}"] = value
    return found


def item_words(item: Any) -> str:
    """One item of a list in a cell: a count with its name, a quote by its words, anything else by its first fields."""
    if not isinstance(item, Mapping):
        return "" if item is None else str(item)
    if set(item) == {"name", "count"}:
        return f"{item['name']} {item['count']}"
    if "text" in item:
        return str(item["text"])
    return " ".join(str(value) for value in first_values(item.values()))


def first_values(values: Iterable[Any], most: int = 3) -> list[Any]:
    """The first few plain values."""
    return [value for value in values if value is not None and not isinstance(value, dict | list)][:most]


def cell(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(BEGIN_FORMULAS) else value
