"""Questions about mentions, each one query with plain rows for an answer. Judgements by people override tags."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from store.scope import Scope, scoped_sql, shown_sql

Row = dict[str, Any]

SENTIMENTS = """
    sentiments as (
        select mention, value, row_number() over (partition by mention order by specific desc, score desc) as place
        from shown
        where task = 'sentiment' and span = 0 and value in ('positive', 'neutral', 'negative')
    )
"""
"""The sentiment of each mention over `shown`, at place 1: a person's, else the one about this brand, else the general one."""


def find_mentions(db: Database, scope: Scope) -> list[Row]:
    """Every mention in scope with its sentiment (None when untagged), whether it complains, and whether it was read.

    Columns: mention, source, site, author, copy_group, published, precision, language, engagement, place, subject, sentiment,
    complaint (0 or 1), read (0 or 1).
    """
    return list(
        db.query(
            f"""
            with {scoped_sql(scope)}, {shown_sql("sentiment", "complaint")}, {SENTIMENTS}
            select scoped.*, sentiments.value as sentiment,
                scoped.mention in (
                    select mention from shown where task = 'complaint' and value = 'complaint'
                ) as complaint,
                scoped.mention in (select mention from readings) as read
            from scoped
            left join sentiments on sentiments.mention = scoped.mention and sentiments.place = 1
            order by scoped.mention
            """,
            scope.parameters(),
        )
    )


def find_complaints(db: Database, scope: Scope) -> list[Row]:
    """Every complaint in scope, once for each of its topics, or once with topic None.

    Columns: those of `find_mentions` up to subject, then topic and score (None where a person said so).
    """
    return list(
        db.query(
            f"""
            with {scoped_sql(scope)}, {shown_sql("complaint", "topic")}
            select scoped.*, topics.topic, topics.score
            from scoped
            left join (
                select mention, subject as topic, max(score) as score
                from shown
                where task = 'topic' and value = subject
                group by mention, subject
            ) as topics on topics.mention = scoped.mention
            where scoped.mention in (select mention from shown where task = 'complaint' and value = 'complaint')
            order by scoped.mention, topics.topic
            """,
            scope.parameters(),
        )
    )


def find_attributes(db: Database, scope: Scope) -> list[Row]:
    """Every mention in scope that speaks of an attribute, once for each attribute and polarity.

    Columns: those of `find_mentions` up to subject, then attribute, polarity (`confirms`, `contests`) and score.
    """
    return list(
        db.query(
            f"""
            with {scoped_sql(scope)}, {shown_sql("attribute")}
            select scoped.*, shown.subject as attribute, shown.value as polarity, max(shown.score) as score
            from scoped
            join shown on shown.mention = scoped.mention
            where shown.value in ('confirms', 'contests')
            group by scoped.mention, shown.subject, shown.value
            order by scoped.mention, shown.subject, shown.value
            """,
            scope.parameters(),
        )
    )


def find_replies(db: Database, scope: Scope) -> list[Row]:
    """Every complaint in scope with the company's first reply to it.

    Columns: those of `find_mentions` up to subject, then replied and replied_precision (None when unanswered),
    answered (0 or 1).
    """
    return list(
        db.query(
            f"""
            with {scoped_sql(scope)}, {shown_sql("complaint")},
            replies as (
                select scoped.mention, replies.published, replies.published_precision, row_number() over (
                    partition by scoped.mention order by replies.published is null, replies.published
                ) as place
                from scoped
                join mentions as asked on asked.id = scoped.mention
                join mentions as replies on replies.source = asked.source and replies.site = asked.site
                    and replies.parent = asked.external_id
                where replies.voice = 'company' and replies.removed_at is null
            )
            select scoped.*, replies.published as replied, replies.published_precision as replied_precision,
                replies.mention is not null as answered
            from scoped
            left join replies on replies.mention = scoped.mention and replies.place = 1
            where scoped.mention in (select mention from shown where value = 'complaint')
            order by scoped.mention
            """,
            scope.parameters(),
        )
    )


