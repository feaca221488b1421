"""How far a listing of reviews was read, from the newest down, and the mentions that all such listings have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crawlers.context import Context, shift, to_iso
from crawlers.dates import EARLIEST, parse_date, parse_iso
from crawlers.fields import number
from store.records import Mention, Precision, Watch

REPLY = ":reply"
"""What a company's reply has after the id of the review that it answers."""
LATEST = 9998
"""A year after this one cannot be moved between zones."""

Moment = tuple[str | None, Precision]


@dataclass(frozen=True)
class Page:
    """What one answer of a listing says."""

    rows: Sequence[object]
    following: str | None
    """Address of the next page; None at the listing's end."""


@dataclass(eq=False)
class Walk:
    """One listing, and how far it was read."""

    site: str
    url: str
    """Its first page."""
    floor: str
    """What is older than this is not looked for."""
    now: str
    name: str = ""
    """What people call the thing that is reviewed."""
    seen: set[str] = field(default_factory=set)
    """External ids that turned up."""
    reached: str = ""
    """Everything newer than this was read, as far as the pages without a gap tell."""
    is_old: bool = False
    """Whether all of the last page is older than what is looked for."""
    stale: int = 0
    """Pages in a row that held nothing new."""
    broken: int = 0
    """Pages in a row that could not be read."""
    failed: bool = False

    def take(self, mentions: Sequence[Mention], moments: Sequence[str]) -> None:
        """Note one page: what stands on it, and the times that the listing is sorted by."""
        found = {mention.external_id for mention in mentions if not mention.external_id.endswith(REPLY)}
        self.stale = 0 if found - self.seen else self.stale + 1
        self.seen.update(mention.external_id for mention in mentions)
        self.broken = 0
        self.is_old = bool(moments) and max(moments) < self.floor
        # Rows may stand in another order within a page: only what is newer than all of it has surely been read.
        if moments and not self.failed:
            self.reached = min(max(moments), self.reached or self.now)

    def fail(self) -> None:
        """Note that a page could not be read."""
        self.failed = True
        self.broken += 1


def find_floor(context: Context, site: str) -> str:
    """From where a listing is read: the refresh window, and back to the earliest time that no crawl has covered yet."""
    if context.since or context.dry:
        return context.since or context.refresh
    gaps = context.gaps(site=site, since=context.horizon, until=context.refresh)
    return gaps[0][0] if gaps else context.refresh


def find_watches(walk: Walk, source: str) -> Iterator[Watch]:
    """What a walk covered: down to its floor, or down to the page that could not be read."""

    def watch(since: str, until: str, complete: bool) -> Watch:
        return Watch(source=source, site=walk.site, since=since, until=until, complete=complete)

    if not walk.failed:
        yield watch(walk.floor, walk.now, True)
        return
    # The second itself may go on on the next page.
    reached = max(shift(walk.reached, timedelta(seconds=1)), walk.floor) if walk.reached else walk.now
    if walk.floor < min(reached, walk.now):
        yield watch(walk.floor, min(reached, walk.now), False)
    if reached < walk.now:
        yield watch(reached, walk.now, True)


def make_tombstone(source: str, walk: Walk, external_id: str) -> Mention:
    """What is left of a review, or of a company's reply, that its place has deleted."""
    if not external_id.endswith(REPLY):
        return Mention(source=source, site=walk.site, external_id=external_id, kind="review", removed=True)
    review = external_id.removesuffix(REPLY)
    return Mention(
        source=source,
        site=walk.site,
        external_id=external_id,
        kind="comment",
        voice="company",
        thread=review,
        parent=review,
        removed=True,
    )


def parse_moment(text: str | None) -> Moment:
    """A time of an API. Midnight sharp is a real time here where it comes with a zone, not a date without one."""
    moment = parse_iso((text or "").strip())
    if moment is None or moment.tzinfo is None or not EARLIEST <= moment.year <= LATEST:
        return parse_date(text)
    return to_iso(moment), "second"


def parse_seconds(seconds: int | None) -> Moment:
    """A time as seconds since 1970."""
    if seconds is None or not 0 < seconds < datetime(LATEST, 1, 1, tzinfo=UTC).timestamp():
        return None, "unknown"
    return to_iso(datetime.fromtimestamp(seconds, UTC)), "second"


def find_stars(value: object) -> float | None:
    """One to five stars; None for anything else."""
    stars = number(value)
    return stars if stars is not None and 1 <= stars <= 5 else None


def reply_of(review: Mention, text: str | None, published: Moment, author: str | None = None) -> Mention:
    """A company's reply to a review, as a mention of its own."""
    return Mention(
        source=review.source,
        site=review.site,
        external_id=review.external_id + REPLY,
        url=review.url,
        kind="comment",
        voice="company",
        text=text,
        subject=review.subject,
        place=review.place,
        author_id=author,
        author_name=author,
        thread=review.external_id,
        parent=review.external_id,
        published=published[0],
        published_precision=published[1],
        context=" ".join(filter(None, (review.context, review.title, review.text))) or None,
    )
