"""A window's sentiment corrected by what people have judged, and topics held against their false alarms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlite_utils import Database

from store.judging import find_judged, find_judged_tasks
from store.records import VOICES
from store.scope import Scope
from trends.accuracy import SENTIMENTS, choose_confusion
from trends.frame import Frame, Rows
from trends.prevalence import Corrected, correct

MOST_PEOPLE = 5_000
"""People who are resampled one by one; of more than these hardly any counts twice."""


def correct_sentiment(db: Database, brand: str, frame: Frame, rows: Rows) -> Corrected | None:
    """Net sentiment and shares of some rows, corrected; None while too few sampled judgements are there.

    Raises nothing where the classifier's errors cannot be undone: the answer then says why.
    """
    if ("sentiment", "") not in judged_tasks(db):
        return None
    confusion = choose_confusion(db, "sentiment", brand=brand)
    if confusion is None:
        return None
    judged = find_judged(db, Scope(brand=brand, voices=VOICES), task="sentiment")
    by_people = np.isin(rows, frame.rows_of([row["mention"] for row in judged]))
    told, sure = rows[~by_people], rows[by_people]
    people: Sequence[Sequence[int]] = ()
    if len(told) <= MOST_PEOPLE:
        people = frame.parts(told, *(frame.mood(name) for name in confusion.labels)).tolist()
    return correct(count_moods(frame, told), confusion, known=count_moods(frame, sure), people=people)


def count_moods(frame: Frame, rows: Rows) -> dict[str, int]:
    """How many of some rows have each sentiment."""
    return {name: int(frame.mood(name)[rows].sum()) for name in SENTIMENTS}


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
