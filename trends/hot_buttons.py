"""Hot buttons: which complaint topics recur, with whom, where, when, and whether more than before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sqlite_utils import Database

from config import Config, Topic
from trends.answers import Change, Count, Quote, Share, Voices, Week
from trends.changes import compare_each, settle, tested_notes
from trends.clock import Clock, count_clocks, find_busy
from trends.correcting import find_false_alarms
from trends.detecting import read_outbreaks
from trends.first_time import find_first_time
from trends.frame import CUSTOMERS, Filters, Frame, Rows
from trends.gathering import Gathered, count_weeks, gather
from trends.hot_button_answers import HotButton, HotButtons, Outbreak, Part, Quiet, Telling
from trends.hot_parts import Asked, Division, find_parts, find_shares, find_whole, list_divisions
from trends.loading import load_words
from trends.overused import MIN_PEOPLE, find_telling, ignored_words
from trends.quotes import find_loudest, make_quotes, pick_quotes
from trends.threads import map_at_once
from trends.verdicts import ORDER, find_verdict
from trends.windows import Window
from trends.words import hash_words

MOST_TEXTS = 4_000
"""Texts of the brand, the newest, whose words are compared."""
WORDS = 6
TESTED = (
    "Outbreaks are tested over seven completed days, each person once a day, on the sites that were watched for five weeks or "
    "more: those counts may differ from the window's."
)


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
    history = partial(find_first_time, db, ground, filters=filters)
    return find_hot_buttons(ground, config, texts, outbreaks, alarms, history, parts=parts)


def find_hot_buttons(
    ground: Gathered,
    config: Config,
    texts: Frame,
    outbreaks: Mapping[str, Outbreak],
    alarms: Mapping[str, float],
    history: Callable[[Mapping[str, Change]], Collection[str]],
    *,
    parts: bool,
) -> HotButtons:
    """Answer from facts; `texts` are the newest with their words, `outbreaks` and rates of false `alarms` are by topic.

    `history` tells from the changes of all topics those that were never met before the window.
    """
    frame, window = ground.frame, ground.window
    asked = Asked.build(ground)
    compared = compare_each(asked.every, ground.past, asked.window, asked.earlier, asked.here)
    changes = dict(zip(frame.topics, settle(compared), strict=True))
    first_time = history(changes)
    known = {topic.id: topic for topic in config.topics}
    complaints = frame.once(np.flatnonzero(frame.inside(window) & frame.complains))
    most_by_chance = {topic: by_chance(frame.speakers(complaints), rate) for topic, rate in alarms.items()}
    words = find_words(ground, config, texts)
    counted = count_topics(ground, asked, parts=parts)
    quoted = quote_topics(ground, {topic: one.here for topic, one in zip(frame.topics, counted, strict=True)})
    buttons = [
        find_hot_button(
            ground,
            known.get(topic, Topic(id=topic, name=topic, description="")),
            one,
            changes[topic],
            never_before=topic in first_time,
            words=words.get(topic, ()),
            outbreak=outbreaks.get(topic),
            most_by_chance=most_by_chance.get(topic),
            quoted=quoted[topic],
        )
        for topic, one in zip(frame.topics, counted, strict=True)
        if len(one.here)
    ]
    with_topic = frame.once(np.flatnonzero(frame.masked(asked.window.rows)))
    return HotButtons(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=window,
        n=len(ground.here),
        complaints=len(complaints),
        other=len(complaints) - len(with_topic),
        buttons=tuple(sorted(buttons, key=rank)),
        quiet=find_quiet([topic for topic in changes if topic not in {button.topic for button in buttons}], changes, known),
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=(*([TESTED] if outbreaks else []), *tested_notes(changes.values()), *ground.notes()),
        unsupported=ground.unsupported,
    )


def quote_topics(ground: Gathered, topics: Mapping[str, Rows]) -> dict[str, tuple[tuple[Quote, ...], Quote | None]]:
    """Three quotes of some complaints of each topic, and the one with the greatest reach; all of them are read at once."""
    frame, window = ground.frame, ground.window
    chosen = {topic: pick_quotes(frame, rows, topic) for topic, rows in topics.items()}
    loudest = {topic: find_loudest(frame, rows) for topic, rows in topics.items()}
    loud = {topic: [] if mention is None else [mention] for topic, mention in loudest.items()}
    passages = ground.passages({topic: [*chosen[topic], *loud[topic]] for topic in topics}, "topic")
    made = {topic: make_quotes(loud[topic], passages[topic], window, topic) for topic in topics}
    return {
        topic: (make_quotes(chosen[topic], passages[topic], window, topic), next(iter(made[topic]), None)) for topic in topics
    }


def rank(button: HotButton) -> tuple[int, int, int, str]:
    """What a reader should look at first: verdict, people, complaints."""
    return ORDER.index(button.verdict), -button.people, -button.complaints, button.topic


def find_quiet(gone: Sequence[str], changes: Mapping[str, Change], topics: Mapping[str, Topic]) -> tuple[Quiet, ...]:
    """Topics that drew complaints in the window before, on sites watched in both, and none now."""
    found = [
        Quiet(
            topic=topic,
            name=topics[topic].name if topic in topics else topic,
            before=before,
            direction=changes[topic].direction,
        )
        for topic in gone
        if (before := changes[topic].before)
    ]
    return tuple(sorted(found, key=lambda quiet: (-quiet.before, quiet.topic)))


def find_words(ground: Gathered, config: Config, texts: Frame) -> dict[str, tuple[Telling, ...]]:
    """The words that set the complaints of each topic apart from the brand's other complaints of the window."""
    complaints = texts.once(np.flatnonzero(texts.inside(ground.window) & texts.complains & (texts.column("unsupported") == 0)))
    among = texts.masked(complaints)
    groups = {topic: rows.compress(among[rows]) for topic, rows in texts.topics.items()}
    found = find_telling(
        texts,
        {topic: rows for topic, rows in groups.items() if len(rows) >= MIN_PEOPLE},
        complaints,
        lambda mentions: ground.passages({"": mentions})[""],
        limit=WORDS,
        ignored=ignored_words(config.brands),
    )
    return {
        topic: tuple(Telling(word=word.word, people=word.first, others=word.second, z=word.z) for word in words)
        for topic, words in found.items()
    }


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What is counted of one topic, with all others: see `HotButton`."""

    here: Rows
    """Its complaints of the window, copies once."""
    copies: int
    undated: int
    voices: Voices
    sites_signed: int
    """Of complaints with an author, and so are the days beside."""
    days_signed: int
    days: int
    share: Share
    clock: Clock
    hours: tuple[int, ...]
    weekdays: tuple[int, ...]
    weeks: tuple[Week, ...]
    sources: tuple[Count, ...]
    sites: tuple[Count, ...]
    languages: tuple[Count, ...]
    subjects: tuple[Count, ...]
    places: tuple[Count, ...]
    by_source: tuple[Part, ...]
    by_subject: tuple[Part, ...]
    by_place: tuple[Part, ...]


def count_topics(ground: Gathered, asked: Asked, *, parts: bool) -> list[Counted]:
    """Count the complaints of every topic; without `parts` those of none of its sources, products and places."""
    topics = asked.here.size
    divisions = list_divisions(ground)
    makers = [partial(count_wholes, ground, asked)]
    if parts:
        makers += [partial(count_parts, name, make, ground, asked) for name, make in divisions.items()]
    figures: dict[str, Sequence[Any]] = {name: [()] * topics for name in divisions}
    for counted in map_at_once(lambda make: make(), makers):
        figures |= counted
    return [Counted(**{name: figure[n] for name, figure in figures.items()}) for n in range(topics)]


def count_parts(name: str, make: Callable[[], Division], ground: Gathered, asked: Asked) -> Mapping[str, Sequence[Any]]:
    """Count the complaints of every topic by source, product or place."""
    return {name: find_parts(ground, make(), asked)}


def count_wholes(ground: Gathered, asked: Asked) -> Mapping[str, Sequence[Any]]:
    """Count the complaints of every topic, undivided."""
    here, frame = asked.here, ground.frame
    undated = asked.every.keep(frame.timeless[asked.every.rows]).once()
    return {
        "here": here.parts(),
        "copies": (asked.window.count() - here.count()).tolist(),
        "undated": undated.count().tolist(),
        "voices": here.voices(),
        "sites_signed": here.count_signed_sites().tolist(),
        "days_signed": here.count_days(signed=True).tolist(),
        "days": here.count_days().tolist(),
        "share": find_shares(ground, find_whole(ground), here, np.zeros(here.size, np.int64)),
        "clock": count_clocks(here),
        "hours": list(map(tuple, here.by_hour.count().reshape(-1, 25)[:, :24].tolist())),
        "weekdays": list(map(tuple, here.by_weekday.count().reshape(-1, 8)[:, :7].tolist())),
        "weeks": count_weeks(asked.every, ground),
        "sources": here.sources(),
        "sites": here.sites(),
        "languages": here.names("language", missing="unknown"),
        "subjects": here.names("subject"),
        "places": here.names("place"),
    }


def find_hot_button(
    ground: Gathered,
    topic: Topic,
    counted: Counted,
    change: Change,
    *,
    never_before: bool,
    words: tuple[Telling, ...],
    outbreak: Outbreak | None,
    most_by_chance: int | None,
    quoted: tuple[tuple[Quote, ...], Quote | None],
) -> HotButton:
    """Everything about one topic, from what was counted of its complaints of the window."""
    everybody = ground.clock
    verdict, rule = find_verdict(
        people=counted.voices.people,
        anonymous=counted.voices.anonymous,
        sites=counted.sites_signed,
        days=counted.days_signed,
        outbreak=outbreak is not None and outbreak.direction == "rising",
        by_chance=most_by_chance,
        thresholds=ground.thresholds,
    )
    return HotButton(
        topic=topic.id,
        name=topic.name,
        complaints=counted.voices.mentions,
        people=counted.voices.people,
        anonymous=counted.voices.anonymous,
        copies=counted.copies,
        undated=counted.undated,
        sources=counted.sources,
        sites=counted.sites,
        days=counted.days,
        share=counted.share,
        change=change,
        never_before=never_before,
        verdict=verdict,
        rule=rule,
        hours=counted.hours,
        weekdays=counted.weekdays,
        timed=sum(counted.hours),
        all_hours=ground.hours[0],
        all_weekdays=ground.hours[1],
        busy_hours=find_busy(counted.clock.hours, everybody.hours),
        busy_weekdays=find_busy(counted.clock.weekdays, everybody.weekdays),
        words=words,
        by_source=counted.by_source,
        by_subject=counted.by_subject,
        by_place=counted.by_place,
        outbreak=outbreak,
        languages=counted.languages,
        subjects=counted.subjects,
        places=counted.places,
        weeks=counted.weeks,
        quotes=quoted[0],
        loudest=quoted[1],
        action=topic.action,
    )


def by_chance(people: int, rate: float) -> int:
    """As many of those who complain as may well be told to complain of a topic though they do not (the 95% point)."""
    from scipy.special import bdtr

    return int(np.searchsorted(bdtr(np.arange(people + 1), people, rate), 0.95))
