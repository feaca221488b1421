"""Figures in words, the same in every report: shares with interval and n, changes with what was compared, times, links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

from trends.answers import Change, Net, Share, Voices
from trends.prevalence import Corrected
from trends.windows import days_label

VERDICT_SIGNS = {"systemic": "▲", "recurring": "■", "isolated": "●", "unclear": "?"}
"""A shape for each verdict, so that colour never carries it alone."""
DIRECTION_SIGNS = {"rising": "↗", "falling": "↘", "steady": "→", "unknown": "·"}
MINUS = "\N{MINUS SIGN}"
RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "pnb", "ps", "sd", "ug", "ur", "yi"])
NBSP = "\N{NO-BREAK SPACE}"
MOST_DIGITS = 6
"""Behind the point: an interval that comes nearer to nought than that is written as nought."""


def percent(value: float) -> str:
    """0.123 as `12%`; small parts keep a digit, so that something never looks like nothing."""
    if 0 < value < 0.0005:
        return "<0.1%"
    return f"{value:.1%}" if 0 < value < 0.01 else f"{value:.0%}"


def share_words(share: Share) -> str:
    """A share, or that there are too few to say."""
    return "too few to say" if share.value is None else percent(share.value)


def share_basis(share: Share) -> str:
    """What a share stands on: its 95% interval and n."""
    if share.low is None or share.high is None:
        return f"n{NBSP}={NBSP}{share.whole}"
    return f"95% interval {percent(share.low)} to {percent(share.high)}, n{NBSP}={NBSP}{share.whole}"


def net_words(net: Net) -> str:
    """Net sentiment from −1 to +1, or that there are too few to say."""
    return "too few to say" if net.value is None else signed(net.value)


def net_basis(net: Net) -> str:
    """What net sentiment stands on: its 95% interval and n."""
    if net.low is None or net.high is None:
        return f"n{NBSP}={NBSP}{net.n}"
    return f"95% interval {signed(net.low)} to {signed(net.high)}, n{NBSP}={NBSP}{net.n}"


def corrected_words(corrected: Corrected | None, label: str) -> str:
    """A corrected share, or `net` sentiment, with its interval; empty where nothing corrects it."""
    if corrected is None or corrected.reason:
        return ""
    found = corrected.net if label == "net" else corrected.share(label)
    if found is None or found.value is None or found.low is None or found.high is None:
        return ""
    write = signed if label == "net" else percent
    return f"corrected {write(found.value)}, {write(found.low)} to {write(found.high)}"


def signed(value: float, digits: int = 2) -> str:
    """Two digits with a sign, or more, and no negative zero."""
    text = f"{abs(value):.{digits}f}"
    return text if is_nought(text) else f"{MINUS if value < 0 else '+'}{text}"


def is_nought(text: str) -> bool:
    """Whether a number as it is written says nought."""
    return not any(digit in text for digit in "123456789")


def ends_words(low: float, high: float, write: Callable[[float, int], str], digits: int = 2) -> str:
    """An interval; one that leaves nought out shows it, with as many more digits as that takes."""
    while low * high > 0 and digits < MOST_DIGITS and (is_nought(write(low, digits)) or is_nought(write(high, digits))):
        digits += 1
    return f"{write(low, digits)} to {write(high, digits)}"


def change_words(change: Change) -> str:
    """A change against the window before, with whether it is more than chance; or why there is no comparison."""
    if change.before is None:
        return change.note or "no comparison with the window before"
    if not change.before and not change.now:
        return f"none in either window{' on the sites watched in both' if change.note else ''}"
    if change.percent is None:
        return f"{change.now} against {change.before} in the window before{DIRECTION_WORDS[change.direction]}"
    size = f"{'+' if change.percent > 0 else MINUS if change.percent < 0 else '±'}{abs(change.percent)}%"
    per_day = " per watched day" if change.now_per_day is not None else ""
    return f"{size}{per_day} ({change.before} before, {change.now} now){DIRECTION_WORDS[change.direction]}"


def change_basis(change: Change) -> str:
    """What a comparison left out and what was tested, as sentences; empty where there is none to explain."""
    return "" if change.before is None else change.note


DIRECTION_WORDS = {
    "rising": ": rising, more than chance explains",
    "falling": ": falling, more than chance explains",
    "steady": ": within what chance explains",
    "unknown": "",
}


def counted(count: int, one: str, many: str = "") -> str:
    """`1 person`, `3 people`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def people_words(people: int, anonymous: int) -> str:
    """Known people, with anonymous mentions beside and never among them."""
    known = counted(people, "person", "people")
    return f"{known} and {anonymous:,} anonymous" if anonymous else known


def voices_words(voices: Voices) -> str:
    """How many people say it, in how many mentions."""
    if not voices.mentions:
        return "nobody"
    return f"{people_words(voices.people, voices.anonymous)} in {counted(voices.mentions, 'mention')}"


def minutes_words(minutes: float | None) -> str:
    """A length of time in the unit that a person would choose."""
    if minutes is None:
        return "too few to say"
    if minutes < 60:
        return f"{minutes:.0f} min"
    if minutes < 48 * 60:
        hours, rest = divmod(round(minutes), 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{minutes / 1440:.1f} days"


def text_direction(language: str | None) -> str:
    """What to write as `dir` of a passage: a right-to-left text often begins with a brand's name in Latin letters."""
    parts = (language or "").lower().split("-")
    return "rtl" if parts[0] in RIGHT_TO_LEFT and not {"latn", "deva"} & set(parts) else "auto"


def safe_url(url: str | None) -> str | None:
    """The address if a reader may follow it: http or https with a host, nothing that runs or opens files; else None."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def day_words(day: str) -> str:
    """YYYY-MM-DD as `28 Sep 2026`."""
    found = date.fromisoformat(day)
    return days_label(found, found)
