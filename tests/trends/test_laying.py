"""A business series over a line of a trend: all weeks in one unit, and nothing left out that is not named."""

from __future__ import annotations

import contextlib
import dataclasses
from datetime import date, timedelta

import numpy as np
import pytest

from store.database import open_database
from store.metrics import save_metrics
from store.records import Metric, Watch
from trends.laying import steady
from trends.timeline import answer_trend
from trends.windows import last

NOW = "2026-10-05T08:00:00Z"
FIRST = date(2026, 4, 6)
WEEKS = 26


@pytest.fixture
def unwatched(config):
    """The configuration without the source that was watched once."""
    return dataclasses.replace(config, sources=tuple(one for one in config.sources if one.name != "reviews"))


def untold(counts: list[int]) -> list[dict]:
    """So many mentions in each week, one after the other, of a site that no crawl and no file has told of."""
    return [
        {
            "source": "elsewhere",
            "site": "board",
            "published": f"{FIRST + timedelta(days=7 * week + n % 7)}T10:00:00Z",
        }
        for week, count in enumerate(counts)
        for n in range(count)
    ]


def watched(until: str) -> list[Watch]:
    return [Watch(source="reviews", site="trustyard", since="2026-03-01T00:00:00Z", until=until, complete=True)]


def lay(config, values: dict[str, list[float]]) -> None:
    """Import weekly series."""
    with contextlib.closing(open_database(config.database)) as db:
        save_metrics(
            db,
            [
                Metric(name=name, date=str(FIRST + timedelta(days=7 * week)), value=value)
                for name, series in values.items()
                for week, value in enumerate(series)
            ],
        )


def asked(db, config, **more):
    return answer_trend(db, config, window=last("26w", now=NOW, zone=config.time_zone), figure="mentions", **more)


def test_weeks_of_unknown_coverage_are_no_seven_times_as_large(plant, unwatched):
    """A source was given up in July; another site goes on as before."""
    db = plant(untold([14] * WEEKS), watched("2026-07-06T00:00:00Z"))
    answer = asked(db, unwatched)
    (line,), points = answer.figures, answer.points("mentions")
    assert {None if point.level.per_day is None else round(point.level.per_day, 3) for point in points} == {2.0, None}
    assert steady(line, points) == [14.0] * WEEKS


def test_a_series_that_follows_is_found_though_coverage_is_known_of_half_the_weeks_only(plant, unwatched):
    counts = np.random.default_rng(3).integers(4, 24, WEEKS).tolist()
    db = plant(untold(counts), watched("2026-07-06T00:00:00Z"))
    lay(unwatched, {"returns": [100.0, *(100.0 + 5 * count for count in counts[:-1])]})
    answer = asked(db, unwatched, metric="returns")
    (laid,) = answer.laid
    assert (laid.follows.found, laid.follows.best.lag, laid.follows.best.value) == (True, 1, pytest.approx(1.0))
    assert (
        "Coverage is not known in all weeks: Mentions is correlated as counted, without weeks known to be watched in part, not as "
        "a rate per watched week." in answer.laid_notes
    )


def test_where_all_coverage_is_known_a_week_half_watched_does_not_look_quiet(plant, config):
    rows = [{"published": f"{FIRST + timedelta(days=7 * week + n % 4)}T10:00:00Z"} for week in range(WEEKS) for n in range(16)]
    half = str(FIRST + timedelta(days=7 * WEEKS - 3))
    db = plant(rows, watched(f"{half}T00:00:00+02:00"))
    answer = asked(db, config)
    (line,), points = answer.figures, answer.points("mentions")
    assert points[-1].watched == pytest.approx(4 / 7, abs=0.05)
    values = steady(line, points)
    assert values[:-1] == pytest.approx([16.0] * (WEEKS - 1))
    assert values[-1] == pytest.approx(28.0, rel=0.1)


def test_among_weeks_of_unknown_coverage_one_that_was_half_watched_is_a_gap(plant, unwatched):
    rows = untold([14] * WEEKS)
    rows += [{"published": f"{FIRST + timedelta(days=day)}T10:00:00Z"} for day in range(70) for _ in range(8)]
    db = plant(rows, watched("2026-06-18T12:00:00Z"))
    answer = asked(db, unwatched)
    (line,), points = answer.figures, answer.points("mentions")
    partly = [place for place, point in enumerate(points) if point.watched is not None and point.watched < 0.9]
    assert partly == [10]
    values = steady(line, points)
    assert [place for place, value in enumerate(values) if value is None] == [10]
    assert values[9] == points[9].level.value == 70.0


def test_a_share_is_taken_as_it_is_whatever_was_watched(plant, config):
    db = plant(
        [{"published": f"{FIRST + timedelta(days=day)}T10:00:00Z"} for day in range(180)], watched("2026-06-18T12:00:00Z")
    )
    answer = answer_trend(db, config, window=last("26w", now=NOW, zone=config.time_zone), figure="negative")
    (line,), points = answer.figures, answer.points("negative")
    assert steady(line, points) == [point.level.value for point in points]


def test_parts_that_are_not_laid_are_named(plant, config):
    db = plant(untold([14] * WEEKS))
    lay(config, {f"returns/P{part}": [1.0 + week % (part + 2) for week in range(WEEKS - part)] for part in range(9)})
    answer = asked(db, config, metric="returns")
    assert [one.metric for one in answer.laid] == [f"returns/P{part}" for part in range(6)]
    left_out = (
        "Of returns the 6 parts with the most days are laid over it; left out are returns/P6, returns/P7, returns/P8. Ask for "
        "one by its name."
    )
    assert left_out in answer.laid_notes
    alone = asked(db, config, metric="returns/P7")
    assert [one.metric for one in alone.laid] == ["returns/P7"]
    assert not any("left out" in note for note in alone.laid_notes)


def test_of_very_many_parts_some_are_named_and_the_others_counted(plant, config):
    db = plant(untold([14] * WEEKS))
    lay(config, {f"returns/P{part:03}": [1.0, 2.0] for part in range(40)})
    (note,) = [note for note in asked(db, config, metric="returns").laid_notes if "left out" in note]
    assert note.endswith("returns/P024, returns/P025 and 14 more. Ask for one by its name.")


@pytest.mark.parametrize("weeks", [26, 60])
def test_it_is_said_of_what_correlations_are(plant, config, weeks):
    rng = np.random.default_rng(2)
    first = date(2026, 9, 28) - timedelta(days=7 * (weeks - 1))
    rows = [
        {"source": "import", "site": "tickets", "published": f"{first + timedelta(days=7 * week)}T10:00:00Z"}
        for week in range(weeks)
        for _ in range(rng.integers(3, 12))
    ]
    db = plant(rows)
    with contextlib.closing(open_database(config.database)) as writer:
        series = [
            Metric(name="returns", date=str(first + timedelta(days=7 * week)), value=float(rng.normal()))
            for week in range(weeks)
        ]
        save_metrics(writer, series)
    window = last(f"{weeks}w", now=NOW, zone=config.time_zone)
    answer = answer_trend(db, config, window=window, figure="mentions", metric="returns")
    (note,) = [
        note for note in answer.laid_notes if note.startswith("Correlations are of what is left when its own trend is taken")
    ]
    assert ("a season cannot be told from anything else" in note) == (weeks < 52)
    own = "each measured from its own trend and season" if weeks >= 52 else "each measured from its own trend"
    assert all(f", {own}" in said and (f"{own} and" in said) is False for said in answer.laid[0].sentences)
