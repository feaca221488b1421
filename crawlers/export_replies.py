"""The company's answer that an export keeps beside a review or a ticket, as a mention of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from crawlers.context import shift
from crawlers.dates import parse_local
from crawlers.ratings import parse_amount
from store.prose import as_prose
from store.records import Mention

LONGEST = 10 * 366 * 24 * 60
"""Minutes of ten years: what is given as longer is no reply time."""


def read_reply(
    answered: Mention, cells: Mapping[str, str], *, day_first: bool | None = None, zone: str | None = None
) -> Mention | None:
    """The company's reply to a mention; None where the file has no column for one.

    A file that tells only when the company replied gives a reply without words, so that first reply times are known. A column
    that is empty says that there is no reply, or no longer: the mention is `removed`, which deletes one that is stored.
    """
    if not cells.keys() & {"reply", "reply_date", "reply_minutes"}:
        return None
    text = as_prose(cells.get("reply", "")) or None
    published, precision = parse_local(cells.get("reply_date"), day_first=day_first, zone=zone)
    minutes = parse_amount(cells.get("reply_minutes"))
    if published is None and minutes is not None and 0 <= minutes < LONGEST and answered.published_precision == "second":
        published, precision = shift(answered.published or "", timedelta(minutes=minutes)), "second"
    reply = Mention(
        source=answered.source,
        site=answered.site,
        external_id=cells.get("reply_id") or f"{answered.external_id}:reply",
        kind="comment",
        voice="company",
        parent=answered.external_id,
        thread=answered.thread or answered.external_id,
    )
    if text is None and published is None:
        return replace(reply, removed=True)
    return replace(
        reply,
        url=answered.url,
        text=text,
        subject=answered.subject,
        place=answered.place,
        published=published,
        published_precision=precision,
    )
