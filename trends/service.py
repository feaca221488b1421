"""Service: how complaints are answered and resolved, who leaves and who recommends, surveys, and goals met or missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlite_utils import Database

from config import Config, Goal
from store.facts import ANSWERED, SIGN
from trends.aging import AGED, same_age
from trends.answers import Change, Coverage, Share
from trends.cases import rule_words
from trends.changes import Tested, compare
from trends.copies import find_judged, group_says
from trends.coverage import length_days
from trends.exposure import Rates, watched_share
from trends.frame import CUSTOMERS, Filters, Frame, Rows
from trends.gathering import SIGNS_UNREAD, Gathered, find_unvoiced, wide_window
from trends.goals import GoalAnswer
from trends.loading import load_frame
from trends.overview import before_notes
from trends.quotes import make_quotes, pick_quotes
from trends.ratings import choose_csat, rate
from trends.rival_sites import Site
from trends.service_answers import Improvement, Service, ServiceFigures, SignFigures, Surveys
from trends.service_figures import Asked as AskedComplaints
from trends.service_figures import find_backlog, rate_customers, source_rows
from trends.service_goals import Weekly, correct_weeks, judge_goals
from trends.service_ground import SURVEYS, Read, find_asked, ratings_of, read_ground, reply_hours
from trends.service_parts import ServicePart, find_figures
from trends.threads import map_at_once
from trends.timeline_answers import Shift
from trends.timeline_figures import Asked
from trends.timeline_shifts import RATE, TESTED_TOGETHER, Tester, direct_by
from trends.windows import Window, cover

NOBODY = np.zeros(0, np.int64)
COUNTED = ("complaints", "escalations", "leaving", "recommending")
"""Figures whose changes are told, in this order."""
Test = Callable[[Asked], Mapping[str, Shift]]
NARROWED = "Goals are held against all of a brand's mentions: they are left out where a source or a language is asked for."
NO_REPLIES = "No reply of the company is known here: either it answers elsewhere, or its accounts are not configured."
NO_REPLY_YET = "None of these complaints has an answer of the company that is known here."


def answer_service(
    db: Database,
    config: Config,
    *,
    window: Window,
    brand: str | None = None,
    source: str | None = None,
    language: str | None = None,
    voices: tuple[str, ...] = CUSTOMERS,
) -> Service:
    """Answer from the store how a brand serves those who complain (the own one without an id).

    Raises `QuestionError` for a brand that is not configured.
    """
    filters = Filters(source=source, language=language, voices=voices)
    read = read_ground(db, config, brand=brand, window=window, filters=filters)
    goals = () if source or language else find_goals(db, config, read, filters)
    tester = Tester(
        db=db,
        brand=read.ground.brand.id,
        past=read.ground.past,
        filters=filters,
        wide=wide_window(window),
        floor=config.thresholds.too_few,
    )
    return find_service(read, config, goals, tester.test, narrowed=bool(source or language))


def find_shifts(read: Read, compared: Sequence[Tested], test: Test) -> Mapping[str, Shift]:
    """The changes that may be told, tested as `repute trend` tests them; of surveys only where anybody answered one.

    Where no count stands out by itself, none does among others, and nothing need be tested.
    """
    windows = [one for one in (read.ground.window, read.ground.past.before) if one is not None]
    answered = any(len(ratings_of(read.rated, one, SURVEYS).value) for one in windows)
    counted = any(one.chance <= RATE for one in compared)
    asked = (*(COUNTED if counted else ()), *(SURVEYS if answered else ()))
    return test(Asked(asked)) if asked else {}


def find_goals(db: Database, config: Config, read: Read, filters: Filters) -> tuple[GoalAnswer, ...]:
    """The brand's goals held against the last weeks."""
    ground = read.ground
    goals = [goal for goal in config.goals if goal.brand == ground.brand.id]
    rivals: Mapping[str, Frame] = {}
    unvoiced: frozenset[Site] = frozenset()
    if any(goal.figure == "share_of_voice" for goal in goals):
        series = cover(ground.recent_weeks[0], ground.recent_weeks[-1])
        others = [brand.id for brand in config.brands if brand.id != ground.brand.id]
        rivals = {other: load_frame(db, other, series, filters) for other in others}
        unvoiced = find_unvoiced(db, [ground.frame, *rivals.values()])
    weekly = Weekly(
        ground=ground,
        rated=lambda week: ratings_of(read.rated, week),
        csat_scale=find_csat_scale(read, goals),
        customers=read.customers,
        rivals=rivals,
        unvoiced=unvoiced,
        corrected=correct_weeks(db, ground, goals),
    )
    return judge_goals(weekly, goals)


