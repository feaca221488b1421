"""Questions about mentions, each one query with plain rows for an answer. Judgements by people override tags."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from store.languages import unsupported_sql
from store.records import PRIVATE
from store.remembering import remember
from store.scope import WORDED, Scope, newest_sql, scoped_sql, shown_sql

Row = dict[str, Any]

COLUMNS = """
    mentions.id as mention, mentions.source, mentions.site, mentions.author, mentions.copy_group, mentions.published,
    mentions.published_precision as precision, mentions.language, mentions.engagement, mentions.place, mentions.subject
"""
"""What every question says of a mention."""

LABELS = """
    labels as (
        select mention, case when max(weight) is not null then value end as sentiment, count(complaint) as complaint
        from (
            select mention, null as value, null as weight, null as complaint
            from scoped
            union all
            select mention, value,
                case when task = 'sentiment' and value in ('positive', 'neutral', 'negative')
                    then 10 * specific + coalesce(score, 0) end,
                case when task = 'complaint' and value = 'complaint' then 1 end
            from shown
        )
        group by mention
    )
"""
"""Each mention in scope with its sentiment over `shown`, a person's, else the one about this brand, else the general one; and
how often it is said to be a complaint. The bare `value` beside `max` is, in SQLite, that of the row with the maximum
(https://www.sqlite.org/lang_select.html#bareagg).
"""


def find_mentions(db: Database, scope: Scope) -> list[Row]:
    """Every mention in scope with its sentiment (None when untagged), whether it complains, and whether it was read.

    Columns: mention, source, site, author, copy_group, published, precision, language, engagement, place, subject, sentiment,
    complaint (0 or 1), read (0 or 1), unsupported (the language, where the classifier does not read it well enough), voice,
    rating, rating_worst, rating_best, rating_measure, worded (0 or 1).
    """
    return list(
        db.query(
            f"""
            with {scoped_sql(scope)}, {shown_sql("sentiment", "complaint")}, {LABELS}
            select {COLUMNS}, labels.sentiment, labels.complaint > 0 as complaint,
                mentions.id in (select mention from readings) as read, {unsupported_sql("mentions.id")} as unsupported,
                mentions.voice, mentions.rating, mentions.rating_worst, mentions.rating_best, mentions.rating_measure,
                coalesce({WORDED}, 0) as worded
            from labels
            cross join mentions on mentions.id = labels.mention
            order by labels.mention
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
            with {scoped_sql(scope)}, {shown_sql("complaint", "topic")},
            complaints as (
                select distinct mention
                from shown
                where task = 'complaint' and value = 'complaint'
            ),
            topics as (
                select mention, subject as topic, max(score) as score
                from shown
                where task = 'topic' and value = subject and mention in (select mention from complaints)
                group by mention, subject
            ),
            told as (
                select mention, topic, score
                from topics
                union all
                select mention, null, null
                from complaints
                where mention not in (select mention from topics)
            )
            select {COLUMNS}, told.topic, told.score
            from told
            cross join mentions on mentions.id = told.mention
            order by told.mention, told.topic
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
            with {scoped_sql(scope)}, {shown_sql("attribute")},
            told as (
                select mention, subject as attribute, value as polarity, max(score) as score
                from shown
                where value in ('confirms', 'contests')
                group by mention, subject, value
            )
            select {COLUMNS}, told.attribute, told.polarity, told.score
            from told
            cross join mentions on mentions.id = told.mention
            order by told.mention, told.attribute, told.polarity
            """,
            scope.parameters(),
        )
    )


def find_signs(db: Database, scope: Scope) -> list[Row]:
    """Every mention in scope with a sign (leaving, recommending, escalation, resolved), once for each.

    Signs are found by words alone: one of recommending in what is negative, or of leaving in what is positive, is none, unless
    its words are so plain that it has a score, or a person gave it.

    Columns: those of `find_mentions` up to subject, then sign.
    """
    return list(
        db.query(
            f"""
            with {scoped_sql(scope)}, {shown_sql("sign", "sentiment")},
            against as (
                select mention, case value when 'negative' then 'recommending' when 'positive' then 'leaving' end as sign
                from shown
                where task = 'sentiment' and value in ('negative', 'positive')
            )
            select distinct {COLUMNS}, shown.value as sign
            from shown
            cross join mentions on mentions.id = shown.mention
            where shown.task = 'sign' and (
                shown.score is not null
                or shown.specific = 2
                or (shown.mention, shown.value) not in (select mention, sign from against)
            )
            order by mentions.id, shown.value
            """,
            scope.parameters(),
        )
    )


def find_texts(db: Database, scope: Scope) -> list[Row]:
    """The words of every mention in scope. Columns: mention, title, text."""
    sql = f"""
        with {scoped_sql(scope)}
        select mentions.id as mention, mentions.title, mentions.text
        from scoped
        cross join mentions on mentions.id = scoped.mention
        order by mentions.id
    """
    return list(db.query(sql, scope.parameters()))


def find_replies(db: Database, scope: Scope) -> list[Row]:
    """Every complaint in scope with the company's first reply to it.

    Columns: those of `find_mentions` up to subject, then replied and replied_precision (None when unanswered),
    answered (0 or 1).
    """
    return list(
        db.query(
            f"""
            with {scoped_sql(scope)}, {shown_sql("complaint")},
            complaints as (
                select distinct mention
                from shown
                where value = 'complaint'
            )
            select {COLUMNS}, replies.published as replied, replies.published_precision as replied_precision,
                replies.id is not null as answered
            from complaints
            cross join mentions on mentions.id = complaints.mention
            left join mentions as replies on replies.id = (
                select first.id
                from mentions as first
                where first.source = mentions.source and first.site = mentions.site and first.parent = mentions.external_id
                    and first.voice = 'company' and first.removed_at is null
                order by first.published is null, first.published
                limit 1
            )
            order by complaints.mention
            """,
            scope.parameters(),
        )
    )


def find_passages(db: Database, asked: Mapping[str, Sequence[int]], *, brand: str, task: str = "") -> list[Row]:
    """The words of some mentions, with the sentence about the brand that current taggers tag with a label, if any.

    `asked` are mentions by the label of a task (a topic, an attribute), or by "" without one. Columns: label, mention, title,
    text, url, source, site, language, published, precision, engagement, subject, start and end (character offsets into the text
    that was read, None without such a sentence).
    """
    pairs = [(mention, label) for label, mentions in asked.items() for mention in dict.fromkeys(mentions)]
    return list(
        db.query(
            """
            with asked as (
                select json_extract(value, '$[0]') as mention, json_extract(value, '$[1]') as label
                from json_each(:mentions)
            )
            select asked.label, mentions.id as mention, mentions.title, mentions.text, mentions.url, mentions.source,
                mentions.site, mentions.language, mentions.published, mentions.published_precision as precision,
                mentions.engagement, mentions.subject, sentence.start, sentence.end
            from asked
            cross join mentions on mentions.id = asked.mention
            left join spans as sentence on sentence.mention = mentions.id and sentence.n = (
                select tags.span
                from tags
                cross join spans on spans.mention = tags.mention and spans.n = tags.span
                left join targets on targets.mention = tags.mention and targets.brand = :brand and targets.span = tags.span
                where tags.mention = mentions.id and tags.label = asked.label and tags.brand in ('', :brand)
                    and tags.tagger in (select id from taggers where task = :task and current = 1)
                    and targets.bearing is not 'other'
                order by tags.score desc, tags.span
                limit 1
            )
            where mentions.removed_at is null
            order by asked.label, mentions.id
            """,
            {"mentions": json.dumps(pairs), "task": task, "brand": brand},
        )
    )


def find_words(db: Database, scope: Scope, *, limit: int) -> list[Row]:
    """The words of the newest `limit` mentions in scope, with sentiment.

    Columns: those of `find_mentions` up to subject, then title, text, sentiment, and unsupported as there.
    """
    return list(
        db.query(
            f"""
            with scoped as ({newest_sql(scope)} limit :limit), {shown_sql("sentiment")}, {LABELS}
            select {COLUMNS}, mentions.title, mentions.text, labels.sentiment, {unsupported_sql("mentions.id")} as unsupported
            from labels
            cross join mentions on mentions.id = labels.mention
            order by mentions.published desc, mentions.id desc
            """,
            {**scope.parameters(), "limit": limit},
        )
    )


def find_listings(db: Database, *, brand: str, source: str | None = None) -> list[Row]:
    """Every listing (source, site, query) that a crawl ever watched for a brand, with the latest time that it looked at.

    Columns: source, site, query, until. Rows may not be changed; nor may those of `find_watches`.
    """
    statement = """
        select source, site, query, max(until) as until
        from listings
        where brand in ('', :brand) and (:source is null or source = :source)
        group by source, site, query
        order by source, site, query
    """
    asked = {"brand": brand, "source": source}
    return remember(db, ("listings", *asked.values()), lambda: list(db.query(statement, asked)))


def find_private_sites(db: Database, sites: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of some (source, site) whose first mention is none for the public: a survey's answer, a call, a visit.

    An imported file is of one kind.
    """
    statement = "select kind from mentions where source = ? and site = ? order by external_id limit 1"
    kinds = {site: next((row["kind"] for row in db.query(statement, site)), None) for site in sites}
    return [site for site, kind in kinds.items() if kind in PRIVATE]


def find_watches(db: Database, *, brand: str, since: str | None, until: str | None, source: str | None = None) -> list[Row]:
    """Publication time really covered: the stretches of complete watches that reach into a window, by listing and time.

    Watches that touch or overlap are one stretch. Columns: source, site, query, since, until.
    """
    statement = """
        select distinct listings.source, listings.site, listings.query, watched.since, watched.until
        from listings
        cross join watched on watched.listing = listings.id
        where listings.brand in ('', :brand) and (:source is null or listings.source = :source)
            and watched.until > coalesce(:since, '') and (:until is null or watched.since < :until)
        order by listings.source, listings.site, listings.query, watched.since, watched.until
    """
    asked = {"brand": brand, "source": source, "since": since, "until": until}
    return remember(db, ("watches", *asked.values()), lambda: list(db.query(statement, asked)))


def find_latest_crawls(db: Database) -> list[Row]:
    """The latest run of every source: all columns of `crawls`, and when it last finished well (`last_finished`)."""
    return list(
        db.query(
            """
            with recursive met as (
                select min(source) as source from crawls
                union all
                select (select min(crawls.source) from crawls where crawls.source > met.source)
                from met
                where source is not null
            )
            select crawls.*, (
                select finished from crawls where source = met.source and status = 'finished' order by id desc limit 1
            ) as last_finished
            from met
            cross join crawls on crawls.id = (select max(id) from crawls where source = met.source)
            order by crawls.source
            """
        )
    )


def count_by_source(db: Database) -> list[Row]:
    """How many mentions the store has of each source, tombstones apart. Columns: source, mentions, removed, newest."""
    return list(
        db.query(
            """
            select source, mentions, removed,
                (select max(published) from mentions where mentions.source = source_counts.source) as newest
            from source_counts
            where mentions + removed > 0
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
