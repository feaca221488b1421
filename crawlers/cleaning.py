"""What every mention must be before it is stored, whichever spider it comes from."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import timedelta
from functools import lru_cache
from operator import attrgetter

from crawlers.context import shift
from store.records import KINDS, MEASURES, PRECISIONS, VOICES, Mention

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL ends a text in SQLite's own tools, and a lone surrogate is no Unicode."""
TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")
TEXTS = [field.name for field in fields(Mention) if "str" in str(field.type)]
VALUES = attrgetter(*TEXTS)
AHEAD = timedelta(days=1)
"""A clock may be wrong and a zone unknown; further ahead a publication time is none."""


def clean_mention(mention: Mention, now: str) -> Mention:
    """Take out what cannot be stored, and a publication time that is none or lies ahead of `now` by more than a day."""
    values = VALUES(mention)
    changes: dict[str, object] = {}
    if UNSTORABLE.search(" ".join(filter(None, values))):
        changes = {name: UNSTORABLE.sub("", value) for name, value in zip(TEXTS, values, strict=True) if value}
    published = mention.published
    if published is None or not TIME.fullmatch(published) or published > latest(now):
        changes |= {"published": None, "published_precision": "unknown"}
    return replace(mention, **changes) if changes else mention  # type: ignore[arg-type]


@lru_cache(maxsize=8)
def latest(now: str) -> str:
    """The latest time that a publication time may be."""
    return shift(now, AHEAD)


def find_fault(mention: Mention) -> str | None:
    """Why a mention cannot be stored, or None."""
    if not mention.external_id or not mention.site:
        return "no id"
    if mention.kind not in KINDS:
        return f"unknown kind {mention.kind!r}"
    if mention.voice not in VOICES:
        return f"unknown voice {mention.voice!r}"
    if mention.published_precision not in PRECISIONS:
        return f"unknown precision {mention.published_precision!r}"
    if mention.rating_measure is not None and mention.rating_measure not in MEASURES:
        return f"unknown measure {mention.rating_measure!r}"
    is_empty = mention.rating is None and not (mention.title or "").strip() and not (mention.text or "").strip()
    return "no text and no rating" if is_empty and not mention.removed else None
