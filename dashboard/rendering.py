"""Templates: everything from outside is escaped, times are local, quotes keep their own direction."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reporting import phrases
from reporting.evidence import evidence_lines
from reporting.rival_tables import OUTCOME_WORDS, better_words
from reporting.service_tables import GOAL_SIGNS, goal_words, run_words, since_words, value_words
from reporting.terminal import sparkline
from store.search import CLOSE, OPEN
from trends.languages import NAMES
from trends.quotes import cut
from trends.windows import local_time


def render(name: str, words: dict[str, Any]) -> str:
    """Fill the template `name`."""
    return environment().get_template(name).render(words)


@cache
def environment() -> Environment:
    """The dashboard's templates with their filters; made once."""
    made = Environment(
        loader=PackageLoader("dashboard"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {
        "safe_url": phrases.safe_url,
        "text_direction": phrases.text_direction,
        "marked": marked,
        "unmarked": unmarked,
        "local": local,
        "language_name": lambda code: NAMES.get(code, code),
        "shorten": cut,
        "sparkline": sparkline,
    }
    made.globals |= {
        "language_names": sorted(set(NAMES.values()), key=str.casefold),
        "sign": phrases.VERDICT_SIGNS,
        "direction": phrases.DIRECTION_SIGNS,
        "counted": phrases.counted,
        "people_words": phrases.people_words,
        "voices_words": phrases.voices_words,
        "evidence_lines": evidence_lines,
        "corrected_words": phrases.corrected_words,
        "share_words": phrases.share_words,
        "share_basis": phrases.share_basis,
        "net_words": phrases.net_words,
        "net_basis": phrases.net_basis,
        "change_basis": phrases.change_basis,
        "change_words": phrases.change_words,
        "minutes_words": phrases.minutes_words,
        "goal_sign": GOAL_SIGNS,
        "goal_words": goal_words,
        "value_words": value_words,
        "since_words": since_words,
        "run_words": run_words,
        "better_words": better_words,
        "outcome_words": OUTCOME_WORDS,
    }
    return made


def marked(snippet: str) -> Markup:
    """A search snippet with its words marked, and everything else escaped."""
    return Markup(str(escape(snippet)).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))


def unmarked(snippet: str) -> str:
    """A search snippet without its marks."""
    return snippet.replace(OPEN, "").replace(CLOSE, "")


def local(moment: str | None, zone: ZoneInfo, precision: str = "second") -> str:
    """A stored time in words of the user's zone: `28 Sep 2026 18:07`, or the day alone where no more is known."""
    if moment is None or precision == "unknown":
        return "undated"
    if precision == "day":
        return phrases.day_words(moment[:10])
    there = local_time(moment, zone)
    return f"{phrases.day_words(there.date().isoformat())} {there:%H:%M}"
