"""Taggers, what is due to them, and the tags they gave. Work to do is always a query for what is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from store.database import write
from store.records import WHOLE, Tag, TaggedMention, Tagger
from store.targets import save_targets


@dataclass(frozen=True)
class DueMention:
    """A mention that some current tagger has not read."""

    id: int
    title: str | None
    text: str | None
    language: str | None
    text_hash: str
    read_by: frozenset[int]
    """Ids of the taggers that have read these very words."""
    brands: tuple[str, ...] = ()
    """Ids of the brands that it concerns."""

    @property
    def words(self) -> str:
        """What is read: title, line break, text. Offsets of sentences count from its start."""
        return "\n".join(part for part in (self.title, self.text) if part)


def set_current_taggers(db: Database, taggers: Sequence[Tagger]) -> dict[Tagger, int]:
    """Make exactly these the current taggers, and return their ids. One met before keeps its id and its tags."""
    with write(db):
        ids = {tagger: find_tagger(db, tagger) or add_tagger(db, tagger) for tagger in taggers}
        wanted = json.dumps(sorted(ids.values()))
        db.conn.execute(
            """
            update taggers
            set current = id in (select value from json_each(:wanted))
            where current != (id in (select value from json_each(:wanted)))
            """,
            {"wanted": wanted},
        )
    return ids


def find_tagger(db: Database, tagger: Tagger) -> int | None:
    """The id of a tagger met before."""
    row = db.execute(
        """
        select id
        from taggers
        where task = ? and subject = ? and model = ? and description = ? and coalesce(threshold, -1) = coalesce(?, -1)
        """,
        [tagger.task, tagger.subject, tagger.model, tagger.description, tagger.threshold],
    ).fetchone()
    return int(row[0]) if row else None


def add_tagger(db: Database, tagger: Tagger) -> int:
    """Add a tagger, not yet current."""
    cursor = db.conn.execute(
        "insert into taggers (task, subject, model, description, threshold, current) values (?, ?, ?, ?, ?, 0)",
        [tagger.task, tagger.subject, tagger.model, tagger.description, tagger.threshold],
    )
    return int(cursor.lastrowid or 0)


def is_read_for(db: Database, task: str) -> bool:
    """Whether any current tagger gives labels of a task: none does before the first `repute tag` after an upgrade."""
    return db.execute("select 1 from taggers where task = ? and current = 1 limit 1", [task]).fetchone() is not None


def count_due(db: Database) -> int:
    """How many mentions some current tagger has not read."""
    # What was removed has no reading, and a mention has one at most: no need to look at each of them. To count all readings
    # takes SQLite a fiftieth of the time that those of one set take.
    row = db.execute(
        """
        select (select coalesce(sum(mentions), 0) from source_counts) - (select count(*) from readings) + (
            select count(*)
            from tagger_sets
            cross join readings on readings.tagger_set = tagger_sets.id
            where tagger_sets.taggers != :current
        )
        """,
        {"current": current_set(db)},
    ).fetchone()
    return int(row[0])


DUE = """
    left join readings on readings.mention = mentions.id
    left join tagger_sets on tagger_sets.id = readings.tagger_set
    where mentions.removed_at is null and tagger_sets.taggers is not :current
"""
"""Mentions whose readers are not exactly the current taggers; tombstones have nothing to read."""


def current_set(db: Database) -> str:
    """The ids of the current taggers as the JSON list that names their set."""
    rows = db.execute("select id from taggers where current = 1 order by id").fetchall()
    return json.dumps([row[0] for row in rows])


def find_due(db: Database, limit: int, *, after: int = 0) -> list[DueMention]:
    """The next mentions that some current tagger has not read, by row id, beyond the row `after`."""
    rows = db.execute(
        f"""
        select mentions.id, mentions.title, mentions.text, mentions.language, mentions.text_hash, tagger_sets.taggers,
            (select json_group_array(brand) from mention_brands where mention = mentions.id)
        from mentions
        {DUE} and mentions.id > :after
        order by mentions.id
        limit :limit
        """,
        {"current": current_set(db), "limit": limit, "after": after},
    ).fetchall()
    return [
        DueMention(n, title, text, lang, key, frozenset(json.loads(by or "[]")), tuple(json.loads(brands)))
        for n, title, text, lang, key, by, brands in rows
    ]


@dataclass(frozen=True)
class Mood:
    """What the current taggers said of a mention's sentiment."""

    sentiments: tuple[str, ...]
    """Of the whole, then of each sentence where there are several."""
    complaint: bool


