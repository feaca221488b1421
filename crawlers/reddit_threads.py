"""The whole thread of a post, within a bounded number of requests, and which threads have grown since they were read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.context import Context
from crawlers.fields import read_json, rows, table, text, whole
from crawlers.reddit_api import PAGE, Api, fields_of
from store.crawls import PAGE as PAGE_CURSOR
from store.records import Cursor

MOST_MORE = 20
"""Requests for what a thread folds away, so some 2,000 comments: there are threads of 50,000."""
MOST_REMEMBERED = 2000
"""Threads whose size is kept."""
THREADS = f"{PAGE_CURSOR}threads"
"""Cursor: how many comments each thread had when it was read."""


class Thread:
    """The comments of one post, read as its answers come."""

    def __init__(self, api: Api, post: str) -> None:
        """`post` is the full name, like `t3_abc`."""
        self.api = api
        self.post = post
        self.folded: list[str] = []
        """Ids of comments that an answer leaves out."""
        self.deep: list[str] = []
        """Ids of comments whose replies are on a page of their own."""
        self.seen: set[str] = set()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to ask for."""
        return not (self.folded or self.deep)

    def fetch(self) -> Iterator[Mapping[str, Any]]:
        """Yield the comments' fields, each once. What is folded away comes last, until the bound."""
        bare = self.post.removeprefix("t3_")
        yield from self.read(self.api.tree(bare))
        for _ in range(MOST_MORE):
            if self.is_whole or self.api.stopped.is_set():
                return
            if self.folded:
                wanted, self.folded = self.folded[:PAGE], self.folded[PAGE:]
                yield from self.read(self.api.more(self.post, wanted))
            else:
                yield from self.read(self.api.tree(bare, self.deep.pop()))

    def read(self, things: list[Any]) -> Iterator[Mapping[str, Any]]:
        """The comments among some things, and below them."""
        waiting = list(reversed(things))
        while waiting:
            thing = waiting.pop()
            if table(thing).get("kind") == "more":
                self.note_more(table(thing, "data"))
                continue
            fields = fields_of(thing)
            waiting += reversed(rows(table(fields, "replies", "data").get("children")))
            name = text(fields.get("name"))
            if name is None or not name.startswith("t1_") or name not in self.seen:
                self.seen |= {name} if name else set()
                yield fields

    def note_more(self, data: Mapping[str, Any]) -> None:
        """Note what stands in the place of comments: ids, or none where a thread goes on elsewhere."""
        ids = [name for child in rows(data.get("children")) if (name := text(child))]
        self.folded += [name for name in ids if f"t1_{name}" not in self.seen]
        parent = text(data.get("parent_id")) or ""
        # Below the post itself there is no such page: to ask for it would only bring the same answer again.
        if not ids and parent.startswith("t1_") and f"deep {parent}" not in self.seen:
            self.seen.add(f"deep {parent}")
            self.deep.append(parent.removeprefix("t1_"))


class Sizes:
    """How many comments the threads had that were read, from crawl to crawl."""

    def __init__(self, context: Context) -> None:
        kept = table(read_json((context.cursors("", THREADS) or "").encode()))
        self.oldest = min(context.refresh, context.since or context.refresh)
        self.is_reread = context.since is not None
        self.sizes = {
            name: (whole(value[0]) or 0, str(value[1]))
            for name, value in kept.items()
            if isinstance(value, list) and len(value) == 2
        }

    def has_grown(self, post: str, size: int) -> bool:
        """Whether a thread has comments that were not there when it was read."""
        return size > (0 if self.is_reread else self.sizes.get(post, (0, ""))[0])

    def keep(self, source: str, post: str, size: int, published: str) -> Cursor:
        """Remember a thread that was read. Those that are looked after no more are forgotten."""
        self.sizes[post] = (size, published)
        young = [(name, value) for name, value in self.sizes.items() if value[1] >= self.oldest or name == post]
        young.sort(key=lambda pair: pair[1][1], reverse=True)
        self.sizes = dict(young[:MOST_REMEMBERED])
        return Cursor(source=source, site="", name=THREADS, value=json.dumps(self.sizes))
