"""Saving mentions: twice the same keeps one row, and what changed is updated."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

from sqlite_utils import Database

from store.authors import author_key
from store.copies import group_copies
from store.database import VECTORS, file_of, open_vectors, write
from store.forgotten import leave_out_forgotten
from store.records import Cursor, MatchedMention, Mention, Watch
from store.saved_erasing import forget_saved
from store.stale import forget_stale
from store.targets import make_targets_due
from store.vectors import forget_vectors
from store.voices import REPEATED

CONTENT = [
    "url",
    "kind",
    "voice",
    "title",
    "text",
    "language",
    "subject",
    "place",
    "rating",
    "rating_worst",
    "rating_best",
    "rating_measure",
    "author",
    "author_name",
    "engagement",
    "thread",
    "parent",
    "published",
    "published_precision",
    "voice_rule",
    "voice_told",
]
"""Columns that a later sight of the same mention may change."""

KEPT_WHEN_ABSENT = frozenset(CONTENT) - {
    "kind", "voice", "title", "text", "published_precision", "voice_rule", "voice_told",
}  # fmt: skip
"""Columns that a poorer sight (a listing that leaves them out) does not blank."""


FOUND_OUT = frozenset({"author", "author_name", "voice_rule", "voice_told"})
"""Columns of the content that are not taken from the mention as it stands."""
AS_IT_STANDS = ["source", "site", "external_id", *(name for name in CONTENT if name not in FOUND_OUT)]
VALUES = attrgetter(*AS_IT_STANDS)
TOGETHER = 100
"""Rows inserted with one statement; SQLite takes 32,766 values at once."""


@dataclass(frozen=True)
class Saved:
    """What became of a batch. The counts add up to the distinct mentions in it."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    ids: tuple[int, ...] = field(default=(), repr=False)
    """Row ids of the new and the updated ones."""
    forgotten: int = 0
    """Those that were left out because their author, address or they themselves were forgotten (`repute forget`)."""


@dataclass(frozen=True)
class Author:
    """How authors are kept: under a key made with the secret, and by name only if the user opted in."""

    secret: bytes
    keep_names: bool = False


def save_mentions(
    db: Database,
    batch: Sequence[MatchedMention],
    *,
    author: Author,
    now: str,
    cursors: Iterable[Cursor] = (),
    watches: Iterable[Watch] = (),
    crawl: int | None = None,
) -> Saved:
    """Save a batch in one short transaction, with the cursors and watches that were reached by it.

    A mention met twice in a batch counts once, its last sight wins. A removed one leaves a tombstone without text. An edit of
    title or text forgets the tags, so that the mention is due again; judgements stay. What was forgotten is not saved.
    """
    distinct = {identity(matched.mention): matched for matched in batch}
    with write(db):
        kept = leave_out_forgotten(db, list(distinct.values()), author.secret)
        latest = {identity(matched.mention): matched for matched in kept}
        rows = {key: as_row(matched, author, now) for key, matched in latest.items()}
        known = {key: row for row in find_known(db, rows) if (key := (row["source"], row["site"], row["external_id"])) in rows}
        new = [key for key in rows if key not in known]
        changes = {key: change for key, old in known.items() if (change := changed_columns(old, rows[key]))}
        ids = insert_new(db, {key: rows[key] for key in new})
        fresh = frozenset(ids.values())
        update_changed(db, known, changes, now)
        ids |= {key: known[key]["id"] for key in changes}
        rematched = {key: ids.get(key) or known[key]["id"] for key in latest}
        save_brands(db, [(rematched[key], matched) for key, matched in latest.items() if not matched.mention.removed], fresh)
        group_copies(db, [(ids[key], latest[key].copy_bands, latest[key].mention.text) for key in ids], fresh)
        save_cursors(db, cursors, now)
        save_watches(db, watches, crawl)
        removed = [known[key]["id"] for key, change in changes.items() if change.get("removed_at")]
        if removed:
            forget_stale(db)
            forget_saved(db, removed)
    forget_removed_vectors(db, removed)
    unchanged = len(rows) - len(new) - len(changes)
    return Saved(len(new), len(changes), unchanged, tuple(ids.values()), len(distinct) - len(latest))


