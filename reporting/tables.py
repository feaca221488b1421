"""Answers as tables for the terminal, at most 100 columns wide; colour never carries meaning alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.text import Text

from reporting.evidence import evidence_lines, part_lines
from reporting.findings import REPEATING
from reporting.phrases import (
    DIRECTION_SIGNS,
    VERDICT_SIGNS,
    change_basis,
    change_words,
    corrected_words,
    counted,
    day_words,
    minutes_words,
    percent,
    signed,
    voices_words,
)
from reporting.terminal import bar, clean, heading, indented, new_table, notes_lines, quote_lines, sparkline
from store.search import CLOSE, OPEN
from trends.answers import AttributeFigures, AttributeRow, Change, Figures, Ledger, Net, Overview, Replies, Share
from trends.hot_button_answers import HotButton, HotButtons
from trends.quotes import cut
from trends.verdicts import plural
from trends.windows import day_of

STYLES = {"systemic": "bold red", "recurring": "yellow", "isolated": "", "unclear": "magenta"}
STATUS_SIGNS = {"confirmed": "✓", "contested": "✗", "mixed": "±", "unclear": "?", "absent": "–", "not watched": "·"}
SILENT = ("absent", "not watched")
"""How an attribute stands of which nothing is known."""
STATUS_STYLES = {"confirmed": "green", "contested": "bold red", "mixed": "yellow", "unclear": "magenta"} | dict.fromkeys(
    SILENT, "dim"
)
DETAILED = 5
"""Hot buttons with details, where not all are asked for: more than a screen nobody reads."""
PEOPLE_BAR = 10
SIDE_BAR = 8
LONGEST_TEXT = 280
"""Characters of a mention in a list."""


def nothing_words(answer: HotButtons) -> str:
    """Why there are no hot buttons."""
    if answer.coverage.hardly and not answer.complaints:
        return "Less than half of this window was watched: that no complaint was found says nothing."
    return "No complaints that fit a topic."


def hot_buttons_table(answer: HotButtons, *, everything: bool = False) -> RenderableType:
    """Hot buttons: one line each, then what the leading ones that recur stand on, or each with `everything`."""
    beside = f"{answer.window.label}: {counted(answer.n, 'mention')}, {counted(answer.complaints, 'complaint')}"
    title = heading(f"Hot buttons of {answer.brand_name}", beside)
    if not answer.buttons:
        none = Text(nothing_words(answer))
        return Group(title, none, *rest_lines(answer), Text(""), notes_lines(answer.notes))
    detailed = [button for button in answer.buttons if everything or button.verdict in REPEATING]
    detailed = detailed if everything else detailed[:DETAILED]
    details = [part for button in detailed for part in (button_lines(button), Text(""))]
    bare = [clean(button.name) for button in answer.buttons if button not in detailed]
    further = [Text(f"Without details: {', '.join(bare)}; --all shows them.")] if bare else []
    rest = [*further, *rest_lines(answer), Text("")] if further or answer.quiet or answer.other else []
    return Group(title, Text(""), buttons_grid(answer), Text(""), *details, *rest, notes_lines(answer.notes))


def buttons_grid(answer: HotButtons) -> RenderableType:
    """One line a hot button."""
    most = max(button.people + button.anonymous for button in answer.buttons)
    counts = (("Complaints", "right"), ("Share (95%)", ""), ("Change", ""), ("8 weeks", ""))
    table = new_table(("Topic", ""), ("Verdict", ""), ("People", ""), *counts)
    for button in answer.buttons:
        table.add_row(
            Text(clean(button.name)),
            Text(f"{VERDICT_SIGNS[button.verdict]} {button.verdict}", style=STYLES[button.verdict]),
            Text(f"{people_cell(button)} {bar(button.people + button.anonymous, most, PEOPLE_BAR)}"),
            Text(str(button.complaints)),
            Text(share_cell(button.share)),
            Text(change_cell(button)),
            Text(sparkline([week.count for week in button.weeks])),
        )
    return table


def rest_lines(answer: HotButtons) -> list[RenderableType]:
    """Topics that fell silent, and complaints without a topic."""
    quiet = [f"{gone.name} ({gone.before} before)" for gone in answer.quiet]
    lines: list[RenderableType] = [Text(f"Quiet now: {clean(', '.join(quiet))}")] if quiet else []
    if answer.other:
        said = f"{counted(answer.other, 'complaint')} {plural(answer.other, 'fits', 'fit')} no topic"
        lines.append(Text(f"{said}: `repute topics suggest` groups them."))
    return lines


def people_cell(button: HotButton) -> str:
    """Known people, and anonymous mentions after a plus sign."""
    return f"{button.people}+{button.anonymous}?" if button.anonymous else str(button.people)


def share_cell(share: Share) -> str:
    """A share with its interval."""
    if share.value is None or share.low is None or share.high is None:
        return "too few to say"
    return f"{percent(share.value)} ({percent(share.low)} to {percent(share.high)})"


def change_cell(button: HotButton) -> str:
    """A change in few characters; new is what was never met before, not what was absent for one window."""
    change = button.change
    if change.before is None or not (change.before or change.now):
        return "?"
    size = f"{change.percent:+d}%" if change.percent is not None else "new" if button.never_before else "from 0"
    return f"{size} {DIRECTION_SIGNS[change.direction]}"


def change_line(name: str, change: Change) -> str:
    """A change in words, with what it stands on."""
    return f"{name}: {change_words(change).rstrip('.')}. {change_basis(change)}".rstrip()


def button_lines(button: HotButton) -> RenderableType:
    """What a hot button stands on: rule, where and when, action and quotes."""
    lines: list[RenderableType] = [
        Text(f"{VERDICT_SIGNS[button.verdict]} {clean(button.name)}: {button.verdict}", style=STYLES[button.verdict] or "bold"),
        indented(f"{button.rule}."),
        indented(change_line("Change", button.change)),
        indented(where_words(button)),
        *(indented(clean(line)) for line in (*evidence_lines(button), *part_lines(button))),
    ]
    if button.action:
        lines.append(indented(f"To do: {button.action}"))
    lines += [quote_lines(quote) for quote in button.quotes]
    shown = {quote.mention for quote in button.quotes}
    if button.loudest is not None and button.loudest.mention not in shown:
        lines += [indented("With the greatest reach:"), quote_lines(button.loudest)]
    return Group(*lines)


def where_words(button: HotButton) -> str:
    """Sources, days, languages, and what stands beside."""
    parts = [", ".join(f"{count.name} {count.count}" for count in button.sources), counted(button.days, "day")]
    parts.append(", ".join(f"{count.name} {count.count}" for count in button.languages))
    parts += [f"{counted(button.copies, 'copy', 'copies')} not counted"] if button.copies else []
    parts += [f"{button.undated} undated"] if button.undated else []
    return "; ".join(part for part in parts if part)


def attributes_table(answer: Ledger) -> RenderableType:
    """The attribute ledger with competitors beside, its quotes, and unexpected words."""
    title = heading(f"Brand attributes of {answer.brand_name}", f"{answer.window.label}: {counted(answer.n, 'mention')}")
    most = max((max(row.own.confirmed.mentions, row.own.contested.mentions) for row in answer.rows), default=0)
    columns = [
        ("Attribute", ""),
        ("Status", ""),
        ("Contested", "right"),
        ("Confirmed", ""),
        ("Confirmed (95%)", ""),
        ("8 weeks", ""),
    ]
    table = new_table(*columns)
    for row in answer.rows:
        table.add_row(
            Text(clean(row.name)),
            status_text(row.own),
            Text(f"{bar(row.own.contested.mentions, most, SIDE_BAR)} {row.own.contested.mentions}"),
            Text(f"{row.own.confirmed.mentions} {bar(row.own.confirmed.mentions, most, SIDE_BAR)}"),
            Text("" if row.own.status in SILENT else share_cell(row.own.share)),
            Text(sparkline([week.count for week in row.weeks])),
        )
    quotes = [lines for row in answer.rows if row.own.status not in SILENT for lines in attribute_lines(row)]
    parts = [table, Text(""), rivals_table(answer), Text(""), *quotes, unexpected_table(answer), Text("")]
    return Group(title, Text(""), *parts, notes_lines(answer.notes))


def rivals_table(answer: Ledger) -> RenderableType:
    """The same attributes of the competitors."""
    if not answer.rows or not answer.rows[0].competitors:
        return Text("No competitors are configured.")
    names = ((figures.brand_name, "") for figures in answer.rows[0].competitors)
    table = new_table(("Contested:confirmed", ""), *names)
    for row in answer.rows:
        table.add_row(Text(clean(row.name)), *(rival_text(figures) for figures in row.competitors))
    return table


def status_text(figures: AttributeFigures) -> Text:
    """The status with its sign."""
    return Text(f"{STATUS_SIGNS[figures.status]} {figures.status}", style=STATUS_STYLES[figures.status])


def rival_text(figures: AttributeFigures) -> Text:
    """A competitor's status with its counts."""
    counts = "" if figures.status in SILENT else f" {figures.contested.mentions}:{figures.confirmed.mentions}"
    return Text(f"{STATUS_SIGNS[figures.status]} {figures.status}{counts}", style=STATUS_STYLES[figures.status])


