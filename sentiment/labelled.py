"""Texts with people's labels, from files as people have them: CSV with any separator, JSON lines, or a JSON list."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from config.records import SENTIMENTS
from sentiment.text import drop_halves
from store.csv_lines import Lines
from store.prose import as_prose

COMPLAINTS = ("complaint", "not_complaint")
LABELS = (*SENTIMENTS, *COMPLAINTS)
WANTED = ("text", "label")
"""Columns that a file must have."""
SEPARATORS = (",", ";", "\t", "|")
LONGEST_CELL = 16 * 1024 * 1024
"""Characters; the csv module itself stops at 131,072, fewer than some posts have."""
JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")


class NothingLabelled(ValueError):
    """No row of a file can be held against a classifier; the message says why."""


@dataclass(frozen=True)
class Labelled:
    """One text with a person's label."""

    text: str
    label: str
    topic: str | None = None
    brand: str | None = None
    language: str | None = None
    """From the column `lang`."""


@dataclass(frozen=True)
class LabelledFile:
    """What a labelled file held."""

    rows: tuple[Labelled, ...]
    bad: tuple[str, ...]
    """What is wrong with each row that could not be read, with its line."""


Row = tuple[str, Mapping[str, object] | str]
"""Which it is, and its fields or what is wrong with it."""


def read_labelled(path: Path) -> LabelledFile:
    """Read a file with `text` and `label`, perhaps `topic`, `brand` and `lang`; the names of columns and labels in any case.

    A broken row is described and left out. Raises UnicodeDecodeError where the file is not UTF-8, NothingLabelled where it is
    empty or a table without these columns.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        start = file.read(65536)
        if not start.strip():
            raise NothingLabelled("the file is empty; wanted are rows with the columns text and label")
        file.seek(0)
        rows, bad = [], []
        for which, row in _json_rows(file, start) if _is_json(path, start) else _table_rows(file, start):
            found = row if isinstance(row, str) else _labelled(row)
            if isinstance(found, str):
                bad.append(f"{which}: {found}")
            else:
                rows.append(found)
    if not rows and not bad:
        raise NothingLabelled("there is no row below the header")
    return LabelledFile(tuple(rows), tuple(bad))


def _is_json(path: Path, start: str) -> bool:
    suffix = path.suffix.lower()
    return suffix in JSON_SUFFIXES or (suffix not in (".csv", ".tsv") and start.lstrip()[0] in "{[")


def _json_rows(file: io.TextIOBase, start: str) -> Iterator[Row]:
    """The objects of JSON lines, or of one list."""
    if start.lstrip().startswith("["):
        whole, error = _parse(file.read())
        if isinstance(whole, list) and not error:
            yield from ((f"row {number}", _object(row)) for number, row in enumerate(whole, 1))
            return
        file.seek(0)
    for number, line in enumerate(file, 1):
        if line.strip():
            row, error = _parse(line)
            yield f"line {number}", error or _object(row)


def _parse(text: str) -> tuple[object, str]:
    """A JSON value, or what is wrong with it: numbers of thousands of digits and deep nesting are refused too."""
    try:
        return json.loads(text), ""
    except json.JSONDecodeError as error:
        return None, f"no JSON ({error.msg} at column {error.colno})"
    except RecursionError:
        return None, "no JSON that can be read (it is nested too deeply)"
    except ValueError as error:
        return None, f"no JSON that can be read ({str(error).partition(';')[0]})"


def _object(row: object) -> Mapping[str, object] | str:
    return row if isinstance(row, dict) else "no JSON object"


def _table_rows(file: io.TextIOBase, start: str) -> Iterator[Row]:
    """The rows of a table below its header. Raises NothingLabelled where that lacks a column."""
    csv.field_size_limit(LONGEST_CELL)
    separator = _separator(start.lstrip().splitlines()[0])
    header = [name.strip().lower() for name in next(csv.reader(file, delimiter=separator))]
    if missing := [name for name in WANTED if name not in header]:
        found = ", ".join(name for name in header if name)
        raise NothingLabelled(
            f"there is no column {' and '.join(missing)}; columns found: {found}. Rename the columns to text and label"
        )
    left: Iterable[str] | None = file
    above = 1
    while left is not None:
        lines, left = Lines(left), None
        reader = csv.reader(lines, delimiter=separator)
        while True:
            line, lines.row[:] = above + reader.line_num + 1, []
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                yield f"line {line}", f"no CSV ({error})"
                continue
            if lines.ended:  # only within a quotation does the reader ask for more than there is
                yield f"line {line}", "a quotation mark is opened and never closed"
                left, above = lines.row[1:], line
                break
            if any(cell.strip() for cell in cells):
                yield f"line {line}", dict(zip_longest(header, cells[: len(header)]))


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def _labelled(row: Mapping[str, object]) -> Labelled | str:
    """Return the row, or what is wrong with it."""
    row = {name.strip().lower(): value for name, value in row.items()}
    words: list[str] = []
    for name in WANTED:
        value = row.get(name)
        if not isinstance(value, str) or not value.strip():
            return f"`{name}` is {value!r}, wanted words" if name in row else f"no `{name}`"
        words.append(drop_halves(value))
    topic, brand, language = (str(value) if (value := row.get(name)) else None for name in ("topic", "brand", "lang"))
    return Labelled(as_prose(words[0]), _label(words[1].strip()), topic, brand, language)


def _label(written: str) -> str:
    """Return a label of ours as we write it, any other as it is."""
    return written.lower() if written.lower() in LABELS else written
