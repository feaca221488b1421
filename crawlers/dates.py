"""Dates as people and programs write them -> UTC ISO 8601 with how well they are known."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime
from functools import partial

from dateutil import parser
from dateutil.tz import gettz

from crawlers.context import to_iso
from store.records import Precision

EARLIEST = 1990
"""Before this year nobody wrote on the web: the date is a mistake."""

UNKNOWN: tuple[None, Precision] = (None, "unknown")
OWN_ZONE = re.compile(r"(Z|UTC|GMT|[+-]\d\d:?\d\d)$|^\d+(\.\d+)?$")
"""How a time says its own zone; a count of seconds since 1970 has none to say."""
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
"""A time as it should be."""
WRITTEN_AS_HERE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def parse_date(text: str | None, *, day_first: bool | None = None) -> tuple[str | None, Precision]:
    """Read a date or a time; (None, "unknown") where it is none, is before 1990, or may be read as two different days.

    A time without a zone is taken as UTC. A date without a time, and midnight sharp (how most software writes a date without a
    time), is known to the day and comes as T00:00:00Z of that day. `day_first` settles 03/04/2026.
    """
    text = (text or "").strip()
    if not text or len(text) > 60:
        return UNKNOWN
    moment = parse_iso(text) or parse_unix(text) or parse_written(text, day_first)
    if moment is None or not EARLIEST <= moment.year <= 9998:
        return UNKNOWN
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{moment:%Y-%m-%d}T00:00:00Z", "day"
    if WRITTEN_AS_HERE.fullmatch(text):
        return text, "second"
    return to_iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC)), "second"


def parse_local(text: str | None, *, day_first: bool | None = None, zone: str | None = None) -> tuple[str | None, Precision]:
    """Read a date as exports write it: `parse_date`, but a time without a zone of its own is of `zone` (an IANA name).

    A year that stands first is followed by its month, and GMT+3 is three hours ahead (dateutil takes it as behind).
    """
    text = re.sub(
        r"\b(?:GMT|UTC)([+-])(\d\d?)(?::?(\d\d))?$", lambda m: f"{m[1]}{m[2]:0>2}:{m[3] or '00'}", (text or "").strip()
    )
    text = re.sub(r"^(\d{4})[/.](\d\d?)[/.](\d\d?)\b", lambda m: f"{m[1]}-{m[2]:0>2}-{m[3]:0>2}", text)
    moment, precision = parse_date(text, day_first=False if re.match(r"\d{4}-\d\d-\d\d", text) else day_first)
    if moment is None or zone is None or precision != "second" or OWN_ZONE.search(text):
        return moment, precision
    return to_iso(datetime.fromisoformat(moment).replace(tzinfo=gettz(zone))), precision


def parse_iso(text: str) -> datetime | None:
    """ISO 8601 and its usual blemishes: a blank before the offset, both `Z` and an offset."""
    if not ISO.fullmatch(text):
        text = re.sub(r"\s+(?=[+-]\d\d:?\d\d$)", "", text)
        text = re.sub(r"Z(?=[+-]\d\d:?\d\d$)", "", text)
        if not re.match(r"\d{4}-\d\d-\d\d|\d{8}$", text):
            return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def parse_unix(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, of this century."""
    if not re.fullmatch(r"\d{10}(\d{3})?(\.\d+)?", text):
        return None
    return datetime.fromtimestamp(float(text) / (1000 if re.match(r"\d{13}", text) else 1), UTC).replace(microsecond=0)


def parse_written(text: str, day_first: bool | None) -> datetime | None:
    """Dates in words or with slashes; None where day, month or year is missing, or day and month could be swapped."""
    if text.isdigit():
        return None
    orders = (True, False) if day_first is None else (day_first,)
    # Two defaults without a field in common: what the text leaves open comes out differently.
    defaults = (datetime(2001, 1, 1), datetime(2003, 3, 3))
    read = [partial(parser.parse, text, dayfirst=order, default=default) for order in orders for default in defaults]
    try:
        with warnings.catch_warnings():
            # A zone by its initials (IST is three zones) tells nothing: better no time than a wrong one.
            warnings.simplefilter("error")
            found = {parse() for parse in read}
    except (ValueError, OverflowError, Warning):
        return None
    return found.pop() if len(found) == 1 else None
