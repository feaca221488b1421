"""How fast mentions are stored, beside a bare `executemany` of the same rows, in one run on one machine.

    python bench/storing.py [--mentions 20000] [--rounds 3]

`save_mentions` takes batches as a crawl hands them over and finds what is known already, hashes authors and texts, looks for
copies, and writes mentions (with their full-text index), brands and the bands by which copies are found. The bare way writes
exactly these rows, made beforehand, by one `executemany` a table and batch; or the rows of the table `mentions` alone.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]


def main() -> None:
    """Print mentions per second, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mentions", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    from crawling import say

    paces = store(asked.mentions, asked.rounds)
    say("storing: Repute", paces["ours"], "mentions/s")
    say("executemany, all rows", paces["all rows"], "mentions/s", paces["ours"], "wanted: 0.60")
    say("executemany, mentions", paces["mentions alone"], "mentions/s", paces["ours"])


def store(count: int, rounds: int) -> dict[str, float]:
    """Mentions a second in each way; same tables, same batches, same transactions."""
    from crawling import EACH, NOW, as_page, make_reviews

    from crawlers.copies import copy_bands
    from crawlers.intake import BATCH
    from crawlers.structured import parse_structured
    from store.database import open_database, write
    from store.records import MatchedMention
    from store.saving import Author, as_row, save_mentions

    reviews = make_reviews(count)
    mentions = [
        mention
        for start in range(0, count, EACH)
        for mention in parse_structured(
            as_page(reviews[start : start + EACH], None), "https://x.example/", site="x.example"
        ).mentions
    ]
    batches = [
        [
            MatchedMention(mention=m, brands=(("acme", "acme"),), copy_bands=copy_bands(m.text))
            for m in mentions[start : start + BATCH]
        ]
        for start in range(0, len(mentions), BATCH)
    ]
    author = Author(b"x" * 32)
    rows = [[as_row(matched, author, NOW) for matched in batch] for batch in batches]
    insert = f"insert into mentions ({', '.join(rows[0][0])}) values ({', '.join('?' * len(rows[0][0]))})"
    numbers = [range(1 + start, 1 + start + len(batch)) for start, batch in zip(range(0, count, BATCH), batches, strict=True)]
    values = [[tuple(row.values()) for row in batch] for batch in rows]
    brands = [[(number, "acme", "acme") for number in part] for part in numbers]
    bands = [
        sorted((band, number) for number, one in zip(part, batch, strict=True) for band in set(one.copy_bands))
        for part, batch in zip(numbers, batches, strict=True)
    ]
    paces: dict[str, list[float]] = {"ours": [], "all rows": [], "mentions alone": []}
    for _ in range(rounds):
        for way in paces:
            with tempfile.TemporaryDirectory() as folder, contextlib.closing(open_database(Path(folder) / "x.db")) as db:
                begun = time.monotonic()
                if way == "ours":
                    for batch in batches:
                        save_mentions(db, batch, author=author, now=NOW)
                else:
                    for n, chunk in enumerate(values):
                        with write(db):
                            db.conn.executemany(insert, chunk)
                            if way == "all rows":
                                db.conn.executemany(
                                    "insert into mention_brands (mention, brand, matched) values (?, ?, ?)", brands[n]
                                )
                                db.conn.executemany("insert into copy_bands (band, mention) values (?, ?)", bands[n])
                paces[way].append(len(mentions) / (time.monotonic() - begun))
                if way == "ours":
                    stored = [db.table(name).count for name in ("mentions", "mention_brands", "copy_bands")]
                elif way == "all rows":
                    assert stored == [db.table(name).count for name in ("mentions", "mention_brands", "copy_bands")]
    return {way: statistics.median(found) for way, found in paces.items()}


if __name__ == "__main__":
    main()
