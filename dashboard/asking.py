"""What a page was asked for: brand, window and filters from the query string, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlite_utils import Database

from config import Brand, Config
from trends.known import WRITE_LANGUAGE, unknown_language, unknown_source
from trends.languages import NAMES, code_of
from trends.timeline_kinds import ASKED, Every
from trends.windows import Window, all_time, last, last_full_week

WINDOWS = {
    "week": "Last full week",
    "1w": "7 days",
    "4w": "4 weeks",
    "12w": "12 weeks",
    "26w": "26 weeks",
    "52w": "52 weeks",
    "all": "All time",
}
SENTIMENTS = ("negative", "neutral", "positive")
PERIODS: tuple[Every, ...] = ("week", "month")
CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*")
"""What the code of a language looks like, where it has no name here."""
LONGEST_SEARCH = 200
"""Characters: nobody types more, and the index reads every word."""


class AskedError(ValueError):
    """The address asks for something that there is not; the message names it and what there is."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request in the words of the house."""

    brand: Brand
    last: str
    window: Window
    words: str = ""
    source: str = ""
    language: str = ""
    sentiment: str = ""
    topic: str = ""
    figure: str = ""
    """Of the trend: one of `trends.timeline_kinds.ASKED`; empty for the main ones."""
    every: Every = "week"
    attribute: str = ""
    metric: str = ""

    def link(self, path: str, **changes: str) -> str:
        """The address of the same question with some words changed; empty ones are left out."""
        asked = {"brand": self.brand.id, "last": self.last, "q": self.words, "source": self.source, "language": self.language}
        asked |= {"sentiment": self.sentiment, "topic": self.topic, "figure": self.figure, "attribute": self.attribute}
        asked |= {"every": "" if self.every == "week" else self.every, "metric": self.metric} | changes
        return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"

    def page(self, path: str) -> str:
        """The address of another page for the same brand and window."""
        return f"{path}?{urlencode({'brand': self.brand.id, 'last': self.last})}"


def read_asked(query: Mapping[str, str], config: Config, now: str, *, length: str = "week") -> Asked:
    """Read a query string; without a window it is one of that `length`.

    Raises `AskedError` for a brand, window or filter that there is not, and for some that do not go together.
    """
    brand = query.get("brand") or config.own_brand.id
    length = query.get("last") or length
    asked = Asked(
        brand=known_brand(brand, config),
        last=length,
        window=known_window(length, config, now),
        words=query.get("q", "").strip()[:LONGEST_SEARCH],
        source=query.get("source", ""),
        language=known_language(query.get("language", "")),
        sentiment=known("sentiment", query.get("sentiment", ""), SENTIMENTS),
        topic=known("topic", query.get("topic", ""), [topic.id for topic in config.topics]),
        figure=known("figure", query.get("figure", ""), ASKED),
        every="month" if known("every", query.get("every", ""), PERIODS) == "month" else "week",
        attribute=known("attribute", query.get("attribute", ""), [one.id for one in config.attributes]),
        metric=query.get("metric", ""),
    )
    refuse_together(asked)
    return asked


def refuse_together(asked: Asked) -> None:
    """Say which words of a question about a trend do not go together."""
    if asked.topic and asked.attribute:
        raise AskedError(f"topic: choose {asked.topic!r} or the attribute {asked.attribute!r}, not both at once")
    if asked.figure == "confirmed" and not asked.attribute:
        raise AskedError("figure: 'confirmed' is asked of one attribute; choose one")
    if asked.metric and not asked.figure:
        raise AskedError(f"metric: {asked.metric!r} is laid over one figure; choose one")
    if asked.metric and asked.every == "month":
        raise AskedError(f"metric: {asked.metric!r} is laid over weeks; choose weeks")


def refuse_unknown(db: Database, config: Config, asked: Asked) -> None:
    """Refuse a source or a language of which there is nothing, as the commands do: a slip of the finger is no empty page."""
    if wrong := unknown_source(db, config, asked.source):
        raise AskedError(f"source: {asked.source!r}: {wrong}")
    if wrong := unknown_language(db, asked.language):
        raise AskedError(f"language: {asked.language!r} is not known; {wrong}")


def known_brand(brand_id: str, config: Config) -> Brand:
    """The configured brand of that id."""
    brand = config.brand(brand_id)
    if brand is None:
        raise AskedError(
            f"brand: {brand_id!r} is not in {config.path.name}; there are {', '.join(b.id for b in config.brands)}"
        )
    return brand


def known_window(length: str, config: Config, now: str) -> Window:
    """The window of one of the lengths that the page offers."""
    known("last", length, tuple(WINDOWS))
    if length == "week":
        return last_full_week(now, config.time_zone)
    if length == "all":
        return all_time(now=now, zone=config.time_zone)
    return last(length, now=now, zone=config.time_zone)


def known_language(language: str) -> str:
    """The code of a language given by code or English name; empty where none is asked for."""
    code = code_of(language)
    if code and code not in NAMES and not CODE.fullmatch(code):
        raise AskedError(f"language: {language!r} is not known; {WRITE_LANGUAGE}")
    return code


def known(name: str, value: str, words: Sequence[str]) -> str:
    """The value, if it is empty or one of the words."""
    if value and value not in words:
        raise AskedError(f"{name}: {value!r} is not there; choose one of {', '.join(words)}")
    return value
