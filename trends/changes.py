"""A count against the window before: on the sites watched in both, per watched day, and tested."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from trends.answers import Change, Coverage, Direction
from trends.coverage import covered_by, length_days, sites_with_gaps
from trends.frame import Frame, Rows
from trends.intervals import compare_counts, discoveries
from trends.stacks import Stack
from trends.windows import Window

NEVER_BEFORE = "All time has no window before it."
TESTED = "Rising and falling are tested together over all that is compared, at a false discovery rate of 5%."
UNLIKE = "No comparison: no site was watched throughout this window and the one before."


@dataclass(frozen=True, kw_only=True)
class Past:
    """A window beside the one before it, and what was watched in each."""

    window: Window
    before: Window | None
    coverage: Coverage
    before_coverage: Coverage
    reached: Window
    """The window as of the last crawl: what is compared, since nobody has looked at the hours after it yet."""
    reached_coverage: Coverage

    @cached_property
    def unlike(self) -> set[tuple[str, str]]:
        """(source, site) of what was not watched throughout both windows, and so cannot be compared."""
        return sites_with_gaps(self.reached_coverage) | sites_with_gaps(self.before_coverage) | self.new_sites

    @cached_property
    def note(self) -> str:
        """What a reader of a comparison must know."""
        return say_note(self.known, self.unlike)

    @property
    def known(self) -> bool:
        """Whether it is known what was watched in either window."""
        return self.coverage.known or self.before_coverage.known

    @cached_property
    def days(self) -> tuple[float, float]:
        """Days that have passed of the window, as it was reached, and of the one before."""
        return length_days(self.reached), 0.0 if self.before is None else length_days(self.before)

    @cached_property
    def new_sites(self) -> set[tuple[str, str]]:
        """Sites whose coverage is known in one of the windows only."""
        both = (self.reached_coverage, self.before_coverage)
        now, past = ({(site.source, site.site) for site in coverage.sites} for coverage in both)
        return now ^ past

    @cached_property
    def listed(self) -> set[tuple[str, str]]:
        """(source, site) whose coverage is known in one of the windows."""
        return {(site.source, site.site) for both in (self.reached_coverage, self.before_coverage) for site in both.sites}

    @cached_property
    def found_unlike(self) -> dict[frozenset[tuple[str, str]], set[tuple[str, str]]]:
        """Answers of `unlike_among` that were given before."""
        return {}

    def unlike_among(self, sites: frozenset[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of some sites that cannot be compared: they or the search that found their mentions was not watched."""
        if sites not in self.found_unlike:
            self.found_unlike[sites] = {site for site in sites if not self.unlike.isdisjoint(covered_by(site, self.listed))}
        return self.found_unlike[sites]

    @cached_property
    def comparable(self) -> set[tuple[str, str]]:
        """(source, site) of what was watched throughout both windows."""
        return {(site.source, site.site) for site in self.reached_coverage.sites} - self.unlike


@dataclass(frozen=True, kw_only=True)
class Tested:
    """A change with the chance of one as large or larger if nothing had changed."""

    change: Change
    people: int = 0
    """Of the window, and of the one before: what is tested, since one angry person's twelve posts are one."""
    people_before: int = 0
    up: bool = False
    """Whether there are more people per day than before."""
    chance: float = 1.0
    """Two-sided p of the people, not of the mentions; 1 without a comparison."""


def compare(frame: Frame, rows: Rows, past: Past) -> Tested:
    """Compare rows of both windows, copies once; sites not watched throughout both are left out and named."""
    return compare_each(Stack.build(frame, [rows]), past)[0]


def compare_each(
    every: Stack, past: Past, here: Stack | None = None, earlier: Stack | None = None, once: Stack | None = None
) -> list[Tested]:
    """As `compare`, of each part of a stack.

    `here` and `earlier` are its rows of either window, with copies, and `once` those of `here` without: where they are at hand.
    """
    now = every.within(past.window) if here is None else here
    if past.before is None or not is_comparable(past):
        return [incomparable(count, UNLIKE if past.before else NEVER_BEFORE) for count in now.once().count().tolist()]
    # Sites of unknown coverage are taken as they are.
    unlike = past.unlike_among(every.frame.site_pairs)
    before = every.within(past.before) if earlier is None else earlier
    # Of copies on several sites one on a site that is compared counts.
    kept = now.without(unlike).once() if unlike or once is None else once
    gone = before.without(unlike).once()
    figures = (kept.count(), gone.count(), kept.speakers, gone.speakers)
    return [test_change(past, *counts) for counts in zip(*(figure.tolist() for figure in figures), strict=True)]


