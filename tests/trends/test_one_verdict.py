"""One change has one verdict, whichever command tells it: the same counts, the same test, the same family."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.records import Watch
from tests.trends.conftest import NOW
from trends.attributes import answer_attributes
from trends.hot_buttons import answer_hot_buttons
from trends.intervals import discoveries
from trends.overview import answer_overview
from trends.service import answer_service
from trends.timeline import answer_trend
from trends.timeline_shifts import RATE, stand_out
from trends.windows import window

NOW_DAY, DAY_BEFORE = "2026-09-30T10:00:00Z", "2026-09-23T10:00:00Z"
LONG = " ".join(f"word{number} of one text" for number in range(12))
UP = {"mentions": "more", "complaints": "worse", "escalations": "worse", "leaving": "worse", "recommending": "better"}
DOWN = {"mentions": "less", "complaints": "better", "escalations": "better", "leaving": "better", "recommending": "worse"}


def watch(site="trustyard", since="2026-07-01T00:00:00Z", source="reviews"):
    return Watch(source=source, site=site, since=since, until=NOW, complete=True)


def asked(config):
    return window("2026-09-28", "2026-10-04", now=NOW, zone=config.time_zone)


def told_of(db, config, figure, **of):
    """The verdict of `trend`, when it is asked for a figure by name."""
    return answer_trend(db, config, window=asked(config), figure=figure, **of).figures[0].shift.told


def as_told(direction, figure):
    """A direction as `trend` says it."""
    return {"rising": UP[figure], "falling": DOWN[figure], "steady": "no clear change"}[direction]


def verdicts(db, config):
    """By figure, topic and attribute what the other answers tell of its change, and what `trend` tells."""
    here = asked(config)
    overview, service = answer_overview(db, config, window=here), answer_service(db, config, window=here)
    changes = {
        "mentions": overview.mentions_change,
        "complaints": service.complaints_change,
        "escalations": service.escalations_change,
        "leaving": service.leaving.change,
        "recommending": service.recommending.change,
    }
    together = {line.line: line.shift.told for line in answer_trend(db, config, window=here).figures}
    told = {figure: as_told(change.direction, figure) for figure, change in changes.items()}
    trend = {figure: told_of(db, config, figure) for figure in changes}
    # In the list of the main figures as alone.
    told |= {f"{figure}, in the list": together[figure] for figure in changes}
    trend |= {f"{figure}, in the list": trend[figure] for figure in changes}
    for button in answer_hot_buttons(db, config, window=here).buttons:
        told[button.topic] = as_told(button.change.direction, "complaints")
        trend[button.topic] = told_of(db, config, "complaints", topic=button.topic)
    for row in answer_attributes(db, config, window=here).rows:
        if row.own.change.now:
            told[row.attribute] = as_told(row.own.change.direction, "mentions")
            trend[row.attribute] = told_of(db, config, "mentions", attribute=row.attribute)
    return told, trend


def test_a_rise_that_only_just_stands_out_alone_is_told_alike(plant, config):
    rows = [{"published": NOW_DAY, "topics": ("refund",)} for _ in range(52)]
    rows += [{"published": DAY_BEFORE, "topics": ("refund",)} for _ in range(31)]
    # p is 0.0275: alone it would stand out, and does not among figures that say nothing.
    told, trend = verdicts(plant(rows, [watch()]), config)
    assert told == trend
    assert set(told.values()) == {"no clear change", "worse"}


def test_a_rise_of_people_is_told_alike_where_one_of_them_wrote_much_before(plant, config):
    rows = [{"published": NOW_DAY, "topics": ("refund",)} for _ in range(30)]
    rows += [{"published": DAY_BEFORE, "author_id": "cross", "topics": ("refund",)} for _ in range(40)]
    db = plant(rows, [watch()])
    told, found = verdicts(db, config)
    assert told == found
    assert (found["mentions"], found["complaints"], found["refund"]) == ("more", "worse", "worse")
    trend = answer_trend(db, config, window=asked(config), figure="complaints")
    assert "Complaints: tested by people, who rose from 1 to 30." in trend.notes
    change = answer_service(db, config, window=asked(config)).complaints_change
    assert (change.direction, change.note) == ("rising", "Tested by people, who rose from 1 to 30.")


@pytest.mark.parametrize("seed", range(8))
def test_changes_at_the_edge_of_chance_are_told_alike(plant, config, seed):
    """Topics and attributes that rise and fall more or less, on sites that were watched throughout and on one that was not."""
    draw, rows = random.Random(seed), []
    for topic in ("refund", "delivery", "app"):
        for day in (NOW_DAY, DAY_BEFORE):
            for number in range(draw.choice((3, 8, 14, 20))):
                place = draw.randrange(40)
                said = {"text": f"{LONG} {place}", "bands": (place, 900 + place)} if draw.random() < 0.3 else {}
                rows.append({
                    "published": day, "topics": (topic,), "site": draw.choice(("trustyard", "trustyard", "late")), **said,
                    "author_id": f"{topic} {draw.randrange(25)}",
                    "signs": tuple(sign for sign in ("escalation", "leaving", "recommending") if draw.random() < 0.4),
                    "attributes": {draw.choice(("fast", "fresh")): draw.choice(("confirms", "contests"))},
                })  # fmt: skip
                if draw.random() < 0.2:
                    rows.append({"published": day, "source": "reddit", "site": f"r/{number}", "topics": (topic,)})
    searched = watch("r/all", "2026-09-27T23:00:00Z" if seed % 2 else "2026-07-01T00:00:00Z", "reddit")
    told, trend = verdicts(plant(rows, [watch(), watch("late", "2026-09-28T00:00:00Z"), searched]), config)
    assert told == trend
    assert {"mentions", "complaints", "refund", "delivery", "app", "fast", "fresh"} <= told.keys()


def survey(day, number, rating, site="trustyard"):
    scale = {"rating": float(rating), "rating_worst": 0.0, "rating_best": 10.0, "rating_measure": "nps"}
    return {"author_id": f"p{day}{number}{site}", "site": site, "published": day, **scale}


def test_service_tells_of_surveys_what_trend_tells(plant, config):
    rows = [survey(NOW_DAY, n, 10 if n < 28 else 3) for n in range(50)]
    rows += [survey(DAY_BEFORE, n, 10 if n < 17 else 3) for n in range(50)]
    db = plant(rows, [watch()])
    shift = answer_trend(db, config, window=asked(config), figure="nps").figures[0].shift
    (nps,) = answer_service(db, config, window=asked(config)).surveys.improvements
    assert shift.difference.chance == pytest.approx(0.0264, abs=1e-4)
    assert (nps.figure, nps.difference, nps.outcome, shift.told) == ("nps", shift.difference, shift.told, "no clear change")


def test_surveys_of_a_new_site_make_nothing_better(plant, config):
    rows = [survey(NOW_DAY, n, 10, "new") for n in range(30)]
    rows += [survey(day, n, 3) for n in range(30) for day in (NOW_DAY, DAY_BEFORE)]
    db = plant(rows, [watch(), watch("new", "2026-09-28T00:00:00Z")])
    (nps,) = answer_service(db, config, window=asked(config)).surveys.improvements
    assert (nps.difference.value, nps.difference.first_n, nps.outcome) == (0.0, 30, "no clear change")


CHANCES = st.lists(st.one_of(st.floats(0, 0.1), st.floats(0, 1)), min_size=1, max_size=8)


@given(CHANCES, st.lists(st.one_of(st.floats(0, 0.1), st.floats(0, 1)), max_size=12), st.integers(0, 5))
def test_what_is_certain_without_the_others_is_so_beside_any_others(asked, others, more):
    # There may be fewer lines than were reckoned with.
    stands = stand_out(asked, len(asked) + len(others) + more)
    beside = discoveries([*asked, *others], RATE)[: len(asked)]
    assert all(real for real, alone in zip(beside, stands, strict=True) if alone)
    assert not any(real for real, p in zip(beside, asked, strict=True) if p > RATE)
    if all(alone or p > RATE for p, alone in zip(asked, stands, strict=True)):
        assert stands == beside
