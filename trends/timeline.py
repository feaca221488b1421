"""How figures go over time: each week or month with its interval, level and change of the window, goals, business series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlite_utils import Database

from config import Config
from store.facts import UNDATED
from store.tags import is_read_for
from trends.frame import CUSTOMERS, Filters, Frame
from trends.gathering import SIGNS_UNREAD, SILENT, Gathered, QuestionError, find_brand, find_past, passages_of
from trends.goals import GoalAnswer, WeekFigure, judge_goal
from trends.laying import lay_series
from trends.loading import load_frame
from trends.periods import MOST, find_periods, is_over
from trends.timeline_answers import Line, Point, Trend
from trends.timeline_correction import find_told, read_corrections
from trends.timeline_figures import Asked
from trends.timeline_kinds import ASKED, KINDS, MAIN, OF_ATTRIBUTE, OF_TOPIC, RATED, Every
from trends.timeline_levels import COUNTS
from trends.timeline_lines import Read, find_lines, find_points
from trends.timeline_ratings import say_left_out
from trends.timeline_shifts import TESTED_TOGETHER, Tester, tasks_of
from trends.watched_parts import read_watched
from trends.windows import Window, before, cover

UNKNOWN_AUTHORS = "People: mentions whose authors are not known are counted apart, since they may be of one person or of many."


def answer_trend(
    db: Database,
    config: Config,
    *,
    window: Window,
    brand: str | None = None,
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
    figure: str = "",
    every: Every = "week",
    topic: str = "",
    attribute: str = "",
    metric: str = "",
    rated_in: Window | None = None,
) -> Trend:
    """Answer from the store how figures of a brand go over time; without a figure, the main ones.

    Scales of ratings are chosen by the answers in the window, or in another one that it holds (`rated_in`).
    Raises `QuestionError` for a brand, figure, topic, attribute or metric that there is not, or that do not go together.
    """
    refuse(config, figure, every, topic, attribute, metric)
    figures = (figure,) if figure else OF_TOPIC if topic else OF_ATTRIBUTE if attribute else MAIN
    filters = Filters(source=source, language=language, voices=voices)
    asking = Asked(figures, topic, attribute, window=rated_in or window)
    read = read_ground(db, config, brand, window, filters, every, asking)
    lines = find_lines(read)
    points = find_points(read, lines)
    # A goal is set for all mentions, not for those of one source or language.
    goals = judge_goals(config, read, lines, points) if every == "week" and filters == Filters() else ()
    answer = compose(read, lines, points, goals, figure=figure, every=every)
    return lay_series(db, config, metric, answer) if metric else answer


def refuse(config: Config, figure: str, every: Every, topic: str, attribute: str, metric: str) -> None:
    """Say what cannot be asked, and what can."""
    if figure and figure not in ASKED:
        raise QuestionError(f"figure: {figure!r} has no trend; there are {', '.join(ASKED)}")
    topics, attributes = [one.id for one in config.topics], [one.id for one in config.attributes]
    if topic and topic not in topics:
        raise QuestionError(f"topic: {topic!r} is not configured; there are {', '.join(topics)}")
    if attribute and attribute not in attributes:
        raise QuestionError(f"attribute: {attribute!r} is not configured; there are {', '.join(attributes)}")
    if topic and attribute:
        raise QuestionError(f"topic and attribute: ask for {topic!r} or for {attribute!r}, not for both at once")
    if figure == "confirmed" and not attribute:
        raise QuestionError("figure: confirmed is asked of one attribute; name it with --attribute")
    if metric and not figure:
        raise QuestionError(f"metric: {metric!r} is laid over one figure; name it, like `repute trend complaints`")
    if metric and every != "week":
        raise QuestionError(f"metric: {metric!r} is laid over weeks; leave --every {every} out")


def read_ground(
    db: Database, config: Config, brand: str | None, window: Window, filters: Filters, every: Every, asked: Asked
) -> Read:
    """Read the facts of the window, of the one before and of all periods, and what was watched in each."""
    found = find_brand(config, brand)
    earlier = before(window)
    periods = find_periods(window, every)
    parts = [part for part in (window, earlier, *periods) if part is not None]
    wide = window
    if not window.all_time:
        wide = cover(min(parts, key=lambda part: part.since or ""), max(parts, key=lambda part: part.until or ""))
    frame = load_frame(db, found.id, wide, filters, wordless=not {*asked.figures}.isdisjoint(RATED))
    if window.all_time:
        periods = find_periods(window, every, earliest=first_day_of(frame))
    corrections = read_corrections(db, found.id, dict.fromkeys(tasks_of(asked)))
    text = load_frame(db, found.id, wide, filters)
    past = find_past(db, config, found.id, window, filters)
    floor = config.thresholds.too_few
    tester = Tester(
        db=db,
        brand=found.id,
        past=past,
        filters=filters,
        wide=wide,
        floor=floor,
        attributes=tuple(one.id for one in config.attributes),
    )
    return Read(
        ground=Gathered(
            brand=found,
            window=window,
            past=past,
            thresholds=config.thresholds,
            frame=text,
            here=text.rows(window),
            recent_weeks=(),
            judged_words="",
            reads_signs=is_read_for(db, "sign"),
            watched_parts=(),
            passages=passages_of(db, found.id),
        ),
        frame=frame,
        periods=periods,
        watched=read_watched(db, config, found.id, periods, filters),
        asked=replace(asked, told=find_told(frame, corrections)),
        corrections=corrections,
        shifts=tester.test(asked),
    )


def first_day_of(frame: Frame) -> str | None:
    """The first local day of the dated facts."""
    published = frame.column("published")
    dated = published[published != UNDATED]
    if not len(dated):
        return None
    return datetime.fromtimestamp(int(dated.min()), UTC).astimezone(frame.zone).date().isoformat()


def judge_goals(config: Config, read: Read, lines: Sequence[Line], points: Sequence[Point]) -> tuple[GoalAnswer, ...]:
    """The goals for these figures of the brand, held against the weeks that are over; none where none is."""
    if read.asked.attribute:
        return ()
    asked, answers = (read.ground.brand.id, read.asked.topic), []
    over = {str(period.first_day) for period in read.periods if is_over(period)}
    points = [point for point in points if point.first_day in over]
    for line in lines:
        goals = [goal for goal in config.goals if goal.figure == KINDS[line.figure].goal and (goal.brand, goal.topic) == asked]
        weeks = [as_week(point, counted=line.unit in COUNTS) for point in points if point.line == line.line] if goals else []
        answers += [judge_goal(goal, weeks) for goal in goals if weeks]
    return tuple(answers)


def as_week(point: Point, *, counted: bool) -> WeekFigure:
    """A week as goals read it; a plain count has no interval, since it is what it is."""
    level, watched = point.level, 0.0 if point.status == "not watched" else point.watched
    low, high = (None, None) if counted else (level.low, level.high)
    return WeekFigure(first_day=point.first_day, value=level.value, n=level.n, low=low, high=high, watched=watched)


def compose(
    read: Read, lines: Sequence[Line], points: Sequence[Point], goals: tuple[GoalAnswer, ...], *, figure: str, every: Every
) -> Trend:
    """Put the answer together."""
    ground = read.ground
    return Trend(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=ground.window,
        before_window=ground.past.before,
        every=every,
        figure=figure,
        topic=read.asked.topic,
        attribute=read.asked.attribute,
        n=len(ground.here),
        figures=tuple(lines),
        periods=tuple(points),
        goals=goals,
        laid=(),
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=find_notes(read, lines, every),
        unsupported=ground.unsupported,
    )


def find_notes(read: Read, lines: Sequence[Line], every: Every) -> tuple[str, ...]:
    """What a reader must know beside the figures."""
    past, window, notes = read.ground.past, read.ground.window, list(read.ground.data_notes())
    notes += [*past.coverage.sentences, *period_notes(read, every)]
    shifts = [line.shift for line in lines if line.shift is not None]
    if not read.ground.reads_signs:
        notes.append(SIGNS_UNREAD)
    if past.before is not None and shifts:
        notes += [f"In the window before ({past.before.label}): {said}" for said in past.before_coverage.sentences]
    if past.before is None:
        notes.append("All time has no window before it.")
    elif lines and not shifts:
        notes.append("No comparison: no site was watched throughout this window and the one before.")
    notes += list(dict.fromkeys(shift.note for shift in shifts if shift.note))
    notes += [TESTED_TOGETHER] if shifts else []
    notes += people_notes(read) if "people" in read.asked.figures else []
    notes += say_left_out(read.subject.rated, read.asked.figures) if not {*read.asked.figures}.isdisjoint(RATED) else []
    if len(read.periods) == MOST and str(read.periods[0].first_day) > (window.first_day or first_day_of(read.frame) or ""):
        notes.append(f"Only the last {MOST} periods are listed; the levels are of all.")
    return (*notes, *correction_notes(read, lines), SILENT)


def people_notes(read: Read) -> list[str]:
    """That mentions of unknown authors are not among the people, where there are any."""
    frame, here = read.ground.frame, read.ground.here
    return [UNKNOWN_AUTHORS] if (frame.persons[here] >= frame.signed).any() else []


def period_notes(read: Read, every: Every) -> list[str]:
    """That the periods are of other days than the level is."""
    window, whole = read.ground.window, cover(read.periods[0], read.periods[-1])
    if window.all_time or whole.label == window.label:
        return []
    return [f"Whole {every}s are listed, {whole.label}; the level is of {window.label}."]


def correction_notes(read: Read, lines: Sequence[Line]) -> list[str]:
    """Which figures are corrected by sampled judgements, and why others are not."""
    notes = []
    for task, correction in read.corrections.items():
        names = ", ".join(line.name for line in lines if KINDS[line.figure].task == task)
        if correction.reason:
            notes.append(f"{names}: uncorrected, a classifier's; {correction.reason}.")
        elif names and correction.confusion is not None:
            judged = f"{correction.confusion.judged:,} sampled judgements"
            notes.append(f"{names}: corrected by {judged} (adjusted count); as the classifier tells it beside, as raw.")
    rest = [line.name for line in lines if not KINDS[line.figure].task and line.figure in TOLD]
    return notes + ([f"{', '.join(rest)}: uncorrected, as the classifier tells them."] if rest else [])


TOLD = ("complaints", "escalations", "escalation-rate", "leaving", "recommending", "confirmed")
"""Figures that stand on what the classifier tells, and that nothing corrects."""
