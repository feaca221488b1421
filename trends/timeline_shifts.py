"""The change of figures against the window before, tested together with the figures that stand on one screen.

However a figure is asked for, by itself, among the main ones or in an overview, its change is tested with the same others:
so one change has one verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from trends.answers import Change
from trends.changes import Past, Tested, compare_each, compare_people, direct, is_comparable, say_against
from trends.changes import settle as settle_counts
from trends.coverage import length_days
from trends.differences import Difference, judge_change
from trends.frame import Filters, Frame
from trends.intervals import discoveries
from trends.loading import load_frame
from trends.periods import Slices, cut
from trends.sides import Sides
from trends.stacks import Stack
from trends.timeline_answers import Shift, Told
from trends.timeline_correction import correct_all, correct_difference, find_told, read_corrections
from trends.timeline_figures import Asked, Subject, find_measures
from trends.timeline_kinds import KINDS, MAIN, OF_ATTRIBUTE, OF_TOPIC, RATED, Kind
from trends.timeline_levels import COUNTS, differ_all
from trends.timeline_ratings import MOST_SCALES
from trends.windows import Window

TESTED_TOGETHER = (
    "Changes are tested together with those of the other main figures, at a false discovery rate of 5%: one whose own interval "
    "just leaves nought out may be unclear."
)


TOGETHER = {"brand": MAIN, "topic": OF_TOPIC, "attribute": OF_ATTRIBUTE}
"""What is tested together."""
OF_ALL = {"topic": "complaints", "attribute": "mentions"}
"""What is tested together with the same figure of all topics or attributes instead."""
RATE = 0.05
"""The false discovery rate: what is less likely than this by itself may stand out among others, and nothing else may."""


@dataclass(frozen=True)
class Ground:
    """The facts that changes are found in."""

    slices: Slices
    """The window before, and the window."""
    subject: Subject


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One line's change, before it is said what it means."""

    kind: Kind
    difference: Difference


@dataclass(frozen=True, kw_only=True)
class Tester:
    """What changes are tested with: the store, and whose changes they are."""

    db: Database
    brand: str
    past: Past
    filters: Filters
    wide: Window
    """What is read: both windows, and the periods that are shown."""
    floor: int
    attributes: tuple[str, ...] = ()
    """Of the configuration; only where one of them is asked for."""

    def test(self, asked: Asked) -> dict[str, Shift]:
        """The change of each figure that is asked, tested with all that are told beside it; none where nothing is alike.

        The others are only looked at where it depends on them: beside others no p above the rate stands out, and what stands
        out beside as many that do not, stands out beside any.
        """
        if self.past.before is None or min(days_of(self.past)) <= 0 or not is_comparable(self.past):
            return {}
        grounds: dict[bool, Ground] = {}
        alone = self.compare(asked, grounds)
        together = find_together(asked)
        beside = tuple(figure for figure in together.figures if figure not in asked.figures)
        chances = [one.difference.chance for one in alone.values() if not one.difference.too_few]
        most = count_lines(together.figures)
        certain = all(stands or p > RATE for p, stands in zip(chances, stand_out(chances, most), strict=True))
        others = {} if certain or not beside else self.compare(replace(together, figures=beside), grounds)
        found = settle(alone | others, self.past, most if certain else 0)
        if all(p > RATE for p in chances):
            return found
        among = OF_ALL.get(kind_of(asked), "")
        if among in found:
            found[among] = replace(found[among], told=self.tell_among_all(asked, KINDS[among].good))
        return found

    def tell_among_all(self, asked: Asked, good: str) -> Told:
        """What the change of a topic's complaints means among all topics, or of an attribute's mentions among all attributes.

        As hot buttons and the attribute ledger tell it.
        """
        frame = load_frame(self.db, self.brand, self.wide, self.filters)
        if asked.topic:
            names, stack = list(frame.topics), Stack.build(frame, list(frame.topics.values()))
        else:
            names, stack = list(self.attributes), Sides.build(frame, self.attributes, self.wide).either
        changes = dict(zip(names, settle_counts(compare_each(stack, self.past)), strict=True))
        direction = changes[asked.topic or asked.attribute].direction
        return tell_way(direction == "rising", good) if direction in ("rising", "falling") else "no clear change"

    def compare(self, asked: Asked, grounds: dict[bool, Ground]) -> dict[str, Compared]:
        """The changes of some figures; `grounds` are those that were made before, without ratings without words and with."""
        if self.past.before is None:
            return {}
        wordless = not {*asked.figures}.isdisjoint(RATED)
        corrections = read_corrections(self.db, self.brand, dict.fromkeys(tasks_of(asked)))
        if wordless not in grounds:
            frame = load_frame(self.db, self.brand, self.wide, self.filters, wordless=wordless)
            grounds[wordless] = lay_ground(frame, asked, self.past, self.past.before)
        ground = grounds[wordless]
        told = replace(asked, told=find_told(ground.subject.frame, corrections), window=self.past.window)
        grounds[wordless] = ground = replace(ground, subject=ground.subject.asking(told))
        measures = find_measures(ground.slices, ground.subject)
        better, found = correct_all(measures, corrections), {}
        for line, one in differ_all(measures, floor=self.floor, days=days_of(self.past)).items():
            now, earlier = better.get((line, 1)), better.get((line, 0))
            if not one.too_few and now is not None and earlier is not None:
                one = correct_difference(one, now, earlier)
            found[line] = Compared(kind=measures[line].kind, difference=one)
        return found


