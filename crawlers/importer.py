"""Rows of an imported file as mentions: their brands, ratings and dates, and what is left out and why."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from config import Config
from crawlers.cleaning import clean_mention, find_fault
from crawlers.copies import copy_bands
from crawlers.dates import parse_date
from crawlers.identity import digest
from crawlers.matching import BrandMatcher
from crawlers.ratings import parse_amount, parse_rating
from crawlers.tables import ImportProblem, Row
from store.records import Kind, MatchedMention, Measure, Mention

SHOWN = 10
"""Faulty lines that a report names; the others are only counted."""
SCALES: Mapping[str, tuple[float, float]] = {"stars": (1, 5), "nps": (0, 10), "csat": (1, 5), "thumbs": (0, 1)}
"""Worst and best of each measure, where the file does not say."""
THUMBS = dict.fromkeys(["up", "yes", "true", "👍", "1"], 1.0) | dict.fromkeys(["down", "no", "false", "👎", "0", "-1"], 0.0)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file is to be read: what the user says of it."""

    kind: Kind = "review"
    source: str = "import"
    site: str
    brand: str | None = None
    """Id or name of the brand that every row is about."""
    measure: Measure = "stars"
    best: float | None = None
    """Best rating of the scale."""
    day_first: bool | None = None
    """Whether 03/04/2026 is in April."""


@dataclass
class Tally:
    """Counts of a file being read."""

    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    undated: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unknown_brands: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def note(self, line: int, reason: str) -> None:
        """Remember a faulty line, if it is among the first."""
        if len(self.faults) < SHOWN:
            self.faults.append((line, reason))

    def leave_out(self, line: int, reason: str, shown: str | None = None) -> None:
        """Count a row that is not stored."""
        self.left_out[reason] += 1
        self.note(line, shown or reason)


class Importer:
    """Turns rows into mentions with their brands, and counts what it leaves out."""

    def __init__(self, config: Config, reading: Reading, columns: Mapping[str, str], now: str) -> None:
        """Raises `ImportProblem` for a brand that the configuration does not have."""
        self.reading, self.columns, self.now = reading, columns, now
        self.matcher = BrandMatcher(config.brands)
        self.brands = {name.casefold(): brand.id for brand in config.brands for name in (brand.name, brand.id)}
        self.tally = Tally()
        if reading.brand is not None and reading.brand.casefold() not in self.brands:
            there = ", ".join(brand.id for brand in config.brands)
            raise ImportProblem(f"--brand {reading.brand}: there is no such brand in {config.path.name}; there are: {there}")

    def take(self, line: int, row: Row) -> MatchedMention | None:
        """One row as a mention; None if it is left out."""
        cells = {name: row.get(column, "").strip() for name, column in self.columns.items()}
        mention = clean_mention(self.read(line, cells), self.now)
        if fault := find_fault(mention):
            self.tally.leave_out(line, fault)
            return None
        if mention.external_id in self.tally.seen:
            self.tally.repeated += 1
            return None
        brands = self.find_brands(line, mention, cells.get("brand", ""))
        if not brands:
            return None
        self.tally.seen.add(mention.external_id)
        if mention.published is None:
            self.tally.undated += 1
        if self.matcher.find_account(mention):
            mention = replace(mention, voice="company")
        return MatchedMention(mention=mention, brands=brands, copy_bands=copy_bands(mention.text))

    def read(self, line: int, cells: Mapping[str, str]) -> Mention:
        """Read the cells of one row."""
        published, precision = parse_date(cells.get("date"), day_first=self.reading.day_first)
        if cells.get("date") and published is None:
            reason = f"{cells['date']!r} is no date, or may be two: imported without (--day-first or --month-first)"
            self.tally.note(line, reason)
        rating = self.read_rating(line, cells.get("rating", ""))
        worst, best = SCALES[self.reading.measure]
        own = ("brand", "title", "text", "author", "date", "rating")
        engagement = parse_amount(cells.get("engagement"))
        return Mention(
            source=self.reading.source,
            site=self.reading.site,
            external_id=cells.get("id") or digest(*(cells.get(name, "") for name in own)),
            url=cells.get("url") or None,
            kind=self.reading.kind,
            title=cells.get("title") or None,
            text=cells.get("text") or None,
            language=cells.get("language") or None,
            subject=cells.get("subject") or None,
            place=cells.get("place") or None,
            rating=rating,
            rating_worst=worst if rating is not None else None,
            rating_best=(self.reading.best or best) if rating is not None else None,
            rating_measure=self.reading.measure if rating is not None else None,
            author_id=cells.get("author") or None,
            author_name=cells.get("author") or None,
            engagement=int(engagement) if engagement is not None and math.isfinite(engagement) else None,
            published=published,
            published_precision=precision,
        )

    def read_rating(self, line: int, text: str) -> float | None:
        """A rating on the scale of the measure; a row keeps its words where the rating is none."""
        if not text:
            return None
        worst, best = SCALES[self.reading.measure]
        if self.reading.measure == "thumbs":
            value = THUMBS.get(text.casefold())
        else:
            found = parse_rating(text, worst=str(worst), best=str(self.reading.best or best))
            value = found.value if found else None
        if value is None:
            self.tally.note(line, f"{text!r} is no rating from {worst:g} to {self.reading.best or best:g}: imported without")
        return value

    def find_brands(self, line: int, mention: Mention, value: str) -> tuple[tuple[str, str], ...]:
        """Whose a row is: the brand that the user named, else the brand column's, else by the brands' queries."""
        if self.reading.brand is not None:
            return ((self.brands[self.reading.brand.casefold()], "--brand"),)
        if value:
            known = self.brands.get(re.sub(r"\s+", " ", value).casefold())
            if known is None:
                self.tally.unknown_brands[value] += 1
                self.tally.leave_out(line, "unknown brand", f"{value!r} is no brand of the configuration, neither id nor name")
            return ((known, value),) if known else ()
        found = self.matcher.match(mention)
        if not found:
            self.tally.leave_out(line, "no brand", "no brand's query matches; --brand names the brand of all rows")
        return found
