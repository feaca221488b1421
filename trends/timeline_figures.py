"""The lines of a trend: what each is made of in every slice of a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from store.facts import CONFIRMS, CONTESTS, SIGN, TOPIC, WORDED
from trends.accuracy import NONE
from trends.frame import Bools, Frame, Rows
from trends.measures import Measure
from trends.periods import Slices, Tally, find_often
from trends.timeline_ratings import Rated, find_rated, measure_ratings
from trends.windows import Window


@dataclass(frozen=True)
class Asked:
    """What is counted."""

    figures: tuple[str, ...]
    topic: str = ""
    attribute: str = ""
    told: Mapping[str, Mapping[str, Bools]] | None = None
    """By task and label the facts that the classifier has told, or that people gave, where a correction is to be made."""
    window: Window | None = None
    """By whose answers scales of ratings are chosen; by all without one."""


@dataclass(frozen=True)
class Subject:
    """A frame with what is counted in it."""

    frame: Frame
    asked: Asked

    def asking(self, asked: Asked) -> Subject:
        """The same, where other figures of it are asked: what is known of its facts stays known."""
        found = Subject(self.frame, asked)
        found.__dict__.update({name: self.__dict__[name] for name in OF_FACTS if name in self.__dict__})
        return found

    @cached_property
    def often(self) -> Rows:
        """What people say who say more than one thing."""
        return find_often(self.frame)

    @cached_property
    def spoken(self) -> Bools:
        """Which facts are of the topic or attribute that is asked for; all without one."""
        spoken = np.ones(len(self.frame), np.bool_)
        if self.asked.topic:
            spoken &= labelled(self.frame, TOPIC, self.asked.topic)
        if self.asked.attribute:
            spoken &= labelled(self.frame, CONFIRMS, self.asked.attribute) | labelled(
                self.frame, CONTESTS, self.asked.attribute
            )
        return spoken

    @cached_property
    def worded(self) -> Bools:
        """Those of them with words."""
        found: Bools = self.spoken & self.frame.flagged(WORDED)
        return found

    @cached_property
    def columns(self) -> dict[str, Bools]:
        """What figures of all mentions are made of, as far as they are asked for."""
        frame, wanted = self.frame, set(self.asked.figures)
        columns: dict[str, Bools] = {}
        if wanted & {"net-sentiment", "negative"}:
            columns = {mood: frame.mood(mood) for mood in ("positive", "negative")}
            columns["read"] = frame.column("mood") != 0
        told = (self.asked.told or {}).get("sentiment") or {}
        columns |= {f"sentiment {label}": found for label, found in told.items()}
        return columns

    @cached_property
    def rated(self) -> Rated:
        """The ratings."""
        return find_rated(self.frame, self.spoken, self.asked.window)


OF_FACTS = ("often", "spoken", "worded", "rated")
"""What of a subject is the same whatever figures are asked."""


def find_measures(slices: Slices, subject: Subject) -> dict[str, Measure]:
    """The lines that are asked for, by their ids and in their order; ratings only those that there are."""
    asked, wanted, worded = subject.asked, set(subject.asked.figures), subject.worded
    there = measure_general(slices, subject) if wanted & GENERAL else []
    there += measure_complaints(slices, worded & subject.frame.complains) if wanted & COMPLAINING else []
    there += [measure_sign(slices, name, worded) for name in ("leaving", "recommending") if name in wanted]
    there += [measure_confirmed(slices, asked.attribute)] if "confirmed" in wanted else []
    there += measure_ratings(slices, subject.rated, wanted) if wanted & RATED else []
    found = [one for name in asked.figures for one in there if one.figure in LINES_OF.get(name, (name,))]
    return {measure.line: measure for measure in found}


GENERAL = {"mentions", "people", "complaint-rate", "net-sentiment", "negative"}
COMPLAINING = {"complaints", "escalations", "escalation-rate"}
RATED = {"nps", "csat", "stars", "ratings"}
LINES_OF = {"ratings": ("mean", "top")}


def labelled(frame: Frame, kind: int, name: str) -> Bools:
    """Which facts have a label."""
    return frame.masked(frame.labels_of(kind).get(name, np.zeros(0, np.int64)))


def measure_general(slices: Slices, subject: Subject) -> list[Measure]:
    """Mentions, people, sentiments and the part that complains."""
    asked, rating = subject.asked, "complaint-rate" in subject.asked.figures
    rates = find_rates(slices, subject) if rating and not asked.topic else {}
    tally = slices.tally(slices.once(subject.worded), subject.columns | rates)
    rate = measure_topic_rate(slices, subject.worded) if asked.topic and rating else tally
    return [
        Measure("mentions", tally, ("all",)),
        Measure("people", measure_people(slices, subject, tally), ("all",)),
        Measure("complaint-rate", rate, ("complains", "supported")),
        Measure("net-sentiment", tally, ("positive", "negative", "read")),
        Measure("negative", tally, ("negative", "read")),
    ]


def measure_people(slices: Slices, subject: Subject, everybody: Tally) -> Tally:
    """Those of whom it is known who they are: mentions of unknown authors may be of one person or of many."""
    known = slices.frame.persons < slices.frame.signed
    if "people" not in subject.asked.figures or known.all():
        return everybody
    return slices.tally(slices.once(subject.worded) & known, {})


def measure_topic_rate(slices: Slices, complaints: Bools) -> Tally:
    """The part of all mentions that complains of a topic; a group of copies does where one copy does."""
    worded, said = slices.frame.flagged(WORDED), slices.spread(complaints)
    counted = slices.spread(worded & ~slices.frame.unjudged) | said
    return slices.tally(slices.once(worded), {"supported": counted, "complains": said})


def find_rates(slices: Slices, subject: Subject) -> dict[str, Bools]:
    """What the complaint rate is made of, and what is told and given where it is to be corrected: of any copy, of its group."""
    frame, told = slices.frame, (subject.asked.told or {}).get("complaint") or {}
    judged = subject.worded & ~frame.unjudged
    rates = {"supported": slices.spread(judged), "complains": slices.spread(judged & frame.complains)}
    said = {label: slices.spread(judged & found) for label, found in told.items()}
    for label in said:
        if label.endswith(NONE):
            said[label] &= ~said[label.removesuffix(NONE) + "complaint"]
    return rates | {f"complaint {label}": found for label, found in said.items()}


def measure_complaints(slices: Slices, complaints: Bools) -> list[Measure]:
    """Complaints and those that escalate."""
    escalations = complaints & labelled(slices.frame, SIGN, "escalation")
    tally = slices.tally(slices.once(complaints), {"escalating": slices.spread(escalations)})
    return [
        Measure("complaints", tally, ("all",)),
        Measure("escalations", slices.tally(slices.once(escalations), {}), ("all",)),
        Measure("escalation-rate", tally, ("escalating", "all")),
    ]


def measure_sign(slices: Slices, name: str, spoken: Bools) -> Measure:
    """People who give a sign."""
    return Measure(name, slices.tally(slices.once(spoken & labelled(slices.frame, SIGN, name)), {}), ("all",))


def measure_confirmed(slices: Slices, attribute: str) -> Measure:
    """The part that confirms an attribute; who confirms and contests it in one text, or a copy, speaks on both sides."""
    frame = slices.frame
    worded = frame.flagged(WORDED)
    confirms, contests = (slices.spread(worded & labelled(frame, kind, attribute)) for kind in (CONFIRMS, CONTESTS))
    sides = confirms.astype(np.int64) + contests
    # What who says one thing adds to the moments, whose sides may be two.
    moments = {"cross": confirms * sides, "square": sides**2, "once": confirms | contests}
    tally = slices.tally(slices.once(worded) & (confirms | contests), {"confirms": confirms, "sides": sides, **moments})
    return Measure("confirmed", tally, ("confirms", "sides"))
