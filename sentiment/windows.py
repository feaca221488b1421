"""Cut texts into windows that the model can read, sentence by sentence, and put windows of one length together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from sentiment.layout import Unit, lay_out


class Encoded(Protocol):
    """A tokenized sentence."""

    @property
    def ids(self) -> list[int]:
        """Return its token ids."""

    @property
    def word_ids(self) -> list[int | None]:
        """Return the word that each token belongs to."""


@dataclass(frozen=True)
class Window:
    """Tokens read at once, and whose results they are part of."""

    ids: list[int]
    units: list[Unit]
    owners: list[int]
    """Of each unit: the number of the text or of the sentence."""


@dataclass(frozen=True)
class Limits:
    """What a model reads at once."""

    start: int
    """Token id that opens a window."""
    end: int
    """Token id behind each sentence."""
    tokens: int
    """Tokens of a window at most, these two kinds not counted for the first sentence."""


def cut_windows(sentences: Iterable[Encoded], text: int, first: int | None, limits: Limits) -> Iterator[Window]:
    """Yield the windows of one text: as many sentences in each as fit, longer ones cut between words.

    Units belong to `text` and, unless `first` is None, to the sentences numbered from `first` on.
    """
    pieces: list[list[int]] = []
    owners: list[int] = []
    room = limits.tokens
    for number, sentence in enumerate(sentences):
        for piece in _cut_sentence(sentence, limits.tokens):
            if pieces and len(piece) + 1 > room:
                yield _window(pieces, owners, text, first, limits)
                pieces, owners, room = [], [], limits.tokens
            room -= len(piece) + (1 if pieces else 0)
            pieces.append(piece)
            owners.append(number)
    yield _window(pieces or [[]], owners or [0], text, first, limits)


def batch_windows(sizes: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield indices of windows of one length whose tokens fit the budget.

    Nothing is padded: a padded text's sums end in other digits, and a value that they carry over the edge of a step in int8
    is then another one.
    """
    order = sorted(range(len(sizes)), key=sizes.__getitem__)
    for size, alike in groupby(order, key=sizes.__getitem__):
        part, most = list(alike), max(1, budget // size)
        yield from (part[start : start + most] for start in range(0, len(part), most))


def _window(pieces: list[list[int]], owners: list[int], text: int, first: int | None, limits: Limits) -> Window:
    ids, units = lay_out(pieces, limits.start, limits.end)
    if first is None:
        return Window(ids, units[:1], [text])
    return Window(ids, units, [text, *(first + owner for owner in owners)])


def _cut_sentence(sentence: Encoded, longest: int) -> Iterator[list[int]]:
    """Yield a sentence's tokens in parts of like length, cut at a word's start where one is near."""
    ids, words = sentence.ids, sentence.word_ids
    size = -(-len(ids) // max(1, -(-len(ids) // longest)))
    start = 0
    while start < len(ids):
        end = min(start + size, len(ids))
        while end < len(ids) and end > start + size // 2 and words[end] == words[end - 1]:
            end -= 1
        yield ids[start:end]
        start = end
