"""What a store holds beside its mentions, for `bench/query_store.py`: crawls, watches, metrics, judgements, vectors."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
from query_plan import DAY, DAYS, FIRST, SEED, SITES, SLOT, SOURCES, draw_gaps
from sqlite_utils import Database

from store.database import open_database, open_vectors

NOW = "2026-10-05T08:00:00Z"
VECTOR_SAMPLE = 20_000
"""Mentions whose sentence vectors are written: their file is only measured."""


def write_beside(db: Database, chance: np.random.Generator) -> None:
    """Write crawls, watches, metrics and judgements."""
    write_crawls(db)
    write_metrics(db, chance)
    write_judgements(db, chance)
    db.conn.commit()


def write_crawls(db: Database) -> None:
    """A crawl of each source every six hours, with what it watched of each site; nothing of a gap."""
    slots = np.datetime_as_string(FIRST + np.arange(DAYS * DAY // SLOT + 1) * SLOT, "s").tolist()
    gaps = {
        (source, site, slot)
        for source, site, first, days in draw_gaps()
        for slot in range(first * DAY // SLOT, (first + days) * DAY // SLOT)
    }
    crawls: list[tuple[object, ...]] = []
    watches: list[tuple[object, ...]] = []
    for slot in range(len(slots) - 1):
        since, until = f"{slots[slot]}Z", f"{slots[slot + 1]}Z"
        for source, name in enumerate(SOURCES[:-1]):
            kept = [site for site in range(SITES) if (source, site, slot) not in gaps]
            crawls.append((len(crawls) + 1, name, until, until, "finished" if kept else "failed"))
            watches += [(len(crawls), name, f"{name}-{site}.example", since, until) for site in kept]
    db.conn.executemany(
        "insert into crawls (id, source, started, finished, status, requests, duration) values (?, ?, ?, ?, ?, 25, 12.5)",
        crawls,
    )
    db.conn.executemany(
        """
        insert into watches (crawl, source, site, brand, query, since, until, complete)
        values (?, ?, ?, '', '', ?, ?, 1)
        """,
        watches,
    )


def write_metrics(db: Database, chance: np.random.Generator) -> None:
    """Four business series of two years."""
    days = np.datetime_as_string(FIRST + np.arange(DAYS) * DAY, "D").tolist()
    for name, level in (("customers", 40_000), ("revenue", 90_000), ("returns/Toaster", 30), ("staff_turnover", 4)):
        values = np.round(level * (1 + 0.0004 * np.arange(DAYS)) * chance.lognormal(0, 0.1, DAYS), 2).tolist()
        db.conn.executemany("insert into metrics values (?, ?, ?)", list(zip([name] * DAYS, days, values, strict=True)))


def write_judgements(db: Database, chance: np.random.Generator) -> None:
    """Three hundred sampled judgements of sentiments, most of which agree."""
    (count,) = db.execute("select count(*) from mentions").fetchone()
    places = sorted(set(chance.integers(1, count + 1, 300).tolist()))
    db.conn.executemany(
        """
        insert into judgements (mention, span, brand, task, subject, label, judge, judged, sample, chance)
        select mention, 0, '', 'sentiment', '', case when mention % 6 then label else 'neutral' end, 'ana', ?, 1, ?
        from tags
        where mention = ? and span = 0 and label in ('negative', 'neutral', 'positive')
        """,
        [(NOW, 300 / count, place) for place in places],
    )


def fill_vectors(database: Path) -> None:
    """Write the sentence vectors of some mentions, to see what they weigh."""
    chance = np.random.default_rng(SEED + 2)
    with contextlib.closing(open_database(database)) as db:
        rows = db.execute(
            """
            select id, text_hash, (select count(*) from spans where mention = id)
            from mentions
            where id <= ?
            """,
            [VECTOR_SAMPLE],
        ).fetchall()
    with contextlib.closing(open_vectors(database)) as vectors:
        packed = [
            (mention, span, "repute-minilm-1", key, chance.bytes(384))
            for mention, key, spans in rows
            for span in range(spans + 1)
        ]
        vectors.conn.executemany("insert into vectors (mention, span, model, text_hash, vector) values (?, ?, ?, ?, ?)", packed)
        vectors.conn.commit()
