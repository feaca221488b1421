"""Fit what turns the model's raw outputs into probabilities, on dev splits alone."""

import json
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sentiment.classifier import Descriptions
from sentiment.clauses import split_parts
from sentiment.encoder import Encoder
from sentiment.evaluation import score_labels
from sentiment.settings import Likeness, Settings, write_settings
from sentiment.training.blending import ALONE, fit_blends
from sentiment.training.copies import Seen
from sentiment.training.corpus import SENTIMENTS, Sample, detected, read_set
from sentiment.training.defaults import DEFAULTS
from sentiment.training.export import PLACES
from sentiment.training.own import BESIDE, own_names, own_rows
from sentiment.training.plans import PLAN, Reading

Array = NDArray[np.float64]
BACKGROUND = 768
"""Texts that a description's likeness is judged against, drawn alike from all languages."""
MOODY = 1500
"""Texts of one dev split that sentiment is fitted on."""

AROUND = 3
"""Hundredths to either side of a threshold that must be as good as it."""
RELIABLE = 0.55
"""Macro-F1 of sentiment from which on a language counts as supported; a guess has a third."""
ENOUGH = 18
"""Texts of a language that a set must have to judge it."""
DOUBTFUL = "umsab_hi"
"""A set whose labels contradict those of the tweets that it shares with another: no language is judged by it."""
UNTRUSTED = (DOUBTFUL, "xed_et")
"""Sets that no blend is fitted on: that one, and subtitles, which nobody writes of a brand."""


@dataclass(frozen=True)
class Meant:
    """A description as config would have it."""

    id: str
    name: str
    description: str


@dataclass(frozen=True)
class Pairs:
    """Texts beside descriptions: how near, and whether the one is about the other."""

    features: NDArray[np.float32]
    """(n, 2), as in `Descriptions.features`."""
    about: NDArray[np.bool_]


def everyday_languages() -> tuple[str, ...]:
    """Return the languages of the own texts that the encoder did not read."""
    return tuple(sorted({row["lang"] for name in BESIDE for row in own_rows(name, "train")}))


def raw_settings(name: str, tokenizer_file: Path) -> Settings:
    """Return settings that leave every output as the model gives it."""
    vocab = json.loads(tokenizer_file.read_text(encoding="utf-8"))["model"]["vocab"]
    even = Likeness(cosine=1.0, words=0.0, shift=0.0, threshold=0.5)
    return Settings(name, vocab["[CLS]"], vocab["[SEP]"], PLACES - 2, ALONE, {}, (), 1.0, 0.0, 0.5, {}, even, even)


def calibrate(folder: Path, data: Path, training: Sequence[Sample], seen: Seen, seed: int) -> Settings:
    """Write model.json and background.npy for the model in `folder`; `training` lends the background texts.

    Sentiment is fitted on dev texts of which training read no copy (`seen`). `folder` has the words-and-letters model already.
    """
    settings = write_raw(folder)
    encoder = Encoder.load(folder)
    vectors = encoder.read(draw_alike(training, BACKGROUND, seed)).vectors
    np.save(folder / "background.npy", np.rint(vectors * 127).astype(np.int8))
    encoder = Encoder.load(folder)
    scale, shift, threshold = _fit_complaints(encoder, data)
    likeness = _fit_likeness(encoder, data)
    blend, blends = fit_blends(encoder, moody(data, seen))
    settings = replace(settings, blend=blend, blends=blends, everyday=everyday_languages())
    return replace(
        settings,
        languages=reliable_languages(replace(encoder, settings=settings), data),
        complaint_scale=scale,
        complaint_shift=shift,
        complaint_threshold=threshold,
        topic=likeness,
        attribute=likeness,
    )


def write_raw(folder: Path) -> Settings:
    """Write the files that make the model in a folder readable as it is, and return its settings."""
    settings = raw_settings("uncalibrated", folder / "tokenizer.json")
    np.save(folder / "background.npy", np.ones((1, 384), np.int8))
    write_settings(settings, folder / "model.json")
    return settings


