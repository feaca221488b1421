"""What an answer stands on, and a saved answer given again, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.text import Text

from reporting.phrases import counted
from reporting.terminal import clean, heading, indented, new_table
from store.saved import Saved
from trends.provenance import Asked, Group, RowSet, TaggerUsed, Why
from trends.quotes import cut
from trends.rerunning import Figure, Rerun

MOST_IDS = 240
"""Characters of row ids in a line; JSON has them all."""
MOST_FIGURES = 40
"""Figures that differ, in a table; JSON has them all."""
LONGEST_VALUE = 24
LONGEST_PLACE = 44


def why_lines(why: Why) -> RenderableType:
    """What an answer stands on."""
    lines: list[RenderableType] = [
        Text(""),
        heading("Why", f"Repute {why.version}, now {why.as_of}, time zone {why.time_zone}"),
        indented(clean(why.question)),
        Text(""),
        heading("Taggers", "whose labels count; a person's judgement overrides them"),
        *(indented(tagger_line(models)) for models in by_model(why.taggers)),
    ]
    for number, found in enumerate(why.sets, start=1):
        earlier = next((at for at, one in enumerate(why.sets[: number - 1], start=1) if one.sql == found.sql), None)
        lines += [Text(""), *set_lines(number, found, earlier)]
    for one in why.asked:
        lines += [Text(""), *asked_lines(one)]
    return Lines(*lines)


def by_model(taggers: Sequence[TaggerUsed]) -> list[list[TaggerUsed]]:
    """Taggers of one task and model together."""
    grouped: dict[tuple[str, str], list[TaggerUsed]] = {}
    for tagger in taggers:
        grouped.setdefault((tagger.task, tagger.model), []).append(tagger)
    return list(grouped.values())


def tagger_line(taggers: Sequence[TaggerUsed]) -> str:
    """The taggers of one task and model: what each is for, the hash of its description, its threshold."""
    said = [
        " ".join(
            part
            for part in (
                tagger.subject,
                tagger.description and f"#{tagger.description}",
                "" if tagger.threshold is None else f"≥{tagger.threshold:g}",
            )
            if part
        )
        for tagger in taggers
    ]
    subjects = f": {', '.join(said)}" if any(said) else ""
    return clean(f"{taggers[0].task} by {taggers[0].model}{subjects}")


def set_lines(number: int, found: RowSet, earlier: int | None) -> list[RenderableType]:
    """One set of rows: the SQL, or which set has the same, its parameters, and the rows."""
    sql: list[RenderableType] = [indented(clean(found.sql))] if earlier is None else [indented(f"the SQL of {earlier}")]
    return [
        heading(f"{number}. {found.name} of {found.brand}", found.window),
        *sql,
        indented(f"with {parameters_words(found.parameters)}"),
        *(indented(group_line(found, group)) for group in found.groups),
        *([] if found.groups else [indented("no rows")]),
    ]


def parameters_words(parameters: Any) -> str:
    """Parameters as JSON."""
    import json

    said = json.dumps(parameters, ensure_ascii=False)
    return clean(cut(said, 4 * MOST_IDS))


def group_line(found: RowSet, group: Group) -> str:
    """How many of which rows."""
    named = f"{' '.join(found.by)} = {group.name}: " if group.name else ""
    copies = f" ({group.rows} with copies)" if group.rows != group.n else ""
    return clean(f"{named}n = {group.n}{copies}, ids {shorten_ids(group.ids)}")


def shorten_ids(ids: str) -> str:
    """Row ids, as many as fit some lines."""
    return ids if len(ids) <= MOST_IDS else f"{ids[:MOST_IDS].rsplit(' ', 1)[0]} … (all with --json)"


def asked_lines(one: Asked) -> list[RenderableType]:
    """Another question."""
    times = "" if one.times == 1 else f", asked {one.times} times, first"
    lines: list[RenderableType] = [
        heading("Also asked", counted(one.rows, "row")),
        indented(clean(one.sql)),
        indented(f"with {parameters_words(one.parameters)}{times}"),
    ]
    return [*lines, indented(f"ids {shorten_ids(one.ids)}")] if one.ids else lines


def saved_table(found: Sequence[Saved]) -> RenderableType:
    """The saved answers, one line each."""
    if not found:
        return Text("No answer is saved yet; add --save NAME to a question, like `repute hot-buttons --save september`.")
    table = new_table(("Name", ""), ("Saved", ""), ("Question", ""), ("Mentions", "right"), ("Since erased", "right"))
    for saved in found:
        cells = (
            clean(saved.name),
            saved.saved[:10],
            question_words(saved.command, saved.parameters),
            f"{saved.mentions:,}",
            f"{len(saved.erased):,}",
        )
        table.add_row(*map(Text, cells))
    return Lines(heading("Saved answers"), Text(""), table)


def question_words(command: str, chosen: Mapping[str, Any]) -> str:
    """What was asked, in few words: the command, its figure, window and whatever narrows it."""
    asked = " ".join(
        [command, *(str(chosen[name]) for name in ("figure", "every") if chosen.get(name) not in (None, "", "week"))]
    )
    window = next((f"{name} {chosen[name]}" for name in ("since", "last") if chosen.get(name)), "")
    window += f" until {chosen['until']}" if chosen.get("since") and chosen.get("until") else ""
    window = "all time" if chosen.get("all_time") else "last week" if chosen.get("last_week") else window
    named = [f"{name} {chosen[name]}" for name in ("topic", "attribute") if chosen.get(name)]
    named += [f"with {chosen['metric']}"] if chosen.get("metric") else []
    narrowed = [str(chosen[name]) for name in ("brand", "source", "language") if chosen.get(name)]
    return clean(", ".join(part for part in (asked, *named, window, *narrowed) if part))


def plain_saved(saved: Saved) -> dict[str, Any]:
    """A saved answer in a list, as JSON."""
    return {
        "name": saved.name,
        "saved": saved.saved,
        "command": saved.command,
        "parameters": saved.parameters,
        "version": saved.version,
        "mentions": saved.mentions,
        "erased": len(saved.erased),
    }


def rerun_lines(found: Rerun) -> RenderableType:
    """Whether a saved answer comes out the same, else what differs and why."""
    versions = found.version if found.version == found.version_now else f"{found.version}, now {found.version_now}"
    lines: list[RenderableType] = [
        heading(
            f"{found.name}: {question_words(found.command, found.parameters)}",
            f"saved {found.saved[:16].replace('T', ' ')} UTC by Repute {versions}",
        ),
        indented(f"{counted(found.compared, 'figure')} from {counted(found.mentions, 'mention')} kept with the answer"),
    ]
    lines += [indented(said) for said in explain(found)]
    if found.differences:
        table = new_table(("Figure", ""), ("As saved", ""), ("Now", ""))
        for figure in found.differences[:MOST_FIGURES]:
            table.add_row(*figure_cells(figure))
        lines += [Text(""), table]
    if len(found.differences) > MOST_FIGURES:
        lines.append(indented(f"and {len(found.differences) - MOST_FIGURES} more: --json has them all"))
    return Lines(*lines)


def explain(found: Rerun) -> list[str]:
    """What came out, in sentences."""
    said = []
    if found.erased:
        verb = "was" if found.erased == 1 else "were"
        ids = f"row ids {shorten_ids(found.erased_ids)}"
        said.append(f"{counted(found.erased, 'mention')} that it stood on {verb} since erased, for good: {ids}.")
    if found.unkept:
        said.append(f"{counted(found.unkept, 'question')} of this version had no kept answer and went to the store as it is.")
    if found.same:
        return [*said, "Every figure is the same as saved."]
    without = ", without what was erased" if found.erased else ""
    come = "comes" if len(found.differences) == 1 else "come"
    words = f"{counted(len(found.differences), 'figure')} of {found.compared:,} {come} out differently{without}:"
    return [*said, words]


def figure_cells(figure: Figure) -> list[Text]:
    """One figure that differs."""
    place = figure.place if len(figure.place) <= LONGEST_PLACE else f"{figure.place[: LONGEST_PLACE - 1]}…"
    return [Text(clean(place)), *(Text(clean(value_words(value))) for value in (figure.saved, figure.again))]


def value_words(value: object) -> str:
    """A figure in few characters."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return cut(str(value), LONGEST_VALUE)
