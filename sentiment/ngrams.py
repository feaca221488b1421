"""A linear model over words and letter sequences: what a text's spelling alone says of its sentiment.

It is right where the encoder is weak (rare spellings, languages with little training text) and costs microseconds, so
the two are added. Every language has weights of its own beside the common ones (Daume 2007), added up beforehand: one
look-up a feature. Hashing: Weinberger et al. 2009, with a check so that a feature never seen has no weight; letters within
words: as scikit-learn's `char_wb`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Hashes = NDArray[np.uint64]
Whole = NDArray[np.int64]
LETTERS = (2, 3, 4, 5)
"""Lengths of the letter sequences; a word's edges count as letters."""
SLOT_BITS, CHECK_BITS = 22, 8
"""A feature's code: which slot of the table is its own, and what must be written there for it to be."""
SLOTS, CODES = 1 << SLOT_BITS, 1 << (SLOT_BITS + CHECK_BITS)
COMMON = 0
"""The number of the weights that texts of no known language are read with."""
_MARK = re.compile(r"([^\w\s\u0900-\u097f])")
_BASE, _PAIR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_LENGTH = 0xD6E8FEB86659FD93
_APART = 0x2545F491
_SPACE = 32


@dataclass(frozen=True)
class Features:
    """Features of n texts: `owner[i]` has the feature `code[i]` as often as `count[i]` says."""

    owner: Whole
    words: NDArray[np.bool_]
    """Whether the feature is a word or a pair of words; else it is a sequence of letters."""
    code: Whole
    """Below CODES; the same feature has another code in every language."""
    count: Floats


@dataclass(frozen=True)
class NgramModel:
    """Weights of the features; the neutral class is the zero that the others are told from."""

    table: NDArray[np.uint32]
    """(SLOTS,): the check, the telling, and the weights of negative and positive, from the lowest byte up; 0 where empty."""
    languages: tuple[str, ...]
    """Those with weights of their own: the first has number 1."""
    scale: float
    """What one step of the weights is worth."""
    bias: Floats
    """(1 + languages, 2)."""

    @classmethod
    def load(cls, path: Path) -> "NgramModel":
        """Read `ngrams.npz`; raises ValueError where it was made for another number of slots."""
        with np.load(path) as stored:
            used = np.flatnonzero(np.unpackbits(stored["used"]))
            if 8 * len(stored["used"]) != SLOTS:
                raise ValueError(f"it has {8 * len(stored['used'])} slots, wanted {SLOTS}")
            table = np.zeros(SLOTS, np.uint32)
            table[used] = np.ascontiguousarray(stored["entries"].T).view("<u4")[:, 0]
            languages = tuple(str(language) for language in stored["languages"])
            return cls(table, languages, float(stored["scale"]), stored["bias"])

    def save(self, path: Path) -> None:
        """Write `ngrams.npz`, byte by byte of the entries: what is alike stands together, and packs well."""
        entries = self.table[self.table != 0].astype("<u4").view(np.uint8).reshape(-1, 4)
        np.savez_compressed(
            path,
            used=np.packbits(self.table != 0),
            entries=np.ascontiguousarray(entries.T),
            languages=np.array(self.languages),
            scale=np.float32(self.scale),
            bias=self.bias,
        )

    def logits(self, texts: Sequence[str], languages: Sequence[str] = ()) -> Floats:
        """Return (n, 3) logits of negative, neutral, positive for prepared texts, read with their languages' weights."""
        numbers = {language: number for number, language in enumerate(self.languages, 1)}
        own = np.array([numbers.get(language, COMMON) for language in languages or [""] * len(texts)], np.int64)
        # Kind by kind, and counted at once: all kinds of a long text together would take hundreds of bytes a letter.
        found = join_tallies([self._tally_known(*kind) for kind in find_kinds(texts, own)])
        entry = self.table[found.code >> CHECK_BITS]
        value = weigh(found, (entry >> 8).astype(np.uint8))
        out = np.zeros((len(texts), 3), np.float32)
        for column, shift, bias in ((0, 16, self.bias[own, 0]), (2, 24, self.bias[own, 1])):
            weight = (entry >> shift).astype(np.uint8).view(np.int8)
            out[:, column] = self.scale * np.bincount(found.owner, weight * value, len(texts)) + bias
        return out

    def _tally_known(self, owner: Whole, words: bool, code: Whole) -> Features:
        """Tally those features of one kind that the table has."""
        entry = self.table[code >> CHECK_BITS]
        known = (entry != 0) & ((entry & ((1 << CHECK_BITS) - 1)) == code & ((1 << CHECK_BITS) - 1))
        owner, code = owner[known], code[known]
        return tally(owner, np.full(len(owner), words), code)


