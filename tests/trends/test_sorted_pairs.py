"""Pairs of numbers are brought together by a hash, and by themselves where the hash cannot tell them apart."""

from __future__ import annotations

import numpy as np
import pytest

from trends.cases import sort_pairs


def groups(first, second):
    """The places of each group of alike pairs, in the order that `sort_pairs` gives."""
    order, fresh = sort_pairs(first, second)
    return {frozenset(part.tolist()) for part in np.split(order, np.flatnonzero(fresh)[1:])} if len(order) else set()


def alike(first, second):
    found: dict[tuple[int, int], set[int]] = {}
    for place, pair in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        found.setdefault(pair, set()).add(place)
    return {frozenset(places) for places in found.values()}


@pytest.mark.parametrize("count", [0, 1, 2, 5_000])
def test_alike_pairs_stand_together(count):
    chance = np.random.default_rng(count)
    first, second = (chance.integers(0, 60, count).astype(np.uint64) for _ in range(2))
    assert groups(first, second) == alike(first, second)


def test_unlike_pairs_of_one_hash_are_told_apart():
    first = np.array([1, 2, 3, 1, 2, 3], np.uint64)
    second = first * np.uint64(0x9E3779B97F4A7C15)
    assert len(np.unique(first * np.uint64(0x9E3779B97F4A7C15) ^ second)) == 1
    assert groups(first, second) == {frozenset({0, 3}), frozenset({1, 4}), frozenset({2, 5})}
