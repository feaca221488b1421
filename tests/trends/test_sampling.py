"""Samples for people to judge: known chances, rare labels drawn more often, the same seed the same sample."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.sampling import draw_sample, share_out

TOLD = {n: "complaint" if n % 20 == 0 else "none" for n in range(1, 1001)}


def test_rare_labels_are_drawn_more_often_each_with_its_chance():
    drawn = draw_sample(TOLD, 100, seed=1)
    assert Counter((TOLD[one.mention], one.chance) for one in drawn) == {("complaint", 28 / 50): 28, ("none", 72 / 950): 72}
    assert len({one.mention for one in drawn}) == 100


def test_weights_add_up_to_all_that_could_be_drawn():
    assert sum(1 / one.chance for one in draw_sample(TOLD, 100, seed=1)) == pytest.approx(1000)


def test_the_same_seed_gives_the_same_sample_and_another_another():
    assert draw_sample(TOLD, 50, seed=1) == draw_sample(dict(reversed(TOLD.items())), 50, seed=1)
    assert draw_sample(TOLD, 50, seed=1) != draw_sample(TOLD, 50, seed=2)


def test_the_order_says_nothing_of_the_label():
    half = [TOLD[one.mention] for one in draw_sample(TOLD, 400, seed=3)][:200]
    assert 15 <= half.count("complaint") <= 35


def test_every_mention_has_the_chance_that_it_is_said_to_have():
    times = Counter(one.mention for seed in range(300) for one in draw_sample(dict.fromkeys(range(20), "none"), 5, seed=seed))
    assert all(45 <= times[n] <= 108 for n in range(20))


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(1, 50), min_size=1), st.integers(1, 300))
def test_all_that_is_asked_is_shared_out(sizes, size):
    given_out = share_out(sizes, size)
    assert sum(given_out.values()) == min(size, sum(sizes.values()))
    assert all(given_out[label] <= sizes[label] for label in sizes)
