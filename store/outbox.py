"""The outbox: what is to be mailed, once per key and recipient, in the private file that no explorer opens."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from store.database import write


@dataclass(frozen=True)
class OutboxMessage:
    """One stored message that has not been sent yet."""

    id: int
    recipient: str
    message: bytes
    """The whole message with CRLF line ends, exactly as it is sent each time."""
    attempts: int
    """How often sending was begun."""


def put_message(db: Database, *, key: str, recipient: str, message: bytes, created: str) -> bool:
    """Store a message unless one with this key and recipient is there; True if it was new."""
    with write(db):
        done = db.conn.execute(
            """
            insert into outbox (key, recipient, message, created) values (?, ?, ?, ?)
            on conflict (key, recipient) do nothing
            """,
            [key, recipient, message, created],
        )
    return done.rowcount > 0


def find_composed(db: Database, key: str) -> set[str]:
    """The recipients for whom a message with this key was composed, sent or not."""
    rows = db.execute("select recipient from outbox where key = ?", [key])
    return {recipient for (recipient,) in rows.fetchall()}


def find_unsent(db: Database, key: str) -> list[OutboxMessage]:
    """Messages with this key that no server has accepted, oldest first."""
    rows = db.execute(
        """
        select id, recipient, message, attempts
        from outbox
        where key = ? and sent is null
        order by id
        """,
        [key],
    )
    return [OutboxMessage(*row) for row in rows.fetchall()]


def find_unsubscribed(db: Database) -> set[str]:
    """Addresses, in lower case, that asked for no more mail."""
    rows = db.execute("select lower(address) from recipients where unsubscribed is not null")
    return {address for (address,) in rows.fetchall()}


def begin_attempt(db: Database, message: int) -> None:
    """Count an attempt before it is made, so that one cut off in the middle is seen."""
    with write(db):
        db.conn.execute("update outbox set attempts = attempts + 1, error = null where id = ?", [message])


def mark_sent(db: Database, message: int, now: str) -> None:
    """Note that the server accepted the message."""
    with write(db):
        db.conn.execute("update outbox set sent = ?, error = null where id = ?", [now, message])


def mark_failed(db: Database, message: int, error: str) -> None:
    """Note why the server did not accept the message."""
    with write(db):
        db.conn.execute("update outbox set error = ? where id = ?", [error, message])


def forget_messages(db: Database) -> None:
    """Delete the words of all mail, which quotes mentions: what was sent stays noted as sent, the rest is composed anew."""
    with write(db):
        db.conn.execute("delete from outbox where sent is null")
        db.conn.execute("update outbox set message = x'' where message != x''")
