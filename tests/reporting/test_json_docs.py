"""Every record that an answer is made of has its section in docs/json.md, field by field."""

from __future__ import annotations

import dataclasses
import re
import typing
from pathlib import Path

import pytest

from trends import answers, prevalence, timeline_answers, windows
from trends.answers import Ledger, Overview
from trends.health import RunsAnswer, SourcesAnswer
from trends.hot_button_answers import HotButtons
from trends.rival_answers import Rivals
from trends.service_answers import Service
from trends.suggestions import Suggestions
from trends.timeline_answers import Trend
from trends.topic_list import TopicList
from trends.watching import Watching

JSON = Path(__file__).parents[2] / "docs" / "json.md"
ANSWERS = (HotButtons, Ledger, Overview, Trend, Rivals, Service, Watching, TopicList, Suggestions, SourcesAnswer, RunsAnswer)
WRITTEN = {"Change": {"percent"}, "Net": {"n"}}
"""What is written beside a record's own fields."""
WINDOW = {"label", "first_day", "end_day", "since", "until", "time_zone", "as_of"}
"""A window is written in words of its own."""


def sections() -> dict[str, set[str]]:
    """The fields that each section names in the first column of its table."""
    found = {}
    for part in re.split(r"^## ", JSON.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name, _, body = part.partition("\n")
        cells = re.findall(r"^\| (`.*?`) \|", body, flags=re.MULTILINE)
        found[name.strip()] = {field for cell in cells for field in re.findall(r"`(\w+)`", cell)}
    return found


def records(kind: object, found: dict[str, type]) -> dict[str, type]:
    """A record and all that it is made of, by name."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__name__ not in found:
        found[kind.__name__] = kind
        names = vars(windows) | vars(prevalence) | vars(answers) | vars(timeline_answers)
        for inner in typing.get_type_hints(kind, localns=names).values():
            records(inner, found)
    for inner in typing.get_args(kind):
        records(inner, found)
    return found


def every_record() -> list[tuple[str, type]]:
    found: dict[str, type] = {}
    for answer in ANSWERS:
        records(answer, found)
    return sorted(found.items())


@pytest.mark.parametrize(("name", "record"), every_record())
def test_a_record_is_documented_field_by_field(name, record):
    own = {field.name for field in dataclasses.fields(record)} | WRITTEN.get(name, set())
    assert sections()[name] == (WINDOW if name == "Window" else own)
