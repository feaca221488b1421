"""The MinHash bands by which the store finds texts that may be copies of each other."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import Any

from store.copies import MIN_WORDS, shingles

BANDS = 16
ROWS = 4
"""Hash values in a band. Texts that share 70% of their shingles meet in one of 16 bands of 4 with probability 0.987, at 80%
0.9998; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4."""


def copy_bands(text: str | None) -> tuple[int, ...]:
    """Sixteen signed 64-bit numbers, of which copies share some; none for a text of under 25 words."""
    if text is None or len(text.split()) < MIN_WORDS:
        return ()
    sketch = shared_sketch()
    sketch.clear()
    sketch.update_batch([shingle.encode() for shingle in shingles(text)])
    values = sketch.hashvalues.astype("<u8").tobytes()
    return tuple(hash_band(band, values[8 * ROWS * band : 8 * ROWS * (band + 1)]) for band in range(BANDS))


@cache
def shared_sketch() -> Any:
    """One sketch with its sixty-four hash functions, for one text after the other: to draw those takes longer than a text."""
    from datasketch import MinHash

    return MinHash(num_perm=BANDS * ROWS, seed=1)


def hash_band(band: int, values: bytes) -> int:
    """One number for the values of one band; the band's own number is in it, so that bands do not meet each other."""
    digest = blake2b(bytes([band]) + values, digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
