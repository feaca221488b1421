"""The topics of the configuration: what each draws in a window, and whether it was read as it is worded now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlite_utils import Database

from config import Config, Topic
from store.queries import count_by_source
from store.unsorted import find_topic_taggers
from trends.answers import Voices
from trends.frame import CUSTOMERS, Filters
from trends.gathering import find_brand
from trends.languages import say_unsupported
from trends.loading import load_frame
from trends.people import Row
from trends.stacks import Stack
from trends.suggestions import ListedTopic, TopicList
from trends.windows import Window

NOBODY = Voices(mentions=0, people=0, anonymous=0)


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
    every = Stack.build(frame, list(frame.topics.values()))
    drawn = dict(zip(frame.topics, every.within(window).once().voices(), strict=True))
    unread = find_unread(config.topics, taggers, lambda: sum(row["mentions"] for row in count_by_source(db)))
    known = {topic.id for topic in config.topics}
    left = [topic for topic, said in sorted(drawn.items()) if topic not in known and said.mentions]
    here = frame.rows(window)
    unsupported = frame.names("unsupported", here[frame.unsupported[here]])
    complaints, sorted_out = frame.rows_where(window, frame.complains), frame.masked(every.rows)
    return TopicList(
        brand=asked.id,
        brand_name=asked.name,
        window=window,
        complaints=len(complaints),
        unsorted=len(complaints) - len(frame.rows_where(window, frame.complains & sorted_out)),
        topics=tuple(
            list_topic(topic, drawn.get(topic.id, NOBODY), unread.get(topic.id, 0), configured=topic.id in known)
            for topic in (*config.topics, *(Topic(id=topic, name=topic, description="") for topic in left))
        ),
        notes=tuple(note for note in (*late_notes(config.topics, taggers), say_unsupported(unsupported, len(here))) if note),
        unsupported=unsupported,
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


def find_unread(topics: Sequence[Topic], taggers: Sequence[Row], count_all: Callable[[], int]) -> dict[str, int]:
    """How many mentions were not read for each topic as it is worded now: all of them where its wording is new."""
    read_as = {(row["topic"], row["description"]): int(row["unread"]) for row in taggers}
    fresh = {topic.id for topic in topics if (topic.id, topic.description) not in read_as}
    mentions = count_all() if fresh else 0
    return {topic.id: mentions if topic.id in fresh else read_as[topic.id, topic.description] for topic in topics}


def late_notes(topics: Sequence[Topic], taggers: Sequence[Row]) -> tuple[str, ...]:
    """That topics were added, reworded or taken out since the last tagging, if they were."""
    read_as = {(row["topic"], row["description"]) for row in taggers}
    now = {(topic.id, topic.description) for topic in topics}
    changed = sorted({topic for topic, _ in now ^ read_as}) if read_as else []
    names = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    said = f"Changed in the configuration since the last `repute tag`, and not read as they are worded now: {names}."
    return (said,) if changed else ()
