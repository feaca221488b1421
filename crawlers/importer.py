"""Rows of an imported file as mentions: their brands, ratings and dates, and what is left out and why."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from config import Config
from crawlers.cleaning import clean_mention, find_fault
from crawlers.context import find_kept_since
from crawlers.copies import copy_bands
from crawlers.dates import parse_local
from crawlers.export_replies import read_reply
from crawlers.exports import Fit
from crawlers.identity import digest
from crawlers.matching import BrandMatcher
from crawlers.ratings import parse_amount, parse_rating
from crawlers.tables import ImportProblem, Row
from crawlers.voices import VoiceRules
from store.prose import as_prose
from store.records import IMPORTED, MEASURES, VOICES, Kind, MatchedMention, Measure, Mention, Voice

SHOWN = 10
"""Faulty lines that a report names; the others are only counted."""
SCALES: Mapping[str, tuple[float, float]] = {"stars": (1, 5), "nps": (0, 10), "csat": (1, 5), "thumbs": (0, 1)}
"""Worst and best of each measure, where the file does not say."""
OWN = ("brand", "title", "text", "author", "date", "rating")
"""Fields that make a row itself where neither it nor its format has anything better."""
TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*")
"""A language as BCP 47 writes it, or nearly; `Turkish (Turkey)` is none."""
THUMBS = dict.fromkeys(["up", "yes", "true", "👍", "1"], 1.0) | dict.fromkeys(["down", "no", "false", "👎", "0", "-1"], 0.0)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file is to be read: what the user says of it."""

    kind: Kind = "review"
    source: str = IMPORTED
    site: str
    brand: str | None = None
    """Id or name of the brand that every row is about, whatever a column says."""
    owner: str | None = None
    """Id of the brand whose file it is, where only its owner can have it: rows are about it where no column says otherwise."""
    owner_by: str = ""
    """What says so: kept as what matched."""
    measure: Measure = "stars"
    best: float | None = None
    """Best rating of the scale."""
    day_first: bool | None = None
    """Whether 03/04/2026 is in April."""
    time_zone: str | None = None
    """IANA name of the zone of times that do not tell their own; None for UTC."""


