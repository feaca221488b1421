"""Share of voice: who speaks of several brands is one person, so those who do are told apart across brands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from trends.answers import Share
from trends.frame import Numbers
from trends.sums import Sums, dot, share_of_sums


@dataclass(frozen=True)
class BrandVoice:
    """How often the people of a brand speak of it."""

    said: Numbers
    """By the numbers of people; place 0 stands for all those who say one thing alone."""
    anonymous: int
    """Mentions without an author."""

    @cached_property
    def mentions(self) -> int:
        """All of them."""
        return int(self.said.sum())

    @cached_property
    def people(self) -> int:
        """Known people."""
        return int(self.said[0]) + int(np.count_nonzero(self.said[1:])) - self.anonymous


def find_voices(voices: Sequence[BrandVoice], common: int, *, floor: int) -> list[Share]:
    """Each brand's share of the mentions of all. A mention of two brands is a voice for each, so the shares add up to one."""
    together = reduce(np.add, [one.said[1:common] for one in voices])
    squares, products, people = [], [], int(np.count_nonzero(together))
    for one in voices:
        own, once = one.said[common:], int(one.said[0])
        alone = once + dot(own, own)
        squares.append(alone + dot(one.said[1:common], one.said[1:common]))
        products.append(alone + dot(one.said[1:common], together))
        people += once + int(np.count_nonzero(own))
    everything = sum(one.mentions for one in voices)
    return [
        share_of_sums(
            Sums(
                plus=one.mentions,
                minus=0,
                whole=everything,
                squares=square,
                products=product,
                wholes=sum(products),
                people=people,
            ),
            floor=floor,
        )
        for one, square, product in zip(voices, squares, products, strict=True)
    ]
