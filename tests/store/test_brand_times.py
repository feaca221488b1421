"""The times of a brand's mentions beside the brand: always those of the mentions, and what finds the newest."""

from __future__ import annotations

import pytest

from store.migrations import migrations
from store.saving import save_mentions
from store.scope import Scope, newest_sql, scoped_sql

FIRST, LATER = "2026-09-02T00:00:00Z", "2026-09-03T00:00:00Z"


def times(db):
    return db.execute("select brand, mention, published from mention_brands order by 1, 2").fetchall()


@pytest.fixture
def saved(db, author, matched):
    """Three mentions: of one brand, of two, and of one without a time."""
    save_mentions(
        db,
        [
            matched("tamarind", external_id="1", published="2026-09-01T10:00:00Z"),
            matched("tamarind", "nimblecart", external_id="2", published="2026-08-01T10:00:00Z"),
            matched("tamarind", external_id="3", published=None, published_precision="unknown"),
        ],
        author=author,
        now=FIRST,
    )
    return db


def test_each_brand_has_the_time_of_its_mention(saved):
    assert times(saved) == [
        ("nimblecart", 2, "2026-08-01T10:00:00Z"),
        ("tamarind", 1, "2026-09-01T10:00:00Z"),
        ("tamarind", 2, "2026-08-01T10:00:00Z"),
        ("tamarind", 3, None),
    ]


def test_a_corrected_time_moves_with_the_mention(saved, author, matched):
    save_mentions(saved, [matched("tamarind", "nimblecart", external_id="2", published="2026-08-05")], author=author, now=LATER)
    assert [row for row in times(saved) if row[1] == 2] == [("nimblecart", 2, "2026-08-05"), ("tamarind", 2, "2026-08-05")]


def test_a_brand_that_is_matched_later_has_the_time_too(saved, author, matched):
    save_mentions(saved, [matched("tamarind", "nimblecart", external_id="1")], author=author, now=LATER)
    assert ("nimblecart", 1, "2026-09-01T10:00:00Z") in times(saved)


def test_whoever_writes_a_brand_need_not_know_the_time(saved):
    saved.conn.execute("insert into mention_brands (mention, brand, matched) values (1, 'urban', 'urban')")
    assert ("urban", 1, "2026-09-01T10:00:00Z") in times(saved)


def test_an_older_store_gets_the_times(db, saved):
    for name in ("times_of_brand", "times_of_moved"):
        db.conn.execute(f"drop trigger {name}")
    db.conn.execute("drop index idx_mention_brands_published")
    db.conn.execute("alter table mention_brands drop column published")
    before = db.execute("select * from mention_brands order by 1, 2").fetchall()
    db.conn.execute("delete from _sqlite_migrations where name = 'm014_brand_times'")
    migrations.apply(db)
    assert [row[:2] for row in times(db)] == [(row[1], row[0]) for row in sorted(before, key=lambda row: (row[1], row[0]))]
    assert ("tamarind", 1, "2026-09-01T10:00:00Z") in times(db)


@pytest.mark.parametrize("make", [newest_sql, lambda scope: f"with {scoped_sql(scope)} select mention from scoped"])
def test_the_mentions_of_a_window_are_found_without_those_of_other_brands(saved, make):
    window = {"since": "2026-08-31T00:00:00Z", "until": "2026-09-07T00:00:00Z"}
    scope = Scope(brand="tamarind", first_day="2026-08-31", end_day="2026-09-07", **window)
    sql = make(scope)
    assert saved.execute(sql, scope.parameters()).fetchall() == [(1,)]
    plan = [row[3] for row in saved.execute(f"explain query plan {sql}", scope.parameters())]
    assert any("idx_mention_brands_published (brand=? AND published>? AND published<?)" in step for step in plan), plan
    assert not any("SCAN mentions" in step for step in plan)
