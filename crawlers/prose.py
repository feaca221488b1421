"""Text of markup: what a person would read on the page."""

from __future__ import annotations

import html
import re

TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
BLOCK = re.compile(r"<(p|br|div|li|ul|ol|blockquote|table|pre|h[1-6])\b", re.IGNORECASE)
INLINE = re.compile(
    r"</?(a|abbr|b|cite|code|del|em|font|i|ins|mark|q|s|small|span|strong|sub|sup|u|wbr)(\s[^<>]*)?/?>", re.IGNORECASE
)
"""Tags that put no space between what they hold and what stands beside it: hashtags and names are often cut by them."""
RUN = "[^ \t-\r\x1c-\x1f<&\x80-\xa0\ud800-\udfff]++"
PLAIN = re.compile(f"(?=[\x00-\x7f]){RUN}(?:[ \n]{RUN})*+(?<=[\x00-\x7f])")
"""A text that is what it looks like, without markup, entities or odd blanks: words with one blank between them."""
C1 = re.compile("[\x80-\x9f]")
SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a letter, which JSON can hold and no HTML parser takes."""


def to_prose(value: str | None) -> str | None:
    """Plain text of a value that may be HTML, with its paragraphs; None when nothing is left. `a < b` is no HTML."""
    if value is None:
        return None
    if PLAIN.fullmatch(value):
        return value
    value = SURROGATE.sub("", value)
    value = strip_tags(value) if TAG.search(value) else html.unescape(value)
    value = restore_letters(value).replace("\xa0", " ").replace("\r\n", "\n").replace("\r", "\n")
    value = re.sub(r"[ \t]+", " ", value)
    return re.sub(r" ?\n ?(\n ?\n ?)*", lambda gap: "\n\n" if gap.group().count("\n") > 1 else "\n", value).strip() or None


def strip_tags(value: str) -> str:
    """Read HTML as a browser shows it. Where the line breaks are plain ones between inline tags, they are kept."""
    import html_text

    if not BLOCK.search(value):
        value = value.replace("\n", "<br>")
    return html_text.extract_text(f"<div>{INLINE.sub('', value)}</div>")


def restore_letters(value: str) -> str:
    """Undo UTF-8 that a site read as Latin-1 (`donâ\\x80\\x99t`): no text has these control characters on purpose."""
    if not C1.search(value):
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return C1.sub("", value)
