"""Like is compared with like: a site that was watched in one of two windows only is in no change of any answer."""

import pytest

from store.records import Watch
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.timeline import answer_trend
from trends.windows import window

NOW = "2026-10-05T08:00:00Z"
TURN = "2026-09-27T23:00:00Z"
"""Midnight of London, where the week ends and the next one begins."""
LEFT_OUT = "Compared without reviews (neighbours): not watched throughout both windows."


def watch(site, since, until):
    return Watch(source="reviews", site=site, since=since, until=until, complete=True)


def complaints(site, day, count):
    return [
        {"author_id": f"{site} {day} {n}", "site": site, "published": f"2026-09-{day}T10:00:00Z", "topics": ["refund"]}
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("since", "until", "day"), [("2026-07-01T00:00:00Z", TURN, 23), (TURN, NOW, 30)], ids=["given up", "new"]
)
def test_a_site_that_was_watched_in_one_window_only_is_in_no_change(config, plant, since, until, day):
    alike = [*complaints("trustyard", 23, 9), *complaints("trustyard", 30, 9)]
    watches = [watch("trustyard", "2026-07-01T00:00:00Z", NOW), watch("neighbours", since, until)]
    db = plant([*alike, *complaints("neighbours", day, 40)], watches)
    week = window("2026-09-28", "2026-10-04", now=NOW, zone=config.time_zone)
    (button,) = answer_hot_buttons(db, config, window=week).buttons
    for change in (button.change, answer_overview(db, config, window=week).mentions_change):
        assert (change.now, change.before, change.direction, change.note) == (9, 9, "steady", LEFT_OUT)
    lines = {line.line: line for line in answer_trend(db, config, window=week).figures}
    for name in ("mentions", "complaints", "people"):
        shift = lines[name].shift
        # Known coverage makes it counts a watched day.
        assert (shift.difference.first, shift.difference.second) == pytest.approx((9 / 7, 9 / 7)), name
        assert (shift.told, shift.note) == ("no clear change", LEFT_OUT)
        # What the week itself says holds all that was said in it.
        assert lines[name].level.value == (49 if day == 30 else 9)
