from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from trends.answers import Count
from trends.people import by_person, count_voices, once, tally

ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, "ada", "bo", "cy"]),
        st.sampled_from([None, None, 1, 2]),
        st.sampled_from([None, "2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z"]),
    ),
    max_size=25,
).map(lambda found: [{"mention": n, "author": a, "copy_group": g, "published": p} for n, (a, g, p) in enumerate(found)])


@given(ROWS)
def test_counting_agrees_with_a_naive_recount(rows):
    kept = []
    for row in rows:
        same = [r for r in rows if r["copy_group"] is not None and r["copy_group"] == row["copy_group"]] or [row]
        first = sorted(same, key=lambda r: (r["published"] or "9999", r["mention"]))[0]
        if first is row:
            kept.append(row)
    assert once(rows) == kept
    names = Counter(row["author"] for row in kept)
    voices = count_voices(kept)
    assert (voices.mentions, voices.anonymous, voices.people) == (len(kept), names.pop(None, 0), len(names))


@given(ROWS)
def test_the_rows_of_each_person_add_up(rows):
    groups = by_person(rows)
    assert sorted(row["mention"] for group in groups for row in group) == [row["mention"] for row in rows]
    assert all(len(group) == 1 for group in groups if group[0]["author"] is None)


def test_five_copies_count_once_and_the_earliest_stands_for_them():
    days = ["2026-09-03", "2026-09-01", None, "2026-09-02", "2026-09-01"]
    rows = [{"mention": n, "author": f"site {n}", "copy_group": 7, "published": day} for n, day in enumerate(days)]
    assert [row["mention"] for row in once(rows)] == [1]


def test_names_are_tallied_by_count_then_name():
    found = tally(["b", None, "a", "b", "c"], missing="unknown")
    assert found == (
        Count(name="b", count=2),
        Count(name="a", count=1),
        Count(name="c", count=1),
        Count(name="unknown", count=1),
    )
    assert tally([None, None]) == ()
