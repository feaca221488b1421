"""What every question reads first: the brand's mentions over two windows and eight weeks, and what was watched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from config import Brand, Config, Thresholds
from store.queries import find_passages, find_private_sites
from store.records import IMPORTED
from store.scope import Scope
from store.tags import is_read_for
from trends.answers import HARDLY, Count, Coverage, Week
from trends.changes import Past
from trends.clock import Clock, count_clock
from trends.copies import find_judged
from trends.coverage import UNKNOWN, as_of_last_crawl, find_coverages
from trends.exposure import Rates, rates_of
from trends.frame import Filters, Frame, Rows
from trends.imports import read_listings, read_watches
from trends.judged_notes import say_judged
from trends.languages import say_unsupported
from trends.loading import load_frame
from trends.quotes import Passages
from trends.stacks import Stack
from trends.sums import Speakers
from trends.verdicts import plural
from trends.watched_parts import read_watched
from trends.windows import Window, before, cover, weeks

SILENT = "Silent customers do not show in public complaints: most people who leave say nothing."
SIGNS_UNREAD = "Escalation, resolution, leaving and recommending were not read for yet: run `repute tag`."

Made = TypeVar("Made")


class QuestionError(ValueError):
    """A question about something that there is not; the message names it and what there is."""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The ground of an answer about one brand."""

    brand: Brand
    window: Window
    past: Past
    thresholds: Thresholds
    frame: Frame
    """The brand's mentions over the window, the one before and the last 8 weeks, with copies, and those without a time."""
    here: Rows
    """Those of the window, copies once."""
    recent_weeks: tuple[Window, ...]
    """The last 8 weeks."""
    watched_parts: tuple[float | None, ...]
    """Which part of each of these weeks was watched, where that is asked; None where it is not known."""
    passages: Passages
    judged_words: str
    """What people have judged of the classifier, and which figures that corrects: `judged_notes.say_judged`."""
    reads_signs: bool
    """Whether mentions are read for signs: leaving, recommending, escalation, resolution."""

    @property
    def untagged(self) -> int:
        """Mentions of the window that nobody has read yet."""
        return int(self.frame.unread[self.here].sum())

    @property
    def undated(self) -> int:
        """The brand's mentions without a time, copies once, which no window holds."""
        return len(self.frame.undated)

    @cached_property
    def judged(self) -> Rows:
        """Those of the window that shares of what the classifier says are made of: read, and in a supported language.

        A group of copies is among them where one of its copies is.
        """
        return find_judged(self.frame, self.window)

    @property
    def unsupported(self) -> tuple[Count, ...]:
        """Mentions of the window in languages that the classifier does not read well enough to count."""
        return self.frame.names("unsupported", self.here[self.frame.unsupported[self.here]])

    @cached_property
    def judging(self) -> Speakers:
        """Who says those of `judged`."""
        return self.once_of_all("judging", lambda: self.frame.spoken(self.judged))

    def once_of_all(self, name: str, make: Callable[[], Made]) -> Made:
        """What is made of the mentions of the window; of all time once, as it is the same as long as these facts are."""
        if not self.window.all_time:
            return make()
        memo, key = self.frame.segment.memo, (name, "all")
        if key not in memo:
            memo[key] = make()
        made: Made = memo[key]
        return made

    @cached_property
    def rates(self) -> Rates:
        """What each site brings a watched day, in the window and the one before."""
        past = self.past
        windows = [(past.window, past.coverage), *([(past.before, past.before_coverage)] if past.before is not None else [])]
        return self.rates_in(windows)

    def rates_in(self, windows: Sequence[tuple[Window, Coverage]]) -> Rates:
        """The rates of sites in some windows, from the facts with their copies."""
        known = [(window, coverage) for window, coverage in windows if coverage.known]
        if not known:
            return rates_of({}, [])
        rows = np.flatnonzero(np.logical_or.reduce([self.frame.inside(window) for window, _ in known]))
        return rates_of(self.frame.sites_of(rows), [coverage for _, coverage in known])

    @cached_property
    def standing_groups(self) -> tuple[NDArray[Any], Rows]:
        """The groups of copies among `judged`, in order, and the row that stands for each."""
        rows = self.judged[self.frame.copied[self.judged]]
        groups = self.frame.column("copy")[rows]
        order = np.argsort(groups, kind="stable")
        return groups[order], rows[order]

    def standing(self, groups: NDArray[Any]) -> Rows:
        """The row of `judged` that stands for each of some groups of copies; −1 for none."""
        there, rows = self.standing_groups
        if not len(there):
            return np.full(len(groups), -1, np.int64)
        place = np.minimum(np.searchsorted(there, groups), len(there) - 1)
        return np.where(there[place] == groups, rows[place], -1)

    @cached_property
    def clock(self) -> Clock:
        """People by hour and weekday, of all mentions of the window: the same as long as these facts are."""
        memo, name = self.frame.segment.memo, ("clock", self.frame.zone.key, self.window.since, self.window.until)
        if name not in memo:
            memo[name] = count_clock(self.frame, self.here)
        clock: Clock = memo[name]
        return clock

    @cached_property
    def hours(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Mentions of the window by local hour and by weekday."""
        return self.frame.clock(self.here)

    def notes(self) -> tuple[str, ...]:
        """What stands beside every answer."""
        return tuple(note for note in (*self.data_notes(), *self.past.coverage.sentences, self.judged_words, SILENT) if note)

    def data_notes(self) -> tuple[str, ...]:
        """What is peculiar to these rows."""
        notes = []
        if self.undated:
            be, stand = ("is", "stands") if self.undated == 1 else ("are", "stand")
            said = f"{be} counted here" if self.window.all_time else f"{be} in no window and {stand} beside these figures"
            notes.append(f"{self.undated} undated {plural(self.undated, 'mention')} of {self.brand.name} {said}.")
        if self.untagged:
            notes.append(f"Not read yet, and in no share: {self.untagged} of these mentions; run `repute tag`.")
        if self.window.all_time:
            notes.append(ALL_TIME)
        notes.append(say_unsupported(self.unsupported, len(self.here)))
        return tuple(note for note in notes if note)


ALL_TIME = (
    "All time has no beginning, so that there are no rates per watched day; what was watched from the first crawl on, with its "
    "gaps: `repute coverage --all-time`."
)


def gather(
    db: Database, config: Config, *, brand: str | None, window: Window, filters: Filters, weekly: bool = True
) -> Gathered:
    """Read the ground of an answer; what was watched in each week only where that is asked (`weekly`).

    Raises `QuestionError` for a brand that is not configured.
    """
    asked = find_brand(config, brand)
    series = weeks(window)
    past = find_past(db, config, asked.id, window, filters)
    return Gathered(
        brand=asked,
        window=window,
        past=past,
        thresholds=config.thresholds,
        frame=(frame := load_frame(db, asked.id, wide_window(window), filters)),
        here=frame.rows(window),
        recent_weeks=series,
        watched_parts=read_watched(db, config, asked.id, series, filters) if weekly else (),
        passages=passages_of(db, asked.id),
        judged_words=say_judged(db, asked.id),
        reads_signs=is_read_for(db, "sign"),
    )


def find_brand(config: Config, brand: str | None) -> Brand:
    """The configured brand of an id; the own brand without one."""
    found = config.brand(brand) if brand is not None else config.own_brand
    if found is None:
        raise QuestionError(f"brand: {brand!r} is not configured; there are {', '.join(b.id for b in config.brands)}")
    return found


@lru_cache(maxsize=64)
def wide_window(window: Window) -> Window:
    """The window that holds the one asked for, the one before it, and the last 8 weeks."""
    parts = [part for part in (window, before(window), *weeks(window)) if part is not None]
    first = min(parts, key=lambda part: part.since or "")
    return window if window.all_time else cover(first, max(parts, key=lambda part: part.until or ""))


def spanned(ground: Gathered) -> Window:
    """The window with the one before: what competitors are compared over."""
    return ground.window if ground.past.before is None else cover(ground.past.before, ground.window)


def scope_of(brand: str, window: Window, filters: Filters) -> Scope:
    """A window and filters in the store's words."""
    return Scope(
        brand=brand,
        since=window.since,
        until=window.until,
        first_day=window.first_day,
        end_day=window.end_day,
        source=filters.source,
        language=filters.language,
        voices=filters.voices,
    )


def find_past(db: Database, config: Config, brand: str, window: Window, filters: Filters) -> Past:
    """A window beside the one before, with what was watched in each."""
    earlier = before(window)
    listings = read_listings(db, brand=brand, at=window, source=filters.source)
    reached = as_of_last_crawl(window, listings)
    here, there, known = read_coverages(db, config, brand, (window, earlier or window, reached), filters, listings)
    return Past(
        window=window,
        before=earlier,
        coverage=here,
        before_coverage=there,
        reached=reached,
        reached_coverage=known,
    )


def read_coverages(
    db: Database, config: Config, brand: str, windows: Sequence[Window], filters: Filters, listings: Sequence[Mapping[str, Any]]
) -> list[Coverage]:
    """What was watched in each window for a brand, of its listings."""
    bounded = [window for window in windows if window.since is not None and window.until is not None]
    if not bounded:
        return [UNKNOWN for _ in windows]
    since, until = min(str(window.since) for window in bounded), max(str(window.until) for window in bounded)
    watches = read_watches(db, brand=brand, at=windows[0], since=since, until=until, source=filters.source)
    enabled = {source.name for source in config.sources if source.enabled}
    return find_coverages(windows, listings, watches, enabled=enabled)


def find_unvoiced(db: Database, frames: Iterable[Frame]) -> frozenset[tuple[str, str]]:
    """The (source, site) of some facts whose mentions are words to the company, like tickets and surveys: no public voice."""
    imported = {site for frame in frames for site in frame.site_pairs if site[0] == IMPORTED}
    return frozenset(find_private_sites(db, sorted(imported)))


def passages_of(db: Database, brand: str) -> Passages:
    """The reader of passages that is bound to a store and brand."""

    def read(asked: Mapping[str, Sequence[int]], task: str = "") -> Mapping[str, Mapping[int, dict[str, Any]]]:
        found: dict[str, dict[int, dict[str, Any]]] = {label: {} for label in asked}
        for row in find_passages(db, asked, brand=brand, task=task):
            found[row["label"]][row["mention"]] = row
        return found

    return read


def count_weeks(every: Stack, ground: Gathered) -> list[tuple[Week, ...]]:
    """For each part of a stack its weekly series, copies once a week; None where nothing was watched and nothing is known."""
    series = ground.recent_weeks
    recent = every.within(cover(series[0], series[-1])) if series else every
    parts = zip(series, ground.watched_parts, strict=True)
    weeks = [make_weeks(recent.within(week).once().count(), week, watched) for week, watched in parts]
    return list(zip(*weeks, strict=True)) if weeks else [() for _ in range(every.size)]


def make_weeks(counts: Rows, week: Window, watched: float | None) -> list[Week]:
    """One week of several series; what is known of an unwatched week is still counted."""
    label, first_day = week.label, str(week.first_day)
    return [
        Week(first_day=first_day, label=label, count=None if is_gap(count, watched) else count, watched=watched)
        for count in counts.tolist()
    ]


def is_gap(count: int, watched: float | None) -> bool:
    """Whether a week in which nothing was found says nothing, because hardly anybody looked."""
    return watched is not None and watched < HARDLY and not count
