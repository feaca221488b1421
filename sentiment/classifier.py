"""Turn texts into readings: language, sentiment, complaint, topics and attributes, whole and by sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from sentiment.encoder import Encoder, Outputs
from sentiment.language import detect_language
from sentiment.sentences import split_sentences
from sentiment.settings import Likeness

Floats = NDArray[np.float32]
Polarity = Literal["confirms", "contests"]
SENTIMENTS = ("negative", "neutral", "positive")
NEARLY = 0.8
"""A sentence's further topics have at least this part of its likeliest one's probability: descriptions that lie near
each other would else all be given. On the dev splits it costs and brings nothing (F0.5 within 0.01)."""


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


@dataclass(frozen=True)
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
    """Topic id -> probability, for complaints alone: a topic is what a complaint is about."""
    attributes: Mapping[str, Polarity]
    spans: tuple[SpanReading, ...]
    """The sentences, in order; a text of one sentence has one."""
    attribute_scores: Mapping[str, float] = field(default_factory=dict)
    vector: Floats = field(default_factory=lambda: np.zeros(0, np.float32), repr=False, compare=False)
    """Unit vector of the whole text."""


@dataclass(frozen=True)
class Matches:
    """Topics and attributes found in a text, whole and by sentence."""

    topics: dict[str, float]
    attributes: dict[str, Polarity]
    attribute_scores: dict[str, float]


class Descriptions:
    """Descriptions ready to be compared with sentence vectors."""

    def __init__(self, encoder: Encoder, described: Sequence[Described], likeness: Likeness) -> None:
        self.ids = [one.id for one in described]
        self.threshold = likeness.threshold
        self._likeness = likeness
        self._vectors = encoder.read([one.description for one in described]).vectors
        usual = encoder.background @ self._vectors.T
        self._mean, self._spread = usual.mean(axis=0), usual.std(axis=0) + 1e-6
        self._centre = encoder.background.mean(axis=0)

    def likeness(self, vectors: Floats) -> Floats:
        """Return the probability (n, descriptions) that each vector's sentence is about each description.

        A logistic function of the cosine, of its standard score among the background's cosines with that description,
        and of the vector's cosine with the background's mean: a description that is near to every text must be nearer
        to count, and so must a text that is near to everything (hubs; the idea of CSLS, Conneau et al. 2018).
        """
        cosine = vectors @ self._vectors.T
        logit = self._likeness.scale * (cosine - self._mean) / self._spread + self._likeness.cosine * cosine
        general = self._likeness.general * (vectors @ self._centre)[:, None]
        out: Floats = 1 / (1 + np.exp(-(logit + general + self._likeness.shift)))
        return out


class Classifier:
    """Reads texts for one list of topics and one of attributes."""

    def __init__(self, encoder: Encoder, topics: Sequence[Described], attributes: Sequence[Described]) -> None:
        self.encoder = encoder
        self.topics, self.attributes = tuple(topics), tuple(attributes)
        self._topics = Descriptions(encoder, topics, encoder.settings.topic)
        self._attributes = Descriptions(encoder, attributes, encoder.settings.attribute)

    @property
    def model(self) -> str:
        """Return the model's name and version."""
        return self.encoder.name

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
        """Read texts; all of them and their sentences go through the encoder together."""
        spans = [split_sentences(text) for text in texts]
        units = [*texts, *(text[a:b] for text, cut in zip(texts, spans, strict=True) if len(cut) > 1 for a, b in cut)]
        outputs = self.encoder.read(units, progress)
        readings, after = [], len(texts)
        for i, (text, cut) in enumerate(zip(texts, spans, strict=True)):
            own = range(after, after + len(cut)) if len(cut) > 1 else range(i, i + len(cut))
            after += len(cut) if len(cut) > 1 else 0
            readings.append(self._compose(text, cut, outputs, i, list(own)))
        return readings

    def match(self, vectors: Floats, sentiments: Sequence[str], complaint: bool) -> list[Matches]:
        """Find topics and attributes from stored vectors alone: first the whole text's, then its sentences'.

        `vectors` is (1 + sentences, 384), or (1, 384) for a text of one sentence; `sentiments` has as many.
        """
        first = 1 if len(vectors) > 1 else 0
        topics = self._topics.likeness(vectors) if complaint else np.zeros((len(vectors), len(self.topics)), np.float32)
        if first:  # praise beside a complaint is not what it is about
            topics[1:][[sentiment == "positive" for sentiment in sentiments[1:]]] = 0
        topics[topics < NEARLY * topics.max(axis=1, keepdims=True, initial=0.0)] = 0
        speaks = self._attributes.likeness(vectors)
        matches = [
            Matches(_above(self._topics, topics[i]), *self._polarities(speaks[i], sentiments[i]))
            for i in range(first, len(vectors))
        ]
        whole_topics = np.vstack([topics[first:], topics[:1]]).max(axis=0)
        whole = Matches(_above(self._topics, whole_topics), *_strongest(matches))
        return [whole, *matches] if first else [whole]

    def _polarities(self, speaks: Floats, sentiment: str) -> tuple[dict[str, Polarity], dict[str, float]]:
        polarity: Polarity = "confirms" if sentiment == "positive" else "contests"
        scores = _above(self._attributes, speaks) if sentiment != "neutral" else {}
        return dict.fromkeys(scores, polarity), scores

    def _compose(self, text: str, cut: list[tuple[int, int]], outputs: Outputs, i: int, own: list[int]) -> Reading:
        moods = outputs.sentiment
        complaint = bool(outputs.complaint[i] >= self.encoder.settings.complaint_threshold)
        rows = [i, *own] if len(own) > 1 else [i]
        names = [SENTIMENTS[int(moods[row].argmax())] for row in rows]
        matches = self.match(outputs.vectors[rows], names, complaint)
        whole, of_spans = matches[0], matches[1:] or matches
        spans = tuple(
            SpanReading(
                start, end, SENTIMENTS[int(moods[row].argmax())], float(moods[row].max()),
                match.topics, match.attributes, match.attribute_scores, outputs.vectors[row],
            )
            for (start, end), row, match in zip(cut, own, of_spans if cut else [], strict=True)
        )  # fmt: skip
        return Reading(
            text=text,
            language=detect_language(text),
            sentiment=names[0],
            scores={name: float(score) for name, score in zip(SENTIMENTS, moods[i], strict=True)},
            complaint=complaint,
            complaint_score=float(outputs.complaint[i]),
            topics=whole.topics,
            attributes=whole.attributes,
            spans=spans,
            attribute_scores=whole.attribute_scores,
            vector=outputs.vectors[i],
        )


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
