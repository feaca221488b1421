"""Phrases over folded words, as the lists of signs are written: found in any text by a look-up of words first.

A phrase is written as people write, in words with spaces between. `wor*` is any word that begins so; `(one|two words)` is one
of them; `~3` is up to three words of any kind but a denial; `<name>` is any of a list of the language; `^` and `$` are the
sentence's two ends, `,` a pause, `@` a configured brand's name with any ending, alone or in a group; a `?` behind one of these
makes it optional. Words are folded like the texts (sentiment/names.py), hyphens part words, and apostrophes only where they
elide (l'abonnement, d'avocat).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from sentiment.names import LETTER, MASK, fold

NAME = "@"
"""A brand, where names are masked as `NameFinder.mask` does."""
LONGEST = 8
"""Words and pauses of a name at most: `booking.com` has three."""
STEM = 4
"""Letters that a word with `*` begins with at least, to be looked up by."""
_OFTEN = """
the have need will got get all just its going please thank thanks had was were been this that with from your they when what
not for and you our are has can out now take more make want again
"""
FREQUENT = frozenset(_OFTEN.split())
"""Words that most texts have, so that a phrase is looked up by another where it has one."""
BEFORE, BEHIND = 4, 2
"""Words before and behind a phrase among which a denial takes it back; none is looked for beyond a pause."""
PAUSE = ',;:.!?()"\u060c\u061b\u061f\u0964\u0965\u06d4\u2013\u2014\u2026\n'
_TOKEN = re.compile(rf"{LETTER}+|{MASK}{LETTER}*|[{PAUSE}]+|(?<=\s)-+(?=\s)")
_ASCII_TOKEN = re.compile(r'[a-z0-9_]+|[,;:.!?()"\n]+|(?<=\s)-+(?=\s)')
_ELIDED = re.compile(r"\b(l|d|j|m|n|s|t|c|qu|un|dell|all|nell|sull|dall|jusqu|lorsqu|puisqu|quest|nient)'(?=\w)")
_PAUSED = re.compile(rf" [{PAUSE}-]+ ")
_MARKED = {"^": "(?<=^ )", "$": f"(?:[{PAUSE}-]+ )*$", ",": f"[{PAUSE}-]+ ", NAME: f"{MASK}[^ ]* "}
_MARKS = frozenset(_MARKED)
_ELEMENT = re.compile(r"\([^()]*\)\??|<\w+>\??|~\d+|[^\s()<>~]+")


class BadPhrase(ValueError):
    """A phrase that cannot be read; the message names it and says why."""


@dataclass(frozen=True)
class Context:
    """What a phrase of one list needs to know of its language."""

    lists: Mapping[str, str]
    """`<name>` -> words and word groups, with `|` between."""
    denials: frozenset[str]
    """Words that take back what stands near them: no gap runs over one."""


class Phrase:
    """One phrase, compiled when it is first asked for: a list has a thousand, a store needs few."""

    def __init__(self, written: str, context: Context) -> None:
        """Raises BadPhrase."""
        self.written = written
        self._context = context
        self._elements = [_expand(element, context) for element in _ELEMENT.findall(spread(written))]
        self.needs = self._find_needs()
        """How each element that must be there is looked up: words, or beginnings of STEM letters and `*`; the rarest first."""
        self._further = self.needs[1:]
        self.names = any(NAME in element for element in self._elements)
        """Whether it holds a brand, and so is looked for among words in which names are masked."""
        self._wholes = [
            [frozenset(word for word in option.split() if "*" not in word) for option in options]
            for element in self._elements
            if not element.endswith("?") and (options := _options(element)) and any(" " in option for option in options)
        ]

    def search(self, words: str) -> re.Match[str] | None:
        """Find it in words written by `as_words`."""
        return self._pattern.search(words)

    def may_stand_named(self, words: str) -> bool:
        """Whether it could be found once names are masked: finding names costs more than all phrases together."""
        return bool(self._loose.search(words))

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("(?<= )" + "".join(_compile(element, self._context.denials) for element in self._elements))

    @functools.cached_property
    def _loose(self) -> re.Pattern[str]:
        """Its pattern with any few words, and what parts them, for a name."""
        return re.compile(self._pattern.pattern.replace(_MARKED[NAME], f"(?:[^ ]+ ){{1,{LONGEST}}}"))

    def holds_denial(self, match: re.Match[str]) -> bool:
        """Whether what was found holds a denial itself, so that no other takes it back ("never again")."""
        return not self._context.denials.isdisjoint(match[0].split())

    def may_stand_in(self, words: Set[str]) -> bool:
        """Whether words and their beginnings, as PhraseIndex has them, hold what the phrase needs besides the first."""
        for needed in self._further:
            if needed.isdisjoint(words):
                return False
        return not self._wholes or all(any(option <= words for option in options) for options in self._wholes)

    def _find_needs(self) -> tuple[frozenset[str], ...]:
        """The first, by which the phrase is found, has the rarest words."""
        needed = [options for element in self._elements if not element.endswith("?") and (options := _options(element))]
        keys = [keys for options in needed if (keys := [_key(option) for option in options]) and all(keys)]
        if not keys:
            raise BadPhrase(f"{self.written!r} has no word to be looked up by: spell one out, or {STEM} letters of it")
        return tuple(map(frozenset, sorted(keys, key=_commonness)))


class PhraseIndex:
    """Phrases looked up by the words that they must have."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = tuple(phrases)
        self._words: dict[str, list[int]] = {}
        self._stems: dict[str, list[int]] = {}
        for number, phrase in enumerate(phrases):
            for key in phrase.needs[0]:
                table = self._stems if key.endswith("*") else self._words
                table.setdefault(key.removesuffix("*"), []).append(number)

    def nominate(self, words: str) -> list[int]:
        """Return the numbers of the phrases that words written by `as_words` may hold, in order."""
        every = set(words.split())
        beginnings = {word[:STEM] for word in every}
        found = [n for key in self._words.keys() & every for n in self._words[key]]
        found += [n for key in self._stems.keys() & beginnings for n in self._stems[key]]
        if not found:
            return []
        every |= {f"{beginning}*" for beginning in beginnings}
        return sorted(n for n in set(found) if self.phrases[n].may_stand_in(every))