def find_csat_scale(read: Read, goals: Sequence[Goal]) -> tuple[float, float] | None:
    """The scale of all weeks that a goal for CSAT is held against: that of the window; of the weeks where it has no answers."""
    if not any(goal.figure == "csat" for goal in goals):
        return None
    ground = read.ground
    series = cover(ground.recent_weeks[0], ground.recent_weeks[-1])
    return choose_csat(ratings_of(read.rated, ground.window, SURVEYS), ratings_of(read.rated, series, SURVEYS))


def find_service(read: Read, config: Config, goals: tuple[GoalAnswer, ...], test: Test, *, narrowed: bool) -> Service:
    """Answer from facts; `test` tells changes from chance."""
    ground, hours = read.ground, reply_hours(config, read.ground.brand.id)
    window, earlier = ground.window, ground.past.before
    here = complaints_of(ground, window)
    makers: tuple[Callable[[], Any], ...] = (
        lambda: find_asked(read, here, window=window, as_of=window.now, within_hours=hours),
        lambda: find_topics(ground, config),
        lambda: find_sources(ground, here),
    )
    asked, topics, sources = map_at_once(lambda make: make(), makers)
    whole = find_whole(read, asked, here, ground.judged, window, ground.past.coverage)
    figures, *parts = find_figures(asked, [whole, *topics, *sources], all_time=window.all_time)
    before = find_before(read, earlier, hours) if earlier is not None else None
    if before is not None and not before.mentions and ground.past.before_coverage.hardly:
        before = None
    leaving, recommending = (labelled(ground, sign) for sign in ("leaving", "recommending"))
    tested = [np.flatnonzero(ground.frame.complains), asked.escalated, leaving, recommending]
    compared = [compare(ground.frame, rows, ground.past) for rows in tested]
    shifts = find_shifts(read, compared, test)
    changes = [direct_by(one, shifts.get(figure), figure) for figure, one in zip(COUNTED, compared, strict=True)]
    backlog, backlog_undated = find_backlog(asked)
    return Service(
        brand=ground.brand.id,
        brand_name=ground.brand.name,
        window=window,
        before_window=earlier,
        n=len(ground.here),
        figures=figures,
        before=before,
        complaints_change=changes[0],
        escalations_change=changes[1],
        leaving=find_sign(ground, "leaving", leaving, changes[2]),
        recommending=find_sign(ground, "recommending", recommending, changes[3]),
        surveys=find_surveys(read, shifts),
        goals=goals,
        topics=most_first(parts[: len(topics)]),
        sources=most_first(parts[len(topics) :]),
        backlog=backlog,
        backlog_undated=backlog_undated,
        rule=rule_words(ground.thresholds.quiet_days),
        quiet_days=ground.thresholds.quiet_days,
        undated=ground.undated,
        untagged=ground.untagged,
        coverage=ground.past.coverage,
        notes=(
            *([TESTED_TOGETHER] if any(change.before is not None for change in changes) else []),
            *find_notes(read, figures, config, narrowed=narrowed),
        ),
        unsupported=ground.unsupported,
    )


def complaints_of(ground: Gathered, window: Window) -> Rows:
    """The complaints of a window, copies once."""
    return ground.frame.once(np.flatnonzero(ground.frame.inside(window) & ground.frame.complains))


def labelled(ground: Gathered, sign: str) -> Rows:
    """The mentions with a sign, with copies."""
    return ground.frame.labels_of(SIGN).get(sign, NOBODY)


def find_whole(
    read: Read, asked: AskedComplaints, complaints: Rows, judged: Rows, window: Window, coverage: Coverage
) -> ServicePart:
    """A whole window."""
    customers = read.customers(window.first_day, window.end_day)
    rate = rate_customers(asked.frame, complaints, watched_weeks(window, coverage, read.ground.rates), customers)
    rows = asked.frame.rows(window)
    if rate is not None and asked.frame.speakers(rows) < asked.floor:
        rate = replace(rate, value=None, low=None, high=None)
    return ServicePart(id="", name="all", rows=complaints, mentions=len(rows), judged=judged, rate=rate)


def find_before(read: Read, earlier: Window, hours: float | None) -> ServiceFigures:
    """The figures of the window before, as it stood when it was as old as this one is now."""
    ground = read.ground
    complaints, judged = complaints_of(ground, earlier), find_judged(ground.frame, earlier)
    asked = find_asked(read, complaints, window=earlier, as_of=same_age(ground.window, earlier), within_hours=hours)
    return find_figures(asked, [find_whole(read, asked, complaints, judged, earlier, ground.past.before_coverage)])[0]


