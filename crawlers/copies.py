"""The MinHash bands by which the store finds texts that may be copies of each other.

Stores hold them, so they must stay what they are: the values of datasketch 2's `MinHash(num_perm=64, seed=1)`, scheme affine32,
as a test holds. Datasketch itself had another scheme before 2.0, takes longer, and brings all of scipy into every crawl.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b, sha1

import numpy as np
from numpy.typing import NDArray

from store.copies import MIN_WORDS, shingles

BANDS = 16
ROWS = 4
"""Hash values in a band. Texts that share 70% of their shingles meet in one of 16 bands of 4 with probability 0.987, at 80%
0.9998; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4."""
BAND_BYTES = 8 * ROWS
MARKED = [blake2b(bytes([band]), digest_size=8) for band in range(BANDS)]
"""Each band's own number, which is hashed before its values, so that bands do not meet each other."""
SEED = 1

HALF, ODD, FIRST_FACTOR, SECOND_FACTOR = map(np.uint32, (16, 13, 0x85EBCA6B, 0xC2B2AE35))

Hashes = NDArray[np.uint32]


def copy_bands(text: str | None) -> tuple[int, ...]:
    """Sixteen signed 64-bit numbers, of which copies share some; none for a text of under 25 words."""
    runs = shingles(text, MIN_WORDS) if text else set()
    if not runs:
        return ()
    heads = b"".join([sha1(run.encode()).digest()[:4] for run in runs])
    factors, terms = draw_functions()
    least = np.minimum.reduce(mix(np.frombuffer(heads, "<u4"))[:, None] * factors + terms)
    values = least.astype("<u8").tobytes()
    bands = []
    for band, marked in enumerate(MARKED):
        hashed = marked.copy()
        hashed.update(values[BAND_BYTES * band : BAND_BYTES * (band + 1)])
        bands.append(hashed.digest())
    return tuple(np.frombuffer(b"".join(bands), "<i8").tolist())


def mix(hashes: Hashes) -> Hashes:
    """MurmurHash3's finalizer, of which the hash functions are then linear (modulo 2^32)."""
    mixed = hashes ^ (hashes >> HALF)
    mixed *= FIRST_FACTOR
    mixed ^= mixed >> ODD
    mixed *= SECOND_FACTOR
    mixed ^= mixed >> HALF
    return mixed


@cache
def draw_functions() -> tuple[Hashes, Hashes]:
    """Factors (odd) and terms of the sixty-four hash functions."""
    chance = np.random.RandomState(SEED)
    factors = chance.randint(0, 1 << 31, BANDS * ROWS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, chance.randint(0, 1 << 32, BANDS * ROWS, dtype=np.uint32)
