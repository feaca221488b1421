"""Brands beside each other, for the terminal: share of voice, differences with their intervals, texts that name both."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from reporting.phrases import MINUS, counted, ends_words, is_nought, percent, signed
from reporting.tables import net_cell, share_cell
from reporting.terminal import bar, clean, heading, indented, new_table, notes_lines, quote_lines, sparkline
from trends.differences import Outcome
from trends.rival_answers import Better, Compared, HeadToHead, Rival, Rivals

OUTCOME_SIGNS: dict[Outcome, str] = {"better": "✓", "worse": "✗", "no clear change": "≈", "too few to say": "?"}
OUTCOME_STYLES: dict[Outcome, str] = {"better": "green", "worse": "bold red", "no clear change": "", "too few to say": "dim"}
OUTCOME_WORDS: dict[Outcome, str] = {
    "better": "we are better",
    "worse": "we are worse",
    "no clear change": "no clear difference",
    "too few to say": "too few to say",
}
DECIDED: tuple[Outcome, ...] = ("better", "worse")
VOICE_BAR = 12
SITES_NAMED = 3
NAME_WIDTH = 26


def rivals_table(answer: Rivals) -> RenderableType:
    """All brands on the sites that cover them, then each competitor with what sets us apart."""
    others = ", ".join(rival.brand_name for rival in answer.rivals)
    title = heading(f"{answer.brand_name} beside {others}", answer.window.label)
    cover = f"{counted(len(answer.sites), 'site')} that {'covers' if len(answer.sites) == 1 else 'cover'} all of them"
    where = f"On {cover}: {sites_words(answer.sites)}" if answer.sites else ""
    standings = [Text(clean(where), style="dim"), Text(""), voice_grid(answer), Text(""), mood_grid(answer), Text("")]
    rivals = [part for rival in answer.rivals for part in (rival_lines(answer, rival), Text(""))]
    return Group(title, *(standings if answer.sites else [Text("")]), *rivals, notes_lines(answer.notes))


def voice_grid(answer: Rivals) -> RenderableType:
    """Share of voice, with the last 8 weeks of it."""
    table = new_table(
        ("Brand", ""), ("Mentions", "right"), ("People", ""), ("Share of voice (95%)", ""), ("", ""), ("8 weeks", "")
    )
    for one in answer.figures:
        people = f"{one.people:,}+{one.anonymous:,}?" if one.anonymous else f"{one.people:,}"
        weeks = [None if week.mentions is None or week.share is None else round(1000 * week.share) for week in one.weeks]
        drawn = bar(one.voice.part, one.voice.whole, VOICE_BAR)
        table.add_row(
            *map(Text, (clean(one.brand_name), f"{one.mentions:,}", people, share_cell(one.voice), drawn, sparkline(weeks)))
        )
    return table


def mood_grid(answer: Rivals) -> RenderableType:
    """What is said of each brand."""
    table = new_table(("Brand", ""), ("Net sentiment (95%)", ""), ("Negative (95%)", ""), ("Complaints (95%)", ""))
    for one in answer.figures:
        cells = (clean(one.brand_name), net_cell(one.net), share_cell(one.negative), share_cell(one.complaints))
        table.add_row(*map(Text, cells))
    return table


def rival_lines(answer: Rivals, rival: Rival) -> RenderableType:
    """One competitor: where we differ, texts that name both, and what was left out."""
    counts = f"{rival.own_mentions:,} and {rival.mentions:,} mentions, {counted(len(rival.sites), 'site')}"
    lines: list[RenderableType] = [heading(f"{answer.brand_name} and {rival.brand_name}", counts)]
    if rival.sites:
        lines += [Text(f"Our share of the voice of both: {share_cell(rival.voice)}"), differences_grid(rival)]
        lines += [Text(line) for line in (rest_words("topic", rival.topics), rest_words("attribute", rival.attributes)) if line]
        lines += head_lines(answer.brand_name, rival.brand_name, rival.head_to_head)
    if rival.left_out:
        said = [f"{one.source}/{one.site} ({one.reason})" for one in rival.left_out]
        shown = "; ".join(said[:SITES_NAMED]) + (f"; and {len(said) - SITES_NAMED} more" if len(said) > SITES_NAMED else "")
        lines.append(Text(clean(f"Not compared: {shown}."), style="dim"))
    return Group(*lines)


def differences_grid(rival: Rival) -> RenderableType:
    """One line a figure: ours, theirs, the difference with its interval, and what it means."""
    table = new_table(("", ""), ("Ours", "right"), ("Theirs", "right"), ("Difference (95%)", ""), ("", ""))
    told = [one for one in (*rival.topics, *rival.attributes) if one.outcome in DECIDED]
    for one in (*rival.figures, *told):
        table.add_row(
            Text(clean(name_of(one))),
            Text(value_words(one, one.difference.first)),
            Text(value_words(one, one.difference.second)),
            Text(difference_words(one)),
            Text(f"{OUTCOME_SIGNS[one.outcome]} {OUTCOME_WORDS[one.outcome]}", style=OUTCOME_STYLES[one.outcome]),
        )
    return table


def name_of(one: Compared) -> str:
    """The figure, and of which kind it is."""
    kind = {"topic": "Complain: ", "attribute": "Confirm: "}.get(one.figure, "")
    name = f"{kind}{one.name}{f' ({one.scale})' if one.scale else ''}"
    return name if len(name) <= 2 * NAME_WIDTH else f"{name[: 2 * NAME_WIDTH - 1]}…"


def value_words(one: Compared, value: float | None) -> str:
    """A figure in its own unit."""
    if value is None:
        return "–"
    if one.figure == "net":
        return signed(value)
    return f"{value:.2f}" if one.figure == "mean" else percent(value)


def difference_words(one: Compared) -> str:
    """A difference with its interval: in percentage points of shares."""
    difference = one.difference
    if difference.value is None or difference.low is None or difference.high is None:
        return f"n = {difference.first_n:,} and {difference.second_n:,}"
    if one.figure in ("net", "mean"):
        return f"{signed(difference.value)} ({ends_words(difference.low, difference.high, signed)})"
    return f"{points(difference.value)} pts ({ends_words(difference.low, difference.high, points, 1)})"


def points(value: float, digits: int = 1) -> str:
    """A difference of shares in percentage points, with a sign; small ones keep two digits, so that none looks like nothing."""
    text = f"{abs(100 * value):.{digits if abs(100 * value) >= 0.1 else max(digits, 2)}f}"
    return text if is_nought(text) else f"{MINUS if value < 0 else '+'}{text}"


def rest_words(kind: str, compared: Sequence[Compared]) -> str:
    """How many topics or attributes tell the brands not apart."""
    alike = sum(one.outcome == "no clear change" for one in compared)
    few = sum(one.outcome == "too few to say" for one in compared)
    named = f"{few}" if alike else counted(few, kind)
    parts = [f"no clear difference in {counted(alike, kind)}" if alike else "", f"too few to say of {named}" if few else ""]
    return "; ".join(part for part in parts if part).capitalize()


def head_lines(ours: str, theirs: str, head: HeadToHead) -> list[RenderableType]:
    """Texts that name both: who comes off better."""
    if not head.mentions:
        return [Text("No text names both.")]
    both = f"{counted(head.mentions, 'text')} {'names' if head.mentions == 1 else 'name'} both"
    said = (
        f"{both}. By what is read of each, {ours} comes off better in {head.better:,}, {theirs} in {head.worse:,}; "
        f"alike in {head.alike:,}"
    )
    unread = f", {head.unread:,} not read" if head.unread else ""
    part = (
        ""
        if head.share.too_few
        else f" {ours} has the better of it in {share_cell(head.share)}: {OUTCOME_WORDS[head.outcome]}."
    )
    moods = f" Net sentiment there: {ours} {net_cell(head.own)}, {theirs} {net_cell(head.theirs)}."
    return [Text(clean(f"{said}{unread}.{part}")), indented(moods.strip()), *quotes_of_both(ours, theirs, head)]


def quotes_of_both(ours: str, theirs: str, head: HeadToHead) -> list[RenderableType]:
    """Each quote beneath who comes off better in it."""
    return [
        part
        for quote in head.quotes
        for part in (indented(f"{better_words(quote.better, ours, theirs)}:", by=4), quote_lines(quote))
    ]


def better_words(better: Better, ours: str, theirs: str) -> str:
    """Who comes off better in a text, as it is counted."""
    words: dict[Better, str] = {
        "own": f"{ours} comes off better",
        "other": f"{theirs} comes off better",
        "neither": "Counted as alike",
        "not read": "Not read",
    }
    return words[better]


def sites_words(sites: Sequence[str]) -> str:
    """The first few sites, and how many more."""
    more = f" and {len(sites) - SITES_NAMED} more" if len(sites) > SITES_NAMED else ""
    return ", ".join(sites[:SITES_NAMED]) + more
