"""Emerging topics: groups of alike complaints that no topic takes, each drafted so that it can become a topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlite_utils import Database

from config import Config
from store.queries import find_complaints, find_words
from store.unsorted import find_topic_taggers
from trends.answers import Change, Count, Quote
from trends.changes import Past, Tested, compare, incomparable, settle
from trends.drafting import Draft, Draftsman
from trends.frame import CUSTOMERS, Filters, Frame
from trends.gathering import Gathered, find_past, gather, scope_of
from trends.grouping import Group, Sorted, group_complaints, known_people, sort_complaints
from trends.people import Row, count_voices, once, tally
from trends.quotes import QUOTES, make_quote
from trends.sentences import Reader, Sentences, read_sentences
from trends.suggestions import Suggestion, Suggestions
from trends.topic_list import late_notes
from trends.verdicts import plural
from trends.windows import Window, day_of, from_days

KNOWN = 4000
"""Complaints of known topics, the newest, that a group is held against."""
OTHERS = 5000
"""Mentions of the brand, the newest, whose words a group's words are held against."""
LIMIT = 10
ALONE = "like too few others to be a group"
GENERAL = "in groups that say nothing of their own"
BEYOND = "in further groups"


def answer_emerging(
    db: Database,
    vectors: Database,
    config: Config,
    reader: Reader,
    *,
    window: Window,
    brand: str | None = None,
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
    limit: int = LIMIT,
    anonymous: bool = False,
) -> Suggestions:
    """Answer which topics emerge among a brand's complaints (the own one's without an id).

    With `anonymous`, complaints without an author count as a person each for whether a group is worth a topic.

    Raises `QuestionError` for a brand that is not configured.
    """
    filters = Filters(source=source, language=language, voices=voices)
    ground = gather(db, config, brand=brand, window=window, filters=filters)
    scope = scope_of(ground.brand.id, window, filters)
    taggers = find_topic_taggers(db)
    complaints = sort_complaints(find_complaints(db, scope), {row["topic"]: row["threshold"] for row in taggers})
    told = read_sentences(db, vectors, reader, looked_at(complaints), brand=ground.brand.id)
    least = config.thresholds.recurring_people
    groups, sentences, sampled = group_complaints(complaints, told, config.topics, reader, least=least)
    draftsman = Draftsman(
        brands=config.brands,
        told=told,
        reader=reader,
        others=once(find_words(db, scope, limit=OTHERS)) if groups else [],
        ids={topic.id for topic in config.topics} | {row["topic"] for row in taggers},
    )
    enough = [group for group in groups if not group.general and known_people(group.free, anonymous=anonymous) >= least]
    ranked = rank_groups(enough, ground.frame, find_halves(db, config, ground, filters))
    drafted, vague = draft_topics(draftsman, ranked, limit)
    changes = settle([tested for _, tested, _ in drafted])
    found = [
        make_suggestion(group, change, draft, told, window) for (group, _, draft), change in zip(drafted, changes, strict=True)
    ]
    shown = {row["mention"] for group, _, _ in drafted for row in group.rows}
    missed = [row["mention"] for row in complaints.free if row["mention"] not in shown]
    general = [*(group for group in groups if group.general), *vague]
    return Suggestions(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=window,
        complaints=len(complaints.free) + len(complaints.weak) + len(complaints.known),
        unsorted=len(complaints.free),
        weak=len(complaints.weak),
        suggestions=tuple(found),
        grouped=len(complaints.free) - len(missed),
        left_out=count_reasons(missed, groups, general, least, anonymous=anonymous),
        sentences=sentences,
        sampled=sampled,
        notes=(*say_notes(complaints, told, sentences, sampled), *late_notes(config.topics, taggers), *ground.notes()),
    )


def looked_at(complaints: Sorted) -> list[int]:
    """Row ids of the complaints that are compared: those to be grouped, and the newest that a topic takes."""
    newest = sorted(complaints.known, key=lambda row: (row["published"] or "", row["mention"]), reverse=True)[:KNOWN]
    return [row["mention"] for row in (*complaints.free, *complaints.weak, *newest)]


def draft_topics(
    draftsman: Draftsman, ranked: Sequence[tuple[Group, Tested]], limit: int
) -> tuple[list[tuple[Group, Tested, Draft]], list[Group]]:
    """Draft topics until there are `limit` of them; and the groups among these that say nothing of their own."""
    drafted: list[tuple[Group, Tested, Draft]] = []
    vague: list[Group] = []
    for group, tested in ranked:
        if len(drafted) == limit:
            break
        draft = draftsman.draft(group.sentences, group.rows)
        if draft is None:
            vague.append(group)
        else:
            drafted.append((group, tested, draft))
    return drafted, vague