@dataclass
class Tally:
    """Counts of a file being read."""

    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    undated: int = 0
    replies: int = 0
    replies_new: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unknown_brands: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str]] = field(default_factory=list)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    """(site, id) -> what the row said, of every row that was taken."""

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

    def __init__(self, config: Config, reading: Reading, fit: Fit, now: str) -> None:
        """Raises `ImportProblem` for a brand that the configuration does not have."""
        self.reading, self.fit, self.export, self.now = reading, fit, fit.export, now
        self.matcher = BrandMatcher(config.brands)
        self.voices = VoiceRules(config.voices)
        self.kept_since = find_kept_since(config, now)
        self.brands = {name.casefold(): brand.id for brand in config.brands for name in (brand.name, brand.id)}
        self.tally = Tally()
        if reading.brand is not None and reading.brand.casefold() not in self.brands:
            there = ", ".join(brand.id for brand in config.brands)
            raise ImportProblem(f"--brand {reading.brand}: there is no such brand in {config.path.name}; there are: {there}")

    def take(self, line: int, row: Row) -> list[MatchedMention]:
        """One row as a mention, with the company's reply behind it where the file has one; nothing if it is left out."""
        if self.export.adapt:
            row = self.export.adapt(row)
        cells = {name: row.get(column, "").strip() for name, column in self.fit.columns.items()}
        if self.fit.texts:
            cells["text"] = "\n\n".join(answer for name in self.fit.texts if (answer := row.get(name, "").strip()))
        status = cells.get("status", "").casefold()
        if status in self.export.skipped:
            self.tally.leave_out(line, f"{cells['status']}: said by no customer")
            return []
        mention = self.clean(line, self.read(line, cells), cells.get("date", ""))
        if status in self.export.removed:
            mention = self.as_removed(mention)
        said = hash((mention, *(cells.get(name) for name in ("reply", "reply_date", "reply_minutes"))))
        if self.is_left_out(line, mention, said):
            return []
        found = self.match(line, mention, cells)
        if found:
            self.tally.seen[mention.site, mention.external_id] = said
        return found

    def clean(self, line: int, mention: Mention, date: str) -> Mention:
        """A mention as it can be stored; a date that lies ahead is noted, as it is not kept."""
        cleaned = clean_mention(mention, self.now)
        if mention.published is not None and cleaned.published is None:
            self.tally.note(line, f"{date!r} is after the day of this import, {self.now[:10]}: imported without its date")
        return cleaned

    def as_removed(self, mention: Mention) -> Mention:
        """The tombstone of a row that the vendor says is deleted."""
        kept = ("source", "site", "external_id", "kind", "published", "published_precision")
        return Mention(removed=True, **{name: getattr(mention, name) for name in kept})

    def is_left_out(self, line: int, mention: Mention, said: int) -> bool:
        """Whether a row is not stored: it has no words, is too old, or was in the file before. Counts it if so."""
        if fault := find_fault(mention):
            self.tally.leave_out(line, fault)
            return True
        if (mention.published or "~") < self.kept_since:
            self.tally.leave_out(line, "older than retention")
            return True
        if self.tally.seen.get((mention.site, mention.external_id)) == said:
            self.tally.repeated += 1
            return True
        return False

    def match(self, line: int, mention: Mention, cells: Mapping[str, str]) -> list[MatchedMention]:
        """A mention with its brands, and the company's reply to it, which is about the same ones."""
        brands = () if mention.removed else self.find_brands(line, mention, cells.get("brand", ""))
        if not brands and not mention.removed:
            return []
        if mention.published is None:
            self.tally.undated += 1
        reply = read_reply(mention, cells, day_first=self.reading.day_first, zone=self.zone("reply_date"))
        if self.matcher.find_account(mention):
            mention = replace(mention, voice="company")
        matched = self.voices.apply(MatchedMention(mention=mention, brands=brands, copy_bands=copy_bands(mention.text)))
        if reply is None:
            return [matched]
        date = cells.get("reply_date", "")
        if date and reply.published is None:
            self.tally.note(line, f"{date!r} is no date of a reply, or may be two: read without (--day-first or --month-first)")
        reply = self.clean(line, reply, date)
        bands = copy_bands(reply.text)
        return [matched, MatchedMention(mention=reply, brands=() if reply.removed else brands, copy_bands=bands)]

    def zone(self, field: str) -> str | None:
        """The time zone of a field's times that do not tell their own."""
        return self.fit.zones.get(field) or self.reading.time_zone

    def read(self, line: int, cells: Mapping[str, str]) -> Mention:
        """Read the cells of one row."""
        when = f"{cells.get('date', '')} {cells.get('time', '')}".strip()
        published, precision = parse_local(when, day_first=self.reading.day_first, zone=self.zone("date"))
        if when and published is None:
            self.tally.note(line, f"{when!r} is no date, or may be two: imported without (--day-first or --month-first)")
        measure = self.measure_of(line, cells)
        rating = self.read_rating(line, cells.get("rating", ""), measure) if measure else None
        worst, best = SCALES[measure or self.reading.measure]
        author = None if (name := cells.get("author", "")).casefold() in self.export.nobody else name or None
        engagement = parse_amount(cells.get("engagement"))
        return Mention(
            source=self.reading.source,
            site=bare_host(cells.get("site", "")) or self.reading.site,
            external_id=cells.get("id") or self.make_id(cells),
            url=cells.get("url") or None,
            kind=self.reading.kind,
            voice=voice_of(cells.get("voice")),
            title=as_prose(cells.get("title", "")) or None,
            text=as_prose(cells.get("text", "")) or None,
            language=language_of(cells.get("language", "")),
            subject=cells.get("subject") or None,
            place=cells.get("place") or None,
            rating=rating,
            rating_worst=worst if rating is not None else None,
            rating_best=(self.reading.best or best) if rating is not None else None,
            rating_measure=measure if rating is not None else None,
            author_id=cells.get("author_id") or author,
            author_name=author,
            engagement=int(engagement) if engagement is not None and math.isfinite(engagement) else None,
            thread=cells.get("thread") or None,
            parent=cells.get("parent") or None,
            published=published,
            published_precision=precision,
        )

    def make_id(self, cells: Mapping[str, str]) -> str:
        """An id for a row that has none: of what an edit does not change, where the export tells what that is."""
        lasting = [cells.get(name, "") for name in self.export.identity]
        return digest(*(lasting if any(lasting) else [cells.get(name, "") for name in OWN]))

    def measure_of(self, line: int, cells: Mapping[str, str]) -> Measure | None:
        """What a row's rating measures; None, and a note, where the row says that it is nothing that we keep."""
        told = cells.get("measure", "").casefold()
        if told and told not in MEASURES:
            self.tally.note(line, f"{cells['measure']!r} is none of {', '.join(MEASURES)}: imported without its rating")
            return None
        return cast("Measure", told) if told else self.reading.measure

    def read_rating(self, line: int, text: str, measure: Measure) -> float | None:
        """A rating on the scale of the measure; a row keeps its words where the rating is none."""
        text = self.export.words.get(text.casefold(), text)
        if not text:
            return None
        worst, best = SCALES[measure]
        if measure == "thumbs":
            value = THUMBS.get(text.casefold())
        else:
            found = parse_rating(text, worst=str(worst), best=str(self.reading.best or best))
            value = found.value if found else None
        if value is None:
            self.tally.note(line, f"{text!r} is no rating from {worst:g} to {self.reading.best or best:g}: imported without")
        return value

    def find_brands(self, line: int, mention: Mention, value: str) -> tuple[tuple[str, str], ...]:
        """Whose a row is: the brand that the user named, else the brand column's, else the owner's, else as the queries say."""
        if self.reading.brand is not None:
            return ((self.brands[self.reading.brand.casefold()], "--brand"),)
        if value:
            known = self.brands.get(re.sub(r"\s+", " ", value).casefold())
            if known is None:
                self.tally.unknown_brands[value] += 1
                fix = "; if the column names no brands, give --column brand=-" if self.reading.owner else ""
                told = f"{value!r} is no brand of the configuration, neither id nor name{fix}"
                self.tally.leave_out(line, "unknown brand", told)
            return ((known, value),) if known else ()
        if self.reading.owner is not None:
            return ((self.reading.owner, self.reading.owner_by),)
        found = self.matcher.match(mention)
        if not found:
            self.tally.leave_out(line, "no brand", "no brand's query matches; --brand names the brand of all rows")
        return found


def bare_host(site: str) -> str:
    """A site as other sources call it: `https://www.acme.com/` is `acme.com`; a name that is no address stays as it is."""
    address = re.fullmatch(r"(?:https?://(?:www\.)?|www\.)([\w.-]+)/?", site.strip(), re.IGNORECASE)
    return address[1].lower() if address else site.strip()


def language_of(text: str) -> str | None:
    """A language as BCP 47 writes it; None for one that is written in words."""
    return text.replace("_", "-") if TAG.fullmatch(text) else None


def voice_of(text: str | None) -> Voice:
    """Whose voice a cell says it is; a customer's where it says nothing that we know."""
    return cast("Voice", text) if text in VOICES else "customer"