def as_words(text: str) -> str:
    """Return a text's folded words and pauses with one space before and behind each, as phrases are looked for."""
    folded = spread(text)
    return f" {' '.join((_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded))} "


def spread(text: str) -> str:
    """Fold a text, part elided words and drop other apostrophes: `don't` and `dont` are one word."""
    folded = fold(text)
    return _ELIDED.sub(r"\1 ", folded).replace("'", "") if "'" in folded else folded


def is_denied(words: str, match: re.Match[str], before: frozenset[str], behind: frozenset[str]) -> bool:
    """Whether one of the words `before` stands up to BEFORE words before a match, or one of `behind` up to BEHIND after."""
    ahead = _PAUSED.split(words[: match.start()])[-1].split()[-BEFORE:]
    after = _PAUSED.split(f" {words[match.end() :]}")[0].split()[:BEHIND]
    return not before.isdisjoint(ahead) or not behind.isdisjoint(after)


def split_list(listed: str) -> Iterable[str]:
    """Yield the phrases of a list, which are parted by `;` or line ends."""
    return (phrase for line in re.split(r"[;\n]", listed) if (phrase := " ".join(line.split())))


def _expand(element: str, context: Context) -> str:
    """An element with `<name>` replaced by its words."""
    if not element.startswith("<"):
        return element
    name, optional = element.strip("<>?"), "?" if element.endswith("?") else ""
    if name not in context.lists:
        raise BadPhrase(f"<{name}> is no list of its language; there are {', '.join(context.lists) or 'none'}")
    return f"({spread(context.lists[name])}){optional}"


def _options(element: str) -> list[str]:
    """The words that an element may be; none for a gap, or where it may be an end or a pause."""
    options = [" ".join(option.split()) for option in element.removesuffix("?").strip("()").split("|")]
    return [] if element.startswith("~") or not _MARKS.isdisjoint(options) else options


def _key(option: str) -> str:
    """What an option is looked up by: its longest word, or a beginning and `*`; empty for none that tells enough."""
    keys = [f"{stem[:STEM]}*" if star else stem for word in option.split() for stem, star, _ in [word.partition("*")]]
    return max((key for key in keys if not key.endswith("*") or len(key) > STEM), key=len, default="")


def _commonness(keys: Sequence[str]) -> float:
    """How often one of these words stands in a text, roughly: long words are rarer."""
    return sum(60 if key in FREQUENT else 100 / len(key) ** 2 if len(key) > 2 else 100 for key in keys)


def _compile(element: str, denials: frozenset[str]) -> str:
    if element.startswith("~"):
        denied = f"(?!(?:{'|'.join(map(re.escape, sorted(denials)))}) )" if denials else ""
        return f"(?:{denied}[^ {PAUSE}]+ ){{0,{int(element[1:])}}}"
    tail = "?" if element.endswith("?") else ""
    options = (" ".join(option.split()) for option in element.removesuffix("?").strip("()").split("|"))
    return f"(?:{'|'.join(map(_compile_option, options))}){tail}"


def _compile_option(option: str) -> str:
    return _MARKED.get(option) or re.escape(option).replace(r"\ ", " ").replace(r"\*", "[^ ]*") + " "
