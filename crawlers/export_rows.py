"""What a column map cannot read of a vendor's row: ids within links, replies within threads, translations."""

from __future__ import annotations

import re
from urllib.parse import unquote

from crawlers import fields
from crawlers.tables import Row

TRANSLATED = re.compile(r"\(Translated by Google\)")
LINKED = re.compile(r"[?&#](?:reviewId=|ReviewPlace:id=)([^&#\s]+)")
ORIGINAL = re.compile(r"\(Original\)")
SAID = frozenset({"comment", "conversation_message", "open", "close", "assign_and_reopen"})
"""Kinds of Intercom messages that carry words between customer and company; notes, assignments and snoozes do not."""


def adapt_trustpilot(row: Row) -> Row:
    """The site as the source trustpilot calls it, and the address of the review."""
    told = next((cell for name, cell in row.items() if name.casefold() in ("domain url", "domain name", "domain")), "")
    domain = re.sub(r"^(https?://)?(www\.)?", "", told.strip().lower()).partition("/")[0]
    number = next((cell for name, cell in row.items() if name.casefold() == "review id"), "").strip()
    return {
        **row,
        "own site": f"trustpilot.com/{domain}" if domain else "",
        "own url": f"https://www.trustpilot.com/reviews/{number}" if number else "",
    }


def adapt_app_store(row: Row) -> Row:
    """The site as the source appstore calls it."""
    number = next((cell for name, cell in row.items() if re.fullmatch(r"app[ _]?id", name, re.IGNORECASE)), "").strip()
    return {**row, "own site": f"apps.apple.com/id{number}" if number else ""}


def adapt_google_play(row: Row) -> Row:
    """The id of a review stands in its link, as `reviewId`; a rating without words has no link."""
    found = LINKED.search(row.get("Review Link", ""))
    return {**row, "own id": unquote(found[1]) if found else ""}


def adapt_google_business(row: Row) -> Row:
    """The review's own id, and its words in the language that they were written in."""
    name = row.get("reviewId") or row.get("name", "").rpartition("/reviews/")[2]
    location = re.search(r"locations/([^/]+)", row.get("name", ""))
    return {
        **row,
        "own id": name,
        "own site": f"business.google.com/{location[1]}" if location else "",
        "comment": keep_original(row.get("comment", "")),
        "reviewReply.comment": keep_original(row.get("reviewReply.comment", "")),
    }


def keep_original(text: str) -> str:
    """A text without the translation that Google puts before or after it."""
    if parts := ORIGINAL.split(text, maxsplit=1)[1:]:
        return parts[0].strip()
    return TRANSLATED.split(text, maxsplit=1)[0].strip() or text


def adapt_zendesk(row: Row) -> Row:
    """The company's first public answer, where the export holds the ticket's comments."""
    asker = row.get("requester_id") or row.get("submitter_id")
    comments = [fields.table(comment) for comment in fields.rows(fields.read_json(row.get("comments", "").encode()))]
    public = [comment for comment in comments if comment.get("public") is not False]
    answers = [comment for comment in public if fields.identifier(comment.get("author_id")) not in (None, asker)]
    first = min(answers, key=lambda comment: fields.text(comment.get("created_at")) or "~", default={})
    return {
        **row,
        "first answer": fields.text(first.get("plain_body")) or fields.text(first.get("body")) or "",
        "first answered": fields.text(first.get("created_at")) or "",
    }


def adapt_intercom_message(row: Row) -> Row:
    """One message: the customer's first stands for the conversation, the others answer it."""
    opens = row.get("message_type") == "conversation_message"
    writer = row.get("message_author_type", "").casefold()
    conversation = row.get("conversation_id", "")
    return {
        **row,
        "own id": conversation if opens else row.get("message_id", ""),
        "own parent": "" if opens else conversation,
        "own thread": conversation,
        "own voice": {"admin": "company", "teammate": "company", "bot": "bot", "operator": "bot"}.get(writer, "customer"),
        "own status": "" if row.get("message_type") in SAID else row.get("message_type", ""),
    }
