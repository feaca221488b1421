"""Which rows of an answer go into its CSV: where tables differ, a column `part` says of which each row is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from trends.differences import Difference

Row = dict[str, Any]

MAIN = ("rows", "buttons", "periods", "figures", "sites", "suggestions", "topics", "sources", "runs")
"""Where an answer keeps what its table is made of: the first of these that it has."""
NO_SHIFT: Row = {"difference": {one.name: None for one in fields(Difference)}, "told": None, "note": None}
"""In place of a change that there is none of: all columns, empty."""
LONG = ("weeks", "last_known", "quotes")
"""Lists within a record that no cell has room for."""


def main_rows(plain: Any) -> Sequence[Row]:
    """The rows of the tables of an answer in plain words."""
    if isinstance(plain, list):
        return plain
    makers = {
        "competitors": brand_rows,
        "backlog": service_rows,
        "rivals": rival_rows,
        "laid": trend_rows,
        "unexpected": word_rows,
    }
    make = next((make for field, make in makers.items() if field in plain), listed_rows)
    return make(plain)


def listed_rows(plain: Row) -> Sequence[Row]:
    """The rows of the one list that an answer has."""
    name = next((name for name in MAIN if isinstance(plain.get(name), list)), None)
    rows = plain[name] if name else [plain]
    # A period has days of its own: those of the window would stand in the same columns.
    return [{key: value for key, value in beside(plain).items() if key not in row} | row for row in rows]


def brand_rows(plain: Row) -> Sequence[Row]:
    """The rows of an overview: the brand, the same in the window before, its competitors."""
    before = [earlier(plain) | plain["before"]] if plain["before"] is not None else []
    return [beside(plain) | plain["figures"], *before, *(beside(plain) | rival for rival in plain["competitors"])]


def service_rows(plain: Row) -> Sequence[Row]:
    """The rows of an answer on service: the brand, the window before, topics, sources, signs, surveys, goals, open cases."""
    own, surveys = beside(plain), plain["surveys"]
    rows = [own | {"part": "brand"} | plain["figures"]]
    rows += [earlier(plain) | {"part": "before"} | plain["before"]] if plain["before"] is not None else []
    rows += [own | {"part": part} | row for part in ("topic", "source") for row in plain[f"{part}s"]]
    rows += [own | {"part": "sign"} | short(plain[sign]) for sign in ("leaving", "recommending")]
    rows.append(own | {"part": "survey"} | asked(surveys["now"]))
    rows += [earlier(plain) | {"part": "survey before"} | asked(surveys["before"])] if surveys["before"] is not None else []
    rows += [own | {"part": "goal"} | short(goal) for goal in plain["goals"]]
    return [*rows, *(own | {"part": "open cases"} | age for age in plain["backlog"])]


def asked(survey: Row) -> Row:
    """NPS and CSAT."""
    return {name: survey[name] for name in ("nps", "csat")}


def rival_rows(plain: Row) -> Sequence[Row]:
    """The rows of a comparison: all brands on the sites that cover them all, then differences and texts that name both."""
    rows = [beside(plain) | {"part": "brand"} | one for one in plain["figures"]]
    for rival in plain["rivals"]:
        own = beside(plain) | {"with": rival["brand"]}
        found = [*rival["figures"], *rival["topics"], *rival["attributes"]]
        rows += [own | {"part": "difference"} | one for one in found]
        rows.append(own | {"part": "head to head"} | short(rival["head_to_head"]))
    return rows


def trend_rows(plain: Row) -> Sequence[Row]:
    """The rows of a trend: its figures over the window, its periods, its goals; with a business series its values beside the
    periods, then the correlation at each lag."""
    own, laid = beside(plain), plain["laid"]
    values: dict[tuple[str, str], Row] = {(one["line"], day): {} for one in laid for day in days_of(plain, one["line"])}
    for one in laid:
        for day, value in zip(days_of(plain, one["line"]), one["values"], strict=True):
            values[one["line"], day][f"series {one['metric']}"] = value
    found = [own | {"part": "figure"} | line | {"shift": line["shift"] or NO_SHIFT} for line in plain["figures"]]
    found += [{"part": "period"} | row | values.get((row["line"], row["first_day"]), {}) for row in listed_rows(plain)]
    found += [own | {"part": "goal"} | short(goal) for goal in plain["goals"]]
    for one in laid:
        apart = own | {"part": "correlation", "line": one["line"], "metric": one["metric"]}
        found += [apart | {"way": way} | lag for way in ("follows", "leads") for lag in one[way]["lags"]]
    return found


def word_rows(plain: Row) -> Sequence[Row]:
    """The rows of a ledger: the attributes, then the words that come unasked."""
    own = beside(plain)
    words = [word | {"quote": word["quote"] and word["quote"]["text"]} for word in plain["unexpected"]]
    return [own | {"part": part} | row for part, rows in (("attribute", plain["rows"]), ("unexpected", words)) for row in rows]


def days_of(plain: Row, line: str) -> list[str]:
    """The first days of a line's periods."""
    return [point["first_day"] for point in plain["periods"] if point["line"] == line]


def short(record: Row) -> Row:
    """A record without what no cell has room for."""
    return {name: value for name, value in record.items() if name not in LONG}


def earlier(plain: Row) -> Row:
    """As `beside`, of the window before."""
    return beside({**plain, "window": plain["before_window"]})


def beside(plain: Any) -> dict[str, Any]:
    """The brand and window of an answer, as far as it has them; all time has no days."""
    if not isinstance(plain, Mapping):
        return {}
    brand = {"of_brand": plain["brand"]} if plain.get("brand") is not None else {}
    window = plain.get("window")
    return brand | ({"first_day": window["first_day"], "end_day": window["end_day"]} if window is not None else {})
