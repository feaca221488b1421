"""Full-text search over titles and texts: the newest first without words, the best first with them."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from store.languages import unsupported_sql
from store.scope import Scope, newest_sql, shown_sql, tables_sql

OPEN, CLOSE = "\ue000", "\ue001"
"""Marks around the words found in `snippet`: private characters, so that no text can forge them."""
OPERATORS = re.compile(r'\b(?:AND|OR|NOT|NEAR)\b|["*()^]')
RANKED = 10_000
"""Mentions with the words that are ranked, at most: of more the last that were stored, as ranking takes a while for each."""
AT_ONCE = 500
"""Mentions whose tags are read at once, at most, where not all of them may be wanted."""
RARE = 2_000
"""Mentions with a topic up to which they are looked at themselves, in place of all mentions from the newest back."""
OF_TOPIC = "select id from taggers where task = 'topic' and subject like :topic"
"""The taggers that ever asked for a topic."""
MATCHED = re.compile(r'"[^"]*"\*?|\S+')


def search_mentions(
    db: Database,
    words: str = "",
    *,
    scope: Scope,
    sentiment: str | None = None,
    topic: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Find mentions in scope; an empty brand in the scope means whatever brand.

    Words may carry FTS5's operators (`refund AND "two weeks"`, `iade*`, `NOT`, `NEAR(a b, 5)`); what does not parse is
    searched for as it stands, every word of it. Where more than RANKED mentions in scope have them, the last stored are ranked.
    Columns: those of the table `mentions` that a reader needs, then brands (ids joined by commas), sentiment, complaint, topics
    (ids joined by commas), language_supported (0 or 1: whether the classifier reads its language well enough to count) and
    snippet, where OPEN and CLOSE mark the words found.
    """
    bound = {**scope.parameters(), "sentiment": sentiment, "topic": topic}
    if OPERATORS.search(words):
        try:
            return read_found(db, scope, {**bound, "words": words}, limit)
        except sqlite3.OperationalError as error:
            if not is_syntax_error(error):
                raise
    return read_found(db, scope, {**bound, "words": quoted(words) if words.strip() else None}, limit)


