"""Put samples into batches of like length and one label set, within a budget of tokens."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from sentiment.training.corpus import Sample

LONGEST = 80
"""Tokens a training text keeps: its head and its end, where reviews draw their conclusion."""


@dataclass(frozen=True)
class Batch:
    """Samples read together."""

    samples: tuple[Sample, ...]
    """Of one label set, or of none."""
    ids: tuple[tuple[int, ...], ...]
    """Token ids of each, uncut lengths differing little."""


def plan_batches(samples: Sequence[Sample], tokenizer: Tokenizer, budget: int, seed: int) -> list[Batch]:
    """Return the batches of a run in random order; the same arguments give the same batches."""
    chance = random.Random(seed)
    encoded = [tuple(_shorten(e.ids)) for e in tokenizer.encode_batch([sample.text for sample in samples])]
    by_domain: dict[str, list[int]] = defaultdict(list)
    for i, sample in enumerate(samples):
        by_domain[sample.domain].append(i)
    batches = [
        Batch(tuple(samples[i] for i in part), tuple(encoded[i] for i in part))
        for _, members in sorted(by_domain.items())
        for part in _split(members, encoded, budget, chance)
    ]
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


def _shorten(ids: list[int]) -> list[int]:
    if len(ids) <= LONGEST:
        return ids
    half = LONGEST // 2
    return ids[:half] + ids[-half:]


def _split(members: list[int], encoded: Sequence[tuple[int, ...]], budget: int, chance: random.Random) -> list[list[int]]:
    """Cut members, sorted by a blurred length so that neighbours vary from run to run, into full batches."""
    members = sorted(members, key=lambda i: len(encoded[i]) + chance.uniform(0, 2))
    parts: list[list[int]] = [[]]
    longest = 0
    for i in members:
        longest = max(longest, len(encoded[i]))
        if parts[-1] and longest * (len(parts[-1]) + 1) > budget:
            parts.append([])
            longest = len(encoded[i])
        parts[-1].append(i)
    return [part for part in parts if part]
