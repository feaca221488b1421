"""What the questions are answered with: frozen records that every table, page and email is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trends.windows import Window

if TYPE_CHECKING:
    from trends.prevalence import Corrected
    from trends.timeline_answers import Shift

Verdict = Literal["isolated", "recurring", "systemic", "unclear"]
"""`unclear`: too few known people, but so many anonymous mentions that they may be one person or many."""
Direction = Literal["rising", "falling", "steady", "unknown"]
Status = Literal["confirmed", "contested", "mixed", "unclear", "absent", "not watched"]
"""`unclear`: somebody speaks of it, but too few to say."""
HARDLY = 0.5
"""A part of a window or week under which nothing found is no nought: what there was may well have come in the other part."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of a whole with its 95% interval."""

    part: int
    whole: int
    value: float | None
    """part / whole; None when too few to say."""
    low: float | None
    high: float | None
    """Wilson's interval, at the effective number of answers where people posted more than once."""

    @property
    def too_few(self) -> bool:
        """Whether n, or the people behind it, are under the floor of `thresholds.too_few`: say "too few to say"."""
        return self.value is None


@dataclass(frozen=True, kw_only=True)
class Net:
    """Net sentiment (P − N) / (P + N + neutral), from −1 to 1, with its 95% interval."""

    positive: int
    neutral: int
    negative: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def n(self) -> int:
        """Mentions with a sentiment."""
        return self.positive + self.neutral + self.negative

    @property
    def too_few(self) -> bool:
        """Whether n, or the people behind it, are under the floor."""
        return self.value is None


@dataclass(frozen=True, kw_only=True)
class Count:
    """A named count: of a source, a site, a language."""

    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A passage of a mention, fit to be shown, with where it stands."""

    mention: int
    """Row id in the store."""
    text: str
    """The sentence that is meant, else the mention cut at a word; an ellipsis marks a cut."""
    source: str
    site: str
    url: str | None
    """As crawled: link it only if it is http or https."""
    language: str | None
    published: str | None
    """UTC ISO 8601."""
    precision: str
    """`second`, `day` or `unknown`: how well `published` is known."""
    day: str | None
    """The local day in words, like `28 Sep 2026`; None when undated."""
    engagement: int | None
    """Points, likes, shares or votes: its reach, as the source gives it."""
    topic: str | None = None
    subject: str | None = None
    """Product, branch or app version, where known."""


@dataclass(frozen=True, kw_only=True)
class Week:
    """One Monday-to-Sunday week of a series."""

    first_day: str
    """Its Monday, YYYY-MM-DD."""
    label: str
    """Like `28 Sep – 4 Oct 2026`."""
    count: int | None
    """None when nothing was watched: draw a gap, not a zero."""
    watched: float | None
    """Part of the week that was watched, 0 to 1, each site by what it brings a day; None when coverage is not known."""


@dataclass(frozen=True, kw_only=True)
class SentimentWeek:
    """One week of sentiments; the three counts are None when nothing was watched."""

    first_day: str
    label: str
    positive: int | None
    neutral: int | None
    negative: int | None
    watched: float | None


LAPSED = "nothing imported since"
"""How a reason begins that says that newer data are missing."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Time within the window that a site was not watched."""

    source: str
    site: str
    since: str
    """UTC ISO 8601."""
    until: str
    label: str
    """In words, like `24–30 Aug 2026`."""
    listing: str = ""
    """The query or page that was not watched, where the site's others were."""
    reason: str = ""
    """Of an imported site, like `not imported before 18 May 2026` or `nothing imported since 4 Oct 2026: import newer data`;
    else empty."""

    @property
    def lapsed(self) -> bool:
        """Whether newer data are missing that a person may import."""
        return self.reason.startswith(LAPSED)


@dataclass(frozen=True, kw_only=True)
class SiteCoverage:
    """How much of the window one site was watched."""

    source: str
    site: str
    watched_days: float
    days: float
    """Days of the window up to now."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What was really watched in a window."""

    known: bool
    """False when no crawl has recorded what it watched and nothing was imported, and of all time, which has no beginning."""
    sites: tuple[SiteCoverage, ...]
    gaps: tuple[Gap, ...]
    """Of half a day or more, in order of source, site and time."""
    sentences: tuple[str, ...]
    """Like `hackernews was not watched 24–30 Aug 2026`; empty when all was watched."""

    @property
    def complete(self) -> bool:
        """Whether it is known that all of it was watched."""
        return self.known and not self.gaps

    @property
    def hardly(self) -> bool:
        """Whether less than half was watched, sites alike: that nothing was found in it then says nothing."""
        days = sum(site.days for site in self.sites)
        return self.known and days > 0 and sum(site.watched_days for site in self.sites) < HARDLY * days