def find_passages(db: Database, mentions: Sequence[int], *, brand: str, task: str = "", subject: str = "") -> list[Row]:
    """The words of some mentions, with the sentence that current taggers tag with a topic or attribute, where there is one.

    Columns: mention, title, text, url, source, site, language, published, precision, engagement, subject, start and end
    (character offsets into the text that was read, None without such a sentence).
    """
    return list(
        db.query(
            """
            select mentions.id as mention, mentions.title, mentions.text, mentions.url, mentions.source, mentions.site,
                mentions.language, mentions.published, mentions.published_precision as precision, mentions.engagement,
                mentions.subject, sentence.start, sentence.end
            from mentions
            left join (
                select spans.mention, spans.start, spans.end, row_number() over (
                    partition by spans.mention order by tags.score desc, spans.n
                ) as place
                from json_each(:mentions) as wanted
                join current_tags as tags on tags.mention = wanted.value
                join spans on spans.mention = tags.mention and spans.n = tags.span
                where tags.task = :task and tags.label = :subject and tags.brand in ('', :brand)
            ) as sentence on sentence.mention = mentions.id and sentence.place = 1
            where mentions.id in (select value from json_each(:mentions)) and mentions.removed_at is null
            order by mentions.id
            """,
            {"mentions": json.dumps(list(mentions)), "task": task, "subject": subject, "brand": brand},
        )
    )


def find_words(db: Database, scope: Scope, *, limit: int) -> list[Row]:
    """The words of the newest `limit` mentions in scope, with sentiment.

    Columns: those of `find_mentions` up to subject, then title, text and sentiment.
    """
    return list(
        db.query(
            f"""
            with {scoped_sql(scope)}, {shown_sql("sentiment")}, {SENTIMENTS}
            select scoped.*, mentions.title, mentions.text, sentiments.value as sentiment
            from scoped
            join mentions on mentions.id = scoped.mention
            left join sentiments on sentiments.mention = scoped.mention and sentiments.place = 1
            order by scoped.published desc, scoped.mention desc
            limit :limit
            """,
            {**scope.parameters(), "limit": limit},
        )
    )


def count_undated(db: Database, scope: Scope) -> int:
    """How many mentions of the scope's brand, source and language have no time, and so are in no window; copies once."""
    undated = Scope(brand=scope.brand, undated=True, source=scope.source, language=scope.language, voices=scope.voices)
    rows = db.query(
        f"""
        with {scoped_sql(undated)}
        select count(distinct coalesce(copy_group, mention)) as undated
        from scoped
        """,
        undated.parameters(),
    )
    return int(next(iter(rows))["undated"])


def find_listings(db: Database, *, brand: str, source: str | None = None) -> list[Row]:
    """Every listing (source, site, query) that a crawl ever watched for a brand, with the latest time that it looked at.

    Columns: source, site, query, until.
    """
    return list(
        db.query(
            """
            select source, site, query, max(until) as until
            from watches
            where brand in ('', :brand) and (:source is null or source = :source)
            group by source, site, query
            order by source, site, query
            """,
            {"brand": brand, "source": source},
        )
    )


def find_watches(db: Database, *, brand: str, since: str | None, until: str | None, source: str | None = None) -> list[Row]:
    """Publication time really covered within a window: the complete watches that overlap it, by listing and time.

    Columns: source, site, query, since, until.
    """
    return list(
        db.query(
            """
            select distinct source, site, query, since, until
            from watches
            where complete = 1 and brand in ('', :brand) and (:source is null or source = :source)
                and (:since is null or until > :since) and (:until is null or since < :until)
            order by source, site, query, since, until
            """,
            {"brand": brand, "source": source, "since": since, "until": until},
        )
    )


def find_latest_crawls(db: Database) -> list[Row]:
    """The latest run of every source: all columns of `crawls`, and when it last finished well (`last_finished`)."""
    return list(
        db.query(
            """
            select crawls.*, (
                select max(finished) from crawls as good where good.source = crawls.source and good.status = 'finished'
            ) as last_finished
            from crawls
            where id in (select max(id) from crawls group by source)
            order by source
            """
        )
    )


def count_by_source(db: Database) -> list[Row]:
    """How many mentions the store has of each source, tombstones apart. Columns: source, mentions, removed, newest."""
    return list(
        db.query(
            """
            select source, sum(removed_at is null) as mentions, sum(removed_at is not null) as removed,
                max(published) as newest
            from mentions
            group by source
            order by source
            """
        )
    )


def find_source_health(db: Database) -> list[Row]:
    """Every source met so far: what the store has of it, and how its latest run went.

    Columns: source, mentions, removed, newest, then of the latest run (None without one) status, started, finished, new,
    updated, errors, error, duration, and last_finished: when a run last finished well.
    """
    counts = {row["source"]: row for row in count_by_source(db)}
    crawls = {row["source"]: row for row in find_latest_crawls(db)}
    of_run = ("status", "started", "finished", "new", "updated", "errors", "error", "duration", "last_finished")
    nothing = {"mentions": 0, "removed": 0, "newest": None}
    return [
        {"source": source}
        | {name: counts.get(source, nothing)[name] for name in nothing}
        | {name: crawls.get(source, {}).get(name) for name in of_run}
        for source in sorted({*counts, *crawls})
    ]
