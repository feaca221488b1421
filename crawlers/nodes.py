"""One thing that a page describes in schema.org terms, whatever the syntax, and the ways through its properties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

Syntax = Literal["json-ld", "microdata", "rdfa"]

Value = Any
"""A string, a number, a node or a list of these: whatever a stranger's page holds."""


@dataclass(eq=False)
class Node:
    """One thing that a page describes. Compared by identity: two alike nodes are two."""

    types: frozenset[str]
    """Schema.org names without prefix, like `Review`."""
    id: str | None
    properties: dict[str, list[Value]] = field(default_factory=dict)
    syntax: Syntax = "json-ld"


def walk(roots: tuple[Node, ...]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Every node once, with the nodes above it from the outermost in; those that stand inside another one come with it."""
    nested = {id(child) for root in roots for child in children(root)}
    seen: set[int] = set()
    # Roots that another root holds (a @graph whose nodes point at each other) are met within it, with their parents above.
    stack: list[tuple[Node, tuple[Node, ...]]] = []
    stack.extend((root, ()) for root in sorted(roots, key=lambda root: id(root) in nested)[::-1])
    while stack:
        node, above = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node, above
        if inner := children(node):
            below = (*above, node)
            stack.extend([(child, below) for child in reversed(inner)])


def children(node: Node) -> list[Node]:
    """The nodes directly in the properties of a node."""
    return [value for values in node.properties.values() for value in values if isinstance(value, Node)]


def type_names(value: Any) -> frozenset[str]:
    """`https://schema.org/Review`, `schema:Review` and `Review` alike."""
    if isinstance(value, str):
        return one_type(value)
    return frozenset(short_name(name) for name in flatten(value) if isinstance(name, str))


@lru_cache(maxsize=1024)
def one_type(name: str) -> frozenset[str]:
    """The set of a single type."""
    return frozenset([short_name(name)])


@lru_cache(maxsize=4096)
def short_name(name: str) -> str:
    """The last part of a prefixed or full name."""
    return re.split(r"[/#:]", name.rstrip("/"))[-1]


def flatten(value: Any) -> list[Any]:
    """A list of what may be one, several or none."""
    if not isinstance(value, list):
        return [] if value is None else [value]
    flat = []
    for item in value:
        if isinstance(item, list):
            flat += flatten(item)
        elif item is not None:
            flat.append(item)
    return flat


def as_text(value: Any) -> str | None:
    """A string or number as text, anything else as None."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def values_of(node: Node, *names: str) -> list[Value]:
    """The values of the first of these properties that has any."""
    properties = node.properties
    for name in names:
        if found := properties.get(name):
            return found
    return []


def text_of(node: Node, *names: str) -> str | None:
    """The first of these properties as text; of a node its name, else its address."""
    properties = node.properties
    for name in names:
        for value in properties.get(name, ()):
            if isinstance(value, str):
                found: str | None = value.strip()
            elif isinstance(value, Node):
                found = text_of(value, "name", "value", "url") or value.id
            else:
                found = as_text(value)
            if found:
                return found
    return None
