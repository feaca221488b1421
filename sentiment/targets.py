"""Whose sentiment is it: which brand each sentence speaks of, and on which side of a comparison a brand stands."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sentiment import cues
from sentiment.names import LETTER, NameFinder, fold, masked_brands
from sentiment.sentences import split_own
from store.records import WHOLE, BrandNames, Tagger, Target

Side = Literal["own", "other", "flipped"]
Role = Literal["own", "flipped", "winner", "loser"]
"""A winner is praised and a loser blamed whichever of the two the sentence's sentiment was read of."""
RULES = "targets-3"
"""Changes whenever sentences are given to brands otherwise."""
_WORD = re.compile(rf"{LETTER}+(?:'t)?")
_NEAR = 6
"""Words before a name in which its comparative, and what denies it, are looked for."""
_REACH = 200
"""Characters in which those words are found: in a long sentence all of it would be gone through at each name."""


@dataclass(frozen=True)
class Comparison:
    """One brand held against the others of its sentence."""

    object: int
    """Number of the brand that the cue points at."""
    role: Role
    """The object's: flipped, winner or loser."""
    rival: int | None = None
    """Number of the brand it is held against, where the cue names it."""
    of_all: bool = False
    """Whether it is held against every other brand of the text, where its sentence names none."""


class TargetReader:
    """Says of each sentence of a text for which brands it counts."""

    def __init__(self, names: Sequence[BrandNames]) -> None:
        self.finder = NameFinder(names)
        self.taggers = [Tagger(task="target", model=RULES, description=describe(names))] if names else []
        """Who says so, for the store: none without names."""

    def read(
        self, text: str, spans: Sequence[tuple[int, int]], moods: Sequence[str], matched: Sequence[str]
    ) -> list[dict[str, Side]]:
        """Return, for each sentence, how it counts for each brand that the mention was matched to.

        `spans` are (start, end) in the text, `moods` the sentiments read in them. A sentence that names no brand belongs to
        those named last before it (not to the other side of a comparison), or to all where none was named yet; and to a
        matched brand that the text never names, since it then stands above the text. Brands that were not matched count as
        named only where their name is beyond doubt.
        """
        numbers = {brand: number for number, brand in enumerate(self.finder.brands)}
        asked = {numbers[brand] for brand in matched if brand in numbers}
        named = self._named(text, asked)
        if not asked or not named or (named == asked and len(asked) == 1):
            return [dict.fromkeys(matched, "own") for _ in spans]
        above, carried = asked - named, asked
        found: list[dict[str, Side]] = []
        for (start, end), mood in zip(spans, moods, strict=True):
            roles = self._roles(text[start:end], named, carried or asked)
            if roles:
                carried = {number for number, role in roles.items() if role in ("own", "winner")} or carried
            speaks = roles or dict.fromkeys(carried | above, "own")
            found.append({brand: _side(speaks.get(numbers[brand]), mood) if brand in numbers else "own" for brand in matched})
        return found

    def targets(
        self, text: str, spans: Sequence[tuple[int, int]], moods: Sequence[str], matched: Sequence[str]
    ) -> tuple[Target, ...]:
        """Return what does not count as it stands; `spans` and `moods` are empty for a text of one sentence but its one mood.

        That is what the store keeps: no sentences, and the sentiment of the whole alone.
        """
        sides = self.read(text, spans or _whole(text), moods, matched)
        return tuple(
            Target(brand=brand, span=number, bearing=side)
            for number, of in enumerate(sides, WHOLE + 1 if spans else WHOLE)
            for brand, side in of.items()
            if side != "own"
        )

    def _named(self, text: str, asked: set[int]) -> set[int]:
        folded = fold(text)
        found = self.finder.find(folded)
        sure = {
            number for number in found - asked if self.finder.names[number].certain and not self.finder.excludes(number, folded)
        }
        return (found & asked) | sure

    def _roles(self, sentence: str, brands: set[int], about: set[int]) -> dict[int, Role]:
        """The roles of the brands that a sentence speaks of; `about` are those that the text was about before it."""
        masked = self.finder.mask(fold(sentence), brands)
        present = set(masked_brands(masked))
        roles: dict[int, Role] = dict.fromkeys(sorted(present), "own")
        for found in find_comparisons(masked):
            objects = {found.object}
            rivals = {found.rival} if found.rival is not None else (present - objects) or (about - objects)
            rivals = rivals or (brands - objects if found.of_all else set())
            if rivals:
                roles[found.object] = found.role
                roles |= dict.fromkeys(rivals, _against(found.role))
        return roles


