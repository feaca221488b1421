"""What every table in the terminal is made of: bars, signs, and quotes that can do no harm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reporting.phrases import safe_url
from trends.answers import Quote

BAR = "▇"
SPARKS = "▁▂▃▄▅▆▇█"
UNWATCHED = "·"
"""Stands for a week that was not watched, which is no zero."""
# Control characters could move the cursor or retitle the window; direction overrides could shuffle the line.
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def clean(text: str) -> str:
    """A stranger's words without anything that a terminal obeys."""
    return HARMFUL.sub(" ", text)


def bar(value: int, most: int, width: int) -> str:
    """A bar of `value` out of `most`; something is never drawn as nothing."""
    return BAR * (max(1, round(value / most * width)) if value and most else 0)


def sparkline(counts: Sequence[int | None]) -> str:
    """A small column for each count, higher than that of zero, and a dot where nothing was watched."""
    most = max((count for count in counts if count is not None), default=0)
    return "".join(UNWATCHED if count is None else SPARKS[max(1, round(count / most * 7)) if count else 0] for count in counts)


def new_table(*columns: tuple[str, str]) -> Table:
    """A table without frames; columns are (heading, `left` or `right`)."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", expand=False)
    for heading, justify in columns:
        table.add_column(heading, justify="right" if justify == "right" else "left", overflow="fold")
    return table


def heading(title: str, beside: str = "") -> Text:
    """The first line of a report."""
    text = Text(clean(title), style="bold")
    return text.append(f"  {beside}", style="dim not bold") if beside else text


def quote_lines(quote: Quote) -> RenderableType:
    """A quote on lines of its own, so that right-to-left words disturb nothing, and below it where it stands."""
    url = safe_url(quote.url)
    reach = f"reach {quote.engagement:,}" if quote.engagement else ""
    where = [clean(f"{quote.source}, {quote.site}"), quote.day or "undated", quote.language or "", reach, clean(url or "")]
    return Group(
        Padding(Text(f"“{clean(quote.text)}”"), (0, 0, 0, 4)),
        Padding(Text(" · ".join(part for part in where if part), style="dim", overflow="fold"), (0, 0, 0, 6)),
    )


def indented(text: str, style: str = "", by: int = 2) -> Padding:
    """A paragraph a little to the right."""
    return Padding(Text(clean(text), style=style), (0, 0, 0, by))


def notes_lines(notes: Sequence[str]) -> RenderableType:
    """What stands beside the figures."""
    return Group(*(Text(f"* {clean(note)}", style="dim") for note in notes))
