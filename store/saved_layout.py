"""How kept facts are laid out: a later version that has other columns still reads those that both have."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from store.facts import FACT, LABEL, WORD, Packed

Layout = dict[str, list[list[str]]]
"""By `facts`, `labels` and `words` the name and numpy type of each column, in order."""
KINDS = {"facts": FACT, "labels": LABEL, "words": WORD}


def layout_now() -> str:
    """The layout of this version, as JSON."""
    return json.dumps({name: columns_of(kind) for name, kind in KINDS.items()})


def columns_of(kind: np.dtype[np.void]) -> list[list[str]]:
    """Name and type of each column."""
    return [[name, kind[name].str] for name in kind.names or ()]


def read_layout(said: str) -> Layout | None:
    """A layout that was kept; None where it is that of this version."""
    found: Layout = json.loads(said)
    return None if found == json.loads(layout_now()) else found


def relaid(packed: Packed, layout: Layout | None) -> Packed:
    """Packed facts in the layout of this version: columns that it does not know are left out, new ones are zero."""
    if layout is None:
        return packed
    return Packed(
        relaid_columns(packed.facts, layout["facts"]),
        relaid_records(packed.labels, layout["labels"], LABEL),
        relaid_records(packed.words, layout["words"], WORD),
    )


def relaid_columns(packed: bytes, columns: list[list[str]]) -> bytes:
    """Facts, which are packed column by column."""
    kinds = {name: np.dtype(kind) for name, kind in columns}
    count = len(packed) // sum(kind.itemsize for kind in kinds.values())
    found: dict[str, Any] = {}
    start = 0
    for name, kind in kinds.items():
        found[name] = np.frombuffer(packed, kind, count, start)
        start += count * kind.itemsize
    blank = np.zeros(count, np.uint8)
    return b"".join(found.get(name, blank).astype(FACT[name]).tobytes() for name in FACT.names or ())


def relaid_records(packed: bytes, columns: list[list[str]], kind: np.dtype[np.void]) -> bytes:
    """Labels or words, which are packed record by record."""
    old = np.frombuffer(packed, np.dtype([(name, said) for name, said in columns]))
    fresh = np.zeros(len(old), kind)
    for name in set(kind.names or ()) & set(old.dtype.names or ()):
        fresh[name] = old[name]
    return fresh.tobytes()
