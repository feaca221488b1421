"""Which days imported files told of: nobody watched these sites, so what is known of them is what was imported."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]


def find_import_days(db: Database, *, brand: str, source: str | None = None) -> list[Row]:
    """The first and last days in UTC that imported files told of, on the sites where they told anything of a brand.

    Of each brand and way of telling those of its first and last quarter: they say how a site begins, goes on and ends. Columns:
    source, site, brand, own (1 where the files were that brand's alone), day, mentions, first and last (times, or days where no
    more is known); in order of site and day. A source that a crawl ever told of is left out: its watches say what is known.
    """
    keys = db.execute(
        """
        select source, site, brand, own, date(min(day), '+91 days'), date(max(day), '-91 days')
        from import_days
        group by source, site, brand, own
        """
    ).fetchall()
    watched = {row[0] for row in db.execute("select source from listings").fetchall()} if keys else set()
    sites = {key[:2] for key in keys if key[2] == brand and key[0] not in watched and source in (None, key[0])}
    parts = []
    for *key, early, late in keys:
        if tuple(key[:2]) in sites:
            parts += [[*key, "", early], [*key, late, "~"]] if early < late else [[*key, "", "~"]]
    if not parts:
        return []
    found = db.query(
        """
        select source, site, brand, own, day, mentions, first, last
        from json_each(:parts) as part
        cross join import_days on source = part.value ->> 0 and site = part.value ->> 1 and brand = part.value ->> 2
            and own = part.value ->> 3 and day >= part.value ->> 4 and day <= part.value ->> 5
        """,
        {"parts": json.dumps(parts)},
    )
    return sorted(found, key=lambda row: (row["source"], row["site"], row["day"]))
