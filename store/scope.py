"""Which mentions a question is about: a brand, a window, a source, a language and whose voices."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The filters that every question shares. Tombstones, and ratings without words, are never in it."""

    brand: str
    """Brand id."""
    since: str | None = None
    """UTC ISO 8601, included; None for all time, which holds undated mentions too."""
    until: str | None = None
    """UTC ISO 8601, excluded."""
    first_day: str | None = None
    """Local day, YYYY-MM-DD, included: for mentions whose time is known to the day only."""
    end_day: str | None = None
    """Local day, excluded."""
    undated: bool = False
    """Only the mentions without a time, which no window holds; the bounds are then not looked at."""
    source: str | None = None
    language: str | None = None
    """`hi` holds `hi-Latn` too."""
    voices: tuple[str, ...] = ("customer",)

    def parameters(self) -> dict[str, object]:
        """The values that `scoped_sql` binds."""
        return {
            "brand": self.brand,
            "since": self.since,
            "until": self.until,
            "first_day": self.first_day,
            "end_day": self.end_day,
            "low": min(self.since or "", self.first_day or ""),
            "high": max(self.until or "", self.end_day or ""),
            "source": self.source,
            "language": self.language,
            "voices": json.dumps(list(self.voices)),
        }

    def conditions(self) -> str:
        """The filters as conditions on `mentions`, without the brand; only those that were asked for."""
        parts = [
            "mentions.removed_at is null",
            "(mentions.title != '' or mentions.text != '')",
            "mentions.voice in (select value from json_each(:voices))",
        ]
        if self.source is not None:
            parts.append("mentions.source = :source")
        if self.language is not None:
            parts.append("(mentions.language = :language or mentions.language glob :language || '-*')")
        if self.undated:
            parts.append("(mentions.published is null or mentions.published_precision = 'unknown')")
        elif self.since is not None:
            parts.append(IN_WINDOW)
        return " and ".join(parts)


IN_WINDOW = """
    mentions.published >= :low and mentions.published < :high and case mentions.published_precision
        when 'second' then mentions.published >= :since and mentions.published < :until
        when 'day' then substr(mentions.published, 1, 10) >= :first_day and substr(mentions.published, 1, 10) < :end_day
        else 0
    end
"""
"""A time known to the second is compared in UTC; one known to the day only by the day that its site printed."""


def scoped_sql(scope: Scope) -> str:
    """The common table `scoped`: one row a mention in scope."""
    return f"""
        scoped as (
            select mentions.id as mention, mentions.source, mentions.site, mentions.author, mentions.copy_group,
                mentions.published, mentions.published_precision as precision, mentions.language, mentions.engagement,
                mentions.place, mentions.subject
            from mention_brands
            join mentions on mentions.id = mention_brands.mention
            where mention_brands.brand = :brand and {scope.conditions()}
        )
    """


def shown_sql(*tasks: str) -> str:
    """The common tables `judged` and `shown` over `scoped`: what taggers say of a task, overridden by what people say.

    `shown` has mention, span, task, subject (topic or attribute id, else empty), value and score. The value is the topic id,
    `confirms` or `contests`, `complaint`, or the sentiment. A judgement's label says the same kind of value; any other, like
    `none`, says that it is not so. The latest judgement of a task and subject wins; one of the whole mention also wins over
    tags of its sentences that say something else. Its score is null.
    """
    wanted = ", ".join(f"'{task}'" for task in tasks)
    return f"""
        judged as (
            select id, mention, span, task, subject, value
            from (
                select judgements.id, judgements.mention, judgements.span, judgements.task, judgements.subject,
                    judgements.label as value, row_number() over (
                        partition by judgements.mention, judgements.span, judgements.task, judgements.subject
                        order by judgements.judged desc, judgements.id desc
                    ) as age
                from judgements
                join scoped on scoped.mention = judgements.mention
                where judgements.task in ({wanted}) and judgements.brand in ('', :brand)
            )
            where age = 1
        ),
        tagged as (
            select tags.mention, tags.span, taggers.task, tags.brand,
                case when taggers.task in ('topic', 'attribute') then tags.label else '' end as subject,
                coalesce(tags.polarity, tags.label) as value, tags.score
            from scoped
            join tags on tags.mention = scoped.mention
            join taggers on taggers.id = tags.tagger
            where taggers.current = 1 and taggers.task in ({wanted}) and tags.brand in ('', :brand)
        ),
        shown as (
            select mention, span, task, subject, value, score, brand != '' as specific
            from tagged
            where not exists (
                select 1
                from judged
                where judged.mention = tagged.mention and judged.task = tagged.task and judged.subject = tagged.subject
                    and (judged.span = tagged.span or (judged.span = 0 and judged.value != tagged.value))
            )
            union all
            select mention, span, task, subject, value, null, 2
            from judged
            where span = 0 or not exists (
                select 1
                from judged as whole
                where whole.mention = judged.mention and whole.task = judged.task and whole.subject = judged.subject
                    and whole.span = 0 and whole.value != judged.value and whole.id > judged.id
            )
        )
    """
