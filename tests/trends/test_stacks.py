"""What is counted of many parts at once is what is counted of each of them alone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from store.facts import FACT, LABEL, READ, UNDATED, Facts, Segment
from store.records import PRECISIONS
from trends.clock import count_clock, count_clocks
from trends.copies import group_says
from trends.frame import Frame
from trends.hot_parts import Division, find_shares
from trends.labels import find_labelled
from trends.stacks import Stack
from trends.sums import count_each
from trends.windows import from_days, parse_moment
from trends.zones import offset_at, offsets

ISTANBUL = ZoneInfo("Europe/Istanbul")
NAMES = {1: "web\na", 2: "web\nb", 3: "app\na", 4: "en", 5: "tr", 6: "Ankara"}
NOW = int(parse_moment("2026-09-28T12:00:00Z").timestamp())
MENTIONS = st.lists(
    st.tuples(
        st.integers(0, 5),  # author, 0 for nobody
        st.integers(0, 3),  # group of copies, 0 for none
        st.integers(1, 3),  # site
        st.sampled_from([0, 4, 5]),  # language
        st.integers(0, 20 * 24),  # hours ago
        st.sampled_from(PRECISIONS),
        st.integers(0, 2),  # in which parts it is: the first, the second, both
    ),
    min_size=1,
    max_size=40,
)


def make_frame(mentions):
    """A frame of the mentions, and the rows of two parts and of an empty one."""
    records = np.zeros(len(mentions), FACT)
    records["mention"] = np.arange(len(mentions)) + 1
    records["flags"] = READ
    for row, (author, copy, site, language, ago, precision, _) in zip(records, mentions, strict=True):
        row["author"], row["copy"], row["site"], row["language"] = author * 2**40, copy, site, language
        row["precision"] = PRECISIONS.index(precision)
        moment = NOW - 3600 * ago
        row["published"] = {"second": moment, "day": moment // 86400 * 86400, "unknown": UNDATED}[precision]
    frame = Frame(Segment(Facts.of(records), np.zeros(0, LABEL), names=NAMES), ISTANBUL)
    parts = [[place for place, mention in enumerate(mentions) if mention[-1] in kinds] for kinds in ((0, 2), (1, 2))]
    return frame, [*(np.array(part, np.int64) for part in parts), np.zeros(0, np.int64)]


@given(MENTIONS)
def test_each_part_is_counted_as_if_it_were_alone(mentions):
    frame, parts = make_frame(mentions)
    stack = Stack.build(frame, parts)
    assert stack.voices() == [frame.voices(rows) for rows in parts]
    assert stack.names("language", missing="unknown") == [frame.names("language", rows, missing="unknown") for rows in parts]
    assert stack.sites() == [frame.sites(rows) for rows in parts]
    assert stack.sources() == [frame.sources(rows) for rows in parts]
    assert [tuple(row) for row in stack.by_hour.count().reshape(-1, 25)[:, :24].tolist()] == [frame.clock(r)[0] for r in parts]
    for clock, rows in zip(count_clocks(stack), parts, strict=True):
        alone = count_clock(frame, rows)
        assert clock.hours.tolist() == alone.hours.tolist()
        assert clock.weekdays.tolist() == alone.weekdays.tolist()
    known = [[row for row in rows.tolist() if mentions[row][0]] for rows in parts]
    days = [{int(frame.days[row]) for row in rows.tolist() if mentions[row][5] != "unknown"} for rows in parts]
    signed_days = [{int(frame.days[row]) for row in rows if mentions[row][5] != "unknown"} for rows in known]
    assert stack.count_days().tolist() == [len(found) for found in days]
    assert stack.count_days(signed=True).tolist() == [len(found) for found in signed_days]
    assert stack.count_signed_sites().tolist() == [len({mentions[row][2] for row in rows}) for rows in known]


@given(MENTIONS)
def test_people_of_an_hour_are_counted_once(mentions):
    frame, parts = make_frame(mentions)
    for clock, rows in zip(count_clocks(Stack.build(frame, parts)), parts, strict=True):
        timed = [row for row in rows.tolist() if mentions[row][5] == "second"]
        heard = {(mentions[row][0] or ("nobody", row), int(frame.hours[row])) for row in timed}
        assert clock.hours.tolist() == [sum(hour == slot for _, hour in heard) for slot in range(24)]


@given(MENTIONS)
def test_copies_count_once_in_each_part_and_windows_hold_the_same(mentions):
    frame, parts = make_frame(mentions)
    stack = Stack.build(frame, parts)
    first = parse_moment("2026-09-14T00:00:00Z").date()
    window = from_days(first, parse_moment("2026-09-21T00:00:00Z").date(), now="2026-09-28T12:00:00Z", zone=ISTANBUL)
    assert [rows.tolist() for rows in stack.once().parts()] == [frame.once(rows).tolist() for rows in parts]
    assert [rows.tolist() for rows in stack.within(window).parts()] == [frame.within(rows, window).tolist() for rows in parts]
    few = np.arange(1)
    assert frame.find_inside(window, few).tolist() == frame.find_inside(window)[few].tolist()


class Ground:
    """As much of the ground of an answer as shares stand on."""

    def __init__(self, frame, judged):
        from trends.gathering import Gathered

        self.frame, self.judged, self.thresholds = frame, judged, type("Thresholds", (), {"too_few": 1})
        self.judging = frame.spoken(judged)
        self.standing_groups = Gathered.standing_groups.func(self)
        self.standing = lambda groups: Gathered.standing(self, groups)


# Two people's copies stand for those of a third, who says much else.
@example(
    [(1, 0, 1, 4, 9, "second", 2)] * 6
    + [(1, copy, 1, 4, 9, "second", 1) for copy in (1, 2, 3)]
    + [(3 - copy % 2, copy, 1, 4, 8, "second", 0) for copy in (1, 2, 3)]
    + [(author, 0, 1, 4, 7, "second", 1) for author in (2, 3, 4, 5)]
)
@settings(phases=(Phase.explicit, Phase.generate))
@given(MENTIONS)
def test_a_group_of_copies_complains_where_one_copy_does(mentions):
    frame, parts = make_frame(mentions)
    judged = frame.once(np.arange(len(frame)))
    # Taggers read each copy for itself: what stands for a group in a part may be another one than in the whole.
    stack = Stack.build(frame, parts).once()
    sites = frame.column("site").astype(np.int64)
    ground, numbers = Ground(frame, judged), np.array([0, 1, 2])
    size, several = 4, frame.several
    often = judged[frame.persons[judged] < several]
    pairs, said = count_each(sites[often] * several + frame.persons[often], size * several)
    whole = np.bincount(sites[judged], minlength=size)
    once = whole - np.bincount(sites[often], minlength=size)
    division = Division(sites, NAMES, whole, once, several, pairs, said)
    of_site = [rows[sites[rows] == number] for number, rows in zip(numbers + 1, stack.parts(), strict=True)]
    expected = []
    for number, rows in zip(numbers + 1, of_site, strict=True):
        mine = judged[sites[judged] == number]
        expected.append(frame.share(frame.masked(mine[group_says(frame, mine, rows)]), mine, floor=1))
    found = find_shares(ground, division, Stack.build(frame, of_site), numbers + 1)
    assert [(one.part, one.whole) for one in found] == [(one.part, one.whole) for one in expected]
    # Under the floor all three are None.
    told = [np.array([(one.value, one.low, one.high) for one in shares], np.float64) for shares in (found, expected)]
    np.testing.assert_allclose(*told, rtol=1e-12)


def test_a_label_given_twice_is_one_with_the_last_score():
    facts = Facts.of(np.zeros(4, FACT))
    labels = np.array([(2, 6, 0, 0.5), (0, 6, 0, np.nan), (2, 6, 0, 0.75), (1, 4, 1, 0.25)], LABEL)
    found = find_labelled(Segment(facts, labels, names=NAMES), 0)
    assert list(found) == ["Ankara"]
    assert (found["Ankara"].rows.tolist(), found["Ankara"].scores.tolist()) == ([0, 2], [0.0, 0.75])
    assert found["Ankara"].score(np.array([0, 1, 2, 3])).tolist() == [0.0, 0.0, 0.75, 0.0]


def test_values_beyond_32_bits_are_counted_too():
    for size in (2**32, 2**40):
        values = np.array([7, size - 1, 7, 0], np.int64)
        assert [found.tolist() for found in count_each(values, size)] == [[0, 7, size - 1], [1, 2, 1]]


def test_offsets_are_those_of_each_moment_where_clocks_change():
    zone, change = ZoneInfo("Europe/Berlin"), int(parse_moment("2026-03-29T01:00:00Z").timestamp())
    moments = np.array([change + 3600 * hours for hours in range(-30, 30, 5)], np.int64)
    assert offsets(moments, zone).tolist() == [offset_at(moment, zone) for moment in moments.tolist()]
    assert len(set(offsets(moments, zone).tolist())) == 2
    assert offsets(moments[:0], zone).tolist() == []
