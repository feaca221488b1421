"""The schema, as numbered steps that are only ever appended. Any earlier version opens and is brought up to date."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("repute")

TOKENIZE = "unicode61 categories 'L* N* Co Mn Mc'"
"""Keeps vowel signs inside words, so that Devanagari and Urdu words stay whole."""


def run_script(db: Database, script: str) -> None:
    """Run statements separated by blank lines, inside the transaction that is open (`executescript` would commit it)."""
    for statement in script.split("\n\n"):
        if statement.strip():
            db.conn.execute(statement)


@migrations()
def m001_mentions(db: Database) -> None:
    """Mentions with their brands, copies and full-text index."""
    run_script(
        db,
        """
        create table mentions (
            id integer primary key,
            source text not null,
            site text not null,
            external_id text not null,
            url text,
            kind text not null,
            voice text not null,
            title text,
            text text,
            language text,
            subject text,
            place text,
            rating real,
            rating_worst real,
            rating_best real,
            rating_measure text,
            author text,
            author_name text,
            engagement integer,
            thread text,
            parent text,
            published text,
            published_precision text not null,
            collected text not null,
            updated text not null,
            removed_at text,
            copy_group integer,
            text_hash text not null
        )

        create unique index idx_mentions_identity on mentions (source, site, external_id)

        create index idx_mentions_published on mentions (published)

        create index idx_mentions_author on mentions (author)

        create index idx_mentions_parent on mentions (source, site, parent) where parent is not null

        create index idx_mentions_copy_group on mentions (copy_group) where copy_group is not null

        create table mention_brands (
            mention integer not null references mentions (id) on delete cascade,
            brand text not null,
            matched text not null,
            primary key (brand, mention)
        ) without rowid

        create index idx_mention_brands_mention on mention_brands (mention)

        create table copy_bands (
            band integer not null,
            mention integer not null references mentions (id) on delete cascade,
            primary key (band, mention)
        ) without rowid

        create index idx_copy_bands_mention on copy_bands (mention)
        """,
    )
    db.conn.execute(
        f"create virtual table mentions_fts using fts5 (title, text, content=[mentions], content_rowid=[id],"
        f' tokenize="{TOKENIZE}")'
    )
    run_script(
        db,
        """
        create trigger mentions_fts_insert after insert on mentions begin
            insert into mentions_fts (rowid, title, text) values (new.id, new.title, new.text);
        end

        create trigger mentions_fts_delete after delete on mentions begin
            insert into mentions_fts (mentions_fts, rowid, title, text) values ('delete', old.id, old.title, old.text);
        end

        create trigger mentions_fts_update after update of title, text on mentions begin
            insert into mentions_fts (mentions_fts, rowid, title, text) values ('delete', old.id, old.title, old.text);
            insert into mentions_fts (rowid, title, text) values (new.id, new.title, new.text);
        end
        """,
    )


@migrations()
def m002_tags(db: Database) -> None:
    """Sentences, taggers, tags, which taggers have read which mention, and the judgements of people."""
    run_script(
        db,
        """
        create table spans (
            mention integer not null references mentions (id) on delete cascade,
            n integer not null,
            start integer not null,
            end integer not null,
            primary key (mention, n)
        ) without rowid

        create table taggers (
            id integer primary key,
            task text not null,
            subject text not null,
            model text not null,
            description text not null,
            threshold real,
            current integer not null
        )

        create unique index idx_taggers_identity
            on taggers (task, subject, model, description, coalesce(threshold, -1))

        create table tagger_sets (
            id integer primary key,
            taggers text not null unique
        )

        create table readings (
            mention integer primary key references mentions (id) on delete cascade,
            tagger_set integer not null references tagger_sets (id)
        )

        create index idx_readings_tagger_set on readings (tagger_set)

        create table tags (
            mention integer not null references mentions (id) on delete cascade,
            tagger integer not null references taggers (id),
            span integer not null,
            brand text not null,
            label text not null,
            polarity text,
            score real,
            primary key (mention, tagger, span, brand)
        ) without rowid

        create index idx_tags_tagger on tags (tagger, label, span, mention, polarity)

        create view current_tags as
        select tags.mention, tags.span, tags.brand, taggers.task, tags.label, tags.polarity, tags.score,
            taggers.model, taggers.id as tagger
        from tags
        join taggers on taggers.id = tags.tagger
        where taggers.current = 1

        create table judgements (
            id integer primary key,
            mention integer not null references mentions (id) on delete cascade,
            span integer not null,
            brand text not null,
            task text not null,
            subject text not null,
            label text not null,
            judge text not null,
            judged text not null,
            sample integer,
            chance real
        )

        create index idx_judgements_mention on judgements (mention, task)

        create trigger judgements_are_append_only before update on judgements begin
            select raise(abort, 'judgements are append-only: add a new one instead');
        end
        """,
    )


@migrations()
def m003_crawls(db: Database) -> None:
    """Runs of sources, where each stopped, and the publication time really covered."""
    run_script(
        db,
        """
        create table crawls (
            id integer primary key,
            source text not null,
            started text not null,
            finished text,
            status text not null,
            pid integer,
            requests integer not null default 0,
            items integer not null default 0,
            new integer not null default 0,
            updated integer not null default 0,
            dropped text not null default '{}',
            errors integer not null default 0,
            bytes integer not null default 0,
            duration real not null default 0,
            error text
        )

        create index idx_crawls_source on crawls (source, started)

        create table cursors (
            source text not null,
            site text not null,
            name text not null,
            value text not null,
            updated text not null,
            primary key (source, site, name)
        ) without rowid

        create table watches (
            id integer primary key,
            crawl integer references crawls (id),
            source text not null,
            site text not null,
            brand text not null,
            query text not null,
            since text not null,
            until text not null,
            complete integer not null
        )

        create index idx_watches_site on watches (source, site, brand, since)

        create table jobs (
            id integer primary key,
            job text not null,
            started text not null,
            finished text,
            status text not null,
            pid integer,
            exit_code integer,
            output text
        )

        create index idx_jobs_job on jobs (job, started)
        """,
    )


@migrations()
def m004_business(db: Database) -> None:
    """Imported business series, and what is being done about a hot button."""
    run_script(
        db,
        """
        create table metrics (
            name text not null,
            date text not null,
            value real not null,
            primary key (name, date)
        ) without rowid

        create table actions (
            id integer primary key,
            brand text not null,
            topic text not null,
            action text not null,
            owner text,
            status text not null,
            opened text not null,
            due text,
            closed text,
            note text
        )

        create index idx_actions_topic on actions (brand, topic)
        """,
    )


@migrations()
def m005_targets(db: Database) -> None:
    """Sentences that do not count, or count the other way round, for a brand that their mention concerns."""
    run_script(
        db,
        """
        create table targets (
            mention integer not null references mentions (id) on delete cascade,
            brand text not null,
            span integer not null,
            bearing text not null check (bearing in ('other', 'flipped')),
            primary key (mention, brand, span)
        ) without rowid
        """,
    )


@migrations()
def m006_indexes(db: Database) -> None:
    """Indexes for questions that read a part of a large table."""
    run_script(
        db,
        """
        create index idx_mentions_undated on mentions (source)
            where published is null or published_precision = 'unknown'

        create index idx_mentions_source on mentions (source, published, removed_at)

        create index idx_watches_brand on watches (brand, until, since, source, site, query, complete)
        """,
    )


@migrations()
def m007_manners(db: Database) -> None:
    """What each run reached, and the robots.txt that hold for a day."""
    run_script(
        db,
        """
        alter table crawls add column cursor text

        alter table crawls add column since text

        alter table crawls add column until text

        alter table crawls add column complete integer

        create index idx_watches_crawl on watches (crawl)

        create table robots (
            origin text primary key,
            text text not null,
            fetched text not null
        ) without rowid
        """,
    )


@migrations()
def m008_privacy(db: Database) -> None:
    """What was erased and may not come back, and by which rule a mention's voice is not the one that its source gave."""
    run_script(
        db,
        """
        create table forgotten (
            kind text not null check (kind in ('author', 'name', 'url', 'mention')),
            hash text not null,
            primary key (kind, hash)
        ) without rowid

        create table erasures (
            id integer primary key,
            reason text not null,
            mentions integer not null,
            started text not null,
            finished text
        )

        create table erasing (
            mention integer primary key references mentions (id) on delete cascade
        )

        alter table mentions add column voice_rule text

        alter table mentions add column voice_told text

        create index idx_mentions_voice_told on mentions (voice_told) where voice_told is not null
        """,
    )