def test_change(past: Past, now: int, before: int, people: int, people_before: int) -> Tested:
    """A change of mentions, tested by the people who wrote them."""
    chance, up = compare_people(people, people_before, past.days)
    return Tested(change=find_change(past, now, before), people=people, people_before=people_before, up=up, chance=chance)


def compare_people(people: int, before: int, days: tuple[float, float]) -> tuple[float, bool]:
    """(two-sided p that so many people a day come as came before, whether there are more), in so many `days` of each window.

    The exact conditional test of two Poisson counts (Przyborowski and Wilenski 1940). Of people, since posts come in bunches:
    with one in ten who writes twelve, a test of posts finds a change in 6% to 9% of samples without any, this one in 2% to 4%;
    and where twice as many people speak it finds it more than twice as often.
    """
    return compare_counts(people, before, *days), people * days[1] > before * days[0]


def is_comparable(past: Past) -> bool:
    """Whether any site was watched throughout both windows, or it is not known what was watched."""
    return not past.known or bool(past.comparable)


def find_change(past: Past, now: int, before: int | None, direction: Direction = "steady") -> Change:
    """Two counts, of the sites that can be compared, against each other; without one before, why there is none."""
    if before is None:
        return incomparable(now, NEVER_BEFORE if past.before is None else UNLIKE).change
    days, days_before = past.days
    first, second = per_day(now, days), per_day(before, days_before)
    return Change(
        now=now,
        before=before,
        now_per_day=first if past.known else None,
        before_per_day=second if past.known else None,
        ratio=first / second if first is not None and second else None,
        direction=direction,
        note=past.note,
    )


def incomparable(now: int, note: str) -> Tested:
    """A count with nothing to hold it against."""
    change = Change(now=now, before=None, now_per_day=None, before_per_day=None, ratio=None, direction="unknown", note=note)
    return Tested(change=change)


def settle(tested: Sequence[Tested]) -> list[Change]:
    """Say which of several changes rise or fall, at a false discovery rate of 5% over all that can be compared.

    Where nothing was said in either window there is nothing to compare.
    """
    comparable = [test for test in tested if test.change.before is not None and test.change.now + test.change.before]
    real = dict(zip(map(id, comparable), discoveries([test.chance for test in comparable]), strict=True))
    return [direct(test) if real.get(id(test)) else test.change for test in tested]


def tested_notes(changes: Iterable[Change]) -> tuple[str, ...]:
    """That several changes were tested together; nothing where there are not several."""
    tested = [change for change in changes if change.before is not None and change.now + change.before]
    return (TESTED,) if len(tested) > 1 else ()


def direct(tested: Tested) -> Change:
    """Up or down, by people per day as was tested; the note says so where the mentions go the other way."""
    change = tested.change
    against = change.ratio is not None and (change.ratio > 1) != tested.up
    said = say_against(tested.people, tested.people_before, up=tested.up) if against else ""
    direction: Direction = "rising" if tested.up else "falling"
    return replace(change, direction=direction, note=" ".join(part for part in (change.note, said) if part))


def say_against(people: int, before: int, *, up: bool) -> str:
    """That people go the other way than what they write."""
    return f"Tested by people, who {'rose' if up else 'fell'} from {before} to {people}."


def per_day(count: int, days: float) -> float | None:
    """A rate per day that has passed."""
    return count / days if days > 0 else None


def say_note(known: bool, unlike: Collection[tuple[str, str]]) -> str:
    """What a reader of the comparison must know."""
    if not known:
        return "What was watched is not known: plain counts are compared."
    if not unlike:
        return ""
    names = [f"{source} ({site})" for source, site in sorted(unlike)]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"Compared without {shown}: not watched throughout both windows."
