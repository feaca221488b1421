"""Who and what was forgotten, as keyed hashes alone: a later crawl or import does not bring it back."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from sqlite_utils import Database

from store.authors import author_key
from store.records import MatchedMention, Mention

Block = tuple[str, str]
"""Kind (author, name, url, mention) and hash."""
HASH_DIGITS = 32


def author_block(key: str) -> Block:
    """The block of everything under one author key, which is a keyed hash already."""
    return "author", key


def name_block(secret: bytes, source: str | None, name: str) -> Block:
    """The block of an author by name, on one source or (None) on all."""
    return "name", keyed(secret, "name", source or "", bare_name(name))


def url_block(secret: bytes, url: str) -> Block:
    """The block of what stands at an address."""
    return "url", keyed(secret, "url", plain_url(url))


def mention_block(secret: bytes, source: str, site: str, external_id: str) -> Block:
    """The block of one mention, wherever it is met again."""
    return "mention", keyed(secret, "mention", source, site, external_id)


def keyed(secret: bytes, *parts: str) -> str:
    """HMAC-SHA-256 of some parts, as 32 hexadecimal digits. `forgotten` keeps it apart from the author keys."""
    return hmac.new(secret, "\0".join(("forgotten", *parts)).encode(), hashlib.sha256).hexdigest()[:HASH_DIGITS]


def bare_name(name: str) -> str:
    """An author's name as people may write it: without `@` or `u/`, in one case."""
    return name.strip().removeprefix("@").removeprefix("/").removeprefix("u/").casefold()


def plain_url(url: str) -> str:
    """An address without what does not tell pages apart: scheme, `www.`, a slash at the end, the case of its host.

    The fragment stays: on many pages it is what singles out one review.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # "http://[": stored as the source wrote it
        return url.strip()
    host = parts.netloc.casefold().removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host}{parts.path.rstrip('/')}{query}{fragment}"


def add_blocks(db: Database, blocks: Iterable[Block]) -> None:
    """Block from now on, within the caller's transaction."""
    db.conn.executemany("insert or ignore into forgotten (kind, hash) values (?, ?)", list(blocks))


def leave_out_forgotten(db: Database, batch: Sequence[MatchedMention], secret: bytes) -> list[MatchedMention]:
    """Those of a batch that nobody had forgotten, within the caller's transaction.

    An author's further mentions are blocked one by one as they come, so that the company's answers to them, which may name
    the author, stay away too. Where others answer a forgotten mention, its id is replaced by a hash.
    """
    if db.execute("select 1 from forgotten limit 1").fetchone() is None:
        return list(batch)
    blocks = {matched.mention: blocks_of(matched.mention, secret) for matched in batch}
    met = find_blocks(db, {block for some in blocks.values() for block in some})
    gone = {mention_id(mention, secret) for mention, some in blocks.items() if met & set(some)}
    add_blocks(db, gone)
    met |= gone | find_blocks(db, {block for mention in blocks for block in above(mention, secret)})
    return [
        replace(matched, mention=mask(matched.mention, met, secret))
        for matched in batch
        if not met & set(blocks[matched.mention]) and not answers(matched.mention, met, secret)
    ]


def blocks_of(mention: Mention, secret: bytes) -> list[Block]:
    """Every block that would keep a mention away."""
    found = [mention_id(mention, secret)]
    if mention.url:
        found += [url_block(secret, mention.url), url_block(secret, mention.url.partition("#")[0])]
    if key := author_key(secret, mention.source, mention.author_id):
        found.append(author_block(key))
    for name in {name for name in (mention.author_id, mention.author_name) if name}:
        found += [name_block(secret, mention.source, name), name_block(secret, None, name)]
    return found


def mention_id(mention: Mention, secret: bytes) -> Block:
    """The block of a mention by its identity."""
    return mention_block(secret, mention.source, mention.site, mention.external_id)


def above(mention: Mention, secret: bytes) -> list[Block]:
    """The blocks of what a mention answers and of what opened its thread."""
    return [mention_block(secret, mention.source, mention.site, name) for name in (mention.parent, mention.thread) if name]


def answers(mention: Mention, met: set[Block], secret: bytes) -> bool:
    """Whether a mention is the company's answer to a forgotten one."""
    if mention.voice != "company" or not mention.parent:
        return False
    return mention_block(secret, mention.source, mention.site, mention.parent) in met


def mask(mention: Mention, met: set[Block], secret: bytes) -> Mention:
    """A mention whose thread or parent is forgotten, with a hash in place of that one's id."""
    changes: dict[str, str] = {}
    for field in ("thread", "parent"):
        name = getattr(mention, field)
        if name and mention_block(secret, mention.source, mention.site, name) in met:
            changes[field] = masked(secret, mention.source, mention.site, name)
    return replace(mention, **changes) if changes else mention  # type: ignore[arg-type]


def masked(secret: bytes, source: str, site: str, external_id: str) -> str:
    """What stands in a thread for the id of a forgotten mention: the same for all that answer it."""
    return f"forgotten:{mention_block(secret, source, site, external_id)[1][:16]}"


def find_blocks(db: Database, blocks: set[Block]) -> set[Block]:
    """Those of some blocks that hold."""
    rows = db.execute(
        """
        select forgotten.kind, forgotten.hash
        from json_each(?) as asked
        join forgotten on forgotten.kind = asked.value ->> 0 and forgotten.hash = asked.value ->> 1
        """,
        [json.dumps(sorted(blocks))],
    )
    return set(rows.fetchall())
