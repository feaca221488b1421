"""Which mentions people are asked to judge: a random sample with a known chance, larger where a label is rarely told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Drawn:
    """One mention of a sample."""

    mention: int
    chance: float
    """The chance that it had of being in the sample."""


def draw_sample(told: Mapping[int, str], size: int, *, seed: int) -> tuple[Drawn, ...]:
    """Draw `size` mentions (or all) without replacement, in random order, from what the classifier tells of each.

    Half of them are shared out by how often a label is told and half evenly, so that rare labels are judged often enough to
    know how they are told. The same mentions and seed give the same sample.
    """
    strata: dict[str, list[int]] = {}
    for mention, label in sorted(told.items()):
        strata.setdefault(label, []).append(mention)
    shares = share_out({label: len(mentions) for label, mentions in strata.items()}, size)
    generator = np.random.default_rng(seed)
    drawn = [
        Drawn(int(mention), shares[label] / len(mentions))
        for label, mentions in sorted(strata.items())
        for mention in generator.choice(mentions, shares[label], replace=False)
    ]
    return tuple(drawn[i] for i in generator.permutation(len(drawn)))


def share_out(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """How many of each label: half by its size, half evenly, never more than there are."""
    whole = sum(sizes.values())
    size = min(size, whole)
    wanted = {label: 0.5 * size * (count / whole + 1 / len(sizes)) for label, count in sizes.items()}
    given = {label: min(count, int(wanted[label])) for label, count in sizes.items()}
    while (left := size - sum(given.values())) > 0:
        open_ones = sorted(label for label in sizes if given[label] < sizes[label])
        for label in sorted(open_ones, key=lambda one: given[one] - wanted[one])[:left]:
            given[label] += 1
    return given
