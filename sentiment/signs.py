"""Signs in the words: that someone leaves, recommends, goes higher with a complaint, or says that it was solved."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sentiment import cues
from sentiment.names import NameFinder, fold, masked_brands
from sentiment.phrases import Context, Phrase, PhraseIndex, as_words, is_denied, split_list, spread
from sentiment.sentences import split_own
from sentiment.targets import describe, find_comparisons
from store.records import WHOLE, BrandNames, Tag, Tagger, Task

SIGNS = ("leaving", "recommending", "escalation", "resolved")
"""`leaving`: goes, has gone or wants to go; `recommending`: tells others to come; `escalation`: a manager, regulator, lawyer
or chargeback is asked for, spoken to or called in; `resolved`: the customer says that it was solved."""
OF_BRANDS = ("leaving", "recommending")
"""Signs that a sentence with two brands gives to one of them."""
UNDENIED = ("escalation",)
"""Signs that a denial does not take back: who could not get a manager has asked for one."""
NONE: frozenset[str] = frozenset()
NOBODY: frozenset[int] = frozenset()
TASK: Task = "sign"
MODEL = "signs-2"
"""Changes whenever the same lists are read otherwise."""
LISTS = Path(__file__).with_name("signs.toml")
PLAIN, SURE, OF, TO, ASKED = "said", "sure", "of", "to", "asked"
"""The lists of a sign: what each says stands in signs.toml."""
KINDS = (SURE, OF, TO, PLAIN, ASKED)
STANDS = 1.0
"""Score of a sign that stands whatever the sentiment; one that the sentiment may take back has none."""
_LAST = re.compile(r"(?<!\W)\W*+$")
"""What stands behind the last word."""
_QUESTION, _OTHER_STOPS = frozenset("?؟"), frozenset(".!।۔…")
_STOP = re.compile(r"[.!?؟।۔…\n]")


@dataclass(frozen=True)
class Found:
    """One sign of one sentence."""

    sign: str
    span: int = WHOLE
    brand: str = ""
    """Brand id where the sentence sets brands against each other; empty where it counts for whichever it speaks of."""
    stands: bool = False
    """Whether it stands whatever the sentiment, being said in so many words."""


@dataclass(frozen=True)
class Said:
    """A phrase of a list, with what takes it back."""

    sign: str
    language: str
    phrase: Phrase
    kind: str
    """One of KINDS."""
    own: frozenset[str]
    """Words before it that take it back even where it holds a denial itself."""
    before: frozenset[str]
    """Words before it that else take it back."""
    behind: frozenset[str]
    """Words behind it that do, unless it holds a denial itself."""


@dataclass(frozen=True)
class Lists:
    """All phrases of signs.toml."""

    said: tuple[Said, ...]
    index: PhraseIndex
    unless: dict[str, PhraseIndex]
    """By sign: phrases whose sentence does not give it, in any language, since people mix them and languages share words."""
    hashes: dict[str, str]
    """By sign: sixteen digits that change when its lists do."""


@dataclass(frozen=True)
class Heard:
    """What the phrases of one sentence say of one sign."""

    stands: bool = False
    of: frozenset[int] = NOBODY
    """Numbers of the brands that are left or recommended, where a phrase names them."""
    to: frozenset[int] = NOBODY
    """Numbers of those that someone goes to."""


class SignReader:
    """Says of each sentence of a text which signs it gives; every list is tried on every text, since people mix languages."""

    def __init__(self, names: Sequence[BrandNames] = ()) -> None:
        self._finder = NameFinder(names)
        named = describe(names) if names else ""
        hashes = load_lists().hashes
        self.taggers = [
            Tagger(task=TASK, subject=sign, model=MODEL, description=_digest(hashes[sign], named * (sign in OF_BRANDS)))
            for sign in SIGNS
        ]
        """Who says so, for the store; brands' names change those of OF_BRANDS alone."""

    def read(self, text: str, spans: Sequence[tuple[int, int]], matched: Sequence[str] = ()) -> list[Found]:
        """Return the signs of a text, those of the whole first, each once for each sentence and brand.

        `spans` are (start, end) of its sentences, none for a text of one; `matched` are ids of the brands that it concerns.
        """
        words = as_words(text)
        if not load_lists().index.nominate(words):
            return []
        found: dict[tuple[int, str, str], bool] = {}
        stops = [match.start() for match in _STOP.finditer(text)]
        meant = functools.cache(lambda: self._meant(fold(text), matched))
        for number, (start, end) in enumerate(spans or _whole(text), WHOLE + 1 if spans else WHOLE):
            words = as_words(text[start:end]) if end - start < len(text) else words
            masked = functools.cache(functools.partial(self._masked, text[start:end], matched))
            asks = _asks(text, start, end, stops)
            for sign, heard in hear(words, functools.partial(_named, masked), asks=asks).items():
                for brand in self._brands(sign, heard, masked, meant, matched):
                    for span in {WHOLE, number}:
                        found[span, sign, brand] = heard.stands or found.get((span, sign, brand), False)
        signs = [Found(sign, span, brand, stands) for (span, sign, brand), stands in found.items()]
        return sorted(signs, key=lambda one: (one.span, SIGNS.index(one.sign), one.brand))

    def tags(self, text: str, spans: Sequence[tuple[int, int]], matched: Sequence[str] = ()) -> list[Tag]:
        """Return the signs of a text as tags, as `read` finds them."""
        taggers = dict(zip(SIGNS, self.taggers, strict=True))
        return [
            Tag(
                tagger=taggers[one.sign],
                label=one.sign,
                score=STANDS if one.stands else None,
                span=one.span,
                brand=one.brand,
            )
            for one in self.read(text, spans, matched)
        ]

    def _brands(
        self, sign: str, heard: Heard, masked: Callable[[], str], meant: Callable[[], set[int]], matched: Sequence[str]
    ) -> Sequence[str]:
        """For which brands a sentence gives a sign: ("",) for whichever it speaks of, as `targets` say.

        Who goes to a brand leaves the others, and who prefers one does not recommend the others. `meant` gives the brands that
        the whole text names.
        """
        if sign not in OF_BRANDS:
            return ("",)
        brands = matched or [self._finder.brands[number] for number in sorted(meant())]
        if heard.of and len(brands) > 1:
            return [brand for brand in brands if brand in {self._finder.brands[number] for number in heard.of}]
        against = _gone_to(masked()) if sign == "leaving" else _turned_down(masked())
        against |= heard.to - heard.of
        if not against:
            return ("",)
        shut = {self._finder.brands[number] for number in against}
        return [brand for brand in brands if brand not in shut]

    def _masked(self, sentence: str, matched: Sequence[str]) -> str:
        """A sentence, folded, with a private character for each brand that it names."""
        folded = fold(sentence)
        return self._finder.mask(folded, self._meant(folded, matched))

    def _meant(self, folded: str, matched: Sequence[str]) -> set[int]:
        """The brands that a folded text names, beyond doubt or because it was matched to them."""
        finder = self._finder
        return {
            number
            for number in finder.find(folded)
            if finder.brands[number] in matched or (finder.names[number].certain and not finder.excludes(number, folded))
        }


