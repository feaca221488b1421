"""A store as it was when an answer was saved: what was kept is laid over it, so that the same code answers from that."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from store.fact_keeping import made_by
from store.facts import FACT, Packed
from store.recording import FACT_TABLES, Recorder, Statement, tables_of
from store.saved import Row, read_saved
from store.saved_layout import read_layout, relaid


class Replay(Recorder):
    """A store as it was when an answer was saved: facts and rows are those that were kept, words are those still there."""

    def __init__(self, db: Database, name: str) -> None:
        """Read what was kept from `db`, which is used up by it. Raises `SavedError`."""
        self.saved = read_saved(db, name)
        self.unkept: list[Statement] = []
        """Questions that were not kept, and so were put to the store as it is."""
        (answer,) = db.conn.execute("select id from saved_answers where name = ?", [name]).fetchone()
        rows = db.conn.execute("select question, columns, rows from saved_rows where answer = ?", [answer])
        self.kept = {key: (tuple(json.loads(columns)), unpack_rows(packed)) for key, columns, packed in rows}
        super().__init__(db.conn)
        lay_facts(db, answer, self.saved.taggers)

    def ask(self, sql: str, parameters: Any) -> Statement:
        """What was kept of a question, else what the store says now."""
        asked = Statement(sql, parameters, (), ())
        if asked.key not in self.kept:
            found = super().ask(sql, parameters)
            if not found.wordy and tables_of(sql):
                self.unkept.append(found)
            return found
        columns, rows = self.kept[asked.key]
        if asked.about is not None and "mention" in columns:
            place = columns.index("mention")
            rows = [row for row in rows if row[place] in asked.about]
        self.asked.append(Statement(sql, parameters, columns, tuple(rows)))
        return self.asked[-1]


def unpack_rows(packed: bytes) -> list[tuple[Any, ...]]:
    """Rows of a question that was kept."""
    return [tuple(row) for row in json.loads(zlib.decompress(packed))]


def lay_facts(db: Database, answer: int, taggers: Sequence[Row]) -> None:
    """Lay kept facts over those of the store: temporary tables, which SQLite looks into before all others."""
    columns = {table: ", ".join(column.name for column in db[table].columns) for table in sorted(FACT_TABLES)}
    for table in columns:
        db.conn.execute(f"create temp table {table} as select {columns[table]} from main.{table} where 0")
    db.conn.executemany(
        """
        insert into temp.taggers (id, task, subject, model, description, threshold, current)
        values (:id, :task, :subject, :model, :description, :threshold, :current)
        """,
        taggers,
    )
    said, names = db.conn.execute("select layout, names from main.saved_answers where id = ?", [answer]).fetchone()
    layout, made = read_layout(said), made_by(db)
    for part, brand, day, *packed in db.conn.execute(
        "select id, brand, day, facts, labels, words from main.saved_facts where answer = ? and length(mentions) > 0", [answer]
    ):
        kept = relaid(Packed(*map(zlib.decompress, packed)), layout)
        row = [part, brand, day, made, len(kept.facts) // FACT.itemsize, kept.facts, kept.labels]
        db.conn.execute(
            "insert into temp.facts (id, brand, day, taggers, mentions, facts, labels) values (?, ?, ?, ?, ?, ?, ?)", row
        )
        db.conn.execute("insert into temp.fact_words (id, words) values (?, ?)", [part, kept.words])
    db.conn.executemany("insert into temp.fact_names (id, name) values (?, ?)", list(json.loads(names).items()))
    db.conn.commit()
