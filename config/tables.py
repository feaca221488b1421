"""A TOML table that is read key by key and remembers every mistake, and every key that nobody asked for."""

from __future__ import annotations

import difflib
from typing import Any, TypeVar

from config.records import Problem

Word = TypeVar("Word", bound=str)
MISSING = object()


class Table:
    """One table with its place. Tables under it share its list of problems."""

    def __init__(self, values: dict[str, Any], place: str, problems: list[Problem] | None = None) -> None:
        self.values = values
        self.place = place
        self.name = place.rpartition(".")[2]
        self.problems: list[Problem] = [] if problems is None else problems
        self.asked: set[str] = set()
        self.children: list[Table] = []

    def problem(self, key: str, message: str) -> None:
        """Note a mistake at `key`."""
        self.problems.append(Problem(self.at(key), message))

    def at(self, key: str) -> str:
        """The full place of a key."""
        return f"{self.place}.{key}" if self.place else key

    def get(self, key: str, kind: type, words: str, default: Any) -> Any:
        """The value of a key if it has the right kind, else the default and a problem."""
        self.asked.add(key)
        value = self.values.get(key, MISSING)
        if value is MISSING:
            if default is MISSING:
                self.problem(key, f"is missing; add {key} = {words}")
                return kind()
            return default
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.problem(key, f"{value!r} should be {words}")
        return kind() if default is MISSING else default

    def text(self, key: str, default: Any = MISSING) -> str:
        """A string; one that must be there must not be empty."""
        value: str = self.get(key, str, '"text" in quotes', default)
        if default is MISSING and key in self.values and isinstance(self.values[key], str) and not value.strip():
            self.problem(key, "is empty; write something between the quotes")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value: bool = self.get(key, bool, "true or false, without quotes", default)
        return value

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number within bounds."""
        value: int = self.get(key, int, f"a whole number from {low} to {high}", default)
        if not low <= value <= high:
            self.problem(key, f"{value} should be a whole number from {low} to {high}")
            return default
        return value

    def decimal(self, key: str, low: float, high: float) -> float | None:
        """A number within bounds, with or without a point; None if absent or wrong."""
        words = f"a number from {low:g} to {high:g}"
        self.asked.add(key)
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.problem(key, f"{value!r} should be {words}")
            return None
        return float(value)

    def choice(self, key: str, words: tuple[Word, ...], default: Word) -> Word:
        """One of a few words."""
        listed = " or ".join(f'"{word}"' for word in words)
        value = self.get(key, str, listed, default)
        for word in words:
            if value == word:
                return word
        self.problem(key, f"{value!r} should be {listed}")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        values: list[Any] = self.get(key, list, 'a list like ["a", "b"]', [])
        for position, value in enumerate(values):
            if not isinstance(value, str):
                self.problem(f"{key}[{position}]", f"{value!r} should be text in quotes")
        return tuple(value for value in values if isinstance(value, str))

    def table(self, key: str) -> Table:
        """The table under a key, empty if absent."""
        child = Table(self.get(key, dict, f"a table, written as [{self.at(key)}]", {}), self.at(key), self.problems)
        self.children.append(child)
        return child

    def tables(self, key: str) -> list[Table]:
        """The tables of a table array, none if absent."""
        values: list[Any] = self.get(key, list, f"tables, each written as [[{self.at(key)}]]", [])
        found = []
        for position, value in enumerate(values):
            if isinstance(value, dict):
                found.append(Table(value, f"{self.at(key)}[{position}]", self.problems))
            else:
                self.problem(f"{key}[{position}]", f"{value!r} should be a table, written as [[{self.at(key)}]]")
        self.children.extend(found)
        return found

    def subtables(self) -> list[Table]:
        """Every key as a table, whatever its name."""
        return [self.table(key) for key in self.values]

    def rest(self, *known: str) -> dict[str, object]:
        """All other keys, unchecked: they belong to somebody else."""
        self.asked.update(self.values)
        return {key: value for key, value in self.values.items() if key not in known}

    def finish(self) -> None:
        """Note every key that nobody asked for, here and below, with the likeliest right name."""
        for key in self.values:
            if key not in self.asked:
                close = difflib.get_close_matches(key, self.asked, 1)
                hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(sorted(self.asked))}"
                self.problem(key, f"is not a setting; {hint}")
        for child in self.children:
            child.finish()