def watched_weeks(window: Window, coverage: Coverage, rates: Rates) -> float:
    """Watched weeks of a window up to now, each site by what it brings; all of them where that is not known."""
    watched = watched_share(coverage, rates)
    return length_days(window) / 7 * (1.0 if watched is None else watched)


def find_sign(ground: Gathered, sign: str, rows: Rows, change: Change) -> SignFigures:
    """Those of a window with a sign, with three quotes of different people."""
    frame, earlier = ground.frame, ground.past.before
    here = frame.once(frame.within(rows, ground.window))
    chosen = pick_quotes(frame, here, sign, kind=SIGN)
    return SignFigures(
        sign=sign,
        voices=frame.voices(here),
        share=share_of_sign(ground, here, ground.judged),
        before=None if earlier is None else share_before(ground, rows, earlier),
        change=change,
        quotes=make_quotes(chosen, ground.passages({sign: chosen}, "sign")[sign], ground.window),
    )


def share_before(ground: Gathered, rows: Rows, earlier: Window) -> Share:
    """The share of a sign in the window before."""
    frame = ground.frame
    return share_of_sign(ground, frame.once(frame.within(rows, earlier)), find_judged(frame, earlier))


def share_of_sign(ground: Gathered, here: Rows, judged: Rows) -> Share:
    """Mentions with a sign of all that the classifier could judge; of none while no sign was read for."""
    frame, judged = ground.frame, judged if ground.reads_signs else NOBODY
    signs = np.zeros(len(frame), np.bool_)
    signs[judged] = group_says(frame, judged, here)
    return frame.share(signs, judged, floor=ground.thresholds.too_few)


def find_surveys(read: Read, shifts: Mapping[str, Shift]) -> Surveys:
    """NPS and CSAT, the window before on the same scale, and whether they got better on the sites watched in both."""
    ground, floor = read.ground, read.ground.thresholds.too_few
    now = ratings_of(read.rated, ground.window, SURVEYS)
    past = ratings_of(read.rated, ground.past.before, SURVEYS) if ground.past.before is not None else None
    found = rate(now, floor=floor)
    scales = {"nps": None, "csat": found.csat_scale}
    return Surveys(
        now=found,
        before=None if past is None else rate(past, floor=floor, csat_scale=found.csat_scale),
        improvements=tuple(
            Improvement(figure=figure, scale=scales[figure], difference=shifts[figure].difference, outcome=shifts[figure].told)
            for figure in SURVEYS
            if figure in shifts
        ),
    )


def find_topics(ground: Gathered, config: Config) -> list[ServicePart]:
    """The complaints of each topic."""
    frame, names = ground.frame, {topic.id: topic.name for topic in config.topics}
    return [
        ServicePart(id=topic, name=names.get(topic, topic), rows=here, mentions=len(here))
        for topic, rows in frame.topics.items()
        if len(here := frame.once(frame.within(rows, ground.window)))
    ]


def find_sources(ground: Gathered, complaints: Rows) -> list[ServicePart]:
    """The complaints of each source; sources without any have none."""
    frame = ground.frame
    mentions = {count.name: count.count for count in frame.sources(ground.here)}
    judged = source_rows(frame, ground.judged)
    return [
        ServicePart(id=source, name=source, rows=rows, mentions=mentions[source], judged=judged.get(source, NOBODY))
        for source, rows in source_rows(frame, complaints).items()
    ]


def most_first(figures: Sequence[ServiceFigures]) -> tuple[ServiceFigures, ...]:
    """Those with the most complaints first."""
    return tuple(sorted(figures, key=lambda one: (-one.complaints.mentions, one.id)))


def find_notes(read: Read, figures: ServiceFigures, config: Config, *, narrowed: bool) -> tuple[str, ...]:
    """What a reader must know beside the figures."""
    ground = read.ground
    notes = [*before_notes(ground), *([AGED] if ground.past.before is not None else [])]
    if figures.replies.complaints and not figures.replies.answered:
        notes.append(NO_REPLY_YET if (read.talk.whole.column("flags") & ANSWERED).any() else NO_REPLIES)
    if narrowed and any(goal.brand == ground.brand.id for goal in config.goals):
        notes.append(NARROWED)
    if figures.per_1000_customers is not None:
        counted = figures.per_1000_customers
        notes.append(
            f"Customers: {counted.customers:,.0f}, from {config.customers_metric!r} as imported to {counted.customers_day}."
        )
    elif read.uncounted:
        notes.append(read.uncounted)
    if not ground.reads_signs:
        notes.append(SIGNS_UNREAD)
    return (*notes, *ground.notes())
