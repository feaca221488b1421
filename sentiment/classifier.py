"""Turn texts into readings: language, sentiment, complaint, topics and attributes, whole and by sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from sentiment.clauses import split_parts
from sentiment.encoder import Encoder, Outputs
from sentiment.language import UNKNOWN, detect_language
from sentiment.overlap import Overlap
from sentiment.settings import Likeness
from store.rounding import SCALE, round_vectors

Floats = NDArray[np.float32]
Polarity = Literal["confirms", "contests"]
SENTIMENTS = ("negative", "neutral", "positive")
NEARLY = 0.8
"""A sentence's further topics have at least this part of its likeliest one's probability: descriptions that lie near
each other would else all be given. On the dev splits it costs and brings nothing (F0.5 within 0.01)."""


MOST_SHARED = 3.0
"""Telling words shared with a description that count; more say no more."""
PHRASE = 0.4
"""Weight of a description's nearest phrase against the whole of it."""
PLAINLY = 0.5
"""Weight of the sentence that speaks of a topic most plainly against the whole text, which knows what is spoken of. On the dev
splits the likeliest topic of a text of several sentences is right oftener than by the plainest sentence alone."""
FINE = 2.0**16
"""Steps in which the components of a description's vector are counted; see `Descriptions.cosines`."""
ROWS_AT_ONCE = 1024
"""Texts and sentences compared with descriptions at once."""
_ENUMERATION = re.compile(r"[,;:.।۔،؛]\s*|\s+(?:or|and|oder|und|o|y|ou|et|e|veya|ve|या|और|یا|اور|või|ja|أو)\s+")


class Described(Protocol):
    """A topic or an attribute as config has it."""

    @property
    def id(self) -> str:
        """Return the stable id."""

    @property
    def name(self) -> str:
        """Return the name that people see."""

    @property
    def description(self) -> str:
        """Return the one line that texts are compared with."""