def attribute_lines(row: AttributeRow) -> list[RenderableType]:
    """Who says so, and their words."""
    said = f"confirmed by {voices_words(row.own.confirmed)}; contested by {voices_words(row.own.contested)}"
    lines: list[RenderableType] = [Text(clean(f"{STATUS_SIGNS[row.own.status]} {row.name}: {said}"), style="bold")]
    for name, quotes in (("Contested:", row.contesting), ("Confirmed:", row.confirming)):
        lines += [indented(name), *(quote_lines(quote) for quote in quotes)] if quotes else []
    return [*lines, Text("")]


def unexpected_table(answer: Ledger) -> RenderableType:
    """Words that come unasked."""
    if not answer.unexpected:
        return Text("Unexpected: no word is used clearly more for this brand than for the others.")
    table = new_table(("Unexpected word", ""), ("People", "right"), ("Others", "right"), ("z", "right"), ("Net sentiment", ""))
    for word in answer.unexpected:
        table.add_row(Text(clean(word.word)), str(word.mentions), str(word.others), f"{word.z:.1f}", Text(net_cell(word.net)))
    return table


def net_cell(net: Net) -> str:
    """Net sentiment with its interval."""
    if net.value is None or net.low is None or net.high is None:
        return f"too few to say (n = {net.n})"
    return f"{signed(net.value)} ({signed(net.low)} to {signed(net.high)})"