def find_features(texts: Sequence[str], own: Whole) -> tuple[Whole, NDArray[np.bool_], Whole]:
    """Return the owner, the kind and the code of every occurrence: words, pairs of words, and letters within words.

    `own` (n,) is the number of each text's language.
    """
    kinds = list(find_kinds(texts, own))
    words = np.concatenate([np.full(len(owner), words) for owner, words, _ in kinds])
    return np.concatenate([owner for owner, _, _ in kinds]), words, np.concatenate([code for _, _, code in kinds])


def find_kinds(texts: Sequence[str], own: Whole) -> Iterator[tuple[Whole, bool, Whole]]:
    """Yield the owner, the kind and the code of every word, of every pair of words, and of letters of each length."""
    letters, owners = _letters(texts)
    differs = apart(own)
    word_hash, word_owner = _words(letters, owners)
    yield word_owner, True, _code(word_hash) ^ differs[word_owner]
    same = word_owner[1:] == word_owner[:-1]
    pair_owner = word_owner[1:][same]
    yield pair_owner, True, _code((word_hash[:-1] * _PAIR + word_hash[1:])[same]) ^ differs[pair_owner]
    for hashes, whose in _runs(letters, owners):
        yield whose, False, _code(hashes) ^ differs[whose]


def split_words(text: str) -> list[str]:
    """Return the words of a prepared text in lower case; a mark is a word."""
    return _MARK.sub(r" \1 ", text.lower()).split()


def apart(own: Whole) -> Whole:
    """Return what languages' codes differ by (exclusive or) from those of the common weights, by their numbers."""
    return own * _APART % CODES


def tally(owner: Whole, words: NDArray[np.bool_], code: Whole) -> Features:
    """Return each feature of each text once, with its count; in an order that does not depend on other texts."""
    known, count = np.unique((2 * owner + words) * CODES + code, return_counts=True)
    whose = known // CODES
    return Features(whose >> 1, (whose & 1).astype(np.bool_), known % CODES, count.astype(np.float32))


def join_tallies(parts: Sequence[Features]) -> Features:
    """Join tallies of different kinds of features of the same texts; a feature that is in several is counted up."""
    keys = np.concatenate([(2 * part.owner + part.words) * CODES + part.code for part in parts])
    known, place = np.unique(keys, return_inverse=True)
    count = np.bincount(place, np.concatenate([part.count for part in parts]), len(known)).astype(np.float32)
    whose = known // CODES
    return Features(whose >> 1, (whose & 1).astype(np.bool_), known % CODES, count)


def weigh(found: Features, telling: NDArray[np.uint8]) -> Floats:
    """Return the values of features: how telling each is by itself, and oftener found a little more, in unit vectors.

    One vector a text for words and one for letters; sublinear frequencies as in Pedregosa et al. 2011.
    """
    worth = telling * (1 + np.log(found.count))
    whose = 2 * found.owner + found.words
    length = np.sqrt(np.bincount(whose, worth * worth))
    values: Floats = (worth / length[whose]).astype(np.float32)
    return values


def _letters(texts: Sequence[str]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the code points of all texts, words parted by one space and texts by two, and whose each is."""
    spaced = [" " + " ".join(split_words(text)) + " " for text in texts]
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


def _runs(letters: Hashes, owners: NDArray[np.int64]) -> Iterator[tuple[Hashes, NDArray[np.int64]]]:
    """Yield by length the hashes of letter sequences that have no space within, and whose each is."""
    spaces = np.concatenate([[0], np.cumsum(letters == _SPACE)])
    rolling = letters
    for length in range(2, max(LETTERS) + 1):
        if len(letters) < length:
            break
        rolling = rolling[: len(letters) - length + 1] * _BASE + letters[length - 1 :]
        first, last = slice(len(rolling)), slice(length - 1, length - 1 + len(rolling))
        fits = spaces[last] == spaces[1:][first]
        fits &= owners[first] == owners[last]
        fits &= (letters[first] != _SPACE) | (letters[last] != _SPACE)  # else it lies between two texts
        yield rolling[fits] + np.uint64(length * _LENGTH % 2**64), owners[first][fits]


def _code(hashes: Hashes) -> Whole:
    """Return the code of each hash; the mixing is MurmurHash3's finalizer."""
    mixed = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return (mixed >> np.uint64(64 - SLOT_BITS - CHECK_BITS)).astype(np.int64)