def find_moods(db: Database, mentions: Sequence[int]) -> dict[int, Mood]:
    """Sentiments and complaint of mentions, as the current taggers gave them; those without a sentiment are left out."""
    rows = db.execute(
        """
        select mention, task, label
        from current_tags
        where mention in (select value from json_each(?)) and task in ('sentiment', 'complaint') and brand = ''
        order by mention, task, span
        """,
        [json.dumps(list(mentions))],
    )
    found: dict[int, tuple[list[str], list[str]]] = {}
    for mention, task, label in rows:
        found.setdefault(mention, ([], []))[task == "complaint"].append(label)
    return {mention: Mood(tuple(moods), bool(complaints)) for mention, (moods, complaints) in found.items() if moods}


def save_tagged(db: Database, tagged: Sequence[TaggedMention], ids: Mapping[Tagger, int], readers: Sequence[Tagger]) -> int:
    """Save what `readers` said of mentions, in one transaction; return how many were kept.

    `ids` comes from `set_current_taggers`; tags of taggers outside `readers` stay as they are. A mention whose words changed
    meanwhile, or that is gone, is left alone: it is still due.
    """
    with write(db):
        readable = json.dumps(sorted(ids.values()))
        tagger_set = find_set(db, readable) or add_set(db, readable)
        hashes = dict(
            db.execute(
                "select id, text_hash from mentions where id in (select value from json_each(?)) and removed_at is null",
                [json.dumps([item.mention for item in tagged])],
            ).fetchall()
        )
        fresh = [item for item in tagged if hashes.get(item.mention) == item.text_hash]
        forget_tags(db, fresh, [ids[tagger] for tagger in readers])
        add_tags(db, fresh, ids)
        save_targets(db, fresh)
        db.conn.executemany(
            """
            insert into readings (mention, tagger_set) values (?, ?)
            on conflict do update set tagger_set = excluded.tagger_set
            """,
            [(item.mention, tagger_set) for item in fresh],
        )
    return len(fresh)


def find_tombstones(db: Database) -> list[int]:
    """Row ids of the mentions that were removed at their source."""
    return [row[0] for row in db.execute("select id from mentions where removed_at is not null")]


def find_set(db: Database, taggers: str) -> int | None:
    """The id of a set of taggers met before."""
    row = db.execute("select id from tagger_sets where taggers = ?", [taggers]).fetchone()
    return int(row[0]) if row else None


def add_set(db: Database, taggers: str) -> int:
    """Add a set of taggers."""
    return int(db.conn.execute("insert into tagger_sets (taggers) values (?)", [taggers]).lastrowid or 0)


def forget_tags(db: Database, tagged: Sequence[TaggedMention], readers: Sequence[int]) -> None:
    """Delete what these taggers, or taggers that are no longer current, said of these mentions before."""
    db.conn.executemany(
        """
        delete from tags
        where mention = ? and (
            tagger in (select value from json_each(?)) or tagger in (select id from taggers where current = 0)
        )
        """,
        [(item.mention, json.dumps(list(readers))) for item in tagged],
    )


def add_tags(db: Database, tagged: Sequence[TaggedMention], ids: Mapping[Tagger, int]) -> None:
    """Write languages, sentences and tags."""
    db.conn.executemany(
        "update mentions set language = ? where id = ? and language is null",
        [(item.language, item.mention) for item in tagged if item.language],
    )
    db.conn.executemany("delete from spans where mention = ?", [(item.mention,) for item in tagged if item.spans])
    db.conn.executemany(
        "insert into spans (mention, n, start, end) values (?, ?, ?, ?)",
        [(item.mention, n, start, end) for item in tagged for n, (start, end) in enumerate(item.spans, WHOLE + 1)],
    )
    db.conn.executemany(
        "insert into tags (mention, tagger, span, brand, label, polarity, score) values (?, ?, ?, ?, ?, ?, ?)",
        [as_tag_row(item.mention, tag, ids) for item in tagged for tag in item.tags],
    )


def as_tag_row(mention: int, tag: Tag, ids: Mapping[Tagger, int]) -> tuple[object, ...]:
    """One row of the table `tags`; three digits of a score say all that it knows."""
    score = None if tag.score is None else round(tag.score, 3)
    return (mention, ids[tag.tagger], tag.span, tag.brand, tag.label, tag.polarity, score)
