"""Find dev rows that training has read: what a model remembers is no measure of how it reads."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from sentiment.training.corpus import Sample

RUN = 5
"""Words in a row that are compared."""
ALIKE = 0.4
"""Share of a text's runs that stand in one training text, from which on it is a near copy."""
SHORTEST = 8
"""Words under which only equal texts are copies: short ones share their runs by chance."""
_MASKS = re.compile(r"@user|\bhttp\b")
_GAPS = re.compile(r"[\W_]+")


class Seen:
    """The texts that training read, ready to be looked up."""

    def __init__(self, training: Iterable[Sample]) -> None:
        self._texts = {_bare(sample.text) for sample in training}
        self._owners: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for i, text in enumerate(sorted(self._texts)):
            for run in _runs(text.split()):
                self._owners[run].append(i)

    def has(self, text: str) -> bool:
        """Say whether training read this text or a near copy of it."""
        bare = _bare(text)
        if bare in self._texts:
            return True
        words = bare.split()
        runs = _runs(words)
        shared = Counter(owner for run in runs for owner in self._owners.get(run, ()))
        return len(words) >= SHORTEST and bool(shared) and shared.most_common(1)[0][1] >= ALIKE * len(runs)

    def without(self, samples: Sequence[Sample]) -> list[Sample]:
        """Return the samples of which training read no copy."""
        return [sample for sample in samples if not self.has(sample.text)]


def _bare(text: str) -> str:
    return _GAPS.sub(" ", _MASKS.sub(" ", text.lower())).strip()


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}
