"""Why complaints per 1,000 customers cannot be told, where somebody asked for them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from sqlite_utils import Database

from config import Brand, Config
from store.metrics import PART, find_series
from trends.windows import Window

CRAWLED = ("rating:", "ratings:")
"""How the series begin that crawls keep of a shop's ratings, as `crawlers/aggregates.py` names them: nobody imported these."""
UNTOLD = "Complaints per 1,000 customers cannot be told"


def say_uncounted(db: Database, config: Config, brand: Brand, window: Window) -> str:
    """What to say where a goal or `customers_metric` asks for them and there is no count of customers; empty otherwise."""
    if brand.role != "own":
        asked = config.asks_customers(brand.id)
        return f"{UNTOLD}: nobody counts the customers of {brand.name}, a competitor." if asked else ""
    if not config.names_customers and not config.asks_customers(brand.id):
        return ""
    name = config.customers_metric
    stored = {row["name"]: row["first"] for row in find_series(db)}
    if name not in stored:
        return f"{UNTOLD}: {say_unimported(name, list(stored), f'customers_metric in {config.path.name}')}."
    if window.end_day is not None and stored[name] >= window.end_day:
        return f"{UNTOLD}: the series {name!r} begins on {stored[name]}, after this window."
    return ""


def say_unimported(name: str, stored: Sequence[str], place: str) -> str:
    """That a series named at a place of the configuration was not imported, which is meant or there are, and what to do."""
    whole = list(dict.fromkeys(one.partition(PART)[0] for one in stored if not one.startswith(CRAWLED)))
    there = f"imported are {', '.join(whole)}" if whole else "none is imported yet"
    if near := difflib.get_close_matches(name, whole, 1):
        there = f"did you mean {near[0]!r}"
    return f"there is no business series {name!r}, {there}; mend {place}, or bring it with `repute import FILE --kind metric`"
