"""The records that travel between the rooms of the house. All are frozen; times are UTC ISO 8601 (`2026-09-12T17:22:00Z`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Literal

Kind = Literal["post", "comment", "review", "survey", "call", "visit", "suggestion"]
Voice = Literal["customer", "company", "press", "bot"]
Precision = Literal["second", "day", "unknown"]
Measure = Literal["stars", "nps", "csat", "thumbs"]
Task = Literal["language", "sentiment", "complaint", "topic", "attribute", "target", "sign"]
Bearing = Literal["other", "flipped"]

KINDS: tuple[str, ...] = ("post", "comment", "review", "survey", "call", "visit", "suggestion")
PRIVATE: tuple[str, ...] = ("survey", "call", "visit", "suggestion")
"""Kinds that nobody said in public."""
IMPORTED = "import"
"""The source of what a user imported."""
EXPORTED: tuple[str, ...] = (IMPORTED, "appstore", "google_business", "googleplay", "trustpilot")
"""Sources that imported files come under; the last four may be crawled instead."""
VOICES: tuple[str, ...] = ("customer", "company", "press", "bot")
PRECISIONS: tuple[str, ...] = ("second", "day", "unknown")
MEASURES: tuple[str, ...] = ("stars", "nps", "csat", "thumbs")

WHOLE = 0
"""The span number that stands for the whole mention; sentences are numbered from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One post, comment, review or survey answer, as a spider hands it over."""

    source: str
    """The kind of place: the spider's name, or `import`."""
    site: str
    """The host, community, forum, app or feed that the source watches."""
    external_id: str
    """The platform's own id, unique within source and site."""
    url: str | None = None
    kind: Kind = "post"
    voice: Voice = "customer"
    title: str | None = None
    text: str | None = None
    """Plain text, never HTML."""
    language: str | None = None
    """BCP 47, only where the source states it."""
    subject: str | None = None
    """What is reviewed: product, branch or app version."""
    place: str | None = None
    rating: float | None = None
    rating_worst: float | None = None
    rating_best: float | None = None
    rating_measure: Measure | None = None
    author_id: str | None = None
    """The platform's stable author id, else the name. Never stored: only its keyed hash is. None if deleted or anonymous."""
    author_name: str | None = None
    """Kept only if the configuration says so."""
    engagement: int | None = None
    """Points, likes, shares or votes: the measure of reach that the source gives."""
    thread: str | None = None
    """External id of the post that opened the thread."""
    parent: str | None = None
    """External id of what this answers."""
    published: str | None = None
    published_precision: Precision = "unknown"
    removed: bool = False
    """Deleted or removed at the source: only a tombstone is kept."""
    context: str | None = None
    """Text of the thread above it that a brand's query may match too. Never stored."""

    def __getstate__(self) -> tuple[object, ...]:
        # Busy crawls hand mentions to a second process: dataclasses' own way of packing them takes three times as long.
        return VALUES_OF_MENTION(self)

    def __setstate__(self, values: tuple[object, ...]) -> None:
        for set_value, value in zip(SETTERS_OF_MENTION, values, strict=True):
            set_value(self, value)


VALUES_OF_MENTION: Callable[[Mention], tuple[object, ...]] = attrgetter(*(field.name for field in fields(Mention)))
SETTERS_OF_MENTION = [vars(Mention)[field.name].__set__ for field in fields(Mention)]
"""Those of its slots, past the lock of a frozen record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedMention:
    """A mention with what the pipeline found out about it, ready to be saved."""

    mention: Mention
    brands: tuple[tuple[str, str], ...] = ()
    """(brand id, the words that matched), one per brand."""
    copy_bands: tuple[int, ...] = ()
    """MinHash bands of a text of 25 words or more; mentions that share one may be copies of each other."""
    voice_rule: str | None = None
    """The rule of the configuration by which its voice is not the one that its source gave, in words."""
    voice_told: Voice | None = None
    """The voice that its source gave, where a rule overrides it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a source stopped on a site. Saved together with the mentions yielded before it."""

    source: str
    site: str
    name: str
    """Which of the site's listings: a query, a feed, a page."""
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Publication time that a crawl has really covered: the half-open window from `since` to `until`."""

    source: str
    site: str
    brand: str = ""
    """Brand id, or empty when the whole site was read whatever the brand."""
    query: str = ""
    since: str
    until: str
    complete: bool
    """False when the run was capped or failed within the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """What one run of one source did."""

    status: Literal["finished", "failed", "interrupted"]
    finished: str
    requests: int = 0
    items: int = 0
    new: int = 0
    updated: int = 0
    dropped: tuple[tuple[str, int], ...] = ()
    """(reason, count), most frequent first."""
    errors: int = 0
    bytes: int = 0
    duration: float = 0.0
    """Seconds."""
    error: str | None = None
    """The first error in words, with its cure where we know one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagger:
    """Who gives one kind of label. Rewording a topic makes another tagger, so only that topic is due again."""

    task: Task
    subject: str = ""
    """Topic or attribute id, or the sign; empty for the other tasks."""
    model: str
    """Model name and version, or `gold`."""
    description: str = ""
    threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One label that a tagger gave to a mention or to one of its sentences."""

    tagger: Tagger
    label: str
    """The language, the sentiment, `complaint`, the topic or attribute id, or the sign."""
    polarity: str | None = None
    """`confirms` or `contests`, for attributes."""
    score: float | None = None
    """Probability-like, 0 to 1; None where the tagger gives none."""
    span: int = WHOLE
    brand: str = ""
    """Brand id where the label is about one brand only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandNames:
    """By what a text names one brand, read off the brand's configuration."""

    brand: str
    """Brand id."""
    forms: tuple[str, ...]
    """Words and phrases, in any script, with `*` for any letters; accounts begin with `@`."""
    unless: tuple[str, ...] = ()
    """Words that the brand's query shuts out: beside one of them the name may mean something else."""
    certain: bool = True
    """Whether a name alone is the brand; false where the query asks for more, so that only what it matched is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a sentence says is not, or not as it stands, said of a brand that its mention concerns."""

    brand: str
    """Brand id."""
    bearing: Bearing
    """`other`: it speaks of another brand only; `flipped`: the brand is the other side of a comparison."""
    span: int = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedMention:
    """Everything that the current taggers said of one mention."""

    mention: int
    """Row id in the store."""
    text_hash: str
    """Hash of the title and text that were read: a mention edited meanwhile stays due."""
    language: str | None = None
    spans: tuple[tuple[int, int], ...] = ()
    """(start, end) character offsets into the text that was read, of sentence 1, 2, …"""
    tags: tuple[Tag, ...] = ()
    targets: tuple[Target, ...] | None = None
    """Sentences that do not count as they stand, by brand; None leaves what is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One value of an imported business series."""

    name: str
    date: str
    """Local day, YYYY-MM-DD."""
    value: float