def read_found(db: Database, scope: Scope, bound: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    """Read the first mentions that were found: some at a time, as sentiment or topic may leave a part of them out."""
    found: list[dict[str, Any]] = []
    size = limit
    rare = find_rare(db, bound["topic"]) if bound["topic"] is not None and bound["words"] is None else None
    bound |= {"rare": json.dumps(rare)}
    with contextlib.closing(db.execute(rare_sql(scope) if rare is not None else found_sql(scope, bound), bound)) as candidates:
        while len(found) < limit and (batch := candidates.fetchmany(size)):
            found += describe(db, [mention for (mention,) in batch], bound)
            size = max(limit, min(2 * size, AT_ONCE))
    snippets = find_snippets(db, bound["words"], [row["mention"] for row in found[:limit]])
    return [{**row, "snippet": snippets.get(row["mention"])} for row in found[:limit]]


def quoted(words: str) -> str:
    """Every word as an FTS5 string, so that nothing in it is an operator; a star at a word's end still asks for what begins so.

    A word without a letter or digit says nothing to the index and is left out.
    """
    parts = [part for part in MATCHED.findall(words) if any(character.isalnum() for character in part)]
    return " ".join(f'"{part.strip("*").replace(chr(34), "")}"{"*" if part.endswith("*") else ""}' for part in parts) or '""'


def is_syntax_error(error: sqlite3.OperationalError) -> bool:
    """Whether FTS5 could not read the words, which is no fault of ours."""
    signs = ("fts5: ", "unterminated string", "no such column", "unknown special query", "expected integer")
    return any(sign in str(error) for sign in signs)


def found_sql(scope: Scope, bound: dict[str, Any]) -> str:
    """The row ids of what is found, in order: with the index when there are words, by time when there are none."""
    topic = bound["topic"] is not None
    if bound["words"] is None:
        return newest_sql(scope, narrowed=may_have_topic("timed.id") if topic else "1")
    return f"""
        select id
        from (
            select mentions.id, mentions.published, bm25(mentions_fts) as likeness
            from {tables_sql(scope, "mentions_fts", "mentions_fts.rowid")}
            where mentions_fts match :words and {scope.conditions()} and {may_have_topic("mentions.id") if topic else "1"}
            order by mentions_fts.rowid desc
            limit {RANKED}
        )
        order by likeness, published desc, id
    """


def may_have_topic(mention: str) -> str:
    """Whether anybody ever spoke of the topic in a mention (a row id), which is cheap to ask before it is known what counts."""
    return f"""(
        exists (select 1 from tags where tags.mention = {mention} and tags.tagger in ({OF_TOPIC}))
        or exists (select 1 from judgements where judgements.mention = {mention} and judgements.subject like :topic)
    )"""


def find_rare(db: Database, topic: str) -> list[int] | None:
    """The mentions of which anybody ever said that they are of a topic, where they are few; else None."""
    found = db.execute(
        f"""
        select mention
        from (
            select mention
            from tags
            where tagger in ({OF_TOPIC})
            limit :most
        )
        union
        select mention
        from judgements
        where subject like :topic
        """,
        {"topic": topic, "most": RARE + 1},
    ).fetchall()
    return [mention for (mention,) in found] if len(found) <= RARE else None


def rare_sql(scope: Scope) -> str:
    """The row ids of those of a few mentions that are in scope, the newest first."""
    return f"""
        select mentions.id
        from {tables_sql(scope, "json_each(:rare) as few", "few.value")}
        where {scope.conditions()}
        order by mentions.published desc, mentions.id desc
    """


def describe(db: Database, mentions: Sequence[int], bound: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of some mentions that have the sentiment and topic asked for, in the given order, with all that a reader needs."""
    sql = f"""
        with scoped as (
            select value as mention, key as place
            from json_each(:batch)
        ),
        {shown_sql("sentiment", "complaint", "topic")},
        labels as (
            select mention, max(place) as place, max(sentiment) as sentiment, max(complaint) as complaint,
                coalesce(group_concat(distinct topic), '') as topics
            from (
                select mention, place, null as sentiment, 0 as complaint, null as topic
                from scoped
                union all
                select mention, null, case when task = 'sentiment' then value end, task = 'complaint' and value = 'complaint',
                    case when task = 'topic' and value = subject then subject end
                from shown
                order by mention, topic
            )
            group by mention
        )
        select mentions.id as mention, mentions.source, mentions.site, mentions.url, mentions.kind, mentions.voice,
            mentions.voice_rule, mentions.title, mentions.text, mentions.language, mentions.subject, mentions.place,
            mentions.rating, mentions.rating_best, mentions.engagement, mentions.published,
            mentions.published_precision as precision,
            (select group_concat(brand) from mention_brands where mention = mentions.id) as brands,
            labels.sentiment, labels.complaint, labels.topics,
            {unsupported_sql("mentions.id")} is null as language_supported
        from labels
        cross join mentions on mentions.id = labels.mention
        where (:sentiment is null or labels.sentiment = :sentiment)
            and (:topic is null or ',' || labels.topics || ',' like '%,' || :topic || ',%')
        order by labels.place
    """
    return list(db.query(sql, {**bound, "batch": json.dumps(list(mentions))}))


def find_snippets(db: Database, words: str | None, mentions: Sequence[int]) -> dict[int, str]:
    """The text around the words that were found in some mentions."""
    if words is None:
        return {}
    # The `+` has the index go through its matches once; else it gathers all that begins with `iade*` anew for each mention.
    rows = db.execute(
        f"""
        select rowid, snippet(mentions_fts, -1, '{OPEN}', '{CLOSE}', '…', 24)
        from mentions_fts
        where mentions_fts match :words and +rowid in (select value from json_each(:mentions))
        """,
        {"words": words, "mentions": json.dumps(list(mentions))},
    )
    return dict(rows.fetchall())
