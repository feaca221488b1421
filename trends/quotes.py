"""Passages of mentions that speak for many: from different people, the sentence that is meant, cut at words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trends.answers import Quote
from trends.coverage import in_words
from trends.people import Row
from trends.windows import Window, day_of

QUOTES = 3
LONGEST = 240
"""Characters of a quote: what fits three lines of a page."""
SHORTEST = 12
"""A sentence of fewer characters ("Awful.") says nothing by itself: the mention is quoted from its beginning."""

Passages = Callable[[Sequence[int], str, str], Mapping[int, Row]]
"""Reads passages: (row ids, task, topic or attribute id) -> the row of `store.queries.find_passages` by mention."""


def pick_quotes(rows: Sequence[Row], count: int = QUOTES) -> list[int]:
    """Choose row ids that represent the rows: surest first, then newest, from different people and, first, different sites.

    An anonymous mention may be anybody's, so at most one is chosen, after the known people.
    """
    ordered = sorted(rows, key=lambda row: (row["author"] is None, -(row.get("score") or 0), flipped(row), -row["mention"]))
    chosen: list[Row] = []
    for fresh_site in (True, False):
        for row in ordered:
            known = {other["author"] for other in chosen}
            sites = {(other["source"], other["site"]) for other in chosen}
            seen_site = (row["source"], row["site"]) in sites
            if len(chosen) < count and row["author"] not in known and not (fresh_site and seen_site):
                chosen.append(row)
    return [row["mention"] for row in chosen]


def flipped(row: Row) -> tuple[int, ...]:
    """A key that puts the newest time first and no time last."""
    return tuple(-ord(character) for character in row["published"] or "")[:20] or (0,)


def find_loudest(rows: Sequence[Row]) -> int | None:
    """The row id with the greatest reach, where a source gives one above nothing; the earliest of equals."""
    heard = [row for row in rows if (row["engagement"] or 0) > 0]
    return max(heard, key=lambda row: (row["engagement"], -row["mention"]))["mention"] if heard else None


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
