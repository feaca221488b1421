"""The schema of what answers are read from: facts by brand and day, tests of completed days, and saved answers."""

from __future__ import annotations

from sqlite_utils import Database

from store.migrations import migrations, run_script

__all__ = ["migrations"]

FACT_COLUMNS = """
    source, site, language, subject, place, rating, rating_worst, rating_best, rating_measure, author, engagement, thread,
    parent, published, published_precision, voice, title, text, removed_at, copy_group
"""
"""Columns of `mentions` that facts are made of: an update of any of them makes the facts of its day stale."""


def day_sql(row: str) -> str:
    """The day, in UTC, under which the facts of a mention stand: the one that its site printed, or empty without a time."""
    return (
        f"case when {row}.published is null or {row}.published_precision = 'unknown' then '' "
        f"else substr({row}.published, 1, 10) end"
    )


def mark_sql(row: str, brands: str) -> str:
    """Mark the facts of a mention's day as stale for some brands (`select brand …`). The mark is random: no two are alike."""
    return f"""
        insert into stale_facts (brand, day, mark)
        select brand, {day_sql(row)}, random() from {brands}
        on conflict do update set mark = excluded.mark;
    """


def marking_trigger(name: str, event: str, mentions: str, condition: str = "1") -> str:
    """A trigger that marks the days of the mentions whose row ids `mentions` names."""
    body = mark_sql("mentions", f"mentions join mention_brands on mention_brands.mention = mentions.id where {mentions}")
    return f"create trigger {name} {event} when {condition} begin {body} end"


@migrations()
def m009_facts(db: Database) -> None:
    """Facts of the mentions of a brand and day, packed, for questions about many; triggers say which of them are stale."""
    run_script(
        db,
        """
        create table facts (
            id integer primary key,
            brand text not null,
            day text not null,
            taggers text not null,
            mentions integer not null,
            facts blob not null,
            labels blob not null
        )

        create unique index idx_facts_day on facts (brand, day)

        create table fact_words (
            id integer primary key references facts (id) on delete cascade,
            words blob not null
        )

        create table fact_names (
            id integer primary key,
            name text not null unique
        )

        create table stale_facts (
            brand text not null,
            day text not null,
            mark integer not null,
            primary key (brand, day)
        ) without rowid
        """,
    )
    db.conn.execute(mark_sql("mentions", "mentions join mention_brands on mention_brands.mention = mentions.id where true"))
    parents = """mentions.id in (
        select asked.id from mentions as asked
        where asked.source = {0}.source and asked.site = {0}.site and asked.external_id = {0}.parent
    )"""
    children = """mentions.id in (
        select child.id from mentions as child
        where child.source = new.source and child.site = new.site and child.parent = new.external_id and child.thread is null
    )"""
    reply = "{0}.voice = 'company' and {0}.parent is not null"
    updated = f"after update of {FACT_COLUMNS} on mentions"
    for name, event, mentions, condition in (
        ("facts_of_brand", "after insert on mention_brands", "mentions.id = new.mention and brand = new.brand", "1"),
        ("facts_of_changed", updated, "mentions.id = new.id", "1"),
        ("facts_of_removed", "before delete on mentions", "mentions.id = old.id", "1"),
        ("facts_of_read", "after insert on readings", "mentions.id = new.mention", "1"),
        ("facts_of_reread", "after update on readings", "mentions.id = new.mention", "1"),
        ("facts_of_unread", "after delete on readings", "mentions.id = old.mention", "1"),
        ("facts_of_judged", "after insert on judgements", "mentions.id = new.mention", "1"),
        ("facts_of_children", "after insert on mentions", children, "1"),
        ("facts_of_answered", "after insert on mentions", parents.format("new"), reply.format("new")),
        ("facts_of_reply", updated, parents.format("new"), reply.format("new")),
        ("facts_of_old_reply", updated, parents.format("old"), reply.format("old")),
        ("facts_of_unanswered", "before delete on mentions", parents.format("old"), reply.format("old")),
    ):
        db.conn.execute(marking_trigger(name, event, mentions, condition))
    # These two know a day or a brand that the row no longer has.
    moved = "old.published is not new.published or old.published_precision is not new.published_precision"
    day = mark_sql("old", "mention_brands where mention = old.id")
    db.conn.execute(f"create trigger facts_of_moved {updated} when {moved} begin {day} end")
    gone = mark_sql("mentions", "(select old.brand as brand) join mentions on mentions.id = old.mention where true")
    db.conn.execute(f"create trigger facts_of_unbranded after delete on mention_brands begin {gone} end")


@migrations()
def m010_outbreak_tests(db: Database) -> None:
    """What the test of each completed day said of a topic's complaints: every day is tested once."""
    run_script(
        db,
        """
        create table outbreak_tests (
            brand text not null,
            topic text not null,
            day text not null,
            observed integer not null,
            expected real not null,
            lower real not null,
            upper real not null,
            chance_up real not null,
            chance_down real not null,
            baseline_days integer not null,
            onset text,
            primary key (brand, topic, day)
        ) without rowid

        create index idx_outbreak_tests_day on outbreak_tests (day)
        """,
    )