class SentimentModel(Protocol):
    """Another model that gives sentiments in place of the shipped one."""

    @property
    def name(self) -> str:
        """Return its name and version, as taggers carry it."""

    def read(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> Floats:
        """Return probabilities (n, 3): negative, neutral, positive."""


@dataclass(frozen=True, slots=True)
class SpanReading:
    """What was read in one sentence."""

    start: int
    """Character offset in the text as it was given."""
    end: int
    sentiment: str
    score: float
    """Probability of that sentiment."""
    topics: Mapping[str, float]
    attributes: Mapping[str, Polarity]
    attribute_scores: Mapping[str, float] = field(default_factory=dict)
    """Probability that the sentence speaks of the attribute."""
    vector: Floats = field(default_factory=lambda: np.zeros(0, np.float32), repr=False, compare=False)


@dataclass(frozen=True)
class Reading:
    """What was read in one text."""

    text: str
    language: str
    """BCP 47; `und` when unsure."""
    sentiment: str
    scores: Mapping[str, float]
    """Probability of each sentiment."""
    complaint: bool
    complaint_score: float
    topics: Mapping[str, float]
    """Topic id -> probability, for complaints alone: a topic is what a complaint is about. Each is given because a sentence or
    the whole reaches its threshold; its probability over several sentences may be less."""
    attributes: Mapping[str, Polarity]
    spans: tuple[SpanReading, ...]
    """The sentences, in order; a text of one sentence has one."""
    language_supported: bool = True
    """Whether the model was measured in this language and can be relied on; a text too short to tell counts as one."""
    attribute_scores: Mapping[str, float] = field(default_factory=dict)
    vector: Floats = field(default_factory=lambda: np.zeros(0, np.float32), repr=False, compare=False)
    """Unit vector of the whole text."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Topics and attributes found in a text, whole and by sentence."""

    topics: dict[str, float]
    attributes: dict[str, Polarity]
    attribute_scores: dict[str, float]


@dataclass(frozen=True)
class Read:
    """What the encoder reads in a text and, where there are several, in its sentences behind it."""

    sentiment: Floats
    """(1 + sentences, 3)."""
    complaint: float
    """Of the whole."""
    vectors: Sequence[Floats]


class Descriptions:
    """Descriptions ready to be compared with sentence vectors."""

    def __init__(self, encoder: Encoder, described: Sequence[Described], likeness: Likeness) -> None:
        self.ids = [one.id for one in described]
        self.threshold = likeness.threshold
        self._likeness = likeness
        self._overlap = Overlap([one.description for one in described])
        wordings = [[one.description, *phrases_of(one.description)] for one in described]
        self._vectors = np.rint(encoder.read([words for one in wordings for words in one]).vectors * np.float32(FINE))
        ends = np.cumsum([len(one) for one in wordings])
        self._own = [range(int(end) - len(one), int(end)) for one, end in zip(wordings, ends, strict=True)]

    def cosines(self, vectors: Floats) -> Floats:
        """Return (n, descriptions): the cosine with the description, mixed with that of its phrase that lies nearest.

        "Bad seats, food or wifi" as a whole lies near none of the three. Vectors are rounded as the store rounds them, so that
        a first reading gives what is answered from the store later, to the bit: their products with those of descriptions are
        whole numbers below 2**24, which a float holds exactly in whatever order they are added up.
        """
        near = round_vectors(vectors) @ self._vectors.T / np.float32(SCALE * FINE)
        out = np.zeros((len(vectors), len(self.ids)), np.float32)
        for column, own in enumerate(self._own):
            part = near[:, own.start + 1 : own.stop]
            nearest = part.max(axis=1) if len(own) > 1 else near[:, own.start]
            out[:, column] = (1 - PHRASE) * near[:, own.start] + PHRASE * nearest
        return out

    def features(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Return (n, descriptions, 2) of sentences given by their vectors and words: what their likeness is judged by.

        The cosine, and the telling words that both have. How near a description is to ordinary texts (hubs) was tried and
        says nothing more.
        """
        cosine = self.cosines(vectors)
        shared = np.minimum(self._overlap.score(texts), MOST_SHARED) if texts else np.zeros_like(cosine)
        out: Floats = np.stack([cosine, shared], axis=2)
        return out

    def likeness(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Return the probability (n, descriptions) that each sentence is about each description: logistic in `features`.

        Without `texts` ([]) their words are not looked at.
        """
        how, found = self._likeness, self.features(vectors, texts)
        # Not as a product of matrices, which may round differently for one text and for many.
        odds: Floats = np.float32(how.cosine) * found[..., 0] + np.float32(how.words) * found[..., 1] + np.float32(how.shift)
        out: Floats = np.reciprocal(1 + np.exp(-odds))
        return out


def join_likeness(likeness: Floats) -> Floats:
    """Return the likeness (topics,) of a text to topics from that of the whole and its sentences (1 + sentences, topics)."""
    if len(likeness) == 1:
        only: Floats = likeness[0]
        return only
    joined: Floats = (1 - PLAINLY) * likeness[0] + PLAINLY * likeness[1:].max(axis=0)
    return joined


def phrases_of(description: str) -> list[str]:
    """Return the parts of a description that enumerates; [] for one that does not."""
    parts = [part.strip() for part in _ENUMERATION.split(description)]
    parts = [part for part in parts if len(part) > 2]
    return parts if len(parts) > 1 else []


class Classifier:
    """Reads texts for one list of topics and one of attributes."""

    def __init__(
        self,
        encoder: Encoder,
        topics: Sequence[Described],
        attributes: Sequence[Described],
        sentiment: SentimentModel | None = None,
    ) -> None:
        """`sentiment` is another model for the sentiment alone; without one the encoder gives it too."""
        self.encoder = encoder
        self.topics, self.attributes = tuple(topics), tuple(attributes)
        self._other = sentiment
        self._topics = Descriptions(encoder, topics, encoder.settings.topic)
        self._attributes = Descriptions(encoder, attributes, encoder.settings.attribute)

    @property
    def model(self) -> str:
        """Return the model's name and version."""
        return self.encoder.name

    @property
    def sentiment_model(self) -> str:
        """Return the name of the model that gives the sentiment."""
        return self._other.name if self._other else self.encoder.name

    @property
    def thresholds(self) -> dict[str, float]:
        """Return the probability from which on a label is given, by task."""
        settings = self.encoder.settings
        return {
            "complaint": settings.complaint_threshold,
            "topic": settings.topic.threshold,
            "attribute": settings.attribute.threshold,
        }

    def classify(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> list[Reading]:
        """Read texts, each once: its sentences are read in the same pass."""
        cuts = [split_parts(text) for text in texts]
        pieces = [[text[a:b] for a, b in cut] for text, cut in zip(texts, cuts, strict=True)]
        languages = [detect_language(text) for text in texts]
        wholes, sentences, ranges = self.encoder.read_sentences(pieces, languages, progress)
        if self._other:
            wholes = replace(wholes, sentiment=self._other.read([" ".join(parts) for parts in pieces]))
            sentences = replace(sentences, sentiment=self._other_sentences(pieces, ranges, len(sentences.complaint)))
        rows = [[i, *(len(texts) + n for n in own)] for i, own in enumerate(ranges)]
        words = [[text, *parts][: len(own)] for text, parts, own in zip(texts, pieces, rows, strict=True)]
        found = self._find(wholes, sentences, rows, words)
        return [
            self._compose(text, language, cut, *one)
            for text, language, cut, one in zip(texts, languages, cuts, found, strict=True)
        ]

    def _find(
        self, wholes: Outputs, sentences: Outputs, rows: Sequence[Sequence[int]], words: Sequence[Sequence[str]]
    ) -> Iterator[tuple[Read, list[str], bool, list[Matches]]]:
        """Yield of each text the readings of it and its sentences, their sentiments, whether it complains, and its matches.

        Likeness is computed over many texts at once: by text it costs more than a tenth of the whole reading.
        """
        flat = np.array([row for own in rows for row in own], int)
        texts = [part for own in words for part in own]
        complains = wholes.complaint >= self.encoder.settings.complaint_threshold
        asked = np.repeat(complains, [len(own) for own in rows])
        topics = np.zeros((len(flat), len(self.topics)), np.float32)
        speaks = np.zeros((len(flat), len(self.attributes)), np.float32)
        for start in range(0, len(flat), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            read, some = _rows(wholes.vectors, sentences.vectors, flat[part]), asked[part]
            chosen = [text for text, yes in zip(texts[part], some, strict=True) if yes]
            topics[part][some] = self._topics.likeness(read[some], chosen)
            speaks[part] = self._attributes.likeness(read, texts[part])
        moods = _rows(wholes.sentiment, sentences.sentiment, flat)
        names = [SENTIMENTS[i] for i in moods.argmax(axis=1)]
        start = 0
        for number, (own, complaint) in enumerate(zip(rows, complains, strict=True)):
            part = slice(start, start + len(own))
            start = part.stop
            vectors = [wholes.vectors[number], *(sentences.vectors[row - len(rows)] for row in own[1:])]
            matches = self._match(topics[part], speaks[part], names[part])
            yield Read(moods[part], float(wholes.complaint[number]), vectors), names[part], bool(complaint), matches

    def _other_sentences(self, pieces: Sequence[Sequence[str]], ranges: Sequence[range], n: int) -> Floats:
        """Return the other model's sentiment of the n sentences of texts that have several."""
        assert self._other is not None
        out = np.zeros((n, 3), np.float32)
        wanted = {row: part for parts, own in zip(pieces, ranges, strict=True) for row, part in zip(own, parts, strict=False)}
        if wanted:
            out[list(wanted)] = self._other.read(list(wanted.values()))
        return out

    def match(self, vectors: Floats, sentiments: Sequence[str], complaint: bool, texts: Sequence[str] = ()) -> list[Matches]:
        """Find topics and attributes from stored vectors and words: first the whole text's, then its sentences'.

        `vectors` is (1 + sentences, 384), or (1, 384) for a text of one sentence; `sentiments` and `texts` have as many.
        """
        topics = self._topics.likeness(vectors, texts) if complaint else np.zeros((len(vectors), len(self.topics)), np.float32)
        return self._match(topics, self._attributes.likeness(vectors, texts), sentiments)

    def _match(self, topics: Floats, speaks: Floats, sentiments: Sequence[str]) -> list[Matches]:
        """Find topics and attributes from the likeness (1 + sentences, topics) and (1 + sentences, attributes)."""
        first = 1 if len(topics) > 1 else 0
        if first:  # praise beside a complaint is not what it is about
            topics[1:][[sentiment == "positive" for sentiment in sentiments[1:]]] = 0
        joined = join_likeness(topics)
        topics[topics < NEARLY * topics.max(axis=1, keepdims=True, initial=0.0)] = 0
        matches = [
            Matches(_above(self._topics, topics[i]), *self._polarities(speaks[i], sentiments[i]))
            for i in range(first, len(topics))
        ]
        given = topics.max(axis=0) >= self._topics.threshold
        about = {one: float(score) for one, score, yes in zip(self._topics.ids, joined, given, strict=True) if yes}
        whole = Matches(about, *_strongest(matches))
        return [whole, *matches] if first else [whole]

    def _polarities(self, speaks: Floats, sentiment: str) -> tuple[dict[str, Polarity], dict[str, float]]:
        polarity: Polarity = "confirms" if sentiment == "positive" else "contests"
        scores = _above(self._attributes, speaks) if sentiment != "neutral" else {}
        return dict.fromkeys(scores, polarity), scores

    def _compose(
        self, text: str, language: str, cut: list[tuple[int, int]], read: Read, names: list[str], complaint: bool,
        matches: list[Matches],
    ) -> Reading:  # fmt: skip
        several, moods = len(names) > 1, read.sentiment
        spans = tuple(
            SpanReading(
                start, end, names[row], float(moods[row].max()),
                match.topics, match.attributes, match.attribute_scores, read.vectors[row],
            )
            for row, ((start, end), match) in enumerate(zip(cut, matches[1:] or matches, strict=False), 1 if several else 0)
        )  # fmt: skip
        return Reading(
            text=text,
            language=language,
            language_supported=language == UNKNOWN or language in self.encoder.settings.languages,
            sentiment=names[0],
            scores={name: float(score) for name, score in zip(SENTIMENTS, moods[0], strict=True)},
            complaint=complaint,
            complaint_score=read.complaint,
            topics=matches[0].topics,
            attributes=matches[0].attributes,
            spans=spans,
            attribute_scores=matches[0].attribute_scores,
            vector=read.vectors[0],
        )


def _rows(wholes: Floats, sentences: Floats, rows: NDArray[np.int64]) -> Floats:
    """Return rows of two arrays as if one stood behind the other; long ones are not joined for it."""
    out = np.empty((len(rows), wholes.shape[1]), np.float32)
    whole = rows < len(wholes)
    out[whole], out[~whole] = wholes[rows[whole]], sentences[rows[~whole] - len(wholes)]
    return out


def _above(descriptions: Descriptions, scores: Floats) -> dict[str, float]:
    return {one: float(score) for one, score in zip(descriptions.ids, scores, strict=True) if score >= descriptions.threshold}


def _strongest(matches: Sequence[Matches]) -> tuple[dict[str, Polarity], dict[str, float]]:
    """Return of each attribute the polarity of the sentence that speaks of it most clearly."""
    polarities: dict[str, Polarity] = {}
    scores: dict[str, float] = {}
    for match in matches:
        for attribute, score in match.attribute_scores.items():
            if score > scores.get(attribute, 0.0):
                polarities[attribute], scores[attribute] = match.attributes[attribute], score
    return polarities, scores
