"""A linear model over hashed words and letter sequences: what a text's spelling alone says of its sentiment.

It is right where the encoder is weak (rare spellings, languages with little training text) and costs microseconds, so
the two are added. Hashing: Weinberger et al. 2009; letters within words: as scikit-learn's `char_wb`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Hashes = NDArray[np.uint64]
LETTERS = (2, 3, 4, 5)
"""Lengths of the letter sequences; a word's edges count as letters."""
WORD_BITS, LETTER_BITS = 19, 21
BUCKETS = (1 << WORD_BITS) + (1 << LETTER_BITS)
_MARK = re.compile(r"([^\w\s\u0900-\u097f])")
_BASE, _PAIR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_SPACE = 32


@dataclass(frozen=True)
class Features:
    """Hashed features of n texts, as index lists: `owner[i]` has the feature `bucket[i]`."""

    owner: NDArray[np.int64]
    bucket: NDArray[np.int64]
    value: Floats
    """One over the root of the number of the owner's features of that kind."""


@dataclass(frozen=True)
class NgramModel:
    """Weights of the buckets; the neutral class is the zero that the others are told from."""

    weights: NDArray[np.int8]
    """(buckets, 2): negative, positive."""
    scale: float
    """What one step of the weights is worth."""
    bias: tuple[float, float]

    @classmethod
    def load(cls, path: Path) -> "NgramModel":
        """Read `ngrams.npz`; raises ValueError where it was made for another number of buckets."""
        with np.load(path) as stored:
            bias = stored["bias"]
            if stored["weights"].shape != (BUCKETS, 2):
                raise ValueError(f"it has weights of shape {stored['weights'].shape}, wanted ({BUCKETS}, 2)")
            return cls(stored["weights"], float(stored["scale"]), (float(bias[0]), float(bias[1])))

    def save(self, path: Path) -> None:
        """Write `ngrams.npz`."""
        np.savez_compressed(path, weights=self.weights, scale=np.float32(self.scale), bias=np.array(self.bias, np.float32))

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return (n, 3) logits of negative, neutral, positive for prepared texts."""
        found = hash_features(texts)
        out = np.zeros((len(texts), 3), np.float32)
        for column, (weights, bias) in zip((0, 2), zip(self.weights.T, self.bias, strict=True), strict=True):
            worth = weights[found.bucket] * found.value
            out[:, column] = self.scale * np.bincount(found.owner, worth, len(texts)) + bias
        return out


def hash_features(texts: Sequence[str]) -> Features:
    """Return the features of prepared texts: words, pairs of words, and letters within words."""
    letters, owners = _letters(texts)
    word_hash, word_owner = _words(letters, owners)
    same = word_owner[1:] == word_owner[:-1]
    pair_hash = (word_hash[:-1] * _PAIR + word_hash[1:])[same]
    words = np.concatenate([word_hash, pair_hash])
    word_owners = np.concatenate([word_owner, word_owner[1:][same]])
    runs, run_owners = _runs(letters, owners)
    bucket = np.concatenate([_bucket(words, WORD_BITS), _bucket(runs, LETTER_BITS) + (1 << WORD_BITS)])
    owner = np.concatenate([word_owners, run_owners])
    counts = [np.maximum(np.bincount(part, minlength=len(texts)), 1) for part in (word_owners, run_owners)]
    value = np.concatenate([counts[0][word_owners], counts[1][run_owners]]).astype(np.float32) ** -0.5
    return Features(owner, bucket, value)


def _letters(texts: Sequence[str]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the code points of all texts, words parted by one space and texts by two, and whose each is."""
    spaced = [" " + " ".join(_MARK.sub(r" \1 ", text.lower()).split()) + " " for text in texts]
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in spaced])
    return np.frombuffer("".join(spaced).encode("utf-32-le"), np.uint32).astype(np.uint64), owners


def _words(letters: Hashes, owners: NDArray[np.int64]) -> tuple[Hashes, NDArray[np.int64]]:
    inside = letters != _SPACE
    starts = np.flatnonzero(inside & ~np.concatenate([[False], inside[:-1]]))
    if not len(starts):
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    first = np.zeros(len(letters), np.int64)
    first[starts] = starts
    place = np.arange(len(letters)) - np.maximum.accumulate(first)
    powers = np.cumprod(np.full(int(place[inside].max()) + 1, _BASE))
    worth = np.where(inside, letters * powers[np.minimum(place, len(powers) - 1)], np.uint64(0))
    return np.add.reduceat(worth, starts), owners[starts]


def _runs(letters: Hashes, owners: NDArray[np.int64]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the hashes of letter sequences that have no space within, and whose each is."""
    spaces = np.concatenate([[0], np.cumsum(letters == _SPACE)])
    hashes, whose, rolling = [], [], letters
    for length in range(2, max(LETTERS) + 1):
        if len(letters) < length:
            break
        rolling = rolling[: len(letters) - length + 1] * _BASE + letters[length - 1 :]
        start = np.arange(len(rolling))
        whole = spaces[start + length - 1] == spaces[start + 1]
        gap = (letters[start] == _SPACE) & (letters[start + length - 1] == _SPACE)  # between two texts
        fits = whole & (owners[start] == owners[start + length - 1]) & ~gap
        hashes.append(rolling[fits] + np.uint64(length))
        whose.append(owners[start[fits]])
    return np.concatenate([np.zeros(0, np.uint64), *hashes]), np.concatenate([np.zeros(0, np.int64), *whose])


def _bucket(hashes: Hashes, bits: int) -> NDArray[np.int64]:
    """Return the bucket of each hash; the mixing is MurmurHash3's finalizer."""
    mixed = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)
