"""Which days imported files told of is kept by triggers, whatever becomes of the mentions."""

from __future__ import annotations

import json

import pytest

from crawlers.export_maps import EXPORTS
from store.database import open_database, write
from store.imports import find_import_days
from store.migrations_imports import SOURCES
from store.records import EXPORTED, MatchedMention, Watch
from store.saving import save_mentions

NOW = "2026-10-05T08:00:00Z"


@pytest.fixture
def bring(db, author, mention):
    """Save mentions of imported sites: (id, brands as (brand, matched), what is special of it)."""

    def save(*rows, watches=()):
        batch = [
            MatchedMention(mention=mention(**({"source": "import", "site": "shop", "external_id": name} | more)), brands=brands)
            for name, brands, more in rows
        ]
        save_mentions(db, batch, author=author, now=NOW, watches=watches)

    return save


def kept(db):
    return db.execute("select source, site, brand, own, day, mentions from import_days order by 1, 2, 3, 4, 5").fetchall()


def recounted(db):
    """The same, from the mentions themselves."""
    return db.execute(
        """
        select source, site, brand, matched = '--brand', substr(mentions.published, 1, 10), count(*)
        from mentions join mention_brands on mention = id
        where source = 'import' and mentions.published is not null and published_precision <> 'unknown'
        group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
        """
    ).fetchall()


ACME, BETA = (("acme", "--brand"),), (("beta", "beta*"),)
DAY = {"published": "2026-05-18T00:00:00Z", "published_precision": "day"}
LATE = {"published": "2026-05-18T20:00:00Z"}


def test_days_are_counted_by_site_and_brand_with_their_first_and_last_time(db, bring):
    bring(("a", ACME, DAY), ("b", ACME, LATE), ("c", (*ACME, *BETA), LATE), ("d", BETA, {"site": "other"}))
    bring(("e", ACME, {"published": None, "published_precision": "unknown"}), ("f", ACME, {"source": "reddit"}))
    assert kept(db) == recounted(db) == [
        ("import", "other", "beta", 0, "2026-09-01", 1),
        ("import", "shop", "acme", 1, "2026-05-18", 3),
        ("import", "shop", "beta", 0, "2026-05-18", 1),
    ]  # fmt: skip
    assert [(row["day"], row["first"], row["last"]) for row in find_import_days(db, brand="acme")] == [
        ("2026-05-18", "2026-05-18", "2026-05-18T20:00:00Z"),
        ("2026-05-18", "2026-05-18T20:00:00Z", "2026-05-18T20:00:00Z"),
    ]
    assert [row["site"] for row in find_import_days(db, brand="beta")] == ["other", "shop", "shop"]
    assert find_import_days(db, brand="gamma") == find_import_days(db, brand="acme", source="reddit") == []


def test_what_is_redated_rebranded_moved_or_deleted_is_counted_no_more(db, bring):
    bring(*((str(n), ACME if n % 2 else (*ACME, *BETA), {"published": f"2026-05-{n + 1:02}T10:00:00Z"}) for n in range(9)))
    bring(("0", ACME, LATE), ("1", BETA, DAY), ("2", (("acme", "acme*"),), {}))
    assert kept(db) == recounted(db)
    bring(("3", (), {"removed": True, "author_id": None}), ("4", ACME, {"published": None, "published_precision": "unknown"}))
    assert kept(db) == recounted(db)
    with write(db):
        db.conn.execute("update mentions set site = 'other' where external_id = '5'")
        db.conn.execute("delete from mentions where external_id = '6'")
        db.conn.execute("delete from mention_brands where brand = 'beta' and mention % 2")
    assert kept(db) == recounted(db) != []
    with write(db):
        db.conn.execute("delete from mentions")
    assert kept(db) == []


def test_a_source_that_a_crawl_told_of_is_left_out(db, bring):
    rows = [("a", ACME, {"source": "googleplay", "site": "com.acme"}), ("b", ACME, {})]
    bring(*rows)
    assert [row["source"] for row in find_import_days(db, brand="acme")] == ["googleplay", "import"]
    watch = Watch(source="googleplay", site="com.acme", since="2026-09-01T00:00:00Z", until=NOW, complete=True)
    bring(*rows, watches=[watch])
    assert [row["source"] for row in find_import_days(db, brand="acme")] == ["import"]


def test_only_the_first_and_last_quarter_are_read(db, bring):
    bring(*((f"{month}", ACME, {"published": f"{2024 + month // 12}-{month % 12 + 1:02}-05T10:00:00Z"}) for month in range(30)))
    days = [row["day"] for row in find_import_days(db, brand="acme")]
    assert days == [*(f"2024-{month:02}-05" for month in (1, 2, 3, 4)), *(f"2026-{month:02}-05" for month in (4, 5, 6))]


def test_an_older_store_learns_of_its_days(path, db, bring):
    bring(("a", ACME, DAY), ("b", BETA, LATE), ("c", ACME, LATE))
    told = db.execute("select * from import_days").fetchall()
    with write(db):
        for (name,) in db.execute(
            "select name from sqlite_master where type = 'trigger' and name like 'import_days%'"
        ).fetchall():
            db.conn.execute(f"drop trigger {name}")
        db.conn.execute("drop table import_days")
        db.conn.execute("delete from _sqlite_migrations where name = 'm016_import_days'")
    again = open_database(path)
    assert again.execute("select * from import_days").fetchall() == told
    again.close()


def test_the_sources_of_files_are_those_of_the_exports():
    assert set(EXPORTED) == {"import", *(export.source for export in EXPORTS)}
    assert set(json.loads(SOURCES.replace("(", "[").replace(")", "]").replace("'", '"'))) == set(EXPORTED)