def rank_groups(groups: Sequence[Group], frame: Frame, past: Past | None) -> list[tuple[Group, Tested]]:
    """The groups to suggest with their growth: most people first, then those that grow most."""
    return sorted(((group, compare_halves(group.rows, frame, past)) for group in groups), key=rank)


def rank(pair: tuple[Group, Tested]) -> tuple[int, int, float, int]:
    """What a reader should look at first: known people, anonymous complaints after them, growth."""
    group, tested = pair
    voices = count_voices(group.rows)
    return -voices.people, -voices.anonymous, -growth(tested.change), group.rows[0]["mention"]


def growth(change: Change) -> float:
    """What orders groups by growth: the ratio of the halves, where one that is new grows without bound."""
    if change.before is None:
        return 1.0
    return change.ratio if change.ratio is not None else float("inf")


def find_halves(db: Database, config: Config, ground: Gathered, filters: Filters) -> Past | None:
    """The later half of the window beside the earlier one; None for all time and for a single day, which have none.

    Of an odd number of days the first one is in neither.
    """
    window = ground.window
    if window.end_day is None or window.days is None or window.days < 2:
        return None
    end = date.fromisoformat(window.end_day)
    later = from_days(end - timedelta(days=window.days // 2), end, now=window.now, zone=window.zone)
    return find_past(db, config, ground.brand.id, later, filters)


def compare_halves(rows: Sequence[Row], frame: Frame, past: Past | None) -> Tested:
    """Complaints of the later half against the earlier one, by the test that every change in Repute takes."""
    if past is None:
        return incomparable(len(rows), "This window has no two halves to compare.")
    return compare(frame, frame.rows_of([row["mention"] for row in rows]), past)


def make_suggestion(group: Group, change: Change, draft: Draft, told: Sentences, window: Window) -> Suggestion:
    """Everything about one group."""
    voices = count_voices(group.rows)
    days = [day for row in group.rows if (day := day_of(row["published"], row["precision"], window.zone)) is not None]
    return Suggestion(
        id=draft.id,
        name=draft.name,
        description=draft.description,
        words=draft.words,
        complaints=voices.mentions,
        weak=len(group.rows) - len(group.free),
        people=voices.people,
        anonymous=voices.anonymous,
        sources=tally(row["source"] for row in group.rows),
        sites=tally(f"{row['source']}/{row['site']}" for row in group.rows),
        languages=tally((row["language"] for row in group.rows), missing="unknown"),
        first_seen=min(days, default=None),
        last_seen=max(days, default=None),
        growth=change,
        cohesion=group.cohesion,
        taken=draft.taken,
        beside=draft.beside,
        part_of=group.part_of.id if group.part_of else None,
        part_of_name=group.part_of.name if group.part_of else None,
        quotes=central_quotes(group, told, window),
    )


def central_quotes(group: Group, told: Sentences, window: Window) -> tuple[Quote, ...]:
    """The sentences nearest the centre, of different people; at most one of nobody known, since all such may be one."""
    authors = {row["mention"]: row["author"] for row in group.rows}
    chosen: dict[str | None, Quote] = {}
    for number in group.sentences:
        mention = told.owners[number]
        if len(chosen) < QUOTES and authors[mention] not in chosen:
            start, end = told.spans[number]
            chosen[authors[mention]] = make_quote({**told.told[mention], "start": start, "end": end}, window)
    return tuple(chosen.values())


def count_reasons(
    missed: Sequence[int], groups: Sequence[Group], general: Sequence[Group], least: int, *, anonymous: bool
) -> tuple[Count, ...]:
    """Why complaints are in no suggestion."""
    reasons: dict[int, str] = {}
    few, unknown = f"in groups of fewer than {least} people", f"in groups of fewer than {least} known people (see --anonymous)"
    for group in groups:
        if any(group is other for other in general):
            reason = GENERAL
        elif known_people(group.free, anonymous=anonymous) >= least:
            reason = BEYOND
        else:
            reason = unknown if known_people(group.free, anonymous=True) >= least else few
        reasons |= dict.fromkeys((row["mention"] for row in group.rows), reason)
    return tally(reasons.get(mention, ALONE) for mention in missed)


def say_notes(complaints: Sorted, told: Sentences, whole: int, sampled: int) -> list[str]:
    """What is peculiar to these groups."""
    notes = []
    if sampled < whole:
        notes.append(
            f"Of {whole:,} sentences {sampled:,} were compared with each other, drawn alike each time; the others joined the "
            "groups of these, so that a group of few may be missed: a shorter window compares them all."
        )
    if len(complaints.known) > KNOWN:
        notes.append(f"Groups were held against the newest {KNOWN:,} of {len(complaints.known):,} complaints of known topics.")
    if told.unstored:
        be = plural(told.unstored, "complaint had", "complaints had")
        notes.append(f"{told.unstored:,} {be} no stored sentence vectors of this model and went through it again.")
    return notes
