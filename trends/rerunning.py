"""A saved answer beside the same question asked again: figure by figure, without people's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

WORDS = frozenset({"word", "phrase"})
"""Fields of what was taken from people's texts: such records are left out."""
NAMED_BY = ("topic", "attribute", "line", "sign", "brand", "figure", "source", "name", "first_day", "label")
"""Fields that say which record of a list one is, the first that it has."""
OF_WORDS = frozenset({"words", "unexpected"})
"""Parts of an answer that the texts themselves are needed for."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure that is not what it was."""

    place: str
    """Where in the answer, like `buttons[delivery].people`."""
    saved: Any
    """As it was saved; None where it was not there."""
    again: Any
    """As it comes out now; None where it does not."""


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """A saved answer that was asked again."""

    name: str
    command: str
    parameters: Mapping[str, Any]
    """What it was asked with."""
    saved: str
    """When it was saved, UTC ISO 8601."""
    version: str
    """Of Repute, that saved it."""
    version_now: str
    mentions: int
    """Whose facts are still kept with it."""
    erased: int
    """Mentions that it stood on and that were erased since."""
    erased_ids: str
    """Their row ids, like `3 7-9`."""
    unkept: int
    """Questions that this version asks and that were not kept: they were put to the store as it is."""
    compared: int
    """Figures that were compared."""
    differences: tuple[Figure, ...]
    answer: Any
    """As it was saved, as `--json` gives it, without quotes and words."""
    again: Any
    """As it comes out now, as `--json` gives it."""

    @property
    def same(self) -> bool:
        """Whether every figure is what it was."""
        return not self.differences


def without_words(plain: Any) -> Any:
    """An answer as JSON has it without what people wrote: of a quote only its mention's row id stays."""
    if isinstance(plain, Mapping):
        if "mention" in plain and "text" in plain:
            return {"mention": plain["mention"]}
        return {name: without_words(part) for name, part in plain.items() if name not in OF_WORDS}
    if isinstance(plain, list):
        return [without_words(part) for part in plain if not (isinstance(part, Mapping) and WORDS & part.keys())]
    return plain


def compare_figures(saved: Any, again: Any) -> tuple[int, tuple[Figure, ...]]:
    """How many figures either answer has, and those that differ, in order. Both are without people's words."""
    before, after = dict(figures_of(saved)), dict(figures_of(again))
    places = list(dict.fromkeys([*before, *after]))
    missing = object()
    differing = [place for place in places if before.get(place, missing) != after.get(place, missing)]
    return len(places), tuple(Figure(place=at, saved=before.get(at), again=after.get(at)) for at in differing)


def figures_of(plain: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """(place, value) of every figure but quotes. A list of plain values is one figure; so is each sentence of notes."""
    if isinstance(plain, Mapping):
        if set(plain) == {"mention"}:
            return
        for name, part in plain.items():
            yield from figures_of(part, f"{place}.{name}" if place else name)
    elif isinstance(plain, list) and any(isinstance(part, Mapping | list) for part in plain):
        for number, part in enumerate(plain):
            yield from figures_of(part, f"{place}[{name_of(part, number)}]")
    elif isinstance(plain, list) and any(isinstance(part, str) and " " in part for part in plain):
        yield from ((f"{place} “{part}”", True) for part in plain)
    elif plain is not None and plain != []:
        yield place, plain


def name_of(part: Any, number: int) -> str:
    """What tells one record of a list from the others: its names, else its place."""
    if not isinstance(part, Mapping):
        return str(number)
    named = [str(part[name]) for name in NAMED_BY if isinstance(part.get(name), str) and part[name]]
    return " ".join(named[:2]) if named else str(number)
