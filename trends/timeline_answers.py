"""What `repute trend` is answered with: figures with their level and change, and each week or month of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trends.answers import Count, Coverage
from trends.correlation import Correlation
from trends.differences import Difference
from trends.goals import GoalAnswer
from trends.timeline_kinds import Every, Good, Unit
from trends.windows import Window

Told = Literal["better", "worse", "more", "less", "no clear change", "too few to say", "no comparison"]
"""`more` and `less` of what is neither good nor bad."""
PointStatus = Literal["known", "too few", "not watched"]


@dataclass(frozen=True, kw_only=True)
class Level:
    """A figure over some time, in its unit, with its 95% interval."""

    value: float | None
    """None when too few to say."""
    low: float | None
    high: float | None
    n: int
    """Mentions or answers that it stands on."""
    people: int
    """An anonymous mention is one."""
    per_day: float | None
    """Of a count: per watched day; None for other figures, and where coverage is not known."""
    raw: float | None
    """As the classifier tells it, where `value` is corrected by sampled judgements; else None."""


@dataclass(frozen=True, kw_only=True)
class Shift:
    """The window less the one before, on the sites that were watched throughout both."""

    difference: Difference
    """Of counts: per day that has passed, and `chance` is that of their people. Corrected where the level is."""
    told: Told
    """By a test, at a false discovery rate of 5% over all main figures, those of a topic or of an attribute, shown or not; of
    a topic's complaints over all topics, and of an attribute's mentions over all attributes. Of counts it goes by people."""
    note: str
    """What was left out, and where people went the other way than their mentions; else empty."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure over the whole window."""

    line: str
    """Its id within the answer."""
    figure: str
    """One of `trends.timeline_kinds.KINDS`."""
    name: str
    """In words."""
    unit: Unit
    good: Good
    source: str
    """Of a rating; else empty."""
    scale: tuple[float, float] | None
    """Worst and best of a rating."""
    level: Level
    shift: Shift | None
    """None without a window before that it can be held against; a note says why."""
    corrected: bool


@dataclass(frozen=True, kw_only=True)
class Point:
    """One Monday-to-Sunday week, or calendar month, of one line."""

    line: str
    first_day: str
    """Its first local day, YYYY-MM-DD."""
    end_day: str
    """The day after its last."""
    label: str
    status: PointStatus
    watched: float | None
    """Part of it that was watched, 0 to 1; None when coverage is not known."""
    level: Level


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A business series laid over a line, week by week."""

    metric: str
    line: str
    kind: str
    """`level` (a week has the mean of its days) or `count` (their sum)."""
    values: tuple[float | None, ...]
    """One for each week of the answer, oldest first; None is a gap."""
    follows: Correlation
    """The series so many weeks after the line."""
    leads: Correlation
    """The line so many weeks after the series."""
    sentences: tuple[str, ...]
    """Both in words."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Figures of a brand over time. Copies count once in each period, and once in the window."""

    brand: str
    brand_name: str
    window: Window
    before_window: Window | None
    every: Every
    figure: str
    """What was asked for; empty for the overview."""
    topic: str
    """Topic id, where only its complaints are counted."""
    attribute: str
    """Attribute id, where only those who speak of it are counted."""
    n: int
    """The brand's mentions in the window, copies once."""
    figures: tuple[Line, ...]
    periods: tuple[Point, ...]
    """Whole weeks or months that are over, oldest first, line by line."""
    goals: tuple[GoalAnswer, ...]
    """Of these figures, by week."""
    laid: tuple[Laid, ...]
    undated: int
    untagged: int
    coverage: Coverage
    notes: tuple[str, ...]
    unsupported: tuple[Count, ...] = ()

    def points(self, line: str) -> tuple[Point, ...]:
        """The periods of one line."""
        return tuple(point for point in self.periods if point.line == line)
