"""Answers as CSV: the rows of the main table, nested figures in columns of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reporting.plain import as_plain

MAIN = ("rows", "buttons", "periods", "figures", "sites", "suggestions", "topics", "sources", "runs")
"""Where an answer keeps what its table is made of: the first of these that it has."""
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


def main_rows(plain: Any) -> Sequence[Mapping[str, Any]]:
    """The rows of the main table of an answer in plain words."""
    if isinstance(plain, list):
        return plain
    if "competitors" in plain:
        return brand_rows(plain)
    if "backlog" in plain:
        return service_rows(plain)
    name = next((name for name in MAIN if isinstance(plain.get(name), list)), None)
    rows = plain[name] if name else [plain]
    # A period has days of its own: those of the window would stand in the same columns.
    return [{key: value for key, value in beside(plain).items() if key not in row} | row for row in rows]


def brand_rows(plain: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The rows of an overview: the brand, the same in the window before, its competitors."""
    earlier = beside({**plain, "window": plain["before_window"]})
    before = [earlier | plain["before"]] if plain["before"] is not None else []
    return [beside(plain) | plain["figures"], *before, *(beside(plain) | rival for rival in plain["competitors"])]


def service_rows(plain: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The rows of an answer on service: the brand, the same in the window before, each topic and each source."""
    earlier = beside({**plain, "window": plain["before_window"]})
    before = [earlier | {"part": "before"} | plain["before"]] if plain["before"] is not None else []
    parts = [beside(plain) | {"part": part} | row for part in ("topic", "source") for row in plain[f"{part}s"]]
    return [beside(plain) | {"part": "brand"} | plain["figures"], *before, *parts]


def beside(plain: Any) -> dict[str, Any]:
    """The brand and window of an answer, as far as it has them; all time has no days."""
    if not isinstance(plain, Mapping):
        return {}
    brand = {"of_brand": plain["brand"]} if plain.get("brand") is not None else {}
    window = plain.get("window")
    return brand | ({"first_day": window["first_day"], "end_day": window["end_day"]} if window is not None else {})


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
