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
from scipy.sparse import csr_matrix

from sentiment.ngrams import CHECK_BITS, COMMON, SLOTS, Features, NgramModel, apart, find_features, tally, weigh
from sentiment.training.blending import DERIVED
from sentiment.training.corpus import Sample, detected, read_set
from sentiment.training.own import SPELT
from sentiment.training.plans import MOODY_SETS, Reading

RARE, RARE_IN_ALL = 2, 3
"""A feature that fewer texts of a language have gets no weight there, and no common one if fewer texts of all have it."""
ROUNDS = 60
ENOUGH = 1000
"""Texts from which on a language has weights of its own."""
PLENTY = 40_000
"""Texts of a language from which on the fit alone finds which features are uneven."""
SMALL = 8000
"""Sets with fewer texts count for more, up to fourfold."""
CHUNK = 10_000
EVENLY = 0.05
"""What an evenly spread feature still tells, in the units of the spread."""
GRAIN = 24
"""Steps of one in how telling a feature is."""
LEVELS = 127
GENTLE = 0.05
"""Units of a bias against those of a weight: biases stand in every text, and would else outrun the weights in the fit."""
Array = NDArray[np.float64]
Singles = NDArray[np.float32]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """The features that get weights, in every language and in common."""

    code: Whole
    """(k,), each in a slot of its own."""
    language: Whole
    """Number of the language, COMMON for the common ones."""
    share: Array
    """Part of the language's texts that have it."""
    size: Whole
    """Texts of the language."""

    @property
    def columns(self) -> NDArray[np.int32]:
        """Return (SLOTS,) the place of the feature in each slot, -1 for none."""
        columns = np.full(SLOTS, -1, np.int32)
        columns[self.code >> CHECK_BITS] = np.arange(len(self.code))
        return columns


@dataclass(frozen=True)
class Spelt:
    """The texts that words and letters learn from."""

    texts: list[str]
    """Prepared."""
    spoken: list[str]
    """The language of each, as detected: so it is at run time."""
    gold: Whole
    weight: Array
    languages: tuple[str, ...]
    """Those with weights of their own: the first has number 1."""

    @property
    def own(self) -> Whole:
        """Return the number of each text's language."""
        numbers = {language: number for number, language in enumerate(self.languages, 1)}
        return np.array([numbers.get(language, COMMON) for language in self.spoken])


def read_spelt(data: Path) -> Spelt:
    """Return the texts of the sets that state a sentiment."""
    read = (*MOODY_SETS, *(Reading(f"own:{name}", 1.0) for name in SPELT))
    samples = [sample for reading in read for sample in read_set(data, reading) if sample.sentiment >= 0]
    spoken = detected(samples)
    frequent = Counter(spoken)
    languages = tuple(sorted({sample.lang for sample in samples if frequent[sample.lang] >= ENOUGH}))
    gold = np.array([sample.sentiment for sample in samples])
    return Spelt([sample.text for sample in samples], spoken, gold, importance(samples), languages)


def learn_spelling(spelt: Spelt) -> NgramModel:
    """Return the model fitted by L-BFGS to a weighted multinomial logistic loss (the neutral class is the zero)."""
    started = time.monotonic()
    model = fit_spelling(spelt.texts, spelt.own, spelt.gold, spelt.weight, spelt.languages)
    used = np.count_nonzero(model.table)
    print(f"words and letters: {len(spelt.texts)} texts, {used} weights, {time.monotonic() - started:.0f} s", flush=True)
    return model


def fit_spelling(texts: Sequence[str], own: Whole, gold: Whole, weight: Array, languages: tuple[str, ...]) -> NgramModel:
    """Return the model of prepared texts with the numbers of their languages, their sentiments and their weights."""
    found = count(texts, own)
    vocabulary = choose(found, own)
    column = vocabulary.columns[found.code >> CHECK_BITS]
    known = (column >= 0) & (vocabulary.code[column] == found.code)
    found = Features(found.owner[known], found.words[known], found.code[known], found.count[known])
    column = column[known]
    telling = tell(vocabulary, found.owner, column, gold, weight)
    values = weigh(found, telling[column])
    matrix = csr_matrix((values, (found.owner, column)), (len(texts), len(telling)))
    del found, column, values, known
    weights, bias = fit(matrix, vocabulary, own, gold, weight.astype(np.float32))
    return pack(vocabulary, telling, weights, bias, languages)


def importance(samples: Sequence[Sample]) -> Array:
    """Return a weight a text: within a set rare sentiments count more, and small sets more than large ones.

    M-ABSA counts for little: its machine-made parallel texts would outweigh all others of their languages.
    """
    sizes = Counter(sample.origin for sample in samples)
    classes = Counter((sample.origin, sample.sentiment) for sample in samples)

    def weigh(sample: Sample) -> float:
        size = sizes[sample.origin]
        derived = DERIVED if sample.origin.startswith("m_absa_") else 1.0
        rare = (size / 3 / classes[sample.origin, sample.sentiment]) ** 0.5
        return float(derived * rare * min(4.0, max(1.0, (SMALL / size) ** 0.5)))

    return np.array([weigh(sample) for sample in samples])


