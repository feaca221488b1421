"""Passages of mentions that speak for many: from different people, the sentence that is meant, cut at words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from store.facts import TOPIC
from trends.answers import Quote
from trends.coverage import in_words
from trends.frame import Bools, Frame, Rows
from trends.people import Row
from trends.windows import Window, day_of

QUOTES = 3
CANDIDATES = 200
"""Mentions that are looked at for quotes: more than three people are among them but where somebody floods a topic."""
LONGEST = 240
"""Characters of a quote: what fits three lines of a page."""
SHORTEST = 12
"""A sentence of fewer characters ("Awful.") says nothing by itself: the mention is quoted from its beginning."""


class Passages(Protocol):
    """Reads passages."""

    def __call__(self, asked: Mapping[str, Sequence[int]], task: str = "") -> Mapping[str, Mapping[int, Row]]:
        """By label and mention the row of `store.queries.find_passages`, whose arguments these are."""


def pick_quotes(frame: Frame, rows: Rows, topic: str = "", *, count: int = QUOTES, kind: int = TOPIC) -> list[int]:
    """Choose row ids that represent the rows: surest first, then newest, from different people and, first, different sites.

    An anonymous mention may be anybody's, so at most one is chosen, after the known people. `topic` is the label whose scores
    say how sure, of one `kind`.
    """
    rows, scores = leading(rows, frame.column("author")[rows] != 0, frame.scores(kind, topic, rows))
    author, site, mention, published = (frame.column(name)[rows] for name in ("author", "site", "mention", "published"))
    ordered = np.lexsort((mention, published, scores, author != 0))[::-1][:CANDIDATES]
    authors, sites = author[ordered].tolist(), site[ordered].tolist()
    chosen: list[int] = []
    for fresh_site in (True, False):
        for place, (who, where) in enumerate(zip(authors, sites, strict=True)):
            if len(chosen) == count:
                break
            known = any(authors[other] == who for other in chosen)
            if not known and not (fresh_site and any(sites[other] == where for other in chosen)):
                chosen.append(place)
    return [int(mention[ordered[place]]) for place in chosen]


def leading(rows: Rows, known: Bools, scores: NDArray[np.float64]) -> tuple[Rows, NDArray[np.float64]]:
    """Those of some rows that can be among the candidates, with their scores: the others need not be sorted."""
    if np.count_nonzero(known) > CANDIDATES:
        rows, scores = rows.compress(known), scores.compress(known)
        least = np.partition(scores, len(scores) - CANDIDATES)[len(scores) - CANDIDATES]
        kept = scores >= least
        rows, scores = rows.compress(kept), scores.compress(kept)
    return rows, scores


def find_loudest(frame: Frame, rows: Rows) -> int | None:
    """The row id with the greatest reach, where a source gives one above nothing; the earliest of equals."""
    reach = frame.column("engagement")[rows]
    most = int(reach.max(initial=0))
    return int(frame.column("mention")[rows[np.flatnonzero(reach == most)]].min()) if most > 0 else None


def make_quotes(
    chosen: Sequence[int], passages: Mapping[int, Row], window: Window, topic: str | None = None
) -> tuple[Quote, ...]:
    """Turn row ids into quotes, leaving out what was erased meanwhile or has no words."""
    made = (make_quote(passages[mention], window, topic) for mention in chosen if mention in passages)
    return tuple(quote for quote in made if quote.text)


def make_quote(row: Row, window: Window, topic: str | None = None) -> Quote:
    """A quote from a passage row."""
    day = day_of(row["published"], row["precision"], window.zone)
    return Quote(
        mention=row["mention"],
        text=passage(row["title"], row["text"], row["start"], row["end"]),
        source=row["source"],
        site=row["site"],
        url=row["url"],
        language=row["language"],
        published=row["published"],
        precision=row["precision"],
        day=in_words(day) if day else None,
        engagement=row["engagement"],
        topic=topic,
        subject=row["subject"],
    )


def passage(title: str | None, text: str | None, start: int | None, end: int | None) -> str:
    """The sentence between two offsets of what was read (title, line break, text), else the text, else the title."""
    read = "\n".join(part for part in (title, text) if part)
    sentence = " ".join(read[start:end].split()) if start is not None and end is not None else ""
    if len(sentence) >= SHORTEST:
        return cut(sentence)
    return cut(" ".join((text or title or "").split()))


def cut(text: str, longest: int = LONGEST) -> str:
    """Shorten at a word, with an ellipsis; a script without spaces is cut where it must be."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    at_word = head.rsplit(" ", 1)[0] if " " in head[longest // 2 :] else head
    return at_word.rstrip(" ,;:–-") + "…"
