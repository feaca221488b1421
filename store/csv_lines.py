"""Lines for a CSV reader that may be asked for more than there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Lines:
    """Lines for a CSV reader, with those of the row under way: a quotation mark that is never closed takes all to the end."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.row: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.ended = True
        line = next(self.lines)
        self.ended = False
        self.row.append(line)
        return line
