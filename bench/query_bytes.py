"""What a mention weighs in a store, table by table and index by index, for `bench/queries.py`."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WANTED = 2500
"""Bytes a mention: all of the store's file. Sentence vectors stand in a file of their own."""
PARTS = (
    ("texts and columns of mentions", ("mentions",)),
    ("indexes of mentions", ("idx_mentions_",)),
    ("full-text index", ("mentions_fts",)),
    ("brands of mentions", ("mention_brands", "idx_mention_brands")),
    ("bands that find copies", ("copy_bands", "idx_copy_bands")),
    ("tags", ("tags",)),
    ("index of tags", ("idx_tags_",)),
    ("sentences, targets, readings", ("spans", "targets", "readings", "idx_readings")),
    ("crawls and what was watched", ("crawls", "watches", "idx_crawls", "idx_watches", "cursors", "robots")),
    ("roll-ups", ("facts", "import_days", "fact_", "idx_fact", "stale_facts", "sqlite_autoindex_fact")),
)
"""What belongs together, by how the names of tables and indexes begin; the longest beginning wins."""
OTHER = "everything else"


@dataclass(frozen=True)
class Weight:
    """What one table or index takes."""

    name: str
    bytes: int
    filled: float
    """Part of its pages that holds something."""


def weigh(database: Path) -> list[Weight]:
    """Every table and index of a file by its pages, the heaviest first; pages that nothing uses are `free`.

    Pages are added up here: where dbstat does (`aggregate = 1`), what is beyond 2 GiB becomes negative.
    """
    with contextlib.closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
        rows = db.execute("select name, sum(pgsize), 1 - sum(unused) * 1.0 / sum(pgsize) from dbstat group by name").fetchall()
        (free,), (page,) = db.execute("pragma freelist_count").fetchone(), db.execute("pragma page_size").fetchone()
    weights = [Weight(name, size, filled) for name, size, filled in rows]
    return sorted([*weights, Weight("free", free * page, 0.0)], key=lambda weight: -weight.bytes)


def part_of(name: str) -> str:
    """What a table or index belongs to."""
    fits = [(len(start), part) for part, starts in PARTS for start in starts if begins(name, start)]
    return max(fits)[1] if fits else OTHER


def begins(name: str, start: str) -> bool:
    """Whether a name is that of a table, or begins as an index or shadow table does."""
    return name == start or (start.endswith("_") and name.startswith(start)) or name.startswith(f"{start}_")


def count_rows(database: Path, table: str, what: str = "*") -> int:
    """How many rows, or distinct values, a table has."""
    with contextlib.closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
        (count,) = db.execute(f"select count({what}) from {table}").fetchone()
    return int(count)


def sum_parts(weights: Sequence[Weight]) -> dict[str, int]:
    """Bytes of each part, in the order of PARTS."""
    sums = dict.fromkeys([*(part for part, _ in PARTS), OTHER], 0)
    for weight in weights:
        sums[part_of(weight.name)] += weight.bytes
    return sums


def print_bytes(database: Path) -> None:
    """Print what a mention weighs, part by part and then by table and index, and the vectors beside."""
    mentions, weights = count_rows(database, "mentions"), weigh(database)
    total = sum(weight.bytes for weight in weights)
    print(f"\n{'bytes a mention':<34}{'bytes':>8}{'share':>8}")
    for part, size in sum_parts(weights).items():
        print(f"{part:<34}{size / mentions:>8.0f}{size / total:>8.0%}")
    met = "yes" if total / mentions <= WANTED else "NO"
    print(f"{'together':<34}{total / mentions:>8.0f}    wanted: at most {WANTED:,}: {met}")
    print("by table and index (part of its pages that is filled): ", end="")
    shown = [weight for weight in weights if weight.bytes / mentions >= 5]
    print(", ".join(f"{weight.name} {weight.bytes / mentions:.0f} ({weight.filled:.0%})" for weight in shown))
    print_vectors(database)


def print_vectors(database: Path) -> None:
    """Print what the sentence vectors of a mention weigh, in their own file."""
    beside = database.with_suffix(".vectors.db")
    if beside.exists() and (held := count_rows(beside, "vectors", "distinct mention")):
        total = sum(weight.bytes for weight in weigh(beside))
        print(f"sentence vectors, in their own file: {total / held:,.0f} bytes a mention (of {held:,} mentions measured)")
