"""Vega-Lite specs as plain dicts: the marks, channels and layers that charts are composed of, and the look that all share.

The typed dicts name the properties in use, so that the type checker finds a misspelt one, which Vega-Lite passes over in
silence. What each means stands in https://vega.github.io/vega-lite/docs/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict, Unpack

NEGATIVE = "var(--negative, #c2500a)"
NEUTRAL = "var(--neutral, #9aa1ab)"
POSITIVE = "var(--positive, #1f6fb2)"
ACCENT = "var(--accent, #0f766e)"
GAP = "var(--gap, #eceef1)"
INK = "currentColor"
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans Devanagari', 'Noto Naskh Arabic', 'Noto Nastaliq Urdu', sans-serif"

ROOM = 1.25
"""Of the highest bar: how far a scale reaches, so that the bar's figure has room."""

Kind: TypeAlias = Literal["area", "bar", "line", "point", "rule", "text", "tick"]
Values: TypeAlias = Sequence[Mapping[str, Any]]
"""Rows of data; marks see a row as `datum`."""


class Axis(TypedDict, total=False):
    """How an axis looks; None in its place draws none."""

    domain: bool
    format: str
    labelAngle: int
    labelColor: str
    labelExpr: str
    labelFontSize: int
    labelLimit: int
    labelOverlap: bool
    labels: bool
    tickCount: int
    ticks: bool
    title: str
    titleColor: str
    values: list[str]


class Scale(TypedDict, total=False):
    """What values a channel has room for, and what stands for them."""

    domain: Sequence[float] | Sequence[str]
    range: Sequence[str]
    zero: bool


class Channel(TypedDict, total=False):
    """Where one property of a mark comes from: a field of the row, or a value for all."""

    axis: Axis | None
    condition: Mapping[str, str]
    field: str
    header: Mapping[str, object]
    legend: None
    scale: Scale
    sort: Sequence[str]
    title: str | None
    type: Literal["nominal", "ordinal", "quantitative"]
    value: float | str


class Encoding(TypedDict, total=False):
    """What says where a mark stands, how far it reaches, and what tells it from the others."""

    x: Channel
    x2: Channel
    y: Channel
    y2: Channel
    color: Channel
    detail: Channel
    shape: Channel
    text: Channel


class Look(TypedDict, total=False):
    """How a mark looks where no channel says otherwise."""

    align: Literal["left", "right"]
    color: str
    cornerRadiusEnd: int
    dx: int
    dy: int
    filled: bool
    fontSize: int
    height: int
    opacity: float
    size: float
    strokeDash: Sequence[int]
    strokeWidth: int
    thickness: int


class Mark(Look, total=False):
    """A kind of mark and its look."""

    type: Kind


class Step(TypedDict):
    """A height that grows with the rows: pixels for each."""

    step: int


Layer: TypeAlias = dict[str, Any]
"""One mark over its rows, or several layers in one; made by `layer` and `group`."""
Drawable: TypeAlias = dict[str, Any]
"""A whole Vega-Lite spec; made by `chart` and `panels`."""

UPRIGHT: Axis = {"labelAngle": 0, "ticks": False, "domain": False}
"""An axis of nothing but its labels."""


def mark(kind: Kind, /, **look: Unpack[Look]) -> Mark:
    """A mark of a kind."""
    return {"type": kind, **look}


def text(size: int, /, **look: Unpack[Look]) -> Mark:
    """A mark that writes, in ink unless `color` is given."""
    return {"type": "text", "fontSize": size, "color": INK, **look}


def nominal(field: str, /, **more: Unpack[Channel]) -> Channel:
    """A channel of names."""
    return {"field": field, "type": "nominal", **more}


def ordinal(field: str, order: Sequence[str], /, **more: Unpack[Channel]) -> Channel:
    """A channel of names with an order, a slot for each."""
    return {"field": field, "type": "ordinal", "sort": list(order), **more}


def amount(field: str, /, **more: Unpack[Channel]) -> Channel:
    """A channel of numbers."""
    return {"field": field, "type": "quantitative", **more}


def bare(field: str, lowest: float, highest: float) -> Channel:
    """Numbers between two ends, without an axis: the figures stand at the marks."""
    return amount(field, axis=None, scale={"domain": [lowest, highest]})


def named(field: str, names: Sequence[str], size: int, width: int) -> Channel:
    """Names down the side in their order, cut at a width in pixels."""
    axis: Axis = {"ticks": False, "domain": False, "labelFontSize": size, "labelLimit": width}
    return nominal(field, sort=list(names), title=None, axis=axis)


def coloured(field: str, colours: Mapping[str, str]) -> Channel:
    """A colour for each name, without a legend: words at the marks say what is what."""
    return nominal(field, legend=None, scale={"domain": list(colours), "range": list(colours.values())})


def either(test: str, then: str, otherwise: str) -> Channel:
    """One of two values, by a test of the row."""
    return {"condition": {"test": test, "value": then}, "value": otherwise}


def layer(drawn: Mark, *, values: Values | None = None, where: str = "", **encoding: Unpack[Encoding]) -> Layer:
    """A mark for each row `where` the test holds; without values of its own, those of the chart it stands in."""
    made: Layer = {"mark": drawn, "encoding": encoding}
    if values is not None:
        made["data"] = {"values": list(values)}
    if where:
        made["transform"] = [{"filter": where}]
    return made


def group(*layers: Layer) -> Layer:
    """Layers that count as one: they share their scales."""
    return {"layer": list(layers)}


def chart(*layers: Layer, values: Values, width: int, height: int | Step, independent: str = "") -> Drawable:
    """Layers over the same rows, the first at the bottom; an `independent` channel has a scale for each layer."""
    made: Drawable = {"layer": list(layers), "data": {"values": list(values)}, "width": width, "height": height, **THEME}
    return {**made, "resolve": {"scale": {independent: "independent"}}} if independent else made


def panels(*layers: Layer, values: Values, by: str, width: int, height: int) -> Drawable:
    """A small chart of these layers for each name in the field `by`, in order of appearance, on one scale, under each other."""
    names = list(dict.fromkeys(str(value[by]) for value in values))
    return {
        "facet": nominal(by, sort=names, header=HEADER),
        "columns": 1,
        "spacing": 14,
        "spec": {"layer": list(layers), "width": width, "height": height},
        "data": {"values": list(values)},
        **THEME,
    }


HEADER = {"title": None, "labelAnchor": "start", "labelFontSize": 12, "labelFontWeight": "bold", "labelPadding": 4}
AXES = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "grid": False, "titleFontWeight": "normal"}
THEME = {
    "config": {
        "font": FONT,
        "background": "transparent",
        "axis": AXES,
        "header": {"labelColor": INK},
        "view": {"stroke": None},
    }
}
"""The look that all charts share: no frame, ink from the page, its fonts."""
