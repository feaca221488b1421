"""The topics of the configuration: what each draws in a window, and whether it was read as it is worded now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlite_utils import Database

from config import Config, Topic
from store.queries import count_by_source
from store.unsorted import find_topic_taggers
from trends.answers import Voices
from trends.frame import CUSTOMERS, Filters
from trends.gathering import find_brand
from trends.loading import load_frame
from trends.people import Row
from trends.suggestions import ListedTopic, TopicList
from trends.windows import Window


def answer_topics(
    db: Database,
    config: Config,
    *,
    window: Window,
    brand: str | None = None,
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
) -> TopicList:
    """Answer what each topic draws. Raises `QuestionError` for a brand that is not configured."""
    asked = find_brand(config, brand)
    frame = load_frame(db, asked.id, window, Filters(source=source, language=language, voices=voices))
    taggers = find_topic_taggers(db)
    by_topic = {topic: frame.once(frame.within(rows, window)) for topic, rows in frame.topics.items()}
    unread = find_unread(config.topics, taggers, sum(row["mentions"] for row in count_by_source(db)))
    known = {topic.id for topic in config.topics}
    left = [Topic(id=topic, name=topic, description="") for topic in sorted(by_topic) if topic not in known]
    left = [topic for topic in left if len(by_topic[topic.id])]
    complaints = frame.rows_where(window, frame.complains)
    none = np.zeros(0, np.int64)
    sorted_out = frame.masked(np.concatenate([none, *frame.topics.values()]))
    return TopicList(
        brand=asked.id,
        brand_name=asked.name,
        window=window,
        complaints=len(complaints),
        unsorted=len(complaints) - len(frame.rows_where(window, frame.complains & sorted_out)),
        topics=tuple(
            list_topic(topic, frame.voices(by_topic.get(topic.id, none)), unread.get(topic.id, 0), configured=topic.id in known)
            for topic in (*config.topics, *left)
        ),
        notes=late_notes(config.topics, taggers),
    )


def list_topic(topic: Topic, voices: Voices, due: int, *, configured: bool) -> ListedTopic:
    """One topic with its complaints, copies once."""
    return ListedTopic(
        id=topic.id,
        name=topic.name,
        description=topic.description,
        complaints=voices.mentions,
        people=voices.people,
        anonymous=voices.anonymous,
        due=due,
        configured=configured,
    )


def find_unread(topics: Sequence[Topic], taggers: Sequence[Row], mentions: int) -> dict[str, int]:
    """How many mentions were not read for each topic as it is worded now: all of them where its wording is new."""
    read_as = {(row["topic"], row["description"]): int(row["unread"]) for row in taggers}
    return {topic.id: read_as.get((topic.id, topic.description), mentions) for topic in topics}


def late_notes(topics: Sequence[Topic], taggers: Sequence[Row]) -> tuple[str, ...]:
    """That topics were added, reworded or taken out since the last tagging, if they were."""
    read_as = {(row["topic"], row["description"]) for row in taggers}
    now = {(topic.id, topic.description) for topic in topics}
    changed = sorted({topic for topic, _ in now ^ read_as}) if read_as else []
    names = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    said = f"Changed in the configuration since the last `repute tag`, and not read as they are worded now: {names}."
    return (said,) if changed else ()
