"""Windows of time: whole local days of the user's zone, as half-open bounds in UTC with words for people."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONGEST = 36525
"""Days that `--last` may reach back: a century is a slip of the finger, not a wish."""
YEARS = (1900, 2199)
"""First and last year that may be asked for: nobody wrote on the web before, and what is reckoned from these stays a date."""
OUTSIDE = f"outside of the years {YEARS[0]} to {YEARS[1]}"
UNITS = {"d": 1, "w": 7}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class WindowError(ValueError):
    """A window that cannot be; the message names the value and the fix."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Local days from `first_day` up to and without `end_day`; all four bounds are None for all time."""

    now: str
    """When it was asked, UTC ISO 8601: nothing after it is known yet."""
    zone: ZoneInfo
    since: str | None = None
    """UTC ISO 8601, included."""
    until: str | None = None
    """UTC ISO 8601, excluded. Within the last day where the window is a part of a longer one: see `before`."""
    first_day: str | None = None
    """Local day, YYYY-MM-DD, included: what mentions known to the day only are compared with."""
    end_day: str | None = None
    """Local day, excluded."""

    @property
    def all_time(self) -> bool:
        """Whether it has no bounds, and so holds undated mentions too."""
        return self.since is None

    @property
    def days(self) -> int | None:
        """How many local days it has; None for all time."""
        if self.first_day is None or self.end_day is None:
            return None
        return (date.fromisoformat(self.end_day) - date.fromisoformat(self.first_day)).days

    @property
    def label(self) -> str:
        """Words for people, like `28 Sep – 4 Oct 2026` (both days included)."""
        if self.first_day is None or self.end_day is None:
            return "all time"
        words = days_label(date.fromisoformat(self.first_day), date.fromisoformat(self.end_day) - timedelta(days=1))
        cut = self.until is not None and self.until < midnight(date.fromisoformat(self.end_day), self.zone)
        return f"{words}, to {local_time(str(self.until), self.zone):%H:%M}" if cut else words


def last_full_week(now: str, zone: ZoneInfo) -> Window:
    """The last Monday-to-Sunday week that has ended: what the weekly digest speaks of."""
    today = local_day(now, zone)
    monday = today - timedelta(days=today.weekday())
    return from_days(monday - timedelta(days=7), monday, now=now, zone=zone)


def last(length: str, *, now: str, zone: ZoneInfo) -> Window:
    """The window of `4w` or `30d` that ends with today. Raises `WindowError` when `length` is no length."""
    found = re.fullmatch(r"\s*0*(\d*?)\s*([dw])[a-z]*\s*", length.lower())
    if not found or not re.search(r"\d", length):
        raise WindowError(f"last: {length!r} is no number of days or weeks; write 7d, 4w or 12w")
    # Nobody means more digits than these; Python itself refuses to read thousands of them.
    days = int(found[1][:9] or 0) * UNITS[found[2]]
    if days < 1:
        raise WindowError(f"last: {length!r} holds no day; write 7d, 4w or 12w")
    if days > LONGEST:
        raise WindowError(f"last: {length!r} is longer than a century; write 7d, 4w or 12w, or ask for all time")
    end = local_day(now, zone) + timedelta(days=1)
    return from_days(end - timedelta(days=days), end, now=now, zone=zone)


def window(since: str, until: str | None, *, now: str, zone: ZoneInfo) -> Window:
    """The window of local days from `since` to `until`, both included; without `until` it ends with today.

    Raises `WindowError` for anything but days written YYYY-MM-DD in order.
    """
    first, today = parse_day("since", since), local_day(now, zone)
    if first > today:
        raise WindowError(f"since: {since!r} is after today, {today}; nothing is known of it yet")
    end = (parse_day("until", until) if until else today) + timedelta(days=1)
    if end <= first:
        raise WindowError(f"since: {since!r} is after the window's last day, {end - timedelta(days=1)}; swap them")
    return from_days(first, end, now=now, zone=zone)


def all_time(*, now: str, zone: ZoneInfo) -> Window:
    """Everything known, undated mentions included."""
    return Window(now=now, zone=zone)


