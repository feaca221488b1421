"""Which mentions a question is about: a brand, a window, a source, a language and whose voices."""

from __future__ import annotations

import json
from dataclasses import dataclass

from store.targets import targeted_sql


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The filters that every question shares. Tombstones are never in it."""

    brand: str
    """Brand id; empty for whatever brand."""
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
    wordless: bool = False
    """Whether ratings without words are in it too."""

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
        parts = ["mentions.removed_at is null", "mentions.voice in (select value from json_each(:voices))"]
        if not self.wordless:
            parts.append(WORDED)
        if self.source is not None:
            parts.append("mentions.source = :source")
        if self.language is not None:
            parts.append("(mentions.language = :language or mentions.language glob :language || '-*')")
        if self.undated:
            parts.append(UNDATED)
        elif self.since is not None:
            parts.append(IN_WINDOW)
        return " and ".join(parts)

    def timed(self) -> str:
        """What an index can say of who may be in scope, as (id, published): all that are, and others."""
        parts = ["source = :source"] if self.source is not None else []
        if self.undated:
            parts.append(UNDATED)
        elif self.since is not None:
            parts.append("published >= :low and published < :high")
        if self.own_times:
            return f"select mention as id, published from mention_brands where {' and '.join(['brand = :brand', *parts])}"
        return f"select id, published from mentions where {' and '.join(parts) or '1'}"

    @property
    def own_times(self) -> bool:
        """Whether `timed` is of the brand alone. The index of a source says more than that of the brand."""
        return bool(self.brand) and self.source is None and not self.undated


WORDED = "(mentions.title != '' or mentions.text != '')"
UNDATED = "(mentions.published is null or mentions.published_precision = 'unknown')"
"""As in the index `idx_mentions_undated`, word for word: SQLite uses it for no other condition."""
IN_WINDOW = """
    case mentions.published_precision
        when 'second' then mentions.published >= :since and mentions.published < :until
        when 'day' then substr(mentions.published, 1, 10) >= :first_day and substr(mentions.published, 1, 10) < :end_day
        else 0
    end
"""
"""A time known to the second is compared in UTC; one known to the day only by the day that its site printed."""


def scoped_sql(scope: Scope) -> str:
    """The common table `scoped`: the row id of every mention in scope."""
    return f"""
        scoped as (
            select mentions.id as mention
            from {scoped_tables(scope)}
            where {scope.conditions()}
        )
    """


def newest_sql(scope: Scope, *, narrowed: str = "1") -> str:
    """The row ids (`mention`) of the mentions in scope that meet another condition on `timed.id`, the newest first."""
    return f"""
        select mentions.id as mention
        from {tables_sql(scope, f"({scope.timed()}) as timed", branded=scope.own_times)}
        where {narrowed} and {scope.conditions()}
        order by timed.published desc, timed.id desc
    """


def scoped_tables(scope: Scope) -> str:
    """The tables that `conditions` reads: all that the brand has, or what may be in the scope's window.

    The latter comes by row id, as everything about mentions is stored. `limit -1` limits nothing, but keeps SQLite from leaving
    out that order.
    """
    if scope.brand and scope.since is None and not scope.undated:
        return "mention_brands cross join mentions on mentions.id = mention_brands.mention and mention_brands.brand = :brand"
    order = "" if scope.undated else "order by id limit -1"
    return tables_sql(scope, f"({scope.timed()} {order}) as timed", branded=scope.own_times)


def tables_sql(scope: Scope, first: str, key: str = "timed.id", *, branded: bool = False) -> str:
    """The tables that `conditions` reads, beginning with `first`; `branded` says that it has mentions of the brand alone.

    `key` is the row id of a mention in `first`. `cross join` leaves SQLite no other order: its planner does not know how many
    mentions a brand or a window has, and would read all of a brand for a week of it.
    """
    brands = f"cross join mention_brands on mention_brands.brand = :brand and mention_brands.mention = {key}"
    return f"{first} {brands if scope.brand and not branded else ''} cross join mentions on mentions.id = {key}"


def shown_sql(*tasks: str) -> str:
    """The common tables up to `shown`, over `scoped`: what taggers say of a task, overridden by what people say.

    `shown` has mention, span, task, subject (topic or attribute id, else empty), value, score and how specific it is (0 said of
    whatever brand, 1 of this one, 2 by a person). The value is the topic id, `confirms` or `contests`, `complaint`, or the
    sentiment, which is that of the whole mention only. A judgement's label says the same kind of value; any other, like
    `none`, says that it is not so. The latest judgement of a task and subject wins; one of the whole mention also wins over
    tags of its sentences that say something else. Its score is null. Sentences that speak of another brand, and the other side
    of a comparison, count as `store.targets` says.

    Stored rows are looked up by mention, and common tables only by `in`, which SQLite always answers from an index of its own:
    whether it makes one to join them is its planner's guess, and without one the work grows with the square of the mentions.
    """
    wanted = ", ".join(f"'{task}'" for task in tasks)
    return f"""
        latest as (
            select id, mention, span, task, subject, value,
                max(case when span = 0 then id end) over (partition by mention, task, subject) as whole,
                max(case when span = 0 then value end) over (partition by mention, task, subject) as whole_value
            from (
                select judgements.id, judgements.mention, judgements.span, judgements.task, judgements.subject,
                    judgements.label as value, row_number() over (
                        partition by judgements.mention, judgements.span, judgements.task, judgements.subject
                        order by judgements.judged desc, judgements.id desc
                    ) as age
                from scoped
                cross join judgements on judgements.mention = scoped.mention
                where judgements.task in ({wanted}) and judgements.brand in ('', :brand)
                    and (judgements.task != 'sentiment' or judgements.span = 0)
            )
            where age = 1
        ),
        {targeted_sql(wanted)},
        tagged as (
            select tags.mention, tags.span, taggers.task, tags.brand,
                case when taggers.task in ('topic', 'attribute', 'sign') then tags.label else '' end as subject,
                coalesce(tags.polarity, tags.label) as value, tags.score
            from scoped
            cross join tags on tags.mention = scoped.mention
            cross join taggers on taggers.id = tags.tagger
            where taggers.current = 1 and taggers.task in ({wanted}) and (taggers.task != 'sentiment' or tags.span = 0) and (
                tags.brand = '' and tags.mention not in (select mention from divided)
                or tags.brand = :brand and :brand != ''
            )
            union all
            select mention, span, task, brand, case when task in ('topic', 'attribute', 'sign') then label else '' end, value,
                score
            from targeted
        ),
        shown as (
            select mention, span, task, subject, value, score, brand != '' as specific
            from tagged
            where case
                when mention not in (select mention from latest) then 1
                when (mention, task, subject, span) in (select mention, task, subject, span from latest) then 0
                when (mention, task, subject, value) in (select mention, task, subject, value from latest where span = 0) then 1
                when (mention, task, subject) in (select mention, task, subject from latest where span = 0) then 0
                else 1
            end
            union all
            select mention, span, task, subject, value, null, 2
            from latest
            where span = 0 or whole is null or whole < id or whole_value = value
        )
    """
