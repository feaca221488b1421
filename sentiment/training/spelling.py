"""Train the linear model over words and letters on the sets that state a sentiment."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags, vstack

from sentiment.ngrams import BUCKETS, NgramModel, hash_features
from sentiment.training.corpus import Sample, read_set
from sentiment.training.plans import SIXTH, THIRD

RARE = 3
"""A bucket that fewer texts have gets no weight."""
STIFF = 16.0
"""Weight of the squares of the weights against the loss summed over texts."""
ROUNDS = 60
SMALL = 8000
"""Sets with fewer texts count for more, up to fourfold."""
CHUNK = 10_000
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Counted:
    """The features of n texts over the buckets that are common enough."""

    matrix: Any
    """Sparse (n, common), each column scaled by its rarity."""
    common: NDArray[np.int64]
    """Which buckets the columns are."""
    rarity: Array
    """Inverse document frequency of each column."""


def learn_spelling(data: Path) -> NgramModel:
    """Return the model fitted by L-BFGS to a weighted multinomial logistic loss (the neutral class is the zero).

    M-ABSA is left out: its sentiments are derived from aspects, and its machine-made parallel texts would outnumber all
    others of their languages.
    """
    started = time.monotonic()
    samples = [
        sample
        for reading in {one.name: one for one in (*SIXTH, *THIRD)}.values()
        if not reading.name.startswith("m_absa_")
        for sample in read_set(data, reading)
        if sample.sentiment >= 0
    ]
    counted = count([sample.text for sample in samples])
    weights = fit(counted.matrix, np.array([sample.sentiment for sample in samples]), importance(samples))
    print(
        f"words and letters: {len(samples)} texts, {len(counted.common)} buckets, {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return pack(weights, counted)


def pack(weights: Array, counted: Counted) -> NgramModel:
    """Return the model with its weights in one byte each; the largest in ten thousand are cut."""
    worth = weights[:-1] * counted.rarity[:, None]
    scale = float(np.quantile(np.abs(worth), 0.9999)) / 127
    table = np.zeros((BUCKETS, 2), np.int8)
    table[counted.common] = np.clip(np.rint(worth / scale), -127, 127).astype(np.int8)
    return NgramModel(table, scale, (float(weights[-1, 0]), float(weights[-1, 1])))


def importance(samples: Sequence[Sample]) -> Array:
    """Return a weight a text: within a set rare sentiments count more, and small sets more than large ones."""
    sizes = Counter(sample.origin for sample in samples)
    classes = Counter((sample.origin, sample.sentiment) for sample in samples)

    def weigh(sample: Sample) -> float:
        size = sizes[sample.origin]
        return float((size / 3 / classes[sample.origin, sample.sentiment]) ** 0.5 * min(4.0, max(1.0, (SMALL / size) ** 0.5)))

    return np.array([weigh(sample) for sample in samples])


def count(texts: Sequence[str]) -> Counted:
    """Return the features of prepared texts, without the rare buckets."""
    parts = []
    for first in range(0, len(texts), CHUNK):
        found = hash_features(texts[first : first + CHUNK])
        shape = (min(CHUNK, len(texts) - first), BUCKETS)
        parts.append(csr_matrix((found.value, (found.owner, found.bucket)), shape))
    matrix = vstack(parts).tocsr()
    frequency = np.bincount(matrix.indices, minlength=BUCKETS)
    common = np.flatnonzero(frequency >= RARE)
    rarity = np.log(len(texts) / frequency[common]) + 1
    return Counted((matrix[:, common] @ diags(rarity)).tocsr().astype(np.float32), common, rarity)


def fit(features: Any, gold: NDArray[np.int64], weight: Array) -> Array:
    """Return weights (features + 1, 2) of negative and positive; the last row is the bias."""
    n, width = features.shape
    turned = features.T.tocsr()

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(width + 1, 2)
        scores = np.zeros((n, 3))
        scores[:, [0, 2]] = features @ weights[:-1] + weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        total = shares.sum(axis=1, keepdims=True)
        cost = float((weight * (np.log(total[:, 0]) - scores[np.arange(n), gold])).sum())
        shares /= total
        shares[np.arange(n), gold] -= 1
        slope = (shares * weight[:, None])[:, [0, 2]]
        down = np.vstack([turned @ slope + STIFF * weights[:-1], slope.sum(axis=0)])
        return cost + STIFF / 2 * float((weights[:-1] ** 2).sum()), down.ravel()

    start = np.zeros((width + 1) * 2)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return np.asarray(found.x).reshape(width + 1, 2)
