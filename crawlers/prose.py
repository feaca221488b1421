"""Text of markup: what a person would read on the page."""

from __future__ import annotations

import html
import re

from store.prose import strip_tags, tidy

TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
RUN = "[^ \t-\r\x1c-\x1f<&\x80-\xa0\ud800-\udfff]++"
PLAIN = re.compile(f"(?=[\x00-\x7f]){RUN}(?:[ \n]{RUN})*+(?<=[\x00-\x7f])")
"""A text that is what it looks like, without markup, entities or odd blanks: words with one blank between them."""
C1 = re.compile("[\x80-\x9f]")
SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a letter, which JSON can hold and no HTML parser takes."""


def to_prose(value: str | None) -> str | None:
    """Plain text of a value that may be HTML, with its paragraphs; None when nothing is left. `a < b` is no HTML.

    Where a source says that its texts are HTML, or often are: any tag counts. Of people's own files see `store.prose.as_prose`.
    """
    if value is None:
        return None
    if PLAIN.fullmatch(value):
        return value
    value = SURROGATE.sub("", value)
    value = strip_tags(value) if TAG.search(value) else html.unescape(value)
    return tidy(restore_letters(value)) or None


def restore_letters(value: str) -> str:
    """Undo UTF-8 that a site read as Latin-1 (`donâ\\x80\\x99t`): no text has these control characters on purpose."""
    if not C1.search(value):
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return C1.sub("", value)
