"""`repute service` as tables for the terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from config.goals import FIGURES
from config.records import Unit
from reporting.phrases import change_basis, change_words, counted, minutes_words, percent, share_words, voices_words
from reporting.tables import share_cell
from reporting.terminal import bar, clean, heading, indented, new_table, notes_lines, quote_lines, sparkline
from trends.answers import Net, Share
from trends.goals import GoalAnswer, WeekFigure
from trends.service_answers import BacklogAge, CustomerRate, FirstReplies, Resolution, Service, ServiceFigures, SignFigures

AGE_BAR = 30
GOAL_SIGNS = {"met": "✓", "missed": "✗", "too few": "?", "not watched": "·", "not known": "?"}
GOAL_STYLES = {"met": "green", "missed": "bold red", "too few": "magenta", "not watched": "dim", "not known": "magenta"}
LEADING = 15
"""Topics that are shown: more than a screen nobody reads."""


def service_table(answer: Service) -> RenderableType:
    """Figures beside the window before, goals, open cases by age, topics and sources, and those who leave or recommend."""
    complaints = answer.figures.complaints.mentions
    beside = f"{answer.window.label}: {counted(answer.n, 'mention')}, {counted(complaints, 'complaint')}"
    parts: list[RenderableType] = [heading(f"Service of {answer.brand_name}", beside), Text("")]
    changes = change_lines(answer)
    parts += [figures_grid(answer), Text(""), *changes, *([Text("")] if changes else [])]
    parts += [*goal_lines(answer.goals)] if answer.goals else []
    parts += [*backlog_lines(answer)]
    parts += [parts_grid("Topic", answer.topics[:LEADING]), Text("")] if answer.topics else []
    parts += [parts_grid("Source", answer.sources), Text("")] if answer.sources else []
    parts += [line for sign in (answer.leaving, answer.recommending) for line in sign_lines(sign)]
    return Group(*parts, indented(answer.rule, style="dim", by=0), Text(""), notes_lines(answer.notes))


def figures_grid(answer: Service) -> RenderableType:
    """Each figure, this window and the one before."""
    earlier = (("Window before", ""),) if answer.before is not None else ()
    table = new_table(("", ""), ("This window", ""), *earlier)
    now = figure_cells(answer.figures) | sign_cells(answer, now=True)
    before = figure_cells(answer.before) | sign_cells(answer, now=False) if answer.before is not None else {}
    for name, value in now.items():
        cells = [value, before.get(name, "")] if answer.before is not None else [value]
        if any(cells):
            table.add_row(Text(name), *map(Text, cells))
    return table


def figure_cells(figures: ServiceFigures) -> dict[str, str]:
    """The figures of a window in words, by name."""
    replies, resolution = figures.replies, figures.resolution
    within = f"Answered within {replies.within_hours:g} h" if replies.within_hours is not None else "Answered in time"
    return {
        "Complaints of all mentions": "" if figures.complaint_rate is None else share_cell(figures.complaint_rate),
        "A week, per 1,000 customers": customer_cell(figures.per_1000_customers),
        "Escalated, of complaints": share_cell(figures.escalated),
        "Without an answer": share_cell(replies.unanswered_share),
        within: in_time_cell(replies),
        "First answer, median and p90": times_cell(replies.median_minutes, replies.p90_minutes, replies.timed),
        "Resolved, of cases": share_cell(resolution.resolved),
        "Resolution, median and p90": times_cell(resolution.median_minutes, resolution.p90_minutes, resolution.timed),
        "Cases": state_words(resolution),
    }


def sign_cells(answer: Service, *, now: bool) -> dict[str, str]:
    """Leaving, recommending, NPS and CSAT of one of the windows."""
    surveys = answer.surveys.now if now else answer.surveys.before
    shares = {sign.sign: sign.share if now else sign.before for sign in (answer.leaving, answer.recommending)}
    asked = surveys is not None and surveys.nps.n > 0
    rated = surveys is not None and surveys.csat.whole > 0
    return {
        "Say that they leave": optional_cell(shares["leaving"]),
        "Recommend": optional_cell(shares["recommending"]),
        "NPS": nps_cell(surveys.nps) if surveys is not None and asked else "",
        "CSAT (top two boxes)": share_cell(surveys.csat) if surveys is not None and rated else "",
    }


def optional_cell(share: Share | None) -> str:
    """A share that may not be there."""
    return "" if share is None else share_cell(share)


def nps_cell(net: Net) -> str:
    """NPS from −100 to +100 with its interval."""
    if net.value is None or net.low is None or net.high is None:
        return f"too few to say (n = {net.n})"
    return f"{points(net.value)} ({points(net.low)} to {points(net.high)}), n = {net.n}"


def points(value: float) -> str:
    """−1 to 1 as points of a hundred."""
    whole = round(value * 100)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)}"


def customer_cell(rate: CustomerRate | None) -> str:
    """Complaints per 1,000 customers with the interval."""
    if rate is None:
        return ""
    if rate.value is None or rate.low is None or rate.high is None:
        return "too few to say"
    return f"{rate.value:.2g} ({rate.low:.2g} to {rate.high:.2g})"


def in_time_cell(replies: FirstReplies) -> str:
    """The share within the goal, and what is not due yet."""
    if replies.in_time is None:
        return ""
    return share_cell(replies.in_time) + (f", {replies.pending:,} not due yet" if replies.pending else "")


def times_cell(median: float | None, p90: float | None, timed: int) -> str:
    """Median and p90 with n."""
    if median is None or p90 is None:
        return f"too few to say (n = {timed})"
    return f"{minutes_words(median)}, {minutes_words(p90)} (n = {timed:,})"


def state_words(resolution: Resolution) -> str:
    """Cases by state."""
    counts = (
        (resolution.confirmed, "confirmed"),
        (resolution.quiet, "gone quiet"),
        (resolution.active, "active"),
        (resolution.untold, "untold"),
    )
    return ", ".join(f"{count:,} {name}" for count, name in counts if count) or "none"


def change_lines(answer: Service) -> list[RenderableType]:
    """What rose or fell; what the comparisons stand on is said once where it is the same."""
    named = (
        ("Complaints", answer.complaints_change),
        ("Escalated complaints", answer.escalations_change),
        ("Say that they leave", answer.leaving.change),
        ("Recommend", answer.recommending.change),
    )
    shown = [(name, change) for name, change in named if change.now or change.before]
    compared = [(name, change) for name, change in shown if change.before is not None]
    lines = [Text(f"{name}: {change_words(change).rstrip('.')}.") for name, change in compared]
    lines += [Text(said) for said in dict.fromkeys(change_words(change) for _, change in shown if change.before is None)]
    bases = dict.fromkeys(basis for _, change in shown if (basis := change_basis(change)))
    return [*lines, *(Text(basis, style="dim") for basis in bases)]


def goal_lines(goals: Sequence[GoalAnswer]) -> list[RenderableType]:
    """Each goal: met or missed, since when, and its last weeks."""
    table = new_table(("Goal", ""), ("Latest week", ""), ("Status", ""), ("Since", ""), ("8 weeks", ""))
    for goal in goals:
        status = f"{GOAL_SIGNS[goal.status]} {goal.status}{'' if goal.sure or goal.value is None else ', not sure'}"
        table.add_row(
            Text(clean(goal_words(goal))),
            Text(value_words(goal.value, goal.goal.unit)),
            Text(status, style=GOAL_STYLES[goal.status]),
            Text(since_words(goal)),
            Text(week_signs([week.status for week in goal.weeks]) + " " + goal_sparks([week.week for week in goal.weeks])),
        )
    return [table, Text("")]


def goal_words(answer: GoalAnswer) -> str:
    """A goal in words, like `complaints a week at most 20 (refund)`."""
    goal = answer.goal
    hours = f" ({goal.within_hours:g} h)" if goal.within_hours is not None else ""
    topic = f", {goal.topic}" if goal.topic else ""
    return f"{FIGURES[goal.figure].words}{hours}{topic}: {goal.way.replace('_', ' ')} {value_words(goal.target, goal.unit)}"


def value_words(value: float | None, unit: Unit) -> str:
    """A value in the unit of its goal."""
    if value is None:
        return "–"
    if unit == "percent":
        return percent(value)
    return points(value) if unit == "points" else f"{value:.3g}"


def since_words(goal: GoalAnswer) -> str:
    """Since when; a run that none of the weeks ends may be older."""
    if goal.since is None:
        return "–"
    return f"{'at least ' if goal.cut_off else ''}{goal.since}"


def run_words(goal: GoalAnswer) -> str:
    """For how many weeks."""
    return f"{'at least ' if goal.cut_off else ''}{counted(goal.run, 'week')}"


def week_signs(statuses: Sequence[str]) -> str:
    """A sign for each week."""
    return "".join(GOAL_SIGNS[status] for status in statuses)


def goal_sparks(weeks: Sequence[WeekFigure]) -> str:
    """The values of the weeks as a sparkline from the least of nought and the lowest; a dot where there is none."""
    known = [week.value for week in weeks if week.value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    scale = 1000 / (high - low) if high > low else 0.0
    return sparkline([None if week.value is None else round((week.value - low) * scale) for week in weeks])


def backlog_lines(answer: Service) -> list[RenderableType]:
    """Active cases by age, as bars."""
    most = max(age.cases for age in answer.backlog)
    if not most and not answer.backlog_undated:
        return [Text("No case of this window is open."), Text("")]
    table = new_table(
        ("Open cases", ""), ("", "right"), ("", ""), ("Unanswered", "right"), ("Answered", "right"), ("Came back", "right")
    )
    for age in answer.backlog:
        table.add_row(Text(age.label), f"{age.cases:,}", Text(bar(age.cases, most, AGE_BAR)), *age_counts(age))
    undated = [Text(f"{answer.backlog_undated:,} more without a date.")] if answer.backlog_undated else []
    return [table, *undated, Text("")]


def age_counts(age: BacklogAge) -> tuple[str, str, str]:
    """The counts of one age by state."""
    return f"{age.unanswered:,}", f"{age.waiting:,}", f"{age.came_back:,}"


def parts_grid(name: str, parts: Sequence[ServiceFigures]) -> RenderableType:
    """One line a topic or source."""
    counts = (("Complaints", "right"), ("Escalated", "right"), ("No answer", "right"), ("First answer", "right"))
    table = new_table((name, ""), *counts, ("Resolved (95%)", ""), ("Active", "right"))
    for part in parts:
        median = part.replies.median_minutes
        table.add_row(
            Text(clean(part.name)),
            f"{part.complaints.mentions:,}",
            Text(share_words(part.escalated)),
            Text(share_words(part.replies.unanswered_share)),
            Text(minutes_words(median)),
            Text(share_cell(part.resolution.resolved)),
            f"{part.resolution.active:,}",
        )
    return table


def sign_lines(sign: SignFigures) -> list[RenderableType]:
    """Who says so, with quotes."""
    if not sign.voices.mentions:
        return []
    title = {"leaving": "Say that they leave", "recommending": "Recommend"}[sign.sign]
    return [Text(f"{title}: {voices_words(sign.voices)}", style="bold"), *map(quote_lines, sign.quotes), Text("")]
