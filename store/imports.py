"""Which days imported files told of: nobody watched these sites, so what is known of them is what was imported."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from store.remembering import remember

Row = dict[str, Any]


def find_import_days(db: Database, *, brand: str, source: str | None = None) -> list[Row]:
    """Each day in UTC that imported files told of, on the sites where they told anything of a brand.

    Columns: source, site, own (1 where the files were one brand's alone), mine (1 where it is of the brand asked for), day,
    mentions, first and last (times, or days where no more is known). A source that a crawl ever told of is left out: what was
    watched of it is known from there. Rows may not be changed.
    """
    statement = """
        select source, site, own, brand = :brand as mine, day, sum(mentions) as mentions, min(first) as first, max(last) as last
        from import_days
        where (source, site) in (select source, site from import_days where brand = :brand)
            and source not in (select source from listings) and (:source is null or source = :source)
        group by source, site, own, mine, day
        order by source, site, day
    """
    asked = {"brand": brand, "source": source}
    return remember(db, ("import days", *asked.values()), lambda: list(db.query(statement, asked)))