def before(window: Window) -> Window | None:
    """The window of equally many local days that ends where this one begins; None for all time.

    Of a window that is not over it is the equal part: up to the same time of the same day, cut off to a full hour. A morning
    beside a whole day is a third of it by the clock, and not by what people do; and who complains each day is one person in
    two days as in seven.
    """
    if window.first_day is None or window.days is None:
        return None
    first, length = date.fromisoformat(window.first_day), timedelta(days=window.days)
    if first.toordinal() <= window.days:
        return None
    found = from_days(first - length, first, now=window.now, zone=window.zone)
    if window.until is None or window.until <= window.now:
        return found
    now = local_time(window.now, window.zone)
    then = datetime.combine(now.date() - length, time(now.hour), window.zone)
    start = parse_moment(str(found.since))
    cut = min(max(then, start + timedelta(hours=1)), parse_moment(str(found.until)))
    day = cut.astimezone(window.zone)
    end = day.date() + timedelta(days=day.time() > time())
    return replace(found, until=iso(cut), end_day=end.isoformat())


@lru_cache(maxsize=64)
def weeks(window: Window, count: int = 8) -> tuple[Window, ...]:
    """The last `count` Monday-to-Sunday weeks up to the one in which the window ends, oldest first.

    A week that is not over yet is not among them: beside seven days, one day looks like an end of all complaints.
    """
    today = local_day(window.now, window.zone)
    final = date.fromisoformat(window.end_day) - timedelta(days=1) if window.end_day else today
    monday = min(final - timedelta(days=final.weekday()), today - timedelta(days=today.weekday() + 7))
    starts = [monday - timedelta(days=7 * back) for back in range(count - 1, -1, -1)]
    return tuple(from_days(start, start + timedelta(days=7), now=window.now, zone=window.zone) for start in starts)


def cover(first: Window, last: Window) -> Window:
    """The window from the beginning of one to the end of another."""
    if first.first_day is None or last.end_day is None:
        return all_time(now=last.now, zone=last.zone)
    return from_days(date.fromisoformat(first.first_day), date.fromisoformat(last.end_day), now=last.now, zone=last.zone)


def from_days(first: date, end: date, *, now: str, zone: ZoneInfo) -> Window:
    """The window from local midnight of `first` to local midnight of `end`; 23 or 25 hours count as one day."""
    return Window(
        now=now,
        zone=zone,
        since=midnight(first, zone),
        until=midnight(end, zone),
        first_day=first.isoformat(),
        end_day=end.isoformat(),
    )


@lru_cache(maxsize=16_384)
def midnight(day: date, zone: ZoneInfo) -> str:
    """The first moment of a local day as UTC ISO 8601, also where clocks skip midnight."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return iso(local)


def iso(moment: datetime) -> str:
    """UTC ISO 8601 with seconds and `Z`."""
    # strftime writes years before 1000 without their noughts, and nobody can read that back.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def parse_moment(text: str) -> datetime:
    """A UTC ISO 8601 time as a datetime that knows its zone; a bare date is its midnight in UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def local_time(text: str, zone: ZoneInfo) -> datetime:
    """A UTC ISO 8601 time on the clock of a zone."""
    return parse_moment(text).astimezone(zone)


def local_day(text: str, zone: ZoneInfo) -> date:
    """The local day of a UTC ISO 8601 time."""
    return local_time(text, zone).date()


def day_of(published: str | None, precision: str, zone: ZoneInfo) -> str | None:
    """The local day of a mention, YYYY-MM-DD; one known to the day only keeps the day that its site printed."""
    if published is None or precision == "unknown":
        return None
    return published[:10] if precision == "day" else local_day(published, zone).isoformat()


def contains(window: Window, published: str | None, precision: str) -> bool:
    """Whether a mention falls into a window; the same rule as in the store's queries."""
    if window.since is None or window.until is None or window.first_day is None or window.end_day is None:
        return True
    if published is None or precision == "unknown":
        return False
    if precision == "day":
        return window.first_day <= published[:10] < window.end_day
    return window.since <= published < window.until


def parse_day(name: str, text: str) -> date:
    """A day written YYYY-MM-DD, of the years that may be asked for."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise WindowError(f"{name}: {text!r} is no day; write it like 2026-09-28") from error
    if not is_in_years(day):
        raise WindowError(f"{name}: {text!r} is {OUTSIDE}; write a day like 2026-09-28")
    return day


def is_in_years(day: date) -> bool:
    """Whether a day or time is of the years that may be asked for."""
    return YEARS[0] <= day.year <= YEARS[1]


def days_label(first: date, last: date) -> str:
    """`28 Sep – 4 Oct 2026`, `24–30 Aug 2026` or `3 Oct 2026`."""
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {MONTHS[first.month - 1]}{year} – {end}"
