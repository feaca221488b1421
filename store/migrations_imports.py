"""The schema of which days imported files told of: what a page must know of them is not looked for among all mentions."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations import run_script
from store.migrations_counts import migrations

__all__ = ["migrations"]

SOURCES = "('import', 'appstore', 'google_business', 'googleplay', 'trustpilot')"
"""What files come under: `store.records.EXPORTED`, as it was at this step."""


def dated(row: str) -> str:
    """Whether a mention is one that a file may have brought, with a time."""
    return f"{row}.source in {SOURCES} and {row}.published is not null and {row}.published_precision <> 'unknown'"


def own(row: str) -> str:
    """Whether a file was one brand's alone, so that it tells nothing of others: by what matched, as the importer says it."""
    return f"({row}.matched in ('--brand', 'kind survey', 'kind call') or {row}.matched like '% export')"


def more_sql(mention: str, brands: str, where: str) -> str:
    """Count a mention on its day, for some of its brands."""
    at = f"case {mention}.published_precision when 'day' then substr({mention}.published, 1, 10) else {mention}.published end"
    return f"""
        insert into import_days (source, site, brand, own, day, mentions, first, last)
        select {mention}.source, {mention}.site, told.brand, {own("told")}, substr({mention}.published, 1, 10), 1, {at}, {at}
        from {brands}
        where {where} and {dated(mention)}
        on conflict do update set mentions = mentions + 1, first = min(first, excluded.first), last = max(last, excluded.last);
    """


def less_sql(mention: str, brands: str, where: str) -> str:
    """Take a mention off its day, for some of its brands; a day without any is none."""
    key = "(source, site, brand, own, day)"
    named = f"""
        select {mention}.source, {mention}.site, told.brand, {own("told")}, substr({mention}.published, 1, 10)
        from {brands}
        where {where} and {dated(mention)}
    """
    return f"""
        update import_days set mentions = mentions - 1 where {key} in ({named});
        delete from import_days where {key} in ({named}) and mentions <= 0;
    """


@migrations()
def m016_import_days(db: Database) -> None:
    """Of each site and brand the days of which imported files told, with their first and last time: triggers keep them.

    `own` is 1 where the file was that brand's alone; `first` and `last` are days where no more is known.
    """
    run_script(
        db,
        """
        create table import_days (
            source text not null,
            site text not null,
            brand text not null,
            own integer not null,
            day text not null,
            mentions integer not null,
            first text not null,
            last text not null,
            primary key (source, site, brand, own, day)
        ) without rowid
        """,
    )
    at = "case mentions.published_precision when 'day' then substr(mentions.published, 1, 10) else mentions.published end"
    db.conn.execute(
        f"""
        insert into import_days (source, site, brand, own, day, mentions, first, last)
        select mentions.source, mentions.site, told.brand, {own("told")}, substr(mentions.published, 1, 10), count(*),
            min({at}), max({at})
        from mentions
        cross join mention_brands as told on told.mention = mentions.id
        where {dated("mentions")}
        group by 1, 2, 3, 4, 5
        """
    )
    of_new, of_old = (f"(select {row}.brand as brand, {row}.matched as matched) as told" for row in ("new", "old"))
    stands = "cross join mentions on mentions.id = {0}.mention"
    more = more_sql("mentions", f"{of_new} {stands.format('new')}", "1")
    less = less_sql("mentions", f"{of_old} {stands.format('old')}", "1")
    db.conn.execute(f"create trigger import_days_more after insert on mention_brands begin {more} end")
    db.conn.execute(f"create trigger import_days_less after delete on mention_brands begin {less} end")
    changed = f"old.brand <> new.brand or {own('old')} <> {own('new')}"
    rematched = f"after update of brand, matched on mention_brands when {changed}"
    db.conn.execute(f"create trigger import_days_rematched {rematched} begin {less} {more} end")
    gone = less_sql("old", "mention_brands as told", "told.mention = old.id")
    db.conn.execute(f"create trigger import_days_gone before delete on mentions when {dated('old')} begin {gone} end")
    moved = " or ".join(f"old.{name} is not new.{name}" for name in ("source", "site", "published", "published_precision"))
    again = more_sql("new", "mention_brands as told", "told.mention = new.id")
    db.conn.execute(
        "create trigger import_days_moved after update of source, site, published, published_precision on mentions"
        f" when {moved} begin {gone} {again} end"
    )
