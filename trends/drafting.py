"""The draft of a topic for a group of complaints: id, name, and the description that takes them best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from config import Brand
from trends.naming import Terms, brand_words, find_terms, make_id, make_name, telling_terms, written
from trends.people import Row, by_person
from trends.quotes import cut
from trends.sentences import Reader, Sentences, words_of

OWN, REST = 100, 300
"""Complaints of the group, and of the others, that a description is tried on."""
LONGEST = 120
"""Characters of a sentence in a description: one line, with its words before it."""
SHORTEST = 12
WORDS, ENOUGH = 6, 3
"""Words in a description, and how many it needs to stand without a sentence."""
STRAYS = 2
"""Times as many other complaints as its own that the best description may take, before the group counts as vague."""
NAMES = re.compile(r"https?://\S+|www\.\S+|(?<!\w)[@#]\w+")
"""Links and accounts: they are nobody's trouble, and a description goes into a file that others read."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What would be pasted into config.toml."""

    id: str
    name: str
    description: str
    words: tuple[str, ...]
    taken: int
    """Complaints of the group that the classifier would give it."""
    beside: int
    """Other complaints, of REST at most, that it would give it too."""


@dataclass(kw_only=True)
class Draftsman:
    """Drafts one topic after the other, so that no two have the same id."""

    brands: Sequence[Brand]
    told: Sentences
    reader: Reader
    others: Sequence[Row]
    """Mentions of the brand with their words, copies once."""
    ids: set[str]
    """Ids that are in use."""
    terms: dict[int, Terms] = field(default_factory=dict)

    def draft(self, sentences: Sequence[int], rows: Sequence[Row]) -> Draft | None:
        """Draft a topic for the group of `sentences`, nearest the centre first, which stand in the complaints `rows`.

        None for a group without a word of its own, or that no description tells from the others: it is anger, or thanks.
        """
        words = self.find_words(sentences, rows)
        if not words:
            return None
        central = self.central(sentences, rows)
        name = cut(make_name(words, rows[0]["language"]), 40)
        description, taken, beside = self.best(candidates(name, words, central), rows)
        if beside > STRAYS * taken:
            return None
        made = make_id(words, name, self.ids)
        self.ids.add(made)
        return Draft(id=made, name=name, description=description, words=tuple(words), taken=taken, beside=beside)

    def find_words(self, sentences: Sequence[int], rows: Sequence[Row]) -> list[str]:
        """The telling words of the group's sentences against all words of the brand's other mentions."""
        ignored = brand_words(self.brands)
        within: dict[int, list[Terms]] = {}
        for sentence in sentences:
            within.setdefault(self.told.owners[sentence], []).append(find_terms(self.told.sentence(sentence), ignored))
        for row in self.others:
            if row["mention"] not in self.terms:
                self.terms[row["mention"]] = find_terms(words_of(row), ignored)
        own = [[terms for row in mine for terms in within[row["mention"]]] for mine in by_person(rows)]
        others = by_person(row for row in self.others if row["mention"] not in within)
        rest = [[self.terms[row["mention"]] for row in mine] for mine in others]
        return written(telling_terms(own, rest), own)

    def central(self, sentences: Sequence[int], rows: Sequence[Row]) -> list[str]:
        """The two sentences nearest the centre that are of different people, fit to stand in a line."""
        authors = {row["mention"]: row["author"] or row["mention"] for row in rows}
        chosen: dict[object, str] = {}
        for number in sentences:
            said = cut(" ".join(NAMES.sub(" ", self.told.sentence(number)).split()), LONGEST)
            if len(said) >= SHORTEST:
                chosen.setdefault(authors[self.told.owners[number]], said)
            if len(chosen) == 2:
                break
        return list(chosen.values()) or [self.told.sentence(sentences[0])]

    def best(self, descriptions: Sequence[str], rows: Sequence[Row]) -> tuple[str, int, int]:
        """The description whose complaints are most nearly the group's (F1), with how many of them and of others it takes."""
        members = {row["mention"] for row in rows}
        own = [self.told.stacks[row["mention"]] for row in rows]
        rest = [stack for mention, stack in self.told.stacks.items() if mention not in members]
        rest = rest[:: max(1, -(-len(rest) // REST))]
        scored: list[tuple[float, int, int]] = []
        for description in descriptions:
            hits, strays = (sum(self.reader.takes(description, some)) for some in (own[:OWN], rest))
            scored.append((-2 * hits / (hits + strays + len(own[:OWN])), len(scored), strays))
        _, place, strays = min(scored)
        return descriptions[place], sum(self.reader.takes(descriptions[place], own)), strays


def candidates(name: str, words: Sequence[str], central: Sequence[str]) -> list[str]:
    """Descriptions to choose from, the most telling first: words with sentences, sentences alone, words alone."""
    first, both = central[0], " ".join(central)
    listed = ", ".join(words[:WORDS])
    made = [f"{listed}: {first}", f"{name}: {first}", f"{name}: {both}", both, first]
    made += [listed] if len(words) >= ENOUGH else []
    return list(dict.fromkeys(text[:1].upper() + text[1:] for text in made))
