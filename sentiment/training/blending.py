"""Fit how the encoder's sentiment and that of words and letters are added, over all languages and then for each."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sentiment.encoder import Encoder
from sentiment.settings import Blend
from sentiment.training.corpus import Sample, detected

Array = NDArray[np.float64]
ALONE = Blend(1.0, 0.0, (0.0, 0.0, 0.0))
"""The encoder's own logits as they are."""
DERIVED = 0.2
"""Weight of M-ABSA, whose sentiments are derived from aspects, beside sets whose sentiments people gave."""
FEW = 8
"""Rows that a sentiment must have in a set for the set to say how common it is."""
ENOUGH = 250
"""Rows from which on a language has a blend of its own."""
HOLD = 0.001
"""Weight of the squared distance from the general blend, in the units of SPREAD, against the mean loss."""
SPREAD = np.array([0.2, 0.2, 0.5, 0.5])
"""How far a language's values may be expected from the general ones."""
_ABSENT = -50.0


def fit_blends(encoder: Encoder, samples: Sequence[Sample], spelt: bool = True) -> tuple[Blend, dict[str, Blend]]:
    """Return the blend of least cross-entropy over all samples, and those of the languages that have enough of them.

    `encoder` gives its logits as they are (`ALONE`); without `spelt`, words and letters say nothing. Temperature after Guo
    et al. 2017. Every sentiment of a set weighs alike, so that the probabilities hold where none is expected more than
    another: the training tweets are negative one time in six, mentions of a brand oftener. Sets weigh by the root of their
    size. A set without a sentiment (reviews without neutral ones) says nothing of how common it is: the loss is over the
    sentiments that it has.
    """
    encoder = replace(encoder, settings=replace(encoder.settings, blend=ALONE, blends={}))
    texts = [sample.text for sample in samples]
    deep = np.log(encoder.read(texts).sentiment.astype(np.float64) + 1e-9)
    plain = encoder.read_words(texts, detected(samples)).astype(np.float64) * spelt
    gold = np.array([sample.sentiment for sample in samples])
    counts = Counter((sample.origin, sample.sentiment) for sample in samples)
    absent = np.array([[0.0 if counts[sample.origin, k] > FEW else _ABSENT for k in range(3)] for sample in samples])
    weights = _weigh(samples, counts)

    def fit(rows: NDArray[np.int64], start: Array, hold: float) -> Array:
        def loss(values: Array) -> float:
            logits = values[0] * deep[rows] + values[1] * plain[rows] + np.array([values[2], 0, values[3]]) + absent[rows]
            shares = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
            mean = -float((weights[rows] * shares[np.arange(len(rows)), gold[rows]]).sum() / weights[rows].sum())
            return mean + hold * float((((values - start) / SPREAD) ** 2).sum())

        return np.asarray(minimize(loss, start, method="L-BFGS-B", bounds=[(0.05, 3), (0, 3), (-2, 2), (-2, 2)]).x)

    general = fit(np.arange(len(samples)), np.array([0.5, 0.4, 0.0, 0.0]), 0.0)
    by_language: dict[str, list[int]] = defaultdict(list)
    for row, sample in enumerate(samples):
        by_language[sample.lang].append(row)
    own = {lang: np.array(rows) for lang, rows in sorted(by_language.items()) if len(rows) >= ENOUGH}
    return _blend(general), {lang: _blend(fit(rows, general, HOLD)) for lang, rows in own.items()}


def _weigh(samples: Sequence[Sample], counts: Counter[tuple[str, int]]) -> Array:
    sizes = Counter(sample.origin for sample in samples)

    def weigh(sample: Sample) -> float:
        derived = DERIVED if sample.origin.startswith("m_absa_") else 1.0
        return float(derived * sizes[sample.origin] ** 0.5 / counts[sample.origin, sample.sentiment])

    return np.array([weigh(sample) for sample in samples])


def _blend(values: Array) -> Blend:
    cool, spelling, negative, positive = (float(value) for value in values)
    return Blend(round(1 / cool, 3), round(spelling, 3), (round(negative, 3), 0.0, round(positive, 3)))
