"""The page of competitors: share of voice week by week, differences as a forest plot, texts that name both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from config import Config
from dashboard.asking import Asked
from dashboard.drawing import Drawing, day_label, draw
from dashboard.pages import frame_words
from reporting.rival_charts import OUTCOMES, forest, voice_weeks
from reporting.rival_tables import OUTCOME_SIGNS, OUTCOME_WORDS, difference_words, name_of, value_words
from store.queries import count_by_source
from trends.rival_answers import Compared, Rival, Rivals, VoiceWeek
from trends.rivals import answer_rivals

NO_UNIT = ("mean",)
"""Figures that cannot stand on one axis with shares: a mean of ratings has its own scale."""
UP = ("net", "attribute", "top")
"""Figures of which more is better."""
FOREST = (
    "Ours less theirs with the 95% interval, in points of a hundred; right of the line is better for us: fewer complaints, "
    "less negative. ▶ better and ◀ worse beyond chance, ● no clear difference."
)

VOICE = (
    "Of the mentions of all brands compared, on the sites that cover them all. A grey ? is a week that was not watched, or "
    "without any mention."
)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One competitor on the page."""

    rival: Rival
    drawing: Drawing | None
    """None where there are too few of everything."""
    rows: list[Compared]
    """Every figure, and the topics and attributes that say something."""
    few: int
    """Topics and attributes of which there are too few to say."""


def compare_words(db: Database, config: Config, asked: Asked) -> dict[str, Any]:
    """The answer of `repute compare`, as the page shows it."""
    answer = answer_rivals(
        db,
        config,
        window=asked.window,
        brand=asked.brand.id,
        source=asked.source or None,
        language=asked.language or None,
    )
    return frame_words(config, asked, "/compare") | {
        "answer": answer,
        "weeks": draw_voice(answer) if answer.sites and any(one.mentions for one in answer.figures) else None,
        "beside": [show_rival(rival) for rival in answer.rivals],
        "source_names": [row["source"] for row in count_by_source(db)],
    }


def draw_voice(answer: Rivals) -> Drawing:
    """Share of voice of each brand in each of the last weeks."""
    title = "Share of voice per week"
    labels = [day_label(week.first_day) for week in answer.figures[0].weeks]
    shares = {one.brand_name: [share_of(week) for week in one.weeks] for one in answer.figures}
    rows = tuple((name, label, share) for name, found in shares.items() for label, share in zip(labels, found, strict=True))
    cells = [["–" if share is None else f"{share:.0%}" for share in found] for found in shares.values()]
    return Drawing(
        name="voice",
        title=title,
        caption=VOICE,
        svg=draw(voice_weeks, title, rows),
        columns=("Week of", *shares),
        rows=tuple(zip(labels, *cells, strict=True)),
    )


def share_of(week: VoiceWeek) -> float | None:
    """A week's share; None for a gap."""
    return None if week.mentions is None else week.share


def show_rival(rival: Rival) -> Beside:
    """One competitor."""
    settled = (*rival.topics, *rival.attributes)
    rows = [*rival.figures, *(one for one in settled if one.outcome in OUTCOMES)]
    return Beside(
        rival=rival,
        drawing=draw_forest(rival, rows) if any(forest_row(one) for one in rows) else None,
        rows=rows,
        few=sum(one.outcome not in OUTCOMES for one in settled),
    )


def draw_forest(rival: Rival, rows: Sequence[Compared]) -> Drawing:
    """The differences on one axis; the table has means of ratings, too, which have no place on it."""
    title = f"Better or worse than {rival.brand_name}"
    return Drawing(
        name=f"forest-{rival.brand}",
        title=title,
        caption=FOREST,
        svg=draw(forest, title, tuple(row for one in rows if (row := forest_row(one)))),
        columns=("Figure", "Ours", "Theirs", "Difference (95%)", "Verdict"),
        rows=tuple(words_of(one) for one in rows),
    )


def words_of(one: Compared) -> tuple[str, ...]:
    """One difference in words."""
    ours, theirs = (value_words(one, value) for value in (one.difference.first, one.difference.second))
    return name_of(one), ours, theirs, difference_words(one), f"{OUTCOME_SIGNS[one.outcome]} {OUTCOME_WORDS[one.outcome]}"


def forest_row(one: Compared) -> tuple[str, float, float, float, str] | None:
    """(name, low, value, high, outcome) in points, turned so that more is better; None for what has no such axis."""
    found = one.difference
    if one.figure in NO_UNIT or found.value is None or found.low is None or found.high is None:
        return None
    ends = (100 * found.low, 100 * found.value, 100 * found.high)
    low, value, high = ends if one.figure in UP else (-ends[2], -ends[1], -ends[0])
    return name_of(one), low, value, high, one.outcome
