"""What polite crawls must remember of each other: the requests of a day, and each host's robots.txt."""

from __future__ import annotations

from sqlite_utils import Database

from store.database import write


def count_requests(db: Database, source: str, *, since: str, until: str) -> int:
    """Requests of a source's crawls that started within [since, until), those still running as far as they have told."""
    row = db.execute(
        "select coalesce(sum(requests), 0) from crawls where source = ? and started >= ? and started < ?",
        [source, since, until],
    ).fetchone()
    return int(row[0])


def note_requests(db: Database, crawl: int, requests: int) -> None:
    """Keep how many requests a running crawl has made: one that is killed has made them all the same."""
    with write(db):
        db.conn.execute("update crawls set requests = ? where id = ?", [requests, crawl])


def find_robots(db: Database, origin: str, *, since: str, until: str) -> str | None:
    """The text of an origin's robots.txt if it was read within [since, until], else None."""
    row = db.execute("select text from robots where origin = ? and fetched between ? and ?", [origin, since, until]).fetchone()
    return row[0] if row else None


def keep_robots(db: Database, origin: str, text: str, *, now: str) -> None:
    """Remember an origin's robots.txt as read just now."""
    with write(db):
        db.conn.execute(
            """
            insert into robots (origin, text, fetched) values (?, ?, ?)
            on conflict do update set text = excluded.text, fetched = excluded.fetched
            """,
            [origin, text, now],
        )
