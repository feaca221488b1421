"""Figures from sums are those of `trends.differences` and `trends.intervals`, figure for figure."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.crowd import gather_crowd, net_of, share_of
from trends.differences import compare_means, compare_nets, compare_shares
from trends.rival_figures import rated
from trends.tallies import Ratio, Tally, as_net, as_share, compare_tallies, find_voices, number_people

ANSWERS = st.lists(st.tuples(st.integers(0, 8), st.sampled_from([-1, 0, 1]), st.booleans()), min_size=1, max_size=40)
FLOOR = 3


def read(answers):
    authors, moods, asked = (np.array(column) for column in zip(*answers, strict=True))
    return authors.astype(np.uint64), moods, asked.astype(bool)


def make_tally(answers):
    authors, moods, asked = read(answers)
    people, add = number_people(authors)
    plus, minus, whole = add(asked & (moods > 0)), add(asked & (moods < 0)), add(asked)
    everything = add(np.arange(len(authors)))
    ratios = {"negative": Ratio(plus=minus, whole=whole), "net": Ratio(plus=plus, minus=minus, whole=whole)}
    return Tally(people, everything, ratios)


def make_crowds(answers):
    authors, moods, asked = read(answers)
    authors, moods = authors[asked], moods[asked]
    return gather_crowd(authors, moods < 0), gather_crowd(authors, moods > 0, moods < 0)


def plain(figure):
    """The fields of a figure; what is not known is not a number, which `near` takes for alike."""
    return {name: np.nan if value is None else value for name, value in dataclasses.asdict(figure).items()}


def near(figure):
    return pytest.approx(plain(figure), abs=1e-9, nan_ok=True)


@settings(max_examples=100, deadline=None)
@given(first=ANSWERS, second=ANSWERS)
def test_many_comparisons_at_once_are_those_made_one_by_one(first, second):
    found = compare_tallies(make_tally(first), make_tally(second), floor=FLOOR)
    (ours, our_net), (theirs, their_net) = make_crowds(first), make_crowds(second)
    assert plain(found["negative"]) == near(compare_shares(ours, theirs, floor=FLOOR))
    assert plain(found["net"]) == near(compare_nets(our_net, their_net, floor=FLOOR))


@settings(max_examples=100, deadline=None)
@given(answers=ANSWERS)
def test_shares_and_nets_are_those_of_crowds(answers):
    tally, (share, net) = make_tally(answers), make_crowds(answers)
    assert plain(as_share(tally.ratios["negative"], floor=FLOOR)) == near(share_of(share, floor=FLOOR))
    assert plain(as_net(tally.ratios["net"], floor=FLOOR)) == near(net_of(net, floor=FLOOR))


RATINGS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 5)), min_size=1, max_size=40)


@settings(max_examples=100, deadline=None)
@given(first=RATINGS, second=RATINGS)
def test_means_of_ratings_are_compared_as_one_by_one(first, second):
    crowds = [
        gather_crowd(*(np.array(column) for column in zip(*side, strict=True)), np.zeros(len(side))) for side in (first, second)
    ]
    found = compare_tallies(*(rated(crowd, 1, 5) for crowd in crowds), floor=FLOOR)
    assert plain(found["mean"]) == near(compare_means(*crowds, worst=1, best=5, floor=FLOOR))


@settings(max_examples=50, deadline=None)
@given(sides=st.lists(ANSWERS, min_size=2, max_size=4))
def test_shares_of_voice_count_a_person_once_over_all_brands(sides):
    found = find_voices([make_tally(answers) for answers in sides], floor=FLOOR)
    authors = np.concatenate([read(answers)[0] for answers in sides])
    for place, share in enumerate(found):
        own = np.concatenate([np.full(len(answers), number == place) for number, answers in enumerate(sides)])
        assert plain(share) == near(share_of(gather_crowd(authors, own), floor=FLOOR))
    assert sum(share.part for share in found) == len(authors)