def find_signs(sentence: str, *, asks: bool = False) -> list[str]:
    """Return the signs of one sentence whatever it names, in the order of SIGNS; `asks`: it is a question."""
    words = as_words(sentence)
    return list(hear(words, lambda: words, asks=asks))


def hear(words: str, named: Callable[[], str], *, asks: bool) -> dict[str, Heard]:
    """Return what one sentence says of each sign that it gives, in the order of SIGNS.

    `words` are written by `as_words`, and so is what `named` gives, in which brands are masked; `asks`: it is a question.
    """
    lists = load_lists()
    found: dict[str, Heard] = {}
    for number in lists.index.nominate(words):
        said, so_far = lists.said[number], found.get(lists.said[number].sign)
        if (asks and said.kind != ASKED) or (so_far and _adds_nothing(said.kind, so_far)):
            continue
        if said.phrase.names and not said.phrase.may_stand_named(words):
            continue
        among = named() if said.phrase.names else words
        match = said.phrase.search(among)
        if match and not _taken_back(said, among, match):
            found[said.sign] = _add(so_far or Heard(), said.kind, masked_brands(match[0]))
    return {sign: found[sign] for sign in SIGNS if sign in found}


def _named(masked: Callable[[], str]) -> str:
    """A sentence in which brands are masked, as `as_words` writes it."""
    return as_words(masked())


