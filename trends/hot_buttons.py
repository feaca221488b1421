"""Hot buttons: which complaint topics recur, with whom, where, when, and whether more than before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlite_utils import Database

from config import Config, Topic
from trends.answers import Change, HotButton, HotButtons, Quiet
from trends.changes import compare, settle
from trends.frame import CUSTOMERS, Filters, Rows
from trends.gathering import Gathered, count_weeks, gather
from trends.intervals import share
from trends.quotes import find_loudest, make_quotes, pick_quotes
from trends.verdicts import ORDER, find_verdict
from trends.windows import Window

NOBODY = np.zeros(0, np.int64)


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
    return find_hot_buttons(gather(db, config, brand=brand, window=window, filters=filters), config.topics)


def find_hot_buttons(ground: Gathered, topics: Sequence[Topic]) -> HotButtons:
    """Answer from facts."""
    frame, window = ground.frame, ground.window
    by_topic = frame.topics
    here = {topic: frame.once(frame.within(rows, window)) for topic, rows in by_topic.items()}
    tested = [compare(frame, rows, ground.past) for rows in by_topic.values()]
    changes = dict(zip(by_topic, settle(tested), strict=True))
    known = {topic.id: topic for topic in topics}
    buttons = [
        find_hot_button(ground, known.get(topic, Topic(id=topic, name=topic, description="")), here[topic], changes[topic])
        for topic in by_topic
        if len(here[topic])
    ]
    complaints = frame.once(np.flatnonzero(frame.inside(window) & frame.complains))
    sorted_out = np.unique(np.concatenate([NOBODY, *by_topic.values()]))
    with_topic = frame.once(frame.within(sorted_out, window))
    return HotButtons(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=window,
        n=len(ground.here),
        complaints=len(complaints),
        other=len(complaints) - len(with_topic),
        buttons=tuple(sorted(buttons, key=rank)),
        quiet=find_quiet([topic for topic in by_topic if not len(here[topic])], changes, known),
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=ground.notes(),
        unsupported=ground.unsupported,
    )


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


def find_hot_button(ground: Gathered, topic: Topic, here: Rows, change: Change) -> HotButton:
    """Everything about one topic, from its complaints of the window, copies once."""
    frame = ground.frame
    rows = frame.topics[topic.id]
    voices = frame.voices(here)
    signed = here[frame.column("author")[here] != 0]
    verdict, rule = find_verdict(
        people=voices.people,
        anonymous=voices.anonymous,
        sites=len(np.unique(frame.column("site")[signed])),
        days=frame.distinct_days(signed),
        thresholds=ground.thresholds,
    )
    hours, weekdays = frame.clock(here)
    chosen, loudest = pick_quotes(frame, here, topic.id), find_loudest(frame, here)
    passages = ground.passages([*chosen, *([loudest] if loudest is not None else [])], "topic", topic.id)
    loud = make_quotes([loudest] if loudest is not None else [], passages, ground.window, topic.id)
    return HotButton(
        topic=topic.id,
        name=topic.name,
        complaints=voices.mentions,
        people=voices.people,
        anonymous=voices.anonymous,
        copies=len(frame.within(rows, ground.window)) - len(here),
        undated=len(frame.once(rows[frame.timeless[rows]])),
        sources=frame.sources(here),
        sites=frame.sites(here),
        days=frame.distinct_days(here),
        share=share(frame.part_of(frame.masked(here), frame.stood_for(ground.judged, here)), floor=ground.thresholds.too_few),
        change=change,
        verdict=verdict,
        rule=rule,
        hours=hours,
        weekdays=weekdays,
        timed=sum(hours),
        languages=frame.names("language", here, missing="unknown"),
        subjects=frame.names("subject", here),
        places=frame.names("place", here),
        weeks=count_weeks(frame, rows, ground.watched_weeks),
        quotes=make_quotes(chosen, passages, ground.window, topic.id),
        loudest=loud[0] if loud else None,
        action=topic.action,
    )
