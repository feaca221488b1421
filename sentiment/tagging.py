"""Reading what is due: from the store through the classifier into tags. Killed at any moment, it goes on when started again.

Whose sentence it is, is said by a tagger of its own, whose description changes with the brands' names and queries. Every
mention is then due to it, and answered from the stored sentiments and sentences at thousands a second without the model:
simpler and surer than finding out which mentions a new name might touch. A mention whose brands change is due to it alone.
Signs are read in the words alone, in every language: a changed list makes only that sign due, answered without the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlite_utils import Database

from sentiment.classifier import Classifier, Floats, Matches, Reading, SpanReading
from sentiment.signs import TASK as SIGN
from sentiment.signs import SignReader
from sentiment.taggers import current_taggers
from sentiment.targets import TargetReader
from store.languages import find_unsupported
from store.records import WHOLE, BrandNames, Tag, TaggedMention, Tagger, Target
from store.tags import DueMention, Mood, count_due, find_due, find_moods, find_tombstones, save_tagged, set_current_taggers
from store.targets import TASK, find_spans
from store.vectors import find_vectors, forget_vectors, save_vectors, sweep_vectors

BATCH = 256
"""Mentions between two short transactions: a few seconds of work, which is all that a kill can cost."""
FROM_VECTORS = ("topic", "attribute")
"""Tasks that are answered from stored sentence vectors, without reading the text again."""
RECALLED = (*FROM_VECTORS, TASK, SIGN)
"""Those, and whose sentence it is and which signs it gives, which take the words but no model."""

Ids = Mapping[Tagger, int]


@dataclass(frozen=True)
class Rules:
    """What is read in the words by rules."""

    targets: TargetReader
    signs: SignReader


@dataclass(frozen=True)
class TagReport:
    """What a run of tagging did."""

    read: int
    """Mentions whose text was read."""
    recalled: int
    """Mentions answered from stored sentence vectors."""


def tag_mentions(
    db: Database,
    vectors: Database,
    classifier: Classifier,
    *,
    names: Sequence[BrandNames] = (),
    progress: Callable[[int, int], None] | None = None,
) -> TagReport:
    """Give every mention the tags of the current taggers; `progress` hears (done, due).

    Without `names` every sentence counts for every brand of its mention.
    """
    rules = Rules(TargetReader(names), SignReader(names))
    taggers = current_taggers(
        classifier.model, classifier.topics, classifier.attributes, classifier.thresholds, classifier.sentiment_model
    )
    ids = set_current_taggers(db, [*taggers, *rules.targets.taggers, *rules.signs.taggers])
    forget_vectors(vectors, find_tombstones(db))
    due_at_all, read, recalled, after = count_due(db), 0, 0, 0
    while due := find_due(db, BATCH, after=after):
        after = due[-1].id
        known = recall(db, vectors, classifier, due, ids, rules)
        for readers, tagged in known.items():
            save_tagged(db, tagged, ids, sorted(readers, key=ids.__getitem__))
        answered = {item.mention for tagged in known.values() for item in tagged}
        unread = [item for item in due if item.id not in answered]
        read_texts(db, vectors, classifier, unread, ids, rules)
        read, recalled = read + len(unread), recalled + len(answered)
        if progress:
            progress(read + recalled, due_at_all)
    return TagReport(read, recalled)


def read_texts(
    db: Database, vectors: Database, classifier: Classifier, due: Sequence[DueMention], ids: Ids, rules: Rules
) -> None:
    """Read the texts of mentions; their vectors are saved first, so that tags never stand without them."""
    if not due:
        return
    readings = classifier.classify([item.words for item in due])
    save_vectors(
        vectors, classifier.model, [(item.id, item.text_hash, all_vectors(r)) for item, r in zip(due, readings, strict=True)]
    )
    tagged = [as_tagged(item, r, ids) for item, r in zip(due, readings, strict=True)]
    ruled = [with_rules(one, item, r, rules) for one, item, r in zip(tagged, due, readings, strict=True)]
    if save_tagged(db, ruled, ids, list(ids)) < len(ruled):
        # Some were edited, removed or forgotten meanwhile: what was made of their words must not outlive them.
        sweep_vectors(db, vectors)


def all_vectors(reading: Reading) -> list[Floats]:
    """The vector of the whole text, then those of its sentences where there are several."""
    return [reading.vector, *(span.vector for span in several(reading))]


def several(reading: Reading) -> Sequence[SpanReading]:
    """The sentences of a text, or nothing where the text is one sentence: its tags are those of the whole."""
    return reading.spans if len(reading.spans) > 1 else ()


def as_tagged(due: DueMention, reading: Reading, ids: Ids) -> TaggedMention:
    """Turn a reading into the tags that the store keeps: of a language that is not supported, the language and no guesses."""
    tags = find_tags(reading, by_name(ids)) if reading.language_supported else [unsupported_tag(reading, by_name(ids))]
    return TaggedMention(
        mention=due.id,
        text_hash=due.text_hash,
        language=reading.language,
        spans=tuple((span.start, span.end) for span in several(reading)),
        tags=tuple(tags),
    )


def unsupported_tag(reading: Reading, named: Mapping[tuple[str, str], Tagger]) -> Tag:
    """What only a mention in a language that is not supported has, and all that it has but for signs: the language."""
    return Tag(tagger=named["language", ""], label=reading.language)


def find_tags(reading: Reading, named: Mapping[tuple[str, str], Tagger]) -> list[Tag]:
    """The tags of a reading, of the whole and of its sentences."""
    tags = [Tag(tagger=named["sentiment", ""], label=reading.sentiment, score=reading.scores[reading.sentiment])]
    if reading.complaint:
        tags.append(Tag(tagger=named["complaint", ""], label="complaint", score=reading.complaint_score))
    tags += match_tags(Matches(dict(reading.topics), dict(reading.attributes), dict(reading.attribute_scores)), named, WHOLE)
    for number, span in enumerate(several(reading), WHOLE + 1):
        tags.append(Tag(tagger=named["sentiment", ""], label=span.sentiment, score=span.score, span=number))
        tags += match_tags(Matches(dict(span.topics), dict(span.attributes), dict(span.attribute_scores)), named, number)
    return tags


def with_rules(tagged: TaggedMention, due: DueMention, reading: Reading, rules: Rules) -> TaggedMention:
    """Add which signs each sentence gives, in any language, and for which brands it counts."""
    tagged = replace(tagged, tags=(*tagged.tags, *rules.signs.tags(due.words, tagged.spans, due.brands)))
    if not reading.language_supported:
        return replace(tagged, targets=())
    moods = [span.sentiment for span in several(reading)] or [reading.sentiment]
    return replace(tagged, targets=rules.targets.targets(due.words, tagged.spans, moods, due.brands))


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
    db: Database, vectors: Database, classifier: Classifier, due: Sequence[DueMention], ids: Ids, rules: Rules
) -> dict[frozenset[Tagger], list[TaggedMention]]:
    """Answer from what is stored the mentions that lack only topics, attributes, targets or signs, by the taggers answering.

    Those are the ones lacking, and with targets all of signs too: a sign between brands depends on the mention's brands.
    """
    lacking = {item.id: frozenset(tagger for tagger, number in ids.items() if number not in item.read_by) for item in due}
    candidates = {item.id: item for item in due if all(tagger.task in RECALLED for tagger in lacking[item.id])}
    likened = {number for number in candidates if any(tagger.task in FROM_VECTORS for tagger in lacking[number])}
    stored = find_vectors(vectors, classifier.model, {number: candidates[number].text_hash for number in likened})
    moods, spans = find_moods(db, list(candidates)), find_spans(db, list(candidates))
    silent = find_unsupported(db, list(candidates))
    answered: dict[frozenset[Tagger], list[TaggedMention]] = {}
    for number, item in candidates.items():
        mood, found, cut = moods.get(number), stored.get(number, []), spans.get(number, [])
        targets: tuple[Target, ...] | None = None
        tags: list[Tag] = []
        if lacking[number] and number not in silent and (mood is None or len(mood.sentiments) != 1 + len(cut)):
            continue
        if mood and number in likened:
            if len(mood.sentiments) != len(found):
                continue
            words = [item.words, *(item.words[start:end] for start, end in cut)]
            tags = [tag for tag in tags_from(classifier, found, mood, ids, words) if tag.tagger in lacking[number]]
        readers, asked = lacking[number], {tagger.task for tagger in lacking[number]}
        if mood is None or not rules.targets.taggers:
            targets = ()
        elif TASK in asked:
            targets = rules.targets.targets(item.words, cut, mood.sentiments[1:] or mood.sentiments, item.brands)
        if TASK in asked:
            readers |= frozenset(rules.signs.taggers)
        if TASK in asked or SIGN in asked:
            tags += [tag for tag in rules.signs.tags(item.words, cut, item.brands) if tag.tagger in readers]
        tagged = TaggedMention(mention=number, text_hash=item.text_hash, tags=tuple(tags), targets=targets)
        answered.setdefault(readers, []).append(tagged)
    return answered


def tags_from(classifier: Classifier, vectors: Sequence[Floats], mood: Mood, ids: Ids, words: Sequence[str]) -> Iterator[Tag]:
    """Topics and attributes of a mention, from its vectors and words and the sentiments that were read before."""
    named = by_name(ids)
    for span, found in enumerate(classifier.match(np.stack(vectors), mood.sentiments, mood.complaint, words)):
        yield from match_tags(found, named, span)
