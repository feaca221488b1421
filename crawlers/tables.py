"""Rows of a CSV or JSON-lines file, whoever exported it: encodings, delimiters, compression, and where it is broken."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from store.csv_lines import Lines

Row = dict[str, str]

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 16 * 1024 * 1024
LISTS = ("reviews", "tickets", "features")
"""Under which keys a JSON document of a vendor keeps its rows."""
DEEPEST = 6
"""Levels of a JSON object that become columns of their own; what lies deeper stays JSON."""


class ImportProblem(ValueError):
    """A file cannot be imported; the message names the file, what is wrong with it, and the way out."""


@dataclass(frozen=True)
class Fault:
    """A line that could not be read as a row."""

    line: int
    reason: str


@dataclass(frozen=True)
class Table:
    """A file, opened far enough to know its columns."""

    path: Path
    encoding: str
    columns: tuple[str, ...]
    delimiter: str | None
    """None for JSON lines."""
    lines: int

    def rows(self) -> Iterator[tuple[int, Row] | Fault]:
        """(line, row) for every row, and a `Fault` for every line that is none."""
        with open_text(self.path, self.encoding) as file:
            yield from read_json(file) if self.delimiter is None else read_csv(file, self.delimiter)


def open_table(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Find out what a file is. Raises `ImportProblem` when it is missing, empty or in another encoding."""
    if not path.is_file():
        raise ImportProblem(f"{path}: there is no such file")
    try:
        encoding = guess_encoding(path) if encoding is None else encoding
        lines = check_encoding(path, encoding)
        with open_text(path, encoding) as file:
            start = file.read(65536).lstrip()
    except (OSError, EOFError, zlib.error) as error:
        raise ImportProblem(f"{path}: cannot be read ({error})") from None
    if not start:
        raise ImportProblem(f"{path}: the file is empty")
    if start[0] in "{[" and delimiter is None:
        return Table(path, encoding, json_columns(path, encoding), None, lines)
    delimiter = guess_delimiter(start) if delimiter is None else read_delimiter(delimiter)
    with open_text(path, encoding) as file:
        header = read_header(csv.reader(file, delimiter=delimiter))
    return Table(path, encoding, tuple(name.strip() for name in header), delimiter, lines)


