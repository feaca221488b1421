"""The parts of a brand's query, each of which says whether a text's words satisfy it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from crawlers.words import Words

Span: TypeAlias = tuple[int, int]
"""First and last position of something found, in words."""
EVERYTHING = "*"


@dataclass(frozen=True)
class Term:
    """A word or a phrase, any part of which may hold wildcards."""

    written: str
    parts: tuple[str | re.Pattern[str], ...]

    def find(self, words: Words) -> tuple[str, ...] | None:
        if len(self.parts) == 1:
            part = self.parts[0]
            if isinstance(part, str):
                return (self.written,) if part in words.forms else None
            return tuple(sorted(find_forms(part, words))) or None
        if any(isinstance(part, str) and part not in words.forms for part in self.parts):
            return None
        return (self.written,) if self.spans(words) else None

    def spans(self, words: Words) -> list[Span]:
        starts, *rest = (set(find_positions(part, words)) for part in self.parts)
        for step, positions in enumerate(rest, 1):
            starts = {start for start in starts if start + step in positions}
        return [(start, start + len(rest)) for start in sorted(starts)]

    def triggers(self) -> set[str] | None:
        keys = [key for part in self.parts if (key := trigger_of(part))]
        return {max(keys, key=len)} if keys else None


@dataclass(frozen=True)
class Near:
    """Two things at most `distance` words apart."""

    left: Term | Near | Or
    right: Term | Near | Or
    distance: int

    def find(self, words: Words) -> tuple[str, ...] | None:
        # Where the words stand is worth finding out only for a text that has them.
        left, right = self.left.find(words), self.right.find(words)
        return left + right if left is not None and right is not None and self.spans(words) else None

    def spans(self, words: Words) -> list[Span]:
        pairs = ((a, b) for a in self.left.spans(words) for b in self.right.spans(words))
        return [(min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs if 0 < max(b[0] - a[1], a[0] - b[1]) <= self.distance]

    def triggers(self) -> set[str] | None:
        return fewest([self.left.triggers(), self.right.triggers()])


@dataclass(frozen=True)
class And:
    """All of them."""

    parts: tuple[Node, ...]

    def find(self, words: Words) -> tuple[str, ...] | None:
        found: tuple[str, ...] = ()
        for part in self.parts:
            one = part.find(words)
            if one is None:
                return None
            found += one
        return found

    def triggers(self) -> set[str] | None:
        return fewest([part.triggers() for part in self.parts])


@dataclass(frozen=True)
class Or:
    """Any of them."""

    parts: tuple[Node, ...]

    def find(self, words: Words) -> tuple[str, ...] | None:
        found = [one for part in self.parts if (one := part.find(words)) is not None]
        return tuple(word for one in found for word in one) if found else None

    def spans(self, words: Words) -> list[Span]:
        return [span for part in self.parts if isinstance(part, Term | Near | Or) for span in part.spans(words)]

    def triggers(self) -> set[str] | None:
        every = [part.triggers() for part in self.parts]
        return None if None in every else set().union(*(keys for keys in every if keys))


@dataclass(frozen=True)
class Not:
    """None of it."""

    part: Node

    def find(self, words: Words) -> tuple[str, ...] | None:
        return () if self.part.find(words) is None else None

    def triggers(self) -> set[str] | None:
        return None


@dataclass(frozen=True)
class Everything:
    """`*`: true of every text."""

    def find(self, words: Words) -> tuple[str, ...] | None:
        return (EVERYTHING,)

    def triggers(self) -> set[str] | None:
        return None


Node: TypeAlias = Term | Near | And | Or | Not | Everything


def find_positions(part: str | re.Pattern[str], words: Words) -> list[int]:
    """Where one word, or the words that a wildcard covers, stand."""
    if isinstance(part, str):
        return words.places(part)
    return [position for form in find_forms(part, words) for position in words.places(form)]


def find_forms(part: re.Pattern[str], words: Words) -> list[str]:
    """The forms that a wildcard covers."""
    prefix = prefix_of(part)
    if prefix and not words.begin(prefix):
        return []
    return [form for form in words.forms if form.startswith(prefix) and part.fullmatch(form)]


def trigger_of(part: str | re.Pattern[str]) -> str | None:
    """What a text must have for a part to be in it: the form, or how one begins and `*`."""
    if isinstance(part, str):
        return part
    prefix = prefix_of(part)
    return prefix + EVERYTHING if prefix else None


@cache
def prefix_of(part: re.Pattern[str]) -> str:
    """What all that a wildcard covers begins with; empty for less than two signs."""
    prefix = part.pattern.partition(".")[0]
    return prefix if len(prefix) > 1 else ""


def fewest(options: list[set[str] | None]) -> set[str] | None:
    """The smallest of the conditions that must all hold."""
    return min((keys for keys in options if keys is not None), key=len, default=None)


def has_place(node: Node) -> bool:
    """Whether a node stands at a place in the text, so that NEAR can measure from it."""
    return isinstance(node, Term | Near) or (isinstance(node, Or) and all(map(has_place, node.parts)))
