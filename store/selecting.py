"""Which mentions are to be erased: an author's, those at an address, a source's, or the old ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlite_utils import Database

from store.authors import author_key
from store.forgotten import Block, author_block, bare_name, name_block, plain_url, url_block


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Mentions to erase, and what must not come back."""

    reason: str
    """`author`, `url`, `source NAME` or `retention`: kept with the count, so it holds nothing of a person."""
    condition: str
    """What is true of these mentions, in SQL."""
    values: Mapping[str, object]
    blocks: tuple[Block, ...] = ()
    """What is kept away from now on; empty where mentions may come back."""
    words: tuple[str, ...] = ()
    """Words that are struck out of what crawls and jobs reported."""
    source: str | None = None
    """The source whose cursors and watches go too."""
    site: str | None = None
    """The site of it, or None for all."""
    older_than: str | None = None
    """Up to when covered time is no longer covered."""


@dataclass(frozen=True)
class Selected:
    """What a selection comes to."""

    mentions: int
    """Mentions that meet it."""
    replies: int
    """The company's answers to them, which go with them."""
    first: str | None
    """When the first was published, or collected where that is not known."""
    last: str | None
    sites: tuple[tuple[str, str, int], ...] = field(default=())
    """(source, site, mentions), most first."""


def select_author(db: Database, secret: bytes, name: str, source: str | None = None) -> Selection:
    """An author by the name or id that the platform uses, on one source or on all.

    Found by the key that the name gives, in the ways that people write it, and by the name itself where names are kept.
    """
    bare = bare_name(name)
    forms = {name.strip(), bare, name.strip().removeprefix("@").removeprefix("/").removeprefix("u/")}
    forms |= {sign + form for sign in ("@", "u/", "/u/") for form in forms}
    rows = db.execute("select distinct source from mentions where source = coalesce(?, source)", [source]).fetchall()
    keys = {key for (one,) in rows for form in forms if (key := author_key(secret, one, form))}
    names = [row[0] for row in db.execute("select distinct author_name from mentions where author_name is not null")]
    named = [one for one in names if bare_name(one) == bare]
    values = {"keys": json.dumps(sorted(keys)), "names": json.dumps(named), "source": source}
    condition = """
        (mentions.author in (select value from json_each(:keys))
            or mentions.author_name in (select value from json_each(:names)))
        and mentions.source = coalesce(:source, mentions.source)
    """
    met = db.execute(f"select distinct author from mentions where {condition} and author is not null", values).fetchall()
    blocks = (name_block(secret, source, name), *(author_block(key) for (key,) in met))
    return Selection(reason="author", condition=condition, values=values, blocks=blocks, words=(name.strip(),))


def select_author_key(key: str) -> Selection:
    """An author by the key that the store shows."""
    return Selection(
        reason="author", condition="mentions.author = :key", values={"key": key}, blocks=(author_block(key),), words=(key,)
    )


def select_url(db: Database, secret: bytes, url: str) -> Selection:
    """What stands at an address; one without a fragment holds those with one."""
    wanted = plain_url(url)
    rows = db.execute(
        "select id, url from mentions where instr(lower(url), lower(?))", [urlsplit(url.strip()).path.rstrip("/")]
    ).fetchall()
    ids = [row for row, found in rows if wanted in (plain_url(found), plain_url(found).partition("#")[0])]
    condition = "mentions.id in (select value from json_each(:ids))"
    values = {"ids": json.dumps(ids)}
    return Selection(reason="url", condition=condition, values=values, blocks=(url_block(secret, url),), words=(url.strip(),))


def select_source(source: str, site: str | None = None) -> Selection:
    """Everything of a source, or of one of its sites. Nothing of it is kept away: what is crawled is for config.toml to say."""
    condition = "mentions.source = :source and mentions.site = coalesce(:site, mentions.site)"
    reason = f"source {source}/{site}" if site else f"source {source}"
    return Selection(reason=reason, condition=condition, values={"source": source, "site": site}, source=source, site=site)


def select_older(moment: str) -> Selection:
    """What was published before a time, or collected before it where no publication time is known."""
    condition = "coalesce(mentions.published, mentions.collected) < :moment"
    return Selection(reason="retention", condition=condition, values={"moment": moment}, older_than=moment)


def find_selected(db: Database, selection: Selection) -> Selected:
    """What a selection comes to, for a person to see before it is erased."""
    sites = db.execute(
        f"""
        select source, site, count(*), min(coalesce(published, collected)), max(coalesce(published, collected))
        from mentions
        where {selection.condition}
        group by source, site
        order by count(*) desc, source, site
        """,
        dict(selection.values),
    ).fetchall()
    (everything,) = db.execute(f"select count(*) from ({with_replies(selection)})", dict(selection.values)).fetchone()
    mentions = sum(row[2] for row in sites)
    first, last = min((row[3] for row in sites), default=None), max((row[4] for row in sites), default=None)
    return Selected(mentions, everything - mentions, first, last, tuple(row[:3] for row in sites))


def with_replies(selection: Selection) -> str:
    """The row ids that go. What a person asks to have forgotten takes the company's answers along: they may name the person."""
    chosen = f"select mentions.id from mentions where {selection.condition}"
    if not selection.blocks:
        return chosen
    return f"""
        {chosen}
        union
        select reply.id
        from mentions
        join mentions as reply on reply.source = mentions.source and reply.site = mentions.site
            and reply.parent = mentions.external_id and reply.voice = 'company'
        where {selection.condition}
    """


def find_named(db: Database, name: str) -> int:
    """How many mentions hold a name in their own words: they are other people's, and stay."""
    words = " ".join(part for part in bare_name(name).split() if any(character.isalnum() for character in part))
    if not words:
        return 0
    quoted = '"' + words.replace('"', "") + '"'
    (count,) = db.execute("select count(*) from mentions_fts where mentions_fts match ?", [quoted]).fetchone()
    return int(count)