def kind_of(asked: Asked) -> str:
    """What the figures are of."""
    return "topic" if asked.topic else "attribute" if asked.attribute else "brand"


def find_together(asked: Asked) -> Asked:
    """The figures that are tested together: those that are told of a brand, topic or attribute, and whatever else is asked."""
    main = TOGETHER[kind_of(asked)]
    return replace(asked, figures=(*main, *(name for name in asked.figures if name not in main)))


def tasks_of(asked: Asked) -> list[str]:
    """The tasks whose errors matter for what is asked; those of one topic's complaints are not corrected here."""
    return [KINDS[name].task for name in asked.figures if not asked.topic and name in KINDS and KINDS[name].task]


def days_of(past: Past) -> tuple[float, float]:
    """Days that have passed of the window before, and of the window as it was reached."""
    return (0.0 if past.before is None else length_days(past.before), length_days(past.reached))


def lay_ground(frame: Frame, asked: Asked, past: Past, earlier: Window) -> Ground:
    """Cut facts by a window and the one before; without sites that were not watched alike in both."""
    # Sites of unknown coverage are taken as they are.
    unlike, subject = past.unlike_among(frame.site_pairs), Subject(frame, replace(asked, window=past.window))
    return Ground(cut(frame, [earlier, past.window], subject.often, ~frame.from_sites(unlike) if unlike else None), subject)


def count_lines(figures: Sequence[str]) -> int:
    """How many lines some figures have at most."""
    return sum(2 * MOST_SCALES if name == "ratings" else 1 for name in figures)


def stand_out(chances: Sequence[float], most: int) -> list[bool]:
    """Which stand out at the false discovery rate, beside others that do not, so that they are as many as `most` together."""
    others = max(most - len(chances), 0)
    return discoveries([*chances, *[1.0] * others], RATE)[: len(chances)]


def settle(compared: Mapping[str, Compared], past: Past, most: int = 0) -> dict[str, Shift]:
    """What the changes mean, at a false discovery rate of 5% over all of them; `most` is as of `stand_out`."""
    there = [line for line, one in compared.items() if not one.difference.too_few]
    chances = [compared[line].difference.chance for line in there]
    real = dict(zip(there, stand_out(chances, most), strict=True))
    found = {}
    for line, one in compared.items():
        told = tell(one.difference, one.kind, past, real.get(line, False))
        found[line] = Shift(difference=one.difference, told=told, note=find_note(one.difference, one.kind, past, told))
    return found


def find_note(difference: Difference, kind: Kind, past: Past, told: Told) -> str:
    """What was left out, and that people went the other way than their mentions, where these decide."""
    if kind.unit not in COUNTS or told == "no clear change" or not difference.value:
        return past.note
    people, before = difference.first_people, difference.second_people
    up = compare_people(people, before, past.days)[1]
    said = "" if up == (difference.value > 0) else f"{kind.words}: {lowered(say_against(people, before, up=up))}"
    return " ".join(part for part in (past.note, said) if part)


def lowered(sentence: str) -> str:
    """A sentence as it follows a name."""
    return sentence[:1].lower() + sentence[1:]


def tell(difference: Difference, kind: Kind, past: Past, real: bool) -> Told:
    """One change in a word; of a count it goes by people, as they are tested."""
    if difference.value is None:
        return "too few to say"
    if kind.unit in COUNTS:
        up = compare_people(difference.first_people, difference.second_people, past.days)[1]
        return tell_way(up, kind.good) if real else "no clear change"
    outcome = judge_change(difference, good="down" if kind.good == "down" else "up")
    if outcome not in ("better", "worse") or not real:
        return "no clear change"
    return tell_way(difference.value > 0, kind.good)


def tell_way(up: bool, good: str) -> Told:
    """What a way means: better or worse, or more or less of what is neither."""
    if not good:
        return "more" if up else "less"
    return "better" if up == (good == "up") else "worse"


def direct_by(tested: Tested, shift: Shift | None, figure: str) -> Change:
    """The change of a count with the verdict that `repute trend` has of it; without one it is as it was."""
    told = shift.told if shift is not None else "no clear change"
    if tested.change.before is None or told not in ("better", "worse", "more", "less"):
        return tested.change
    return direct(replace(tested, up=told == tell_way(True, KINDS[figure].good)))