def _adds_nothing(kind: str, heard: Heard) -> bool:
    return kind in (PLAIN, ASKED) or (kind == SURE and heard.stands)


def _add(heard: Heard, kind: str, brands: Sequence[int]) -> Heard:
    """What is known of a sign after one more phrase; `brands` are those in it, of which the last is the one gone to."""
    of = frozenset(brands[:1]) if kind == OF else NOBODY
    to = frozenset(brands[-1:]) if kind == TO else NOBODY
    return Heard(heard.stands or kind in (SURE, OF, TO), heard.of | of, heard.to | to)


@functools.cache
def load_lists() -> Lists:
    """Read signs.toml. Raises BadPhrase for a phrase that cannot be read."""
    tables = tomllib.loads(LISTS.read_text("utf-8"))
    said: list[Said] = []
    unless: dict[str, list[Phrase]] = {sign: [] for sign in SIGNS}
    for language, table in tables.items():
        lists = {name: words for name, words in table.items() if isinstance(words, str)}
        for sign in SIGNS:
            own = table.get(sign, {})
            context = Context(lists, _words(lists.get("deny", "")))
            said += _read_list(sign, language, own, context)
            unless[sign] += [Phrase(one, context) for one in split_list(own.get("unless", ""))]
    shared = {language: [one for one in table.items() if isinstance(one[1], str)] for language, table in tables.items()}
    hashes = {sign: _digest(MODEL, shared, {lang: table.get(sign) for lang, table in tables.items()}) for sign in SIGNS}
    shut = {sign: PhraseIndex(phrases) for sign, phrases in unless.items()}
    return Lists(tuple(said), PhraseIndex([one.phrase for one in said]), shut, hashes)


def _read_list(sign: str, language: str, table: dict[str, str], context: Context) -> Iterator[Said]:
    """The phrases of one sign in one language."""
    own = _words(table.get("deny", ""))
    apart = Context(context.lists, context.denials | own)
    after = _words(f"{context.lists.get('deny_behind', '')} {table.get('deny_behind', '')}")
    for name in KINDS:
        for written in split_list(table.get(name, "")):
            phrase = Phrase(written, apart if name in (OF, TO) else context)
            before, behind = (own, NONE) if sign in UNDENIED else (own | context.denials, after)
            yield Said(sign, language, phrase, name, own, before, behind)


def _taken_back(said: Said, words: str, match: re.Match[str]) -> bool:
    """Whether a denial or a phrase of `unless` takes a phrase back that was found."""
    before, behind = (said.own, NONE) if said.phrase.holds_denial(match) else (said.before, said.behind)
    return is_denied(words, match, before, behind) or _voided(said.sign, words)


def _voided(sign: str, words: str) -> bool:
    index = load_lists().unless[sign]
    return any(index.phrases[number].search(words) for number in index.nominate(words))


def _words(listed: str) -> frozenset[str]:
    return frozenset(spread(listed).split())


def _whole(text: str) -> list[tuple[int, int]]:
    """The text as one sentence, without what it quotes before or behind it."""
    own = split_own(text)
    return [(own[0][0], own[-1][1])] if own else []


def _asks(text: str, start: int, end: int, stops: Sequence[int]) -> bool:
    """Whether a sentence, or the one that a clause was cut from, ends in a question mark; `stops` are the text's, in order."""
    last = _LAST.search(text[start:end])
    behind = set(last[0] if last else "")
    if behind & _QUESTION:
        return True
    following = bisect_left(stops, end)
    return not behind & _OTHER_STOPS and following < len(stops) and text[stops[following]] in _QUESTION


def _gone_to(masked: str) -> set[int]:
    """The brands that a sentence says someone goes to."""
    return {masked_brands(match[0])[-1] for pattern in _moves() for match in pattern.finditer(masked)}


def _turned_down(masked: str) -> set[int]:
    """The brands that lose a comparison."""
    found = find_comparisons(masked)
    lost = {one.object for one in found if one.role in ("loser", "flipped")}
    return lost | {one.rival for one in found if one.role == "winner" and one.rival is not None}


@functools.cache
def _moves() -> tuple[re.Pattern[str], ...]:
    return cues.compile_cues(cues.SWITCHED), cues.compile_cues(cues.GONE_TO)


def _digest(*said: object) -> str:
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=8).hexdigest()