def identity(mention: Mention) -> tuple[str, str, str]:
    """What makes two sights the same mention."""
    return mention.source, mention.site, mention.external_id


def as_row(matched: MatchedMention, author: Author, now: str) -> dict[str, Any]:
    """Turn a mention into its row of the table `mentions`."""
    mention = matched.mention
    row: dict[str, Any] = dict(zip(AS_IT_STANDS, VALUES(mention), strict=True))
    if mention.removed:
        row |= dict.fromkeys(CONTENT)
        row |= {"kind": mention.kind, "voice": mention.voice, "thread": mention.thread, "parent": mention.parent}
        row |= {"published": mention.published, "published_precision": mention.published_precision, "removed_at": now}
    else:
        row |= {"voice_rule": matched.voice_rule, "voice_told": matched.voice_told}
        row["author"] = author_key(author.secret, mention.source, mention.author_id)
        row["author_name"] = mention.author_name if author.keep_names else None
        row["removed_at"] = None
    row |= {"collected": now, "updated": now, "text_hash": hash_text(row["title"], row["text"])}
    return row


def hash_text(title: str | None, text: str | None) -> str:
    """Sixteen hexadecimal digits that change when title or text do."""
    return hashlib.blake2b(f"{title or ''}\0{text or ''}".encode(), digest_size=8).hexdigest()


