"""How many telling words a text shares with a description: what vectors of whole sentences blur."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sentiment.names import fold

LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "tr", "hi", "ur", "ar", "et")
STEM = 5
"""Letters of a word that are compared: "delay", "delayed" and "delays" are one."""
_WORD = re.compile(r"[^\W\d_][\w\u0900-\u097f]*")


class Overlap:
    """The telling words of a list of descriptions."""

    def __init__(self, descriptions: Sequence[str]) -> None:
        own = [stems(description) for description in descriptions]
        shared = Counter(stem for one in own for stem in one)
        self._n = len(own)
        self._found: dict[str, list[tuple[int, float]]] = {}
        for column, one in enumerate(own):
            for stem in one:
                self._found.setdefault(stem, []).append((column, 1 / shared[stem]))

    def score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, descriptions): the shared stems, each counted by one over the number of descriptions that have it."""
        out = np.zeros((len(texts), self._n), np.float32)
        for row, text in enumerate(texts):
            # Sorted, since sums of parts depend on their order in the last digit, and that of a set differs by process.
            for stem in sorted(stems(text) & self._found.keys()):
                for column, worth in self._found[stem]:
                    out[row, column] += worth
        return out


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of a text's words, without those that every text has."""
    ignored = _stop_words()
    return frozenset(word[:STEM] for word in _WORD.findall(fold(text)) if len(word) > 2 and word not in ignored)


@cache
def _stop_words() -> frozenset[str]:
    import stopwordsiso

    return frozenset(fold(word) for language in LANGUAGES for word in stopwordsiso.stopwords(language))
