"""What a report leads with: the main finding in one line, and what changed, from answers alone."""

from __future__ import annotations

from reporting.evidence import outbreak_words, trend_of
from reporting.phrases import change_words, counted, ends_words, people_words, signed
from trends.answers import Coverage, Ledger, Overview
from trends.hot_button_answers import HotButton, HotButtons
from trends.timeline_answers import Shift

REPEATING = ("systemic", "recurring")


def main_button(hot: HotButtons) -> HotButton | None:
    """The hot button to lead with: of the gravest verdict, one that rises before one that does not."""
    leading = [button for button in hot.buttons if button.verdict == hot.buttons[0].verdict]
    return next((button for button in leading if trend_of(button) == "rising"), leading[0] if leading else None)


def main_finding(hot: HotButtons) -> str:
    """One line for a subject or a headline."""
    button = main_button(hot)
    if not hot.n:
        return no_mention(hot.coverage)
    if button is None:
        return no_button(hot)
    if button.verdict not in REPEATING:
        return f"no complaint recurs; {counted(hot.complaints, 'complaint')} in {counted(hot.n, 'mention')}"
    trend = f", {trend_of(button)}" if trend_of(button) in ("rising", "falling") else ""
    return f"{button.name}: {button.verdict}, {counted(button.people, 'person', 'people')}{trend}"


def no_mention(coverage: Coverage) -> str:
    """What to lead with where there is no mention: that is only silence where somebody listened."""
    reasons = {gap.reason for gap in coverage.gaps}
    lapses = {gap.reason for gap in coverage.gaps if gap.lapsed}
    lapsed = lapses.pop() if len(lapses) == 1 else "nothing newer was imported" if lapses else ""
    if not coverage.known or any(site.watched_days for site in coverage.sites):
        return "; ".join(part for part in ("nobody spoke of it", lapsed) if part)
    if "" in reasons:
        return "nothing was watched"
    return lapsed or (reasons.pop() if len(reasons) == 1 else "nothing was imported")


def no_button(hot: HotButtons) -> str:
    """What to lead with where no complaint has a topic: nothing read is no praise, and a complaint without a topic is one."""
    mentions = counted(hot.n, "mention")
    if hot.untagged == hot.n:
        return f"{mentions}, none of them read yet"
    if hot.complaints:
        return f"{counted(hot.complaints, 'complaint')} in {mentions}, none about a configured topic"
    return f"no complaints in {mentions}"


def list_changes(hot: HotButtons, overview: Overview) -> list[str]:
    """What changed against the window before, in whole sentences, the gravest first; empty when nothing certain did.

    Certain is what a test tells from chance, and that nobody ever complained of a topic before.
    """
    moved = [button for button in hot.buttons if button.change.direction in ("rising", "falling")]
    moved.sort(key=lambda button: (button.change.direction != "rising", -button.people))
    sentences = [f"{button.name}: {change_words(button.change)}." for button in moved]
    sentences += [
        f"{button.name}: {outbreak_words(button.outbreak)}"
        for button in hot.buttons
        if button.outbreak and button.outbreak.direction in ("rising", "falling")
    ]
    sentences += [
        f"{button.name} is new: {new_words(button)}; nobody complained of it before."
        for button in hot.buttons
        if button.never_before and button.verdict in REPEATING and button not in moved
    ]
    gone = [f"{topic.name} ({topic.before} before)" for topic in hot.quiet if topic.direction == "falling"]
    if gone:
        sentences.append(f"No complaints any more about {', '.join(gone)}: more than chance explains.")
    return sentences + net_changes(overview.net_change)


def new_words(button: HotButton) -> str:
    """How many speak of a new topic, of those that can be compared: a source that is new itself makes no topic new."""
    if button.change.now == button.complaints:
        return people_words(button.people, button.anonymous)
    return f"{counted(button.change.now, 'complaint')} on the sites watched throughout both windows"


def net_changes(shift: Shift | None) -> list[str]:
    """Net sentiment beside that of the window before, where the test that `repute trend` tells of it says that it changed."""
    if shift is None or shift.told not in ("better", "worse"):
        return []
    found = shift.difference
    if found.first is None or found.second is None or found.low is None or found.high is None:
        return []
    where = " on the sites watched throughout both windows" if shift.note else ""
    ends = ends_words(found.low, found.high, signed)
    figures = f"Net sentiment {signed(found.first)}, {signed(found.second)} before{where}"
    return [f"{figures}: {shift.told}, more than chance explains (difference {ends})."]


def list_basis(*answers: HotButtons | Ledger | Overview) -> list[str]:
    """What the figures stand on: coverage and notes of all the answers as sentences, each said once."""
    lines = [line for answer in answers for line in (*answer.coverage.sentences, *answer.notes)]
    return list(dict.fromkeys(f"{line[:1].upper()}{line[1:].rstrip('.')}." for line in lines))
