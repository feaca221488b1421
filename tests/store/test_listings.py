"""Listings and what was watched of them stay what the watches say, whatever is added, changed or deleted."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from store.database import open_database
from store.migrations_counts import migrations
from store.queries import find_listings, find_watches

LISTINGS = [("s", "a", "", ""), ("s", "a", "", "q"), ("s", "a", "acme", "q"), ("t", "b", "other", "")]
WATCHES = st.tuples(st.sampled_from(LISTINGS), st.integers(0, 20), st.integers(0, 6), st.booleans())
CHANGES = st.one_of(
    st.tuples(st.just("add"), WATCHES),
    st.tuples(st.just("delete"), st.integers(0, 12)),
    st.tuples(st.just("trim"), st.integers(0, 24)),
    st.tuples(st.just("forget"), st.sampled_from("st")),
    st.tuples(st.just("change"), st.tuples(st.integers(0, 12), WATCHES)),
)


def apply(db, change):
    kind, what = change
    if kind == "add":
        add(db, what)
    elif kind == "delete":
        db.conn.execute("delete from watches where id = (select id from watches limit 1 offset ?)", [what])
    elif kind == "trim":
        db.conn.execute("delete from watches where until <= ?", [time(what)])
        db.conn.execute("update watches set since = ? where since < ?", [time(what), time(what)])
    elif kind == "forget":
        db.conn.execute("delete from watches where source = ?", [what])
    else:
        place, (listing, since, length, complete) = what
        db.conn.execute(
            """
            update watches set source = ?, site = ?, brand = ?, query = ?, since = ?, until = ?, complete = ?
            where id = (select id from watches limit 1 offset ?)
            """,
            [*listing, time(since), time(since + length), complete, place],
        )


def add(db, watch):
    listing, since, length, complete = watch
    db.conn.execute(
        "insert into watches (source, site, brand, query, since, until, complete) values (?, ?, ?, ?, ?, ?, ?)",
        [*listing, time(since), time(since + length), complete],
    )


def time(hour):
    return f"2026-09-{1 + hour // 24:02}T{hour % 24:02}:00:00Z"


def merged(pairs):
    stretches = []
    for since, until in sorted(pairs):
        if stretches and since <= stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], until)
        else:
            stretches.append([since, until])
    return [tuple(stretch) for stretch in stretches]


def expected(db):
    rows = db.execute("select source, site, brand, query, since, until, complete from watches").fetchall()
    listings = {row[:4]: max(other[5] for other in rows if other[:4] == row[:4]) for row in rows}
    watched = {
        key: merged([(row[4], row[5]) for row in rows if row[:4] == key and row[6] and row[4] < row[5]]) for key in listings
    }
    return sorted((*key, until) for key, until in listings.items()), sorted(
        (*key, *stretch) for key, stretches in watched.items() for stretch in stretches
    )


def kept(db):
    return (
        sorted(db.execute("select source, site, brand, query, until from listings").fetchall()),
        sorted(
            db.execute(
                """
                select source, site, brand, query, watched.since, watched.until
                from watched join listings on listings.id = watched.listing
                """
            ).fetchall()
        ),
    )


@settings(max_examples=50)
@given(changes=st.lists(CHANGES, max_size=25))
def test_what_was_watched_is_what_the_watches_say_after_any_change(changes):
    db = Database(memory=True)
    migrations.apply(db)
    for change in changes:
        apply(db, change)
        assert kept(db) == expected(db)
    db.close()


def test_watches_from_before_the_upgrade_are_merged_too(tmp_path):
    old = Database(tmp_path / "repute.db")
    migrations.apply(old, stop_before="m012_watched")
    for hour in (*range(6), *range(9, 12)):
        add(old, (LISTINGS[2], hour, 2, True))
    add(old, (LISTINGS[0], 0, 30, False))
    old.conn.commit()
    old.close()
    db = open_database(tmp_path / "repute.db")
    assert kept(db) == expected(db)
    names = {"source": "s", "site": "a", "query": "q"}
    assert find_watches(db, brand="acme", since=time(1), until=time(9)) == [{**names, "since": time(0), "until": time(7)}]
    assert find_listings(db, brand="acme") == [
        {"source": "s", "site": "a", "query": "", "until": time(30)},
        {**names, "until": time(13)},
    ]
    assert find_listings(db, brand="b") == [{"source": "s", "site": "a", "query": "", "until": time(30)}]
    db.close()
