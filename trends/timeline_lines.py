"""Lines of a trend: level and change of the window, and each of its periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trends.answers import Coverage
from trends.coverage import length_days
from trends.exposure import Rates, watched_share
from trends.frame import Frame
from trends.gathering import Gathered, is_gap
from trends.measures import Measure
from trends.periods import OUTSIDE, cut, is_over
from trends.timeline_answers import Level, Line, Point, PointStatus, Shift
from trends.timeline_correction import FEWER_DRAWS, Correction, Interval, correct_all, corrected
from trends.timeline_figures import Asked, Subject, find_measures
from trends.timeline_levels import levels_of
from trends.timeline_moments import find_moments
from trends.windows import Window

EMPTY = Level(value=None, low=None, high=None, n=0, people=0, per_day=None, raw=None)


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a trend is made of."""

    ground: Gathered
    """Of the mentions with words."""
    frame: Frame
    """With ratings without words too, where ratings are asked for."""
    periods: tuple[Window, ...]
    watched: tuple[float | None, ...]
    """Which part of each period was watched; None where that is not known."""
    asked: Asked
    corrections: Mapping[str, Correction]
    shifts: Mapping[str, Shift]
    """The changes against the window before, line by line; empty where the two cannot be compared."""

    @property
    def floor(self) -> int:
        """People under whom nothing is said."""
        return self.ground.thresholds.too_few

    @cached_property
    def subject(self) -> Subject:
        """The frame with what is counted in it."""
        return Subject(self.frame, self.asked)


@dataclass(frozen=True)
class Watched:
    """A period, and which part of it was watched."""

    window: Window
    watched: float | None
    unwatched: bool
    """Whether nobody watched and nothing is known."""


def find_lines(read: Read) -> tuple[Line, ...]:
    """The figures over the window; those of ratings that nobody gave are left out, unless they were asked for by name."""
    past = read.ground.past
    measures = find_measures(cut(read.frame, [past.window], read.subject.often), read.subject)
    days = watched_days(past.window, past.coverage, read.ground.rates)
    plain = {
        line: levels_of(measure, find_moments(measure), floor=read.floor, days=[days])[0] for line, measure in measures.items()
    }
    kept = {
        line: measure
        for line, measure in measures.items()
        if plain[line].n or len(read.asked.figures) == 1 or not rates(measure)
    }
    better = correct_all(kept, read.corrections)
    levels = {line: corrected(plain[line], better.get((line, 0))) for line in kept}
    return tuple(make_line(measure, levels[line], read.shifts.get(line)) for line, measure in kept.items())


def rates(measure: Measure) -> bool:
    """Whether a line is of ratings."""
    return measure.figure in ("nps", "csat", "stars", "mean", "top")


def make_line(measure: Measure, level: Level, shift: Shift | None) -> Line:
    """One figure over the window."""
    kind = measure.kind
    scale = (
        "" if not measure.source or measure.scale is None else f", {measure.source} {measure.scale[0]:g}–{measure.scale[1]:g}"
    )
    return Line(
        line=measure.line,
        figure=measure.figure,
        name=f"{kind.words}{scale}",
        unit=kind.unit,
        good=kind.good,
        source=measure.source,
        scale=measure.scale,
        level=level,
        shift=shift,
        corrected=level.raw is not None,
    )


def watched_days(window: Window, coverage: Coverage, rates: Rates) -> float | None:
    """Days of a window that have passed and were watched, each site by what it brings; None when coverage is not known."""
    watched = watched_share(coverage, rates)
    return None if watched is None else length_days(window) * watched


def find_points(read: Read, lines: Sequence[Line]) -> tuple[Point, ...]:
    """Each period of each line."""
    slices = cut(read.frame, read.periods, read.subject.often)
    measures = find_measures(slices, read.subject)
    asked = {line.line: measures[line.line] for line in lines if line.line in measures}
    better = correct_all(asked, read.corrections, FEWER_DRAWS)
    codes = slices.codes
    counts = np.bincount(codes.compress(codes != OUTSIDE), minlength=len(slices)).tolist()
    periods = [
        Watched(period, part, is_gap(count, part))
        for period, part, count in zip(read.periods, read.watched, counts, strict=True)
    ]
    days = [None if one.watched is None else length_days(one.window) * one.watched for one in periods]
    names = [(str(period.first_day), str(period.end_day), label_of(period)) for period in read.periods]
    points: list[Point] = []
    for line in lines:
        measure = measures.get(line.line)
        levels = levels_of(measure, find_moments(measure), floor=read.floor, days=days) if measure else [EMPTY] * len(periods)
        points += [
            find_point(line, name, period, EMPTY if period.unwatched else plain, better.get((line.line, place)))
            for place, (name, period, plain) in enumerate(zip(names, periods, levels, strict=True))
        ]
    return tuple(points)


def label_of(period: Window) -> str:
    """The words of a period; of one that is not over yet, they say so."""
    return period.label if is_over(period) else f"{period.label}, so far"


def find_point(line: Line, names: tuple[str, str, str], period: Watched, plain: Level, better: Interval | None) -> Point:
    """One period of one line, with its first day, its end and its label; what is known of an unwatched one is still told."""
    level = corrected(plain, better)
    status: PointStatus = "not watched" if period.unwatched else "too few" if level.value is None else "known"
    return Point(
        line=line.line,
        first_day=names[0],
        end_day=names[1],
        label=names[2],
        status=status,
        watched=period.watched,
        level=level,
    )
