"""Hot buttons: which complaint topics recur, with whom, where, when, and whether more than before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlite_utils import Database

from config import Config, Topic
from store.facts import distinct
from trends.answers import Change, Share, Verdict
from trends.changes import compare, settle
from trends.clock import count_clock, find_busy
from trends.correcting import find_false_alarms
from trends.detecting import read_outbreaks
from trends.frame import CUSTOMERS, Filters, Frame, Rows
from trends.gathering import Gathered, count_weeks, gather
from trends.hot_button_answers import HotButton, HotButtons, Outbreak, Quiet, Telling
from trends.hot_parts import Division, divide, find_parts
from trends.loading import load_words
from trends.overused import MIN_PEOPLE, find_telling, ignored_words
from trends.quotes import find_loudest, make_quotes, pick_quotes
from trends.sums import share_of_sums
from trends.verdicts import ORDER, find_verdict
from trends.windows import Window
from trends.words import hash_words

NOBODY = np.zeros(0, np.int64)
MOST_TEXTS = 4_000
"""Texts of the brand, the newest, whose words are compared."""
WORDS = 6


def answer_hot_buttons(
    db: Database,
    config: Config,
    *,
    window: Window,
    brand: str | None = None,
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
    parts: bool = True,
) -> HotButtons:
    """Answer from the store which topics draw complaints about a brand (the own one without an id).

    With `parts` the figures of each source, product and place come too.

    Raises `QuestionError` for a brand that is not configured.
    """
    filters = Filters(source=source, language=language, voices=voices)
    ground = gather(db, config, brand=brand, window=window, filters=filters)
    texts = load_words(db, ground.brand.id, window, filters, hash_words, limit=MOST_TEXTS)
    outbreaks = read_outbreaks(db, ground.brand.id, window) if filters == Filters() else {}
    alarms = find_false_alarms(db, ground.brand.id, list(ground.frame.topics))
    return find_hot_buttons(ground, config, texts, outbreaks, alarms, parts=parts)


def find_hot_buttons(
    ground: Gathered,
    config: Config,
    texts: Frame,
    outbreaks: Mapping[str, Outbreak],
    alarms: Mapping[str, float],
    *,
    parts: bool,
) -> HotButtons:
    """Answer from facts; `texts` are the newest with their words, `outbreaks` and rates of false `alarms` are by topic."""
    frame, window = ground.frame, ground.window
    by_topic = frame.topics
    here = {topic: frame.once(frame.within(rows, window)) for topic, rows in by_topic.items()}
    tested = [compare(frame, rows, ground.past) for rows in by_topic.values()]
    changes = dict(zip(by_topic, settle(tested), strict=True))
    known = {topic.id: topic for topic in config.topics}
    complaints = frame.once(np.flatnonzero(frame.inside(window) & frame.complains))
    most_by_chance = {topic: by_chance(frame.speakers(complaints), rate) for topic, rate in alarms.items()}
    words = find_words(ground, config, texts)
    divisions = find_divisions(ground) if parts else ()
    buttons = [
        find_hot_button(
            ground,
            known.get(topic, Topic(id=topic, name=topic, description="")),
            here[topic],
            changes[topic],
            words=words.get(topic, ()),
            outbreak=outbreaks.get(topic),
            most_by_chance=most_by_chance.get(topic),
            divisions=divisions,
        )
        for topic in by_topic
        if len(here[topic])
    ]
    sorted_out = distinct(np.concatenate([NOBODY, *by_topic.values()]))
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


def find_divisions(ground: Gathered) -> tuple[Division, ...]:
    """The mentions of the window by source, by product and by place."""
    frame, names = ground.frame, ground.frame.segment.names
    return (
        divide(ground, frame.source_numbers, frame.source_names),
        divide(ground, frame.column("subject"), names),
        divide(ground, frame.column("place"), names),
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


def find_words(ground: Gathered, config: Config, texts: Frame) -> dict[str, tuple[Telling, ...]]:
    """The words that set the complaints of each topic apart from the brand's other complaints of the window."""
    complaints = texts.once(np.flatnonzero(texts.inside(ground.window) & texts.complains & (texts.column("unsupported") == 0)))
    groups = {topic: np.intersect1d(rows, complaints) for topic, rows in texts.topics.items()}
    found = find_telling(
        texts,
        {topic: rows for topic, rows in groups.items() if len(rows) >= MIN_PEOPLE},
        complaints,
        lambda mentions: ground.passages(mentions, "", ""),
        limit=WORDS,
        ignored=ignored_words(config.brands),
    )
    return {
        topic: tuple(Telling(word=word.word, people=word.first, others=word.second, z=word.z) for word in words)
        for topic, words in found.items()
    }


