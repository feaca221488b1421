"""Fit what turns the model's raw outputs into probabilities, on dev splits alone."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sentiment.encoder import Encoder
from sentiment.settings import Likeness, Settings, write_settings
from sentiment.training.corpus import PLAN, Sample, read_set
from sentiment.training.export import PLACES
from sentiment.training.labels import MEANT

Array = NDArray[np.float64]
BACKGROUND = 768
"""Texts that a description's likeness is judged against, drawn alike from all languages."""
AT_MOST = 300
"""Texts of one dev split that are fitted on: enough, and no set rules."""


@dataclass(frozen=True)
class Pairs:
    """Texts beside descriptions: how near, and whether the one is about the other."""

    score: Array
    """Standard score of the cosine among the background's (n,)."""
    cosine: Array
    general: Array
    """Cosine of the text with the background's mean."""
    about: NDArray[np.bool_]


def raw_settings(name: str, tokenizer_file: Path) -> Settings:
    """Return settings that leave every output as the model gives it."""
    vocab = json.loads(tokenizer_file.read_text(encoding="utf-8"))["model"]["vocab"]
    even = Likeness(scale=1.0, cosine=0.0, general=0.0, shift=0.0, threshold=0.5)
    return Settings(name, vocab["[CLS]"], vocab["[SEP]"], PLACES - 2, 1.0, (0.0, 0.0, 0.0), 1.0, 0.0, 0.5, even, even)


def calibrate(folder: Path, data: Path, training: Sequence[Sample], seed: int) -> Settings:
    """Write model.json and background.npy for the model in `folder`; `training` lends the background texts."""
    settings = raw_settings("uncalibrated", folder / "tokenizer.json")
    np.save(folder / "background.npy", np.ones((1, 384), np.int8))
    write_settings(settings, folder / "model.json")
    encoder = Encoder.load(folder)
    vectors = encoder.read(_background_texts(training, seed)).vectors
    np.save(folder / "background.npy", np.rint(vectors * 127).astype(np.int8))
    encoder = Encoder.load(folder)
    scale, shift, threshold = _fit_complaints(encoder, data)
    likeness = _fit_likeness(encoder, data)
    temperature, bias = _fit_sentiment(encoder, data)
    return replace(
        settings,
        temperature=temperature,
        bias=bias,
        complaint_scale=scale,
        complaint_shift=shift,
        complaint_threshold=threshold,
        topic=likeness,
        attribute=likeness,
    )


def _background_texts(training: Sequence[Sample], seed: int) -> list[str]:
    chance = random.Random(seed)
    by_language: dict[str, list[str]] = {}
    for sample in training:
        by_language.setdefault(sample.lang, []).append(sample.text)
    share = -(-BACKGROUND // len(by_language))
    return [text for _, texts in sorted(by_language.items()) for text in chance.sample(sorted(set(texts)), share)]


def _fit_sentiment(encoder: Encoder, data: Path) -> tuple[float, tuple[float, float, float]]:
    """Return the temperature and class biases of least cross-entropy over the dev splits (Guo et al. 2017).

    Every class of every set weighs alike, so that the probabilities hold where no sentiment is expected
    more than another: the training tweets are negative one time in six, mentions of a brand much oftener.
    """
    samples = [sample for name in dev_sets(data) for sample in _dev(data, name)[:AT_MOST] if sample.sentiment >= 0]
    sizes = Counter((sample.origin, sample.sentiment) for sample in samples)
    weights = np.array([1 / sizes[sample.origin, sample.sentiment] for sample in samples])
    gold = np.array([sample.sentiment for sample in samples])
    logits = np.log(encoder.read([sample.text for sample in samples]).sentiment.astype(np.float64) + 1e-9)

    def loss(cooled: Array) -> float:
        log_share = cooled - np.log(np.exp(cooled).sum(axis=1, keepdims=True))
        return float(-(weights * log_share[np.arange(len(gold)), gold]).sum())

    temperature, negative, positive = 1.0, 0.0, 0.0
    for _ in range(6):
        bias = np.array([negative, 0, positive])
        temperature = min(np.arange(0.5, 3.0, 0.02), key=lambda t: loss(logits / t + bias))
        negative = min(np.arange(-1, 2, 0.02), key=lambda b: loss(logits / temperature + [b, 0, positive]))
        positive = min(np.arange(-1, 2, 0.02), key=lambda b: loss(logits / temperature + [negative, 0, b]))
    return round(float(temperature), 2), (round(float(negative), 2), 0.0, round(float(positive), 2))


def _fit_complaints(encoder: Encoder, data: Path) -> tuple[float, float, float]:
    """Return Platt's scale and shift and the threshold of best F1, on the gold dev split."""
    samples = _dev(data, "complaints_tweets")
    gold = np.array([sample.complaint > 0.5 for sample in samples])
    share = np.clip(encoder.read([sample.text for sample in samples]).complaint.astype(np.float64), 1e-6, 1 - 1e-6)
    logits = np.log(share / (1 - share))
    scale, shift = fit_logistic(logits[:, None], gold)
    return scale, shift, best_threshold(1 / (1 + np.exp(-(scale * logits + shift))), gold, beta=1.0)


def _fit_likeness(encoder: Encoder, data: Path) -> Likeness:
    """Fit the probability of being about a description, on descriptions worded as users do and unseen in training."""
    parts = [_pairs(encoder, _dev(data, name)[:AT_MOST]) for name in topic_sets(data)]
    pairs = Pairs(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("score", "cosine", "general", "about"))
    )
    features = np.stack([pairs.score, pairs.cosine, pairs.general], axis=1)
    scale, cosine, general, shift = fit_logistic(features, pairs.about)
    share = 1 / (1 + np.exp(-(features @ np.array([scale, cosine, general]) + shift)))
    # A topic that is not there misleads a report more than one that is missed.
    return Likeness(scale, cosine, general, shift, best_threshold(share, pairs.about, beta=0.5))


