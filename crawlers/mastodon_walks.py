"""How far tags of Mastodon servers were read, and what a server calls their posts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

OWN_ID = re.compile(r"/statuses/(\w+)$")


@dataclass(frozen=True)
class Place:
    """How far a tag was read on a server; kept as JSON in its cursor."""

    newest: str
    """All up to this id was read."""
    until: str
    """The publication time that was reached with it."""
    oldest: str
    """The walk back in time has come to this id."""
    reach: str
    """The publication time that was reached with it: `backfill`, once the walk is at its end."""


@dataclass(eq=False)
class Listing:
    """One tag on one server."""

    base: str
    tag: str
    place: Place | None = None
    ids: dict[str, str] = field(default_factory=dict)
    """What the server calls the posts that it showed: uri -> its own id."""
    recent: dict[str, str] = field(default_factory=dict)
    """The same for those of this crawl that will be looked after."""
    failed: bool = False

    @property
    def site(self) -> str:
        """The server's host, and its port where it is no usual one."""
        return urlsplit(self.base).netloc


@dataclass(frozen=True)
class Step:
    """One page of a listing: forwards from an id to newer ones, or back from one to older ones."""

    listing: Listing
    walk: Literal["look", "first", "forward", "again", "since"]
    at: str | None = None
    """From which id, without it; None is the top."""
    floor: str = ""
    """What was published before is left out, and ends a walk back."""
    page: int = 1
    tries: int = 1
    """How often this page was asked for."""


def as_tag(name: str) -> str:
    """A name as a tag, which has no blanks and no signs; empty where nothing but digits is left."""
    tag = "".join(re.findall(r"[\w\u0900-\u0dff\u200c·]+", name.strip().removeprefix("#"))).lower()
    return "" if tag.isdigit() else tag


def find_id(listing: Listing, site: str, uri: str) -> str | None:
    """What a server calls a post: as it showed it, or by the address of a post of its own."""
    own = OWN_ID.search(uri) if site == listing.site else None
    return listing.ids.get(uri) or (own[1] if own else None)


def ids_name(tag: str) -> str:
    """The cursor that keeps a server's own ids; no tag has a blank."""
    return f"{tag} ids"


def read_place(cursor: str | None) -> Place | None:
    """How far a listing was read."""
    return Place(**json.loads(cursor)) if cursor else None


def read_ids(cursor: str | None) -> dict[str, str]:
    """A server's own ids of the posts that are looked after."""
    return json.loads(cursor) if cursor else {}
