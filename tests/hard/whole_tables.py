"""Everything that a store holds, in a form that is equal for equal content whatever the row ids are."""

from __future__ import annotations

import contextlib
import sqlite3

BY_IDENTITY = {
    "mention_brands": "brand, matched",
    "spans": "n, start, end",
    "targets": "brand, span, bearing",
}


def read_all(path):
    """Every table of a store, after asking SQLite whether the file and its full-text index are sound."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert db.execute("pragma foreign_key_check").fetchall() == []
        db.execute("insert into mentions_fts (mentions_fts, rank) values ('integrity-check', 1)")
        db.rollback()
        return {
            "mentions": read_mentions(db),
            "copies": read_copies(db),
            "tags": read_tags(db),
            "cursors": db.execute("select source, site, name, value from cursors order by 1, 2, 3").fetchall(),
            "coverage": read_coverage(db),
            **{table: read_joined(db, table, columns) for table, columns in BY_IDENTITY.items()},
        }


def read_mentions(db):
    """All rows of `mentions` but for the row id and the copy group, which is one."""
    columns = [row[1] for row in db.execute("pragma table_info(mentions)") if row[1] not in ("id", "copy_group")]
    return db.execute(f"select {', '.join(columns)} from mentions order by source, site, external_id").fetchall()


def read_joined(db, table, columns):
    """A table of mentions, by their identity."""
    return sorted(
        db.execute(
            f"select source, site, external_id, {columns} from {table} join mentions on mentions.id = {table}.mention"
        ).fetchall()
    )


def read_copies(db):
    """The groups of copies, each as the set of its members, and the bands of each mention."""
    groups = {}
    for group, *identity in db.execute(
        "select copy_group, source, site, external_id from mentions where copy_group is not null"
    ):
        groups.setdefault(group, set()).add(tuple(identity))
    return sorted(map(sorted, groups.values())), read_joined(db, "copy_bands", "band")


def read_tags(db):
    """Tags and readings with their taggers in words."""
    tags = db.execute(
        """
        select source, site, external_id, task, taggers.subject, model, description, threshold, current, span, tags.brand, label, polarity,
            score
        from tags
        join taggers on taggers.id = tags.tagger
        join mentions on mentions.id = tags.mention
        """
    ).fetchall()
    readings = db.execute(
        """
        select source, site, external_id, taggers
        from readings
        join tagger_sets on tagger_sets.id = readings.tagger_set
        join mentions on mentions.id = readings.mention
        """
    ).fetchall()
    return sorted(tags, key=repr), sorted(readings)


def read_coverage(db):
    """The time that complete watches cover, joined where they touch."""
    covered = {}
    for *place, since, until in db.execute(
        "select source, site, brand, query, since, until from watches where complete = 1 order by since"
    ):
        spells = covered.setdefault(tuple(place), [])
        if spells and since <= spells[-1][1]:
            spells[-1] = (spells[-1][0], max(until, spells[-1][1]))
        else:
            spells.append((since, until))
    return covered
