"""A window's sentiment corrected by what people have judged, and topics held against their false alarms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlite_utils import Database

from store.judging import find_judged_tasks
from trends.accuracy import choose_confusion
from trends.frame import Frame
from trends.periods import cut
from trends.prevalence import Corrected
from trends.solving import correct_said
from trends.timeline_correction import find_told, read_corrections, said_in
from trends.timeline_figures import Asked, Subject, find_measures
from trends.windows import Window


def correct_sentiment(db: Database, brand: str, frame: Frame, window: Window) -> Corrected | None:
    """Net sentiment and shares of a window, corrected; None while too few sampled judgements are there.

    Raises nothing where the classifier's errors cannot be undone: the answer then says why.
    """
    if ("sentiment", "") not in judged_tasks(db):
        return None
    corrections = read_corrections(db, brand, ["sentiment"])
    confusion = corrections["sentiment"].confusion
    if confusion is None:
        return None
    # The very sums that `repute trend` corrects: one window has one figure.
    asked = Asked(("net-sentiment",), told=find_told(frame, corrections))
    subject = Subject(frame, asked)
    tally = find_measures(cut(frame, [window], subject.often), subject)["net-sentiment"].tally
    shown = np.array([float(np.count_nonzero(tally.part & frame.mood(name))) for name in confusion.labels])
    said = None if corrections["sentiment"].reason else said_in(tally, "sentiment", confusion.labels)
    return correct_said(said, shown, confusion)


def judged_tasks(db: Database) -> set[tuple[str, str]]:
    """(task, topic) of what was sampled and judged."""
    return {(str(row["task"]), str(row["subject"])) for row in find_judged_tasks(db)}


def find_false_alarms(db: Database, brand: str, topics: Sequence[str]) -> dict[str, float]:
    """By topic, of those judged often enough: the part of the complaints that are not about it and are told to be."""
    there = judged_tasks(db)
    rates = {}
    for topic in topics:
        if ("topic", topic) not in there:
            continue
        confusion = choose_confusion(db, "topic", topic, brand=brand)
        if confusion is not None and not confusion.fault() and (rate := confusion.told_wrongly(topic)) is not None:
            rates[topic] = rate
    return rates
