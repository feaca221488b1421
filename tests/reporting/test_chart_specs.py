"""Every kind of chart is a spec that Vega-Lite understands to the last property: what it does not know it passes over in silence."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
import vl_convert

from reporting import vega
from reporting.charts import attribute_ledger, days_of_week, hours_of_day, sentiment_share, weekly_complaints
from reporting.outbreak_charts import outbreak_chart
from reporting.rival_charts import forest, voice_weeks
from reporting.service_charts import cases_by_age
from reporting.trend_charts import trend_line
from trends.timeline_answers import Level, Point

WEEKS = ("14 Sep", "21 Sep", "28 Sep")
OUTCOMES = [
    ("App", 2.0, 9.0, 18.0, "better"),
    ("Refund", -9.0, -5.0, -1.0, "worse"),
    ("Price", -5.0, 1.0, 7.0, "no clear change"),
]


def point(day: int, value: float | None) -> Point:
    ends = (None, None) if value is None else (value - 0.1, value + 0.1)
    level = Level(value=value, low=ends[0], high=ends[1], n=9, people=9, per_day=None, raw=None)
    status = "too few" if value is None else "known"
    return Point(line="x", first_day=f"2026-09-{day:02}", end_day="", label="", status=status, watched=1.0, level=level)


POINTS = [point(1, 0.2), point(2, 0.3), point(3, None), point(4, 0.1)]
KINDS = {
    "weekly complaints": weekly_complaints([("Refund", week, count) for week, count in zip(WEEKS, (4, None, 0), strict=True)]),
    "sentiment": sentiment_share([("14 Sep", (6, 2, 2)), ("21 Sep", (1, 0, 0)), ("28 Sep", None)], too_few=5),
    "ledger": attribute_ledger([("Fast", 3, 40), ("Green", 0, 0)]),
    "hours": hours_of_day([1, 2, 3] * 8, [5] * 24, (3,)),
    "weekdays": days_of_week([4, 0, 0, 0, 0, 0, 1]),
    "outbreak": outbreak_chart([("7 Sep", 2), ("14 Sep", None)], "21 Sep", 32, 0.8, 0, 4),
    "share of voice": voice_weeks([("Acme", week, share) for week, share in zip(WEEKS, (0.7, None, 0.4), strict=True)]),
    "forest": forest(OUTCOMES),
    "open cases": cases_by_age([("under 1 day", 3, 1, 2), ("1 to 3 days", 0, 0, 0)]),
    "trend in percent": trend_line(POINTS, goal=0.25, series=[1, 2, None, 4], name="revenue", unit="share"),
    "trend in points": trend_line(POINTS, unit="points"),
}
BROKEN = {
    "no such mark": lambda spec: spec["layer"][0]["mark"].update(type="bra"),
    "no such channel": lambda spec: spec["layer"][0]["encoding"].update(colour=vega.nominal("side")),
    "no such type": lambda spec: spec["layer"][0]["encoding"]["y"].update(type="ordinary"),
    "no field": lambda spec: spec["layer"][0]["encoding"]["y"].pop("field"),
    "no layers": lambda spec: spec.pop("layer"),
    "half a condition": lambda spec: spec["layer"][0]["encoding"].update(color=vega.either("datum.at <", "red", "blue")),
    "half a test": lambda spec: spec["layer"][0].update(transform=[{"filter": "datum.at <"}]),
    "no such transform": lambda spec: spec["layer"][0].update(transform=[{"fliter": "datum.at < 0"}]),
    "a scale's zero on names": lambda spec: spec["layer"][0]["encoding"]["y"].update(scale={"zero": True}),
}


def faults(spec: vega.Drawable, capfd: pytest.CaptureFixture[str]) -> str:
    """What Vega-Lite says against a spec; empty where it is fine."""
    try:
        vl_convert.vegalite_to_svg(spec, show_warnings=True)
    except ValueError as error:
        return str(error)
    return capfd.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_is_drawn_without_a_warning(kind, capfd):
    assert faults(KINDS[kind], capfd) == ""


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_spec_is_found_out(fault, capfd):
    spec = copy.deepcopy(KINDS["ledger"])
    BROKEN[fault](spec)
    assert faults(spec, capfd) != ""


def drawn(spec: vega.Drawable) -> str:
    """The drawing, without the ids that are new each time."""
    return re.sub(r"\bclip\d+", "", vl_convert.vegalite_to_svg(spec))


HOLDERS = {"axis": vega.Axis, "scale": vega.Scale, "mark": vega.Mark}
HOLDERS |= dict.fromkeys((*vega.Encoding.__annotations__, "facet"), vega.Channel)
DECLARED = {(key, name) for key, record in HOLDERS.items() for name in record.__annotations__}
CONFIG = vega.THEME["config"]
THEMED = {("config", name) for name in CONFIG} | {(key, name) for key in ("axis", "header", "view") for name in CONFIG[key]}


def properties(part: object, key: str = "") -> Iterator[tuple[str, str, Any]]:
    """The properties of a spec, each with the key that its owner stands under; without what all charts share."""
    if isinstance(part, list):
        for one in part:
            yield from properties(one)
    elif isinstance(part, dict):
        for name, value in part.items():
            yield key, name, value
            if name not in ("config", "resolve"):
                yield from properties(value, name)


def without(part: Any, owner: str, name: str, key: str = "") -> Any:
    """A spec that lacks a property of every owner of a kind."""
    if isinstance(part, list):
        return [without(one, owner, name) for one in part]
    if not isinstance(part, dict) or key == "data":
        return part
    owned = owner in (key, HOLDERS[key].__name__ if key in HOLDERS else "")
    return {at: without(value, owner, name, at) for at, value in part.items() if not (owned and at == name)}


def compiled(spec: vega.Drawable) -> object:
    """What Vega-Lite makes of a spec, or why it makes nothing of it."""
    try:
        return vl_convert.vegalite_to_vega(spec)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_has_no_other_properties_than_the_declared_ones(kind):
    assert {(key, name) for key, name, _ in properties(KINDS[kind]) if key in HOLDERS} - DECLARED == set()


@pytest.mark.parametrize("kind", KINDS)
def test_the_fields_of_a_chart_are_in_its_rows(kind):
    found = list(properties(KINDS[kind]))
    columns = {column for key, name, rows in found if (key, name) == ("data", "values") for column in rows[0]}
    assert {field for key, name, field in found if name == "field" and key in HOLDERS} - columns == set()


@pytest.mark.parametrize(("record", "name"), sorted({(HOLDERS[key].__name__, name) for key, name in DECLARED}))
def test_each_property_means_something_to_vega_lite(record, name):
    lacking = ((spec, without(spec, record, name)) for spec in KINDS.values())
    assert any(compiled(lack) != compiled(spec) for spec, lack in lacking if lack != spec)


@pytest.mark.parametrize(("owner", "name"), sorted(THEMED | {("header", name) for name in vega.HEADER}))
def test_each_part_of_the_common_look_shows(owner, name):
    specs = [KINDS[kind] for kind in ("weekly complaints", "ledger", "hours")]
    lacking = [without(spec, owner, name) for spec in specs]
    assert [drawn(lack) for lack in lacking] != [drawn(spec) for spec in specs]
