"""The schema of what is counted or ordered as it is written, so that nobody has to look at all mentions for it."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations import run_script
from store.migrations_trends import migrations

__all__ = ["migrations"]


def arrival_sql(row: str) -> str:
    """The hour in UTC of a mention, or its day where no more is known; without a time, the hour when it was first seen."""
    return (
        f"case when {row}.published is null or {row}.published_precision = 'unknown' then substr({row}.collected, 1, 13) "
        f"when {row}.published_precision = 'day' then substr({row}.published, 1, 10) else substr({row}.published, 1, 13) end"
    )


def count_sql(row: str, sign: str, table: str, **keys: str) -> str:
    """Add a mention to the count that it belongs to by some columns, or take it away."""
    return f"""
        insert into {table} ({", ".join(keys)}, mentions, removed)
        values ({", ".join(keys.values())}, {sign}({row}.removed_at is null), {sign}({row}.removed_at is not null))
        on conflict do update set mentions = mentions + excluded.mentions, removed = removed + excluded.removed;
    """


@migrations()
def m013_arrivals(db: Database) -> None:
    """How many mentions each source has of each hour, kept by triggers: to count all of them anew takes long."""
    run_script(
        db,
        """
        create table arrivals (
            source text not null,
            at text not null,
            mentions integer not null,
            removed integer not null,
            primary key (source, at)
        ) without rowid
        """,
    )
    db.conn.execute(
        f"""
        insert into arrivals (source, at, mentions, removed)
        select source, {arrival_sql("mentions")}, sum(removed_at is null), sum(removed_at is not null)
        from mentions
        group by 1, 2
        """
    )
    more, less = (
        count_sql(row, sign, "arrivals", source=f"{row}.source", at=arrival_sql(row))
        for row, sign in (("new", "+"), ("old", "-"))
    )
    db.conn.execute(f"create trigger arrivals_more after insert on mentions begin {more} end")
    db.conn.execute(f"create trigger arrivals_less after delete on mentions begin {less} end")
    moved = "after update of source, published, published_precision, collected, removed_at on mentions"
    db.conn.execute(f"create trigger arrivals_moved {moved} begin {less} {more} end")


@migrations()
def m014_brand_times(db: Database) -> None:
    """When what is said of each brand was published: its newest are found without a look at what is said of others."""
    run_script(
        db,
        """
        alter table mention_brands add column published text

        update mention_brands set published = (select published from mentions where id = mention)

        create index idx_mention_brands_published on mention_brands (brand, published)
        """,
    )
    time = "update mention_brands set published = {0} where mention = new.{1}"
    written = time.format("(select published from mentions where id = new.mention)", "mention") + " and brand = new.brand;"
    moved = time.format("new.published", "id") + ";"
    changed = "old.published is not new.published"
    db.conn.execute(
        f"create trigger times_of_brand after insert on mention_brands when new.published is null begin {written} end"
    )
    db.conn.execute(f"create trigger times_of_moved after update of published on mentions when {changed} begin {moved} end")


@migrations()
def m015_source_counts(db: Database) -> None:
    """How many mentions each source has, and indexes that find its latest runs: a busy year has many thousands of them."""
    run_script(
        db,
        """
        create table source_counts (
            source text primary key,
            mentions integer not null,
            removed integer not null
        ) without rowid

        insert into source_counts select source, sum(mentions), sum(removed) from arrivals group by source

        create index idx_crawls_status on crawls (source, status)

        create index idx_crawls_latest on crawls (source)
        """,
    )
    more, less = (count_sql(row, sign, "source_counts", source=f"{row}.source") for row, sign in (("new", "+"), ("old", "-")))
    db.conn.execute(f"create trigger counts_more after insert on mentions begin {more} end")
    db.conn.execute(f"create trigger counts_less after delete on mentions begin {less} end")
    changed = "old.source is not new.source or old.removed_at is not new.removed_at"
    moved = f"after update of source, removed_at on mentions when {changed}"
    db.conn.execute(f"create trigger counts_moved {moved} begin {less} {more} end")