def _whole(text: str) -> list[tuple[int, int]]:
    """The text as one sentence, without what it quotes before or behind it."""
    own = split_own(text)
    return [(own[0][0], own[-1][1])] if own else [(0, len(text))]


def describe(names: Iterable[BrandNames]) -> str:
    """Return sixteen digits that change when brands, their names or these rules do."""
    said = [RULES, *([one.brand, *one.forms, "-", *one.unless, one.certain] for one in names)]
    return hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()


def find_comparisons(masked: str) -> list[Comparison]:
    """Return the comparisons of a sentence in which names are masked, each object once."""
    found: dict[int, Comparison] = {}
    patterns = _patterns()
    for kind, pattern in patterns.items():
        for match in pattern.finditer(masked):
            named = masked_brands(match[0])
            if not found.keys() & set(named) and (one := _compared(kind, match, named)):
                found[one.object] = one
    return list(found.values())


def _compared(kind: str, match: re.Match[str], named: list[int]) -> Comparison | None:
    if kind in ("switched", "above", "below") and len(set(named)) == 1:
        return None
    if kind in ("above", "below"):
        winner = named[0 if kind == "above" else -1]
        others = set(named) - {winner}
        return Comparison(winner, "winner", min(others) if len(others) == 1 else None)
    if kind == "switched":
        stay = _regrets(match.string)
        return Comparison(named[-1], "loser" if stay else "winner", named[0])
    if kind == "gone":
        return Comparison(named[-1], "loser" if _regrets(match.string) else "winner")
    if kind == "stayed":
        before = _WORD.findall(match.string[max(0, match.start() - _REACH) : match.start()])[-_NEAR:]
        stays = not _has(before, cues.NOT) and not _regrets(match.string)
        return Comparison(named[-1], "winner", of_all=True) if stays else None
    if kind == "replaced":
        return Comparison(named[-1], "loser", named[0] if len(set(named)) > 1 else None)
    if kind == "contrast":
        return Comparison(named[-1], "flipped")
    if kind == "behind":
        return _than(named[0], _WORD.findall(match.string[match.start() : match.end() + _REACH])[: 2 * _NEAR], [])
    before = _WORD.findall(match.string[max(0, match.start() - _REACH) : match.start()])[-_NEAR:]
    return _than(named[-1], before[::-1], before) if any(map(_compares, before)) else None


def _than(named: int, near: Sequence[str], before: Sequence[str]) -> Comparison | None:
    """A comparison of more and less: who wins is told by the comparative, the first of the words `near` that is known."""
    if _has(before, cues.NOBODY):
        return None
    sign = next((1 if word in _set(cues.BETTER) else -1 for word in near if _rated(word)), 0)
    sign *= -1 if _has(near, cues.LESS) else 1
    sign *= -1 if _has(near, cues.NOT) else 1
    roles: dict[int, Role] = {1: "loser", -1: "winner", 0: "flipped"}
    return Comparison(named, roles[sign])


def _regrets(sentence: str) -> bool:
    return _has(_WORD.findall(sentence), cues.REGRET)


def _side(role: Role | None, mood: str) -> Side:
    """How a sentence of this mood counts for a brand in this role; of none, it speaks of others."""
    if role is None:
        return "other"
    if role in ("own", "flipped"):
        return "own" if role == "own" else "flipped"
    # A neutral sentence about leaving a brand tells of that brand's faults.
    return "own" if (mood == "positive") == (role == "winner") else "flipped"


def _against(role: Role) -> Role:
    opposite: Mapping[Role, Role] = {"winner": "loser", "loser": "winner", "flipped": "own", "own": "own"}
    return opposite[role]


def _compares(word: str) -> bool:
    """Whether a word may be a comparative: listed, or with German -er or Estonian -m."""
    known = _rated(word) or word in _set(cues.MORE) or word in _set(cues.LESS)
    return known or (len(word) > 4 and word.endswith(("er", "em", "am")))


def _rated(word: str) -> bool:
    return word in _set(cues.BETTER) or word in _set(cues.WORSE)


def _has(near: Sequence[str], listed: str) -> bool:
    return not _set(listed).isdisjoint(near)


@functools.cache
def _set(listed: str) -> frozenset[str]:
    return cues.words(listed)


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        "switched": cues.compile_cues(cues.SWITCHED),
        "replaced": cues.compile_cues(cues.REPLACED),
        "contrast": cues.compile_cues(cues.CONTRAST),
        "gone": cues.compile_cues(cues.GONE_TO),
        "stayed": cues.compile_cues(cues.STAYED),
        "than": cues.compile_cues(cues.THAN),
        "behind": cues.compile_cues(cues.THAN_BEFORE),
        "above": cues.compile_ranks(">"),
        "below": cues.compile_ranks("<"),
    }
