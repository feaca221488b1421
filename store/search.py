"""Full-text search over titles and texts: the newest first without words, the best first with them."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from sqlite_utils import Database

from store.scope import Scope, shown_sql

OPEN, CLOSE = "\ue000", "\ue001"
"""Marks around the words found in `snippet`: private characters, so that no text can forge them."""
OPERATORS = re.compile(r'\b(?:AND|OR|NOT|NEAR)\b|["*()^]')
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
    searched for as it stands, every word of it. Columns: those of the table `mentions` that a reader needs, then brands (ids
    joined by commas), sentiment, complaint, topics (ids joined by commas) and snippet, where OPEN and CLOSE mark the words
    found.
    """
    bound = {**scope.parameters(), "sentiment": sentiment, "topic": topic, "limit": limit}
    if not words.strip():
        return list(db.query(search_sql(scope, matching=False), bound))
    if OPERATORS.search(words):
        try:
            return list(db.query(search_sql(scope, matching=True), {**bound, "words": words}))
        except sqlite3.OperationalError as error:
            if not is_syntax_error(error):
                raise
    return list(db.query(search_sql(scope, matching=True), {**bound, "words": quoted(words)}))


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


def search_sql(scope: Scope, *, matching: bool) -> str:
    """The search as SQL: with the index when there are words, by time when there are none."""
    source = "mentions_fts join mentions on mentions.id = mentions_fts.rowid" if matching else "mentions"
    found = "and mentions_fts match :words" if matching else ""
    snippet = f"snippet(mentions_fts, -1, '{OPEN}', '{CLOSE}', '…', 24)" if matching else "null"
    order = "bm25(mentions_fts), mentions.published desc" if matching else "mentions.published desc, mentions.id desc"
    branded = "and mentions.id in (select mention from mention_brands where brand = :brand)" if scope.brand else ""
    return f"""
        with scoped as (
            select mentions.id as mention
            from mentions
            where {scope.conditions()} {branded}
        ),
        {shown_sql("sentiment", "complaint", "topic")},
        labels as (
            select mention,
                max(case when task = 'sentiment' and span = 0 then value end) as sentiment,
                max(task = 'complaint' and value = 'complaint') as complaint,
                group_concat(distinct case when task = 'topic' and value = subject then subject end) as topics
            from shown
            group by mention
        )
        select mentions.id as mention, mentions.source, mentions.site, mentions.url, mentions.kind, mentions.voice,
            mentions.title, mentions.text, mentions.language, mentions.subject, mentions.place, mentions.rating,
            mentions.rating_best, mentions.engagement, mentions.published, mentions.published_precision as precision,
            (select group_concat(brand) from mention_brands where mention = mentions.id) as brands,
            labels.sentiment, coalesce(labels.complaint, 0) as complaint, coalesce(labels.topics, '') as topics,
            {snippet} as snippet
        from {source}
        join scoped on scoped.mention = mentions.id
        left join labels on labels.mention = mentions.id
        where (:sentiment is null or labels.sentiment = :sentiment)
            and (:topic is null or ',' || labels.topics || ',' like '%,' || :topic || ',%')
            {found}
        order by {order}
        limit :limit
    """