def draw_alike(training: Sequence[Sample], n: int, seed: int) -> list[str]:
    """Draw about n texts of training, as many from each language."""
    chance = random.Random(seed)
    by_language: dict[str, list[str]] = {}
    for sample in training:
        by_language.setdefault(sample.lang, []).append(sample.text)
    share = -(-n // len(by_language))
    return [text for _, texts in sorted(by_language.items()) for text in chance.sample(sorted(set(texts)), share)]


def moody(data: Path, seen: Seen) -> list[Sample]:
    """Return the dev texts that state a sentiment and can be trusted in it."""
    parts = [seen.without(dev_samples(data, name)[:MOODY]) for name in dev_sets(data) if name not in UNTRUSTED]
    return [sample for part in parts for sample in part if sample.sentiment >= 0]


def reliable_languages(encoder: Encoder, data: Path) -> dict[str, float]:
    """Return the languages in which sentiment is read well enough, with the mean macro-F1 of their dev sets."""
    groups: dict[tuple[str, str], list[Sample]] = {}
    for name in dev_sets(data):
        for sample in dev_samples(data, name):
            if sample.sentiment >= 0 and name != DOUBTFUL:
                groups.setdefault((sample.lang, name), []).append(sample)
    scores: dict[str, list[float]] = {}
    for (lang, _), samples in sorted(groups.items()):
        if len(samples) >= ENOUGH:
            texts = [sample.text for sample in samples]
            read = encoder.read(texts, detected(samples)).sentiment.argmax(axis=1)
            gold = [SENTIMENTS[sample.sentiment] for sample in samples]
            score = score_labels(gold, [SENTIMENTS[i] for i in read], SENTIMENTS, "sentiment").macro_f1
            scores.setdefault(lang, []).append(score)
    means = {lang: round(sum(values) / len(values), 3) for lang, values in scores.items()}
    print(f"languages: {means}", flush=True)
    return {lang: mean for lang, mean in means.items() if mean >= RELIABLE}


def _fit_complaints(encoder: Encoder, data: Path) -> tuple[float, float, float]:
    """Return Platt's scale and shift and the threshold of best F1, on the gold dev split."""
    samples = dev_samples(data, "complaints_tweets")
    gold = np.array([sample.complaint > 0.5 for sample in samples])
    share = np.clip(complaints_of(encoder, samples).astype(np.float64), 1e-6, 1 - 1e-6)
    logits = np.log(share / (1 - share))
    scale, shift = fit_logistic(logits[:, None], gold)
    return scale, shift, best_threshold(1 / (1 + np.exp(-(scale * logits + shift))), gold, beta=1.0)


def complaints_of(encoder: Encoder, samples: Sequence[Sample]) -> NDArray[np.float32]:
    """Return the probability (n,) that each text is a complaint, by sentence as the classifier reads it."""
    return encoder.read_sentences([[one.text[a:b] for a, b in split_parts(one.text)] for one in samples])[0].complaint


def _fit_likeness(encoder: Encoder, data: Path) -> Likeness:
    """Fit the probability of being about a description, on the default topics: users' wordings, unseen in training."""
    pairs = default_pairs(encoder, data)
    features = pairs.features.astype(np.float64)
    *weights, shift = fit_logistic(features, pairs.about)
    share = 1 / (1 + np.exp(-(features @ np.array(weights) + shift)))
    cosine, words = weights
    # A topic that is not there misleads a report more than one that is missed.
    return Likeness(cosine, words, shift, best_threshold(share, pairs.about, beta=0.5))


def default_pairs(encoder: Encoder, data: Path) -> Pairs:
    """Pair the own complaints with the default topics, whose descriptions are new to the model, if the texts are not."""
    topics = _default_topics()
    described = Descriptions(encoder, topics, encoder.settings.topic)
    read = [Reading(f"own:{name}", 1.0) for name in own_names()]
    samples = [one for reading in read for split in ("train", "dev") for one in read_set(data, reading, split)]
    samples = [one for one in samples if one.complaint > 0.5 and one.topics]
    texts = [sample.text for sample in samples]
    features = described.features(encoder.read(texts).vectors, texts)
    told = [{label.rpartition("/")[2] for label in sample.topics} for sample in samples]
    means = [DEFAULTS[topic.id] for topic in topics]
    yes = np.array([[bool(labels & one.yes) for one in means] for labels in told])
    perhaps = np.array([[bool(labels & one.perhaps) for one in means] for labels in told])
    return Pairs(features[yes | ~perhaps], yes[yes | ~perhaps])


def _default_topics() -> list[Meant]:
    tables = tomllib.loads(files("config").joinpath("topics.toml").read_text(encoding="utf-8"))["topics"]
    return [Meant(table["id"], table["name"], table["description"]) for table in tables]


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
    """Return the probability around which saying yes from there on has the best mean F-beta (van Rijsbergen 1979).

    The mean is over AROUND hundredths to either side: the curve is flat and jagged, and its highest point is luck.
    """
    thresholds = np.arange(0.1, 0.9, 0.01)
    said = [share >= threshold for threshold in thresholds]
    scores = [(1 + beta**2) * (one & gold).sum() / (one.sum() + beta**2 * gold.sum()) for one in said]
    means = np.convolve(scores, np.ones(2 * AROUND + 1), mode="valid")
    return round(float(thresholds[means.argmax() + AROUND]), 2)


def dev_sets(data: Path) -> list[str]:
    """Return the sets of the plan that have a dev split, and the one that is there to measure only."""
    names = ["tweeteval_sentiment", *(reading.name for reading in PLAN)]
    names = [name for name in names if (data / name / "dev.jsonl").exists()]
    return [*names, *(f"own:{name}" for name in own_names())]


def dev_samples(data: Path, name: str) -> list[Sample]:
    """Return the dev split of a set, read as the first plan reads the set."""
    reading = next((reading for reading in PLAN if reading.name == name), replace(PLAN[0], name=name))
    return read_set(data, reading, "dev")
