"""What the question of hot buttons is answered with."""

from __future__ import annotations

from dataclasses import dataclass

from trends.answers import Change, Count, Coverage, Direction, Quote, Share, Verdict, Week
from trends.windows import Window


@dataclass(frozen=True, kw_only=True)
class Busy:
    """An hour of day, or day of week, in which a topic's complaints come more often than the brand's mentions do."""

    slot: int
    """Local hour, 0 to 23, or weekday, 0 for Monday."""
    people: int
    """Who complained then; anonymous complaints one each."""
    expected: float
    """As many as there would be if complaints came when all mentions come."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A word or phrase that sets a topic's complaints apart from the brand's other complaints."""

    word: str
    people: int
    others: int
    """People who use it in other complaints only."""
    z: float
    """Log-odds with an informative Dirichlet prior over its standard deviation (Monroe et al. 2008)."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The complaints of one source, product or place."""

    name: str
    complaints: int
    people: int
    anonymous: int
    days: int
    share: Share
    """Of the brand's mentions there."""
    change: Change
    verdict: Verdict
    rule: str


@dataclass(frozen=True, kw_only=True)
class Outbreak:
    """What the test of the last completed day says: is the count of the week that ends then unusual?"""

    direction: Direction
    """`rising` or `falling` at a false discovery rate of 5% over all brands and topics; `unknown` without enough baseline."""
    day: str
    """The last day tested, YYYY-MM-DD."""
    observed: int
    """People who complained in the seven days up to it, each day for itself, on the sites that were watched for long enough."""
    expected: float
    lower: float
    upper: float
    """What the baseline leaves to chance."""
    chance: float
    """Two-sided p of the test."""
    series: int
    """How many series of a brand and topic were tested that day: of many, some go beyond their limits by chance."""
    onset: str | None
    """The day on which the present rise or fall began, where there is one."""
    baseline_days: int


@dataclass(frozen=True, kw_only=True)
class HotButton:
    """One topic that draws complaints about a brand in a window. Copies count once, and so does a person."""

    topic: str
    """Topic id."""
    name: str
    complaints: int
    """Mentions that complain of it."""
    people: int
    """Distinct known authors."""
    anonymous: int
    """Complaints without an author: shown, but never taken for one person nor for many."""
    copies: int
    """Further copies of these complaints that were not counted."""
    undated: int
    """Complaints whose time is not known: beside the window, or within it for all time."""
    sources: tuple[Count, ...]
    sites: tuple[Count, ...]
    """`source/site`, most complaints first."""
    days: int
    """Distinct local days."""
    share: Share
    """Of the brand's customer mentions in the window that are in a supported language, copies once."""
    change: Change
    never_before: bool
    """Whether nobody was heard to complain of it before this window, though the brand was spoken of."""
    verdict: Verdict
    rule: str
    """The verdict's rule in words and numbers."""
    hours: tuple[int, ...]
    """Complaints per local hour, 24 of them; only those known to the second."""
    weekdays: tuple[int, ...]
    """Complaints per local weekday, Monday first, 7 of them; of all dated ones."""
    timed: int
    """How many complaints are in `hours`."""
    all_hours: tuple[int, ...]
    """The brand's mentions of the window per local hour, beside which `hours` must be read."""
    all_weekdays: tuple[int, ...]
    busy_hours: tuple[Busy, ...]
    """Hours in which these complaints stand out of the mentions, at a false discovery rate of 5%."""
    busy_weekdays: tuple[Busy, ...]
    words: tuple[Telling, ...]
    """Highest z first."""
    by_source: tuple[Part, ...]
    """The same figures for each source, most complaints first."""
    by_subject: tuple[Part, ...]
    """For the products, branches or app versions named most."""
    by_place: tuple[Part, ...]
    outbreak: Outbreak | None
    """None where no day was tested yet."""
    languages: tuple[Count, ...]
    subjects: tuple[Count, ...]
    """Products, branches or app versions, where known."""
    places: tuple[Count, ...]
    weeks: tuple[Week, ...]
    """The last 8 weeks, oldest first."""
    quotes: tuple[Quote, ...]
    """Up to three, from different people."""
    loudest: Quote | None
    """The complaint with the greatest reach, where a source gives one."""
    action: str
    """What the taxonomy proposes; empty when it says nothing."""


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """A topic that drew complaints in the window before and none in this one."""

    topic: str
    name: str
    before: int
    direction: Direction
    """`falling` only when a test says so, as of the changes of all topics."""


@dataclass(frozen=True, kw_only=True)
class HotButtons:
    """Which complaint topics recur for a brand."""

    brand: str
    """Brand id."""
    brand_name: str
    window: Window
    n: int
    """The brand's customer mentions in the window, copies once."""
    complaints: int
    """How many of them complain, of whatever."""
    other: int
    """Complaints that fit no topic."""
    buttons: tuple[HotButton, ...]
    """By verdict, then people, then complaints."""
    quiet: tuple[Quiet, ...]
    undated: int
    """The brand's undated mentions, which no window holds."""
    untagged: int
    """Mentions of the window that no tagger has read yet: run `repute tag`."""
    coverage: Coverage
    notes: tuple[str, ...]
    """What a reader must know beside the figures, in whole sentences."""
    unsupported: tuple[Count, ...] = ()
    """Mentions of the window in languages that the classifier does not read well enough: in n, in no share; by language."""
