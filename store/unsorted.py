"""What `repute topics` asks: the sentences of complaints, and what the current taggers of topics have not read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from store.tags import current_set

Row = dict[str, Any]


def find_topic_taggers(db: Database) -> list[Row]:
    """The current taggers of topics, each with how many mentions it has not read yet.

    Columns: topic, model, description, threshold, unread.
    """
    # All readings are counted fiftyfold as fast as those of one set: the current one has what the others leave.
    return list(
        db.query(
            """
            with others as materialized (
                select tagger_sets.id, count(*) as mentions
                from tagger_sets
                cross join readings on readings.tagger_set = tagger_sets.id
                where tagger_sets.taggers != :current
                group by tagger_sets.id
            ),
            held as (
                select id, mentions
                from others
                union all
                select id, (select count(*) from readings) - (select coalesce(sum(mentions), 0) from others)
                from tagger_sets
                where taggers = :current
            ),
            readers as materialized (
                select json_each.value as tagger, sum(held.mentions) as mentions
                from held
                join tagger_sets on tagger_sets.id = held.id
                join json_each(tagger_sets.taggers)
                group by json_each.value
            )
            select taggers.subject as topic, taggers.model, taggers.description, taggers.threshold,
                (select coalesce(sum(mentions), 0) from source_counts) - coalesce(readers.mentions, 0) as unread
            from taggers
            left join readers on readers.tagger = taggers.id
            where taggers.current = 1 and taggers.task = 'topic'
            order by taggers.subject
            """,
            {"current": current_set(db)},
        )
    )


def find_told(db: Database, mentions: Sequence[int]) -> list[Row]:
    """The words of some mentions. Columns: mention, title, text, text_hash, url, and those that a quote shows."""
    return list(
        db.query(
            """
            select mentions.id as mention, mentions.title, mentions.text, mentions.text_hash, mentions.url, mentions.source,
                mentions.site, mentions.language, mentions.published, mentions.published_precision as precision,
                mentions.engagement, mentions.subject
            from mentions
            where mentions.id in (select value from json_each(:mentions)) and mentions.removed_at is null
            order by mentions.id
            """,
            {"mentions": json.dumps(list(mentions))},
        )
    )


def find_ill_sentences(db: Database, mentions: Sequence[int], *, brand: str) -> list[Row]:
    """The sentences of mentions that speak of the brand and that current taggers do not call positive for it.

    A mention of one sentence has none here. Columns: mention, span, start, end (character offsets into the title, a line break
    and the text).
    """
    return list(
        db.query(
            """
            select spans.mention, spans.n as span, spans.start, spans.end
            from spans
            left join targets on targets.mention = spans.mention and targets.brand = :brand and targets.span = spans.n
            where spans.mention in (select value from json_each(:mentions)) and targets.bearing is not 'other'
                and not exists (
                    select 1
                    from current_tags as tags
                    where tags.mention = spans.mention and tags.span = spans.n and tags.task = 'sentiment'
                        and tags.brand in ('', :brand)
                        and tags.label = case when targets.bearing is 'flipped' then 'negative' else 'positive' end
                )
            order by spans.mention, spans.n
            """,
            {"mentions": json.dumps(list(mentions)), "brand": brand},
        )
    )