def count(texts: Sequence[str], own: Whole) -> Features:
    """Return the features of prepared texts, given the numbers of their languages."""
    parts = []
    for first in range(0, len(texts), CHUNK):
        part = tally(*find_features(texts[first : first + CHUNK], own[first : first + CHUNK]))
        parts.append((part.owner + first, part.words, part.code, part.count))
    return Features(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def choose(found: Features, own: Whole) -> Vocabulary:
    """Return the features that are common enough; where two have the same slot, the more frequent of them."""
    spoken = own[found.owner]
    sizes = np.bincount(own)
    sizes[COMMON] = len(own)
    codes, frequencies, languages = [], [], []
    for number in range(len(sizes)):
        kept = slice(None) if number == COMMON else spoken == number
        code, frequency = np.unique(found.code[kept] ^ (apart(spoken) if number == COMMON else 0), return_counts=True)
        common = frequency >= (RARE_IN_ALL if number == COMMON else RARE)
        codes.append(code[common])
        frequencies.append(frequency[common])
        languages.append(np.full(np.count_nonzero(common), number))
    code, language = np.concatenate(codes), np.concatenate(languages)
    share = np.concatenate(frequencies) / sizes[language]
    order = np.lexsort((-share, code >> CHECK_BITS))
    slot = code[order] >> CHECK_BITS
    first = np.sort(order[np.concatenate([[True], slot[1:] != slot[:-1]])])
    return Vocabulary(code[first], language[first], share[first], sizes[language[first]])


def tell(vocabulary: Vocabulary, owner: Whole, column: NDArray[np.int32], gold: Whole, weight: Array) -> NDArray[np.uint8]:
    """Return how telling each feature is, in steps: the rarer the more (inverse document frequency).

    In languages of few texts it is also the more telling, the more unevenly its sentiments are spread: the root of the
    spread of the log ratios of Wang and Manning 2012.
    """
    rarity = 1 + np.log((1 + vocabulary.size) / (1 + vocabulary.share * vocabulary.size))
    k = len(rarity)
    masses = np.stack([np.bincount(column, weight[owner] * (gold[owner] == one), k) for one in range(3)], axis=1) + 1
    language = np.zeros((int(vocabulary.language.max()) + 1, 3))
    np.add.at(language, vocabulary.language, masses)
    ratios = np.log(masses / language[vocabulary.language])
    spread = (ratios - ratios.mean(axis=1, keepdims=True)).std(axis=1)
    few = (vocabulary.size < PLENTY) & (vocabulary.language != COMMON)
    telling = rarity * np.where(few, np.sqrt(spread + EVENLY), 1)
    steps: NDArray[np.uint8] = np.clip(np.rint(GRAIN * telling), 1, 255).astype(np.uint8)
    return steps


def fit(matrix: Any, vocabulary: Vocabulary, own: Whole, gold: Whole, weight: Singles) -> tuple[Singles, Singles]:
    """Return weights (k, 2) of negative and positive, and biases (languages + 1, 2).

    A language's weight is the common one of the feature and one of its own; squares of both are held down.
    """
    n, k = matrix.shape
    turned, rows = matrix.T.tocsr(), np.arange(n)
    features, parent = np.unique(vocabulary.code ^ apart(vocabulary.language), return_inverse=True)
    free = (vocabulary.language != COMMON).astype(np.float32)[:, None]
    ends = np.cumsum([len(features), k])

    def unpack(flat: Array) -> tuple[Singles, Singles, Singles]:
        common, apart_, bias = np.split(flat.astype(np.float32).reshape(-1, 2), ends)
        bias = GENTLE * bias
        bias[1:] += bias[0]
        return common, apart_, bias

    def loss(flat: Array) -> tuple[float, Array]:
        common, alone, bias = unpack(flat)
        scores = np.zeros((n, 3), np.float32)
        scores[:, [0, 2]] = matrix @ (common[parent] + alone * free) + bias[own]
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        total = shares.sum(axis=1, keepdims=True)
        cost = float((weight * (np.log(total[:, 0]) - scores[rows, gold])).sum(dtype=np.float64))
        shares /= total
        shares[rows, gold] -= 1
        slope = (shares * weight[:, None])[:, [0, 2]]
        down = turned @ slope
        back = GENTLE * _sums(own, slope, len(bias))
        back[0] = back.sum(axis=0)
        flat_down = np.concatenate([_sums(parent, down, len(features)), down * free, back])
        flat_down[: ends[1]] += np.concatenate([common, alone])
        return cost + float((flat[: 2 * ends[1]] ** 2).sum()) / 2, flat_down.ravel()

    start = np.zeros(2 * (int(ends[1]) + int(own.max()) + 1))
    result = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 8})
    common, alone, bias = unpack(result.x)
    return common[parent] + alone * free, bias


def _sums(groups: Whole, values: Singles, n: int) -> Array:
    """Return the sums (n, 2) of values (., 2) by group."""
    return np.stack([np.bincount(groups, column, n) for column in values.T], axis=1)


def pack(
    vocabulary: Vocabulary, telling: NDArray[np.uint8], weights: Singles, bias: Singles, languages: tuple[str, ...]
) -> NgramModel:
    """Return the model with its weights in one byte each; the largest in ten thousand are cut."""
    scale = float(np.quantile(np.abs(weights), 0.9999)) / LEVELS
    steps = np.clip(np.rint(weights / scale), -LEVELS, LEVELS).astype(np.int8).view(np.uint8)
    entries = np.stack(
        [(vocabulary.code & ((1 << CHECK_BITS) - 1)).astype(np.uint8), telling, steps[:, 0], steps[:, 1]], axis=1
    )
    table = np.zeros(SLOTS, np.uint32)
    table[vocabulary.code >> CHECK_BITS] = np.ascontiguousarray(entries).view("<u4")[:, 0]
    return NgramModel(table, languages, scale, bias)