def _pairs(encoder: Encoder, samples: Sequence[Sample]) -> Pairs:
    """Pair each text with the descriptions that some text of its label set is about."""
    described = encoder.read(list(MEANT)).vectors
    usual = encoder.background @ described.T
    texts = encoder.read([sample.text for sample in samples]).vectors
    cosine = texts @ described.T
    score = (cosine - usual.mean(axis=0)) / usual.std(axis=0)
    meant = list(MEANT.values())
    about = np.array([[bool(labels & set(sample.topics)) for labels in meant] for sample in samples])
    known: dict[str, NDArray[np.bool_]] = {
        domain: np.any([row for row, sample in zip(about, samples, strict=True) if sample.domain == domain], axis=0)
        for domain in {sample.domain for sample in samples}
    }
    asked = np.array([known[sample.domain] for sample in samples])
    general = np.broadcast_to((texts @ encoder.background.mean(axis=0))[:, None], cosine.shape)
    return Pairs(score[asked].astype(float), cosine[asked].astype(float), general[asked].astype(float), about[asked])


def fit_logistic(features: Array, gold: NDArray[np.bool_]) -> tuple[float, ...]:
    """Return the weights of the features and the intercept, by Newton's method with a slight ridge."""
    design = np.column_stack([features, np.ones(len(features))])
    weights, ridge = np.zeros(design.shape[1]), 1e-3 * np.eye(design.shape[1])
    for _ in range(30):
        share = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (gold - share) - ridge @ weights
        curve = (design * (share * (1 - share))[:, None]).T @ design + ridge
        weights = weights + np.linalg.solve(curve, slope)
    return tuple(float(weight) for weight in weights)


def best_threshold(share: Array, gold: NDArray[np.bool_], beta: float) -> float:
    """Return the probability from which on saying yes has the best F-beta (van Rijsbergen 1979)."""

    def score(threshold: float) -> float:
        said = share >= threshold
        return float((1 + beta**2) * (said & gold).sum() / (said.sum() + beta**2 * gold.sum()))

    return round(float(max(np.arange(0.1, 0.9, 0.01), key=score)), 2)


def dev_sets(data: Path) -> list[str]:
    """Return the sets of the plan that have a dev split, and the one that is there to measure only."""
    names = ["tweeteval_sentiment", *(reading.name for reading in PLAN)]
    return [name for name in names if (data / name / "dev.jsonl").exists()]


def topic_sets(data: Path) -> list[str]:
    """Return the sets with dev splits whose labels `MEANT` describes."""
    return [name for name in dev_sets(data) if name.startswith("m_absa_") or name in ("it_absita_hotels", "app_reviews")]


def _dev(data: Path, name: str) -> list[Sample]:
    reading = next((reading for reading in PLAN if reading.name == name), replace(PLAN[0], name=name))
    return read_set(data, reading, "dev")
