"""Ratings as pages and spreadsheets write them: `4,5`, `4/5`, `80%`, `★★★★☆`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

NUMBER = r"(-?\d+(?:[.,]\d+)?)"


@dataclass(frozen=True)
class Rating:
    """A value within its scale."""

    value: float
    worst: float
    best: float


@lru_cache(maxsize=1024)
def parse_rating(value: str | None, *, worst: str | None = None, best: str | None = None) -> Rating | None:
    """Read a rating; a missing scale is 1 to 5, or what the value itself says. None when no number is within the scale."""
    text = (value or "").strip()
    number, own_best = split_rating(text)
    if number is None:
        return None
    top = parse_number(best) or own_best or (5.0 if number <= 5 else 10.0 if number <= 10 else 100.0)
    bottom = parse_number(worst)
    if bottom is None or bottom >= top:
        # Some pages give the best as the worst, too. The schema.org default is 1; a scale of percent begins at nothing, and so
        # does one with a lower value in use.
        bottom = 0.0 if number < 1 or top >= 100 else 1.0
    return Rating(number, bottom, top) if bottom <= number <= top and bottom < top else None


def split_rating(text: str) -> tuple[float | None, float | None]:
    """(value, best) as far as the text itself gives them."""
    if stars := text.count("★"):
        return float(stars), float(stars + text.count("☆")) if "☆" in text else None
    if of := re.match(rf"{NUMBER}\s*(?:/|out of|of|von|sur|üzerinden)\s*{NUMBER}", text, re.IGNORECASE):
        return parse_number(of[1]), parse_number(of[2])
    if percent := re.fullmatch(rf"{NUMBER}\s*%", text):
        return parse_number(percent[1]), 100.0
    if plain := re.match(rf"{NUMBER}(?:\s*(?:stars?|points?|\())?", text, re.IGNORECASE):
        return parse_number(plain[1]), None
    return None, None


def parse_number(text: str | None) -> float | None:
    """A finite number with a point or a comma."""
    try:
        found = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def parse_amount(text: str | None) -> float | None:
    """A count or a sum: `1,234` and `1,234.5` have a comma for thousands, where a rating of `4,5` has it for a point."""
    text = (text or "").strip()
    return parse_number(text.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text) else text)
