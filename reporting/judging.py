"""How well the classifier does, as a table for the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reporting.phrases import percent
from reporting.terminal import clean, heading, indented, new_table
from trends.accuracy import Accuracy, TaskAccuracy

NOTHING = "Nobody has judged a sample yet: `repute sample 200 --out sample.csv`, fill it, then `repute judge sample.csv`."


def accuracy_table(answer: Accuracy) -> RenderableType:
    """One line a task, then how the mentions of each label are told."""
    if not answer.tasks:
        return Text(NOTHING)
    columns = (("Judged", "right"), ("Agreement", "right"), ("95% interval", ""), ("Told wrongly", ""), ("Shares", ""))
    table = new_table(("Task", ""), *columns)
    for task in answer.tasks:
        table.add_row(*task_cells(task))
    asked = [part for task in answer.tasks for part in task_lines(task)]
    return Group(heading("Accuracy", "on random samples that people have judged"), Text(""), table, Text(""), *asked)


def task_cells(task: TaskAccuracy) -> list[Text]:
    """The line of one task."""
    interval = "" if task.low is None or task.high is None else f"{percent(task.low)} to {percent(task.high)}"
    agreement = "–" if task.agreement is None else percent(task.agreement)
    wrongly = wrongly_words(task)
    shares = Text("✓ corrected", style="green") if task.corrected else Text("uncorrected", style="yellow")
    return [Text(clean(task.name)), Text(f"{task.judged:,}"), Text(agreement), Text(interval), Text(wrongly), shares]


def wrongly_words(task: TaskAccuracy) -> str:
    """The share of mentions told as the label that matters most (the last but for sentiment the first), though they are not."""
    label = 0 if task.task == "sentiment" else -1
    rate = task.told_wrongly[label]
    return "–" if rate is None else f"{percent(rate)} as {clean(task.labels[label])}"


def task_lines(task: TaskAccuracy) -> list[RenderableType]:
    """The confusion of a task, and why its shares are not corrected."""
    judges, samples = counted(task.judges, "judge"), counted(task.samples, "sample")
    lines: list[RenderableType] = [Text(f"{clean(task.name)}: {samples}, {judges}", style="bold")]
    if task.reason:
        lines.append(indented(f"uncorrected: {task.reason}", "yellow"))
    if task.confusion:
        lines.append(confusion_table(task))
    return [*lines, Text("")]


def confusion_table(task: TaskAccuracy) -> Table:
    """Judged mentions: a row for each label that people gave, a column for each that is told."""
    table = new_table(("  people say", ""), *((f"told {clean(label)}", "right") for label in task.labels))
    for label, row in zip(task.labels, task.confusion, strict=True):
        table.add_row(f"  {clean(label)}", *(f"{count:,}" for count in row))
    return table


def counted(count: int, name: str) -> str:
    """A count with its noun."""
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"