@dataclass(frozen=True, kw_only=True)
class Change:
    """A count against the equally long window before, on the sites that were watched in both."""

    now: int
    before: int | None
    """None when the window before cannot be compared."""
    now_per_day: float | None
    before_per_day: float | None
    """Per watched day; None when coverage or the window before is not known."""
    ratio: float | None
    """now_per_day / before_per_day (plain counts where coverage is not known); None when there is nothing to divide by."""
    direction: Direction
    """`rising` or `falling` only when a test of the people says so: see `trends.changes` and `trends.timeline_shifts`."""
    note: str
    """Why there is no comparison, or what was left out of it; else empty."""

    @property
    def percent(self) -> int | None:
        """The change in whole percent, like +40 or -25."""
        return None if self.ratio is None else round((self.ratio - 1) * 100)


@dataclass(frozen=True, kw_only=True)
class Voices:
    """How many say one thing."""

    mentions: int
    people: int
    anonymous: int


@dataclass(frozen=True, kw_only=True)
class AttributeFigures:
    """How customers see one brand by one attribute."""

    brand: str
    brand_name: str
    status: Status
    """`confirmed` or `contested` when the interval lies on one side of one half; `absent` when nobody speaks, `not watched`
    when nobody does in a window of which less than half was watched."""
    confirmed: Voices
    contested: Voices
    share: Share
    """Of those who speak of it, the part that confirms it (mentions, copies once)."""
    change: Change
    """Of the mentions that speak of it."""


@dataclass(frozen=True, kw_only=True)
class AttributeRow:
    """One word that the company wants to be known by, with competitors beside."""

    attribute: str
    """Attribute id."""
    name: str
    own: AttributeFigures
    weeks: tuple[Week, ...]
    """Mentions of the brand that speak of it in the last 8 weeks, oldest first."""
    competitors: tuple[AttributeFigures, ...]
    confirming: tuple[Quote, ...]
    contesting: tuple[Quote, ...]


@dataclass(frozen=True, kw_only=True)
class Unexpected:
    """A word that customers use more for this brand than for the others."""

    word: str
    mentions: int
    """Of this brand, with the word, copies and people once."""
    others: int
    """Of the other brands."""
    z: float
    """Log-odds with an informative Dirichlet prior over its standard deviation (Monroe et al. 2008)."""
    net: Net
    """Sentiment of the mentions with the word."""
    quote: Quote | None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Which of the words that a brand wants are confirmed, contested or absent, and which come unasked."""

    brand: str
    brand_name: str
    window: Window
    n: int
    rows: tuple[AttributeRow, ...]
    """In the order of the configuration."""
    unexpected: tuple[Unexpected, ...]
    """Highest z first; empty without competitors to compare with."""
    undated: int
    untagged: int
    coverage: Coverage
    notes: tuple[str, ...]
    unsupported: tuple[Count, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Replies:
    """How fast the company answers complaints."""

    complaints: int
    answered: int
    unanswered: int
    timed: int
    """Answered ones of which both times are known to the second."""
    median_minutes: float | None
    p90_minutes: float | None
    """Of the timed ones; None when there are too few to say. Unanswered ones are not averaged in."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One brand in one window. Copies count once."""

    brand: str
    brand_name: str
    mentions: int
    people: int
    anonymous: int
    net: Net
    negative: Share
    """Share of mentions with a sentiment that are negative."""
    voice: Share
    """Share of voice: this brand's mentions of those of all brands configured."""
    complaints: Share
    """Mentions that complain, of all in a supported language."""
    replies: Replies


@dataclass(frozen=True, kw_only=True)
class Overview:
    """How a brand stands, with the window before and competitors beside."""

    brand: str
    brand_name: str
    window: Window
    before_window: Window | None
    n: int
    figures: Figures
    corrected: Corrected | None
    """The brand's sentiment in the window corrected by sampled judgements; None while there are too few of them."""
    before: Figures | None
    """The window before, its replies at the age that this window has now; None for all time, and where nothing was found and
    less than half of it watched. When it was not watched throughout, a note says so."""
    competitors: tuple[Figures, ...]
    net_change: Shift | None
    """Net sentiment against the window before, tested as `repute trend` does; None where the two cannot be compared."""
    mentions_change: Change
    sources: tuple[Count, ...]
    sites: tuple[Count, ...]
    languages: tuple[Count, ...]
    weeks: tuple[SentimentWeek, ...]
    """The last 8 weeks, oldest first."""
    loudest: Quote | None
    """The mention of the brand with the greatest reach in the window."""
    undated: int
    untagged: int
    coverage: Coverage
    notes: tuple[str, ...]
    unsupported: tuple[Count, ...] = ()