def find_hot_button(
    ground: Gathered,
    topic: Topic,
    here: Rows,
    change: Change,
    *,
    words: tuple[Telling, ...],
    outbreak: Outbreak | None,
    most_by_chance: int | None,
    divisions: Sequence[Division],
) -> HotButton:
    """Everything about one topic, from its complaints of the window, copies once."""
    frame = ground.frame
    rows = frame.topics[topic.id]
    voices = frame.voices(here)
    rises = outbreak is not None and outbreak.direction == "rising"
    verdict, rule = judge(ground, here, outbreak=rises, most_by_chance=most_by_chance)
    hours, weekdays = frame.clock(here)
    own, everybody = count_clock(frame, here), ground.clock
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
        share=share_of(ground, here),
        change=change,
        verdict=verdict,
        rule=rule,
        hours=hours,
        weekdays=weekdays,
        timed=sum(hours),
        all_hours=ground.hours[0],
        all_weekdays=ground.hours[1],
        busy_hours=find_busy(own.hours, everybody.hours),
        busy_weekdays=find_busy(own.weekdays, everybody.weekdays),
        words=words,
        by_source=find_parts(ground, divisions[0], rows, here) if divisions else (),
        by_subject=find_parts(ground, divisions[1], rows, here) if divisions else (),
        by_place=find_parts(ground, divisions[2], rows, here) if divisions else (),
        outbreak=outbreak,
        languages=frame.names("language", here, missing="unknown"),
        subjects=frame.names("subject", here),
        places=frame.names("place", here),
        weeks=count_weeks(frame, rows, ground.watched_weeks),
        quotes=make_quotes(chosen, passages, ground.window, topic.id),
        loudest=loud[0] if loud else None,
        action=topic.action,
    )


def by_chance(people: int, rate: float) -> int:
    """As many of those who complain as may well be told to complain of a topic though they do not (the 95% point)."""
    from scipy.special import bdtr

    return int(np.searchsorted(bdtr(np.arange(people + 1), people, rate), 0.95))


def judge(ground: Gathered, here: Rows, *, outbreak: bool = False, most_by_chance: int | None = None) -> tuple[Verdict, str]:
    """The verdict of some complaints of the window, copies once, with its rule."""
    frame = ground.frame
    voices = frame.voices(here)
    signed = here[frame.column("author")[here] != 0]
    return find_verdict(
        people=voices.people,
        anonymous=voices.anonymous,
        sites=len(distinct(frame.column("site")[signed])),
        days=frame.distinct_days(signed),
        outbreak=outbreak,
        by_chance=most_by_chance,
        thresholds=ground.thresholds,
    )


def share_of(ground: Gathered, here: Rows) -> Share:
    """The share of some complaints in the brand's mentions."""
    frame, floor = ground.frame, ground.thresholds.too_few
    copies = here[frame.copied[here]]
    stands = ground.standing(frame.column("copy")[copies])
    if (stands >= 0).all() and (frame.persons[stands] == frame.persons[copies]).all():
        return share_of_sums(ground.judging.add_up_persons(frame.persons[here]), floor=floor)
    return frame.share(frame.masked(here), frame.stood_for(ground.judged, here), floor=floor)
