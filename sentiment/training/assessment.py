"""Measure a finished model on every dev split and on the airlines that it never trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.classifier import SENTIMENTS, Descriptions
from sentiment.encoder import Encoder
from sentiment.evaluation import COMPLAINTS, Evaluation, score_labels
from sentiment.text import prepare
from sentiment.training.calibration import dev_sets
from sentiment.training.copies import Seen
from sentiment.training.corpus import PLAN, Reading, Sample, read_set, rows
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


@dataclass(frozen=True)
class Assessment:
    """All that was measured of one model."""

    sets: tuple[Assessed, ...]
    topics_macro_f1: float
    """Nine airline reasons from one-line descriptions, the likeliest taken, on texts with one of them."""
    topics_n: int
    calibration_error: float
    """Expected calibration error of sentiment over all dev texts, 15 bins (Naeini et al. 2015)."""
    sentiment_accuracy: float
    """Over all dev texts with a sentiment, for comparing the quantised with the full model."""


def assess(encoder: Encoder, data: Path, seen: Seen, at_most: int | None = None) -> Assessment:
    """Read every dev split and the airlines (`data/../eval`), or the first `at_most` of each, with a finished model.

    Dev rows of which training read a copy are left out.
    """
    results, sure, right = [], [], []
    for name in dev_sets(data):
        reading = next((reading for reading in PLAN if reading.name == name), None)
        samples = read_set(data, reading or Reading(name, 0.0), "dev")
        samples = seen.without(samples[:at_most])
        for samples_of_task, task in ((_with_sentiment(samples), "sentiment"), (_with_complaint(samples), "complaint")):
            if not samples_of_task:
                continue
            gold, read, share = _read(encoder, samples_of_task, task)
            results.append(_assessed(name, samples_of_task[0].lang, gold, read, task))
            if task == "sentiment":
                sure += share
                right += [a == b for a, b in zip(gold, read, strict=True)]
    airlines = list(rows(data.parent / "eval" / "airline_tweets" / "train.jsonl"))[: at_most and 8 * at_most]
    samples = [Sample(row["text"], "en", "airline_tweets", SENTIMENTS.index(row["label"])) for row in airlines]
    gold, read, _ = _read(encoder, samples, "sentiment")
    results.append(_assessed("airline_tweets (never trained on)", "en", gold, read, "sentiment"))
    reasons = [row for row in airlines if row["topic"] in AIRLINE_REASONS]
    macro = topics_macro_f1(encoder, [row["text"] for row in reasons], [row["topic"] for row in reasons])
    return Assessment(
        tuple(results), macro, len(reasons), calibration_error(np.array(sure), np.array(right)), float(np.mean(right))
    )


def topics_macro_f1(encoder: Encoder, texts: Sequence[str], gold: Sequence[str]) -> float:
    """Return the macro-F1 of the likeliest of AIRLINE_REASONS."""

    @dataclass(frozen=True)
    class Reason:
        id: str
        name: str
        description: str

    asked = [Reason(name, name, words) for name, words in AIRLINE_REASONS.items()]
    likely = Descriptions(encoder, asked, encoder.settings.topic).likeness(encoder.read(texts).vectors)
    read = [asked[i].id for i in likely.argmax(axis=1)]
    return score_labels(gold, read, list(AIRLINE_REASONS), "topic").macro_f1


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
    outputs = encoder.read([sample.text for sample in samples])
    if task == "complaint":
        gold = [COMPLAINTS[int(sample.complaint < 0.5)] for sample in samples]
        return gold, [COMPLAINTS[int(p < encoder.settings.complaint_threshold)] for p in outputs.complaint], []
    best = outputs.sentiment.argmax(axis=1)
    return (
        [SENTIMENTS[sample.sentiment] for sample in samples],
        [SENTIMENTS[i] for i in best],
        [float(p) for p in outputs.sentiment.max(axis=1)],
    )


def _assessed(name: str, lang: str, gold: list[str], read: list[str], task: str) -> Assessed:
    return Assessed(name, lang, score_labels(gold, read, COMPLAINTS if task == "complaint" else SENTIMENTS, task))


def _with_sentiment(samples: Sequence[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.sentiment >= 0]


def _with_complaint(samples: Sequence[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.complaint >= 0 and sample.sure == 1.0]
