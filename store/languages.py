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


def find_unsupported(db: Database, mentions: Sequence[int]) -> set[int]:
    """Those of some mentions that are in a language that is not supported."""
    rows = db.execute(
        "select mention from current_tags where mention in (select value from json_each(?)) and task = 'language'",
        [json.dumps(list(mentions))],
    )
    return {row[0] for row in rows}
