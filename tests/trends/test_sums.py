"""Sums over people give the intervals that a row for each person gives."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.facts import FACT, LABEL, Facts, Segment
from trends.brand_parts import share_voices, take_parts
from trends.frame import Frame
from trends.intervals import net, share
from trends.sums import net_of_sums, share_of_sums
from trends.windows import all_time

ANSWERS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from([-1, 0, 1]), st.booleans()), min_size=1, max_size=40)
"""(author, 0 for nobody; for, neither or against; whether it is among the rows)."""
EVER = all_time(now="2026-10-05T08:00:00Z", zone=ZoneInfo("UTC"))


def make_frame(authors, first_mention=1):
    """A frame of mentions by some authors."""
    records = np.zeros(len(authors), FACT)
    records["mention"] = np.arange(first_mention, first_mention + len(authors))
    records["author"] = np.array(authors, np.uint64) * np.uint64(2**40)
    return Frame(Segment(Facts.of(records), np.zeros(0, LABEL)), ZoneInfo("UTC"))


def by_person(answers):
    """What each person says for, neither and against, of the rows."""
    people = {}
    for place, (author, side, among) in enumerate(answers):
        if among:
            counts = people.setdefault(author or ("nobody", place), [0, 0, 0])
            counts[1 - side] += 1
    return list(people.values())


@given(ANSWERS)
def test_shares_and_nets_are_those_of_a_row_for_each_person(answers):
    frame = make_frame([author for author, _, _ in answers])
    sides = np.array([side for _, side, _ in answers])
    rows = np.flatnonzero([among for _, _, among in answers])
    people, spoken = by_person(answers), frame.spoken(rows)
    parts = [(one[0], sum(one)) for one in people]
    assert share_of_sums(spoken.add_up(sides > 0), floor=1) == share(parts, floor=1)
    assert net_of_sums(spoken.add_up(sides > 0, sides < 0), floor=1) == net([tuple(one) for one in people], floor=1)
    assert frame.voices(rows).people + frame.voices(rows).anonymous == len(people)


@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=30), min_size=2, max_size=4), st.booleans())
def test_a_person_who_speaks_of_two_brands_is_one(brands, few):
    frames = [make_frame(authors, 1 + 100 * place) for place, authors in enumerate(brands)]
    # Of few rows people are sorted out anew, of many by what is known of all facts.
    found = [(frame, np.arange(len(frame))[: 1 if few else None]) for frame in frames]
    people = {}
    for place, (authors, (_, rows)) in enumerate(zip(brands, found, strict=True)):
        for row in rows.tolist():
            counts = people.setdefault(authors[row] or ("nobody", place, row), [0] * len(brands))
            counts[place] += 1
    expected = [share([(one[place], sum(one)) for one in people.values()], floor=1) for place in range(len(brands))]
    parts = take_parts({str(place): one for place, one in enumerate(found)}, EVER)
    for got, want in zip(share_voices(parts, floor=1).values(), expected, strict=True):
        assert (got.part, got.whole) == (want.part, want.whole)
        assert (got.value, got.low, got.high) == pytest.approx((want.value, want.low, want.high))