@migrations()
def m011_saved_answers(db: Database) -> None:
    """Answers kept with the rows that they stand on, to be given again."""
    run_script(
        db,
        """
        create table saved_answers (
            id integer primary key,
            name text not null unique,
            command text not null,
            parameters text not null,
            config text not null,
            version text not null,
            taggers text not null,
            layout text not null,
            names text not null,
            answer text not null,
            saved text not null
        )

        create table saved_facts (
            id integer primary key,
            answer integer not null references saved_answers (id) on delete cascade,
            brand text not null,
            day text not null,
            mentions blob not null,
            facts blob not null,
            labels blob not null,
            words blob not null
        )

        create unique index idx_saved_facts on saved_facts (answer, brand, day)

        create table saved_rows (
            id integer primary key,
            answer integer not null references saved_answers (id) on delete cascade,
            question text not null,
            columns text not null,
            rows blob not null
        )

        create unique index idx_saved_rows on saved_rows (answer, question)

        create table saved_erased (
            answer integer not null references saved_answers (id) on delete cascade,
            mention integer not null,
            primary key (answer, mention)
        ) without rowid
        """,
    )


LISTING = "source = {0}.source and site = {0}.site and brand = {0}.brand and query = {0}.query"
"""The listing of a row, as a condition on `listings` or `watches`."""
WATCHED_LISTING = f"watched.listing = (select id from listings where {LISTING})"

MERGE = f"""
    insert into listings (source, site, brand, query, until)
    values (new.source, new.site, new.brand, new.query, new.until)
    on conflict do update set until = max(until, excluded.until);
    insert or replace into watched (listing, since, until)
    select listings.id, min(new.since, coalesce(min(watched.since), new.since)),
        max(new.until, coalesce(max(watched.until), new.until))
    from listings
    left join watched on watched.listing = listings.id and watched.since <= new.until and watched.until >= new.since
    where {LISTING.format("new")} and new.complete = 1 and new.since < new.until
    group by listings.id;
    delete from watched
    where {WATCHED_LISTING.format("new")} and new.complete = 1 and watched.since <= new.until
        and watched.until >= new.since and watched.since > (
            select min(since) from watched as first
            where first.listing = watched.listing and first.since <= new.until and first.until >= new.since
        );
"""
"""Add a watch to what was watched: the stretches that it overlaps or touches become one."""

CUT = f"""
    insert or replace into watched (listing, since, until)
    select listing, old.until, until
    from watched
    where {WATCHED_LISTING.format("old")} and old.complete = 1 and since < old.until and until > old.until;
    update watched set until = old.since
    where {WATCHED_LISTING.format("old")} and old.complete = 1 and since < old.since and until > old.since;
    delete from watched
    where {WATCHED_LISTING.format("old")} and old.complete = 1 and since >= old.since and since < old.until;
    insert into watching (source, site, brand, query, since, until, complete)
    select source, site, brand, query, since, until, complete
    from watches
    where {LISTING.format("old")} and complete = 1 and since < old.until and until > old.since;
    update listings set until = (select max(until) from watches where {LISTING.format("old")})
    where {LISTING.format("old")} and until = old.until
        and exists (select 1 from watches where {LISTING.format("old")});
    delete from listings
    where {LISTING.format("old")} and not exists (select 1 from watches where {LISTING.format("old")});
"""
"""Take a watch out of what was watched, but for what others watched of it."""


@migrations()
def m012_watched(db: Database) -> None:
    """Listings, and what of each was watched as stretches without overlaps: triggers keep them, questions read them."""
    run_script(
        db,
        """
        create table listings (
            id integer primary key,
            source text not null,
            site text not null,
            brand text not null,
            query text not null,
            until text not null,
            unique (source, site, brand, query)
        )

        create table watched (
            listing integer not null references listings (id) on delete cascade,
            since text not null,
            until text not null,
            primary key (listing, since)
        ) without rowid

        create view watching as
            select source, site, brand, query, since, until, complete from watches

        insert into listings (source, site, brand, query, until)
        select source, site, brand, query, max(until)
        from watches
        group by source, site, brand, query

        insert into watched (listing, since, until)
        select listing, min(since), max(until)
        from (
            select listing, since, until, sum(begins) over (partition by listing order by since, until) as stretch
            from (
                select listings.id as listing, watches.since, watches.until,
                    watches.since > coalesce(max(watches.until) over (
                        partition by listings.id order by watches.since, watches.until
                        rows between unbounded preceding and 1 preceding
                    ), '') as begins
                from watches
                join listings using (source, site, brand, query)
                where watches.complete = 1 and watches.since < watches.until
            )
        )
        group by listing, stretch
        """,
    )
    # The view lets what is merged come from a row, or from rows that a query finds.
    db.conn.execute(f"create trigger watched_merge instead of insert on watching begin {MERGE} end")
    again = "insert into watching values (new.source, new.site, new.brand, new.query, new.since, new.until, new.complete);"
    db.conn.execute(f"create trigger watched_more after insert on watches begin {again} end")
    db.conn.execute(f"create trigger watched_less after delete on watches begin {CUT} end")
    changed = "after update of source, site, brand, query, since, until, complete on watches"
    db.conn.execute(f"create trigger watched_other {changed} begin {CUT} {again} end")
