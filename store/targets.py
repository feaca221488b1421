"""For which of its brands a sentence counts: kept beside the tags, and one set of common tables that every question reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from store.records import TaggedMention

TASK = "target"
"""The task of the tagger that says whose sentence it is."""


def save_targets(db: Database, tagged: Sequence[TaggedMention]) -> None:
    """Replace what is stored of these mentions' sentences, within the caller's transaction."""
    said = [item for item in tagged if item.targets is not None]
    db.conn.executemany("delete from targets where mention = ?", [(item.mention,) for item in said])
    db.conn.executemany(
        "insert into targets (mention, brand, span, bearing) values (?, ?, ?, ?)",
        [(item.mention, target.brand, target.span, target.bearing) for item in said for target in item.targets or ()],
    )


def find_spans(db: Database, mentions: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """(start, end) of each sentence of mentions, in order; mentions of one sentence are left out."""
    found: dict[int, list[tuple[int, int]]] = {}
    for mention, start, end in db.execute(
        "select mention, start, end from spans where mention in (select value from json_each(?)) order by mention, n",
        [json.dumps(list(mentions))],
    ):
        found.setdefault(mention, []).append((start, end))
    return found


def make_targets_due(db: Database, mentions: Iterable[int]) -> None:
    """Let mentions be due to the target tagger alone, within the caller's transaction: their brands are others than before."""
    rows = db.execute(
        """
        select readings.mention, json_group_array(reader.value) filter (where taggers.task != :task)
        from readings
        join tagger_sets on tagger_sets.id = readings.tagger_set
        join json_each(tagger_sets.taggers) as reader
        join taggers on taggers.id = reader.value
        where readings.mention in (select value from json_each(:wanted))
        group by readings.mention
        having max(taggers.task = :task)
        """,
        {"wanted": json.dumps(list(mentions)), "task": TASK},
    ).fetchall()
    db.conn.executemany("insert or ignore into tagger_sets (taggers) values (?)", [(without,) for _, without in rows])
    db.conn.executemany(
        "update readings set tagger_set = (select id from tagger_sets where taggers = ?) where mention = ?",
        [(without, mention) for mention, without in rows],
    )


def targeted_sql(tasks: str) -> str:
    """The common tables over `scoped` that end in `targeted`: what current taggers say of divided mentions, as it stands.

    `divided` are the mentions of which some sentence does not count as it stands for the bound brand; `tasks` are those asked
    for, as a list in SQL. `standing` is what such a mention comes to, from the sentences that count: the sentiment that has
    twice the other's summed score, else neutral; and whether a complaint is about the brand: when a negative sentence counts
    for it, or, where none is negative, one that is not positive. Topics, attributes and signs are those of the sentences that
    count; one that was found in the whole alone stays where more than half of the sentences count as they stand.
    """
    return f"""
        divided as (
            select scoped.mention, max(targets.span) > 0 as several,
                2 * count(*) < (select count(*) from spans where spans.mention = scoped.mention) as mostly
            from scoped
            cross join targets on targets.mention = scoped.mention and targets.brand = :brand
            group by scoped.mention
        ),
        sentences as (
            select divided.mention, divided.several, divided.mostly, targets.bearing is not 'other' as counts,
                coalesce(tags.score, 1) as score,
                case
                    when targets.bearing is not 'flipped' then tags.label
                    when tags.label = 'positive' then 'negative'
                    when tags.label = 'negative' then 'positive'
                    else tags.label
                end as mood
            from divided
            left join tags on tags.mention = divided.mention and tags.brand = '' and (tags.span > 0) = divided.several
                and tags.tagger in (select id from taggers where task = 'sentiment' and current = 1)
            left join targets on targets.mention = tags.mention and targets.brand = :brand and targets.span = tags.span
        ),
        sums as (
            select mention, several, mostly, count(mood) as moods,
                sum(case when counts and mood = 'positive' then score else 0 end) as plus,
                sum(case when counts and mood = 'negative' then score else 0 end) as minus,
                max(counts and mood = 'negative') as blamed,
                max(counts and mood != 'positive') as unpraised,
                max(mood = 'negative') as blames
            from sentences
            group by mention, several, mostly
        ),
        standing as (
            select mention, several, mostly, moods > 0 as told,
                case
                    when plus > 0 and plus >= 2 * minus then 'positive'
                    when minus > 0 and minus >= 2 * plus then 'negative'
                    else 'neutral'
                end as sentiment,
                case when plus + minus > 0 then round(max(plus, minus) / (plus + minus), 3) end as score,
                blamed or (unpraised and not blames) as complains
            from sums
        ),
        targeted as (
            select tags.mention, tags.span, taggers.task, tags.brand, tags.label,
                case
                    when taggers.task = 'sentiment' then
                        case
                            when standing.told then standing.sentiment
                            when tags.label = 'positive' then 'negative'
                            when tags.label = 'negative' then 'positive'
                            else tags.label
                        end
                    when targets.bearing = 'flipped' and tags.polarity = 'confirms' then 'contests'
                    when targets.bearing = 'flipped' and tags.polarity = 'contests' then 'confirms'
                    else coalesce(tags.polarity, tags.label)
                end as value,
                case when taggers.task = 'sentiment' and standing.told then standing.score
                    else tags.score end as score
            from standing
            cross join tags on tags.mention = standing.mention and tags.brand = ''
            cross join taggers on taggers.id = tags.tagger
            left join targets on targets.mention = tags.mention and targets.brand = :brand and targets.span = tags.span
            where taggers.current = 1 and taggers.task in ({tasks})
                and case
                    when taggers.task = 'sentiment' then tags.span = 0
                    when taggers.task = 'complaint' then not standing.told or standing.complains
                    when taggers.task not in ('topic', 'attribute', 'sign') then 1
                    when targets.bearing = 'other' or (targets.bearing = 'flipped' and taggers.task != 'attribute') then 0
                    when tags.span > 0 or not standing.several then 1
                    else standing.mostly and not exists (
                        select 1
                        from tags as of_sentence
                        where of_sentence.mention = tags.mention and of_sentence.tagger = tags.tagger and of_sentence.span > 0
                    )
                end
        )
    """
