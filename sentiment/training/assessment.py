"""Measure a finished model on every dev split and on the airlines that it never trained on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.classifier import SENTIMENTS, Descriptions, join_likeness
from sentiment.clauses import split_parts
from sentiment.encoder import Encoder
from sentiment.evaluation import Evaluation, score_labels
from sentiment.labelled import COMPLAINTS
from sentiment.text import prepare
from sentiment.training.calibration import complaints_of, dev_samples, dev_sets
from sentiment.training.copies import Seen
from sentiment.training.corpus import Sample, detected, rows
from sentiment.training.network import load_minilm
from sentiment.training.teacher import embed
from sentiment.training.vocabulary import old_tokenizer

# One line a reason, written before any figure was seen, and never trained on.
AIRLINE_REASONS = {
    "Customer Service Issue": "Bad customer service: nobody answers, long hold on the phone, unhelpful agents.",
    "Late Flight": "The flight is late or delayed, waiting hours for departure.",
    "Cancelled Flight": "The flight was cancelled.",
    "Lost Luggage": "Luggage is lost or has not arrived, waiting for bags.",
    "Bad Flight": "An unpleasant flight: bad seats, food, wifi or entertainment on board.",
    "Flight Booking Problems": "Problems with booking, reservation, tickets or the website.",
    "Flight Attendant Complaints": "Rude or unprofessional flight attendants, crew or gate staff.",
    "longlines": "Long lines and queues at the airport.",
    "Damaged Luggage": "Luggage was damaged, a broken suitcase.",
}


@dataclass(frozen=True)
class Assessed:
    """One set's result."""

    name: str
    lang: str
    evaluation: Evaluation
    interval: tuple[float, float]
    """95% interval of the macro-F1 by bootstrap over texts (Efron 1979)."""


@dataclass(frozen=True)
class Assessment:
    """All that was measured of one model."""

    sets: tuple[Assessed, ...]
    topics_macro_f1: float
    """Nine airline reasons from one-line descriptions, the likeliest taken, on texts with one of them."""
    topics_n: int
    topics_given_f1: float
    """Macro-F1 of the same nine when each is given or not by its threshold, several or none to a text."""
    calibration_error: float
    """Expected calibration error of sentiment over all dev texts, 15 bins (Naeini et al. 2015)."""
    sentiment_accuracy: float
    """Over all dev texts with a sentiment, for comparing the quantised with the full model."""


def assess(encoder: Encoder, data: Path, seen: Seen, at_most: int | None = None) -> Assessment:
    """Read every dev split and the airlines (`data/../eval`), or the first `at_most` of each, with a finished model.

    Dev rows of which training read a copy are left out.
    """
    results, sure, right = [], [], []
    for name, lang, samples in _by_language(data, seen, at_most):
        for samples_of_task, task in ((_with_sentiment(samples), "sentiment"), (_with_complaint(samples), "complaint")):
            if not samples_of_task:
                continue
            gold, read, share = _read(encoder, samples_of_task, task)
            results.append(_assessed(name, lang, gold, read, task))
            if task == "sentiment":
                sure += share
                right += [a == b for a, b in zip(gold, read, strict=True)]
    airlines = list(rows(data.parent / "eval" / "airline_tweets" / "train.jsonl"))[: at_most and 8 * at_most]
    samples = [Sample(row["text"], "en", "airline_tweets", SENTIMENTS.index(row["label"]), raw=row["text"]) for row in airlines]
    gold, read, _ = _read(encoder, samples, "sentiment")
    results.append(_assessed("airline_tweets (never trained on)", "en", gold, read, "sentiment"))
    reasons = [row for row in airlines if row["topic"] in AIRLINE_REASONS]
    likely, given = topics_macro_f1(encoder, [row["text"] for row in reasons], [row["topic"] for row in reasons])
    error = calibration_error(np.array(sure), np.array(right))
    return Assessment(tuple(results), likely, len(reasons), given, error, float(np.mean(right)))


def _by_language(data: Path, seen: Seen, at_most: int | None) -> Iterator[tuple[str, str, list[Sample]]]:
    """Yield (set, language, dev rows that training read no copy of); the project's own texts by language."""
    for name in dev_sets(data):
        samples = seen.without(dev_samples(data, name)[:at_most])
        for lang in dict.fromkeys(sample.lang for sample in samples):
            yield name, lang, [sample for sample in samples if sample.lang == lang]


