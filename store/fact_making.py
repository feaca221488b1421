"""Making facts from the rows of the store's queries, which say what counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from itertools import groupby
from typing import Any

import numpy as np
from sqlite_utils import Database

from store.cases import find_threads
from store.facts import (
    ANSWERED,
    COMPLAINT,
    CONFIRMS,
    CONTESTS,
    FACT,
    LABEL,
    MOODS,
    READ,
    REPLY_TIMED,
    SIGN,
    TOPIC,
    UNDATED,
    WORD,
    WORDED,
    Facts,
    Segment,
    Splitter,
    code,
    site_name,
)
from store.queries import find_attributes, find_complaints, find_mentions, find_replies, find_signs, find_texts
from store.records import MEASURES, PRECISIONS, VOICES
from store.scope import Scope

Row = dict[str, Any]
Naming = Callable[[str | None], int]
"""The number of a name; 0 for none."""


def make_segments(db: Database, brand: str, days: Sequence[str], naming: Naming, split: Splitter | None) -> dict[str, Segment]:
    """The facts of consecutive days of a brand, by day; days without mentions are left out.

    A day is YYYY-MM-DD in UTC, or empty for what has no time (then by itself). Words are left out without `split`.
    """
    scope = scope_of_days(brand, days)
    rows = find_mentions(db, scope)
    labels = {TOPIC: find_complaints(db, scope), CONFIRMS: find_attributes(db, scope), SIGN: find_signs(db, scope)}
    replies = {row["mention"]: row for row in find_replies(db, scope)}
    threads = {row["mention"]: row for row in find_threads(db, scope)}
    by_day: dict[str, list[Row]] = {}
    for row in rows:
        by_day.setdefault(day_of(row), []).append(row)
    texts = {row["mention"]: row for row in find_texts(db, scope)} if split else {}
    day_of_mention = {row["mention"]: day_of(row) for row in rows}
    told: dict[str, list[tuple[int, str, int, float | None]]] = {}
    for told_of in as_labels(labels):
        told.setdefault(day_of_mention[told_of[0]], []).append(told_of)
    return {
        day: Segment(
            facts=Facts.of(
                np.array([as_fact(row, replies.get(row["mention"]), threads[row["mention"]], naming) for row in found], FACT)
            ),
            labels=make_labels(found, told.get(day, []), naming),
            words=make_words(found, texts, split) if split else np.zeros(0, WORD),
        )
        for day, found in by_day.items()
    }


def scope_of_days(brand: str, days: Sequence[str]) -> Scope:
    """Everything of a brand on some consecutive days, whoever speaks, ratings without words too."""
    if not days[0]:
        return Scope(brand=brand, undated=True, voices=VOICES, wordless=True)
    first, end = days[0], (date.fromisoformat(days[-1]) + timedelta(days=1)).isoformat()
    since, until = f"{first}T00:00:00Z", f"{end}T00:00:00Z"
    return Scope(brand=brand, since=since, until=until, first_day=first, end_day=end, voices=VOICES, wordless=True)


def day_of(row: Row) -> str:
    """The day under which a mention's facts stand, as `store.migrations_trends.day_sql`."""
    published: str | None = row["published"]
    return "" if published is None or row["precision"] == "unknown" else published[:10]


def as_fact(row: Row, reply: Row | None, thread: Row, naming: Naming) -> tuple[object, ...]:
    """One fact, its fields in the order of FACT."""
    flags = READ * row["read"] | COMPLAINT * row["complaint"] | WORDED * row["worded"]
    if reply is not None and reply["answered"]:
        flags |= ANSWERED | REPLY_TIMED * (reply["replied_precision"] == "second")
    return (
        row["mention"],
        author_number(row["author"]),
        row["copy_group"] or 0,
        naming(site_name(row["source"], row["site"])),
        naming(row["language"]),
        naming(row["unsupported"]),
        naming(row["subject"]),
        naming(row["place"]),
        UNDATED if row["precision"] == "unknown" else seconds_of(row["published"]),
        seconds_of(reply["replied"]) if reply is not None else UNDATED,
        author_number(thread["thread"]),
        answer_time(thread),
        -1 if row["engagement"] is None else min(row["engagement"], 2**31 - 1),
        *(np.nan if row[name] is None else row[name] for name in ("rating", "rating_worst", "rating_best")),
        code(row["rating_measure"], MEASURES),
        VOICES.index(row["voice"]),
        PRECISIONS.index(row["precision"]),
        code(row["sentiment"], MOODS),
        flags,
    )


def author_number(key: str | None) -> int:
    """64 bits of an author key, never 0: among a million authors the chance of two alike is below 1e-7."""
    return 0 if key is None else int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") or 1


def answer_time(thread: Row) -> int:
    """The last answer to a mention as `2 * seconds + to the second`; UNDATED without one."""
    answered = seconds_of(thread["answered"])
    return answered if thread["answered"] is None else answered * 2 + (thread["answered_precision"] == "second")


def seconds_of(moment: str | None) -> int:
    """UTC ISO 8601 as seconds since 1970; UNDATED for none."""
    if moment is None:
        return int(UNDATED)
    found = datetime.fromisoformat(moment)
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


def as_labels(found: Mapping[int, Sequence[Row]]) -> Iterable[tuple[int, str, int, float | None]]:
    """(row id, name, kind, score) of topics, attributes and signs."""
    for row in found[TOPIC]:
        if row["topic"] is not None:
            yield row["mention"], row["topic"], TOPIC, row["score"]
    for row in found[CONFIRMS]:
        yield row["mention"], row["attribute"], CONFIRMS if row["polarity"] == "confirms" else CONTESTS, row["score"]
    for row in found[SIGN]:
        yield row["mention"], row["sign"], SIGN, None


def make_labels(rows: Sequence[Row], told: Sequence[tuple[int, str, int, float | None]], naming: Naming) -> Any:
    """The labels of the mentions of a day."""
    place = {row["mention"]: number for number, row in enumerate(rows)}
    made = [(place[n], naming(name), kind, np.nan if score is None else score) for n, name, kind, score in told]
    return np.array(sorted(made, key=lambda label: label[:3]), LABEL)


def make_words(rows: Sequence[Row], texts: Mapping[int, Row], split: Splitter) -> Any:
    """The words of the mentions of a day."""
    said = [(place, texts[row["mention"]]) for place, row in enumerate(rows) if row["mention"] in texts]
    pairs = [(place, word) for place, row in said for word in split(f"{row['title'] or ''}\n{row['text'] or ''}")]
    return np.array(pairs, WORD)


def runs(days: Iterable[str], longest: int) -> list[list[str]]:
    """Days in runs of consecutive ones, of at most `longest`; the empty day by itself."""
    dated = sorted(day for day in days if day)
    whole = [
        [day for _, day in run]
        for _, run in groupby(enumerate(dated), key=lambda item: date.fromisoformat(item[1]).toordinal() - item[0])
    ]
    cut = [run[start : start + longest] for run in whole for start in range(0, len(run), longest)]
    return ([[""]] if "" in set(days) else []) + cut
