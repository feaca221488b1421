"""The CSV file of a sample: written for a person to fill the column `label`, and read back with every fault in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from store.sample_marks import MarkError, Question, read_mark

NEEDED = ("id", "sample", "task", "topic", "brand", "label")
"""What is read back; the other columns are for the person who judges."""
COLUMNS = ("id", "sample", "task", "topic", "brand", "language", "url", "text", "label")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula; strangers wrote these texts."""
YES, NO = ("yes", "y", "1"), ("no", "n", "0", "not_complaint")


class SheetError(ValueError):
    """A file that is no sample, or rows that cannot be judgements; the message names every row, value and fix."""


@dataclass(frozen=True)
class Filled:
    """One row of a sample that a person has filled."""

    question: Question
    label: str
    sample: int
    chance: float


@dataclass(frozen=True)
class Sheet:
    """What a file of a sample holds."""

    filled: tuple[Filled, ...]
    empty: int
    """Rows that nobody has filled yet."""


def write_sheet(rows: Sequence[Mapping[str, object]]) -> str:
    """A sample as CSV with the columns `COLUMNS`; `label` is left for a person."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: harmless(row.get(name)) for name in COLUMNS} for row in rows)
    return out.getvalue()


def harmless(value: object) -> object:
    """A cell that no spreadsheet runs: text that looks like a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def read_sheet(path: Path, secret: bytes, labels: Mapping[str, Sequence[str]]) -> Sheet:
    """Read a filled sample. `labels` are those of each task but `topic`, whose labels are `none` and the topic.

    Raises `SheetError` with every fault in it.
    """
    filled, faults, empty = [], [], 0
    for line, row in read_rows(path):
        if not (row["label"] or "").strip():
            empty += 1
            continue
        try:
            filled.append(read_row(row, secret, labels))
        except ValueError as error:
            faults.append(f"line {line}, id {row['id']}: {error}")
    if faults:
        raise SheetError("\n".join(faults))
    return Sheet(tuple(filled), empty)


def read_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(line, cells) of each row of a CSV separated by commas, semicolons or tabs, as spreadsheets write it."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(f"is not UTF-8 at byte {error.start}; save the file as CSV UTF-8") from error
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), restval="")
    if missing := [name for name in NEEDED if name not in (reader.fieldnames or ())]:
        words = f"has no column {', '.join(missing)}; give a file that `repute sample` wrote, with its first line"
        raise SheetError(words)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise SheetError(f"line {reader.line_num}: is no CSV ({error}); save the file as CSV UTF-8") from error


def read_row(row: Mapping[str, str], secret: bytes, labels: Mapping[str, Sequence[str]]) -> Filled:
    """Read one row. Raises ValueError with the cell, its value and the fix."""
    if not row["id"].strip().isdigit():
        raise ValueError(f"id: {row['id']!r} is no number; leave it as `repute sample` wrote it")
    task, topic = row["task"].strip(), row["topic"].strip()
    known = (*labels.get(task, ()),) or (("none", topic) if task == "topic" else ())
    if not known:
        raise ValueError(f"task: {task!r} is none of {', '.join((*labels, 'topic'))}; leave it as `repute sample` wrote it")
    question = Question(int(row["id"]), row["brand"].strip(), task, topic)
    try:
        sample, chance = read_mark(secret, row["sample"], question)
    except MarkError as error:
        fix = "leave every column but label as `repute sample` wrote it, and judge it where it was drawn"
        raise ValueError(f"sample: {error}; {fix}") from error
    return Filled(question, read_label(row["label"], known), sample, chance)


def read_label(value: str, known: Sequence[str]) -> str:
    """One of the labels, however its case; of two labels the first is also `no`, the second `yes`."""
    said = value.strip().casefold()
    words = {label.casefold(): label for label in known}
    if len(known) == 2:
        words = dict.fromkeys(NO, known[0]) | dict.fromkeys(YES, known[1]) | words
    if said not in words:
        also = " (or no, yes)" if len(known) == 2 else ""
        raise ValueError(f"label: {value.strip()!r} is none of {', '.join(known)}{also}; write one of them, or nothing")
    return words[said]
