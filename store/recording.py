"""What an answer asked of the store: every statement with its parameters and rows, and which facts were read."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]
Parameters = Sequence[Any] | Mapping[str, Any] | None
FACT_TABLES = frozenset({"facts", "fact_words", "fact_names", "stale_facts", "taggers"})
"""What facts are read from: statements on nothing else are no questions of their own."""
WORDS = frozenset({"title", "text", "url", "snippet"})
"""Columns that hold what people wrote: rows with one of them are never kept."""
TABLE = re.compile(r"\b(?:from|join)\s+([a-z_]+)")


@dataclass(frozen=True)
class Statement:
    """A question that was asked, with the rows that the store gave."""

    sql: str
    parameters: Parameters
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def key(self) -> str:
        """What a question is found again by: its SQL and parameters, but for the list of mentions that it is about."""
        asked = self.parameters
        if isinstance(asked, Mapping):
            asked = {name: value for name, value in asked.items() if name != "mentions"}
        words = json.dumps([" ".join(self.sql.split()), asked], sort_keys=True)
        return blake2b(words.encode(), digest_size=16).hexdigest()

    @property
    def about(self) -> frozenset[int] | None:
        """The mentions that it is about, where it names them; each may stand with the label that is asked for."""
        if not isinstance(self.parameters, Mapping) or "mentions" not in self.parameters:
            return None
        named = json.loads(self.parameters["mentions"])
        return frozenset(one[0] if isinstance(one, list) else one for one in named)

    @property
    def wordy(self) -> bool:
        """Whether its rows hold what people wrote."""
        return not WORDS.isdisjoint(self.columns)


@dataclass(frozen=True)
class FactsRead:
    """Facts of a brand that were read, by days in UTC; those without a time come with every reading."""

    brand: str
    first_day: str
    end_day: str
    words: bool


class Given:
    """Rows in the place of a cursor."""

    def __init__(self, statement: Statement) -> None:
        self.description = tuple((name, None, None, None, None, None, None) for name in statement.columns)
        self.rows = iter(statement.rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self.rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return next(self.rows, None)

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        """The next rows, at most `size`."""
        return list(islice(self.rows, size))

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows that are left."""
        return list(self.rows)

    def close(self) -> None:
        """Leave the rest."""
        self.rows = iter(())


class Recorder(Database):
    """A store that notes what is asked of it. Statements on the tables of facts only are noted as facts that were read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.asked: list[Statement] = []
        self.facts_read: list[FactsRead] = []
        super().__init__(connection)

    def execute(self, sql: str, parameters: Any = None) -> Any:
        """Ask, and note it."""
        if tables_of(sql) <= FACT_TABLES:
            self.note_facts(sql, parameters)
            return super().execute(sql, parameters)
        return Given(self.ask(sql, parameters))

    def query(self, sql: str, params: Any = None) -> Any:
        """Ask for rows as dicts, and note it."""
        if tables_of(sql) <= FACT_TABLES:
            return super().query(sql, params)
        found = self.ask(sql, params)
        return (dict(zip(found.columns, row, strict=True)) for row in found.rows)

    def ask(self, sql: str, parameters: Parameters) -> Statement:
        """What the store says, noted."""
        cursor = self.conn.execute(sql, parameters if parameters is not None else ())
        columns = tuple(column[0] for column in cursor.description or ())
        self.asked.append(Statement(sql, parameters, columns, tuple(cursor.fetchall())))
        return self.asked[-1]

    def note_facts(self, sql: str, parameters: Any) -> None:
        """Note which facts a statement reads, as `store.fact_keeping.read_stored` asks for them."""
        if "labels" in sql and isinstance(parameters, Mapping) and {"brand", "first", "end"} <= parameters.keys():
            words = "fact_words" in tables_of(sql)
            self.facts_read.append(FactsRead(parameters["brand"], parameters["first"], parameters["end"], words))


class Asking(Database):
    """A store that answers nothing: it only notes the statement that a question would run."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, dict[str, Any]]] = []
        super().__init__(memory=True)

    def query(self, sql: str, params: Any = None) -> Any:
        """Note, and give no rows."""
        self.noted.append((sql, dict(params or {})))
        return iter(())


def sql_of(question: Callable[..., Any], *arguments: Any) -> tuple[str, dict[str, Any]]:
    """The statement with its parameters that a question of `store.queries` runs, ready for `sqlite3`."""
    asking = Asking()
    try:
        question(asking, *arguments)
    finally:
        asking.close()
    sql, parameters = asking.noted[0]
    used = {name: value for name, value in parameters.items() if re.search(rf":{name}\b", sql)}
    return tidy(sql), used


def tidy(sql: str) -> str:
    """A statement without empty lines and with its indentation evened out to what its depth of brackets says."""
    lines, depth = [], 0
    for line in filter(None, (line.strip() for line in sql.splitlines())):
        closing = len(line) - len(line.lstrip(")"))
        lines.append("  " * max(depth - closing, 0) + line)
        depth += line.count("(") - line.count(")")
    return "\n".join(lines)


def tables_of(sql: str) -> frozenset[str]:
    """The names after `from` and `join`: tables, and common tables of the statement itself."""
    return frozenset(TABLE.findall(sql))