def topics_macro_f1(encoder: Encoder, texts: Sequence[str], gold: Sequence[str]) -> tuple[float, float]:
    """Return the macro-F1 of the likeliest of AIRLINE_REASONS, and of all that are given by their threshold."""

    @dataclass(frozen=True)
    class Reason:
        id: str
        name: str
        description: str

    asked = [Reason(name, name, words) for name, words in AIRLINE_REASONS.items()]
    descriptions = Descriptions(encoder, asked, encoder.settings.topic)
    pieces = [[text[a:b] for a, b in split_parts(text)] for text in texts]
    wholes, sentences, ranges = encoder.read_sentences(pieces)
    every = [
        descriptions.likeness(
            np.concatenate([whole[None], sentences.vectors[own.start : own.stop]]), [text, *(parts if len(own) else ())]
        )
        for text, parts, whole, own in zip(texts, pieces, wholes.vectors, ranges, strict=True)
    ]
    read = [asked[i].id for i in np.stack([join_likeness(one) for one in every]).argmax(axis=1)]
    given = np.stack([one.max(axis=0) for one in every]) >= descriptions.threshold
    scores = []
    for said, reason in zip(given.T, asked, strict=True):
        true = np.array([one == reason.id for one in gold])
        scores.append(2 * (said & true).sum() / max(1, said.sum() + true.sum()))
    return score_labels(gold, read, list(AIRLINE_REASONS), "topic").macro_f1, float(np.mean(scores))


def frozen_macro_f1(data: Path, source: Path) -> float:
    """Return the macro-F1 of untrained all-MiniLM-L6-v2 on the same texts and the same descriptions, by plain cosine."""
    asked = [row for row in rows(data.parent / "eval" / "airline_tweets" / "train.jsonl") if row["topic"] in AIRLINE_REASONS]
    words = [prepare(row["text"]) for row in asked]
    network, tokenizer = load_minilm(source), old_tokenizer(source)
    names = list(AIRLINE_REASONS)
    near = embed(words, network, tokenizer) @ embed(list(AIRLINE_REASONS.values()), network, tokenizer).T
    return score_labels([row["topic"] for row in asked], [names[i] for i in near.argmax(axis=1)], names, "topic").macro_f1


def calibration_error(
    sure: "np.ndarray[tuple[int], np.dtype[np.float64]]", right: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> float:
    """Return the mean distance of probability and accuracy over 15 bins, weighed by their texts."""
    bins = np.minimum((sure * 15).astype(int), 14)
    gaps = [abs(sure[bins == i].mean() - right[bins == i].mean()) * (bins == i).mean() for i in range(15) if (bins == i).any()]
    return float(sum(gaps))


def _read(encoder: Encoder, samples: Sequence[Sample], task: str) -> tuple[list[str], list[str], list[float]]:
    if task == "complaint":
        gold = [COMPLAINTS[int(sample.complaint < 0.5)] for sample in samples]
        likely = complaints_of(encoder, samples)
        return gold, [COMPLAINTS[int(p < encoder.settings.complaint_threshold)] for p in likely], []
    texts = [sample.text for sample in samples]
    outputs = encoder.read(texts, detected(samples))
    best = outputs.sentiment.argmax(axis=1)
    return (
        [SENTIMENTS[sample.sentiment] for sample in samples],
        [SENTIMENTS[i] for i in best],
        [float(p) for p in outputs.sentiment.max(axis=1)],
    )


def _assessed(name: str, lang: str, gold: list[str], read: list[str], task: str) -> Assessed:
    names = COMPLAINTS if task == "complaint" else SENTIMENTS
    return Assessed(name, lang, score_labels(gold, read, names, task), macro_interval(gold, read, names))


def macro_interval(gold: Sequence[str], read: Sequence[str], names: Sequence[str]) -> tuple[float, float]:
    """Return the 95% percentile interval of the macro-F1 over 500 seeded bootstrap draws of the texts."""
    g, r = (np.array([names.index(label) for label in labels]) for labels in (gold, read))
    chance, scores, k = np.random.default_rng(0), [], len(names)
    for _ in range(500):
        drawn = chance.integers(0, len(g), len(g))
        table = np.bincount(g[drawn] * k + r[drawn], minlength=k * k).reshape(k, k)
        support, given = table.sum(axis=1), table.sum(axis=0)
        scores.append((2 * table.diagonal() / np.maximum(support + given, 1))[support > 0].mean())
    low, high = np.quantile(scores, (0.025, 0.975))
    return float(low), float(high)


def _with_sentiment(samples: Sequence[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.sentiment >= 0]


def _with_complaint(samples: Sequence[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.complaint >= 0 and sample.sure == 1.0]