def open_binary(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked if it is compressed."""
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def open_text(path: Path, encoding: str) -> IO[str]:
    """The text of a file, with line ends as they are: a cell may hold some."""
    return io.TextIOWrapper(open_binary(path), encoding=encoding, newline="")


def guess_encoding(path: Path) -> str:
    """UTF-16 by its mark or by the zero bytes of its ASCII letters, else UTF-8 with or without a mark."""
    with open_binary(path) as file:
        start = file.read(512)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) > 3 and 0 in start[:4]:
        return "utf-16-le" if start[1] == 0 else "utf-16-be"
    return "utf-8-sig"


def check_encoding(path: Path, encoding: str) -> int:
    """Read the whole file once, before anything is stored, and return its number of lines."""
    try:
        # Python's codecs have some that are no encodings of text, like hex; only a reader of text refuses these.
        io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        decoder = codecs.getincrementaldecoder(encoding)()
    except (LookupError, ValueError):
        raise ImportProblem(f"{path}: {encoding!r} is no encoding; try --encoding utf-8 or --encoding cp1252") from None
    position, lines = 0, 0
    with open_binary(path) as file:
        while chunk := file.read(1 << 20):
            pending = len(decoder.getstate()[0])
            try:
                lines += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                byte = position - pending + error.start
                before = chunk[: max(error.start - pending, 0)]
                raise ImportProblem(explain_encoding(path, encoding, byte, lines, before)) from None
            position += len(chunk)
    if decoder.getstate()[0]:
        raise ImportProblem(explain_encoding(path, encoding, position, lines, b""))
    return lines + 1


def explain_encoding(path: Path, encoding: str, byte: int, lines: int, before: bytes) -> str:
    """Where the encoding does not fit, and what to try."""
    line = lines + before.count(b"\n") + 1
    tried = encoding.removesuffix("-sig").upper()
    return (
        f"{path}: byte {byte} (line {line}) is no {tried}; name the file's encoding: "
        "--encoding cp1254 (Turkish), --encoding cp1252 (Western Europe), --encoding utf-16"
    )


def read_delimiter(text: str) -> str:
    """The one character that a user says is between the columns. Raises `ImportProblem` for what cannot be one."""
    named = {"\\t": "\t", "tab": "\t"}.get(text.lower(), text)
    if len(named) != 1 or named in '"\r\n':
        raise ImportProblem(f"--delimiter {text}: this is not one character; write one like ; or , or tab")
    return named


def guess_delimiter(start: str) -> str:
    """What separates the names in the first line."""
    header = start.splitlines()[0]
    outside = "".join(part for i, part in enumerate(header.split('"')) if i % 2 == 0)
    return max(DELIMITERS, key=outside.count)


def read_csv(file: IO[str], delimiter: str) -> Iterator[tuple[int, Row] | Fault]:
    """Rows of a CSV file by its header."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(file, delimiter=delimiter)
    header = [name.strip() for name in read_header(reader)]
    yield from read_rows(file, header, delimiter, reader.line_num)


def read_header(rows: Iterable[list[str]]) -> list[str]:
    """The names of the columns: the first line with anything in it."""
    return next((row for row in rows if any(cell.strip() for cell in row)), [])


def read_rows(source: Iterable[str], header: list[str], delimiter: str, above: int) -> Iterator[tuple[int, Row] | Fault]:
    """Rows below the line number `above`."""
    lines = Lines(source)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = above + reader.line_num + 1
        lines.row.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Fault(line, f"is no CSV ({error})")
            continue
        if lines.ended:
            # Only within a quotation does the reader ask for more than there is. The lines that it took are rows again.
            yield Fault(line, "opens a quotation mark that is never closed")
            yield from read_rows(lines.row[1:], header, delimiter, line)
            return
        if len(cells) > len(header):
            yield Fault(line, f"has {len(cells)} cells where the header has {len(header)}")
        elif any(cells):
            yield line, dict(zip(header, cells, strict=False))


def read_json(file: IO[str]) -> Iterator[tuple[int, Row] | Fault]:
    """Objects of a JSON-lines file, of one JSON list, or of the list within one JSON document."""
    for line, text in enumerate(file, start=1):
        if not text.strip():
            continue
        if isinstance(parse_json(text), dict):
            yield from read_lines(itertools.chain([text], file), line)
        else:
            yield from read_document(text + file.read(), line)


def read_lines(lines: Iterable[str], first: int) -> Iterator[tuple[int, Row] | Fault]:
    """An object a line; a line that is a page of an API gives its rows."""
    for line, text in enumerate(lines, start=first):
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield Fault(line, f"is no JSON ({error})")
            continue
        inner = rows_within(value)
        yield from number_rows(inner) if inner is not None else [judge_row(line, value)]


def read_document(text: str, line: int) -> Iterator[tuple[int, Row] | Fault]:
    """The rows of JSON that is written over several lines; if it is none as a whole, its lines by themselves."""
    value = parse_json(text)
    if value is None and not text.lstrip().startswith("["):
        yield from read_lines(io.StringIO(text), line)
    elif value is None:
        yield Fault(line, "is no JSON list: it is cut off or broken")
    else:
        yield from number_rows([row for entry in (value if isinstance(value, list) else [value]) for row in rows_of(entry)])


def parse_json(text: str) -> object:
    """What a text says as JSON; None for what is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def rows_within(value: object) -> list[object] | None:
    """The rows of a vendor's document (a page of an API, an archive); None for what is a row itself."""
    if not isinstance(value, dict) or "id" in value or "text" in value:
        return None
    return next((value[name] for name in LISTS if isinstance(value.get(name), list)), None)


def rows_of(value: object) -> list[object]:
    """The rows of a document, or the value as the one row that it is."""
    inner = rows_within(value)
    return [value] if inner is None else inner


def number_rows(values: Iterable[object]) -> Iterator[tuple[int, Row] | Fault]:
    """Rows of a list; their number stands for the line."""
    for number, value in enumerate(values, start=1):
        yield judge_row(number, value)


def judge_row(line: int, value: object) -> tuple[int, Row] | Fault:
    """A row, or why it is none."""
    return (line, as_row(value)) if isinstance(value, dict) else Fault(line, "is no JSON object")


def as_row(value: dict[str, object], above: str = "", level: int = 1) -> Row:
    """The values of an object: `{"reviewer": {"displayName": "Ann"}}` is a column `reviewer.displayName`; a list stays JSON."""
    row: Row = {}
    for name, item in value.items():
        if isinstance(item, str | int | float):
            row[above + name] = str(item)
        elif isinstance(item, dict) and level < DEEPEST:
            row |= as_row(item, f"{above}{name}.", level + 1)
        elif item:
            row[above + name] = json.dumps(item, ensure_ascii=False)
    return row


def json_columns(path: Path, encoding: str) -> tuple[str, ...]:
    """All keys of all rows, in order: lines may leave out what is empty. Raises `ImportProblem` where there is no row."""
    first: Fault | None = None
    names: dict[str, None] = {}
    with open_text(path, encoding) as file:
        for row in read_json(file):
            if isinstance(row, Fault):
                first = first or row
            else:
                names |= dict.fromkeys(row[1])
    if names:
        return tuple(names)
    if first is None:
        raise ImportProblem(f"{path}: this is JSON without a row; there is nothing to import")
    fix = "mend it, or save it with an object for each row; if it is CSV, say so with --delimiter"
    raise ImportProblem(f"{path}: this begins as JSON, but line {first.line} {first.reason}, and no line is a row; {fix}")
