"""Put samples into batches of like length and one label set, within a budget of tokens."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from sentiment.layout import Unit, lay_out
from sentiment.sentences import split_sentences
from sentiment.training.corpus import Sample

LONGEST = 80
"""Tokens a training text keeps: its head and its end, where reviews draw their conclusion."""
SHORT = 26
"""Tokens of a text that may be packed with others."""
PACKED = 0.35
"""Share of the short texts that are read beside others, as the sentences of one text."""


@dataclass(frozen=True)
class Line:
    """One sequence of tokens and what is known of its parts."""

    ids: tuple[int, ...]
    units: tuple[Unit, ...]
    samples: tuple[Sample, ...]
    """What each unit is."""


@dataclass(frozen=True)
class Batch:
    """Sequences read together: of one label set, or of none, in lengths that differ little."""

    lines: tuple[Line, ...]

    @property
    def samples(self) -> list[Sample]:
        """Return the samples of all units, line by line."""
        return [sample for line in self.lines for sample in line.samples]


def plan_batches(samples: Sequence[Sample], tokenizer: Tokenizer, budget: int, seed: int, *, by_sentence: bool) -> list[Batch]:
    """Return the batches of a run in random order; the same arguments give the same batches.

    With `by_sentence` the sentences of a text stand apart as they do when the finished model reads, and some short
    texts share a sequence, each with its own labels: so a sentence learns to be read beside others.
    """
    chance = random.Random(seed)
    encoded = _encode_sentences(samples, tokenizer) if by_sentence else _encode_whole(samples, tokenizer)
    lines = [Line(_shorten(ids), (Unit(0, 0, min(len(ids), LONGEST)),), (sample,)) for ids, sample in encoded]
    if by_sentence:
        lines = list(_pack(lines, chance))
    by_domain: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_domain[line.samples[0].domain].append(line)
    batches = [Batch(tuple(part)) for _, members in sorted(by_domain.items()) for part in _split(members, budget, chance)]
    chance.shuffle(batches)
    return batches


def stack(ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return padded ids (n, tokens) and the mask of real tokens."""
    longest = max(len(one) for one in ids)
    out = torch.zeros(len(ids), longest, dtype=torch.long)
    seen = torch.zeros(len(ids), longest, dtype=torch.bool)
    for i, one in enumerate(ids):
        out[i, : len(one)] = torch.tensor(one)
        seen[i, : len(one)] = True
    return out, seen


def places(lines: Sequence[Line]) -> Tensor:
    """Return (units, 4): the line, mark, start and end of each unit."""
    rows = [(row, unit.mark, unit.start, unit.end) for row, line in enumerate(lines) for unit in line.units]
    return torch.tensor(rows, dtype=torch.long)


def _encode_whole(samples: Sequence[Sample], tokenizer: Tokenizer) -> Iterator[tuple[list[int], Sample]]:
    encodings = tokenizer.encode_batch([sample.text for sample in samples])
    return ((encoding.ids, sample) for encoding, sample in zip(encodings, samples, strict=True))


def _encode_sentences(samples: Sequence[Sample], tokenizer: Tokenizer) -> Iterator[tuple[list[int], Sample]]:
    vocab = tokenizer.get_vocab()
    start, end = vocab["[CLS]"], vocab["[SEP]"]
    cuts = [[sample.text[a:b] for a, b in split_sentences(sample.text)] for sample in samples]
    encodings = iter(tokenizer.encode_batch([piece for pieces in cuts for piece in pieces], add_special_tokens=False))
    for pieces, sample in zip(cuts, samples, strict=True):
        yield lay_out([next(encodings).ids for _ in pieces], start, end)[0], sample


def _pack(lines: Sequence[Line], chance: random.Random) -> Iterator[Line]:
    """Yield the lines, some of the short ones joined with others of the same language and label set."""
    waiting: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if len(line.ids) > SHORT or chance.random() >= PACKED:
            yield line
            continue
        sample = line.samples[0]
        group = waiting[sample.domain, sample.lang]
        group.append(line)
        if len(group) == 3 or (len(group) == 2 and chance.random() < 0.5):
            yield _join(waiting.pop((sample.domain, sample.lang)))
    for group in waiting.values():
        yield from group


def _join(lines: Sequence[Line]) -> Line:
    start, end = lines[0].ids[0], lines[0].ids[-1]
    ids, units = lay_out([line.ids[1:-1] for line in lines], start, end)
    return Line(tuple(ids), tuple(units[1:]), tuple(line.samples[0] for line in lines))


def _shorten(ids: Sequence[int]) -> tuple[int, ...]:
    half = LONGEST // 2
    return tuple(ids) if len(ids) <= LONGEST else (*ids[:half], *ids[-half:])


def _split(members: list[Line], budget: int, chance: random.Random) -> list[list[Line]]:
    """Cut members, sorted by a blurred length so that neighbours vary from run to run, into full batches."""
    members = sorted(members, key=lambda line: len(line.ids) + chance.uniform(0, 2))
    parts: list[list[Line]] = [[]]
    longest = 0
    for line in members:
        longest = max(longest, len(line.ids))
        if parts[-1] and longest * (len(parts[-1]) + 1) > budget:
            parts.append([])
            longest = len(line.ids)
        parts[-1].append(line)
    return [part for part in parts if part]
