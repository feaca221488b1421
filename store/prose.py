"""Text of markup as words: what a person would read of it, its quotes of others marked as such."""

from __future__ import annotations

import re

_VALUES = r"(?:[^<>\"']|\"[^\"<]{0,2000}\"|'[^'<]{0,2000}')*+"
"""Attributes with their values. None holds a `<`, so that many tags without an end take no longer than one."""
_NAMES = "a|abbr|b|cite|code|del|em|font|i|ins|mark|q|s|small|span|strong|sub|sup|u|wbr"
_LAYOUT = "article|blockquote|br|center|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|section|table|tbody|td|th|thead|tr|ul"
BLOCK = re.compile(r"<(p|br|div|li|ul|ol|blockquote|table|pre|h[1-6])\b", re.IGNORECASE)
INLINE = re.compile(rf"</?({_NAMES})(\s{_VALUES})?/?>", re.IGNORECASE)
"""Tags that put no space between what they hold and what stands beside it: hashtags and names are often cut by them."""
MARKUP = re.compile(
    rf"<(?:{_LAYOUT}|em|font|mark|small|span|strong|sub|sup)\s*/?>|</(?:{_LAYOUT}|{_NAMES})\s*>"
    rf"|<(?:{_LAYOUT}|{_NAMES}|img)\s+[a-z-]{{1,30}}\s*=\s*(?=[\"'\w]){_VALUES}>",
    re.IGNORECASE,
)
"""What nobody writes by chance: a known tag, with attributes or without. Of tags of one letter the end: `if a<b>c` has none."""
UNREADABLE = re.compile("[\ud800-\udfff\x00]")
"""Half a letter, which JSON can hold, and NUL: no HTML parser takes them."""
OPENED, CLOSED = "\ue000", "\ue001"
"""Signs of nobody's script that stand for the ends of a quote while its page is read."""
_QUOTE = re.compile(r"<(/?)blockquote\b[^<>]{0,2000}>", re.IGNORECASE)
_GAP = re.compile(r" ?\n ?(?:\n ?\n ?)*")


def as_prose(text: str) -> str:
    """Return a text that plainly is HTML as words, and any other as it is: `price < 5 and > 3` and `<3` are no HTML.

    Paragraphs, items and cells stay apart; what stands in a `blockquote` has `> ` before each line. A text of nothing but tags
    stays as it is.
    """
    if "<" not in text or not MARKUP.search(text):
        return text
    return tidy(strip_tags(text)) or text


def strip_tags(text: str) -> str:
    """Read HTML as a browser shows it. Where the line breaks are plain ones between inline tags, they are kept."""
    import html_text

    text = UNREADABLE.sub("", text)
    if not BLOCK.search(text):
        text = text.replace("\n", "<br>")
    quotes = "blockquote" in text.lower()
    if quotes:
        text = text.replace(OPENED, "").replace(CLOSED, "")
        text = _QUOTE.sub(lambda tag: f"{tag[0]}<p>{OPENED}</p>" if not tag[1] else f"<p>{CLOSED}</p>{tag[0]}", text)
    read = str(html_text.extract_text(f"<div>{INLINE.sub('', text)}</div>"))
    return mark_quotes(read) if quotes else read


def mark_quotes(text: str) -> str:
    """Put `> ` before each line between the signs of a quote, once for each quote that it stands in, and take the signs out."""
    lines, depth = [], 0
    for line in text.split("\n"):
        if line.strip() == OPENED:
            depth += 1
        elif line.strip() == CLOSED:
            depth = max(depth - 1, 0)
        else:
            lines.append("> " * depth + line if line.strip() else line)
    return "\n".join(lines)


def tidy(text: str) -> str:
    """Return a text with one blank between words, and at most one empty line between lines."""
    text = text.replace("\xa0", " ").replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[ \t]+", " ", text)
    return _GAP.sub(lambda gap: "\n\n" if gap.group().count("\n") > 1 else "\n", text).strip()
