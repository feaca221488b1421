"""A brand's facts over a window, as numpy columns: copies once, people, local days and hours, topics and attributes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from store.fact_shelf import keep
from store.facts import COMPLAINT, MOODS, READ, TOPIC, UNDATED, Segment, split_site
from store.records import PRECISIONS
from trends.answers import Count, Share, Voices
from trends.columns import days, find_hours, find_weekdays, number_days, number_persons
from trends.labels import NOWHERE, Labelled, find_labelled
from trends.sums import Speakers, share_of_sums
from trends.windows import Window
from trends.zones import epoch

Rows = NDArray[np.int64]
"""Places of facts in a frame."""
Bools = NDArray[np.bool_]
Numbers = NDArray[np.int64]
CUSTOMERS = ("customer",)
"""Whose voices are counted unless another is asked for."""
DAY = 86400
SECOND_KNOWN, DAY_KNOWN, UNKNOWN = (PRECISIONS.index(name) for name in ("second", "day", "unknown"))
LATEST = np.iinfo(np.int64).max
SPARSE = 4
"""Times as many numbers as facts, from which on it pays to number persons anew."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What narrows a question, alike everywhere."""

    source: str | None = None
    language: str | None = None
    voices: tuple[str, ...] = CUSTOMERS


@dataclass(frozen=True)
class Frame:
    """Facts of one brand that the filters let through, those without a time too. Ratings without words are not in it."""

    segment: Segment
    zone: ZoneInfo

    def __len__(self) -> int:
        return len(self.segment.facts)

    def column(self, name: str) -> NDArray[Any]:
        """One field of all facts."""
        return self.segment.facts[name]

    @cached_property
    def complains(self) -> Bools:
        """Which complain."""
        return self.flagged(COMPLAINT)

    @cached_property
    def unread(self) -> Bools:
        """Which no tagger has read."""
        return ~self.flagged(READ)

    @cached_property
    def unsupported(self) -> Bools:
        """Which are in a language that kept the classifier from judging them, and no person has."""
        found: Bools = (self.column("unsupported") != 0) & (self.column("mood") == 0) & ~self.complains
        return found

    @cached_property
    def unjudged(self) -> Bools:
        """Which nobody has judged: not read yet, or unsupported. They are among the mentions, in no share of what is told."""
        found: Bools = self.unsupported | (self.unread & (self.column("mood") == 0) & ~self.complains)
        return found

    def flagged(self, bit: int) -> Bools:
        """Which have a bit of `flags`."""
        found: Bools = (self.column("flags") & bit) != 0
        return found

    def mood(self, name: str) -> Bools:
        """Which are positive, neutral or negative."""
        found: Bools = self.column("mood") == MOODS.index(name) + 1
        return found

    @cached_property
    def undated(self) -> Rows:
        """Those without a time, copies once."""
        return self.once(np.flatnonzero(self.timeless))

    @cached_property
    def timeless(self) -> Bools:
        """Which have no time, with copies."""
        found: Bools = self.column("precision") == UNKNOWN
        return found

    def inside(self, window: Window) -> Bools:
        """Which fall into a window, by the same rule as `store.scope.IN_WINDOW`; all of them for all time."""
        found: Bools = keep(self.windows, (window.since, window.until), lambda: self.find_inside(window))
        return found

    @cached_property
    def windows(self) -> OrderedDict[Hashable, Bools]:
        """Windows that were asked for last."""
        return OrderedDict()

    def among(self, rows: Rows, window: Window) -> Bools:
        """Which of some rows fall into a window; only these are looked at, unless it is known of all."""
        known = self.windows.get((window.since, window.until))
        return self.find_inside(window, rows) if known is None else known[rows]

    def find_inside(self, window: Window, rows: Rows | None = None) -> Bools:
        """Look for what falls into a window, of some rows or of all."""
        if window.since is None or window.until is None or window.first_day is None or window.end_day is None:
            return np.ones(len(self) if rows is None else len(rows), np.bool_)
        published, precision = self.column("published"), self.column("precision")
        if rows is not None:
            published, precision = published[rows], precision[rows]
        exact = (published >= epoch(window.since)) & (published < epoch(window.until)) & (precision == SECOND_KNOWN)
        by_day = (published >= epoch(window.first_day)) & (published < epoch(window.end_day)) & (precision == DAY_KNOWN)
        found: Bools = exact | by_day
        return found

    def rows(self, window: Window) -> Rows:
        """Those of a window, copies once."""
        bounds = window.since, window.until
        found: Rows = keep(self.window_rows, bounds, lambda: self.once(np.flatnonzero(self.inside(window))))
        return found

    @cached_property
    def window_rows(self) -> OrderedDict[Hashable, Rows]:
        """The rows of windows that were asked for last."""
        return OrderedDict()

    def rows_where(self, window: Window, kept: Bools) -> Rows:
        """Those of a window where `kept` is true, copies once."""
        return self.once(np.flatnonzero(self.inside(window) & kept))

    def within(self, rows: Rows, window: Window) -> Rows:
        """Those of some rows that fall into a window, with copies."""
        # `compress` takes a fifth of the time that brackets take where what is kept lies scattered.
        kept: Rows = rows.compress(self.among(rows, window))
        return kept

    def masked(self, rows: Rows) -> Bools:
        """Some rows as a mask of all."""
        mask = np.zeros(len(self), np.bool_)
        mask[rows] = True
        return mask

    def stood_for(self, rows: Rows, part: Rows) -> Rows:
        """The rows, where a group of copies is stood for by the copy that is in `part`.

        Taggers may find a topic in one copy and miss it in the group's first; the group still counts once, in part and whole.
        """
        copies, among = part[self.copied[part]], np.flatnonzero(self.copied[rows])
        if not len(copies):
            return rows
        group = self.column("copy")[rows[among]]
        ordered = copies[np.argsort(self.column("copy")[copies])]
        place = np.minimum(np.searchsorted(self.column("copy")[ordered], group), len(ordered) - 1)
        found = self.column("copy")[ordered][place] == group
        stood = rows.copy()
        stood[among[found]] = ordered[place[found]]
        return stood

    def once(self, rows: Rows) -> Rows:
        """One of each group of copies: its earliest, dated before undated; in order."""
        copied = self.copied[rows]
        places = np.flatnonzero(copied)
        if not len(places):
            return rows
        grouped = rows[places]
        published = self.column("published")[grouped]
        published = np.where(published == UNDATED, LATEST, published)
        group = self.column("copy")[grouped]
        order = np.lexsort((self.column("mention")[grouped], published, group))
        first = np.ones(len(order), np.bool_)
        first[1:] = group[order][1:] != group[order][:-1]
        kept = ~copied
        kept[places[order[first]]] = True
        found: Rows = rows.compress(kept)
        return found if (found[1:] > found[:-1]).all() else np.sort(found)

    @cached_property
    def copied(self) -> Bools:
        """Which are one of a group of copies."""
        found: Bools = self.column("copy") != 0
        return found

    def rows_of(self, mentions: Sequence[int]) -> Rows:
        """The facts of some row ids."""
        return np.flatnonzero(np.isin(self.column("mention"), np.array(list(mentions), np.int64)))

    def voices(self, rows: Rows) -> Voices:
        """How many mentions, distinct known people, and mentions without an author."""
        anonymous = int(np.count_nonzero(self.persons[rows] >= self.signed))
        return Voices(mentions=len(rows), people=self.spoken(rows).people - anonymous, anonymous=anonymous)

    def spoken(self, rows: Rows) -> Speakers:
        """Who says some rows, ready to be added up."""
        return Speakers.of(self.persons, rows, self.several)

    def share(self, part: Bools, rows: Rows, *, floor: int) -> Share:
        """The share of some rows for which `part` (of all facts) is true."""
        return share_of_sums(self.spoken(rows).add_up(part), floor=floor)

    def speakers(self, rows: Rows) -> int:
        """People, and anonymous mentions one each."""
        voices = self.voices(rows)
        return voices.people + voices.anonymous

    @cached_property
    def persons(self) -> Numbers:
        """A number for each fact's person, from 0; a mention without an author is a person of its own.

        First come the numbers of people who say more than one thing, then those of other known people.
        """
        numbers = self.segment.facts.derived("person", lambda facts: number_persons(facts["author"]))
        return number_persons(self.column("author")) if len(numbers) * SPARSE < numbers.max(initial=0) else numbers

    @cached_property
    def signed(self) -> int:
        """The numbers of `persons` below it are those of known people."""
        return int(self.persons.compress(self.column("author") != 0).max(initial=-1)) + 1

    @cached_property
    def several(self) -> int:
        """The numbers of `persons` from it on are of people who say one thing, at most: others may, too, in this frame."""
        counts = np.bincount(self.persons.compress(self.persons < self.signed))
        return int(np.flatnonzero(counts > 1).max(initial=-1)) + 1

    @cached_property
    def crowd(self) -> int:
        """The numbers of `persons` are below it."""
        return int(self.persons.max(initial=-1)) + 1

    def by_person(self, rows: Rows, *parts: NDArray[Any]) -> tuple[Numbers, ...]:
        """For each person of some rows the sum of each of `parts` (one number a row)."""
        persons = self.persons[rows]
        there = np.flatnonzero(np.bincount(persons))
        return tuple(np.bincount(persons, weights=part)[there].astype(np.int64) for part in parts)

    def parts(self, rows: Rows, *parts: Bools) -> Numbers:
        """For each person (a row) how many of `rows` are in each of `parts` (a column each, masks of all facts)."""
        return np.stack(self.by_person(rows, *(part[rows] for part in parts)), axis=-1)

    def part_of(self, part: Bools, rows: Rows) -> Numbers:
        """Each person's (mentions of `rows` where `part` is true, mentions): what a share is made of."""
        return self.parts(rows, part, np.ones(len(self), np.bool_))

    @property
    def topics(self) -> dict[str, Rows]:
        """The complaints of each topic, with copies, by topic id."""
        return self.labels_of(TOPIC)

    def labels_of(self, kind: int) -> dict[str, Rows]:
        """The rows with each label of a kind, with copies and in order, by label."""
        if kind not in self.labelled:
            self.labelled[kind] = find_labelled(self.segment, kind)
        return {name: found.rows for name, found in self.labelled[kind].items()}

    @cached_property
    def labelled(self) -> dict[int, dict[str, Labelled]]:
        """Kinds of labels that were asked for before."""
        return {}

    def scores(self, kind: int, name: str, rows: Rows) -> NDArray[np.float64]:
        """For each of some rows the score of a label, 0 where a person gave it or it has none, and without a name."""
        if not name:
            return np.zeros(len(rows))
        self.labels_of(kind)
        return self.labelled[kind].get(name, NOWHERE).score(rows)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each name."""
        return self.segment.numbers()

    def names(self, field: str, rows: Rows, *, missing: str | None = None) -> tuple[Count, ...]:
        """Count the names of a field, most frequent first, then by name; none is left out unless it has a name."""
        return count_names(np.bincount(self.column(field)[rows])[None], {**self.segment.names, 0: missing})[0]

    def sites(self, rows: Rows) -> tuple[Count, ...]:
        """Count `source/site`, most frequent first."""
        return tuple(Count(name="/".join(split_site(count.name)), count=count.count) for count in self.names("site", rows))

    @cached_property
    def source_names(self) -> dict[int, str]:
        """The sources, by the least number of their sites' names."""
        named: dict[str, int] = {}
        for number in np.flatnonzero(np.bincount(self.column("site"))).tolist():
            named.setdefault(split_site(self.segment.names[number])[0], number)
        return {number: name for name, number in named.items()}

    @cached_property
    def source_numbers(self) -> NDArray[Any]:
        """For each fact the number of its source, as `source_names` has it."""
        numbers = {name: number for number, name in self.source_names.items()}
        by_site = np.zeros(int(self.column("site").max(initial=0)) + 1, np.int64)
        for site in np.flatnonzero(np.bincount(self.column("site"))).tolist():
            by_site[site] = numbers[split_site(self.segment.names[site])[0]]
        found: NDArray[Any] = by_site[self.column("site")]
        return found

    def sources(self, rows: Rows) -> tuple[Count, ...]:
        """Count sources, most frequent first."""
        counts: dict[str, int] = {}
        for site in self.names("site", rows):
            source = split_site(site.name)[0]
            counts[source] = counts.get(source, 0) + site.count
        return tuple(Count(name=name, count=n) for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def sites_of(self, rows: Rows) -> dict[tuple[str, str], int]:
        """How many of some rows are from each (source, site)."""
        return {split_site(count.name): count.count for count in self.names("site", rows)}

    @cached_property
    def site_pairs(self) -> frozenset[tuple[str, str]]:
        """(source, site) of all facts."""
        return frozenset(self.sites_of(np.arange(len(self))))

    def on_sites(self, rows: Rows, *, without: AbstractSet[tuple[str, str]]) -> Rows:
        """The rows that are from none of some (source, site)."""
        kept: Rows = rows.compress(~self.from_sites(without)[rows]) if without else rows
        return kept

    def from_sites(self, sites: AbstractSet[tuple[str, str]]) -> Bools:
        """Which are from any of some (source, site)."""
        found: Bools = keep(self.of_sites, frozenset(sites), lambda: self.find_from_sites(sites))
        return found

    @cached_property
    def of_sites(self) -> OrderedDict[Hashable, Bools]:
        """Sites that were asked for last."""
        return OrderedDict()

    def find_from_sites(self, sites: AbstractSet[tuple[str, str]]) -> Bools:
        """Look for what is from some sites."""
        numbers = [self.numbers["\n".join(site)] for site in sites if "\n".join(site) in self.numbers]
        among = np.zeros(int(self.column("site").max(initial=0)) + 1, np.bool_)
        among[[number for number in numbers if number < len(among)]] = True
        found: Bools = among[self.column("site")]
        return found

    @property
    def days(self) -> Numbers:
        """The local day of each dated fact, counted from 1970-01-01; a day that a site printed stays that day."""
        return days(self.zone, self.segment.facts)

    @property
    def hours(self) -> NDArray[Any]:
        """The local hour of each fact whose time is known to the second, else 24."""
        return self.segment.facts.derived(f"hour {self.zone.key}", partial(find_hours, self.zone))

    @property
    def weekdays(self) -> NDArray[Any]:
        """The local weekday of each dated fact, 0 for Monday; else 7."""
        return self.segment.facts.derived(f"weekday {self.zone.key}", partial(find_weekdays, self.zone))

    @property
    def day_numbers(self) -> NDArray[Any]:
        """A number from 1 on for the local day of each dated fact; else 0."""
        return self.segment.facts.derived(f"day number {self.zone.key}", partial(number_days, self.zone))

    def clock(self, rows: Rows) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Counts by local hour (24, only of times known to the second) and by local weekday (7, Monday first, of all dated)."""
        hours, weekdays = np.bincount(self.hours[rows], minlength=24), np.bincount(self.weekdays[rows], minlength=7)
        return tuple(hours[:24].tolist()), tuple(weekdays[:7].tolist())


def narrowed(frame: Frame, kept: Bools) -> Frame:
    """A frame of some of the facts."""
    return replace(frame, segment=frame.segment.narrow(kept))


def count_names(table: Numbers, names: Mapping[int, str | None]) -> list[tuple[Count, ...]]:
    """For each row of a table its counts by the number (the column) of a name, most frequent first, then by name.

    What has no name is left out.
    """
    rows, numbers = np.nonzero(table)
    counted: list[list[tuple[int, str]]] = [[] for _ in table]
    for row, number, count in zip(rows.tolist(), numbers.tolist(), table[rows, numbers].tolist(), strict=True):
        name = names[number]
        if name is not None:
            counted[row].append((-count, name))
    return [tuple(Count(name=name, count=-count) for count, name in sorted(one)) for one in counted]
