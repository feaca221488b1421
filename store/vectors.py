"""Sentence vectors as int8 in a file of their own, so that a reworded topic is answered without reading the texts again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlite_utils import Database

from store.database import write
from store.rounding import SCALE, round_vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def save_vectors(db: Database, model: str, rows: Iterable[tuple[int, str, Sequence[NDArray[np.float32]]]]) -> None:
    """Save (mention, text hash, vectors of span 0, 1, 2 …), replacing what is there."""
    import numpy as np

    packed = [
        (mention, span, model, text_hash, round_vectors(vector).astype(np.int8).tobytes())
        for mention, text_hash, vectors in rows
        for span, vector in enumerate(vectors)
    ]
    with write(db):
        db.conn.executemany("delete from vectors where mention = ?", [(mention,) for mention in {row[0] for row in packed}])
        db.conn.executemany("insert into vectors (mention, span, model, text_hash, vector) values (?, ?, ?, ?, ?)", packed)


def forget_vectors(db: Database, mentions: Sequence[int]) -> None:
    """Delete the vectors of mentions: they say much of the text that they were made of."""
    with write(db):
        db.conn.execute("delete from vectors where mention in (select value from json_each(?))", [json.dumps(list(mentions))])


def find_vectors(db: Database, model: str, wanted: Mapping[int, str]) -> dict[int, list[NDArray[np.float32]]]:
    """Vectors of span 0, 1, 2 … of mentions (row id -> text hash); those of other words or another model are left out."""
    import numpy as np

    found: dict[int, list[NDArray[np.float32]]] = {}
    for mention, text_hash, vector in db.execute(
        """
        select mention, text_hash, vector
        from vectors
        where mention in (select value from json_each(?)) and model = ?
        order by mention, span
        """,
        [json.dumps(list(wanted)), model],
    ):
        if wanted[mention] == text_hash:
            found.setdefault(mention, []).append(np.frombuffer(vector, np.int8).astype(np.float32) / SCALE)
    return found


def sweep_vectors(store: Database, db: Database) -> None:
    """Delete the vectors of mentions that are gone from the store, or whose words are others now."""
    after = -1
    while rows := db.execute(
        "select distinct mention, text_hash from vectors where mention > ? order by mention limit 5000", [after]
    ).fetchall():
        after = rows[-1][0]
        gone = store.execute(
            """
            select held.value ->> 0
            from json_each(?) as held
            where not exists (
                select 1
                from mentions
                where mentions.id = held.value ->> 0 and mentions.text_hash = held.value ->> 1 and mentions.removed_at is null
            )
            """,
            [json.dumps(rows)],
        ).fetchall()
        forget_vectors(db, [mention for (mention,) in gone])
