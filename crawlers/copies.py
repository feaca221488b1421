"""The MinHash bands by which the store finds texts that may be copies of each other."""

from __future__ import annotations

from hashlib import blake2b

from store.copies import MIN_WORDS, shingles

BANDS = 16
ROWS = 4
"""Hash values in a band. Texts that share 70% of their shingles meet in one of 16 bands of 4 with probability 0.987, at 80%
0.9998; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4."""


def copy_bands(text: str | None) -> tuple[int, ...]:
    """Sixteen signed 64-bit numbers, of which copies share some; none for a text of under 25 words."""
    if text is None or len(text.split()) < MIN_WORDS:
        return ()
    from datasketch import MinHash

    sketch = MinHash(num_perm=BANDS * ROWS, seed=1)
    sketch.update_batch([shingle.encode() for shingle in shingles(text)])
    values = sketch.hashvalues.astype("<u8")
    return tuple(hash_band(band, values[band * ROWS : (band + 1) * ROWS].tobytes()) for band in range(BANDS))


def hash_band(band: int, values: bytes) -> int:
    """One number for the values of one band; the band's own number is in it, so that bands do not meet each other."""
    digest = blake2b(bytes([band]) + values, digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
