"""Reading what is due: from the store through the classifier into tags. Killed at any moment, it goes on when started again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlite_utils import Database

from sentiment.classifier import Classifier, Floats, Matches, Reading, SpanReading
from sentiment.taggers import current_taggers
from store.records import WHOLE, Tag, TaggedMention, Tagger
from store.tags import DueMention, Mood, count_due, find_due, find_moods, find_tombstones, save_tagged, set_current_taggers
from store.vectors import find_vectors, forget_vectors, save_vectors

BATCH = 256
"""Mentions between two short transactions: a few seconds of work, which is all that a kill can cost."""
FROM_VECTORS = ("topic", "attribute")
"""Tasks that are answered from stored sentence vectors, without reading the text again."""

Ids = Mapping[Tagger, int]


@dataclass(frozen=True)
class TagReport:
    """What a run of tagging did."""

    read: int
    """Mentions whose text was read."""
    recalled: int
    """Mentions answered from stored sentence vectors."""


def tag_mentions(
    db: Database, vectors: Database, classifier: Classifier, *, progress: Callable[[int, int], None] | None = None
) -> TagReport:
    """Give every mention the tags of the current taggers; `progress` hears (done, due)."""
    taggers = current_taggers(classifier.model, classifier.topics, classifier.attributes, classifier.thresholds)
    ids = set_current_taggers(db, taggers)
    forget_vectors(vectors, find_tombstones(db))
    due_at_all, read, recalled, after = count_due(db), 0, 0, 0
    while due := find_due(db, BATCH, after=after):
        after = due[-1].id
        known = recall(db, vectors, classifier, due, ids)
        for lacking, tagged in known.items():
            save_tagged(db, tagged, ids, sorted(lacking, key=ids.__getitem__))
        answered = {item.mention for tagged in known.values() for item in tagged}
        unread = [item for item in due if item.id not in answered]
        read_texts(db, vectors, classifier, unread, ids)
        read, recalled = read + len(unread), recalled + len(answered)
        if progress:
            progress(read + recalled, due_at_all)
    return TagReport(read, recalled)


def read_texts(db: Database, vectors: Database, classifier: Classifier, due: Sequence[DueMention], ids: Ids) -> None:
    """Read the texts of mentions; their vectors are saved first, so that tags never stand without them."""
    if not due:
        return
    readings = classifier.classify([item.words for item in due])
    save_vectors(
        vectors, classifier.model, [(item.id, item.text_hash, all_vectors(r)) for item, r in zip(due, readings, strict=True)]
    )
    save_tagged(db, [as_tagged(item, r, ids) for item, r in zip(due, readings, strict=True)], ids, list(ids))


def all_vectors(reading: Reading) -> list[Floats]:
    """The vector of the whole text, then those of its sentences where there are several."""
    return [reading.vector, *(span.vector for span in several(reading))]


def several(reading: Reading) -> Sequence[SpanReading]:
    """The sentences of a text, or nothing where the text is one sentence: its tags are those of the whole."""
    return reading.spans if len(reading.spans) > 1 else ()


def as_tagged(due: DueMention, reading: Reading, ids: Ids) -> TaggedMention:
    """Turn a reading into the tags that the store keeps."""
    named = by_name(ids)
    tags = [Tag(tagger=named["sentiment", ""], label=reading.sentiment, score=reading.scores[reading.sentiment])]
    if reading.complaint:
        tags.append(Tag(tagger=named["complaint", ""], label="complaint", score=reading.complaint_score))
    tags += match_tags(Matches(dict(reading.topics), dict(reading.attributes), dict(reading.attribute_scores)), named, WHOLE)
    for number, span in enumerate(several(reading), WHOLE + 1):
        tags.append(Tag(tagger=named["sentiment", ""], label=span.sentiment, score=span.score, span=number))
        tags += match_tags(Matches(dict(span.topics), dict(span.attributes), dict(span.attribute_scores)), named, number)
    return TaggedMention(
        mention=due.id,
        text_hash=due.text_hash,
        language=reading.language,
        spans=tuple((span.start, span.end) for span in several(reading)),
        tags=tuple(tags),
    )


def by_name(ids: Ids) -> dict[tuple[str, str], Tagger]:
    """Taggers by task and subject."""
    return {(tagger.task, tagger.subject): tagger for tagger in ids}


def match_tags(found: Matches, named: Mapping[tuple[str, str], Tagger], span: int) -> Iterator[Tag]:
    """The tags of topics and attributes found in a span."""
    for topic, score in found.topics.items():
        yield Tag(tagger=named["topic", topic], label=topic, score=score, span=span)
    for attribute, polarity in found.attributes.items():
        likely = found.attribute_scores.get(attribute)
        yield Tag(tagger=named["attribute", attribute], label=attribute, polarity=polarity, score=likely, span=span)


def recall(
    db: Database, vectors: Database, classifier: Classifier, due: Sequence[DueMention], ids: Ids
) -> dict[frozenset[Tagger], list[TaggedMention]]:
    """Answer from stored vectors the mentions that lack only topics or attributes, by the set of taggers they lack."""
    lacking = {item.id: frozenset(tagger for tagger, number in ids.items() if number not in item.read_by) for item in due}
    candidates = {item.id: item for item in due if all(tagger.task in FROM_VECTORS for tagger in lacking[item.id])}
    stored = find_vectors(vectors, classifier.model, {item.id: item.text_hash for item in candidates.values()})
    moods = find_moods(db, list(candidates))
    answered: dict[frozenset[Tagger], list[TaggedMention]] = {}
    for number, item in candidates.items():
        mood, found = moods.get(number), stored.get(number, [])
        if not lacking[number]:
            tags: list[Tag] = []
        elif mood is not None and len(mood.sentiments) == len(found):
            tags = [tag for tag in tags_from(classifier, found, mood, ids) if tag.tagger in lacking[number]]
        else:
            continue
        tagged = TaggedMention(mention=number, text_hash=item.text_hash, tags=tuple(tags))
        answered.setdefault(lacking[number], []).append(tagged)
    return answered


def tags_from(classifier: Classifier, vectors: Sequence[Floats], mood: Mood, ids: Ids) -> Iterator[Tag]:
    """Topics and attributes of a mention, from its vectors and the sentiments that were read before."""
    named = by_name(ids)
    for span, found in enumerate(classifier.match(np.stack(vectors), mood.sentiments, mood.complaint)):
        yield from match_tags(found, named, span)
