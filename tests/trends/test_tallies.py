"""Figures from sums are those of `trends.differences` and `trends.intervals`, figure for figure."""

from __future__ import annotations

import dataclasses
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.facts import FACT, LABEL, Facts, Segment
from trends.brand_parts import BrandPart
from trends.crowd import gather_crowd, gather_crowds, net_of, share_of
from trends.differences import compare_means, compare_nets, compare_shares
from trends.frame import Frame
from trends.moments import Figures, Moments, compare_moments
from trends.rival_people import find_twins, number_talkers
from trends.rival_told import AskedFacts, Told
from trends.share_of_voice import BrandVoice, find_voices
from trends.sums import net_of_sums, share_of_sums
from trends.tallies import Spoken, moments_of, share_spoken
from trends.windows import all_time

ANSWERS = st.lists(st.tuples(st.integers(0, 8), st.sampled_from([-1, 0, 1]), st.booleans()), min_size=1, max_size=40)
RATINGS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 5)), min_size=1, max_size=40)
FLOOR = 3
EVER = all_time(now="2026-10-05T08:00:00Z", zone=ZoneInfo("UTC"))


def read(answers):
    authors, moods, asked = (np.array(column) for column in zip(*answers, strict=True))
    return authors.astype(np.uint64), moods, asked.astype(bool)


def make_found(authors, *, first_mention=1, others=0):
    """A frame of mentions by some authors, and as many more that are not asked for."""
    records = np.zeros(len(authors) + others, FACT)
    records["mention"] = np.arange(first_mention, first_mention + len(records))
    records["author"][: len(authors)] = authors * np.uint64(2**40)
    return Frame(Segment(Facts.of(records), np.zeros(0, LABEL)), ZoneInfo("UTC")), np.arange(len(authors))


def talk(sides, others=0):
    """Who says what of each of some brands; with many others, people are numbered by these rows alone."""
    return number_talkers([make_found(side, first_mention=1 + 1000 * n, others=others) for n, side in enumerate(sides)])


def speak(talkers, plus, whole, minus=None):
    def count(part):
        return np.bincount(talkers.numbers[part], minlength=talkers.size)

    return Spoken(count(plus), count(whole), None if minus is None else count(minus))


def make_crowds(answers):
    authors, moods, asked = read(answers)
    authors, moods = authors[asked], moods[asked]
    return gather_crowd(authors, moods < 0), gather_crowd(authors, moods > 0, moods < 0)


def make_spoken(talkers, answers):
    _, moods, asked = read(answers)
    negative = speak(talkers, asked & (moods < 0), asked)
    return negative, speak(talkers, asked & (moods > 0), asked, asked & (moods < 0))


def plain(figure):
    """The fields of a figure; what is not known is not a number, which `near` takes for alike."""
    return {name: np.nan if value is None else value for name, value in dataclasses.asdict(figure).items()}


def near(figure):
    return pytest.approx(plain(figure), abs=1e-9, nan_ok=True)


@settings(max_examples=100)
@given(first=ANSWERS, second=ANSWERS, others=st.sampled_from([0, 400]))
def test_many_comparisons_at_once_are_those_made_one_by_one(first, second, others):
    one, two = talk([read(first)[0], read(second)[0]], others)
    (share1, net1), (share2, net2) = make_spoken(one, first), make_spoken(two, second)
    (ours, our_net), (theirs, their_net) = make_crowds(first), make_crowds(second)
    shares = [moments_of([share, share]) for share in (share1, share2)]
    both = share_spoken([share1, share1], [share2, share2], one.common)
    for found in compare_moments(*shares, both, "share", floor=FLOOR):
        assert plain(found) == near(compare_shares(ours, theirs, floor=FLOOR))
    (found,) = compare_moments(
        moments_of([net1]), moments_of([net2]), share_spoken([net1], [net2], one.common), "net", floor=FLOOR
    )
    assert plain(found) == near(compare_nets(our_net, their_net, floor=FLOOR))


