"""The answers of `repute topics`: emerging topics with what they stand on, and the topics that there are."""

from __future__ import annotations

from dataclasses import dataclass

from trends.answers import Change, Count, Quote
from trends.windows import Window


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A group of alike complaints that no topic takes, ready to become one."""

    id: str
    """Fit for config.toml, and no topic's there."""
    name: str
    """Of its own words: those that its people use more than the other mentions do."""
    description: str
    """One line for config.toml: of its words and most central sentences, what the classifier takes its complaints by best."""
    words: tuple[str, ...]
    """Its telling words and phrases, most telling first."""
    complaints: int
    """Mentions, copies once; `weak` ones among them."""
    weak: int
    """Of those, complaints that a topic takes, but only just."""
    people: int
    """Distinct known authors."""
    anonymous: int
    """Complaints without an author."""
    sources: tuple[Count, ...]
    sites: tuple[Count, ...]
    """`source/site`, most complaints first."""
    languages: tuple[Count, ...]
    first_seen: str | None
    """Local day, YYYY-MM-DD, within the window; None when all are undated."""
    last_seen: str | None
    growth: Change
    """The later half of the window against the earlier one."""
    cohesion: float
    """Mean cosine of the pairs of its sentences, once what all complaints share is taken off: 1 when all say the same."""
    taken: int
    """How many of its complaints the classifier gives this topic, once it is pasted with this description."""
    beside: int
    """How many of the brand's other complaints it gives it too."""
    part_of: str | None
    """Topic id that this may be part of: widen that topic's description rather than adding one."""
    part_of_name: str | None
    quotes: tuple[Quote, ...]
    """Up to three, of different people, nearest the centre."""


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    """Which topics emerge among a brand's complaints that no topic takes."""

    brand: str
    brand_name: str
    window: Window
    complaints: int
    """The brand's complaints in the window, copies once."""
    unsorted: int
    """Of those, complaints that no topic takes."""
    weak: int
    """Complaints that a topic takes, but only just; they are looked at too."""
    suggestions: tuple[Suggestion, ...]
    """Most people first, then those that grow most."""
    grouped: int
    """Unsorted complaints that are in a suggestion."""
    left_out: tuple[Count, ...]
    """Why the other unsorted complaints are in none: the reason in words, and how many."""
    sentences: int
    """Sentences of these complaints that were looked at: those that are not positive and have a word that says something."""
    sampled: int
    """Sentences that were compared two by two; the others joined the groups of these."""
    notes: tuple[str, ...]
    """What a reader must know beside the figures, in whole sentences."""


@dataclass(frozen=True, kw_only=True)
class ListedTopic:
    """A topic with what it draws in a window."""

    id: str
    name: str
    description: str
    complaints: int
    """Mentions, copies once."""
    people: int
    anonymous: int
    due: int
    """Mentions of the whole store that were not read for it as it is worded now: run `repute tag`."""
    configured: bool
    """False for one that config.toml no longer has, and whose tags stand until `repute tag` runs."""


@dataclass(frozen=True, kw_only=True)
class TopicList:
    """The topics of the configuration."""

    brand: str
    brand_name: str
    window: Window
    complaints: int
    unsorted: int
    topics: tuple[ListedTopic, ...]
    """In the order of the configuration."""
    notes: tuple[str, ...]
    unsupported: tuple[Count, ...] = ()
    """Mentions of the window in languages that the classifier does not read well enough: no topic takes them."""
