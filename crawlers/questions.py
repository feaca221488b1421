"""Which question of a survey is the rating, and which are answered in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crawlers.tables import Row
from store.records import Measure

RECOMMEND = re.compile(
    r"how likely.*recommend|recommend.*(friend|colleague)|net promoter|\bnps\b|weiterempfehl|recommanderiez|"
    r"recomendar[ií]a|tavsiye",
    re.IGNORECASE | re.DOTALL,
)
SATISFIED = re.compile(r"satisf|zufrieden|memnun|\bcsat\b|\brate (your|our|the)\b|overall (experience|rating)", re.IGNORECASE)
OPEN = re.compile(
    r"\b(why|reasons?|comments?|feedback|improve\w*|better|suggest\w*|tell us|explain|describe|anything else|"
    r"in your own words|what (did|do) you|open-ended response|warum|kommentar\w*|verbesser\w*|pourquoi|commentaires?|"
    r"por qué|comentarios?|neden|yorum\w*|öneri\w*)\b",
    re.IGNORECASE,
)
GROUPED = re.compile(r"_NPS_GROUP$|_group$", re.IGNORECASE)
"""Columns in which the vendor repeats a rating as promoter, passive, detractor."""
WORDS = 3
"""Answers of more words than this on average, most of them said once, were written rather than chosen."""


@dataclass(frozen=True)
class Questions:
    """The questions of a survey that a mention is made of."""

    rating: str | None
    measure: Measure | None
    texts: tuple[str, ...]


def find_questions(columns: Sequence[str], labels: Mapping[str, str], answers: Sequence[Row]) -> Questions:
    """Find the rating question and the open ones, by their words in `columns` and `labels`, else by their answers."""
    asked = {name: f"{name} {labels.get(name, '')}" for name in columns if not GROUPED.search(name)}
    likely = [name for name, words in asked.items() if RECOMMEND.search(words) and is_rated(name, answers)]
    pleased = [name for name, words in asked.items() if SATISFIED.search(words) and is_rated(name, answers)]
    rating = next(iter([*likely, *pleased]), None)
    measure: Measure | None = None if rating is None else "nps" if likely else "csat"
    rest = [name for name in asked if not is_rated(name, answers)]
    texts = [name for name in rest if OPEN.search(asked[name]) and not is_chosen(name, answers)]
    return Questions(rating, measure, tuple(texts or [name for name in rest if is_written(name, answers)]))


def given(name: str, answers: Sequence[Row]) -> list[str]:
    """The answers to a question, without the blanks."""
    return [cell for row in answers if (cell := row.get(name, "").strip())]


def is_rated(name: str, answers: Sequence[Row]) -> bool:
    """Whether a question is answered with numbers."""
    cells = given(name, answers)
    return bool(cells) and sum(bool(re.match(r"\d+([.,]\d+)?(\s|$)|★", cell)) for cell in cells) * 2 > len(cells)


def is_chosen(name: str, answers: Sequence[Row]) -> bool:
    """Whether a question is answered by choosing: ten answers or more, and few different ones."""
    cells = given(name, answers)
    return len(cells) >= 10 and len(set(cells)) * 3 < len(cells)


def is_written(name: str, answers: Sequence[Row]) -> bool:
    """Whether a question is answered in sentences of one's own, in any language."""
    cells = given(name, answers)
    words = sum(len(cell.split()) for cell in cells)
    return bool(cells) and words > WORDS * len(cells) and len(set(cells)) * 2 > len(cells)
