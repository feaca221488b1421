"""Which mentions are in a language that the classifier does not read well enough to count."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlite_utils import Database


def unsupported_sql(mention: str) -> str:
    """The language of a mention (an expression such as `scoped.mention`) where it is not supported, else null.

    The language tagger leaves a tag, whose label is the language, on these mentions alone.
    """
    return f"""(
        select max(tags.label)
        from tags
        where tags.mention = {mention} and tags.tagger in (select id from taggers where task = 'language' and current = 1)
    )"""


def count_languages(db: Database) -> dict[str, int]:
    """How many mentions are in each language, most first; all of them are read."""
    rows = db.execute(
        """
        select language, count(*) as mentions
        from mentions
        where language is not null and removed_at is null
        group by language
        order by mentions desc, language
        """
    )
    return dict(rows.fetchall())


def find_unsupported(db: Database, mentions: Sequence[int]) -> set[int]:
    """Those of some mentions that are in a language that is not supported."""
    rows = db.execute(
        "select mention from current_tags where mention in (select value from json_each(?)) and task = 'language'",
        [json.dumps(list(mentions))],
    )
    return {row[0] for row in rows}
