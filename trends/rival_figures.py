"""The figures of two brands beside each other: shares, nets, ratings, topics and attributes, and texts that name both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from config import Attribute, Topic
from store.facts import CONFIRMS, CONTESTS, TOPIC, split_site
from store.records import MEASURES
from trends.answers import Net, Quote
from trends.crowd import Crowd
from trends.differences import Outcome, judge_change
from trends.frame import Frame, Rows
from trends.gathering import Gathered
from trends.quotes import make_quotes, pick_quotes
from trends.ratings import Ratings, Sorted, sort_out
from trends.rival_answers import Compared, HeadToHead
from trends.tallies import Ratio, Tally, as_net, as_share, compare_tallies, number_people

BASIC = {"net": "Net sentiment", "negative": "Share negative", "complaints": "Complaint rate"}
TOPIC_FIGURE, ATTRIBUTE_FIGURE = "topic ", "attribute "


def tally(frame: Frame, rows: Rows, topics: Sequence[Topic], attributes: Sequence[Attribute]) -> Tally:
    """The figures of some rows of a brand by person. Copies count once."""
    people, add = number_people(frame.column("author")[rows], frame.ranks[rows])
    inside = np.full(len(frame), -1, np.int64)
    inside[rows] = np.arange(len(rows))
    mood, supported = frame.column("mood")[rows], ~frame.unjudged[rows]
    read, judged = add(mood != 0), add(supported)
    positive, negative = (add(frame.mood(name)[rows]) for name in ("positive", "negative"))
    ratios = {
        "net": Ratio(plus=positive, minus=negative, whole=read),
        "negative": Ratio(plus=negative, whole=read),
        "complaints": Ratio(plus=add(frame.complains[rows] & supported), whole=judged),
    }
    for topic in topics:
        told = labelled(frame, inside, TOPIC, topic.id)
        ratios[TOPIC_FIGURE + topic.id] = Ratio(plus=add(told[supported[told]]), whole=judged)
    for attribute in attributes:
        confirming, contesting = (add(labelled(frame, inside, kind, attribute.id)) for kind in (CONFIRMS, CONTESTS))
        ratios[ATTRIBUTE_FIGURE + attribute.id] = Ratio(plus=confirming, whole=confirming + contesting)
    return Tally(people, add(np.arange(len(rows))), ratios)


def labelled(frame: Frame, inside: NDArray[np.int64], kind: int, label: str) -> NDArray[np.int64]:
    """Places, among the rows that `inside` numbers, of those with a label."""
    found = inside[frame.labels_of(kind).get(label, np.zeros(0, np.int64))]
    places: NDArray[np.int64] = found[found >= 0]
    return places


def gather_ratings(frame: Frame, rows: Rows) -> Sorted:
    """The ratings of some rows, sorted out by source and scale; those without words too."""
    rated = rows[np.isfinite(frame.column("rating")[rows])]
    numbers, place = np.unique(frame.column("site")[rated], return_inverse=True)
    sources = [split_site(frame.segment.names[int(number)])[0] for number in numbers]
    names = sorted(set(sources))
    codes = np.array([names.index(source) for source in sources], np.int64)
    values = {name: frame.column(name)[rated].astype(np.float64) for name in ("rating", "worst", "best")}
    ratings = Ratings(
        source=codes[place] if len(rated) else np.zeros(0, np.int64),
        value=values["rating"],
        worst=values["worst"],
        best=values["best"],
        measure=frame.column("measure")[rated].astype(np.int64),
        person=frame.column("author")[rated],
        names=dict(enumerate(names)),
    )
    return sort_out(ratings)


def compare_scales(ours: Sorted, theirs: Sorted, *, floor: int) -> tuple[Compared, ...]:
    """Mean and top boxes of each source and scale that both have, most answers first."""
    by_name = {(theirs.ratings.names[scale[0]], *scale[1:]): crowd for scale, crowd in theirs.crowds.items()}
    found = []
    for (source, measure, worst, best), crowd in sorted(ours.crowds.items(), key=lambda item: -item[1].answers):
        name = ours.ratings.names[source]
        other = by_name.get((name, measure, worst, best))
        if other is None:
            continue
        scale = f"{MEASURES[measure - 1] if measure else 'rating'} {worst:g}–{best:g}"
        sides = (rated(crowd, worst, best), rated(other, worst, best))
        for figure, difference in compare_tallies(*sides, floor=floor).items():
            found.append(
                Compared(
                    figure=figure,
                    subject=name,
                    name=f"{'Mean rating' if figure == 'mean' else 'Top ratings'}, {name}",
                    scale=scale,
                    difference=difference,
                    outcome=judge_change(difference, good="up"),
                )
            )
    return tuple(found)


def rated(crowd: Crowd, worst: float, best: float) -> Tally:
    """The mean and the top boxes of the ratings of one scale."""
    value, top, whole = (np.ascontiguousarray(column) for column in crowd.sums.T)
    return Tally(
        crowd.people, whole, {"mean": Ratio(plus=value, whole=whole, bounds=(worst, best)), "top": Ratio(plus=top, whole=whole)}
    )


def find_net(frame: Frame, rows: Rows, *, floor: int) -> Net:
    """Net sentiment of rows that have a sentiment."""
    _, add = number_people(frame.column("author")[rows])
    positive, negative = (add(frame.mood(name)[rows]) for name in ("positive", "negative"))
    return as_net(Ratio(plus=positive, minus=negative, whole=add(frame.column("mood")[rows] != 0)), floor=floor)


def find_head_to_head(ground: Gathered, ours: tuple[Frame, Rows], theirs: tuple[Frame, Rows]) -> HeadToHead:
    """The mentions among our rows (copies once) that are among the other's rows (with copies) too."""
    frame, other = ours[0], theirs[0]
    _, place, there = np.intersect1d(
        frame.column("mention")[ours[1]], other.column("mention")[theirs[1]], assume_unique=True, return_indices=True
    )
    rows, opposite = ours[1][place], theirs[1][there]
    one, two = frame.column("mood")[rows].astype(np.int64), other.column("mood")[opposite].astype(np.int64)
    read = (one != 0) & (two != 0)
    better, worse = read & (one > two), read & (one < two)
    decided, floor = rows[better | worse], ground.thresholds.too_few
    _, add = number_people(frame.column("author")[rows])
    part = as_share(Ratio(plus=add(better), whole=add(better | worse)), floor=floor)
    return HeadToHead(
        mentions=len(rows),
        better=int(better.sum()),
        worse=int(worse.sum()),
        alike=int((read & (one == two)).sum()),
        unread=int((~read).sum()),
        share=part,
        outcome=judge_half(part.low, part.high),
        own=find_net(frame, rows, floor=floor),
        theirs=find_net(other, opposite, floor=floor),
        quotes=quote_both(ground, frame, decided, rows),
    )


def judge_half(low: float | None, high: float | None) -> Outcome:
    """On which side of one half an interval lies."""
    if low is None or high is None:
        return "too few to say"
    return "better" if low > 0.5 else "worse" if high < 0.5 else "no clear change"


def quote_both(ground: Gathered, frame: Frame, decided: Rows, rows: Rows) -> tuple[Quote, ...]:
    """Up to three quotes, first of mentions in which one comes off better."""
    chosen = pick_quotes(frame, decided)
    if len(chosen) < 3:
        chosen += pick_quotes(frame, np.setdiff1d(rows, decided), count=3 - len(chosen))
    return make_quotes(chosen, ground.passages(chosen, "", ""), ground.window)


def in_order(compared: Iterable[Compared]) -> tuple[Compared, ...]:
    """Better first, then what is not clear, then worse; the largest differences at both ends."""
    sides: Mapping[str, int] = {"better": 0, "no clear change": 1, "too few to say": 2, "worse": 3}
    return tuple(
        sorted(
            compared,
            key=lambda one: (sides[one.outcome], -abs(one.difference.value or 0) * (1 if one.outcome != "worse" else -1)),
        )
    )
