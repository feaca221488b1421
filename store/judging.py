"""Judgements by people of mentions drawn at random, beside what the current taggers say of these mentions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from store.database import write
from store.languages import unsupported_sql
from store.records import WHOLE
from store.remembering import once
from store.sample_marks import Question
from store.scope import Scope, scoped_sql, shown_sql

Row = dict[str, Any]

TOLD = {
    "sentiment": """
        select mention, value as told
        from (
            select mention, value, row_number() over (
                partition by mention order by brand != '' desc, score desc
            ) as place
            from tagged
            where task = 'sentiment' and mention in (select mention from readable)
        )
        where place = 1
    """,
    "complaint": """
        select mention, case when mention in (select mention from tagged where task = 'complaint' and value = 'complaint')
            then 'complaint' else 'none' end as told
        from readable
    """,
    "topic": """
        select mention, case when mention in (select mention from tagged where task = 'topic' and subject = :subject)
            then :subject else 'none' end as told
        from readable
        where mention in (select mention from tagged where task = 'complaint' and value = 'complaint')
    """,
}
"""What current taggers say of each mention that they have read, by task. A topic is asked of complaints only, as everywhere."""


@dataclass(frozen=True)
class Judgement:
    """What a person said of a sampled mention."""

    question: Question
    label: str
    judge: str
    sample: int
    chance: float
    """Of the mention being in that sample."""


@dataclass(frozen=True)
class Saved:
    """What became of judgements."""

    added: int
    repeated: int
    """Already stored, word for word."""
    gone: int
    """Their mentions were erased or removed since."""


def told_sql(task: str) -> str:
    """The common tables over `scoped` that end in `told` (mention, told): what current taggers say, without what people say."""
    return f"""
        {shown_sql("complaint", "topic") if task == "topic" else shown_sql(task)},
        readable as (
            select scoped.mention
            from scoped
            cross join readings on readings.mention = scoped.mention
            where readings.tagger_set in (
                select tagger_sets.id
                from tagger_sets
                join json_each(tagger_sets.taggers) as reader
                join taggers on taggers.id = reader.value
                where taggers.current = 1 and taggers.task = :task and taggers.subject = :subject
            ) and {unsupported_sql("scoped.mention")} is null
        ),
        told as ({TOLD[task]})
    """


def find_candidates(db: Database, scope: Scope, *, task: str, subject: str = "") -> dict[int, str]:
    """What current taggers tell of every mention in scope that can be sampled, by row id; one of each copy group."""
    rows = db.execute(
        f"""
        with {scoped_sql(scope)}, {told_sql(task)}
        select min(told.mention), told.told
        from told
        cross join mentions on mentions.id = told.mention
        group by coalesce(mentions.copy_group, -mentions.id)
        """,
        {**scope.parameters(), "task": task, "subject": subject},
    )
    return dict(rows.fetchall())


def find_judged(db: Database, scope: Scope, *, task: str, subject: str = "") -> list[Row]:
    """The sampled mentions in scope that people have judged for a task, once for each sample that they were drawn in.

    A scope without a brand holds the judgements about every brand. The latest judgement wins. Columns: mention, brand, sample,
    chance, truth, told (what the current taggers say of that brand), author (None if anonymous). Rows may not be changed.
    """
    return once(db, ("judged", scope, task, subject), lambda: read_judged(db, scope, task, subject))


def read_judged(db: Database, scope: Scope, task: str, subject: str) -> list[Row]:
    """As `find_judged`, from the tables."""
    brands = [brand for brand in find_judged_brands(db, task, subject) if scope.brand in ("", brand)]
    return [row for brand in brands for row in find_judged_of(db, dataclasses.replace(scope, brand=brand), task, subject)]


def find_judged_brands(db: Database, task: str, subject: str) -> list[str]:
    """The brands that sampled judgements of a task are about."""
    rows = db.execute(
        "select distinct brand from judgements where sample is not null and task = ? and subject = ? order by brand",
        [task, subject],
    )
    return [brand for (brand,) in rows]


def find_judged_of(db: Database, scope: Scope, task: str, subject: str) -> list[Row]:
    """As `find_judged`, about one brand; from the judgements, so that the work does not grow with the store."""
    sampled = "sample is not null and judgements.task = :task and judgements.subject = :subject and judgements.brand = :brand"
    return list(
        db.query(
            f"""
            with scoped as (
                select mentions.id as mention
                from (select distinct mention from judgements where {sampled}) as asked
                cross join mentions on mentions.id = asked.mention
                where {scope.conditions()} and (
                    :brand = '' or (mentions.id, :brand) in (select mention, brand from mention_brands)
                )
            ), {told_sql(task)},
            said as (
                select mention, sample, chance, row_number() over (partition by mention, sample order by id desc) as age,
                    first_value(label) over (partition by mention order by judged desc, id desc) as truth
                from judgements
                where {sampled}
            )
            select said.mention, :brand as brand, said.sample, said.chance, said.truth, told.told, mentions.author
            from told
            cross join said on said.mention = told.mention and said.age = 1
            cross join mentions on mentions.id = told.mention
            order by said.mention, said.sample
            """,
            {**scope.parameters(), "task": task, "subject": subject},
        )
    )


def find_judged_tasks(db: Database) -> list[Row]:
    """What sampled judgements there are. Columns: task, subject, samples, judges."""
    return list(
        db.query(
            """
            select task, subject, count(distinct sample) as samples, count(distinct judge) as judges
            from judgements
            where sample is not null
            group by task, subject
            order by task, subject
            """
        )
    )


def save_judgements(db: Database, judgements: Sequence[Judgement], *, now: str) -> Saved:
    """Append judgements, in one transaction; what the same person said of the same row before is not said twice."""
    added = repeated = gone = 0
    with write(db):
        for one in judgements:
            if not is_there(db, one.question.mention):
                gone += 1
            elif last_label(db, one) == one.label:
                repeated += 1
            else:
                add_judgement(db, one, now)
                added += 1
    return Saved(added, repeated, gone)


def is_there(db: Database, mention: int) -> bool:
    """Whether a mention is stored with its words."""
    return bool(db.execute("select 1 from mentions where id = ? and removed_at is null", [mention]).fetchone())


def last_label(db: Database, one: Judgement) -> str | None:
    """What the same person said last of the same row of the same sample."""
    asked = one.question
    row = db.execute(
        """
        select label
        from judgements
        where mention = ? and span = ? and brand = ? and task = ? and subject = ? and sample = ? and judge = ?
        order by judged desc, id desc
        """,
        [asked.mention, WHOLE, asked.brand, asked.task, asked.subject, one.sample, one.judge],
    ).fetchone()
    return row[0] if row else None


def add_judgement(db: Database, one: Judgement, now: str) -> None:
    """Append one judgement, within the caller's transaction."""
    asked = one.question
    db.conn.execute(
        """
        insert into judgements (mention, span, brand, task, subject, label, judge, judged, sample, chance)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [asked.mention, WHOLE, asked.brand, asked.task, asked.subject, one.label, one.judge, now, one.sample, one.chance],
    )
