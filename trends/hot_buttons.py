"""Hot buttons: which complaint topics recur, with whom, where, when, and whether more than before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlite_utils import Database

from config import Config, Topic
from store.queries import find_complaints
from store.scope import Scope
from trends.answers import Change, HotButton, HotButtons, Quiet
from trends.changes import compare, settle
from trends.gathering import CUSTOMERS, Filters, Gathered, count_weeks, gather, scope_of, wide_scope
from trends.intervals import share
from trends.languages import supported
from trends.people import Row, count_voices, inside, once, parts_by_person, tally
from trends.quotes import find_loudest, make_quotes, pick_quotes
from trends.verdicts import ORDER, find_verdict
from trends.windows import Window, day_of, local_time


def answer_hot_buttons(
    db: Database,
    config: Config,
    *,
    window: Window,
    brand: str | None = None,
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
) -> HotButtons:
    """Answer from the store which topics draw complaints about a brand (the own one without an id).

    Raises `QuestionError` for a brand that is not configured.
    """
    filters = Filters(source=source, language=language, voices=voices)
    ground = gather(db, config, brand=brand, window=window, filters=filters)
    complaints = find_complaints(db, wide_scope(ground.brand.id, window, filters))
    undated = find_complaints(db, undated_scope(scope_of(ground.brand.id, window, filters)))
    return find_hot_buttons(ground, complaints, undated, config.topics)


def undated_scope(scope: Scope) -> Scope:
    """The same brand and filters, for mentions without a time."""
    return Scope(brand=scope.brand, source=scope.source, language=scope.language, voices=scope.voices, undated=True)


def find_hot_buttons(
    ground: Gathered, complaints: Sequence[Row], undated: Sequence[Row], topics: Sequence[Topic]
) -> HotButtons:
    """Answer from rows: complaints of the wide window (one a mention and topic), and those without a time."""
    by_topic = group_topics(complaints)
    here = {topic: once(inside(rows, ground.window)) for topic, rows in by_topic.items()}
    active = [topic for topic in by_topic if here[topic]]
    tested = [compare(by_topic[topic], ground.past) for topic in by_topic]
    changes = dict(zip(by_topic, settle(tested), strict=True))
    known = {topic.id: topic for topic in topics}
    undated_topics = group_topics(undated)
    buttons = [
        find_hot_button(
            ground, known.get(topic, Topic(id=topic, name=topic, description="")), by_topic[topic], changes[topic],
            undated=len(once(undated_topics.get(topic, []))),
        )
        for topic in active
    ]  # fmt: skip
    inner = inside(complaints, ground.window)
    return HotButtons(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=ground.window,
        n=len(ground.here),
        complaints=len(once(inner)),
        other=len(once(inner)) - len(once(row for row in inner if row["topic"] is not None)),
        buttons=tuple(sorted(buttons, key=rank)),
        quiet=find_quiet([topic for topic in by_topic if not here[topic]], changes, known),
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=ground.notes(),
        unsupported=ground.unsupported,
    )


def group_topics(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each topic; complaints without a topic are left out."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        if row["topic"] is not None:
            grouped.setdefault(row["topic"], []).append(row)
    return grouped


def rank(button: HotButton) -> tuple[int, int, int, str]:
    """What a reader should look at first: verdict, people, complaints."""
    return ORDER.index(button.verdict), -button.people, -button.complaints, button.topic


def find_quiet(gone: Sequence[str], changes: Mapping[str, Change], topics: Mapping[str, Topic]) -> tuple[Quiet, ...]:
    """Topics that drew complaints in the window before, on sites watched in both, and none now."""
    found = [
        Quiet(topic=topic, name=topics[topic].name if topic in topics else topic, before=before)
        for topic in gone
        if (before := changes[topic].before)
    ]
    return tuple(sorted(found, key=lambda quiet: (-quiet.before, quiet.topic)))


def find_hot_button(ground: Gathered, topic: Topic, rows: Sequence[Row], change: Change, *, undated: int) -> HotButton:
    """Everything about one topic, from its complaints of the wide window."""
    all_here = inside(rows, ground.window)
    here = once(all_here)
    voices = count_voices(here)
    days = find_days(here, ground.window)
    signed = [row for row in here if row["author"] is not None]
    verdict, rule = find_verdict(
        people=voices.people,
        anonymous=voices.anonymous,
        sites=len({(row["source"], row["site"]) for row in signed}),
        days=len(find_days(signed, ground.window)),
        thresholds=ground.thresholds,
    )
    hours, weekdays = find_clock(here, ground.window)
    chosen, loudest = pick_quotes(here), find_loudest(here)
    complaining = {row["mention"] for row in here}
    passages = ground.passages([*chosen, *([loudest] if loudest is not None else [])], "topic", topic.id)
    loud = make_quotes([loudest] if loudest is not None else [], passages, ground.window, topic.id)
    return HotButton(
        topic=topic.id,
        name=topic.name,
        complaints=voices.mentions,
        people=voices.people,
        anonymous=voices.anonymous,
        copies=len(all_here) - len(here),
        undated=undated,
        sources=tally(row["source"] for row in here),
        sites=tally(f"{row['source']}/{row['site']}" for row in here),
        days=len(days),
        share=share(parts_by_person(complaining, ground_with(supported(ground.here), here)), floor=ground.thresholds.too_few),
        change=change,
        verdict=verdict,
        rule=rule,
        hours=hours,
        weekdays=weekdays,
        timed=sum(hours),
        languages=tally((row["language"] for row in here), missing="unknown"),
        subjects=tally(row["subject"] for row in here),
        places=tally(row["place"] for row in here),
        weeks=count_weeks(rows, ground.watched_weeks),
        quotes=make_quotes(chosen, passages, ground.window, topic.id),
        loudest=loud[0] if loud else None,
        action=topic.action,
    )


def ground_with(mentions: Sequence[Row], part: Sequence[Row]) -> list[Row]:
    """The mentions of a window, where a group of copies is stood for by the copy that is in `part`.

    Taggers may find a topic in one copy and miss it in the group's first; the group still counts once, in part and whole.
    """
    groups = {row["copy_group"]: row for row in part if row["copy_group"] is not None}
    return [groups.get(row["copy_group"], row) if row["copy_group"] is not None else row for row in mentions]


def find_days(rows: Sequence[Row], window: Window) -> set[str]:
    """The distinct local days of dated rows."""
    days = (day_of(row["published"], row["precision"], window.zone) for row in rows)
    return {day for day in days if day is not None}


def find_clock(rows: Sequence[Row], window: Window) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Counts by local hour (24, only of times known to the second) and by local weekday (7, Monday first, of all dated)."""
    hours, weekdays = [0] * 24, [0] * 7
    for row in rows:
        if row["published"] is None or row["precision"] == "unknown":
            continue
        if row["precision"] == "second":
            moment = local_time(row["published"], window.zone)
            hours[moment.hour] += 1
            weekdays[moment.weekday()] += 1
        else:
            # The day that the site printed is local already: no zone may move it.
            weekdays[date.fromisoformat(row["published"][:10]).weekday()] += 1
    return tuple(hours), tuple(weekdays)
