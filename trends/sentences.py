"""The sentences of complaints with their stored vectors, ready to be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from store.unsorted import find_ill_sentences, find_told
from store.vectors import find_vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Row = dict[str, Any]
AT_ONCE = 1000
"""Mentions whose vectors are unpacked at once."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What the classifier lends: trends do not know it."""

    model: str
    """Its name, as stored vectors carry it."""
    background: Floats
    """Unit vectors (b, 384) of ordinary texts."""
    embed: Callable[[Sequence[str]], Floats]
    """Texts -> unit vectors (n, 384)."""
    takes: Callable[[str, Sequence[Floats]], list[bool]]
    """(description of a topic, for each complaint its vectors) -> whether the classifier would give it the topic."""


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """Sentences that are not positive; of a mention without such a one, or of one sentence, the whole."""

    owners: Sequence[int]
    """Row id of each sentence's mention."""
    spans: Sequence[tuple[int | None, int | None]]
    """(start, end) in what was read, the title, a line break and the text; (None, None) for the whole."""
    vectors: Floats
    """(n, 384)."""
    stacks: Mapping[int, Floats]
    """By mention: the vector of the whole, then those of its sentences where it has several."""
    told: Mapping[int, Row]
    """By mention: its words, as `store.unsorted.find_told` gives them."""
    unstored: int
    """Mentions that had no stored vectors of this model, and were read now."""

    def sentence(self, number: int) -> str:
        """The words of a sentence on one line; of a mention of one sentence, all of them."""
        start, end = self.spans[number]
        return " ".join(words_of(self.told[self.owners[number]])[start:end].split())


def read_sentences(db: Database, vectors: Database, reader: Reader, mentions: Sequence[int], *, brand: str) -> Sentences:
    """Read the sentences of mentions that speak ill of a brand; those without stored vectors are encoded again."""
    import numpy as np

    owners: list[int] = []
    spans: list[tuple[int | None, int | None]] = []
    stacks: dict[int, Floats] = {}
    told: dict[int, Row] = {}
    unstored = 0
    for start in range(0, len(mentions), AT_ONCE):
        rows = {row["mention"]: row for row in find_told(db, mentions[start : start + AT_ONCE])}
        ill: dict[int, list[Row]] = {}
        for sentence in find_ill_sentences(db, list(rows), brand=brand):
            ill.setdefault(sentence["mention"], []).append(sentence)
        stored = find_vectors(vectors, reader.model, {number: row["text_hash"] for number, row in rows.items()})
        complete = {number for number, found in stored.items() if all(s["span"] < len(found) for s in ill.get(number, ()))}
        fresh = embed_missing(reader, {n: row for n, row in rows.items() if n not in complete}, ill)
        unstored += len(fresh)
        for number in rows:
            sentences = ill.get(number, [])
            found = stored[number] if number in complete else fresh[number]
            picked = [found[s["span"]] for s in sentences] if number in complete else found[1:]
            stacks[number] = np.stack([found[0], *picked])
            owners += [number] * max(len(sentences), 1)
            spans += [(s["start"], s["end"]) for s in sentences] or [(None, None)]
        told |= rows
    width = reader.background.shape[1]
    parts = [stack[1:] if len(stack) > 1 else stack for stack in stacks.values()]
    joined = np.concatenate([np.zeros((0, width), np.float32), *parts])
    return Sentences(owners=owners, spans=spans, vectors=joined, stacks=stacks, told=told, unstored=unstored)


def embed_missing(reader: Reader, rows: Mapping[int, Row], ill: Mapping[int, Sequence[Row]]) -> dict[int, list[Floats]]:
    """The vectors of the whole and the sentences of mentions, read now."""
    texts = {number: list(cut_text(words_of(row), ill.get(number, ()))) for number, row in rows.items()}
    if not texts:
        return {}
    read = iter(reader.embed([text for parts in texts.values() for text in parts]))
    return {number: [next(read) for _ in parts] for number, parts in texts.items()}


def cut_text(words: str, sentences: Sequence[Row]) -> Iterator[str]:
    """A text, then its sentences."""
    yield words
    yield from (words[sentence["start"] : sentence["end"]] for sentence in sentences)


def words_of(row: Row) -> str:
    """What was read of a mention: title, line break, text."""
    return "\n".join(part for part in (row["title"], row["text"]) if part)