@settings(max_examples=100)
@given(answers=ANSWERS)
def test_shares_and_nets_are_those_of_crowds(answers):
    (talkers,), (share, net) = talk([read(answers)[0]]), make_crowds(answers)
    negative, both = make_spoken(talkers, answers)
    assert plain(share_of_sums(negative.sums, floor=FLOOR)) == near(share_of(share, floor=FLOOR))
    assert plain(net_of_sums(both.sums, floor=FLOOR)) == near(net_of(net, floor=FLOOR))


def make_cells(found, talkers, answers):
    """The mean of ratings by person, of two scales by turns."""
    people, values = (np.array(column) for column in zip(*answers, strict=True))
    scale, places = np.arange(len(values)) % 2, np.arange(len(values))
    frame, rows = found
    told = Told.of(frame.segment.facts, places, scale, values.astype(float))
    (cells,) = told.count(AskedFacts.of(BrandPart.of(frame, rows, talkers, EVER)).numbers, 2, talkers.common)
    return cells, gather_crowds(people, scale, values, np.zeros(len(values)))


@settings(max_examples=100)
@given(first=RATINGS, second=RATINGS, others=st.sampled_from([0, 400]))
def test_means_of_ratings_are_compared_as_one_by_one(first, second, others):
    authors = [np.array([author for author, _ in side], np.uint64) for side in (first, second)]
    frames = [make_found(side, first_mention=1 + 1000 * n, others=others) for n, side in enumerate(authors)]
    made = [make_cells(*one) for one in zip(frames, number_talkers(frames), (first, second), strict=True)]
    (ours, our_crowds), (theirs, their_crowds) = made
    scale = (np.full(2, 1.0), np.full(2, 5.0))
    found = compare_moments(ours.moments, theirs.moments, ours.meet(theirs), "mean", floor=FLOOR, scale=scale)
    for place in our_crowds.keys() & their_crowds.keys():
        expected = compare_means(our_crowds[place], their_crowds[place], worst=1, best=5, floor=FLOOR)
        assert plain(found[place]) == near(expected)


@settings(max_examples=50)
@given(sides=st.lists(ANSWERS, min_size=2, max_size=4))
def test_shares_of_voice_count_a_person_once_over_all_brands(sides):
    talkers = talk([read(answers)[0] for answers in sides])
    voices = [
        BrandVoice(np.bincount(one.numbers, minlength=one.size), int((read(answers)[0] == 0).sum()))
        for one, answers in zip(talkers, sides, strict=True)
    ]
    found = find_voices(voices, talkers[0].common, floor=FLOOR)
    authors = np.concatenate([read(answers)[0] for answers in sides])
    for place, share in enumerate(found):
        own = np.concatenate([np.full(len(answers), number == place) for number, answers in enumerate(sides)])
        assert plain(share) == near(share_of(gather_crowd(authors, own), floor=FLOOR))
        assert voices[place].people == len({author for author in read(sides[place])[0].tolist() if author})
    assert sum(share.part for share in found) == len(authors)


def test_people_are_numbered_anew_when_a_brand_has_other_facts():
    first, second, third = (make_found(np.array(authors, np.uint64)) for authors in ([1, 2], [2, 3], [1, 1]))
    assert [one.numbers.tolist() for one in number_talkers([first, second])] == [[0, 1], [1, 0]]
    assert [one.numbers.tolist() for one in number_talkers([first, third])] == [[1, 0], [1, 1]]
    assert [one.numbers.tolist() for one in number_talkers([first, second])] == [[0, 1], [1, 0]]
    # All have the mentions 1 and 2, but the last one has another one too.
    fourth = make_found(np.array([5], np.uint64), first_mention=2)
    assert [twin.tolist() for twin in find_twins([first, fourth])] == [[1], [0]]


def test_where_all_say_the_same_the_limit_is_one():
    everybody, nobody = np.array([8.0]), np.zeros(1)
    all_alike = Moments(everybody, everybody, nobody, everybody, everybody, everybody, everybody)
    low, high = Figures(all_alike, "share").limits(np.array([1.96]))
    assert (low[0], high[0]) == (pytest.approx(8 / (8 + 1.96**2)), 1.0)
