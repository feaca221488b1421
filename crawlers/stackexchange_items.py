"""What Stack Exchange's answers say: their envelope, and questions, answers and comments as mentions."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crawlers.context import to_iso
from crawlers.fields import read_json, rows, table, text, whole
from crawlers.prose import to_prose
from store.records import Mention

SOURCE = "stackexchange"
BAD_PARAMETER = 400
THROTTLE = 502
"""`error_id` of a throttle, which comes as HTTP 400."""
OWN_HOSTS = {"mathoverflow": "mathoverflow.net", "mathoverflow.net": "mathoverflow.net", "stackapps": "stackapps.com"}
OWN_NAMES = ("stackoverflow", "serverfault", "superuser", "askubuntu", "stackexchange")
DELETED = "does_not_exist"
"""`user_type` of an author whose account is gone."""


@dataclass(frozen=True)
class Answer:
    """The envelope of an answer (https://api.stackexchange.com/docs/wrapper)."""

    items: list[Any]
    has_more: bool
    backoff: int
    """Seconds in which nothing more is to be asked."""
    quota: int | None
    """Requests left today."""


@dataclass(frozen=True)
class Refusal:
    """An error in the envelope's words."""

    number: int | None
    message: str

    @property
    def pause(self) -> int | None:
        """Seconds until the API lets us in again, where it is a throttle; None for other errors."""
        if self.number != THROTTLE:
            return None
        told = re.search(r"available in (\d{1,9}) seconds", self.message)
        return int(told[1]) if told else 3600


@dataclass(frozen=True)
class Thread:
    """What a question or an answer tells of what stands below it."""

    question: str
    """External id of the question."""
    parent: str
    """External id of the post itself."""
    context: str | None
    """The words of the question and of the post."""


def read_answer(body: bytes) -> Answer | None:
    """The envelope of an answer; None for something else."""
    answer = read_json(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        return None
    items = rows(answer["items"])
    has_more = answer.get("has_more")
    return Answer(
        items,
        has_more if isinstance(has_more, bool) else bool(items),
        min(max(whole(answer.get("backoff")) or 0, 0), 86400),
        whole(answer.get("quota_remaining")),
    )


def read_refusal(body: bytes) -> Refusal:
    """What an error says; empty where it is not in the API's manner."""
    answer = table(read_json(body))
    return Refusal(whole(answer.get("error_id")), " ".join((text(answer.get("error_message")) or "").split())[:200])


def find_host(site: str) -> str:
    """The host of a site by its API name (`unix`, `stackoverflow`, `meta.unix`, `es.stackoverflow`) or by its own name."""
    name = site.strip().lower().removeprefix("www.")
    if name in OWN_HOSTS:
        return OWN_HOSTS[name]
    if name.endswith((".com", ".net")):
        return name
    if name == "meta":
        return "meta.stackexchange.com"
    if name.rpartition(".")[2] in OWN_NAMES:
        return f"{name}.com"
    return f"{name[5:]}.meta.stackexchange.com" if name.startswith("meta.") else f"{name}.stackexchange.com"


def find_id(item: object, key: str) -> str | None:
    """An item's number as text."""
    number = whole(item.get(key)) if isinstance(item, dict) else None
    return str(number) if number and number > 0 else None


def find_created(item: object) -> int | None:
    """Seconds since 1970 at which an item was published."""
    seconds = whole(item.get("creation_date")) if isinstance(item, dict) else None
    return seconds if seconds and 0 < seconds < 10**10 else None


def parse_question(item: object, host: str) -> Mention | None:
    """Turn a question into a mention; None for one without id. Its tags may name a brand too."""
    number = find_id(item, "question_id")
    if not isinstance(item, dict) or number is None:
        return None
    tags = " ".join(tag for tag in rows(item.get("tags")) if isinstance(tag, str))
    title = " ".join(html.unescape(text(item.get("title")) or "").split())
    link = text(item.get("link"))
    return compose(
        item,
        host,
        external_id=number,
        url=link if link and link.startswith("http") else f"https://{host}/q/{number}",
        kind="post",
        title=title or None,
        context=tags or None,
    )


def parse_answer(item: object, host: str, thread: Thread | None) -> Mention | None:
    """Turn an answer into a mention; `a` before its number keeps it apart from comments, which are numbered by themselves."""
    number = find_id(item, "answer_id")
    if not isinstance(item, dict) or number is None:
        return None
    place = {"thread": thread.question, "parent": thread.parent, "context": thread.context} if thread else {}
    return compose(item, host, external_id=f"a{number}", url=f"https://{host}/a/{number}", kind="comment", **place)


def parse_comment(item: object, host: str, thread: Thread | None) -> Mention | None:
    """Turn a comment into a mention."""
    number = find_id(item, "comment_id")
    if not isinstance(item, dict) or number is None:
        return None
    place = {"thread": thread.question, "parent": thread.parent, "context": thread.context} if thread else {}
    below = (thread.question if thread else None) or find_id(item, "post_id")
    url = f"https://{host}/q/{below}#comment{number}_{find_id(item, 'post_id')}" if below else None
    return compose(item, host, external_id=f"c{number}", url=url, kind="comment", **place)


def compose(item: Mapping[str, Any], host: str, **fields: Any) -> Mention:
    """What questions, answers and comments have in common."""
    owner = table(item, "owner")
    there = owner.get("user_type") != DELETED
    name = html.unescape(text(owner.get("display_name")) or "").strip()
    number, account = find_id(owner, "user_id"), find_id(owner, "account_id")
    # An account is one person on all sites; a user's number is one site's.
    author = account or (f"{host}/{number}" if number else name)
    seconds = find_created(item)
    return Mention(
        source=SOURCE,
        site=host,
        text=to_prose(text(item.get("body"))),
        author_id=author or None if there else None,
        author_name=name or None if there else None,
        engagement=whole(item.get("score")),
        published=to_iso(datetime.fromtimestamp(seconds, UTC)) if seconds else None,
        published_precision="second" if seconds else "unknown",
        **fields,
    )


def open_thread(mention: Mention, above: Thread | None = None) -> Thread:
    """What stands below a question, or below an answer to it."""
    words = [above.context if above else mention.context, mention.title, mention.text]
    question = above.question if above else mention.external_id
    return Thread(question, mention.external_id, "\n".join(word for word in words if word) or None)


def as_phrase(query: str) -> str:
    """Several words as one phrase: the search takes any of them otherwise."""
    return f'"{query}"' if " " in query and '"' not in query else query


def strip_tags(names: Iterable[str]) -> Iterator[str]:
    """Tags without the brackets that people write around them."""
    for name in names:
        yield name.strip().removeprefix("[").removesuffix("]")
