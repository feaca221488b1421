"""What a report leads with: the main finding in one line, and what changed, from answers alone."""

from __future__ import annotations

from reporting.evidence import outbreak_words, trend_of
from reporting.phrases import change_words, counted, minutes_words, net_words, people_words
from trends.answers import Figures, Ledger, Overview
from trends.hot_button_answers import HotButton, HotButtons

REPEATING = ("systemic", "recurring")


def main_button(hot: HotButtons) -> HotButton | None:
    """The hot button to lead with: of the gravest verdict, one that rises before one that does not."""
    leading = [button for button in hot.buttons if button.verdict == hot.buttons[0].verdict]
    return next((button for button in leading if trend_of(button) == "rising"), leading[0] if leading else None)


def main_finding(hot: HotButtons) -> str:
    """One line for a subject or a headline."""
    button = main_button(hot)
    if not hot.n:
        watched = hot.coverage.known and any(site.watched_days for site in hot.coverage.sites)
        return "nobody spoke of it" if watched or not hot.coverage.known else "nothing was watched"
    if button is None:
        return no_button(hot)
    if button.verdict not in REPEATING:
        return f"no complaint recurs; {counted(hot.complaints, 'complaint')} in {counted(hot.n, 'mention')}"
    trend = f", {trend_of(button)}" if trend_of(button) in ("rising", "falling") else ""
    return f"{button.name}: {button.verdict}, {counted(button.people, 'person', 'people')}{trend}"


def no_button(hot: HotButtons) -> str:
    """What to lead with where no complaint has a topic: nothing read is no praise, and a complaint without a topic is one."""
    mentions = counted(hot.n, "mention")
    if hot.untagged == hot.n:
        return f"{mentions}, none of them read yet"
    if hot.complaints:
        return f"{counted(hot.complaints, 'complaint')} in {mentions}, none about a configured topic"
    return f"no complaints in {mentions}"


def list_changes(hot: HotButtons, overview: Overview) -> list[str]:
    """What changed against the window before, in whole sentences, the gravest first; empty when nothing certain did."""
    moved = [button for button in hot.buttons if button.change.direction in ("rising", "falling")]
    moved.sort(key=lambda button: (button.change.direction != "rising", -button.people))
    sentences = [f"{button.name}: {change_words(button.change)}." for button in moved]
    sentences += [
        f"{button.name}: {outbreak_words(button.outbreak)}"
        for button in hot.buttons
        if button.outbreak and button.outbreak.direction in ("rising", "falling")
    ]
    sentences += [
        f"{button.name} is new: {new_words(button)}, none in the window before."
        for button in hot.buttons
        if button.change.before == 0 and button.change.now and button.verdict in REPEATING and button not in moved
    ]
    if hot.quiet:
        names = ", ".join(f"{topic.name} ({topic.before} before)" for topic in hot.quiet)
        sentences.append(f"No complaints any more about: {names}.")
    if overview.before:
        sentences += figures_changes(overview.figures, overview.before)
    return sentences


def new_words(button: HotButton) -> str:
    """How many speak of a new topic, of those that can be compared: a source that is new itself makes no topic new."""
    if button.change.now == button.complaints:
        return people_words(button.people, button.anonymous)
    return f"{counted(button.change.now, 'complaint')} on the sites watched throughout both windows"


def figures_changes(now: Figures, before: Figures) -> list[str]:
    """Net sentiment and first replies beside those of the window before; intervals that overlap are said to."""
    sentences = []
    if now.net.value is not None and before.net.value is not None:
        apart = separate((now.net.low, now.net.high), (before.net.low, before.net.high))
        certain = "more than chance explains" if apart else "the intervals overlap, which chance may explain"
        sentences.append(f"Net sentiment {net_words(now.net)}, {net_words(before.net)} before: {certain}.")
    if now.replies.median_minutes is not None and before.replies.median_minutes is not None:
        then = minutes_words(before.replies.median_minutes)
        sentences.append(
            f"Median first reply {minutes_words(now.replies.median_minutes)}, {then} before; "
            f"{now.replies.unanswered} of {counted(now.replies.complaints, 'complaint')} unanswered."
        )
    return sentences


def separate(first: tuple[float | None, float | None], second: tuple[float | None, float | None]) -> bool:
    """Whether two intervals do not touch; unknown ones do."""
    (low, high), (other_low, other_high) = first, second
    if low is None or high is None or other_low is None or other_high is None:
        return False
    return high < other_low or other_high < low


def list_basis(*answers: HotButtons | Ledger | Overview) -> list[str]:
    """What the figures stand on: coverage and notes of all the answers as sentences, each said once."""
    lines = [line for answer in answers for line in (*answer.coverage.sentences, *answer.notes)]
    return list(dict.fromkeys(f"{line[:1].upper()}{line[1:].rstrip('.')}." for line in lines))