def overview_table(answer: Overview) -> RenderableType:
    """How the brand stands, beside its competitors and the window before."""
    table = new_table(
        ("Brand", ""), ("Mentions", "right"), ("People", ""), ("Net sentiment", ""), ("Negative", ""), ("Voice", "")
    )
    for name, figures in overview_rows(answer):
        table.add_row(Text(clean(name)), *map(Text, overview_cells(figures)))
    replies = new_table(("Replies to complaints", ""), ("Answered", "right"), ("First reply: median", ""), ("p90", ""))
    for name, figures in overview_rows(answer):
        replies.add_row(Text(clean(name)), *map(Text, reply_cells(figures.replies)))
    weeks = [week.negative for week in answer.weeks]
    lines: list[RenderableType] = [
        heading(f"{answer.brand_name} at a glance", answer.window.label),
        Text(""),
        table,
        Text(""),
        replies,
        Text(""),
        Text(change_line("Mentions", answer.mentions_change)),
        Text(f"Negative mentions, last 8 weeks: {sparkline(weeks)}"),
        *corrected_lines(answer),
    ]
    if answer.loudest is not None:
        lines += [Text("With the greatest reach:"), quote_lines(answer.loudest)]
    return Group(*lines, Text(""), notes_lines(answer.notes))


def corrected_lines(answer: Overview) -> list[Text]:
    """The brand's sentiment as sampled judgements correct it, beside which the table's is raw."""
    parts = (("Net sentiment", "net"), ("share negative", "negative"))
    words = [f"{name} {found}" for name, label in parts if (found := corrected_words(answer.corrected, label))]
    return [Text(f"{'; '.join(words)} (the table is raw).")] if words else []


def overview_rows(answer: Overview) -> list[tuple[str, Figures]]:
    """The brand, its window before, and its competitors, each with a name."""
    earlier = [("  window before", answer.before)] if answer.before is not None else []
    rivals = [(figures.brand_name, figures) for figures in answer.competitors]
    return [(answer.brand_name, answer.figures), *earlier, *rivals]


def overview_cells(figures: Figures) -> list[str]:
    """One brand's figures with their intervals."""
    people = f"{figures.people:,}+{figures.anonymous:,}?" if figures.anonymous else f"{figures.people:,}"
    return [f"{figures.mentions:,}", people, net_cell(figures.net), share_cell(figures.negative), share_cell(figures.voice)]


def reply_cells(replies: Replies) -> list[str]:
    """How many complaints were answered, and how fast."""
    times = [minutes_words(replies.median_minutes), minutes_words(replies.p90_minutes)]
    return [f"{replies.answered:,} of {replies.complaints:,}", *times]


def mentions_table(rows: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> RenderableType:
    """Mentions that a search found: where and what on one line, the words below it."""
    if not rows:
        return Text("No mentions found.")
    return Group(*(lines for row in rows for lines in (*mention_lines(row, zone), Text(""))))


def mention_lines(row: Mapping[str, Any], zone: ZoneInfo) -> list[RenderableType]:
    """One mention of a list, under its local day; voices other than customers' are named."""
    best = f"/{row['rating_best']:g}" if row["rating_best"] else ""
    stars = f"{row['rating']:g}{best}" if row["rating"] is not None else ""
    day = day_of(row["published"], row["precision"], zone)
    voice = row["voice"] if row["voice"] != "customer" else ""
    complaint = "complaint" if row["complaint"] else ""
    unread = "" if row["language_supported"] else "language not supported"
    labels = [voice, row["sentiment"], complaint, row["topics"].replace(",", ", "), row["language"], unread, stars]
    where = [day_words(day) if day else "undated", f"{row['source']}, {row['site']}", *labels]
    words = Text()
    for number, part in enumerate((row["snippet"] or "").replace(CLOSE, OPEN).split(OPEN)):
        words.append(" ".join(clean(part).split("\n")), style="bold underline" if number % 2 else "")
    if not row["snippet"]:
        said = "\n".join(part for part in (row["title"], row["text"]) if part)
        words = Text(cut(" ".join(clean(said).split()), LONGEST_TEXT))
    rule = [indented(f"{row['voice']} by {row['voice_rule']}")] if row["voice_rule"] else []
    return [Text(clean(" · ".join(part for part in where if part)), style="dim"), *rule, words]
