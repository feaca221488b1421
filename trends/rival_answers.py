"""What `repute compare` answers with: brands beside each other, on the sites that cover them alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trends.answers import Count, Coverage, Net, Quote, Share
from trends.differences import Difference, Outcome
from trends.windows import Window


@dataclass(frozen=True, kw_only=True)
class VoiceWeek:
    """One Monday-to-Sunday week of a brand's share of voice."""

    first_day: str
    label: str
    mentions: int | None
    """None when nothing was watched for this brand: draw a gap, not a zero."""
    share: float | None
    """Of the mentions of all brands compared; None without any, and where not as much was watched for one as for another."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One brand on the sites that cover all brands compared. Copies count once."""

    brand: str
    brand_name: str
    mentions: int
    people: int
    anonymous: int
    voice: Share
    """Share of voice: of the mentions of all brands compared."""
    net: Net
    negative: Share
    """Of mentions with a sentiment."""
    complaints: Share
    """Of mentions in a supported language."""
    weeks: tuple[VoiceWeek, ...]
    """The last 8 weeks, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One figure of ours less the competitor's, on the sites that cover both."""

    figure: str
    """`net`, `negative`, `complaints`, `mean`, `top` (ratings), `topic` (share of mentions that complain of it) or
    `attribute` (of those who speak of it, the share that confirms it)."""
    subject: str
    """Id of the topic or attribute; source of ratings; else empty."""
    name: str
    """The figure for people."""
    scale: str
    """Of ratings, like `stars 1–5`; else empty."""
    difference: Difference
    outcome: Outcome
    """`better` or `worse` of topics and attributes at a false discovery rate of 5% over all of them and all competitors."""


Better = Literal["own", "other", "neither", "not read"]
"""Who comes off better in a text that names both."""


@dataclass(frozen=True, kw_only=True)
class QuoteOfBoth(Quote):
    """A quote of a text that names both, with who comes off better in it."""

    better: Better
    """`own`, `other` (the competitor), `neither`, or `not read` without a sentiment about one of the two: as it is counted."""


@dataclass(frozen=True, kw_only=True)
class HeadToHead:
    """Mentions that name both brands in one text."""

    mentions: int
    better: int
    """We come off better: the sentiment about us is above that about the other."""
    worse: int
    alike: int
    unread: int
    """Without a sentiment about one of the two."""
    share: Share
    """Of those in which one comes off better, the part where it is us."""
    outcome: Outcome
    """`better` or `worse` when the interval lies on one side of one half."""
    own: Net
    """About us, in these mentions."""
    theirs: Net
    quotes: tuple[QuoteOfBoth, ...]
    """Up to three, from different people; those where one comes off better first, by turns, so that each side has its own."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A site that is not compared."""

    source: str
    site: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rival:
    """One competitor beside us, on the sites that cover both brands alike."""

    brand: str
    brand_name: str
    own_mentions: int
    """Ours on these sites, copies once."""
    mentions: int
    voice: Share
    """Our mentions of those of both."""
    figures: tuple[Compared, ...]
    """Net sentiment, share negative, complaint rate, then ratings of each common source and scale."""
    topics: tuple[Compared, ...]
    """Best for us first, then what is not clear, then worst."""
    attributes: tuple[Compared, ...]
    head_to_head: HeadToHead
    sites: tuple[str, ...]
    """`source/site` that cover both."""
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """A brand beside its competitors."""

    brand: str
    brand_name: str
    window: Window
    n: int
    """The brand's customer mentions in the window on all sites, copies once."""
    figures: tuple[Standing, ...]
    """The brand, then its competitors, on the sites that cover all of them."""
    sites: tuple[str, ...]
    """`source/site` that cover all of them."""
    rivals: tuple[Rival, ...]
    undated: int
    untagged: int
    coverage: Coverage
    notes: tuple[str, ...]
    unsupported: tuple[Count, ...] = ()