def find_known(db: Database, rows: dict[tuple[str, str, str], dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the batch that the store already has."""
    wanted = json.dumps(list(rows))
    return list(
        db.query(
            """
            select mentions.*
            from json_each(:wanted) as key
            join mentions on mentions.source = key.value ->> 0 and mentions.site = key.value ->> 1
                and mentions.external_id = key.value ->> 2
            """,
            {"wanted": wanted},
        )
    )


def insert_new(db: Database, rows: dict[tuple[str, str, str], dict[str, Any]]) -> dict[tuple[str, str, str], int]:
    """Insert rows and return their ids by identity.

    The ids are given out here, as SQLite would, since we hold the write lock: to ask for them afterwards takes a third as long
    as the inserting.
    """
    (last,) = db.execute("select coalesce(max(id), 0) from mentions").fetchone()
    ids = {key: last + n for n, key in enumerate(rows, start=1)}
    columns = list(next(iter(rows.values()), {}))
    if columns:
        pick = itemgetter(*columns)
        inserted = [(ids[key], *pick(row)) for key, row in rows.items()]
        insert_together(db, f"insert into mentions (id, {', '.join(columns)}) values {{}}", inserted)
    return ids


def insert_together(db: Database, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, many with one statement, in which `{}` stands for their places.

    Before each statement that fires a trigger SQLite has the full-text index write down what it holds: to do so row by row
    takes several times as long as the indexing itself.
    """
    for start in range(0, len(rows), TOGETHER):
        piece = rows[start : start + TOGETHER]
        places = f"({', '.join('?' * len(piece[0]))})"
        db.conn.execute(statement.format(", ".join([places] * len(piece))), [value for row in piece for value in row])


def changed_columns(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What a later sight of a mention changes, by column."""
    removed = new["removed_at"] is not None
    if removed and old["removed_at"] is not None:
        return {}
    change = {
        name: new[name]
        for name in CONTENT
        if old[name] != new[name] and not (new[name] is None and name in KEPT_WHEN_ABSENT and not removed)
    }
    if not removed and old["voice_rule"] and old["voice_rule"].startswith(REPEATED) and new["voice"] == old["voice_told"]:
        # The store itself found that the author repeats a text: another sight of it is no news.
        for name in ("voice", "voice_rule", "voice_told"):
            change.pop(name, None)
    if coarser(old, new):
        change.pop("published", None)
        change.pop("published_precision", None)
    if old["text_hash"] == new["text_hash"]:
        # The language was detected by a tagger after saving: the source's silence or its guess is no news.
        if not removed:
            change.pop("language", None)
    else:
        # Other words: what was detected no longer holds, what the source states does.
        change["language"] = new["language"]
    if removed or old["removed_at"] is not None:
        change["removed_at"] = new["removed_at"]
    return change


def coarser(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the new sight knows the publication time less well than the row does."""
    order = {"second": 0, "day": 1, "unknown": 2}
    return order[new["published_precision"]] > order[old["published_precision"]]


def update_changed(
    db: Database,
    known: dict[tuple[str, str, str], dict[str, Any]],
    changes: dict[tuple[str, str, str], dict[str, Any]],
    now: str,
) -> None:
    """Write the changes, and forget the tags of mentions whose words changed."""
    for key, change in changes.items():
        row = known[key]
        merged = row | change
        change = change | {"updated": now, "text_hash": hash_text(merged["title"], merged["text"])}
        if change["text_hash"] != row["text_hash"] or change.get("removed_at"):
            forget_reading(db, row["id"])
        db.table("mentions").update(row["id"], change)
        if change.get("removed_at"):
            db.conn.execute("delete from mention_brands where mention = ?", [row["id"]])


def forget_reading(db: Database, mention: int) -> None:
    """Delete what taggers said of a mention, so that it is due again. Judgements are people's and stay."""
    for table in ("readings", "tags", "spans", "targets"):
        db.conn.execute(f"delete from {table} where mention = ?", [mention])


def forget_removed_vectors(db: Database, removed: Sequence[int]) -> None:
    """Delete the sentence vectors of what was removed at its source: they say much of its text."""
    path = file_of(db)
    if removed and path.with_suffix(VECTORS).exists():
        with contextlib.closing(open_vectors(path)) as vectors:
            forget_vectors(vectors, removed)


def save_brands(db: Database, matched: Sequence[tuple[int, MatchedMention]], fresh: Set[int] = frozenset()) -> None:
    """Make the brands of each mention exactly those that its latest sight matched. `fresh` ones had none before.

    Where they are others than before, whose sentences are whose is asked again.
    """
    seen = [(mention, found) for mention, found in matched if mention not in fresh]
    before = find_brands(db, [mention for mention, _ in seen])
    make_targets_due(db, [n for n, found in seen if before.get(n, set()) != {brand for brand, _ in found.brands}])
    db.conn.executemany(
        """
        delete from mention_brands
        where mention = ? and brand not in (select value from json_each(?))
        """,
        [(mention, json.dumps([brand for brand, _ in found.brands])) for mention, found in seen],
    )
    insert_together(
        db,
        """
        insert into mention_brands (mention, brand, matched, published)
        select column1, column2, column3, (select published from mentions where id = column1)
        from (values {})
        where true
        on conflict do update set matched = excluded.matched
        """,
        [(mention, brand, words) for mention, found in matched for brand, words in found.brands],
    )


def find_brands(db: Database, mentions: Sequence[int]) -> dict[int, set[str]]:
    """The brands of each mention that has any."""
    found: dict[int, set[str]] = {}
    for mention, brand in db.execute(
        "select mention, brand from mention_brands where mention in (select value from json_each(?))",
        [json.dumps(list(mentions))],
    ):
        found.setdefault(mention, set()).add(brand)
    return found


def remember(db: Database, cursor: Cursor, *, now: str) -> None:
    """Save one cursor by itself."""
    with write(db):
        save_cursors(db, [cursor], now)


def save_cursors(db: Database, cursors: Iterable[Cursor], now: str) -> None:
    """Remember where a source stopped."""
    db.conn.executemany(
        """
        insert into cursors (source, site, name, value, updated) values (?, ?, ?, ?, ?)
        on conflict do update set value = excluded.value, updated = excluded.updated
        """,
        [(cursor.source, cursor.site, cursor.name, cursor.value, now) for cursor in cursors],
    )


def save_watches(db: Database, watches: Iterable[Watch], crawl: int | None) -> None:
    """Record publication time that was covered."""
    db.conn.executemany(
        """
        insert into watches (crawl, source, site, brand, query, since, until, complete)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [(crawl, w.source, w.site, w.brand, w.query, w.since, w.until, int(w.complete)) for w in watches],
    )
