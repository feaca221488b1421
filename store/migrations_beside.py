"""The schemas of the files beside the store: accounts and unsent mail, and sentence vectors. Steps are only ever appended."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store.migrations import run_script

private_migrations = Migrations("repute-private")
vector_migrations = Migrations("repute-vectors")


@private_migrations()
def p001_people_and_outbox(db: Database) -> None:
    """Accounts, tokens, recipients and unsent mail: in a file of their own that no explorer opens."""
    run_script(
        db,
        """
        create table accounts (
            id integer primary key,
            name text not null unique,
            role text not null,
            password text not null,
            created text not null
        )

        create table tokens (
            id integer primary key,
            account integer not null references accounts (id) on delete cascade,
            token_hash text not null unique,
            created text not null,
            expires text
        )

        create table recipients (
            id integer primary key,
            address text not null unique,
            unsubscribed text
        )

        create table outbox (
            id integer primary key,
            key text not null,
            recipient text not null,
            message blob not null,
            created text not null,
            sent text,
            attempts integer not null default 0,
            error text
        )

        create unique index idx_outbox_key on outbox (key, recipient)
        """,
    )


@vector_migrations()
def v001_vectors(db: Database) -> None:
    """Sentence vectors as int8, that a new topic or "more like this" reads instead of the texts."""
    run_script(
        db,
        """
        create table vectors (
            mention integer not null,
            span integer not null,
            model text not null,
            text_hash text not null,
            vector blob not null,
            primary key (mention, span)
        ) without rowid
        """,
    )
