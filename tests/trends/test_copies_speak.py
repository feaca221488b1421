"""What one copy says, the group says: alike in every answer, whichever copy complains, confirms or contests."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from store.records import Watch
from tests.trends.conftest import NOW
from trends.attributes import answer_attributes
from trends.hot_buttons import answer_hot_buttons
from trends.overview import answer_overview
from trends.rivals import answer_rivals
from trends.service import answer_service
from trends.timeline import answer_trend
from trends.windows import window

SINCE, UNTIL = "2026-09-28", "2026-10-04"
BEFORE = "2026-09-23T10:00:00Z"
WATCH = Watch(source="reviews", site="trustyard", since="2026-07-01T00:00:00Z", until=NOW, complete=True)
LONG = " ".join(f"word{number} of one text" for number in range(12))


def asked(config):
    return window(SINCE, UNTIL, now=NOW, zone=config.time_zone)


def copy(brand, group, hour, **said):
    """One of a group of copies, of the last week of September."""
    place = 100 * ("tamarind", "nimblecart").index(brand) + group
    values = {"text": f"{LONG} {brand} {group}", "bands": (place, 5000 + place), "author_id": f"{brand} {group} {hour}"}
    published = datetime(2026, 9, 28, tzinfo=UTC) + timedelta(hours=hour)
    return {"brands": (brand,), "published": published.strftime("%Y-%m-%dT%H:%M:%SZ"), **values, **said}


def complaint_rates(db, config):
    """(part, whole) of the complaint rate, by answer."""
    here = asked(config)
    overview, service = answer_overview(db, config, window=here), answer_service(db, config, window=here)
    beside = answer_rivals(db, config, window=here, rivals=["nimblecart"])
    level = answer_trend(db, config, window=here, figure="complaint-rate").figures[0].level
    found = {
        "overview": overview.figures.complaints,
        "service": service.figures.complaint_rate,
        "compare": beside.figures[0].complaints,
    }
    compared = {one.figure: one.difference for one in beside.rivals[0].figures}["complaints"]
    ends = {name: (round(one.value * one.whole), one.whole, one.low, one.high) for name, one in found.items()}
    ends["trend"] = (round(level.value * level.n), level.n, level.low, level.high)
    ends["rival"] = (round(compared.first * compared.first_n), compared.first_n, level.low, level.high)
    return ends


def confirmed_shares(db, config):
    """(part, whole, low, high) of those who speak of an attribute, by answer; of `compare` the people instead of the ends."""
    here = asked(config)
    (own,) = (row.own.share for row in answer_attributes(db, config, window=here).rows if row.attribute == "fast")
    level = answer_trend(db, config, window=here, attribute="fast", figure="confirmed").figures[0].level
    rival = answer_rivals(db, config, window=here, rivals=["nimblecart"]).rivals[0]
    (compared,) = (one.difference for one in rival.attributes if one.subject == "fast")
    return {
        "attributes": (own.part, own.whole, own.low, own.high),
        "trend": (round(level.value * level.n), level.n, level.low, level.high),
        "compare": (round(compared.first * compared.first_n), compared.first_n, level.people, compared.first_people),
    }


def topic_shares(db, config):
    """(part, whole, low, high) of a topic's complaints, by answer."""
    here = asked(config)
    (button,) = (one for one in answer_hot_buttons(db, config, window=here).buttons if one.topic == "refund")
    level = answer_trend(db, config, window=here, topic="refund", figure="complaint-rate").figures[0].level
    rival = answer_rivals(db, config, window=here, rivals=["nimblecart"]).rivals[0]
    (compared,) = (one.difference for one in rival.topics if one.subject == "refund")
    return {
        "hot buttons": (button.share.part, button.share.whole, button.share.low, button.share.high),
        "trend": (round(level.value * level.n), level.n, level.low, level.high),
        "compare": (round(compared.first * compared.first_n), compared.first_n, level.low, level.high),
    }


def alike(figures):
    """That all answers say the same; what they say."""
    first = next(iter(figures.values()))
    for name, one in figures.items():
        assert one[:2] == first[:2], (name, figures)
        if name not in ("compare", "rival"):
            assert one[2:] == pytest.approx(first[2:], abs=1e-9), (name, figures)
    return first[:2]


def test_a_later_copy_that_complains_and_confirms_speaks_for_its_group(plant, config):
    rows = []
    for brand in ("tamarind", "nimblecart"):
        for group in range(8):
            said = {"topics": ("refund",), "complaint": True, "attributes": {"fast": "confirms"}}
            rows += [copy(brand, group, group), copy(brand, group, 24 + group, **said)]
    db = plant(rows, [WATCH])
    assert alike(complaint_rates(db, config)) == (8, 8)
    assert alike(topic_shares(db, config)) == (8, 8)
    assert alike(confirmed_shares(db, config)) == (8, 8)


def test_a_group_of_which_one_copy_confirms_and_one_contests_says_both(plant, config):
    rows = []
    for brand in ("tamarind", "nimblecart"):
        for group in range(8):
            rows += [copy(brand, group, group, attributes={"fast": "contests"})]
            rows += [copy(brand, group, 24 + group, attributes={"fast": "confirms"})]
    figures = confirmed_shares(plant(rows, [WATCH]), config)
    assert alike(figures) == (8, 16)
    # A group is one voice that says both: eight of them, not sixteen.
    assert figures["compare"][2:] == (8, 8)


def test_a_copy_outside_of_the_window_says_nothing_inside(plant, config):
    rows = []
    for brand in ("tamarind", "nimblecart"):
        for group in range(8):
            said = {"topics": ("refund",), "complaint": True, "attributes": {"fast": "confirms"}, "signs": ("escalation",)}
            rows += [copy(brand, group, group, complaint=group < 6)]
            rows += [copy(brand, group, 0, published=BEFORE, author_id=f"{brand} {group} earlier", **said)]
    db = plant(rows, [WATCH])
    assert alike(complaint_rates(db, config)) == (6, 8)
    escalated = answer_service(db, config, window=asked(config)).figures.escalated
    level = answer_trend(db, config, window=asked(config), figure="escalations").figures[0].level
    assert (escalated.part, escalated.whole, level.value) == (0, 6, 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_every_answer_counts_copies_that_differ_alike(plant, config, seed):
    """People write much or little, copy others and themselves, and every copy is tagged as chance has it."""
    draw, rows = random.Random(seed), []
    for brand in ("tamarind", "nimblecart"):
        for _ in range(60):
            said = {
                "author_id": draw.choice(["", *(f"{brand[:4]} {person}" for person in range(14)), "both", "too"]) or None,
                "untagged": draw.random() < 0.1,
                "attributes": {"fast": draw.choice(("confirms", "contests"))} if draw.random() < 0.6 else {},
                "sentiment": draw.choice(("positive", "neutral", "negative")),
            }
            said |= {"complaint": True, "topics": ("refund",)} if draw.random() < 0.4 else {}
            group, hour = draw.randrange(25), draw.randrange(144)
            if draw.random() < 0.6:
                rows.append(copy(brand, group, hour, **said))
            else:
                rows.append({"brands": (brand,), "published": f"2026-{draw.choice(('09-23', '09-30'))}T10:00:00Z", **said})
    db = plant(rows, [WATCH])
    alike(complaint_rates(db, config))
    alike(topic_shares(db, config))
    figures = confirmed_shares(db, config)
    alike(figures)
    assert figures["compare"][2] == figures["compare"][3]
